import { CHARACTER_CLASS, UNRESERVED } from './character-sets.ts'
import { isHex } from './linters.ts'

/** A value as it is written in an address: everything but letters, digits and `-._~` as percent sequences; a query's space as `+`. */
export function uriEscape(value: string, part: 'path' | 'query'): string {
  let plain = 0
  while (plain < value.length && isUnreserved(value.charCodeAt(plain))) plain++
  if (plain === value.length) return value
  let out = value.slice(0, plain)
  for (let i = plain; i < value.length; i++) {
    const code = value.charCodeAt(i)
    if (isUnreserved(code)) out += value[i]!
    else if (code === 32 && part === 'query') out += '+'
    // GS1 data are single bytes; what is wider is none, and becomes the question mark of encoders.
    else out += code < 256 ? `%${code.toString(16).toUpperCase().padStart(2, '0')}` : '%3F'
  }
  return out
}

const isUnreserved = (code: number): boolean => code < 128 && (CHARACTER_CLASS[code]! & UNRESERVED) !== 0

const nibble = (code: number): number => (code <= 57 ? code - 48 : (code & 0x1f) + 9)

/** The reverse, byte by byte; an incomplete sequence stays as it is, because `%` is a character of the 82. */
export function uriUnescape(text: string, part: 'path' | 'query'): string {
  const plus = part === 'query'
  let out = ''
  let copied = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 37 && i + 2 < text.length && isHex(text.charCodeAt(i + 1)) && isHex(text.charCodeAt(i + 2))) {
      out += text.slice(copied, i) + String.fromCharCode(nibble(text.charCodeAt(i + 1)) * 16 + nibble(text.charCodeAt(i + 2)))
      i += 2
      copied = i + 1
    } else if (plus && code === 43) {
      out += `${text.slice(copied, i)} `
      copied = i + 1
    }
  }
  return copied === 0 ? text : out + text.slice(copied)
}
