import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyElement, keyAndQualifiers, linkElements } from '../../../test/support/gs1-arbitrary.ts'
import { APPLICATION_IDENTIFIERS } from './application-identifiers.ts'
import { buildDigitalLink, canonicalDigitalLink, constrainElements, epcisDigitalLink, parseDigitalLink } from './digital-link.ts'
import { checkAssociations, type Element, type KnownElement } from './element.ts'
import { buildBracketed, buildElementString, checkElements, parseBracketed, parseElementString } from './element-string.ts'
import { decodeEpcHex, encodeEpcHex, EPC_BINARY_SCHEMES, epcToDigitalLink } from './epc-binary.ts'
import { digitalLinkToEpcUrn, elementsToEpcUrn, epcUrnToDigitalLink } from './epc-urn.ts'
import { readCode } from './read-code.ts'
import { buildScanData, parseScanData } from './scan-data.ts'

const runs = { numRuns: 1500 }
const bare = (elements: readonly Element[]) => elements.map(({ ai, value }) => ({ ai, value }))
const mayStandTogether = (elements: readonly KnownElement[]) => checkAssociations(elements, { requireCompanions: false }) === undefined
const byText = (a: Element, b: Element) => (a.ai < b.ai ? -1 : 1)
const lenient = { requireCompanions: false }

function linkOf(elements: readonly Element[], stem?: string): string {
  const built = buildDigitalLink(elements, stem)
  if (!built.ok) throw new Error(built.fault.code)
  return built.uri
}

describe('elements of any application identifier', () => {
  test('come back from brackets, from an element string and from a scanner', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(fc.array(anyElement, { minLength: 1, maxLength: 6 }), (elements) => {
        fc.pre(mayStandTogether(elements))
        for (const { ai } of elements) seen.add(ai)
        for (const parsed of [
          parseBracketed(buildBracketed(elements)),
          parseElementString(buildElementString(elements)),
          parseElementString(buildElementString(elements, '\x1d')),
          checkElements(bare(elements)),
        ])
          expect(parsed.ok ? bare(parsed.elements) : parsed.fault).toEqual(bare(elements))
        const scanned = parseScanData(buildScanData(']d2', elements))
        expect(scanned.ok ? bare(scanned.scan.elements) : scanned.fault).toEqual(bare(elements))
      }),
      { numRuns: 4000 },
    )
    // Nearly all of them: the generator is random, its coverage is not.
    expect(seen.size).toBeGreaterThan(APPLICATION_IDENTIFIERS.length * 0.95)
  })

  test('with a character beyond their set are refused and never throw', () => {
    fc.assert(
      fc.property(
        anyElement,
        fc.constantFrom(' ', '$', '@', '~', '^', '\u00e9', '\u5b57', '\0'),
        fc.nat(),
        ({ ai, value }, character, place) => {
          const at = place % value.length
          expect(checkElements([{ ai, value: value.slice(0, at) + character + value.slice(at + 1) }]).ok).toBe(false)
        },
      ),
      runs,
    )
  })
})

