import { civilDateOf } from '../../kernel/time.ts'
import type { Locale } from '../../kernel/errors.ts'
import { maybeOne, type Sql, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Batch, Codes } from '../codes/index.ts'
import { activationGate, type GateReason, type Imports, type LotFacts } from '../imports/index.ts'
import type { Product, Products } from '../products/index.ts'
import { capture } from './capture.ts'
import { type Chosen, chooseGoods } from './choose-goods.ts'
import type { Activate, ActivationPreview } from './contract.ts'
import { DatabaseStore } from './database-store.ts'
import { eventsFail } from './errors.ts'
import { type CodeRange, countOf, cut, sizeOf } from './ranges.ts'

export interface ActivationDeps {
  readonly codes: Codes
  readonly imports: Imports
  readonly products: Products
  readonly nameOf: (code: bigint) => string
}

const UNDO_MINUTES = 30

interface Considered {
  readonly lot: LotFacts
  readonly product: Product
  readonly chosen: Chosen
  readonly ranges: readonly CodeRange[]
  readonly gate: readonly GateReason[]
  readonly activated: bigint
  readonly otherLot: readonly CodeRange[]
  readonly notReceived: readonly string[]
}

/** Everything that decides an activation, read once, for the preview and for the act alike. */
async function consider(db: Sql, deps: ActivationDeps, input: Activate, actor: Actor, at: Date): Promise<Considered> {
  const lot = await deps.imports.lotOf(db, input.lotId)
  if (lot === undefined || lot.organisationId !== actor.organisationId) throw httpFail('NOT_FOUND')
  const product = await deps.products.productOf(db, lot.productId)
  if (product === undefined) throw httpFail('NOT_FOUND')
  const chosen = await chooseGoods(db, deps.codes, input.choice, actor)
  const ranges = [...chosen.ranges, ...(await inContainers(db, chosen.containers, actor))]
  const batchOf = (range: CodeRange): Batch | undefined => chosen.batches.get(Number(range.lo >> 32n))
  const otherLot = ranges.filter((range) => {
    const batch = batchOf(range)
    // labels of a lot's order are that lot's; blank ones go to any
    return batch !== undefined && batch.labelKind !== 'blank' && batch.lotId !== lot.id
  })
  const orders = [...new Set([...chosen.batches.values()].filter((b) => b.orderStatus !== 'received').map((b) => b.orderId))]
  const notReceived =
    orders.length === 0
      ? []
      : await db.query<{ number: string }>(sql`select number from code_order where id = any(${orders}::uuid[]) order by number`)
  const balance = await maybeOne<{ activated: bigint }>(db, sql`select activated from lot_balance where lot_id = ${lot.id}`)
  return {
    lot,
    product,
    chosen,
    ranges,
    gate: [...activationGate(lot, product, civilDateOf(at)), ...(await heldLot(db, lot.id))],
    activated: balance?.activated ?? 0n,
    otherLot,
    notReceived: notReceived.map((o) => o.number),
  }
}

/** A lot whose goods are all frozen or recalled takes no new ones, or they would be the only ones without the warning. */
async function heldLot(db: Sql, lotId: string): Promise<GateReason[]> {
  const row = await maybeOne<{ recalled: boolean }>(
    db,
    sql`select bool_or(hold = 'recalled') as recalled from code_range where lot_id = ${lotId} and status in ('active', 'retired') having bool_and(hold is not null)`,
  )
  if (row === undefined) return []
  return [
    row.recalled
      ? { code: 'LOT_RECALLED', zh: '该批次已召回', en: 'the lot is recalled' }
      : { code: 'LOT_FROZEN', zh: '该批次已冻结', en: 'the lot is frozen' },
  ]
}

async function inContainers(db: Sql, containers: readonly string[], actor: Actor): Promise<CodeRange[]> {
  if (containers.length === 0) return []
  return db.query<{ lo: bigint; hi: bigint }>(
    sql`select lo, hi from code_range where container = any(${containers}::text[]) and organisation_id = ${actor.organisationId} order by lo`,
  )
}

/** What an activation would do, label by label in numbers, before anybody commits to it. */
export async function previewActivation(
  tx: Tx,
  deps: ActivationDeps,
  input: Activate,
  ctx: { actor: Actor; at: Date; locale: Locale },
): Promise<ActivationPreview> {
  const c = await consider(tx, deps, input, ctx.actor, ctx.at)
  const { inside } = cut(await new DatabaseStore(tx, deps.nameOf).touching(c.ranges), c.ranges)
  const count = { inert: 0n, active: 0n, ended: 0n, onHold: 0n }
  for (const part of inside) {
    if (part.state?.hold != null) count.onHold += sizeOf(part)
    else if (part.state === undefined || part.state.status === 'inert') count.inert += sizeOf(part)
    else if (part.state.status === 'active') count.active += sizeOf(part)
    else count.ended += sizeOf(part)
  }
  const labels = countOf(c.ranges)
  const left = BigInt(c.lot.quantity) - c.activated
  const otherLot = countOf(c.otherLot)
  const clean =
    c.chosen.unknown.length === 0 &&
    c.chosen.canaries.length === 0 &&
    otherLot === 0n &&
    count.inert === labels &&
    c.notReceived.length === 0
  return {
    lotId: c.lot.id,
    lotNumber: c.lot.lotNumber,
    productNameZh: c.product.nameZh,
    productNameEn: c.product.nameEn,
    labels: Number(labels),
    declared: c.lot.quantity,
    activated: Number(c.activated),
    left: Number(left),
    inert: Number(count.inert),
    active: Number(count.active),
    ended: Number(count.ended),
    onHold: Number(count.onHold),
    canaries: c.chosen.canaries.length,
    otherLot: Number(otherLot),
    notReceived: [...c.notReceived],
    unknown: c.chosen.unknown.slice(0, 200).map((u) => ({ ...u })),
    gate: c.gate.map((g) => ({ code: g.code, text: g[ctx.locale] })),
    ready: clean && c.gate.length === 0 && labels > 0n && labels <= left,
  }
}

