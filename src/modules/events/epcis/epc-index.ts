import { comparable } from '../../../kernel/epcis/epc-normal-form.ts'
import type { ClassField, EpcField, EpcisEvent, QuantityElement } from '../../../kernel/epcis/event.ts'
import { parseSscc } from '../../../kernel/gs1/sscc.ts'
import type { Sql } from '../../../platform/db/database.ts'
import { codeId } from '../../../kernel/serial/serial-codec.ts'
import type { Codes } from '../../codes/index.ts'
import { type CodeRange, normaliseRanges } from '../ranges.ts'

/** Where an identifier stands in an event; the MATCH parameters choose among these (EPCIS 2.0, 8.2.7.1). */
export type EpcRole = 'epc' | 'child' | 'parent' | 'input' | 'output' | 'class' | 'input-class' | 'output-class'

const LISTS: readonly (readonly [field: EpcField | ClassField, role: EpcRole])[] = [
  ['epcList', 'epc'],
  ['childEPCs', 'child'],
  ['parentID', 'parent'],
  ['inputEPCList', 'input'],
  ['outputEPCList', 'output'],
  ['quantityList', 'class'],
  ['childQuantityList', 'class'],
  ['inputQuantityList', 'input-class'],
  ['outputQuantityList', 'output-class'],
]

/** Identifiers of an event in the three forms in which they are found again. */
export interface EpcIndex {
  /** Labels of this platform, as ranges. */
  readonly codes: readonly (CodeRange & { readonly role: EpcRole })[]
  readonly containers: readonly { readonly sscc: string; readonly role: EpcRole }[]
  /** Everything else, in one spelling. */
  readonly epcs: readonly { readonly epc: string; readonly role: EpcRole }[]
  /** Labels of this platform as the event spells them, of the roles that are goods. */
  readonly items: readonly string[]
  readonly batches: ReadonlySet<number>
}

/**
 * GTIN and serial of an item's Digital Link or of a blank label's address; whether it is one of ours is for the
 * codec to say.
 */
export function claimOf(uri: string, normal: string, publicUrl: string): { gtin: string | undefined; serial: string } | undefined {
  const item = /^https:\/\/id\.gs1\.org\/01\/(\d{14})\/21\/([^/]{20})$/.exec(normal)
  if (item !== null) return { gtin: item[1]!, serial: item[2]! }
  const blank = uri.startsWith(`${publicUrl}/s/`) ? uri.slice(publicUrl.length + 3) : ''
  return blank.length === 20 ? { gtin: undefined, serial: blank } : undefined
}

/** Indexes many events with one call of the codec and one look at the batches. */
export async function indexEvents(db: Sql, codes: Codes, publicUrl: string, events: readonly EpcisEvent[]): Promise<EpcIndex[]> {
  const found: { event: number; role: EpcRole; uri: string; normal: string }[] = []
  events.forEach((event, i) => {
    for (const [field, role] of LISTS) {
      for (const uri of identifiers(event[field])) found.push({ event: i, role, uri, normal: comparable(uri) })
    }
  })
  const claims = found.map((f) => claimOf(f.uri, f.normal, publicUrl))
  const asked = claims.flatMap((claim, i) => (claim === undefined ? [] : [{ claim, i }]))
  const decoded = codes.decodeMany(
    asked.map((a) => a.claim.gtin),
    asked.map((a) => a.claim.serial),
  )
  const batches = await codes.batchesOf(db, [...new Set(decoded.flatMap((ref) => (ref === null ? [] : [ref.batch])))])
  const codeAt = new Map<number, { code: bigint; batch: number }>()
  decoded.forEach((ref, k) => {
    const batch = ref === null ? undefined : batches.get(ref.batch)
    if (ref !== null && batch !== undefined && BigInt(ref.index) < batch.quantity)
      codeAt.set(asked[k]!.i, { code: codeId(ref), batch: ref.batch })
  })

  const parts = events.map(() => ({
    ranges: new Map<EpcRole, CodeRange[]>(),
    containers: [] as { sscc: string; role: EpcRole }[],
    epcs: [] as { epc: string; role: EpcRole }[],
    items: [] as string[],
    batches: new Set<number>(),
  }))
  found.forEach((f, i) => {
    const part = parts[f.event]!
    const own = codeAt.get(i)
    const sscc = ssccOf(f.normal)
    if (own !== undefined) {
      const ranges = part.ranges.get(f.role)
      if (ranges === undefined) part.ranges.set(f.role, [{ lo: own.code, hi: own.code }])
      else ranges.push({ lo: own.code, hi: own.code })
      part.batches.add(own.batch)
      if (f.role === 'epc' || f.role === 'child') part.items.push(f.uri)
    } else if (sscc !== undefined) part.containers.push({ sscc, role: f.role })
    else part.epcs.push({ epc: f.normal, role: f.role })
  })
  return parts.map((part) => ({
    ...part,
    codes: [...part.ranges].flatMap(([role, ranges]) => normaliseRanges(ranges).map((range) => ({ ...range, role }))),
  }))
}

function identifiers(value: string | readonly (string | QuantityElement)[] | undefined): string[] {
  if (value === undefined) return []
  return typeof value === 'string' ? [value] : value.map((one) => (typeof one === 'string' ? one : one.epcClass))
}

/** SSCC of an identifier that names a logistic unit, in any spelling. */
export function ssccOf(normal: string): string | undefined {
  const found = /^https:\/\/id\.gs1\.org\/00\/(\d{18})$/.exec(normal)
  return found === null ? undefined : parseSscc(found[1]!)
}
