import type { Sql } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { eventsFail } from '../errors.ts'
import type { EventKind } from '../goods-event.ts'
import { type CodeRange, normaliseRanges } from '../ranges.ts'

/** A stored event as far as it concerns what is traced: its ranges are cut to it, its containers are those on the way. */
export interface TracedEvent {
  readonly id: string
  /** Order of capture: the order in which the goods went through their states. */
  readonly sequence: bigint
  readonly kind: EventKind
  /** Event time: when it happened, as the organisation says. */
  readonly at: string
  /** Record time: when the platform learnt of it. */
  readonly recordedAt: string
  readonly zone: string
  readonly organisationId: string
  readonly personId: string | null
  readonly byApiKey: boolean
  readonly place: string | null
  readonly dealerId: string | null
  readonly lot: { readonly id: string; readonly productId: string; readonly organisationId: string } | null
  readonly reason: string | null
  readonly transactions: readonly { readonly type: string; readonly id: string }[]
  readonly parent: string | null
  readonly ranges: readonly CodeRange[]
  readonly containers: readonly string[]
  readonly replacement: bigint | null
}

/** Everything that was ever told about some labels, and about each container that they were in at any time. */
export interface History {
  /** Labels whose history this is: those asked for, and whatever they replaced or were replaced by. */
  readonly tracked: readonly CodeRange[]
  /** In order of capture. */
  readonly events: readonly TracedEvent[]
  /** Owner of each batch. */
  readonly owners: ReadonlyMap<number, string>
}

/** One answer never reads more: 300,000 events are some 250 MB in memory and ten seconds. */
export const MAX_EVENTS = 300_000
const MAX_ROUNDS = 64

/**
 * Reads the history of labels, set-wise and level by level: events that name a range that overlaps, then the
 * containers they were packed into, then the containers around those; labels that replaced others bring theirs.
 * The number of statements depends on the depth of packing and on the longest chain of replacements, never on the
 * number of items.
 * @param horizon last sequence to look at, so that pages of one answer speak of one moment
 * @throws AppError TRACE_TOO_LARGE
 */
export async function historyOf(db: Sql, asked: readonly CodeRange[], horizon?: bigint): Promise<History> {
  const heads = new Map<string, Omit<TracedEvent, 'ranges' | 'containers' | 'parent' | 'replacement'>>()
  const parents = new Map<string, string>()
  const ranges = new Map<string, CodeRange[]>()
  const replacements = new Map<string, bigint>()
  const containers = new Map<string, Set<string>>()
  const known = new Set<string>()
  let tracked: CodeRange[] = []
  let newRanges = normaliseRanges(asked)
  let newContainers: string[] = []
  for (let round = 0; newRanges.length > 0 || newContainers.length > 0; round++) {
    if (round > MAX_ROUNDS) throw eventsFail('TRACE_TOO_LARGE', { limit: MAX_EVENTS })
    const found = new Set<string>()
    if (newRanges.length > 0) {
      tracked = normaliseRanges([...tracked, ...newRanges])
      const rows = await db.query<{ event_id: string; role: string; lo: bigint; hi: bigint }>(sql`
        select c.event_id, c.role, greatest(lower(c.codes), r.lo) as lo, least(upper(c.codes) - 1, r.hi) as hi
        from unnest(${newRanges.map((r) => r.lo)}::bigint[], ${newRanges.map((r) => r.hi)}::bigint[]) as r(lo, hi)
          join event_code c on c.codes && int8range(r.lo, r.hi, '[]') limit ${MAX_EVENTS + 1}`)
      if (rows.length > MAX_EVENTS) throw eventsFail('TRACE_TOO_LARGE', { limit: MAX_EVENTS })
      for (const row of rows) {
        found.add(row.event_id)
        if (row.role === 'replacement') replacements.set(row.event_id, row.lo)
        else push(ranges, row.event_id, { lo: row.lo, hi: row.hi })
      }
    }
    newRanges = []
    if (newContainers.length > 0) {
      for (const sscc of newContainers) known.add(sscc)
      const rows = await db.query<{ event_id: string; sscc: string }>(sql`
        select event_id, sscc from event_container where sscc = any(${newContainers}::text[]) and role <> 'parent' limit ${MAX_EVENTS + 1}`)
      if (rows.length > MAX_EVENTS) throw eventsFail('TRACE_TOO_LARGE', { limit: MAX_EVENTS })
      for (const row of rows) {
        found.add(row.event_id)
        const own = containers.get(row.event_id)
        if (own === undefined) containers.set(row.event_id, new Set([row.sscc]))
        else own.add(row.sscc)
      }
    }
    newContainers = []
    const fresh = [...found].filter((id) => !heads.has(id))
    if (fresh.length + heads.size > MAX_EVENTS) throw eventsFail('TRACE_TOO_LARGE', { limit: MAX_EVENTS })
    if (fresh.length > 0) {
      for (const row of await headsOf(db, fresh)) heads.set(row.id, row)
      const above = await db.query<{ event_id: string; sscc: string }>(
        sql`select event_id, sscc from event_container where event_id = any(${fresh}::uuid[]) and role = 'parent'`,
      )
      const next = new Set<string>()
      for (const row of above) {
        parents.set(row.event_id, row.sscc)
        if (!known.has(row.sscc)) next.add(row.sscc)
      }
      newContainers = [...next]
      // the other end of a replacement continues the same goods
      const replacing = fresh.filter((id) => heads.get(id)?.kind === 'replacing')
      if (replacing.length > 0) {
        const ends = await db.query<{ lo: bigint; hi: bigint }>(
          sql`select lower(codes) as lo, upper(codes) - 1 as hi from event_code where event_id = any(${replacing}::uuid[])`,
        )
        newRanges = normaliseRanges(ends.filter((end) => !covers(tracked, end.lo)))
      }
    }
  }
  const events = [...heads.values()]
    .filter((head) => horizon === undefined || head.sequence <= horizon)
    .map((head): TracedEvent => ({
      ...head,
      parent: parents.get(head.id) ?? null,
      ranges: normaliseRanges(ranges.get(head.id) ?? []),
      containers: [...(containers.get(head.id) ?? [])],
      replacement: replacements.get(head.id) ?? null,
    }))
    .sort((a, b) => (a.sequence < b.sequence ? -1 : 1))
  return { tracked, events, owners: await ownersOf(db, tracked) }
}

