import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EpcisEvent, Vocabulary } from '../../src/kernel/epcis/event.ts'
import { matches, masterDataOf } from '../../src/kernel/epcis/query/matches.ts'
import { parseJsonQuery, QueryProblem } from '../../src/kernel/epcis/query/parse.ts'
import { documentToJson } from '../../src/kernel/epcis/write-json.ts'
import { compileQuery } from '../../src/modules/events/epcis/compile-query.ts'
import { sql } from '../../src/platform/db/sql.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { TestClient } from '../support/client.ts'
import { epcisEvent, GENERATED_NAMESPACES, pools } from '../support/epcis-events.ts'
import { eachParameter, epcisQueryBody } from '../support/epcis-queries.ts'
import { actorOf } from '../support/goods.ts'
import { freshUscc } from '../support/world.ts'

const MASTER_DATA: readonly Vocabulary[] = [
  {
    type: 'urn:epcglobal:epcis:vtype:ReadPoint',
    vocabularyElementList: [
      { id: pools.places[0], attributes: [{ id: 'urn:example:a', attribute: 'x' }], children: [pools.places[2], pools.places[3]] },
      { id: pools.places[3], attributes: [{ id: 'urn:example:b', attribute: 'y' }], children: [pools.places[4]] },
    ],
  },
  {
    type: 'urn:epcglobal:epcis:vtype:BusinessStep',
    vocabularyElementList: [{ id: 'urn:epcglobal:cbv:bizstep:arriving', attributes: [{ id: 'urn:example:a', attribute: '1' }] }],
  },
]

describe('the query language in SQL', () => {
  let t: TestApp
  beforeAll(async () => {
    t = await openTestApp()
  })
  afterAll(() => t.close())

  /** Captures events as an enterprise of its own. @returns ids of the events that were taken, by their number */
  const history = async (events: readonly EpcisEvent[]) => {
    const at = t.clock.now()
    const { organisationId, secret } = await t.platform.db.transaction(async (tx) => {
      const organisationId = await t.modules.identity.registerOrganisation(
        tx,
        { kind: 'importer', nameZh: `例${freshUscc()}`, uscc: freshUscc(), province: '33', city: '宁波', status: 'verified' },
        at,
      )
      return {
        organisationId,
        ...(await t.modules.identity.createApiKey(tx, { organisationId, name: 'wms', roles: ['warehouse'] as never }, at)),
      }
    })
    // an id is given once: whoever comes later has none
    const given = new Set<string>()
    const numbered = events.map((event, i) => {
      const { eventID, ...rest } = event
      const key = `${eventID}|${event.errorDeclaration?.declarationTime}`
      const first = eventID !== undefined && !given.has(key)
      given.add(key)
      return { ...rest, ...(first && { eventID }), '{urn:test:}n': i } as unknown as EpcisEvent
    })
    const document = documentToJson({
      kind: 'EPCISDocument',
      schemaVersion: '2.0',
      creationDate: at.toISOString(),
      namespaces: new Map([...GENERATED_NAMESPACES, ['test', 'urn:test:']]),
      masterData: MASTER_DATA,
      events: numbered,
    })
    const client = new TestClient(t.app, { apiKey: secret })
    const answer = await client.send('POST', '/epcis/capture', JSON.stringify(document), {
      'content-type': 'application/ld+json',
      'gs1-capture-error-behaviour': 'proceed',
    })
    expect([answer.status, answer.status === 202 ? '' : answer.text.slice(0, 500)]).toEqual([202, ''])
    const job = (await client.get(new URL(String(answer.headers['location'])).pathname)).json
    const refused = new Set<number>(job.errors.map((e: { event: number }) => e.event))
    return { actor: actorOf(organisationId, 'importer', 'warehouse'), kept: numbered.filter((_, i) => !refused.has(i)), client }
  }
  const found = async (body: Record<string, unknown>, actor: ReturnType<typeof actorOf>): Promise<number[] | undefined> => {
    try {
      const query = parseJsonQuery(body, { namespaces: GENERATED_NAMESPACES })
      const compiled = await compileQuery(t.platform.db, { codes: t.modules.codes, publicUrl: t.platform.config.publicUrl }, query, actor)
      const rows = await t.platform.db.query<{ n: number }>(sql`
        select (select f.number from event_fact f where f.event_id = e.id and f.name = 'event:{urn:test:}n')::int as n from event e where e.organisation_id = ${actor.organisationId} and ${compiled.where}`)
      return rows.map((r) => r.n).sort((a, b) => a - b)
    } catch (error) {
      if (error instanceof QueryProblem) return undefined
      throw error
    }
  }
  const numberOf = (event: EpcisEvent) => (event as unknown as Record<string, number>)['{urn:test:}n']!
  const expected = (body: Record<string, unknown>, kept: readonly EpcisEvent[]): number[] => {
    const query = parseJsonQuery(body, { namespaces: GENERATED_NAMESPACES })
    const context = { namespaces: GENERATED_NAMESPACES, masterData: masterDataOf(MASTER_DATA) }
    return kept.filter((event) => matches(event, query, context)).map(numberOf)
  }

  it('finds what a plain reading of each event finds, whatever is captured and asked', { timeout: 300_000 }, async () => {
    const hits = { queries: 0, found: 0 }
    await fc.assert(
      fc.asyncProperty(
        fc.array(epcisEvent(), { minLength: 30, maxLength: 60 }),
        fc.array(epcisQueryBody, { minLength: 20, maxLength: 30 }),
        async (events, bodies) => {
          const { actor, kept } = await history(events)
          for (const body of bodies) {
            const got = await found(body, actor)
            if (got === undefined) continue
            expect([body, got]).toEqual([body, expected(body, kept)])
            hits.queries++
            hits.found += got.length
          }
        },
      ),
      { numRuns: 25 },
    )
    // queries that find nothing prove nothing
    expect(hits.found).toBeGreaterThan(hits.queries / 2)
  })

  it('tries every parameter of the language, and each finds something', { timeout: 300_000 }, async () => {
    const events = fc.sample(epcisEvent(), { numRuns: 250, seed: 20210409 })
    const { actor, kept } = await history(events)
    const barren: string[] = []
    for (const parameter of eachParameter) {
      let hits = 0
      for (const [name, value] of fc.sample(parameter, { numRuns: 8, seed: 7 })) {
        const got = await found({ [name]: value }, actor)
        if (got === undefined) continue
        expect([name, value, got]).toEqual([name, value, expected({ [name]: value }, kept)])
        hits += got.length
      }
      if (hits === 0) barren.push(fc.sample(parameter, { numRuns: 1, seed: 7 })[0]![0])
    }
    expect(barren).toEqual([])
  })
})