describe('a Digital Link', () => {
  test('says what it was built of, on any stem', () => {
    fc.assert(
      fc.property(
        linkElements,
        fc.constantFrom('https://id.gs1.org', 'https://a.example/p/q', 'HTTP://A.EXAMPLE:8080/'),
        (elements, stem) => {
          fc.pre(mayStandTogether(elements))
          const uri = linkOf(elements, stem)
          const parsed = parseDigitalLink(uri, lenient)
          if (!parsed.ok) throw new Error(`${uri}: ${parsed.fault.code}`)
          expect(bare(parsed.link.elements).sort(byText)).toEqual(bare(elements).sort(byText))
          expect(parsed.link.stem).toBe(stem.replace(/\/$/, ''))
          expect(linkOf(parsed.link.elements, stem)).toBe(uri)
        },
      ),
      runs,
    )
  })

  test('has one canonical form, whatever order and delimiter its attributes have', () => {
    fc.assert(
      fc.property(linkElements, fc.boolean(), (elements, semicolon) => {
        fc.pre(mayStandTogether(elements))
        const canonical = canonicalDigitalLink(elements)
        if (!canonical.ok) throw new Error(canonical.fault.code)
        const again = readCode(canonical.uri, lenient)
        expect(again.ok && again.code.canonical).toBe(canonical.uri)
        const [path = '', query] = linkOf(elements, 'https://other.example/x').split('?')
        const turned = query
          ?.split('&')
          .toReversed()
          .join(semicolon ? ';' : '&')
        const other = readCode(`${path}/${turned === undefined ? '' : `?utm=1&${turned}`}#top`, lenient)
        expect(other.ok && other.code.canonical).toBe(canonical.uri)
      }),
      runs,
    )
  })

  test('and the element string of the same elements have the same canonical form', () => {
    fc.assert(
      fc.property(linkElements, (elements) => {
        fc.pre(mayStandTogether(elements))
        const link = readCode(linkOf(elements), lenient)
        for (const text of [buildElementString(elements), buildBracketed(elements), buildScanData(']C1', elements)]) {
          const read = readCode(text)
          expect(read.ok && read.code.canonical).toBe(link.ok && link.code.canonical)
        }
      }),
      runs,
    )
  })

  test('with characters changed, dropped or doubled never throws, and is refused or still canonical', () => {
    fc.assert(
      fc.property(
        linkElements,
        fc.array(fc.tuple(fc.nat(), fc.constantFrom('drop', 'double', 'change'), fc.integer({ min: 0, max: 0x2fff })), {
          minLength: 1,
          maxLength: 4,
        }),
        (elements, changes) => {
          let uri = linkOf(elements)
          for (const [place, how, code] of changes) {
            const at = place % (uri.length + 1)
            const middle = how === 'drop' ? '' : how === 'double' ? uri.slice(at, at + 1).repeat(2) : String.fromCharCode(code)
            uri = uri.slice(0, at) + middle + uri.slice(at + 1)
          }
          const read = readCode(uri, { shortGtins: true, alphas: true, unknownAis: true })
          if (!read.ok || read.code.canonical === undefined) return
          const again = readCode(read.code.canonical, lenient)
          expect(again.ok && again.code.canonical).toBe(read.code.canonical)
        },
      ),
      { numRuns: 5000 },
    )
  })

  // what grew with the square of half a million characters would not end before the time-out
  test('of hostile length takes time in proportion to it', { timeout: 60_000 }, () => {
    const hostile = [
      `https://a/${'01/'.repeat(200_000)}`,
      `https://a/01/09506000134352${'/21/x'.repeat(120_000)}`,
      `https://a/01/09506000134352?${'&;'.repeat(300_000)}`,
      `https://a/01/09506000134352?${'99=%41&'.repeat(90_000)}`,
      `https://a/01/09506000134352/21/${'%41'.repeat(200_000)}`,
      `(10)${'\\('.repeat(300_000)}`,
      `(10)${'(10)A'.repeat(120_000)}`,
      `^${'0109506000134352'.repeat(40_000)}`,
      `^10${'\x1d'.repeat(600_000)}`,
      `urn:epc:id:sgtin:${'.'.repeat(600_000)}`,
    ]
    for (const text of hostile) {
      for (const parse of [parseDigitalLink, parseBracketed, parseElementString, parseScanData, epcUrnToDigitalLink, epcisDigitalLink])
        expect(() => parse(text)).not.toThrow()
    }
  })
})

describe('an EPC', () => {
  test('is the same as URN, as Digital Link and as binary string', () => {
    const schemes = new Set<string>()
    fc.assert(
      fc.property(keyAndQualifiers, fc.integer({ min: 6, max: 12 }), (elements, companyPrefixLength) => {
        const constrained = constrainElements(elements)
        fc.pre(constrained !== undefined)
        const urn = elementsToEpcUrn(constrained!, companyPrefixLength)
        // A GIAI, GINC or CPI may have letters where such a prefix would be, and others have no EPC.
        if (urn.ok) {
          const link = epcUrnToDigitalLink(urn.urn)
          if (!link.ok) throw new Error(`${urn.urn}: ${link.fault.code}`)
          expect(digitalLinkToEpcUrn(link.uri, companyPrefixLength)).toEqual(urn)
          const extension = constrained!.find(({ ai }) => ai === '254')?.value
          if (extension !== '0') expect(epcisDigitalLink(linkOf(constrained!))).toBe(link.uri)
        }
        for (const scheme of EPC_BINARY_SCHEMES) {
          const encoded = encodeEpcHex(constrained!, { scheme, filter: 1, companyPrefixLength })
          if (!encoded.ok) continue
          const decoded = decodeEpcHex(encoded.hex)
          if (!decoded.ok) throw new Error(`${scheme} ${encoded.hex}: ${decoded.fault.code} ${decoded.fault.detail}`)
          schemes.add(decoded.epc.scheme)
          expect(decoded.epc.scheme).toBe(scheme)
          const extension = constrained!.find(({ ai }) => ai === '254')?.value
          if (extension === '0') continue
          expect(epcToDigitalLink(decoded.epc)).toEqual({ ok: true, uri: linkOf(constrained!) })
          if (decoded.epc.companyPrefixLength !== undefined && urn.ok)
            expect(elementsToEpcUrn(decoded.epc.elements, companyPrefixLength)).toEqual(urn)
        }
      }),
      { numRuns: 3000 },
    )
    expect(schemes.size).toBeGreaterThan(20)
  })
})
