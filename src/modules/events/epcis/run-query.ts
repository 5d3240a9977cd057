import type { EpcisEvent, Namespaces } from '../../../kernel/epcis/event.ts'
import { eventsToJson, type JsonObject, type JsonValue } from '../../../kernel/epcis/write-json.ts'
import type { KeyVault } from '../../../platform/crypto/keys.ts'
import { maybeOne, type Sql, type Tx } from '../../../platform/db/database.ts'
import { sql, type SqlText } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import { type NextPage, openToken, sealToken } from './page-token.ts'
import { epcisFail } from './problems.ts'
import { goodsOf, type OwnGoods, type OwnRow, ownEvent, OWN_NAMESPACE, OWN_PREFIX, type RenderDeps, spellOut } from './own-event.ts'
import { countOf } from '../ranges.ts'
import type { StoredDocument } from './store-records.ts'
import { seenBy } from '../../../platform/http/wall.ts'

/** A query as SQL over `event e`. */
export interface CompiledQuery {
  readonly where: SqlText
  readonly order: Order
  /** Total of events, over all pages. */
  readonly eventCountLimit: number | undefined
  /** With more than these the query is refused. */
  readonly maxEventCount: number | undefined
  /** What a page token belongs to. */
  readonly fingerprint: string
}

export interface Order {
  readonly by: 'sequence' | 'eventTime' | 'recordTime' | { readonly fact: string }
  readonly direction: 'ASC' | 'DESC'
}

export interface FoundEvent {
  /** JSON of the standard, with the prefixes of `namespaces`. */
  readonly event: JsonObject
  readonly namespaces: Namespaces
  readonly recordTime: string
  readonly sequence: bigint
}

export interface Page {
  readonly events: readonly FoundEvent[]
  readonly next: NextPage | undefined
}

interface Position {
  /** Value of the order, as text; absent when the order is the sequence. */
  readonly value?: string | null
  readonly sequence: string
  /** Labels of the event at this position that were told already; the next page goes on within it. */
  readonly told: number
  /** Events that may still come, when the query has a limit. */
  readonly left?: number
}

/** Labels in one piece of an event: a range of a million is told in pages like many events are. */
export const LABELS_PER_PIECE = 1000

interface Row extends OwnRow {
  readonly sequence: bigint
  readonly record_time: string
  readonly document: StoredDocument | null
  readonly order_value: string | null
}

/** Tenant wall of every query: an organisation's own events; supervisors see all. */
export const wallOf = (actor: Actor): SqlText => seenBy(actor, sql`e.organisation_id`)

/**
 * One page of a query, in a stable order: what is captured meanwhile comes after, never between.
 * @throws AppError QUERY_TOO_LARGE, BAD_PAGE_TOKEN
 */
export async function runQuery(
  db: Sql | Tx,
  deps: RenderDeps & { readonly keys: KeyVault },
  query: CompiledQuery,
  page: {
    readonly actor: Actor
    readonly perPage: number
    readonly token: string | undefined
    readonly at: Date
    readonly ranges: boolean
  },
): Promise<Page> {
  const scope = { keys: deps.keys, actor: page.actor, fingerprint: `${query.fingerprint}|${page.ranges}`, at: page.at }
  const from = page.token === undefined ? undefined : await openToken<Position>(db, scope, page.token)
  const where = sql`${wallOf(page.actor)} and ${query.where}`
  if (query.maxEventCount !== undefined && from === undefined) {
    const row = await maybeOne<{ n: number }>(
      db,
      sql`select count(*)::int as n from (select 1 from event e where ${where} limit ${query.maxEventCount + 1}) counted`,
    )
    if ((row?.n ?? 0) > query.maxEventCount) throw epcisFail('QUERY_TOO_LARGE', { limit: query.maxEventCount })
  }
  const left = from?.left ?? query.eventCountLimit
  const limit = Math.min(page.perPage, left ?? page.perPage)
  const { rows, more } = await readRows(db, where, query.order, from, limit)
  const goods = await goodsOf(
    db,
    rows.filter((r) => r.document === null).map((r) => r.id),
  )

  const events: FoundEvent[] = []
  for (const [i, row] of rows.entries()) {
    const start = i === 0 && from !== undefined ? from.told : 0
    const piece = await pieceOf(db, deps, row, goods.get(row.id), start, page.ranges)
    events.push(piece.found)
    const told = start + piece.labels
    if (told < piece.total) {
      // the rest of this event comes first on the next page
      const rest = left === undefined ? undefined : left - i
      return {
        events,
        next: sealToken(scope, { ...positionOf(query.order, row), told, ...(rest !== undefined && { left: rest }) }),
      }
    }
  }
  const last = rows.at(-1)
  const stillLeft = left === undefined ? undefined : left - rows.length
  const done = last === undefined || !more || stillLeft === 0
  return {
    events,
    next: done
      ? undefined
      : sealToken(scope, {
          ...positionOf(query.order, last),
          told: 0,
          ...(stillLeft !== undefined && { left: stillLeft }),
        }),
  }
}

