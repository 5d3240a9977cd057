import type { Database } from './database.ts'
import type { DatabaseConfig } from './database-config.ts'
import { openPglite } from './pglite-database.ts'
import { openPostgres } from './postgres-database.ts'

/**
 * Opens the database that the configuration names.
 * @throws AppError DATA_DIR_IN_USE, DATABASE_UNREACHABLE or DATABASE_TOO_OLD
 */
export function openDatabase(config: DatabaseConfig): Promise<Database> {
  return config.databaseUrl === undefined ? openPglite(config) : openPostgres({ ...config, databaseUrl: config.databaseUrl })
}
