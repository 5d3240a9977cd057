import { Buffer } from 'node:buffer'
import { inflateRawSync } from 'node:zlib'
import { documentsFail } from './errors.ts'

/** One file inside a zip, as its central directory tells it; nothing of it is unpacked yet. */
export interface ZipEntry {
  readonly name: string
  readonly stored: boolean
  readonly packedSize: number
  readonly size: number
  /** Where its local header begins. */
  readonly offset: number
}

export interface ZipLimits {
  /** Bytes of all entries together when unpacked. */
  readonly unpackedBytes: number
  /** Unpacked to packed, watched once more than `RATIO_FROM` bytes would come out. */
  readonly ratio: number
}

const RATIO_FROM = 10 * 1024 * 1024
/** A workbook has some dozens of parts; one with many sheets and pictures some hundreds. */
const MAX_ENTRIES = 4096

const END = 0x06054b50
const END64 = 0x06064b50
const LOCATOR64 = 0x07064b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50

/**
 * Reads the central directory and refuses what would not stay small when unpacked.
 * What the directory declares is only a promise: `unpack` holds it to that.
 * @throws AppError NOT_A_SHEET, ZIP_BOMB, SHEET_ENCRYPTED
 */
export function readZipDirectory(bytes: Uint8Array, limits: ZipLimits): ZipEntry[] {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const entries = entriesOf(data)
    const total = entries.reduce((sum, entry) => sum + entry.size, 0)
    if (total > limits.unpackedBytes || (total > RATIO_FROM && total > limits.ratio * data.length)) throw documentsFail('ZIP_BOMB')
    return entries
  } catch (error) {
    // reading past the end, or a count beyond what a number holds: damaged or made so
    if (error instanceof RangeError) throw documentsFail('NOT_A_SHEET')
    throw error
  }
}

/** The bytes of one entry. @throws AppError ZIP_BOMB when more comes out than was declared, NOT_A_SHEET when damaged */
export function unpack(bytes: Uint8Array, entry: ZipEntry): Uint8Array {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (entry.offset + 30 > data.length || data.readUInt32LE(entry.offset) !== LOCAL) throw documentsFail('NOT_A_SHEET')
  const start = entry.offset + 30 + data.readUInt16LE(entry.offset + 26) + data.readUInt16LE(entry.offset + 28)
  const packed = data.subarray(start, start + entry.packedSize)
  if (packed.length !== entry.packedSize) throw documentsFail('NOT_A_SHEET')
  if (entry.stored) {
    if (entry.packedSize !== entry.size) throw documentsFail('NOT_A_SHEET')
    return packed
  }
  let out: Uint8Array
  try {
    out = inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.size) })
  } catch (error) {
    throw documentsFail((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'ZIP_BOMB' : 'NOT_A_SHEET')
  }
  if (out.length !== entry.size) throw documentsFail('NOT_A_SHEET')
  return out
}

/**
 * A zip that holds files as they are. A library that opens it unpacks nothing, and cannot disagree with us about
 * which of two contradicting headers is the true one.
 */
export function packStored(files: readonly { readonly name: string; readonly bytes: Uint8Array }[]): Uint8Array<ArrayBuffer> {
  const names = files.map(({ name }) => Buffer.from(name))
  const total = files.reduce((sum, { bytes }, i) => sum + 76 + 2 * names[i]!.length + bytes.length, 22)
  // a buffer of its own: Buffer.alloc never lends from the shared pool
  const out = Buffer.alloc(total)
  let at = 0
  const offsets = files.map(({ bytes }, i) => {
    const offset = at
    out.writeUInt32LE(LOCAL, at)
    out.writeUInt16LE(UTF8_NAMES, at + 6)
    at = writeSizes(out, at + 18, bytes.length, names[i]!.length)
    at += 2
    at += names[i]!.copy(out, at)
    out.set(bytes, at)
    at += bytes.length
    return offset
  })
  const directory = at
  files.forEach(({ bytes }, i) => {
    out.writeUInt32LE(CENTRAL, at)
    out.writeUInt16LE(UTF8_NAMES, at + 8)
    writeSizes(out, at + 20, bytes.length, names[i]!.length)
    out.writeUInt32LE(offsets[i]!, at + 42)
    at += 46
    at += names[i]!.copy(out, at)
  })
  out.writeUInt32LE(END, at)
  out.writeUInt16LE(files.length, at + 8)
  out.writeUInt16LE(files.length, at + 10)
  out.writeUInt32LE(at - directory, at + 12)
  out.writeUInt32LE(directory, at + 16)
  return new Uint8Array(out.buffer as ArrayBuffer, out.byteOffset, out.byteLength)
}

