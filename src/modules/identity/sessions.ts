import type { Sql, Tx } from '../../platform/db/database.ts'
import type { AppError, Locale } from '../../kernel/errors.ts'
import type { Actor, RequestFacts } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { newId, newSecret } from '../../platform/ids.ts'
import { organisationName, type SessionView } from './contract.ts'
import { fail } from './errors.ts'
import type { IdentityParts } from './parts.ts'
import {
  isSupervising,
  permissionsOf,
  permissionsWithin,
  PERMISSIONS_UNENROLLED,
  PERMISSIONS_UNVERIFIED,
  seesOf,
  STEP_UP_MINUTES,
} from './policy.ts'
import {
  deleteSession,
  deleteSessions,
  insertSession,
  type Organisation,
  type Person,
  type Proof,
  renewSession,
  sessionById,
  type SignedIn,
} from './repository.ts'
import { isSandbox } from '../../kernel/sandbox.ts'

/** Where a sign-in comes from, as its owner will recognise it in the list of sessions. */
export interface ClientFacts {
  readonly address: string
  readonly userAgent: string
  readonly device: string | undefined
}

export interface OpenedSession {
  readonly id: string
  /** Value of the `session` cookie; it is nowhere else. */
  readonly token: string
  readonly expiresAt: Date
}

export const sessionHash = ({ keys }: Pick<IdentityParts, 'keys'>, token: string): Buffer => keys.mac('session', 'token', token)

export async function openSession(
  parts: Pick<IdentityParts, 'keys' | 'config'>,
  tx: Tx,
  personId: string,
  opening: { proof: Proof; address?: string; userAgent?: string },
  at: Date,
): Promise<OpenedSession> {
  const id = newId(at)
  const token = newSecret()
  const expiresAt = new Date(at.getTime() + parts.config.sessionAbsoluteHours * 3_600_000)
  await insertSession(
    tx,
    {
      id,
      tokenHash: sessionHash(parts, token),
      personId,
      proof: opening.proof,
      address: opening.address ?? '',
      userAgent: (opening.userAgent ?? '').slice(0, 200),
      expiresAt,
    },
    at,
  )
  return { id, token, expiresAt }
}

/** After a new proof the session goes on under a new token. */
export async function proveSession(parts: Pick<IdentityParts, 'keys'>, tx: Tx, sessionId: string, proof: Proof, at: Date): Promise<string> {
  const token = newSecret()
  await renewSession(tx, sessionId, { tokenHash: sessionHash(parts, token), proof }, at)
  return token
}

/** What a session must send back with every act. It belongs to the session, not to its token, and is stored nowhere. */
export function csrfTokenOf({ keys }: Pick<IdentityParts, 'keys'>, sessionId: string): string {
  return keys.mac('session', 'csrf', sessionId).toString('base64url')
}

/** True while the session has neither been left idle nor reached its end, and its person may still come in. */
export function isAlive({ config }: Pick<IdentityParts, 'config'>, { session, person }: SignedIn, at: Date): boolean {
  const idleEnd = Date.parse(session.lastSeenAt) + config.sessionIdleMinutes * 60_000
  return person.status === 'active' && at.getTime() < Date.parse(session.expiresAt) && at.getTime() < idleEnd
}

export function mustEnrol(organisation: Organisation, proof: Proof): boolean {
  return isSupervising(organisation.kind) && proof === 'password'
}

/** The error that a caller meets who holds less than its roles would give, or undefined. */
export function restrictionOf({ session, organisation }: SignedIn): AppError | undefined {
  if (mustEnrol(organisation, session.proof)) return fail('SECOND_FACTOR_REQUIRED')
  if (organisation.status !== 'verified') return fail('ORGANISATION_NOT_VERIFIED')
  return undefined
}

export function actorOf({ session, person, organisation }: SignedIn, at: Date): Actor {
  const provedUntil = provedUntilOf(session)
  return {
    organisationId: organisation.id,
    organisationKind: organisation.kind,
    personId: person.id,
    apiKeyId: undefined,
    sessionId: session.id,
    name: person.name,
    roles: person.roles,
    permissions: permissionsNow(person, organisation, session.proof),
    provedUntil: provedUntil > at ? provedUntil : undefined,
    sees: seesOf(organisation.kind),
  }
}

function permissionsNow(person: Person, organisation: Organisation, proof: Proof): Set<string> {
  const all = permissionsWithin(organisation.id, permissionsOf(person.roles))
  const only = (few: ReadonlySet<string>) => new Set<string>([...all].filter((permission) => few.has(permission)))
  if (mustEnrol(organisation, proof)) return only(PERMISSIONS_UNENROLLED)
  if (organisation.status === 'verified') return all
  const few = only(PERMISSIONS_UNVERIFIED)
  if (organisation.status === 'suspended') few.delete('people.manage')
  return few
}

/** A link from the server's own console stands for every proof as long as its session lasts. */
function provedUntilOf(session: SignedIn['session']): Date {
  return session.proof === 'link' ? new Date(session.expiresAt) : new Date(Date.parse(session.provedAt) + STEP_UP_MINUTES * 60_000)
}

/** @throws AppError NOT_SIGNED_IN when the session has just ended */
export async function viewSession(parts: Pick<IdentityParts, 'keys'>, db: Sql, actor: Actor, facts: RequestFacts): Promise<SessionView> {
  const found = actor.sessionId === undefined ? undefined : await sessionById(db, actor.sessionId)
  if (found === undefined) throw httpFail('NOT_SIGNED_IN')
  const { session, person, organisation } = found
  const locale: Locale = person.locale
  return {
    id: session.id,
    person: { id: person.id, name: person.name, account: person.account },
    organisation: {
      id: organisation.id,
      kind: organisation.kind,
      nameZh: organisation.nameZh,
      nameEn: organisation.nameEn,
      name: organisationName(organisation, locale),
      status: organisation.status,
      reason: organisation.decisionReason,
      sandbox: isSandbox(organisation.id),
    },
    roles: person.roles,
    permissions: [...actorOf(found, facts.at).permissions],
    csrfToken: csrfTokenOf(parts, session.id),
    locale,
    secondFactor: person.totpSecret !== null ? 'totp' : person.hasPasskey ? 'passkey' : 'none',
    hasPassword: person.passwordHash !== null,
    mustEnrol: mustEnrol(organisation, session.proof),
    provedUntil: isSupervising(organisation.kind) ? provedUntilOf(session).toISOString() : null,
    expiresAt: session.expiresAt,
  }
}

/** Ends one of the actor's own sessions, at once on every process. @throws AppError NOT_FOUND */
export async function endSession(tx: Tx, actor: Actor, sessionId: string): Promise<void> {
  if (!(await deleteSession(tx, actor.personId!, sessionId))) throw httpFail('NOT_FOUND')
}

/** Ends the actor's sessions but this one. @returns how many */
export function endOtherSessions(tx: Tx, actor: Actor): Promise<number> {
  return deleteSessions(tx, actor.personId!, actor.sessionId)
}
