import type { Tx } from '../../platform/db/database.ts'
import type { RequestFacts } from '../../platform/http/actor.ts'
import { fail } from './errors.ts'
import { issueToken, peekToken, spendToken } from './one-time-tokens.ts'
import type { IdentityParts } from './parts.ts'
import { type PasskeyProof, verifyPasskey } from './passkeys.ts'
import { passwordMatches } from './passwords.ts'
import { personByAccount, personOf, type Person, type Proof, sessionById } from './repository.ts'
import { spendRecoveryCode } from './recovery-codes.ts'
import { actorOf, type ClientFacts, openSession, type OpenedSession } from './sessions.ts'
import { countAttempt } from './throttle.ts'
import { matchTotp, spendTotpStep } from './totp.ts'

export type SignedInOr =
  | { readonly state: 'signed-in'; readonly session: OpenedSession; readonly account: string; readonly locale: 'zh' | 'en' }
  | { readonly state: 'second-factor'; readonly challenge: string; readonly factors: ('totp' | 'passkey' | 'recovery')[] }

/**
 * Signs in by account and password. An unknown account, a wrong password and an account without a password are told
 * in the same words and take the same time; guessing is slowed before the password is looked at.
 * @throws AppError TOO_MANY_ATTEMPTS, SIGN_IN_FAILED, PERSON_DISABLED (only to whoever knows the password)
 */
export async function signInByPassword(
  parts: IdentityParts,
  input: { account: string; password: string },
  client: ClientFacts,
  facts: RequestFacts,
): Promise<SignedInOr> {
  const account = input.account.normalize('NFKC').trim().toLowerCase().slice(0, 200)
  const attempt = await countAttempt(parts, { target: account, address: client.address, device: client.device }, facts.at)
  const person = await personByAccount(parts.db, account)
  // outside of any transaction: the only connection must not wait for a slow hash
  const matches = await passwordMatches(person?.passwordHash, input.password)
  if (person === undefined || !matches) {
    await noteRefusal(parts, 'identity.sign-in', 'SIGN_IN_FAILED', person, facts)
    throw fail('SIGN_IN_FAILED')
  }
  if (person.status === 'disabled') throw fail('PERSON_DISABLED')
  return parts.db.transaction(async (tx) => {
    await attempt.forgive(tx)
    return afterPassword(parts, tx, person, client, facts)
  })
}

/** A right password opens a session, or the door to the second factor where one is set up. */
export async function afterPassword(
  parts: IdentityParts,
  tx: Tx,
  person: Person,
  client: ClientFacts,
  facts: RequestFacts,
): Promise<SignedInOr> {
  const factors = factorsOf(person)
  if (factors.length === 0) return enter(parts, tx, person, 'password', 'identity.sign-in', client, facts)
  const { token } = await issueToken(parts, tx, 'second-factor', { personId: person.id }, facts.at)
  return { state: 'second-factor', challenge: token, factors: [...factors, 'recovery'] }
}

export function factorsOf(person: Person): ('totp' | 'passkey')[] {
  return [...(person.totpSecret !== null ? (['totp'] as const) : []), ...(person.hasPasskey ? (['passkey'] as const) : [])]
}

/**
 * The second factor after the password: a code of the authenticator app, or a recovery code.
 * @throws AppError CHALLENGE_EXPIRED, TOO_MANY_ATTEMPTS, SECOND_FACTOR_FAILED
 */
