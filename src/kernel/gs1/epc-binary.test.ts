import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildBracketed, parseBracketed } from './element-string.ts'
import { canonicalDigitalLink } from './digital-link.ts'
import {
  compressedSegment,
  decodeCompressedSegment,
  decodeEpcHex,
  encodeEpcHex,
  EPC_BINARY_SCHEMES,
  epcToDigitalLink,
  expandCompressedLink,
} from './epc-binary.ts'
import { elementsToEpcUrn } from './epc-urn.ts'

/** The summary examples of TDS 2.3, annex E.3: scheme, filter, elements, company prefix length, hexadecimal, EPC URN. */
const EXAMPLES = [
  ['sgtin-198', 3, '(01)09506000134352(21)32a/b', 11, '3666C4409047E159B2C2BF100000000000000000000000000000', 'urn:epc:id:sgtin:95060001343.05.32a%2Fb'],
  ['sgtin+', 3, '(01)79521141123453(21)32a/b', 0, 'F73795211411234538566CB0AFC4', ''],
  ['dsgtin+', 3, '(01)79521141123453(21)32a/b(17)220630', 0, 'FB342CDE795211411234538566CB0AFC4', ''],
  ['sscc-96', 0, '(00)095201234567891235', 6, '311BA1B300CE0A6A83000000', 'urn:epc:id:sscc:952012.03456789123'],
  ['sscc+', 0, '(00)095201234567891235', 0, 'F90095201234567891235', ''],
  ['sgln-96', 3, '(414)9521141123454(254)5678', 7, '3276451FD46072000000162E', 'urn:epc:id:sgln:9521141.12345.5678'],
  ['sgln-195', 3, '(414)9521141123454(254)32a/b', 7, '3976451FD46072CD9615F8800000000000000000000000000000', 'urn:epc:id:sgln:9521141.12345.32a%2Fb'],
  ['sgln+', 3, '(414)9521141123454(254)32a/b', 0, 'F2395211411234548566CB0AFC4', ''],
  ['grai-96', 3, '(8003)095211411234545678', 7, '3376451FD40C0E400000162E', 'urn:epc:id:grai:9521141.12345.5678'],
  ['grai-170', 3, '(8003)0952114112345432a/b', 7, '3776451FD40C0E59B2C2BF1000000000000000000000', 'urn:epc:id:grai:9521141.12345.32a%2Fb'],
  ['grai+', 3, '(8003)0952114112345432a/b', 0, 'F13095211411234548566CB0AFC4', ''],
  ['giai-96', 3, '(8004)95211415678', 7, '3476451FD40000000000162E', 'urn:epc:id:giai:9521141.5678'],
  ['giai-202', 3, '(8004)952114132a/b', 7, '3876451FD59B2C2BF10000000000000000000000000000000000', 'urn:epc:id:giai:9521141.32a%2Fb'],
  ['giai+', 3, '(8004)952114132a/b', 0, 'FA3952114132E83C2BF10', ''],
  ['gsrn-96', 3, '(8018)952114112345678906', 7, '2D76451FD4499602D2000000', 'urn:epc:id:gsrn:9521141.1234567890'],
  ['gsrn+', 3, '(8018)952114112345678906', 0, 'F43952114112345678906', ''],
  ['gsrnp-96', 3, '(8017)952114112345678906', 7, '2E76451FD4499602D2000000', 'urn:epc:id:gsrnp:9521141.1234567890'],
  ['gsrnp+', 3, '(8017)952114112345678906', 0, 'F53952114112345678906', ''],
  ['gdti-96', 3, '(253)95211411234545678', 7, '2C76451FD46072000000162E', 'urn:epc:id:gdti:9521141.12345.5678'],
  ['gdti-174', 3, '(253)9521141987650ABCDefgh012345678', 7, '3E76451FD7039B061438997367D0C18B266D1AB66EE0', 'urn:epc:id:gdti:9521141.98765.ABCDefgh012345678'],
  ['gdti+', 3, '(253)95211411234545678', 0, 'F6395211411234540458B8', ''],
  ['cpi-96', 3, '(8010)952114198765(8011)12345', 7, '3C76451FD400C0E680003039', 'urn:epc:id:cpi:9521141.98765.12345'],
  ['cpi-var', 3, '(8010)95211415PQ7/Z43(8011)12345', 7, '3D76451FD75411DEF6B4CC00000003039000', 'urn:epc:id:cpi:9521141.5PQ7%2FZ43.12345'],
  ['cpi+', 3, '(8010)95211415PQ7/Z43(8011)12345', 0, 'F0395211415E87A145BAFB4D19A8C0E4', ''],
  ['sgcn-96', 3, '(255)952114167890904711', 7, '3F76451FD612640000019907', 'urn:epc:id:sgcn:9521141.67890.04711'],
  ['sgcn+', 3, '(255)952114167890904711', 0, 'F839521141678909509338', ''],
  ['itip-110', 3, '(8006)095211411234540102(21)981', 7, '4076451FD40C0E40820000000F54', 'urn:epc:id:itip:9521141.012345.01.02.981'],
  ['itip-212', 3, '(8006)095211411234540102(21)mw133', 7, '4176451FD40C0E4082DBDD8B36600000000000000000000000000000', 'urn:epc:id:itip:9521141.012345.01.02.mw133'],
  ['itip+', 3, '(8006)095211411234540102(21)rif981', 0, 'F3309521141123454010266AE27FDF35', ''],
] as const // prettier-ignore

