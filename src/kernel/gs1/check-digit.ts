/**
 * GS1 check digit (General Specifications 7.9): weights 3 and 1 in turn from the right, modulo 10.
 * @param body digits without the check digit, of any length
 */
export function checkDigit(body: string): string {
  let sum = 0
  for (let i = body.length - 1, weight = 3; i >= 0; i--, weight = 4 - weight) sum += (body.charCodeAt(i) - 48) * weight
  return String((10 - (sum % 10)) % 10)
}

/** True when the last of `digits` is the check digit of the others. */
export function hasCheckDigit(digits: string): boolean {
  return /^\d{2,}$/.test(digits) && checkDigit(digits.slice(0, -1)) === digits.at(-1)
}

export type KeyFault = 'empty' | 'scientific-notation' | 'not-digits' | 'length' | 'check-digit' | 'zero'

export type ReadKey =
  | { readonly ok: true; readonly digits: string }
  | { readonly ok: false; readonly reason: KeyFault; /** what the check digit should be, for the message */ readonly expected?: string }

/**
 * A numeric GS1 key as it was typed, scanned or pasted: full-width digits, blanks and hyphens are tidied; a number that
 * a spreadsheet turned into 9.52E+12 has lost digits and is refused.
 * @param lengths the lengths that this kind of key has
 */
export function readKey(input: string, lengths: readonly number[]): ReadKey {
  const digits = input.normalize('NFKC').replace(/[\s\-‐-―\u200B-\u200D\uFEFF]/g, '')
  if (digits === '') return { ok: false, reason: 'empty' }
  if (/^\d+([.,]\d+)?[eE]\+?\d+$/.test(digits)) return { ok: false, reason: 'scientific-notation' }
  if (!/^\d+$/.test(digits)) return { ok: false, reason: 'not-digits' }
  if (!lengths.includes(digits.length)) return { ok: false, reason: 'length' }
  if (/^0+$/.test(digits)) return { ok: false, reason: 'zero' }
  if (!hasCheckDigit(digits)) return { ok: false, reason: 'check-digit', expected: checkDigit(digits.slice(0, -1)) }
  return { ok: true, digits }
}
