import type { WebSocket } from 'ws'
import type { AppError } from '../../../kernel/errors.ts'
import type { Clock } from '../../../platform/clock.ts'
import { type Database, maybeOne } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import { problemOf } from '../../../platform/http/problem.ts'
import { seenBy } from '../../../platform/http/wall.ts'
import { documentText, type Exchange, queryDocument } from './exchange-format.ts'
import { epcisException, epcisFail } from './problems.ts'
import { eventsByIds } from './run-query.ts'
import { nextTime, parseSchedule } from './schedule.ts'
import { BATCH, LABELS, newEvents, queryOfName, type SubscriptionDeps } from './subscriptions.ts'

/** What a client asks for with the address of its socket. */
export interface LiveInput {
  readonly stream: boolean
  readonly schedule: unknown
  readonly reportIfEmpty: boolean
  readonly initialRecordTime: string | undefined
}

export interface LiveClient {
  readonly actor: Actor
  readonly queryName: string
  readonly exchange: Exchange
  /** Whether who opened the socket may still do so: asked again and again while it is open. */
  readonly stillAllowed: () => Promise<boolean>
}

/** Sockets of one enterprise at a time. */
export const MOST_SOCKETS = 20
const LOOK_MILLISECONDS = 500
const PING_MILLISECONDS = 30_000
/** A reader that has not taken a message by then is sent away; it comes back with `initialRecordTime`. */
const PATIENCE_MILLISECONDS = 30_000

/** Close codes of RFC 6455 and what each means here. */
const CLOSE = {
  ended: [1000, 'the query was deleted'],
  wrong: [1008, 'nothing is read from clients'],
  forbidden: [1008, 'no longer allowed'],
  broken: [1011, 'the query failed'],
  slow: [1013, 'read faster, and come back with initialRecordTime'],
} as const

/**
 * Reads what a socket is to be told: `stream=true`, or a schedule, and nothing that is not known.
 * @throws AppError SCHEDULE_INVALID, PARAMETER_INVALID
 */
export function liveInput(search: URLSearchParams): LiveInput {
  const schedule: Record<string, string> = {}
  for (const [name, value] of search) {
    if (['second', 'minute', 'hour', 'dayOfMonth', 'month', 'dayOfWeek'].includes(name)) schedule[name] = value
    else if (!['stream', 'reportIfEmpty', 'initialRecordTime'].includes(name))
      throw epcisFail('PARAMETER_INVALID', { name: name.slice(0, 60), reason: 'WebSocket' })
  }
  const flag = (name: string): boolean => {
    const value = search.get(name)
    if (value !== null && value !== 'true' && value !== 'false') throw epcisFail('PARAMETER_INVALID', { name, reason: 'true | false' })
    return value === 'true'
  }
  const stream = flag('stream')
  const timed = Object.keys(schedule).length > 0
  if (stream === timed) throw epcisFail('SCHEDULE_INVALID', { reason: 'stream=true | second, minute, hour, …' })
  const parsed = timed ? parseSchedule(schedule) : undefined
  if (typeof parsed === 'string') throw epcisFail('SCHEDULE_INVALID', { reason: parsed })
  const initialRecordTime = search.get('initialRecordTime') ?? undefined
  if (initialRecordTime !== undefined && Number.isNaN(Date.parse(initialRecordTime)))
    throw epcisFail('SCHEDULE_INVALID', { reason: 'initialRecordTime' })
  return { stream, schedule: timed ? schedule : undefined, reportIfEmpty: flag('reportIfEmpty'), initialRecordTime }
}

/** Named queries that are answered over sockets while these are open. Nothing of them is kept in the database. */
export class LiveQueries {
  readonly #deps: SubscriptionDeps
  readonly #clock: Clock
  readonly #log: { warn(detail: object, message: string): void }
  readonly #open = new Map<string, number>()

  constructor(deps: SubscriptionDeps, clock: Clock, log: { warn(detail: object, message: string): void }) {
    this.#deps = deps
    this.#clock = clock
    this.#log = log
  }

