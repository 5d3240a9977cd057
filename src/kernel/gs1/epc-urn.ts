import { findAi } from './application-identifiers.ts'
import { isDigits } from './character-sets.ts'
import { checkDigit } from './check-digit.ts'
import { buildDigitalLink, CANONICAL_STEM, constrainElements, parseDigitalLink } from './digital-link.ts'
import { type CheckDepth, checkValue, type Element, type KnownElement } from './element.ts'
import { refuse, type Result } from './faults.ts'
import { uriUnescape } from './uri-escape.ts'

/** What an EPC URN names: one thing, a class of things by lot, or all things of a pattern. */
export type EpcKind = 'id' | 'class' | 'idpat'

export interface EpcUrn {
  readonly kind: EpcKind
  readonly scheme: string
  /** Digits of the GS1 Company Prefix, which the dot after it tells. */
  readonly companyPrefixLength: number
  /** The key and its finest qualifier, as in the Digital Link. */
  readonly elements: readonly KnownElement[]
}

export type ParsedEpcUrn = Result<{ readonly epc: EpcUrn }>

/** How many digits of a key belong to its company prefix; GS1 keeps a list, companies know their own. */
export type CompanyPrefixLength = number | ((digits: string) => number | undefined)

/** What goes between company prefix and the rest: the dots of a URN (TDS 2.3 section 6.3). */
interface Scheme {
  readonly ai: string
  /** Digits of company prefix and reference together; undefined when the reference has no fixed length. */
  readonly digits?: number
  /** The first digit of the reference stands in front of the company prefix in the key: indicator or extension digit. */
  readonly leading?: boolean
  /** A digit that the key has in front and the URN has not. */
  readonly pad?: string
  readonly noCheckDigit?: boolean
  /** Digits that follow the check digit: piece and total of an ITIP. */
  readonly pieces?: boolean
  /** What follows: a serial in the same AI, or in a qualifier of its own. */
  readonly serial?: 'same' | '21' | '254' | '8011' | '235' | '10'
}

const SCHEMES: Readonly<Record<string, Scheme>> = {
  sgtin: { ai: '01', digits: 13, leading: true, serial: '21' },
  sscc: { ai: '00', digits: 17, leading: true },
  sgln: { ai: '414', digits: 12, serial: '254' },
  grai: { ai: '8003', digits: 12, pad: '0', serial: 'same' },
  giai: { ai: '8004', noCheckDigit: true },
  gsrn: { ai: '8018', digits: 17 },
  gsrnp: { ai: '8017', digits: 17 },
  gdti: { ai: '253', digits: 12, serial: 'same' },
  cpi: { ai: '8010', noCheckDigit: true, serial: '8011' },
  sgcn: { ai: '255', digits: 12, serial: 'same' },
  ginc: { ai: '401', noCheckDigit: true },
  gsin: { ai: '402', digits: 16 },
  itip: { ai: '8006', digits: 13, leading: true, pieces: true, serial: '21' },
  upui: { ai: '01', digits: 13, leading: true, serial: '235' },
  pgln: { ai: '417', digits: 12 },
  lgtin: { ai: '01', digits: 13, leading: true, serial: '10' },
}

/** Schemes of other issuers (TDS 2.3 sections 6.3.15 to 6.3.19), which no Digital Link can say. */
const FOREIGN: Readonly<Record<string, RegExp>> = {
  gid: /^(?:0|[1-9]\d{0,8})\.(?:0|[1-9]\d{0,7})\.(?:0|[1-9]\d{0,10})$/,
  usdod: /^[0-9A-HJ-NP-Z]{5,6}\.(?:0|[1-9]\d{0,10})$/,
  adi: /^[0-9A-HJ-NP-Z]{5,6}\.(?:[A-Z0-9-]|%2F){0,32}\.(?:%23)?(?:[A-Z0-9-]|%2F){1,30}$/,
  bic: /^[A-Z]{3}[JUZ]\d{7}$/,
  imovn: /^\d{7}$/,
}

/** Whether text is an EPC URN of a scheme of other issuers, whole and well formed. */
export function isForeignEpc(urn: string): boolean {
  const [, scheme = '', body = ''] = /^urn:epc:id:([a-z]+):(.*)$/s.exec(urn.slice(0, 200)) ?? []
  return urn.length <= 200 && Object.hasOwn(FOREIGN, scheme) && FOREIGN[scheme]!.test(body)
}

const LONGEST_URN = 500

