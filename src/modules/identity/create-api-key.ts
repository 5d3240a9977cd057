import type { Tx } from '../../platform/db/database.ts'
import type { Actor, RequestFacts } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { newId, newSecret } from '../../platform/ids.ts'
import { apiKeyHash, isAddressRule } from './authenticate.ts'
import type { PermissionName, Role } from './contract.ts'
import { fail, faultAt } from './errors.ts'
import type { IdentityParts } from './parts.ts'
import { permissionsOf, permissionsOfKind, permissionsWithin, requireRecentProof, requireStepUp } from './policy.ts'
import { insertApiKey, organisationOf, revokeApiKey } from './repository.ts'
import { isSandbox } from '../../kernel/sandbox.ts'

export interface NewApiKey {
  readonly organisationId: string
  readonly name: string
  /** Either scopes or the roles whose permissions they are. */
  readonly scopes?: readonly PermissionName[]
  readonly roles?: readonly Role[]
  readonly createdBy?: string | undefined
  readonly expiresAt?: string | null
  readonly allowedAddresses?: readonly string[]
}

/**
 * Makes a key; its secret is in the answer and nowhere else. For the server itself: no actor is asked.
 * @throws AppError NOT_FOUND, API_KEY_SCOPE, BAD_ADDRESS, BAD_EXPIRY
 */
export async function createApiKey(
  parts: Pick<IdentityParts, 'keys'>,
  tx: Tx,
  input: NewApiKey,
  at: Date,
): Promise<{ id: string; secret: string }> {
  const organisation = await organisationOf(tx, input.organisationId)
  if (organisation === undefined) throw httpFail('NOT_FOUND')
  const most = permissionsWithin(organisation.id, permissionsOfKind(organisation.kind))
  const scopes = new Set(
    input.scopes ??
      [...permissionsWithin(organisation.id, permissionsOf(input.roles ?? []))].filter((permission) => permission !== 'sessions.own'),
  )
  for (const permission of scopes) {
    // a key has no session of its own
    if (permission === 'sessions.own' || !most.has(permission)) throw fail('API_KEY_SCOPE', { permission })
  }
  const wrong = (input.allowedAddresses ?? []).flatMap((address, i) => (isAddressRule(address) ? [] : [{ address, i }]))
  if (wrong.length > 0)
    throw fail(
      'BAD_ADDRESS',
      { address: wrong[0]!.address },
      wrong.map(({ address, i }) => faultAt(`/allowedAddresses/${i}`, 'BAD_ADDRESS', { address })),
    )
  if (input.expiresAt && Date.parse(input.expiresAt) <= at.getTime()) throw fail('BAD_EXPIRY', {}, [faultAt('/expiresAt', 'BAD_EXPIRY')])
  const id = newId(at)
  const secret = `sz_${newSecret()}`
  await insertApiKey(
    tx,
    {
      id,
      organisationId: organisation.id,
      createdBy: input.createdBy ?? null,
      name: input.name,
      prefix: secret.slice(0, 8),
      secretHash: apiKeyHash(parts, secret),
      scopes: [...scopes].sort(),
      allowedAddresses: input.allowedAddresses ?? [],
      expiresAt: input.expiresAt ?? null,
    },
    at,
  )
  return { id, secret }
}

/**
 * A person (or a key with that scope) makes a key for their own organisation, with no more than they may do themselves.
 * @throws AppError STEP_UP_REQUIRED, API_KEY_SCOPE, BAD_ADDRESS, BAD_EXPIRY
 */
export async function createOwnApiKey(
  parts: Pick<IdentityParts, 'keys'>,
  tx: Tx,
  input: { name: string; scopes: readonly PermissionName[]; expiresAt: string | null; allowedAddresses: readonly string[] },
  actor: Actor,
  facts: RequestFacts,
): Promise<{ id: string; secret: string }> {
  // a key outlives the session that makes it, so everybody proves themselves for it
  // (but one of a sandbox, which reaches nothing that is real)
  if (actor.apiKeyId === undefined && !isSandbox(actor.organisationId)) requireRecentProof(actor, facts.at)
  const beyond = input.scopes.find((scope) => !actor.permissions.has(scope))
  if (beyond !== undefined) throw fail('API_KEY_SCOPE', { permission: beyond })
  return createApiKey(parts, tx, { ...input, organisationId: actor.organisationId, createdBy: actor.personId }, facts.at)
}

/** The key is refused at once on every process. @throws AppError STEP_UP_REQUIRED, NOT_FOUND, WRONG_STATE */
export async function revokeOwnApiKey(tx: Tx, apiKeyId: string, actor: Actor, facts: RequestFacts): Promise<void> {
  const outcome = await revokeApiKey(tx, actor.organisationId, apiKeyId, facts.at)
  if (outcome === 'absent') throw httpFail('NOT_FOUND')
  requireStepUp(actor, facts.at)
  if (outcome === 'was-revoked') throw fail('WRONG_STATE', { status: 'revoked' })
}
