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
    importer = await t.modules.identity.registerOrganisation(tx, { kind: 'importer', nameZh: '甲', uscc: freshUscc(), province: '33', status: 'verified' }, at)
    printer = await t.modules.identity.registerOrganisation(tx, { kind: 'printer', nameZh: '印', uscc: freshUscc(), province: '33', status: 'verified' }, at)
  })
})
afterAll(() => t.close())

const SIZE = 24

/** One label as a child would keep the books: no ranges, no containers in containers, no database. */
interface Item {
  status: 'inert' | 'active' | 'void' | 'replaced' | 'destroyed' | 'retired'
  hold: 'frozen' | 'recalled' | null
  dealer: string | null
  transit: boolean
  box: string | null
}
type Boxes = Map<string, { dealer: string | null; transit: boolean }>

interface Command {
  readonly kind: EventKind
  readonly from: number
  readonly to: number
  readonly box: number
  readonly dealer: number
  readonly other: number
}

const KINDS: readonly EventKind[] = ['commissioning', 'decommissioning', 'voiding', 'replacing', 'destroying', 'packing', 'unpacking', 'shipping', 'receiving', 'returning', 'retiring', 'unretiring', 'freezing', 'unfreezing', 'recalling']

const command = fc.record({
  // goods must be active for most things to happen to them
  kind: fc.oneof({ weight: 3, arbitrary: fc.constantFrom<EventKind>('commissioning', 'packing', 'shipping', 'receiving') }, { weight: 4, arbitrary: fc.constantFrom(...KINDS) }),
  from: fc.nat(SIZE - 1),
  to: fc.nat(SIZE - 1),
  box: fc.nat(2),
  dealer: fc.nat(1),
  other: fc.nat(SIZE - 1),
})

/** @returns false when the act must be refused; the items are changed only when it is true */
function keepBooks(items: Item[], boxes: Boxes, c: Command, box: string, dealer: string): boolean {
  const chosen = c.kind === 'replacing' ? [c.from] : Array.from({ length: Math.abs(c.to - c.from) + 1 }, (_, i) => Math.min(c.from, c.to) + i)
  const before = structuredClone(items)
  const known = boxes.get(box)
  if (c.kind === 'unpacking' && known === undefined) return false
  const first = items[chosen[0]!]!
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
          Object.assign(x, { status: 'replaced', box: null })
        }
        break
      case 'destroying':
        ok = live || x.status === 'retired'
        if (ok) Object.assign(x, { status: 'destroyed', box: null, transit: false })
        break
      case 'packing': {
        const place = known ?? { dealer: before[chosen[0]!]!.dealer, transit: false }
        ok = live && x.hold === null && x.box === null && !x.transit && place.dealer === x.dealer
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
  if (c.kind === 'packing' && known === undefined) boxes.set(box, { dealer: before[chosen[0]!]!.dealer, transit: false })
  if (c.kind === 'unpacking' && !items.some((x) => x.box === box)) boxes.delete(box)
  void first
  return true
}

describe('capture', () => {
  test('does to ranges what a child would do item by item, whatever happens in whatever order; and fsck agrees', { timeout: 300_000 }, async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 25 }), async (commands) => {
        const labels = await labelsOf(t, { importer, printer }, { quantity: SIZE, rollSize: SIZE })
        const { db } = t.platform
        const base = BigInt(labels.batch.id) << 32n
        const items = Array.from({ length: SIZE }, (): Item => ({ status: 'inert', hold: null, dealer: null, transit: false, box: null }))
        const boxes: Boxes = new Map()
        const own = await db.transaction(async (tx) => {
          const made: string[] = []
          for (const n of [0, 1]) {
            made.push(await t.modules.events.saveDealer(tx, { name: `经销${labels.batch.id}-${n}`, provinces: ['33'], city: '', contact: '', dealerOrganisationId: null, active: true }, { actor: labels.clerk, at: t.clock.now() }))
          }
          return made
        })
        dealers.push(...own)
        for (const c of commands) {
          t.clock.advance(1000)
          const box = `${labels.batch.id}`.padStart(9, '0') + String(c.box).padStart(9, '0')
          const single = c.kind === 'replacing'
          const lo = base + BigInt(single ? c.from : Math.min(c.from, c.to))
          const hi = base + BigInt(single ? c.from : Math.max(c.from, c.to))
          const right = keepBooks(items, boxes, c, box, own[c.dealer]!)
          const done = await db
            .transaction((tx) =>
              capture(
                tx,
                {
                  kind: c.kind,
                  at: t.clock.now(),
                  ranges: [{ lo, hi }],
                  containers: [],
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
          if (right) accepted++
        }
        const rows = await db.query<{ code: bigint; status: string; hold: string | null; dealer_id: string | null; container: string | null }>(sql`
          select code, status, hold, dealer_id, container from state_of_codes(${items.map((_, i) => base + BigInt(i))}::bigint[]) order by code`)
        expect(rows.map((r) => [r.status, r.hold, r.dealer_id, r.container])).toEqual(items.map((x) => [x.status, x.hold, x.dealer, x.box]))
        expect(await t.modules.fsck(db)).toEqual([])
      }),
      { numRuns: 40 },
    )
    expect(accepted).toBeGreaterThan(40)
  })
})

describe('fsck', () => {
  let labels: Labels
  beforeAll(async () => {
    labels = await labelsOf(t, { importer, printer }, { quantity: 50, rollSize: 50 })
    const choice = { rolls: [], stretches: [{ first: labels.uri(0), last: labels.uri(29) }], items: [], containers: [] }
    const ctx = { actor: labels.clerk, at: t.clock.now() }
    await t.platform.db.transaction(async (tx) => {
      await t.modules.events.activate(tx, { lotId: labels.lotId, choice }, ctx)
      await t.modules.events.pack(tx, { choice: { ...choice, stretches: [{ first: labels.uri(0), last: labels.uri(9) }] }, place: '', reason: '' }, ctx)
    })
    expect(await t.modules.fsck(t.platform.db)).toEqual([])
  })

  test.each([
    ['a state', 'range', sql`update code_range set status = 'void' where lo = (select max(lo) from code_range where status = 'active')`],
    ['a stretch that is gone', 'range', sql`delete from code_range where lo = (select max(lo) from code_range where status = 'active')`],
    ['a stretch that overlaps', 'overlap', sql`insert into code_range select lo + 1, hi, status, hold, organisation_id, lot_id, product_id, dealer_id, in_transit, container, replaced_by, activated_at, status_at from code_range where lo = (select max(lo) from code_range where status = 'active')`],
    ['a container', 'container', sql`update container set in_transit = not in_transit where sscc = (select max(sscc) from container)`],
    ['a balance', 'balance', sql`update lot_balance set activated = activated + 1 where lot_id = (select lot_id from code_range where status = 'active' order by lo desc limit 1)`],
    ['a count beyond the declaration', 'quantity', sql`update lot_balance set activated = 51 where lot_id = (select lot_id from code_range where status = 'active' order by lo desc limit 1)`],
  ])('finds %s that no event changed', async (_name, kind, corruption) => {
    const found: string[] = []
    await t.platform.db
      .transaction(async (tx) => {
        await tx.execute(corruption)
        found.push(...(await t.modules.fsck({ ...t.platform.db, transaction: (work: never) => (work as (x: typeof tx) => unknown)(tx) } as never)).map((f) => f.kind))
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
        { lotId: labels.lotId, choice: { rolls: [], stretches: [{ first: labels.uri(from), last: labels.uri(to) }], items: [], containers: [] } },
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
