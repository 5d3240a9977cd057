import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../src/platform/db/sql.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { openWorld, type World } from '../support/world.ts'

const CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'
const EVENT = {
  type: 'ObjectEvent',
  eventTime: '2026-06-14T10:00:00+08:00',
  eventTimeZoneOffset: '+08:00',
  action: 'OBSERVE',
  bizStep: 'shipping',
  epcList: ['urn:epc:id:sgtin:4012345.011111.1'],
}
const document = (events: readonly object[], more: object = {}) =>
  JSON.stringify({
    '@context': [CONTEXT],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-06-14T10:00:00Z',
    epcisBody: { eventList: events },
    ...more,
  })
const timed = (eventTime: string, eventTimeZoneOffset = '+08:00') => document([{ ...EVENT, eventTime, eventTimeZoneOffset }])
const xml = (events: string, prolog = '<?xml version="1.0" encoding="UTF-8"?>', attributes = '') =>
  `${prolog}<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="2026-06-14T10:00:00Z"${attributes}><EPCISBody><EventList>${events}</EventList></EPCISBody></epcis:EPCISDocument>`
const XML_EVENT = (epc = 'urn:epc:id:sgtin:4012345.011111.1', more = '') =>
  `<ObjectEvent><eventTime>2026-06-14T10:00:00+08:00</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcList><epc>${epc}</epc></epcList><action>OBSERVE</action>${more}</ObjectEvent>`
const JSON_TYPE = 'application/ld+json'
const XML_TYPE = 'application/xml'