export interface Activation {
  readonly id: string
  readonly eventId: string
  readonly labels: number
}

/**
 * Activates labels: binds them to a lot through one commissioning event, never above what the lot declares. A million
 * labels of one roll are one range and cost what one label costs.
 * @throws AppError ACTIVATION_GATE, CODES_NOT_FOUND, CODES_CANARY, LABELS_OF_OTHER_LOT, LABELS_NOT_RECEIVED, GOODS_STATE, OVER_ACTIVATION
 */
export async function activateRange(
  tx: Tx,
  deps: ActivationDeps,
  input: Activate,
  ctx: { actor: Actor; at: Date; raiseCanary: (codes: readonly bigint[]) => Promise<void> },
): Promise<Activation> {
  const { actor, at } = ctx
  const c = await consider(tx, deps, input, actor, at)
  if (c.chosen.canaries.length > 0) {
    await ctx.raiseCanary(c.chosen.canaries)
    throw eventsFail('CODES_CANARY', { count: c.chosen.canaries.length })
  }
  if (c.chosen.unknown.length > 0)
    throw eventsFail('CODES_NOT_FOUND', { count: c.chosen.unknown.length, example: c.chosen.unknown[0]!.input.slice(0, 120) })
  if (c.ranges.length === 0) throw eventsFail('NOTHING_CHOSEN')
  if (c.gate.length > 0)
    throw eventsFail('ACTIVATION_GATE', {
      reasons: { zh: c.gate.map((g) => g.zh).join('；'), en: c.gate.map((g) => g.en).join('; ') },
    })
  if (c.notReceived.length > 0) throw eventsFail('LABELS_NOT_RECEIVED', { number: c.notReceived.join(', ') })
  if (c.otherLot.length > 0)
    throw eventsFail('LABELS_OF_OTHER_LOT', { count: countOf(c.otherLot), example: deps.nameOf(c.otherLot[0]!.lo) })
  return commission(tx, c.ranges, c.lot, { actor, organisationId: actor.organisationId, at, eventAt: at, nameOf: deps.nameOf })
}

/** The commissioning itself, also for codes of the older system, whose labels are in the market already. */
export async function commission(
  tx: Tx,
  ranges: readonly CodeRange[],
  lot: Pick<LotFacts, 'id' | 'productId' | 'organisationId' | 'declarationNumber'>,
  ctx: { actor: Actor | undefined; organisationId: string; at: Date; eventAt: Date; nameOf: (code: bigint) => string },
): Promise<Activation> {
  const { eventId, labels } = await capture(
    tx,
    {
      kind: 'commissioning',
      at: ctx.eventAt,
      ranges,
      containers: [],
      lot: { id: lot.id, productId: lot.productId, organisationId: lot.organisationId },
      transactions: [{ type: 'urn:suzhen:btt:declaration', id: lot.declarationNumber }],
    },
    ctx,
  )
  const id = newId(ctx.at)
  await tx.execute(sql`
    insert into activation (id, event_id, organisation_id, lot_id, labels, ranges, activated_by, activated_at)
    values (${id}, ${eventId}, ${lot.organisationId}, ${lot.id}, ${labels}, ${sql.json(ranges.slice(0, 1000).map((r) => [r.lo.toString(), r.hi.toString()]))}, ${ctx.actor?.name ?? ''}, ${ctx.at.toISOString()})`)
  return { id, eventId, labels: Number(labels) }
}

/**
 * Takes an activation back within 30 minutes, whole, and only while nothing has happened to its labels since.
 * @throws AppError NOT_FOUND, ALREADY_UNDONE, UNDO_LATE, GOODS_STATE
 */
export async function undoActivation(
  tx: Tx,
  deps: Pick<ActivationDeps, 'nameOf'>,
  id: string,
  reason: string,
  ctx: { actor: Actor; at: Date },
): Promise<void> {
  const found = await maybeOne<{ event_id: string; activated_at: string; undone_at: string | null }>(
    tx,
    sql`select event_id, activated_at, undone_at from activation where id = ${id} and organisation_id = ${ctx.actor.organisationId} for update`,
  )
  if (found === undefined) throw httpFail('NOT_FOUND')
  if (found.undone_at !== null) throw eventsFail('ALREADY_UNDONE')
  if (ctx.at.getTime() - Date.parse(found.activated_at) > UNDO_MINUTES * 60_000) throw eventsFail('UNDO_LATE')
  const ranges = await tx.query<{ lo: bigint; hi: bigint }>(
    sql`select lower(codes) as lo, upper(codes) - 1 as hi from event_code where event_id = ${found.event_id} and role = 'epc'`,
  )
  await capture(
    tx,
    {
      kind: 'decommissioning',
      at: ctx.at,
      ranges,
      containers: [],
      reason,
      transactions: [{ type: 'urn:suzhen:btt:undo', id: found.event_id }],
    },
    { actor: ctx.actor, organisationId: ctx.actor.organisationId, at: ctx.at, nameOf: deps.nameOf },
  )
  await tx.execute(
    sql`update activation set undone_at = ${ctx.at.toISOString()}, undone_by = ${ctx.actor.name}, undo_reason = ${reason} where id = ${id}`,
  )
}
