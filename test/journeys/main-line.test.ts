import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../support/app.ts'
import { TestClient } from '../support/client.ts'
import { freshUscc } from '../support/world.ts'

/** The main line as a script would walk it: API keys, the documented routes, nothing else. */
let t: TestApp
let operator: TestClient
let clerk: TestClient
let printer: TestClient
let dealerClerk: TestClient
let duty: TestClient
let stranger: TestClient
let printerId = ''
let dealerOrganisationId = ''
let printerIdentity = ''
const phone = { accept: 'text/html', 'user-agent': 'Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.40' }

beforeAll(async () => {
  t = await openTestApp({ now: '2026-06-15T02:00:00Z' })
  const at = t.clock.now()
  const { identity } = t.modules
  const key = async (kind: 'operator' | 'importer' | 'printer' | 'dealer' | 'regulator', role: string, nameZh: string) =>
    t.platform.db.transaction(async (tx) => {
      const organisationId = await identity.registerOrganisation(
        tx,
        { kind, nameZh, uscc: freshUscc(), province: '33', city: '宁波', status: 'verified' },
        at,
      )
      const { secret } = await identity.createApiKey(tx, { organisationId, name: role, roles: [role] as never }, at)
      return { organisationId, client: new TestClient(t.app, { apiKey: secret }) }
    })
  operator = (await key('operator', 'operator', '运营示例')).client
  clerk = (await key('importer', 'clerk', '进口商示例')).client
  stranger = (await key('importer', 'clerk', '另一家进口商示例')).client
  const p = await key('printer', 'printer-operator', '印厂示例')
  printer = p.client
  printerId = p.organisationId
  const d = await key('dealer', 'dealer-clerk', '经销商示例')
  dealerClerk = d.client
  dealerOrganisationId = d.organisationId
  duty = (await key('regulator', 'duty-officer', '监管示例')).client
  printerIdentity = await generateX25519Identity()
})
afterAll(() => t.close())

const ok = (answer: { status: number; json: any; text: string }, status = 200) => {
  expect([answer.status, answer.status === status ? '' : answer.text]).toEqual([status, ''])
  return answer.json
}

