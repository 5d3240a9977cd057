import pg from 'pg'
import type { Database } from './database.ts'
import { PgliteStream } from './pglite-stream.ts'
import { PoolDatabase } from './pool-database.ts'
import { valueTypes } from './values.ts'

/** Opens a cluster folder without lock and without maintenance; for templates and tests. */
export async function openCluster(options: {
  folder: string
  /** False only for what can be made again: then nothing waits for the disk. */
  durable: boolean
  onNotice?: ((message: string) => void) | undefined
  onClose?: (() => void) | undefined
}): Promise<EmbeddedDatabase> {
  let stream: PgliteStream | undefined
  const pool = new pg.Pool({
    max: 1,
    idleTimeoutMillis: 0,
    types: valueTypes,
    user: 'postgres',
    database: 'postgres',
    stream: () => (stream = new PgliteStream({ folder: options.folder, durable: options.durable })),
  })
  pool.on('error', (error) => options.onNotice?.(`the embedded database stopped and will start again: ${error.message}`))
  pool.on('connect', (client) => {
    client.on('notice', (notice) => options.onNotice?.(notice.message ?? ''))
  })
  const db = new EmbeddedDatabase(pool, () => stream!.countSyncs(), options.onClose)
  try {
    await db.health()
  } catch (error) {
    await db.close()
    throw error
  }
  return db
}

export class EmbeddedDatabase extends PoolDatabase implements Database {
  /** Calls of fsync by the embedded server since it started. */
  readonly countSyncs: () => Promise<number>
  readonly #stoppers: Array<() => void> = []

  constructor(pool: pg.Pool, countSyncs: () => Promise<number>, onClose: () => void = () => {}) {
    super('pglite', pool, async () => onClose())
    this.countSyncs = countSyncs
  }

  /** Registers what must stop before the server does. */
  beforeClose(stop: () => void): void {
    this.#stoppers.push(stop)
  }

  override close(): Promise<void> {
    for (const stop of this.#stoppers) stop()
    return super.close()
  }
}
