import { type ApplicationIdentifier, findAi, unknownAi } from './application-identifiers.ts'
import { CHARACTER_CLASS, isDigits, NOT_IN_DOMAIN, URI_CHARACTER } from './character-sets.ts'
import { type CheckDepth, checkAssociations, checkValue, type Element, type KnownElement, MOST_ELEMENTS } from './element.ts'
import { type Gs1Fault, refuse, type Result } from './faults.ts'
import { parseGtin } from './gtin.ts'
import type { CompanyPrefixLookup } from './linters.ts'
import { uriEscape, uriUnescape } from './uri-escape.ts'

/** The domain of canonical Digital Links (URI Syntax 1.7 section 5). */
export const CANONICAL_STEM = 'https://id.gs1.org'

export interface DigitalLinkOptions {
  /**
   * Judge as GS1's syntax engine does: no `;` between attributes (the standard has it), no slash at the end (resolvers should
   * tolerate it), and 22 beside 01 only (the standard has it qualify 8006 too).
   */
  readonly strict?: boolean
  /** Accept GTINs of 8, 12 and 13 digits in the path, which older addresses have. */
  readonly shortGtins?: boolean
  /** Accept `/gtin/` for `/01/` and the like, which version 1.3 of the standard removed. */
  readonly alphas?: boolean
  /** Accept query parameters that look like application identifiers but are not in the dictionary. */
  readonly unknownAis?: boolean
  /** Look at lengths and characters of the path only, and not at the query (default: every check). */
  readonly depth?: CheckDepth
  /** Whether companions that the dictionary requires must be in this address (default: they must). */
  readonly requireCompanions?: boolean
  readonly prefixes?: CompanyPrefixLookup
}

export interface DigitalLink {
  /** Scheme, domain and what stands in the path before the key, without a slash at the end. */
  readonly stem: string
  /** The key, its qualifiers, then the attributes in their order. */
  readonly elements: readonly KnownElement[]
  /** How many of them are in the path. */
  readonly pathLength: number
  /** Query parameters that are no GS1 data, as they were written. */
  readonly ignored: readonly string[]
}

export type ParsedDigitalLink = Result<{ readonly link: DigitalLink }>

/** Convenience alphas of versions 1.0 to 1.2. */
const ALPHAS: Readonly<Record<string, string>> = {
  cpid: '8010',
  cpsn: '8011',
  cpv: '22',
  gcn: '255',
  gdti: '253',
  giai: '8004',
  ginc: '401',
  gln: '414',
  glnx: '254',
  gmn: '8013',
  grai: '8003',
  gsin: '402',
  gsrn: '8018',
  gsrnp: '8017',
  gtin: '01',
  itip: '8006',
  lot: '10',
  party: '417',
  refno: '8020',
  ser: '21',
  srin: '8019',
  sscc: '00',
}

const SLASH = 47
const HASH = 35
const QUESTION = 63
const PERCENT = 37

/** Where the domain begins, or 0: schemes are written all small or all capital (URI Syntax 1.7 section 4.2). */
function afterScheme(uri: string): number {
  if (uri.startsWith('https://') || uri.startsWith('HTTPS://')) return 8
  return uri.startsWith('http://') || uri.startsWith('HTTP://') ? 7 : 0
}

/**
 * Reads a GS1 Digital Link URI: the rightmost primary key of the path, its qualifiers, the attributes of the query, every
 * check of the dictionary, and what may stand beside what. Time is linear in the length of the address.
 */
