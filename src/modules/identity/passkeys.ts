import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { Tx } from '../../platform/db/database.ts'
import type { Actor, RequestFacts } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { fail } from './errors.ts'
import { issueToken, spendToken } from './one-time-tokens.ts'
import type { IdentityParts } from './parts.ts'
import { isSupervising, requireRecentProof } from './policy.ts'
import { newRecoveryCodes } from './recovery-codes.ts'
import { deletePasskey, insertPasskey, type Passkey, passkeyOf, passkeysOf, usePasskey } from './repository.ts'
import { afterEnrolment, self } from './totp.ts'

export interface PasskeyProof {
  readonly challenge: string
  readonly response: unknown
}

/** The domain that a passkey is bound to: a page elsewhere cannot use it (WebAuthn Level 3 section 5.1.2). */
const rpId = (parts: IdentityParts) => new URL(parts.config.publicUrl).hostname

/** A challenge for signing in or proving oneself anew. The authenticator itself knows whose passkey it holds. */
export async function passkeyOptions(parts: IdentityParts, at: Date): Promise<{ challenge: string; options: object }> {
  const options = await generateAuthenticationOptions({ rpID: rpId(parts), userVerification: 'required' })
  return parts.db.transaction(async (tx) => {
    const { token } = await issueToken(parts, tx, 'passkey', { payload: { challenge: options.challenge } }, at)
    return { challenge: token, options }
  })
}

/**
 * Checks an answer to `passkeyOptions`, each challenge once.
 * @throws AppError CHALLENGE_EXPIRED, PASSKEY_FAILED
 */
export async function verifyPasskey(parts: IdentityParts, proof: PasskeyProof, at: Date): Promise<Passkey> {
  const { payload } = await parts.db.transaction((tx) => spendToken(parts, tx, 'passkey', proof.challenge, at))
  const response = proof.response as AuthenticationResponseJSON
  const passkey = await passkeyOf(parts.db, response.id)
  if (passkey === undefined) throw fail('PASSKEY_FAILED')
  const verification = await verifyAuthenticationResponse({
    response,
    expectedChallenge: String(payload['challenge']),
    expectedOrigin: parts.config.publicUrl,
    expectedRPID: rpId(parts),
    credential: { id: passkey.id, publicKey: Uint8Array.from(passkey.publicKey), counter: Number(passkey.counter) },
    requireUserVerification: true,
  }).catch(() => undefined)
  if (verification === undefined || !verification.verified) throw fail('PASSKEY_FAILED')
  await parts.db.transaction((tx) => usePasskey(tx, passkey.id, verification.authenticationInfo.newCounter, at))
  return passkey
}

/** What the browser needs to make a passkey. @throws AppError STEP_UP_REQUIRED */
export async function newPasskeyOptions(
  parts: IdentityParts,
  tx: Tx,
  actor: Actor,
  facts: RequestFacts,
): Promise<{ challenge: string; options: object }> {
  requireRecentProof(actor, facts.at)
  const person = await self(tx, actor)
  const options = await generateRegistrationOptions({
    rpName: '溯真 Suzhen',
    rpID: rpId(parts),
    userName: person.account,
    userDisplayName: person.name,
    userID: Uint8Array.from(Buffer.from(person.id)),
    attestationType: 'none',
    excludeCredentials: (await passkeysOf(tx, person.id)).map(({ id, transports }) => ({ id, transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  const { token } = await issueToken(parts, tx, 'new-passkey', { personId: person.id, payload: { challenge: options.challenge } }, facts.at)
  return { challenge: token, options }
}

/**
 * Keeps a new passkey. The session has then proved it; all others of this person end.
 * @throws AppError STEP_UP_REQUIRED, CHALLENGE_EXPIRED, PASSKEY_FAILED
 */
export async function addPasskey(
  parts: IdentityParts,
  tx: Tx,
  input: PasskeyProof & { name: string },
  actor: Actor,
  facts: RequestFacts,
): Promise<{ id: string; recoveryCodes: string[]; token: string }> {
  requireRecentProof(actor, facts.at)
  const { personId, payload } = await spendToken(parts, tx, 'new-passkey', input.challenge, facts.at)
  if (personId !== actor.personId) throw fail('CHALLENGE_EXPIRED')
  const verification = await verifyRegistrationResponse({
    response: input.response as RegistrationResponseJSON,
    expectedChallenge: String(payload['challenge']),
    expectedOrigin: parts.config.publicUrl,
    expectedRPID: rpId(parts),
    requireUserVerification: true,
  }).catch(() => undefined)
  if (verification === undefined || !verification.verified) throw fail('PASSKEY_FAILED')
  const { credential } = verification.registrationInfo
  await insertPasskey(
    tx,
    {
      id: credential.id,
      personId: actor.personId!,
      name: input.name === '' ? facts.at.toISOString().slice(0, 10) : input.name,
      publicKey: credential.publicKey,
      counter: BigInt(credential.counter),
      transports: [...(credential.transports ?? [])],
    },
    facts.at,
  )
  return {
    id: credential.id,
    recoveryCodes: await newRecoveryCodes(parts, tx, actor.personId!),
    token: await afterEnrolment(parts, tx, actor, 'passkey', facts.at),
  }
}

/** @throws AppError STEP_UP_REQUIRED, NOT_FOUND, LAST_SECOND_FACTOR */
export async function removePasskey(tx: Tx, passkeyId: string, actor: Actor, facts: RequestFacts): Promise<void> {
  requireRecentProof(actor, facts.at)
  if (!(await deletePasskey(tx, actor.personId!, passkeyId))) throw httpFail('NOT_FOUND')
  const person = await self(tx, actor)
  if (isSupervising(actor.organisationKind) && person.totpSecret === null && !person.hasPasskey) throw fail('LAST_SECOND_FACTOR')
}
