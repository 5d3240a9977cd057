import type { Words } from '../../kernel/errors.ts'
import type { GoodsEvent } from './goods-event.ts'

/** State of a stretch of labels. An inert one (issued, nothing more) has no state and no row. */
export interface GoodsState {
  readonly status: 'inert' | 'active' | 'void' | 'replaced' | 'destroyed' | 'retired'
  readonly hold: 'frozen' | 'recalled' | null
  readonly organisationId: string
  readonly lotId: string | null
  readonly productId: string | null
  /** The dealer that holds loose goods; goods in a container are where the container is. */
  readonly dealerId: string | null
  readonly inTransit: boolean
  readonly container: string | null
  readonly replacedBy: bigint | null
  readonly activatedAt: string | null
  readonly statusAt: string
}

export interface ContainerState {
  readonly organisationId: string
  readonly parent: string | null
  readonly dealerId: string | null
  readonly inTransit: boolean
  readonly packedAt: string
}

export type Refusal =
  | 'not-active'
  | 'not-inert'
  | 'on-hold'
  | 'not-on-hold'
  | 'packed'
  | 'not-packed'
  | 'in-transit'
  | 'not-in-transit'
  | 'not-shipped'
  | 'elsewhere'
  | 'not-retired'
  | 'ended'
  | 'unknown-container'
  | 'inside-itself'
  | 'other-owner'

export const REFUSAL_WORDS: Readonly<Record<Refusal, Words>> = {
  'not-active': { zh: '未激活或已失效', en: 'not active' },
  'not-inert': { zh: '已激活或已失效', en: 'active already, or ended' },
  'on-hold': { zh: '已冻结或召回', en: 'frozen or recalled' },
  'not-on-hold': { zh: '没有冻结', en: 'not frozen' },
  packed: { zh: '已装箱', en: 'in a container already' },
  'not-packed': { zh: '不在该箱中', en: 'not in that container' },
  'in-transit': { zh: '在途', en: 'on its way' },
  'not-in-transit': { zh: '不在途', en: 'not on its way' },
  'not-shipped': { zh: '未发货', en: 'not shipped' },
  elsewhere: { zh: '不在同一地点', en: 'at another place' },
  'not-retired': { zh: '没有注销', en: 'not retired' },
  ended: { zh: '已作废、替换或销毁', en: 'void, replaced or destroyed' },
  'unknown-container': { zh: '没有这个箱码', en: 'no such container' },
  'inside-itself': { zh: '不能装入自身', en: 'it cannot be packed into itself' },
  'other-owner': { zh: '属于其他企业', en: 'it belongs to another enterprise' },
}

export type Next<S> = { readonly ok: true; readonly state: S | undefined } | { readonly ok: false; readonly refusal: Refusal }

const no = (refusal: Refusal): { ok: false; refusal: Refusal } => ({ ok: false, refusal })
const yes = <S>(state: S | undefined): { ok: true; state: S | undefined } => ({ ok: true, state })

/** What the transition needs to know beyond the event and the labels. */
export interface Surroundings {
  /** Owner of the batch: whose labels inert ones are. */
  readonly owner: string
  readonly parent: ContainerState | undefined
}

/**
 * The transition table of goods: from the state of a stretch (undefined = inert) by an event to the next state, or
 * why not. Pure, so that capture and `fsck` cannot disagree.
 */
