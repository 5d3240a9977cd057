import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { judgeJson } from '../../src/kernel/epcis/read-json.ts'
import type { SandboxView } from '../../src/modules/exchange/contract.ts'
import { sql } from '../../src/platform/db/sql.ts'
import { csrfTokenOf } from '../../src/modules/identity/index.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { TestClient } from '../support/client.ts'
import { freshAddress, freshUscc, openWorld, type World } from '../support/world.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const LD = { 'content-type': 'application/ld+json' }
const CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'

let t: TestApp
let world: World
let receiver: Server
let host = ''
let answerStatus = 200
let received: { body: string; signature: string | undefined }[] = []
beforeAll(async () => {
  receiver = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      received.push({ body: Buffer.concat(parts).toString(), signature: request.headers['gs1-signature'] as string | undefined })
      response
        .writeHead(answerStatus, answerStatus === 302 ? { location: 'http://169.254.169.254/' } : {})
        .end(`said ${answerStatus}\u0007 ${'x'.repeat(2000)}`)
    })
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`
  t = await openTestApp({ env: { OUTGOING_HOSTS: host } })
  world = await openWorld(t)
})
afterAll(async () => {
  await t.close()
  await new Promise((done) => receiver.close(done))
})

/** An enterprise of its own, so that limits and lists of one test say nothing to another. */
async function newImporter(): Promise<{ organisationId: string; manager: TestClient; clerk: TestClient }> {
  const at = t.clock.now()
  const { identity } = t.modules
  return t.platform.db.transaction(async (tx) => {
    const organisationId = await identity.registerOrganisation(
      tx,
      { kind: 'importer', nameZh: `对接企业${freshUscc()}`, uscc: freshUscc(), province: '33', status: 'verified' },
      at,
    )
    const person = async (role: 'manager' | 'clerk') => {
      const id = await identity.addPerson(
        tx,
        { organisationId, account: `sys.${role}.${freshUscc().toLowerCase()}`, name: role, roles: [role] },
        at,
      )
      const session = await identity.openSession(tx, id, { proof: 'password' }, at)
      const csrfToken = csrfTokenOf({ keys: t.platform.keys }, session.id)
      return new TestClient(t.app, { address: freshAddress(), session: { token: session.token, csrfToken } })
    }
    return { organisationId, manager: await person('manager'), clerk: await person('clerk') }
  })
}

async function newSandbox(manager: TestClient): Promise<{ sandbox: SandboxView; key: TestClient; keyId: string; secret: string }> {
  const made = await manager.post('/api/sandbox', { keyName: 'ERP' })
  expect([made.status, made.json?.code]).toEqual([201, undefined])
  return {
    sandbox: made.json.sandbox,
    keyId: made.json.key.id,
    secret: made.json.key.secret,
    key: new TestClient(t.app, { address: freshAddress(), apiKey: made.json.key.secret }),
  }
}

const document = (events: object[]) => ({
  '@context': [CONTEXT],
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-06-15T10:00:00+08:00',
  epcisBody: { eventList: events },
})
const event = (more: object) => ({ eventTime: t.clock.now().toISOString(), eventTimeZoneOffset: '+08:00', ...more })
const capture = async (key: TestClient, events: object[]) => {
  const sent = await key.send('POST', '/epcis/capture', JSON.stringify(document(events)), LD)
  return sent.status === 202 ? (await key.get(new URL(sent.headers['location'] as string).pathname)).json : sent
}

describe('a sandbox', () => {
  it('is made with one call and holds goods to begin with', async () => {
    const { manager, organisationId } = await newImporter()
    expect((await manager.get('/api/sandbox')).json).toEqual({ sandbox: null, inside: false })
    const { sandbox, key } = await newSandbox(manager)
    expect(sandbox.organisationId).not.toBe(organisationId)
    expect((await manager.get('/api/sandbox')).json).toEqual({ sandbox, inside: false })
    expect((await key.get('/api/sandbox')).json).toEqual({ sandbox, inside: true })
    expect((await key.get('/api/products')).json).toMatchObject({ total: 1, items: [{ gtin: sandbox.example.gtin, completeness: 100 }] })
    expect((await key.get('/api/orders')).json).toMatchObject({ total: 1, items: [{ status: 'received' }] })
    expect((await key.get('/api/containers')).json).toMatchObject({ total: 1, items: [{ sscc: sandbox.example.carton }] })
    expect((await key.get('/api/dealers')).json.total).toBe(1)
    expect((await key.get('/api/quota/entries')).json.total).toBe(0)
    for (const sscc of [sandbox.example.carton, ...sandbox.example.freeSsccs]) expect(sscc.slice(1, 11)).toBe(sandbox.companyPrefix)
  })

  it('works as in earnest: activate, pack, ship and receive by EPCIS, query, subscribe, trace', async () => {
    const { manager } = await newImporter()
    const { sandbox, key } = await newSandbox(manager)
    const { example } = sandbox
    const [sscc] = example.freeSsccs
    const carton = `https://id.gs1.org/00/${sscc}`
    const labels = example.freshLabels.slice(0, 4)
    expect(
      (await key.send('POST', '/epcis/queries', JSON.stringify({ name: 'all', query: { EQ_bizStep: ['shipping'] } }), JSON_TYPE)).status,
    ).toBe(201)
    const subscribed = await key.send(
      'POST',
      '/epcis/queries/all/subscriptions',
      JSON.stringify({ dest: `http://${host}/hook`, stream: true, signatureToken: 'sixteen characters' }),
      JSON_TYPE,
    )
    expect(subscribed.status).toBe(201)
    const job = await capture(key, [
      event({
        type: 'ObjectEvent',
        action: 'ADD',
        bizStep: 'commissioning',
        epcList: labels,
        ilmd: { 'cbvmda:lotNumber': example.lotNumber },
      }),
      event({ type: 'AggregationEvent', action: 'ADD', bizStep: 'packing', parentID: carton, childEPCs: labels }),
      event({
        type: 'ObjectEvent',
        action: 'OBSERVE',
        bizStep: 'shipping',
        disposition: 'in_transit',
        epcList: [carton],
        destinationList: [{ type: 'possessing_party', destination: `urn:uuid:${example.dealerId}` }],
        bizTransactionList: [{ type: 'desadv', bizTransaction: 'urn:sandbox:desadv:1' }],
      }),
      event({ type: 'ObjectEvent', action: 'OBSERVE', bizStep: 'receiving', epcList: [carton] }),
    ])
    expect(job).toMatchObject({ success: true, running: false, events: 4 })
    const shipments = (await key.get('/api/shipments')).json
    expect(shipments.total).toBe(1)
    const trace = await key.get(`/api/trace/backward?code=${encodeURIComponent(labels[0]!)}`)
    expect([trace.status, JSON.stringify(trace.json).includes(sscc!)]).toEqual([200, true])
    received = []
    answerStatus = 200
    const { untilReadable } = await import('../support/database.ts')
    await untilReadable(t.platform.db)
    await t.platform.jobs.runSchedules()
    expect(received).toHaveLength(1)
    const ordered = await key.post('/api/orders', {
      lotId: example.lotId,
      quantity: 20,
      printerId: (await key.get('/api/printers')).json.items[0].id,
      rollSize: 20,
    })
    expect([ordered.status, ordered.json.status, ordered.json.feeFen, ordered.json.subsidyFen]).toEqual([201, 'received', 0, 0])
    await t.drain()
    expect(await t.modules.fsck(t.platform.db)).toEqual([])
  })

  it('is its own people’s: they step in and out, and inside nobody changes people or speaks to the public', async () => {
    const { manager, clerk } = await newImporter()
    expect((await clerk.send('PUT', '/api/session/sandbox', { inside: true })).json.code).toBe('NO_SANDBOX')
    const { sandbox } = await newSandbox(manager)
    expect((await clerk.send('PUT', '/api/session/sandbox', { inside: true })).status).toBe(204)
    const session = (await clerk.get('/api/session')).json
    expect(session.organisation).toMatchObject({ id: sandbox.organisationId, sandbox: true })
    expect(session.permissions).not.toContain('links.write')
    expect((await clerk.get('/api/products')).json.total).toBe(1)
    expect((await clerk.get('/api/sandbox')).json.inside).toBe(true)
    expect((await manager.get('/api/products')).json.total).toBe(0)
    expect((await manager.send('PUT', '/api/session/sandbox', { inside: true })).status).toBe(204)
    for (const [method, path] of [
      ['GET', '/api/people'],
      ['PATCH', `/api/organisations/${sandbox.organisationId}`],
    ] as const)
      expect([path, (await manager.send(method, path, {})).json.code]).toEqual([path, 'FORBIDDEN'])
    const made = await manager.post('/api/api-keys', { name: 'WMS', scopes: ['goods.read'] })
    expect(made.status).toBe(201)
    expect((await manager.post('/api/api-keys', { name: 'x', scopes: ['links.write'] })).json.code).toBe('API_KEY_SCOPE')
    expect((await manager.send('PUT', '/api/session/sandbox', { inside: false })).status).toBe(204)
    expect((await manager.get('/api/session')).json.organisation.sandbox).toBe(false)
    expect((await manager.get('/api/api-keys')).json.total).toBe(0)
  })

  it('is replaced by a new one at once: old keys end, whoever is inside goes on in the new one', async () => {
    const { manager, clerk } = await newImporter()
    const first = await newSandbox(manager)
    await clerk.send('PUT', '/api/session/sandbox', { inside: true })
    await first.key.send(
      'POST',
      '/epcis/events',
      JSON.stringify({
        '@context': [CONTEXT],
        ...event({ type: 'ObjectEvent', action: 'OBSERVE', epcList: ['urn:epc:id:sgtin:4012345.011111.1'] }),
      }),
      LD,
    )
    // a key of the sandbox may begin anew too
    const again = await first.key.post('/api/sandbox', {})
    expect(again.status).toBe(201)
    expect((await first.key.get('/api/sandbox')).json.code).toBe('API_KEY_INVALID')
    expect((await clerk.get('/api/session')).json.organisation.id).toBe(again.json.sandbox.organisationId)
    const key = new TestClient(t.app, { apiKey: again.json.key.secret, address: freshAddress() })
    expect((await key.get('/api/containers')).json.total).toBe(1)
    expect((await manager.get('/api/sandbox')).json.sandbox).toEqual(again.json.sandbox)
  })

  it('is not made all day long, and not by others than importers', async () => {
    const { manager, clerk } = await newImporter()
    expect((await clerk.post('/api/sandbox', {})).json.code).toBe('FORBIDDEN')
    const operator = (await world.newPerson('operator')).client
    expect((await operator.post('/api/sandbox', {})).json.code).toBe('SANDBOX_IMPORTERS_ONLY')
    const { json } = await manager.get('/api/session')
    await t.platform.db.transaction(async (tx) => {
      for (let i = 0; i < 20; i++) {
        const id = `ffffffff-0f00-8${String(i).padStart(2, '0')}0-8000-${json.organisation.id.slice(-12)}`
        await tx.execute(
          sql`insert into sandbox (parent_id, organisation_id, made_at, ended_at) values (${json.organisation.id}, ${id}, ${t.clock.now().toISOString()}, ${t.clock.now().toISOString()})`,
        )
      }
    })
    expect((await manager.post('/api/sandbox', {})).json.code).toBe('SANDBOX_TOO_OFTEN')
  })
})

