import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { epcisDigitalLink } from '../gs1/digital-link.ts'
import { expandCurie, modelName, PrefixTable, STANDARD_NAMESPACES } from './context.ts'
import { hashTime, instantMs, isDateTime } from './date-time.ts'
import { classPattern, comparable, instancePattern, normalForm } from './epc-normal-form.ts'
import type { EpcisDocument } from './event.ts'
import { eventHash, preHash } from './event-hash.ts'
import { judgeJson } from './read-json.ts'
import { sha256Hex } from './sha256.ts'
import { convertUnit, unitsLike } from './units.ts'
import { isUri } from './uri.ts'
import { modelTerm, VOCABULARIES, type VocabularyKind, webTerm, xmlTerm } from './vocabulary.ts'
import { documentToJson, eventsToJson } from './write-json.ts'
import { readXml } from './xml/read.ts'
import { documentToXml } from './xml/write.ts'

describe('date-times', () => {
  it.each([
    ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31t12:00:00.5z', '2026-01-31T12:00:00.500Z'],
    ['2026-01-31T23:30:00-05:30', '2026-02-01T05:00:00.000Z'],
    ['2024-02-29T00:00:00+14:00', '2024-02-28T10:00:00.000Z'],
    ['2026-01-31T12:00:00.3142715Z', '2026-01-31T12:00:00.314Z'],
    ['2026-01-31T12:00:00.9996Z', '2026-01-31T12:00:01.000Z'],
    // half to even, as the reference algorithm rounds
    ['2026-01-31T12:00:00.0005Z', '2026-01-31T12:00:00.000Z'],
    ['2026-01-31T12:00:00.0015Z', '2026-01-31T12:00:00.002Z'],
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ])('%s is %s in a hash', (given, wanted) => {
    expect(isDateTime(given)).toBe(true)
    expect(hashTime(given)).toBe(wanted)
  })

  it.each([
    '2026-01-31',
    '2026-01-31T12:00:00',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-31T24:00:00Z',
    '2026-01-31T12:00:60Z',
    '2026-01-31 12:00:00Z',
    '2026-01-31T12:00:00+0800',
    '2026-01-31T12:00:00+24:00',
    '',
  ])('%j is none', (text) => {
    expect(isDateTime(text)).toBe(false)
    expect(instantMs(text)).toBeNaN()
    expect(hashTime(text)).toBe(text)
  })

  it('are the instants of Date for every offset', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('2200-01-01'), noInvalidDate: true }),
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        (date, offset) => {
          const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1)
          const sign = offset < 0 ? '-' : '+'
          const pad = (n: number) => String(n).padStart(2, '0')
          const text = `${local}${sign}${pad(Math.floor(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`
          expect(instantMs(text)).toBeCloseTo(date.getTime(), 5)
          expect(hashTime(text)).toBe(date.toISOString())
        },
      ),
    )
  })
})

describe('URIs', () => {
  it.each([
    'urn:a:b',
    'https://example.com',
    'http://[2001:db8::1]:8080/x?y#z',
    'geo:29.87,121.55',
    'mailto:a@b',
    'ni:///sha-256;f4?ver=CBV2.0',
    'example:x',
    'file:///a',
  ])('%s is one', (text) => expect(isUri(text)).toBe(true))
  it.each([
    '',
    'shipping',
    'urn:',
    ':x',
    '1a:b',
    'https://exa mple',
    'urn:a:中',
    'urn:a:%2',
    'urn:a:"',
    'http://[::1',
    'a:b#c#d',
    'https://a\\b',
    '_:b0',
  ])('%j is none', (text) => expect(isUri(text)).toBe(false))
})

describe('terms of the standard vocabularies', () => {
  it('have one word for all their spellings', () => {
    const sizes: Partial<Record<VocabularyKind, number>> = {}
    for (const kind of Object.keys(VOCABULARIES) as VocabularyKind[]) {
      sizes[kind] = VOCABULARIES[kind].words.size
      for (const word of VOCABULARIES[kind].words)
        for (const spelling of [word, webTerm(kind, word), xmlTerm(kind, word)]) expect(modelTerm(kind, spelling)).toBe(word)
    }
    // the sizes of the 2.0.1 schema
    expect(sizes).toEqual({
      bizStep: 41,
      disposition: 33,
      bizTransactionType: 13,
      sourceDestinationType: 3,
      errorReason: 2,
      component: 14,
      measurementType: 72,
      sensorAlertType: 2,
    })
  })

  it('leave other words alone', () => {
    expect(modelTerm('bizStep', 'https://ns.example.com/step')).toBe('https://ns.example.com/step')
    expect(modelTerm('bizStep', 'urn:epcglobal:cbv:bizstep:dancing')).toBe('urn:epcglobal:cbv:bizstep:dancing')
    expect(modelTerm('measurementType', 'https://www.gs1.org/voc/MT-Humidity')).toBe('gs1:MT-Humidity')
  })
})

