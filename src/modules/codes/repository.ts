import { maybeOne, one, type Sql, type Tx } from '../../platform/db/database.ts'
import { sql, type SqlText } from '../../platform/db/sql.ts'
import { newId } from '../../platform/ids.ts'
import type { Order, OrderState, PackDetail } from './contract.ts'
import { reconcile } from './reconciliation.ts'

/** One row for any number of codes. `tweakGtin` is 0 for labels without a GTIN. */
export interface Batch {
  readonly id: number
  readonly orderId: string
  readonly organisationId: string
  readonly productId: string | null
  readonly lotId: string | null
  readonly tweakGtin: bigint
  readonly keyVersion: number
  readonly quantity: bigint
  readonly canaries: number
  readonly rollSize: number
  readonly issuedAt: string
  readonly labelKind: 'gtin' | 'blank' | 'legacy'
  readonly orderStatus: OrderState
}

/** Indexes of roll `number` (from 1), both ends included; undefined when the batch has no such roll. */
export function rollRangeOf(
  batch: { readonly quantity: number; readonly rollSize: number },
  number: number,
): { from: number; to: number } | undefined {
  const from = (number - 1) * batch.rollSize
  return number < 1 || from >= batch.quantity ? undefined : { from, to: Math.min(from + batch.rollSize, batch.quantity) - 1 }
}

interface BatchRow {
  id: number
  order_id: string
  organisation_id: string
  product_id: string | null
  lot_id: string | null
  tweak_gtin: bigint
  key_version: number
  quantity: bigint
  canaries: number
  roll_size: number
  issued_at: string
  label_kind: Batch['labelKind']
  status: OrderState
}

export async function findBatches(db: Sql, ids: readonly number[]): Promise<Batch[]> {
  const rows = await db.query<BatchRow>(sql`
    select b.id, b.order_id, b.organisation_id, b.product_id, b.lot_id, b.tweak_gtin, b.key_version::int as key_version, b.quantity, b.canaries,
      b.roll_size, b.issued_at, o.label_kind, o.status
    from code_batch b join code_order o on o.id = b.order_id where b.id = any(${ids}::int[])`)
  return rows.map((row) => ({
    id: row.id,
    orderId: row.order_id,
    organisationId: row.organisation_id,
    productId: row.product_id,
    lotId: row.lot_id,
    tweakGtin: row.tweak_gtin,
    keyVersion: row.key_version,
    quantity: row.quantity,
    canaries: row.canaries,
    rollSize: row.roll_size,
    issuedAt: row.issued_at,
    labelKind: row.label_kind,
    orderStatus: row.status,
  }))
}

export interface StoredOrder {
  readonly id: string
  readonly number: string
  readonly organisationId: string
  readonly lotId: string | null
  readonly productId: string | null
  readonly quantity: bigint
  readonly spoilage: bigint
  readonly labelKind: 'gtin' | 'blank' | 'legacy'
  readonly rollSize: number
  readonly printerId: string | null
  readonly status: OrderState
  readonly feeFen: bigint
  readonly subsidyFen: bigint
  readonly submittedBy: string | null
}

/** Locks an order for a change of its state. */
export async function lockOrder(tx: Tx, id: string, where: SqlText): Promise<StoredOrder | undefined> {
  const row = await maybeOne<{
    id: string
    number: string
    organisation_id: string
    lot_id: string | null
    product_id: string | null
    quantity: bigint
    spoilage: bigint
    label_kind: 'gtin' | 'blank' | 'legacy'
    roll_size: number
    printer_id: string | null
    status: OrderState
    fee_fen: bigint
    subsidy_fen: bigint
    submitted_by: string | null
  }>(
    tx,
    sql`select o.id, o.number, o.organisation_id, o.lot_id, o.product_id, o.quantity, o.spoilage, o.label_kind, o.roll_size, o.printer_id, o.status,
      o.fee_fen, o.subsidy_fen, o.submitted_by from code_order o where o.id = ${id} and ${where} for update`,
  )
  if (row === undefined) return undefined
  return {
    id: row.id,
    number: row.number,
    organisationId: row.organisation_id,
    lotId: row.lot_id,
    productId: row.product_id,
    quantity: row.quantity,
    spoilage: row.spoilage,
    labelKind: row.label_kind,
    rollSize: row.roll_size,
    printerId: row.printer_id,
    status: row.status,
    feeFen: row.fee_fen,
    subsidyFen: row.subsidy_fen,
    submittedBy: row.submitted_by,
  }
}

