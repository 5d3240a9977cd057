import { checkDigit, hasCheckDigit } from './check-digit.ts'

export type GtinFault = 'empty' | 'scientific-notation' | 'not-digits' | 'length' | 'check-digit' | 'zero'

export type ParsedGtin =
  | { readonly ok: true; readonly gtin14: string; readonly changed: boolean }
  | { readonly ok: false; readonly reason: GtinFault; /** what the check digit should be, for the message */ readonly expected?: string }

/**
 * A GTIN-8, -12, -13 or -14 as it was typed, scanned or pasted, as 14 digits with leading zeros. Full-width digits,
 * blanks and hyphens are tidied; a number that a spreadsheet turned into 9.52E+12 has lost digits and is refused.
 */
export function parseGtin(input: string): ParsedGtin {
  const text = input.normalize('NFKC').replace(/[\s\-\u200B-\u200D\uFEFF]/g, '')
  if (text === '') return { ok: false, reason: 'empty' }
  if (/^\d+(\.\d+)?[eE]\+?\d+$/.test(text)) return { ok: false, reason: 'scientific-notation' }
  if (!/^\d+$/.test(text)) return { ok: false, reason: 'not-digits' }
  if (text.length !== 8 && text.length !== 12 && text.length !== 13 && text.length !== 14) return { ok: false, reason: 'length' }
  if (/^0+$/.test(text)) return { ok: false, reason: 'zero' }
  if (!hasCheckDigit(text)) return { ok: false, reason: 'check-digit', expected: checkDigit(text.slice(0, -1)) }
  return { ok: true, gtin14: text.padStart(14, '0'), changed: text !== input }
}

/** The form that is printed under a barcode: 8, 12, 13 or 14 digits. */
export function gtinForDisplay(gtin14: string): string {
  if (!gtin14.startsWith('0')) return gtin14
  if (gtin14.startsWith('000000')) return gtin14.slice(6)
  return gtin14.startsWith('00') ? gtin14.slice(2) : gtin14.slice(1)
}
