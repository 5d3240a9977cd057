import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BRAND, FOREIGN, openTradeApp, OWN, REGULATOR, type TradeApp } from '../../../test/support/trade-app.ts'
import type { TestClient } from '../../../test/support/client.ts'

let trade: TradeApp
let clerk: TestClient
beforeAll(async () => {
  trade = await openTradeApp('2026-06-15T02:00:00Z')
  clerk = trade.as(OWN)
})
afterAll(() => trade.close())

const PRODUCT = {
  gtin: '9521234567899',
  nameZh: '<script>alert(1)</script>面霜',
  brand: '示例',
  spec: '50 mL',
  category: 'cream',
  origin: 'FRA',
  filingNumber: '国妆网备进字（浙）2024005219',
  responsiblePerson: '宁波示例',
  manufacturer: 'Example',
  ingredients: '水',
  directions: '涂抹',
}
const CONSIGNMENT = {
  declarationNumber: '3101 2026 1000000123',
  tradeMode: '一般贸易',
  declarationTransportMode: '海运',
  firstLineTransportMode: '2',
  entryPort: '北仑海关',
  enteredOn: '2026-03-02',
}
const LOT = { lotNumber: 'G251126', producedOn: '2025-11-11', expiresOn: '2028-11-11', quantity: 1200 }

