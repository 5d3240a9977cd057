import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../../../test/support/app.ts'
import { type Labels, labelsOf } from '../../../test/support/goods.ts'
import {
  type Boxes,
  command,
  type Item,
  KINDS,
  PLANTED,
  playCommand,
  SIZE,
  START,
  twoDealers,
} from '../../../test/support/goods-history.ts'
import { freshUscc } from '../../../test/support/world.ts'
import { AppError } from '../../kernel/errors.ts'
import { sql } from '../../platform/db/sql.ts'
import type { EventKind } from './goods-event.ts'

let t: TestApp
let importer: string
let printer: string

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
          const own = await twoDealers(t, labels)
          for (const c of [START, ...commands]) {
            t.clock.advance(1000)
            const { right, done, inner } = await playCommand(t, labels, own, { items, boxes }, c)
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
