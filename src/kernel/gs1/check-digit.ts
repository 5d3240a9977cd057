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
