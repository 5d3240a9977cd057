import type { Sql } from '../../../platform/db/database.ts'
import { sql, type SqlText } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import { seenBy } from '../../../platform/http/wall.ts'
import type { Codes } from '../../codes/index.ts'
import { spellOut, ssccUri } from './own-event.ts'

/** Fields of an event whose values are listed. */
export type TermField = 'bizStep' | 'disposition' | 'readPoint' | 'bizLocation'

export interface Members<P> {
  readonly members: readonly string[]
  /** After the last member; absent when there is no more. */
  readonly next: P | undefined
}

/** Remembers what events name, as a part of the statement that inserts them into `with stored as (insert … returning …)`. */
export const REMEMBER_TERMS: SqlText = sql`
  insert into epcis_term (organisation_id, field, value)
  select distinct s.organisation_id, t.field, t.value
  from stored s cross join lateral (values ('bizStep', s.biz_step), ('disposition', s.disposition), ('readPoint', s.read_point), ('bizLocation', s.biz_location)) as t(field, value)
  where t.value is not null order by 1, 2, 3
  on conflict on constraint epcis_term_pkey do nothing`

/** What `REMEMBER_TERMS` reads of the events. */
export const TERMS: SqlText = sql`organisation_id, biz_step, disposition, read_point, biz_location`

/** Values of a field: the standard's own words and what the events that an actor sees have named, in order. */
export async function termsOf(
  db: Sql,
  actor: Actor,
  field: TermField,
  words: Iterable<string>,
  after: string | undefined,
  limit: number,
): Promise<Members<string>> {
  const rows = await db.query<{ value: string }>(sql`
    select value from (
      select unnest(${[...words]}::text[]) collate "C" as value
      union select value from epcis_term where ${seenBy(actor, sql`organisation_id`)} and field = ${field}
    ) as t where ${after === undefined ? sql`true` : sql`value > ${after} collate "C"`} order by value limit ${limit + 1}`)
  return cut(
    rows.map((r) => r.value),
    limit,
    (value) => value,
  )
}

/** Where a list of identifiers goes on: among those that documents named, the containers, or the labels. */
export type EpcPosition =
  | { readonly epc: string }
  | { readonly sscc: string }
  /** Id of the label that is next. */
  | { readonly code: string }

/**
 * Identifiers that events have named: of documents, then containers, then labels, which are spelled out of their
 * ranges as the pages come to them.
 */
export async function epcsOf(
  db: Sql,
  codes: Codes,
  actor: Actor,
  from: EpcPosition | undefined,
  limit: number,
): Promise<Members<EpcPosition>> {
  const members: string[] = []
  const left = (): number => limit - members.length
  let position = from ?? { epc: '' }
  if ('epc' in position) {
    const rows = await db.query<{ epc: string }>(sql`
      select distinct x.epc from event_epc x join event e on e.id = x.event_id
      where ${seenBy(actor, sql`e.organisation_id`)} and x.role in ('epc', 'child', 'parent', 'input', 'output') and x.epc > ${position.epc} order by 1 limit ${left() + 1}`)
    members.push(...rows.slice(0, left()).map((r) => r.epc))
    if (rows.length > limit) return { members, next: { epc: members.at(-1)! } }
    position = { sscc: '' }
  }
  if ('sscc' in position) {
    const before = left()
    const rows = await db.query<{ sscc: string }>(sql`
      select sscc from container where ${seenBy(actor, sql`organisation_id`)} and sscc > ${position.sscc} order by sscc limit ${before + 1}`)
    const told = rows.slice(0, before)
    members.push(...told.map((r) => ssccUri(r.sscc)))
    if (rows.length > before) return { members, next: told.length === 0 ? position : { sscc: told.at(-1)!.sscc } }
    position = { code: '0' }
  }
  const wanted = left() + 1
  const first = BigInt(position.code)
  const rows = await db.query<{ lo: bigint; hi: bigint }>(sql`
    select lo, hi from code_range where ${seenBy(actor, sql`organisation_id`)} and hi >= ${first} order by lo limit ${wanted}`)
  const ranges = rows.map(({ lo, hi }) => ({ lo: lo < first ? first : lo, hi }))
  let count = 0n
  for (const { lo, hi } of ranges) {
    const size = hi - lo + 1n
    if (count + size < BigInt(wanted)) {
      count += size
      continue
    }
    // the label after the last of this page is in this range
    const next = lo + (BigInt(wanted) - count) - 1n
    members.push(...(await spellOut(db, codes, ranges, 0, wanted - 1)))
    return { members, next: { code: next.toString() } }
  }
  if (count > 0n) members.push(...(await spellOut(db, codes, ranges, 0, Number(count))))
  return { members, next: undefined }
}

function cut<P>(values: readonly string[], limit: number, position: (last: string) => P): Members<P> {
  const members = values.slice(0, limit)
  return { members, next: values.length > limit ? position(members.at(-1)!) : undefined }
}
