import type { BitReader, BitWriter } from './bit-string.ts'
import { CSET_39, CSET_82, firstOutside, isDigits } from './character-sets.ts'
import { checkDigit } from './check-digit.ts'
import type { Element } from './element.ts'
import { fixedDigits, NotEpc } from './epc-encodings.ts'

/** A scheme of TDS 1.x: the key is split at the end of its company prefix by a table. */
export interface PartitionedScheme {
  readonly header: number
  readonly ai: string
  /** Bits of the whole; undefined when it varies. */
  readonly bits?: number
  /** Decimal digits of company prefix and reference together. */
  readonly digits?: number
  /** Bits of company prefix and reference together. */
  readonly keyBits: number
  /** The first digit of the key belongs to the reference: indicator or extension digit. */
  readonly leading?: boolean
  /** A digit that the key has in front and the EPC has not. */
  readonly pad?: string
  readonly noCheckDigit?: boolean
  /** Piece and total follow, as in an ITIP. */
  readonly pieces?: boolean
  /** The reference behind the prefix: a padded number, a number that may not begin with zero, 7-bit or 6-bit characters. */
  readonly reference: 'number' | 'unpadded' | 'ascii' | 'six-bit'
  /** For an unpadded reference: its digits with a company prefix of 12. */
  readonly mostDigits?: number
  readonly serial?: { readonly ai: string; readonly form: 'integer' | 'ascii' | 'numeric-string'; readonly bits: number }
}

/** Bits of a company prefix of 12, 11, … 6 digits, in the order of the partition values 0 to 6 (TDS 2.3 section 14.3.3). */
const PREFIX_BITS = [40, 37, 34, 30, 27, 24, 20] as const

const sgln = { digits: 12, keyBits: 41, reference: 'number' } as const
const sgtin = { digits: 13, keyBits: 44, leading: true, reference: 'number' } as const
const grai = { ai: '8003', digits: 12, keyBits: 44, pad: '0', reference: 'number' } as const
const gsrn = { digits: 17, keyBits: 58, reference: 'number', bits: 96 } as const
const giai = { ai: '8004', noCheckDigit: true } as const
const cpi = { ai: '8010', noCheckDigit: true } as const

/** By the names that EPC tag URIs give them (TDS 2.3 section 14.6). */
export const PARTITIONED_SCHEMES = {
  'sgtin-96': { ...sgtin, header: 0x30, ai: '01', bits: 96, serial: { ai: '21', form: 'integer', bits: 38 } },
  'sgtin-198': { ...sgtin, header: 0x36, ai: '01', bits: 198, serial: { ai: '21', form: 'ascii', bits: 140 } },
  'sscc-96': { ...gsrn, header: 0x31, ai: '00', leading: true },
  'sgln-96': { ...sgln, header: 0x32, ai: '414', bits: 96, serial: { ai: '254', form: 'integer', bits: 41 } },
  'sgln-195': { ...sgln, header: 0x39, ai: '414', bits: 195, serial: { ai: '254', form: 'ascii', bits: 140 } },
  'grai-96': { ...grai, header: 0x33, bits: 96, serial: { ai: '8003', form: 'integer', bits: 38 } },
  'grai-170': { ...grai, header: 0x37, bits: 170, serial: { ai: '8003', form: 'ascii', bits: 112 } },
  'giai-96': { ...giai, header: 0x34, bits: 96, keyBits: 82, reference: 'unpadded', mostDigits: 13 },
  'giai-202': { ...giai, header: 0x38, bits: 202, keyBits: 188, reference: 'ascii' },
  'gsrn-96': { ...gsrn, header: 0x2d, ai: '8018' },
  'gsrnp-96': { ...gsrn, header: 0x2e, ai: '8017' },
  'gdti-96': { ...sgln, header: 0x2c, ai: '253', bits: 96, serial: { ai: '253', form: 'integer', bits: 41 } },
  'gdti-113': { ...sgln, header: 0x3a, ai: '253', bits: 113, serial: { ai: '253', form: 'numeric-string', bits: 58 } },
  'gdti-174': { ...sgln, header: 0x3e, ai: '253', bits: 174, serial: { ai: '253', form: 'ascii', bits: 119 } },
  'cpi-96': {
    ...cpi,
    header: 0x3c,
    bits: 96,
    keyBits: 51,
    reference: 'unpadded',
    mostDigits: 3,
    serial: { ai: '8011', form: 'integer', bits: 31 },
  },
  'cpi-var': { ...cpi, header: 0x3d, keyBits: 190, reference: 'six-bit', serial: { ai: '8011', form: 'integer', bits: 40 } },
  'sgcn-96': { ...sgln, header: 0x3f, ai: '255', bits: 96, serial: { ai: '255', form: 'numeric-string', bits: 41 } },
  'itip-110': { ...sgtin, header: 0x40, ai: '8006', pieces: true, bits: 110, serial: { ai: '21', form: 'integer', bits: 38 } },
  'itip-212': { ...sgtin, header: 0x41, ai: '8006', pieces: true, bits: 212, serial: { ai: '21', form: 'ascii', bits: 140 } },
} as const satisfies Readonly<Record<string, PartitionedScheme>>

