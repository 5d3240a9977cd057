import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { createModules, type Modules } from '../../src/app/modules.ts'
import { buildServer } from '../../src/app/serve.ts'
import { ManualClock } from '../../src/platform/clock.ts'
import { loadConfig } from '../../src/platform/config/config.ts'
import { openKeyVault } from '../../src/platform/crypto/keys.ts'
import { FileStore } from '../../src/platform/files/file-store.ts'
import { Jobs } from '../../src/platform/jobs/jobs.ts'
import type { Platform } from '../../src/platform/platform.ts'
import { holdAnswersToDocument } from './answers.ts'
import { openTestDatabase } from './database.ts'

export interface TestApp {
  readonly app: FastifyInstance
  readonly platform: Platform
  readonly modules: Modules
  readonly clock: ManualClock
  /** Does all queued jobs and reads all published events. */
  drain(): Promise<void>
  close(): Promise<void>
}

/** The whole platform on a database of its own, a clock that stands still and no timers: requests go in by `inject`. */
export async function openTestApp(options: { now?: string; env?: Record<string, string> } = {}): Promise<TestApp> {
  const clock = new ManualClock(options.now ?? '2026-06-15T02:00:00Z')
  const dataDir = mkdtempSync(join(tmpdir(), 'suzhen-test-'))
  const config = loadConfig({
    DATA_DIR: dataDir,
    LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
    PUBLIC_URL: 'http://localhost:8080',
    SCAN_LIMIT_PER_MINUTE: '100000',
    ...options.env,
  })
  const db = await openTestDatabase()
  const log = pino({ level: config.logLevel })
  const platform: Platform = {
    config,
    db,
    clock,
    keys: openKeyVault(config),
    files: new FileStore(config.dataDir),
    jobs: new Jobs(db, clock, log),
    log,
  }
  const modules = createModules(platform)
  const app = await buildServer(platform, modules)
  const faults = holdAnswersToDocument(app)
  return {
    app,
    platform,
    modules,
    clock,
    drain: () => platform.jobs.drain(),
    close: async () => {
      await app.close()
      await db.close()
      rmSync(dataDir, { recursive: true, force: true })
      if (faults.size > 0) throw new Error(`the API document is wrong:\n${[...faults].join('\n')}`)
    },
  }
}
