import type { Tx } from '../../platform/db/database.ts'
import { cleanName, recordFile } from '../../platform/files/files.ts'
import type { MediaType } from '../../platform/files/media-type.ts'
import { newId } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Consignment, DocumentKind } from './contract.ts'
import { fail } from './errors.ts'
import { type ConsignmentDocument, insertDocument } from './repository.ts'

export const DOCUMENT_MAX_BYTES = 20 * 1024 * 1024
export const DOCUMENT_KINDS: readonly MediaType[] = ['application/pdf', 'image/jpeg', 'image/png', 'image/webp']

export interface DocumentInput {
  readonly kind: DocumentKind
  readonly name: string
  readonly mediaType: MediaType
  readonly bytes: Buffer
}

/**
 * Files a paper with a consignment, byte for byte as it came: it is evidence. It is only ever given out as an
 * attachment, so what a PDF may carry is not run in a page of ours.
 * @throws AppError DOCUMENT_TYPE, UPLOAD_TOO_LARGE, UPLOAD_EMPTY
 */
export async function uploadDocument(
  platform: Platform,
  tx: Tx,
  consignment: Consignment,
  input: DocumentInput,
  ctx: { readonly at: Date; readonly by: { readonly personId: string | undefined; readonly name: string } },
): Promise<ConsignmentDocument> {
  if (!DOCUMENT_KINDS.includes(input.mediaType)) throw fail('DOCUMENT_TYPE')
  const stored = await platform.files.put([input.bytes], DOCUMENT_MAX_BYTES)
  const name = cleanName(input.name)
  const fileId = await recordFile(tx, {
    organisationId: consignment.organisationId,
    createdBy: ctx.by.personId ?? null,
    stored,
    mediaType: input.mediaType,
    name,
    purpose: 'consignment-document',
    at: ctx.at,
  })
  const document: ConsignmentDocument = {
    id: newId(ctx.at),
    organisationId: consignment.organisationId,
    consignmentId: consignment.id,
    kind: input.kind,
    fileId,
    name,
    mediaType: input.mediaType,
    size: stored.bytes,
    uploadedBy: ctx.by.name,
    createdAt: ctx.at.toISOString(),
  }
  await insertDocument(tx, document)
  return document
}
