import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventHash } from '../../src/kernel/epcis/event-hash.ts'
import { convertJson } from '../../src/kernel/epcis/read-json.ts'
import { validateDocument } from '../../src/kernel/epcis/validate.ts'
import { convertXml } from '../../src/kernel/epcis/xml/read.ts'
import { documentToXml } from '../../src/kernel/epcis/xml/write.ts'
import { sql } from '../../src/platform/db/sql.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { type Answer, TestClient } from '../support/client.ts'
import { labelsOf } from '../support/goods.ts'
import { openWorld, type World } from '../support/world.ts'

const KNOWS_RANGES = { 'GS1-Extensions': 'sz=urn:suzhen:epcis:' }
const JSON_BODY = { 'content-type': 'application/ld+json' }

const document = (...events: object[]) => ({
  '@context': [
    'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
    { r: 'urn:suzhen:epcis:', cbvmda: 'urn:epcglobal:cbv:mda' },
  ],
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-06-14T10:00:00Z',
  epcisBody: { eventList: events },
})
const eventsIn = (answer: Answer): Record<string, unknown>[] => answer.json.epcisBody.queryResults.resultsBody.eventList

describe('serial ranges in documents', () => {
  let t: TestApp
  let world: World
  let client: TestClient
  beforeAll(async () => {
    t = await openTestApp()
    world = await openWorld(t)
    client = (await world.newPerson('clerk')).client
  })
  afterAll(() => t.close())

  const labels = (quantity: number) =>
    labelsOf(t, { importer: world.organisations.importer.own, printer: world.organisations.printer.own }, { quantity, rollSize: quantity })
  let n = 0
  const event = (more: object) => ({
    type: 'ObjectEvent',
    eventID: `urn:uuid:0197b000-0000-7000-8000-${String(++n).padStart(12, '0')}`,
    eventTime: t.clock.now().toISOString(),
    eventTimeZoneOffset: '+08:00',
    action: 'OBSERVE',
    bizStep: 'inspecting',
    epcList: [],
    ...more,
  })
  const range = (first: string, last: string) => ({ 'r:epcRange': [{ 'r:first': first, 'r:last': last }] })
  const send = (body: string, headers: Record<string, string> = JSON_BODY) => client.send('POST', '/epcis/capture', body, headers)
  const jobOf = async (answer: Answer) =>
    answer.status !== 202 ? answer.json : (await client.get(new URL(String(answer.headers['location'])).pathname)).json
  const pages = async (url: string | undefined, headers: Record<string, string> = {}) => {
    const found: Record<string, unknown>[] = []
    while (url !== undefined) {
      const answer = await client.send('GET', url, undefined, headers)
      expect([url, answer.status]).toEqual([url, 200])
      found.push(...eventsIn(answer))
      const link: string | undefined = /<([^>]+)>; rel="next"/.exec(String(answer.headers['link'] ?? ''))?.[1]
      url = link === undefined ? undefined : new URL(link).pathname + new URL(link).search
    }
    return found
  }

  it('commission a million labels at once, which are one row, found by any of them and told page by page', async () => {
    const made = await labels(1_000_000)
    const born = event({
      action: 'ADD',
      bizStep: 'commissioning',
      ...range(made.uri(0), made.uri(999_999)),
      ilmd: { 'r:lot': made.lotId },
    })
    expect(await jobOf(await send(JSON.stringify(document(born))))).toMatchObject({ success: true, events: 1, errors: [] })
    const rows = await t.platform.db.query(
      sql`select upper(codes) - lower(codes) as n from event_code c join event e on e.id = c.event_id where e.event_uri = ${born.eventID}`,
    )
    expect(rows).toEqual([{ n: 1_000_000n }])
    expect(await t.modules.events.fsck(t.platform.db)).toEqual([])

    const asked = `/epcis/events?MATCH_epc=${encodeURIComponent(made.uri(765_432))}`
    const [first] = eventsIn(await client.get(asked))
    expect(first).toMatchObject({ eventID: born.eventID, 'r:part': { 'r:from': 1, 'r:labels': 1000, 'r:total': 1_000_000 } })
    expect([(first!['epcList'] as string[]).length, (first!['epcList'] as string[])[999]]).toEqual([1000, made.uri(999)])
    expect(first).not.toHaveProperty('r:epcRange')
    // a client that knows ranges gets them as they came
    const [whole] = eventsIn(await client.send('GET', asked, undefined, KNOWS_RANGES))
    expect(whole).toMatchObject({ epcList: [], 'r:epcRange': [{ 'r:first': made.uri(0), 'r:last': made.uri(999_999) }] })
    expect(validateDocument((await client.get(asked)).json).faults).toEqual([])
  })

  it('of events from the screens are told as ranges to whoever knows them', async () => {
    const made = await labels(3000)
    await t.platform.db.transaction((tx) =>
      t.modules.events.activate(
        tx,
        {
          lotId: made.lotId,
          choice: { rolls: [], stretches: [{ first: made.uri(0), last: made.uri(2000) }], items: [made.uri(2500)], containers: [] },
        },
        { actor: made.clerk, at: t.clock.now() },
      ),
    )
    const found = await pages(`/epcis/events?MATCH_epc=${encodeURIComponent(made.uri(2500))}`, KNOWS_RANGES)
    expect(found).toMatchObject([
      { epcList: [made.uri(2500)], 'suzhen:epcRange': [{ 'suzhen:first': made.uri(0), 'suzhen:last': made.uri(2000) }] },
    ])
  })

  it('are spelled out beside what is named one by one, each label once, over pages of any size', async () => {
    const made = await labels(3000)
    const strange = 'urn:epc:id:sgtin:4012345.011111.77'
    const record = event({
      epcList: [strange, made.uri(2999)],
      'r:epcRange': [
        { 'r:first': made.uri(0), 'r:last': made.uri(1499) },
        { 'r:first': made.uri(2000), 'r:last': made.uri(2001) },
      ],
    })
    expect(await jobOf(await send(JSON.stringify(document(record, event({ epcList: [strange] })))))).toMatchObject({
      success: true,
      events: 2,
    })
    const found = await pages(`/epcis/events?MATCH_epc=${strange}&perPage=1&orderBy=recordTime&orderDirection=ASC`, {
      'GS1-EPC-Format': 'Never_Translates',
    })
    const told = found.filter((e) => e['eventID'] === record.eventID).flatMap((e) => e['epcList'] as string[])
    expect(told).toEqual([strange, made.uri(2999), ...Array.from({ length: 1500 }, (_, i) => made.uri(i)), made.uri(2000), made.uri(2001)])
    expect(await pages(`/epcis/events/${record.eventID}`)).toHaveLength(2)
  })

  it('name both sides of a transformation', async () => {
    const made = await labels(40)
    const mixed = event({
      type: 'TransformationEvent',
      action: undefined,
      epcList: undefined,
      bizStep: 'creating_class_instance',
      inputEPCList: [made.uri(0)],
      outputEPCList: [made.uri(20)],
      'r:inputEPCRange': { 'r:first': made.uri(0), 'r:last': made.uri(9) },
      'r:outputEPCRange': { 'r:first': made.uri(20), 'r:last': made.uri(24) },
    })
    expect(await jobOf(await send(JSON.stringify(document(mixed))))).toMatchObject({ success: true })
    expect(await pages(`/epcis/events?MATCH_inputEPC=${encodeURIComponent(made.uri(5))}`)).toMatchObject([
      { inputEPCList: Array.from({ length: 10 }, (_, i) => made.uri(i)), outputEPCList: [20, 21, 22, 23, 24].map((i) => made.uri(i)) },
    ])
    expect(await pages(`/epcis/events?MATCH_inputEPC=${encodeURIComponent(made.uri(22))}`)).toEqual([])
  })

  it('mean the same in XML and have one hash', async () => {
    const made = await labels(500)
    const first = document(event({ ...range(made.uri(0), made.uri(299)), 'r:note': 'x' }))
    const inXml = documentToXml(convertJson(first))
    const hashes = [convertJson(first), convertXml(Buffer.from(inXml))].map((d) => eventHash(d.events[0]!))
    expect(hashes[0]).toEqual(hashes[1])
    expect(await jobOf(await send(inXml, { 'content-type': 'application/xml' }))).toMatchObject({ success: true, events: 1 })
    const asked = `/epcis/events?MATCH_epc=${encodeURIComponent(made.uri(150))}`
    expect((await pages(asked))[0]!['epcList']).toHaveLength(300)
    const xml = await client.send('GET', asked, undefined, { ...KNOWS_RANGES, accept: 'application/xml' })
    expect(eventHash(convertXml(Buffer.from(xml.text)).events[0]!)).toEqual(hashes[0])
  })

  it('are packed and shipped as goods', async () => {
    const made = await labels(100)
    const sscc = 'https://id.gs1.org/00/340123450000000017'
    const events = [
      event({ action: 'ADD', bizStep: 'commissioning', ...range(made.uri(0), made.uri(99)), ilmd: { 'r:lot': made.lotId } }),
      event({
        type: 'AggregationEvent',
        action: 'ADD',
        bizStep: 'packing',
        epcList: undefined,
        parentID: sscc,
        childEPCs: [made.uri(0)],
        ...range(made.uri(0), made.uri(49)),
      }),
    ]
    expect(await jobOf(await send(JSON.stringify(document(...events))))).toMatchObject({ success: true, events: 2, errors: [] })
    const contents = await t.platform.db.query(
      sql`select sum(hi - lo + 1)::int as n from code_range where container = '340123450000000017'`,
    )
    expect(contents).toEqual([{ n: 50 }])
    expect(await t.modules.events.fsck(t.platform.db)).toEqual([])
  })

  it('are never packed into a container that the event does not name', async () => {
    const made = await labels(100)
    const born = event({ action: 'ADD', bizStep: 'commissioning', ...range(made.uri(0), made.uri(99)), ilmd: { 'r:lot': made.lotId } })
    expect(await jobOf(await send(JSON.stringify(document(born))))).toMatchObject({ success: true })
    const packing = (parentID: string) =>
      event({ type: 'AggregationEvent', action: 'ADD', bizStep: 'packing', epcList: undefined, parentID, childEPCs: [made.uri(0)] })
    const wrong = await jobOf(await send(JSON.stringify(document(packing('https://example.com/00/340123450000000018')))))
    expect(wrong).toMatchObject({ success: false, errors: [{ title: expect.stringContaining('SSCC') }] })
    // a crate is no container of ours: the event is kept and the goods stay where they are
    expect(await jobOf(await send(JSON.stringify(document(packing('urn:epc:id:grai:4012345.00001.7')))))).toMatchObject({
      success: true,
      events: 1,
    })
    expect(
      await t.platform.db.query(sql`select count(*)::int as n from code_range where container is not null and lot_id = ${made.lotId}`),
    ).toEqual([{ n: 0 }])
  })

  it('are refused when they are not whole, not in order, not of one batch or not of the sender, and nothing is kept', async () => {
    const [made, other] = [await labels(100), await labels(100)]
    const theirs = await labelsOf(
      t,
      { importer: world.organisations.importer.foreign, printer: world.organisations.printer.own },
      { quantity: 100, rollSize: 100 },
    )
    const cases: [object, string][] = [
      [range(made.uri(9), made.uri(0)), 'EPC_RANGE_ORDER'],
      [range(made.uri(0), other.uri(9)), 'EPC_RANGE_ORDER'],
      // whoever knows two labels of somebody else must not learn those between
      [range(theirs.uri(0), theirs.uri(9)), 'EPC_RANGE_UNKNOWN'],
      [range(made.uri(0), theirs.uri(9)), 'EPC_RANGE_UNKNOWN'],
      [range(made.uri(0), 'urn:epc:id:sgtin:4012345.011111.77'), 'EPC_RANGE_UNKNOWN'],
      [{ 'r:epcRange': [{ 'r:first': made.uri(0) }] }, 'EPC_RANGE_FORM'],
      [{ 'r:epcRange': made.uri(0) }, 'EPC_RANGE_FORM'],
      [{ 'r:epcRange': Array.from({ length: 1001 }, () => ({ 'r:first': made.uri(0), 'r:last': made.uri(1) })) }, 'EPC_RANGE_FORM'],
    ]
    for (const [more, code] of cases) {
      const answer = await client.send(
        'POST',
        '/epcis/events',
        JSON.stringify({ '@context': document()['@context'], ...event(more) }),
        JSON_BODY,
      )
      expect([more, answer.json.code]).toEqual([more, code])
    }
    const job = await jobOf(await send(JSON.stringify(document(event(range(made.uri(0), made.uri(9))), event(cases[0]![0])))))
    expect(job).toMatchObject({ success: false, events: 0 })
    expect(await pages(`/epcis/events?MATCH_epc=${encodeURIComponent(made.uri(0))}`)).toEqual([])
  })
})
