import { findAi } from './application-identifiers.ts'
import { BitReader, bitsOfBase64Url, bitsOfHex, BitWriter, hexToBase64Url } from './bit-string.ts'
import { buildDigitalLink, CANONICAL_STEM, type DigitalLink, type DigitalLinkOptions, parseDigitalLink } from './digital-link.ts'
import { checkValue, type Element, type KnownElement } from './element.ts'
import { readAidc, writeAidc } from './epc-aidc.ts'
import { countedDigits, countedText, DATE, delimitedDigits, type FieldEncoding, nibbles, NotEpc } from './epc-encodings.ts'
import { HOSTNAME } from './epc-hostname.ts'
import { PARTITIONED_SCHEMES, type PartitionedScheme, readPartitioned, writePartitioned } from './epc-partition.ts'
import { refuse, type Result } from './faults.ts'

/**
 * EPC binary strings of GS1 keys (EPC Tag Data Standard 2.3, section 14), as they stand in RFID tags and, as `eh…` and
 * `ex…`, in compressed Digital Links (EPCB 1.0.0).
 *
 * The schemes of TDS 1.x split a key at the end of its company prefix; those of TDS 2.0, whose names end in `+`, keep the key
 * as decimal digits and a serial in the shortest of six encodings; those of TDS 2.3, ending in `++`, add a host name. Both of
 * the latter may have more data behind the EPC.
 */
interface PlusScheme {
  readonly header: number
  /** The header of its `++` twin. */
  readonly withHost: number
  readonly ai: string
  readonly key: FieldEncoding
  /** Digits of the key; what follows in the same AI is the serial. */
  readonly digits?: number
  readonly date?: boolean
  readonly serial?: { readonly ai: string; readonly encoding: FieldEncoding }
}

const serial20 = countedText(5, 20)
const PLUS_SCHEMES = {
  sgtin: { header: 0xf7, withHost: 0xfd, ai: '01', key: nibbles(14), serial: { ai: '21', encoding: serial20 } },
  dsgtin: { header: 0xfb, withHost: 0xfc, ai: '01', key: nibbles(14), date: true, serial: { ai: '21', encoding: serial20 } },
  sscc: { header: 0xf9, withHost: 0xef, ai: '00', key: nibbles(18) },
  sgln: { header: 0xf2, withHost: 0xe9, ai: '414', key: nibbles(13), serial: { ai: '254', encoding: serial20 } },
  grai: { header: 0xf1, withHost: 0xeb, ai: '8003', key: nibbles(14), digits: 14, serial: { ai: '8003', encoding: countedText(5, 16) } },
  giai: { header: 0xfa, withHost: 0xee, ai: '8004', key: delimitedDigits(5, 30) },
  gsrn: { header: 0xf4, withHost: 0xe7, ai: '8018', key: nibbles(18) },
  gsrnp: { header: 0xf5, withHost: 0xe8, ai: '8017', key: nibbles(18) },
  gdti: { header: 0xf6, withHost: 0xea, ai: '253', key: nibbles(13), digits: 13, serial: { ai: '253', encoding: countedText(5, 17) } },
  cpi: { header: 0xf0, withHost: 0xe6, ai: '8010', key: delimitedDigits(5, 30), serial: { ai: '8011', encoding: countedDigits(4, 12) } },
  sgcn: { header: 0xf8, withHost: 0xec, ai: '255', key: nibbles(13), digits: 13, serial: { ai: '255', encoding: countedDigits(4, 12) } },
  itip: { header: 0xf3, withHost: 0xed, ai: '8006', key: nibbles(18), serial: { ai: '21', encoding: serial20 } },
} as const satisfies Readonly<Record<string, PlusScheme>>

type PlusName = keyof typeof PLUS_SCHEMES
export type EpcBinaryScheme = keyof typeof PARTITIONED_SCHEMES | `${PlusName}+` | `${PlusName}++`

type Scheme =
  | { readonly kind: 'partitioned'; readonly header: number; readonly scheme: PartitionedScheme }
  | { readonly kind: 'plus'; readonly header: number; readonly scheme: PlusScheme; readonly host: boolean }

