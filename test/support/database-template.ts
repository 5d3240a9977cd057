import { randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { migrate } from '../../src/platform/db/migrate.ts'
import type { MigrationSet } from '../../src/platform/db/migration-set.ts'
import { openPostgres } from '../../src/platform/db/postgres-database.ts'
import { createCluster, findTemplate, templateKey } from '../../src/platform/db/template.ts'

/** A folder to copy; from the cache of templates, or made for this run where the cache cannot be written. */
export async function makePgliteTemplate(sets: readonly MigrationSet[]): Promise<string> {
  const cached = await findTemplate(sets)
  if (cached !== undefined) return cached
  const folder = join(mkdtempSync(join(tmpdir(), 'suzhen-template-')), 'database')
  await createCluster(folder, sets, { durable: false })
  return folder
}

/** The name of a migrated database on the server, made when it is not there yet. */
export async function makePostgresTemplate(url: string, sets: readonly MigrationSet[]): Promise<string> {
  const name = `suzhen_template_${templateKey(sets)}`
  const admin = new pg.Client(url)
  await admin.connect()
  try {
    const { rowCount } = await admin.query('select 1 from pg_database where datname = $1', [name])
    if (rowCount === 1) return name
    // Built under another name and then renamed, so that a template is always whole.
    const growing = `suzhen_growing_${randomUUID().replaceAll('-', '')}`
    await admin.query(`create database ${growing}`)
    try {
      const db = await openPostgres({ databaseUrl: databaseUrl(url, growing), dataDir: '', poolSize: 1 })
      try {
        await migrate(db, sets)
      } finally {
        await db.close()
      }
      await admin.query(`alter database ${growing} rename to ${name}`)
    } catch (error) {
      await admin.query(`drop database ${growing} with (force)`)
      const duplicate = (error as { code?: string }).code === '42P04'
      if (!duplicate) throw error
    }
    return name
  } finally {
    await admin.end()
  }
}

/** The same server, another database. */
export function databaseUrl(url: string, database: string): string {
  const other = new URL(url)
  other.pathname = `/${database}`
  return other.href
}
