import type { Sql } from '../db/database.ts'
import { maybeOne } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { newId } from '../ids.ts'
import type { StoredBytes } from './file-store.ts'

/** A stored file as modules refer to it. */
export interface FileRecord {
  readonly id: string
  readonly organisationId: string | null
  readonly sha256: Buffer
  readonly bytes: number
  readonly mediaType: string
  readonly name: string
  readonly purpose: string
  readonly createdAt: string
}

export async function recordFile(
  db: Sql,
  file: {
    readonly organisationId: string | null
    readonly createdBy: string | null
    readonly stored: StoredBytes
    readonly mediaType: string
    readonly name: string
    readonly purpose: string
    readonly at: Date
  },
): Promise<string> {
  const id = newId(file.at)
  await db.execute(sql`
    insert into file (id, organisation_id, sha256, bytes, media_type, name, purpose, created_by, created_at)
    values (${id}, ${file.organisationId}, ${file.stored.sha256}, ${file.stored.bytes}, ${file.mediaType}, ${cleanName(file.name)}, ${file.purpose}, ${file.createdBy}, ${file.at.toISOString()})`)
  return id
}

export async function fileOf(db: Sql, id: string): Promise<FileRecord | undefined> {
  const row = await maybeOne<{
    id: string
    organisation_id: string | null
    sha256: Buffer
    bytes: bigint
    media_type: string
    name: string
    purpose: string
    created_at: string
  }>(db, sql`select id, organisation_id, sha256, bytes, media_type, name, purpose, created_at from file where id = ${id}`)
  return row === undefined
    ? undefined
    : {
        id: row.id,
        organisationId: row.organisation_id,
        sha256: row.sha256,
        bytes: Number(row.bytes),
        mediaType: row.media_type,
        name: row.name,
        purpose: row.purpose,
        createdAt: row.created_at,
      }
}

/** A sender's file name without folders and control characters. */
export function cleanName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? ''
  return (
    [...last.normalize('NFC')]
      .filter((c) => c >= ' ' && c !== '\u007f')
      .join('')
      .slice(0, 200) || 'file'
  )
}
