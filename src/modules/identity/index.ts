import type { FastifyRequest } from 'fastify'
import type { AppError } from '../../kernel/errors.ts'
import type { Database, Sql, Tx } from '../../platform/db/database.ts'
import type { Actor } from '../../platform/http/actor.ts'
import type { Authenticated } from '../../platform/http/server.ts'
import type { Route } from '../../platform/http/route.ts'
import { type AuditWriter, forgetOldKeys } from '../../platform/http/unit-of-work.ts'
import type { Schedule } from '../../platform/jobs/jobs.ts'
import type { Platform } from '../../platform/platform.ts'
import { addPerson, type NewPerson } from './add-person.ts'
import { authenticate } from './authenticate.ts'
import { createApiKey, type NewApiKey } from './create-api-key.ts'
import { fail } from './errors.ts'
import type { IdentityParts } from './parts.ts'
import { addOrganisation, type NewOrganisation } from './register-organisation.ts'
import {
  decideOrganisation,
  type Organisation,
  organisationOf,
  organisationsOf,
  type Proof,
  registrationsWaiting,
  sweep,
} from './repository.ts'
import { identityRoutes } from './routes.ts'
import { noteExample, openSandbox, type Sandbox, sandboxFor } from './sandbox.ts'
import { openSession, type OpenedSession } from './sessions.ts'
import { createLoginLink, setupLink } from './set-up.ts'
import { CallLog, forgetOldCalls } from './call-log.ts'

export type { NewApiKey, NewOrganisation, NewPerson, OpenedSession, Organisation, Proof, Sandbox }
export { permissionsOf, requireStepUp } from './policy.ts'
export { csrfTokenOf } from './sessions.ts'

export const IDENTITY_CONSTRAINTS: ReadonlyMap<string, () => AppError> = new Map([
  ['person_account_key', () => fail('ACCOUNT_TAKEN')],
  ['organisation_uscc_kind_key', () => fail('ORGANISATION_EXISTS')],
])

/** Organisations, people and what proves who they are. */
export interface Identity {
  readonly routes: Route[]
  readonly schedules: Schedule[]
  /** The last calls of each API key. */
  readonly calls: CallLog
  /** Who sends a request; for the server. @throws AppError API_KEY_INVALID, API_KEY_ADDRESS */
  authenticate(request: FastifyRequest): Promise<Authenticated | undefined>
  organisationOf(db: Sql, id: string): Promise<Organisation | undefined>
  organisationsOf(db: Sql, ids: readonly string[]): Promise<Map<string, Organisation>>
  /** Adds an organisation, `applied` unless another status is given; answers its id. @throws AppError ORGANISATION_EXISTS */
  registerOrganisation(tx: Tx, input: NewOrganisation, at: Date): Promise<string>
  /** Makes an organisation verified without an actor: for the scenario and tests. */
  verifyOrganisation(tx: Tx, organisationId: string, at: Date): Promise<void>
  /** Adds a person, active at once; answers the id. @throws AppError NOT_FOUND, ROLE_NOT_ALLOWED, ACCOUNT_TAKEN, WEAK_PASSWORD */
  addPerson(tx: Tx, input: NewPerson, at: Date): Promise<string>
  /** Organisations that wait for verification. */
  registrationsWaiting(db: Sql): Promise<number>
  /** Makes a sandbox for the actor's organisation in place of the one it has. @throws AppError SANDBOX_IMPORTERS_ONLY, SANDBOX_TOO_OFTEN */
  openSandbox(tx: Tx, actor: Actor, at: Date): Promise<Sandbox & { readonly printerId: string }>
  noteExample(tx: Tx, sandbox: number, example: object): Promise<void>
  /** The sandbox of an organisation, or the one that it is of. */
  sandboxFor(db: Sql, organisationId: string): Promise<Sandbox | undefined>
  createApiKey(tx: Tx, input: NewApiKey, at: Date): Promise<{ id: string; secret: string }>
  /** A URL that signs the person in once, within 24 hours; its session needs no further proof. Never made over HTTP. */
  createLoginLink(tx: Tx, personId: string, at: Date): Promise<string>
  openSession(tx: Tx, personId: string, opening: { proof: Proof; address?: string; userAgent?: string }, at: Date): Promise<OpenedSession>
  /** The first-run URL, or undefined once there is an operator. Each call ends the link of the call before. */
  setupLink(db: Database, at: Date): Promise<string | undefined>
}

export function createIdentity(platform: Platform, ports: { audit: AuditWriter }): Identity {
  const calls = new CallLog(platform.db, platform.log)
  const parts: IdentityParts = { config: platform.config, db: platform.db, keys: platform.keys, audit: ports.audit, calls }
  return {
    calls,
    routes: identityRoutes(parts),
    schedules: [
      {
        name: 'identity.sweep',
        everySeconds: 600,
        run: async () => {
          const now = platform.clock.now()
          const deleted = {
            ...(await sweep(platform.db, now, platform.config.sessionIdleMinutes)),
            idempotency: await forgetOldKeys(platform.db, now),
            api_key_call: await forgetOldCalls(platform.db, now),
          }
          platform.log.info({ deleted }, 'swept what has run out')
        },
      },
    ],
    authenticate: (request) => authenticate(parts, request),
    organisationOf,
    organisationsOf,
    registerOrganisation: addOrganisation,
    verifyOrganisation: (tx, organisationId, at) =>
      decideOrganisation(tx, organisationId, { status: 'verified', reason: '', by: null }, at),
    addPerson,
    registrationsWaiting,
    openSandbox,
    noteExample,
    sandboxFor,
    createApiKey: (tx, input, at) => createApiKey(parts, tx, input, at),
    createLoginLink: (tx, personId, at) => createLoginLink(parts, tx, personId, at),
    openSession: (tx, personId, opening, at) => openSession(parts, tx, personId, opening, at),
    setupLink: (db, at) => setupLink({ ...parts, db }, at),
  }
}
