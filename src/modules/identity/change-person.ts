import type { Tx } from '../../platform/db/database.ts'
import type { Actor, RequestFacts } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import type { Role } from './contract.ts'
import { fail } from './errors.ts'
import { type Link, inviteAgain } from './invite-person.ts'
import type { IdentityParts } from './parts.ts'
import { HEAD_ROLE, requireRolesOfKind, requireStepUp } from './policy.ts'
import {
  deleteSessions,
  deleteTokens,
  lockOrganisation,
  type Organisation,
  othersWithRole,
  type Person,
  personOf,
  removeSecondFactors,
  updatePerson,
} from './repository.ts'
import { maySee } from '../../platform/http/wall.ts'

/** @throws AppError STEP_UP_REQUIRED, NOT_FOUND, ROLE_NOT_ALLOWED, LAST_MANAGER */
export async function editPerson(
  tx: Tx,
  personId: string,
  edit: { name?: string | undefined; roles?: readonly Role[] | undefined },
  actor: Actor,
  facts: RequestFacts,
): Promise<void> {
  const { person, organisation } = await theirs(tx, personId, actor, facts)
  if (edit.roles !== undefined) {
    requireRolesOfKind(organisation.kind, edit.roles)
    if (!edit.roles.includes(HEAD_ROLE[organisation.kind] ?? edit.roles[0]!)) await requireAnotherHead(tx, person, organisation)
  }
  await updatePerson(tx, personId, { name: edit.name, roles: edit.roles === undefined ? undefined : [...new Set(edit.roles)] })
}

/** Shuts somebody out at once: sessions and links end. @throws AppError STEP_UP_REQUIRED, NOT_FOUND, OWN_ACCOUNT, LAST_MANAGER */
export async function disablePerson(tx: Tx, personId: string, actor: Actor, facts: RequestFacts): Promise<void> {
  const { person, organisation } = await theirs(tx, personId, actor, facts)
  if (personId === actor.personId) throw fail('OWN_ACCOUNT')
  await requireAnotherHead(tx, person, organisation)
  await updatePerson(tx, personId, { status: 'disabled' })
  await deleteSessions(tx, personId)
  for (const kind of ['invitation', 'sign-in-link', 'second-factor']) await deleteTokens(tx, kind, personId)
}

/** @throws AppError STEP_UP_REQUIRED, NOT_FOUND, WRONG_STATE */
export async function enablePerson(tx: Tx, personId: string, actor: Actor, facts: RequestFacts): Promise<void> {
  const { person } = await theirs(tx, personId, actor, facts)
  if (person.status !== 'disabled') throw fail('WRONG_STATE', { status: person.status })
  await updatePerson(tx, personId, { status: person.passwordHash === null ? 'invited' : 'active' })
}

/** A new link to set a password by. @throws AppError STEP_UP_REQUIRED, NOT_FOUND, WRONG_STATE */
export async function sendInvitationAgain(
  parts: IdentityParts,
  tx: Tx,
  personId: string,
  actor: Actor,
  facts: RequestFacts,
): Promise<Link> {
  const { person } = await theirs(tx, personId, actor, facts)
  if (person.status === 'disabled') throw fail('WRONG_STATE', { status: person.status })
  return inviteAgain(parts, tx, personId, facts.at)
}

/** For somebody who lost the device: takes the second factors away and ends the sessions. @throws AppError STEP_UP_REQUIRED, NOT_FOUND */
export async function resetSecondFactor(tx: Tx, personId: string, actor: Actor, facts: RequestFacts): Promise<void> {
  await theirs(tx, personId, actor, facts)
  await removeSecondFactors(tx, personId)
  await deleteSessions(tx, personId)
}

/** The person, with the organisation locked: two managers who remove each other take turns. */
async function theirs(
  tx: Tx,
  personId: string,
  actor: Actor,
  facts: RequestFacts,
): Promise<{ person: Person; organisation: Organisation }> {
  const found = await personOf(tx, personId)
  if (found === undefined || !maySee(actor, found.organisationId)) throw httpFail('NOT_FOUND')
  requireStepUp(actor, facts.at)
  const organisation = (await lockOrganisation(tx, found.organisationId))!
  return { person: (await personOf(tx, personId))!, organisation }
}

async function requireAnotherHead(tx: Tx, person: Person, organisation: Organisation): Promise<void> {
  const head = HEAD_ROLE[organisation.kind]
  if (head === undefined || person.status !== 'active' || !person.roles.includes(head)) return
  if ((await othersWithRole(tx, organisation.id, person.id, head)) === 0) throw fail('LAST_MANAGER')
}
