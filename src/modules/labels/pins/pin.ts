import { createHmac, randomBytes } from 'node:crypto'

/** Bytes kept of each PIN. Half of SHA-256: a guess at the database without the pepper is hopeless either way. */
export const MAC_BYTES = 16

/** Digits of a PIN: enough to be unguessable in the few tries that a client has, few enough to be typed. */
export const PIN_DIGITS = { min: 8, max: 16, default: 10 } as const

/**
 * `n` PINs of so many digits, each digit uniform. Bytes from 250 on are thrown away, because 256 is no multiple of ten
 * and the lower digits would come more often.
 */
export function drawPins(n: number, digits: number): string[] {
  const pins: string[] = []
  let pool: Buffer = Buffer.alloc(0)
  let next = 0
  for (let i = 0; i < n; i++) {
    let pin = ''
    while (pin.length < digits) {
      if (next === pool.length) {
        pool = randomBytes(Math.min(65_536, Math.max(64, (n - i) * digits)))
        next = 0
      }
      const byte = pool[next++]!
      if (byte < 250) pin += byte % 10
    }
    pins.push(pin)
  }
  return pins
}

/**
 * The digits that somebody typed: any digits of Unicode's compatibility forms, with the spaces and dashes of a printed
 * group. @returns undefined when that is no PIN of any length
 */
export function readPin(text: string): string | undefined {
  const digits = text
    .slice(0, 100)
    .normalize('NFKC')
    .replace(/[\s\u200b\ufeff\-‐-―_.·]/g, '')
  return /^\d+$/.test(digits) && digits.length >= PIN_DIGITS.min && digits.length <= PIN_DIGITS.max ? digits : undefined
}

/** What is kept of a label's PIN: HMAC-SHA-256 under the pepper of its run, of the label and the digits together. */
export function pinMac(pepper: Uint8Array, code: bigint, pin: string): Buffer {
  return createHmac('sha256', pepper).update(`${code}|${pin}`).digest().subarray(0, MAC_BYTES)
}
