import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { elementOf, epcOf } from '../../../test/support/gs1-arbitrary.ts'
import { findAi } from './application-identifiers.ts'
import { buildBracketed, parseBracketed } from './element-string.ts'
import { AIDC_IDENTIFIERS } from './epc-aidc.ts'
import { canonicalDigitalLink, parseDigitalLink } from './digital-link.ts'
import {
  compressedSegment,
  decodeCompressedSegment,
  decodeEpcHex,
  encodeEpcHex,
  EPC_BINARY_SCHEMES,
  epcToDigitalLink,
  expandCompressedLink,
} from './epc-binary.ts'
import { digitalLinkToEpcUrn, elementsToEpcUrn, epcUrnToDigitalLink } from './epc-urn.ts'

/** The summary examples of TDS 2.3, annex E.3: scheme, filter, elements, company prefix length, hexadecimal, EPC URN. */
const EXAMPLES = [
  [
    'sgtin-198',
    3,
    '(01)09506000134352(21)32a/b',
    11,
    '3666C4409047E159B2C2BF100000000000000000000000000000',
    'urn:epc:id:sgtin:95060001343.05.32a%2Fb',
  ],
  ['sgtin+', 3, '(01)79521141123453(21)32a/b', 0, 'F73795211411234538566CB0AFC4', ''],
  ['dsgtin+', 3, '(01)79521141123453(21)32a/b(17)220630', 0, 'FB342CDE795211411234538566CB0AFC4', ''],
  ['sscc-96', 0, '(00)095201234567891235', 6, '311BA1B300CE0A6A83000000', 'urn:epc:id:sscc:952012.03456789123'],
  ['sscc+', 0, '(00)095201234567891235', 0, 'F90095201234567891235', ''],
  ['sgln-96', 3, '(414)9521141123454(254)5678', 7, '3276451FD46072000000162E', 'urn:epc:id:sgln:9521141.12345.5678'],
  [
    'sgln-195',
    3,
    '(414)9521141123454(254)32a/b',
    7,
    '3976451FD46072CD9615F8800000000000000000000000000000',
    'urn:epc:id:sgln:9521141.12345.32a%2Fb',
  ],
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
  [
    'gdti-174',
    3,
    '(253)9521141987650ABCDefgh012345678',
    7,
    '3E76451FD7039B061438997367D0C18B266D1AB66EE0',
    'urn:epc:id:gdti:9521141.98765.ABCDefgh012345678',
  ],
  ['gdti+', 3, '(253)95211411234545678', 0, 'F6395211411234540458B8', ''],
  ['cpi-96', 3, '(8010)952114198765(8011)12345', 7, '3C76451FD400C0E680003039', 'urn:epc:id:cpi:9521141.98765.12345'],
  ['cpi-var', 3, '(8010)95211415PQ7/Z43(8011)12345', 7, '3D76451FD75411DEF6B4CC00000003039000', 'urn:epc:id:cpi:9521141.5PQ7%2FZ43.12345'],
  ['cpi+', 3, '(8010)95211415PQ7/Z43(8011)12345', 0, 'F0395211415E87A145BAFB4D19A8C0E4', ''],
  ['sgcn-96', 3, '(255)952114167890904711', 7, '3F76451FD612640000019907', 'urn:epc:id:sgcn:9521141.67890.04711'],
  ['sgcn+', 3, '(255)952114167890904711', 0, 'F839521141678909509338', ''],
  ['itip-110', 3, '(8006)095211411234540102(21)981', 7, '4076451FD40C0E40820000000F54', 'urn:epc:id:itip:9521141.012345.01.02.981'],
  [
    'itip-212',
    3,
    '(8006)095211411234540102(21)mw133',
    7,
    '4176451FD40C0E4082DBDD8B36600000000000000000000000000000',
    'urn:epc:id:itip:9521141.012345.01.02.mw133',
  ],
  ['itip+', 3, '(8006)095211411234540102(21)rif981', 0, 'F3309521141123454010266AE27FDF35', ''],
] as const

