import sharp, { type Metadata } from 'sharp'
import { filesFail } from './errors.ts'
import { mediaTypeOf } from './media-type.ts'

sharp.concurrency(1)
sharp.cache(false)

const MAX_PIXELS = 60_000_000
const MAX_SIDE = 2560

export interface CleanImage {
  readonly bytes: Buffer
  readonly mediaType: 'image/jpeg' | 'image/webp'
  readonly width: number
  readonly height: number
}

/**
 * A stranger's picture drawn anew: decoded within limits, turned as its camera meant, made at most 2560 pixels wide,
 * encoded again. What comes out holds pixels only: no place, no camera, no profile, no bytes after the end.
 * @throws AppError NOT_AN_IMAGE, IMAGE_HEIC, IMAGE_TOO_LARGE
 */
export async function cleanImage(
  input: Uint8Array,
  options: { readonly maxSide?: number; readonly format?: 'jpeg' | 'webp' } = {},
): Promise<CleanImage> {
  const kind = mediaTypeOf(input.subarray(0, 32), '')
  if (kind === 'image/heic') throw filesFail('IMAGE_HEIC')
  if (kind !== 'image/jpeg' && kind !== 'image/png' && kind !== 'image/webp') throw filesFail('NOT_AN_IMAGE')
  let head: Metadata
  try {
    head = await sharp(input, { limitInputPixels: false }).metadata()
  } catch {
    throw filesFail('NOT_AN_IMAGE')
  }
  if (head.width === undefined || head.height === undefined) throw filesFail('NOT_AN_IMAGE')
  if (head.width * head.height > MAX_PIXELS || (head.pages ?? 1) > 1)
    throw filesFail((head.pages ?? 1) > 1 ? 'NOT_AN_IMAGE' : 'IMAGE_TOO_LARGE')
  const side = options.maxSide ?? MAX_SIDE
  try {
    const picture = sharp(input, { limitInputPixels: MAX_PIXELS, failOn: 'truncated', sequentialRead: true })
      .rotate()
      .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    const encoded =
      options.format === 'webp'
        ? picture.webp({ quality: 80 })
        : picture.flatten({ background: '#fff' }).jpeg({ quality: 85, mozjpeg: false })
    const { data, info } = await encoded.timeout({ seconds: 20 }).toBuffer({ resolveWithObject: true })
    return { bytes: data, mediaType: options.format === 'webp' ? 'image/webp' : 'image/jpeg', width: info.width, height: info.height }
  } catch {
    throw filesFail('NOT_AN_IMAGE')
  }
}
