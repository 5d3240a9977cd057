import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventHash } from '../../src/kernel/epcis/event-hash.ts'
import { convertJson } from '../../src/kernel/epcis/read-json.ts'
import { validateDocument } from '../../src/kernel/epcis/validate.ts'
import { convertXml } from '../../src/kernel/epcis/xml/read.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { TestClient } from '../support/client.ts'
import { labelsOf } from '../support/goods.ts'
import { openWorld, type World } from '../support/world.ts'

const jsonHeaders = { 'content-type': 'application/ld+json' }

const withoutRecordTime = (event: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'recordTime'))

describe('the EPCIS interface', () => {
  let t: TestApp
  let world: World
  let client: TestClient
  beforeAll(async () => {
    t = await openTestApp()
    world = await openWorld(t)
    client = (await world.newPerson('clerk')).client
  })
  afterAll(() => t.close())

  const get = (url: string, headers: Record<string, string> = {}) => client.send('GET', url, undefined, headers)
  const capture = (body: unknown, headers: Record<string, string> = {}) =>
    client.send('POST', '/epcis/capture', typeof body === 'string' ? body : JSON.stringify(body), { ...jsonHeaders, ...headers })
  const jobOf = async (location: unknown) => (await get(new URL(String(location)).pathname)).json

  const stranger = () => world.newEnterprise()

  it('changes goods by a standard event as a screen does', async () => {
    const labels = await labelsOf(
      t,
      { importer: world.organisations.importer.own, printer: world.organisations.printer.own },
      { quantity: 10, rollSize: 10 },
    )
    await t.platform.db.transaction((tx) =>
      t.modules.events.activate(
        tx,
        {
          lotId: labels.lotId,
          choice: { rolls: [], stretches: [{ first: labels.uri(0), last: labels.uri(9) }], items: [], containers: [] },
        },
        { actor: labels.clerk, at: t.clock.now() },
      ),
    )
    const event = {
      '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
      type: 'EPCISDocument',
      schemaVersion: '2.0',
      creationDate: '2026-06-15T02:00:00Z',
      epcisBody: {
        eventList: [
          {
            type: 'AggregationEvent',
            eventID: 'urn:uuid:0197a000-0000-7000-8000-00000000abcd',
            eventTime: '2026-06-15T01:59:00Z',
            eventTimeZoneOffset: '+08:00',
            action: 'ADD',
            bizStep: 'packing',
            parentID: 'urn:epc:id:sscc:9521234.0000000009',
            childEPCs: [labels.uri(0), labels.uri(1)],
          },
        ],
      },
    }
    const answer = await capture(event)
    expect(answer.status).toBe(202)
    expect(await jobOf(answer.headers['location'])).toMatchObject({ running: false, success: true, events: 1, errors: [] })
    const item = await client.get(`/api/goods?code=${encodeURIComponent(labels.uri(0))}`)
    expect([item.status, item.text.includes('packed') || item.text.includes('装箱')]).toEqual([200, true])
    const again = await jobOf((await capture(event)).headers['location'])
    expect(again).toMatchObject({
      success: false,
      events: 0,
      errors: [{ status: 409, type: 'epcisException:ResourceAlreadyExistsException' }],
    })
    expect(await t.modules.fsck(t.platform.db)).toEqual([])
    const back = await get('/epcis/events/urn:uuid:0197a000-0000-7000-8000-00000000abcd', { 'GS1-EPC-Format': 'Never_Translates' })
    expect(withoutRecordTime(back.json.epcisBody.queryResults.resultsBody.eventList[0])).toEqual(event.epcisBody.eventList[0])
  })

  const object = (event: Record<string, unknown>) => ({
    type: 'ObjectEvent',
    eventTime: '2026-06-14T10:00:00.000+08:00',
    eventTimeZoneOffset: '+08:00',
    action: 'OBSERVE',
    bizStep: 'inspecting',
    epcList: ['urn:epc:id:sgtin:4012345.011111.1'],
    ...event,
  })
  const document = (...events: Record<string, unknown>[]) => ({
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld', { example: 'https://ns.example.com/epcis/' }],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-06-14T11:00:00Z',
    epcisBody: { eventList: events },
  })
  const eventsIn = (answer: { json: any }) => answer.json.epcisBody.queryResults.resultsBody.eventList as Record<string, unknown>[]

  it('captures XML, and tells one event in XML and in JSON with the same meaning', async () => {
    const { client } = await stranger()
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
      <epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:example="https://ns.example.com/epcis/" schemaVersion="2.0" creationDate="2026-06-14T11:00:00Z">
        <EPCISBody><EventList><ObjectEvent>
          <eventTime>2026-06-14T10:00:00.000+08:00</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
          <epcList><epc>urn:epc:id:sgtin:4012345.011111.1</epc></epcList><action>OBSERVE</action>
          <bizStep>urn:epcglobal:cbv:bizstep:inspecting</bizStep><example:grade>A</example:grade>
        </ObjectEvent></EventList></EPCISBody>
      </epcis:EPCISDocument>`
    expect((await client.send('POST', '/epcis/capture', xml, { 'content-type': 'application/xml' })).status).toBe(202)
    const json = await client.send('GET', '/epcis/events?EQ_example:grade=A', undefined, { 'GS1-EPC-Format': 'Never_Translates' })
    expect(eventsIn(json)).toMatchObject([object({ 'example:grade': 'A' })])
    const back = await client.send('GET', '/epcis/events', undefined, { accept: 'application/xml', 'GS1-EPC-Format': 'Never_Translates' })
    expect(back.headers['content-type']).toContain('application/xml')
    expect(eventHash(convertXml(back.text).events[0]!)).toBe(eventHash(convertXml(xml).events[0]!))
    expect(eventHash(convertJson(json.json).events[0]!)).toBe(eventHash(convertXml(xml).events[0]!))
  })

  it('finds an identifier in whichever spelling it was captured and is asked', async () => {
    const { client } = await stranger()
    const spellings = [
      'urn:epc:id:sgtin:4012345.011111.1',
      'https://id.gs1.org/01/04012345111118/21/1',
      'https://brand.example/some/path/01/04012345111118/21/1',
    ]
    expect(
      (
        await client.send(
          'POST',
          '/epcis/capture',
          JSON.stringify(document(...spellings.map((epc) => object({ epcList: [epc] })))),
          jsonHeaders,
        )
      ).status,
    ).toBe(202)
    for (const spelling of [...spellings, 'urn:epc:idpat:sgtin:4012345.011111.*']) {
      expect(eventsIn(await client.get(`/epcis/events?MATCH_epc=${encodeURIComponent(spelling)}`))).toHaveLength(3)
      expect(eventsIn(await client.get(`/epcis/epcs/${encodeURIComponent(spelling)}/events`))).toHaveLength(3)
    }
    const told = eventsIn(await client.get('/epcis/events')).map((e) => e['epcList'])
    expect(told).toEqual([[spellings[1]], [spellings[1]], [spellings[2]]])
    const unknown = await client.send('GET', '/epcis/events', undefined, { 'GS1-EPC-Format': 'Always_EPC_URN' })
    expect([unknown.status, unknown.json.type]).toEqual([406, 'epcisException:NotAcceptableException'])
  })

  it('pages through events in a stable order, whatever is captured meanwhile, and tokens end', async () => {
    const { client } = await stranger()
    const add = (n: number) =>
      client.send(
        'POST',
        '/epcis/events',
        JSON.stringify({ '@context': document()['@context'], ...object({ eventID: `urn:uuid:0197a000-0000-7000-8000-0000000000${n}` }) }),
        jsonHeaders,
      )
    for (let n = 10; n < 17; n++) expect((await add(n)).status).toBe(201)
    const ids: unknown[] = []
    let next: string | undefined = '/epcis/events?perPage=3'
    let pages = 0
    while (next !== undefined) {
      const answer = await client.get(next)
      ids.push(...eventsIn(answer).map((e) => e['eventID']))
      if (pages++ === 0) expect((await add(20)).status).toBe(201)
      const link = /<([^>]+)>; rel="next"/.exec(String(answer.headers['link'] ?? ''))?.[1]
      next = link === undefined ? undefined : new URL(link).pathname + new URL(link).search
    }
    expect([pages, ids]).toEqual([3, [10, 11, 12, 13, 14, 15, 16, 20].map((n) => `urn:uuid:0197a000-0000-7000-8000-0000000000${n}`)])

    const first = await client.get('/epcis/events?perPage=1')
    const link = new URL(/<([^>]+)>/.exec(String(first.headers['link']))![1]!)
    const other = await client.get(
      `/epcis/events?perPage=1&EQ_action=ADD&nextPageToken=${encodeURIComponent(link.searchParams.get('nextPageToken')!)}`,
    )
    expect([other.status, other.json.type]).toEqual([400, 'epcisException:QueryParameterException'])
    expect(
      (await client.send('DELETE', `/epcis/nextPageToken/${encodeURIComponent(link.searchParams.get('nextPageToken')!)}`)).status,
    ).toBe(204)
    expect((await client.get(link.pathname + link.search)).status).toBe(400)
    t.clock.advance(61 * 60_000)
    const late = new URL(/<([^>]+)>/.exec(String((await client.get('/epcis/events?perPage=1')).headers['link']))![1]!)
    t.clock.advance(61 * 60_000)
    expect((await client.get(late.pathname + late.search)).status).toBe(400)
  })

  it('rolls a document back whole, or keeps what of it is right', async () => {
    const { client } = await stranger()
    const send = (behaviour: string, ...events: Record<string, unknown>[]) =>
      client.send('POST', '/epcis/capture', JSON.stringify(document(...events)), {
        ...jsonHeaders,
        'GS1-Capture-Error-Behaviour': behaviour,
      })
    const id = (n: number) => `urn:uuid:0197a000-0000-7000-8000-00000000000${n}`
    const job = async (answer: { headers: Record<string, unknown> }) =>
      (await client.get(new URL(String(answer.headers['location'])).pathname)).json
    const wrong = object({ eventID: id(2), action: 'SEEN' })
    const refused = await send('rollback', object({ eventID: id(1) }), wrong)
    expect([refused.status, refused.json.type, refused.json.errors[0].pointer]).toEqual([
      400,
      'epcisException:ValidationException',
      '/epcisBody/eventList/1/action',
    ])
    expect(await job(await send('proceed', object({ eventID: id(1) }), wrong, object({ eventID: id(3) })))).toMatchObject({
      running: false,
      success: false,
      captureErrorBehaviour: 'proceed',
      events: 2,
      errors: [{ event: 1, type: 'epcisException:ValidationException' }],
    })
    expect(await job(await send('rollback', object({ eventID: id(4) }), object({ eventID: id(1) })))).toMatchObject({
      success: false,
      events: 0,
      errors: [{ event: 1, status: 409 }],
    })
    expect(eventsIn(await client.get('/epcis/events')).map((e) => e['eventID'])).toEqual([id(1), id(3)])
    // an error declaration is a replay of the same id
    const declared = object({ eventID: id(1), errorDeclaration: { declarationTime: '2026-06-14T12:00:00Z', reason: 'did_not_occur' } })
    expect(await job(await send('rollback', declared))).toMatchObject({ success: true, events: 1 })
    expect(eventsIn(await client.get(`/epcis/events/${id(1)}`))).toHaveLength(2)
    expect((await client.get('/epcis/capture')).json).toHaveLength(3)
  })

  it('keeps the events of enterprises apart, in queries, by id and in collections', async () => {
    const [a, b] = [await stranger(), await stranger()]
    const id = 'urn:uuid:0197a000-0000-7000-8000-0000000000aa'
    const sent = await a.client.send(
      'POST',
      '/epcis/capture',
      JSON.stringify(document(object({ eventID: id, readPoint: { id: 'urn:epc:id:sgln:4012345.00001.0' } }))),
      jsonHeaders,
    )
    const job = new URL(String(sent.headers['location'])).pathname
    for (const url of [
      '/epcis/events',
      '/epcis/events?MATCH_anyEPC=urn:epc:id:sgtin:4012345.011111.1',
      '/epcis/eventTypes/ObjectEvent/events',
    ])
      expect(eventsIn(await b.client.get(url))).toEqual([])
    expect([
      (await b.client.get(`/epcis/events/${id}`)).status,
      (await b.client.get(job)).status,
      (await b.client.get(job)).json.type,
    ]).toEqual([404, 404, 'epcisException:NoSuchResourceException'])
    for (const url of ['/epcis/readPoints', '/epcis/epcs']) expect((await b.client.get(url)).json.member).toEqual([])
    // an id of another enterprise is not taken
    expect((await b.client.send('POST', '/epcis/capture', JSON.stringify(document(object({ eventID: id }))), jsonHeaders)).status).toBe(202)
    expect(eventsIn(await b.client.get(`/epcis/events/${id}`))).toHaveLength(1)
    const nobody = await new TestClient(t.app).get('/epcis/events')
    expect([nobody.status, nobody.json.type]).toEqual([401, 'epcisException:SecurityException'])
  })

  it('tells a range of labels as a standard client wants it, page by page', async () => {
    const labels = await labelsOf(
      t,
      { importer: world.organisations.importer.own, printer: world.organisations.printer.own },
      { quantity: 2500, rollSize: 2500 },
    )
    await t.platform.db.transaction((tx) =>
      t.modules.events.activate(
        tx,
        {
          lotId: labels.lotId,
          choice: { rolls: [{ batchId: labels.batch.id, from: 1, to: 1 }], stretches: [], items: [], containers: [] },
        },
        { actor: labels.clerk, at: t.clock.now() },
      ),
    )
    const { client } = await world.newPerson('warehouse')
    const epcs: string[] = []
    let next: string | undefined = `/epcis/events?MATCH_epc=${encodeURIComponent(labels.uri(2499))}`
    let pages = 0
    while (next !== undefined) {
      const answer = await client.get(next)
      for (const event of eventsIn(answer)) epcs.push(...(event['epcList'] as string[]))
      pages++
      const link = /<([^>]+)>; rel="next"/.exec(String(answer.headers['link'] ?? ''))?.[1]
      next = link === undefined ? undefined : new URL(link).pathname + new URL(link).search
    }
    expect([pages, epcs.length, epcs[0], epcs[2499]]).toEqual([3, 2500, labels.uri(0), labels.uri(2499)])
    expect(validateDocument((await client.get(`/epcis/events?MATCH_epc=${encodeURIComponent(labels.uri(0))}`)).json).faults).toEqual([])
  })

  it('names queries, answers them, and lets them go', async () => {
    const { client } = await stranger()
    await client.send('POST', '/epcis/capture', JSON.stringify(document(object({}), object({ bizStep: 'receiving' }))), jsonHeaders)
    const body = JSON.stringify({ name: 'receipts', query: { eventType: ['ObjectEvent'], EQ_bizStep: ['receiving'] } })
    const added = await client.send('POST', '/epcis/queries', body, { 'content-type': 'application/json' })
    expect([added.status, String(added.headers['location']).endsWith('/epcis/queries/receipts')]).toEqual([201, true])
    const twice = await client.send('POST', '/epcis/queries', body, { 'content-type': 'application/json' })
    expect([twice.status, twice.json.type]).toEqual([409, 'epcisException:ResourceAlreadyExistsException'])
    expect(eventsIn(await client.get('/epcis/queries/receipts/events'))).toHaveLength(1)
    expect((await client.send('DELETE', '/epcis/queries/receipts')).status).toBe(204)
    const gone = await client.get('/epcis/queries/receipts/events')
    expect([gone.status, gone.json.type]).toEqual([404, 'epcisException:NoSuchNameException'])
  })

  it.each([
    ['a parameter that nobody knows', 'GET', '/epcis/events?EQ_colour=red', {}, 400, 'QueryParameterException'],
    ['a limit without an order', 'GET', '/epcis/events?eventCountLimit=3', {}, 400, 'QueryParameterException'],
    ['a media type that nobody speaks', 'GET', '/epcis/events', { accept: 'image/png' }, 406, 'NotAcceptableException'],
    ['a version of another age', 'GET', '/epcis/events', { 'GS1-EPCIS-Version': '3.0' }, 406, 'NotAcceptableException'],
    [
      'an event that is not there',
      'GET',
      '/epcis/events/urn:uuid:0197a000-0000-7000-8000-00000000ffff',
      {},
      404,
      'NoSuchResourceException',
    ],
    [
      'a document in a format that is none',
      'POST',
      '/epcis/capture',
      { 'content-type': 'text/plain' },
      415,
      'UnsupportedMediaTypeException',
    ],
    ['a document that is none', 'POST', '/epcis/capture', { 'content-type': 'application/json' }, 400, 'ValidationException'],
  ] as const)('refuses %s as the standard says', async (_, method, url, headers, status, exception) => {
    const { client } = await stranger()
    const answer = await client.send(method, url, method === 'POST' ? 'hello' : undefined, headers)
    expect([answer.status, answer.json.type]).toEqual([status, `epcisException:${exception}`])
  })

  it('refuses a document of a hundred megabytes, a deep one and one that names a remote context, and keeps nothing of them', async () => {
    const { client } = await stranger()
    const send = (text: string) => client.send('POST', '/epcis/capture', text, jsonHeaders)
    const huge = await send(`{"type":"${'x'.repeat(9 * 1024 * 1024)}"}`)
    expect([huge.status, huge.json.type]).toEqual([413, 'epcisException:CaptureLimitExceededException'])
    expect((await send(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).status).toBe(400)
    expect((await send(JSON.stringify({ ...document(object({})), '@context': ['https://evil.example/context.jsonld'] }))).status).toBe(400)
    expect((await send(`{"__proto__":{},${JSON.stringify(document(object({}))).slice(1)}`)).status).toBe(400)
    expect(eventsIn(await client.get('/epcis/events'))).toEqual([])
  })

  it('tells by OPTIONS what each path allows and what it speaks', async () => {
    const answer = await new TestClient(t.app).send('OPTIONS', '/epcis/capture')
    expect([
      answer.status,
      answer.headers['allow'],
      answer.headers['gs1-epcis-version'],
      answer.headers['gs1-capture-error-behaviour'],
    ]).toEqual([204, 'POST, GET, HEAD, OPTIONS', '2.0.0', 'all'])
  })
})