export function parseDigitalLink(uri: string, options: DigitalLinkOptions = {}): ParsedDigitalLink {
  const domain = afterScheme(uri)
  if (domain === 0) return refuse('uri-scheme')
  let escaped = false
  let pathStart = -1
  let pathEnd = uri.length
  let hash = uri.length
  for (let i = domain; i < uri.length; i++) {
    const code = uri.charCodeAt(i)
    if (code > 127 || (CHARACTER_CLASS[code]! & URI_CHARACTER) === 0) return refuse('uri-character', i, 1)
    if (code === SLASH) {
      if (pathStart === -1) pathStart = i
    } else if (code === PERCENT) escaped = true
    else if (code === QUESTION) {
      if (pathEnd === uri.length && hash === uri.length) pathEnd = i
    } else if (code === HASH && hash === uri.length) hash = i
  }
  if (pathStart <= domain) return refuse('uri-domain', domain, 0)
  for (let i = domain; i < pathStart; i++)
    if ((CHARACTER_CLASS[uri.charCodeAt(i)]! & NOT_IN_DOMAIN) !== 0) return refuse('domain-character', i, 1)
  if (pathEnd > hash) pathEnd = hash
  const query = pathEnd < hash ? pathEnd + 1 : hash
  if (options.strict !== true && uri.charCodeAt(pathEnd - 1) === SLASH) pathEnd--

  const key = findKey(uri, pathStart, pathEnd, options)
  if (key === -1) return refuse('no-key', pathStart, pathEnd - pathStart)
  const elements: KnownElement[] = []
  const pathFault = readPath(uri, key, pathEnd, escaped, options, elements)
  if (pathFault !== undefined) return { ok: false, fault: pathFault }
  const pathLength = elements.length
  if (!fitsKey(elements)) return refuse('qualifier-sequence', key, pathEnd - key)

  let ignored: string[] = NONE
  if (query < hash && options.depth !== 'format') {
    ignored = []
    const queryFault = readQuery(uri, query, hash, options, elements, ignored) ?? checkAttributes(elements, pathLength, options)
    if (queryFault !== undefined) return { ok: false, fault: queryFault }
  }
  if (options.depth !== 'format') {
    const rules = { requireCompanions: options.requireCompanions ?? true, literal: options.strict ?? false }
    const fault = checkAssociations(elements, rules)
    if (fault !== undefined) return { ok: false, fault }
  }
  return { ok: true, link: { stem: uri.slice(0, key), elements, pathLength, ignored } }
}

const NONE: string[] = []

function pathAi(uri: string, from: number, to: number, options: DigitalLinkOptions): ApplicationIdentifier | undefined {
  const entry = findAi(uri, from, to)
  if (entry !== undefined || options.alphas !== true || to - from < 3 || to - from > 5) return entry
  const alpha = uri.slice(from, to)
  const ai = Object.hasOwn(ALPHAS, alpha) ? ALPHAS[alpha]! : undefined
  return ai === undefined ? undefined : findAi(ai, 0, ai.length)
}

/** The slash before the rightmost primary key, walking back over pairs of identifier and value; -1 when there is none. */
function findKey(uri: string, start: number, end: number, options: DigitalLinkOptions): number {
  let to = end
  for (let pairs = 0; pairs < MOST_ELEMENTS && to > start; pairs++) {
    const value = uri.lastIndexOf('/', to - 1)
    if (value <= start) return -1
    const at = uri.lastIndexOf('/', value - 1)
    if (at < start) return -1
    const entry = pathAi(uri, at + 1, value, options)
    if (entry === undefined) return -1
    if (entry.key !== undefined) return at
    to = at
  }
  return -1
}

function readPath(
  uri: string,
  key: number,
  end: number,
  escaped: boolean,
  options: DigitalLinkOptions,
  elements: KnownElement[],
): Gs1Fault | undefined {
  let at = key
  while (at < end) {
    const slash = uri.indexOf('/', at + 1)
    const entry = pathAi(uri, at + 1, slash, options)!
    let next = uri.indexOf('/', slash + 1)
    if (next === -1 || next > end) next = end
    let value = uri.slice(slash + 1, next)
    if (escaped && value.includes('%')) value = uriUnescape(value, 'path')
    if (entry.ai === '01' && options.shortGtins === true) value = padGtin(value)
    const fault = checkValue(entry, value, options.depth, options.prefixes)
    if (fault !== undefined) return value.includes('\0') ? { ...fault, code: 'null-character' } : fault
    elements.push({ ai: entry.ai, value, entry })
    at = next
  }
  return undefined
}

const padGtin = (value: string): string =>
  (value.length === 13 || value.length === 12 || value.length === 8) && isDigits(value) ? value.padStart(14, '0') : value

/** Whether the qualifiers after the key are some of one of its sequences, in its order. */
function fitsKey(path: readonly KnownElement[]): boolean {
  if (path.length === 1) return true
  return path[0]!.entry.key!.some((sequence) => {
    let at = -1
    return path.every(({ ai }, i) => i === 0 || (at = sequence.indexOf(ai, at + 1)) !== -1)
  })
}

