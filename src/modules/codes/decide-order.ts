import type { Tx } from '../../platform/db/database.ts'
import { one } from '../../platform/db/database.ts'
import { sql, type SqlText } from '../../platform/db/sql.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Imports } from '../imports/index.ts'
import type { Products } from '../products/index.ts'
import { ORDER_STATE_WORDS, ORDER_TRANSITIONS, type OrderState } from './contract.ts'
import { codesFail } from './errors.ts'
import { chargeFee, lockQuota, releaseQuota } from './quota.ts'
import { recipientsOf } from './printer-keys.ts'
import { lockLotOrders, lockOrder, moveOrder, orderedOfLot, type StoredOrder } from './repository.ts'

/** Canary serials kept behind each batch: three for a download, for as many downloads as are ever allowed. */
export const CANARIES_PER_DOWNLOAD = 3
export const MAX_DOWNLOADS = 32

interface Context {
  readonly actor: Actor
  readonly at: Date
  readonly where: SqlText
}

export interface IssueDeps {
  readonly products: Products
  readonly imports: Imports
  /** The key version of new serials. */
  readonly keyVersion: (tx: Tx) => Promise<number>
}

/** @throws AppError NOT_FOUND, ORDER_STATE */
export async function takeOrder(tx: Tx, id: string, to: OrderState, where: SqlText): Promise<StoredOrder> {
  const order = await lockOrder(tx, id, where)
  if (order === undefined) throw httpFail('NOT_FOUND')
  if (!ORDER_TRANSITIONS[order.status].includes(to))
    throw codesFail('ORDER_STATE', { state: `${ORDER_STATE_WORDS[order.status].zh} / ${ORDER_STATE_WORDS[order.status].en}` })
  return order
}

const by = (ctx: Context, reason = '') => ({ personId: ctx.actor.personId ?? null, actor: ctx.actor.name, reason, at: ctx.at })

/**
 * Approves an order and issues its codes: one row, whatever their number.
 * @throws AppError OWN_ORDER when the person who submitted it decides, OVER_ORDER when the lot was corrected downwards
 * since, ORDER_STATE
 */
export async function approveOrder(tx: Tx, deps: IssueDeps, id: string, reason: string, ctx: Context): Promise<number> {
  const order = await takeOrder(tx, id, 'approved', ctx.where)
  refuseOwn(order, ctx)
  await refuseOverDeclared(tx, deps, order)
  await moveOrder(tx, id, 'approved', by(ctx, reason))
  const batchId = await issueBatch(tx, deps, order, ctx.at)
  await moveOrder(tx, id, 'issued', by(ctx))
  return batchId
}

/** Whoever ordered does not decide, neither way: the history must show two people. */
function refuseOwn(order: StoredOrder, ctx: Context): void {
  if (order.submittedBy !== null && order.submittedBy === ctx.actor.personId) throw codesFail('OWN_ORDER')
}

/** The declaration may have been corrected while the order waited; codes that are issued cannot be taken back. */
async function refuseOverDeclared(tx: Tx, deps: IssueDeps, order: StoredOrder): Promise<void> {
  if (order.lotId === null) return
  await lockLotOrders(tx, order.lotId)
  const lot = await deps.imports.lotOf(tx, order.lotId)
  const { quantity } = await orderedOfLot(tx, order.lotId)
  const declared = lot?.quantity ?? 0
  if (quantity > declared)
    throw codesFail('OVER_ORDER', {
      left: Math.max(0, declared - (quantity - Number(order.quantity))),
      declared,
      ordered: quantity - Number(order.quantity),
    })
}

/** Issues a batch: index 0 to quantity − 1 are labels, the canaries follow. */
async function issueBatch(tx: Tx, deps: IssueDeps, order: StoredOrder, at: Date): Promise<number> {
  const product = order.labelKind === 'gtin' && order.productId !== null ? await deps.products.productOf(tx, order.productId) : undefined
  const batch = await one<{ id: number }>(
    tx,
    sql`insert into code_batch (order_id, organisation_id, product_id, lot_id, tweak_gtin, key_version, quantity, canaries, roll_size, issued_at)
    values (${order.id}, ${order.organisationId}, ${order.productId}, ${order.lotId}, ${BigInt(product?.gtin ?? '0')}, ${await deps.keyVersion(tx)},
      ${order.quantity + order.spoilage}, ${order.labelKind === 'legacy' ? 0 : CANARIES_PER_DOWNLOAD * MAX_DOWNLOADS}, ${order.rollSize}, ${at.toISOString()})
    returning id`,
  )
  await lockQuota(tx, order.organisationId)
  await chargeFee(tx, order, Number(order.feeFen), at)
  return batch.id
}

export async function refuseOrder(tx: Tx, id: string, reason: string, ctx: Context): Promise<void> {
  const order = await takeOrder(tx, id, 'refused', ctx.where)
  refuseOwn(order, ctx)
  await moveOrder(tx, id, 'refused', by(ctx, reason))
  await lockQuota(tx, order.organisationId)
  await releaseQuota(tx, order, reason, ctx.at)
}

export async function cancelOrder(tx: Tx, id: string, reason: string, ctx: Context): Promise<void> {
  const order = await takeOrder(tx, id, 'cancelled', ctx.where)
  await moveOrder(tx, id, 'cancelled', by(ctx, reason))
  await lockQuota(tx, order.organisationId)
  await releaseQuota(tx, order, reason, ctx.at)
}

/** Releases the codes to the order's printer. @throws AppError PRINTER_WITHOUT_KEY, ORDER_STATE */
export async function releasePack(tx: Tx, id: string, ctx: Context): Promise<string> {
  const order = await takeOrder(tx, id, 'released', ctx.where)
  if (order.printerId === null || (await recipientsOf(tx, order.printerId)).length === 0) throw codesFail('PRINTER_WITHOUT_KEY')
  const batch = await one<{ id: number }>(tx, sql`select id from code_batch where order_id = ${id}`)
  const packId = newId(ctx.at)
  await tx.execute(sql`
    insert into pack (id, order_id, batch_id, printer_id, released_by, released_at)
    values (${packId}, ${id}, ${batch.id}, ${order.printerId}, ${ctx.actor.personId ?? null}, ${ctx.at.toISOString()})`)
  await moveOrder(tx, id, 'released', by(ctx))
  return packId
}