interface HeadRow {
  id: string
  sequence: bigint
  kind: EventKind
  event_time: string
  record_time: string
  event_zone: string
  organisation_id: string
  person_id: string | null
  by_api_key: boolean
  read_point: string | null
  dealer_id: string | null
  ilmd: { lotId: string; productId: string; organisationId: string } | null
  reason: string | null
  transactions: { type: string; id: string }[] | null
}

async function headsOf(db: Sql, ids: readonly string[]) {
  const rows = await db.query<HeadRow>(sql`
    select e.id, e.sequence, e.kind, e.event_time, e.record_time, e.event_zone, e.organisation_id, e.person_id, e.api_key_id is not null as by_api_key, e.read_point,
      e.body -> 'destination' ->> 'dealerId' as dealer_id, e.body -> 'ilmd' as ilmd, e.body ->> 'reason' as reason, e.body -> 'bizTransactionList' as transactions
    from event e where e.id = any(${ids}::uuid[]) and e.kind is not null`)
  return rows.map((row) => ({
    id: row.id,
    sequence: row.sequence,
    kind: row.kind,
    at: row.event_time,
    recordedAt: row.record_time,
    zone: row.event_zone,
    organisationId: row.organisation_id,
    personId: row.person_id,
    byApiKey: row.by_api_key,
    place: row.read_point,
    dealerId: row.dealer_id,
    lot: row.ilmd === null ? null : { id: row.ilmd.lotId, productId: row.ilmd.productId, organisationId: row.ilmd.organisationId },
    reason: row.reason,
    transactions: row.transactions ?? [],
  }))
}

async function ownersOf(db: Sql, ranges: readonly CodeRange[]): Promise<Map<number, string>> {
  const batches = [...new Set(ranges.map((r) => Number(r.lo >> 32n)))]
  const rows = await db.query<{ id: number; organisation_id: string }>(
    sql`select id, organisation_id from code_batch where id = any(${batches}::int[])`,
  )
  return new Map(rows.map((row) => [row.id, row.organisation_id]))
}

/** Whether one of the normalised ranges holds the code. */
export function covers(ranges: readonly CodeRange[], code: bigint): boolean {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ranges[middle]!.hi < code) low = middle + 1
    else high = middle
  }
  return low < ranges.length && ranges[low]!.lo <= code
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
