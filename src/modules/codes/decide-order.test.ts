import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApp, type TestApp } from '../../../test/support/app.ts'
import { fileLot, openSupply, type Supply } from '../../../test/support/lots.ts'
import { one, type Tx } from '../../platform/db/database.ts'
import { sql, type SqlText } from '../../platform/db/sql.ts'
import { ORDER_STATES, ORDER_TRANSITIONS, type OrderState } from './contract.ts'
import { cancelOrder, refuseOrder, releasePack } from './decide-order.ts'
import { receiveLabels, reportPrinted } from './report-counts.ts'

let t: TestApp
let s: Supply
beforeAll(async () => {
  t = await openTestApp()
  s = await openSupply(t)
})
afterAll(() => t.close())

const at = () => t.clock.now()
const inTx = <T>(work: (tx: Tx) => Promise<T>) => t.platform.db.transaction(work)
const submit = (quantity: number, lotId?: string, tx?: Tx) => {
  const work = (inner: Tx) =>
    t.modules.codes.submitOrder(
      inner,
      { lotId, labelKind: lotId === undefined ? 'blank' : 'gtin', quantity, spoilage: 0, printerId: s.printer, rollSize: 1000 },
      { actor: s.clerk, at: at() },
    )
  return tx === undefined ? inTx(work) : work(tx)
}
const ctx = () => ({ actor: s.operator, at: at(), where: sql`true` })

/** Every act on an order with the state it leads to. */
const ACTS: Readonly<Record<string, { to: OrderState; act: (tx: Tx, id: string) => Promise<unknown> }>> = {
  approve: { to: 'issued', act: (tx, id) => t.modules.codes.approveOrder(tx, id, '', { actor: s.operator, at: at() }) },
  refuse: { to: 'refused', act: (tx, id) => refuseOrder(tx, id, 'no', ctx()) },
  cancel: { to: 'cancelled', act: (tx, id) => cancelOrder(tx, id, 'no', ctx()) },
  release: { to: 'released', act: (tx, id) => releasePack(tx, id, ctx()) },
  print: { to: 'printed', act: (tx, id) => reportPrinted(tx, async () => [], id, { printed: 0, left: 0, scrapped: [], note: '' }, ctx()) },
  receive: { to: 'received', act: (tx, id) => receiveLabels(tx, id, { received: 0, note: '' }, ctx()) },
}

/** Which acts each state allows, written down here once more, by hand. */
const ALLOWED: Readonly<Record<OrderState, readonly string[]>> = {
  submitted: ['approve', 'refuse', 'cancel'],
  approved: ['cancel'],
  issued: ['release'],
  released: ['print'],
  printed: ['print', 'receive'],
  received: [],
  refused: [],
  cancelled: [],
}

describe('the states of an order', () => {
  it.each(ORDER_STATES)('%s allows its own acts and no other', async (state) => {
    const undone = new Error('undone')
    for (const [name, { to, act }] of Object.entries(ACTS)) {
      const answer = await inTx(async (tx) => {
        const id = await submit(10, undefined, tx)
        if (['issued', 'released', 'printed', 'received'].includes(state)) await ACTS['approve']!.act(tx, id)
        if (['released', 'printed', 'received'].includes(state)) await ACTS['release']!.act(tx, id)
        await tx.execute(sql`update code_order set status = ${state} where id = ${id}`)
        const refused = await act(tx, id).then(
          () => undefined,
          (error: { code: string }) => error.code,
        )
        const { status } = await one<{ status: string }>(tx, sql`select status from code_order where id = ${id}`)
        throw Object.assign(undone, { answer: { refused, status } })
      }).catch((error: { answer?: { refused: string | undefined; status: string } }) => error.answer ?? Promise.reject(error))
      const allowed = ALLOWED[state].includes(name)
      expect({ name, ...answer }).toEqual({ name, refused: allowed ? undefined : 'ORDER_STATE', status: allowed ? to : state })
    }
  })

  it('lead somewhere: none is out of reach, and an end has no way on', () => {
    const reached = new Set<OrderState>(['submitted'])
    for (const state of reached) for (const next of ORDER_TRANSITIONS[state]) reached.add(next)
    expect([...reached].sort()).toEqual([...ORDER_STATES].sort())
    expect(ORDER_STATES.filter((state) => ORDER_TRANSITIONS[state].length === 0)).toEqual(['received', 'refused', 'cancelled'])
  })

  it('are kept with who changed them, when and why', async () => {
    const id = await submit(10)
    t.clock.advance(1000)
    await inTx((tx) => refuseOrder(tx, id, '数量与报关单不符', ctx()))
    const history = await t.platform.db.query(sql`select to_state, actor, reason from order_transition where order_id = ${id} order by at`)
    expect(history).toEqual([
      { to_state: 'submitted', actor: 'clerk', reason: '' },
      { to_state: 'refused', actor: 'operator', reason: '数量与报关单不符' },
    ])
  })
})

