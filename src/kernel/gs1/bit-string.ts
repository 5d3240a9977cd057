/** Bits in order, for EPC binary strings of a few hundred bits. */
export class BitWriter {
  bits = ''

  /** An unsigned integer in `width` bits, the most significant first. The caller has checked that it fits. */
  integer(value: number | bigint, width: number): this {
    if (width > 0) this.bits += value.toString(2).padStart(width, '0')
    return this
  }

  toHex(): string {
    let hex = ''
    for (let i = 0; i < this.bits.length; i += 4) hex += Number.parseInt(this.bits.slice(i, i + 4).padEnd(4, '0'), 2).toString(16)
    return hex
  }
}

/** Reads bits; past the end it yields zeros and remembers that it did. */
export class BitReader {
  readonly bits: string
  at = 0

  constructor(bits: string) {
    this.bits = bits
  }

  get overrun(): boolean {
    return this.at > this.bits.length
  }

  big(width: number): bigint {
    const bits = this.bits.slice(this.at, this.at + width).padEnd(width, '0')
    this.at += width
    return width === 0 ? 0n : BigInt(`0b${bits}`)
  }

  /** As a number, for at most 32 bits. */
  integer(width: number): number {
    return Number(this.big(width))
  }

  /** Bits that are not read yet. */
  get left(): number {
    return this.bits.length - this.at
  }

  rest(): string {
    return this.bits.slice(this.at)
  }
}

const BASE64_URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The value of a base64url character, or -1. */
export const base64Value = (character: string): number => BASE64_URL.indexOf(character)

export const base64Character = (value: number): string => BASE64_URL[value]!

/** Bits written in hexadecimal of either case, four a digit; undefined when it is none. */
export function bitsOfHex(hex: string): string | undefined {
  if (!/^[0-9A-Fa-f]*$/.test(hex)) return undefined
  let bits = ''
  for (const digit of hex) bits += Number.parseInt(digit, 16).toString(2).padStart(4, '0')
  return bits
}

/** Bits written in base64url without padding, six a character; undefined when it is none. */
export function bitsOfBase64Url(text: string): string | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined
  let bits = ''
  for (const c of text) bits += base64Value(c).toString(2).padStart(6, '0')
  return bits
}

/** Hexadecimal as base64url, zero bits added to the last character. */
export function hexToBase64Url(hex: string): string {
  const bits = bitsOfHex(hex) ?? ''
  let text = ''
  for (let i = 0; i < bits.length; i += 6) text += base64Character(Number.parseInt(bits.slice(i, i + 6).padEnd(6, '0'), 2))
  return text
}
