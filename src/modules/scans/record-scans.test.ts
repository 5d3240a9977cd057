import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../platform/ids.ts'
import { sql } from '../../platform/db/sql.ts'
import { openTestApp, type TestApp } from '../../../test/support/app.ts'
import { labelsOf } from '../../../test/support/goods.ts'
import { fictitiousUscc } from '../../app/demo/plan.ts'
import { recordScans, type ScanRecord } from './repository.ts'

const START = Date.parse('2026-06-15T02:00:00Z')
const MINUTE = 60_000

describe('a batch of scans', () => {
  let t: TestApp
  let codeOf: (index: number) => bigint

  beforeAll(async () => {
    t = await openTestApp()
    const organisation = (kind: 'importer' | 'printer', n: number) =>
      t.platform.db.transaction((tx) =>
        t.modules.identity.registerOrganisation(
          tx,
          { kind, nameZh: kind, uscc: fictitiousUscc(n), province: '33', status: 'verified' },
          t.clock.now(),
        ),
      )
    const labels = await labelsOf(
      t,
      { importer: await organisation('importer', 901), printer: await organisation('printer', 902) },
      { quantity: 100 },
    )
    const choice = { rolls: [], stretches: [{ first: labels.uri(0), last: labels.uri(89) }], items: [], containers: [] }
    await t.platform.db.transaction((tx) =>
      t.modules.events.activate(tx, { lotId: labels.lotId, choice }, { actor: labels.clerk, at: t.clock.now() }),
    )
    codeOf = (index) => (BigInt(labels.batch.id) << 32n) | BigInt(index)
  })
  afterAll(() => t.close())

  const scan = (index: number, who: { device?: Buffer; visitor?: Buffer }, minute = 0): ScanRecord => ({
    code: codeOf(index),
    id: newId(),
    at: new Date(START + minute * MINUTE),
    province: '33',
    provinceBit: 1n,
    device: who.device,
    visitor: who.visitor,
    channel: 'app',
  })
  const somebody = () => ({ device: randomBytes(16), visitor: randomBytes(16) })
  const record = (batch: readonly ScanRecord[]) => recordScans(t.platform.db, batch)
  const counts = async (batch: readonly ScanRecord[]) => (await record(batch)).map((r) => [r.counted, r.scanCount])

  test('gives each request its own count, in the order of the batch', async () => {
    expect(await counts([scan(0, somebody()), scan(1, somebody()), scan(0, somebody()), scan(0, somebody())])).toEqual([
      [true, 1],
      [true, 1],
      [true, 2],
      [true, 3],
    ])
    expect(await counts([scan(0, somebody(), 1)])).toEqual([[true, 4]])
  })

  test('counts one device once in ten minutes, within a batch and across batches', async () => {
    const me = somebody()
    expect(await counts([scan(2, me), scan(2, { device: me.device, visitor: randomBytes(16) }), scan(2, somebody())])).toEqual([
      [true, 1],
      [false, 1],
      [true, 2],
    ])
    expect(await counts([scan(2, { ...somebody(), device: me.device }, 9)])).toEqual([[false, 2]])
    expect(await counts([scan(2, { ...somebody(), visitor: me.visitor }, 9)])).toEqual([[false, 2]])
    expect(await counts([scan(2, me, 11)])).toEqual([[true, 3]])
  })

  test('does not take two unknown readers for one', async () => {
    expect(await counts([scan(3, {}), scan(3, {})])).toEqual([
      [true, 1],
      [true, 2],
    ])
  })

  test('counts a device once, however often it repeats', async () => {
    const me = somebody()
    expect(await counts([scan(4, me)])).toEqual([[true, 1]])
    for (let round = 1; round <= 5; round++) {
      const repeats = await counts(Array.from({ length: 40 }, () => scan(4, me, round)))
      expect(repeats.every(([counted, count]) => counted === false && count === 1)).toBe(true)
    }
    const [own] = await record([scan(4, me, 20)])
    expect(own).toMatchObject({ counted: true, scanCount: 2, ownBefore: 1 })
  })

  test('tells a scan what was there before it', async () => {
    await record([scan(5, somebody(), 0)])
    await record([{ ...scan(5, somebody(), 30), province: '44', provinceBit: 2n }])
    const [third] = await record([scan(5, somebody(), 60)])
    expect(third).toMatchObject({
      scanCount: 3,
      provinces: 2,
      firstScanAt: '2026-06-15T02:00:00.000Z',
      firstProvince: '33',
      previousScanAt: '2026-06-15T02:30:00.000Z',
      previousProvince: '44',
      status: 'active',
    })
  })

  test('records what is not active without counting it', async () => {
    expect(await record([scan(95, somebody())])).toMatchObject([{ counted: false, scanCount: 0, status: 'inert', firstScanAt: null }])
    const [row] = await t.platform.db.query<{ n: number }>(
      sql`select count(*)::int as n from scan where code = ${codeOf(95)} and not counted`,
    )
    expect(row).toEqual({ n: 1 })
  })

  test('agrees with the sum of its records', async () => {
    const differing = await t.platform.db.query(sql`
      select code from item_scan full join (select code, count(*)::int as n from scan where counted group by code) s using (code) where scan_count is distinct from n`)
    expect(differing).toEqual([])
  })
})
