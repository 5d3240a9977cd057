import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { difference } from '../support/answers.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { TestClient } from '../support/client.ts'
import { labelsOf } from '../support/goods.ts'
import { freshUscc, openWorld, type World } from '../support/world.ts'

const EXAMPLES = join(import.meta.dirname, '../../../shared/data/gs1-epcis-examples')
const jsonHeaders = { 'content-type': 'application/ld+json' }

function filesBelow(folder: string, ending: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((e) => e.isFile() && e.name.endsWith(ending))
    .map((e) => join(e.parentPath, e.name))
    .sort()
}

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
  const capture = (body: unknown, headers: Record<string, string> = {}) => client.send('POST', '/epcis/capture', typeof body === 'string' ? body : JSON.stringify(body), { ...jsonHeaders, ...headers })
  const jobOf = async (location: unknown) => (await get(new URL(String(location)).pathname)).json

  const stranger = async () => {
    const at = t.clock.now()
    return t.platform.db.transaction(async (tx) => {
      const organisationId = await t.modules.identity.registerOrganisation(tx, { kind: 'importer', nameZh: `例${freshUscc()}`, uscc: freshUscc(), province: '33', city: '宁波', status: 'verified' }, at)
      const { secret } = await t.modules.identity.createApiKey(tx, { organisationId, name: 'wms', roles: ['warehouse'] as never }, at)
      return { organisationId, client: new TestClient(t.app, { apiKey: secret }) }
    })
  }

  it.skipIf(!existsSync(EXAMPLES))('captures GS1’s own examples and gives them back', async () => {
    const files = filesBelow(EXAMPLES, '.jsonld')
    expect(files.length).toBeGreaterThan(50)
    const wrong: string[] = []
    for (const file of files) {
      const sent = JSON.parse(readFileSync(file, 'utf8'))
      // several examples carry the same event id: each comes from an enterprise of its own
      const { client } = await stranger()
      const get = (url: string, headers: Record<string, string> = {}) => client.send('GET', url, undefined, headers)
      const answer = await client.send('POST', '/epcis/capture', JSON.stringify(sent), jsonHeaders)
      if (answer.status !== 202) {
        wrong.push(`${file.slice(EXAMPLES.length)} ${answer.status} ${answer.text.slice(0, 300)}`)
        continue
      }
      const job = (await get(new URL(String(answer.headers['location'])).pathname)).json
      const told = (await get('/epcis/events?perPage=1000', { 'GS1-EPC-Format': 'Never_Translates' })).json.epcisBody.queryResults.resultsBody.eventList.map(({ recordTime: _, ...event }: Record<string, unknown>) => event)
      const events = (sent.epcisBody.eventList ?? sent.epcisBody.queryResults.resultsBody.eventList).map(({ recordTime: _, ...event }: Record<string, unknown>) => event)
      if (!isDeepStrictEqual(told, events)) wrong.push(`${file.slice(EXAMPLES.length)} ${difference(events, told)}`)
      if (job.success !== true) wrong.push(`${file.slice(EXAMPLES.length)} ${JSON.stringify(job.errors).slice(0, 300)}`)
    }
    expect(wrong).toEqual([])
  })

  it('changes goods by a standard event as a screen does', async () => {
    const labels = await labelsOf(t, { importer: world.organisations.importer.own, printer: world.organisations.printer.own }, { quantity: 10, rollSize: 10 })
    await t.platform.db.transaction((tx) =>
      t.modules.events.activate(tx, { lotId: labels.lotId, choice: { rolls: [], stretches: [{ first: labels.uri(0), last: labels.uri(9) }], items: [], containers: [] } }, { actor: labels.clerk, at: t.clock.now() }),
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
    expect(again).toMatchObject({ success: false, events: 0, errors: [{ status: 409, type: 'epcisException:ResourceAlreadyExistsException' }] })
    expect(await t.modules.fsck(t.platform.db)).toEqual([])
    const back = await get('/epcis/events/urn:uuid:0197a000-0000-7000-8000-00000000abcd', { 'GS1-EPC-Format': 'Never_Translates' })
    const { recordTime: _, ...told } = back.json.epcisBody.queryResults.resultsBody.eventList[0]
    expect(told).toEqual(event.epcisBody.eventList[0])
  })
})
