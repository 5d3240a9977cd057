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
import { findOrder, insertCount, lockOrder, moveOrder } from './repository.ts'
import type { ResolvedInput } from './resolve-inputs.ts'

interface Context {
  readonly actor: Actor
  readonly at: Date
  readonly where: SqlText
}

/**
 * The printer tells what became of the labels; it may tell in several parts. Scrapped stretches are named by their
 * first and last label and voided by whoever keeps the state of goods (`labels.scrapped`).
 * @throws AppError COUNT_TOO_HIGH, RANGE_NOT_OF_ORDER, ORDER_STATE
 */
export async function reportPrinted(
  tx: Tx,
  resolve: (inputs: string[]) => Promise<ResolvedInput[]>,
  id: string,
  input: ReportCounts,
  ctx: Context,
): Promise<void> {
  const order = await takeOrder(tx, id, 'printed', ctx.where)
  const batch = await maybeOne<{ id: number; quantity: bigint }>(tx, sql`select id, quantity from code_batch where order_id = ${id}`)
  if (batch === undefined) throw httpFail('NOT_FOUND')
  const resolved = await resolve(input.scrapped.flatMap((r) => [r.first, r.last]))
  const ranges = input.scrapped.map((range, i) => {
    const [a, b] = [resolved[2 * i]!, resolved[2 * i + 1]!]
    for (const [end, text] of [[a, range.first], [b, range.last]] as const) {
      if ('reason' in end || end.batch !== batch.id || end.index >= Number(batch.quantity)) throw codesFail('RANGE_NOT_OF_ORDER', { input: text.slice(0, 80) })
    }
    const indexes = [a, b].map((end) => ('reason' in end ? 0 : end.index)).sort((x, y) => x - y)
    return { from: indexes[0]!, to: indexes[1]! }
  })
  const scrapped = ranges.reduce((sum, r) => sum + r.to - r.from + 1, 0)
  const before = (await findOrder(tx, id, sql`true`))!.reconciliation
  const total = before.printed + before.scrapped + before.left + input.printed + input.left + scrapped
  const ordered = Number(order.quantity + order.spoilage)
  if (total > ordered) throw codesFail('COUNT_TOO_HIGH', { total, ordered })
  const common = { orderId: id, note: input.note, personId: ctx.actor.personId ?? null, actor: ctx.actor.name, at: ctx.at }
  if (input.printed > 0) await insertCount(tx, { ...common, kind: 'printed', labels: input.printed })
  if (input.left > 0) await insertCount(tx, { ...common, kind: 'left', labels: input.left })
  if (scrapped > 0) {
    await insertCount(tx, { ...common, kind: 'scrapped', labels: scrapped, ranges })
    await publish(tx, 'labels.scrapped', { organisationId: order.organisationId, payload: { orderId: id, batchId: batch.id, ranges }, at: ctx.at })
  }
  await moveOrder(tx, id, 'printed', { personId: ctx.actor.personId ?? null, actor: ctx.actor.name, reason: input.note, at: ctx.at })
}

/** The importer counts what arrived. @throws AppError ORDER_STATE */
export async function receiveLabels(tx: Tx, id: string, input: { received: number; note: string }, ctx: Context): Promise<void> {
  const order = await takeOrder(tx, id, 'received', ctx.where)
  if (input.received > Number(order.quantity + order.spoilage)) throw codesFail('COUNT_TOO_HIGH', { total: input.received, ordered: Number(order.quantity + order.spoilage) })
  await insertCount(tx, { orderId: id, kind: 'received', labels: input.received, note: input.note, personId: ctx.actor.personId ?? null, actor: ctx.actor.name, at: ctx.at })
  await moveOrder(tx, id, 'received', { personId: ctx.actor.personId ?? null, actor: ctx.actor.name, reason: input.note, at: ctx.at })
}

/** Says in words why the labels of an order do not add up; the next order is free again, and the words stay. */
export async function explainDifference(tx: Tx, id: string, reason: string, ctx: Context): Promise<void> {
  const order = await lockOrder(tx, id, ctx.where)
  if (order === undefined) throw httpFail('NOT_FOUND')
  if (order.status !== 'printed' && order.status !== 'received') throw codesFail('ORDER_STATE', { state: `${ORDER_STATE_WORDS[order.status].zh} / ${ORDER_STATE_WORDS[order.status].en}` })
  await insertCount(tx, { orderId: id, kind: 'explained', labels: 0, note: reason, personId: ctx.actor.personId ?? null, actor: ctx.actor.name, at: ctx.at })
}
