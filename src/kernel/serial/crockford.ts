/** Crockford's base 32: no I, L, O or U, so that nothing is misread from a label. */
export const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Value of each ASCII character, or -1. Reading is tolerant: lower case, O as 0, I and L as 1. */
export const CROCKFORD_VALUES: Int8Array = (() => {
  const values = new Int8Array(128).fill(-1)
  for (let i = 0; i < 32; i++) {
    values[CROCKFORD.charCodeAt(i)] = i
    values[CROCKFORD.toLowerCase().charCodeAt(i)] = i
  }
  for (const [letter, digit] of [
    ['O', 0],
    ['I', 1],
    ['L', 1],
  ] as const) {
    values[letter.charCodeAt(0)] = digit
    values[letter.toLowerCase().charCodeAt(0)] = digit
  }
  return values
})()

/** What a person typed or a scanner sent, as the 20 characters that were printed: full width, blanks, hyphens, look-alikes. */
export function normaliseSerial(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\-_·‐-―\u200B-\u200D\uFEFF]/g, '')
    .toUpperCase()
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
}
