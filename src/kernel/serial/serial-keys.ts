import { CROCKFORD_VALUES } from './crockford.ts'
import type { CodeRef, SerialCodec } from './serial-codec.ts'

/**
 * The keys of an installation: new serials are made with the active one, old ones go on being read with theirs. A
 * serial names its key by its first character, so exactly one key is tried.
 */
export class SerialKeyRing {
  readonly active: SerialCodec
  readonly #codecs = new Map<number, SerialCodec>()

  constructor(codecs: readonly SerialCodec[], activeVersion: number) {
    for (const codec of codecs) {
      if (this.#codecs.has(codec.version)) throw new RangeError(`two serial keys of version ${codec.version}`)
      this.#codecs.set(codec.version, codec)
    }
    const active = this.#codecs.get(activeVersion)
    if (active === undefined) throw new RangeError(`no serial key of version ${activeVersion}`)
    this.active = active
  }

  codec(version: number): SerialCodec | undefined {
    return this.#codecs.get(version)
  }

  get versions(): number[] {
    return [...this.#codecs.keys()].sort((a, b) => a - b)
  }

  /** Version that a serial claims, or -1. */
  static versionOf(serial: string): number {
    const c = serial.charCodeAt(0)
    return c < 128 ? CROCKFORD_VALUES[c]! : -1
  }

  /** A serial made with the active key. */
  encode(gtin: number | bigint, batch: number, index: number): string {
    return this.active.encode(gtin, batch, index)
  }

  /** Serials of `n` consecutive indexes, made with the active key. */
  encodeMany(gtin: number | bigint, batch: number, from: number, n: number): string[] {
    return this.active.encodeMany(gtin, batch, from, n)
  }

  /** @returns null for whatever none of the keys has made */
  decode(gtin: number | bigint, serial: string): CodeRef | null {
    return this.#codecs.get(SerialKeyRing.versionOf(serial))?.decode(gtin, serial) ?? null
  }

  decodeMany(gtins: readonly number[], serials: readonly string[]): (CodeRef | null)[] {
    if (this.#codecs.size === 1) return this.active.decodeMany(gtins, serials)
    const out: (CodeRef | null)[] = serials.map(() => null)
    for (const codec of this.#codecs.values()) {
      const mine = serials.flatMap((serial, i) => (SerialKeyRing.versionOf(serial) === codec.version ? [i] : []))
      if (mine.length === 0) continue
      const refs = codec.decodeMany(
        mine.map((i) => gtins[i]!),
        mine.map((i) => serials[i]!),
      )
      mine.forEach((i, k) => {
        out[i] = refs[k]!
      })
    }
    return out
  }
}