describe('a decision', () => {
  it('is never taken by the person who ordered', async () => {
    const personId = await inTx((tx) =>
      t.modules.identity.addPerson(tx, { organisationId: s.importer, account: 'own.order', name: '两面人', roles: ['clerk'] }, at()),
    )
    const clerk = { ...s.clerk, personId }
    const id = await inTx((tx) =>
      t.modules.codes.submitOrder(
        tx,
        { labelKind: 'blank', quantity: 10, printerId: s.printer, rollSize: 100 },
        { actor: clerk, at: at() },
      ),
    )
    const own = { actor: { ...s.operator, personId }, at: at(), where: sql`true` }
    await expect(inTx((tx) => t.modules.codes.approveOrder(tx, id, '', own))).rejects.toMatchObject({ code: 'OWN_ORDER' })
    await expect(inTx((tx) => refuseOrder(tx, id, '', own))).rejects.toMatchObject({ code: 'OWN_ORDER' })
  })

  it('looks at the declaration again, which may have been corrected downwards', async () => {
    const { lotId } = await fileLot(t, s.importer, 100)
    const id = await submit(100, lotId)
    await t.platform.db.execute(sql`update lot set quantity = 60 where id = ${lotId}`)
    await expect(inTx((tx) => t.modules.codes.approveOrder(tx, id, '', { actor: s.operator, at: at() }))).rejects.toMatchObject({
      code: 'OVER_ORDER',
      params: { left: 60, declared: 60 },
    })
  })

  it('does not release codes to a printer whose last key was retired since', async () => {
    const other = await openSupply(t)
    const id = await inTx((tx) =>
      t.modules.codes.submitOrder(
        tx,
        { labelKind: 'blank', quantity: 10, printerId: other.printer, rollSize: 100 },
        { actor: s.clerk, at: at() },
      ),
    )
    await inTx((tx) => t.modules.codes.approveOrder(tx, id, '', { actor: s.operator, at: at() }))
    await t.platform.db.execute(sql`update printer_key set retired_at = ${at().toISOString()} where organisation_id = ${other.printer}`)
    await expect(inTx((tx) => releasePack(tx, id, ctx()))).rejects.toMatchObject({ code: 'PRINTER_WITHOUT_KEY' })
  })
})

describe('issuing', () => {
  it('a billion codes takes the statements and rows that ten take', async () => {
    const few = await issue(10)
    const many = await issue(1_000_000_000)
    expect(many.statements).toBe(few.statements)
    expect(many.rows).toEqual(few.rows)
    expect(many.rows['code_batch']).toBe(1)
    const batch = (await t.modules.codes.batchesOf(t.platform.db, [many.batchId])).get(many.batchId)!
    const last = t.modules.codes.serialOf(batch, 999_999_999)
    expect(t.modules.codes.decode(undefined, last)).toEqual({ batch: many.batchId, index: 999_999_999 })
    expect(t.modules.codes.isCanary(batch, 999_999_999)).toBe(false)
    expect(t.modules.codes.isCanary(batch, 1_000_000_000)).toBe(true)
  })

  async function issue(quantity: number) {
    const id = await submit(quantity)
    const before = await rowsOfAll()
    let statements = 0
    const batchId = await inTx((tx) => {
      const counted = {
        ...tx,
        kind: 'tx',
        query: (q: SqlText) => (statements++, tx.query(q)),
        execute: (q: SqlText) => (statements++, tx.execute(q)),
      } as Tx
      return t.modules.codes.approveOrder(counted, id, '', { actor: s.operator, at: at() })
    })
    const after = await rowsOfAll()
    const rows = Object.fromEntries(
      Object.keys(after)
        .filter((name) => after[name] !== before[name])
        .map((name) => [name, after[name]! - before[name]!]),
    )
    return { statements, rows, batchId }
  }

  async function rowsOfAll(): Promise<Record<string, number>> {
    const tables = await t.platform.db.query<{ name: string }>(
      sql`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    )
    const out: Record<string, number> = {}
    for (const { name } of tables) {
      const text = { text: `select count(*)::int as n from "${name}"`, values: [] } as unknown as SqlText
      out[name] = (await one<{ n: number }>(t.platform.db, text)).n
    }
    return out
  }
})
