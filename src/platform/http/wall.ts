import { isSandbox, SANDBOX_FLOOR } from '../../kernel/sandbox.ts'
import { sql, type SqlText } from '../db/sql.ts'
import type { Actor } from './actor.ts'

/**
 * Rows whose organisation an actor may see: its own; for a supervisor those of everybody, and of nobody, but never of a
 * sandbox, which is in no list and no figure but its own.
 */
export function seenBy(actor: Pick<Actor, 'sees' | 'organisationId'>, organisation: SqlText): SqlText {
  return actor.sees === 'all' ? outsideSandboxes(organisation) : sql`${organisation} = ${actor.organisationId}`
}

export const outsideSandboxes = (organisation: SqlText): SqlText => sql`(${organisation} < ${SANDBOX_FLOOR}::uuid) is not false`

/** The same of one thing that has been read. */
export function maySee(actor: Pick<Actor, 'sees' | 'organisationId'>, organisationId: string | null): boolean {
  return organisationId === actor.organisationId || (actor.sees === 'all' && (organisationId === null || !isSandbox(organisationId)))
}
