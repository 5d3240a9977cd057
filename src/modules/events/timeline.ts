import type { Words } from '../../kernel/errors.ts'
import { maybeOne, type Sql } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { EPCIS_SHAPES, type EventKind } from './goods-event.ts'

export interface TimelineEntry {
  readonly eventId: string
  readonly kind: EventKind
  readonly at: string
  /** City or place, never an address. */
  readonly place: string
  /** Enterprise or dealer. */
  readonly party: Words
  /** Container through which the event touched the item; null when the item itself was named. */
  readonly container: string | null
  readonly words: Words
}

interface Row {
  id: string
  kind: EventKind
  event_time: string
  sequence: bigint
  place: string | null
  party: string
  party_en: string
  city: string
  dealer_name: string | null
  dealer_city: string | null
  parent: string | null
}

/** The item was in `sscc` from one event to another (exclusive). */
interface Stay {
  readonly sscc: string
  readonly from: bigint
  readonly to: bigint
}

const SELECT = sql`
  select e.id, e.kind, e.event_time, e.sequence, e.read_point as place, o.name_zh as party, o.name_en as party_en, o.city, d.name as dealer_name, d.city as dealer_city,
    (select p.sscc from event_container p where p.event_id = e.id and p.role = 'parent' limit 1) as parent
  from event e join organisation o on o.id = e.organisation_id left join dealer d on d.id = (e.body -> 'destination' ->> 'dealerId')::uuid`

const FOREVER = 9_223_372_036_854_775_807n

/**
 * Everything that happened to one item, newest first: its own events, those of the damaged labels that it took over
 * from, and those of each container while it was in it, level by level.
 */
export async function timelineOf(db: Sql, code: bigint): Promise<TimelineEntry[]> {
  const { own, takeovers } = await ownEvents(db, code)
  const entries = new Map<string, { row: Row; container: string | null }>(
    withoutUndone(own).map((row) => [row.id, { row, container: null }]),
  )
  let stays = staysOf(own, 0n, FOREVER, takeovers)
  for (let depth = 0; depth < 8 && stays.length > 0; depth++) {
    const above: Stay[] = []
    for (const stay of stays) {
      // earlier events tell no story of the item, but where its container already was when the item came into it
      const rows = await db.query<Row>(sql`
        ${SELECT} where e.kind is not null and e.sequence < ${stay.to}
          and e.id in (select c.event_id from event_container c where c.sscc = ${stay.sscc} and c.role <> 'parent') order by e.sequence`)
      for (const row of rows) if (row.sequence > stay.from && !entries.has(row.id)) entries.set(row.id, { row, container: stay.sscc })
      above.push(...staysOf(rows, stay.from, stay.to))
    }
    stays = above
  }
  return [...entries.values()]
    .sort((a, b) => (a.row.sequence < b.row.sequence ? 1 : -1))
    .map(({ row, container }) => ({
      eventId: row.id,
      kind: row.kind,
      at: row.event_time,
      place: row.place ?? (row.kind === 'shipping' ? (row.dealer_city ?? '') : row.city),
      party: partyOf(row),
      container,
      words: EPCIS_SHAPES[row.kind].words,
    }))
}

/** Events that name the item, oldest first. A label that replaced another continues that one's history. */
async function ownEvents(db: Sql, code: bigint): Promise<{ own: Row[]; takeovers: ReadonlySet<string> }> {
  const takeovers = new Set<string>()
  let own: Row[] = []
  let label: bigint | undefined = code
  for (let before = FOREVER; label !== undefined;) {
    const rows: Row[] = await db.query<Row>(sql`
      ${SELECT} where e.kind is not null and e.sequence < ${before} and e.id in (select c.event_id from event_code c where c.codes @> ${label}::bigint) order by e.sequence`)
    own = [...rows, ...own]
    const replaced: { damaged: bigint; event_id: string; sequence: bigint } | undefined = rows.some((row) => row.kind === 'replacing')
      ? await maybeOne(
          db,
          sql`
          select lower(old.codes) as damaged, e.id as event_id, e.sequence from event_code new
            join event_code old on old.event_id = new.event_id and old.role = 'replaced' join event e on e.id = new.event_id
          where new.role = 'replacement' and new.codes @> ${label}::bigint`,
        )
      : undefined
    if (replaced !== undefined) {
      takeovers.add(replaced.event_id)
      before = replaced.sequence
    }
    label = replaced?.damaged
  }
  return { own, takeovers }
}

/** Stays in containers, within from and to, that a sequence of packing and unpacking events tells. */
function staysOf(rows: readonly Row[], from: bigint, to: bigint, takeovers: ReadonlySet<string> = new Set()): Stay[] {
  const stays: Stay[] = []
  let open: { sscc: string; from: bigint } | undefined
  for (const row of rows) {
    if (row.kind === 'packing' && row.parent !== null) open = { sscc: row.parent, from: row.sequence > from ? row.sequence : from }
    else if (
      open !== undefined &&
      (row.kind === 'unpacking' || row.kind === 'destroying' || (row.kind === 'replacing' && !takeovers.has(row.id)))
    ) {
      stays.push({ ...open, to: row.sequence })
      open = undefined
    }
  }
  if (open !== undefined) stays.push({ ...open, to })
  return stays.filter((stay) => stay.from < stay.to)
}

function partyOf(row: Row): Words {
  const to = row.kind === 'shipping' && row.dealer_name !== null ? ` → ${row.dealer_name}` : ''
  return { zh: row.party + to, en: (row.party_en || row.party) + to }
}

/** An activation that was undone within its half hour is nobody's history: both events stay stored and are not told. */
function withoutUndone(rows: readonly Row[]): Row[] {
  const told: Row[] = []
  for (const row of rows) {
    if (row.kind === 'decommissioning')
      told.splice(
        told.findLastIndex((r) => r.kind === 'commissioning'),
        1,
      )
    else told.push(row)
  }
  return told
}
