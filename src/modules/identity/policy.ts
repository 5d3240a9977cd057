import type { Actor } from '../../platform/http/actor.ts'
import { type OrganisationKind, type PermissionName, permissionNames, type Role, ROLES_OF_KIND, roleNames } from './contract.ts'
import { fail } from './errors.ts'
import { isSandbox } from '../../kernel/sandbox.ts'

/** Who may do what. The one table; everything else reads it. */

const OF_EVERYBODY = ['sessions.own', 'organisations.read'] as const satisfies PermissionName[]
/** Imports, downloads and their progress go with any work on goods. */
const OF_ENTERPRISES = [...OF_EVERYBODY, 'jobs.read', 'files.read', 'files.write'] as const satisfies PermissionName[]

const CLERK = [
  ...OF_ENTERPRISES,
  'products.read',
  'products.write',
  'links.read',
  'links.write',
  'consignments.read',
  'consignments.write',
  'orders.read',
  'orders.write',
  'quota.read',
  'packs.read',
  'codes.void',
  'activations.read',
  'activations.write',
  'goods.read',
  'goods.write',
  'dealers.read',
  'dealers.write',
  'scans.read',
  'reports.read',
  'reports.answer',
  'legacy.import',
] as const satisfies PermissionName[]

const ALL_READS = permissionNames.filter((name) => name.endsWith('.read'))
// the reported party never learns who reported, so only supervisors may look (Order 121; PIPL art. 23)
const OFFICER = [...OF_EVERYBODY, ...ALL_READS, 'reports.answer', 'reports.contact', 'files.write'] as const satisfies PermissionName[]

const TABLE: Readonly<Record<Role, readonly PermissionName[]>> = {
  clerk: CLERK,
  manager: [...CLERK, 'people.manage', 'api-keys.manage'],
  warehouse: [...OF_ENTERPRISES, 'goods.read', 'goods.write', 'activations.read', 'activations.write'],
  'brand-manager': [...OF_ENTERPRISES, 'products.read', 'scans.read', 'goods.read', 'links.read', 'links.write'],
  'dealer-clerk': [...OF_ENTERPRISES, 'goods.read', 'goods.write'],
  'printer-operator': [...OF_ENTERPRISES, 'packs.read', 'packs.download', 'prints.report'],
  officer: OFFICER,
  'duty-officer': [...OFFICER, 'holds.write'],
  operator: [
    ...OF_EVERYBODY,
    ...ALL_READS,
    'organisations.verify',
    'people.manage',
    'api-keys.manage',
    'orders.approve',
    'quota.write',
    'packs.release',
    'printers.manage',
    'legacy.import',
    'links.write',
    'files.write',
    'reports.contact',
  ],
  auditor: [...OF_EVERYBODY, ...ALL_READS],
}

export function permissionsOf(roles: readonly string[]): Set<PermissionName> {
  return new Set(roles.flatMap((role) => ((roleNames as string[]).includes(role) ? TABLE[role as Role] : [])))
}

/** Everything that some role of this kind of organisation may do: the most that one of its API keys can hold. */
export function permissionsOfKind(kind: OrganisationKind): Set<PermissionName> {
  return permissionsOf(ROLES_OF_KIND[kind])
}

/**
 * What nobody may do in a sandbox: change people, who are the parent's, and speak to the public, whose resolver and older
 * codes are everybody's.
 */
const NOT_IN_SANDBOX: ReadonlySet<PermissionName> = new Set(['people.manage', 'links.write', 'legacy.import'])

export function permissionsWithin(organisationId: string, all: ReadonlySet<PermissionName>): Set<PermissionName> {
  return isSandbox(organisationId) ? new Set([...all].filter((permission) => !NOT_IN_SANDBOX.has(permission))) : new Set(all)
}

/** While an organisation is not verified its people can see and correct its profile, and nothing else. */
export const PERMISSIONS_UNVERIFIED: ReadonlySet<PermissionName> = new Set(['sessions.own', 'organisations.read', 'people.manage'])
/** Before the second factor that a post demands is set up. */
export const PERMISSIONS_UNENROLLED: ReadonlySet<PermissionName> = new Set(['sessions.own'])

export const seesOf = (kind: OrganisationKind): 'own' | 'all' => (isSupervising(kind) ? 'all' : 'own')

/** Regulators and operators act on others: their people need a second factor and prove themselves anew for grave acts. */
export const isSupervising = (kind: OrganisationKind): boolean => kind === 'regulator' || kind === 'operator'

export const STEP_UP_MINUTES = 10

/**
 * Grave acts of supervising organisations ask for a proof in the last ten minutes. An API key cannot be asked;
 * its scope was granted explicitly.
 * @throws AppError STEP_UP_REQUIRED
 */
export function requireStepUp(actor: Actor, at: Date): void {
  if (!isSupervising(actor.organisationKind) || actor.apiKeyId !== undefined) return
  requireRecentProof(actor, at)
}

/** As `requireStepUp`, for acts on one's own credentials: these ask everybody. */
export function requireRecentProof(actor: Actor, at: Date): void {
  if (actor.provedUntil === undefined || actor.provedUntil < at) throw fail('STEP_UP_REQUIRED')
}

/** @throws AppError ROLE_NOT_ALLOWED */
export function requireRolesOfKind(kind: OrganisationKind, roles: readonly Role[]): void {
  const wrong = roles.find((role) => !ROLES_OF_KIND[kind].includes(role))
  if (wrong !== undefined) throw fail('ROLE_NOT_ALLOWED', { role: wrong })
}

/** Roles that must stay with at least one active person, or nobody could let people in any more. */
export const HEAD_ROLE: Partial<Record<OrganisationKind, Role>> = { importer: 'manager', operator: 'operator' }
