import { EPCIS_SHAPES, type GoodsEvent } from './goods-event.ts'
import { eventsFail } from './errors.ts'
import { type CodeRange, countOf, cut, join, normaliseRanges, sizeOf, type Stretch } from './ranges.ts'
import {
  type ContainerState,
  type GoodsState,
  nextContainer,
  nextState,
  REFUSAL_WORDS,
  type Refusal,
  sameState,
  standsForGoods,
} from './transitions.ts'

/**
 * Where projections are kept: the database for capture, memory for `fsck`. Both run the same `project`, so a stored
 * projection that differs from the rebuilt one was changed by something that is not an event.
 */
export interface ProjectionStore {
  /** Stretches that touch or neighbour the ranges, sorted. */
  touching(ranges: readonly CodeRange[]): Promise<Stretch<GoodsState>[]>
  /** Stretches in a container. */
  packedIn(sscc: string): Promise<Stretch<GoodsState>[]>
  /** Replaces stored stretches by others. */
  replace(gone: readonly CodeRange[], come: readonly (CodeRange & { readonly state: GoodsState })[]): Promise<void>
  containers(ssccs: readonly string[]): Promise<Map<string, ContainerState>>
  childrenOf(sscc: string): Promise<string[]>
  putContainer(sscc: string, state: ContainerState | undefined): Promise<void>
  /** Owner of each batch. */
  owners(batches: readonly number[]): Promise<Map<number, string>>
  /** Changes how many labels stand for goods of a lot. */
  balance(lotId: string, by: bigint): Promise<void>
  /** Words for an example in a refusal. */
  nameOf(code: bigint): string
}

export interface Projected {
  /** Labels that changed, by lot. */
  readonly labels: bigint
}

/** @throws AppError GOODS_STATE, CONTAINER_STATE naming how many, why and an example; nothing is changed then */
export async function project(store: ProjectionStore, event: GoodsEvent): Promise<Projected> {
  const asked = normaliseRanges(event.ranges)
  const parent = event.parent === undefined ? undefined : (await store.containers([event.parent])).get(event.parent)
  if (event.kind === 'unpacking' && parent === undefined) throw refuseContainer(event, event.parent!, 'unknown-container')

  // a container comes into being with its first content, where that content is
  const around = event.kind === 'packing' && parent === undefined ? await birthplace(store, event, asked) : parent
  const labels = await projectLabels(store, event, asked, around)
  await projectContainers(store, event, around)

  if (event.kind === 'packing' && parent === undefined && around !== undefined) await store.putContainer(event.parent!, around)
  if (event.kind === 'unpacking') for (const sscc of [...event.containers, event.parent!]) await closeIfEmpty(store, sscc)
  return { labels }
}

async function projectLabels(
  store: ProjectionStore,
  event: GoodsEvent,
  asked: CodeRange[],
  parent: ContainerState | undefined,
): Promise<bigint> {
  if (asked.length === 0) return 0n
  const owners = await store.owners([...new Set(asked.map((r) => Number(r.lo >> 32n)))])
  const touched = await store.touching(asked)
  const { inside, outside } = cut(touched, asked)

  const refused = new Map<Refusal, { count: bigint; example: bigint }>()
  const changed: Stretch<GoodsState>[] = []
  const deltas = new Map<string, bigint>()
  const add = (state: GoodsState | undefined, by: bigint) => {
    if (standsForGoods(state) && state!.lotId !== null) deltas.set(state!.lotId, (deltas.get(state!.lotId) ?? 0n) + by)
  }
  // the new label of a damaged one takes over everything but its number
  const replaced = event.kind === 'replacing' ? inside[0]?.state : undefined
  for (const part of inside) {
    const owner = owners.get(Number(part.lo >> 32n))
    const next =
      owner === undefined ? { ok: false as const, refusal: 'other-owner' as const } : nextState(event, part.state, { owner, parent })
    if (!next.ok) {
      const known = refused.get(next.refusal)
      refused.set(next.refusal, { count: (known?.count ?? 0n) + sizeOf(part), example: known?.example ?? part.lo })
      continue
    }
    add(part.state, -sizeOf(part))
    add(next.state, sizeOf(part))
    changed.push({ lo: part.lo, hi: part.hi, state: next.state })
  }
  const worst = [...refused].sort((a, b) => (a[1].count < b[1].count ? 1 : -1))[0]
  if (worst !== undefined) throw refuseGoods(event, worst[1].count, worst[0], store.nameOf(worst[1].example))

  for (const [lotId, by] of deltas) if (by !== 0n && event.kind !== 'replacing') await store.balance(lotId, by)
  await store.replace(touched, join([...outside, ...changed], sameState))
  if (event.kind === 'replacing') await takeOver(store, event, replaced)
  return countOf(asked)
}

