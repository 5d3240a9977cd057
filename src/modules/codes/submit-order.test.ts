import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApp, type TestApp } from '../../../test/support/app.ts'
import { fileLot, openSupply, type Supply } from '../../../test/support/lots.ts'
import { openWorld } from '../../../test/support/world.ts'
import { AppError } from '../../kernel/errors.ts'
import { one, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { SubmitOrder } from './contract.ts'
import { cancelOrder, refuseOrder } from './decide-order.ts'
import { maxSpoilageOf } from './submit-order.ts'

let t: TestApp
let s: Supply
beforeAll(async () => {
  t = await openTestApp()
  s = await openSupply(t)
})
afterAll(() => t.close())

const at = () => t.clock.now()
const inTx = <T>(work: (tx: Tx) => Promise<T>) => t.platform.db.transaction(work)
const order = (input: Partial<SubmitOrder>, by = s) =>
  inTx((tx) =>
    t.modules.codes.submitOrder(
      tx,
      { labelKind: 'gtin', quantity: 10, printerId: by.printer, rollSize: 100, ...input },
      { actor: by.clerk, at: at() },
    ),
  )
const approve = (id: string) => inTx((tx) => t.modules.codes.approveOrder(tx, id, '', { actor: s.operator, at: at() }))

describe('the limits of an order', () => {
  it('stand whatever is ordered, cancelled, refused and approved, in any order', async () => {
    type Step = { kind: 'order'; quantity: number; spoilage: number | undefined } | { kind: 'cancel' | 'refuse' | 'approve'; which: number }
    const step: fc.Arbitrary<Step> = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('order' as const),
          quantity: fc.integer({ min: 1, max: 45 }),
          spoilage: fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'refuse' as const, 'approve' as const), which: fc.nat(20) }),
      },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), fc.integer({ min: 1, max: 90 }), async (steps, declared) => {
        const { lotId } = await fileLot(t, s.importer, declared)
        const ids: string[] = []
        for (const one of steps) {
          try {
            if (one.kind === 'order') ids.push(await order({ lotId, quantity: one.quantity, spoilage: one.spoilage }))
            else {
              const id = ids[one.which % Math.max(1, ids.length)]
              if (id === undefined) continue
              if (one.kind === 'approve') await approve(id)
              else
                await inTx((tx) =>
                  (one.kind === 'cancel' ? cancelOrder : refuseOrder)(tx, id, 'x', { actor: s.operator, at: at(), where: sql`true` }),
                )
            }
          } catch (error) {
            if (!(error instanceof AppError)) throw error
            expect(['OVER_ORDER', 'SPOILAGE_TOO_HIGH', 'ORDER_STATE']).toContain(error.code)
          }
        }
        const issued = await one<{ labels: number }>(
          t.platform.db,
          sql`select coalesce(sum(quantity), 0)::int as labels from code_batch where lot_id = ${lotId}`,
        )
        const live = await one<{ labels: number }>(
          t.platform.db,
          sql`select coalesce(sum(quantity), 0)::int as labels from code_order where lot_id = ${lotId} and status not in ('refused', 'cancelled')`,
        )
        expect(live.labels).toBeLessThanOrEqual(declared)
        expect(issued.labels).toBeLessThanOrEqual(declared + Math.ceil(declared / 10))
      }),
      { numRuns: 25 },
    )
  })

  it('are not got round by many small orders with one label of spoilage each', async () => {
    const { lotId } = await fileLot(t, s.importer, 20)
    const spoilages: number[] = []
    for (let i = 0; i < 20; i++)
      spoilages.push(
        await order({ lotId, quantity: 1, spoilage: 1 }).then(
          () => 1,
          (e: AppError) => (e.code === 'SPOILAGE_TOO_HIGH' ? 0 : Promise.reject(e)),
        ),
      )
    expect(spoilages.reduce((a, b) => a + b, 0)).toBe(2)
  })

  it('hold when several people order the last labels at the same moment', async () => {
    // more than once: the first round opens the connections, and they come one after the other
    for (let round = 0; round < 4; round++) {
      const { lotId } = await fileLot(t, s.importer, 10)
      const all = await Promise.allSettled([1, 2, 3, 4].map(() => order({ lotId, quantity: 10 })))
      expect(all.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
      for (const r of all)
        if (r.status === 'rejected') expect(r.reason).toMatchObject({ code: 'OVER_ORDER', params: { left: 0, declared: 10, ordered: 10 } })
    }
  })

  it('give two percent of spoilage when nobody says how much, and never more than a tenth', async () => {
    const { lotId } = await fileLot(t, s.importer, 1000)
    const id = await order({ lotId, quantity: 500 })
    expect(await one(t.platform.db, sql`select spoilage::int as spoilage from code_order where id = ${id}`)).toEqual({ spoilage: 10 })
    await expect(order({ lotId, quantity: 100, spoilage: 11 })).rejects.toMatchObject({ code: 'SPOILAGE_TOO_HIGH', params: { limit: 10 } })
    expect(maxSpoilageOf(30, undefined)).toBe(3)
    expect(maxSpoilageOf(100, { declared: 100, spoilage: 8 })).toBe(2)
    expect(maxSpoilageOf(100, { declared: 100, spoilage: 40 })).toBe(0)
  })
})

describe('an order is refused', () => {
  it('for goods that are not imported, for a foreign lot, and without a lot', async () => {
    const zone = await fileLot(t, s.importer, 10, '1234').catch(() => undefined)
    const stock = zone ?? (await fileLot(t, s.importer, 10, '5034'))
    await expect(order({ lotId: stock.lotId })).rejects.toMatchObject({ code: 'ORDER_ZONE_STOCK' })
    const other = await openSupply(t)
    const { lotId } = await fileLot(t, other.importer, 10)
    await expect(order({ lotId })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(order({})).rejects.toMatchObject({ code: 'ORDER_NEEDS_LOT' })
  })

  it('when the printer is none, or could open nothing', async () => {
    const { lotId } = await fileLot(t, s.importer, 10)
    await expect(order({ lotId, printerId: s.importer })).rejects.toMatchObject({ code: 'PRINTER_UNKNOWN' })
    const world = await openWorld(t)
    await expect(order({ lotId, printerId: world.organisations.printer.own })).rejects.toMatchObject({ code: 'PRINTER_WITHOUT_KEY' })
  })
})

describe('a quote', () => {
  it('suggests what is left of the lot and says who pays', async () => {
    const own = await openSupply(t)
    const { lotId } = await fileLot(t, own.importer, 300)
    await order({ lotId, quantity: 100, spoilage: 0 }, own)
    await inTx((tx) =>
      t.modules.codes.grantQuota(
        tx,
        { organisationId: own.importer, payer: 'government', labels: 50, validFrom: '2026-01-01', validTo: '2026-12-31', note: '' },
        { personId: null, at: at() },
      ),
    )
    const clerk = await t.platform.db.transaction((tx) =>
      t.modules.identity.createApiKey(tx, { organisationId: own.importer, name: 'quote', roles: ['clerk'] } as never, at()),
    )
    const answer = await t.app.inject({ url: `/api/orders/quote?lotId=${lotId}`, headers: { authorization: `Bearer ${clerk.secret}` } })
    expect(answer.json()).toEqual({
      declared: 300,
      ordered: 100,
      suggested: 200,
      quantity: 200,
      spoilage: 4,
      maxSpoilage: 20,
      subsidisedLabels: 50,
      paidLabels: 154,
      priceFen: 12,
      subsidyFen: 600,
      feeFen: 154 * 12,
      quotaLeft: 50,
      quotaEndsOn: '2026-12-31',
    })
  })
})
