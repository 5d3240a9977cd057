import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import {
  type Boxes,
  command,
  type Item,
  KINDS,
  PLANTED,
  PLANTED_APART,
  playCommand,
  SIZE,
  ssccOf,
  START,
  twoDealers,
} from '../../../../test/support/goods-history.ts'
import { labelsOf } from '../../../../test/support/goods.ts'
import { freshUscc } from '../../../../test/support/world.ts'
import type { EventKind } from '../goods-event.ts'
import { historyOf } from './history.ts'
import { Replay, type Standing } from './replay.ts'

let t: TestApp
let importer: string
let printer: string

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

/** What the child's books say of one item, in the words of a standing. */
function bookOf(items: readonly Item[], boxes: Boxes, i: number) {
  const item = items[i]!
  const chain: string[] = []
  for (let at = item.box; at !== null; at = boxes.get(at)?.parent ?? null) chain.push(at)
  const around = item.box === null ? item : boxes.get(item.box)!
  return { status: item.status, hold: item.hold, chain, dealer: around.dealer, transit: around.transit }
}

const wordsOf = (s: Standing) => ({
  status: s.state?.status ?? 'inert',
  hold: s.state?.hold ?? null,
  chain: s.chain,
  dealer: s.dealerId,
  transit: s.inTransit,
})

describe('a replay', () => {
  test(
    'says of any moment what a child would have read in its books then, of the whole lot and of one item alone',
    { timeout: 300_000 },
    async () => {
      const accepted = new Set<EventKind>()
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 20, maxLength: 40 }), async (commands) => {
          const labels = await labelsOf(t, { importer, printer }, { quantity: SIZE, rollSize: SIZE })
          const { db } = t.platform
          const base = BigInt(labels.batch.id) << 32n
          const items = Array.from({ length: SIZE }, (): Item => ({ status: 'inert', hold: null, dealer: null, transit: false, box: null }))
          const boxes: Boxes = new Map()
          const own = await twoDealers(t, labels)
          const pages: { at: string; items: Item[]; boxes: Boxes }[] = []
          for (const c of [START, ...commands]) {
            t.clock.advance(1000)
            const { done } = await playCommand(t, labels, own, { items, boxes }, c)
            if (done) accepted.add(c.kind)
            pages.push({ at: t.clock.now().toISOString(), items: structuredClone(items), boxes: structuredClone(boxes) })
          }
          const whole = await historyOf(db, [{ lo: base, hi: base + BigInt(SIZE - 1) }])
          for (const page of pages) {
            const expected = page.items.map((_, i) => bookOf(page.items, page.boxes, i))
            const together = await new Replay(whole).run(page.at)
            expect(page.items.map((_, i) => wordsOf(together.standingOf(base + BigInt(i))))).toEqual(expected)
            const sum = [...together.standings()].reduce((n, s) => n + Number(s.hi - s.lo + 1n), 0)
            expect(sum).toBe(SIZE)
          }
          for (const i of [0, 4, 14, 20, 35, 40, 50, 55]) {
            const alone = await historyOf(db, [{ lo: base + BigInt(i), hi: base + BigInt(i) }])
            for (const page of pages) {
              const replay = await new Replay(alone).run(page.at)
              expect({ i, ...wordsOf(replay.standingOf(base + BigInt(i))) }).toEqual({ i, ...bookOf(page.items, page.boxes, i) })
            }
          }
          expect(ssccOf(labels, 0)).toHaveLength(18)
        }),
        { numRuns: 40, examples: [[PLANTED], [PLANTED_APART]] },
      )
      expect(KINDS.filter((kind) => !accepted.has(kind))).toEqual([])
    },
  )

  test('loses and doubles nothing when events were recorded late, and ends where the projection ends', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(command, fc.nat(20)), { minLength: 15, maxLength: 30 }), async (commands) => {
        const labels = await labelsOf(t, { importer, printer }, { quantity: SIZE, rollSize: SIZE })
        const base = BigInt(labels.batch.id) << 32n
        const items = Array.from({ length: SIZE }, (): Item => ({ status: 'inert', hold: null, dealer: null, transit: false, box: null }))
        const boxes: Boxes = new Map()
        const own = await twoDealers(t, labels)
        const times: string[] = []
        for (const [c, late] of [[START, 0] as const, ...commands]) {
          t.clock.advance(1000)
          const at = new Date(t.clock.now().getTime() - late * 1000)
          await playCommand(t, labels, own, { items, boxes }, c, at)
          times.push(at.toISOString())
        }
        const history = await historyOf(t.platform.db, [{ lo: base, hi: base + BigInt(SIZE - 1) }])
        for (const at of times) {
          const replay = await new Replay(history).run(at)
          expect([...replay.standings()].reduce((n, s) => n + Number(s.hi - s.lo + 1n), 0)).toBe(SIZE)
        }
        const now = await new Replay(history).run()
        expect(items.map((_, i) => wordsOf(now.standingOf(base + BigInt(i))))).toEqual(items.map((_, i) => bookOf(items, boxes, i)))
      }),
      { numRuns: 25 },
    )
  })
})
