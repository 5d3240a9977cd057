import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { createImports, IMPORTS_CONSTRAINTS, type Imports } from '../../src/modules/imports/index.ts'
import { createProducts, type Products, PRODUCTS_CONSTRAINTS } from '../../src/modules/products/index.ts'
import { ManualClock } from '../../src/platform/clock.ts'
import { loadConfig } from '../../src/platform/config/config.ts'
import { KeyVault } from '../../src/platform/crypto/keys.ts'
import type { Database } from '../../src/platform/db/database.ts'
import { constraintOf } from '../../src/platform/db/errors.ts'
import { sql } from '../../src/platform/db/sql.ts'
import { FileStore } from '../../src/platform/files/file-store.ts'
import type { Actor } from '../../src/platform/http/actor.ts'
import { createServer } from '../../src/platform/http/server.ts'
import type { AuditEntry } from '../../src/platform/http/unit-of-work.ts'
import { Jobs } from '../../src/platform/jobs/jobs.ts'
import type { Platform } from '../../src/platform/platform.ts'
import { TestClient } from './client.ts'
import { closeTestDatabase, openTestDatabase } from './database.ts'

export const OWN = '01900000-0000-7000-8000-000000000001'
export const FOREIGN = '01900000-0000-7000-8000-000000000002'
export const BRAND = '01900000-0000-7000-8000-000000000003'
export const REGULATOR = '01900000-0000-7000-8000-000000000004'

const ORGANISATIONS = [
  [OWN, 'importer', '宁波示例进出口有限公司', '913302060000000005'],
  [FOREIGN, 'importer', '另一家示例有限公司', '91330206123456788C'],
  [BRAND, 'brand', '示例品牌', '93330206MA2AGHCD63'],
  [REGULATOR, 'regulator', '示例监管局', '1133020000298877XT'],
] as const

/** Products and imports over HTTP with made-up callers; who people are has no part in these tests. */
export interface TradeApp {
  readonly app: FastifyInstance
  readonly platform: Platform
  readonly clock: ManualClock
  readonly products: Products
  readonly imports: Imports
  readonly audits: AuditEntry[]
  /** Products and lots whose labels a test declares active. */
  readonly inUse: Set<string>
  as(organisationId: string): TestClient
  close(): Promise<void>
}

export async function openTradeApp(now = '2026-11-23T02:00:00Z'): Promise<TradeApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'suzhen-trade-'))
  const config = loadConfig({ DATA_DIR: dataDir, LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent', PUBLIC_URL: 'http://localhost:8080' })
  const clock = new ManualClock(now)
  const db: Database = await openTestDatabase()
  const keys = new KeyVault(Buffer.alloc(32, 7))
  const log = pino({ level: config.logLevel })
  const platform: Platform = { config, db, clock, keys, log, jobs: new Jobs(db, clock, log), files: new FileStore(dataDir) }
  const inUse = new Set<string>()
  const identity = {
    organisationOf: async (_: unknown, id: string) => {
      const row = ORGANISATIONS.find(([own]) => own === id)
      return row === undefined ? undefined : ({ id, kind: row[1] } as never)
    },
  }
  const products = createProducts(platform, { identity, isInUse: async (_, id) => inUse.has(id) })
  const imports = createImports(platform, { products, lotIsInUse: async (_, id) => inUse.has(id) })
  for (const job of imports.jobs) platform.jobs.handle(job)
  for (const [id, kind, name, uscc] of ORGANISATIONS) {
    await db.execute(sql`
      insert into organisation (id, kind, name_zh, uscc, province, status, applied_at)
      values (${id}, ${kind}, ${name}, ${uscc}, '330000', 'verified', ${clock.now().toISOString()})`)
  }
  const audits: AuditEntry[] = []
  const app = await createServer({
    config,
    db,
    clock,
    keys,
    log,
    routes: [...products.routes, ...imports.routes],
    authenticate: async (request) => {
      const id = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
      const row = ORGANISATIONS.find(([own]) => own === id)
      return row === undefined ? undefined : { actor: actorOf(row[0], row[1]), csrfToken: undefined }
    },
    audit: async (_, entry) => void audits.push(entry),
    constraints: new Map([...PRODUCTS_CONSTRAINTS, ...IMPORTS_CONSTRAINTS]),
    constraintOf,
  })
  return {
    app,
    platform,
    clock,
    products,
    imports,
    audits,
    inUse,
    as: (organisationId) => new TestClient(app, { apiKey: organisationId }),
    close: async () => {
      await app.close()
      await closeTestDatabase(db)
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function actorOf(organisationId: string, kind: 'importer' | 'brand' | 'regulator'): Actor {
  const reads = ['products.read', 'consignments.read']
  return {
    organisationId,
    organisationKind: kind,
    personId: undefined,
    apiKeyId: undefined,
    sessionId: undefined,
    name: kind,
    roles: [],
    permissions: new Set(kind === 'importer' ? [...reads, 'products.write', 'consignments.write'] : reads),
    sees: kind === 'regulator' ? 'all' : 'own',
  }
}
