import { existsSync } from 'node:fs'
import type { MigrationSet } from '../platform/db/migration-set.ts'

/** Folders that may hold migrations, in the order in which one may refer to the tables of another. */
const OWNERS = [
  'platform/http',
  'platform/jobs',
  'platform/outbox',
  'platform/files',
  'platform/mail',
  'modules/ledger',
  'modules/identity',
  'modules/products',
  'modules/imports',
  'modules/codes',
  'modules/labels',
  'modules/events',
  'modules/resolver',
  'modules/scans',
  'modules/feedback',
  'modules/risk',
  'modules/enforcement',
  'modules/credit',
  'modules/exchange',
  'modules/insight',
] as const

/** Every migration of the platform. The name of a set is recorded with each migration and never changes. */
export const migrationSets: readonly MigrationSet[] = OWNERS.map((owner) => ({
  module: owner.slice(owner.indexOf('/') + 1),
  dir: new URL(`../${owner}/migrations/`, import.meta.url),
})).filter(({ dir }) => existsSync(dir))
