import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventHash, preHash } from '../../src/kernel/epcis/event-hash.ts'
import type { EpcisDocument, EpcisEvent, ExtensionValue } from '../../src/kernel/epcis/event.ts'
import { judgeJson, parseJson, readJson } from '../../src/kernel/epcis/read-json.ts'
import { validateDocument } from '../../src/kernel/epcis/validate.ts'
import { documentToJson } from '../../src/kernel/epcis/write-json.ts'
import { EpcisXmlReader, readXml } from '../../src/kernel/epcis/xml/read.ts'
import { documentToXml } from '../../src/kernel/epcis/xml/write.ts'
import { epcisEvent, GENERATED_NAMESPACES } from '../support/epcis-events.ts'
import { hasReferenceData, referenceFiles, referenceText } from '../support/reference-data.ts'

const documentOf = (events: readonly EpcisEvent[]): EpcisDocument => ({
  kind: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-01-31T12:00:00Z',
  namespaces: GENERATED_NAMESPACES,
  events,
})

/** JSON-LD means the same by a value and by a list of it alone, and XML cannot tell them apart; an empty list or object says nothing. */
function asSets(value: unknown): unknown {
  if (Array.isArray(value)) {
    const list = value.map(asSets)
    return list.length === 1 ? list[0] : list
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value as Record<string, ExtensionValue>).map(([name, entry]) => [name, asSets(entry)]))
}

describe('the forms of an event', () => {
  it('are valid JSON for every generated event, and JSON gives the event back', () => {
    fc.assert(
      fc.property(fc.array(epcisEvent(), { maxLength: 4 }), (events) => {
        const json = documentToJson(documentOf(events))
        const { document, verdict } = readJson(JSON.stringify(json))
        expect(verdict.faults).toEqual([])
        expect(document.events).toEqual(events)
      }),
      { numRuns: 400 },
    )
  })

  it('are equal after JSON to XML to JSON, however the text of the XML is cut', () => {
    fc.assert(
      fc.property(fc.array(epcisEvent(), { maxLength: 3 }), fc.integer({ min: 1, max: 400 }), (events, piece) => {
        const xml = documentToXml(documentOf(events))
        const { document, verdict } = readXml(xml)
        expect(verdict.faults).toEqual([])
        expect(document.events).toEqual(events)
        const streamed: EpcisEvent[] = []
        const reader = new EpcisXmlReader(undefined, (event) => streamed.push(event))
        for (let i = 0; i < xml.length; i += piece) reader.write(xml.slice(i, i + piece))
        reader.end()
        expect(streamed).toEqual(events)
      }),
      { numRuns: 400 },
    )
  })

  it('have one hash', () => {
    fc.assert(
      fc.property(epcisEvent(), (event) => {
        const viaJson = judgeJson(documentToJson(documentOf([event]))).document.events[0]!
        const viaXml = readXml(documentToXml(documentOf([event]), { terms: 'web' })).document.events[0]!
        expect(preHash(viaJson)).toBe(preHash(event))
        expect(preHash(viaXml)).toBe(preHash(event))
        expect(eventHash(event)).toMatch(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0$/)
      }),
      { numRuns: 300 },
    )
  })

  it('go through XML 1.2 where 1.2 can hold them', () => {
    const types = ['ObjectEvent', 'AggregationEvent', 'TransactionEvent', 'TransformationEvent'] as const
    fc.assert(
      fc.property(epcisEvent(...types), (given) => {
        const { certificationInfo: _c, sensorElementList: _s, persistentDisposition: _p, ...event } = given
        const { document, verdict } = readXml(documentToXml(documentOf([event as EpcisEvent]), { version: '1.2' }))
        expect(verdict.faults).toEqual([])
        expect(document.events).toEqual([event])
      }),
      { numRuns: 200 },
    )
    expect(() =>
      documentToXml(documentOf([{ type: 'AssociationEvent', eventTime: '', eventTimeZoneOffset: '', parentID: 'urn:a:b' }]), {
        version: '1.2',
      }),
    ).toThrow('not-expressible')
  })
})

describe.skipIf(!hasReferenceData('gs1-epcis-examples'))("GS1's examples", () => {
  const json = ['gs1-epcis-examples/json-ld', 'gs1-epcis-examples/json-simple', 'event-hash/examples'].flatMap((folder) =>
    referenceFiles(folder, '.jsonld'),
  )
  const xml = [...referenceFiles('gs1-epcis-examples/xml', '.xml'), ...referenceFiles('event-hash/examples', '.xml')].filter(
    (path) => !path.includes('CaptureJob'),
  )

  it('in JSON come back equal from the model, and from XML', () => {
    let events = 0
    for (const path of json) {
      const { document, verdict } = readJson(referenceText(path), { older: true })
      // one example has ilmd beside the action OBSERVE
      const mistakes = path.endsWith('json-simple/WithFullCombinationOfFields/object_event_all_possible_fields.jsonld') ? 1 : 0
      expect([path, verdict.invalidEvents.size]).toEqual([path, mistakes])
      const again = judgeJson(JSON.parse(JSON.stringify(documentToJson(document))))
      expect([path, again.verdict.faults.filter((f) => f.pointer.includes('/eventList/'))]).toEqual([path, []])
      expect(again.document.events).toEqual(document.events)
      const back = readXml(documentToXml(document, { creationDate: '2026-01-31T12:00:00Z' }), { older: true }).document
      expect([path, asSets(back.events)]).toEqual([path, asSets(document.events)])
      events += document.events.length
    }
    console.log(`EPCIS examples: ${events} events of ${json.length} JSON documents come back equal from JSON and from XML`)
  })

  it('in XML are valid and come back equal, and their JSON is valid', () => {
    let events = 0
    for (const path of xml) {
      const { document, verdict } = readXml(referenceText(path), { older: true })
      expect([path, verdict.faults]).toEqual([path, []])
      expect(readXml(documentToXml(document), { older: true }).document.events).toEqual(document.events)
      expect([path, validateDocument(documentToJson(document), { older: true }).faults]).toEqual([path, []])
      expect(asSets(judgeJson(documentToJson(document), { older: true }).document.events)).toEqual(asSets(document.events))
      events += document.events.length
    }
    console.log(`EPCIS examples: ${events} events of ${xml.length} XML documents are valid and come back equal`)
  })

  it('give the same events in both forms', () => {
    const pairs = json.filter((path) => xml.includes(path.replace('.jsonld', '.xml')))
    for (const path of pairs) {
      const a = judgeJson(parseJson(referenceText(path))).document.events
      const b = readXml(referenceText(path.replace('.jsonld', '.xml'))).document.events
      expect(b.map((event) => preHash(event))).toEqual(a.map((event) => preHash(event)))
      expect(b.map((event) => Object.keys(event).sort())).toEqual(a.map((event) => Object.keys(event).sort()))
    }
    console.log(`EPCIS examples: ${pairs.length} documents are the same events in JSON and in XML`)
    expect(pairs.length).toBeGreaterThan(4)
  })
})
