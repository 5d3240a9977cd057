import type { Tx } from '../../platform/db/database.ts'
import type { Actor, RequestFacts } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import type { OrganisationEdit, OrganisationStatus } from './contract.ts'
import { fail } from './errors.ts'
import { requireStepUp } from './policy.ts'
import { applyAgain, decideOrganisation, lockOrganisation, type Organisation, updateOrganisation, verifiedWithUscc } from './repository.ts'
import { maySee } from '../../platform/http/wall.ts'

export type Decision = 'approve' | 'refuse' | 'suspend' | 'reinstate'

/** The life of an organisation: what may be decided in which state, and where it leads. */
const TRANSITIONS: Readonly<Record<Decision, { readonly from: readonly OrganisationStatus[]; readonly to: OrganisationStatus }>> = {
  approve: { from: ['applied'], to: 'verified' },
  refuse: { from: ['applied'], to: 'refused' },
  suspend: { from: ['verified'], to: 'suspended' },
  reinstate: { from: ['suspended'], to: 'verified' },
}

/**
 * The operator decides on an organisation; its people see the decision and the reason at once.
 * @throws AppError STEP_UP_REQUIRED, NOT_FOUND, WRONG_STATE, ORGANISATION_EXISTS
 */
export async function decide(
  tx: Tx,
  organisationId: string,
  decision: Decision,
  reason: string,
  actor: Actor,
  facts: RequestFacts,
): Promise<Organisation> {
  requireStepUp(actor, facts.at)
  const organisation = await lockOrganisation(tx, organisationId)
  if (organisation === undefined) throw httpFail('NOT_FOUND')
  // an operator that locks itself out leaves a platform that nobody can run
  if (organisation.kind === 'operator') throw fail('WRONG_STATE', { status: organisation.status })
  const { from, to } = TRANSITIONS[decision]
  if (!from.includes(organisation.status)) throw fail('WRONG_STATE', { status: organisation.status })
  if (decision === 'approve' && (await verifiedWithUscc(tx, organisation.uscc, organisation.kind))) throw fail('ORGANISATION_EXISTS')
  await decideOrganisation(tx, organisationId, { status: to, reason, by: actor.personId ?? null }, facts.at)
  return { ...organisation, status: to, decisionReason: reason, decidedAt: facts.at.toISOString() }
}

/**
 * Changes an organisation's profile. What was verified (names, code) only the operator changes afterwards.
 * @throws AppError NOT_FOUND, VERIFIED_FIELD, WRONG_STATE, ORGANISATION_EXISTS
 */
export async function editOrganisation(tx: Tx, organisationId: string, edit: OrganisationEdit, actor: Actor): Promise<Organisation> {
  const organisation = await ownOrganisation(tx, organisationId, actor)
  const verifies = actor.permissions.has('organisations.verify')
  if (organisation.status === 'suspended' && !verifies) throw fail('WRONG_STATE', { status: organisation.status })
  const changed = (field: 'nameZh' | 'nameEn' | 'uscc') => edit[field] !== undefined && edit[field] !== organisation[field]
  if (organisation.status === 'verified' && !verifies && (changed('nameZh') || changed('nameEn') || changed('uscc')))
    throw fail('VERIFIED_FIELD')
  if (changed('uscc') && (await verifiedWithUscc(tx, edit.uscc!, organisation.kind))) throw fail('ORGANISATION_EXISTS')
  await updateOrganisation(tx, organisationId, edit)
  return { ...organisation, ...Object.fromEntries(Object.entries(edit).filter(([, value]) => value !== undefined)) }
}

/** A refused enterprise, corrected, queues again. @throws AppError NOT_FOUND, WRONG_STATE, ORGANISATION_EXISTS */
export async function reapply(tx: Tx, organisationId: string, actor: Actor, facts: RequestFacts): Promise<void> {
  const organisation = await ownOrganisation(tx, organisationId, actor)
  if (organisation.status !== 'refused') throw fail('WRONG_STATE', { status: organisation.status })
  if (await verifiedWithUscc(tx, organisation.uscc, organisation.kind)) throw fail('ORGANISATION_EXISTS')
  await applyAgain(tx, organisationId, facts.at)
}

async function ownOrganisation(tx: Tx, organisationId: string, actor: Actor): Promise<Organisation> {
  const organisation = maySee(actor, organisationId) ? await lockOrganisation(tx, organisationId) : undefined
  if (organisation === undefined) throw httpFail('NOT_FOUND')
  return organisation
}
