import { existsSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { migrationSets } from '../../src/app/migrations.ts'
import { makePostgresTemplate, makePgliteTemplate } from './database-template.ts'
import { sweepScratch } from './scratch.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder (PGlite) or the name of a database (PostgreSQL) with every migration applied. */
    databaseTemplate: string
  }
}

let told = false

/** Makes the migrated database that every test copies, and says aloud what this run does not cover. */
export default async function setup(project: TestProject): Promise<void> {
  sweepScratch()
  const url = process.env['TEST_DATABASE_URL']
  const template = url === undefined ? await makePgliteTemplate(migrationSets) : await makePostgresTemplate(url, migrationSets)
  project.provide('databaseTemplate', template)

  if (told) return
  told = true
  console.log(url === undefined ? 'Database: PGlite. NOT COVERED: PostgreSQL (set TEST_DATABASE_URL)' : 'Database: PostgreSQL')
  if (!CHROMIUM.some((path) => path !== undefined && existsSync(path))) {
    console.log('NOT COVERED: browser tests, no Chromium found (set CHROMIUM_PATH)')
  }
}

const CHROMIUM = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
