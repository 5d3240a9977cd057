import { buildServer } from '../src/app/serve.ts'
import { buildSscc } from '../src/kernel/gs1/sscc.ts'
import { actorOf } from '../test/support/goods.ts'
import { filledPlatform } from './filled-platform.ts'
import { fixed, say, scratch, startPostgres, table } from './support.ts'

const ROWS = 50_000
const CARTON = 20

/** A list of 50,000 rows, a label each, into cartons of twenty: preview and writing, beside the same packings by the use case alone. */
export async function benchMovements(): Promise<void> {
  say(`\nMovement list of ${fixed(ROWS)} rows into ${fixed(ROWS / CARTON)} cartons, beside the same packings without a list`)
  const rows: string[][] = []
  const postgres = startPostgres()
  try {
    if (postgres !== undefined) rows.push(await onEngine('PostgreSQL', { DATABASE_URL: postgres.url }))
  } finally {
    postgres?.stop()
  }
  rows.push(await onEngine('PGlite', {}))
  table(['engine', 'preview, s', 'write, s', 'packings alone, s', 'write / alone', 'memory peak, MB'], rows)
}

async function onEngine(name: string, engine: Record<string, string>): Promise<string[]> {
  const { folder, remove } = scratch()
  try {
    const filled = await filledPlatform({ DATA_DIR: folder, PUBLIC_URL: 'http://127.0.0.1:8080', ...engine }, 2 * ROWS)
    const { platform, modules, batch, uri } = filled
    await filled.activateAll()
    const app = await buildServer(platform, modules)
    const { secret } = await platform.db.transaction((tx) =>
      modules.identity.createApiKey(
        tx,
        { organisationId: batch.organisationId, name: 'bench', roles: ['warehouse'] as never },
        platform.clock.now(),
      ),
    )
    const headers = () => ({ authorization: `Bearer ${secret}`, 'idempotency-key': crypto.randomUUID() })
    const lines = Array.from({ length: ROWS }, (_, i) => `pack,${uri(i)},${buildSscc(0, '9521234', BigInt(Math.floor(i / CARTON)))}`)
    const boundary = 'cut'
    const payload = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\nContent-Type: text/csv\r\n\r\nact,label,container\n${lines.join('\n')}\r\n--${boundary}--\r\n`
    let peak = 0
    const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50)
    const seconds = async (work: () => Promise<unknown>): Promise<number> => {
      const from = performance.now()
      await work()
      return (performance.now() - from) / 1000
    }
    let id = ''
    const preview = await seconds(async () => {
      const answer = await app.inject({
        method: 'POST',
        url: '/api/movement-files',
        headers: { ...headers(), 'content-type': `multipart/form-data; boundary=${boundary}` },
        payload,
      })
      id = answer.json().id
      await platform.jobs.drain()
    })
    const write = await seconds(async () => {
      await app.inject({ method: 'POST', url: `/api/movement-files/${id}/commit`, headers: headers(), payload: {} })
      await platform.jobs.drain()
    })
    const { counts } = (await app.inject({ url: `/api/movement-files/${id}`, headers: headers() })).json()
    if (counts.committed !== ROWS) throw new Error(`written: ${JSON.stringify(counts)}`)
    clearInterval(watch)
    const actor = actorOf(batch.organisationId, 'importer', 'warehouse')
    const alone = await seconds(async () => {
      for (let carton = 0; carton < ROWS / CARTON; carton++) {
        const items = Array.from({ length: CARTON }, (_, i) => uri(ROWS + carton * CARTON + i))
        const choice = { rolls: [], stretches: [], items, containers: [] }
        await platform.db.transaction((tx) =>
          modules.events.pack(tx, { choice, place: '', reason: '' }, { actor, at: platform.clock.now() }),
        )
      }
    })
    await app.close()
    await platform.db.close()
    return [name, fixed(preview, 1), fixed(write, 1), fixed(alone, 1), fixed(write / alone, 2), fixed(peak / 1024 / 1024)]
  } finally {
    remove()
  }
}
