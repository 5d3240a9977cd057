import { describe, expect, test } from 'vitest'
import { digitalLinkToEpcUrn, epcUrnToDigitalLink, isForeignEpc, parseEpcUrn } from './epc-urn.ts'

describe('an EPC URN', () => {
  test('keeps the length of its company prefix, which its Digital Link loses', () => {
    const parsed = parseEpcUrn('urn:epc:id:sgtin:9521141.012345.32a%2Fb')
    expect(parsed).toMatchObject({ ok: true, epc: { kind: 'id', scheme: 'sgtin', companyPrefixLength: 7 } })
    expect(epcUrnToDigitalLink('urn:epc:id:sgtin:9521141.012345.32a%2Fb', 'https://sz.example')).toEqual({
      ok: true,
      uri: 'https://sz.example/01/09521141123454/21/32a%2Fb',
    })
  })
  test.each([
    ['https://a/01/09521141123454/21/32a%2Fb', 7, 'urn:epc:id:sgtin:9521141.012345.32a%2Fb'],
    ['https://a/01/09521141123454/22/V/10/L.1/21/S?17=261231', 9, 'urn:epc:id:sgtin:952114112.0345.S'],
    ['https://a/01/09521141123454/21/*', 7, 'urn:epc:id:sgtin:9521141.012345.*'],
    ['https://a/01/09521141123454/10/L.1', 7, 'urn:epc:class:lgtin:9521141.012345.L.1'],
    ['https://a/01/09521141123454', 7, 'urn:epc:idpat:sgtin:9521141.012345.*'],
    ['https://a/414/9521141123454', 12, 'urn:epc:id:sgln:952114112345..0'],
    ['https://a/8003/09521141123454', 7, 'urn:epc:idpat:grai:9521141.12345.*'],
    ['https://a/8010/9521141AB', 7, 'urn:epc:idpat:cpi:9521141.AB.*'],
    ['https://a/417/9521141123454', 7, 'urn:epc:id:pgln:9521141.12345'],
  ])('%s with a prefix of %i is %s', (uri, length, urn) => {
    expect(digitalLinkToEpcUrn(uri, length)).toEqual({ ok: true, urn })
    expect(digitalLinkToEpcUrn(uri, () => length)).toEqual({ ok: true, urn })
  })
  test.each([
    ['https://a/01/09521141123454', 5, 'prefix-length'],
    ['https://a/01/09521141123454', () => undefined, 'prefix-length'],
    ['https://a/8004/9521AB', 6, 'prefix-length'],
    ['https://a/8006/095211411234540102/10/L', 7, 'no-epc'],
    ['https://a/8013/1987654Ad4X4bL5ttr2310c2K', 7, 'no-epc'],
    ['https://a/b', 7, 'no-key'],
  ] as const)('%s with %s has none: %s', (uri, length, code) => {
    expect(digitalLinkToEpcUrn(uri, length)).toMatchObject({ ok: false, fault: { code } })
  })
  test.each([
    ['', 'urn-syntax'],
    ['urn:epc:tag:sgtin-96:3.9521141.012345.1', 'urn-syntax'],
    ['urn:epc:id', 'urn-scheme'],
    ['urn:epc:id:toString:9521141.012345.1', 'urn-scheme'],
    ['urn:epc:id:lgtin:9521141.012345.1', 'urn-scheme'],
    ['urn:epc:class:sgtin:9521141.012345.1', 'urn-scheme'],
    ['urn:epc:id:sgtin:9521141.012345', 'urn-syntax'],
    ['urn:epc:id:sgtin:9521141.012345.', 'urn-syntax'],
    ['urn:epc:id:sgtin:9521141.01234X.1', 'urn-syntax'],
    ['urn:epc:id:sgtin:9521141.0123456.1', 'urn-length'],
    ['urn:epc:id:sgtin:95211.01234567.1', 'urn-syntax'],
    ['urn:epc:idpat:sgtin:9521141.012345.7', 'urn-syntax'],
    ['urn:epc:id:sgtin:9521141.012345.123456789012345678901', 'value-too-long'],
    ['urn:epc:id:sgtin:9521141.012345.a%20b', 'not-cset82'],
    ['urn:epc:id:sgtin:9521141.012345.a/b', 'urn-syntax'],
    ['urn:epc:id:sgtin:9521141.012345.a&b', 'urn-syntax'],
    ['urn:epc:id:sgtin:9521141.012345.a%2', 'urn-syntax'],
    ['urn:epc:id:sgtin:9521141.012345.100%', 'urn-syntax'],
    ['urn:epc:id:cpi:9521141.A#B.1', 'urn-syntax'],
    ['urn:epc:id:giai:9521141.', 'urn-syntax'],
    ['urn:epc:id:cpi:9521141.AB.012', 'zero-prefix'],
    ['urn:epc:id:itip:9521141.012345.3.2.1', 'urn-syntax'],
    ['urn:epc:id:itip:9521141.012345.03.02.1', 'piece-exceeds-total'],
    ['urn:epc:id:sscc:9521141.0123456789.1', 'urn-syntax'],
    ['urn:epc:id:imovn:9176187', 'no-digital-link'],
    [`urn:epc:id:sgtin:${'9'.repeat(600)}`, 'too-long'],
  ])('%s is refused: %s', (urn, code) => {
    expect(epcUrnToDigitalLink(urn)).toMatchObject({ ok: false, fault: { code } })
  })
  test('of another issuer is known to be one', () => {
    const good = [
      'urn:epc:id:gid:952056.2718.1414',
      'urn:epc:id:usdod:CAGEY.5678',
      'urn:epc:id:adi:35962.PQ7VZ4.M37GXB92',
      'urn:epc:id:adi:W81X9C..%23S1',
      'urn:epc:id:bic:CSQU3054389',
      'urn:epc:id:imovn:9176187',
    ]
    expect(good.filter((urn) => !isForeignEpc(urn))).toEqual([])
    const bad = ['urn:epc:id:gid:1.2', 'urn:epc:id:bic:CSQU305438', 'urn:epc:id:sgtin:9521141.012345.7', 'urn:epc:id:imovn:91761870', 'x']
    expect(bad.filter(isForeignEpc)).toEqual([])
  })
})
