import type { Locale } from '../../../src/kernel/errors.ts'
import { ROLES } from '../../../src/modules/identity/contract.ts'

/** A role in words; one that this console does not know yet keeps its own name. */
export function roleName(role: string, locale: Locale): string {
  return Object.hasOwn(ROLES, role) ? ROLES[role as keyof typeof ROLES][locale] : role
}