describe('a hostile document', () => {
  let t: TestApp
  let world: World
  let port = 0
  let secret = ''
  /** Told of every connection that somebody makes to fetch what a document names. */
  let fetched = 0
  const lure = createServer((_, response) => {
    fetched++
    response.end('{"@context":{}}')
  })
  let lureUrl = ''
  beforeAll(async () => {
    t = await openTestApp()
    world = await openWorld(t)
    ;({ secret } = await world.newEnterprise())
    await t.app.listen({ host: '127.0.0.1', port: 0 })
    port = (t.app.server.address() as AddressInfo).port
    await new Promise<void>((resolve) => lure.listen(0, '127.0.0.1', resolve))
    lureUrl = `http://127.0.0.1:${(lure.address() as AddressInfo).port}/context.jsonld`
  })
  afterAll(async () => {
    lure.close()
    await t.close()
  })

  const kept = async () =>
    (
      await t.platform.db.query(sql`
        select (select count(*)::int from event) as events, (select count(*)::int from event_epc) as epcs, (select count(*)::int from event_fact) as facts,
          (select count(*)::int from epcis_master_data) as elements, (select count(*)::int from epcis_namespace) as namespaces, (select count(*)::int from epcis_capture where success) as jobs`)
    )[0]
  const send = async (body: string | Buffer, type: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`http://127.0.0.1:${port}/epcis/capture`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': type, ...headers },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    })
    return {
      status: answer.status,
      location: answer.headers.get('location'),
      json: answer.status === 202 ? undefined : await answer.json(),
    }
  }
  /** What a document is told: by the answer, or by its job. */
  const told = async (body: string | Buffer, type: string, headers: Record<string, string> = {}) => {
    const answer = await send(body, type, headers)
    if (answer.status !== 202) return { status: answer.status, type: answer.json.type, code: answer.json.code }
    const job = await (
      await fetch(`http://127.0.0.1:${port}${new URL(answer.location!).pathname}`, { headers: { authorization: `Bearer ${secret}` } })
    ).json()
    return job.success ? 'captured' : { status: 202, type: job.errors[0].type, code: undefined }
  }

  const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${'bcdefghij'[i]} "&${'abcdefghi'[i]};&${'abcdefghi'[i]};&${'abcdefghi'[i]};&${'abcdefghi'[i]};">`).join('')}]>`
  const cases: readonly (readonly [string, () => string | Buffer, string, number, string])[] = [
    ['nested a hundred thousand deep', () => `{"@context":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, JSON_TYPE, 400, 'Validation'],
    [
      'nested deep inside an event',
      () => document([{ ...EVENT, 'ext:x': deep(2000) }], { '@context': [CONTEXT, { ext: 'urn:x:' }] }),
      JSON_TYPE,
      400,
      'Validation',
    ],
    [
      'nested deep in XML',
      () => xml(XML_EVENT(undefined, `${'<x:a xmlns:x="urn:x:">'.repeat(20_000)}${'</x:a>'.repeat(20_000)}`)),
      XML_TYPE,
      400,
      'Validation',
    ],
    [
      'with the name of the prototype',
      () => document([EVENT]).replace('"type"', '"__proto__":{"polluted":1},"type"'),
      JSON_TYPE,
      400,
      'Validation',
    ],
    [
      'with the prototype as its context',
      () => document([EVENT], { '@context': [CONTEXT, JSON.parse('{"__proto__":"urn:x:"}')] }),
      JSON_TYPE,
      400,
      'Validation',
    ],
    ['with a context to be fetched', () => document([EVENT], { '@context': [CONTEXT, lureUrl] }), JSON_TYPE, 400, 'Validation'],
    [
      'with a context to be imported',
      () => document([EVENT], { '@context': [CONTEXT, { '@import': lureUrl }] }),
      JSON_TYPE,
      400,
      'Validation',
    ],
    ['with a billion laughs', () => xml(XML_EVENT('&j;'), bomb), XML_TYPE, 400, 'Validation'],
    ['with an external document type', () => xml(XML_EVENT(), `<!DOCTYPE x SYSTEM "${lureUrl}">`), XML_TYPE, 400, 'Validation'],
    ['with an external entity', () => xml(XML_EVENT('&x;'), `<!DOCTYPE x [<!ENTITY x SYSTEM "${lureUrl}">]>`), XML_TYPE, 400, 'Validation'],
    ['with an entity that nobody declared', () => xml(XML_EVENT('&nbsp;')), XML_TYPE, 400, 'Validation'],
    [
      'with a hundred thousand attributes',
      () => xml(XML_EVENT(), undefined, Array.from({ length: 100_000 }, (_, i) => ` a${i}="1"`).join('')),
      XML_TYPE,
      400,
      'Validation',
    ],
    [
      'with fifty thousand namespaces',
      () => xml(XML_EVENT(), undefined, Array.from({ length: 50_000 }, (_, i) => ` xmlns:n${i}="urn:n:${i}"`).join('')),
      XML_TYPE,
      400,
      'Validation',
    ],
    ['with an attribute of two megabytes', () => xml(XML_EVENT(), undefined, ` a="${'x'.repeat(2_000_000)}"`), XML_TYPE, 400, 'Validation'],
    [
      'with a schema to be fetched',
      () =>
        xml('', undefined, ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:x ${'$LURE'}"`)
          .replace('$LURE', lureUrl)
          .replace('<EventList></EventList>', '<EventList><Nonsense/></EventList>'),
      XML_TYPE,
      400,
      'Validation',
    ],
    [
      'that includes another',
      () => xml(`<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${lureUrl}"/>`),
      XML_TYPE,
      400,
      'Validation',
    ],
    [
      'of one id twice',
      () =>
        document([
          { ...EVENT, eventID: 'urn:uuid:0197c000-0000-7000-8000-000000000001' },
          { ...EVENT, eventID: 'urn:uuid:0197c000-0000-7000-8000-000000000001' },
        ]),
      JSON_TYPE,
      202,
      'ResourceAlreadyExists',
    ],
    ['of tomorrow', () => timed(new Date(t.clock.now().getTime() + 86_400_000).toISOString()), JSON_TYPE, 202, 'Validation'],
    ['of the year ten thousand', () => timed('+010000-01-01T00:00:00Z'), JSON_TYPE, 400, 'Validation'],
    ['of the year 9999', () => timed('9999-12-31T23:59:59Z'), JSON_TYPE, 202, 'Validation'],
    ['of a day that there is not', () => timed('2025-02-29T00:00:00Z'), JSON_TYPE, 400, 'Validation'],
    ['of the hour 25', () => timed('2025-02-28T25:00:00Z'), JSON_TYPE, 400, 'Validation'],
    ['of no time zone', () => timed('2025-02-28T10:00:00'), JSON_TYPE, 400, 'Validation'],
    ['of a zone that there is not', () => timed('2025-02-28T10:00:00+26:00', '+26:00'), JSON_TYPE, 400, 'Validation'],
    ['of a time that is a number', () => document([{ ...EVENT, eventTime: 1_718_000_000_000 }]), JSON_TYPE, 400, 'Validation'],
    [
      'in bytes that are no text',
      () => Buffer.concat([Buffer.from(document([EVENT]).slice(0, -1)), Buffer.from([0xff, 0xfe, 0x7d])]),
      JSON_TYPE,
      400,
      'Validation',
    ],
    [
      'with half a character',
      () => document([{ ...EVENT, 'ext:x': 'LONE' }], { '@context': [CONTEXT, { ext: 'urn:x:' }] }).replace('LONE', '\\ud800'),
      JSON_TYPE,
      400,
      'Validation',
    ],
    [
      'with a NUL',
      () => document([{ ...EVENT, 'ext:x': '\0' }], { '@context': [CONTEXT, { ext: 'urn:x:' }] }),
      JSON_TYPE,
      400,
      'Validation',
    ],
    ['with a NUL in XML', () => xml(XML_EVENT('urn:epc:id:sgtin:4012345.011111.&#0;')), XML_TYPE, 400, 'Validation'],
    ['cut off', () => document([EVENT]).slice(0, -30), JSON_TYPE, 400, 'Validation'],
    ['cut off in XML', () => xml(XML_EVENT()).slice(0, -30), XML_TYPE, 400, 'Validation'],
    ['of nothing', () => '', JSON_TYPE, 400, 'Validation'],
    ['that is null', () => 'null', JSON_TYPE, 400, 'Validation'],
    ['that is a list', () => `[${document([EVENT])}]`, JSON_TYPE, 400, 'Validation'],
    ['of a thousand and one events', () => document(Array.from({ length: 1001 }, () => EVENT)), JSON_TYPE, 413, 'CaptureLimitExceeded'],
    ['of a thousand and one events in XML', () => xml(XML_EVENT().repeat(1001)), XML_TYPE, 413, 'CaptureLimitExceeded'],
    [
      'with a million identifiers in an event',
      () => document([{ ...EVENT, epcList: Array.from({ length: 1_000_000 }, (_, i) => `urn:epc:id:sgtin:4012345.011111.${i}`) }]),
      JSON_TYPE,
      413,
      'CaptureLimitExceeded',
    ],
    [
      'with a million short values in an event',
      () => document([{ ...EVENT, 'ext:x': Array.from({ length: 1_000_000 }, () => 1) }], { '@context': [CONTEXT, { ext: 'urn:x:' }] }),
      JSON_TYPE,
      413,
      'CaptureLimitExceeded',
    ],
    ['packed by gzip', () => gzipSync(document([EVENT])), JSON_TYPE, 400, 'Validation'],
    [
      'with a number beyond all',
      () =>
        document([{ ...EVENT, quantityList: [{ epcClass: 'urn:epc:class:lgtin:4012345.012345.998877', quantity: 1 }] }]).replace(
          '"quantity":1',
          '"quantity":1e999',
        ),
      JSON_TYPE,
      400,
      'Validation',
    ],
  ]

  it.each(cases)(
    '%s is refused with a clear problem, and nothing of it is kept',
    { timeout: 60_000 },
    async (_, make, type, status, exception) => {
      const before = await kept()
      expect(await told(make(), type)).toMatchObject({ status, type: `epcisException:${exception}Exception` })
      expect(await kept()).toEqual(before)
    },
  )

  it('may use names that other languages would stumble over', async () => {
    const context = [CONTEXT, { constructor: 'urn:x:', toString: 'urn:y:' }]
    const eventID = 'urn:uuid:0197c000-0000-7000-8000-00000000cafe'
    const strange = { ...EVENT, eventID, 'constructor:prototype': { 'toString:valueOf': 1 } }
    expect(await told(document([strange], { '@context': context }), JSON_TYPE)).toBe('captured')
    const answer = await fetch(`http://127.0.0.1:${port}/epcis/events/${eventID}`, {
      headers: { authorization: `Bearer ${secret}`, 'GS1-EPC-Format': 'Never_Translates' },
    })
    const found = (await answer.json()).epcisBody.queryResults.resultsBody.eventList
    expect(found).toEqual([{ ...strange, recordTime: expect.any(String) }])
  })

  it('is never a reason to call anybody', () => {
    expect(fetched).toBe(0)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('is refused beside good ones, which are captured, where its sender asks for that', async () => {
    const before = (await kept())!['events'] as number
    const events = [
      EVENT,
      { ...EVENT, eventTime: '9999-12-31T23:59:59Z' },
      { ...EVENT, action: 'EAT' },
      { ...EVENT, epcList: ['urn:epc:id:sgtin:4012345.011111.2'] },
    ]
    expect(await told(document(events), JSON_TYPE, { 'GS1-Capture-Error-Behaviour': 'proceed' })).toMatchObject({ status: 202 })
    expect((await kept())!['events']).toBe(before + 2)
  })

  it('of a hundred megabytes is refused before it has arrived, and the memory it takes is bounded', { timeout: 60_000 }, async () => {
    const piece = Buffer.alloc(1024 * 1024, ' ')
    const start = process.memoryUsage.rss()
    let peak = start
    for (const sized of [true, false]) {
      let sent = 0
      const status = await new Promise<number>((resolve, reject) => {
        const headers = {
          authorization: `Bearer ${secret}`,
          'content-type': JSON_TYPE,
          ...(sized && { 'content-length': String(100 * piece.length) }),
        }
        const upload = request({ port, host: '127.0.0.1', method: 'POST', path: '/epcis/capture', headers }, (response) => {
          resolve(response.statusCode!)
          response.resume()
          upload.destroy()
        })
        upload.on('error', (error) => (upload.destroyed ? undefined : reject(error)))
        const more = (): void => {
          peak = Math.max(peak, process.memoryUsage.rss())
          if (sent === 100 * piece.length || upload.destroyed) return
          sent += piece.length
          if (upload.write(piece)) setImmediate(more)
          else upload.once('drain', more)
        }
        more()
      })
      expect([sized, status]).toEqual([sized, 413])
      expect(sent).toBeLessThan(100 * piece.length)
    }
    // server and client are one process here: what was under way, and the limit, but never the document
    expect((peak - start) / 1024 / 1024).toBeLessThan(90)
  })

  it('after all of it, the server answers as before', async () => {
    expect(await told(document([EVENT]), JSON_TYPE)).toBe('captured')
  })
})

function deep(levels: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = [value]
  return value
}
