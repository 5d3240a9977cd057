import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestApp, type TestApp } from '../../../test/support/app.ts'
import { TestClient } from '../../../test/support/client.ts'
import { fileLot, openSupply, type Supply } from '../../../test/support/lots.ts'
import { freshUscc } from '../../../test/support/world.ts'
import { one, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { LegacyReport } from './contract.ts'

let t: TestApp
let s: Supply
let clerk: TestClient
let operator: TestClient
let counter = 0
beforeAll(async () => {
  t = await openTestApp()
  s = await openSupply(t)
  clerk = await clientOf(s.importer, 'clerk')
  operator = await clientOf(
    await inTx((tx) =>
      t.modules.identity.registerOrganisation(
        tx,
        { kind: 'operator', nameZh: '运营', uscc: freshUscc(), province: '浙江省', status: 'verified' },
        t.clock.now(),
      ),
    ),
    'operator',
  )
})
afterAll(() => t.close())

const inTx = <T>(work: (tx: Tx) => Promise<T>) => t.platform.db.transaction(work)
async function clientOf(organisationId: string, role: string): Promise<TestClient> {
  const { secret } = await inTx((tx) =>
    t.modules.identity.createApiKey(tx, { organisationId, name: role, roles: [role] } as never, t.clock.now()),
  )
  return new TestClient(t.app, { apiKey: secret })
}
type Lot = { lotId: string; gtin: string; lotNumber: string }
const HEADER = '系统,码,序号,条码,批号'
const row = (lot: Lot, code: string, number = '', system = '') => `${system},${code},${number},${lot.gtin},${lot.lotNumber}`
const fileOf = (...lines: string[]) => ({ name: 'old.csv', type: 'text/csv', bytes: Buffer.from([HEADER, ...lines, ''].join('\r\n')) })
const fresh = () => `old-${String(++counter).padStart(6, '0')}`
const preview = async (...lines: string[]): Promise<LegacyReport> =>
  (await clerk.sendForm('POST', '/api/legacy-codes/preview', {}, fileOf(...lines))).json
async function take(client: TestClient, file: ReturnType<typeof fileOf>, fields = {}): Promise<LegacyReport> {
  const started = await client.sendForm('POST', '/api/legacy-codes/import', fields, file)
  expect([started.status, started.status === 202 ? '' : started.text]).toEqual([202, ''])
  await t.drain()
  const job = (await client.get(`/api/jobs/${started.json.jobId}`)).json
  expect([job.state, job.failure]).toEqual(['done', null])
  return job.result
}

describe('codes of the older system', () => {
  it('get code ids of their own, are active, and go on resolving by their old address and number', async () => {
    const lot = await fileLot(t, s.importer, 10)
    const uuid = '6F1C2D3E-AAAA-4BBB-8CCC-0123456789AB'
    expect(await take(clerk, fileOf(row(lot, `http://kjb2c.example/fwm.do?id=${uuid}`, '3302012345678'), row(lot, fresh())))).toEqual({
      fresh: 2,
      known: 0,
      imported: 2,
      wrong: 0,
      faults: [],
    })
    const found = await t.modules.codes.resolveInputs(t.platform.db, [
      uuid,
      '３３０２０１２３４５６７８',
      `http://x.example/fwm.do?id=${uuid.toLowerCase()}`,
    ])
    expect(found[0]).toMatchObject({ index: 0 })
    expect(found.map((f) => 'index' in f && [f.batch, f.index])).toEqual(Array(3).fill('index' in found[0]! && [found[0].batch, 0]))
    const scan = await t.app.inject({ url: `/fwm.do?id=${uuid}`, headers: { accept: 'application/json' } })
    expect(scan.json().verdict).not.toBe('not-ours')
    expect(scan.json().verdict).not.toBe('inactive')
  })

  it('are taken in once, however often the file comes', async () => {
    const lot = await fileLot(t, s.importer, 10)
    const file = fileOf(row(lot, fresh()), row(lot, fresh()))
    expect((await take(clerk, file)).imported).toBe(2)
    expect(await take(clerk, file)).toMatchObject({ fresh: 0, known: 2, imported: 0 })
    expect(await one(t.platform.db, sql`select count(*)::int as n from code_batch where lot_id = ${lot.lotId}`)).toEqual({ n: 1 })
  })

  it('are taken in once when the file comes twice at the same moment', async () => {
    const lot = await fileLot(t, s.importer, 10)
    const file = fileOf(row(lot, fresh()), row(lot, fresh()))
    const jobs = await Promise.all([1, 2].map(() => clerk.sendForm('POST', '/api/legacy-codes/import', {}, file)))
    await t.drain()
    const results = await Promise.all(jobs.map(async (job) => (await clerk.get(`/api/jobs/${job.json.jobId}`)).json.result.imported))
    expect(results.sort()).toEqual([0, 2])
  })

  it('never go beyond the declared quantity, labels on order included', async () => {
    const lot = await fileLot(t, s.importer, 5)
    await inTx((tx) =>
      t.modules.codes.submitOrder(
        tx,
        { lotId: lot.lotId, labelKind: 'gtin', quantity: 3, spoilage: 0, printerId: s.printer, rollSize: 100 },
        { actor: s.clerk, at: t.clock.now() },
      ),
    )
    const file = fileOf(row(lot, fresh()), row(lot, fresh()), row(lot, fresh()))
    const report = await take(clerk, file)
    expect(report).toMatchObject({ fresh: 2, imported: 2, wrong: 1 })
    expect(report.faults).toEqual([expect.objectContaining({ rowNumber: 4, column: 'lotNumber', zh: expect.stringContaining('申报数量') })])
  })

  it('are refused row by row with the reason, and the good rows are taken', async () => {
    const lot = await fileLot(t, s.importer, 100)
    const theirs = await fileLot(t, (await openSupply(t)).importer, 100)
    const twice = fresh()
    const report = await preview(
      row(lot, twice),
      row(lot, twice),
      row(lot, ''),
      row(lot, '=cmd|calc'),
      row({ ...lot, gtin: '9521234543214' }, fresh()),
      row({ ...lot, lotNumber: 'NEVER' }, fresh()),
      row(theirs, fresh()),
      row(lot, fresh(), 'a b'),
      row(lot, fresh(), '', '<b>'),
      row(lot, fresh()),
    )
    expect(report).toMatchObject({ fresh: 2, known: 0, imported: 0, wrong: 8 })
    expect(report.faults.map((f) => [f.rowNumber, f.column])).toEqual([
      [3, 'code'],
      [4, 'code'],
      [5, 'code'],
      [6, 'gtin'],
      [7, 'lotNumber'],
      [8, 'lotNumber'],
      [9, 'serialNumber'],
      [10, 'system'],
    ])
    expect(report.faults.every((f) => f.zh !== '' && f.en !== '')).toBe(true)
  })

  it('cannot be taken over by another enterprise that imports them again', async () => {
    const lot = await fileLot(t, s.importer, 10)
    const code = fresh()
    await take(clerk, fileOf(row(lot, code)))
    const [mine] = await t.modules.codes.resolveInputs(t.platform.db, [code])
    const thief = await openSupply(t)
    const theirs = await fileLot(t, thief.importer, 10)
    const client = await clientOf(thief.importer, 'clerk')
    await take(client, fileOf(row(theirs, code, '', 'another'), row(theirs, fresh(), code)))
    expect(await t.modules.codes.resolveInputs(t.platform.db, [code])).toEqual([mine])
  })

  it('are imported by the operator for an importer that it names, and for nobody else', async () => {
    const lot = await fileLot(t, s.importer, 10)
    const file = fileOf(row(lot, fresh()))
    expect((await operator.sendForm('POST', '/api/legacy-codes/import', {}, file)).json.code).toBe('LEGACY_OWNER')
    expect((await operator.sendForm('POST', '/api/legacy-codes/import', { organisationId: s.printer }, file)).status).toBe(404)
    expect((await take(operator, file, { organisationId: s.importer })).imported).toBe(1)
    // an importer cannot name another
    const other = await openSupply(t)
    const another = await clientOf(other.importer, 'clerk')
    expect(
      (await another.sendForm('POST', '/api/legacy-codes/import', { organisationId: s.importer }, fileOf(row(lot, fresh())))).status,
    ).toBe(404)
    expect((await take(another, fileOf(row(lot, fresh())))).imported).toBe(0)
  })

  it('need the columns code, barcode and lot, and a file', async () => {
    const file = { name: 'x.csv', type: 'text/csv', bytes: Buffer.from('码,条码\r\nabcd,9521234543213\r\n') }
    expect((await clerk.sendForm('POST', '/api/legacy-codes/preview', {}, file)).json).toMatchObject({
      code: 'LEGACY_COLUMNS',
      params: { columns: 'lotNumber' },
    })
    const started = await clerk.sendForm('POST', '/api/legacy-codes/import', {}, file)
    await t.drain()
    expect((await clerk.get(`/api/jobs/${started.json.jobId}`)).json).toMatchObject({
      state: 'failed',
      failure: { code: 'LEGACY_COLUMNS' },
    })
  })

  it('come by the ten thousand with progress', async () => {
    t.clock.advance(1000)
    const lot = await fileLot(t, s.importer, 20_000)
    const lines = Array.from({ length: 12_000 }, () => row(lot, fresh()))
    const report = await take(clerk, fileOf(...lines))
    expect(report).toMatchObject({ imported: 12_000, wrong: 0 })
    const job = await one<{ progress: unknown }>(
      t.platform.db,
      sql`select progress from job where kind = 'codes.import-legacy' order by created_at desc limit 1`,
    )
    expect(job.progress).toEqual({ done: 12_000, total: 12_000 })
  })
})
