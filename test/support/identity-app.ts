import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { createIdentity, IDENTITY_CONSTRAINTS, type Identity, csrfTokenOf, type NewOrganisation } from '../../src/modules/identity/index.ts'
import type { OrganisationKind, Role } from '../../src/modules/identity/contract.ts'
import { createLedger } from '../../src/modules/ledger/index.ts'
import { ManualClock } from '../../src/platform/clock.ts'
import { loadConfig } from '../../src/platform/config/config.ts'
import { KeyVault } from '../../src/platform/crypto/keys.ts'
import type { Database } from '../../src/platform/db/database.ts'
import { constraintOf } from '../../src/platform/db/errors.ts'
import { createServer } from '../../src/platform/http/server.ts'
import { Jobs } from '../../src/platform/jobs/jobs.ts'
import type { Platform } from '../../src/platform/platform.ts'
import { TestClient } from './client.ts'
import { closeTestDatabase, openTestDatabase } from './database.ts'

export const PASSWORD = 'a sentence for the tests 7'

/** Only who people are and the audit trail, over HTTP; what the other modules do has no part in these tests. */
export interface IdentityApp {
  readonly app: FastifyInstance
  readonly db: Database
  readonly clock: ManualClock
  readonly keys: KeyVault
  readonly identity: Identity
  /** A verified organisation, or what `input` says of it. */
  organisation(kind: OrganisationKind, input?: Partial<NewOrganisation>): Promise<string>
  /** A person with `PASSWORD`. */
  person(organisationId: string, account: string, roles: readonly Role[]): Promise<string>
  /** A client signed in as a new person, fully proved. */
  as(organisationId: string, role: Role): Promise<TestClient & { personId: string }>
  close(): Promise<void>
}

const USCC = ['91330206123456788C', '93330206MA2AGHCD63', '92330203MA2CQW8R2N', '913302060000000005', '1133020000298877XT']

export async function openIdentityApp(): Promise<IdentityApp> {
  const config = loadConfig({ LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent', PUBLIC_URL: 'http://localhost:8080' })
  const clock = new ManualClock('2026-06-15T02:00:00Z')
  const db = await openTestDatabase()
  const keys = new KeyVault(Buffer.alloc(32, 7))
  const log = pino({ level: config.logLevel })
  const platform = { config, db, clock, keys, log, jobs: new Jobs(db, clock, log), files: undefined as never } satisfies Platform
  const ledger = createLedger(platform, () => identity.routes)
  const identity = createIdentity(platform, { audit: ledger.writeAudit })
  const app = await createServer({
    config,
    db,
    clock,
    keys,
    log,
    routes: [...identity.routes, ...ledger.routes],
    authenticate: identity.authenticate,
    audit: ledger.writeAudit,
    constraints: IDENTITY_CONSTRAINTS,
    constraintOf,
  })
  let made = 0
  const organisation: IdentityApp['organisation'] = (kind, input = {}) =>
    db.transaction((tx) =>
      identity.registerOrganisation(
        tx,
        { kind, nameZh: `示例${kind}`, province: '浙江省', status: 'verified', uscc: USCC[made++ % USCC.length]!, ...input },
        clock.now(),
      ),
    )
  const person: IdentityApp['person'] = (organisationId, account, roles) =>
    db.transaction((tx) => identity.addPerson(tx, { organisationId, account, name: account, roles, password: PASSWORD }, clock.now()))
  return {
    app,
    db,
    clock,
    keys,
    identity,
    organisation,
    person,
    as: async (organisationId, role) => {
      const { personId, session } = await db.transaction(async (tx) => {
        const id = await identity.addPerson(tx, { organisationId, account: `${role}.${made++}`, name: role, roles: [role] }, clock.now())
        return { personId: id, session: await identity.openSession(tx, id, { proof: 'totp' }, clock.now()) }
      })
      return Object.assign(new TestClient(app, { session: { token: session.token, csrfToken: csrfTokenOf({ keys }, session.id) } }), {
        personId,
      })
    },
    close: async () => {
      await app.close()
      await closeTestDatabase(db)
    },
  }
}
