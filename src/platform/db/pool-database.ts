import { AsyncLocalStorage } from 'node:async_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import type { Pool, PoolClient, QueryConfig } from 'pg'
import type { Database, DatabaseHealth, Sql, Tx } from './database.ts'
import { fail, isConflict, sqlStateOf } from './errors.ts'
import { sql, type SqlText } from './sql.ts'
import { encodeValue } from './values.ts'

/** After this many tries a conflict is told to the caller; more would only feed the crowd. */
const CONFLICT_ATTEMPTS = 6

/** Rows a chunk of `bulkInsert`: large enough to hide the round trip, small enough to keep the heap flat. */
const CHUNK_ROWS = 5000

interface OpenTransaction {
  readonly database: object
  done: boolean
}

const openTransaction = new AsyncLocalStorage<OpenTransaction>()

/**
 * What both engines share: a pool of `pg` clients. The embedded engine is a pool of exactly one, whose client talks
 * the same wire protocol to a worker thread instead of a socket.
 */
export class PoolDatabase implements Database {
  readonly engine: 'pglite' | 'postgres'
  readonly #pool: Pool
  readonly #onClose: () => Promise<void>
  #closing: Promise<void> | undefined

  constructor(engine: 'pglite' | 'postgres', pool: Pool, onClose: () => Promise<void> = async () => {}) {
    this.engine = engine
    this.#pool = pool
    this.#onClose = onClose
  }

  async query<R extends object = Record<string, unknown>>(statement: SqlText): Promise<R[]> {
    return (await this.#once(encode(statement))).rows as R[]
  }

  async execute(statement: SqlText): Promise<number> {
    return (await this.#once(encode(statement))).rowCount ?? 0
  }

  async exec(script: string): Promise<void> {
    await this.#once({ text: script })
  }

  /** Not `pool.query`: that throws the connection away after any error, also after a mere unique violation. */
  async #once(query: QueryConfig) {
    this.#refuseInsideTransaction()
    const client = await this.#pool.connect()
    let broken: Error | undefined
    try {
      return await client.query(query)
    } catch (error) {
      if (endsConnection(error)) broken = error as Error
      throw error
    } finally {
      client.release(broken)
    }
  }

  async transaction<T>(work: (tx: Tx) => Promise<T>, options: { readOnly?: boolean } = {}): Promise<T> {
    this.#refuseInsideTransaction()
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(work, options.readOnly ?? false)
      } catch (error) {
        if (!isConflict(error)) throw error
        if (attempt === CONFLICT_ATTEMPTS) {
          throw Object.assign(fail('DATABASE_CONFLICT', { attempts: attempt }), { cause: error })
        }
        // Random, so that two that met do not meet again at the same moment.
        await pause(Math.random() * 10 * 2 ** attempt)
      }
    }
  }

  async #attempt<T>(work: (tx: Tx) => Promise<T>, readOnly: boolean): Promise<T> {
    const client = await this.#pool.connect()
    const tx = new PoolTransaction(client)
    const mark: OpenTransaction = { database: this, done: false }
    let broken: Error | undefined
    try {
      await client.query(readOnly ? 'begin isolation level repeatable read, read only' : 'begin')
      const result = await openTransaction.run(mark, () => work(tx))
      await tx.end()
      const { command } = await client.query('commit')
      // A caught error leaves the transaction aborted, and then COMMIT quietly answers ROLLBACK.
      if (command !== 'COMMIT') throw new Error('the transaction was aborted by an error that was caught inside it')
      return result
    } catch (error) {
      await tx.end()
      if (sqlStateOf(error) !== undefined && endsConnection(error)) broken = error as Error
      else {
        await client.query('rollback').catch((rollbackError: Error) => {
          broken = rollbackError
        })
      }
      throw error
    } finally {
      mark.done = true
      client.release(broken)
    }
  }

  async bulkInsert(
    tx: Sql,
    table: string,
    columns: readonly string[],
    types: readonly string[],
    rows: Iterable<readonly unknown[]> | AsyncIterable<readonly unknown[]>,
  ): Promise<number> {
    const text = bulkText(table, columns, types)
    let chunk: unknown[][] = columns.map(() => [])
    let total = 0
    const flush = async () => {
      if (chunk[0]!.length === 0) return
      total += await tx.execute({ text, values: chunk })
      chunk = columns.map(() => [])
    }
    for await (const row of rows) {
      for (let i = 0; i < chunk.length; i++) chunk[i]!.push(row[i])
      if (chunk[0]!.length === CHUNK_ROWS) await flush()
    }
    await flush()
    return total
  }

  async health(): Promise<DatabaseHealth> {
    const start = performance.now()
    const [row] = await this.query<{ version: string }>(sql`select current_setting('server_version') as version`)
    return {
      engine: this.engine,
      serverVersion: row!.version,
      roundTrip: performance.now() - start,
      waiting: this.#pool.waitingCount,
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#pool.end().then(this.#onClose)
    return this.#closing
  }

  #refuseInsideTransaction(): void {
    const open = openTransaction.getStore()
    if (open !== undefined && open.database === this && !open.done) {
      throw new Error('inside a transaction use its `tx`: the database itself would wait for another connection')
    }
  }
}

class PoolTransaction implements Tx {
  readonly kind = 'tx'
  readonly #client: PoolClient
  #ended = false
  #savepoints = 0
  /** Statements of one connection go one after another, also when the caller starts several at once. */
  #tail: Promise<unknown> = Promise.resolve()

  constructor(client: PoolClient) {
    this.#client = client
  }

  async query<R extends object = Record<string, unknown>>(statement: SqlText): Promise<R[]> {
    return (await this.#run(encode(statement))).rows as R[]
  }

  async execute(statement: SqlText): Promise<number> {
    return (await this.#run(encode(statement))).rowCount ?? 0
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const name = `sp${++this.#savepoints}`
    await this.#run({ text: `savepoint ${name}` })
    try {
      const result = await work()
      await this.#run({ text: `release savepoint ${name}` })
      return result
    } catch (error) {
      await this.#run({ text: `rollback to savepoint ${name}` })
      throw error
    }
  }

  async script(text: string): Promise<void> {
    await this.#run({ text })
  }

  /** Waits for statements that are still running and refuses later ones. */
  async end(): Promise<void> {
    this.#ended = true
    await this.#tail
  }

  #run(query: QueryConfig) {
    if (this.#ended) throw new Error('this transaction has ended')
    const answer = this.#tail.then(() => this.#client.query(query))
    this.#tail = answer.catch(() => {})
    return answer
  }
}

/** Not an answer of the server, or its last one. */
function endsConnection(error: unknown): boolean {
  return sqlStateOf(error) === undefined || /^(FATAL|PANIC)$/.test((error as { severity: string }).severity)
}

function encode(statement: SqlText): QueryConfig {
  const values = statement.values.map(encodeValue)
  return statement.name === undefined ? { text: statement.text, values } : { name: statement.name, text: statement.text, values }
}

function bulkText(table: string, columns: readonly string[], types: readonly string[]): string {
  if (columns.length === 0 || columns.length !== types.length) throw new TypeError('one type for each column is needed')
  const arrays = types.map((type, i) => {
    if (!/^[a-z_][a-z0-9_ ]*(\(\d+(,\d+)?\))?$/.test(type)) throw new TypeError(`not a plain SQL type: ${type}`)
    return `$${i + 1}::${type}[]`
  })
  const names = columns.map((column) => sql.ident(column).text)
  return `insert into ${sql.ident(table).text} (${names.join(', ')}) select * from unnest(${arrays.join(', ')})`
}
