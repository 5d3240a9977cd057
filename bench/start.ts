import { join } from 'node:path'
import { fixed, median, say, scratch, startServer, table } from './support.ts'

const ROUNDS = 3

/** From `node` to an answer of `/healthz`, on the embedded database; the console's build is not part of it. */
export async function benchStart(): Promise<void> {
  say(`\nStart of the server on PGlite: seconds until /healthz answers (median of ${ROUNDS})`)
  const server = new URL('scan-server.ts', import.meta.url).pathname
  const empty = new URL('constant-server.ts', import.meta.url).pathname
  const sides: Record<'node' | 'bare' | 'template' | 'warm', number[]> = { node: [], bare: [], template: [], warm: [] }
  for (let round = 0; round < ROUNDS; round++) {
    const { folder, remove } = scratch()
    try {
      sides.node.push(await start(empty, {}))
      sides.bare.push(await start(server, { DATA_DIR: join(folder, 'bare'), TEMPLATE_CACHE: join(folder, 'cache') }))
      sides.template.push(await start(server, { DATA_DIR: join(folder, 'data') }))
      sides.warm.push(await start(server, { DATA_DIR: join(folder, 'data') }))
    } finally {
      remove()
    }
  }
  const node = median(sides.node)
  const row = (name: string, side: number[]) => [name, fixed(median(side), 2), fixed(median(side) / node, 1)]
  table(
    ['', 'seconds', 'of the constant server'],
    [
      row('constant server (Node, tsx, fastify)', sides.node),
      row('first start, no template yet', sides.bare),
      row('first start from the template', sides.template),
      row('warm start', sides.warm),
    ],
  )
}

async function start(script: string, env: Record<string, string>): Promise<number> {
  const from = performance.now()
  const server = await startServer([script], { PUBLIC_URL: 'http://127.0.0.1:8080', DATABASE_URL: '', ...env })
  await fetch(`${server.url}/healthz`).then((response) => response.arrayBuffer())
  const seconds = (performance.now() - from) / 1000
  await server.stop()
  return seconds
}