describe('the walls of a sandbox', () => {
  it('keep it out of every list and figure of supervisors', async () => {
    const supervisors = [(await world.newPerson('officer')).client, (await world.newPerson('operator')).client]
    const figures = async (client: TestClient) => {
      const told: Record<string, unknown> = {}
      for (const route of t.modules.routes) {
        if (route.method !== 'GET' || route.hidden || route.url.includes(':') || route.url.includes('*')) continue
        if (!/^\/(api|epcis)/.test(route.url) || /session|audit$|openapi|healthz|metrics/.test(route.url)) continue
        const answer = await client.get(route.url)
        // a workbook carries the time at which it was written, and a query document its creationDate
        if (answer.json === undefined) continue
        told[route.url] = [answer.status, answer.text.replace(/"creationDate":"[^"]*"/, '')]
      }
      return told
    }
    const before = await Promise.all(supervisors.map(figures))
    const { manager } = await newImporter()
    // a new enterprise is news to them; its sandbox is not
    const beside = await Promise.all(supervisors.map(figures))
    expect(Object.keys(beside[0]!).filter((url) => JSON.stringify(before[0]![url]) !== JSON.stringify(beside[0]![url]))).toEqual([
      '/api/organisations',
    ])
    const acts = async () => (await supervisors[1]!.get('/api/audit?limit=1')).json.total as number
    const actsBefore = await acts()
    const { sandbox, key } = await newSandbox(manager)
    await capture(key, [
      event({ type: 'ObjectEvent', action: 'OBSERVE', bizStep: 'inspecting', epcList: [sandbox.example.activeLabels[0]] }),
    ])
    await new TestClient(t.app, { address: freshAddress() }).get(new URL(sandbox.example.activeLabels[1]!).pathname)
    await t.drain()
    const after = await Promise.all(supervisors.map(figures))
    for (const i of [0, 1]) for (const url of Object.keys(after[i]!)) expect([url, after[i]![url]]).toEqual([url, beside[i]![url]])

    // nor is it found by its ids
    const { example } = sandbox
    for (const client of supervisors) {
      for (const path of [
        `/api/organisations/${sandbox.organisationId}`,
        `/api/products/${example.productId}`,
        `/api/consignments/${example.consignmentId}`,
        `/api/orders/${example.orderId}`,
        `/api/trace/backward?code=${encodeURIComponent(example.activeLabels[0]!)}`,
      ])
        expect([path, (await client.get(path)).status]).toEqual([path, 404])
    }
    // that the enterprise made it is in the trail, what was done inside is not
    expect(await acts()).toBe(actsBefore + 1)
    const duty = (await world.newPerson('duty-officer')).client
    for (const act of [{ lotId: example.lotId }, { choice: { items: [example.activeLabels[0]] } }])
      expect((await duty.post('/api/holds/freeze', { ...act, reason: 'x' })).status).toBe(404)
  })

  it('let a scan of its labels claim nothing, in JSON and on the page', async () => {
    const { manager } = await newImporter()
    const { sandbox } = await newSandbox(manager)
    const anybody = new TestClient(t.app, { address: freshAddress() })
    for (const uri of [sandbox.example.activeLabels[0]!, sandbox.example.freshLabels[0]!]) {
      const path = new URL(uri).pathname
      const { json, status } = await anybody.get(path)
      expect(status).toBe(200)
      expect(json).toMatchObject({
        verdict: 'test',
        sandbox: true,
        product: null,
        lot: null,
        importer: null,
        reasons: [{ code: 'TEST_LABEL' }],
      })
      for (const view of ['', '?view=route', '?view=voucher']) {
        const page = (await anybody.send('GET', path + view, undefined, { accept: 'text/html' })).text
        expect(page).toContain('测试标签')
        expect(page).not.toMatch(/已登记|Sandbox Example|沙盒示例/)
      }
    }
    expect((await anybody.get(new URL(sandbox.example.activeLabels[0]!).pathname)).json.trial.verdict).toBe('registered')
    expect((await anybody.get(new URL(sandbox.example.freshLabels[0]!).pathname)).json.trial.verdict).toBe('inactive')
    // its product has no page and no links
    expect((await anybody.get(`/01/${sandbox.example.gtin}`)).status).toBe(404)
    expect((await anybody.get(`/product/${sandbox.example.gtin}`)).status).toBe(404)
    expect((await anybody.get(`/01/${sandbox.example.gtin}?linkType=linkset`)).status).toBe(404)
  })

  it('never let its goods and real ones meet', async () => {
    const one = await newImporter()
    const a = await newSandbox(one.manager)
    const b = await newSandbox((await newImporter()).manager)
    const { example } = a.sandbox
    const pack = (key: TestClient, items: string[], sscc: string) => key.post('/api/goods/pack', { choice: { items }, sscc })
    const real = '095212340000000011'.slice(0, 17)
    const { checkDigit } = await import('../../src/kernel/gs1/check-digit.ts')
    const realSscc = real + checkDigit(real)
    expect((await pack(a.key, [example.activeLabels[0]!], realSscc)).json.code).toBe('SSCC_NOT_OF_SANDBOX')
    expect((await pack(a.key, [example.activeLabels[0]!], b.sandbox.example.freeSsccs[0]!)).json.code).toBe('SSCC_NOT_OF_SANDBOX')
    // goods of another world are goods that do not exist
    expect((await pack(b.key, [example.activeLabels[0]!], b.sandbox.example.freeSsccs[0]!)).status).toBe(404)
    expect((await one.manager.post('/api/goods/pack', { choice: { items: [example.activeLabels[0]!] } })).status).toBe(404)
    expect((await one.manager.post('/api/goods/unpack', { sscc: example.carton, take: 'all' })).status).toBeGreaterThanOrEqual(400)

    const dealerOrganisationId = world.organisations.dealer.own
    const dealer = { name: '真经销商', provinces: ['浙江'], dealerOrganisationId }
    expect((await a.key.post('/api/dealers', dealer)).json.code).toBe('DEALER_UNKNOWN')
    const product = (await a.key.get(`/api/products/${example.productId}`)).json
    const { id: _id, ...facts } = product
    const branded = await a.key.post('/api/products', {
      ...pickProduct(facts),
      gtin: '09521234543213',
      brandOrganisationId: world.organisations.brand.own,
    })
    expect(branded.json.code).toBe('BRAND_ORGANISATION_UNKNOWN')
    expect((await a.key.get('/api/printers')).json.items.map((p: { id: string }) => p.id)).toEqual([example.printerId])
    expect((await a.key.get('/api/brands')).json.items).toEqual([])
    const order = { lotId: example.lotId, quantity: 10, printerId: world.organisations.printer.own, rollSize: 10 }
    expect((await a.key.post('/api/orders', order)).json.code).toBe('PRINTER_UNKNOWN')
    expect((await one.manager.get('/api/printers')).json.items.map((p: { id: string }) => p.id)).not.toContain(example.printerId)
    const operator = (await world.newPerson('operator')).client
    const grant = {
      organisationId: a.sandbox.organisationId,
      payer: 'government',
      labels: 100,
      validFrom: '2026-06-01',
      validTo: '2027-05-31',
    }
    expect((await operator.post('/api/quota/grants', grant)).status).toBe(404)
  })
})

const pickProduct = ({ nameZh, brand, spec, category, origin }: Record<string, unknown>) => ({ nameZh, brand, spec, category, origin })

describe('the last calls of a key', () => {
  it('tell what was asked, what was wrong with it and what to do', async () => {
    const { manager } = await newImporter()
    const { key, keyId } = await newSandbox(manager)
    await manager.send('PUT', '/api/session/sandbox', { inside: true })
    await key.get('/api/products?q=secret-words')
    await key.post('/api/dealers', { name: '' })
    await key.send('POST', '/epcis/capture', '{"type":"EPCISDocument"}', LD)
    await key.get('/epcis/events?EQ_nothing=1')
    await key.get('/api/nowhere')
    const { json } = await manager.get(`/api/api-keys/${keyId}/calls`)
    expect(
      json.items.map((c: { method: string; path: string; status: number; code: string }) => [c.method, c.path, c.status, c.code]),
    ).toEqual(
      expect.arrayContaining([
        ['GET', '/api/products', 200, ''],
        ['POST', '/api/dealers', 400, 'VALIDATION'],
        ['POST', '/epcis/capture', 400, 'DOCUMENT_INVALID'],
        ['GET', '/epcis/events', 400, 'PARAMETER_INVALID'],
        ['GET', '/api/nowhere', 404, 'NO_ROUTE'],
      ]),
    )
    expect(JSON.stringify(json)).not.toContain('secret-words')
    const failed = (await manager.get(`/api/api-keys/${keyId}/calls?f.failed=is:true`)).json.items
    expect(failed.length).toBe(4)
    const dealers = failed.find((c: { path: string }) => c.path === '/api/dealers')
    const opened = (await manager.get(`/api/api-keys/${keyId}/calls/${dealers.id}?lang=en`)).json
    expect(opened).toMatchObject({
      route: 'dealers.add',
      status: 400,
      code: 'VALIDATION',
      errors: expect.arrayContaining([expect.objectContaining({ pointer: '/name' })]),
    })
    expect(opened.detail).not.toBe('')
    expect(opened.advice).toContain('orrect the')
    const sheet = await manager.get(`/api/api-keys/${keyId}/calls?format=csv&f.failed=is:true`)
    expect([sheet.status, sheet.text.split('\n').filter((l) => l !== '').length]).toEqual([200, 5])
    expect((await manager.get(`/api/api-keys/${keyId}`)).json).toMatchObject({ name: 'ERP', revokedAt: null })
  })

  it('hold a call from an address that the key does not allow', async () => {
    const { manager } = await newImporter()
    const made = await manager.post('/api/api-keys', { name: 'WMS', scopes: ['goods.read'], allowedAddresses: ['203.0.113.7'] })
    await new TestClient(t.app, { address: '203.0.113.8', apiKey: made.json.secret }).get('/api/containers')
    const { json } = await manager.get(`/api/api-keys/${made.json.id}/calls`)
    expect(json.items).toMatchObject([{ status: 403, code: 'API_KEY_ADDRESS' }])
  })

  it('are about a thousand, and of thirty days', async () => {
    const { manager } = await newImporter()
    const made = await manager.post('/api/api-keys', { name: 'WMS', scopes: ['goods.read'] })
    const { calls } = t.modules.identity
    const call = {
      apiKeyId: made.json.id,
      method: 'GET',
      route: 'x',
      path: '/x\0',
      status: 200,
      durationMs: 1,
      requestBytes: 0,
      responseBytes: 0,
      error: undefined,
    }
    for (let i = 0; i < 1500; i++) calls.note({ ...call, at: new Date(t.clock.now().getTime() + i), requestId: crypto.randomUUID() })
    await calls.flush()
    const total = async () => (await manager.get(`/api/api-keys/${made.json.id}/calls`)).json.total as number
    expect(await total()).toBe(1000)
    const { forgetOldCalls } = await import('../../src/modules/identity/call-log.ts')
    await forgetOldCalls(t.platform.db, new Date(t.clock.now().getTime() + 31 * 86_400_000))
    expect(await total()).toBe(0)
  })
})

describe('the webhook tester', () => {
  const test = async (client: TestClient, body: object) => (await client.post('/api/webhook-tests', body)).json

  it('sends a signed document that is valid and tells how it was answered', async () => {
    const { manager } = await newImporter()
    received = []
    answerStatus = 200
    const signatureToken = 'a token of sixteen or more'
    const answer = await test(manager, { dest: `http://${host}/in`, signatureToken })
    expect(answer).toMatchObject({ ok: true, status: 200, fault: '' })
    expect(answer.head.length).toBeLessThanOrEqual(500)
    expect(answer.head).toMatch(/^said 200�/)
    const [got] = received
    expect(got!.signature).toBe(`sha256=${createHmac('sha256', signatureToken).update(got!.body).digest('hex')}`)
    expect(answer.request.body).toBe(got!.body)
    expect(judgeJson(JSON.parse(got!.body)).verdict.faults).toEqual([])
  })

  it.each([
    [500, /500/],
    [302, /302/],
    [204, /204/],
    [413, /413/],
    [401, /HMAC/],
  ])('says what an answer of %d means', async (status, words) => {
    const { manager } = await newImporter()
    answerStatus = status
    const answer = await test(manager, { dest: `http://${host}/in` })
    expect([answer.ok, answer.status]).toEqual([false, status])
    expect(answer.says).toMatch(words)
    expect(answer.request.headers['GS1-Signature']).toBeUndefined()
  })

  it.each([
    ['http://169.254.169.254/latest', 'bad-url'],
    ['http://127.0.0.1:1/', 'bad-url'],
    ['http://[::1]/', 'bad-url'],
    ['http://2130706433/', 'bad-url'],
    ['ftp://example.com/', 'bad-url'],
    ['http://user:pass@example.com/', 'bad-url'],
    ['javascript:alert(1)', 'bad-url'],
    ['http://localhost/', 'inside'],
    ['http://nothing.invalid/', 'no-address'],
  ])('does not call %s', async (dest, fault) => {
    const { manager } = await newImporter()
    expect(await test(manager, { dest })).toMatchObject({ ok: false, status: null, fault })
  })

  it('is not a hammer', async () => {
    const { clerk } = await newImporter()
    const statuses: number[] = []
    for (let i = 0; i < 25; i++) statuses.push((await clerk.post('/api/webhook-tests', { dest: 'x' })).status)
    expect(statuses).toContain(429)
  })
})
