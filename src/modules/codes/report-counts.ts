import type { Tx } from '../../platform/db/database.ts'
import type { SqlText } from '../../platform/db/sql.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { publish } from '../../platform/outbox/outbox.ts'
import { maybeOne } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { ORDER_STATE_WORDS, type ReportCounts } from './contract.ts'
import { takeOrder } from './decide-order.ts'
import { codesFail } from './errors.ts'
import { findOrder, insertCount, lockOrder, moveOrder, rollRangeOf, scrappedRanges } from './repository.ts'
import type { ResolvedInput } from './resolve-inputs.ts'

interface Context {
  readonly actor: Actor
  readonly at: Date
  readonly where: SqlText
}

/**
 * The printer tells what became of the labels; it may tell in several parts. Scrapped labels are named by the first
 * and last of a stretch or by their roll and are voided by whoever keeps the state of goods (`labels.scrapped`);
 * what can only be counted stays inert like everything that nobody activates.
 * @throws AppError COUNT_TOO_HIGH, RANGE_NOT_OF_ORDER, ROLL_NOT_OF_ORDER, SCRAPPED_TWICE, ORDER_STATE
 */
export async function reportPrinted(
  tx: Tx,
  resolve: (inputs: string[], organisationId: string) => Promise<ResolvedInput[]>,
  id: string,
  input: ReportCounts,
  ctx: Context,
): Promise<void> {
  const order = await takeOrder(tx, id, 'printed', ctx.where)
  const batch = await maybeOne<ReportedBatch>(
    tx,
    sql`select id, quantity::float8 as quantity, roll_size as "rollSize" from code_batch where order_id = ${id}`,
  )
  if (batch === undefined) throw httpFail('NOT_FOUND')
  const resolved = await resolve(
    input.scrapped.flatMap((r) => [r.first, r.last]),
    order.organisationId,
  )
  const ranges = [
    ...input.scrapped.map((range, i) => stretchOf(batch, range, resolved[2 * i]!, resolved[2 * i + 1]!)),
    ...(input.scrappedRolls ?? []).map((roll) => rollOf(batch, roll)),
  ]
  refuseOverlap(batch, [...ranges, ...(await scrappedRanges(tx, id))])
  const named = ranges.reduce((sum, r) => sum + r.to - r.from + 1, 0)
  const scrapped = named + (input.scrappedCount ?? 0)

  const before = (await findOrder(tx, id, sql`true`))!.reconciliation
  const total = before.printed + before.scrapped + before.left + input.printed + input.left + scrapped
  const ordered = Number(order.quantity + order.spoilage)
  if (total > ordered) throw codesFail('COUNT_TOO_HIGH', { total, ordered })
  const common = { orderId: id, note: input.note, personId: ctx.actor.personId ?? null, actor: ctx.actor.name, at: ctx.at }
  if (input.printed > 0) await insertCount(tx, { ...common, kind: 'printed', labels: input.printed })
  if (input.left > 0) await insertCount(tx, { ...common, kind: 'left', labels: input.left })
  if (scrapped > 0) await insertCount(tx, { ...common, kind: 'scrapped', labels: scrapped, ranges })
  if (ranges.length > 0)
    await publish(tx, 'labels.scrapped', {
      organisationId: order.organisationId,
      payload: { orderId: id, batchId: batch.id, ranges },
      at: ctx.at,
    })
  await moveOrder(tx, id, 'printed', { personId: ctx.actor.personId ?? null, actor: ctx.actor.name, reason: input.note, at: ctx.at })
}

interface ReportedBatch {
  readonly id: number
  readonly quantity: number
  readonly rollSize: number
}

/** Both ends included. */
interface Stretch {
  readonly from: number
  readonly to: number
}

function stretchOf(batch: ReportedBatch, range: { first: string; last: string }, first: ResolvedInput, last: ResolvedInput): Stretch {
  const [a, b] = (
    [
      [first, range.first],
      [last, range.last],
    ] as const
  ).map(([end, text]) => {
    if ('reason' in end || end.batch !== batch.id || end.index >= batch.quantity)
      throw codesFail('RANGE_NOT_OF_ORDER', { input: text.slice(0, 80) })
    return end.index
  })
  return { from: Math.min(a!, b!), to: Math.max(a!, b!) }
}

function rollOf(batch: ReportedBatch, roll: number): Stretch {
  const range = rollRangeOf(batch, roll)
  if (range === undefined) throw codesFail('ROLL_NOT_OF_ORDER', { roll, rolls: Math.ceil(batch.quantity / batch.rollSize) })
  return range
}

/** A label that is scrapped twice would hide one that is missing. */
function refuseOverlap(batch: ReportedBatch, ranges: readonly Stretch[]): void {
  const sorted = [...ranges].sort((a, b) => a.from - b.from)
  const twice = sorted.find((r, i) => i > 0 && r.from <= sorted[i - 1]!.to)
  if (twice !== undefined) throw codesFail('SCRAPPED_TWICE', { roll: Math.floor(twice.from / batch.rollSize) + 1 })
}

/** The importer counts what arrived. @throws AppError ORDER_STATE */
export async function receiveLabels(tx: Tx, id: string, input: { received: number; note: string }, ctx: Context): Promise<void> {
  const order = await takeOrder(tx, id, 'received', ctx.where)
  if (input.received > Number(order.quantity + order.spoilage))
    throw codesFail('COUNT_TOO_HIGH', { total: input.received, ordered: Number(order.quantity + order.spoilage) })
  await insertCount(tx, {
    orderId: id,
    kind: 'received',
    labels: input.received,
    note: input.note,
    personId: ctx.actor.personId ?? null,
    actor: ctx.actor.name,
    at: ctx.at,
  })
  await moveOrder(tx, id, 'received', { personId: ctx.actor.personId ?? null, actor: ctx.actor.name, reason: input.note, at: ctx.at })
}

/** Says in words why the labels of an order do not add up; the next order is free again, and the words stay.
 * @throws AppError ORDER_STATE, NOTHING_TO_EXPLAIN */
export async function explainDifference(tx: Tx, id: string, reason: string, ctx: Context): Promise<void> {
  const order = await lockOrder(tx, id, ctx.where)
  if (order === undefined) throw httpFail('NOT_FOUND')
  if (order.status !== 'printed' && order.status !== 'received')
    throw codesFail('ORDER_STATE', { state: `${ORDER_STATE_WORDS[order.status].zh} / ${ORDER_STATE_WORDS[order.status].en}` })
  const { difference } = (await findOrder(tx, id, sql`true`))!.reconciliation
  if (difference === 0) throw codesFail('NOTHING_TO_EXPLAIN')
  await insertCount(tx, {
    orderId: id,
    kind: 'explained',
    labels: difference,
    note: reason,
    personId: ctx.actor.personId ?? null,
    actor: ctx.actor.name,
    at: ctx.at,
  })
}
