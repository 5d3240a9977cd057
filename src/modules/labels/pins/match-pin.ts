import { refOfCodeId } from '../../../kernel/serial/serial-codec.ts'
import { type Database, maybeOne, type Sql } from '../../../platform/db/database.ts'
import { sameBytes } from '../../../platform/crypto/keys.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Platform } from '../../../platform/platform.ts'
import { CHUNK, pepperOf } from './make-pins.ts'
import { MAC_BYTES, pinMac } from './pin.ts'

/** Of a code that is none of ours: asked for like any other, so that its answer takes the same way. */
const NOBODY = 0n
const NO_RUN = '00000000-0000-0000-0000-000000000000'

/**
 * Whether the digits are those under this label's coating. A code that is not ours, a label without a PIN and a wrong
 * PIN take the same statement and one hash each.
 */
export async function pinMatches(db: Sql, platform: Pick<Platform, 'keys'>, code: bigint | undefined, pin: string): Promise<boolean> {
  const { batch, index } = refOfCodeId(code ?? NOBODY)
  const row = await maybeOne<{ id: string; mac: Buffer | null }>(
    db,
    sql`select r.id, substring(c.macs from ${(index % CHUNK) * MAC_BYTES + 1} for ${MAC_BYTES}) as mac
    from pin_run r left join pin_chunk c on c.run_id = r.id and c.number = ${Math.floor(index / CHUNK)}
    where r.batch_id = ${batch} and r.state in ('ready', 'destroyed')`,
  )
  const mac = pinMac(pepperOf(platform, row?.id ?? NO_RUN), code ?? NOBODY, pin)
  const kept = row?.mac ?? Buffer.alloc(MAC_BYTES)
  return sameBytes(mac, kept) && row !== undefined && row.mac?.length === MAC_BYTES
}

/** Which batches have PINs: asked for at every scan, changes rarely, and so is kept for a few seconds. */
export class PinBatches {
  readonly #db: Database
  readonly #kept = new Map<number, { digits: Promise<number | undefined>; until: number }>()

  constructor(db: Database) {
    this.#db = db
  }

  /** Digits of the batch's PINs, or undefined when its labels have none. */
  digitsOf(batchId: number): Promise<number | undefined> {
    const now = Date.now()
    const found = this.#kept.get(batchId)
    if (found !== undefined && found.until > now) return found.digits
    if (this.#kept.size > 10_000) this.#kept.clear()
    const digits = maybeOne<{ digits: number }>(
      this.#db,
      sql`select digits::int as digits from pin_run where batch_id = ${batchId} and state in ('ready', 'destroyed')`,
    ).then((row) => row?.digits)
    digits.catch(() => this.#kept.delete(batchId))
    this.#kept.set(batchId, { digits, until: now + 5_000 })
    return digits
  }
}