/**
 * Events by their ids, for whoever may see them already: spelled out whole, in pieces.
 * @throws AppError QUERY_TOO_LARGE beyond `limit` labels
 */
export async function eventsByIds(
  db: Sql | Tx,
  deps: RenderDeps,
  ids: readonly string[],
  limit: number,
  ranges = false,
): Promise<FoundEvent[]> {
  const order: Order = { by: 'sequence', direction: 'ASC' }
  const { rows } = await readRows(db, sql`e.id = any(${ids}::uuid[])`, order, undefined, ids.length)
  const goods = await goodsOf(
    db,
    rows.filter((r) => r.document === null).map((r) => r.id),
  )
  const events: FoundEvent[] = []
  let labels = 0
  for (const row of rows) {
    for (let from = 0, total = 1; from < total;) {
      const piece = await pieceOf(db, deps, row, goods.get(row.id), from, ranges)
      events.push(piece.found)
      labels += piece.labels
      if (labels > limit) throw epcisFail('QUERY_TOO_LARGE', { limit })
      total = piece.total
      from += Math.max(1, piece.labels)
    }
  }
  return events
}

/** Labels are those of ranges that are spelled out; a piece holds a thousand at most. */
interface Piece {
  readonly found: FoundEvent
  readonly labels: number
  readonly total: number
}

/** An event, or the part of it that begins with label `from` of its ranges. */
async function pieceOf(db: Sql, deps: RenderDeps, row: Row, goods: OwnGoods | undefined, from: number, ranges: boolean): Promise<Piece> {
  const { sequence, document, record_time: recordTime } = row
  if (document !== null) {
    const namespaces = new Map(Object.entries(document.context))
    const whole = { found: { event: document.event, namespaces, recordTime, sequence }, labels: 0, total: 0 }
    if (document.ranges === undefined || ranges) return whole
    const { event, labels, total } = await spellDocument(db, deps, document, document.ranges, from)
    return { found: { ...whole.found, event }, labels, total }
  }
  const own = goods!
  const namespaces = new Map([[OWN_PREFIX, OWN_NAMESPACE]])
  const rendered = (event: EpcisEvent): FoundEvent => ({
    event: eventsToJson([event], namespaces).events[0]!,
    namespaces,
    recordTime,
    sequence,
  })
  if (ranges) {
    const single = own.ranges.filter(({ lo, hi }) => lo === hi)
    const long = own.ranges.filter(({ lo, hi }) => lo < hi)
    const epcs = await spellOut(db, deps.codes, single, 0, Math.max(1, single.length))
    const ends = await spellOut(
      db,
      deps.codes,
      long.flatMap(({ lo, hi }) => [
        { lo, hi: lo },
        { lo: hi, hi },
      ]),
      0,
      Math.max(1, 2 * long.length),
    )
    const named = long.map((_, i) => ({ first: ends[2 * i]!, last: ends[2 * i + 1]! }))
    return { found: rendered(await ownEvent(db, deps, row, own, epcs, undefined, named)), labels: 0, total: 0 }
  }
  const total = Number(countOf(own.ranges))
  const epcs = await spellOut(db, deps.codes, own.ranges, from, LABELS_PER_PIECE)
  const event = await ownEvent(db, deps, row, own, epcs, total > LABELS_PER_PIECE ? { from, total } : undefined)
  return { found: rendered(event), labels: epcs.length, total }
}

