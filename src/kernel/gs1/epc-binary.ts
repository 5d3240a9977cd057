import { findAi } from './application-identifiers.ts'
import { base64Character, base64Value, BitReader, bitsOfBase64Url, bitsOfHex, BitWriter, hexToBase64Url } from './bit-string.ts'
import { CSET_39, CSET_82, firstOutside, isDigits } from './character-sets.ts'
import { checkDigit } from './check-digit.ts'
import { buildDigitalLink, CANONICAL_STEM } from './digital-link.ts'
import { checkValue, type Element, type KnownElement } from './element.ts'
import { refuse, type Result } from './faults.ts'
import { LINTERS } from './linters.ts'

/**
 * EPC binary strings of GS1 keys (EPC Tag Data Standard 2.3, section 14), as they stand in RFID tags and, as `eh…` and
 * `ex…`, in compressed Digital Links (EPCB 1.0.0).
 *
 * The schemes of TDS 1.x split a key at the end of its company prefix by a table; those of TDS 2.0, whose names end in `+`,
 * keep the key as decimal digits and a serial in the shortest of six encodings.
 */
interface PartitionedScheme {
  readonly kind: 'partitioned'
  readonly header: number
  readonly ai: string
  /** Bits of the whole; undefined when it varies. */
  readonly bits?: number
  /** Decimal digits of company prefix and reference together. */
  readonly digits?: number
  /** Bits of company prefix and reference together. */
  readonly keyBits: number
  readonly leading?: boolean
  readonly pad?: string
  readonly noCheckDigit?: boolean
  readonly pieces?: boolean
  /** The reference behind the prefix: a padded number, a number that may not begin with zero, 7-bit or 6-bit characters. */
  readonly reference: 'number' | 'unpadded' | 'ascii' | 'six-bit'
  readonly serial?: { readonly ai: string; readonly form: 'integer' | 'ascii' | 'numeric-string'; readonly bits: number }
}

interface PlusScheme {
  readonly kind: 'plus'
  readonly header: number
  readonly ai: string
  /** Digits of the key that take four bits each; undefined for a key of digits followed by other characters. */
  readonly digits?: number
  readonly date?: boolean
  /** What follows the digits: in the same AI, or in a qualifier. */
  readonly serial?: { readonly ai: string; readonly form: 'text' | 'digits'; readonly lengthBits: number; readonly max: number }
}

type Scheme = PartitionedScheme | PlusScheme

/** Bits of a company prefix of 12, 11, … 6 digits: what takes the place of a partition value 0 to 6 (TDS 2.3 section 14.3.3). */
const PREFIX_BITS = [40, 37, 34, 30, 27, 24, 20] as const

const sgln = { kind: 'partitioned', ai: '414', digits: 12, keyBits: 41, reference: 'number' } as const
const sgtin = { kind: 'partitioned', ai: '01', digits: 13, keyBits: 44, leading: true, reference: 'number' } as const
const itip = { ...sgtin, ai: '8006', pieces: true } as const
const grai = { kind: 'partitioned', ai: '8003', digits: 12, keyBits: 44, pad: '0', reference: 'number' } as const
const gdti = { ...sgln, ai: '253' } as const
const gsrn = { kind: 'partitioned', digits: 17, keyBits: 58, reference: 'number', bits: 96 } as const