export async function insertOrder(
  tx: Tx,
  o: StoredOrder & { readonly consignmentId: string | null; readonly submittedAt: Date },
): Promise<void> {
  await tx.execute(sql`
    insert into code_order (id, number, organisation_id, consignment_id, lot_id, product_id, quantity, spoilage, label_kind, roll_size, printer_id, status,
      fee_fen, subsidy_fen, submitted_by, submitted_at)
    values (${o.id}, ${o.number}, ${o.organisationId}, ${o.consignmentId}, ${o.lotId}, ${o.productId}, ${o.quantity}, ${o.spoilage}, ${o.labelKind}, ${o.rollSize},
      ${o.printerId}, ${o.status}, ${o.feeFen}, ${o.subsidyFen}, ${o.submittedBy}, ${o.submittedAt.toISOString()})`)
}

export async function moveOrder(
  tx: Tx,
  id: string,
  to: OrderState,
  by: { personId: string | null; actor: string; reason: string; at: Date },
): Promise<void> {
  await tx.execute(sql`
    update code_order set status = ${to}, version = version + 1,
      decided_by = case when ${to} in ('approved', 'refused') then ${by.personId}::uuid else decided_by end,
      decided_at = case when ${to} in ('approved', 'refused') then ${by.at.toISOString()}::timestamptz else decided_at end,
      decision_reason = case when ${to} in ('approved', 'refused', 'cancelled') then ${by.reason} else decision_reason end
    where id = ${id}`)
  await recordTransition(tx, id, to, by)
}

export async function recordTransition(
  tx: Tx,
  id: string,
  to: OrderState,
  by: { personId: string | null; actor: string; reason: string; at: Date },
): Promise<void> {
  await tx.execute(sql`
    insert into order_transition (order_id, at, id, to_state, person_id, actor, reason)
    values (${id}, ${by.at.toISOString()}, ${newId(by.at)}, ${to}, ${by.personId}, ${by.actor}, ${by.reason})`)
}