/** Those of annex E.3 with a host; the annex prints the headers of SSCC+ and ITIP+ on their twins, against its table 14-1. */
const HOST_EXAMPLES = [
  ['sgtin++', 3, '(01)79521141123453(21)32a/b', 'FD3795211411234538566CB0AFC525065F1876F0D996D800'],
  ['dsgtin++', 3, '(01)79521141123453(21)32a/b(17)220630', 'FC342CDE795211411234538566CB0AFC525065F1876F0D996D80'],
  ['sscc++', 0, '(00)095201234567891235', 'EF009520123456789123592832F8C3B786CCB6C0'],
  ['sgln++', 3, '(414)9521141123454(254)32a/b', 'E9395211411234548566CB0AFC525065F1876F0D996D8000'],
  ['grai++', 3, '(8003)0952114112345432a/b', 'EB3095211411234548566CB0AFC525065F1876F0D996D800'],
  ['giai++', 3, '(8004)952114132a/b', 'EE3952114132E83C2BF1494197C61DBC3665B600'],
  ['gsrn++', 3, '(8018)952114112345678906', 'E7395211411234567890692832F8C3B786CCB6C0'],
  ['gsrnp++', 3, '(8017)952114112345678906', 'E8395211411234567890692832F8C3B786CCB6C0'],
  ['gdti++', 3, '(253)95211411234545678', 'EA395211411234540458BA4A0CBE30EDE1B32DB0'],
  ['cpi++', 3, '(8010)95211415PQ7/Z43(8011)12345', 'E6395211415E87A145BAFB4D19A8C0E64A0CBE30EDE1B32DB000'],
  ['sgcn++', 3, '(255)952114167890904711', 'EC3952114167890950933C94197C61DBC3665B60'],
  ['itip++', 3, '(8006)095211411234540102(21)rif981', 'ED309521141123454010266AE27FDF3592832F8C3B786CCB6C00'],
] as const

