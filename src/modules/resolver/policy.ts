import { sql, type SqlText } from '../../platform/db/sql.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { seenBy } from '../../platform/http/wall.ts'

/** Rows of `resolver_link l` that an actor may see: its own, or all of them. */
export function linksSeenBy(actor: Actor): SqlText {
  return seenBy(actor, sql`l.organisation_id`)
}

/** Rows that an actor may change: its own; the operator may correct or take away those of everybody. */
export function linksChangedBy(actor: Actor): SqlText {
  return actor.organisationKind === 'operator' ? sql`true` : sql`l.organisation_id = ${actor.organisationId}`
}
