import { randomUUID } from 'node:crypto'
import { constants, cpSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'
import type { Database } from '../../src/platform/db/database.ts'
import { openCluster } from '../../src/platform/db/pglite-cluster.ts'
import { openPostgres } from '../../src/platform/db/postgres-database.ts'
import { sql } from '../../src/platform/db/sql.ts'
import { databaseUrl } from './database-template.ts'
import { scratchPrefix } from './scratch.ts'

const removals = new Map<Database, () => Promise<void>>()

/**
 * A fresh database with every migration applied: PGlite copied from a template, or PostgreSQL when TEST_DATABASE_URL
 * is set. Open it in `beforeAll`, close it in `afterAll` by `closeTestDatabase`.
 */
export async function openTestDatabase(): Promise<Database> {
  const url = process.env['TEST_DATABASE_URL']
  return url === undefined ? openEmbedded() : openOnServer(url)
}

/** Closes a test database and removes what it left. */
export async function closeTestDatabase(db: Database): Promise<void> {
  await db.close()
  await removals.get(db)?.()
  removals.delete(db)
}

/**
 * Waits until whatever is committed now may be read by those who read in commit order: they stop at the oldest running
 * transaction of the whole server, and tests that run beside have transactions of their own.
 */
export async function untilReadable(db: Database): Promise<void> {
  const [now] = await db.query<{ next: string }>(sql`select pg_snapshot_xmax(pg_current_snapshot())::text as next`)
  for (;;) {
    const [state] = await db.query<{ reached: boolean }>(
      sql`select pg_snapshot_xmin(pg_current_snapshot()) >= ${now!.next}::xid8 as reached`,
    )
    if (state!.reached) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

async function openEmbedded(): Promise<Database> {
  const parent = mkdtempSync(scratchPrefix())
  const folder = join(parent, 'database')
  cpSync(inject('databaseTemplate'), folder, { recursive: true, mode: constants.COPYFILE_FICLONE })
  const db = await openCluster({ folder, durable: false })
  removals.set(db, async () => rmSync(parent, { recursive: true, force: true }))
  return db
}

async function openOnServer(url: string): Promise<Database> {
  const name = `suzhen_test_${randomUUID().replaceAll('-', '')}`
  await administer(url, `create database ${name} template ${inject('databaseTemplate')}`)
  const db = await openPostgres({ databaseUrl: databaseUrl(url, name), dataDir: '', poolSize: 4 })
  removals.set(db, () => administer(url, `drop database ${name} with (force)`))
  return db
}

async function administer(url: string, statement: string): Promise<void> {
  const admin = new pg.Client(url)
  await admin.connect()
  try {
    await admin.query(statement)
  } finally {
    await admin.end()
  }
}
