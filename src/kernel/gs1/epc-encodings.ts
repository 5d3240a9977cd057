import { base64Character, base64Value, type BitReader, type BitWriter } from './bit-string.ts'
import { LINTERS } from './linters.ts'

/** Leaves the reading or writing of a string at once; becomes a value before anything leaves the kernel. */
export class NotEpc extends Error {}

/** A way to write text as bits and to read it again; what does not fit throws `NotEpc` with the name of the part. */
export interface FieldEncoding {
  read(reader: BitReader): string
  write(writer: BitWriter, value: string): void
}

/** Bits of a number of so many digits. */
const digitBits = (digits: number): number => (digits === 0 ? 0 : (10n ** BigInt(digits) - 1n).toString(2).length)

/** A number as so many digits. */
export function fixedDigits(value: bigint, digits: number, what: string): string {
  const text = digits === 0 && value === 0n ? '' : value.toString()
  if (text.length > digits) throw new NotEpc(what)
  return text.padStart(digits, '0')
}

function need(fits: boolean, what: string): void {
  if (!fits) throw new NotEpc(what)
}

/** Four bits a digit (TDS 2.3 section 14.5.4). */
export const nibbles = (digits: number): FieldEncoding => ({
  read(reader) {
    let text = ''
    for (let i = 0; i < digits; i++) {
      const digit = reader.integer(4)
      need(digit <= 9, 'number')
      text += String(digit)
    }
    return text
  },
  write(writer, value) {
    need(value.length === digits, 'number')
    for (const digit of value) writer.integer(Number(digit), 4)
  },
})

/** All digits as one number (section 14.5.2). */
export const packedDigits = (digits: number): FieldEncoding => ({
  read: (reader) => fixedDigits(reader.big(digitBits(digits)), digits, 'number'),
  write(writer, value) {
    need(value.length === digits, 'number')
    writer.integer(BigInt(value), digitBits(digits))
  },
})

/** How many digits, then the digits as one number (section 14.5.13). `min` is 0 for what may be left out. */
export const countedDigits = (lengthBits: number, max: number, min = 1): FieldEncoding => ({
  read(reader) {
    const length = reader.integer(lengthBits)
    need(length >= min && length <= max, 'length')
    return fixedDigits(reader.big(digitBits(length)), length, 'number')
  },
  write(writer, value) {
    need(value.length >= min && value.length <= max && /^\d*$/.test(value), 'number')
    writer.integer(value.length, lengthBits).integer(BigInt(value === '' ? 0 : value), digitBits(value.length))
  },
})

const HEX = '0123456789ABCDEF'
/** URN Code 40 (table 14-8): three characters in 16 bits; the first stands for nothing. */
const CODE_40 = '\0ABCDEFGHIJKLMNOPQRSTUVWXYZ-.:0123456789'

export function readCode40(reader: BitReader, length: number): string {
  let text = ''
  for (let i = 0; i < length; i += 3) {
    const three = reader.integer(16) - 1
    need(three >= 0 && three < 64_000, 'text')
    text += [Math.floor(three / 1600), Math.floor(three / 40) % 40, three % 40].map((n) => CODE_40[n]!).join('')
  }
  text = text.replace(/\0{1,2}$/, '')
  need(text.length === length && !text.includes('\0'), 'text')
  return text
}

export function writeCode40(writer: BitWriter, text: string): void {
  for (let i = 0; i < text.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => Math.max(0, CODE_40.indexOf(text[i + k] ?? '\0')))
    writer.integer(a! * 1600 + b! * 40 + c! + 1, 16)
  }
}

export const isCode40 = (text: string): boolean => /^[A-Z0-9.:-]+$/.test(text)

/** Six encodings of text by their indicator (section 14.5.6, table E), the bits that so many characters take, and what fits. */
const TEXT_ENCODINGS: readonly (readonly [indicator: number, bits: (length: number) => number, fits: (text: string) => boolean])[] = [
  [0, digitBits, (text) => /^\d+$/.test(text)],
  [1, (length) => 4 * length, (text) => /^[0-9A-F]+$/.test(text)],
  [2, (length) => 4 * length, (text) => /^[0-9a-f]+$/.test(text)],
  [3, (length) => 6 * length, (text) => /^[\w-]+$/.test(text)],
  [5, (length) => 16 * Math.ceil(length / 3), isCode40],
  [4, (length) => 7 * length, () => true],
]

/** Which encoding, how many characters, then the characters; written in the encoding of the fewest bits. */
export const countedText = (lengthBits: number, max: number, min = 1): FieldEncoding => ({
  read(reader) {
    const indicator = reader.integer(3)
    const length = reader.integer(lengthBits)
    need(length >= min && length <= max, 'length')
    if (indicator === 0) return fixedDigits(reader.big(digitBits(length)), length, 'text')
    if (indicator === 5) return readCode40(reader, length)
    need(indicator <= 4, 'encoding')
    let text = ''
    for (let i = 0; i < length; i++) {
      if (indicator === 1) text += HEX[reader.integer(4)]!
      else if (indicator === 2) text += HEX[reader.integer(4)]!.toLowerCase()
      else text += indicator === 3 ? base64Character(reader.integer(6)) : String.fromCharCode(reader.integer(7))
    }
    return text
  },
  write(writer, text) {
    const { length } = text
    need(length >= min && length <= max, 'text')
    let best = TEXT_ENCODINGS.at(-1)!
    for (const choice of TEXT_ENCODINGS) if (choice[1](length) < best[1](length) && choice[2](text)) best = choice
    const [indicator, bits] = best
    writer.integer(length === 0 ? 0 : indicator, 3).integer(length, lengthBits)
    if (indicator === 0) writer.integer(BigInt(text), bits(length))
    else if (indicator === 5) writeCode40(writer, text)
    else {
      for (const c of text) {
        if (indicator === 3) writer.integer(base64Value(c), 6)
        else if (indicator === 4) writer.integer(c.charCodeAt(0), 7)
        else writer.integer(Number.parseInt(c, 16), 4)
      }
    }
  },
})

