import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type WebSocket, WebSocketServer } from 'ws'

const UPGRADE = Symbol('upgrade')
/** Nobody has anything long to say to us on a socket. */
const MOST_BYTES_FROM_CLIENT = 4096

type Accept = (headers: Readonly<Record<string, string>>) => Promise<WebSocket>
type Upgradable = IncomingMessage & { [UPGRADE]?: Accept }

/**
 * Lets requests with `Upgrade: websocket` go the way of all others, through route, authentication, policy and limits.
 * A handler that speaks the protocol takes `upgradeOf(request)`; everything else answers as HTTP, and the connection
 * ends with the answer. Any other upgrade (`h2c`, which some clients offer with every request) is declined by going on
 * as HTTP/1.1, as RFC 9110, 7.8 has it.
 */
export function serveWebSockets(app: FastifyInstance): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES_FROM_CLIENT, perMessageDeflate: false })
  app.server.on('upgrade', (request: Upgradable, socket: Duplex, head: Buffer) => {
    if (request.method !== 'GET' || request.headers.upgrade?.toLowerCase() !== 'websocket') return declined(app, request, socket, head)
    const response = new ServerResponse(request)
    response.shouldKeepAlive = false
    response.assignSocket(socket as never)
    response.once('finish', () => socket.end())
    socket.on('error', () => socket.destroy())
    request[UPGRADE] = (headers) =>
      new Promise((resolve, reject) => {
        response.detachSocket(socket as never)
        const more = (lines: string[]) => lines.push(...Object.entries(headers).map(([name, value]) => `${name}: ${value}`))
        sockets.once('headers', more)
        socket.once('close', () => reject(new Error('the client went before the upgrade')))
        // a handshake that is not one is answered by the library itself, and the socket ends
        sockets.handleUpgrade(request, socket, head, resolve)
        sockets.off('headers', more)
      })
    app.routing(request, response)
  })
  // a server that stops tells its listeners, so that they come back to another one
  app.addHook('preClose', (done) => {
    for (const socket of sockets.clients) socket.close(1001, 'the server stops')
    const patience = setTimeout(() => {
      for (const socket of sockets.clients) socket.terminate()
    }, 1000)
    patience.unref()
    sockets.close()
    done()
  })
}

/** How to accept the upgrade that a request asks for; undefined when it asks for none. */
export function upgradeOf(request: FastifyRequest): Accept | undefined {
  return (request.raw as Upgradable)[UPGRADE]
}

/** Gives the connection back to the HTTP parser with the same request, without what asked for the upgrade. */
function declined(app: FastifyInstance, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`]
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i]!
    if (!/^(upgrade|connection|http2-settings)$/i.test(name)) lines.push(`${name}: ${request.rawHeaders[i + 1]!}`)
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  app.server.emit('connection', socket)
}
