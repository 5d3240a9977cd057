import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import {
  type Boxes,
  command,
  type Item,
  PLANTED,
  PLANTED_APART,
  playCommand,
  SIZE,
  ssccOf,
  START,
  twoDealers,
} from '../../../../test/support/goods-history.ts'
import { actorOf, labelsOf } from '../../../../test/support/goods.ts'
import { freshUscc } from '../../../../test/support/world.ts'
import { sql } from '../../../platform/db/sql.ts'
import { AppError } from '../../../kernel/errors.ts'
import { everIn } from './stays.ts'

let t: TestApp
let importer: string
let printer: string
const officer = actorOf('00000000-0000-7000-8000-000000000009', 'regulator', 'officer')

beforeAll(async () => {
  t = await openTestApp()
  const register = (kind: 'importer' | 'printer') =>
    t.platform.db.transaction((tx) =>
      t.modules.identity.registerOrganisation(
        tx,
        { kind, nameZh: kind, uscc: freshUscc(), province: '33', status: 'verified' },
        t.clock.now(),
      ),
    )
  importer = await register('importer')
  printer = await register('printer')
})
afterAll(() => t.close())

/** The same sums as a child would make them, one item after the other. */
function sumsOf(items: readonly Item[], boxes: Boxes) {
  const holders = new Map<string, { held: number; inTransit: number; consumed: number }>()
  const containers = new Map<string, number>()
  const totals = { goods: 0, inert: 0, void: 0, replaced: 0, destroyed: 0, consumed: 0, frozen: 0, recalled: 0 }
  for (const item of items) {
    if (item.hold !== null) totals[item.hold]++
    if (item.status === 'inert' || item.status === 'void' || item.status === 'replaced') {
      totals[item.status]++
      continue
    }
    totals.goods++
    if (item.status === 'destroyed') {
      totals.destroyed++
      continue
    }
    const place = item.box === null ? item : boxes.get(item.box)!
    const key = place.dealer === null ? `owner:${importer}` : `dealer:${place.dealer}`
    const holder = holders.get(key) ?? { held: 0, inTransit: 0, consumed: 0 }
    holders.set(key, holder)
    if (item.status === 'retired') {
      totals.consumed++
      holder.consumed++
      continue
    }
    if (place.transit) holder.inTransit++
    else holder.held++
    if (item.box !== null) containers.set(item.box, (containers.get(item.box) ?? 0) + 1)
  }
  return { totals, holders, containers }
}