function readQuery(
  uri: string,
  start: number,
  end: number,
  options: DigitalLinkOptions,
  elements: KnownElement[],
  ignored: string[],
): Gs1Fault | undefined {
  const semicolon = options.strict !== true
  let from = start
  while (from < end) {
    let to = from
    let equals = -1
    for (; to < end; to++) {
      const code = uri.charCodeAt(to)
      if (code === 38 || (code === 59 && semicolon)) break
      if (code === 61 && equals === -1) equals = to
    }
    if (to > from) {
      if (elements.length + ignored.length === MOST_ELEMENTS) return { code: 'too-many-elements', at: from, length: 0 }
      if (equals <= from || !isDigits(uri, from, equals)) ignored.push(uri.slice(from, to))
      else {
        const entry = findAi(uri, from, equals) ?? (options.unknownAis === true ? unknownAi(uri.slice(from, equals)) : undefined)
        if (entry === undefined)
          return { code: 'query-unknown-ai', at: from, length: equals - from, detail: uri.slice(from, Math.min(equals, from + 12)) }
        let value = uriUnescape(uri.slice(equals + 1, to), 'query')
        // Short GTINs are tolerated here without asking, as the engine does.
        if (entry.ai === '01') value = padGtin(value)
        const fault = checkValue(entry, value, 'full', options.prefixes)
        if (fault !== undefined) return value.includes('\0') ? { ...fault, code: 'null-character' } : fault
        elements.push({ ai: entry.ai, value, entry })
      }
    }
    from = to + 1
  }
  return undefined
}

function checkAttributes(elements: readonly KnownElement[], pathLength: number, options: DigitalLinkOptions): Gs1Fault | undefined {
  for (let i = pathLength; i < elements.length; i++) {
    const { ai, entry } = elements[i]!
    for (let j = 0; j < i; j++) if (elements[j]!.ai === ai) return { code: 'duplicate-ai', at: 0, length: 0, ai }
    if (!entry.attribute && !(entry.unknown && options.unknownAis === true)) return { code: 'not-attribute', at: 0, length: 0, ai }
    const belongs = elements[0]!.entry.key!.some(
      (sequence) => sequence.includes(ai) && elements.every((e, k) => k === 0 || k >= pathLength || sequence.includes(e.ai)),
    )
    if (belongs) return { code: 'belongs-in-path', at: 0, length: 0, ai }
  }
  return undefined
}

export interface BuildOptions {
  readonly unknownAis?: boolean
  /** Attributes by identifier, as in canonical addresses, or as they come with those of predefined length first (default). */
  readonly sortAttributes?: boolean
  /** Of an address that was read, how many elements its path has: those stay there. Without it the path takes all that it can. */
  readonly pathLength?: number
}

export type BuiltDigitalLink = Result<{ readonly uri: string }>

/**
 * The address for some elements: the first primary key among them, as many of its qualifiers as one sequence takes, the
 * others as attributes. Of elements that are there twice the first counts.
 * @param stem scheme and domain, and what shall stand before the key; a slash at its end is dropped
 */
export function buildDigitalLink(
  elements: readonly Element[],
  stem: string = CANONICAL_STEM,
  options: BuildOptions = {},
): BuiltDigitalLink {
  const known: KnownElement[] = []
  for (const { ai, value } of elements) {
    const entry = findAi(ai, 0, ai.length) ?? (options.unknownAis === true ? unknownAi(ai) : undefined)
    if (entry === undefined) return refuse('unknown-ai', 0, 0, { detail: ai.slice(0, 10) })
    if (!known.some((other) => other.ai === ai)) known.push({ ai, value, entry })
  }
  const path = options.pathLength === undefined ? pathOf(known) : known.slice(0, options.pathLength)
  if (path.length === 0) return refuse('no-key')
  let uri = stem.endsWith('/') ? stem.slice(0, -1) : stem
  for (const { ai, value } of path) uri += `/${ai}/${uriEscape(value, 'path')}`
  const attributes = known.filter((element) => !path.includes(element))
  const stray = attributes.find(({ entry }) => !entry.attribute && !(entry.unknown && options.unknownAis === true))
  if (stray !== undefined) return refuse('not-attribute', 0, 0, { ai: stray.ai })
  if (options.sortAttributes === true) attributes.sort((a, b) => (a.ai < b.ai ? -1 : 1))
  else attributes.sort((a, b) => Number(b.entry.predefined) - Number(a.entry.predefined))
  attributes.forEach(({ ai, value }, i) => (uri += `${i === 0 ? '?' : '&'}${ai}=${uriEscape(value, 'query')}`))
  return { ok: true, uri }
}

/**
 * What identifies among some elements: the first primary key and the qualifiers of it that go into the path, in their order,
 * out of the sequence of which most are there. Empty without a key.
 */