describe('identifiers', () => {
  it.each([
    ['urn:epc:id:sgtin:4012345.011111.98%2f', 'https://id.gs1.org/01/04012345111118/21/98%2F'],
    ['HTTPS://EXAMPLE.COM/01/04012345111118/21/98%2f?linkType=all', 'https://id.gs1.org/01/04012345111118/21/98%2F'],
    ['https://example.com/p/01/04012345111118/22/A/10/B/21/C/', 'https://id.gs1.org/01/04012345111118/21/C'],
    ['https://example.com/01/04012345111118/235/U', 'https://id.gs1.org/01/04012345111118/235/U'],
    ['urn:epc:id:gsrn:4012345.0000006765', 'https://id.gs1.org/8018/401234500000067657'],
  ])('%s is %s', (given, wanted) => expect(normalForm(given)).toBe(wanted))

  it.each([
    'urn:epc:id:sgtin:4012345.11111.98',
    'urn:epc:id:sgtin:4012345.011111.',
    'urn:epc:id:imovn:9176187',
    'https://example.com/01/04012345111118/99/X',
    'https://example.com/',
    'shipping',
  ])('%s stays as it is', (text) => {
    expect(normalForm(text)).toBeUndefined()
    expect(comparable(text)).toBe(text)
  })

  it('are where the Digital Link parser brings them', () => {
    for (const uri of [
      'https://brand.example/01/09506000134352/10/L%2F1/21/A%26b',
      'https://brand.example/00/395060001343520000',
      'https://brand.example/414/9506000134307/254/x%2Fy',
      'https://brand.example/8004/9506000134352A%3A',
    ])
      expect(normalForm(uri)).toBe(epcisDigitalLink(uri))
  })

  it.each([
    ['urn:epc:idpat:sgtin:4012345.*.*', 'urn:epc:id:sgtin:4012345.011111.98', 'urn:epc:id:sgtin:401234.0011111.98'],
    ['urn:epc:idpat:sgtin:4012345.011111.*', 'https://x.example/01/04012345111118/21/98', 'https://x.example/01/04012345111118/10/98'],
    ['urn:epc:idpat:sscc:4012345.*', 'urn:epc:id:sscc:4012345.1111111111', 'urn:epc:id:sscc:4000001.1111111111'],
    ['urn:epc:idpat:sgln:4012345.00001.*', 'urn:epc:id:sgln:4012345.00001.0', 'urn:epc:id:sgln:4012345.00002.0'],
    ['urn:epc:idpat:grai:4012345.*.*', 'urn:epc:id:grai:4012345.00022.3344', 'urn:epc:id:grai:4000001.00022.3344'],
    ['urn:epc:idpat:giai:4012345.*', 'urn:epc:id:giai:4012345.ABC', 'urn:epc:id:giai:4000001.ABC'],
    ['urn:epc:idpat:gdti:4012345.00009.*', 'urn:epc:id:gdti:4012345.00009.PO', 'urn:epc:id:gdti:4012345.00008.PO'],
    ['urn:epc:idpat:cpi:4012345.*.*', 'urn:epc:id:cpi:4012345.AB.12', 'urn:epc:id:cpi:4000001.AB.12'],
    ['urn:epc:idpat:itip:4012345.011111.01.02.*', 'urn:epc:id:itip:4012345.011111.01.02.987', 'urn:epc:id:itip:4012345.011111.01.03.987'],
  ])('%s matches %s and not %s', (pattern, yes, no) => {
    const { prefix, regex } = instancePattern(pattern)!
    for (const [text, wanted] of [
      [yes, true],
      [no, false],
    ] as const) {
      const normal = normalForm(text)!
      expect([text, normal.startsWith(prefix) && new RegExp(regex).test(normal)]).toEqual([text, wanted])
    }
  })

  it('know what is no pattern', () => {
    for (const text of [
      'urn:epc:idpat:sgtin:*.011111.*',
      'urn:epc:idpat:sgtin:4012345.*',
      'urn:epc:idpat:none:1.*',
      'urn:epc:id:sgtin:4012345.011111.98',
    ])
      expect(instancePattern(text)).toBeUndefined()
    expect(classPattern('urn:epc:idpat:sgtin:4012345.*.*')?.regex).toBe('^https://id[.]gs1[.]org/01/[0-9]4012345[0-9]{6}(?:/10/.*)?$')
    expect(classPattern('urn:epc:idpat:sgtin:4012345.011111.*')).toBeUndefined()
  })
})