async function form(client: TestClient, method: string, url: string, name: string, bytes: Buffer, fields: Record<string, string> = {}) {
  const parts = Object.entries(fields).map(([k, v]) => `--cut\r\nContent-Disposition: form-data; name="${k}"\r\n\r\n${v}\r\n`)
  const payload = Buffer.concat([
    Buffer.from(
      `${parts.join('')}--cut\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    ),
    bytes,
    Buffer.from('\r\n--cut--\r\n'),
  ])
  return trade.app.inject({
    method: method as 'POST',
    url,
    headers: {
      authorization: `Bearer ${client.apiKey}`,
      'content-type': 'multipart/form-data; boundary=cut',
      'idempotency-key': crypto.randomUUID(),
    },
    payload,
  })
}

describe('products over HTTP', () => {
  it('are filed, found by name, barcode and number, copied, changed by version, and deleted while unused', async () => {
    const made = await clerk.post('/api/products', PRODUCT)
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({ gtin: '09521234567899', general: { score: 100, missing: [] }, identityFixed: false })
    for (const q of ['面霜', '9521234567899', '2024005219'])
      expect((await clerk.get(`/api/products?q=${encodeURIComponent(q)}`)).json.total).toBe(1)
    expect((await clerk.post('/api/products', PRODUCT)).json.code).toBe('GTIN_TAKEN')
    const copy = await clerk.post(`/api/products/${made.json.id}/copy`, { gtin: '9529999000019', spec: '100 mL' })
    expect(copy.json).toMatchObject({ nameZh: PRODUCT.nameZh, spec: '100 mL', version: 1 })
    const changed = await clerk.send('PUT', `/api/products/${copy.json.id}`, {
      ...PRODUCT,
      gtin: '9529999000019',
      spec: '200 mL',
      version: 1,
    })
    expect(changed.json).toMatchObject({ spec: '200 mL', version: 2 })
    expect((await clerk.send('PUT', `/api/products/${copy.json.id}`, { ...PRODUCT, gtin: '9529999000019', version: 1 })).json.code).toBe(
      'CONFLICT',
    )
    expect((await clerk.delete(`/api/products/${copy.json.id}`)).status).toBe(204)
    expect((await clerk.get(`/api/products/${copy.json.id}`)).status).toBe(404)
    expect(trade.audits.at(-1)).toMatchObject({ action: 'products.delete', notes: [{ objectKind: 'product', objectId: copy.json.id }] })
  })

  it('show anybody a clean picture, and refuse a file that only calls itself one', async () => {
    const [product] = (await clerk.get('/api/products')).json.items
    const photo = await sharp({ create: { width: 2000, height: 1000, channels: 3, background: '#c08' } })
      .withMetadata({ exif: { IFD0: { Copyright: 'secret' } } })
      .jpeg()
      .toBuffer()
    const set = await form(clerk, 'PUT', `/api/products/${product.id}/picture`, 'a.jpg', photo)
    expect(set.statusCode).toBe(200)
    const fileId = set.json().pictureFileId
    const small = await trade.app.inject({ url: `/pictures/${fileId}?size=small` })
    expect(small.headers).toMatchObject({
      'content-type': 'image/webp',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    })
    expect(await sharp(small.rawPayload).metadata()).toMatchObject({ format: 'webp', width: 320 })
    expect(small.rawPayload.includes('secret')).toBe(false)
    expect(
      (await form(clerk, 'PUT', `/api/products/${product.id}/picture`, 'a.jpg', Buffer.from('<svg onload=alert(1)>'))).statusCode,
    ).toBe(415)
    expect((await trade.app.inject({ url: '/pictures/01900000-0000-7000-8000-00000000ffff' })).statusCode).toBe(404)
  })

  it('name a brand that exists, whose people then see them', async () => {
    expect((await clerk.post('/api/products', { ...PRODUCT, gtin: '9529999000026', brandOrganisationId: FOREIGN })).json.code).toBe(
      'BRAND_ORGANISATION_UNKNOWN',
    )
    const branded = await clerk.post('/api/products', { ...PRODUCT, gtin: '9529999000026', brandOrganisationId: BRAND })
    expect((await trade.as(BRAND).get('/api/products')).json.items.map((p: any) => p.id)).toEqual([branded.json.id])
  })
})

describe('consignments over HTTP', () => {
  it('take words for codes, carry lots and papers, and tell what bars activation', async () => {
    const made = await clerk.post('/api/consignments', CONSIGNMENT)
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({
      declarationNumber: '310120261000000123',
      reference: '310120261000000123',
      tradeMode: '0110',
      declarationTransportMode: '2',
      regime: 'general',
    })
    const url = `/api/consignments/${made.json.id}`
    const product = (await clerk.get('/api/products?q=9521234567899')).json.items[0]
    const lot = await clerk.post(`${url}/lots`, { ...LOT, productId: product.id })
    expect(lot.status).toBe(201)
    expect((await clerk.post(`${url}/lots`, { ...LOT, productId: product.id })).json.code).toBe('LOT_TAKEN')
    const wrong = await clerk.post(`${url}/lots`, {
      productId: product.id,
      lotNumber: 'A/1',
      producedOn: '2026-03-03',
      expiresOn: '2026-03-01',
      quantity: 1.5,
    })
    expect(wrong.json.errors.map((e: any) => e.pointer).sort()).toEqual(['/enteredOn', '/expiresOn', '/lotNumber', '/quantity'])
    expect((await clerk.get(`/api/lots/${lot.json.id}`)).json.gate.map((g: any) => g.code)).toEqual([
      'CERTIFICATE_MISSING',
      'NOT_INSPECTED',
      'NOT_RELEASED',
    ])
    const { json } = await clerk.send('PUT', url, {
      ...CONSIGNMENT,
      inspectionCertificate: '771641853176',
      inspectionPassedOn: '2026-03-09',
      releasedOn: '2026-03-10',
      version: 1,
    })
    expect(json.lots[0].gate).toEqual([])

    const pdf = Buffer.from('%PDF-1.7\n<script>alert(1)</script>')
    const paper = await form(clerk, 'POST', `${url}/documents`, '../报关单.pdf', pdf, { kind: 'declaration' })
    expect(paper.statusCode).toBe(201)
    const content = await trade.app.inject({
      url: `/api/documents/${paper.json().id}/content`,
      headers: { authorization: `Bearer ${OWN}` },
    })
    expect(content.rawPayload.equals(pdf)).toBe(true)
    expect(content.headers['content-disposition']).toContain('attachment')
    expect((await form(clerk, 'POST', `${url}/documents`, 'a.pdf', Buffer.from('MZ not a pdf'), { kind: 'declaration' })).statusCode).toBe(
      415,
    )
    expect((await trade.as(FOREIGN).get(`/api/documents/${paper.json().id}/content`)).status).toBe(404)
    expect((await clerk.delete(url)).json.code).toBe('STILL_REFERENCED')
    expect((await clerk.delete(`/api/products/${product.id}`)).json.code).toBe('PRODUCT_IN_USE')
  })

  it('fix what labels have told once they are active', async () => {
    const consignment = (await clerk.get('/api/consignments')).json.items[0]
    const lot = (await clerk.get('/api/lots')).json.items[0]
    trade.inUse.add(lot.id)
    const change = { ...LOT, productId: lot.productId, version: lot.version }
    expect((await clerk.send('PUT', `/api/lots/${lot.id}`, { ...change, quantity: 1300 })).json.code).toBe('LOT_IN_USE')
    expect((await clerk.send('PUT', `/api/lots/${lot.id}`, { ...change, grossWeightKg: 12.5 })).status).toBe(200)
    expect(
      (await clerk.send('PUT', `/api/consignments/${consignment.id}`, { ...CONSIGNMENT, tradeMode: '9610', version: consignment.version }))
        .json.code,
    ).toBe('CONSIGNMENT_IN_USE')
    expect((await clerk.delete(`/api/lots/${lot.id}`)).json.code).toBe('LOT_IN_USE')
  })

  it('stay inside their organisation: a stranger finds nothing, a supervisor sees and cannot change', async () => {
    const consignment = (await clerk.get('/api/consignments')).json.items[0]
    const lot = (await clerk.get('/api/lots')).json.items[0]
    const stranger = trade.as(FOREIGN)
    for (const url of [`/api/consignments/${consignment.id}`, `/api/lots/${lot.id}`]) {
      expect((await stranger.get(url)).status).toBe(404)
      expect((await stranger.delete(url)).status).toBe(404)
      expect((await trade.as(REGULATOR).get(url)).status).toBe(200)
      expect((await trade.as(REGULATOR).delete(url)).status).toBe(403)
    }
    const own = await stranger.post('/api/consignments', CONSIGNMENT)
    expect(own.status).toBe(201)
    expect((await stranger.post(`/api/consignments/${own.json.id}/lots`, { ...LOT, productId: lot.productId })).json.code).toBe(
      'PRODUCT_UNKNOWN',
    )
    expect((await stranger.post('/api/consignments', CONSIGNMENT)).json.code).toBe('DECLARATION_TAKEN')
  })
})
