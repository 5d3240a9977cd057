import { describe, expect, it } from 'vitest'
import { EpcisProblem, type EpcisCode } from './problems.ts'
import { judgeJson, parseJson, readJson } from './read-json.ts'
import { readDocument } from './read-document.ts'
import { validateDocument } from './validate.ts'
import { EpcisXmlReader, readXml } from './xml/read.ts'

const EVENT = {
  type: 'ObjectEvent',
  eventTime: '2026-01-31T12:00:00Z',
  eventTimeZoneOffset: '+08:00',
  epcList: ['urn:epc:id:sgtin:4012345.011111.98'],
  action: 'OBSERVE',
}

const documentOf = (...events: unknown[]) => ({
  '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld', { example: 'https://ns.example.com/epcis/' }],
  type: 'EPCISDocument',
  schemaVersion: '2.0',
  creationDate: '2026-01-31T12:00:00Z',
  epcisBody: { eventList: events },
})

const codes = (raw: unknown): string[] => validateDocument(raw).faults.map((f) => `${f.pointer} ${f.code}`)

function problem(read: () => unknown): EpcisCode {
  try {
    read()
  } catch (error) {
    if (error instanceof EpcisProblem) return error.fault.code
    throw error
  }
  throw new Error('nothing was refused')
}

const xml = (body: string, before = '') =>
  `${before}<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:e="urn:e:" schemaVersion="2.0" creationDate="2026-01-31T12:00:00Z"><EPCISBody><EventList>${body}</EventList></EPCISBody></epcis:EPCISDocument>`

const xmlEvent = (extra = '') =>
  `<ObjectEvent><eventTime>2026-01-31T12:00:00Z</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcList><epc>urn:epc:id:sgtin:4012345.011111.98</epc></epcList><action>OBSERVE</action>${extra}</ObjectEvent>`

