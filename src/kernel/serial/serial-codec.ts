import { CROCKFORD, CROCKFORD_VALUES } from './crockford.ts'
import type { BlockCipher } from './ff1.ts'

/** A code by its place: label `index` of batch `batch`. */
export interface CodeRef {
  /** 28 bits */
  readonly batch: number
  /** 32 bits */
  readonly index: number
}

/** `batch << 32 | index`: the key of everything that is stored about one item. */
export const codeId = (ref: CodeRef): bigint => (BigInt(ref.batch) << 32n) | BigInt(ref.index)

/** Batch and index of a key made by `codeId`. */
export const refOfCodeId = (id: bigint): CodeRef => ({ batch: Number(id >> 32n), index: Number(id & 0xffffffffn) })

export const SERIAL_LENGTH = 20

const TWO_17 = 2 ** 17
const TWO_25 = 2 ** 25
const TWO_28 = 2 ** 28
const TWO_32 = 2 ** 32
const TWO_35 = 2 ** 35
const TWO_45 = 2 ** 45
const TWO_50 = 2 ** 50

/**
 * Serials of one key: 20 characters of Crockford's base 32, the first one the key's version in clear, 19 enciphered
 * by FF1 (radix 32, n = 19, tweak = the GTIN in 8 bytes, 0 for a label without one).
 *
 * The 95 enciphered bits are batch 28 | index 32 | zero 35. A guess deciphers to 35 zero bits with a probability of
 * 2⁻³⁵, and then must still be an issued index. Because radix 32 is a power of two and the halves are 45 and 50 bits,
 * each of the ten rounds is one block and fits the exact integers of a double; the generic FF1 is the test's oracle.
 */
export class SerialCodec {
  readonly version: number
  readonly #cipher: BlockCipher
  /** The enciphered first block, which depends on radix and lengths only; kept as four words. */
  readonly #r: readonly [number, number, number, number]

  constructor(cipher: BlockCipher, version: number) {
    if (!Number.isInteger(version) || version < 0 || version > 31) throw new RangeError('a key version is one character: 0 to 31')
    this.version = version
    this.#cipher = cipher
    const p = new Uint8Array(16)
    const view = new DataView(p.buffer)
    p.set([1, 2, 1, 0, 0, 32, 10, 9])
    view.setUint32(8, 19)
    view.setUint32(12, 8)
    const r = cipher.encryptBlocks(p)
    const words = new DataView(r.buffer, r.byteOffset, 16)
    this.#r = [words.getUint32(0), words.getUint32(4), words.getUint32(8), words.getUint32(12)]
  }

  /** @param gtin the number of the 14 digits, or 0 */
  encode(gtin: number | bigint, batch: number, index: number): string {
    return this.encodeMany(gtin, batch, index, 1)[0]!
  }

  /**
   * Serials of `n` consecutive indexes; all rounds of all of them take ten cipher calls.
   * @throws RangeError when a number has no room in a serial: silently cut, it would be another item's
   */
  encodeMany(gtin: number | bigint, batch: number, from: number, n: number): string[] {
    if (!isGtinNumber(Number(gtin))) throw new RangeError('a GTIN has at most 14 digits')
    if (!Number.isInteger(batch) || batch < 0 || batch >= TWO_28) throw new RangeError('a batch has 28 bits')
    if (!Number.isInteger(from) || !Number.isInteger(n) || from < 0 || n < 0 || from + n > TWO_32)
      throw new RangeError('an index has 32 bits')
    const left = new Float64Array(n)
    const right = new Float64Array(n)
    for (let k = 0; k < n; k++) {
      const index = from + k
      left[k] = batch * TWO_17 + Math.floor(index / 32768)
      right[k] = (index % 32768) * TWO_35
    }
    const tweak = new Float64Array(n).fill(Number(gtin))
    for (let i = 0; i < 10; i++) {
      const even = i % 2 === 0
      const modulus = even ? TWO_45 : TWO_50
      const y = this.#round(i, tweak, right)
      for (let k = 0; k < n; k++) {
        let sum = left[k]! + y[k]!
        if (sum >= modulus) sum -= modulus
        left[k] = right[k]!
        right[k] = sum
      }
    }
    const prefix = CROCKFORD[this.version]!
    const out: string[] = []
    for (let k = 0; k < n; k++) out.push(prefix + characters(left[k]!, 9) + characters(right[k]!, 10))
    return out
  }

