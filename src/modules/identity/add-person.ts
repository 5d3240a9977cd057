import type { Tx } from '../../platform/db/database.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import { accountField, type Role } from './contract.ts'
import { fail } from './errors.ts'
import { hashPassword, requireStrongPassword } from './passwords.ts'
import { requireRolesOfKind } from './policy.ts'
import { insertPerson, organisationOf, personByAccount } from './repository.ts'

export interface NewPerson {
  readonly organisationId: string
  readonly account: string
  readonly name: string
  readonly roles: readonly Role[]
  /** Without one the person comes in by an invitation or a sign-in link. */
  readonly password?: string | undefined
  readonly status?: 'invited' | 'active'
}

/**
 * Adds a person to an organisation. The account is written as `accountField` reads it.
 * @throws AppError NOT_FOUND, ROLE_NOT_ALLOWED, ACCOUNT_TAKEN, WEAK_PASSWORD
 */
export async function addPerson(tx: Tx, input: NewPerson, at: Date): Promise<string> {
  const organisation = await organisationOf(tx, input.organisationId)
  if (organisation === undefined) throw httpFail('NOT_FOUND')
  requireRolesOfKind(organisation.kind, input.roles)
  const account = accountField.parse(input.account)
  if (input.password !== undefined) requireStrongPassword(input.password, account, '/person/password')
  if ((await personByAccount(tx, account)) !== undefined) throw fail('ACCOUNT_TAKEN')
  const id = newId(at)
  await insertPerson(
    tx,
    {
      id,
      organisationId: organisation.id,
      account,
      name: input.name,
      roles: [...new Set(input.roles)],
      passwordHash: input.password === undefined ? null : await hashPassword(input.password),
      status: input.status ?? 'active',
      locale: 'zh',
    },
    at,
  )
  return id
}