/** Every scheme by the name that EPC tag URIs give it. */
const SCHEMES = {
  'sgtin-96': { ...sgtin, header: 0x30, bits: 96, serial: { ai: '21', form: 'integer', bits: 38 } },
  'sgtin-198': { ...sgtin, header: 0x36, bits: 198, serial: { ai: '21', form: 'ascii', bits: 140 } },
  'sscc-96': { ...gsrn, header: 0x31, ai: '00', leading: true },
  'sgln-96': { ...sgln, header: 0x32, bits: 96, serial: { ai: '254', form: 'integer', bits: 41 } },
  'sgln-195': { ...sgln, header: 0x39, bits: 195, serial: { ai: '254', form: 'ascii', bits: 140 } },
  'grai-96': { ...grai, header: 0x33, bits: 96, serial: { ai: '8003', form: 'integer', bits: 38 } },
  'grai-170': { ...grai, header: 0x37, bits: 170, serial: { ai: '8003', form: 'ascii', bits: 112 } },
  'giai-96': { kind: 'partitioned', header: 0x34, ai: '8004', bits: 96, keyBits: 82, noCheckDigit: true, reference: 'unpadded' },
  'giai-202': { kind: 'partitioned', header: 0x38, ai: '8004', bits: 202, keyBits: 188, noCheckDigit: true, reference: 'ascii' },
  'gsrn-96': { ...gsrn, header: 0x2d, ai: '8018' },
  'gsrnp-96': { ...gsrn, header: 0x2e, ai: '8017' },
  'gdti-96': { ...gdti, header: 0x2c, bits: 96, serial: { ai: '253', form: 'integer', bits: 41 } },
  'gdti-113': { ...gdti, header: 0x3a, bits: 113, serial: { ai: '253', form: 'numeric-string', bits: 58 } },
  'gdti-174': { ...gdti, header: 0x3e, bits: 174, serial: { ai: '253', form: 'ascii', bits: 119 } },
  'cpi-96': {
    kind: 'partitioned',
    header: 0x3c,
    ai: '8010',
    bits: 96,
    keyBits: 51,
    noCheckDigit: true,
    reference: 'unpadded',
    serial: { ai: '8011', form: 'integer', bits: 31 },
  },
  'cpi-var': {
    kind: 'partitioned',
    header: 0x3d,
    ai: '8010',
    keyBits: 170,
    noCheckDigit: true,
    reference: 'six-bit',
    serial: { ai: '8011', form: 'integer', bits: 40 },
  },
  'sgcn-96': { ...sgln, header: 0x3f, ai: '255', bits: 96, serial: { ai: '255', form: 'numeric-string', bits: 41 } },
  'itip-110': { ...itip, header: 0x40, bits: 110, serial: { ai: '21', form: 'integer', bits: 38 } },
  'itip-212': { ...itip, header: 0x41, bits: 212, serial: { ai: '21', form: 'ascii', bits: 140 } },
  'sgtin+': { kind: 'plus', header: 0xf7, ai: '01', digits: 14, serial: { ai: '21', form: 'text', lengthBits: 5, max: 20 } },
  'dsgtin+': { kind: 'plus', header: 0xfb, ai: '01', digits: 14, date: true, serial: { ai: '21', form: 'text', lengthBits: 5, max: 20 } },
  'sscc+': { kind: 'plus', header: 0xf9, ai: '00', digits: 18 },
  'sgln+': { kind: 'plus', header: 0xf2, ai: '414', digits: 13, serial: { ai: '254', form: 'text', lengthBits: 5, max: 20 } },
  'grai+': { kind: 'plus', header: 0xf1, ai: '8003', digits: 14, serial: { ai: '8003', form: 'text', lengthBits: 5, max: 16 } },
  'giai+': { kind: 'plus', header: 0xfa, ai: '8004' },
  'gsrn+': { kind: 'plus', header: 0xf4, ai: '8018', digits: 18 },
  'gsrnp+': { kind: 'plus', header: 0xf5, ai: '8017', digits: 18 },
  'gdti+': { kind: 'plus', header: 0xf6, ai: '253', digits: 13, serial: { ai: '253', form: 'text', lengthBits: 5, max: 17 } },
  'cpi+': { kind: 'plus', header: 0xf0, ai: '8010', serial: { ai: '8011', form: 'digits', lengthBits: 4, max: 12 } },
  'sgcn+': { kind: 'plus', header: 0xf8, ai: '255', digits: 13, serial: { ai: '255', form: 'digits', lengthBits: 4, max: 12 } },
  'itip+': { kind: 'plus', header: 0xf3, ai: '8006', digits: 18, serial: { ai: '21', form: 'text', lengthBits: 5, max: 20 } },
} as const satisfies Readonly<Record<string, Scheme>>

export type EpcBinaryScheme = keyof typeof SCHEMES

export const EPC_BINARY_SCHEMES = Object.keys(SCHEMES) as readonly EpcBinaryScheme[]

const BY_HEADER = new Map<number, EpcBinaryScheme>(EPC_BINARY_SCHEMES.map((name) => [SCHEMES[name].header, name]))