export function nextState(event: GoodsEvent, state: GoodsState | undefined, around: Surroundings): Next<GoodsState> {
  const at = event.at.toISOString()
  const status = state?.status ?? 'inert'
  switch (event.kind) {
    case 'commissioning':
      if (status !== 'inert') return no('not-inert')
      if (state?.hold != null) return no('on-hold')
      return yes(fresh(event, around.owner, at))
    case 'decommissioning':
      if (state === undefined || status !== 'active') return no('not-active')
      if (state.hold !== null) return no('on-hold')
      if (state.container !== null) return no('packed')
      if (state.dealerId !== null) return no('elsewhere')
      return yes(undefined)
    case 'voiding':
      if (status !== 'inert' && status !== 'active') return no('ended')
      if (state?.container != null) return no('packed')
      return yes({ ...(state ?? blank(around.owner, at)), status: 'void', statusAt: at })
    case 'replacing':
      if (state === undefined || status !== 'active') return no('not-active')
      return yes({ ...state, status: 'replaced', container: null, inTransit: false, replacedBy: event.replacement ?? null, statusAt: at })
    case 'destroying':
      if (state === undefined || (status !== 'active' && status !== 'retired')) return no('not-active')
      return yes({ ...state, status: 'destroyed', container: null, inTransit: false, statusAt: at })
    case 'packing':
      if (state === undefined || status !== 'active') return no('not-active')
      if (state.hold !== null) return no('on-hold')
      if (state.container !== null) return no('packed')
      if (state.inTransit) return no('in-transit')
      if (around.parent?.inTransit === true) return no('in-transit')
      if (
        around.parent !== undefined &&
        (around.parent.dealerId !== state.dealerId || around.parent.organisationId !== state.organisationId)
      )
        return no('elsewhere')
      return yes({ ...state, container: event.parent!, dealerId: null })
    case 'unpacking':
      if (state === undefined || state.container !== event.parent) return no('not-packed')
      return yes({ ...state, container: null, dealerId: around.parent?.dealerId ?? null, inTransit: around.parent?.inTransit ?? false })
    case 'shipping':
      if (state === undefined || status !== 'active') return no('not-active')
      if (state.hold !== null) return no('on-hold')
      if (state.container !== null) return no('packed')
      if (state.inTransit) return no('in-transit')
      return yes({ ...state, dealerId: event.dealerId!, inTransit: true })
    case 'receiving':
      if (state === undefined) return no('not-active')
      if (state.container !== null) return no('packed')
      if (!state.inTransit) return no('not-in-transit')
      return yes({ ...state, inTransit: false })
    case 'returning':
      if (state === undefined || (status !== 'active' && status !== 'retired')) return no('not-active')
      if (state.container !== null) return no('packed')
      if (state.dealerId === null) return no('not-shipped')
      return yes({ ...state, dealerId: null, inTransit: false })
    case 'retiring':
      if (state === undefined || status !== 'active') return no('not-active')
      return yes({ ...state, status: 'retired', statusAt: at })
    case 'unretiring':
      if (state === undefined || status !== 'retired') return no('not-retired')
      return yes({ ...state, status: 'active', statusAt: at })
    case 'freezing':
      if (state?.hold === 'recalled' || state?.hold === 'frozen') return no('on-hold')
      return yes({ ...(state ?? blank(around.owner, at)), hold: 'frozen' })
    case 'unfreezing': {
      if (state?.hold !== 'frozen') return no('not-on-hold')
      const free = { ...state, hold: null }
      // an inert label that was only frozen is an ordinary inert one again
      return yes(free.status === 'inert' ? undefined : free)
    }
    case 'recalling':
      if (state?.hold === 'recalled') return no('on-hold')
      return yes({ ...(state ?? blank(around.owner, at)), hold: 'recalled' })
  }
}

function fresh(event: GoodsEvent, owner: string, at: string): GoodsState {
  return {
    ...blank(event.lot?.organisationId ?? owner, at),
    status: 'active',
    lotId: event.lot?.id ?? null,
    productId: event.lot?.productId ?? null,
    activatedAt: at,
  }
}

function blank(organisationId: string, at: string): GoodsState {
  return {
    status: 'inert',
    hold: null,
    organisationId,
    lotId: null,
    productId: null,
    dealerId: null,
    inTransit: false,
    container: null,
    replacedBy: null,
    activatedAt: null,
    statusAt: at,
  }
}

/** The same for a container that is itself the object of an event. undefined: it is gone. */
export function nextContainer(event: GoodsEvent, state: ContainerState, parent: ContainerState | undefined): Next<ContainerState> {
  switch (event.kind) {
    case 'packing':
      if (state.parent !== null) return no('packed')
      if (state.inTransit) return no('in-transit')
      if (parent?.inTransit === true) return no('in-transit')
      if (parent !== undefined && (parent.dealerId !== state.dealerId || parent.organisationId !== state.organisationId))
        return no('elsewhere')
      return yes({ ...state, parent: event.parent! })
    case 'unpacking':
      if (state.parent !== event.parent) return no('not-packed')
      return yes({ ...state, parent: null, dealerId: parent?.dealerId ?? null, inTransit: parent?.inTransit ?? false })
    case 'shipping':
      if (state.parent !== null) return no('packed')
      if (state.inTransit) return no('in-transit')
      return yes({ ...state, dealerId: event.dealerId!, inTransit: true })
    case 'receiving':
      if (state.parent !== null) return no('packed')
      if (!state.inTransit) return no('not-in-transit')
      return yes({ ...state, inTransit: false })
    case 'returning':
      if (state.parent !== null) return no('packed')
      if (state.dealerId === null) return no('not-shipped')
      return yes({ ...state, dealerId: null, inTransit: false })
    default:
      return no('unknown-container')
  }
}

/** Whether labels in this state stand for goods of their lot: what activation is bounded by. */
export const standsForGoods = (state: GoodsState | undefined): boolean =>
  state !== undefined && (state.status === 'active' || state.status === 'retired' || state.status === 'destroyed')

export function sameState(a: GoodsState, b: GoodsState): boolean {
  return (
    a.status === b.status &&
    a.hold === b.hold &&
    a.organisationId === b.organisationId &&
    a.lotId === b.lotId &&
    a.productId === b.productId &&
    a.dealerId === b.dealerId &&
    a.inTransit === b.inTransit &&
    a.container === b.container &&
    a.replacedBy === b.replacedBy &&
    a.activatedAt === b.activatedAt &&
    a.statusAt === b.statusAt
  )
}
