import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openTestApp, type TestApp } from '../../../test/support/app.ts'
import { openSupply, type Supply } from '../../../test/support/lots.ts'
import { one, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { cancelOrder, refuseOrder } from './decide-order.ts'
import { costOf, expireGrants, grantsOf, prices, quotaReminders, setPrice } from './quota.ts'

let t: TestApp
let s: Supply
beforeAll(async () => {
  t = await openTestApp()
})
afterAll(() => t.close())
beforeEach(async () => {
  s = await openSupply(t)
})

const at = () => t.clock.now()
const day = '2026-06-15'
const inTx = <T>(work: (tx: Tx) => Promise<T>) => t.platform.db.transaction(work)
const grant = (labels: number, validTo = '2026-12-31', payer: 'government' | 'prepaid' = 'government') =>
  inTx((tx) =>
    t.modules.codes.grantQuota(
      tx,
      { organisationId: s.importer, payer, labels, validFrom: '2026-01-01', validTo, note: '' },
      { personId: null, at: at() },
    ),
  )
const order = (quantity: number) =>
  inTx((tx) =>
    t.modules.codes.submitOrder(
      tx,
      { labelKind: 'blank', quantity, spoilage: 0, printerId: s.printer, rollSize: 100 },
      { actor: s.clerk, at: at() },
    ),
  )
const left = async () => (await grantsOf(t.platform.db, s.importer, day)).map((g) => g.left)
const ctx = () => ({ actor: s.operator, at: at(), where: sql`true` })
const sums = () =>
  one<{ labels: number; subsidy: number; fee: number }>(
    t.platform.db,
    sql`select coalesce(sum(labels), 0)::int as labels, coalesce(sum(subsidy_fen), 0)::int as subsidy, coalesce(sum(fee_fen), 0)::int as fee from quota_entry where organisation_id = ${s.importer}`,
  )

describe('the ledger of quota and subsidy', () => {
  it('reserves what expires first, charges the rest when codes are issued, and sums', async () => {
    await grant(100, '2026-12-31')
    await grant(30, '2026-07-31')
    const id = await order(150)
    expect(await left()).toEqual([0, 0])
    expect(await sums()).toEqual({ labels: 0, subsidy: 130 * 12, fee: 0 })
    await inTx((tx) => t.modules.codes.approveOrder(tx, id, '', { actor: s.operator, at: at() }))
    expect(await sums()).toEqual({ labels: 0, subsidy: 130 * 12, fee: 20 * 12 })
    expect(await one(t.platform.db, sql`select fee_fen::int as fee, subsidy_fen::int as subsidy from code_order where id = ${id}`)).toEqual(
      { fee: 240, subsidy: 1560 },
    )
  })

  it.each([
    ['refused', refuseOrder],
    ['cancelled', cancelOrder],
  ] as const)('gives everything back when an order is %s', async (_, end) => {
    await grant(40)
    const id = await order(60)
    await inTx((tx) => end(tx, id, 'no', ctx()))
    expect(await left()).toEqual([40])
    expect(await sums()).toEqual({ labels: 40, subsidy: 0, fee: 0 })
  })

  it('books no subsidy for labels that the enterprise has paid in advance', async () => {
    await grant(40, '2026-12-31', 'prepaid')
    await order(40)
    expect(await sums()).toEqual({ labels: 0, subsidy: 0, fee: 0 })
  })

  it('books the end of a grant once, and what it gets back afterwards ends at once', async () => {
    await grant(100, '2026-06-14')
    await t.platform.db.execute(sql`update quota_grant set valid_to = date '2026-06-20' where organisation_id = ${s.importer}`)
    const id = await order(30)
    expect(await inTx((tx) => expireGrants(tx, '2026-06-20', at()))).toBe(0)
    expect(await inTx((tx) => expireGrants(tx, '2026-06-21', at()))).toBe(1)
    expect(await inTx((tx) => expireGrants(tx, '2026-06-21', at()))).toBe(0)
    expect((await sums()).labels).toBe(0)
    await inTx((tx) => refuseOrder(tx, id, 'no', ctx()))
    expect(await sums()).toEqual({ labels: 0, subsidy: 0, fee: 0 })
    const kinds = await t.platform.db.query<{ kind: string; labels: number }>(
      sql`select kind, labels::int as labels from quota_entry where organisation_id = ${s.importer} order by labels, kind`,
    )
    expect(kinds).toEqual([
      { kind: 'expire', labels: -70 },
      { kind: 'expire', labels: -30 },
      { kind: 'reserve', labels: -30 },
      { kind: 'release', labels: 30 },
      { kind: 'grant', labels: 100 },
    ])
  })

  it('is never spent twice by two orders at the same moment', async () => {
    await grant(100)
    await Promise.all([order(70), order(70), order(70)])
    expect(await left()).toEqual([0])
    const free = await one<{ n: number }>(
      t.platform.db,
      sql`select -sum(labels)::int as n from quota_entry where organisation_id = ${s.importer} and kind = 'reserve'`,
    )
    expect(free.n).toBe(100)
  })
})

describe('reminders', () => {
  it('come 60 days before the end, or when four fifths are used', async () => {
    await grant(100, '2026-08-15')
    expect(await quotaReminders(t.platform.db, s.importer, '2026-06-15')).toEqual([])
    expect(await quotaReminders(t.platform.db, s.importer, '2026-06-16')).toEqual([
      { organisationId: s.importer, daysLeft: 60, left: 100, usedPercent: 0 },
    ])
    await order(80)
    expect(await quotaReminders(t.platform.db, s.importer, '2026-06-15')).toMatchObject([{ usedPercent: 80, left: 20 }])
    expect((await t.modules.codes.todosOf(t.platform.db, s.clerk, '2026-06-15')).quotaEnding).toBe(1)
  })
})

describe('the price', () => {
  it('changes from a day to come, and never for a day that has begun', async () => {
    await expect(inTx((tx) => setPrice(tx, { validFrom: day, priceFen: 1 }, day))).rejects.toMatchObject({ code: 'PRICE_IN_THE_PAST' })
    await inTx((tx) => setPrice(tx, { validFrom: '2026-07-01', priceFen: 9 }, day))
    await inTx((tx) => setPrice(tx, { validFrom: '2026-07-01', priceFen: 8 }, day))
    expect((await prices(t.platform.db)).slice(0, 2)).toEqual([
      { validFrom: '2026-07-01', priceFen: 8 },
      { validFrom: '2021-01-01', priceFen: 12 },
    ])
  })

  it('is asked only for what nobody else pays', () => {
    const g = { id: 'g', payer: 'government' as const, labels: 10, left: 4, priceFen: 12, validFrom: day, validTo: day }
    expect(costOf(10, [g], 7)).toMatchObject({ subsidisedLabels: 4, paidLabels: 6, subsidyFen: 48, feeFen: 42 })
    expect(costOf(3, [g], 7)).toMatchObject({ subsidisedLabels: 3, paidLabels: 0, subsidyFen: 36, feeFen: 0 })
  })
})
