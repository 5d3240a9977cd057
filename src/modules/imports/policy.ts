import type { Actor } from '../../platform/http/actor.ts'
import { sql, type SqlText } from '../../platform/db/sql.ts'
import { seenBy as byWall } from '../../platform/http/wall.ts'

/** Rows of a table `alias` with an organisation_id that an actor may see: its own, or all of them for a supervisor. */
export function seenBy(actor: Actor, alias: 'c' | 'l' | 'd' | 'i'): SqlText {
  return byWall(actor, sql`${sql.ident(alias)}.organisation_id`)
}

/** Rows that an actor may change: its own only, whatever it may see. */
export function ownedBy(actor: Actor, alias: 'c' | 'l' | 'd' | 'i'): SqlText {
  return sql`${sql.ident(alias)}.organisation_id = ${actor.organisationId}`
}
