import { civilDateOf } from '../../kernel/time.ts'
import { tradeModeOf } from '../../kernel/cn/customs.ts'
import type { Sql, Tx } from '../../platform/db/database.ts'
import { httpFail } from '../../platform/http/errors.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { newId } from '../../platform/ids.ts'
import type { Identity } from '../identity/index.ts'
import type { Imports, LotFacts } from '../imports/index.ts'
import type { Quote, SubmitOrder } from './contract.ts'
import { codesFail } from './errors.ts'
import { costOf, grantsOf, lockQuota, priceOn, reserveQuota } from './quota.ts'
import { recipientsOf } from './printer-keys.ts'
import { blockingOrder, insertOrder, lockLotOrders, nextOrderNumber, type Ordered, orderedOfLot, recordTransition } from './repository.ts'
import { isSandbox, sameWorld } from '../../kernel/sandbox.ts'

const MAX_SPOILAGE_PERCENT = 10
const USUAL_SPOILAGE_PERCENT = 2

/**
 * Spoilage that an order may have: a tenth of it, and of the lot's declared quantity together with its other orders,
 * or many small orders, each rounded up, would make a second set of labels.
 */
export function maxSpoilageOf(quantity: number, lot: { readonly declared: number; readonly spoilage: number } | undefined): number {
  const ofOrder = percentOf(quantity, MAX_SPOILAGE_PERCENT)
  return lot === undefined ? ofOrder : Math.max(0, Math.min(ofOrder, percentOf(lot.declared, MAX_SPOILAGE_PERCENT) - lot.spoilage))
}

// in whole numbers: 0.1 × 30 is more than 3
const percentOf = (n: number, percent: number): number => Math.ceil((n * percent) / 100)

interface Deps {
  readonly identity: Identity
  readonly imports: Imports
}

const NOTHING: Ordered = { quantity: 0, spoilage: 0 }

/** What an order would be and cost, before anybody commits to it. */
export async function quoteOrder(
  db: Sql,
  deps: Deps,
  input: { lotId?: string | undefined; quantity?: number | undefined; spoilage?: number | undefined },
  ctx: { actor: Actor; at: Date },
): Promise<Quote> {
  const lot = input.lotId === undefined ? undefined : await ownLot(db, deps, input.lotId, ctx.actor)
  const taken = lot === undefined ? NOTHING : await orderedOfLot(db, lot.id)
  const suggested = lot === undefined ? 0 : Math.max(0, lot.quantity - taken.quantity)
  const quantity = input.quantity ?? suggested
  const maxSpoilage = maxSpoilageOf(quantity, lot && { declared: lot.quantity, spoilage: taken.spoilage })
  const spoilage = input.spoilage ?? Math.min(maxSpoilage, percentOf(quantity, USUAL_SPOILAGE_PERCENT))
  const day = civilDateOf(ctx.at)
  const { parts: _parts, ...cost } = costOf(
    quantity + spoilage,
    await grantsOf(db, ctx.actor.organisationId, day),
    await priceFor(db, ctx.actor, day),
  )
  return { declared: lot?.quantity ?? null, ordered: taken.quantity, suggested, quantity, spoilage, maxSpoilage, ...cost }
}

/**
 * Orders labels: never more than the lot declares plus spoilage, only for goods that are imported, and only when
 * earlier labels are accounted for. Free labels are reserved at once.
 * @throws AppError OVER_ORDER, SPOILAGE_TOO_HIGH, ORDER_ZONE_STOCK, ORDER_BLOCKED, PRINTER_UNKNOWN, PRINTER_WITHOUT_KEY, NOT_FOUND
 */
export async function submitOrder(tx: Tx, deps: Deps, input: SubmitOrder, ctx: { actor: Actor; at: Date }): Promise<string> {
  const { actor, at } = ctx
  if (input.labelKind === 'gtin' && input.lotId === undefined) throw codesFail('ORDER_NEEDS_LOT')
  const printer = await deps.identity.organisationOf(tx, input.printerId)
  if (printer?.kind !== 'printer' || printer.status !== 'verified' || !sameWorld(printer.id, actor.organisationId))
    throw codesFail('PRINTER_UNKNOWN')
  if ((await recipientsOf(tx, printer.id)).length === 0) throw codesFail('PRINTER_WITHOUT_KEY')

  const lot = input.lotId === undefined ? undefined : await ownLot(tx, deps, input.lotId, actor)
  let taken = NOTHING
  if (lot !== undefined) {
    if (lot.regime === 'zone-stock') throw codesFail('ORDER_ZONE_STOCK', { mode: tradeModeOf(lot.tradeMode)?.zh ?? lot.tradeMode })
    await lockLotOrders(tx, lot.id)
    taken = await orderedOfLot(tx, lot.id)
    const left = Math.max(0, lot.quantity - taken.quantity)
    if (input.quantity > left) throw codesFail('OVER_ORDER', { left, declared: lot.quantity, ordered: taken.quantity })
  }
  const maxSpoilage = maxSpoilageOf(input.quantity, lot && { declared: lot.quantity, spoilage: taken.spoilage })
  const spoilage = input.spoilage ?? Math.min(maxSpoilage, percentOf(input.quantity, USUAL_SPOILAGE_PERCENT))
  if (spoilage > maxSpoilage) throw codesFail('SPOILAGE_TOO_HIGH', { limit: maxSpoilage })
  const blocking = await blockingOrder(tx, actor.organisationId)
  if (blocking !== undefined) throw codesFail('ORDER_BLOCKED', { number: blocking.number, difference: blocking.difference })

  const day = civilDateOf(at)
  await lockQuota(tx, actor.organisationId)
  const cost = costOf(input.quantity + spoilage, await grantsOf(tx, actor.organisationId, day), await priceFor(tx, actor, day))
  const id = newId(at)
  await insertOrder(tx, {
    id,
    number: await nextOrderNumber(tx, day),
    organisationId: actor.organisationId,
    consignmentId: lot?.consignmentId ?? null,
    lotId: lot?.id ?? null,
    productId: lot?.productId ?? null,
    quantity: BigInt(input.quantity),
    spoilage: BigInt(spoilage),
    labelKind: input.labelKind,
    rollSize: input.rollSize,
    printerId: input.printerId,
    status: 'submitted',
    feeFen: BigInt(cost.feeFen),
    subsidyFen: BigInt(cost.subsidyFen),
    submittedBy: actor.personId ?? null,
    submittedAt: at,
  })
  await recordTransition(tx, id, 'submitted', { personId: actor.personId ?? null, actor: actor.name, reason: '', at })
  await reserveQuota(tx, { organisationId: actor.organisationId, id }, cost, at)
  return id
}

/** Labels of a sandbox are never printed and cost nothing. */
const priceFor = (db: Sql, { organisationId }: Actor, day: string): Promise<number> =>
  isSandbox(organisationId) ? Promise.resolve(0) : priceOn(db, day)

async function ownLot(db: Sql, deps: Deps, lotId: string, actor: Actor): Promise<LotFacts> {
  const lot = await deps.imports.lotOf(db, lotId)
  if (lot === undefined || lot.organisationId !== actor.organisationId) throw httpFail('NOT_FOUND')
  return lot
}
