import type { FastifyBaseLogger } from 'fastify'
import type { Clock } from './clock.ts'
import type { Config } from './config/config.ts'
import type { KeyVault } from './crypto/keys.ts'
import type { Database } from './db/database.ts'
import type { FileStore } from './files/file-store.ts'
import type { Jobs } from './jobs/jobs.ts'

/** The technique that every module is given, built once by hand in `app/context.ts`. */
export interface Platform {
  readonly config: Config
  readonly db: Database
  readonly clock: Clock
  readonly keys: KeyVault
  readonly files: FileStore
  readonly jobs: Jobs
  readonly log: FastifyBaseLogger
}