export async function signInBySecondFactor(
  parts: IdentityParts,
  input: { challenge: string; code?: string | undefined; recoveryCode?: string | undefined },
  client: ClientFacts,
  facts: RequestFacts,
): Promise<SignedInOr> {
  const { personId } = await peekToken(parts, 'second-factor', input.challenge, facts.at)
  const person = await personOf(parts.db, personId!)
  if (person === undefined || person.status !== 'active') throw fail('CHALLENGE_EXPIRED')
  const attempt = await countAttempt(parts, { target: `factor:${person.id}`, address: client.address, device: client.device }, facts.at)
  const signedIn = await parts.db.transaction(async (tx) => {
    const proof = await takeSecondFactor(parts, tx, person, input, facts.at)
    if (proof === undefined) return undefined
    await spendToken(parts, tx, 'second-factor', input.challenge, facts.at)
    await attempt.forgive(tx)
    return enter(parts, tx, person, proof, 'identity.sign-in-second-factor', client, facts)
  })
  if (signedIn !== undefined) return signedIn
  await noteRefusal(parts, 'identity.sign-in-second-factor', 'SECOND_FACTOR_FAILED', person, facts)
  throw fail('SECOND_FACTOR_FAILED')
}

async function takeSecondFactor(
  parts: IdentityParts,
  tx: Tx,
  person: Person,
  input: { code?: string | undefined; recoveryCode?: string | undefined },
  at: Date,
): Promise<Proof | undefined> {
  if (input.recoveryCode !== undefined)
    return (await spendRecoveryCode(parts, tx, person.id, input.recoveryCode, at)) ? 'recovery' : undefined
  if (input.code === undefined) return undefined
  const step = matchTotp(parts, person, person.totpSecret, input.code, at)
  return step !== undefined && (await spendTotpStep(tx, person, step)) ? 'totp' : undefined
}

/**
 * Signs in by a passkey alone: it is something the person has and, since it verifies its user, something that they
 * are or know.
 * @throws AppError CHALLENGE_EXPIRED, PASSKEY_FAILED, PERSON_DISABLED
 */
export async function signInByPasskey(
  parts: IdentityParts,
  proof: PasskeyProof,
  client: ClientFacts,
  facts: RequestFacts,
): Promise<SignedInOr> {
  const passkey = await verifyPasskey(parts, proof, facts.at)
  const person = await personOf(parts.db, passkey.personId)
  if (person === undefined || person.status !== 'active') throw fail('PERSON_DISABLED')
  return parts.db.transaction((tx) => enter(parts, tx, person, 'passkey', 'identity.sign-in-passkey', client, facts))
}

/** Signs in by a link that was made on the server. @throws AppError LINK_INVALID */
export async function signInByLink(parts: IdentityParts, token: string, client: ClientFacts, facts: RequestFacts): Promise<SignedInOr> {
  return parts.db.transaction(async (tx) => {
    const { personId } = await spendToken(parts, tx, 'sign-in-link', token, facts.at)
    const person = await personOf(tx, personId!)
    if (person === undefined || person.status === 'disabled') throw fail('LINK_INVALID')
    return enter(parts, tx, person, 'link', 'identity.sign-in-link', client, facts)
  })
}

export async function enter(
  parts: IdentityParts,
  tx: Tx,
  person: Person,
  proof: Proof,
  action: string,
  client: ClientFacts,
  facts: RequestFacts,
): Promise<SignedInOr & { state: 'signed-in' }> {
  const session = await openSession(parts, tx, person.id, { proof, address: client.address, userAgent: client.userAgent }, facts.at)
  const signedIn = await sessionById(tx, session.id)
  await parts.audit(tx, {
    action,
    actor: actorOf(signedIn!, facts.at),
    facts,
    notes: [{ objectKind: 'person', objectId: person.id, detail: { proof } }],
    outcome: 'done',
  })
  return { state: 'signed-in', session, account: person.account, locale: person.locale }
}

/** Written for known and unknown accounts alike, so that both take the same time. What was typed is never kept. */
async function noteRefusal(
  parts: IdentityParts,
  action: string,
  code: string,
  person: Person | undefined,
  facts: RequestFacts,
): Promise<void> {
  const about = person === undefined ? {} : { objectKind: 'person', objectId: person.id, organisationId: person.organisationId }
  await parts.db.transaction((tx) => parts.audit(tx, { action, actor: undefined, facts, notes: [about], outcome: 'refused', code }))
}
