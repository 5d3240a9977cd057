import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { DatabaseConfig } from './database-config.ts'
import { lockFolder } from './folder-lock.ts'
import { type EmbeddedDatabase, openCluster } from './pglite-cluster.ts'
import { startMaintenance } from './pglite-maintenance.ts'
import { createCluster } from './template.ts'

/**
 * Opens the embedded engine in `dataDir/database`, created when it does not exist.
 * @throws AppError DATA_DIR_IN_USE when any process, this one included, has it open
 */
export async function openPglite(config: DatabaseConfig): Promise<EmbeddedDatabase> {
  const folder = resolve(config.dataDir, 'database')
  mkdirSync(resolve(config.dataDir), { recursive: true, mode: 0o700 })
  const lock = await lockFolder(`${folder}.lock`, config.dataDir)
  try {
    if (!existsSync(join(folder, 'PG_VERSION'))) await createCluster(folder, config.migrations ?? [])
    const db = await openCluster({ folder, durable: true, onNotice: config.onNotice, onClose: lock.release })
    startMaintenance(db, config.onNotice)
    return db
  } catch (error) {
    lock.release()
    throw error
  }
}
