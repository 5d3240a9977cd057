import sharp from 'sharp'
import type { Tx } from '../../platform/db/database.ts'
import { fileOf, recordFile } from '../../platform/files/files.ts'
import { cleanImage } from '../../platform/files/image.ts'
import type { MediaType } from '../../platform/files/media-type.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Product } from './contract.ts'
import { isProductPicture, storeProduct } from './repository.ts'
import type { ProductContext } from './save-product.ts'

export const PICTURE_MAX_BYTES = 10 * 1024 * 1024
export const PICTURE_KINDS: readonly MediaType[] = ['image/jpeg', 'image/png', 'image/webp']

const LARGE = 1200
/** CSS pixels of the consumer page's picture, twice for sharp screens. */
const SMALL = 320

/**
 * Draws a picture anew as WebP, at most 1200 pixels wide and without the camera's data, and makes it the product's.
 * @throws AppError NOT_AN_IMAGE, IMAGE_HEIC, IMAGE_TOO_LARGE
 */
export async function setPicture(
  platform: Platform,
  tx: Tx,
  product: Product,
  upload: { readonly bytes: Buffer; readonly name?: string },
  ctx: ProductContext & { readonly by: string | undefined },
): Promise<Product> {
  const image = await cleanImage(upload.bytes, { maxSide: LARGE, format: 'webp' })
  const stored = await platform.files.put([image.bytes], PICTURE_MAX_BYTES)
  const pictureFileId = await recordFile(tx, {
    organisationId: product.organisationId,
    createdBy: ctx.by ?? null,
    stored,
    mediaType: image.mediaType,
    name: `${product.gtin}.webp`,
    purpose: 'product-picture',
    at: ctx.at,
  })
  const after = { ...product, pictureFileId, version: product.version + 1, updatedAt: ctx.at.toISOString() }
  await storeProduct(tx, after)
  return after
}

/** Small pictures that were asked for lately; each is some ten kilobytes. */
const recent = new Map<string, Buffer>()
const RECENT = 500

/** Bytes of a product's picture for anybody, or undefined when the file is no product's picture. */
export async function openPicture(platform: Platform, fileId: string, small: boolean): Promise<Buffer | undefined> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(fileId) || !(await isProductPicture(platform.db, fileId))) return undefined
  const known = small ? recent.get(fileId) : undefined
  if (known !== undefined) return known
  const file = await fileOf(platform.db, fileId)
  if (file === undefined) return undefined
  const bytes = await platform.files.read(file.sha256)
  if (!small) return bytes
  const shrunk = await sharp(bytes).resize(SMALL, SMALL, { fit: 'inside', withoutEnlargement: true }).webp({ quality: 78 }).toBuffer()
  if (recent.size >= RECENT) recent.delete(recent.keys().next().value!)
  recent.set(fileId, shrunk)
  return shrunk
}
