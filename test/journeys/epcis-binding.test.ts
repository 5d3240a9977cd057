import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { XmlParser } from '../../src/kernel/epcis/xml/parser.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { type Answer, TestClient } from '../support/client.ts'
import { labelsOf } from '../support/goods.ts'
import { openWorld, type World } from '../support/world.ts'

const CONTEXT = ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld']
const event = (n: number, more: object = {}) => ({
  type: 'ObjectEvent',
  eventID: `urn:uuid:0197a000-0000-7000-8000-${String(n).padStart(12, '0')}`,
  eventTime: '2026-06-14T10:00:00+08:00',
  eventTimeZoneOffset: '+08:00',
  action: 'OBSERVE',
  bizStep: 'shipping',
  epcList: [`urn:epc:id:sgtin:4012345.011111.${n}`],
  ...more,
})
const document = (...events: object[]) => ({
  '@context': CONTEXT,
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-06-14T10:00:00Z',
  epcisBody: { eventList: events },
})
const JSON_BODY = { 'content-type': 'application/json' }

/** Every path of the interface with an instance of its parameters, its methods and what each takes of XML. */
const PATHS: readonly (readonly [string, string])[] = [
  ['/epcis/', 'GET'],
  ['/epcis/capture', 'POST GET'],
  ['/epcis/capture/0197a000-0000-7000-8000-000000000001', 'GET'],
  ['/epcis/events', 'GET POST'],
  ['/epcis/events/urn:uuid:0197a000-0000-7000-8000-000000000001', 'GET'],
  ['/epcis/eventTypes', 'GET'],
  ['/epcis/eventTypes/ObjectEvent', 'GET'],
  ['/epcis/eventTypes/ObjectEvent/events', 'GET'],
  ['/epcis/epcs', 'GET'],
  ['/epcis/epcs/urn:epc:id:sgtin:4012345.011111.1', 'GET'],
  ['/epcis/epcs/urn:epc:id:sgtin:4012345.011111.1/events', 'GET'],
  ['/epcis/bizSteps', 'GET'],
  ['/epcis/bizSteps/shipping', 'GET'],
  ['/epcis/bizSteps/shipping/events', 'GET'],
  ['/epcis/bizLocations', 'GET'],
  ['/epcis/bizLocations/urn:epc:id:sgln:4012345.00001.0', 'GET'],
  ['/epcis/bizLocations/urn:epc:id:sgln:4012345.00001.0/events', 'GET'],
  ['/epcis/readPoints', 'GET'],
  ['/epcis/readPoints/urn:epc:id:sgln:4012345.00001.0', 'GET'],
  ['/epcis/readPoints/urn:epc:id:sgln:4012345.00001.0/events', 'GET'],
  ['/epcis/dispositions', 'GET'],
  ['/epcis/dispositions/in_transit', 'GET'],
  ['/epcis/dispositions/in_transit/events', 'GET'],
  ['/epcis/queries', 'GET POST'],
  ['/epcis/queries/shipments', 'GET DELETE'],
  ['/epcis/queries/shipments/events', 'GET'],
  ['/epcis/queries/shipments/subscriptions', 'GET POST'],
  ['/epcis/queries/shipments/subscriptions/none', 'GET DELETE'],
  ['/epcis/nextPageToken/abc.def', 'DELETE'],
]

