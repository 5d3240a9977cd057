import { maybeOne, type Sql } from '../../platform/db/database.ts'
import { sql, type SqlText } from '../../platform/db/sql.ts'
import type { ContainerDetail } from './contract.ts'

/** Containers around one, from the nearest outwards; nesting is three or four deep and never recursive in SQL. */
export async function containersAround(db: Sql, sscc: string | null): Promise<string[]> {
  const chain: string[] = []
  for (let next = sscc; next !== null && !chain.includes(next);) {
    chain.push(next)
    next = (await maybeOne<{ parent: string | null }>(db, sql`select parent from container where sscc = ${next}`))?.parent ?? null
  }
  return chain
}

/** What lies directly in a container: labels by lot and state, and smaller containers. */
export async function containerDetail(db: Sql, sscc: string, where: SqlText): Promise<ContainerDetail | undefined> {
  const row = await maybeOne<{ parent: string | null; dealer_name: string | null; in_transit: boolean; packed_at: string }>(
    db,
    sql`select c.parent, d.name as dealer_name, c.in_transit, c.packed_at from container c left join dealer d on d.id = c.dealer_id where c.sscc = ${sscc} and ${where}`,
  )
  if (row === undefined) return undefined
  const goods = await db.query<{
    name_zh: string | null
    name_en: string | null
    lot_number: string | null
    status: string
    hold: string | null
    labels: number
  }>(sql`
    select p.name_zh, p.name_en, l.lot_number, g.status, g.hold, sum(g.hi - g.lo + 1)::float8 as labels
    from code_range g left join lot l on l.id = g.lot_id left join product p on p.id = g.product_id
    where g.container = ${sscc} group by 1, 2, 3, 4, 5 order by 1, 3, 4 limit 200`)
  const children = await db.query<{ sscc: string }>(sql`select sscc from container where parent = ${sscc} order by sscc limit 1000`)
  return {
    sscc,
    around: await containersAround(db, row.parent),
    dealerName: row.dealer_name,
    inTransit: row.in_transit,
    packedAt: row.packed_at,
    goods: goods.map((g) => ({
      productNameZh: g.name_zh,
      productNameEn: g.name_en,
      lotNumber: g.lot_number,
      status: g.status,
      hold: g.hold,
      labels: g.labels,
    })),
    children: children.map((c) => c.sscc),
  }
}
