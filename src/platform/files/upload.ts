import type { FastifyRequest } from 'fastify'
import { httpFail } from '../http/errors.ts'
import { filesFail } from './errors.ts'
import { sizeWords } from './file-store.ts'
import { type MediaType, mediaTypeOf } from './media-type.ts'

export interface Upload {
  readonly field: string
  readonly name: string
  readonly mediaType: MediaType
  readonly bytes: Buffer
}

export interface UploadForm {
  readonly files: readonly Upload[]
  readonly fields: Readonly<Record<string, string>>
}

const KIND_WORDS: Readonly<Record<MediaType, string>> = {
  'image/jpeg': 'JPG',
  'image/png': 'PNG',
  'image/webp': 'WebP',
  'image/heic': 'HEIC',
  'application/pdf': 'PDF',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'XLSX',
  'text/csv': 'CSV',
}

/**
 * Reads a multipart form into memory within limits; the kind of each file is told by its bytes.
 * @throws AppError UPLOAD_TOO_LARGE, UPLOAD_TOO_MANY, UPLOAD_KIND, UPLOAD_CUT, UNSUPPORTED_MEDIA
 */
export async function readUpload(
  request: FastifyRequest,
  limits: { readonly maxBytes: number; readonly maxFiles: number; readonly kinds: readonly MediaType[] },
): Promise<UploadForm> {
  if (!request.isMultipart()) throw httpFail('UNSUPPORTED_MEDIA')
  const files: Upload[] = []
  const fields: Record<string, string> = Object.create(null) as Record<string, string>
  try {
    for await (const part of request.parts({ limits: { fileSize: limits.maxBytes, files: limits.maxFiles } })) {
      if (part.type === 'field') {
        if (typeof part.value === 'string') fields[part.fieldname] = part.value
        continue
      }
      const bytes = await part.toBuffer()
      // a form sends an empty part for a file input that was left empty
      if (bytes.length === 0 && part.filename === '') continue
      if (bytes.length === 0) throw filesFail('UPLOAD_EMPTY')
      const mediaType = mediaTypeOf(bytes.subarray(0, 4096), part.filename)
      if (mediaType === undefined || (!limits.kinds.includes(mediaType) && mediaType !== 'image/heic')) {
        throw filesFail('UPLOAD_KIND', { kinds: limits.kinds.map((kind) => KIND_WORDS[kind]).join(', ') })
      }
      files.push({ field: part.fieldname, name: part.filename, mediaType, bytes })
    }
  } catch (error) {
    const code = (error as { code?: unknown }).code
    if (code === 'FST_REQ_FILE_TOO_LARGE') throw filesFail('UPLOAD_TOO_LARGE', { limit: sizeWords(limits.maxBytes) })
    if (code === 'FST_FILES_LIMIT' || code === 'FST_PARTS_LIMIT' || code === 'FST_FIELDS_LIMIT')
      throw filesFail('UPLOAD_TOO_MANY', { limit: limits.maxFiles })
    if (error instanceof Error && /boundary not found|malformed content type/i.test(error.message)) throw httpFail('UNSUPPORTED_MEDIA')
    if (error instanceof Error && /unexpected end|terminated early|premature/i.test(error.message)) throw filesFail('UPLOAD_CUT')
    throw error
  }
  return { files, fields }
}
