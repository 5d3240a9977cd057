import { mkdirSync } from 'node:fs'
import { pino } from 'pino'
import type { FastifyBaseLogger } from 'fastify'
import { type Clock, systemClock } from '../platform/clock.ts'
import type { Config } from '../platform/config/config.ts'
import { openKeyVault } from '../platform/crypto/keys.ts'
import type { Database } from '../platform/db/database.ts'
import { openDatabase } from '../platform/db/open-database.ts'
import { migrate } from '../platform/db/migrate.ts'
import { FileStore } from '../platform/files/file-store.ts'
import { Jobs } from '../platform/jobs/jobs.ts'
import type { Platform } from '../platform/platform.ts'
import { migrationSets } from './migrations.ts'

/** Builds the technique by hand, in the order in which one part needs the other. */
export async function openPlatform(
  config: Config,
  options: { clock?: Clock; log?: FastifyBaseLogger; db?: Database } = {},
): Promise<Platform> {
  mkdirSync(config.dataDir, { recursive: true })
  const log = options.log ?? pino({ level: config.logLevel, redact: ['req.headers.authorization', 'req.headers.cookie'] })
  const clock = options.clock ?? systemClock
  const db =
    options.db ??
    (await openDatabase({
      databaseUrl: config.databaseUrl,
      dataDir: config.dataDir,
      poolSize: config.databasePool,
      migrations: migrationSets,
    }))
  try {
    await migrate(db, migrationSets)
    const keys = openKeyVault(config)
    const files = new FileStore(config.dataDir)
    return { config, db, clock, keys, files, jobs: new Jobs(db, clock, log), log }
  } catch (error) {
    if (options.db === undefined) await db.close()
    throw error
  }
}