describe('the REST binding', () => {
  let t: TestApp
  let world: World
  beforeAll(async () => {
    t = await openTestApp()
    world = await openWorld(t)
  })
  afterAll(() => t.close())

  const newClient = async () => (await world.newEnterprise()).client
  const announced = (answer: Answer) => [
    answer.headers['gs1-epcis-version'],
    answer.headers['gs1-epcis-min'],
    answer.headers['gs1-epcis-max'],
    answer.headers['gs1-cbv-version'],
    answer.headers['gs1-epcis-capture-limit'],
    answer.headers['gs1-epcis-capture-file-size-limit'],
  ]
  const ANNOUNCED = ['2.0.0', '2.0.0', '2.0.0', '2.0.0', '1000', String(8 * 1024 * 1024)]

  it.each(PATHS)('at %s serves %s, tells what else there is, and refuses every other method', async (path, methods) => {
    const client = await newClient()
    const served = methods.split(' ')
    const allowed = [...new Set([...served.flatMap((m) => (m === 'GET' ? ['GET', 'HEAD'] : [m])), 'OPTIONS'])]
    const options = await new TestClient(t.app).send('OPTIONS', path)
    expect([options.status, options.text, String(options.headers['allow']).split(', ').toSorted(), announced(options)]).toEqual([
      204,
      '',
      allowed.toSorted(),
      ANNOUNCED,
    ])
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await client.send(method, path, ['POST', 'PUT', 'PATCH'].includes(method) ? '{}' : undefined)
      expect([method, announced(answer)]).toEqual([method, ANNOUNCED])
      if (allowed.includes(method)) {
        expect([method, answer.status]).not.toEqual([method, 405])
        if (method === 'HEAD') expect(answer.text).toBe('')
      } else {
        expect([method, answer.status, String(answer.headers['allow']).split(', ').toSorted(), answer.json?.type]).toEqual([
          method,
          405,
          allowed.toSorted(),
          method === 'HEAD' ? undefined : 'epcisException:ImplementationException',
        ])
      }
    }
  })

  it('answers an address that there is not in its own words', async () => {
    const client = await newClient()
    const answer = await client.get('/epcis/colours')
    expect([answer.status, answer.json.type, announced(answer)]).toEqual([404, 'epcisException:NoSuchResourceException', ANNOUNCED])
  })

  it.each([
    ['nobody', 401, 'Security', () => new TestClient(t.app).send('GET', '/epcis/events', undefined, XML)],
    ['an unknown parameter', 400, 'QueryParameter', (c) => c.send('GET', '/epcis/events?EQ_x%3Cy=%26%0B1', undefined, XML)],
    ['an unknown event', 404, 'NoSuchResource', (c) => c.send('GET', '/epcis/events/none', undefined, XML)],
    ['an unknown query', 404, 'NoSuchName', (c) => c.send('GET', '/epcis/queries/%3Ca%3E', undefined, XML)],
    ['an unknown path', 404, 'NoSuchResource', (c) => c.send('GET', '/epcis/colours', undefined, XML)],
    ['a foreign method', 405, 'Implementation', (c) => c.send('DELETE', '/epcis/events', undefined, XML)],
    ['a list in a form it has not', 406, 'NotAcceptable', (c) => c.send('GET', '/epcis/queries', undefined, XML)],
    ['a wrong document', 400, 'Validation', (c) => c.send('POST', '/epcis/capture', '{"type":1}', { ...JSON_BODY, ...XML })],
    [
      'a body of another kind',
      415,
      'UnsupportedMediaType',
      (c) => c.send('POST', '/epcis/capture', 'x', { 'content-type': 'a/b', ...XML }),
    ],
    [
      'a body that is too large',
      413,
      'CaptureLimitExceeded',
      (c) => c.send('POST', '/epcis/capture', ' '.repeat(8 * 1024 * 1024 + 1), { ...JSON_BODY, ...XML }),
    ],
  ] as readonly (readonly [string, number, string, (client: TestClient) => Promise<Answer>])[])(
    'tells %s as a problem in XML where XML is asked for',
    async (_, status, exception, send) => {
      const answer = await send(await newClient())
      expect([answer.status, answer.headers['content-type']]).toEqual([status, 'application/problem+xml; charset=utf-8'])
      const root = readXml(answer.text)
      expect([root.name, root.namespace]).toEqual(['problem', 'urn:ietf:rfc:7807'])
      const member = (name: string) => root.children.find((c) => c.name === name)?.text
      expect(member('type')).toBe(`epcisException:${exception}Exception`)
      expect(member('status')).toBe(String(status))
      expect(member('detail')).toMatch(/./)
    },
  )

  it('tells capture jobs in XML as the standard has them, with their errors', async () => {
    const client = await newClient()
    const sent = await client.send(
      'POST',
      '/epcis/capture',
      JSON.stringify(document(event(1), { ...event(2), eventTime: '2031-01-01T00:00:00Z' })),
      {
        ...JSON_BODY,
        'GS1-Capture-Error-Behaviour': 'proceed',
      },
    )
    const path = new URL(String(sent.headers['location'])).pathname
    const one = await client.send('GET', path, undefined, { accept: 'application/xml' })
    expect(one.headers['content-type']).toBe('application/xml; charset=utf-8')
    const job = readXml(one.text)
    expect([job.name, job.namespace]).toEqual(['EPCISCaptureJob', 'urn:epcglobal:epcis:xsd:2'])
    expect(one.text).toMatch(
      / running="false" success="false" captureID="[0-9a-f-]{36}"><captureErrorBehaviour>proceed<.*<createdAt>.*<finishedAt>.*<errors><error><type>epcisException:ValidationException<\/type>/s,
    )
    const list = await client.send('GET', '/epcis/capture', undefined, { accept: 'text/xml' })
    expect([list.headers['content-type'], readXml(list.text).children.length]).toEqual(['text/xml; charset=utf-8', 1])
    expect((await client.get(path)).json).toMatchObject({ running: false, success: false, captureErrorBehaviour: 'proceed', events: 1 })
  })

  it('captures once what is sent twice with one key, and refuses another body with it', async () => {
    const client = await newClient()
    const key = { ...JSON_BODY, 'idempotency-key': 'a-key' }
    const body = JSON.stringify(document(event(1)))
    const first = await client.send('POST', '/epcis/capture', body, key)
    const again = await client.send('POST', '/epcis/capture', body, key)
    expect([first.status, again.status, again.headers['location'], again.headers['idempotency-replayed']]).toEqual([
      202,
      202,
      first.headers['location'],
      'true',
    ])
    const other = await client.send('POST', '/epcis/capture', JSON.stringify(document(event(2))), key)
    expect([other.status, other.json.code, other.json.type]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED', 'epcisException:ValidationException'])
    expect((await client.get('/epcis/capture')).json).toHaveLength(1)
    // without a key the second is refused for its event's id, by its job
    const without = await client.send('POST', '/epcis/capture', body, JSON_BODY)
    expect((await client.get(new URL(String(without.headers['location'])).pathname)).json).toMatchObject({ success: false, events: 0 })
    const bad = await client.send('POST', '/epcis/capture', body, { ...JSON_BODY, 'idempotency-key': 'with a space' })
    expect([bad.status, bad.json.code]).toEqual([400, 'IDEMPOTENCY_KEY_MISSING'])
  })

  it('adds one event once, and lets a refused one be corrected with its key', async () => {
    const client = await newClient()
    const key = { ...JSON_BODY, 'idempotency-key': 'one' }
    const late = JSON.stringify({ '@context': CONTEXT, ...event(1), eventTime: '2031-01-01T00:00:00Z' })
    const right = JSON.stringify({ '@context': CONTEXT, ...event(1) })
    expect((await client.send('POST', '/epcis/events', late, key)).json.code).toBe('EVENT_IN_FUTURE')
    const [first, again] = [await client.send('POST', '/epcis/events', right, key), await client.send('POST', '/epcis/events', right, key)]
    expect([first.status, again.status, again.json, again.headers['location']]).toEqual([201, 201, first.json, first.headers['location']])
  })

  it('two that race with one key capture once', async () => {
    const client = await newClient()
    const key = { ...JSON_BODY, 'idempotency-key': 'race' }
    const body = JSON.stringify(document(event(1)))
    const answers = await Promise.all(Array.from({ length: 5 }, () => client.send('POST', '/epcis/capture', body, key)))
    expect(new Set(answers.map((a) => `${a.status} ${a.headers['location']}`)).size).toBe(1)
    expect((await client.get('/epcis/events')).json.epcisBody.queryResults.resultsBody.eventList).toHaveLength(1)
  })

  it('names a query and subscribes to it once with one key', async () => {
    const client = await newClient()
    const key = (value: string) => ({ ...JSON_BODY, 'idempotency-key': value })
    const query = JSON.stringify({ name: 'shipments', query: { EQ_bizStep: ['shipping'] } })
    for (let i = 0; i < 2; i++) expect((await client.send('POST', '/epcis/queries', query, key('q'))).status).toBe(201)
    expect((await client.send('POST', '/epcis/queries', query, key('r'))).status).toBe(409)
    const subscription = JSON.stringify({ dest: 'https://example.com/hook', stream: true })
    const made = [
      await client.send('POST', '/epcis/queries/shipments/subscriptions', subscription, key('s')),
      await client.send('POST', '/epcis/queries/shipments/subscriptions', subscription, key('s')),
    ]
    expect(made.map((m) => m.status)).toEqual([201, 201])
    expect(made[1]!.json).toEqual(made[0]!.json)
    expect((await client.get('/epcis/queries/shipments/subscriptions')).json).toHaveLength(1)
  })

  it('gives every list in pages that go on where the last one ended, to whoever asked and not to others', async () => {
    const client = await newClient()
    const points = Array.from(
      { length: 7 },
      (_, i) =>
        `https://id.gs1.org/414/${['4012345000016', '4012345000023', '4012345000030', '4012345000047', '4012345000054', '4012345000061', '4012345000078'][i]}`,
    )
    const events = points.map((id, i) => event(i + 1, { readPoint: { id }, bizLocation: { id }, bizStep: `https://example.com/step/${i}` }))
    for (const e of events) await client.send('POST', '/epcis/capture', JSON.stringify(document(e)), JSON_BODY)
    for (let i = 0; i < 7; i++)
      await client.send('POST', '/epcis/queries', JSON.stringify({ name: `q${i}`, query: { EQ_bizStep: ['shipping'] } }), JSON_BODY)
    const all = async (path: string) => {
      const found: unknown[] = []
      let url: string | undefined = `${path}?perPage=3`
      let pages = 0
      while (url !== undefined) {
        const answer = await client.get(url)
        expect([path, answer.status]).toEqual([path, 200])
        found.push(...(answer.json.member ?? answer.json))
        pages++
        const link: string | undefined = /<([^>]+)>; rel="next"/.exec(String(answer.headers['link'] ?? ''))?.[1]
        url = link === undefined ? undefined : new URL(link).pathname + new URL(link).search
        if (url !== undefined)
          expect(Date.parse(String(answer.headers['gs1-next-page-token-expires']))).toBeGreaterThan(t.clock.now().getTime())
      }
      return { found, pages }
    }
    expect(await all('/epcis/readPoints')).toEqual({ found: points, pages: 3 })
    expect(await all('/epcis/bizLocations')).toEqual({ found: points, pages: 3 })
    expect(await all('/epcis/epcs')).toEqual({
      found: events.map((_, i) => `https://id.gs1.org/01/04012345111118/21/${i + 1}`),
      pages: 3,
    })
    const steps = await all('/epcis/bizSteps')
    expect(new Set(steps.found).size).toBe(steps.found.length)
    expect(steps.found).toEqual(expect.arrayContaining(['shipping', 'https://example.com/step/6']))
    expect((await all('/epcis/queries')).found).toMatchObject(Array.from({ length: 7 }, (_, i) => ({ name: `q${i}` })))
    expect((await all('/epcis/capture')).found).toHaveLength(7)
    const token = /nextPageToken=([^&>]+)/.exec(String((await client.get('/epcis/readPoints?perPage=3')).headers['link']))![1]!
    const stranger = await newClient()
    for (const [who, url] of [
      [stranger, `/epcis/readPoints?perPage=3&nextPageToken=${token}`],
      [client, `/epcis/bizLocations?perPage=3&nextPageToken=${token}`],
      [client, '/epcis/readPoints?nextPageToken=abc'],
      [client, `/epcis/readPoints?perPage=3&nextPageToken=${token.slice(0, -1)}`],
    ] as const)
      expect([(await who.get(url)).status, (await who.get(url)).json.code]).toEqual([400, 'BAD_PAGE_TOKEN'])
    expect((await client.send('DELETE', `/epcis/nextPageToken/${token}`)).status).toBe(204)
    expect((await client.get(`/epcis/readPoints?perPage=3&nextPageToken=${token}`)).json.code).toBe('PAGE_TOKEN_EXPIRED')
    expect((await stranger.get('/epcis/readPoints')).json.member).toEqual([])
  })

  it('lists labels spelled out of their ranges, page by page, after containers', async () => {
    const labels = await labelsOf(
      t,
      { importer: world.organisations.importer.own, printer: world.organisations.printer.own },
      { quantity: 250, rollSize: 250 },
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
    const found: string[] = []
    let url: string | undefined = '/epcis/epcs?perPage=100'
    while (url !== undefined) {
      const answer = await client.get(url)
      expect(answer.json.member.length).toBeLessThanOrEqual(100)
      found.push(...answer.json.member)
      const link: string | undefined = /<([^>]+)>; rel="next"/.exec(String(answer.headers['link'] ?? ''))?.[1]
      url = link === undefined ? undefined : new URL(link).pathname + new URL(link).search
    }
    const own = found.filter((f) => f.includes(new URL(labels.uri(0)).host))
    expect([own.length, new Set(found).size]).toEqual([250, found.length])
    expect(own).toContain(labels.uri(249))
  })
})

const XML = { accept: 'application/xml' }

interface Element {
  readonly namespace: string
  readonly name: string
  readonly children: Element[]
  text: string
}

function readXml(text: string): Element {
  const root: Element = { namespace: '', name: '', children: [], text: '' }
  const stack = [root]
  const parser = new XmlParser({
    open: (namespace, name) => {
      const element: Element = { namespace, name, children: [], text: '' }
      stack.at(-1)!.children.push(element)
      stack.push(element)
    },
    text: (piece) => void (stack.at(-1)!.text += piece),
    close: () => void stack.pop(),
  })
  parser.write(text)
  parser.end()
  return root.children[0]!
}