/** A captured event whose ranges are spelled out: what it names one by one comes with the first piece. */
async function spellDocument(
  db: Sql,
  deps: RenderDeps,
  document: StoredDocument,
  named: NonNullable<StoredDocument['ranges']>,
  from: number,
): Promise<{ event: JsonObject; labels: number; total: number }> {
  const event: Record<string, JsonValue> = { ...document.event }
  const prefix = Object.entries(document.context).find(([, namespace]) => namespace === OWN_NAMESPACE)?.[0] ?? OWN_PREFIX
  for (const name of ['epcRange', 'inputEPCRange', 'outputEPCRange']) delete event[`${prefix}:${name}`]
  const ranges = named.map(({ field, lo, hi }) => ({ field, lo: BigInt(lo), hi: BigInt(hi) }))
  const total = Number(countOf(ranges))
  let before = 0
  let labels = 0
  for (const field of new Set(ranges.map((r) => r.field))) {
    const own = ranges.filter((r) => r.field === field)
    const size = Number(countOf(own))
    const skipped = Math.min(Math.max(0, from - before), size)
    const wanted = Math.min(LABELS_PER_PIECE - labels, size - skipped)
    const epcs = wanted === 0 ? [] : await spellOut(db, deps.codes, own, skipped, wanted)
    event[field] = [...(from === 0 ? ((event[field] as readonly JsonValue[] | undefined) ?? []) : []), ...epcs]
    labels += epcs.length
    before += size
  }
  if (total > LABELS_PER_PIECE)
    event[`${prefix}:part`] = { [`${prefix}:from`]: from + 1, [`${prefix}:labels`]: labels, [`${prefix}:total`]: total }
  return { event, labels, total }
}

async function readRows(
  db: Sql,
  where: SqlText,
  order: Order,
  from: Position | undefined,
  limit: number,
): Promise<{ rows: Row[]; more: boolean }> {
  const down = order.direction === 'DESC'
  const value = orderValue(order)
  const key = value === undefined ? sql`e.sequence` : sql`${value}, e.sequence`
  const bound = (f: Position): SqlText => {
    const at =
      value === undefined ? sql`${BigInt(f.sequence)}::bigint` : sql`${f.value ?? null}::${castOf(order)}, ${BigInt(f.sequence)}::bigint`
    // an event that was told in part is read again
    const sign = f.told > 0 ? (down ? sql`<=` : sql`>=`) : down ? sql`<` : sql`>`
    return value === undefined ? sql`e.sequence ${sign} ${at}` : sql`(${key}) ${sign} (${at})`
  }
  const direction = down ? sql`desc` : sql`asc`
  const rows = await db.query<Row>(sql`
    select e.id, e.sequence, e.type, e.action, e.biz_step, e.disposition, e.event_time, e.event_zone, e.record_time, e.read_point, e.organisation_id, e.body, e.document,
      ${value === undefined ? sql`null` : sql`(${value})::text`} as order_value
    from event e where ${where} and ${from === undefined ? sql`true` : bound(from)}
    order by ${value === undefined ? sql`e.sequence ${direction}` : sql`${value} ${direction}, e.sequence ${direction}`} limit ${limit + 1}`)
  return { rows: rows.slice(0, limit), more: rows.length > limit }
}

/** @returns undefined for the order of capture */
function orderValue(order: Order): SqlText | undefined {
  switch (order.by) {
    case 'sequence':
      return undefined
    case 'eventTime':
      return sql`e.event_time`
    case 'recordTime':
      return sql`e.record_time`
    default:
      // events without the field come last, whichever way
      return sql`coalesce((select min(f.text) from event_fact f where f.event_id = e.id and f.name = ${order.by.fact}), ${order.direction === 'DESC' ? '' : '\u{10ffff}'})`
  }
}

const castOf = (order: Order): SqlText => (typeof order.by === 'string' ? sql`timestamptz` : sql`text`)

const positionOf = (order: Order, row: Row): Pick<Position, 'value' | 'sequence'> => ({
  sequence: row.sequence.toString(),
  ...(order.by !== 'sequence' && { value: row.order_value }),
})
