import { checkDigit } from './gs1/check-digit.ts'

/**
 * Sandboxes are known by the ids of their organisations and by the company prefix of their logistic units, so that every
 * wall between trial and earnest is arithmetic (docs/decisions/0015-sandbox.md):
 *
 *     ffffffff-NNNN-8NNx-8xxx-xxxxxxxxxxxx   N six hexadecimal digits: number of the sandbox, x random (UUID version 8)
 *     e 9529NNNNNN rrrrrr c                  an SSCC in it: N six decimal digits
 *
 * An id of version 7 begins with its milliseconds and reaches ffffffff only in the year 10889.
 */

/** No id of a real organisation is as high as this, and none of a sandbox is lower. */
export const SANDBOX_FLOOR = 'ffffffff-0000-0000-0000-000000000000'
export const MOST_SANDBOXES = 999_999

const ID = /^ffffffff-([0-9a-f]{4})-8([0-9a-f]{2})[0-9a-f]-/i

/** Number of the sandbox that an organisation belongs to; undefined for one in earnest. */
export function sandboxOf(organisationId: string): number | undefined {
  const found = ID.exec(organisationId)
  return found === null ? undefined : Number.parseInt(found[1]! + found[2]!, 16)
}

export const isSandbox = (organisationId: string): boolean => organisationId.toLowerCase().startsWith('ffffffff-')

/** Whether two organisations may deal with each other: both in earnest, or both in one sandbox. */
export const sameWorld = (a: string, b: string): boolean => isSandbox(a) === isSandbox(b) && sandboxOf(a) === sandboxOf(b)

/**
 * Id of an organisation in a sandbox.
 * @param random at least 16 hexadecimal digits
 * @throws RangeError for a number that has no prefix
 */
export function sandboxOrganisationId(sandbox: number, random: string): string {
  if (!Number.isInteger(sandbox) || sandbox < 1 || sandbox > MOST_SANDBOXES) throw new RangeError('no number of a sandbox')
  const n = sandbox.toString(16).padStart(6, '0')
  return `ffffffff-${n.slice(0, 4)}-8${n.slice(4)}${random[0]}-8${random.slice(1, 4)}-${random.slice(4, 16)}`
}

/** Within GS1's demonstration prefix 952, and never given to an installation. */
const SANDBOX_PREFIX = '9529'

/** Ten digits: the company prefix of everything that a sandbox packs. */
export const companyPrefixOfSandbox = (sandbox: number): string => `${SANDBOX_PREFIX}${String(sandbox).padStart(6, '0')}`

/** Length of the company prefix with which these digits begin, when it is a sandbox's. */
export const prefixLengthOfSandbox = (digits: string): number | undefined =>
  digits.startsWith(SANDBOX_PREFIX) ? SANDBOX_PREFIX.length + 6 : undefined

/** Number of the sandbox in which an SSCC (18 digits) may be used; undefined for one in earnest. */
export function sandboxOfSscc(sscc: string): number | undefined {
  return sscc.slice(1, 5) === SANDBOX_PREFIX ? Number(sscc.slice(5, 11)) : undefined
}

/** Whether an organisation may use this SSCC: of its own sandbox, or of none. */
export const mayUseSscc = (organisationId: string, sscc: string): boolean => sandboxOf(organisationId) === sandboxOfSscc(sscc)

/** A GTIN-14 of the sandbox's own prefix, for its example product. */
export function exampleGtinOf(sandbox: number): string {
  const body = `0${companyPrefixOfSandbox(sandbox)}01`
  return body + checkDigit(body)
}
