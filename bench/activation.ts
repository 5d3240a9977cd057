import { sql } from '../src/platform/db/sql.ts'
import { filledPlatform } from './filled-platform.ts'
import { fixed, median, say, scratch, startPostgres, table } from './support.ts'

const LABELS = 1_000_000
const ROUNDS = 3

/** Activation of a million labels in one act, beside a row for each label in the same database. */
export async function benchActivation(): Promise<void> {
  say(
    `\nActivation of ${fixed(LABELS)} codes in one act (median of ${ROUNDS}), beside one row a code in the same database, written by the server itself`,
  )
  const rows: string[][] = []
  const postgres = startPostgres()
  try {
    if (postgres !== undefined) rows.push(await onEngine('PostgreSQL', { DATABASE_URL: postgres.url }))
  } finally {
    postgres?.stop()
  }
  rows.push(await onEngine('PGlite', {}))
  table(['engine', 'activate, ms', 'INSERT rows, ms', 'UPDATE rows, ms', 'rows / activate'], rows)
}

async function onEngine(name: string, engine: Record<string, string>): Promise<string[]> {
  const { folder, remove } = scratch()
  try {
    const filled = await filledPlatform({ DATA_DIR: folder, PUBLIC_URL: 'http://127.0.0.1:8080', ...engine }, LABELS)
    const { db } = filled.platform
    await db.exec('create table bench_label (code bigint primary key, status text not null, lot_id uuid, activated_at timestamptz)')
    const activate: number[] = []
    const insert: number[] = []
    const update: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const lot = round === 0 ? filled : await filled.another()
      await db.exec('truncate bench_label')
      insert.push(
        await milliseconds(() =>
          db.execute(sql`insert into bench_label select n, 'inert', null, null from generate_series(1, ${LABELS}::bigint) n`),
        ),
      )
      activate.push(await milliseconds(() => lot.activateAll()))
      update.push(
        await milliseconds(() =>
          db.execute(sql`update bench_label set status = 'active', lot_id = ${filled.lotId}, activated_at = '2026-01-01'`),
        ),
      )
    }
    await db.close()
    const [a, i, u] = [median(activate), median(insert), median(update)]
    return [name, fixed(a, 1), fixed(i), fixed(u), fixed((i + u) / a)]
  } finally {
    remove()
  }
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return performance.now() - from
}