function elementsOf(text: string) {
  const parsed = parseBracketed(text)
  if (!parsed.ok) throw new Error(`${text}: ${parsed.fault.code}`)
  return parsed.elements
}

describe('an EPC binary string', () => {
  test.each(EXAMPLES)('%s is written and read as the standard shows', (scheme, filter, text, length, hex, urn) => {
    const elements = elementsOf(text)
    const options = length === 0 ? { scheme, filter } : { scheme, filter, companyPrefixLength: length }
    expect(encodeEpcHex(elements, options)).toEqual({ ok: true, hex })
    const decoded = decodeEpcHex(hex)
    if (!decoded.ok) throw new Error(decoded.fault.code)
    expect(decoded.epc).toMatchObject({ scheme, filter, moreData: false, companyPrefixLength: length === 0 ? undefined : length })
    expect(buildBracketed(decoded.epc.elements)).toBe(text)
    if (urn !== '') expect(elementsToEpcUrn(decoded.epc.elements, decoded.epc.companyPrefixLength!)).toEqual({ ok: true, urn })
  })

  test('of every scheme but the deprecated GDTI-113 is among the examples, and that one comes back', () => {
    const shown = new Set<string>(EXAMPLES.map(([scheme]) => scheme))
    expect(EPC_BINARY_SCHEMES.filter((scheme) => !shown.has(scheme))).toEqual(['sgtin-96', 'gdti-113'])
    const sgtin = encodeEpcHex(elementsOf('(01)09506000134352(21)6789'), { scheme: 'sgtin-96', filter: 3, companyPrefixLength: 11 })
    expect(sgtin).toEqual({ ok: true, hex: '3066C4409047E14000001A85' })
    const gdti = encodeEpcHex(elementsOf('(253)9521141123454007'), { scheme: 'gdti-113', companyPrefixLength: 7 })
    const back = gdti.ok ? decodeEpcHex(gdti.hex) : gdti
    expect(back.ok && 'epc' in back ? buildBracketed(back.epc.elements) : '').toBe('(253)9521141123454007')
  })

  test('stands in a compressed Digital Link in either form', () => {
    const hex = 'F73795211411234538566CB0AFC4'
    for (const form of ['eh', 'ex'] as const) {
      const segment = compressedSegment(hex, form)
      const decoded = decodeCompressedSegment(segment)
      expect(decoded.ok ? epcToDigitalLink(decoded.epc) : decoded).toEqual({
        ok: true,
        uri: 'https://id.gs1.org/01/79521141123453/21/32a%2Fb',
      })
      expect(expandCompressedLink(`https://shop.example/x/${segment}?linkType=all`)).toMatchObject({
        ok: true,
        uri: 'https://shop.example/x/01/79521141123453/21/32a%2Fb',
      })
    }
    expect(compressedSegment(hex, 'ex')).toBe(`ex${Buffer.from(hex, 'hex').toString('base64url')}`)
    expect(expandCompressedLink('https://shop.example/01/79521141123453')).toBeUndefined()
  })

  test.each([
    ['', 'binary-header'],
    ['30', 'binary-truncated'],
    ['FF00', 'binary-header'],
    ['XYZ', 'binary-text'],
    ['3066C4409047E140000', 'binary-truncated'],
    ['303FC4409047E14000001A85', 'binary-value'],
    ['F9009520123456789123A', 'binary-value'],
    ['F90095201234567891236', 'check-digit'],
    ['F90095201234567891235FF', 'binary-value'],
    ['FB3F2CDE795211411234538566CB0AFC4', 'binary-value'],
    ['0'.repeat(4000), 'binary-text'],
  ])('%s is refused: %s', (hex, code) => {
    expect(decodeEpcHex(hex)).toMatchObject({ ok: false, fault: { code } })
  })

  test.each([
    ['sgtin-96', '(01)09506000134352(21)007', 11, 'binary-fit'],
    ['sgtin-96', '(01)09506000134352(21)274877906944', 11, 'binary-fit'],
    ['sgtin-96', '(01)09506000134352(21)6789', 5, 'prefix-length'],
    ['sgtin-96', '(01)09506000134352', 7, 'binary-fit'],
    ['dsgtin+', '(01)09506000134352(21)1', 0, 'binary-fit'],
    ['giai-96', '(8004)952114100', 7, 'binary-fit'],
    ['sgtin+', '(00)095201234567891235', 0, 'binary-fit'],
  ] as const)('%s cannot say %s', (scheme, text, length, code) => {
    expect(encodeEpcHex(elementsOf(text), { scheme, companyPrefixLength: length })).toMatchObject({ ok: false, fault: { code } })
  })

  test('never throws on bits of any kind', () => {
    let read = 0
    fc.assert(
      fc.property(fc.constantFrom(...EXAMPLES), fc.nat(60), fc.integer({ min: 1, max: 15 }), ([, , , , hex], place, by) => {
        const at = place % hex.length
        const wrong = hex.slice(0, at) + (Number.parseInt(hex[at]!, 16) ^ by).toString(16) + hex.slice(at + 1)
        const decoded = decodeEpcHex(wrong)
        if (decoded.ok) read++
        // What is still read is one identifier that every other form can say.
        return !decoded.ok || canonicalDigitalLink(decoded.epc.elements).ok
      }),
      { numRuns: 2000 },
    )
    expect(read).toBeGreaterThan(0)
  })
})