/** What no part of a URN holds as it is: the others of the 82 characters are percent sequences, and those are whole (TDS 2.3 annex A). */
const NOT_IN_URN = /[^\w!'()*+,.:;=%-]|%(?![0-9A-Fa-f]{2})/

/**
 * Reads a pure identity EPC URN (`urn:epc:id:sgtin:…`), a class (`urn:epc:class:lgtin:…`) or a pattern whose last part is
 * `*` (`urn:epc:idpat:sgtin:…`). Characters and lengths are checked; a check digit is computed, as URNs have none.
 */
export function parseEpcUrn(urn: string): ParsedEpcUrn {
  if (urn.length > LONGEST_URN) return refuse('too-long', LONGEST_URN, urn.length - LONGEST_URN)
  const [urnWord, epcWord, kind, name, ...more] = urn.split(':')
  if (urnWord !== 'urn' || epcWord !== 'epc' || (kind !== 'id' && kind !== 'class' && kind !== 'idpat'))
    return refuse('urn-syntax', 0, urn.length, { detail: 'urn:epc:id' })
  const at = 9 + kind.length + (name?.length ?? 0) + 1
  const scheme = name !== undefined && Object.hasOwn(SCHEMES, name) ? SCHEMES[name] : undefined
  if (name !== undefined && Object.hasOwn(FOREIGN, name)) return refuse('no-digital-link', 8, 0, { detail: name })
  if (scheme === undefined || (kind === 'class') !== (name === 'lgtin'))
    return refuse('urn-scheme', 8, 0, { detail: (name ?? '').slice(0, 20) })

  const body = more.join(':')
  const wrong = body.search(NOT_IN_URN)
  if (wrong !== -1) return refuse('urn-syntax', at + wrong, 1, { detail: 'character' })
  const parts = splitParts(body, scheme)
  const [prefix = '', reference] = parts
  if (reference === undefined || !isDigits(prefix) || prefix.length < 6 || prefix.length > 12)
    return refuse('urn-syntax', at, prefix.length, { detail: 'company prefix' })
  const referenceAt = at + prefix.length + 1
  if (reference === '' && scheme.digits === undefined) return refuse('urn-syntax', referenceAt, 0, { detail: 'reference' })
  if (scheme.digits !== undefined) {
    if (!isDigits(reference)) return refuse('urn-syntax', referenceAt, reference.length, { detail: 'reference' })
    if (prefix.length + reference.length !== scheme.digits) return refuse('urn-length', at, prefix.length + 1 + reference.length)
  }
  let value = prefix + (scheme.digits === undefined ? uriUnescape(reference, 'path') : reference)
  if (scheme.leading === true) value = reference[0]! + prefix + reference.slice(1)
  value = (scheme.pad ?? '') + value
  if (scheme.noCheckDigit !== true) value += checkDigit(value)
  let next = 2
  if (scheme.pieces === true) {
    const [piece = '', total = ''] = parts.slice(2, 4)
    if (!/^\d{2}$/.test(piece) || !/^\d{2}$/.test(total)) return refuse('urn-syntax', referenceAt, 0, { detail: 'piece' })
    value += piece + total
    next = 4
  }
  const serial = parts[next]
  const last = parts.length === next + (scheme.serial === undefined ? 0 : 1)
  if (!last || (scheme.serial !== undefined && (serial === undefined || serial === '')))
    return refuse('urn-syntax', referenceAt, 0, { detail: 'serial' })
  // The asterisk is one of the 82 characters, so that in an id it is a serial like others.
  if (kind === 'idpat' && serial !== '*') return refuse('urn-syntax', urn.length - 1, 1, { detail: 'pattern' })

  const elements: Element[] = [{ ai: scheme.ai, value }]
  if (kind !== 'idpat' && scheme.serial !== undefined) {
    const plain = uriUnescape(serial!, 'path')
    if (scheme.serial === 'same') elements[0] = { ai: scheme.ai, value: value + plain }
    // An extension of 0 says that the location has none (TDS 2.3 section 6.3.3).
    else if (scheme.serial !== '254' || plain !== '0') elements.push({ ai: scheme.serial, value: plain })
  }
  const known = know(elements, 'full')
  return known.ok ? { ok: true, epc: { kind, scheme: name!, companyPrefixLength: prefix.length, elements: known.elements } } : known
}

/** The body at its dots; the last part may have dots of its own. */
function splitParts(body: string, scheme: Scheme): string[] {
  const most = 2 + (scheme.pieces === true ? 2 : 0) + (scheme.serial === undefined ? 0 : 1)
  const parts: string[] = []
  let at = 0
  while (parts.length < most - 1) {
    const dot = body.indexOf('.', at)
    if (dot === -1) break
    parts.push(body.slice(at, dot))
    at = dot + 1
  }
  parts.push(body.slice(at))
  return parts
}

function know(elements: readonly Element[], depth: CheckDepth): Result<{ elements: KnownElement[] }> {
  const known: KnownElement[] = []
  for (const { ai, value } of elements) {
    const entry = findAi(ai, 0, ai.length)!
    const fault = checkValue(entry, value, depth)
    if (fault !== undefined) return { ok: false, fault }
    known.push({ ai, value, entry })
  }
  return { ok: true, elements: known }
}

/** The Digital Link of an EPC URN; of a pattern, that of the class it stands for. */
export function epcUrnToDigitalLink(urn: string, stem: string = CANONICAL_STEM): Result<{ readonly uri: string }> {
  const parsed = parseEpcUrn(urn)
  return parsed.ok ? buildDigitalLink(parsed.epc.elements, stem) : parsed
}

/** Which scheme says a key, by its qualifier; patterns stand for a key without its serial. */
const SCHEME_OF: Readonly<Record<string, string>> = {
  '01+21': 'sgtin',
  '01+10': 'lgtin',
  '01+235': 'upui',
  '01': 'sgtin',
  '00': 'sscc',
  '414': 'sgln',
  '414+254': 'sgln',
  '8003': 'grai',
  '8004': 'giai',
  '8018': 'gsrn',
  '8017': 'gsrnp',
  '253': 'gdti',
  '8010': 'cpi',
  '8010+8011': 'cpi',
  '255': 'sgcn',
  '401': 'ginc',
  '402': 'gsin',
  '8006': 'itip',
  '8006+21': 'itip',
  '417': 'pgln',
}

/** A part of a URN: letters, digits and some marks as they are, the others as percent sequences (TDS 2.3 table A-1). */
const urnEscape = (text: string): string =>
  text.replace(/["%&/<>?#]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)

/**
 * The EPC URN of some elements: of the finest level that has one. Needs the length of the company prefix, because a GS1 key
 * does not show where it ends.
 */
export function elementsToEpcUrn(
  elements: readonly KnownElement[],
  companyPrefixLength: CompanyPrefixLength,
): Result<{ readonly urn: string }> {
  const constrained = constrainElements(elements)
  if (constrained === undefined) return refuse('no-epc', 0, 0, { ai: elements[0]?.ai ?? '' })
  const [key, qualifier] = constrained as [KnownElement, KnownElement | undefined]
  const name = SCHEME_OF[qualifier === undefined ? key.ai : `${key.ai}+${qualifier.ai}`]
  if (name === undefined) return refuse('no-epc', 0, 0, { ai: qualifier?.ai ?? key.ai })
  const scheme = SCHEMES[name]!

  let rest = key.value.slice(scheme.pad?.length ?? 0)
  let serial = qualifier?.value
  if (scheme.digits !== undefined) {
    const end = scheme.digits + 1
    if (scheme.serial === 'same') serial = rest.slice(end) === '' ? undefined : rest.slice(end)
    const pieces = scheme.pieces === true ? `.${rest.slice(end, end + 2)}.${rest.slice(end + 2, end + 4)}` : ''
    rest = rest.slice(0, scheme.digits)
    const body = scheme.leading === true ? rest.slice(1) : rest
    const length = lengthOf(companyPrefixLength, body)
    if (length === undefined || length > body.length) return refuse('prefix-length')
    rest = `${body.slice(0, length)}.${scheme.leading === true ? rest[0]! : ''}${body.slice(length)}${pieces}`
  } else {
    const length = lengthOf(companyPrefixLength, rest)
    if (length === undefined || length >= rest.length || !isDigits(rest, 0, length)) return refuse('prefix-length')
    rest = `${rest.slice(0, length)}.${urnEscape(rest.slice(length))}`
  }
  if (scheme.serial === undefined) return { ok: true, urn: `urn:epc:id:${name}:${rest}` }
  if (scheme.serial === '254') return { ok: true, urn: `urn:epc:id:sgln:${rest}.${urnEscape(serial ?? '0')}` }
  if (serial === undefined) return { ok: true, urn: `urn:epc:idpat:${name}:${rest}.*` }
  return { ok: true, urn: `urn:epc:${name === 'lgtin' ? 'class' : 'id'}:${name}:${rest}.${urnEscape(serial)}` }
}

function lengthOf(given: CompanyPrefixLength, digits: string): number | undefined {
  const length = typeof given === 'number' ? given : given(digits)
  return length !== undefined && Number.isInteger(length) && length >= 6 && length <= 12 ? length : undefined
}

/** The EPC URN of a Digital Link; attributes and coarser qualifiers are left out, as EPCIS has it. */
export function digitalLinkToEpcUrn(uri: string, companyPrefixLength: CompanyPrefixLength): Result<{ readonly urn: string }> {
  const parsed = parseDigitalLink(uri, { depth: 'format', alphas: true, shortGtins: true })
  return parsed.ok ? elementsToEpcUrn(parsed.link.elements, companyPrefixLength) : parsed
}