const UTF8_NAMES = 0x0800

/** Packed size, size and length of the name, which stand side by side in both kinds of header. */
function writeSizes(out: Buffer, at: number, size: number, nameLength: number): number {
  out.writeUInt32LE(size, at)
  out.writeUInt32LE(size, at + 4)
  out.writeUInt16LE(nameLength, at + 8)
  return at + 10
}

function entriesOf(data: Buffer): ZipEntry[] {
  const end = findEnd(data)
  let count = data.readUInt16LE(end + 10)
  let at = data.readUInt32LE(end + 16)
  if (end >= 20 && data.readUInt32LE(end - 20) === LOCATOR64) {
    const end64 = Number(data.readBigUInt64LE(end - 12))
    if (data.readUInt32LE(end64) !== END64) throw documentsFail('NOT_A_SHEET')
    count = Number(data.readBigUInt64LE(end64 + 32))
    at = Number(data.readBigUInt64LE(end64 + 48))
  }
  if (count === 0) throw documentsFail('NOT_A_SHEET')
  if (count > MAX_ENTRIES) throw documentsFail('ZIP_BOMB')
  const entries: ZipEntry[] = []
  const seen = new Set<string>()
  for (let i = 0; i < count; i++) {
    if (data.readUInt32LE(at) !== CENTRAL) throw documentsFail('NOT_A_SHEET')
    if ((data.readUInt16LE(at + 8) & 1) !== 0) throw documentsFail('SHEET_ENCRYPTED')
    const method = data.readUInt16LE(at + 10)
    const nameEnd = at + 46 + data.readUInt16LE(at + 28)
    const extraEnd = nameEnd + data.readUInt16LE(at + 30)
    const name = data.toString('utf8', at + 46, nameEnd)
    const [size, packedSize, offset] = wideNumbers(data, nameEnd, extraEnd, [
      data.readUInt32LE(at + 24),
      data.readUInt32LE(at + 20),
      data.readUInt32LE(at + 42),
    ])
    // two files of one name are read differently by different programs
    if ((method !== 0 && method !== 8) || seen.has(name)) throw documentsFail('NOT_A_SHEET')
    seen.add(name)
    entries.push({ name, stored: method === 0, packedSize, size, offset })
    at = extraEnd + data.readUInt16LE(at + 32)
  }
  return entries
}

/** The end record, before which a comment of up to 65,535 bytes may hide it. */
function findEnd(data: Buffer): number {
  for (let at = data.length - 22; at >= 0 && at >= data.length - 22 - 0xffff; at--) if (data.readUInt32LE(at) === END) return at
  throw documentsFail('NOT_A_SHEET')
}

/** Numbers of 64 bits stand in an extra field (id 1) when the field of 32 bits is full of ones; Java writes them always. */
function wideNumbers(data: Buffer, from: number, to: number, narrow: readonly [number, number, number]): [number, number, number] {
  const wide: [number, number, number] = [...narrow]
  if (!narrow.includes(0xffffffff)) return wide
  for (let at = from; at + 4 <= to; at += 4 + data.readUInt16LE(at + 2)) {
    if (data.readUInt16LE(at) !== 1) continue
    let value = at + 4
    for (let i = 0; i < 3; i++) {
      if (narrow[i] !== 0xffffffff) continue
      wide[i] = Number(data.readBigUInt64LE(value))
      value += 8
    }
    return wide
  }
  throw documentsFail('NOT_A_SHEET')
}
