import { createHash, randomUUID } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  cpSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate, readMigrations } from './migrate.ts'
import type { MigrationSet } from './migration-set.ts'
import { openCluster } from './pglite-cluster.ts'

/**
 * Creating an embedded cluster runs initdb in WebAssembly and takes seconds; copying a finished one takes a moment.
 * Templates are kept in `node_modules/.cache/suzhen`, one for each version of PGlite and content of the migrations.
 * Without a cache that can be read or written everything still works, only slower.
 */
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/suzhen', import.meta.url))

/**
 * Fills `folder`, which must not exist, with a cluster that has `sets` applied. It appears whole or not at all, and
 * it is on disk before it appears.
 */
export async function createCluster(
  folder: string,
  sets: readonly MigrationSet[],
  options: { durable: boolean; cache?: string } = { durable: true },
): Promise<void> {
  const growing = `${folder}.new-${randomUUID()}`
  try {
    const template = await findTemplate(sets, options.cache ?? CACHE)
    if (template === undefined) await build(growing, sets)
    else copy(template, growing)
    if (options.durable) syncTree(growing)
    renameSync(growing, folder)
    if (options.durable) sync(dirname(folder))
  } finally {
    rmSync(growing, { recursive: true, force: true })
  }
}

/** The cached template for `sets`, made when it is missing; undefined when the cache cannot hold one. */
export async function findTemplate(sets: readonly MigrationSet[], cache = CACHE): Promise<string | undefined> {
  const template = join(cache, `pglite-${templateKey(sets)}`)
  if (existsSync(join(template, 'PG_VERSION'))) return template
  try {
    mkdirSync(cache, { recursive: true })
    accessSync(cache, constants.W_OK)
  } catch {
    return undefined
  }
  const growing = `${template}.new-${randomUUID()}`
  try {
    await build(growing, sets, cache)
    renameSync(growing, template)
  } catch (error) {
    // Another process may have put the same template there first.
    if (!existsSync(join(template, 'PG_VERSION'))) throw error
  } finally {
    rmSync(growing, { recursive: true, force: true })
  }
  return template
}

/** Changes with the version of PGlite and with the content of any migration. */
export function templateKey(sets: readonly MigrationSet[]): string {
  const hash = createHash('sha256').update(pgliteVersion())
  for (const { module, name, checksum } of readMigrations(sets)) hash.update(`\n${module}/${name} ${checksum}`)
  return hash.digest('hex').slice(0, 16)
}

/** A migrated cluster grows from the bare one, so that a changed migration does not cost another initdb. */
async function build(folder: string, sets: readonly MigrationSet[], cache?: string): Promise<void> {
  if (sets.length > 0 && cache !== undefined) {
    const bare = await findTemplate([], cache)
    if (bare !== undefined) copy(bare, folder)
  }
  const db = await openCluster({ folder, durable: false })
  try {
    if (sets.length > 0) await migrate(db, sets)
    await db.exec('checkpoint')
  } finally {
    await db.close()
  }
}

function copy(from: string, to: string): void {
  // Shares the blocks where the file system can (btrfs, xfs), and copies elsewhere.
  cpSync(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE })
}

function syncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) syncTree(path)
    else sync(path)
  }
  sync(folder)
}

function sync(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function pgliteVersion(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const manifest = JSON.parse(readFileSync(join(dirname(entry), '../package.json'), 'utf8')) as { version: string }
  return manifest.version
}
