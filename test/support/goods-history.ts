import fc from 'fast-check'
import { AppError } from '../../src/kernel/errors.ts'
import { capture } from '../../src/modules/events/capture.ts'
import type { EventKind } from '../../src/modules/events/goods-event.ts'
import type { TestApp } from './app.ts'
import type { Labels } from './goods.ts'

/** How many labels a drawn history is about. */
export const SIZE = 60

/** One label as a child would keep the books: no ranges, no containers in containers, no database. */
export interface Item {
  status: 'inert' | 'active' | 'void' | 'replaced' | 'destroyed' | 'retired'
  hold: 'frozen' | 'recalled' | null
  dealer: string | null
  transit: boolean
  box: string | null
}
export interface Box {
  dealer: string | null
  transit: boolean
  parent: string | null
}
export type Boxes = Map<string, Box>

export interface Command {
  readonly kind: EventKind
  readonly from: number
  readonly to: number
  readonly box: number
  readonly dealer: number
  readonly other: number
  /** The act is done to this box instead of to labels. */
  readonly inner: number | undefined
}

export const KINDS: readonly EventKind[] = [
  'commissioning',
  'decommissioning',
  'voiding',
  'replacing',
  'destroying',
  'packing',
  'unpacking',
  'shipping',
  'receiving',
  'returning',
  'retiring',
  'unretiring',
  'freezing',
  'unfreezing',
  'recalling',
]

/** Mostly the goods of one of four cartons, so that later acts meet what earlier ones did; sometimes any stretch. */
const stretch = fc.oneof(
  { weight: 6, arbitrary: fc.nat(3).map((n) => ({ from: n * 15, to: n * 15 + 14, box: n })) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(SIZE - 1), fc.nat(3)).map(([n, box]) => ({ from: n, to: n, box })) },
  { weight: 1, arbitrary: fc.record({ from: fc.nat(SIZE - 1), to: fc.nat(SIZE - 1), box: fc.nat(3) }) },
)

export const command = fc
  .tuple(
    stretch,
    fc.record({
      // goods must be active for most things to happen to them
      kind: fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom<EventKind>('packing', 'unpacking', 'shipping', 'receiving', 'returning') },
        { weight: 4, arbitrary: fc.constantFrom(...KINDS) },
      ),
      dealer: fc.nat(1),
      other: fc.nat(SIZE - 1),
      inner: fc.option(fc.nat(3), { nil: undefined, freq: 3 }),
    }),
  )
  .map(([place, rest]): Command => ({ ...place, ...rest }))

export const START: Command = { kind: 'commissioning', from: 0, to: 44, box: 0, dealer: 0, other: 0, inner: undefined }

/** One history in which every act succeeds, boxes in boxes included; the drawn ones come after it. */
export const PLANTED: Command[] = (
  [
    ['packing', 0, 14, 0],
    ['packing', 15, 29, 1],
    ['packing', 0, 0, 1, 0],
    ['shipping', 0, 0, 0, 1],
    ['receiving', 0, 0, 0, 1],
    ['unpacking', 0, 0, 1, 0],
    ['returning', 0, 0, 0, 0],
    ['unpacking', 0, 14, 0],
    ['retiring', 0, 0, 0],
    ['unretiring', 0, 0, 0],
    ['freezing', 1, 1, 0],
    ['unfreezing', 1, 1, 0],
    ['recalling', 2, 2, 0],
    ['destroying', 3, 3, 0],
    ['voiding', 50, 50, 0],
    ['replacing', 4, 4, 0],
    ['decommissioning', 5, 5, 0],
  ] as const
).map(([kind, from, to, box, inner]) => ({ kind, from, to, box, inner, dealer: 0, other: 55 }))

/** Another: what leaves a carton before the carton is packed itself, and a carton that is made at a dealer's around other goods. */
export const PLANTED_APART: Command[] = (
  [
    ['packing', 0, 14, 0],
    ['packing', 15, 29, 1],
    ['unpacking', 0, 4, 0],
    ['packing', 0, 0, 1, 0],
    ['shipping', 30, 44, 0],
    ['receiving', 30, 44, 0],
    ['packing', 30, 35, 2],
    ['packing', 36, 44, 2],
    ['shipping', 0, 4, 0],
    ['receiving', 0, 4, 0],
    ['packing', 0, 4, 3],
    ['packing', 0, 0, 2, 3],
    ['unpacking', 0, 0, 2, 3],
    ['returning', 0, 0, 0, 2],
    ['unpacking', 40, 44, 2],
    ['destroying', 36, 36, 0],
    ['replacing', 10, 10, 0],
    ['unpacking', 0, 0, 1, 0],
  ] as const
).map(([kind, from, to, box, inner]) => ({ kind, from, to, box, inner, dealer: 0, other: 50 }))

