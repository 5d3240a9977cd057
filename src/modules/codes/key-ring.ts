import { SerialCodec } from '../../kernel/serial/serial-codec.ts'
import { SerialKeyRing } from '../../kernel/serial/serial-keys.ts'
import { nodeBlockCipher } from '../../platform/crypto/block-cipher.ts'
import type { KeyVault } from '../../platform/crypto/keys.ts'
import { type Database, maybeOne, type Sql, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { codesFail } from './errors.ts'

type Algorithm = 'aes-256-ecb' | 'sm4-ecb'

/**
 * The serial keys of this installation. One for all tenants: a scan must decipher before it may ask a database whose
 * code it is. A version that another process has just made is loaded the moment its first serial is seen.
 */
export class KeyRing {
  readonly #keys: KeyVault
  readonly #algorithm: Algorithm
  #ring: SerialKeyRing | undefined
  #refreshing: Promise<void> | undefined
  #refreshedAt = 0

  constructor(keys: KeyVault, algorithm: Algorithm) {
    this.#keys = keys
    this.#algorithm = algorithm
  }

  /** The ring as it is in memory; `load` must have been called. */
  get ring(): SerialKeyRing {
    if (this.#ring === undefined) throw new Error('serial keys are not loaded')
    return this.#ring
  }

  get loaded(): boolean {
    return this.#ring !== undefined
  }

  async load(db: Sql): Promise<SerialKeyRing> {
    const rows = await db.query<{ version: number; algorithm: Algorithm }>(sql`select version::int as version, algorithm from serial_key order by version`)
    if (rows.length === 0) {
      await db.execute(sql`
        insert into serial_key (version, algorithm, created_at) values (1, ${this.#algorithm}, now()) on conflict on constraint serial_key_pkey do nothing`)
      return this.load(db)
    }
    const codecs = rows.map((row) => new SerialCodec(nodeBlockCipher(row.algorithm, this.#keys.derive('serial', `v${row.version}`)), row.version))
    this.#ring = new SerialKeyRing(codecs, rows.at(-1)!.version)
    return this.#ring
  }

  /** Looks for new versions at most once a second, so that forged version characters cost nothing. */
  async refresh(db: Database, now: number): Promise<void> {
    if (now - this.#refreshedAt < 1000) return this.#refreshing
    this.#refreshedAt = now
    this.#refreshing = this.load(db).then(() => undefined)
    return this.#refreshing
  }

  /** New labels use a new key from now on; the old ones go on being read. @throws AppError SERIAL_KEYS_USED_UP */
  async rotate(tx: Tx, at: Date): Promise<number> {
    const last = await maybeOne<{ version: number }>(tx, sql`select max(version)::int as version from serial_key`)
    const version = (last?.version ?? 0) + 1
    if (version > 31) throw codesFail('SERIAL_KEYS_USED_UP')
    await tx.execute(sql`insert into serial_key (version, algorithm, created_at) values (${version}, ${this.#algorithm}, ${at.toISOString()})`)
    await this.load(tx)
    return version
  }
}
