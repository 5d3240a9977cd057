import type { Sql } from '../../../platform/db/database.ts'
import { sql, type SqlText } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import type { Standing } from './replay.ts'
import { outsideSandboxes } from '../../../platform/http/wall.ts'
import { isSandbox } from '../../../kernel/sandbox.ts'

/**
 * Who may see what of a trace. Supervisors see everything; an importer its own goods; a brand those of its products;
 * a dealer goods while they are, or were, shipped to it, and nothing of other dealers.
 */
export interface Wall {
  readonly seesAll: boolean
  /** Dealer rows that the actor is; undefined when the actor is no dealer. */
  readonly dealers: ReadonlySet<string> | undefined
  /** Key of the wall, for answers that are kept for a while. */
  readonly key: string
  readonly seesScans: boolean
  /** Whom an importer buys from is its own business: neither dealers nor brands learn it. */
  readonly seesSuppliers: boolean
  /** Lots (`l`) and products (`p`) that may be named as an origin. */
  readonly lots: SqlText
  owns(goods: { readonly organisationId: string | null; readonly brandOrganisationId: string | null }): boolean
  /** Whether the actor, as a dealer, has the goods at this moment. */
  holds(standing: Standing): boolean
}

export async function wallOf(db: Sql, actor: Actor): Promise<Wall> {
  const dealers =
    actor.sees === 'own' && actor.organisationKind === 'dealer'
      ? new Set(
          (await db.query<{ id: string }>(sql`select id from dealer where dealer_organisation_id = ${actor.organisationId}`)).map(
            (d) => d.id,
          ),
        )
      : undefined
  const seesAll = actor.sees === 'all'
  const brand = actor.organisationKind === 'brand'
  return {
    seesAll,
    dealers,
    key: seesAll ? 'all' : actor.organisationId,
    seesScans: actor.permissions.has('scans.read'),
    seesSuppliers: seesAll || actor.organisationKind === 'importer',
    lots: seesAll
      ? outsideSandboxes(sql`l.organisation_id`)
      : dealers !== undefined
        ? sql`exists (select 1 from code_range g left join container k on k.sscc = g.container
            where g.lot_id = l.id and coalesce(g.dealer_id, k.dealer_id) = any(${[...dealers]}::uuid[]))`
        : brand
          ? sql`p.brand_organisation_id = ${actor.organisationId}`
          : sql`l.organisation_id = ${actor.organisationId}`,
    owns: (goods) =>
      (seesAll && (goods.organisationId === null || !isSandbox(goods.organisationId))) ||
      (dealers === undefined &&
        (brand ? goods.brandOrganisationId === actor.organisationId : goods.organisationId === actor.organisationId)),
    holds: (standing) => dealers !== undefined && standing.dealerId !== null && dealers.has(standing.dealerId),
  }
}
