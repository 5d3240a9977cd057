import { CBV_MDA } from '../../../kernel/epcis/context.ts'
import type { EpcisEvent, EventType, ExtensionName, ExtensionValue } from '../../../kernel/epcis/event.ts'
import type { Sql } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Codes } from '../../codes/index.ts'
import type { Imports, LotFacts } from '../../imports/index.ts'
import type { CodeRange } from '../ranges.ts'

/** Row of `event` from which the platform's own events are rendered. */
export interface OwnRow {
  readonly id: string
  readonly type: EventType
  readonly action: 'OBSERVE' | 'ADD' | 'DELETE'
  readonly biz_step: string
  readonly disposition: string | null
  readonly event_time: string
  readonly event_zone: string
  readonly read_point: string | null
  readonly organisation_id: string
  readonly body: OwnBody
}

/** What only the platform's own events hold, in terms of goods (see `capture.ts`). */
interface OwnBody {
  readonly ilmd?: { readonly lotId: string }
  readonly destination?: { readonly dealerId: string }
  readonly replacement?: string
  readonly reason?: string
  readonly bizTransactionList?: readonly { readonly type: string; readonly id: string }[]
}

/** Prefix and namespace of what EPCIS has no field for. */
export const OWN_PREFIX = 'suzhen'
export const OWN_NAMESPACE = 'urn:suzhen:epcis:'

export const own = (local: string): ExtensionName => `{${OWN_NAMESPACE}}${local}`
export const REASON = own('reason')
export const LOT = own('lot')
export const LOT_NUMBER: ExtensionName = `{${CBV_MDA}}lotNumber`

/** Row id of an own event's `eventID`. */
export const ownId = (uri: string): string | undefined =>
  /^urn:uuid:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i.exec(uri)?.[1]?.toLowerCase()

export const partyUri = (id: string): string => `urn:uuid:${id}`
const PLACE = 'urn:suzhen:place:'
/** A place that people wrote by its name; one that has an address keeps it. */
export const placeUri = (name: string): string => (/^[a-z][a-z0-9+.-]*:\S+$/i.test(name) ? name : PLACE + encodeURIComponent(name))
/** The way back, for a query. */
export const placeName = (uri: string): string => (uri.startsWith(PLACE) ? decodeURIComponent(uri.slice(PLACE.length)) : uri)
export const ssccUri = (sscc: string): string => `https://id.gs1.org/00/${sscc}`

/** Goods of an own event, as stored: serial ranges and containers, the former spelled out only piece by piece. */
export interface OwnGoods {
  readonly ranges: readonly CodeRange[]
  readonly containers: readonly string[]
  readonly parent: string | undefined
}

/** Goods of many events, in two statements. */
export async function goodsOf(db: Sql, eventIds: readonly string[]): Promise<Map<string, OwnGoods>> {
  const found = new Map(
    eventIds.map((id) => [id, { ranges: [] as CodeRange[], containers: [] as string[], parent: undefined as string | undefined }]),
  )
  if (eventIds.length === 0) return found
  const codes = await db.query<{ event_id: string; role: string; lo: bigint; hi: bigint }>(sql`
    select event_id, role, lower(codes) as lo, upper(codes) - 1 as hi from event_code where event_id = any(${eventIds}::uuid[]) order by event_id, codes`)
  // the label that takes over is named in an extension, and is not one of the event's goods
  for (const c of codes) if (c.role !== 'replacement') found.get(c.event_id)!.ranges.push({ lo: c.lo, hi: c.hi })
  const containers = await db.query<{ event_id: string; role: string; sscc: string }>(sql`
    select event_id, role, sscc from event_container where event_id = any(${eventIds}::uuid[]) order by event_id, sscc`)
  for (const c of containers) {
    const goods = found.get(c.event_id)!
    if (c.role === 'parent') goods.parent = c.sscc
    else goods.containers.push(c.sscc)
  }
  return found
}

export interface RenderDeps {
  readonly codes: Codes
  readonly imports: Imports
}

/**
 * Addresses of codes `from` to `from + count - 1` of the ranges, counted through all of them. Only these are
 * enciphered, so a page of an event over a million labels costs what the page costs.
 */
