import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentDisposition } from './content-disposition.ts'
import { FileStore } from './file-store.ts'
import { cleanName } from './files.ts'
import { cleanImage } from './image.ts'
import { mediaTypeOf } from './media-type.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'taken',
    (error: { code: string }) => error.code,
  )

describe('the file store', () => {
  test('gives back what was put in and keeps equal files once', async () => {
    const store = new FileStore(folder)
    const bytes = Buffer.from('物流单'.repeat(1000))
    const first = await store.put([bytes.subarray(0, 10), bytes.subarray(10)], 1e6)
    const second = await store.put([bytes], 1e6)
    expect(second).toEqual(first)
    expect(await store.read(first.sha256)).toEqual(bytes)
    expect(readdirSync(join(folder, 'files', 'incoming'))).toEqual([])
  })
  test('refuses what is over the limit, empty or cut, and leaves nothing behind', async () => {
    const store = new FileStore(folder)
    const cut = (async function* () {
      yield Buffer.alloc(10)
      throw new Error('cut')
    })()
    expect(await refusal(store.put([Buffer.alloc(11)], 10))).toBe('UPLOAD_TOO_LARGE')
    expect(await refusal(store.put([], 10))).toBe('UPLOAD_EMPTY')
    await expect(store.put(cut, 100)).rejects.toThrow('cut')
    expect(readdirSync(join(folder, 'files', 'incoming'))).toEqual([])
    expect(await refusal(store.read(Buffer.alloc(32)))).toBe('FILE_LOST')
  })
})

describe('a picture from a stranger', () => {
  const picture = (format: 'jpeg' | 'png' | 'webp') =>
    sharp({ create: { width: 300, height: 200, channels: 3, background: '#176' } }).toFormat(format)

  test('loses its place and camera', async () => {
    const taken = await picture('jpeg')
      .withExif({ IFD0: { Make: 'SecretCam' }, IFD3: { GPSLatitude: '29/1 52/1 0/1' } })
      .toBuffer()
    expect(taken.includes('SecretCam')).toBe(true)
    const clean = await cleanImage(taken)
    expect(clean.bytes.includes('SecretCam')).toBe(false)
    expect((await sharp(clean.bytes).metadata()).exif).toBeUndefined()
    expect(clean).toMatchObject({ width: 300, height: 200, mediaType: 'image/jpeg' })
  })
  test('is turned as the camera meant and made no larger than asked', async () => {
    const turned = await picture('jpeg').withMetadata({ orientation: 6 }).toBuffer()
    expect(await cleanImage(turned)).toMatchObject({ width: 200, height: 300 })
    expect(await cleanImage(turned, { maxSide: 90, format: 'webp' })).toMatchObject({ width: 60, height: 90, mediaType: 'image/webp' })
  })
  test('loses a page that was hung behind its last byte', async () => {
    const polyglot = Buffer.concat([await picture('jpeg').toBuffer(), Buffer.from('<script>alert(1)</script>')])
    expect((await cleanImage(polyglot)).bytes.includes('<script>')).toBe(false)
  })
  test('that is none is refused', async () => {
    const png = await picture('png').toBuffer()
    const cases: [string, Buffer, string][] = [
      ['text', Buffer.from('not a picture'), 'NOT_AN_IMAGE'],
      ['svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'), 'NOT_AN_IMAGE'],
      ['html that begins like a jpeg', Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('<html>')]), 'NOT_AN_IMAGE'],
      ['a cut png', png.subarray(0, png.length / 2), 'NOT_AN_IMAGE'],
      ['heic', Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic')]), 'IMAGE_HEIC'],
      ['nothing', Buffer.alloc(0), 'NOT_AN_IMAGE'],
    ]
    for (const [name, bytes, code] of cases) expect([name, await refusal(cleanImage(bytes))]).toEqual([name, code])
  })
  test('of 400 million pixels is refused before it is decoded', async () => {
    const small = await picture('png').toBuffer()
    const huge = Buffer.from(small)
    huge.writeUInt32BE(20_000, 16)
    huge.writeUInt32BE(20_000, 20)
    // the header's checksum is not what keeps us safe, so make it right
    const { crc32 } = (await import('node:zlib')) as unknown as { crc32?: (b: Buffer) => number }
    if (crc32 !== undefined) huge.writeUInt32BE(crc32(huge.subarray(12, 29)), 29)
    const before = process.memoryUsage().rss
    expect(['IMAGE_TOO_LARGE', 'NOT_AN_IMAGE']).toContain(await refusal(cleanImage(huge)))
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6)
  })
})

test('a file is what its bytes say, whatever its name', () => {
  expect(mediaTypeOf(Buffer.from('%PDF-1.7'), 'a.jpg')).toBe('application/pdf')
  expect(mediaTypeOf(Buffer.from('<html>'), 'a.pdf')).toBeUndefined()
  expect(mediaTypeOf(Buffer.from('a,b\n'), 'a.csv')).toBe('text/csv')
  expect(mediaTypeOf(Buffer.from('a\0b'), 'a.csv')).toBeUndefined()
})

test('a name cannot leave its header or its folder', () => {
  expect(contentDisposition('报关单"\r\nX: y/../a.pdf')).toBe(
    `attachment; filename="____X: y_.._a.pdf"; filename*=UTF-8''%E6%8A%A5%E5%85%B3%E5%8D%95%22X%3A%20y_.._a.pdf`,
  )
  expect(cleanName('..\\..\\evil\u0000.pdf')).toBe('evil.pdf')
  expect(cleanName('/')).toBe('file')
})
