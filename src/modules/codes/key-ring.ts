import { SERIAL_LENGTH, SerialCodec } from '../../kernel/serial/serial-codec.ts'
import { SerialKeyRing } from '../../kernel/serial/serial-keys.ts'
import { nodeBlockCipher } from '../../platform/crypto/block-cipher.ts'
import type { KeyVault } from '../../platform/crypto/keys.ts'
import { one, type Sql, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { codesFail } from './errors.ts'

type Algorithm = 'aes-256-ecb' | 'sm4-ecb'

const LAST_VERSION = 31
const RELOAD_MILLISECONDS = 1000

/**
 * The serial keys of this installation. One ring for all tenants: a scan must decipher before it may ask a database
 * whose code it is. The database says which versions there are; the keys themselves are derived and never stored.
 */
export class KeyRing {
  readonly #keys: KeyVault
  readonly #algorithm: Algorithm
  #ring: SerialKeyRing | undefined
  #reloading: { readonly by: Sql; readonly loaded: Promise<void> } | undefined
  #reloadedAt = -Infinity

  constructor(keys: KeyVault, algorithm: Algorithm) {
    this.#keys = keys
    this.#algorithm = algorithm
  }

  /** The ring as it is in memory; `load` must have been called. */
  get ring(): SerialKeyRing {
    if (this.#ring === undefined) throw new Error('serial keys are not loaded')
    return this.#ring
  }

  /** Reads which versions there are; the first ever is made here. */
  async load(db: Sql): Promise<void> {
    const rows = await db.query<{ version: number; algorithm: Algorithm }>(
      sql`select version::int as version, algorithm from serial_key order by version`,
    )
    if (rows.length === 0) {
      await db.execute(sql`
        insert into serial_key (version, algorithm, created_at) values (1, ${this.#algorithm}, now()) on conflict on constraint serial_key_pkey do nothing`)
      return this.load(db)
    }
    const codecs = rows.map(
      (row) =>
        this.#ring?.codec(row.version) ??
        new SerialCodec(nodeBlockCipher(row.algorithm, this.#keys.derive('serial', `v${row.version}`)), row.version),
    )
    this.#ring = new SerialKeyRing(codecs, rows.at(-1)!.version)
  }

  /** The codec of a version that a stored batch names. */
  codec(version: number): SerialCodec {
    const codec = this.ring.codec(version)
    if (codec === undefined) throw new Error(`no serial key of version ${version}`)
    return codec
  }

  /**
   * Another process may have made a key since: when a serial claims a version that this one does not know, the
   * versions are read again, at most once a second, so that forged version characters cost next to nothing.
   * @returns true when a version has come that one of these serials may have been made with; undefined when all are known
   */
  knowsLater(db: Sql, serials: readonly string[], now: number): Promise<boolean> | undefined {
    const before = this.ring
    const strange = serials.filter((serial) => serial.length === SERIAL_LENGTH && isUnknown(before, serial))
    if (strange.length === 0) return undefined
    return this.#reload(db, now)?.then(() => strange.some((serial) => !isUnknown(this.ring, serial)))
  }

  #reload(db: Sql, now: number): Promise<void> | undefined {
    const running = this.#reloading
    // with one connection, a transaction that waited for somebody else's reading would wait for ever
    if (running?.by === db) return running.loaded
    if (running === undefined && now - this.#reloadedAt < RELOAD_MILLISECONDS) return undefined
    this.#reloadedAt = now
    const loaded = this.load(db)
    const mine = { by: db, loaded }
    this.#reloading = mine
    const done = () => {
      if (this.#reloading === mine) this.#reloading = undefined
    }
    loaded.then(done, done)
    return loaded
  }

  /** Loads the versions that batches were issued under, where another process made them. */
  async prepare(db: Sql, versions: readonly number[]): Promise<void> {
    if (this.#ring === undefined || versions.some((version) => this.#ring!.codec(version) === undefined)) await this.load(db)
  }

  /** The version that new labels use, as the database has it and not as this process remembers it. */
  async activeVersion(db: Sql): Promise<number> {
    const { version } = await one<{ version: number }>(db, sql`select max(version)::int as version from serial_key`)
    return version
  }

  /**
   * New labels use a new key from now on; the old ones go on being read. Nothing is remembered here: the transaction
   * may still be undone, and whoever meets the new version loads it.
   * @throws AppError SERIAL_KEYS_USED_UP
   */
  async rotate(tx: Tx, at: Date): Promise<number> {
    const version = (await this.activeVersion(tx)) + 1
    if (version > LAST_VERSION) throw codesFail('SERIAL_KEYS_USED_UP')
    await tx.execute(sql`update serial_key set retired_at = ${at.toISOString()} where retired_at is null`)
    await tx.execute(
      sql`insert into serial_key (version, algorithm, created_at) values (${version}, ${this.#algorithm}, ${at.toISOString()})`,
    )
    return version
  }
}

function isUnknown(ring: SerialKeyRing, serial: string): boolean {
  const version = SerialKeyRing.versionOf(serial)
  return version > 0 && ring.codec(version) === undefined
}
