import { createHash, type Hash, randomUUID } from 'node:crypto'
import { createReadStream, type ReadStream } from 'node:fs'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { filesFail } from './errors.ts'

export interface StoredBytes {
  readonly sha256: Buffer
  readonly bytes: number
}

/**
 * Files by their content: `files/ab/cd…` under the data folder. A file is written beside, flushed, and renamed, so
 * that a name either holds all its bytes or does not exist; equal files are stored once; nothing is ever executed.
 */
export class FileStore {
  readonly #folder: string

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'files')
  }

  /** @throws AppError UPLOAD_TOO_LARGE, UPLOAD_EMPTY when the stream is over `maxBytes` or empty */
  async put(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, maxBytes: number): Promise<StoredBytes> {
    await mkdir(join(this.#folder, 'incoming'), { recursive: true, mode: 0o700 })
    const temporary = join(this.#folder, 'incoming', randomUUID())
    const hash: Hash = createHash('sha256')
    let bytes = 0
    const file = await open(temporary, 'wx', 0o600)
    try {
      for await (const chunk of source) {
        bytes += chunk.length
        if (bytes > maxBytes) throw filesFail('UPLOAD_TOO_LARGE', { limit: sizeWords(maxBytes) })
        hash.update(chunk)
        await file.write(chunk)
      }
      if (bytes === 0) throw filesFail('UPLOAD_EMPTY')
      await file.sync()
    } catch (error) {
      await file.close()
      await rm(temporary, { force: true })
      throw error
    }
    await file.close()
    const sha256 = hash.digest()
    const target = this.#pathOf(sha256)
    await mkdir(join(target, '..'), { recursive: true, mode: 0o700 })
    await rename(temporary, target)
    await syncFolder(join(target, '..'))
    return { sha256, bytes }
  }

  /** @throws AppError FILE_LOST */
  async read(sha256: Uint8Array): Promise<Buffer> {
    try {
      return await readFile(this.#pathOf(sha256))
    } catch {
      throw filesFail('FILE_LOST')
    }
  }

  async stream(sha256: Uint8Array): Promise<{ stream: ReadStream; bytes: number }> {
    const path = this.#pathOf(sha256)
    try {
      const { size } = await stat(path)
      return { stream: createReadStream(path), bytes: size }
    } catch {
      throw filesFail('FILE_LOST')
    }
  }

  /** Forgets a file that nobody else can have stored: one that was sealed with a key of its own. */
  async remove(sha256: Uint8Array): Promise<void> {
    const path = this.#pathOf(sha256)
    await rm(path, { force: true })
    await syncFolder(join(path, '..')).catch(() => undefined)
  }

  #pathOf(sha256: Uint8Array): string {
    const hex = Buffer.from(sha256).toString('hex')
    return join(this.#folder, hex.slice(0, 2), hex)
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

export function sizeWords(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${Math.round(bytes / 1024 / 1024)} MB` : `${Math.round(bytes / 1024)} KB`
}