export function pathOf(elements: readonly KnownElement[]): readonly KnownElement[] {
  const key = elements.find(({ entry }) => entry.key !== undefined)
  if (key === undefined) return []
  let path: readonly KnownElement[] = []
  for (const sequence of key.entry.key!) {
    const qualifiers = sequence.flatMap((ai) => elements.find((element) => element.ai === ai) ?? [])
    if (qualifiers.length > path.length) path = qualifiers
  }
  return [key, ...path]
}

/**
 * The canonical address of some elements: GS1's domain, attributes sorted, nothing else (URI Syntax 1.7 section 5).
 * @param pathLength of an address that was read, how many of them its path has
 */
export function canonicalDigitalLink(elements: readonly Element[], pathLength?: number): BuiltDigitalLink {
  return buildDigitalLink(elements, CANONICAL_STEM, { sortAttributes: true, ...(pathLength === undefined ? {} : { pathLength }) })
}

/** The qualifiers that may stay in an EPCIS identifier, the finest first (CBV 2.0 section 8, EPCIS 2.0 "constrained" Digital Links). */
const EPCIS_QUALIFIERS: Readonly<Record<string, readonly string[]>> = {
  '00': [],
  '01': ['21', '235', '10'],
  253: [],
  255: [],
  401: [],
  402: [],
  414: ['254'],
  417: [],
  8003: [],
  8004: [],
  8006: ['21', '10'],
  8010: ['8011'],
  8017: [],
  8018: [],
}

/**
 * The identifier that EPCIS knows for some elements: the key with its finest qualifier, no attributes.
 * @returns undefined when the key is none of an EPCIS object, class, location or party
 */
export function constrainElements(elements: readonly KnownElement[]): readonly KnownElement[] | undefined {
  const key = elements.find(({ entry }) => entry.key !== undefined)
  const qualifiers = key === undefined ? undefined : EPCIS_QUALIFIERS[key.ai]
  if (key === undefined || qualifiers === undefined) return undefined
  for (const ai of qualifiers) {
    const qualifier = elements.find((element) => element.ai === ai)
    if (qualifier !== undefined) return [key, qualifier]
  }
  return [key]
}

/**
 * A captured Digital Link as EPCIS and the CBV event hash compare it: GS1's domain, 14-digit GTIN, only the finest level, no query.
 * Check digits are not looked at: an event is kept as it was captured, and two spellings of one identifier must still meet.
 * @returns undefined when the address is no constrained Digital Link
 */
export function epcisDigitalLink(uri: string, stem: string = CANONICAL_STEM): string | undefined {
  const parsed = parseDigitalLink(uri, { depth: 'format', alphas: true, shortGtins: true })
  const elements = parsed.ok ? constrainElements(parsed.link.elements) : undefined
  if (elements === undefined) return undefined
  const built = buildDigitalLink(elements, stem)
  return built.ok ? built.uri : undefined
}

/** What the path of an item's Digital Link tells: GTIN (AI 01), serial (21), and lot (10) and variant (22) when given. */
export interface ItemLink {
  readonly gtin: string
  readonly serial: string
  readonly lot: string | undefined
  readonly variant: string | undefined
}

/**
 * The path of a request for one item, `/01/{gtin}[/22/…][/10/…]/21/{serial}`: qualifiers in their order (URI Syntax
 * 1.7.0 section 4.9), each segment decoded before it is checked, a trailing slash and a short GTIN tolerated.
 * @returns undefined when the path names no item
 */
export function parseItemPath(path: string): ItemLink | undefined {
  if (!path.startsWith('/01/') || path.includes('?') || path.includes('#')) return undefined
  const parsed = parseDigitalLink(`https://item${path}`, { shortGtins: true })
  if (!parsed.ok || parsed.link.stem !== 'https://item') return undefined
  const valueOf = (ai: string): string | undefined => parsed.link.elements.find((element) => element.ai === ai)?.value
  const gtin = parseGtin(valueOf('01') ?? '')
  const serial = valueOf('21')
  if (!gtin.ok || serial === undefined) return undefined
  return { gtin: gtin.gtin14, serial, lot: valueOf('10'), variant: valueOf('22') }
}

/** The address of an item: a lower-case host, because some scanners refuse an all-upper-case one. */
export function itemUri(origin: string, gtin14: string, serial: string): string {
  return `${origin}/01/${gtin14}/21/${encodeURIComponent(serial)}`
}
