import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { openTestApp, type TestApp } from '../support/app.ts'
import { untilReadable } from '../support/database.ts'
import { openWorld, type World } from '../support/world.ts'

/** A client that keeps what it is told, and can be waited for. */
class Listener {
  readonly socket: WebSocket
  readonly messages: string[] = []
  readonly closed: Promise<{ code: number; reason: string }>
  #wake: (() => void) | undefined

  constructor(url: string, options: WebSocket.ClientOptions = {}) {
    this.socket = new WebSocket(url, options)
    this.socket.on('message', (data) => {
      this.messages.push(String(data))
      this.#wake?.()
    })
    this.closed = new Promise((resolve) => this.socket.once('close', (code, reason) => resolve({ code, reason: String(reason) })))
    this.socket.on('error', () => undefined)
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.once('open', () => resolve())
      this.socket.once('unexpected-response', (_request, response) => {
        let text = ''
        response.on('data', (part) => (text += String(part)))
        response.on('end', () => reject(new Error(`${response.statusCode} ${text}`)))
      })
    })
  }

  async told(n: number): Promise<string[]> {
    while (this.messages.length < n) await new Promise<void>((resolve) => (this.#wake = resolve))
    return this.messages
  }
}

const idsOf = (message: string): string[] =>
  (JSON.parse(message).epcisBody.queryResults.resultsBody.eventList as { eventID: string }[]).map((e) => e.eventID)

describe('a named query over a socket', () => {
  let t: TestApp
  let world: World
  let port = 0
  beforeAll(async () => {
    t = await openTestApp()
    world = await openWorld(t)
    await t.app.listen({ port: 0, host: '127.0.0.1' })
    port = (t.app.server.address() as AddressInfo).port
  })
  afterAll(() => t.close())

  const json = { 'content-type': 'application/json' }
  const subscriber = async (query: object = { EQ_bizStep: ['shipping'] }) => {
    const { secret, apiKeyId, client } = await world.newEnterprise()
    expect((await client.send('POST', '/epcis/queries', JSON.stringify({ name: 'q', query }), json)).status).toBe(201)
    const add = async (n: number, bizStep = 'shipping') => {
      const event = {
        '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
        type: 'ObjectEvent',
        eventID: `urn:uuid:0197a000-0000-7000-8000-${String(n).padStart(12, '0')}`,
        eventTime: '2026-06-14T10:00:00+08:00',
        eventTimeZoneOffset: '+08:00',
        action: 'OBSERVE',
        bizStep,
        epcList: [`urn:epc:id:sgtin:4012345.011111.${n}`],
      }
      const answer = await client.send('POST', '/epcis/events', JSON.stringify(event), { 'content-type': 'application/ld+json' })
      expect(answer.status).toBe(201)
      await untilReadable(t.platform.db)
      return event.eventID
    }
    const listen = (search: string, headers: Record<string, string> = {}) =>
      new Listener(`ws://127.0.0.1:${port}/epcis/queries/q/events${search}`, { headers: { authorization: `Bearer ${secret}`, ...headers } })
    return { client, add, listen, keyId: apiKeyId }
  }

  it('as a stream tells what matches as it comes, in order and once, in the spelling and form that were asked for', async () => {
    const { add, listen } = await subscriber()
    await add(1)
    const live = listen('?stream=true')
    const xml = listen('?stream=true', { accept: 'application/xml', 'GS1-EPC-Format': 'Always_EPC_URN' })
    await Promise.all([live.open(), xml.open()])
    const second = await add(2)
    await live.told(1)
    await add(3, 'receiving')
    const fourth = await add(4)
    await Promise.all([live.told(2), xml.told(2)])
    expect(live.messages.flatMap(idsOf)).toEqual([second, fourth])
    expect(JSON.parse(live.messages[0]!)).toMatchObject({ type: 'EPCISQueryDocument', epcisBody: { queryResults: { queryName: 'q' } } })
    expect(live.messages[0]).toContain('https://id.gs1.org/01/')
    expect(xml.messages[0]).toMatch(/^<\?xml.*urn:epc:id:sgtin:4012345\.011111\.2/s)
    live.socket.close()
    xml.socket.close()
  })

  it('tells with the upgrade from when on it tells', async () => {
    const { listen } = await subscriber()
    const live = listen('?stream=true&initialRecordTime=2026-01-01T08:00:00%2B08:00')
    const upgraded = new Promise<string>((resolve) =>
      live.socket.once('upgrade', (response) => resolve(String(response.headers['gs1-query-min-record-time']))),
    )
    await live.open()
    expect(await upgraded).toBe('2026-01-01T00:00:00.000Z')
    live.socket.close()
  })

  it('begins where its reader left off', async () => {
    const { add, listen } = await subscriber()
    const ids = [await add(1), await add(2)]
    const live = listen(`?stream=true&initialRecordTime=${encodeURIComponent('2026-01-01T00:00:00Z')}`)
    await live.open()
    expect((await live.told(1)).flatMap(idsOf)).toEqual(ids)
    live.socket.close()
  })

  it('tells at its times, also that there is nothing', async () => {
    const { add, listen } = await subscriber()
    const live = listen('?minute=0%2F30&reportIfEmpty=true')
    await live.open()
    const id = await add(1)
    t.clock.advance(31 * 60_000)
    expect(idsOf((await live.told(1))[0]!)).toEqual([id])
    t.clock.advance(30 * 60_000)
    expect(idsOf((await live.told(2))[1]!)).toEqual([])
    live.socket.close()
  })

  it('ends with its query, and its sockets are free again', async () => {
    const { client, listen } = await subscriber()
    const live = listen('?stream=true')
    await live.open()
    expect((await client.delete('/epcis/queries/q')).status).toBe(204)
    expect(await live.closed).toEqual({ code: 1000, reason: 'the query was deleted' })
  })

  it('tells the events of its own enterprise alone', async () => {
    const mine = await subscriber({})
    const other = await subscriber({})
    const live = mine.listen('?stream=true')
    await live.open()
    await other.add(1)
    const own = await mine.add(2)
    expect((await live.told(1)).flatMap(idsOf)).toEqual([own])
    live.socket.close()
  })

  it('is refused before the upgrade in the words of the interface', async () => {
    const { listen } = await subscriber()
    const refused = async (search: string, headers: Record<string, string> = {}) =>
      listen(search, headers)
        .open()
        .then(
          () => 'open',
          (error: Error) => /^(\d+) .*"code":"(\w+)"/.exec(error.message)?.slice(1).join(' '),
        )
    expect(await refused('')).toBe('400 SCHEDULE_INVALID')
    expect(await refused('?stream=true&minute=1')).toBe('400 SCHEDULE_INVALID')
    expect(await refused('?minute=61')).toBe('400 SCHEDULE_INVALID')
    expect(await refused('?stream=maybe')).toBe('400 PARAMETER_INVALID')
    expect(await refused('?stream=true&EQ_bizStep=shipping')).toBe('400 PARAMETER_INVALID')
    expect(await refused('?stream=true&initialRecordTime=yesterday')).toBe('400 SCHEDULE_INVALID')
    expect(await refused('?stream=true', { authorization: 'Bearer sz_wrong' })).toMatch(/^401 /)
    expect(await refused('?stream=true', { accept: 'text/plain' })).toBe('406 NOT_ACCEPTABLE')
    const nothing = new Listener(`ws://127.0.0.1:${port}/epcis/queries/none/events?stream=true`)
    await expect(nothing.open()).rejects.toThrow(/^401 /)
  })

  it('is not opened by a page elsewhere with the cookie of somebody signed in', async () => {
    const { client } = await world.newPerson('manager')
    expect((await client.send('POST', '/epcis/queries', JSON.stringify({ name: 'q', query: {} }), json)).status).toBe(201)
    const cookie = `session=${client.cookie('session')}`
    const url = `ws://127.0.0.1:${port}/epcis/queries/q/events?stream=true`
    await expect(new Listener(url, { headers: { cookie }, origin: 'https://evil.example' }).open()).rejects.toThrow(/403.*CSRF/)
    const own = new Listener(url, { headers: { cookie }, origin: 'http://localhost:8080' })
    await own.open()
    own.socket.close()
  })

  it('reads nothing from its client: text, bytes and floods end the socket', async () => {
    const { listen } = await subscriber()
    for (const [what, code] of [
      ['hello', 1008],
      [Buffer.alloc(10), 1008],
      ['x'.repeat(5000), 1009],
    ] as const) {
      const live = listen('?stream=true')
      await live.open()
      live.socket.send(what)
      expect((await live.closed).code).toBe(code)
    }
  })

  it('is open twenty times at once for an enterprise, and closed ones do not count', async () => {
    const { listen } = await subscriber()
    const open = Array.from({ length: 20 }, () => listen('?stream=true'))
    await Promise.all(open.map((l) => l.open()))
    await expect(listen('?stream=true').open()).rejects.toThrow(/^429 .*SOCKETS_TOO_MANY/)
    open[0]!.socket.close()
    await open[0]!.closed
    const again = listen('?stream=true')
    await expect
      .poll(
        () =>
          again.open().then(
            () => 'open',
            (e: Error) => e.message,
          ),
        { timeout: 5000 },
      )
      .toBe('open')
    for (const l of [...open, again]) l.socket.close()
  })

  it('leaves clients that offer h2c with every request as they were', async () => {
    const body = JSON.stringify({ code: '/s/1ABCDEFGHJKMNPQRSTVW' })
    const ask = (text: string) =>
      new Promise<string>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(text))
        let answer = ''
        socket.on('data', (part) => (answer += part.toString()))
        socket.on('end', () => resolve(answer))
        socket.on('error', reject)
      })
    const upgrade = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'
    const get = await ask(
      `GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n${upgrade}\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    )
    expect(get).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(get).toMatch(/HTTP\/1\.1 404 Not Found/)
    const post = await ask(
      `POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${upgrade}\r\n${body}GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    )
    expect(post).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(post).toMatch(/HTTP\/1\.1 200 OK/)
  })

  it('tells its listeners when the server stops', async () => {
    const { listen } = await subscriber()
    const live = listen('?stream=true')
    await live.open()
    await t.app.close()
    expect((await live.closed).code).toBe(1001)
  })
})
