import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EpcisEvent } from '../../src/kernel/epcis/event.ts'
import { masterDataOf } from '../../src/kernel/epcis/query/matches.ts'
import { parseUrlQuery } from '../../src/kernel/epcis/query/parse.ts'
import { documentToJson } from '../../src/kernel/epcis/write-json.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { TestClient } from '../support/client.ts'
import { epcisEvent, GENERATED_NAMESPACES } from '../support/epcis-events.ts'
import { answer, GENERATED_MASTER_DATA, PARAMETERS, urlQuery } from '../support/epcis-queries.ts'
import { freshUscc } from '../support/world.ts'

type Parameters = readonly (readonly [string, string])[]

/** The interface, asked over HTTP, against a plain reading of each event. */
describe('the query language in SQL', () => {
  let t: TestApp
  beforeAll(async () => {
    t = await openTestApp()
  })
  afterAll(() => t.close())

  /** Captures events as an enterprise of its own; field `test:n` numbers them. @returns the events as they are kept */
  const history = async (events: readonly EpcisEvent[]) => {
    const at = t.clock.now()
    const secret = await t.platform.db.transaction(async (tx) => {
      const importer = {
        kind: 'importer',
        nameZh: `例${freshUscc()}`,
        uscc: freshUscc(),
        province: '33',
        city: '宁波',
        status: 'verified',
      } as const
      const organisationId = await t.modules.identity.registerOrganisation(tx, importer, at)
      return (await t.modules.identity.createApiKey(tx, { organisationId, name: 'wms', roles: ['warehouse'] as never }, at)).secret
    })
    // an id is given once: whoever comes later has none
    const given = new Set<string>()
    const numbered = events.map((event, n) => {
      const { eventID, recordTime: _, ...rest } = event
      const key = `${eventID}|${Date.parse(event.errorDeclaration?.declarationTime ?? '')}`
      const first = eventID !== undefined && !given.has(key)
      given.add(key)
      return { ...rest, ...(first && { eventID }), '{urn:test:}n': n } as unknown as EpcisEvent
    })
    const document = documentToJson({
      kind: 'EPCISDocument',
      schemaVersion: '2.0',
      creationDate: at.toISOString(),
      namespaces: new Map([...GENERATED_NAMESPACES, ['test', 'urn:test:']]),
      masterData: GENERATED_MASTER_DATA,
      events: numbered,
    })
    const client = new TestClient(t.app, { apiKey: secret })
    const sent = await client.send('POST', '/epcis/capture', JSON.stringify(document), { 'content-type': 'application/ld+json' })
    expect([sent.status, sent.status === 202 ? '' : sent.text.slice(0, 500)]).toEqual([202, ''])
    const job = await client.get(new URL(String(sent.headers['location'])).pathname)
    expect(job.json).toMatchObject({ success: true, events: events.length })
    return { client, kept: numbered.map((event) => ({ ...event, recordTime: at.toISOString() })) }
  }
  const found = async (client: TestClient, parameters: Parameters): Promise<number[]> => {
    const answered = await client.get(`/epcis/events?perPage=1000&${new URLSearchParams(parameters.map(([n, v]) => [n, v]))}`)
    expect([parameters, answered.status, answered.status === 200 ? '' : answered.text]).toEqual([parameters, 200, ''])
    return answered.json.epcisBody.queryResults.resultsBody.eventList.map((e: Record<string, number>) => e['test:n'])
  }
  const wanted = (parameters: Parameters, kept: readonly EpcisEvent[]): number[] => {
    const context = { namespaces: GENERATED_NAMESPACES, masterData: masterDataOf(GENERATED_MASTER_DATA) }
    const events = answer(kept, parseUrlQuery(parameters, { namespaces: GENERATED_NAMESPACES }), context)
    return events.map((event) => (event as unknown as Record<string, number>)['{urn:test:}n']!)
  }

  it('finds what a plain reading of each event finds, whatever is captured and asked', { timeout: 300_000 }, async () => {
    const events = fc.array(epcisEvent(), { minLength: 20, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(events, fc.array(urlQuery, { minLength: 20, maxLength: 30 }), async (drawn, queries) => {
        const { client, kept } = await history(drawn)
        for (const parameters of queries)
          expect([parameters, await found(client, parameters)]).toEqual([parameters, wanted(parameters, kept)])
      }),
      { numRuns: 15 },
    )
  })

  it('tries every parameter of the language, and each finds something', { timeout: 300_000 }, async () => {
    const { client, kept } = await history(fc.sample(epcisEvent(), { numRuns: 250, seed: 20260131 }))
    const barren: string[] = []
    for (const [name, values] of Object.entries(PARAMETERS)) {
      let hits = 0
      for (const value of new Set(fc.sample(values, { numRuns: 2, seed: 7 }))) {
        const parameters: Parameters = [[name, value]]
        const numbers = await found(client, parameters)
        expect([parameters, numbers]).toEqual([parameters, wanted(parameters, kept)])
        hits += numbers.length
      }
      if (hits === 0) barren.push(name)
    }
    console.log(
      `EPCIS queries in SQL: ${Object.keys(PARAMETERS).length} parameters over ${kept.length} events, ${barren.length} that find nothing in two tries`,
    )
    expect(barren.length).toBeLessThan(Object.keys(PARAMETERS).length / 5)
  })

  it('orders and cuts, over pages too', async () => {
    const { client, kept } = await history(fc.sample(epcisEvent(), { numRuns: 60, seed: 3 }))
    for (const direction of ['ASC', 'DESC']) {
      const parameters: Parameters = [
        ['orderBy', 'eventTime'],
        ['orderDirection', direction],
        ['eventCountLimit', '25'],
      ]
      const pages: number[] = []
      let next: string | undefined = `/epcis/events?perPage=7&${new URLSearchParams(parameters.map(([n, v]) => [n, v]))}`
      while (next !== undefined) {
        const page = await client.get(next)
        pages.push(...page.json.epcisBody.queryResults.resultsBody.eventList.map((e: Record<string, number>) => e['test:n']))
        const link = /<([^>]+)>; rel="next"/.exec(String(page.headers['link'] ?? ''))?.[1]
        next = link === undefined ? undefined : new URL(link).pathname + new URL(link).search
      }
      const timeOf = (n: number) => Date.parse(kept[n]!.eventTime)
      const sorted = [...kept.keys()].map(timeOf).sort((a, b) => (direction === 'ASC' ? a - b : b - a))
      expect([pages.length, pages.map(timeOf)]).toEqual([25, sorted.slice(0, 25)])
    }
    const many = await client.get('/epcis/events?maxEventCount=10')
    expect([many.status, many.json.type]).toEqual([413, 'epcisException:QueryTooLargeException'])
  })
})