export const HANDLING: ReadonlySet<EventKind> = new Set(['packing', 'unpacking', 'shipping', 'receiving', 'returning'])

/** The same for a box: what is in it goes with it. @returns false when the act must be refused */
export function keepBoxes(items: Item[], boxes: Boxes, kind: EventKind, inner: string, outer: string, dealer: string): boolean {
  const box = boxes.get(inner)
  const parent = boxes.get(outer)
  if (box === undefined) return false
  const move = (sscc: string, place: { dealer: string | null; transit: boolean }): void => {
    Object.assign(boxes.get(sscc)!, place)
    for (const [child, b] of boxes) if (b.parent === sscc) move(child, place)
  }
  switch (kind) {
    case 'packing':
      for (let at: string | null = outer; at !== null; at = boxes.get(at)?.parent ?? null) if (at === inner) return false
      if (box.parent !== null || box.transit || (parent !== undefined && (parent.transit || parent.dealer !== box.dealer))) return false
      if (parent === undefined) boxes.set(outer, { dealer: box.dealer, transit: false, parent: null })
      box.parent = outer
      return true
    case 'unpacking':
      if (parent === undefined || box.parent !== outer) return false
      box.parent = null
      throwAwayIfEmpty(items, boxes, inner)
      throwAwayIfEmpty(items, boxes, outer)
      return true
    case 'shipping':
      if (box.parent !== null || box.transit) return false
      move(inner, { dealer, transit: true })
      return true
    case 'receiving':
      if (box.parent !== null || !box.transit) return false
      move(inner, { dealer: box.dealer, transit: false })
      return true
    default:
      if (box.parent !== null || box.dealer === null) return false
      move(inner, { dealer: null, transit: false })
      return true
  }
}

/** An empty box that nothing is around is no box any more. */
function throwAwayIfEmpty(items: Item[], boxes: Boxes, sscc: string): void {
  if (boxes.get(sscc)?.parent === null && !items.some((x) => x.box === sscc) && ![...boxes.values()].some((b) => b.parent === sscc))
    boxes.delete(sscc)
}

/** @returns false when the act must be refused; the items are changed only when it is true */
export function keepBooks(items: Item[], boxes: Boxes, c: Command, box: string, dealer: string): boolean {
  const chosen =
    c.kind === 'replacing' ? [c.from] : Array.from({ length: Math.abs(c.to - c.from) + 1 }, (_, i) => Math.min(c.from, c.to) + i)
  const before = structuredClone(items)
  const known = boxes.get(box)
  if (c.kind === 'unpacking' && known === undefined) return false
  for (const i of chosen) {
    const x = items[i]!
    const live = x.status === 'active'
    let ok = false
    switch (c.kind) {
      case 'commissioning':
        ok = x.status === 'inert' && x.hold === null
        if (ok) Object.assign(x, { status: 'active' })
        break
      case 'decommissioning':
        ok = live && x.hold === null && x.box === null && x.dealer === null
        if (ok) Object.assign(x, { status: 'inert' })
        break
      case 'voiding':
        ok = (x.status === 'inert' || live) && x.box === null
        if (ok) x.status = 'void'
        break
      case 'replacing':
        ok = live && items[c.other]!.status === 'inert' && items[c.other]!.hold === null && c.other !== c.from
        if (ok) {
          items[c.other] = { ...x }
          Object.assign(x, { status: 'replaced', box: null, transit: false })
        }
        break
      case 'destroying':
        ok = live || x.status === 'retired'
        if (ok) Object.assign(x, { status: 'destroyed', box: null, transit: false })
        break
      case 'packing': {
        const place = known ?? { dealer: before[chosen[0]!]!.dealer, transit: false }
        ok = live && x.hold === null && x.box === null && !x.transit && !place.transit && place.dealer === x.dealer
        if (ok) Object.assign(x, { box, dealer: null })
        break
      }
      case 'unpacking':
        ok = x.box === box
        if (ok) Object.assign(x, { box: null, dealer: known!.dealer, transit: known!.transit })
        break
      case 'shipping':
        ok = live && x.hold === null && x.box === null && !x.transit
        if (ok) Object.assign(x, { dealer, transit: true })
        break
      case 'receiving':
        ok = (x.status !== 'inert' || x.hold !== null) && x.box === null && x.transit
        if (ok) x.transit = false
        break
      case 'returning':
        ok = (live || x.status === 'retired') && x.box === null && x.dealer !== null
        if (ok) Object.assign(x, { dealer: null, transit: false })
        break
      case 'retiring':
        ok = live
        if (ok) x.status = 'retired'
        break
      case 'unretiring':
        ok = x.status === 'retired'
        if (ok) x.status = 'active'
        break
      case 'freezing':
        ok = x.hold === null
        if (ok) x.hold = 'frozen'
        break
      case 'unfreezing':
        ok = x.hold === 'frozen'
        if (ok) x.hold = null
        break
      case 'recalling':
        ok = x.hold !== 'recalled'
        if (ok) x.hold = 'recalled'
        break
    }
    if (!ok) {
      items.splice(0, items.length, ...before)
      return false
    }
  }
  if (c.kind === 'packing' && known === undefined) boxes.set(box, { dealer: before[chosen[0]!]!.dealer, transit: false, parent: null })
  if (c.kind === 'unpacking') throwAwayIfEmpty(items, boxes, box)
  return true
}