export interface EpcBinary {
  readonly scheme: EpcBinaryScheme
  /** 0 to 7: what kind of object the tag is on (TDS 2.3 section 10). */
  readonly filter: number
  /** The key, its serial, and the date of a DSGTIN+. */
  readonly elements: readonly KnownElement[]
  /** Digits of the company prefix, which schemes of TDS 1.x tell. */
  readonly companyPrefixLength: number | undefined
  /** Whether the tag says that more data follow the EPC (the +AIDC data toggle of TDS 2.0); they are not read. */
  readonly moreData: boolean
}

/** Longer than any tag's EPC memory bank (496 bits) by much; a bound for what is read from outside. */
const MOST_BITS = 2048

/** Reads an EPC binary string in hexadecimal. */
export function decodeEpcHex(hex: string): Result<{ readonly epc: EpcBinary }> {
  const bits = hex.length * 4 > MOST_BITS ? undefined : bitsOfHex(hex)
  return bits === undefined ? refuse('binary-text', 0, hex.length) : decodeBits(bits)
}

/** Reads the last segment of a compressed Digital Link: `eh` and hexadecimal, or `ex` and base64url (EPCB 1.0.0 section 4.2). */
export function decodeCompressedSegment(segment: string): Result<{ readonly epc: EpcBinary }> {
  const body = segment.slice(2)
  if (body === '' || body.length * 4 > MOST_BITS) return refuse('binary-text', 0, segment.length)
  const bits = segment.startsWith('eh') ? bitsOfHex(body) : segment.startsWith('ex') ? bitsOfBase64Url(body) : undefined
  return bits === undefined ? refuse('binary-text', 0, segment.length) : decodeBits(bits)
}