/** Orders of one lot are taken one after the other, so that two cannot both take the last labels. */
export async function lockLotOrders(tx: Tx, lotId: string): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(hashtextextended(${`lot-orders:${lotId}`}, 0))`)
}

export interface Ordered {
  readonly quantity: number
  readonly spoilage: number
}

/** Labels, and spoilage beside them, that live orders have taken of a lot. */
export async function orderedOfLot(db: Sql, lotId: string): Promise<Ordered> {
  const row = await one<{ quantity: bigint; spoilage: bigint }>(
    db,
    sql`select coalesce(sum(quantity), 0)::bigint as quantity, coalesce(sum(spoilage), 0)::bigint as spoilage
    from code_order where lot_id = ${lotId} and status not in ('refused', 'cancelled')`,
  )
  return { quantity: Number(row.quantity), spoilage: Number(row.spoilage) }
}

interface OrderRow {
  id: string
  number: string
  organisation_id: string
  organisation_name: string
  organisation_name_en: string
  lot_id: string | null
  lot_number: string | null
  product_id: string | null
  name_zh: string | null
  name_en: string | null
  label_kind: Order['labelKind']
  quantity: bigint
  spoilage: bigint
  roll_size: number
  printer_id: string | null
  printer_name: string | null
  printer_name_en: string | null
  status: OrderState
  fee_fen: bigint
  subsidy_fen: bigint
  submitted_at: string
  decision_reason: string
  batch_id: number | null
  pack_id: string | null
  printed: bigint
  scrapped: bigint
  labels_left: bigint
  received: bigint
  explained: boolean
}

/** Sums of what was reported of an order; an explanation is of the counts as they stood, and a later count asks anew. */
const COUNTS = sql`coalesce(sum(labels) filter (where kind = 'printed'), 0)::bigint as printed, coalesce(sum(labels) filter (where kind = 'scrapped'), 0)::bigint as scrapped,
      coalesce(sum(labels) filter (where kind = 'left'), 0)::bigint as labels_left, coalesce(sum(labels) filter (where kind = 'received'), 0)::bigint as received,
      coalesce(max(at) filter (where kind = 'explained') >= max(at) filter (where kind <> 'explained'), false) as explained`

/** FROM clause shared by the list and the detail: order, names, batch, pack and what was reported. */
export const ORDER_FROM = sql`code_order o
  join organisation org on org.id = o.organisation_id
  left join organisation printer on printer.id = o.printer_id
  left join lot l on l.id = o.lot_id
  left join product p on p.id = o.product_id
  left join code_batch b on b.order_id = o.id
  left join pack k on k.order_id = o.id
  left join lateral (
    select ${COUNTS} from label_count c where c.order_id = o.id) counts on true`

export async function findOrder(db: Sql, id: string, where: SqlText): Promise<Order | undefined> {
  const row = await maybeOne<OrderRow>(
    db,
    sql`select o.id, o.number, o.organisation_id, org.name_zh as organisation_name, coalesce(nullif(org.name_en, ''), org.name_zh) as organisation_name_en, o.lot_id, l.lot_number, o.product_id, p.name_zh, p.name_en, o.label_kind, o.quantity,
      o.spoilage, o.roll_size, o.printer_id, printer.name_zh as printer_name, coalesce(nullif(printer.name_en, ''), printer.name_zh) as printer_name_en, o.status, o.fee_fen, o.subsidy_fen, o.submitted_at, o.decision_reason, b.id as batch_id,
      k.id as pack_id, counts.printed, counts.scrapped, counts.labels_left, counts.received, counts.explained
    from ${ORDER_FROM} where o.id = ${id} and ${where}`,
  )
  if (row === undefined) return undefined
  const history = await db.query<{ at: string; to_state: string; actor: string; reason: string }>(sql`
    select at, to_state, actor, reason from order_transition where order_id = ${id}
      -- two states of one moment stand in the order in which an order passes through them
      order by at, array_position(array['submitted', 'approved', 'issued', 'released', 'printed', 'received'], to_state), id`)
  return {
    id: row.id,
    number: row.number,
    organisationId: row.organisation_id,
    organisationNameZh: row.organisation_name,
    organisationNameEn: row.organisation_name_en,
    lotId: row.lot_id,
    lotNumber: row.lot_number,
    productId: row.product_id,
    productNameZh: row.name_zh,
    productNameEn: row.name_en,
    labelKind: row.label_kind,
    quantity: Number(row.quantity),
    spoilage: Number(row.spoilage),
    rollSize: row.roll_size,
    printerId: row.printer_id,
    printerNameZh: row.printer_name,
    printerNameEn: row.printer_name_en,
    status: row.status,
    feeFen: Number(row.fee_fen),
    subsidyFen: Number(row.subsidy_fen),
    submittedAt: row.submitted_at,
    decisionReason: row.decision_reason,
    batchId: row.batch_id,
    packId: row.pack_id,
    reconciliation: reconcile({
      ordered: Number(row.quantity + row.spoilage),
      printed: Number(row.printed),
      scrapped: Number(row.scrapped),
      left: Number(row.labels_left),
      received: Number(row.received),
      explained: row.explained,
      status: row.status,
    }),
    history: history.map((h) => ({ at: h.at, state: h.to_state, actor: h.actor, reason: h.reason })),
  }
}

/** The oldest order of an organisation whose labels do not add up and have not been explained. */
export async function blockingOrder(db: Sql, organisationId: string): Promise<{ number: string; difference: number } | undefined> {
  const rows = await db.query<{
    number: string
    status: OrderState
    ordered: bigint
    printed: bigint
    scrapped: bigint
    labels_left: bigint
    received: bigint
    explained: boolean
  }>(sql`
    select o.number, o.status, o.quantity + o.spoilage as ordered, ${COUNTS}
    from code_order o left join label_count c on c.order_id = o.id
    where o.organisation_id = ${organisationId} and o.status in ('printed', 'received') and o.label_kind <> 'legacy'
    group by o.id order by o.submitted_at, o.id`)
  for (const row of rows) {
    const { blocks, difference } = reconcile({
      ordered: Number(row.ordered),
      printed: Number(row.printed),
      scrapped: Number(row.scrapped),
      left: Number(row.labels_left),
      received: Number(row.received),
      explained: row.explained,
      status: row.status,
    })
    if (blocks) return { number: row.number, difference }
  }
  return undefined
}

/** Stretches of an order that were reported as scrapped. */
export async function scrappedRanges(db: Sql, orderId: string): Promise<{ from: number; to: number }[]> {
  const rows = await db.query<{ ranges: { from: number; to: number }[] }>(
    sql`select ranges from label_count where order_id = ${orderId} and kind = 'scrapped'`,
  )
  return rows.flatMap((row) => row.ranges)
}

export async function insertCount(
  tx: Tx,
  c: {
    orderId: string
    kind: string
    labels: number
    ranges?: readonly object[]
    note: string
    personId: string | null
    actor: string
    at: Date
  },
): Promise<void> {
  await tx.execute(sql`
    insert into label_count (id, order_id, kind, labels, ranges, note, person_id, actor, at)
    values (${newId(c.at)}, ${c.orderId}, ${c.kind}, ${c.labels}, ${sql.json(c.ranges ?? [])}, ${c.note}, ${c.personId}, ${c.actor}, ${c.at.toISOString()})`)
}

/** Next number of an order, `SZ20260615-0001`, counted by day. */
export async function nextOrderNumber(tx: Tx, day: string): Promise<string> {
  await tx.query(sql`select pg_advisory_xact_lock(hashtextextended('order-number', 0))`)
  const prefix = `SZ${day.replaceAll('-', '')}-`
  const row = await maybeOne<{ n: number }>(
    tx,
    sql`select coalesce(max(split_part(number, '-', 2)::int), 0)::int as n from code_order where number like ${`${prefix}%`}`,
  )
  return `${prefix}${String((row?.n ?? 0) + 1).padStart(4, '0')}`
}

/** A pack with the labels that were reported so far. */
export async function findPack(db: Sql, where: SqlText): Promise<PackDetail | undefined> {
  const row = await maybeOne<{
    id: string
    order_id: string
    number: string
    status: OrderState
    organisation_name: string
    organisation_name_en: string
    printer_name: string
    printer_name_en: string
    name_zh: string | null
    name_en: string | null
    lot_number: string | null
    state: PackDetail['state']
    labels: bigint
    roll_size: number
    released_at: string
    destroyed_at: string | null
    downloads: number
    max_downloads: number
    printed: bigint
    scrapped: bigint
    labels_left: bigint
  }>(
    db,
    sql`select k.id, o.id as order_id, o.number, o.status, org.name_zh as organisation_name, coalesce(nullif(org.name_en, ''), org.name_zh) as organisation_name_en, printer.name_zh as printer_name, coalesce(nullif(printer.name_en, ''), printer.name_zh) as printer_name_en, p.name_zh, p.name_en, l.lot_number, k.state,
      b.quantity as labels, b.roll_size, k.released_at, k.destroyed_at, (select count(*)::int from pack_download d where d.pack_id = k.id) as downloads, k.max_downloads,
      counts.printed, counts.scrapped, counts.labels_left
    from ${ORDER_FROM} where ${where}`,
  )
  if (row === undefined) return undefined
  return {
    id: row.id,
    orderId: row.order_id,
    orderNumber: row.number,
    orderStatus: row.status,
    organisationNameZh: row.organisation_name,
    organisationNameEn: row.organisation_name_en,
    printerNameZh: row.printer_name,
    printerNameEn: row.printer_name_en,
    productNameZh: row.name_zh,
    productNameEn: row.name_en,
    lotNumber: row.lot_number,
    state: row.state,
    labels: Number(row.labels),
    rollSize: row.roll_size,
    releasedAt: row.released_at,
    destroyedAt: row.destroyed_at,
    downloads: row.downloads,
    maxDownloads: row.max_downloads,
    printed: Number(row.printed),
    scrapped: Number(row.scrapped),
    left: Number(row.labels_left),
  }
}