const SCHEMES = new Map<EpcBinaryScheme, Scheme>()
for (const [name, scheme] of Object.entries(PARTITIONED_SCHEMES))
  SCHEMES.set(name as EpcBinaryScheme, { kind: 'partitioned', header: scheme.header, scheme })
for (const [name, scheme] of Object.entries<PlusScheme>(PLUS_SCHEMES)) {
  SCHEMES.set(`${name as PlusName}+`, { kind: 'plus', header: scheme.header, scheme, host: false })
  SCHEMES.set(`${name as PlusName}++`, { kind: 'plus', header: scheme.withHost, scheme, host: true })
}
const BY_HEADER = new Map([...SCHEMES].map(([name, { header }]) => [header, name]))

export const EPC_BINARY_SCHEMES: readonly EpcBinaryScheme[] = [...SCHEMES.keys()]

export interface EpcBinary {
  readonly scheme: EpcBinaryScheme
  /** 0 to 7: what kind of object the tag is on (TDS 2.3 section 10). */
  readonly filter: number
  /** The key, its serial, the date of a DSGTIN+, and what stands behind the EPC. */
  readonly elements: readonly KnownElement[]
  /** Digits of the company prefix, which schemes of TDS 1.x tell. */
  readonly companyPrefixLength: number | undefined
  /** The host of the Digital Link, which `++` schemes tell. */
  readonly hostname: string | undefined
}

type Decoded = Result<{ readonly epc: EpcBinary }>

/** Longer than any tag's EPC memory bank (496 bits) by much; a bound for what is read from outside. */
const MOST_BITS = 2048

/** Reads an EPC binary string in hexadecimal. */
export function decodeEpcHex(hex: string): Decoded {
  const bits = hex.length * 4 > MOST_BITS ? undefined : bitsOfHex(hex)
  return bits === undefined ? refuse('binary-text', 0, hex.length) : decodeBits(bits)
}

/** Reads the last segment of a compressed Digital Link: `eh` and hexadecimal, or `ex` and base64url (EPCB 1.0.0 section 4.2). */
export function decodeCompressedSegment(segment: string): Decoded {
  const body = segment.slice(2)
  if (body === '' || body.length * 4 > MOST_BITS) return refuse('binary-text', 0, segment.length)
  const bits = segment.startsWith('eh') ? bitsOfHex(body) : segment.startsWith('ex') ? bitsOfBase64Url(body) : undefined
  return bits === undefined ? refuse('binary-text', 0, segment.length) : decodeBits(bits)
}

/**
 * The Digital Link that a compressed one stands for, on its own stem, as EPCB 1.0.0 section 4.2 wants it even of a `++`, with
 * the query that it has.
 * @returns undefined when the last segment of the path is no compressed EPC
 */