/** The carton that a command speaks of, as this batch of labels names it. */
export const ssccOf = (labels: Labels, n: number): string => `${labels.batch.id}`.padStart(9, '0') + String(n).padStart(9, '0')

/** Two dealers of the importer's own, by id. */
export function twoDealers(t: TestApp, labels: Labels): Promise<string[]> {
  return t.platform.db.transaction(async (tx) => {
    const made: string[] = []
    for (const n of [0, 1]) {
      const form = {
        name: `经销${labels.batch.id}-${n}`,
        provinces: ['33'],
        city: '',
        contact: '',
        dealerOrganisationId: null,
        active: true,
      }
      made.push(await t.modules.events.saveDealer(tx, form, { actor: labels.clerk, at: t.clock.now() }))
    }
    return made
  })
}

/**
 * Does one command both ways: in the child's books and by capture.
 * @param at event time; the record time is the clock's
 * @returns what each of the two says: done or refused
 */
export async function playCommand(
  t: TestApp,
  labels: Labels,
  own: readonly string[],
  books: { readonly items: Item[]; readonly boxes: Boxes },
  c: Command,
  at: Date = t.clock.now(),
): Promise<{ readonly right: boolean; readonly done: boolean; readonly box: string; readonly inner: string | undefined }> {
  const base = BigInt(labels.batch.id) << 32n
  const box = ssccOf(labels, c.box)
  const inner = c.inner === undefined || !HANDLING.has(c.kind) ? undefined : ssccOf(labels, c.inner)
  const single = c.kind === 'replacing'
  const lo = base + BigInt(single ? c.from : Math.min(c.from, c.to))
  const hi = base + BigInt(single ? c.from : Math.max(c.from, c.to))
  const organisationId = labels.clerk.organisationId
  const right =
    inner === undefined
      ? keepBooks(books.items, books.boxes, c, box, own[c.dealer]!)
      : keepBoxes(books.items, books.boxes, c.kind, inner, box, own[c.dealer]!)
  const done = await t.platform.db
    .transaction((tx) =>
      capture(
        tx,
        {
          kind: c.kind,
          at,
          ranges: inner === undefined ? [{ lo, hi }] : [],
          containers: inner === undefined ? [] : [inner],
          ...(c.kind === 'commissioning' && { lot: { id: labels.lotId, productId: labels.productId, organisationId } }),
          ...(['packing', 'unpacking'].includes(c.kind) && { parent: box }),
          ...(c.kind === 'shipping' && { dealerId: own[c.dealer]! }),
          ...(single && { replacement: base + BigInt(c.other) }),
        },
        { actor: labels.clerk, organisationId, at: t.clock.now(), nameOf: String },
      ),
    )
    .then(
      () => true,
      (error: unknown) => {
        if (error instanceof AppError) return false
        throw error
      },
    )
  return { right, done, box, inner }
}
