import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import writeXlsxFile from 'write-excel-file/node'
import { openTestApp, type TestApp } from '../../../../test/support/app.ts'
import type { TestClient } from '../../../../test/support/client.ts'
import { type Labels, labelsOf } from '../../../../test/support/goods.ts'
import { openWorld, type World } from '../../../../test/support/world.ts'
import { sql } from '../../../platform/db/sql.ts'
import { openSheet } from '../../../platform/documents/read-sheet.ts'

const SSCC = ['340123450000000017', '340123450000000024', '340123450000000031'] as const

describe('a movement list', () => {
  let t: TestApp
  let world: World
  let client: TestClient
  let dealer = ''
  beforeAll(async () => {
    t = await openTestApp()
    world = await openWorld(t)
    client = (await world.newPerson('clerk')).client
    const made = await client.post('/api/dealers', { name: '甬城（宁波）美妆', provinces: ['浙江'] })
    dealer = made.json.id
  })
  afterAll(() => t.close())

  const labels = (quantity = 100, where: 'own' | 'foreign' = 'own') =>
    labelsOf(
      t,
      { importer: world.organisations.importer[where], printer: world.organisations.printer.own },
      { quantity, rollSize: quantity },
    )
  const activate = (made: Labels, last: number) =>
    t.platform.db.transaction((tx) =>
      t.modules.events.activate(
        tx,
        { lotId: made.lotId, choice: { rolls: [], stretches: [{ first: made.uri(0), last: made.uri(last) }], items: [], containers: [] } },
        { actor: made.clerk, at: t.clock.now() },
      ),
    )
  const upload = async (bytes: Buffer | string, who = client, type = 'text/csv') => {
    const sent = await who.sendForm(
      'POST',
      '/api/movement-files',
      {},
      { name: type === 'text/csv' ? 'movements.csv' : 'movements.xlsx', type, bytes: Buffer.from(bytes) },
    )
    expect([sent.status, sent.json?.detail]).toEqual([202, undefined])
    await t.platform.jobs.drain()
    const { id } = sent.json as { id: string }
    const state = (await who.get(`/api/movement-files/${id}`)).json
    const rows = (await who.get(`/api/movement-files/${id}/rows?limit=500`)).json.items as any[]
    expect(state.failure).toBeNull()
    return { id, state, rows, existing: sent.json.existing as boolean }
  }
  const commit = async (id: string, who = client) => {
    const answer = await who.post(`/api/movement-files/${id}/commit`)
    expect(answer.status).toBe(202)
    await t.platform.jobs.drain()
    return (await who.get(`/api/movement-files/${id}`)).json
  }
  const warehouseHeaders = async () => {
    const organisationId = world.organisations.importer.own
    const key = await t.platform.db.transaction((tx) =>
      t.modules.identity.createApiKey(tx, { organisationId, name: 'files', roles: ['warehouse'] }, t.clock.now()),
    )
    return { authorization: `Bearer ${key.secret}` }
  }
  const csv = (...rows: (string | number)[][]) => rows.map((r) => r.map((c) => `"${String(c).replaceAll('"', '""')}"`).join(',')).join('\n')
  const HEADER = ['作业类型', '标签码', '止码', '箱号', '作业时间', '仓库', '客户名称', '发货单号', '批号', '备注']
  const faults = (rows: any[]) =>
    rows.flatMap((r) => r.reasons.filter((x: any) => x.severity === 'fault').map((x: any) => `${r.rowNumber} ${x.field} ${x.code}`))
  const rangesOf = (made: Labels) =>
    t.platform.db.query<{
      lo: bigint
      hi: bigint
      status: string
      container: string | null
      dealer_id: string | null
      in_transit: boolean
    }>(
      sql`select lo & 4294967295 as lo, hi & 4294967295 as hi, status, container, dealer_id, in_transit from code_range where lo >> 32 = ${made.batch.id} order by lo`,
    )
  const events = async (made: Labels) =>
    t.platform.db.query<{ kind: string; n: bigint }>(
      sql`select e.kind, sum(upper(c.codes) - lower(c.codes))::bigint as n from event e join event_code c on c.event_id = e.id where lower(c.codes) >> 32 = ${made.batch.id} group by e.id, e.sequence, e.kind order by e.sequence`,
    )

  it('of a whole way, from the roll to the dealer, is written in its order, rows that belong together as one event', async () => {
    const made = await labels()
    const { id, state, rows } = await upload(
      csv(
        ['仓库作业日报'],
        HEADER,
        ['激活', made.uri(0), made.uri(59), '', '', '', '', '', '', ''],
        ...[0, 1, 2].map((i) => ['装箱', made.uri(i), '', SSCC[0], '2026-06-15 10:00', '一号仓', '', '', '', '']),
        ['装箱', made.uri(10), made.uri(29), SSCC[1], '2026/6/15 10:01', '一号仓', '', '', '', ''],
        ['发货', `(00)${SSCC[0]}`, '', '', '2026-06-15 10:02', '一号仓', '甬城(宁波)美妆', 'F-77', '', '加急'],
        ['发货', SSCC[1], '', '', '2026-06-15 10:02', '一号仓', '甬城（宁波）美妆', 'F-77', '', '加急'],
      ),
    )
    expect(faults(rows)).toEqual([])
    expect(state).toMatchObject({ state: 'ready', counts: { rows: 7, new: 7, wrong: 0 }, layout: { headerRow: 2 } })
    expect(await rangesOf(made)).toEqual([])
    const done = await commit(id)
    expect(done).toMatchObject({ state: 'done', counts: { committed: 7, wrong: 0 } })
    expect((await events(made)).map((e) => `${e.kind} ${e.n}`)).toEqual(['commissioning 60', 'packing 3', 'packing 20'])
    const shipped = await t.platform.db.query(sql`select number, dealer_id, containers, labels, note from shipment where number = 'F-77'`)
    expect(shipped).toMatchObject([{ number: 'F-77', dealer_id: dealer, containers: 2, labels: 23n, note: '加急' }])
    expect(await t.modules.events.fsck(t.platform.db)).toEqual([])

    // the same file again does nothing, and says so
    const again = await upload(
      csv(
        ['仓库作业日报'],
        HEADER,
        ['激活', made.uri(0), made.uri(59), '', '', '', '', '', '', ''],
        ...[0, 1, 2].map((i) => ['装箱', made.uri(i), '', SSCC[0], '2026-06-15 10:00', '一号仓', '', '', '', '']),
        ['装箱', made.uri(10), made.uri(29), SSCC[1], '2026/6/15 10:01', '一号仓', '', '', '', ''],
        ['发货', `(00)${SSCC[0]}`, '', '', '2026-06-15 10:02', '一号仓', '甬城(宁波)美妆', 'F-77', '', '加急'],
        ['发货', SSCC[1], '', '', '2026-06-15 10:02', '一号仓', '甬城（宁波）美妆', 'F-77', '', '加急'],
      ),
    )
    expect(again.state).toMatchObject({ sameAs: id, counts: { new: 0, unchanged: 7, wrong: 0 } })
  })

  it('tells each fault in its cell, and the rows beside it stay good', async () => {
    const made = await labels()
    await activate(made, 49)
    const theirs = await labels(10, 'foreign')
    const { rows, state, id } = await upload(
      csv(
        HEADER,
        ['收获', made.uri(0), '', '', '', '', '', '', '', ''],
        ['装箱', made.uri(0), '', '', '', '', '', '', '', ''],
        ['装箱', made.uri(0), '', '340123450000000018', '', '', '', '', '', ''],
        ['装箱', made.uri(1), '', SSCC[2], '03/04/2026', '', '', '', '', ''],
        ['发货', made.uri(2), '', '', '', '', '没有这家', 'F-1', '', ''],
        ['发货', '3.4012345E+17', '', '', '', '', '甬城（宁波）美妆', 'F-1', '', ''],
        ['销毁', 'https://example.com/x', '', '', '', '', '', '', '', ''],
        ['销毁', made.uri(3).slice(0, -1), '', '', '', '', '', '', '', ''],
        ['销毁', made.uri(60), '', '', '', '', '', '', '', '破损'],
        ['销毁', made.uri(4), '', '', '', '', '', '', '', '破损'],
        ['销毁', made.uri(5), '', '', '', '', '', '', '', '破损'],
        ['销毁', made.uri(5), '', '', '', '', '', '', '', '破损'],
        ['销毁', theirs.uri(0), '', '', '', '', '', '', '', '破损'],
        ['收货', SSCC[2], made.uri(9), '', '', '', '', '', '', ''],
        ['销毁', made.uri(6), '', '', '2031-01-01 00:00', '', '', '', '', '破损'],
        ['', made.uri(7), '', '', '', '', '', '', '', ''],
      ),
    )
    expect(faults(rows)).toEqual([
      '2 act ACT_UNKNOWN',
      '3 container REQUIRED',
      '4 container NOT_AN_SSCC',
      '5 at DATE_AMBIGUOUS',
      '6 dealer DEALER_UNKNOWN',
      '7 code EXCEL_DAMAGED',
      '8 code CODES_NOT_FOUND',
      '9 code CODES_NOT_FOUND',
      '10 code GOODS_STATE',
      '13 code DUPLICATE_ROW',
      '14 code NOT_FOUND',
      '15 lastCode RANGE_OF_CONTAINERS',
      '16 at EVENT_IN_FUTURE',
      '17 act REQUIRED',
    ])
    expect(state.counts).toMatchObject({ rows: 16, new: 2, wrong: 14 })
    expect(rows.find((r) => r.rowNumber === 5).reasons[0]).toMatchObject({
      zh: expect.stringContaining('第 5 行 时间 03/04/2026'),
      column: 4,
    })
    const wrong = await client.get(`/api/movement-files/${id}/wrong?format=csv`)
    expect(wrong.text.trim().split('\n')).toHaveLength(15)
    expect(await commit(id)).toMatchObject({ counts: { committed: 2 } })
    expect((await rangesOf(made)).filter((r) => r.status === 'destroyed').map((r) => [r.lo, r.hi])).toEqual([[4n, 5n]])
  })

  it('of one shipment with a row that is refused ships the others together, under one number', async () => {
    const made = await labels()
    await activate(made, 9)
    const list = csv(
      HEADER,
      ...[0, 1, 2, 50, 3, 4, 51].map((i) => ['发货', made.uri(i), '', '', '2026-06-15 10:00', '', '甬城（宁波）美妆', 'F-88', '', '']),
    )
    const { id, rows } = await upload(list)
    expect(faults(rows)).toEqual(['5 code GOODS_STATE', '8 code GOODS_STATE'])
    expect(await commit(id)).toMatchObject({ counts: { committed: 5, wrong: 2 } })
    expect(await t.platform.db.query(sql`select labels from shipment where number = 'F-88'`)).toEqual([{ labels: 5n }])
    // the number is taken now: that is said of every row that would use it again
    const other = await upload(csv(HEADER, ...[5, 6].map((i) => ['发货', made.uri(i), '', '', '', '', '甬城（宁波）美妆', 'F-88', '', ''])))
    expect(faults(other.rows)).toEqual(['2 number SHIPMENT_EXISTS', '3 number SHIPMENT_EXISTS'])
  })

  it('lets nobody do by file what the post does not allow on the screen', async () => {
    const made = await labels()
    await activate(made, 9)
    const list = csv(
      HEADER,
      ['作废', made.uri(20), '', '', '', '', '', '', '', '破损'],
      ['激活', made.uri(30), '', '', '', '', '', '', '', ''],
      ['销毁', made.uri(0), '', '', '', '', '', '', '', '破损'],
    )
    const warehouse = (await world.newPerson('warehouse')).client
    expect(faults((await upload(list, warehouse)).rows)).toEqual(['2 act ACT_NOT_PERMITTED'])
    const system = await world.newApiKey('clerk', ['goods.read', 'goods.write'])
    const own = list.replace(made.uri(0), made.uri(1))
    const { id, rows } = await upload(own, system)
    expect(faults(rows)).toEqual(['2 act ACT_NOT_PERMITTED', '3 act ACT_NOT_PERMITTED'])
    // a preview that somebody else made is looked at again with the leave of whoever has it written
    const clerks = await upload(list.replace(made.uri(0), made.uri(2)))
    expect(faults(clerks.rows)).toEqual([])
    expect(await commit(clerks.id, system)).toMatchObject({ counts: { committed: 1, wrong: 2 } })
    expect(await commit(id, system)).toMatchObject({ counts: { committed: 1, wrong: 2 } })
    expect((await rangesOf(made)).filter((r) => r.status === 'void')).toEqual([])
  })

  it('that became wrong since its preview says for which rows, and writes the others', async () => {
    const made = await labels()
    await activate(made, 49)
    const list = csv(HEADER, ...[0, 1, 2, 3, 4].map((i) => ['退货', made.uri(i), '', '', '', '', '', '', '', '']))
    // loose goods that nobody shipped cannot come back
    expect((await upload(list)).state.counts).toMatchObject({ new: 0, wrong: 5 })
    const destroy = csv(HEADER, ...[10, 11, 12, 13].map((i) => ['销毁', made.uri(i), '', '', '', '', '', '', '', '']))
    const { id, state } = await upload(destroy)
    expect(state.counts).toMatchObject({ new: 4 })
    expect((await client.post('/api/goods/destroy', { choice: { items: [made.uri(12)] }, place: '', reason: '破损' })).status).toBe(200)
    expect(await commit(id)).toMatchObject({ state: 'done', counts: { committed: 3, wrong: 1 } })
    const rows = (await client.get(`/api/movement-files/${id}/rows?verdict=wrong`)).json.items
    expect(faults(rows)).toEqual(['4 code GOODS_STATE'])
  })

  it('whose writing broke off and begins again, from its start even, writes nothing twice', async () => {
    const made = await labels()
    await activate(made, 49)
    const { id } = await upload(
      csv(
        HEADER,
        ...Array.from({ length: 40 }, (_, i) => [
          '装箱',
          made.uri(i),
          '',
          i % 2 === 0 ? SSCC[2] : '340123450000000048',
          '',
          `库位${i % 4}`,
          '',
          '',
          '',
          '',
        ]),
      ),
    )
    await commit(id)
    const before = await events(made)
    expect(before).toHaveLength(5)
    // as a server that died finds it: the job is to be done, and its checkpoint is an old one
    await t.platform.db.execute(sql`update import set state = 'committing' where id = ${id}`)
    await t.platform.db.execute(
      sql`update job set state = 'queued', progress = '{}', finished_at = null where id = (select job_id from import where id = ${id})`,
    )
    await t.platform.jobs.drain()
    expect((await client.get(`/api/movement-files/${id}`)).json).toMatchObject({ state: 'done', counts: { committed: 40, wrong: 0 } })
    expect(await events(made)).toEqual(before)
  })

  it('comes as a workbook too, with times as a spreadsheet keeps them and text as it was pasted', async () => {
    const made = await labels()
    await activate(made, 49)
    const at = new Date(Date.UTC(2026, 5, 15, 10, 0))
    const cell = (value: string | Date | null) =>
      value instanceof Date ? { value, type: Date, format: 'yyyy-mm-dd hh:mm' } : { value: value ?? '', type: String }
    const bytes = await writeXlsxFile([
      ['Act', 'Label', 'SSCC', 'Date'].map(cell),
      ['pack', ` ${made.uri(0)}`, `'${SSCC[2]}`, at].map(cell),
      ['ＰＡＣＫ', made.uri(1).toUpperCase(), SSCC[2], at].map(cell),
    ] as never).toBuffer()
    const { rows, state } = await upload(bytes, client, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
    expect([faults(rows), state.counts.new]).toEqual([[], 2])
    expect(rows[0].values.at).toBe('2026-06-15T02:00:00.000Z')
    expect(rows[0].values.group).toBe(rows[1].values.group)
  })

  it('of somebody else is not there', async () => {
    const made = await labels()
    await activate(made, 9)
    const { id } = await upload(csv(HEADER, ['销毁', made.uri(0), '', '', '', '', '', '', '', '']))
    const stranger = (await world.newPerson('clerk', 'foreign')).client
    for (const path of ['', '/rows', '/wrong']) expect((await stranger.get(`/api/movement-files/${id}${path}`)).status).toBe(404)
    expect((await stranger.post(`/api/movement-files/${id}/commit`)).status).toBe(404)
    // nor is it an entry list
    expect((await client.get(`/api/imports/${id}`)).status).toBe(404)
    expect((await client.get('/api/imports')).json.items).toEqual([])
  })

  it('of a stranger is a clear refusal, and nothing in it runs in the file of wrong rows', async () => {
    const send = (name: string, bytes: Buffer<ArrayBuffer>) =>
      client.sendForm('POST', '/api/movement-files', {}, { name, type: 'application/octet-stream', bytes })
    const failure = async (bytes: Buffer<ArrayBuffer>) => {
      const sent = await send('movements.xlsx', bytes)
      if (sent.status !== 202) return sent.json.code
      await t.platform.jobs.drain()
      return (await client.get(`/api/movement-files/${sent.json.id}`)).json.failure?.code
    }
    // a picture, a document, a zip that is no workbook, and more bytes than are taken, under a workbook's name
    const pixel = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
    expect(await failure(Buffer.concat([pixel, Buffer.from(HEADER.join(','))]))).toBe('UPLOAD_KIND')
    expect(await failure(Buffer.from(`%PDF-1.7\n${HEADER.join(',')}`))).toBe('UPLOAD_KIND')
    expect(['NOT_A_SHEET', 'UPLOAD_KIND']).toContain(await failure(Buffer.from('504b0506000000000000000000000000000000000000', 'hex')))
    expect(await failure(Buffer.alloc(21 * 1024 * 1024, 'a,'))).toBe('UPLOAD_TOO_LARGE')

    const { id } = await upload(csv(HEADER, ['=cmd|calc', '@SUM(1)', '', '', '', '+1', '', '', '', '=HYPERLINK("http://example.com")']))
    const wrong = (await client.get(`/api/movement-files/${id}/wrong?format=csv`)).text.split('\r\n')[1]!
    expect(wrong).toContain("'=cmd|calc,'@SUM(1)")
    expect(wrong).not.toMatch(/(^|[,"])[=+@]/)
  })

  it('has a template that is understood as it comes, in both languages', async () => {
    for (const lang of ['zh', 'en']) {
      const template = await client.get(`/api/movement-files/template?format=csv&lang=${lang}`)
      const { state } = await upload(template.text)
      expect([lang, state.failure, Object.keys(state.mapping).length]).toEqual([lang, null, 10])
    }
  })

  it('has a template whose workbook tells the words that its cells may hold', async () => {
    const answer = await t.app.inject({ url: '/api/movement-files/template?format=xlsx&lang=en', headers: await warehouseHeaders() })
    const sheet = await openSheet(answer.rawPayload, { sheet: 'Allowed words' })
    expect(sheet.sheets).toEqual(['Sheet1', 'Allowed words'])
    expect(sheet.rows.map((row) => row.cells)).toContainEqual(['Act', null, 'ship', expect.stringContaining('出库')])
  })
})
