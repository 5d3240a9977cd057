import type { MigrationSet } from './migration-set.ts'

export interface DatabaseConfig {
  /** A PostgreSQL 15+ server; without it the embedded engine works in `dataDir`. */
  readonly databaseUrl?: string | undefined
  readonly dataDir: string
  readonly poolSize?: number | undefined
  readonly onNotice?: ((message: string) => void) | undefined
  /** Migrations that an empty embedded database may begin with, from a cached template; see `template.ts`. */
  readonly migrations?: readonly MigrationSet[] | undefined
}