describe('a trace forward', () => {
  test(
    'counts at any moment what a child counts item by item: by holder, in transit, ended, in each container',
    { timeout: 300_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 15, maxLength: 35 }), async (commands) => {
          const labels = await labelsOf(t, { importer, printer }, { quantity: SIZE, rollSize: SIZE })
          const { tracing } = t.modules.events
          const items = Array.from({ length: SIZE }, (): Item => ({ status: 'inert', hold: null, dealer: null, transit: false, box: null }))
          const boxes: Boxes = new Map()
          const own = await twoDealers(t, labels)
          const pages: { at: string; items: Item[]; boxes: Boxes }[] = []
          const ever = new Map<string, Set<number>>()
          for (const c of [START, ...commands]) {
            t.clock.advance(1000)
            await playCommand(t, labels, own, { items, boxes }, c)
            pages.push({ at: t.clock.now().toISOString(), items: structuredClone(items), boxes: structuredClone(boxes) })
            items.forEach((item, i) => {
              for (let at = item.box; at !== null; at = boxes.get(at)?.parent ?? null) {
                const set = ever.get(at) ?? new Set()
                ever.set(at, set.add(i))
              }
            })
          }
          for (const page of [pages[5]!, pages.at(-1)!]) {
            const expected = sumsOf(page.items, page.boxes)
            const found = await tracing.forward({ kind: 'lot', id: labels.lotId, asOf: page.at }, labels.clerk)
            expect(found.totals).toMatchObject({ ...expected.totals, labels: SIZE })
            expect(
              new Map(found.holders.items.map((h) => [h.key, { held: h.held, inTransit: h.inTransit, consumed: h.consumed }])),
            ).toEqual(expected.holders)
            expect(new Map(found.containers.items.map((c) => [c.sscc, c.goods]))).toEqual(expected.containers)
            const width = (layer: string) => found.graph.nodes.filter((n) => n.layer === layer).reduce((sum, n) => sum + n.goods, 0)
            expect([width('importer'), width('holder')]).toEqual([expected.totals.goods, expected.totals.goods])
          }
          const newest = 9_000_000_000_000_000_000n
          const base = BigInt(labels.batch.id) << 32n
          for (const n of [0, 1, 2, 3]) {
            const sscc = ssccOf(labels, n)
            const ranges = await everIn(t.platform.db, sscc, { asOf: undefined, horizon: newest })
            const found = ranges.flatMap((r) => Array.from({ length: Number(r.hi - r.lo + 1n) }, (_, i) => Number(r.lo - base) + i))
            expect(found).toEqual([...(ever.get(sscc) ?? [])].sort((a, b) => a - b))
          }
          // what is known now is the projection that capture keeps
          const stored = await t.platform.db.query<{ dealer: string | null; n: number }>(sql`
            select coalesce(k.dealer_id, g.dealer_id)::text as dealer, sum(g.hi - g.lo + 1)::float8 as n from code_range g left join container k on k.sscc = g.container
            where g.lot_id = ${labels.lotId} and g.status in ('active', 'retired') group by 1`)
          const now = await tracing.forward({ kind: 'lot', id: labels.lotId, asOf: undefined }, labels.clerk)
          expect(
            new Map(now.holders.items.map((h) => [h.key.replace(/^owner:.*|^dealer:/, ''), h.held + h.inTransit + h.consumed])),
          ).toEqual(new Map(stored.map((s) => [s.dealer ?? '', s.n])))
        }),
        { numRuns: 30, examples: [[PLANTED], [PLANTED_APART]] },
      )
    },
  )

  test('is told page by page, each level by itself, all of the moment of the first page', async () => {
    const labels = await labelsOf(t, { importer, printer }, { quantity: 30, rollSize: 30 })
    const ctx = { actor: labels.clerk, at: t.clock.now() }
    const choice = (from: number, to: number) => ({
      rolls: [],
      stretches: [{ first: labels.uri(from), last: labels.uri(to) }],
      items: [],
      containers: [],
    })
    const pack = (n: number) =>
      t.platform.db.transaction((tx) => t.modules.events.pack(tx, { choice: choice(n, n), place: '', reason: '' }, ctx))
    await t.platform.db.transaction((tx) => t.modules.events.activate(tx, { lotId: labels.lotId, choice: choice(0, 29) }, ctx))
    for (let i = 0; i < 25; i++) await pack(i)
    const { tracing } = t.modules.events
    const question = { kind: 'lot', id: labels.lotId, asOf: undefined } as const
    const first = await tracing.level(question, 'containers', { limit: 10 }, labels.clerk)
    await pack(27)
    const second = await tracing.level(question, 'containers', { limit: 10, cursor: first.nextCursor! }, labels.clerk)
    const third = await tracing.level(question, 'containers', { limit: 10, cursor: second.nextCursor! }, labels.clerk)
    const seen = [first, second, third].flatMap((p) => p.items.map((c) => ('sscc' in c ? c.sscc : '')))
    expect(new Set(seen).size).toBe(25)
    expect([first.total, third.nextCursor]).toEqual([25, null])
    expect((await tracing.level(question, 'containers', { limit: 50 }, labels.clerk)).total).toBe(26)
    await expect(tracing.level(question, 'containers', { limit: 10, cursor: 'x' }, labels.clerk)).rejects.toMatchObject({
      code: 'BAD_CURSOR',
    })
  })

  test('of a million items that were packed in cartons is a few stretches', { timeout: 60_000 }, async () => {
    const labels = await labelsOf(t, { importer, printer }, { quantity: 1_000_000, rollSize: 100_000 })
    const ctx = { actor: labels.clerk, at: t.clock.now() }
    const choice = { rolls: [], stretches: [{ first: labels.uri(0), last: labels.uri(999_999) }], items: [], containers: [] }
    await t.platform.db.transaction((tx) => t.modules.events.activate(tx, { lotId: labels.lotId, choice }, ctx))
    const found = await t.modules.events.tracing.forward({ kind: 'lot', id: labels.lotId, asOf: undefined }, officer)
    expect(found.totals).toMatchObject({ goods: 1_000_000, owner: 1_000_000 })
  })

  test('finds nothing of another importer, of a lot or by its labels', async () => {
    const labels = await labelsOf(t, { importer, printer }, { quantity: 10, rollSize: 10 })
    const stranger = actorOf('00000000-0000-7000-8000-000000000007', 'importer', 'clerk')
    for (const question of [
      { kind: 'lot', id: labels.lotId },
      { kind: 'item', id: labels.uri(0) },
      { kind: 'range', id: `${labels.uri(0)}..${labels.uri(5)}` },
      { kind: 'organisation', id: importer },
    ] as const)
      await expect(t.modules.events.tracing.forward({ ...question, asOf: undefined }, stranger)).rejects.toSatisfy(
        (error) => error instanceof AppError && error.code === 'NOT_FOUND',
      )
    expect(await t.modules.events.tracing.find(labels.uri(0), officer)).toHaveLength(1)
  })
})
