import { comparable } from '../../../kernel/epcis/epc-normal-form.ts'
import type { EpcisEvent } from '../../../kernel/epcis/event.ts'
import { maybeOne, type Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import { httpFail } from '../../../platform/http/errors.ts'
import { activateRange, type ActivationDeps } from '../activate-range.ts'
import type { Choice } from '../contract.ts'
import { eventsFail } from '../errors.ts'
import { lotsToActivate } from '../lots-to-activate.ts'
import { type MoveDeps, moveGoods, packGoods, shipGoods, unpackGoods } from '../move-goods.ts'
import { placeName, LOT, LOT_NUMBER, REASON } from './own-event.ts'

/** Acts on goods that a captured event can stand for. */
export type Act = 'commissioning' | 'voiding' | 'destroying' | 'packing' | 'unpacking' | 'shipping' | 'receiving' | 'returning'

/**
 * What an event does to goods, by type, action and step. A hold, a release or a recall is an authority's word and a
 * retirement a consumer's: they have doors of their own, and as captured events they are records like any other.
 */
export function actOf(event: EpcisEvent): Act | undefined {
  switch (`${event.type} ${event.action} ${event.bizStep}`) {
    case 'ObjectEvent ADD commissioning':
      return 'commissioning'
    case 'ObjectEvent DELETE decommissioning':
      return 'voiding'
    case 'ObjectEvent DELETE destroying':
      return 'destroying'
    case 'AggregationEvent ADD packing':
      return 'packing'
    case 'AggregationEvent DELETE unpacking':
      return 'unpacking'
    case 'ObjectEvent OBSERVE shipping':
    case 'ObjectEvent OBSERVE departing':
      return 'shipping'
    case 'ObjectEvent OBSERVE receiving':
    case 'ObjectEvent OBSERVE arriving':
      return event.disposition === 'returned' ? 'returning' : 'receiving'
    default:
      return undefined
  }
}

/** Goods of this platform that an event names. */
export interface NamedGoods {
  /** Labels, in the spelling of the event. */
  readonly items: readonly string[]
  readonly stretches: readonly { readonly first: string; readonly last: string }[]
  /** SSCCs of containers that are known here. */
  readonly containers: readonly string[]
  readonly parent: string | undefined
  /** Whether all labels are those of the organisation that captures. */
  readonly mine: boolean
}

export interface DoorDeps {
  readonly move: MoveDeps
  readonly activation: ActivationDeps
  readonly raiseCanary: (codes: readonly bigint[]) => Promise<void>
}

/**
 * Lets a captured event change goods as the screens do: same checks, same projections, same shipment and activation
 * records. Whoever neither owns nor holds the goods changes nothing: its event is a record.
 * @returns id of the event that was captured, or undefined for a record
 * @throws AppError as the use cases do
 */
export async function changeGoods(
  tx: Tx,
  deps: DoorDeps,
  event: EpcisEvent,
  goods: NamedGoods,
  ctx: { actor: Actor; at: Date },
): Promise<string | undefined> {
  const act = actOf(event)
  if (act === undefined || goods.items.length + goods.stretches.length + goods.containers.length === 0) return undefined
  const choice: Choice = { rolls: [], stretches: [...goods.stretches], items: [...goods.items], containers: [...goods.containers] }
  const input = { choice, place: placeOf(event), at: event.eventTime, reason: textOf(event[REASON]) }
  switch (act) {
    case 'commissioning':
      if (!goods.mine) throw httpFail('NOT_FOUND')
      return (
        await activateRange(
          tx,
          deps.activation,
          { lotId: await lotOf(tx, event, goods, ctx.actor), choice },
          { ...ctx, raiseCanary: deps.raiseCanary },
        )
      ).eventId
    case 'packing':
    case 'unpacking': {
      const sscc = parentOf(event, goods)
      if (sscc === undefined) return undefined
      return act === 'packing'
        ? (await packGoods(tx, deps.move, { ...input, sscc }, ctx)).eventId
        : (await unpackGoods(tx, deps.move, { ...input, sscc, take: 'these' }, ctx)).eventId
    }
    case 'shipping':
      if (!goods.mine) return undefined
      return (
        await shipGoods(
          tx,
          deps.move,
          { ...input, dealerId: await dealerOf(tx, event, ctx.actor), number: numberOf(event, 'desadv'), note: '' },
          ctx,
        )
      ).eventId
    default:
      return (await moveGoods(tx, deps.move, act, input, {}, ctx)).eventId
  }
}

/**
 * The container that an aggregation names.
 * @returns undefined for a parent of another kind, a crate perhaps, which is no container of ours
 * @throws AppError NOT_AN_SSCC when it means to be one
 */
function parentOf(event: EpcisEvent, goods: NamedGoods): string | undefined {
  if (goods.parent !== undefined) return goods.parent
  const parent = event.parentID ?? ''
  if (/[/:]00\/|:sscc:/.test(parent)) throw eventsFail('NOT_AN_SSCC', { input: parent.slice(0, 60) })
  return undefined
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim().slice(0, 500) : '')

const placeOf = (event: EpcisEvent): string => placeName(event.readPoint?.id ?? '').slice(0, 200)

/** Number of the business document of a kind; the last part of its URI. */
function numberOf(event: EpcisEvent, type: string): string {
  const found = event.bizTransactionList?.find((t) => t.type === type)?.bizTransaction
  if (found === undefined) return ''
  return decodeLoosely(/[^:/]+$/.exec(found)?.[0] ?? found).slice(0, 60)
}

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The dealer that a shipment names as the party who gets it: `urn:uuid:` and the dealer's id. */
async function dealerOf(tx: Tx, event: EpcisEvent, actor: Actor): Promise<string> {
  const ids = (event.destinationList ?? [])
    .filter((d) => d.type === 'possessing_party' || d.type === 'owning_party')
    .map((d) => /^urn:uuid:([0-9a-f]{8}-[0-9a-f-]{27})$/i.exec(d.destination)?.[1])
    .filter((id) => id !== undefined)
  const row = await maybeOne<{ id: string }>(
    tx,
    sql`select id from dealer where id = any(${ids}::uuid[]) and organisation_id = ${actor.organisationId} and active limit 1`,
  )
  if (row === undefined) throw eventsFail('DEALER_UNKNOWN')
  return row.id
}

/** The lot that labels are put on: by the lot number of the instance data and the GTIN of the labels, or by its id. */
async function lotOf(tx: Tx, event: EpcisEvent, goods: NamedGoods, actor: Actor): Promise<string> {
  const id = textOf(event.ilmd?.[LOT])
  const number = textOf(event.ilmd?.[LOT_NUMBER])
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(id)) return id
  if (number === '') throw eventsFail('LOT_NOT_NAMED')
  const gtin = /\/01\/(\d{14})\//.exec(comparable(goods.items[0] ?? goods.stretches[0]?.first ?? ''))?.[1]
  const found = (await lotsToActivate(tx, { q: number }, actor.organisationId)).filter(
    (lot) => lot.lotNumber === number && (gtin === undefined || lot.gtin.padStart(14, '0') === gtin),
  )
  if (found.length !== 1) throw eventsFail('LOT_NOT_NAMED')
  return found[0]!.lotId
}
