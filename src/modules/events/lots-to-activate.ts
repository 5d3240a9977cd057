import type { Sql } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { LotToActivate } from './contract.ts'

const MAX_LOTS = 30

/** Lots whose goods can carry labels, newest first, with what is activated and the rolls that were ordered for each. */
export async function lotsToActivate(
  db: Sql,
  input: { q?: string | undefined; lotId?: string | undefined },
  organisationId: string,
): Promise<LotToActivate[]> {
  const pattern = `%${(input.q ?? '').trim().replace(/[\\%_]/g, '\\$&')}%`
  const lots = await db.query<{
    id: string
    lot_number: string
    name_zh: string
    name_en: string
    gtin: string
    quantity: bigint
    activated: bigint
    expires_on: string | null
  }>(sql`
    select l.id, l.lot_number, p.name_zh, p.name_en, p.gtin, l.quantity, coalesce(b.activated, 0)::bigint as activated, l.expires_on
    from lot l join product p on p.id = l.product_id left join lot_balance b on b.lot_id = l.id
    where l.organisation_id = ${organisationId} and ${input.lotId === undefined ? sql`true` : sql`l.id = ${input.lotId}`}
      and (l.lot_number ilike ${pattern} or p.name_zh ilike ${pattern} or p.name_en ilike ${pattern} or p.gtin ilike ${pattern})
    order by (coalesce(b.activated, 0) < l.quantity) desc, l.created_at desc, l.id limit ${MAX_LOTS}`)
  const batches = await db.query<{
    id: number
    lot_id: string | null
    number: string
    quantity: bigint
    roll_size: number
    received: boolean
  }>(sql`
    select b.id, b.lot_id, o.number, b.quantity, b.roll_size, o.status = 'received' as received
    from code_batch b join code_order o on o.id = b.order_id
    where o.organisation_id = ${organisationId} and o.label_kind <> 'legacy' and (b.lot_id = any(${lots.map((l) => l.id)}::uuid[]) or b.lot_id is null)
    order by b.id desc limit 500`)
  return lots.map((l) => ({
    lotId: l.id,
    lotNumber: l.lot_number,
    productNameZh: l.name_zh,
    productNameEn: l.name_en,
    gtin: l.gtin,
    declared: Number(l.quantity),
    activated: Number(l.activated),
    expiresOn: l.expires_on,
    batches: batches
      .filter((b) => b.lot_id === l.id || b.lot_id === null)
      .map((b) => ({
        batchId: b.id,
        orderNumber: b.number,
        labels: Number(b.quantity),
        rollSize: b.roll_size,
        rolls: Math.ceil(Number(b.quantity) / b.roll_size),
        received: b.received,
        blank: b.lot_id === null,
      })),
  }))
}
