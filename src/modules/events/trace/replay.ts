import { EPCIS_SHAPES, type GoodsEvent } from '../goods-event.ts'
import type { CodeRange } from '../ranges.ts'
import { type ContainerState, type GoodsState, nextContainer, nextState } from '../transitions.ts'
import type { History, TracedEvent } from './history.ts'

/** What is known of a stretch of labels at the moment that the replay has reached. */
export interface Standing extends CodeRange {
  /** undefined: issued, and nothing has happened to it. */
  readonly state: GoodsState | undefined
  /** Containers around it, from the nearest outwards. */
  readonly chain: readonly string[]
  /** Where it is: the dealer that holds it or is about to; null is its owner. */
  readonly dealerId: string | null
  readonly inTransit: boolean
  /** It came back to its owner and has not left again. */
  readonly returned: boolean
  /** The last event that changed what is known, of the label or of a container around it. */
  readonly last: TracedEvent | undefined
}

interface Cell {
  readonly state: GoodsState | undefined
  readonly returned: boolean
  readonly last: TracedEvent | undefined
}

interface Box {
  state: ContainerState
  /** False while nothing tells where it is: it was made around goods that are not traced. */
  placed: boolean
  returned: boolean
  last: TracedEvent | undefined
  readonly children: Set<string>
  /** Cells that lie directly in it. */
  cells: number
}

const NOTHING: Cell = { state: undefined, returned: false, last: undefined }

/**
 * Lets the events of a history happen again, in the order in which they were captured, by the same table of
 * transitions as capture and `fsck`. All labels between two edges that any event ever cut have one state, so a lot of
 * a million items is as many cells as it was ever divided into.
 *
 * A history is a part of the world: a carton may have been made around other goods. What it is packed with tells
 * where it was, since goods and carton must have been at one place. With events left out (as of a moment, an event
 * that was recorded early may have happened late) what the table refuses has not happened.
 */
export class Replay {
  readonly #history: History
  readonly #los: BigInt64Array
  readonly #his: BigInt64Array
  readonly #cells: Cell[]
  readonly #boxes = new Map<string, Box>()

  constructor(history: History) {
    this.#history = history
    const edges = new Set<bigint>()
    for (const r of [...history.tracked, ...history.events.flatMap((e) => e.ranges)]) edges.add(r.lo).add(r.hi + 1n)
    for (const e of history.events) if (e.replacement !== null) edges.add(e.replacement).add(e.replacement + 1n)
    const sorted = new BigInt64Array(edges).sort()
    const los: bigint[] = []
    const his: bigint[] = []
    let i = 0
    for (const range of history.tracked) {
      while (sorted[i]! < range.lo) i++
      for (; sorted[i]! <= range.hi; i++) {
        los.push(sorted[i]!)
        his.push(sorted[i + 1]! - 1n)
      }
    }
    this.#los = new BigInt64Array(los)
    this.#his = new BigInt64Array(his)
    this.#cells = Array.from({ length: los.length }, () => NOTHING)
  }

  /** Applies every event that had happened by `asOf`; all of them without it. */
  async run(asOf?: string): Promise<this> {
    let n = 0
    for (const event of this.#history.events) {
      if (!happenedBy(event, asOf)) continue
      this.apply(event)
      // a long history must not keep the scans waiting
      if (++n % 2000 === 0) await new Promise(setImmediate)
    }
    return this
  }

  apply(event: TracedEvent): void {
    // what is no act of this trade (an observation that a partner captured) is told and moves nothing
    if (!Object.hasOwn(EPCIS_SHAPES, event.kind)) return
    const goods = asGoodsEvent(event)
    if (event.kind === 'packing') this.#readyParent(event)
    const parent = event.parent === null ? undefined : this.#boxes.get(event.parent)
    const replaced = event.kind === 'replacing' ? this.#cells[this.#first(event.ranges[0]?.lo ?? -1n)] : undefined
    this.#applyToCells(event, goods, parent)
    for (const sscc of event.containers) this.#applyToBox(event, goods, sscc, parent)
    if (event.kind === 'replacing' && event.replacement !== null && replaced?.state?.status === 'active')
      this.#takeOver(event, event.replacement, replaced)
  }

