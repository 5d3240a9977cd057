import type { Tx } from '../../platform/db/database.ts'
import type { Actor, RequestFacts } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { addPerson } from './add-person.ts'
import { organisationName, type Role } from './contract.ts'
import { fail } from './errors.ts'
import { issueToken, linkOf, peekToken, spendToken } from './one-time-tokens.ts'
import type { IdentityParts } from './parts.ts'
import { hashPassword, requireStrongPassword } from './passwords.ts'
import { requireStepUp } from './policy.ts'
import { deleteSessions, deleteTokens, organisationOf, type Person, personOf, setPassword } from './repository.ts'
import type { ClientFacts } from './sessions.ts'
import { afterPassword, type SignedInOr } from './sign-in.ts'
import { maySee } from '../../platform/http/wall.ts'

export interface Link {
  readonly link: string
  readonly expiresAt: string
}

/**
 * Invites a person. The link works once, for 72 hours; whoever invites hands it over.
 * @throws AppError STEP_UP_REQUIRED, NOT_FOUND, ROLE_NOT_ALLOWED, ACCOUNT_TAKEN
 */
export async function invitePerson(
  parts: IdentityParts,
  tx: Tx,
  input: { account: string; name: string; roles: readonly Role[]; organisationId?: string | undefined },
  actor: Actor,
  facts: RequestFacts,
): Promise<Link & { id: string }> {
  requireStepUp(actor, facts.at)
  const organisationId = input.organisationId ?? actor.organisationId
  if (!maySee(actor, organisationId)) throw httpFail('NOT_FOUND')
  const id = await addPerson(tx, { ...input, organisationId, status: 'invited' }, facts.at)
  return { id, ...(await inviteAgain(parts, tx, id, facts.at)) }
}

/**
 * A new link for somebody who lost theirs, or who forgot the password; older links of this person end.
 * A second factor that is set up will still be asked for.
 */
export async function inviteAgain(parts: IdentityParts, tx: Tx, personId: string, at: Date): Promise<Link> {
  await deleteTokens(tx, 'invitation', personId)
  const { token, expiresAt } = await issueToken(parts, tx, 'invitation', { personId }, at)
  return { link: linkOf(parts, 'invitation', token), expiresAt: expiresAt.toISOString() }
}

/** Whom an invitation is for. It is not spent by looking. @throws AppError LINK_INVALID */
export async function lookAtInvitation(
  parts: IdentityParts,
  token: string,
  facts: RequestFacts,
): Promise<{ account: string; name: string; organisation: string }> {
  const person = await invited(parts, token, facts.at)
  const organisation = await organisationOf(parts.db, person.organisationId)
  return { account: person.account, name: person.name, organisation: organisationName(organisation!, facts.locale) }
}

/**
 * Sets the password of the invited person and signs them in; whatever was signed in before ends. A password that is
 * too weak leaves the link as it was.
 * @throws AppError LINK_INVALID, WEAK_PASSWORD
 */
export async function acceptInvitation(
  parts: IdentityParts,
  input: { token: string; password: string },
  client: ClientFacts,
  facts: RequestFacts,
): Promise<SignedInOr> {
  const person = await invited(parts, input.token, facts.at)
  requireStrongPassword(input.password, person.account, '/password')
  const hash = await hashPassword(input.password)
  return parts.db.transaction(async (tx) => {
    await spendToken(parts, tx, 'invitation', input.token, facts.at)
    await setPassword(tx, person.id, hash)
    await deleteSessions(tx, person.id)
    return afterPassword(parts, tx, person, client, facts)
  })
}

async function invited(parts: IdentityParts, token: string, at: Date): Promise<Person> {
  const { personId } = await peekToken(parts, 'invitation', token, at)
  const person = await personOf(parts.db, personId!)
  if (person === undefined || person.status === 'disabled') throw fail('LINK_INVALID')
  return person
}
