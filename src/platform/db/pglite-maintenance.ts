import type { EmbeddedDatabase } from './pglite-cluster.ts'
import { sql } from './sql.ts'

const EVERY_MILLISECONDS = 15_000
/** Bytes of log after which a checkpoint is made; what a restart after a crash has to read again. */
const CHECKPOINT_BYTES = 32 * 1024 * 1024

/**
 * Does what PostgreSQL's background processes do and the embedded engine lacks: checkpoints, without which the log
 * grows for ever, and vacuum. A table is vacuumed when autovacuum would have done it (its default thresholds), one
 * statement a table, so that nobody waits for longer than one table takes. The timer does not keep the process alive.
 */
export function startMaintenance(db: EmbeddedDatabase, onNotice?: (message: string) => void): void {
  let running = false
  const timer = setInterval(() => {
    if (running) return
    running = true
    maintain(db)
      .catch((error: unknown) => onNotice?.(`maintenance of the embedded database failed: ${String(error)}`))
      .finally(() => {
        running = false
      })
  }, EVERY_MILLISECONDS)
  timer.unref()
  db.beforeClose(() => clearInterval(timer))
}

/** One round of maintenance; returns what it did, for the log and for tests. */
export async function maintain(db: EmbeddedDatabase): Promise<{ checkpoint: boolean; vacuumed: string[] }> {
  // A server process reports its counts at most once a second, and only when it is busy: ask for them now.
  await db.query(sql`select pg_stat_force_next_flush()::text`)
  const tables = await db.query<{ name: string }>(sql`
    select format('%I.%I', s.schemaname, s.relname) as name
    from pg_stat_user_tables s join pg_class c on c.oid = s.relid
    where s.n_dead_tup > 50 + 0.2 * greatest(c.reltuples, 0)
       or s.n_ins_since_vacuum > 1000 + 0.2 * greatest(c.reltuples, 0)
       or s.n_mod_since_analyze > 50 + 0.1 * greatest(c.reltuples, 0)
    order by 1`)
  const vacuumed: string[] = []
  for (const { name } of tables) {
    await db.exec(`vacuum (analyze) ${name}`)
    vacuumed.push(name)
  }
  const [log] = await db.query<{ bytes: bigint }>(
    sql`select (pg_current_wal_insert_lsn() - redo_lsn)::int8 as bytes from pg_control_checkpoint()`,
  )
  const checkpoint = log!.bytes > CHECKPOINT_BYTES
  if (checkpoint) await db.exec('checkpoint')
  return { checkpoint, vacuumed }
}