describe('names and prefixes', () => {
  const declared = new Map([['example', 'https://ns.example.com/epcis/']])

  it('are resolved by the prefixes of the document, of the standard, or as they are', () => {
    expect(modelName('example:f', declared)).toBe('{https://ns.example.com/epcis/}f')
    expect(modelName('cbvmda:lotNumber', declared)).toBe('{urn:epcglobal:cbv:mda}lotNumber')
    expect(modelName('https://ns.example.com/epcis/f', new Map())).toBe('{https://ns.example.com/epcis/}f')
    expect(modelName('none:f', declared)).toBe('{none:}f')
    expect(modelName('plain', declared)).toBe('plain')
    expect(expandCurie('example:x', declared)).toBe('https://ns.example.com/epcis/x')
    expect(expandCurie('https://example', new Map([['https', 'x']]))).toBe('https://example')
  })

  it('come back as CURIEs, with new prefixes where none is known and none taken twice', () => {
    const table = new PrefixTable(new Map([...declared, ['ns1', 'urn:one:'], ['cbv', 'urn:own:']]), STANDARD_NAMESPACES)
    expect(table.nameOf('{https://ns.example.com/epcis/}f')).toBe('example:f')
    expect(table.nameOf('{urn:two:}f')).toBe('ns2:f')
    expect(table.nameOf('{urn:own:}f')).toBe('ns3:f')
    expect(table.nameOf('{https://ref.gs1.org/cbv/}f')).toBe('cbv:f')
    expect(Object.fromEntries(table.used)).toMatchObject({ ns2: 'urn:two:', ns3: 'urn:own:' })
  })

  it('give events of a list their context', () => {
    const { context, events } = eventsToJson(
      [{ type: '{urn:x:}Dance', eventTime: '2026-01-31T12:00:00Z', eventTimeZoneOffset: '+08:00', '{urn:y:}f': 1 }],
      declared,
    )
    expect(context).toEqual(
      [
        'https://ref.gs1.org/standards/epcis/2.0.1/epcis-context.jsonld',
        { example: 'https://ns.example.com/epcis/', ns1: 'urn:x:', ns2: 'urn:y:' },
      ].map((c) => (typeof c === 'string' ? c : expect.objectContaining({ example: c.example }))),
    )
    expect(Object.keys(events[0]!)).toHaveLength(4)
  })
})

describe('units', () => {
  it('convert within their kind', () => {
    expect(convertUnit(26, 'CEL', 'KEL')).toBeCloseTo(299.15, 9)
    expect(convertUnit(212, 'FAH', 'CEL')).toBeCloseTo(100, 9)
    expect(convertUnit(9, 'FAH', 'CEL', true)).toBeCloseTo(5, 9)
    expect(convertUnit(1, 'KGM', 'CEL')).toBeUndefined()
    expect(convertUnit(1, 'XYZ', 'XYZ')).toBe(1)
    expect(unitsLike('KEL')).toEqual(['KEL', 'CEL', 'FAH'])
    expect(unitsLike('XYZ')).toEqual(['XYZ'])
  })
})

describe('the event hash', () => {
  it('has a SHA-256 of its own that is that of node', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        expect(sha256Hex(text)).toBe(createHash('sha256').update(text).digest('hex'))
      }),
    )
  })

  it('does not change with what an event is told apart by, and changes with everything else', () => {
    const event = {
      type: 'ObjectEvent',
      eventTime: '2026-01-31T12:00:00Z',
      eventTimeZoneOffset: '+08:00',
      epcList: ['urn:a:b'],
      action: 'OBSERVE',
    } as const
    const same = {
      ...event,
      eventID: 'urn:x:y',
      recordTime: '2026-02-01T00:00:00Z',
      errorDeclaration: { declarationTime: '2026-02-01T00:00:00Z' },
      '{http://www.w3.org/2000/01/rdf-schema#}comment': 'x',
    }
    expect(eventHash(same)).toBe(eventHash(event))
    expect(eventHash({ ...event, action: 'ADD' })).not.toBe(eventHash(event))
  })

  it('writes numbers as the reference does', () => {
    const of = (value: number | string) =>
      preHash({ type: 'ObjectEvent', eventTime: 'x', eventTimeZoneOffset: 'x', '{urn:n/}v': value }).split('v=')[1]
    expect([26, '26.0', '+026', '1e3', 0.00001, 1e22, '1_000', '0x10', 'nan', '-0.0', '1.5e-7'].map(of)).toEqual([
      '26',
      '26',
      '26',
      '1000',
      '1e-05',
      '10000000000000000000000',
      '1000',
      '0x10',
      'nan',
      '0',
      '1.5e-07',
    ])
  })
})