/** The replacement becomes what the damaged label was. */
async function takeOver(store: ProjectionStore, event: GoodsEvent, old: GoodsState | undefined): Promise<void> {
  const code = event.replacement!
  const range = [{ lo: code, hi: code }]
  const touched = await store.touching(range)
  const { inside, outside } = cut(touched, range)
  if (inside[0]?.state !== undefined) throw refuseGoods(event, 1n, 'not-inert', store.nameOf(code))
  const at = event.at.toISOString()
  const state: GoodsState = { ...old!, status: 'active', replacedBy: null, activatedAt: at, statusAt: at }
  await store.replace(touched, join([...outside, { lo: code, hi: code, state }], sameState))
}

async function projectContainers(store: ProjectionStore, event: GoodsEvent, parent: ContainerState | undefined): Promise<void> {
  if (event.containers.length === 0) return
  const known = await store.containers(event.containers)
  for (const sscc of event.containers) {
    const state = known.get(sscc)
    if (state === undefined) throw refuseContainer(event, sscc, 'unknown-container')
    if (event.kind === 'packing' && (sscc === event.parent || (await isInside(store, event.parent!, sscc))))
      throw refuseContainer(event, sscc, 'inside-itself')
    const next = nextContainer(event, state, parent)
    if (!next.ok) throw refuseContainer(event, sscc, next.refusal)
    await store.putContainer(sscc, next.state)
    if (next.state !== undefined) await carryAlong(store, sscc, next.state)
  }
}

/** What is inside a container is where the container is: its inner containers move with it, level by level. */
async function carryAlong(store: ProjectionStore, sscc: string, place: ContainerState): Promise<void> {
  for (let level = await store.childrenOf(sscc); level.length > 0;) {
    const known = await store.containers(level)
    const below: string[] = []
    for (const child of level) {
      const state = known.get(child)
      if (state === undefined) continue
      await store.putContainer(child, { ...state, dealerId: place.dealerId, inTransit: place.inTransit })
      below.push(...(await store.childrenOf(child)))
    }
    level = below
  }
}

/** Walks up from `sscc`; goods are nested three or four levels deep, never in a ring. */
async function isInside(store: ProjectionStore, sscc: string, ancestor: string): Promise<boolean> {
  let at: string | null = sscc
  for (let depth = 0; at !== null && depth < 16; depth++) {
    if (at === ancestor) return true
    at = (await store.containers([at])).get(at)?.parent ?? null
  }
  return false
}

/** @returns undefined when the first content cannot be packed anyway; the transition table then says why */
async function birthplace(store: ProjectionStore, event: GoodsEvent, asked: CodeRange[]): Promise<ContainerState | undefined> {
  const first = asked[0]
  const label = first === undefined ? undefined : (await store.touching([first])).find((s) => s.lo <= first.lo && s.hi >= first.lo)?.state
  const child = event.containers[0] === undefined ? undefined : (await store.containers([event.containers[0]])).get(event.containers[0])
  if (first === undefined && event.containers.length === 0) throw eventsFail('NOTHING_CHOSEN')
  const at = label ?? child
  return at === undefined
    ? undefined
    : { organisationId: at.organisationId, parent: null, dealerId: at.dealerId, inTransit: false, packedAt: event.at.toISOString() }
}

/** An empty carton that stands inside a pallet is still there; it ends when it is taken out. */
async function closeIfEmpty(store: ProjectionStore, sscc: string): Promise<void> {
  if ((await store.containers([sscc])).get(sscc)?.parent !== null) return
  if ((await store.packedIn(sscc)).length === 0 && (await store.childrenOf(sscc)).length === 0) await store.putContainer(sscc, undefined)
}

function refuseGoods(event: GoodsEvent, count: bigint, refusal: Refusal, example: string) {
  return eventsFail('GOODS_STATE', {
    count,
    act: EPCIS_SHAPES[event.kind].words,
    reason: REFUSAL_WORDS[refusal],
    example,
  })
}

function refuseContainer(event: GoodsEvent, sscc: string, refusal: Refusal) {
  return eventsFail('CONTAINER_STATE', {
    sscc,
    act: EPCIS_SHAPES[event.kind].words,
    reason: REFUSAL_WORDS[refusal],
  })
}
