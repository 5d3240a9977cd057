import { randomBytes, randomFillSync } from 'node:crypto'

/**
 * A new UUID version 7 (RFC 9562 section 5.7): 48 bits of milliseconds, then 74 random bits. Rows that are made
 * together lie together in an index, and nobody can enumerate another tenant's rows.
 */
export function newId(at: Date = new Date()): string {
  const bytes = randomSixteen()
  bytes.writeUIntBE(at.getTime(), 0, 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** An opaque secret for links, sessions and keys: `bits` of randomness in base64url. */
export function newSecret(bits = 256): string {
  return randomBytes(bits / 8).toString('base64url')
}

// one call of the system's generator for 256 ids: the hot path makes thousands a second
const POOL = Buffer.allocUnsafe(16 * 256)
let taken = POOL.length

function randomSixteen(): Buffer {
  if (taken === POOL.length) {
    randomFillSync(POOL)
    taken = 0
  }
  const bytes = Buffer.from(POOL.subarray(taken, taken + 16))
  taken += 16
  return bytes
}
