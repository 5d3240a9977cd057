import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { filledPlatform } from './filled-platform.ts'
import { fixed, load, type LoadResult, median, say, scratch, startPostgres, startServer, table } from './support.ts'

const CODES = 20_000
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3)
const CONNECTIONS = [1, 16, 64, 256]

/** Scans over HTTP beside a constant server and beside pgbench doing the same statement one by one, all in one run. */
export async function benchScan(): Promise<void> {
  const postgres = startPostgres()
  try {
    if (postgres !== undefined) await onEngine('PostgreSQL', { DATABASE_URL: postgres.url }, { bin: postgres.bin, url: postgres.url })
  } finally {
    postgres?.stop()
  }
  await onEngine('PGlite', {}, undefined)
}

async function onEngine(name: string, engine: Record<string, string>, pgbench: { bin: string; url: string } | undefined): Promise<void> {
  const { folder, remove } = scratch()
  const env = { DATA_DIR: folder, PUBLIC_URL: 'http://127.0.0.1:8080', ...engine }
  const filled = await filledPlatform(env, CODES)
  await filled.activateAll()
  const serials = filled.modules.codes.serialsOf(filled.batch, 0, CODES)
  const gtin = filled.batch.tweakGtin.toString().padStart(14, '0')
  const paths = shuffled(serials.map((serial) => `/01/${gtin}/21/${serial}`))
  const batchId = filled.batch.id
  await filled.platform.db.close()

  const constant = await startServer([new URL('constant-server.ts', import.meta.url).pathname], {})
  const server = await startServer([new URL('scan-server.ts', import.meta.url).pathname], env)
  try {
    // code that has not run yet is slow on every side
    for (const accept of ['application/json', 'text/html']) await load({ url: server.url, paths, connections: 64, seconds: 2, accept })
    await load({ url: constant.url, paths, connections: 64, seconds: 1, accept: 'application/json' })
    say(`\nScan over HTTP on ${name}: requests a second (median of ${ROUNDS}, ${SECONDS} s each), p50/p99 in ms`)
    const rows: string[][] = []
    for (const connections of CONNECTIONS) {
      const sides: Record<'json' | 'page' | 'constant', LoadResult[]> = { json: [], page: [], constant: [] }
      const single: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        sides.constant.push(await load({ url: constant.url, paths, connections, seconds: SECONDS, accept: 'application/json' }))
        sides.json.push(await load({ url: server.url, paths, connections, seconds: SECONDS, accept: 'application/json' }))
        sides.page.push(await load({ url: server.url, paths, connections, seconds: SECONDS, accept: 'text/html' }))
        if (pgbench !== undefined) single.push(singleStatements(pgbench, folder, batchId, Math.min(connections, 64)))
      }
      const of = (side: LoadResult[]) => median(side.map((r) => r.perSecond))
      const latency = (side: LoadResult[]) => `${fixed(median(side.map((r) => r.p50)))}/${fixed(median(side.map((r) => r.p99)))}`
      const errors = [...sides.json, ...sides.page, ...sides.constant].reduce((sum, r) => sum + r.errors, 0)
      rows.push([
        `${connections}`,
        fixed(of(sides.constant)),
        `${fixed(of(sides.json))} (${latency(sides.json)})`,
        `${fixed(of(sides.page))} (${latency(sides.page)})`,
        pgbench === undefined ? '-' : fixed(median(single)),
        fixed(of(sides.json) / of(sides.constant), 2),
        fixed(of(sides.page) / of(sides.constant), 2),
        pgbench === undefined ? '-' : fixed(of(sides.json) / median(single), 2),
        `${errors}`,
      ])
    }
    table(
      ['connections', 'constant', 'scan JSON', 'scan page', 'pgbench single', 'JSON/constant', 'page/constant', 'JSON/pgbench', 'errors'],
      rows,
    )
    if (pgbench !== undefined) {
      const at64 = rows[2]!
      say('server, load and PostgreSQL share the processors of this machine; pgbench runs at most 64 clients')
      say(
        `aims at 64 connections: JSON/constant ≥ 0.6: ${Number(at64[5]) >= 0.6 ? 'met' : 'NOT met'} (${at64[5]}); JSON/pgbench ≥ 1.5: ${Number(at64[7]) >= 1.5 ? 'met' : 'NOT met'} (${at64[7]})`,
      )
    }
  } finally {
    await server.stop()
    await constant.stop()
    remove()
  }
}

/** The same function with one scan a call, prepared, one transaction each, as many clients as there are connections. */
function singleStatements(pg: { bin: string; url: string }, folder: string, batchId: number, clients: number): number {
  const script = join(folder, 'single.sql')
  writeFileSync(
    script,
    `\\set index random(0, ${CODES - 1})
select * from record_scans(0::smallint, array[(${batchId}::bigint << 32) + :index]::bigint[], array[gen_random_uuid()], array[now()]::timestamptz[], array['33']::text[], array[1]::bigint[], array[null]::bytea[],
  array[decode(md5(random()::text), 'hex')]::bytea[], array['app']::text[], array[((${batchId}::bigint << 32) + :index) & 63]::smallint[]);
`,
  )
  const out = execFileSync(
    join(pg.bin, 'pgbench'),
    ['-n', '-M', 'prepared', '-f', script, '-c', String(clients), '-j', '2', '-T', String(SECONDS), pg.url],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  ).toString()
  return Number(/tps = ([\d.]+)/.exec(out)?.[1] ?? Number.NaN)
}

function shuffled<T>(items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const k = Math.floor(Math.random() * (i + 1))
    ;[items[i], items[k]] = [items[k]!, items[i]!]
  }
  return items
}
