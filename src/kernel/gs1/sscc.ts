import { checkDigit, hasCheckDigit } from './check-digit.ts'

/**
 * A serial shipping container code (AI 00): extension digit, company prefix, serial reference, check digit: 18 digits.
 * @throws RangeError when the reference does not fit
 */
export function buildSscc(extension: number, companyPrefix: string, reference: bigint | number): string {
  const digits = String(reference)
  const room = 16 - companyPrefix.length
  if (!/^\d{4,12}$/.test(companyPrefix) || !/^\d$/.test(String(extension)) || !/^\d+$/.test(digits) || digits.length > room)
    throw new RangeError('not a serial reference of this prefix')
  const body = `${extension}${companyPrefix}${digits.padStart(room, '0')}`
  return body + checkDigit(body)
}

/** 18 digits of an SSCC from what was scanned: bare, with (00), or a Digital Link ending in /00/…; undefined otherwise. */
export function parseSscc(input: string): string | undefined {
  const text = input.normalize('NFKC').replace(/[\s\u200B-\u200D\uFEFF]/g, '')
  const digits = /^(?:\]C1|\]e0)?(?:\(00\)|00)?(\d{18})$/.exec(text)?.[1] ?? /\/00\/(\d{18})(?:[/?#]|$)/.exec(text)?.[1]
  return digits !== undefined && hasCheckDigit(digits) ? digits : undefined
}
