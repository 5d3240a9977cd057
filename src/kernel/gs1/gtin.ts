import { type KeyFault, readKey } from './check-digit.ts'

export type GtinFault = KeyFault

export type ParsedGtin =
  | { readonly ok: true; readonly gtin14: string; readonly changed: boolean }
  | { readonly ok: false; readonly reason: GtinFault; /** what the check digit should be, for the message */ readonly expected?: string }

/** A GTIN-8, -12, -13 or -14 in any writing that `readKey` understands, as 14 digits with leading zeros. */
export function parseGtin(input: string): ParsedGtin {
  const read = readKey(input, [8, 12, 13, 14])
  return read.ok ? { ok: true, gtin14: read.digits.padStart(14, '0'), changed: read.digits !== input } : read
}

/** The form that is printed under a barcode: 8, 12, 13 or 14 digits. */
export function gtinForDisplay(gtin14: string): string {
  if (!gtin14.startsWith('0')) return gtin14
  if (gtin14.startsWith('000000')) return gtin14.slice(6)
  return gtin14.startsWith('00') ? gtin14.slice(2) : gtin14.slice(1)
}