/** The Digital Link that a compressed one stands for, on its own stem; undefined when the last segment is no compressed EPC. */
export function expandCompressedLink(uri: string): Result<{ readonly uri: string; readonly epc: EpcBinary }> | undefined {
  const match = /^(https?:\/\/[^/?#]+(?:\/[^/?#]+)*)\/(e[hx][A-Za-z0-9_-]+)(?:[?#]|$)/i.exec(uri.slice(0, 4096))
  if (match === null) return undefined
  const [, stem = '', segment = ''] = match
  if (!segment.startsWith('eh') && !segment.startsWith('ex')) return undefined
  const decoded = decodeCompressedSegment(segment)
  if (!decoded.ok) return decoded
  const built = buildDigitalLink(decoded.epc.elements, stem)
  return built.ok ? { ok: true, uri: built.uri, epc: decoded.epc } : built
}

function decodeBits(bits: string): Result<{ readonly epc: EpcBinary }> {
  const reader = new BitReader(bits)
  const header = reader.integer(8)
  const name = BY_HEADER.get(header)
  if (name === undefined || reader.overrun)
    return refuse('binary-header', 0, 2, { detail: header.toString(16).toUpperCase().padStart(2, '0') })
  const scheme: Scheme = SCHEMES[name]
  let moreData = false
  if (scheme.kind === 'plus') moreData = reader.integer(1) === 1
  const filter = reader.integer(3)
  try {
    const read = scheme.kind === 'plus' ? readPlus(reader, scheme) : readPartitioned(reader, scheme)
    // A tag's memory is filled up with zeros; other bits belong to no EPC.
    if (reader.overrun) return refuse('binary-truncated', 0, 0)
    if (!moreData && reader.rest().includes('1')) return refuse('binary-value', 0, 0, { detail: 'the end' })
    const elements: KnownElement[] = []
    for (const { ai, value } of read.elements) {
      const entry = findAi(ai, 0, ai.length)!
      const fault = checkValue(entry, value)
      if (fault !== undefined) return { ok: false, fault }
      elements.push({ ai, value, entry })
    }
    return { ok: true, epc: { scheme: name, filter, elements, companyPrefixLength: read.companyPrefixLength, moreData } }
  } catch (error) {
    if (error instanceof NotEpc) return refuse(reader.overrun ? 'binary-truncated' : 'binary-value', 0, 0, { detail: error.message })
    throw error
  }
}

/** Leaves the reader of a bad string at once; becomes a value before anything leaves this file. */
class NotEpc extends Error {}

interface ReadKey {
  readonly elements: readonly Element[]
  readonly companyPrefixLength: number | undefined
}

function readPartitioned(reader: BitReader, scheme: PartitionedScheme): ReadKey {
  const partition = reader.integer(3)
  const prefixBits = PREFIX_BITS[partition]
  if (prefixBits === undefined) throw new NotEpc('partition')
  const prefixLength = 12 - partition
  const prefix = fixed(reader.big(prefixBits), prefixLength, 'company prefix')
  const referenceBits = referenceWidth(scheme, partition)
  let key = prefix
  if (scheme.reference === 'number') {
    const digits = scheme.digits! - prefixLength
    const reference = fixed(reader.big(referenceBits), digits, 'reference')
    key = scheme.leading === true ? reference[0]! + prefix + reference.slice(1) : prefix + reference
  } else if (scheme.reference === 'unpadded') {
    const reference = reader.big(referenceBits).toString()
    if (reference.length > unpaddedDigits(scheme, partition)) throw new NotEpc('reference')
    key += reference
  } else if (scheme.reference === 'ascii') key += readAscii(reader, referenceBits, 'reference')
  else key += readSixBit(reader, 18 + partition)
  key = (scheme.pad ?? '') + key
  if (scheme.noCheckDigit !== true) key += checkDigit(key)
  if (scheme.pieces === true) key += fixed(reader.big(7), 2, 'piece') + fixed(reader.big(7), 2, 'total')
  const elements: Element[] = [{ ai: scheme.ai, value: key }]
  const { serial } = scheme
  if (serial === undefined) {
    // Reserved bits fill these schemes up to 96.
    if (scheme.reference === 'number' && reader.big(scheme.bits! - reader.at) !== 0n) throw new NotEpc('reserved bits')
  } else {
    const value = readSerial(reader, serial)
    if (serial.ai === scheme.ai) elements[0] = { ai: scheme.ai, value: key + value }
    else if (serial.ai !== '254' || value !== '0') elements.push({ ai: serial.ai, value })
  }
  return { elements, companyPrefixLength: prefixLength }
}

/** Bits of what stands behind the company prefix. The tables give rounded-up numbers for each length, written here as they are. */
function referenceWidth(scheme: PartitionedScheme, partition: number): number {
  return scheme.keyBits - PREFIX_BITS[partition]!
}

function unpaddedDigits(scheme: PartitionedScheme, partition: number): number {
  return scheme.ai === '8004' ? 13 + partition : 3 + partition
}

function fixed(value: bigint, digits: number, what: string): string {
  const text = value.toString()
  if (digits === 0) {
    if (value !== 0n) throw new NotEpc(what)
    return ''
  }
  if (text.length > digits) throw new NotEpc(what)
  return text.padStart(digits, '0')
}

/** 7-bit characters up to the first zero, which must be followed by zeros only. */
function readAscii(reader: BitReader, bits: number, what: string): string {
  let text = ''
  let ended = false
  for (let i = 0; i + 7 <= bits; i += 7) {
    const code = reader.integer(7)
    if (code === 0) ended = true
    else if (ended) throw new NotEpc(what)
    else text += String.fromCharCode(code)
  }
  if (bits % 7 !== 0 && reader.big(bits % 7) !== 0n) throw new NotEpc(what)
  if (text === '' || firstOutside(text, 0, text.length, CSET_82) !== -1) throw new NotEpc(what)
  return text
}

/** 6-bit characters up to a zero: the low bits of their ASCII codes (TDS 2.3 table G-1). */
function readSixBit(reader: BitReader, most: number): string {
  let text = ''
  for (;;) {
    const code = reader.integer(6)
    if (reader.overrun) throw new NotEpc('reference')
    if (code === 0) break
    text += String.fromCharCode(code < 32 ? code + 64 : code)
    if (text.length > most) throw new NotEpc('reference')
  }
  if (text === '' || firstOutside(text, 0, text.length, CSET_39) !== -1) throw new NotEpc('reference')
  return text
}

function readSerial(reader: BitReader, serial: NonNullable<PartitionedScheme['serial']>): string {
  if (serial.form === 'ascii') return readAscii(reader, serial.bits, 'serial')
  const text = reader.big(serial.bits).toString()
  if (serial.form === 'integer') return text
  // A 1 in front keeps the zeros that the serial begins with.
  if (!text.startsWith('1') || text.length < 2) throw new NotEpc('serial')
  return text.slice(1)
}

/** Which AI the date of a DSGTIN+ is (TDS 2.3 section 14.5.3). */
const DATE_AIS = ['11', '13', '15', '16', '17', '7006', '7007'] as const

function readPlus(reader: BitReader, scheme: PlusScheme): ReadKey {
  const dates: Element[] = []
  if (scheme.date === true) {
    const ai = DATE_AIS[reader.integer(4)]
    const value = [reader.integer(7), reader.integer(4), reader.integer(5)].map((n) => String(n).padStart(2, '0')).join('')
    if (ai === undefined || LINTERS.yymmd0(value, 0, value.length) !== undefined) throw new NotEpc('date')
    dates.push({ ai, value })
  }
  let key = ''
  if (scheme.digits === undefined) key = readDelimited(reader)
  else {
    for (let i = 0; i < scheme.digits; i++) {
      const digit = reader.integer(4)
      if (digit > 9) throw new NotEpc('key')
      key += String(digit)
    }
  }
  const elements: Element[] = [{ ai: scheme.ai, value: key }]
  const { serial } = scheme
  if (serial !== undefined) {
    const value =
      serial.form === 'digits' ? readDigits(reader, serial.lengthBits, serial.max) : readText(reader, serial.lengthBits, serial.max)
    if (serial.ai === scheme.ai) elements[0] = { ai: scheme.ai, value: key + value }
    else if (serial.ai !== '254' || value !== '0') elements.push({ ai: serial.ai, value })
  }
  return { elements: [...elements, ...dates], companyPrefixLength: undefined }
}

/** Bits of a number of so many digits. */
const digitBits = (digits: number): number => (digits === 0 ? 0 : (10n ** BigInt(digits) - 1n).toString(2).length)

function readDigits(reader: BitReader, lengthBits: number, max: number): string {
  const length = reader.integer(lengthBits)
  if (length === 0 || length > max) throw new NotEpc('length')
  return fixed(reader.big(digitBits(length)), length, 'serial')
}

const UPPER_HEX = '0123456789ABCDEF'
/** URN Code 40 (TDS 2.3 table 14-8): three characters in 16 bits; the first stands for nothing. */
const CODE_40 = '\0ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789'

/** Text in one of six encodings, which its first three bits tell (TDS 2.3 section 14.5.6, table E). */
function readText(reader: BitReader, lengthBits: number, max: number): string {
  const encoding = reader.integer(3)
  if (encoding === 0) return readDigits(reader, lengthBits, max)
  const length = reader.integer(lengthBits)
  if (length === 0 || length > max) throw new NotEpc('length')
  let text = ''
  if (encoding === 5) {
    for (let i = 0; i < length; i += 3) {
      const three = reader.integer(16) - 1
      if (three < 0 || three >= 64_000) throw new NotEpc('text')
      text += [Math.floor(three / 1600), Math.floor(three / 40) % 40, three % 40].map((n) => CODE_40[n]!).join('')
    }
    text = text.replace(/\0+$/, '')
    if (text.length !== length || text.includes('\0')) throw new NotEpc('text')
    return text
  }
  for (let i = 0; i < length; i++) {
    if (encoding === 1) text += UPPER_HEX[reader.integer(4)]!
    else if (encoding === 2) text += UPPER_HEX[reader.integer(4)]!.toLowerCase()
    else if (encoding === 3) text += base64Character(reader.integer(6))
    else if (encoding === 4) text += String.fromCharCode(reader.integer(7))
    else throw new NotEpc('encoding')
  }
  return text
}

/** Digits of four bits, then a mark: 15 ends, 14 says that other characters follow (TDS 2.3 section 14.5.5). */
function readDelimited(reader: BitReader): string {
  let digits = ''
  for (;;) {
    const nibble = reader.integer(4)
    if (reader.overrun || digits.length > 30) throw new NotEpc('key')
    if (nibble <= 9) digits += String(nibble)
    else if (nibble === 15) return digits
    else if (nibble === 14) return digits + readText(reader, 5, 30)
    else throw new NotEpc('key')
  }
}

export interface EncodeOptions {
  readonly scheme: EpcBinaryScheme
  /** 0 to 7 (default 0). */
  readonly filter?: number
  /** Digits of the company prefix, 6 to 12, for the schemes of TDS 1.x. */
  readonly companyPrefixLength?: number
}

/**
 * The EPC binary string of a key in hexadecimal, capital letters, filled up with zero bits to a whole digit, and to whole
 * 16-bit words for the schemes of TDS 1.x, as tags hold them.
 */
export function encodeEpcHex(elements: readonly Element[], options: EncodeOptions): Result<{ readonly hex: string }> {
  const scheme: Scheme = SCHEMES[options.scheme]
  const filter = options.filter ?? 0
  if (!Number.isInteger(filter) || filter < 0 || filter > 7) return refuse('binary-fit', 0, 0, { detail: 'filter' })
  const key = elements.find(({ ai }) => ai === scheme.ai)?.value
  if (key === undefined) return refuse('binary-fit', 0, 0, { detail: `(${scheme.ai})` })
  for (const { ai, value } of elements) {
    const entry = findAi(ai, 0, ai.length)
    if (entry === undefined) return refuse('unknown-ai', 0, 0, { detail: ai.slice(0, 10) })
    const fault = checkValue(entry, value)
    if (fault !== undefined) return { ok: false, fault }
  }
  const writer = new BitWriter().integer(scheme.header, 8)
  try {
    if (scheme.kind === 'plus') writePlus(writer.integer(0, 1).integer(filter, 3), scheme, key, elements)
    else writePartitioned(writer.integer(filter, 3), scheme, key, elements, options.companyPrefixLength)
  } catch (error) {
    if (error instanceof NotEpc)
      return error.message === 'prefix-length' ? refuse('prefix-length') : refuse('binary-fit', 0, 0, { detail: error.message })
    throw error
  }
  if (scheme.kind === 'partitioned') writer.bits = writer.bits.padEnd(Math.ceil(writer.bits.length / 16) * 16, '0')
  return { ok: true, hex: writer.toHex().toUpperCase() }
}

/** The last path segment of a compressed Digital Link for an EPC in hexadecimal: `eh` is plain, `ex` shorter. */
export function compressedSegment(hex: string, form: 'eh' | 'ex'): string {
  return form === 'eh' ? `eh${hex.toLowerCase()}` : `ex${hexToBase64Url(hex)}`
}

/** The Digital Link of a decoded EPC. */
export function epcToDigitalLink(epc: EpcBinary, stem: string = CANONICAL_STEM): Result<{ readonly uri: string }> {
  return buildDigitalLink(epc.elements, stem)
}

function serialOf(scheme: Scheme, key: string, elements: readonly Element[], keyLength: number): string {
  const { serial } = scheme
  const value =
    serial === undefined ? '' : serial.ai === scheme.ai ? key.slice(keyLength) : elements.find(({ ai }) => ai === serial.ai)?.value
  // A location without extension is one with the extension 0 (TDS 2.3 section 14.6.3).
  const given = value ?? (serial?.ai === '254' ? '0' : '')
  if (serial !== undefined && given === '') throw new NotEpc(`(${serial.ai})`)
  return given
}

function writePartitioned(
  writer: BitWriter,
  scheme: PartitionedScheme,
  key: string,
  elements: readonly Element[],
  prefixLength: number | undefined,
): void {
  if (prefixLength === undefined || !Number.isInteger(prefixLength) || prefixLength < 6 || prefixLength > 12)
    throw new NotEpc('prefix-length')
  const partition = 12 - prefixLength
  const bare = key.slice(scheme.pad?.length ?? 0)
  const body = scheme.leading === true ? bare.slice(1) : bare
  const prefix = body.slice(0, prefixLength)
  if (prefix.length < prefixLength || !isDigits(prefix)) throw new NotEpc('prefix-length')
  writer.integer(partition, 3).integer(BigInt(prefix), PREFIX_BITS[partition]!)
  const width = referenceWidth(scheme, partition)
  let reference = body.slice(prefixLength)
  if (scheme.reference === 'number') {
    reference = (scheme.leading === true ? bare[0]! : '') + body.slice(prefixLength, scheme.digits! - (scheme.leading === true ? 1 : 0))
    writer.integer(reference === '' ? 0n : BigInt(reference), width)
  } else if (scheme.reference === 'unpadded') {
    if (!/^(?:0|[1-9]\d*)$/.test(reference) || reference.length > unpaddedDigits(scheme, partition)) throw new NotEpc('reference')
    if (BigInt(reference) >= 1n << BigInt(width)) throw new NotEpc('reference')
    writer.integer(BigInt(reference), width)
  } else if (scheme.reference === 'ascii') writeAscii(writer, reference, width, 'reference')
  else {
    if (reference === '' || reference.length > 18 + partition) throw new NotEpc('reference')
    for (const c of reference) writer.integer(c.charCodeAt(0) & 63, 6)
    writer.integer(0, 6)
  }
  const keyEnd = (scheme.pad?.length ?? 0) + (scheme.digits ?? 0) + 1
  if (scheme.pieces === true) writer.integer(Number(key.slice(keyEnd, keyEnd + 2)), 7).integer(Number(key.slice(keyEnd + 2)), 7)
  const { serial } = scheme
  if (serial === undefined) {
    if (scheme.reference === 'number') writer.bits = writer.bits.padEnd(scheme.bits!, '0')
    return
  }
  const value = serialOf(scheme, key, elements, keyEnd)
  if (serial.form === 'ascii') return writeAscii(writer, value, serial.bits, 'serial')
  if (!isDigits(value) || (serial.form === 'integer' && value.length > 1 && value.startsWith('0'))) throw new NotEpc('serial')
  const number = BigInt(serial.form === 'integer' ? value : `1${value}`)
  if (number >= 1n << BigInt(serial.bits)) throw new NotEpc('serial')
  writer.integer(number, serial.bits)
}

function writeAscii(writer: BitWriter, text: string, bits: number, what: string): void {
  if (text === '' || text.length * 7 > bits) throw new NotEpc(what)
  const end = writer.bits.length + bits
  for (const c of text) writer.integer(c.charCodeAt(0), 7)
  writer.bits = writer.bits.padEnd(end, '0')
}

function writePlus(writer: BitWriter, scheme: PlusScheme, key: string, elements: readonly Element[]): void {
  if (scheme.date === true) {
    const index = DATE_AIS.findIndex((ai) => elements.some((element) => element.ai === ai))
    const date = elements.find(({ ai }) => ai === DATE_AIS[index])?.value
    if (date === undefined || date.length !== 6) throw new NotEpc('date')
    writer
      .integer(index, 4)
      .integer(Number(date.slice(0, 2)), 7)
      .integer(Number(date.slice(2, 4)), 4)
      .integer(Number(date.slice(4)), 5)
  }
  if (scheme.digits === undefined) writeDelimited(writer, key)
  else for (const digit of key.slice(0, scheme.digits)) writer.integer(Number(digit), 4)
  if (scheme.serial === undefined) return
  const value = serialOf(scheme, key, elements, scheme.digits ?? key.length)
  if (scheme.serial.form === 'text') return writeText(writer, value, scheme.serial.lengthBits)
  writer.integer(value.length, scheme.serial.lengthBits).integer(BigInt(value), digitBits(value.length))
}

function writeDelimited(writer: BitWriter, key: string): void {
  const digits = /^\d*/.exec(key)![0]
  for (const digit of digits) writer.integer(Number(digit), 4)
  if (digits.length === key.length) writer.integer(15, 4)
  else writeText(writer.integer(14, 4), key.slice(digits.length), 5)
}

/** Text in the encoding that takes the fewest bits; of equals the earlier in table E. */
function writeText(writer: BitWriter, text: string, lengthBits: number): void {
  const { length } = text
  const choices: [encoding: number, bits: number, fits: RegExp][] = [
    [0, digitBits(length), /^\d+$/],
    [1, 4 * length, /^[0-9A-F]+$/],
    [2, 4 * length, /^[0-9a-f]+$/],
    [3, 6 * length, /^[\w-]+$/],
    [5, 16 * Math.ceil(length / 3), /^[A-Z0-9.:-]+$/],
    [4, 7 * length, /^/],
  ]
  let best = choices[5]!
  for (const choice of choices) if (choice[1] < best[1] && choice[2].test(text)) best = choice
  const [encoding, bits] = best
  writer.integer(encoding, 3).integer(length, lengthBits)
  if (encoding === 0) writer.integer(BigInt(text), bits)
  else if (encoding === 5) {
    for (let i = 0; i < length; i += 3) {
      const three = [0, 1, 2].map((k) => Math.max(0, CODE_40.indexOf(text[i + k] ?? '\0')))
      writer.integer(three[0]! * 1600 + three[1]! * 40 + three[2]! + 1, 16)
    }
  } else {
    for (const c of text) {
      if (encoding === 3) writer.integer(base64Value(c), 6)
      else if (encoding === 4) writer.integer(c.charCodeAt(0), 7)
      else writer.integer(Number.parseInt(c, 16), 4)
    }
  }
}
