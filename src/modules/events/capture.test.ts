import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../test/support/app.ts'
import { type Labels, labelsOf } from '../../../test/support/goods.ts'
import { freshUscc } from '../../../test/support/world.ts'
import { AppError } from '../../kernel/errors.ts'
import { sql } from '../../platform/db/sql.ts'
import { capture } from './capture.ts'
import type { EventKind } from './goods-event.ts'

let t: TestApp
let importer: string
let printer: string
const dealers: string[] = []

beforeAll(async () => {
  t = await openTestApp()
  const at = t.clock.now()
  await t.platform.db.transaction(async (tx) => {
    importer = await t.modules.identity.registerOrganisation(
      tx,
      { kind: 'importer', nameZh: '甲', uscc: freshUscc(), province: '33', status: 'verified' },
      at,
    )
    printer = await t.modules.identity.registerOrganisation(
      tx,
      { kind: 'printer', nameZh: '印', uscc: freshUscc(), province: '33', status: 'verified' },
      at,
    )
  })
})
afterAll(() => t.close())

const SIZE = 60

/** One label as a child would keep the books: no ranges, no containers in containers, no database. */
interface Item {
  status: 'inert' | 'active' | 'void' | 'replaced' | 'destroyed' | 'retired'
  hold: 'frozen' | 'recalled' | null
  dealer: string | null
  transit: boolean
  box: string | null
}
interface Box {
  dealer: string | null
  transit: boolean
  parent: string | null
}
type Boxes = Map<string, Box>

interface Command {
  readonly kind: EventKind
  readonly from: number
  readonly to: number
  readonly box: number
  readonly dealer: number
  readonly other: number
  /** The act is done to this box instead of to labels. */
  readonly inner: number | undefined
}

const KINDS: readonly EventKind[] = [
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

const command = fc
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

const START: Command = { kind: 'commissioning', from: 0, to: 44, box: 0, dealer: 0, other: 0, inner: undefined }

/** One history in which every act succeeds, boxes in boxes included; the drawn ones come after it. */
const PLANTED: Command[] = (
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

const HANDLING: ReadonlySet<EventKind> = new Set(['packing', 'unpacking', 'shipping', 'receiving', 'returning'])

/** The same for a box: what is in it goes with it. @returns false when the act must be refused */
function keepBoxes(items: Item[], boxes: Boxes, kind: EventKind, inner: string, outer: string, dealer: string): boolean {
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
function keepBooks(items: Item[], boxes: Boxes, c: Command, box: string, dealer: string): boolean {
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

describe('capture', () => {
  test(
    'does to ranges what a child would do item by item, whatever happens in whatever order; and fsck agrees',
    { timeout: 300_000 },
    async () => {
      const accepted = new Map<EventKind, number>()
      let nested = 0
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 20, maxLength: 40 }), async (commands) => {
          const labels = await labelsOf(t, { importer, printer }, { quantity: SIZE, rollSize: SIZE })
          const { db } = t.platform
          const base = BigInt(labels.batch.id) << 32n
          const items = Array.from({ length: SIZE }, (): Item => ({ status: 'inert', hold: null, dealer: null, transit: false, box: null }))
          const boxes: Boxes = new Map()
          const own = await db.transaction(async (tx) => {
            const made: string[] = []
            for (const n of [0, 1]) {
              made.push(
                await t.modules.events.saveDealer(
                  tx,
                  {
                    name: `经销${labels.batch.id}-${n}`,
                    provinces: ['33'],
                    city: '',
                    contact: '',
                    dealerOrganisationId: null,
                    active: true,
                  },
                  { actor: labels.clerk, at: t.clock.now() },
                ),
              )
            }
            return made
          })
          dealers.push(...own)
          for (const c of [START, ...commands]) {
            t.clock.advance(1000)
            const ssccOf = (n: number) => `${labels.batch.id}`.padStart(9, '0') + String(n).padStart(9, '0')
            const box = ssccOf(c.box)
            const inner = c.inner === undefined || !HANDLING.has(c.kind) ? undefined : ssccOf(c.inner)
            const single = c.kind === 'replacing'
            const lo = base + BigInt(single ? c.from : Math.min(c.from, c.to))
            const hi = base + BigInt(single ? c.from : Math.max(c.from, c.to))
            const right =
              inner === undefined
                ? keepBooks(items, boxes, c, box, own[c.dealer]!)
                : keepBoxes(items, boxes, c.kind, inner, box, own[c.dealer]!)
            const done = await db
              .transaction((tx) =>
                capture(
                  tx,
                  {
                    kind: c.kind,
                    at: t.clock.now(),
                    ranges: inner === undefined ? [{ lo, hi }] : [],
                    containers: inner === undefined ? [] : [inner],
                    ...(c.kind === 'commissioning' && { lot: { id: labels.lotId, productId: labels.productId, organisationId: importer } }),
                    ...(['packing', 'unpacking'].includes(c.kind) && { parent: box }),
                    ...(c.kind === 'shipping' && { dealerId: own[c.dealer]! }),
                    ...(single && { replacement: base + BigInt(c.other) }),
                  },
                  { actor: labels.clerk, organisationId: importer, at: t.clock.now(), nameOf: String },
                ),
              )
              .then(
                () => true,
                (error: unknown) => {
                  if (error instanceof AppError) return false
                  throw error
                },
              )
            expect([c.kind, done]).toEqual([c.kind, right])
            if (right) accepted.set(c.kind, (accepted.get(c.kind) ?? 0) + 1)
            if (right && inner !== undefined && c.kind === 'packing') nested++
          }
          const rows = await db.query<{
            code: bigint
            status: string
            hold: string | null
            dealer_id: string | null
            container: string | null
          }>(sql`
          select code, status, hold, dealer_id, container from state_of_codes(${items.map((_, i) => base + BigInt(i))}::bigint[]) order by code`)
          expect(rows.map((r) => [r.status, r.hold, r.dealer_id, r.container])).toEqual(
            items.map((x) => [x.status, x.hold, x.dealer, x.box]),
          )
          const stored = await db.query<{ sscc: string; dealer_id: string | null; in_transit: boolean; parent: string | null }>(sql`
          select sscc, dealer_id, in_transit, parent from container where sscc like ${`${`${labels.batch.id}`.padStart(9, '0')}%`}`)
          expect(new Map(stored.map((b) => [b.sscc, { dealer: b.dealer_id, transit: b.in_transit, parent: b.parent }]))).toEqual(boxes)
          expect(await t.modules.fsck(db)).toEqual([])
        }),
        { numRuns: 60, examples: [[PLANTED]] },
      )
      expect(KINDS.filter((kind) => !accepted.has(kind))).toEqual([])
      expect(nested).toBeGreaterThan(0)
    },
  )
})

