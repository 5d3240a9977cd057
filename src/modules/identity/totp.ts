import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import QRCode from 'qrcode'
import type { Tx } from '../../platform/db/database.ts'
import type { Actor, RequestFacts } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { fail } from './errors.ts'
import type { IdentityParts } from './parts.ts'
import { isSupervising, requireRecentProof } from './policy.ts'
import { newRecoveryCodes } from './recovery-codes.ts'
import { deleteSessions, personOf, type Person, setTotp, takeTotpStep } from './repository.ts'
import { proveSession } from './sessions.ts'

/** Time-based one-time passwords as every authenticator app makes them: SHA-1, 6 digits, 30 seconds (RFC 6238). */
const PERIOD_SECONDS = 30

const context = (person: Pick<Person, 'id'>) => `totp:${person.id}`

function totpOf(parts: IdentityParts, person: Pick<Person, 'account'>, secret: Uint8Array): TOTP {
  return new TOTP({
    issuer: `溯真 ${new URL(parts.config.publicUrl).hostname}`,
    label: person.account,
    algorithm: 'SHA1',
    digits: 6,
    period: PERIOD_SECONDS,
    secret: Secret.fromHex(Buffer.from(secret).toString('hex')),
  })
}

/** @returns the step that the code belongs to (the current one or a neighbour), or undefined when it is wrong */
export function matchTotp(
  parts: IdentityParts,
  person: Pick<Person, 'id' | 'account'>,
  sealed: Uint8Array | null,
  code: string,
  at: Date,
): number | undefined {
  const digits = code.normalize('NFKC').replace(/\s/g, '')
  if (sealed === null || !/^\d{6}$/.test(digits)) return undefined
  const totp = totpOf(parts, person, parts.keys.open('secret-at-rest', context(person), sealed))
  const delta = totp.validate({ token: digits, timestamp: at.getTime(), window: 1 })
  return delta === null ? undefined : Math.floor(at.getTime() / 1000 / PERIOD_SECONDS) + delta
}

/** A code works once: RFC 6238 section 5.2. @returns false for a replay */
export const spendTotpStep = (tx: Tx, person: Pick<Person, 'id'>, step: number): Promise<boolean> => takeTotpStep(tx, person.id, step)

/**
 * A new secret, shown this once; nothing changes until a code of it is confirmed.
 * @throws AppError STEP_UP_REQUIRED, TOTP_EXISTS
 */
export async function beginTotp(
  parts: IdentityParts,
  tx: Tx,
  actor: Actor,
  facts: RequestFacts,
): Promise<{ secret: string; uri: string; qrSvg: string }> {
  requireRecentProof(actor, facts.at)
  const person = await self(tx, actor)
  if (person.totpSecret !== null) throw fail('TOTP_EXISTS')
  const secret = randomBytes(20)
  await setTotp(tx, person.id, { pending: parts.keys.seal('secret-at-rest', context(person), secret) })
  const totp = totpOf(parts, person, secret)
  const uri = totp.toString()
  return { secret: totp.secret.base32, uri, qrSvg: await QRCode.toString(uri, { type: 'svg', margin: 2 }) }
}

/**
 * Confirms the new secret by a code. The session has then proved two factors; all others of this person end.
 * @returns recovery codes where there were none, and the session's new token
 * @throws AppError STEP_UP_REQUIRED, TOTP_NOT_BEGUN, SECOND_FACTOR_FAILED
 */
export async function confirmTotp(
  parts: IdentityParts,
  tx: Tx,
  code: string,
  actor: Actor,
  facts: RequestFacts,
): Promise<{ recoveryCodes: string[]; token: string }> {
  requireRecentProof(actor, facts.at)
  const person = await self(tx, actor)
  if (person.totpPending === null) throw fail('TOTP_NOT_BEGUN')
  const step = matchTotp(parts, person, person.totpPending, code, facts.at)
  if (step === undefined || !(await spendTotpStep(tx, person, step))) throw fail('SECOND_FACTOR_FAILED')
  await setTotp(tx, person.id, { secret: person.totpPending, pending: null })
  return { recoveryCodes: await newRecoveryCodes(parts, tx, person.id), token: await afterEnrolment(parts, tx, actor, 'totp', facts.at) }
}

/** @throws AppError STEP_UP_REQUIRED, LAST_SECOND_FACTOR, NOT_FOUND */
export async function removeTotp(tx: Tx, actor: Actor, facts: RequestFacts): Promise<void> {
  requireRecentProof(actor, facts.at)
  const person = await self(tx, actor)
  if (person.totpSecret === null) throw httpFail('NOT_FOUND')
  if (isSupervising(actor.organisationKind) && !person.hasPasskey) throw fail('LAST_SECOND_FACTOR')
  await setTotp(tx, person.id, { secret: null, pending: null })
}

/** Sessions opened before the factor was set up did not prove it: they end. */
export async function afterEnrolment(parts: IdentityParts, tx: Tx, actor: Actor, proof: 'totp' | 'passkey', at: Date): Promise<string> {
  await deleteSessions(tx, actor.personId!, actor.sessionId)
  return proveSession(parts, tx, actor.sessionId!, proof, at)
}

export async function self(tx: Tx, actor: Actor): Promise<Person> {
  const person = await personOf(tx, actor.personId!)
  if (person === undefined) throw httpFail('NOT_SIGNED_IN')
  return person
}
