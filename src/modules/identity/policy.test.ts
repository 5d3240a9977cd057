import { expect, it } from 'vitest'
import type { Actor } from '../../platform/http/actor.ts'
import { type OrganisationKind, PERMISSIONS, permissionNames, roleNames, ROLES, ROLES_OF_KIND } from './contract.ts'
import { permissionsOf, permissionsOfKind, requireStepUp } from './policy.ts'

const of = (...roles: string[]) => [...permissionsOf(roles)].sort()
const minus = (more: string[], less: string[]) => more.filter((permission) => !less.includes(permission))

it('a manager is a clerk who also manages people and keys', () => {
  expect(minus(of('manager'), of('clerk'))).toEqual(['api-keys.manage', 'people.manage'])
  expect(minus(of('clerk'), of('manager'))).toEqual([])
})

it('supervisors read everything; only a duty officer holds goods, and an auditor changes nothing', () => {
  const reads = permissionNames.filter((name) => name.endsWith('.read'))
  for (const role of ['officer', 'duty-officer', 'operator', 'auditor']) expect([role, minus(reads, of(role))]).toEqual([role, []])
  expect(minus(of('duty-officer'), of('officer'))).toEqual(['holds.write'])
  expect(minus(of('auditor'), reads)).toEqual(['sessions.own'])
})

it('whoever orders labels cannot approve, release or hold them', () => {
  const apart = ['orders.approve', 'packs.release', 'quota.write', 'organisations.verify', 'holds.write']
  for (const kind of ['importer', 'brand', 'dealer', 'printer'] as const)
    expect([kind, apart.filter((p) => (permissionsOfKind(kind) as Set<string>).has(p))]).toEqual([kind, []])
  expect(of('operator')).not.toContain('orders.write')
})

it('every role belongs to one kind, every permission to some role, and each has words in both languages', () => {
  expect(Object.values(ROLES_OF_KIND).flat().sort()).toEqual([...roleNames].sort())
  expect(minus(permissionNames, of(...roleNames))).toEqual([])
  for (const words of [...Object.values(ROLES), ...Object.values(PERMISSIONS)]) {
    expect(words.zh).toMatch(/\p{Script=Han}/u)
    expect(words.en).toMatch(/^[A-Z]/)
  }
})

it('a role that nobody knows gives nothing', () => {
  expect(of('root', '__proto__', 'constructor')).toEqual([])
})

it('a grave act wants a recent proof from supervisors, and from nobody else', () => {
  const at = new Date('2026-06-15T02:00:00Z')
  const actor = (organisationKind: OrganisationKind, over: Partial<Actor> = {}) => ({ organisationKind, ...over }) as Actor
  expect(() => requireStepUp(actor('operator'), at)).toThrow('STEP_UP_REQUIRED')
  expect(() => requireStepUp(actor('regulator', { provedUntil: new Date(at.getTime() - 1) }), at)).toThrow('STEP_UP_REQUIRED')
  expect(() => requireStepUp(actor('operator', { provedUntil: at }), at)).not.toThrow()
  expect(() => requireStepUp(actor('operator', { apiKeyId: 'k' }), at)).not.toThrow()
  expect(() => requireStepUp(actor('importer'), at)).not.toThrow()
})
