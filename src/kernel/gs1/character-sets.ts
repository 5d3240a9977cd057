/** Bits of `CHARACTER_CLASS`: the encodable character sets of General Specifications 7.11, and of addresses. */
export const CSET_NUMERIC = 1
export const CSET_82 = 2
export const CSET_39 = 4
export const CSET_64 = 8
export const URI_CHARACTER = 16
export const UNRESERVED = 32
/** Not allowed in a domain name though allowed in an address. */
export const NOT_IN_DOMAIN = 64

const ALPHA = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const DIGITS = '0123456789'

/** The 82 characters in the order of their values in check character pairs (General Specifications 7.9.5). */
export const CSET_82_ORDER = `!"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz`

/** What sets a character below 128 belongs to. */
export const CHARACTER_CLASS = new Uint8Array(128)

function add(bit: number, characters: string): void {
  for (const c of characters) CHARACTER_CLASS[c.charCodeAt(0)]! |= bit
}
add(CSET_NUMERIC, DIGITS)
add(CSET_82, CSET_82_ORDER)
add(CSET_39, `#-/${DIGITS}${ALPHA.slice(0, 26)}`)
add(CSET_64, `${ALPHA}${DIGITS}-_`)
add(URI_CHARACTER, `${ALPHA}${DIGITS}-._~:/?#[]@!$&'()*+,;=%`)
add(UNRESERVED, `${ALPHA}${DIGITS}-._~`)
add(NOT_IN_DOMAIN, "_~?#@!$&'()*+,;=%")

/** Where the first character outside the set is, or -1 when all are inside. */
export function firstOutside(text: string, from: number, to: number, set: number): number {
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i)
    if (code > 127 || (CHARACTER_CLASS[code]! & set) === 0) return i
  }
  return -1
}

export const isDigits = (text: string, from = 0, to = text.length): boolean => firstOutside(text, from, to, CSET_NUMERIC) === -1