  /** @returns null for whatever this key has not made: another length, a strange character, a forged or mistyped one */
  decode(gtin: number | bigint, serial: string): CodeRef | null {
    return this.decodeMany([Number(gtin)], [serial])[0]!
  }

  /** Deciphers many serials, each with its own GTIN, in ten cipher calls. */
  decodeMany(gtins: readonly number[], serials: readonly string[]): (CodeRef | null)[] {
    const out: (CodeRef | null)[] = serials.map(() => null)
    const places: number[] = []
    const left = new Float64Array(serials.length)
    const right = new Float64Array(serials.length)
    const tweak = new Float64Array(serials.length)
    for (let s = 0; s < serials.length; s++) {
      const serial = serials[s]!
      // a GTIN that is not a number must not pass for 0, the tweak of labels without one
      if (serial.length !== SERIAL_LENGTH || valueAt(serial, 0) !== this.version || !isGtinNumber(gtins[s])) continue
      const a = numberOf(serial, 1, 10)
      const b = numberOf(serial, 10, 20)
      if (a < 0 || b < 0) continue
      const k = places.push(s) - 1
      left[k] = a
      right[k] = b
      tweak[k] = gtins[s]!
    }
    const n = places.length
    if (n === 0) return out
    for (let i = 9; i >= 0; i--) {
      const even = i % 2 === 0
      const modulus = even ? TWO_45 : TWO_50
      const y = this.#round(i, tweak.subarray(0, n), left)
      for (let k = 0; k < n; k++) {
        let difference = right[k]! - y[k]!
        if (difference < 0) difference += modulus
        right[k] = left[k]!
        left[k] = difference
      }
    }
    for (let k = 0; k < n; k++) {
      const low = Math.floor(right[k]! / TWO_35)
      if (right[k]! !== low * TWO_35) continue
      out[places[k]!] = { batch: Math.floor(left[k]! / TWO_17), index: (left[k]! % TWO_17) * 32768 + low }
    }
    return out
  }

  /**
   * One round for many: y = the low 45 or 50 bits of the first 12 bytes of CIPH(R xor Q), where
   * Q = tweak (8 bytes) | round (1) | the other half (7).
   */
  #round(i: number, tweak: Float64Array, half: Float64Array): Float64Array {
    const n = tweak.length
    const [r0, r1, r2, r3] = this.#r
    const blocks = new Uint8Array(16 * n)
    const view = new DataView(blocks.buffer)
    for (let k = 0, o = 0; k < n; k++, o += 16) {
      const t = tweak[k]!
      const x = half[k]!
      view.setUint32(o, Math.floor(t / TWO_32) ^ r0)
      view.setUint32(o + 4, (t % TWO_32) ^ r1)
      view.setUint32(o + 8, ((i << 24) | Math.floor(x / TWO_32)) ^ r2)
      view.setUint32(o + 12, (x % TWO_32) ^ r3)
    }
    const s = this.#cipher.encryptBlocks(blocks)
    const words = new DataView(s.buffer, s.byteOffset, s.length)
    const mask = i % 2 === 0 ? 0x1fff : 0x3ffff
    const y = new Float64Array(n)
    for (let k = 0, o = 0; k < n; k++, o += 16) y[k] = (words.getUint32(o + 4) & mask) * TWO_32 + words.getUint32(o + 8)
    return y
  }
}

function isGtinNumber(gtin: number | undefined): boolean {
  return gtin !== undefined && Number.isInteger(gtin) && gtin >= 0 && gtin < 1e14
}

function valueAt(serial: string, i: number): number {
  const c = serial.charCodeAt(i)
  return c < 128 ? CROCKFORD_VALUES[c]! : -1
}

/** Characters `from` to `to` as a number below 2⁵⁰, or -1. */
function numberOf(serial: string, from: number, to: number): number {
  let x = 0
  for (let i = from; i < to; i++) {
    const digit = valueAt(serial, i)
    if (digit < 0) return -1
    x = x * 32 + digit
  }
  return x
}

const PAIRS = Array.from({ length: 1024 }, (_, i) => CROCKFORD[i >> 5]! + CROCKFORD[i & 31]!)

function characters(x: number, length: 9 | 10): string {
  const hi = Math.floor(x / TWO_25)
  const lo = x % TWO_25
  const tail = PAIRS[(hi >> 10) & 1023]! + PAIRS[hi & 1023]! + CROCKFORD[lo >> 20]! + PAIRS[(lo >> 10) & 1023]! + PAIRS[lo & 1023]!
  return length === 10 ? CROCKFORD[hi >> 20]! + tail : tail
}
