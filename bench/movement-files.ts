import { buildSscc } from '../src/kernel/gs1/sscc.ts'
import { buildServer } from '../src/app/serve.ts'
import { sql } from '../src/platform/db/sql.ts'
import { TestClient } from '../test/support/client.ts'
import { filledPlatform } from './filled-platform.ts'
import { fixed, say, scratch, startPostgres, table } from './support.ts'

const ROWS = Number(process.env['BENCH_MOVEMENT_ROWS'] ?? 50_000)
const A_CARTON = 20

/** A list of 50,000 labels packed into cartons of twenty: read, tried, written; beside the bare rows of its events in the same database. */
export async function benchMovementFiles(): Promise<void> {
  say(`\nA list of ${fixed(ROWS)} rows, one label each, packed into cartons of ${A_CARTON}: ${fixed(ROWS / A_CARTON)} events`)
  const rows: string[][] = []
  const postgres = startPostgres()
  try {
    if (postgres !== undefined) rows.push(await onEngine('PostgreSQL', { DATABASE_URL: postgres.url }))
  } finally {
    postgres?.stop()
  }
  rows.push(await onEngine('PGlite', {}))
  table(['engine', 'preview, s', 'commit, s', 'committed rows/s', 'INSERT of their rows, ms', 'commit / INSERT', 'most memory, MB'], rows)
}

async function onEngine(name: string, engine: Record<string, string>): Promise<string[]> {
  const { folder, remove } = scratch()
  try {
    const filled = await filledPlatform({ DATA_DIR: folder, PUBLIC_URL: 'http://127.0.0.1:8080', ...engine }, ROWS)
    const { platform, modules, batch } = filled
    await filled.activateAll()
    const key = await platform.db.transaction((tx) =>
      modules.identity.createApiKey(
        tx,
        { organisationId: batch.organisationId, name: 'bench', roles: ['warehouse'] },
        platform.clock.now(),
      ),
    )
    const app = await buildServer(platform, modules)
    const client = new TestClient(app, { apiKey: key.secret })
    const lines = ['动作,标签,箱码,时间,地点']
    const at = platform.clock.now().toISOString()
    for (let i = 0; i < ROWS; i++) lines.push(`装箱,${filled.uri(i)},${buildSscc(3, '4012345', Math.floor(i / A_CARTON))},${at},一号仓`)

    let most = 0
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50)
    const [reading, id] = await seconds(async () => {
      const file = { name: 'movements.csv', type: 'text/csv', bytes: Buffer.from(lines.join('\n')) }
      const sent = await client.sendForm('POST', '/api/movement-files', {}, file)
      await platform.jobs.drain()
      return sent.json.id as string
    })
    expectCount((await client.get(`/api/movement-files/${id}`)).json.counts?.new, 'rows to write')
    const [writing] = await seconds(async () => {
      await client.post(`/api/movement-files/${id}/commit`)
      await platform.jobs.drain()
    })
    clearInterval(watch)
    expectCount((await client.get(`/api/movement-files/${id}`)).json.counts?.committed, 'rows written')
    await platform.db.exec('create table bench_row (event_id uuid not null, codes int8range not null)')
    const [inserting] = await seconds(() =>
      platform.db.execute(sql`insert into bench_row select event_id, codes from event_code where role = 'child'`),
    )
    await app.close()
    await platform.db.close()
    return [
      name,
      fixed(reading, 1),
      fixed(writing, 1),
      fixed(ROWS / writing),
      fixed(inserting * 1000, 1),
      fixed(writing / inserting),
      fixed(most / 1e6),
    ]
  } finally {
    remove()
  }
}

function expectCount(count: unknown, what: string): void {
  if (count !== ROWS) throw new Error(`${what}: ${String(count)} instead of ${ROWS}`)
}

async function seconds<T>(work: () => Promise<T>): Promise<[number, T]> {
  const from = performance.now()
  const result = await work()
  return [(performance.now() - from) / 1000, result]
}
