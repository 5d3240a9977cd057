import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { normalForm } from '../../src/kernel/epcis/epc-normal-form.ts'
import { documentHashes, ignoredFields, preHash } from '../../src/kernel/epcis/event-hash.ts'
import type { EpcisDocument } from '../../src/kernel/epcis/event.ts'
import { convertJson, parseJson } from '../../src/kernel/epcis/read-json.ts'
import { convertXml } from '../../src/kernel/epcis/xml/read.ts'
import { hasReferenceData, referenceFiles, referenceText } from '../support/reference-data.ts'

const read = (path: string): EpcisDocument =>
  path.endsWith('.xml') ? convertXml(referenceText(path)) : convertJson(parseJson(referenceText(path)))

const preHashes = (document: EpcisDocument): string[] => {
  const ignore = ignoredFields(document)
  return document.events.map((event) => preHash(event, ignore))
}

const ni = (text: string): string => `ni:///sha-256;${createHash('sha256').update(text).digest('hex')}?ver=CBV2.0`

describe.skipIf(!hasReferenceData('event-hash'))('the event hash of CBV 2.0', () => {
  const EXAMPLES = 'event-hash/examples'
  const documents = [...referenceFiles(EXAMPLES, '.jsonld'), ...referenceFiles(EXAMPLES, '.xml')]
  const expected = (path: string, ending: string): string[] => {
    const file = path.replace(/\.(?:jsonld|xml)$/, ending)
    return referenceFiles(EXAMPLES, ending).includes(file) ? referenceText(file).split('\n').filter(Boolean) : []
  }

  it('is that of the reference for every event of every vector, in JSON and in XML', () => {
    let hashes = 0
    let strings = 0
    let stale = 0
    for (const path of documents) {
      const document = read(path)
      const wanted = expected(path, '.hashes')
      expect([path, documentHashes(document)]).toEqual([path, wanted])
      hashes += wanted.length
      const given = preHashes(document)
      expected(path, '.prehashes').forEach((string, i) => {
        // a few lines of the reference files are older than the hashes beside them: they do not hash to them
        if (ni(string) !== wanted[i]) stale++
        else {
          expect([path, i, given[i]]).toEqual([path, i, string])
          strings++
        }
      })
    }
    console.log(
      `EPCIS hash vectors: ${hashes} hashes and ${strings} pre-hash strings of ${documents.length} documents (${stale} stale strings skipped)`,
    )
    expect(hashes).toBeGreaterThan(40)
    expect(stale).toBe(2)
  })

  it('is one for the JSON and the XML form of a document', () => {
    const pairs = documents.filter((path) => path.endsWith('.jsonld') && documents.includes(path.replace('.jsonld', '.xml')))
    for (const path of pairs) expect(preHashes(read(path))).toEqual(preHashes(read(path.replace('.jsonld', '.xml'))))
    expect(pairs.length).toBeGreaterThan(4)
    console.log(`EPCIS hash: ${pairs.length} documents hash the same in JSON and XML`)
  })

  it('is one for every spelling of the same event', () => {
    let documentsSeen = 0
    for (const path of referenceFiles('event-hash/expected-equal', '')) {
      if (!/\.(?:xml|json)$/.test(path)) continue
      const hashes = documentHashes(read(path))
      expect(hashes.length).toBeGreaterThan(1)
      expect([path, new Set(hashes).size]).toEqual([path, 1])
      documentsSeen++
    }
    const same = referenceFiles('gs1-epcis-examples/xml/WithEventHashID', '').filter((path) => /\.(?:xml|json)$/.test(path))
    // one of the seven has another eventTimeZoneOffset, which CBV 2.0 counts
    const all = same
      .flatMap((path) => preHashes(read(path)))
      .map((string) => string.replace(/TimeZoneOffset=.06:00|TimeZoneOffset=.05:00/, ''))
    expect(all.length).toBeGreaterThan(6)
    for (const string of all) expect(string).toBe(all[0])
    console.log(`EPCIS hash: ${documentsSeen} documents of equal events, and ${all.length} spellings of GS1's event, hash the same`)
  })

  it('brings EPC URNs and Digital Link URIs to one form', () => {
    const pairs = JSON.parse(referenceText('event-hash/dl_normaliser_pairs.json')) as { in: unknown; expect: string | null }[]
    for (const { in: given, expect: wanted } of pairs)
      expect([given, typeof given === 'string' ? (normalForm(given) ?? null) : null]).toEqual([given, wanted])
    console.log(`EPC normal form: ${pairs.length} pairs`)
  })
})
