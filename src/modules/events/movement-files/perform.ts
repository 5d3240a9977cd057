import type { Tx } from '../../../platform/db/database.ts'
import type { Actor, Permission } from '../../../platform/http/actor.ts'
import { activateRange, type ActivationDeps } from '../activate-range.ts'
import type { Choice } from '../contract.ts'
import { eventsFail } from '../errors.ts'
import { lotsToActivate } from '../lots-to-activate.ts'
import type { MovementAct } from '../movement-fields.ts'
import { type MoveDeps, moveGoods, packGoods, shipGoods, unpackGoods } from '../move-goods.ts'
import { isContainer, type Movement } from './judge-movement.ts'

export interface MovementDeps {
  readonly move: MoveDeps
  readonly activation: ActivationDeps
  readonly raiseCanary: (codes: readonly bigint[]) => Promise<void>
}

/** What an act asks for beyond leave to move goods: the same as on its screen. */
const NEEDED: Partial<Record<MovementAct, Permission>> = { commissioning: 'activations.write', voiding: 'codes.void' }

/** Rows that are one event differ in their codes only. */
export const groupOf = (movement: Movement): string =>
  JSON.stringify(
    Object.entries(movement)
      .filter(([field]) => field !== 'code' && field !== 'lastCode')
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )

/**
 * Does for some rows of one group what a person does on the screen: same checks, same records.
 * @returns id of the event
 * @throws AppError ACT_NOT_PERMITTED, and as the use cases do
 */
export async function perform(
  tx: Tx,
  deps: MovementDeps,
  rows: readonly Movement[],
  ctx: { readonly actor: Actor; readonly at: Date },
): Promise<string> {
  const needed = NEEDED[rows[0]!.act]
  if (needed !== undefined && !ctx.actor.permissions.has(needed)) throw eventsFail('ACT_NOT_PERMITTED')
  const { act, container, at, place = '', dealerId = '', number = '', reason = '' } = rows[0]!
  const choice: Choice = { rolls: [], stretches: [], items: [], containers: [] }
  for (const { code, lastCode } of rows) {
    if (isContainer(code)) choice.containers.push(code)
    else if (lastCode === undefined) choice.items.push(code)
    else choice.stretches.push({ first: code, last: lastCode })
  }
  const input = { choice, place, at, reason }
  switch (act) {
    case 'commissioning': {
      const lotId = await lotOf(tx, deps, rows, ctx.actor)
      return (await activateRange(tx, deps.activation, { lotId, choice }, { ...ctx, raiseCanary: deps.raiseCanary })).eventId
    }
    case 'packing':
      return (await packGoods(tx, deps.move, { ...input, sscc: container! }, ctx)).eventId
    case 'unpacking':
      return (await unpackGoods(tx, deps.move, { ...input, sscc: container!, take: 'these' }, ctx)).eventId
    case 'shipping':
      return (await shipGoods(tx, deps.move, { ...input, dealerId, number, note: reason }, ctx)).eventId
    default:
      return (await moveGoods(tx, deps.move, act, input, {}, ctx)).eventId
  }
}

/** The lot that labels are put on: the one that their order was for, or the one that the row names. */
async function lotOf(tx: Tx, deps: MovementDeps, rows: readonly Movement[], actor: Actor): Promise<string> {
  const { lot } = rows[0]!
  const labels = rows.filter(({ code }) => !isContainer(code)).map(({ code }) => code)
  const resolved = await deps.move.codes.resolveInputs(tx, labels.slice(0, 1), actor.organisationId)
  const first = resolved[0]
  const batch = first === undefined || 'reason' in first ? undefined : (await deps.move.codes.batchesOf(tx, [first.batch])).get(first.batch)
  if (lot === undefined) {
    if (batch?.lotId == null) throw eventsFail('LOT_NOT_TOLD')
    return batch.lotId
  }
  const found = (await lotsToActivate(tx, { q: lot }, actor.organisationId)).filter((l) => l.lotNumber === lot)
  const fitting = found.length > 1 ? found.filter((l) => l.lotId === batch?.lotId) : found
  if (fitting.length !== 1) throw eventsFail('LOT_NOT_TOLD')
  return fitting[0]!.lotId
}
