import type { Tx } from '../../platform/db/database.ts'
import { newId } from '../../platform/ids.ts'
import { FIRST_ROLE, type OrganisationForm, type OrganisationKind, type OrganisationStatus } from './contract.ts'
import { fail } from './errors.ts'
import { addPerson } from './add-person.ts'
import { insertOrganisation, verifiedWithUscc } from './repository.ts'

export interface NewOrganisation extends Partial<OrganisationForm> {
  readonly kind: OrganisationKind
  readonly nameZh: string
  readonly uscc: string
  readonly province: string
  /** `applied` unless the operator or the server itself adds it. */
  readonly status?: OrganisationStatus
}

/** @throws AppError ORGANISATION_EXISTS when the code is on the platform already in this kind */
export async function addOrganisation(tx: Tx, input: NewOrganisation, at: Date): Promise<string> {
  if (await verifiedWithUscc(tx, input.uscc, input.kind)) throw fail('ORGANISATION_EXISTS')
  const id = newId(at)
  const { nameEn = '', city = '', address = '', contactName = '', contactPhone = '', status = 'applied' } = input
  await insertOrganisation(tx, { ...input, id, nameEn, city, address, contactName, contactPhone, status }, at)
  return id
}

/**
 * An enterprise registers itself: the organisation waits for verification, its first person can sign in and watch.
 * @throws AppError ORGANISATION_EXISTS, ACCOUNT_TAKEN, WEAK_PASSWORD
 */
export async function registerOrganisation(
  tx: Tx,
  input: { organisation: NewOrganisation; person: { account: string; name: string; password: string } },
  at: Date,
): Promise<{ organisationId: string; personId: string }> {
  const organisationId = await addOrganisation(tx, input.organisation, at)
  const personId = await addPerson(tx, { ...input.person, organisationId, roles: [FIRST_ROLE[input.organisation.kind]] }, at)
  return { organisationId, personId }
}