/** Reads what follows header and filter. */
export function readPartitioned(reader: BitReader, scheme: PartitionedScheme): { elements: Element[]; companyPrefixLength: number } {
  const partition = reader.integer(3)
  const prefixBits = PREFIX_BITS[partition]
  if (prefixBits === undefined) throw new NotEpc('partition')
  const prefixLength = 12 - partition
  let key = fixedDigits(reader.big(prefixBits), prefixLength, 'company prefix')
  const width = scheme.keyBits - prefixBits
  if (scheme.reference === 'number') {
    const reference = fixedDigits(reader.big(width), scheme.digits! - prefixLength, 'reference')
    key = scheme.leading === true ? reference[0]! + key + reference.slice(1) : key + reference
  } else if (scheme.reference === 'unpadded') {
    const reference = reader.big(width).toString()
    if (reference.length > scheme.mostDigits! + partition) throw new NotEpc('reference')
    key += reference
  } else key += scheme.reference === 'ascii' ? readAscii(reader, width, 'reference') : readSixBit(reader, 18 + partition)
  key = (scheme.pad ?? '') + key
  if (scheme.noCheckDigit !== true) key += checkDigit(key)
  if (scheme.pieces === true) key += fixedDigits(reader.big(7), 2, 'piece') + fixedDigits(reader.big(7), 2, 'total')
  const elements: Element[] = [{ ai: scheme.ai, value: key }]
  const { serial } = scheme
  if (serial !== undefined) {
    const value = readSerial(reader, serial)
    if (serial.ai === scheme.ai) elements[0] = { ai: scheme.ai, value: key + value }
    // An extension of 0 says that the location has none (TDS 2.3 section 14.6.3).
    else if (serial.ai !== '254' || value !== '0') elements.push({ ai: serial.ai, value })
  }
  if (scheme.bits !== undefined && reader.big(scheme.bits - reader.at) !== 0n) throw new NotEpc('reserved bits')
  return { elements, companyPrefixLength: prefixLength }
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
  if (reader.big(bits % 7) !== 0n || text === '' || firstOutside(text, 0, text.length, CSET_82) !== -1) throw new NotEpc(what)
  return text
}

/** 6-bit characters up to a zero: the low bits of their ASCII codes (TDS 2.3 table G-1). */
function readSixBit(reader: BitReader, most: number): string {
  let text = ''
  for (;;) {
    const code = reader.integer(6)
    if (reader.overrun || text.length > most) throw new NotEpc('reference')
    if (code === 0) break
    text += String.fromCharCode(code < 32 ? code + 64 : code)
  }
  if (text === '' || text.length > most || firstOutside(text, 0, text.length, CSET_39) !== -1) throw new NotEpc('reference')
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

/** Writes what follows header and filter. `serial` is the serial component; empty when the scheme has none. */
export function writePartitioned(writer: BitWriter, scheme: PartitionedScheme, key: string, serial: string, prefixLength: number): void {
  const partition = 12 - prefixLength
  const prefixBits = PREFIX_BITS[partition]!
  const bare = key.slice(scheme.pad?.length ?? 0)
  const body = scheme.leading === true ? bare.slice(1) : bare
  const prefix = body.slice(0, prefixLength)
  if (prefix.length < prefixLength || !isDigits(prefix)) throw new NotEpc('company prefix')
  writer.integer(partition, 3).integer(BigInt(prefix), prefixBits)
  const width = scheme.keyBits - prefixBits
  if (scheme.reference === 'number') {
    const reference = bare.slice(scheme.leading === true ? prefixLength + 1 : prefixLength, scheme.digits)
    writer.integer(BigInt((scheme.leading === true ? bare[0]! : '') + reference || 0), width)
  } else {
    const reference = body.slice(prefixLength)
    if (scheme.reference === 'unpadded') {
      if (reference.length > scheme.mostDigits! + partition) throw new NotEpc('reference')
      writeInteger(writer, reference, width, 'reference')
    } else if (scheme.reference === 'ascii') writeAscii(writer, reference, width, 'reference')
    else {
      if (reference === '' || reference.length > 18 + partition) throw new NotEpc('reference')
      for (const c of reference) writer.integer(c.charCodeAt(0) & 63, 6)
      writer.integer(0, 6)
    }
  }
  if (scheme.pieces === true) writer.integer(Number(key.slice(14, 16)), 7).integer(Number(key.slice(16, 18)), 7)
  if (scheme.serial?.form === 'ascii') writeAscii(writer, serial, scheme.serial.bits, 'serial')
  else if (scheme.serial?.form === 'integer') writeInteger(writer, serial, scheme.serial.bits, 'serial')
  else if (scheme.serial !== undefined) {
    if (!isDigits(serial)) throw new NotEpc('serial')
    writeInteger(writer, `1${serial}`, scheme.serial.bits, 'serial')
  }
  writer.bits = writer.bits.padEnd(scheme.bits ?? 0, '0')
}

/** A number without zeros in front, which the reader could not give back. */
function writeInteger(writer: BitWriter, digits: string, bits: number, what: string): void {
  if (!/^(?:0|[1-9]\d*)$/.test(digits) || BigInt(digits) >= 1n << BigInt(bits)) throw new NotEpc(what)
  writer.integer(BigInt(digits), bits)
}

function writeAscii(writer: BitWriter, text: string, bits: number, what: string): void {
  if (text === '' || text.length * 7 > bits) throw new NotEpc(what)
  const end = writer.bits.length + bits
  for (const c of text) writer.integer(c.charCodeAt(0), 7)
  writer.bits = writer.bits.padEnd(end, '0')
}
