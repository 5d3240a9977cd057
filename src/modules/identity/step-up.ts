import type { Actor, RequestFacts } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { fail } from './errors.ts'
import type { IdentityParts } from './parts.ts'
import { type PasskeyProof, verifyPasskey } from './passkeys.ts'
import { hashPassword, passwordMatches, requireStrongPassword } from './passwords.ts'
import { requireRecentProof } from './policy.ts'
import { deleteSessions, personOf, type Person, type Proof, setPassword } from './repository.ts'
import { type ClientFacts, proveSession } from './sessions.ts'
import { countAttempt } from './throttle.ts'
import { matchTotp, spendTotpStep } from './totp.ts'

export interface ProofInput {
  readonly password?: string | undefined
  readonly code?: string | undefined
  readonly passkey?: PasskeyProof | undefined
}

/**
 * Proves anew who sits at this session, by the strongest means the person has set up.
 * @returns the session's new token
 * @throws AppError TOO_MANY_ATTEMPTS, SIGN_IN_FAILED, SECOND_FACTOR_FAILED, PASSKEY_FAILED, CHALLENGE_EXPIRED, NO_OWN_PROOF
 */
export async function stepUp(
  parts: IdentityParts,
  input: ProofInput,
  actor: Actor,
  client: ClientFacts,
  facts: RequestFacts,
): Promise<{ token: string }> {
  const person = await personOf(parts.db, actor.personId!)
  if (person === undefined) throw httpFail('NOT_SIGNED_IN')
  const proof =
    input.passkey === undefined
      ? await byPassword(parts, person, input, client, facts)
      : await byPasskey(parts, person, input.passkey, facts)
  return parts.db.transaction(async (tx) => {
    const token = await proveSession(parts, tx, actor.sessionId!, proof, facts.at)
    await parts.audit(tx, {
      action: 'identity.step-up',
      actor,
      facts,
      notes: [{ objectKind: 'person', objectId: person.id, detail: { proof } }],
      outcome: 'done',
    })
    return { token }
  })
}

async function byPasskey(parts: IdentityParts, person: Person, proof: PasskeyProof, facts: RequestFacts): Promise<Proof> {
  const passkey = await verifyPasskey(parts, proof, facts.at)
  if (passkey.personId !== person.id) throw fail('PASSKEY_FAILED')
  return 'passkey'
}

async function byPassword(
  parts: IdentityParts,
  person: Person,
  input: ProofInput,
  client: ClientFacts,
  facts: RequestFacts,
): Promise<Proof> {
  // whoever owns a passkey and no authenticator app proves themselves by the passkey
  if (person.hasPasskey && person.totpSecret === null) throw fail('PASSKEY_FAILED')
  // whoever came by a link and has set up nothing needs another link: a session must not vouch for itself
  if (person.passwordHash === null && person.totpSecret === null) throw fail('NO_OWN_PROOF')
  const attempt = await countAttempt(parts, { target: `factor:${person.id}`, address: client.address, device: client.device }, facts.at)
  // without a password the code of the authenticator app is all there is to ask for
  if (person.passwordHash !== null && !(await passwordMatches(person.passwordHash, input.password ?? ''))) throw fail('SIGN_IN_FAILED')
  return parts.db.transaction(async (tx) => {
    if (person.totpSecret !== null) {
      const step = matchTotp(parts, person, person.totpSecret, input.code ?? '', facts.at)
      if (step === undefined || !(await spendTotpStep(tx, person, step))) throw fail('SECOND_FACTOR_FAILED')
    }
    await attempt.forgive(tx)
    return person.totpSecret !== null ? 'totp' : 'password'
  })
}

/**
 * Changes the actor's own password and ends all other sessions. The old one is asked; for the first one, a recent proof,
 * so that a session left open at noon gives nobody an account for good.
 * @throws AppError STEP_UP_REQUIRED, TOO_MANY_ATTEMPTS, SIGN_IN_FAILED, WEAK_PASSWORD
 */
export async function changePassword(
  parts: IdentityParts,
  input: { current?: string | undefined; next: string },
  actor: Actor,
  client: ClientFacts,
  facts: RequestFacts,
): Promise<void> {
  const person = await personOf(parts.db, actor.personId!)
  if (person === undefined) throw httpFail('NOT_SIGNED_IN')
  if (person.passwordHash === null) requireRecentProof(actor, facts.at)
  requireStrongPassword(input.next, person.account, '/next')
  const attempt = await countAttempt(parts, { target: `factor:${person.id}`, address: client.address, device: client.device }, facts.at)
  if (person.passwordHash !== null && !(await passwordMatches(person.passwordHash, input.current ?? ''))) throw fail('SIGN_IN_FAILED')
  const hash = await hashPassword(input.next)
  await parts.db.transaction(async (tx) => {
    await attempt.forgive(tx)
    await setPassword(tx, person.id, hash)
    await deleteSessions(tx, person.id, actor.sessionId)
    await parts.audit(tx, {
      action: 'identity.change-password',
      actor,
      facts,
      notes: [{ objectKind: 'person', objectId: person.id }],
      outcome: 'done',
    })
  })
}
