/**
 * One spelling for each GS1 identifier, whatever it was written as: the constrained canonical Digital Link URI of the event hash (CBV
 * 2.0, rule 18). `https://id.gs1.org`, the key with the most granular qualifier only, GTINs of 14 digits, no query. MATCH parameters,
 * places and parties are compared in this form.
 */

const ORIGIN = 'https://id.gs1.org'

/** Characters of a value that stay; the others are percent-encoded, as the conversion from EPC URNs leaves them. */
const ENCODE = /[^A-Za-z0-9\-._';=]/g

/** The characters that an EPC URN may hold in a serial: plain, or escaped as the Tag Data Standard lists them. */
const URN_VALUE = /^(?:[!'()*+,\-.0-9:;=A-Z_a-z]|%(?:2[1256789A-Fa-f]|3[0-9A-Fa-f]|4[1-9A-Fa-f]|5[0-9AaFf]|6[1-9A-Fa-f]|7[0-9Aa]))+$/
const CPI_VALUE = /^(?:[-0-9A-Z]|%(?:2[3DFdf]|3[0-9]|4[1-9A-Fa-f]|5[0-9Aa]))+$/

/**
 * @returns the normal form of an EPC URN (`urn:epc:id:`, `urn:epc:class:lgtin:`, `urn:epc:idpat:` of a whole class) or Digital Link
 * URI, or undefined for everything else
 */
export function normalForm(text: string): string | undefined {
  const c = text.charCodeAt(0)
  if (c === 117 /* u */ && text.startsWith('urn:epc:')) return fromUrn(text)
  if ((c === 104 /* h */ || c === 72) && (text.startsWith('http://') || text.startsWith('https://') || /^https?:\/\//i.test(text)))
    return fromLink(text)
  return undefined
}

/** What an identifier is compared by: its normal form, or itself. */
export const comparable = (text: string): string => normalForm(text) ?? text

function encode(value: string): string {
  return value.replace(ENCODE, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}

/** Decodes what is escaped and escapes what must be, so that `%2f`, `%2F` and `/` are the same. */
function recode(value: string): string {
  return encode(
    value.includes('%') ? value.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))) : value,
  )
}

function checkDigit(digits: string): number {
  let sum = 0
  for (let i = digits.length - 1, weight = 3; i >= 0; i--, weight = 4 - weight) sum += (digits.charCodeAt(i) - 48) * weight
  return (10 - (sum % 10)) % 10
}

const withCheck = (digits: string): string => digits + checkDigit(digits)

const isDigits = (text: string): boolean => /^\d*$/.test(text)

/** Length of a value in which an escape is one character. */
const lengthOf = (value: string): number => value.replace(/%../g, '_').length

const isSerial = (value: string | undefined, max: number): value is string =>
  value !== undefined && lengthOf(value) <= max && URN_VALUE.test(value)

const URN = /^urn:epc:(id|class|idpat):([a-z]+):(.+)$/

function fromUrn(text: string): string | undefined {
  const parts = URN.exec(text)
  if (parts === null) return undefined
  const [, kind, scheme, body] = parts as unknown as [string, string, string, string]
  const dot = body.indexOf('.')
  const prefix = body.slice(0, dot)
  if (dot < 6 || dot > 12 || !isDigits(prefix)) return undefined
  const rest = body.slice(dot + 1)
  if (kind === 'id') return instanceForm(scheme, prefix, rest)
  if (kind === 'class')
    return scheme === 'lgtin'
      ? gtinForm(prefix, rest, (gtin, lot) => (isSerial(lot, 20) ? `/01/${gtin}/10/${recode(lot)}` : undefined))
      : undefined
  return rest.endsWith('.*') ? classForm(scheme, prefix, rest.slice(0, -2)) : undefined
}

/** Company prefix and item reference with the indicator in front: together 13 digits, and the GTIN that they make. */
function gtinForm(prefix: string, rest: string, make: (gtin: string, tail: string | undefined) => string | undefined): string | undefined {
  const length = 13 - prefix.length
  const item = rest.slice(0, length)
  if (item.length !== length || !isDigits(item) || (rest.length > length && rest[length] !== '.')) return undefined
  const path = make(withCheck(item[0] + prefix + item.slice(1)), rest.length > length ? rest.slice(length + 1) : undefined)
  return path === undefined ? undefined : ORIGIN + path
}

/** A key of 12 digits and check digit, and what follows it. */
function keyForm(
  prefix: string,
  rest: string,
  lead: string,
  make: (key: string, tail: string | undefined) => string | undefined,
): string | undefined {
  const length = 12 - prefix.length
  const reference = rest.slice(0, length)
  if (reference.length !== length || !isDigits(reference) || (rest.length > length && rest[length] !== '.')) return undefined
  const path = make(withCheck(lead + prefix + reference), rest.length > length ? rest.slice(length + 1) : undefined)
  return path === undefined ? undefined : ORIGIN + path
}

/** A number of fixed length made of prefix and reference, without what is behind it. */
function numberForm(ai: string, digits: string, length: number): string | undefined {
  return digits.length === length && isDigits(digits) ? `${ORIGIN}/${ai}/${withCheck(digits)}` : undefined
}

function instanceForm(scheme: string, prefix: string, rest: string): string | undefined {
  switch (scheme) {
    case 'sgtin':
      return gtinForm(prefix, rest, (gtin, serial) => (isSerial(serial, 20) ? `/01/${gtin}/21/${recode(serial)}` : undefined))
    case 'upui':
      return gtinForm(prefix, rest, (gtin, serial) => (isSerial(serial, 28) ? `/01/${gtin}/235/${recode(serial)}` : undefined))
    case 'itip':
      return gtinForm(prefix, rest, (gtin, tail) => {
        const parts = /^(\d\d)\.(\d\d)\.(.+)$/.exec(tail ?? '')
        return parts !== null && isSerial(parts[3], 20) ? `/8006/${gtin}${parts[1]}${parts[2]}/21/${recode(parts[3])}` : undefined
      })
    case 'sscc':
      return numberForm('00', rest[0] + prefix + rest.slice(1), 17)
    case 'sgln':
      return keyForm(prefix, rest, '', (gln, extension) => {
        if (!isSerial(extension, 20)) return undefined
        return extension === '0' ? `/414/${gln}` : `/414/${gln}/254/${recode(extension)}`
      })
    case 'pgln':
      return keyForm(prefix, rest, '', (gln, tail) => (tail === undefined ? `/417/${gln}` : undefined))
    case 'grai':
      return keyForm(prefix, rest, '0', (grai, serial) => (isSerial(serial, 16) ? `/8003/${grai}${recode(serial)}` : undefined))
    case 'gdti':
      return keyForm(prefix, rest, '', (gdti, serial) => (isSerial(serial, 17) ? `/253/${gdti}${recode(serial)}` : undefined))
    case 'sgcn':
      return keyForm(prefix, rest, '', (gcn, serial) =>
        serial !== undefined && /^\d{1,12}$/.test(serial) ? `/255/${gcn}${serial}` : undefined,
      )
    case 'giai':
      return isSerial(rest, 30 - prefix.length) ? `${ORIGIN}/8004/${prefix}${recode(rest)}` : undefined
    case 'ginc':
      return isSerial(rest, 30 - prefix.length) ? `${ORIGIN}/401/${prefix}${recode(rest)}` : undefined
    case 'gsrn':
      return numberForm('8018', prefix + rest, 17)
    case 'gsrnp':
      return numberForm('8017', prefix + rest, 17)
    case 'gsin':
      return numberForm('402', prefix + rest, 16)
    case 'cpi': {
      const dot = rest.lastIndexOf('.')
      const part = rest.slice(0, dot)
      const serial = rest.slice(dot + 1)
      if (dot < 1 || !CPI_VALUE.test(part) || lengthOf(part) > 30 - prefix.length || !/^\d{1,12}$/.test(serial)) return undefined
      return `${ORIGIN}/8010/${prefix}${recode(part)}/8011/${serial}`
    }
    default:
      return undefined
  }
}

/** `urn:epc:idpat:scheme:….*`: the class of all its instances. */
function classForm(scheme: string, prefix: string, rest: string): string | undefined {
  const alone = (ai: string) => (key: string, tail: string | undefined) => (tail === undefined ? `/${ai}/${key}` : undefined)
  switch (scheme) {
    case 'sgtin':
    case 'upui':
      return gtinForm(prefix, rest, alone('01'))
    case 'itip':
      return gtinForm(prefix, rest, (gtin, tail) => {
        const parts = /^(\d\d)\.(\d\d)$/.exec(tail ?? '')
        return parts === null ? undefined : `/8006/${gtin}${parts[1]}${parts[2]}`
      })
    case 'grai':
      return keyForm(prefix, rest, '0', alone('8003'))
    case 'gdti':
      return keyForm(prefix, rest, '', alone('253'))
    case 'sgcn':
      return keyForm(prefix, rest, '', alone('255'))
    case 'cpi':
      return CPI_VALUE.test(rest) && lengthOf(rest) <= 30 - prefix.length ? `${ORIGIN}/8010/${prefix}${recode(rest)}` : undefined
    default:
      return undefined
  }
}

/** The alphabetic names that Digital Link URIs had until release 1.2. */
const AI_OF_NAME: Readonly<Record<string, string>> = {
  gtin: '01',
  itip: '8006',
  cpid: '8010',
  gln: '414',
  party: '417',
  gsrnp: '8017',
  gsrn: '8018',
  gcn: '255',
  sscc: '00',
  gdti: '253',
  ginc: '401',
  gsin: '402',
  grai: '8003',
  giai: '8004',
  cpv: '22',
  lot: '10',
  ser: '21',
  cpsn: '8011',
  glnx: '254',
  srin: '8019',
}

interface LinkKey {
  readonly value: RegExp
  /** Qualifiers in the order of the syntax; those that the constrained form keeps, the finest last. */
  readonly qualifiers: readonly string[]
  readonly kept: readonly string[]
}

/** Characters of CSET 82 as a URI holds them, escapes counted as one. */
const X = `(?:[!"'()*+,\\-.0-9:;<=>A-Z_a-z&]|%[0-9A-Fa-f]{2})`
const key = (value: string, qualifiers: readonly string[] = [], kept: readonly string[] = qualifiers): LinkKey => ({
  value: new RegExp(`^${value}$`),
  qualifiers,
  kept,
})

const LINK_KEYS: Readonly<Record<string, LinkKey>> = {
  '00': key('\\d{18}'),
  '01': key('(?:\\d{8}|\\d{12,14})', ['22', '10', '21', '235'], ['10', '235', '21']),
  '253': key(`\\d{13}${X}{0,17}`),
  '255': key('\\d{13,25}'),
  '401': key(`\\d{4}${X}{1,26}`),
  '402': key('\\d{17}'),
  '414': key('\\d{13}', ['254', '7040'], ['254']),
  '417': key('\\d{13}', ['7040'], []),
  '8003': key(`\\d{14}${X}{0,16}`),
  '8004': key(`\\d{4}${X}{1,26}`, ['7040'], []),
  '8006': key('\\d{18}', ['22', '10', '21'], ['10', '21']),
  '8010': key('\\d{4}(?:[#\\-/0-9A-Z]|%[0-9A-Fa-f]{2}){1,26}', ['8011']),
  '8017': key('\\d{18}', ['8019'], []),
  '8018': key('\\d{18}', ['8019'], []),
}

const QUALIFIER_VALUE: Readonly<Record<string, RegExp>> = {
  '22': new RegExp(`^${X}{1,20}$`),
  '10': new RegExp(`^${X}{1,20}$`),
  '21': new RegExp(`^${X}{1,20}$`),
  '235': new RegExp(`^${X}{1,28}$`),
  '254': new RegExp(`^${X}{1,20}$`),
  '7040': new RegExp(`^${X}{4}$`),
  '8011': /^\d{1,12}$/,
  '8019': /^\d{1,10}$/,
}

const aiOf = (segment: string): string => (Object.hasOwn(AI_OF_NAME, segment) ? AI_OF_NAME[segment]! : segment)

function fromLink(text: string): string | undefined {
  const scheme = text.indexOf('://') + 3
  let end = text.search(/[?#]/)
  if (end < 0) end = text.length
  if (text[end - 1] === '/') end--
  const path = text.indexOf('/', scheme)
  if (path < 0 || path >= end) return undefined
  const segments = text.slice(path + 1, end).split('/')
  for (let i = 0; i + 1 < segments.length; i++) {
    const ai = aiOf(segments[i]!)
    if (!Object.hasOwn(LINK_KEYS, ai) || (segments.length - i) % 2 !== 0) continue
    const found = constrained(ai, segments, i + 1)
    if (found !== undefined) return found
  }
  return undefined
}

/** The constrained form when key and qualifiers fill the path from `at` to its end. */
function constrained(ai: string, segments: readonly string[], at: number): string | undefined {
  const { value: format, qualifiers, kept } = LINK_KEYS[ai]!
  const value = segments[at]!
  if (!format.test(value)) return undefined
  let finest = -1
  let tail = ''
  let last = -1
  for (let i = at + 1; i < segments.length; i += 2) {
    const qualifier = aiOf(segments[i]!)
    const place = qualifiers.indexOf(qualifier)
    if (place <= last || QUALIFIER_VALUE[qualifier]?.test(segments[i + 1]!) !== true) return undefined
    last = place
    const rank = kept.indexOf(qualifier)
    if (rank > finest) {
      finest = rank
      tail = `/${qualifier}/${recode(segments[i + 1]!)}`
    }
  }
  return `${ORIGIN}/${ai}/${ai === '01' ? value.padStart(14, '0') : recode(value)}${tail}`
}

/**
 * A pattern of the MATCH parameters: `urn:epc:idpat:sgtin:4012345.*.*`, `urn:epc:idpat:sgtin:4012345.012345.*`, also of sscc, sgln, grai
 * and the other schemes: each field is a value or `*`, and behind a `*` only `*`.
 * @returns what the normal forms of its instances look like, or undefined when it is no such pattern
 */
export function instancePattern(text: string): { readonly prefix: string; readonly regex: string } | undefined {
  const parts = /^urn:epc:idpat:([a-z]+):(.+)$/.exec(text)
  if (parts === null) return undefined
  const fields = parts[2]!.split('.')
  const star = fields.indexOf('*')
  if (star < 0 || fields.slice(star).some((f) => f !== '*')) return undefined
  const scheme = parts[1]!
  const shape = PATTERN_SHAPES[scheme]
  if (shape === undefined || fields.length !== shape.fields) return undefined
  const prefix = fields[0]!
  if (prefix !== '*' && !/^\d{6,12}$/.test(prefix)) return undefined
  // the class of the pattern is fully known: everything that is written behind it
  if (star === fields.length - 1 && shape.fields > 1) {
    const whole = classForm(scheme, prefix, fields.slice(1, -1).join('.')) ?? (scheme === 'sgln' ? glnOf(prefix, fields[1]!) : undefined)
    if (whole !== undefined) {
      const lead = whole + shape.behind
      return {
        prefix: shape.optional ? whole : lead,
        regex: `^${literal(whole)}${shape.optional ? `(?:${literal(shape.behind)}.*)?` : `${literal(shape.behind)}.*`}$`,
      }
    }
    // schemes whose only fields are prefix and reference
    if (shape.fields > 2) return undefined
  }
  const base = `${ORIGIN}/${shape.ai}/`
  if (prefix === '*') return { prefix: base, regex: `^${literal(base)}${shape.any}$` }
  if (star !== 1) return undefined
  const lead = shape.lead === 'indicator' ? '[0-9]' : shape.lead
  return {
    prefix: shape.lead === 'indicator' ? base : base + lead + prefix,
    regex: `^${literal(base)}${lead}${prefix}${shape.after(prefix.length)}$`,
  }
}

const glnOf = (prefix: string, reference: string): string | undefined =>
  keyForm(prefix, reference, '', (gln, tail) => (tail === undefined ? `/414/${gln}` : undefined))

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '[$&]')

interface PatternShape {
  readonly ai: string
  readonly fields: number
  /** What stands before the company prefix: a literal digit, nothing, or any indicator or extension digit. */
  readonly lead: string
  /** What stands between the class and the serial, and whether both may be missing (an SGLN without extension). */
  readonly behind: string
  readonly optional?: boolean
  readonly any: string
  /** The rest of the normal form behind a company prefix of so many digits. */
  readonly after: (prefixLength: number) => string
}

const digits = (n: number): string => `[0-9]{${n}}`

const PATTERN_SHAPES: Readonly<Record<string, PatternShape>> = {
  sgtin: { ai: '01', fields: 3, lead: 'indicator', behind: '/21/', any: '[0-9]{14}/21/.*', after: (n) => `${digits(13 - n)}/21/.*` },
  upui: { ai: '01', fields: 3, lead: 'indicator', behind: '/235/', any: '[0-9]{14}/235/.*', after: (n) => `${digits(13 - n)}/235/.*` },
  itip: { ai: '8006', fields: 5, lead: 'indicator', behind: '/21/', any: '[0-9]{18}/21/.*', after: (n) => `${digits(17 - n)}/21/.*` },
  sscc: { ai: '00', fields: 2, lead: 'indicator', behind: '', any: '[0-9]{18}', after: (n) => digits(17 - n) },
  sgln: {
    ai: '414',
    fields: 3,
    lead: '',
    behind: '/254/',
    optional: true,
    any: '[0-9]{13}(?:/254/.*)?',
    after: (n) => `${digits(13 - n)}(?:/254/.*)?`,
  },
  pgln: { ai: '417', fields: 2, lead: '', behind: '', any: '[0-9]{13}', after: (n) => digits(13 - n) },
  grai: { ai: '8003', fields: 3, lead: '0', behind: '', any: '0[0-9]{13}.*', after: (n) => `${digits(13 - n)}.*` },
  gdti: { ai: '253', fields: 3, lead: '', behind: '', any: '[0-9]{13}.*', after: (n) => `${digits(13 - n)}.*` },
  sgcn: { ai: '255', fields: 3, lead: '', behind: '', any: '[0-9]{13}.*', after: (n) => `${digits(13 - n)}.*` },
  giai: { ai: '8004', fields: 2, lead: '', behind: '', any: '.*', after: () => '.*' },
  ginc: { ai: '401', fields: 2, lead: '', behind: '', any: '.*', after: () => '.*' },
  gsrn: { ai: '8018', fields: 2, lead: '', behind: '', any: '[0-9]{18}', after: (n) => digits(18 - n) },
  gsrnp: { ai: '8017', fields: 2, lead: '', behind: '', any: '[0-9]{18}', after: (n) => digits(18 - n) },
  gsin: { ai: '402', fields: 2, lead: '', behind: '', any: '[0-9]{17}', after: (n) => digits(17 - n) },
  cpi: { ai: '8010', fields: 3, lead: '', behind: '/8011/', any: '.*/8011/.*', after: () => '.*/8011/.*' },
}

/**
 * A pattern of classes: `urn:epc:idpat:sgtin:4012345.*.*` asks for every class of the company prefix. A pattern with the last field
 * alone open is a class itself and has a normal form.
 */
export function classPattern(text: string): { readonly prefix: string; readonly regex: string } | undefined {
  const parts = /^urn:epc:idpat:(sgtin|grai|gdti|sgcn):(\d{6,12}|\*)\.\*\.\*$/.exec(text)
  if (parts === null) return undefined
  const shape = PATTERN_SHAPES[parts[1]!]!
  const base = `${ORIGIN}/${shape.ai}/`
  const length = shape.ai === '01' || shape.ai === '8003' ? 14 : 13
  // a class of trade items may be a lot
  const lot = shape.ai === '01' ? '(?:/10/.*)?' : ''
  if (parts[2] === '*') return { prefix: base, regex: `^${literal(base)}${digits(length)}${lot}$` }
  const lead = shape.lead === 'indicator' ? '[0-9]' : shape.lead
  const rest = length - parts[2]!.length - (lead === '' ? 0 : 1)
  return { prefix: lead === '[0-9]' ? base : base + lead + parts[2]!, regex: `^${literal(base)}${lead}${parts[2]!}${digits(rest)}${lot}$` }
}
