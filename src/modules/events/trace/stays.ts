import type { Sql } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { eventsFail } from '../errors.ts'
import { type CodeRange, cut, normaliseRanges, type Stretch } from '../ranges.ts'
import { covers, MAX_EVENTS } from './history.ts'
import { happenedBy } from './replay.ts'

/** Something was in a container from one event (sequence) to another, exclusive. */
interface Span {
  readonly from: bigint
  readonly to: bigint
}

const FOREVER = 9_223_372_036_854_775_807n
const MAX_LEVELS = 16

/**
 * All labels that ever lay in a container, also through smaller ones, and only while those were in it: what was taken
 * out of a carton before the carton went onto the pallet never was on the pallet. One pass a level of packing.
 */
export async function everIn(
  db: Sql,
  sscc: string,
  until: { readonly asOf: string | undefined; readonly horizon: bigint },
): Promise<CodeRange[]> {
  const ranges: CodeRange[] = []
  let level = new Map<string, Span[]>([[sscc, [{ from: 0n, to: FOREVER }]]])
  for (let depth = 0; level.size > 0 && depth < MAX_LEVELS; depth++) {
    const acts = await packingsOf(db, [...level.keys()], until)
    const next = new Map<string, Span[]>()
    for (const [container, spans] of level) {
      const within = (from: bigint, to: bigint) =>
        spans.flatMap((s) => {
          const span = { from: s.from > from ? s.from : from, to: s.to < to ? s.to : to }
          return span.from < span.to ? [span] : []
        })
      let open: Stretch<bigint>[] = []
      const inside = new Map<string, bigint>()
      for (const act of acts.get(container) ?? []) {
        if (act.kind === 'replacing') {
          // the new label lies where the damaged one lay
          const { inside: gone, outside } = cut(open, normaliseRanges(act.ranges))
          const from = gone.find((part) => part.state !== undefined)?.state
          if (from === undefined) continue
          if (within(from, act.sequence).length > 0) ranges.push(...act.ranges)
          open = [...outside, { ...act.replacement!, state: act.sequence }].sort((a, b) => (a.lo < b.lo ? -1 : 1))
          continue
        }
        if (act.kind === 'packing') {
          open = [...open, ...act.ranges.map((r) => ({ ...r, state: act.sequence }))].sort((a, b) => (a.lo < b.lo ? -1 : 1))
          for (const child of act.children) inside.set(child, act.sequence)
          continue
        }
        const taken = cut(open, normaliseRanges(act.ranges))
        for (const part of taken.inside)
          if (part.state !== undefined && within(part.state, act.sequence).length > 0) ranges.push({ lo: part.lo, hi: part.hi })
        open = taken.outside
        for (const child of act.children) {
          const from = inside.get(child)
          if (from !== undefined) add(next, child, within(from, act.sequence))
          inside.delete(child)
        }
      }
      for (const part of open) if (within(part.state!, FOREVER).length > 0) ranges.push({ lo: part.lo, hi: part.hi })
      for (const [child, from] of inside) add(next, child, within(from, FOREVER))
    }
    level = next
  }
  return normaliseRanges(ranges)
}

interface Act {
  readonly sequence: bigint
  readonly kind: 'packing' | 'unpacking' | 'destroying' | 'replacing'
  readonly ranges: CodeRange[]
  readonly children: string[]
  readonly replacement?: CodeRange
}