describe('fsck', () => {
  let labels: Labels
  beforeAll(async () => {
    labels = await labelsOf(t, { importer, printer }, { quantity: 50, rollSize: 50 })
    const choice = { rolls: [], stretches: [{ first: labels.uri(0), last: labels.uri(29) }], items: [], containers: [] }
    const ctx = { actor: labels.clerk, at: t.clock.now() }
    await t.platform.db.transaction(async (tx) => {
      await t.modules.events.activate(tx, { lotId: labels.lotId, choice }, ctx)
      await t.modules.events.pack(
        tx,
        { choice: { ...choice, stretches: [{ first: labels.uri(0), last: labels.uri(9) }] }, place: '', reason: '' },
        ctx,
      )
    })
  })

  test('finds nothing in what only events changed', async () => {
    expect(await t.modules.fsck(t.platform.db)).toEqual([])
  })

  test.each([
    ['a state', 'range', sql`update code_range set status = 'void' where lo = (select max(lo) from code_range where status = 'active')`],
    ['a stretch that is gone', 'range', sql`delete from code_range where lo = (select max(lo) from code_range where status = 'active')`],
    [
      'a stretch that overlaps',
      'overlap',
      sql`insert into code_range select lo + 1, hi, status, hold, organisation_id, lot_id, product_id, dealer_id, in_transit, container, replaced_by, activated_at, status_at from code_range where lo = (select max(lo) from code_range where status = 'active')`,
    ],
    ['a container', 'container', sql`update container set in_transit = not in_transit where sscc = (select max(sscc) from container)`],
    [
      'a balance',
      'balance',
      sql`update lot_balance set activated = activated + 1 where lot_id = (select lot_id from code_range where status = 'active' order by lo desc limit 1)`,
    ],
    ['a code beyond its batch', 'range', sql`update code_range set hi = hi + 1000 where lo = (select max(lo) from code_range)`],
    [
      'a count of scans',
      'scan-count',
      sql`insert into item_scan (bucket, code, scan_count, first_scan_at, last_scan_at) values (1, 4294967297, 2, '2026-06-15', '2026-06-15')`,
    ],
    [
      'a quota',
      'quota',
      sql`
      with g as (insert into quota_grant (id, organisation_id, payer, labels, price_fen, valid_from, valid_to, granted_at)
        select '0197a000-0000-7000-8000-00000000000f', id, 'prepaid', 10, 1, '2026-01-01', '2026-12-31', '2026-01-01' from organisation limit 1 returning id, organisation_id)
      select 1 from g`,
    ],
    [
      'a count beyond the declaration',
      'quantity',
      sql`update lot_balance set activated = 51 where lot_id = (select lot_id from code_range where status = 'active' order by lo desc limit 1)`,
    ],
  ])('finds %s that no event changed', async (_name, kind, corruption) => {
    const found: string[] = []
    await t.platform.db
      .transaction(async (tx) => {
        await tx.execute(corruption)
        const asDatabase = { query: tx.query.bind(tx), transaction: (work: (x: typeof tx) => unknown) => work(tx) }
        found.push(...(await t.modules.fsck(asDatabase as never)).map((f) => f.kind))
        throw new Error('undo')
      })
      .catch((error: Error) => expect(error.message).toBe('undo'))
    expect(found).toContain(kind)
  })
})

describe('activation', () => {
  const activate = (labels: Labels, from: number, to: number) =>
    t.platform.db.transaction((tx) =>
      t.modules.events.activate(
        tx,
        {
          lotId: labels.lotId,
          choice: { rolls: [], stretches: [{ first: labels.uri(from), last: labels.uri(to) }], items: [], containers: [] },
        },
        { actor: labels.clerk, at: t.clock.now() },
      ),
    )

  test('of a million labels is one range', async () => {
    const labels = await labelsOf(t, { importer, printer }, { quantity: 1_000_000, rollSize: 100_000 })
    await activate(labels, 0, 999_999)
    const rows = await t.platform.db.query<{ n: bigint }>(sql`select hi - lo + 1 as n from code_range where lo >> 32 = ${labels.batch.id}`)
    expect(rows).toEqual([{ n: 1_000_000n }])
  })

  test('never passes the declared quantity, also when two people take the last labels at once', async () => {
    const labels = await labelsOf(t, { importer, printer }, { quantity: 100, spoilage: 10, rollSize: 50 })
    await activate(labels, 0, 79)
    const both = await Promise.allSettled([activate(labels, 80, 94), activate(labels, 95, 109)])
    expect(both.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
    const refused = both.find((r) => r.status === 'rejected') as PromiseRejectedResult
    expect((refused.reason as AppError).code).toBe('OVER_ACTIVATION')
    expect((refused.reason as AppError).params['left']).toBe(5n)
  })
})
