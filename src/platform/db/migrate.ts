import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import type { Database, Sql } from './database.ts'
import { fail } from './errors.ts'
import type { MigrationSet } from './migration-set.ts'
import { sql } from './sql.ts'

export interface Migration {
  readonly module: string
  readonly name: string
  /** SHA-256 of the file, line ends taken as LF, in hex. */
  readonly checksum: string
  readonly script: string
}

/** Held for the length of one migration, so that two servers that start together do not both apply it. */
const MIGRATION_LOCK = 7_239_004_117

/** Every migration of the sets: sets in the order given, files by name. */
export function readMigrations(sets: readonly MigrationSet[]): Migration[] {
  return sets.flatMap(({ module, dir }) => {
    const folder = typeof dir === 'string' ? dir : fileURLToPath(dir)
    return readdirSync(folder)
      .filter((name) => name.endsWith('.sql'))
      .sort()
      .map((name) => {
        const script = readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n')
        return { module, name, checksum: createHash('sha256').update(script).digest('hex'), script }
      })
  })
}

/**
 * Applies what is not applied yet, each file in a transaction of its own, and returns what was applied. Forward only.
 * @throws AppError MIGRATION_CHANGED when an applied file was edited or is gone; nothing is applied then
 */
export async function migrate(db: Database, sets: readonly MigrationSet[]): Promise<Migration[]> {
  const migrations = readMigrations(sets)
  await db.transaction(async (tx) => {
    await lock(tx)
    await tx.execute(sql`
      create table if not exists schema_migration (
        module text not null,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null,
        constraint schema_migration_pkey primary key (module, name)
      )`)
    refuseChanges(migrations, await readApplied(tx))
  })

  const done: Migration[] = []
  for (const migration of migrations) {
    const applied = await db.transaction(async (tx) => {
      await lock(tx)
      const [known] = await tx.query(sql`select 1 from schema_migration where module = ${migration.module} and name = ${migration.name}`)
      if (known) return false
      await tx.script(migration.script).catch((error: Error) => {
        error.message = `migration ${migration.module}/${migration.name}: ${error.message}`
        throw error
      })
      await tx.execute(sql`
        insert into schema_migration (module, name, checksum, applied_at)
        values (${migration.module}, ${migration.name}, ${migration.checksum}, ${new Date()})`)
      return true
    })
    if (applied) done.push(migration)
  }
  return done
}

interface AppliedRow {
  module: string
  name: string
  checksum: string
}

function readApplied(tx: Sql): Promise<AppliedRow[]> {
  return tx.query<AppliedRow>(sql`select module, name, checksum from schema_migration order by module, name`)
}

function refuseChanges(migrations: readonly Migration[], applied: readonly AppliedRow[]): void {
  const files = new Map(migrations.map((m) => [`${m.module}/${m.name}`, m.checksum]))
  for (const row of applied) {
    const migration = `${row.module}/${row.name}`
    const checksum = files.get(migration)
    if (checksum === undefined) throw fail('MIGRATION_CHANGED', { migration, difference: 'missing / 文件缺失' })
    if (checksum !== row.checksum) throw fail('MIGRATION_CHANGED', { migration, difference: 'edited / 内容被改动' })
  }
}

async function lock(tx: Sql): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(${MIGRATION_LOCK}::int8)`)
}
