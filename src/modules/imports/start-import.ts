import { createHash } from 'node:crypto'
import type { Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { SHEET_LIMITS } from '../../platform/documents/read-sheet.ts'
import { cleanName, recordFile } from '../../platform/files/files.ts'
import type { MediaType } from '../../platform/files/media-type.ts'
import type { Upload } from '../../platform/files/upload.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { newId } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { commitJobOf } from './commit-import.ts'
import { IMPORT_STATES, type ImportMapping, type ImportState } from './contract.ts'
import { fail } from './errors.ts'
import { changeImport, findImports, type Import, insertImport } from './import-repository.ts'
import type { ListKind, Sender } from './list-kind.ts'
import { readJobOf } from './read-import.ts'

/** Who sends a list, as far as the tests of other things need to say. */
export type SendingActor = Pick<Actor, 'organisationId' | 'personId' | 'name'> & Partial<Pick<Actor, 'apiKeyId' | 'permissions'>>

/** 50,000 rows of twenty columns are some 13 MB of CSV. */
export const IMPORT_MAX_BYTES = SHEET_LIMITS.fileBytes
export const IMPORT_KINDS: readonly MediaType[] = ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'text/csv']

/**
 * Takes a file in and starts to read it. The same bytes again while the first are still waiting to be committed are
 * the same import; after that they are a new one that says which one they repeat.
 */
export async function startImport(
  platform: Platform,
  kind: ListKind,
  tx: Tx,
  upload: Omit<Upload, 'field'>,
  ctx: { readonly actor: SendingActor; readonly at: Date },
): Promise<{ import: Import; existing: boolean }> {
  const organisationId = ctx.actor.organisationId
  const fileHash = createHash('sha256').update(upload.bytes).digest('hex')
  const same = await findImports(
    tx,
    sql`kind = ${kind.name} and organisation_id = ${organisationId} and file_hash = ${fileHash} and state in ('reading', 'ready', 'committing', 'done')`,
  )
  const waiting = same.find((i) => i.state !== 'done')
  if (waiting !== undefined) return { import: waiting, existing: true }
  const stored = await platform.files.put([upload.bytes], IMPORT_MAX_BYTES)
  const fileName = cleanName(upload.name)
  const fileId = await recordFile(tx, {
    organisationId,
    createdBy: ctx.actor.personId ?? null,
    stored,
    mediaType: upload.mediaType,
    name: fileName,
    purpose: 'import',
    at: ctx.at,
  })
  const id = newId(ctx.at)
  const jobId = await platform.jobs.enqueue(tx, {
    kind: readJobOf(kind),
    organisationId,
    createdBy: ctx.actor.personId ?? null,
    input: { importId: id, sender: senderOf(ctx.actor) },
  })
  const made: Import = {
    id,
    kind: kind.name,
    organisationId,
    fileId,
    fileName,
    fileHash,
    sameAs: same[0]?.id ?? null,
    state: 'reading',
    jobId,
    layout: {},
    mapping: null,
    counts: {},
    failure: null,
    createdBy: ctx.actor.name,
    createdAt: ctx.at.toISOString(),
    finishedAt: null,
  }
  await insertImport(tx, made)
  return { import: made, existing: false }
}

/** Reads the file again with the columns, header row or sheet that a person chose. @throws AppError IMPORT_STATE, IMPORT_MAPPING */
export async function remapImport(
  platform: Platform,
  kind: ListKind,
  tx: Tx,
  found: Import,
  choice: { readonly headerRow?: number | undefined; readonly sheet?: string | undefined; readonly mapping?: ImportMapping | undefined },
  ctx: { readonly actor: Actor },
): Promise<Import> {
  if (!(await hasBrokenOff(platform, tx, found, 'reading'))) expectState(found, ['ready', 'failed'])
  if (choice.mapping !== undefined) {
    const unknown = Object.keys(choice.mapping).filter((field) => !kind.fields.has(field))
    if (unknown.length > 0) throw fail('IMPORT_MAPPING', { reason: unknown.join(', ') })
    const columns = Object.values(choice.mapping)
    const doubled = columns.filter((column, i) => columns.indexOf(column) !== i)
    if (doubled.length > 0)
      throw fail('IMPORT_MAPPING', { reason: `第 ${doubled[0]! + 1} 列被用了两次 / column ${doubled[0]! + 1} is used twice` })
    const missing = Object.entries(kind.fields.entries).filter(
      ([field, entry]) => entry.required === true && choice.mapping![field] === undefined,
    )
    if (missing.length > 0) throw fail('IMPORT_MAPPING', { reason: missing.map(([, { zh, en }]) => `${zh} ${en}`).join(', ') })
  }
  const jobId = await platform.jobs.enqueue(tx, {
    kind: readJobOf(kind),
    organisationId: found.organisationId,
    createdBy: ctx.actor.personId ?? null,
    input: { importId: found.id, sender: senderOf(ctx.actor), ...choice },
  })
  await changeImport(tx, found.id, { state: 'reading', jobId, failure: null, finishedAt: null })
  return { ...found, state: 'reading', jobId, failure: null, finishedAt: null }
}

/** Starts to write the good rows. @throws AppError IMPORT_STATE */
export async function commitImport(
  platform: Platform,
  kind: ListKind,
  tx: Tx,
  found: Import,
  ctx: { readonly actor: Actor },
): Promise<Import> {
  // the rows that were written before it broke off are marked: a second job goes on with the others
  if (!(await hasBrokenOff(platform, tx, found, 'committing'))) expectState(found, ['ready'])
  const jobId = await platform.jobs.enqueue(tx, {
    kind: commitJobOf(kind),
    organisationId: found.organisationId,
    createdBy: ctx.actor.personId ?? null,
    input: { importId: found.id, sender: senderOf(ctx.actor) },
  })
  await changeImport(tx, found.id, { state: 'committing', jobId })
  return { ...found, state: 'committing', jobId }
}

function senderOf(actor: SendingActor): Sender {
  return {
    personId: actor.personId ?? null,
    apiKeyId: actor.apiKeyId ?? null,
    name: actor.name,
    permissions: [...(actor.permissions ?? [])],
  }
}

/** Gives a preview up; nothing was written by it. @throws AppError IMPORT_STATE */
export async function discardImport(tx: Tx, found: Import, at: Date): Promise<Import> {
  expectState(found, ['reading', 'ready', 'failed'])
  await changeImport(tx, found.id, { state: 'discarded', finishedAt: at.toISOString() })
  return { ...found, state: 'discarded', finishedAt: at.toISOString() }
}

/** True when the job of that state gave up, so that a person may start it again. */
async function hasBrokenOff(platform: Platform, tx: Tx, found: Import, state: 'reading' | 'committing'): Promise<boolean> {
  return found.state === state && found.jobId !== null && (await platform.jobs.find(tx, found.jobId))?.state === 'failed'
}

function expectState(found: Import, states: readonly ImportState[]): void {
  if (states.includes(found.state)) return
  const { zh, en } = IMPORT_STATES[found.state]
  throw fail('IMPORT_STATE', { state: `${zh} ${en}` })
}