  #applyToCells(event: TracedEvent, goods: GoodsEvent, parent: Box | undefined): void {
    // stretches of one state go through the table once
    const outcomes = new Map<Cell, Cell>()
    for (const range of event.ranges) {
      for (let i = this.#first(range.lo); i < this.#cells.length && this.#los[i]! <= range.hi; i++) {
        const cell = this.#cells[i]!
        let next = outcomes.get(cell)
        if (next === undefined) {
          const owner = this.#history.owners.get(Number(range.lo >> 32n)) ?? event.organisationId
          const outcome = nextState(goods, cell.state, { owner, parent: parent?.state })
          next = outcome.ok ? { state: outcome.state, returned: returnedAfter(event, cell, parent), last: event } : cell
          outcomes.set(cell, next)
        }
        this.#put(i, next)
      }
    }
  }

  #put(i: number, next: Cell): void {
    const before = this.#cells[i]!.state?.container ?? null
    const after = next.state?.container ?? null
    if (before !== after) {
      if (before !== null) this.#boxes.get(before)!.cells--
      if (after !== null) this.#boxes.get(after)!.cells++
    }
    this.#cells[i] = next
  }

  /** The new label becomes what the damaged one was. */
  #takeOver(event: TracedEvent, code: bigint, old: Cell): void {
    const i = this.#first(code)
    if (i >= this.#cells.length || this.#cells[i]!.state !== undefined) return
    const state: GoodsState = { ...old.state!, status: 'active', replacedBy: null, activatedAt: event.at, statusAt: event.at }
    this.#put(i, { state, returned: old.returned, last: event })
  }

  /** A carton is where the goods are that are being put into it. */
  #readyParent(event: TracedEvent): void {
    const sscc = event.parent
    if (sscc === null) return
    const box = this.#boxes.get(sscc) ?? this.#made(sscc, event)
    const first = event.ranges[0] === undefined ? undefined : this.#cells[this.#first(event.ranges[0].lo)]?.state
    const inner = event.containers.map((c) => this.#boxes.get(c)).find((b) => b?.placed === true)
    const content = first ?? inner?.state
    if (content === undefined) return
    const same =
      box.placed && box.state.dealerId === content.dealerId && box.state.organisationId === content.organisationId && !box.state.inTransit
    if (same || (box.placed && this.#holdsGoods(this.#rootOf(sscc)))) return
    const place = { dealerId: content.dealerId, inTransit: content.inTransit, organisationId: content.organisationId }
    this.#carry(this.#rootOf(sscc), place, first === undefined ? inner!.returned : false, undefined)
  }

  #applyToBox(event: TracedEvent, goods: GoodsEvent, sscc: string, parent: Box | undefined): void {
    const box = this.#boxes.get(sscc) ?? this.#made(sscc, event)
    if (!box.placed && (event.kind === 'shipping' || event.kind === 'returning')) {
      this.#carry(sscc, { ...box.state, dealerId: event.dealerId, inTransit: event.kind === 'shipping' }, event.kind === 'returning', event)
      return
    }
    if (event.kind === 'packing' && parent !== undefined && box.placed !== parent.placed) {
      // one of the two tells where the other is
      const known = box.placed ? box.state : parent.state
      const other = box.placed ? this.#rootOf(event.parent!) : sscc
      this.#carry(other, known, box.placed ? box.returned : parent.returned, undefined)
    }
    const outcome = nextContainer(goods, box.state, parent?.state)
    if (!outcome.ok || outcome.state === undefined) return
    if (event.kind === 'packing' && event.parent !== null && this.#isInside(event.parent, sscc)) return
    const { state } = outcome
    const returned =
      event.kind === 'returning' ||
      (event.kind !== 'shipping' && (box.returned || (event.kind === 'unpacking' && parent?.returned === true)))
    if (box.state.parent !== state.parent) {
      if (box.state.parent !== null) this.#boxes.get(box.state.parent)?.children.delete(sscc)
      if (state.parent !== null) this.#boxes.get(state.parent)?.children.add(sscc)
    }
    box.state = state
    this.#carry(sscc, state, returned, event, box.placed || (parent?.placed ?? false))
  }

  #made(sscc: string, event: TracedEvent): Box {
    const state = { organisationId: event.organisationId, parent: null, dealerId: null, inTransit: false, packedAt: event.at }
    const box: Box = { state, placed: false, returned: false, last: undefined, children: new Set(), cells: 0 }
    this.#boxes.set(sscc, box)
    return box
  }

  /** What is inside a container is where the container is. */
  #carry(
    sscc: string,
    place: Pick<ContainerState, 'dealerId' | 'inTransit' | 'organisationId'>,
    returned: boolean,
    event: TracedEvent | undefined,
    placed = true,
  ): void {
    const box = this.#boxes.get(sscc)!
    const { dealerId, inTransit, organisationId } = place
    box.state = { ...box.state, dealerId, inTransit, organisationId }
    box.placed = placed
    box.returned = returned
    box.last = event ?? box.last
    for (const child of box.children) this.#carry(child, place, returned, event, placed)
  }

  #rootOf(sscc: string): string {
    let at = sscc
    for (let up = this.#boxes.get(at)?.state.parent; up != null && this.#boxes.has(up); up = this.#boxes.get(at)?.state.parent) at = up
    return at
  }

  #isInside(sscc: string, ancestor: string): boolean {
    for (let at: string | null = sscc; at !== null; at = this.#boxes.get(at)?.state.parent ?? null) if (at === ancestor) return true
    return false
  }

  #holdsGoods(sscc: string): boolean {
    const box = this.#boxes.get(sscc)
    return box !== undefined && (box.cells > 0 || [...box.children].some((child) => this.#holdsGoods(child)))
  }

  /** Index of the cell that holds `code`, or of the next one; the number of cells when there is none. */
  #first(code: bigint): number {
    let low = 0
    let high = this.#his.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#his[middle]! < code) low = middle + 1
      else high = middle
    }
    return low
  }

  /** What is known of one label now. */
  standingOf(code: bigint): Standing {
    const i = this.#first(code)
    if (i >= this.#cells.length || this.#los[i]! > code) throw new RangeError(`${code} is not traced`)
    return this.#standing(i)
  }

  /** Everything that is traced, in order of the codes; neighbours of one state are joined. */
  *standings(): Generator<Standing> {
    let open: { i: number; hi: bigint } | undefined
    for (let i = 0; i < this.#cells.length; i++) {
      if (
        open !== undefined &&
        this.#cells[i] === this.#cells[open.i] &&
        this.#los[i] === open.hi + 1n &&
        open.hi >> 32n === this.#los[i]! >> 32n
      )
        open.hi = this.#his[i]!
      else {
        if (open !== undefined) yield { ...this.#standing(open.i), hi: open.hi }
        open = { i, hi: this.#his[i]! }
      }
    }
    if (open !== undefined) yield { ...this.#standing(open.i), hi: open.hi }
  }

  #standing(i: number): Standing {
    const { state, returned, last } = this.#cells[i]!
    const chain: string[] = []
    let newest = last
    let boxReturned = false
    for (let at = state?.container ?? null; at !== null; at = this.#boxes.get(at)?.state.parent ?? null) {
      chain.push(at)
      const box = this.#boxes.get(at)!
      if (box.last !== undefined && (newest === undefined || box.last.sequence > newest.sequence)) newest = box.last
      boxReturned ||= box.returned
    }
    const around = chain[0] === undefined ? undefined : this.#boxes.get(chain[0])!.state
    const dealerId = around === undefined ? (state?.dealerId ?? null) : around.dealerId
    const inTransit = around === undefined ? (state?.inTransit ?? false) : around.inTransit
    return {
      lo: this.#los[i]!,
      hi: this.#his[i]!,
      state,
      chain,
      dealerId,
      inTransit,
      returned: dealerId === null && (returned || boxReturned),
      last: newest,
    }
  }
}

export const happenedBy = (event: Pick<TracedEvent, 'at'>, asOf: string | undefined): boolean =>
  asOf === undefined || Date.parse(event.at) <= Date.parse(asOf)

function returnedAfter(event: TracedEvent, cell: Cell, parent: Box | undefined): boolean {
  if (event.kind === 'returning') return true
  if (event.kind === 'shipping') return false
  return cell.returned || (event.kind === 'unpacking' && parent?.returned === true)
}

function asGoodsEvent(e: TracedEvent): GoodsEvent {
  return {
    kind: e.kind,
    at: new Date(e.at),
    ranges: e.ranges,
    containers: e.containers,
    ...(e.parent !== null && { parent: e.parent }),
    ...(e.dealerId !== null && { dealerId: e.dealerId }),
    ...(e.lot !== null && { lot: e.lot }),
    ...(e.replacement !== null && { replacement: e.replacement }),
  }
}
