import { comparable } from '../../../kernel/epcis/epc-normal-form.ts'
import type { AppError } from '../../../kernel/errors.ts'
import type { ClassField, EpcField, EpcisEvent, ExtensionName, ExtensionValue, QuantityElement } from '../../../kernel/epcis/event.ts'
import { parseSscc } from '../../../kernel/gs1/sscc.ts'
import type { Sql } from '../../../platform/db/database.ts'
import { codeId } from '../../../kernel/serial/serial-codec.ts'
import type { Codes } from '../../codes/index.ts'
import { eventsFail } from '../errors.ts'
import { type CodeRange, cut, normaliseRanges } from '../ranges.ts'
import { own } from './own-event.ts'

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
  /** Serial ranges as the event spells them, of the roles that are goods. */
  readonly stretches: readonly { readonly first: string; readonly last: string }[]
  /** Serial ranges by the list that they stand for. */
  readonly ranges: readonly NamedRange[]
  readonly batches: ReadonlySet<number>
  /** What is wrong with a serial range of the event. */
  readonly fault: AppError | undefined
}

/** A serial range in a document: the list that it stands for, and what it holds. */
export interface NamedRange extends CodeRange {
  readonly field: EpcField
  readonly role: EpcRole
}

/** Fields that name serial ranges in place of single identifiers, and the lists that they stand for. */
const RANGE_FIELDS: readonly (readonly [name: ExtensionName, types: readonly string[], field: EpcField, role: EpcRole])[] = [
  [own('epcRange'), ['ObjectEvent', 'TransactionEvent'], 'epcList', 'epc'],
  [own('epcRange'), ['AggregationEvent', 'AssociationEvent'], 'childEPCs', 'child'],
  [own('inputEPCRange'), ['TransformationEvent'], 'inputEPCList', 'input'],
  [own('outputEPCRange'), ['TransformationEvent'], 'outputEPCList', 'output'],
]
const MOST_RANGES = 1000

interface Ends {
  readonly field: EpcField
  readonly role: EpcRole
  readonly first: string
  readonly last: string
}

/** @returns the ranges that an event names, or undefined when one of them has not the form of one */
function rangesIn(event: EpcisEvent): Ends[] | undefined {
  const found: Ends[] = []
  for (const [name, types, field, role] of RANGE_FIELDS) {
    const value = event[name]
    if (value === undefined || !types.includes(event.type)) continue
    const list: readonly ExtensionValue[] = Array.isArray(value) ? value : [value]
    for (const one of list) {
      const [first, last] =
        typeof one === 'object' && one !== null && !Array.isArray(one)
          ? [Reflect.get(one, own('first')), Reflect.get(one, own('last'))]
          : []
      if (typeof first !== 'string' || typeof last !== 'string') return undefined
      found.push({ field, role, first, last })
    }
  }
  return found.length > MOST_RANGES ? undefined : found
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

/**
 * Indexes many events with one call of the codec and one look at the batches.
 * @param organisationId whose labels may be named in ranges: of a range, all labels between its ends are told again
 */
export async function indexEvents(
  db: Sql,
  codes: Codes,
  publicUrl: string,
  events: readonly EpcisEvent[],
  organisationId: string,
): Promise<EpcIndex[]> {
  const found: { event: number; role: EpcRole; uri: string; normal: string }[] = []
  events.forEach((event, i) => {
    for (const [field, role] of LISTS) {
      for (const uri of identifiers(event[field])) found.push({ event: i, role, uri, normal: comparable(uri) })
    }
  })
  const ranges = events.flatMap((event, i) => (rangesIn(event) ?? []).map((range) => ({ event: i, ...range })))
  const claims = [
    ...found.map((f) => claimOf(f.uri, f.normal, publicUrl)),
    ...ranges.flatMap(({ first, last }) => [first, last].map((uri) => claimOf(uri, comparable(uri), publicUrl))),
  ]
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
    stretches: [] as { first: string; last: string }[],
    named: [] as NamedRange[],
    singles: [] as { role: EpcRole; code: bigint }[],
    batches: new Set<number>(),
    fault: undefined as AppError | undefined,
  }))
  events.forEach((event, i) => {
    if (rangesIn(event) === undefined) parts[i]!.fault = eventsFail('EPC_RANGE_FORM', { limit: MOST_RANGES })
  })
  ranges.forEach(({ event, field, role, first, last }, i) => {
    const part = parts[event]!
    const [lo, hi] = [codeAt.get(found.length + 2 * i), codeAt.get(found.length + 2 * i + 1)]
    const named = { first: first.slice(0, 200), last: last.slice(0, 200) }
    const unknown = (end: typeof lo): boolean => end === undefined || batches.get(end.batch)!.organisationId !== organisationId
    if (unknown(lo) || unknown(hi)) part.fault ??= eventsFail('EPC_RANGE_UNKNOWN', named)
    else if (lo!.batch !== hi!.batch || lo!.code > hi!.code) part.fault ??= eventsFail('EPC_RANGE_ORDER', named)
    else {
      const range = { lo: lo!.code, hi: hi!.code }
      part.named.push({ field, role, ...range })
      part.ranges.set(role, [...(part.ranges.get(role) ?? []), range])
      part.batches.add(lo!.batch)
      if (role === 'epc' || role === 'child') part.stretches.push({ first, last })
    }
  })
  found.forEach((f, i) => {
    const part = parts[f.event]!
    const own = codeAt.get(i)
    const sscc = ssccOf(f.normal)
    if (own !== undefined) {
      const ranges = part.ranges.get(f.role)
      if (ranges === undefined) part.ranges.set(f.role, [{ lo: own.code, hi: own.code }])
      else ranges.push({ lo: own.code, hi: own.code })
      part.batches.add(own.batch)
      part.singles.push({ role: f.role, code: own.code })
      if (f.role === 'epc' || f.role === 'child') part.items.push(f.uri)
    } else if (sscc !== undefined) part.containers.push({ sscc, role: f.role })
    else part.epcs.push({ epc: f.normal, role: f.role })
  })
  return parts.map(({ named, singles, ...part }) => ({
    ...part,
    ranges: beside(named, singles),
    codes: [...part.ranges].flatMap(([role, ranges]) => normaliseRanges(ranges).map((range) => ({ ...range, role }))),
  }))
}

/** Ranges without overlaps and without what is named one by one beside them: each label is told once. */
function beside(named: readonly NamedRange[], singles: readonly { readonly role: EpcRole; readonly code: bigint }[]): NamedRange[] {
  const fields = new Map(named.map(({ field, role }) => [field, role]))
  return [...fields].flatMap(([field, role]) => {
    const ranges = normaliseRanges(named.filter((range) => range.field === field)).map((range) => ({ ...range, state: true }))
    const told = normaliseRanges(singles.filter((single) => single.role === role).map(({ code }) => ({ lo: code, hi: code })))
    return cut(ranges, told).outside.map(({ lo, hi }) => ({ field, role, lo, hi }))
  })
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
