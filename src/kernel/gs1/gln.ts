import { checkDigit, type KeyFault, readKey } from './check-digit.ts'

export type ParsedGln =
  | { readonly ok: true; readonly gln: string; readonly changed: boolean }
  | { readonly ok: false; readonly reason: KeyFault; readonly expected?: string }

/** A global location number, 13 digits: typed, or scanned with (414) or as the end of a Digital Link /414/…. */
export function parseGln(input: string): ParsedGln {
  const text = input.normalize('NFKC').trim()
  const bare = /^(?:\](?:C1|e0))?\(?414\)?(\d{13})$/.exec(text)?.[1] ?? /\/414\/(\d{13})(?:[/?#]|$)/.exec(text)?.[1] ?? text
  const read = readKey(bare, [13])
  return read.ok ? { ok: true, gln: read.digits, changed: read.digits !== input } : read
}

/**
 * A location number of a company: prefix, reference, check digit.
 * @throws RangeError when the reference does not fit behind the prefix
 */
export function buildGln(companyPrefix: string, reference: bigint | number): string {
  const digits = String(reference)
  const room = 12 - companyPrefix.length
  if (!/^\d{4,12}$/.test(companyPrefix) || !/^\d+$/.test(digits) || (digits.length > room && !(room === 0 && digits === '0')))
    throw new RangeError('not a location reference of this prefix')
  const body = companyPrefix + (room === 0 ? '' : digits.padStart(room, '0'))
  return body + checkDigit(body)
}
