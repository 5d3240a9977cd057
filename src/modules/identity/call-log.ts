import type { FastifyBaseLogger } from 'fastify'
import type { Database, Sql } from '../../platform/db/database.ts'
import { maybeOne } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { KeyCall } from '../../platform/http/server.ts'
import { newId } from '../../platform/ids.ts'

/** Calls kept of one key, give or take what comes between two tidyings. */
export const CALLS_KEPT = 1000
export const CALL_DAYS = 30
const TIDY_EVERY = 200
const BUFFER = 5000
const WAIT_MS = 1000
const FAULTS_KEPT = 20

/** What is remembered of a refusal, in both languages; whoever looks chooses. */
export interface StoredProblem {
  readonly zh: string
  readonly en: string
  readonly fields: readonly { readonly pointer: string; readonly code: string; readonly zh: string; readonly en: string }[]
}

/**
 * Keeps the last calls of each key. They wait in memory for a second and are written together, after the answers: no call
 * is slower for it, and what waits when the process is killed is missing from this list and from nothing else. When more
 * come than can be written, the list goes without the rest.
 */
export class CallLog {
  readonly #db: Database
  readonly #log: FastifyBaseLogger
  #waiting: KeyCall[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  readonly #sinceTidy = new Map<string, number>()

  constructor(db: Database, log: FastifyBaseLogger) {
    this.#db = db
    this.#log = log
  }

  readonly note = (call: KeyCall): void => {
    if (this.#waiting.length >= BUFFER) return
    this.#waiting.push(call)
    this.#timer ??= setTimeout(() => void this.flush(), WAIT_MS).unref()
  }

  /** Writes what waits. Never throws: nobody's work depends on it. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  async #write(): Promise<void> {
    const calls = this.#waiting
    if (calls.length === 0) return
    this.#waiting = []
    try {
      await insertCalls(this.#db, calls)
      const counts = new Map<string, number>()
      for (const { apiKeyId } of calls) counts.set(apiKeyId, (counts.get(apiKeyId) ?? 0) + 1)
      for (const [apiKeyId, n] of counts) await this.#tidy(apiKeyId, n)
    } catch (error) {
      this.#log.warn({ err: error, calls: calls.length }, 'calls of API keys could not be kept')
    }
  }

  async #tidy(apiKeyId: string, more: number): Promise<void> {
    // a process that has just started does not know how many are there
    const since = (this.#sinceTidy.get(apiKeyId) ?? TIDY_EVERY) + more
    if (since < TIDY_EVERY) return void this.#sinceTidy.set(apiKeyId, since)
    if (this.#sinceTidy.size > 10_000) this.#sinceTidy.clear()
    this.#sinceTidy.set(apiKeyId, 0)
    await this.#db.execute(sql`
      delete from api_key_call where api_key_id = ${apiKeyId} and (at, id) < (
        select at, id from api_key_call where api_key_id = ${apiKeyId} order by at desc, id desc limit 1 offset ${CALLS_KEPT - 1})`)
  }
}

async function insertCalls(db: Sql, calls: readonly KeyCall[]): Promise<void> {
  const problems = calls.map(({ error }) => (error === undefined ? null : JSON.stringify(problemOf(error))))
  await db.execute(sql`
    insert into api_key_call (id, api_key_id, at, method, route, path, status, duration_ms, request_bytes, response_bytes, request_id, code, problem)
    select t.id, t.api_key_id, t.at, t.method, t.route, t.path, t.status, t.duration_ms, t.request_bytes, t.response_bytes, t.request_id, t.code, t.problem::jsonb
    from unnest(${calls.map((c) => newId(c.at))}::uuid[], ${calls.map((c) => c.apiKeyId)}::uuid[], ${calls.map((c) => c.at.toISOString())}::timestamptz[],
      ${calls.map((c) => c.method)}::text[], ${calls.map((c) => c.route)}::text[], ${calls.map((c) => storable(c.path))}::text[], ${calls.map((c) => c.status)}::smallint[],
      ${calls.map((c) => c.durationMs)}::int[], ${calls.map((c) => BigInt(c.requestBytes))}::bigint[], ${calls.map((c) => BigInt(c.responseBytes))}::bigint[],
      ${calls.map((c) => c.requestId)}::uuid[], ${calls.map((c) => c.error?.code ?? '')}::text[], ${problems}::text[])
      as t(id, api_key_id, at, method, route, path, status, duration_ms, request_bytes, response_bytes, request_id, code, problem)`)
}

function problemOf(error: NonNullable<KeyCall['error']>): StoredProblem {
  const words = (text: string): string => storable(text).slice(0, 500)
  return {
    zh: words(error.words('zh')),
    en: words(error.words('en')),
    fields: error.fields
      .slice(0, FAULTS_KEPT)
      .map((f) => ({ pointer: words(f.pointer).slice(0, 200), code: words(f.code), zh: words(f.zh), en: words(f.en) })),
  }
}

/** Text as a database takes it: a caller's own words may hold a NUL or half a character. */
const storable = (text: string): string => text.replaceAll('\0', '').toWellFormed()

/** @returns how many were deleted */
export function forgetOldCalls(db: Sql, now: Date): Promise<number> {
  return db.execute(sql`delete from api_key_call where at < ${new Date(now.getTime() - CALL_DAYS * 86_400_000).toISOString()}`)
}

export interface StoredCall {
  readonly id: string
  readonly at: string
  readonly method: string
  readonly route: string
  readonly path: string
  readonly status: number
  readonly durationMs: number
  readonly requestBytes: number
  readonly responseBytes: number
  readonly requestId: string
  readonly code: string
  readonly problem: StoredProblem | null
}

export function callOf(db: Sql, organisationId: string, apiKeyId: string, callId: string): Promise<StoredCall | undefined> {
  return maybeOne<StoredCall>(
    db,
    sql`select c.id, c.at, c.method, c.route, c.path, c.status::int as status, c.duration_ms as "durationMs", c.request_bytes::float8 as "requestBytes",
        c.response_bytes::float8 as "responseBytes", c.request_id as "requestId", c.code, c.problem
      from api_key_call c join api_key a on a.id = c.api_key_id
      where c.id = ${callId} and c.api_key_id = ${apiKeyId} and a.organisation_id = ${organisationId}`,
  )
}