describe('a hostile JSON document', () => {
  it('nested a hundred thousand times is refused before anything is built', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    expect(problem(() => parseJson(deep))).toBe('document-too-deep')
    expect(problem(() => readJson(`{"a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}`))).toBe('document-too-deep')
    // data that came another way is guarded by the rules themselves
    let raw: unknown = 1
    for (let i = 0; i < 100_000; i++) raw = [raw]
    expect(codes(documentOf({ ...EVENT, 'example:deep': raw }))[0]).toContain('document-too-deep')
  })

  it('larger than the limit is refused by its size, in characters and in bytes', () => {
    const limits = { bytes: 1000, depth: 64, events: 10, valuesPerEvent: 100, faults: 10 }
    expect(problem(() => readJson(' '.repeat(1001), { limits }))).toBe('document-too-large')
    expect(problem(() => readDocument(new Uint8Array(1001), { limits }))).toBe('document-too-large')
  })

  it('with too many events or values is refused with the limit', () => {
    const limits = { bytes: 1e6, depth: 64, events: 2, valuesPerEvent: 100, faults: 10 }
    expect(validateDocument(documentOf(EVENT, EVENT, EVENT), { limits }).faults.map((f) => f.code)).toEqual(['too-many-events'])
    const many = { ...EVENT, epcList: Array.from({ length: 200 }, (_, i) => `urn:epc:id:sgtin:4012345.011111.${i}`) }
    expect(validateDocument(documentOf(many), { limits }).faults.map((f) => f.code)).toEqual(['too-many-values'])
  })

  it('with the names of prototypes is refused, and nothing is polluted', () => {
    const text = JSON.stringify(documentOf({ ...EVENT, 'example:x': { PROTO: { polluted: true } } })).replace('PROTO', '__proto__')
    expect(readJson(text).verdict.faults.map((f) => `${f.pointer} ${f.code}`)).toEqual([
      '/epcisBody/eventList/0/example:x/__proto__ forbidden-name',
    ])
    const top = JSON.stringify(documentOf({ ...EVENT, PROTO: { polluted: true } })).replace('PROTO', '__proto__')
    expect(readJson(top).verdict.faults.map((f) => f.code)).toEqual(['forbidden-name'])
    const context = JSON.stringify(documentOf(EVENT)).replace('"example":', '"__proto__":')
    expect(readJson(context).verdict.faults.map((f) => f.code)).toEqual(['forbidden-name'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    // harmless names are names
    const { document, verdict } = judgeJson(documentOf({ ...EVENT, 'example:x': { constructor: 1, toString: 2, $where: 'x' } }))
    expect(verdict.faults).toEqual([])
    expect(document.events[0]).toMatchObject({ '{https://ns.example.com/epcis/}x': { constructor: 1, toString: 2, $where: 'x' } })
  })

  it('with the same name twice means the last, as GS1’s own examples need it', () => {
    expect(parseJson('{"a":1,"b":{"c":1,"c":2}}')).toEqual({ a: 1, b: { c: 2 } })
  })

  it('with a context to be fetched, or another meaning for the standard, is refused', () => {
    const withContext = (context: unknown) => codes({ ...documentOf(EVENT), '@context': context })
    expect(withContext('https://evil.example/context.jsonld')).toEqual(['/@context remote-context'])
    expect(withContext(['https://ref.gs1.org/standards/epcis/2.0.1/epcis-context.jsonld', 'http://10.0.0.1/'])).toEqual([
      '/@context/1 remote-context',
    ])
    expect(withContext([{ '@import': 'https://evil.example/' }])).toEqual(['/@context/0/@import remote-context'])
    expect(withContext([{ eventTime: 'https://evil.example/' }])).toEqual(['/@context/0/eventTime protected-term'])
    expect(withContext([{ cbv: 'https://evil.example/' }])).toEqual(['/@context/0/cbv protected-term'])
    expect(codes(documentOf({ ...EVENT, 'example:x': { '@context': 'https://evil.example/' } }))).toEqual([
      '/epcisBody/eventList/0/example:x/@context remote-context',
    ])
    for (const known of ['2.0.0/epcis-context.jsonld', '2.0.1/epcis-context.jsonld', '2.0.1/epcis-context', 'epcis-context.jsonld'])
      expect(withContext(`https://ref.gs1.org/standards/epcis/${known}`)).toEqual([])
  })

  it('lists no more faults than the limit, and still knows every invalid event', () => {
    const { faults, invalidEvents } = validateDocument(documentOf(...Array.from({ length: 500 }, () => ({ ...EVENT, action: 'add' }))))
    expect(faults).toHaveLength(101)
    expect(faults.at(-1)?.code).toBe('more-faults')
    expect(invalidEvents.size).toBe(500)
  })

  it.each(['', '[]', 'null', '"EPCISDocument"', '{"type":1}', '{"type":"EPCISDocument"', '{"type":"EPCISDocument"}}', '\u0000'])(
    '%j is refused',
    (text) => {
      expect(['not-json', 'not-epcis']).toContain(problem(() => readJson(text)))
    },
  )

  it('with a wrong frame has all its faults listed', () => {
    const header = { epcisMasterData: { vocabularyList: [{ type: 'x', vocabularyElementList: 7 }] } }
    const { verdict } = judgeJson({
      ...documentOf({ ...EVENT, action: 'no' }),
      epcisHeader: header,
      creationDate: 7,
      'example:x': { y: 1 },
    })
    expect(verdict.faults.map((f) => `${f.pointer} ${f.code}`)).toEqual([
      '/creationDate not-string',
      '/epcisBody/eventList/0/action unknown-action',
      '/epcisHeader/epcisMasterData/vocabularyList/0/type not-uri',
      '/epcisHeader/epcisMasterData/vocabularyList/0/vocabularyElementList not-array',
    ])
    expect(verdict.frameValid).toBe(false)
  })

  it('keeps the good events apart from the bad ones', () => {
    const { document, indexes, verdict } = judgeJson(documentOf(EVENT, { ...EVENT, action: 'no' }, 7, EVENT))
    expect(document.events).toHaveLength(2)
    expect(indexes).toEqual([0, 3])
    expect([...verdict.invalidEvents]).toEqual([1, 2])
    expect(verdict.frameValid).toBe(true)
  })
})

describe('a hostile XML document', () => {
  it.each<[string, string, EpcisCode]>([
    ['a bomb of entities', xml('', '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'), 'xml-document-type'],
    ['an external subset', xml('', '<!DOCTYPE a SYSTEM "file:///etc/passwd">'), 'xml-document-type'],
    ['a public identifier', xml('', '<!DOCTYPE a PUBLIC "x" "http://evil.example/">'), 'xml-document-type'],
    ['an entity of its own', xml(xmlEvent('<e:x>&xxe;</e:x>')), 'xml-entity'],
    ['an endless entity name', xml(xmlEvent(`<e:x>&${'a'.repeat(100)};</e:x>`)), 'not-xml'],
    ['a character that is none', xml(xmlEvent('<e:x>&#0;</e:x>')), 'not-xml'],
    ['a surrogate', xml(xmlEvent('<e:x>&#xD800;</e:x>')), 'not-xml'],
    ['a control character', xml(xmlEvent('<e:x>\u0001</e:x>')), 'not-xml'],
    ['crossed tags', xml('<a><b></a></b>'), 'not-xml'],
    ['an attribute twice', xml('<a x="1" x="2"/>'), 'not-xml'],
    ['an attribute twice by namespace', xml('<a xmlns:p="u:1" xmlns:q="u:1" p:x="1" q:x="2"/>'), 'not-xml'],
    ['an undeclared prefix', xml('<p:a/>'), 'not-xml'],
    ['a rebound xml prefix', xml('<a xmlns:xml="u:1"/>'), 'not-xml'],
    ['a < in an attribute', xml('<a x="<"/>'), 'not-xml'],
    ['text behind the root', `${xml('')}x`, 'not-xml'],
    ['a second root', `${xml('')}<a/>`, 'not-xml'],
    ['no end', xml('').slice(0, -5), 'not-xml'],
    ['an open comment', xml('<!-- -- -->'), 'not-xml'],
    ['a misplaced declaration', xml('', ' <?xml version="1.0"?>').replace(' <?xml', '<!-- x -->\n<?xml'), 'not-xml'],
    ['another vocabulary', '<html/>', 'not-epcis'],
    ['nesting a hundred thousand deep', xml(`${'<e:a>'.repeat(100_000)}${'</e:a>'.repeat(100_000)}`), 'document-too-deep'],
    ['a thousand attributes', xml(`<e:a ${Array.from({ length: 1000 }, (_, i) => `a${i}=""`).join(' ')}/>`), 'xml-limit'],
    ['the name of the prototype', xml(xmlEvent('<e:x><__proto__>1</__proto__></e:x>')), 'forbidden-name'],
  ])('%s is refused', (_, text, code) => {
    expect(problem(() => readXml(text))).toBe(code)
    // and the same when the text comes byte by byte
    const reader = new EpcisXmlReader()
    expect(
      problem(() => {
        for (let i = 0; i < Math.min(text.length, 20_000); i++) reader.write(text[i]!)
        reader.write(text.slice(20_000))
        reader.end()
      }),
    ).toBe(code)
  })

  it('is bounded in events, values, tokens and size while it streams', () => {
    const limits = { bytes: 100_000, depth: 64, events: 3, valuesPerEvent: 50, faults: 10 }
    expect(problem(() => readXml(xml(xmlEvent().repeat(4)), { limits }))).toBe('too-many-events')
    expect(problem(() => readXml(xml(xmlEvent(`<e:a>${'<e:b/>'.repeat(60)}</e:a>`)), { limits }))).toBe('too-many-values')
    const reader = new EpcisXmlReader(limits)
    expect(
      problem(() => {
        for (;;) reader.write(' '.repeat(10_000))
      }),
    ).toBe('document-too-large')
    const token = new EpcisXmlReader({ ...limits, bytes: 1e9 })
    expect(
      problem(() => {
        token.write('<a ')
        for (;;) token.write('a'.repeat(100_000))
      }),
    ).toBe('xml-limit')
  })

  it('may have a bare document type, CDATA, comments and references', () => {
    const { document, verdict } = readXml(
      xml(
        xmlEvent('<!-- c --><e:x a="&lt;&#65;"><![CDATA[<&]]>&amp;\r\n&#x4E2D;</e:x>'),
        '\ufeff<?xml version="1.0"?>\n<!DOCTYPE project>',
      ),
    )
    expect(verdict.faults).toEqual([])
    expect(document.events[0]).toMatchObject({ '{urn:e:}x': { '@a': '<A', '#text': '<&&\n中' } })
  })

  it('may be UTF-16, and no other encoding than Unicode', () => {
    const text = xml(xmlEvent('<e:x>中</e:x>'), '<?xml version="1.0" encoding="UTF-16"?>')
    const little = Buffer.from(`\ufeff${text}`, 'utf16le')
    const big = Buffer.from(little).swap16()
    for (const bytes of [little, big, Buffer.from(text.replace('UTF-16', 'UTF-8'))])
      expect(readDocument(bytes).document.events[0]).toMatchObject({ '{urn:e:}x': '中' })
    expect(problem(() => readDocument(Buffer.from(text.replace('UTF-16', 'GBK'))))).toBe('encoding-not-supported')
    expect(problem(() => readDocument(Buffer.from([0x3c, 0xff, 0xff])))).toBe('not-xml')
    expect(problem(() => readDocument(Buffer.from([0x7b, 0xff])))).toBe('not-json')
  })

  it('names its fields that the standard does not have, with their place', () => {
    const { verdict } = readXml(
      xml(
        `${xmlEvent()}${xmlEvent('<colour>red</colour><quantityList><quantityElement><epcClass>urn:a:b</epcClass><quantity>many</quantity></quantityElement></quantityList>')}`,
      ),
    )
    expect(verdict.faults.map((f) => `${f.pointer} ${f.code}`)).toEqual([
      '/epcisBody/eventList/1/colour unknown-field',
      '/epcisBody/eventList/1/quantityList/0/quantity not-number',
    ])
    expect([...verdict.invalidEvents]).toEqual([1])
  })
})

describe('a million identifiers in one event', () => {
  it('are read in JSON and XML when the limits allow them, and refused when not', () => {
    const limits = { bytes: 200e6, depth: 64, events: 10, valuesPerEvent: 3_000_000, faults: 10 }
    const epcList = Array.from({ length: 200_000 }, (_, i) => `urn:epc:id:sgtin:4012345.011111.${i}`)
    expect(judgeJson(documentOf({ ...EVENT, epcList }), { limits }).verdict.faults).toEqual([])
    expect(
      judgeJson(documentOf({ ...EVENT, epcList: [...epcList, ...epcList.slice(0, 60_000)] })).verdict.faults.map((f) => f.code),
    ).toContain('too-many-values')
    const text = xml(
      xmlEvent()
        .replace('<epcList>', `<epcList>${epcList.map((e) => `<epc>${e}</epc>`).join('')}`)
        .replace(/011111\.98/, '011111.x98'),
    )
    expect(readXml(text, { limits }).document.events[0]?.epcList).toHaveLength(200_001)
  })
})
