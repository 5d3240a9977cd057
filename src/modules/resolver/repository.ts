import type { LinkType } from '../../kernel/gs1/link-types.ts'
import type { Sql, Tx } from '../../platform/db/database.ts'
import { named, sql, type SqlText } from '../../platform/db/sql.ts'
import type { LinkRole } from './contract.ts'

export interface StoredLink {
  readonly id: string
  readonly organisationId: string
  readonly anchor: string
  readonly gtin: string | null
  readonly linkType: LinkType
  readonly href: string
  readonly title: string
  readonly mediaType: string
  readonly hreflang: readonly string[]
  readonly context: readonly string[]
  readonly role: LinkRole
  readonly validFrom: string | null
  readonly validUntil: string | null
  readonly version: number
  readonly createdAt: string
  readonly updatedAt: string
  readonly deletedAt: string | null
}

const COLUMNS = sql`
  l.id, l.organisation_id, l.anchor, l.gtin, l.link_type, l.href, l.title, l.media_type, l.hreflang, l.context, l.role, l.valid_from, l.valid_until,
  l.version, l.created_at, l.updated_at, l.deleted_at`

interface Row {
  id: string
  organisation_id: string
  anchor: string
  gtin: string | null
  link_type: LinkType
  href: string
  title: string
  media_type: string
  hreflang: string[]
  context: string[]
  role: LinkRole
  valid_from: string | null
  valid_until: string | null
  version: number
  created_at: string
  updated_at: string
  deleted_at: string | null
}

const linkOfRow = (row: Row): StoredLink => ({
  id: row.id,
  organisationId: row.organisation_id,
  anchor: row.anchor,
  gtin: row.gtin,
  linkType: row.link_type,
  href: row.href,
  title: row.title,
  mediaType: row.media_type,
  hreflang: row.hreflang,
  context: row.context,
  role: row.role,
  validFrom: row.valid_from,
  validUntil: row.valid_until,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  deletedAt: row.deleted_at,
})

/** Links of one answer; the limits of registration keep real ones far below. */
const MOST_LINKS = 1000

/** $1 anchors, $2 now. Every redirect runs it, so it is parsed once. */
const LINKS_AT = named(
  'resolver.links-at',
  `select ${COLUMNS.text}, o.kind = 'operator' as by_operator
    from resolver_link l
      join organisation o on o.id = l.organisation_id and o.status = 'verified'
      left join lateral (
        select bool_or(p.brand_organisation_id = l.organisation_id) as brand, min(p.created_at) as filed_at
        from product p where p.gtin = l.gtin and (p.organisation_id = l.organisation_id or p.brand_organisation_id = l.organisation_id)) owned on true
    where l.anchor = any($1::text[]) and l.deleted_at is null
      and (l.valid_from is null or l.valid_from <= $2::timestamptz) and (l.valid_until is null or l.valid_until > $2::timestamptz)
      and (o.kind = 'operator' or owned.filed_at is not null)
    order by coalesce(owned.brand, false) desc, owned.filed_at nulls last, l.created_at, l.id
    limit ${MOST_LINKS}`,
)

/**
 * Links that answer a request now: in force, of a verified organisation that still has the product. Of several owners of one
 * GTIN the brand comes first, then who filed the product first, so that every reader gets the same default.
 */
export async function findLinksAt(
  db: Sql,
  anchors: readonly string[],
  at: Date,
): Promise<(StoredLink & { readonly byOperator: boolean })[]> {
  const rows = await db.query<Row & { by_operator: boolean }>(LINKS_AT([anchors, at.toISOString()]))
  return rows.map((row) => ({ ...linkOfRow(row), byOperator: row.by_operator }))
}

export async function findLinkInside(db: Sql, id: string, wall: SqlText): Promise<StoredLink | undefined> {
  const [row] = await db.query<Row>(sql`select ${COLUMNS} from resolver_link l where l.id = ${id} and ${wall}`)
  return row === undefined ? undefined : linkOfRow(row)
}

/** The link, locked until the transaction ends, when it lies inside the wall. */
export async function lockLink(tx: Tx, id: string, wall: SqlText): Promise<StoredLink | undefined> {
  const [row] = await tx.query<Row>(sql`select ${COLUMNS} from resolver_link l where l.id = ${id} and ${wall} for update`)
  return row === undefined ? undefined : linkOfRow(row)
}

export async function insertLink(tx: Tx, l: StoredLink): Promise<void> {
  await tx.execute(sql`
    insert into resolver_link (id, organisation_id, anchor, gtin, link_type, href, title, media_type, hreflang, context, role, valid_from, valid_until, version, created_at, updated_at)
    values (${l.id}, ${l.organisationId}, ${l.anchor}, ${l.gtin}, ${l.linkType}, ${l.href}, ${l.title}, ${l.mediaType}, ${l.hreflang}::text[], ${l.context}::text[],
      ${l.role}, ${l.validFrom}, ${l.validUntil}, ${l.version}, ${l.createdAt}, ${l.updatedAt})`)
}

/** Writes every fact of a link that is locked in this transaction; what it belongs to never changes. */
export async function storeLink(tx: Tx, l: StoredLink): Promise<void> {
  await tx.execute(sql`
    update resolver_link set link_type = ${l.linkType}, href = ${l.href}, title = ${l.title}, media_type = ${l.mediaType}, hreflang = ${l.hreflang}::text[],
      context = ${l.context}::text[], role = ${l.role}, valid_from = ${l.validFrom}, valid_until = ${l.validUntil}, version = ${l.version},
      updated_at = ${l.updatedAt}, deleted_at = ${l.deletedAt}
    where id = ${l.id}`)
}

/** An entity has one default of an organisation: a new one takes the place of the old, which stays as a link. */
export async function yieldDefault(tx: Tx, organisationId: string, anchor: string, at: Date): Promise<void> {
  await tx.execute(sql`
    update resolver_link set role = 'link', version = version + 1, updated_at = ${at.toISOString()}
    where organisation_id = ${organisationId} and anchor = ${anchor} and role = 'default' and deleted_at is null`)
}

export async function countLinks(db: Sql, organisationId: string, anchor: string): Promise<{ here: number; all: number }> {
  const [row] = await db.query<{ here: number; total: number }>(sql`
    select count(*) filter (where anchor = ${anchor})::int as here, count(*)::int as total
    from resolver_link where organisation_id = ${organisationId} and deleted_at is null`)
  return { here: row!.here, all: row!.total }
}

/** Whether an owner has published something about the GTIN, at any level. */
export async function hasLinks(db: Sql, gtin: string, organisationId: string): Promise<boolean> {
  const rows = await db.query(sql`
    select 1 as n from resolver_link where gtin = ${gtin} and organisation_id = ${organisationId} and deleted_at is null limit 1`)
  return rows.length > 0
}