  /** @throws AppError SOCKETS_TOO_MANY */
  reserve(organisationId: string): () => void {
    const open = this.#open.get(organisationId) ?? 0
    if (open >= MOST_SOCKETS) throw epcisFail('SOCKETS_TOO_MANY', { limit: MOST_SOCKETS })
    this.#open.set(organisationId, open + 1)
    let released = false
    return () => {
      if (released) return
      released = true
      const left = (this.#open.get(organisationId) ?? 1) - 1
      if (left === 0) this.#open.delete(organisationId)
      else this.#open.set(organisationId, left)
    }
  }

  /** Tells a socket what is new until it closes. Never throws: a fault is told on the socket and in the log. */
  async serve(socket: WebSocket, client: LiveClient, input: LiveInput): Promise<void> {
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    const end = ([code, reason]: readonly [number, string]) => socket.close(code, reason)
    let alive = true
    socket.on('pong', () => (alive = true))
    socket.on('message', () => end(CLOSE.wrong))
    socket.on('error', () => socket.terminate())
    const heart = setInterval(() => {
      if (!alive) return socket.terminate()
      alive = false
      socket.ping()
      client.stillAllowed().then(
        (allowed) => allowed || end(CLOSE.forbidden),
        () => end(CLOSE.forbidden),
      )
    }, PING_MILLISECONDS)
    heart.unref()
    try {
      const why = await this.#run(socket, client, input, closed)
      if (why !== undefined) end(why)
    } catch (error) {
      const known = typeof error === 'object' && error !== null && 'entry' in error ? (error as AppError) : undefined
      if (known === undefined) this.#log.warn({ err: error }, 'a live query failed')
      const told = known ?? epcisFail('QUERY_FAILED')
      socket.send(JSON.stringify(problemOf(told, 'en', epcisException(told))))
      end(CLOSE.broken)
    } finally {
      await closed
      clearInterval(heart)
    }
  }

  async #run(
    socket: WebSocket,
    client: LiveClient,
    input: LiveInput,
    closed: Promise<void>,
  ): Promise<(typeof CLOSE)[keyof typeof CLOSE] | undefined> {
    const { db } = this.#deps
    const { actor, queryName } = client
    const started = this.#clock.now()
    const from = input.initialRecordTime === undefined ? undefined : new Date(input.initialRecordTime).toISOString()
    let position = await beginning(db, actor, from)
    const reader = { organisation_id: actor.organisationId, min_record_time: from ?? new Date(0).toISOString() }
    const recorded = from === undefined ? sql`true` : sql`e.record_time >= ${from}::timestamptz`
    const schedule = input.stream ? undefined : parseSchedule(input.schedule)
    let due = schedule === undefined || typeof schedule === 'string' ? started : nextTime(schedule, started)
    while (socket.readyState === socket.OPEN) {
      const now = this.#clock.now()
      if (due !== undefined && due <= now) {
        const query = await queryOfName(this.#deps, actor.organisationId, queryName)
        if (query === undefined) return CLOSE.ended
        for (let told = 0; ;) {
          const found = await newEvents(db, reader, sql`${query.where} and ${recorded}`, position, BATCH)
          if (found.ids.length === 0) {
            position = found.horizon
            if (told > 0 || !input.reportIfEmpty || input.stream) break
          }
          const events = found.ids.length === 0 ? [] : await eventsByIds(db, this.#deps.render, found.ids, LABELS, client.exchange.ranges)
          const document = queryDocument({ queryName, at: now, found: events }, client.exchange)
          if (!(await taken(socket, documentText(document, client.exchange)))) return CLOSE.slow
          told++
          if (found.ids.length === 0) break
          position = found.last
        }
        due = schedule === undefined || typeof schedule === 'string' ? now : nextTime(schedule, now)
      }
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS).unref())])
    }
    return undefined
  }
}

/**
 * After which event a socket begins: the newest that nothing still under way can come before, or the newest of those that
 * were recorded well before the moment asked for. A minute covers the time that a capture may have been under way.
 */
async function beginning(db: Database, actor: Actor, from: string | undefined): Promise<{ xid: string; sequence: bigint }> {
  const before = from === undefined ? sql`true` : sql`record_time < ${from}::timestamptz - interval '1 minute'`
  const last = await maybeOne<{ xid: string; sequence: bigint }>(
    db,
    sql`select xid::text as xid, sequence from event where ${seenBy(actor, sql`organisation_id`)} and xid < pg_snapshot_xmin(pg_current_snapshot()) and ${before} order by xid desc, sequence desc limit 1`,
  )
  return last ?? { xid: '0', sequence: 0n }
}

/** Sends one message and waits until the socket has taken it: what is not taken is not held in memory behind it. */
function taken(socket: WebSocket, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => resolve(false), PATIENCE_MILLISECONDS)
    socket.send(text, (error) => {
      clearTimeout(patience)
      resolve(error === undefined || error === null)
    })
  })
}
