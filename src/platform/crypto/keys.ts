import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parseRootKey } from '../config/config.ts'

/** Purposes for which a key is derived; a new one is added here so that no two uses ever share a key. */
export type KeyPurpose = 'serial' | 'session' | 'api-key' | 'secret-at-rest' | 'contact-at-rest' | 'visitor' | 'cursor' | 'link' | 'pin'

/**
 * All secrets of an installation, derived from one root key by HKDF-SHA-256 (RFC 5869) with the purpose and a
 * version in `info`. Whoever keeps the root key and the database can restore everything.
 */
export class KeyVault {
  readonly #root: Buffer

  constructor(root: Buffer) {
    if (root.length !== 32) throw new RangeError('root key must be 32 bytes')
    this.#root = root
  }

  /** `length` bytes for a purpose; `label` tells versions, days or tenants apart. */
  derive(purpose: KeyPurpose, label = '1', length = 32): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#root, 'suzhen', `suzhen/${purpose}/${label}`, length))
  }

  mac(purpose: KeyPurpose, label: string, message: string | Uint8Array): Buffer {
    return createHmac('sha256', this.derive(purpose, label)).update(message).digest()
  }

  /** AES-256-GCM with a random nonce: 12 bytes nonce, ciphertext, 16 bytes tag. `context` is authenticated. */
  seal(purpose: KeyPurpose, context: string, plain: string | Uint8Array): Buffer {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.derive(purpose), nonce)
    cipher.setAAD(Buffer.from(context))
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  }

  /** @throws when the bytes were changed or belong to another context */
  open(purpose: KeyPurpose, context: string, sealed: Uint8Array): Buffer {
    const bytes = Buffer.from(sealed)
    const decipher = createDecipheriv('aes-256-gcm', this.derive(purpose), bytes.subarray(0, 12))
    decipher.setAAD(Buffer.from(context))
    decipher.setAuthTag(bytes.subarray(-16))
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()])
  }
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/**
 * The root key: from the environment, else from `dataDir/keys/root.key`, which the first start makes with mode
 * 0600 and writes through to the disk before anything is derived from it: codes printed under a lost key are lost.
 */
export function openKeyVault(config: { rootKey: Buffer | undefined; dataDir: string }): KeyVault {
  if (config.rootKey !== undefined) return new KeyVault(config.rootKey)
  const folder = join(config.dataDir, 'keys')
  const file = join(folder, 'root.key')
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const fd = openSync(file, 'wx', 0o600)
    writeSync(fd, `${randomBytes(32).toString('base64url')}\n`)
    fsyncSync(fd)
    closeSync(fd)
    chmodSync(file, 0o600)
    const dir = openSync(folder, 'r')
    fsyncSync(dir)
    closeSync(dir)
  }
  const key = parseRootKey(readFileSync(file, 'utf8').trim())
  if (key === undefined) throw new Error(`${file} does not hold 32 bytes in base64 or hex`)
  return new KeyVault(key)
}