/** What came into some containers and left them, in order of capture. */
async function packingsOf(
  db: Sql,
  ssccs: readonly string[],
  until: { readonly asOf: string | undefined; readonly horizon: bigint },
): Promise<Map<string, Act[]>> {
  const rows = await db.query<{ id: string; sscc: string; sequence: bigint; kind: 'packing' | 'unpacking'; event_time: string }>(sql`
    select e.id, p.sscc, e.sequence, e.kind, e.event_time from event_container p join event e on e.id = p.event_id
    where p.sscc = any(${ssccs}::text[]) and p.role = 'parent' and e.kind in ('packing', 'unpacking') and e.sequence <= ${until.horizon}
    order by e.sequence limit ${MAX_EVENTS + 1}`)
  if (rows.length > MAX_EVENTS) throw eventsFail('TRACE_TOO_LARGE', { limit: MAX_EVENTS })
  const happened = rows.filter((row) => happenedBy({ at: row.event_time }, until.asOf))
  const ids = happened.map((row) => row.id)
  const codes = await db.query<{ event_id: string; lo: bigint; hi: bigint }>(sql`
    select event_id, lower(codes) as lo, upper(codes) - 1 as hi from event_code where event_id = any(${ids}::uuid[]) and role = 'child'`)
  const children = await db.query<{ event_id: string; sscc: string }>(
    sql`select event_id, sscc from event_container where event_id = any(${ids}::uuid[]) and role = 'child'`,
  )
  const acts = new Map<string, Act>()
  const byContainer = new Map<string, Act[]>()
  for (const row of happened) {
    const act: Act = { sequence: row.sequence, kind: row.kind, ranges: [], children: [] }
    acts.set(row.id, act)
    const list = byContainer.get(row.sscc)
    if (list === undefined) byContainer.set(row.sscc, [act])
    else list.push(act)
  }
  for (const { event_id, lo, hi } of codes) acts.get(event_id)!.ranges.push({ lo, hi })
  for (const { event_id, sscc } of children) acts.get(event_id)!.children.push(sscc)
  let packed = new Map([...byContainer].map(([sscc, own]) => [sscc, normaliseRanges(own.flatMap((act) => act.ranges))]))
  // a replacement may be replaced itself: one pass for each link of the longest chain
  for (let asked = normaliseRanges([...packed.values()].flat()), seen = new Set<string>(); asked.length > 0;) {
    const endings = (await endingsOf(db, asked, until)).filter((ending) => !seen.has(ending.id))
    for (const ending of endings) {
      seen.add(ending.id)
      for (const [sscc, ranges] of packed) {
        if (!ending.ranges.some((r) => covers(ranges, r.lo) || ranges.some((own) => own.lo >= r.lo && own.lo <= r.hi))) continue
        byContainer.get(sscc)!.push(ending)
        if (ending.replacement !== undefined) packed = new Map(packed).set(sscc, normaliseRanges([...ranges, ending.replacement]))
      }
    }
    asked = normaliseRanges(endings.flatMap((ending) => (ending.replacement === undefined ? [] : [ending.replacement])))
  }
  for (const own of byContainer.values()) own.sort((a, b) => (a.sequence < b.sequence ? -1 : 1))
  return byContainer
}

/** Goods also leave a container without being taken out: destroyed, or with a new label on them. */
async function endingsOf(
  db: Sql,
  ranges: readonly CodeRange[],
  until: { readonly asOf: string | undefined; readonly horizon: bigint },
): Promise<(Act & { readonly id: string })[]> {
  const rows = await db.query<{
    id: string
    sequence: bigint
    kind: 'destroying' | 'replacing'
    event_time: string
    lo: bigint
    hi: bigint
    replacement: bigint | null
  }>(sql`
    select distinct e.id, e.sequence, e.kind, e.event_time, lower(c.codes) as lo, upper(c.codes) - 1 as hi,
      (select lower(n.codes) from event_code n where n.event_id = e.id and n.role = 'replacement' limit 1) as replacement
    from unnest(${ranges.map((r) => r.lo)}::bigint[], ${ranges.map((r) => r.hi)}::bigint[]) as r(lo, hi)
      join event_code c on c.codes && int8range(r.lo, r.hi, '[]') join event e on e.id = c.event_id
    where e.kind in ('destroying', 'replacing') and c.role <> 'replacement' and e.sequence <= ${until.horizon}`)
  const acts = new Map<string, Act & { readonly id: string }>()
  for (const row of rows) {
    if (!happenedBy({ at: row.event_time }, until.asOf)) continue
    const act = acts.get(row.id)
    if (act !== undefined) act.ranges.push({ lo: row.lo, hi: row.hi })
    else
      acts.set(row.id, {
        id: row.id,
        sequence: row.sequence,
        kind: row.kind,
        ranges: [{ lo: row.lo, hi: row.hi }],
        children: [],
        ...(row.replacement !== null && { replacement: { lo: row.replacement, hi: row.replacement } }),
      })
  }
  return [...acts.values()]
}

function add(map: Map<string, Span[]>, key: string, spans: readonly Span[]): void {
  if (spans.length === 0) return
  map.set(key, [...(map.get(key) ?? []), ...spans])
}