describe('a document', () => {
  const document: EpcisDocument = {
    kind: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: '2026-01-31T12:00:00Z',
    sender: 'urn:epc:id:sgln:0353579.00001.0',
    receiver: 'urn:epc:id:sgln:5012345.00001.0',
    instanceIdentifier: '1234567890',
    namespaces: new Map([['example', 'https://ns.example.com/epcis/']]),
    masterData: [
      {
        type: 'urn:epcglobal:epcis:vtype:BusinessLocation',
        vocabularyElementList: [
          {
            id: 'urn:epc:id:sgln:0037000.00729.0',
            attributes: [
              { id: 'urn:epcglobal:cbv:mda:latitude', attribute: 18.5 },
              { id: 'https://ns.example.com/address', attribute: { '{https://ns.example.com/epcis/}street': '100 <Nowhere>' } },
            ],
            children: ['urn:epc:id:sgln:0037000.00729.8201'],
          },
        ],
      },
    ],
    events: [],
    extensions: { '{https://ns.example.com/epcis/}note': 'x' },
  }

  it('keeps its header, master data and own fields through JSON and XML', () => {
    expect(judgeJson(documentToJson(document))).toMatchObject({ document, verdict: { faults: [] } })
    const { document: back, verdict } = readXml(documentToXml(document))
    expect(verdict.faults).toEqual([])
    const { namespaces: _n, ...rest } = document
    expect(back).toMatchObject(rest)
    expect(readXml(documentToXml(document, { version: '1.2' })).document.masterData).toEqual(document.masterData)
  })

  it('of a query keeps its names', () => {
    const query: EpcisDocument = {
      kind: 'EPCISQueryDocument',
      schemaVersion: '2.0',
      creationDate: '2026-01-31T12:00:00Z',
      queryName: 'mine',
      subscriptionID: 's1',
      namespaces: new Map(),
      events: [],
    }
    for (const back of [judgeJson(documentToJson(query)), readXml(documentToXml(query))]) {
      expect(back.verdict.faults).toEqual([])
      expect(back.document).toMatchObject({ kind: 'EPCISQueryDocument', queryName: 'mine', subscriptionID: 's1' })
    }
  })

  it('may be a single event, in both forms', () => {
    const inner =
      '<eventTime>2026-01-31T12:00:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcList><epc>urn:a:b</epc></epcList><action>ADD</action>'
    const { document: read, verdict } = readXml(`<epcis:ObjectEvent xmlns:epcis="urn:epcglobal:epcis:xsd:2">${inner}</epcis:ObjectEvent>`)
    expect(verdict.faults).toEqual([])
    expect(read).toMatchObject({ kind: 'Event', events: [{ type: 'ObjectEvent', epcList: ['urn:a:b'] }] })
    expect(judgeJson(documentToJson(read)).document.events).toEqual(read.events)
    const wrong = readXml(`<ObjectEvent>${inner}<colour/></ObjectEvent>`)
    expect(wrong.verdict.faults.map((f) => f.pointer)).toEqual(['/colour'])
    expect(wrong.document.events).toEqual([])
  })

  it('says what XML cannot hold', () => {
    const withField = (name: string, value: string) =>
      ({
        ...document,
        events: [{ type: 'ObjectEvent', eventTime: 'x', eventTimeZoneOffset: 'x', epcList: [], action: 'ADD', [name]: value }],
      }) as unknown as EpcisDocument
    expect(() => documentToXml(withField('{urn:x:}a', '\u0001'))).toThrow('not-expressible')
    expect(() => documentToXml(withField('{urn:x:}a b', 'x'))).toThrow('not-expressible')
    expect(() => documentToXml(withField('{urn:x:}a', '\ud800'))).toThrow('not-expressible')
  })

  it('of a QuantityEvent of version 1 is the ObjectEvent that replaced it', () => {
    const { document: read, verdict } = readXml(
      '<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2" creationDate="2026-01-31T12:00:00Z"><EPCISBody><EventList><QuantityEvent><eventTime>2026-01-31T12:00:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcClass>urn:epc:idpat:sgtin:4012345.011111.*</epcClass><quantity>5</quantity></QuantityEvent></EventList></EPCISBody></epcis:EPCISDocument>',
    )
    expect(verdict.faults).toEqual([])
    expect(read.events[0]).toMatchObject({
      type: 'ObjectEvent',
      action: 'OBSERVE',
      quantityList: [{ epcClass: 'urn:epc:idpat:sgtin:4012345.011111.*', quantity: 5 }],
    })
  })
})
