import type { Tx } from '../../platform/db/database.ts'
import type { RequestFacts } from '../../platform/http/actor.ts'
import type { OrganisationForm } from './contract.ts'
import { fail } from './errors.ts'
import { issueToken, linkOf, peekToken, spendToken } from './one-time-tokens.ts'
import type { IdentityParts } from './parts.ts'
import { anOperatorExists, deleteTokens, personOf } from './repository.ts'
import { registerOrganisation } from './register-organisation.ts'
import type { ClientFacts } from './sessions.ts'
import { enter, type SignedInOr } from './sign-in.ts'

/**
 * The link by which whoever runs the server makes the operator's organisation and first account. There is no default
 * password. Each call ends the link of the call before; undefined once there is an operator.
 */
export function setupLink(parts: IdentityParts, at: Date): Promise<string | undefined> {
  return parts.db.transaction(async (tx) => {
    if (await anOperatorExists(tx)) return undefined
    await deleteTokens(tx, 'setup', null)
    const { token } = await issueToken(parts, tx, 'setup', {}, at)
    return linkOf(parts, 'setup', token)
  })
}

/** @throws AppError LINK_INVALID, ALREADY_SET_UP, WEAK_PASSWORD, ACCOUNT_TAKEN */
export async function setUp(
  parts: IdentityParts,
  input: { token: string; organisation: OrganisationForm; person: { account: string; name: string; password: string } },
  client: ClientFacts,
  facts: RequestFacts,
): Promise<SignedInOr> {
  await peekToken(parts, 'setup', input.token, facts.at)
  return parts.db.transaction(async (tx) => {
    await spendToken(parts, tx, 'setup', input.token, facts.at)
    if (await anOperatorExists(tx)) throw fail('ALREADY_SET_UP')
    const { personId } = await registerOrganisation(
      tx,
      { organisation: { ...input.organisation, kind: 'operator', status: 'verified' }, person: input.person },
      facts.at,
    )
    const person = await personOf(tx, personId)
    return enter(parts, tx, person!, 'password', 'identity.set-up', client, facts)
  })
}

/** A link that signs a person in once, within a day. Only the server itself makes one: for the demo and the first look. */
export async function createLoginLink(parts: Pick<IdentityParts, 'keys' | 'config'>, tx: Tx, personId: string, at: Date): Promise<string> {
  const { token } = await issueToken(parts, tx, 'sign-in-link', { personId }, at)
  return linkOf(parts, 'sign-in-link', token)
}