/** Without the digits of zero that fill up a word; the host ends in a digit that is none. */
const trimmed = (hex: string): string => hex.replace(/0+$/, '')

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
    expect(decoded.epc).toMatchObject({ scheme, filter, companyPrefixLength: length === 0 ? undefined : length })
    expect(buildBracketed(decoded.epc.elements)).toBe(text)
    if (urn !== '') expect(elementsToEpcUrn(decoded.epc.elements, decoded.epc.companyPrefixLength!)).toEqual({ ok: true, urn })
  })

  test.each(HOST_EXAMPLES)('%s keeps its host', (scheme, filter, text, hex) => {
    const elements = elementsOf(text)
    expect(encodeEpcHex(elements, { scheme, filter, hostname: 'id.example.com' })).toEqual({ ok: true, hex: trimmed(hex) })
    const decoded = decodeEpcHex(hex)
    if (!decoded.ok) throw new Error(decoded.fault.code)
    expect(decoded.epc).toMatchObject({ scheme, filter, hostname: 'id.example.com' })
    expect(buildBracketed(decoded.epc.elements)).toBe(text)
    const link = epcToDigitalLink(decoded.epc)
    expect(link.ok && link.uri.startsWith('https://id.example.com/')).toBe(true)
  })

  test('of every scheme but the deprecated GDTI-113 is among the examples, and that one comes back', () => {
    const shown = new Set<string>([...EXAMPLES, ...HOST_EXAMPLES].map(([scheme]) => scheme))
    expect(EPC_BINARY_SCHEMES.filter((scheme) => !shown.has(scheme))).toEqual(['sgtin-96', 'gdti-113'])
    const sgtin = encodeEpcHex(elementsOf('(01)09506000134352(21)6789'), { scheme: 'sgtin-96', filter: 3, companyPrefixLength: 11 })
    expect(sgtin).toEqual({ ok: true, hex: '3066C4409047E14000001A85' })
    const gdti = encodeEpcHex(elementsOf('(253)9521141123454007'), { scheme: 'gdti-113', companyPrefixLength: 7 })
    const back = gdti.ok ? decodeEpcHex(gdti.hex) : gdti
    expect(back.ok && 'epc' in back ? buildBracketed(back.epc.elements) : '').toBe('(253)9521141123454007')
  })

  test.each(['shop.example.co.uk', 'www.example.cn', 'QR.EXAMPLE.ORG', 'a.b-c.tech', 'example.com.cn:8443', 'x', 'net.cn.gov.cn'])(
    'keeps the host %s',
    (hostname) => {
      const encoded = encodeEpcHex(elementsOf('(00)095201234567891235'), { scheme: 'sscc++', hostname })
      const decoded = encoded.ok ? decodeEpcHex(encoded.hex) : encoded
      expect(decoded.ok && 'epc' in decoded ? decoded.epc.hostname : undefined).toBe(hostname)
    },
  )

  test('may have any data behind it that the standard has a way to write', () => {
    const seen = new Set<string>()
    const rows = AIDC_IDENTIFIERS.filter((ai) => !['00', '8110', '8112'].includes(ai)).map((ai) => findAi(ai, 0, ai.length)!)
    fc.assert(
      fc.property(
        fc.shuffledSubarray(rows, { minLength: 1, maxLength: 3 }).chain((entries) => fc.tuple(...entries.map(elementOf))),
        (data) => {
          const encoded = encodeEpcHex(elementsOf('(00)095201234567891235'), { scheme: 'sscc+', data })
          // Some values are longer or of other characters than the tag's encoding of their identifier allows.
          if (!encoded.ok) return
          for (const { ai } of data) seen.add(ai)
          const decoded = decodeEpcHex(encoded.hex)
          if (!decoded.ok) throw new Error(`${encoded.hex}: ${decoded.fault.code} ${decoded.fault.detail}`)
          expect(buildBracketed(decoded.epc.elements)).toBe(buildBracketed([...elementsOf('(00)095201234567891235'), ...data]))
        },
      ),
      { numRuns: 4000 },
    )
    expect(rows.map(({ ai }) => ai).filter((ai) => !seen.has(ai))).toEqual([])
  })

  test('with lot and date behind it is a Digital Link with both', () => {
    const data = elementsOf('(10)L1(17)261231')
    const encoded = encodeEpcHex(elementsOf('(01)79521141123453(21)32a/b'), { scheme: 'sgtin+', filter: 1, data })
    const decoded = encoded.ok ? decodeEpcHex(`${encoded.hex}0000`) : encoded
    expect(decoded.ok && 'epc' in decoded ? epcToDigitalLink(decoded.epc) : decoded).toEqual({
      ok: true,
      uri: 'https://id.gs1.org/01/79521141123453/10/L1/21/32a%2Fb?17=261231',
    })
  })

  test.each(EPC_BINARY_SCHEMES)('of %s comes back from its bits, its compressed and plain Digital Link and its URN', (scheme) => {
    fc.assert(
      fc.property(epcOf(scheme), ({ elements, options }) => {
        const encoded = encodeEpcHex(elements, options)
        if (!encoded.ok) throw new Error(`${encoded.fault.code} ${encoded.fault.detail}`)
        const decoded = decodeEpcHex(encoded.hex)
        if (!decoded.ok) throw new Error(`${encoded.hex}: ${decoded.fault.code} ${decoded.fault.detail}`)
        const { epc } = decoded
        expect(epc.elements.map(({ ai, value }) => ({ ai, value }))).toEqual(elements)
        expect([epc.scheme, epc.filter, epc.hostname]).toEqual([scheme, options.filter, options.hostname])
        expect(encodeEpcHex(epc.elements, options)).toEqual(encoded)
        for (const form of ['eh', 'ex'] as const)
          expect(decodeCompressedSegment(compressedSegment(encoded.hex, form))).toMatchObject({ ok: true, epc: { scheme } })

        const { companyPrefixLength } = options
        if (epc.companyPrefixLength !== undefined) expect(epc.companyPrefixLength).toBe(companyPrefixLength)
        const urn = elementsToEpcUrn(epc.elements, companyPrefixLength!)
        if (!urn.ok) throw new Error(urn.fault.code)
        const link = epcUrnToDigitalLink(urn.urn)
        if (!link.ok) throw new Error(`${urn.urn}: ${link.fault.code}`)
        expect(digitalLinkToEpcUrn(link.uri, companyPrefixLength!)).toEqual(urn)
        const plain = epcToDigitalLink(epc)
        const path = plain.ok ? parseDigitalLink(plain.uri) : plain
        if (!path.ok || !('link' in path)) throw new Error(`${encoded.hex} is no Digital Link`)
        expect(link).toEqual(canonicalDigitalLink(path.link.elements.slice(0, path.link.pathLength)))
      }),
      { numRuns: 150 },
    )
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
        uri: 'https://shop.example/x/01/79521141123453/21/32a%2Fb?linkType=all',
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
    ['F98095201234567891235A', 'binary-value'],
    ['F98095201234567891235113', 'binary-truncated'],
    ['F9809520123456789123514', 'binary-value'],
    ['F9809520123456789123503', 'binary-value'],
    ['F9809520123456789123500095201234567891235', 'duplicate-ai'],
    ['EF009520123456789123586', 'binary-truncated'],
    ['FF009520123456789123580', 'binary-header'],
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