test('from a consignment to a scan that is answered', async () => {
  // the importer files a product and a consignment with a lot of 100
  const product = ok(
    await clerk.post('/api/products', {
      gtin: '9521234543213',
      nameZh: '示例保湿面霜<script>alert(1)</script>',
      nameEn: 'Example Cream',
      brand: '示例',
      spec: '50 mL',
      category: 'cream',
      origin: '法国',
      filingNumber: '国妆网备进字（浙）2025001234',
      responsiblePerson: '进口商示例',
      manufacturer: 'Example Labs',
      ingredients: '水、甘油',
      directions: '外用',
      warnings: '避免入眼',
      shelfLifeMonths: 36,
    }),
    201,
  )
  expect(product.origin).toBe('FRA')
  const consignment = ok(
    await clerk.post('/api/consignments', {
      declarationNumber: '310920261000012345',
      tradeMode: '一般贸易',
      declarationTransportMode: '海运',
      entryPort: '北仑海关',
      enteredOn: '2026-05-20',
      inspectionCertificate: '310920260000123',
      inspectionPassedOn: '2026-05-28',
      releasedOn: '2026-05-29',
    }),
    201,
  )
  const lot = ok(
    await clerk.post(`/api/consignments/${consignment.id}/lots`, {
      productId: product.id,
      lotNumber: 'L2601',
      producedOn: '2026-02-01',
      quantity: 100,
    }),
    201,
  )
  expect((await stranger.get(`/api/products/${product.id}`)).status).toBe(404)

  // it orders labels: never more than declared, and the operator approves
  ok(await printer.post('/api/printer-keys', { recipient: await identityToRecipient(printerIdentity) }), 201)
  const quote = ok(await clerk.get(`/api/orders/quote?lotId=${lot.id}`))
  expect(quote).toMatchObject({ declared: 100, suggested: 100, quantity: 100, spoilage: 2 })
  const over = await clerk.post('/api/orders', { lotId: lot.id, quantity: 101, printerId })
  expect([over.status, over.json.code, over.json.params.left]).toEqual([422, 'OVER_ORDER', 100])
  const order = ok(await clerk.post('/api/orders', { lotId: lot.id, quantity: 100, spoilage: 4, printerId, rollSize: 50 }), 201)
  expect((await clerk.post(`/api/orders/${order.id}/approve`)).status).toBe(403)
  expect(ok(await operator.post(`/api/orders/${order.id}/approve`)).status).toBe('issued')
  const released = ok(await operator.post(`/api/orders/${order.id}/release`))

  // the printer downloads the sealed pack, opens it with its own key, prints and reports
  const download = await t.app.inject({
    method: 'POST',
    url: `/api/packs/${released.packId}/download`,
    headers: { authorization: `Bearer ${printer.apiKey}`, 'idempotency-key': 'p1' },
  })
  expect(download.statusCode).toBe(200)
  const open = new Decrypter()
  open.addIdentity(printerIdentity)
  const rows = Buffer.from(await open.decrypt(download.rawPayload))
    .toString('utf8')
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(','))
  const opener = new Decrypter()
  opener.addIdentity(printerIdentity)
  const ticket = await t.app.inject({
    url: `/api/packs/${released.packId}/downloads/${download.headers['x-download-id']}/ticket`,
    headers: { authorization: `Bearer ${printer.apiKey}` },
  })
  const never: string[] = JSON.parse(await opener.decrypt(ticket.rawPayload, 'text')).neverApply.map((n: { serial: string }) => n.serial)
  expect(rows).toHaveLength(104 + never.length)
  expect(never).toHaveLength(3)
  const labels = rows.filter((row) => !never.includes(row[2]!)).map((row) => row[3]!)
  const path = (i: number) => new URL(labels[i]!).pathname
  ok(await printer.post(`/api/orders/${order.id}/print-report`, { printed: 102, scrapped: [{ first: labels[102], last: labels[103] }] }))
  await t.drain()

  // a label that is not activated proves nothing and is not counted; one that must never be applied raises the alarm
  expect((await t.app.inject({ url: path(0) })).json()).toMatchObject({ verdict: 'inactive', earlier: { count: 0 } })
  const leaked = rows.find((row) => row[2] === never[0])![3]!
  expect((await t.app.inject({ url: new URL(leaked).pathname })).json().verdict).toBe('high-risk')
  const seen = ok(await operator.get(`/api/packs/${released.packId}/downloads`))
  expect(seen.items[0].canariesSeen).toBe(1)

  // the importer receives the labels and activates the first 100: a preview first, the same key twice acts once
  const choice = { stretches: [{ first: labels[0], last: labels[99] }] }
  expect((await clerk.post('/api/activations', { lotId: lot.id, choice })).json.code).toBe('LABELS_NOT_RECEIVED')
  ok(await clerk.post(`/api/orders/${order.id}/receive`, { received: 102 }))
  expect(ok(await clerk.post('/api/activations/preview', { lotId: lot.id, choice }))).toMatchObject({
    labels: 100,
    inert: 100,
    left: 100,
    ready: true,
  })
  const tooMany = await clerk.post('/api/activations', { lotId: lot.id, choice: { stretches: [{ first: labels[0], last: labels[101] }] } })
  expect([tooMany.status, tooMany.json.code]).toEqual([409, 'OVER_ACTIVATION'])
  const once = { 'idempotency-key': 'activate-1' }
  const activation = ok(await clerk.post('/api/activations', { lotId: lot.id, choice }, once), 201)
  const again = await clerk.post('/api/activations', { lotId: lot.id, choice }, once)
  expect([again.status, again.json, again.headers['idempotency-replayed']]).toEqual([201, activation, 'true'])
  const other = await clerk.post('/api/activations', { lotId: lot.id, choice: { items: [labels[0]] } }, once)
  expect([other.status, other.json.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])

  // undone within half an hour, and done again
  ok(await clerk.post(`/api/activations/${activation.id}/undo`, { reason: '选错批次' }))
  ok(await clerk.post('/api/activations', { lotId: lot.id, choice }), 201)

  // goods are packed and shipped; the dealer receives them
  const dealer = ok(
    await clerk.post('/api/dealers', { name: '示例经销商', provinces: ['浙江', '上海'], city: '杭州', dealerOrganisationId }),
    201,
  )
  const carton = ok(await clerk.post('/api/goods/pack', { choice: { stretches: [{ first: labels[0], last: labels[23] }] }, place: '宁波' }))
  const pallet = ok(await clerk.post('/api/goods/pack', { choice: { containers: [carton.sscc] }, place: '宁波' }))
  const shipment = ok(
    await clerk.post('/api/shipments', { dealerId: dealer.id, choice: { containers: [pallet.sscc] }, place: '宁波' }),
    201,
  )
  expect(shipment.labels).toBe(24)
  // nothing was shipped before its carton was packed, or its codes were issued
  const early = { dealerId: dealer.id, at: '2001-01-01T00:00:00Z' }
  for (const goods of [{ items: [labels[30]] }, { containers: [pallet.sscc] }]) {
    const refused = await clerk.post('/api/shipments', { ...early, choice: goods })
    expect([refused.status, refused.json.code]).toEqual([422, 'EVENT_TOO_EARLY'])
  }
  const twice = await clerk.post('/api/goods/pack', { choice: { items: [labels[0]] } }, { 'accept-language': 'en' })
  expect(twice.json.detail).toMatch(/^1 labels cannot be packed: in a container already/)
  expect((await stranger.post(`/api/shipments/${shipment.id}/receive`, {})).status).toBe(404)
  const arrived = ok(await dealerClerk.post(`/api/shipments/${shipment.id}/receive`, { place: '杭州' }))
  expect(arrived).toMatchObject({ labels: 24, containers: 1 })
  const item = ok(await clerk.get(`/api/goods?code=${encodeURIComponent(labels[5]!)}`))
  expect(item).toMatchObject({ status: 'active', dealerName: '示例经销商', container: carton.sscc })
  expect(item.timeline.map((e: { kind: string }) => e.kind)).toEqual(['receiving', 'shipping', 'packing', 'packing', 'commissioning'])

  // a consumer scans: the page is honest, complete without script, and executes nothing from a product name
  t.clock.advance(86_400_000)
  const page = await t.app.inject({ url: path(5), headers: phone, remoteAddress: '114.114.114.114' })
  expect(page.statusCode).toBe(200)
  expect(page.body).toContain('该标签已登记，目前未发现异常')
  expect(page.body).not.toMatch(/真品|genuine/i)
  expect(page.body).not.toContain('<script>alert')
  expect(page.body).toContain('&lt;script>alert(1)')
  const cookie = String(page.headers['set-cookie']).split(';')[0]!
  t.clock.advance(60_000)
  const repeat = await t.app.inject({ url: path(5), headers: { ...phone, cookie }, remoteAddress: '114.114.114.114' })
  expect(repeat.body).toContain('其中您本人 1 次')
  const another = await t.app.inject({ url: path(5), headers: { 'user-agent': 'another phone' }, remoteAddress: '60.12.1.1' })
  expect(another.json()).toMatchObject({ verdict: 'recheck', earlier: { count: 1, firstProvince: '32' } })
  const preview = await t.app.inject({ url: path(5), headers: { ...phone, purpose: 'prefetch' } })
  expect(preview.statusCode).toBe(200)
  const seenScans = ok(await clerk.get('/api/scans?sort=-at'))
  expect(seenScans.items.filter((s: { counted: boolean }) => s.counted)).toHaveLength(2)
  expect(ok(await stranger.get('/api/scans')).total).toBe(0)

  // the consumer reports, the importer answers, the consumer reads it
  const { ticket: number } = ok(
    await new TestClient(t.app, { address: '203.0.113.9' }).post('/api/reports', {
      code: path(5),
      kind: 'question',
      text: '什么时候入境的？',
    }),
    201,
  )
  const report = ok(await clerk.get('/api/reports')).items[0]
  expect(report.ticket).toBe(number)
  ok(await clerk.post(`/api/reports/${report.id}/check`))
  ok(await clerk.post(`/api/reports/${report.id}/answer`, { text: '5 月 20 日自北仑入境。' }))
  expect((await stranger.get(`/api/reports/${report.id}`)).status).toBe(404)
  const status = await t.app.inject({ url: `/ticket/${number}`, headers: { accept: 'text/html' } })
  expect(status.body).toContain('5 月 20 日自北仑入境')

  // the empty bottle is retired by the phone that scanned it: the next scan is red; within a day it can be taken back
  const retire = await t.app.inject({ method: 'POST', url: `/retire?code=${encodeURIComponent(path(5))}`, headers: { ...phone, cookie } })
  expect(retire.body).toContain('已注销')
  expect((await t.app.inject({ url: path(5), remoteAddress: '60.12.1.2' })).json()).toMatchObject({
    verdict: 'high-risk',
    reasons: [{ code: 'RETIRED' }],
  })
  expect((await t.app.inject({ method: 'POST', url: `/retire/undo?code=${encodeURIComponent(path(5))}`, headers: phone })).statusCode).toBe(
    403,
  )
  expect(
    (await t.app.inject({ method: 'POST', url: `/retire/undo?code=${encodeURIComponent(path(5))}`, headers: { ...phone, cookie } })).body,
  ).toContain('已撤销')

  // the regulator recalls the lot: the very next scan says so, and so does the public page
  ok(await duty.post('/api/holds/recall', { lotId: lot.id, reason: '抽检不合格' }))
  expect((await t.app.inject({ url: path(6) })).json().verdict).toBe('recalled')
  const twiceRecalled = await duty.post('/api/holds/recall', { lotId: lot.id, reason: '抽检不合格' })
  expect([twiceRecalled.status, twiceRecalled.json.code]).toEqual([409, 'NOTHING_TO_HOLD'])
  expect((await t.app.inject({ url: '/recalls', headers: { accept: 'text/html' } })).body).toContain('L2601')

  expect(await t.modules.fsck(t.platform.db)).toEqual([])
  const trail = ok(await operator.get('/api/audit?limit=200'))
  const actions = trail.items.map((a: { action: string }) => a.action)
  for (const action of [
    'products.create',
    'orders.submit',
    'orders.approve',
    'activations.activate',
    'activations.undo',
    'shipments.ship',
    'holds.recall',
  ])
    expect(actions).toContain(action)
})