export function expandCompressedLink(uri: string): Result<{ readonly uri: string; readonly epc: EpcBinary }> | undefined {
  const end = uri.search(/[?#]|$/)
  // A slash at the end is tolerated as behind other Digital Links.
  const last = uri[end - 1] === '/' ? end - 1 : end
  const slash = uri.lastIndexOf('/', last - 1)
  const stem = uri.slice(0, slash)
  const segment = uri.slice(slash + 1, last)
  if (!/^(?:https?|HTTPS?):\/\/./.test(stem) || !/^e[hx][A-Za-z0-9_-]+$/.test(segment)) return undefined
  const decoded = decodeCompressedSegment(segment)
  if (!decoded.ok) return decoded
  const built = buildDigitalLink(decoded.epc.elements, stem)
  if (!built.ok) return built
  const query = uri[end] === '?' ? uri.slice(end + 1).replace(/#.*$/s, '') : ''
  const joined = query === '' ? built.uri : `${built.uri}${built.uri.includes('?') ? '&' : '?'}${query}`
  return { ok: true, uri: joined, epc: decoded.epc }
}

/**
 * Reads a Digital Link, plain or compressed. A serial may begin with `eh` or `ex` too, so that only what is no Digital Link
 * as it stands can be a compressed one.
 */
export function parseLink(
  uri: string,
  options: DigitalLinkOptions = {},
): Result<{ readonly link: DigitalLink; readonly compressed: boolean }> {
  const plain = parseDigitalLink(uri, options)
  if (plain.ok) return { ok: true, link: plain.link, compressed: false }
  const expanded = plain.fault.code === 'no-key' ? expandCompressedLink(uri) : undefined
  if (expanded === undefined) return plain
  if (!expanded.ok) return expanded
  const parsed = parseDigitalLink(expanded.uri, options)
  return parsed.ok ? { ok: true, link: parsed.link, compressed: true } : parsed
}

function decodeBits(bits: string): Decoded {
  const reader = new BitReader(bits)
  const header = reader.integer(8)
  const name = BY_HEADER.get(header)
  if (name === undefined || reader.overrun)
    return refuse('binary-header', 0, 2, { detail: header.toString(16).toUpperCase().padStart(2, '0') })
  const scheme = SCHEMES.get(name)!
  try {
    const more = scheme.kind === 'plus' && reader.integer(1) === 1
    const filter = reader.integer(3)
    const read: { elements: readonly Element[]; companyPrefixLength?: number; hostname?: string } =
      scheme.kind === 'plus' ? readPlus(reader, scheme.scheme, scheme.host) : readPartitioned(reader, scheme.scheme)
    const elements = know([...read.elements, ...(more ? readAidc(reader) : [])])
    if (reader.overrun) return refuse('binary-truncated')
    // A tag's memory is filled up with zeros; other bits belong to no EPC.
    if (reader.rest().includes('1')) return refuse('binary-value', 0, 0, { detail: 'the end' })
    if (!elements.ok) return elements
    const { companyPrefixLength, hostname } = read
    return { ok: true, epc: { scheme: name, filter, elements: elements.elements, companyPrefixLength, hostname } }
  } catch (error) {
    if (error instanceof NotEpc) return refuse(reader.overrun ? 'binary-truncated' : 'binary-value', 0, 0, { detail: error.message })
    throw error
  }
}

function know(elements: readonly Element[]): Result<{ readonly elements: readonly KnownElement[] }> {
  const known: KnownElement[] = []
  for (const { ai, value } of elements) {
    const entry = findAi(ai, 0, ai.length)
    if (entry === undefined) return refuse('unknown-ai', 0, 0, { detail: ai.slice(0, 10) })
    const fault = checkValue(entry, value)
    if (fault !== undefined) return { ok: false, fault }
    if (known.some((other) => other.ai === ai)) return refuse('duplicate-ai', 0, 0, { ai })
    known.push({ ai, value, entry })
  }
  return { ok: true, elements: known }
}

/** Which AI the date of a DSGTIN+ is (TDS 2.3 section 14.5.3). */
const DATE_AIS = ['11', '13', '15', '16', '17', '7006', '7007'] as const

function readPlus(reader: BitReader, scheme: PlusScheme, host: boolean): { elements: Element[]; hostname?: string } {
  const dates: Element[] = []
  if (scheme.date === true) {
    const ai = DATE_AIS[reader.integer(4)]
    if (ai === undefined) throw new NotEpc('date')
    dates.push({ ai, value: DATE.read(reader) })
  }
  const key = scheme.key.read(reader)
  const elements: Element[] = [{ ai: scheme.ai, value: key }]
  if (scheme.serial !== undefined) {
    const value = scheme.serial.encoding.read(reader)
    if (scheme.serial.ai === scheme.ai) elements[0] = { ai: scheme.ai, value: key + value }
    else if (scheme.serial.ai !== '254' || value !== '0') elements.push({ ai: scheme.serial.ai, value })
  }
  elements.push(...dates)
  return host ? { elements, hostname: HOSTNAME.read(reader) } : { elements }
}

export interface EncodeOptions {
  readonly scheme: EpcBinaryScheme
  /** 0 to 7 (default 0). */
  readonly filter?: number
  /** Digits of the company prefix, 6 to 12, for the schemes of TDS 1.x. */
  readonly companyPrefixLength?: number
  /** The host of the Digital Link, for the `++` schemes. */
  readonly hostname?: string
  /** What shall stand behind the EPC, for the schemes of TDS 2. */
  readonly data?: readonly Element[]
}

/**
 * The EPC binary string of a key in hexadecimal, capital letters, filled up with zero bits to a whole digit, and to whole
 * 16-bit words for the schemes of TDS 1.x, as tags hold them.
 */
export function encodeEpcHex(elements: readonly Element[], options: EncodeOptions): Result<{ readonly hex: string }> {
  const scheme = SCHEMES.get(options.scheme)!
  const { ai } = scheme.scheme
  const { filter = 0, data = [], companyPrefixLength: length = 0 } = options
  const known = know([...elements, ...data])
  if (!known.ok) return known
  const key = elements.find((element) => element.ai === ai)?.value
  if (key === undefined) return refuse('binary-fit', 0, 0, { detail: `(${ai})` })
  if (!Number.isInteger(filter) || filter < 0 || filter > 7) return refuse('binary-fit', 0, 0, { detail: 'filter' })
  const writer = new BitWriter().integer(scheme.header, 8)
  try {
    if (scheme.kind === 'plus') {
      writer.integer(data.length > 0 ? 1 : 0, 1).integer(filter, 3)
      writePlus(writer, scheme.scheme, key, elements)
      if (scheme.host) HOSTNAME.write(writer, options.hostname ?? '')
      writeAidc(writer, data)
    } else {
      if (!Number.isInteger(length) || length < 6 || length > 12) return refuse('prefix-length')
      if (data.length > 0) throw new NotEpc('data')
      const keyLength = (scheme.scheme.pad?.length ?? 0) + (scheme.scheme.digits ?? 0) + 1
      writePartitioned(writer.integer(filter, 3), scheme.scheme, key, serialOf(scheme.scheme, key, elements, keyLength), length)
      writer.bits = writer.bits.padEnd(Math.ceil(writer.bits.length / 16) * 16, '0')
    }
  } catch (error) {
    if (error instanceof NotEpc) return refuse('binary-fit', 0, 0, { detail: error.message })
    throw error
  }
  return { ok: true, hex: writer.toHex().toUpperCase() }
}

function serialOf(
  scheme: { readonly ai: string; readonly serial?: { readonly ai: string } },
  key: string,
  elements: readonly Element[],
  keyLength: number,
): string {
  if (scheme.serial === undefined) return ''
  const { ai } = scheme.serial
  const value = ai === scheme.ai ? key.slice(keyLength) : elements.find((element) => element.ai === ai)?.value
  // A location without extension is one with the extension 0 (TDS 2.3 section 14.6.3).
  const given = value ?? (ai === '254' ? '0' : '')
  if (given === '') throw new NotEpc(`(${ai})`)
  return given
}

function writePlus(writer: BitWriter, scheme: PlusScheme, key: string, elements: readonly Element[]): void {
  if (scheme.date === true) {
    const index = DATE_AIS.findIndex((ai) => elements.some((element) => element.ai === ai))
    const date = elements.find((element) => element.ai === DATE_AIS[index])?.value
    if (date === undefined) throw new NotEpc('date')
    DATE.write(writer.integer(index, 4), date)
  }
  scheme.key.write(writer, key.slice(0, scheme.digits))
  scheme.serial?.encoding.write(writer, serialOf(scheme, key, elements, scheme.digits ?? key.length))
}

/** The last path segment of a compressed Digital Link for an EPC in hexadecimal: `eh` is plain, `ex` shorter. */
export function compressedSegment(hex: string, form: 'eh' | 'ex'): string {
  return form === 'eh' ? `eh${hex.toLowerCase()}` : `ex${hexToBase64Url(hex)}`
}

/** The Digital Link of a decoded EPC: on the host that it tells, or on GS1's. */
export function epcToDigitalLink(epc: EpcBinary, stem?: string): Result<{ readonly uri: string }> {
  return buildDigitalLink(epc.elements, stem ?? (epc.hostname === undefined ? CANONICAL_STEM : `https://${epc.hostname}`))
}
