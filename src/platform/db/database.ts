import type { SqlText } from './sql.ts'

/** Whatever can run a statement: the database itself (each statement its own transaction) or a transaction. */
export interface Sql {
  /** Rows with the value types of `values.ts`, the same on both engines. */
  query<R extends object = Record<string, unknown>>(statement: SqlText): Promise<R[]>
  /** Number of rows inserted, updated or deleted. */
  execute(statement: SqlText): Promise<number>
}

export interface Tx extends Sql {
  readonly kind: 'tx'
  /** Work that may fail alone: when it throws, only its own writes are undone and the error goes on to the caller. */
  savepoint<T>(work: () => Promise<T>): Promise<T>
  /** Runs several statements without parameters inside this transaction; for migrations. */
  script(text: string): Promise<void>
}

export interface DatabaseHealth {
  readonly engine: 'pglite' | 'postgres'
  readonly serverVersion: string
  /** Milliseconds of one round trip, waiting for a free connection included. */
  readonly roundTrip: number
  /** Requests that are waiting for a connection now. */
  readonly waiting: number
}

export interface Database extends Sql {
  readonly engine: 'pglite' | 'postgres'
  /**
   * Runs `work` in one transaction: committed, and on disk, when the promise is kept; undone when `work` throws.
   * After a serialization failure or a deadlock `work` runs again, a few times, so it must do nothing outside `tx`.
   * `readOnly` reads one snapshot (repeatable read). Using the database itself inside `work` is refused: with one
   * connection it would wait for itself for ever.
   * @throws AppError DATABASE_CONFLICT when the conflict stays
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, options?: { readOnly?: boolean }): Promise<T>
  /**
   * Inserts many rows in chunks, with constant memory. `types` are the SQL types of the columns, for example
   * `['int8', 'text', 'jsonb']`; a column that is itself an array cannot be filled this way. Returns the row count.
   */
  bulkInsert(
    tx: Sql,
    table: string,
    columns: readonly string[],
    types: readonly string[],
    rows: Iterable<readonly unknown[]> | AsyncIterable<readonly unknown[]>,
  ): Promise<number>
  /** Runs several statements without parameters outside of any transaction; for migrations and tools. */
  exec(script: string): Promise<void>
  health(): Promise<DatabaseHealth>
  /** Waits for running statements, then lets go of every connection, file and lock. */
  close(): Promise<void>
}

/** The only row of a statement. Throws when there is none or more than one: the caller promised exactly one. */
export async function one<R extends object = Record<string, unknown>>(db: Sql, statement: SqlText): Promise<R> {
  const rows = await db.query<R>(statement)
  if (rows.length !== 1) throw new Error(`expected exactly one row, got ${rows.length}: ${statement.text}`)
  return rows[0]!
}

/** The row of a statement or undefined. Throws when there is more than one. */
export async function maybeOne<R extends object = Record<string, unknown>>(db: Sql, statement: SqlText): Promise<R | undefined> {
  const rows = await db.query<R>(statement)
  if (rows.length > 1) throw new Error(`expected at most one row, got ${rows.length}: ${statement.text}`)
  return rows[0]
}