export async function spellOut(db: Sql, codes: Codes, ranges: readonly CodeRange[], from: number, count: number): Promise<string[]> {
  const wanted: { batch: number; index: number; n: number }[] = []
  let skipped = BigInt(from)
  let left = count
  for (const range of ranges) {
    const size = range.hi - range.lo + 1n
    if (skipped >= size) {
      skipped -= size
      continue
    }
    const lo = range.lo + skipped
    skipped = 0n
    const n = Number(range.hi - lo + 1n < BigInt(left) ? range.hi - lo + 1n : BigInt(left))
    wanted.push({ batch: Number(lo >> 32n), index: Number(lo & 0xffffffffn), n })
    left -= n
    if (left === 0) break
  }
  const batches = await codes.batchesOf(db, [...new Set(wanted.map((w) => w.batch))])
  return wanted.flatMap(({ batch, index, n }) => codes.urisOf(batches.get(batch)!, index, n))
}

/**
 * An own event in the standard's form.
 * @param epcs addresses of this piece's labels
 * @param part position of this piece when the event names more labels than one piece holds
 * @param ranges in place of labels, for a reader that knows them
 */
export async function ownEvent(
  db: Sql,
  deps: RenderDeps,
  row: OwnRow,
  goods: OwnGoods,
  epcs: readonly string[],
  part: { readonly from: number; readonly total: number } | undefined,
  ranges: readonly { readonly first: string; readonly last: string }[] = [],
): Promise<EpcisEvent> {
  const { body } = row
  const names = [...epcs, ...(part === undefined || part.from === 0 ? goods.containers.map(ssccUri) : [])]
  const aggregation = row.type === 'AggregationEvent'
  const lot = body.ilmd === undefined ? undefined : await deps.imports.lotOf(db, body.ilmd.lotId)
  return {
    type: row.type,
    eventID: `urn:uuid:${row.id}`,
    eventTime: row.event_time,
    eventTimeZoneOffset: row.event_zone,
    ...(aggregation ? { parentID: ssccUri(goods.parent!), childEPCs: names } : { epcList: names }),
    action: row.action,
    bizStep: row.biz_step,
    ...(row.disposition !== null && { disposition: row.disposition }),
    ...(row.read_point !== null && { readPoint: { id: placeUri(row.read_point) } }),
    ...(body.bizTransactionList !== undefined && {
      bizTransactionList: body.bizTransactionList.map((t) => ({ type: t.type, bizTransaction: transactionUri(row.organisation_id, t) })),
    }),
    ...(body.destination !== undefined && {
      sourceList: [{ type: 'possessing_party', source: partyUri(row.organisation_id) }],
      destinationList: [{ type: 'possessing_party', destination: partyUri(body.destination.dealerId) }],
    }),
    // instance data belongs to the birth of goods only
    ...(row.action === 'ADD' && !aggregation && lot !== undefined && { ilmd: ilmdOf(lot) }),
    ...(body.reason !== undefined && { [REASON]: body.reason }),
    ...(body.replacement !== undefined && { [own('replacedBy')]: await addressOf(db, deps.codes, BigInt(body.replacement)) }),
    ...(ranges.length > 0 && { [own('epcRange')]: ranges.map(({ first, last }) => ({ [own('first')]: first, [own('last')]: last })) }),
    ...(part !== undefined && {
      [own('part')]: { [own('from')]: part.from + 1, [own('labels')]: epcs.length, [own('total')]: part.total },
    }),
  }
}

async function addressOf(db: Sql, codes: Codes, code: bigint): Promise<string> {
  return (await spellOut(db, codes, [{ lo: code, hi: code }], 0, 1))[0]!
}

export function transactionUri(organisationId: string, t: { readonly type: string; readonly id: string }): string {
  return `urn:suzhen:document:${organisationId}:${t.type}:${encodeURIComponent(t.id)}`
}

function ilmdOf(lot: LotFacts): Record<ExtensionName, ExtensionValue> {
  return {
    [LOT_NUMBER]: lot.lotNumber,
    ...(lot.expiresOn !== null && { [`{${CBV_MDA}}itemExpirationDate`]: lot.expiresOn }),
    [own('declaration')]: lot.declarationNumber,
    [LOT]: lot.id,
  }
}