/** Digits of four bits, then a mark: 15 ends, 14 says that text follows (section 14.5.5). */
export const delimitedDigits = (lengthBits: number, max: number): FieldEncoding => {
  const text = countedText(lengthBits, max)
  return {
    read(reader) {
      let digits = ''
      for (;;) {
        const nibble = reader.integer(4)
        need(!reader.overrun && digits.length <= max, 'number')
        if (nibble === 15) return digits
        if (nibble === 14) return digits + text.read(reader)
        need(nibble <= 9, 'number')
        digits += String(nibble)
      }
    },
    write(writer, value) {
      const digits = /^\d*/.exec(value)![0]
      for (const digit of digits) writer.integer(Number(digit), 4)
      if (digits.length === value.length) writer.integer(15, 4)
      else text.write(writer.integer(14, 4), value.slice(digits.length))
    },
  }
}

/** Pairs of digits, each a number of so many bits. */
const pairs = (...widths: readonly number[]): FieldEncoding => ({
  read: (reader) => widths.map((width) => String(reader.integer(width)).padStart(2, '0')).join(''),
  write(writer, value) {
    need(value.length === 2 * widths.length, 'date')
    widths.forEach((width, i) => writer.integer(Number(value.slice(2 * i, 2 * i + 2)), width))
  },
})
const datePairs = pairs(7, 4, 5)
const timePairs = [undefined, pairs(5), pairs(5, 6), pairs(5, 6, 6)] as const

/** YYMMDD, the day perhaps 00 (section 14.5.8). */
export const DATE: FieldEncoding = {
  read(reader) {
    const value = datePairs.read(reader)
    need(LINTERS.yymmd0(value, 0, value.length) === undefined, 'date')
    return value
  },
  write: (writer, value) => datePairs.write(writer, value),
}

/** YYMMDDhhmm (section 14.5.9). */
export const DATE_TIME: FieldEncoding = {
  read: (reader) => DATE.read(reader) + timePairs[2].read(reader),
  write(writer, value) {
    DATE.write(writer, value.slice(0, 6))
    timePairs[2].write(writer, value.slice(6))
  },
}

/** One date or two (section 14.5.10). */
export const DATE_RANGE: FieldEncoding = {
  read: (reader) => (reader.integer(1) === 0 ? DATE.read(reader) : DATE.read(reader) + DATE.read(reader)),
  write(writer, value) {
    writer.integer(value.length > 6 ? 1 : 0, 1)
    DATE.write(writer, value.slice(0, 6))
    if (value.length > 6) DATE.write(writer, value.slice(6))
  },
}

/** A date, alone or with hours, minutes and seconds (section 14.5.11): indicators 0 to 2 say how many parts more than one, 3 none. */
export const DATE_AND_TIME_PARTS: FieldEncoding = {
  read(reader) {
    const indicator = reader.integer(2)
    const date = DATE.read(reader)
    return indicator === 3 ? date : date + timePairs[(indicator + 1) as 1 | 2 | 3].read(reader)
  },
  write(writer, value) {
    const parts = (value.length - 6) / 2
    writer.integer(parts === 0 ? 3 : parts - 1, 2)
    DATE.write(writer, value.slice(0, 6))
    if (parts > 0) timePairs[parts as 1 | 2 | 3].write(writer, value.slice(6))
  },
}

/** Two capital letters (section 14.5.12). */
export const COUNTRY: FieldEncoding = {
  read: (reader) => base64Character(reader.integer(6)) + base64Character(reader.integer(6)),
  write(writer, value) {
    for (const c of value) writer.integer(base64Value(c), 6)
  },
}

/** 0 or 1 (section 14.5.7). */
export const DATA_BIT: FieldEncoding = {
  read: (reader) => String(reader.integer(1)),
  write: (writer, value) => void writer.integer(Number(value), 1),
}

/** A minus sign or nothing (section 14.5.14). */
export const MINUS: FieldEncoding = {
  read: (reader) => (reader.integer(1) === 1 ? '-' : ''),
  write: (writer, value) => void writer.integer(value === '' ? 0 : 1, 1),
}

/** `n/m` of one digit each (section 14.5.15). */
export const SEQUENCE: FieldEncoding = {
  read: (reader) => `${reader.integer(4)}/${reader.integer(4)}`,
  write(writer, value) {
    need(/^[1-9]\/[1-9]$/.test(value), 'sequence')
    writer.integer(Number(value[0]), 4).integer(Number(value[2]), 4)
  },
}
