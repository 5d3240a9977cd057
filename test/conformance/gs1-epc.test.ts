import { describe, expect, test } from 'vitest'
import { epcisDigitalLink } from '../../src/kernel/gs1/digital-link.ts'
import { digitalLinkToEpcUrn, epcUrnToDigitalLink, parseEpcUrn } from '../../src/kernel/gs1/epc-urn.ts'
import { count, hasReferenceData, referenceJson } from '../support/reference-data.ts'

const PAIRS = 'event-hash/dl_normaliser_pairs.json'

describe.runIf(hasReferenceData(PAIRS))('identifiers of events', () => {
  test('have one spelling as the CBV event hash wants it', () => {
    const pairs = referenceJson<{ group: string; in: string | number; expect: string | null }[]>(PAIRS)
    let back = 0
    for (const pair of pairs) {
      // One of the pairs is a number, which the types of our face exclude.
      const given = String(pair.in)
      const urn = given.startsWith('urn:') ? epcUrnToDigitalLink(given) : undefined
      const link = urn === undefined ? epcisDigitalLink(given) : urn.ok ? urn.uri : undefined
      expect([given, link]).toEqual([given, pair.expect ?? undefined])
      const parsed = parseEpcUrn(given)
      // A pattern of UPUIs names a GTIN, as one of SGTINs does, so that the way back cannot tell them apart.
      if (!parsed.ok || parsed.epc.scheme === 'upui') continue
      expect(digitalLinkToEpcUrn(link!, parsed.epc.companyPrefixLength)).toMatchObject({ ok: true, urn: given })
      back++
    }
    count('spellings of identifiers', pairs.length, pairs.length)
    count('of them URNs, and back', back, back)
  })
})
