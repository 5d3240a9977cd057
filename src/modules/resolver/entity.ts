import { buildDigitalLink } from '../../kernel/gs1/digital-link.ts'
import type { KnownElement } from '../../kernel/gs1/element.ts'
import { parseLink } from '../../kernel/gs1/epc-binary.ts'
import type { Gs1Fault } from '../../kernel/gs1/faults.ts'
import { readCode } from '../../kernel/gs1/read-code.ts'
import type { LinkLevel } from './contract.ts'

/** What a Digital Link identifies: a key and its qualifiers, whatever data stood in the query. */
export interface Entity {
  /** Path of its uncompressed Digital Link, in the one spelling that is stored. */
  readonly anchor: string
  readonly key: KnownElement
  readonly qualifiers: readonly KnownElement[]
  /** Of a key that holds one (01, 8006). */
  readonly gtin: string | undefined
  /** AI 21 beside a GTIN. */
  readonly serial: string | undefined
}

export type ReadEntity =
  | { readonly ok: true; readonly entity: Entity; readonly compressed: boolean }
  | { readonly ok: false; readonly fault: Gs1Fault }

/** A host to complete paths with; it appears in no answer. */
const HERE = 'https://resolver'

/**
 * Reads the entity of a request's path and query, which the server leaves undecoded: percent sequences belong to single
 * segments (URI Syntax 1.7 section 4). A GTIN of 8, 12 or 13 digits and a slash at the end are tolerated, an EPC binary
 * string as only segment is expanded (EPCB 1.0.0 section 4.2), and any fault of the data attributes is one of the address.
 */
export function entityOfRequest(pathAndQuery: string): ReadEntity {
  const read = parseLink(HERE + pathAndQuery, { shortGtins: true })
  if (!read.ok) return read
  const { link, compressed } = read
  if (link.stem !== HERE) return { ok: false, fault: { code: 'no-key', at: 0, length: 0 } }
  return { ok: true, entity: entityOf(link.elements.slice(0, link.pathLength)), compressed }
}

/**
 * Reads the entity that somebody names when registering: a Digital Link of any host, its path, an element string, scan
 * data or an EPC URN. Data attributes identify nothing and are dropped.
 */
export function entityOfText(text: string): ReadEntity {
  const read = readCode(text.startsWith('/') ? HERE + text : text, { shortGtins: true })
  if (!read.ok) return read
  const { path, form } = read.code
  if (path.length === 0) return { ok: false, fault: { code: 'no-key', at: 0, length: 0 } }
  return { ok: true, entity: entityOf(path), compressed: form === 'compressed-link' }
}

function entityOf(elements: readonly KnownElement[]): Entity {
  const [key, ...qualifiers] = elements as readonly [KnownElement, ...KnownElement[]]
  const gtin = key.ai === '01' ? key.value : key.ai === '8006' ? key.value.slice(0, 14) : undefined
  const serial = key.ai === '01' ? qualifiers.find(({ ai }) => ai === '21')?.value : undefined
  return { anchor: anchorOf(elements), key, qualifiers, gtin, serial }
}

function anchorOf(elements: readonly KnownElement[]): string {
  const built = buildDigitalLink(elements, '')
  // elements that were parsed out of a Digital Link build one
  if (!built.ok) throw new Error(`no Digital Link of ${elements.map(({ ai }) => ai).join(' ')}`)
  return built.uri
}

/** Serials: with one of them no other qualifier may be registered (GS1-Conformant Resolver 1.2.1 section 2.5.10). */
const SERIALS: ReadonlySet<string> = new Set(['21', '235'])

/** Whether links may be registered for this combination of qualifiers: a serial stands alone. */
export const mayBeRegistered = (entity: Entity): boolean =>
  entity.qualifiers.length < 2 || !entity.qualifiers.some(({ ai }) => SERIALS.has(ai))

/**
 * Anchors whose links answer a request, the most specific first. For a GTIN these are the six sets of section 2.5.10:
 * serial, third-party serial, variant with batch, batch, variant, key. Other keys follow the same rule.
 */
export function levelsOf(entity: Entity): string[] {
  const { key, qualifiers } = entity
  const serials = qualifiers.filter(({ ai }) => SERIALS.has(ai))
  const others = qualifiers.filter(({ ai }) => !SERIALS.has(ai))
  const sets = [...serials.map((serial) => [serial]), ...(others.length > 1 ? [others] : []), ...others.toReversed().map((q) => [q]), []]
  return sets.map((set) => anchorOf([key, ...set]))
}

/** How the console names the level of an anchor. */
export function levelOf(entity: Entity): LinkLevel {
  if (entity.gtin === undefined) return 'other'
  const has = (ai: string): boolean => entity.qualifiers.some((q) => q.ai === ai)
  return has('21') || has('235') ? 'item' : has('10') ? 'lot' : has('22') ? 'variant' : 'product'
}
