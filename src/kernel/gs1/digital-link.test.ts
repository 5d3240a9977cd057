import { describe, expect, test } from 'vitest'
import { buildDigitalLink, epcisDigitalLink, type DigitalLinkOptions, parseDigitalLink } from './digital-link.ts'
import { buildBracketed } from './element-string.ts'

const GTIN = '09506000134352'

function read(uri: string, options?: DigitalLinkOptions): string {
  const parsed = parseDigitalLink(uri, options)
  return parsed.ok ? buildBracketed(parsed.link.elements) : parsed.fault.code
}

describe('the address', () => {
  test.each([
    [`https://id.gs1.org/01/${GTIN}`, `(01)${GTIN}`],
    [`HTTP://A.EXAMPLE/01/${GTIN}/21/12`, `(01)${GTIN}(21)12`],
    [`https://a.example:8443/shop/x/01/${GTIN}/10/L1`, `(01)${GTIN}(10)L1`],
    [`https://[2001:db8::7]/01/${GTIN}`, `(01)${GTIN}`],
    [`https://a/01/1/00/095201234567891235`, '(00)095201234567891235'],
    [`https://a/01/${GTIN}#21`, `(01)${GTIN}`],
    [`https://a/01/${GTIN}?`, `(01)${GTIN}`],
    [`https://a/01/${GTIN}#?17=1`, `(01)${GTIN}`],
    [`https://a/01/${GTIN}?a#b?17=1`, `(01)${GTIN}`],
  ])('%s', (uri, elements) => {
    expect(read(uri)).toBe(elements)
  })
  test.each([
    ['', 'uri-scheme'],
    ['ftp://a/01/09506000134352', 'uri-scheme'],
    [`Https://a/01/${GTIN}`, 'uri-scheme'],
    [`https:///01/${GTIN}`, 'uri-domain'],
    ['https://a.example', 'uri-domain'],
    ['https://a.example?x=/01/09506000134352', 'domain-character'],
    [`https://user@a.example/01/${GTIN}`, 'domain-character'],
    [`https://a_b.example/01/${GTIN}`, 'domain-character'],
    [`https://a/01/${GTIN}/21/a b`, 'uri-character'],
    [`https://a/01/${GTIN}/21/字`, 'uri-character'],
    [`https://a/01/${GTIN}/21/a"b`, 'uri-character'],
    ['https://a/', 'no-key'],
    ['https://a/b/c', 'no-key'],
    [`https://a/99/${GTIN}`, 'no-key'],
    [`https://a/01/${GTIN}/21`, 'no-key'],
    [`https://a/01/${GTIN}/4712/x`, 'no-key'],
    [`https://a/gtin/${GTIN}`, 'no-key'],
  ])('%s is refused: %s', (uri, code) => {
    expect(read(uri)).toBe(code)
  })
})

describe('the path', () => {
  test.each([
    [`https://a/01/${GTIN}/22/2A/10/L/21/S`, `(01)${GTIN}(22)2A(10)L(21)S`],
    [`https://a/01/${GTIN}/235/TPX`, `(01)${GTIN}(235)TPX`],
    ['https://a/414/9521141123454/254/32a%2Fb', '(414)9521141123454(254)32a/b'],
    ['https://a/414/9521141123454/7040/1ABC', '(414)9521141123454(7040)1ABC'],
    ['https://a/415/9521141123454/8020/REF', '(415)9521141123454(8020)REF'],
    ['https://a/8010/95211415PQ7%2FZ43/8011/12345', '(8010)95211415PQ7/Z43(8011)12345'],
    [`https://a/8006/${GTIN}0102/22/V/21/S`, `(8006)${GTIN}0102(22)V(21)S`],
    [`https://a/01/${GTIN}/21/a+b%25`, `(01)${GTIN}(21)a+b%`],
    [`https://a/01/${GTIN}/21/100%`, `(01)${GTIN}(21)100%`],
    [`https://a/01/${GTIN}/`, `(01)${GTIN}`],
  ])('%s', (uri, elements) => {
    expect(read(uri)).toBe(elements)
  })
  test.each([
    [`https://a/01/${GTIN}/21/S/10/L`, 'qualifier-sequence'],
    [`https://a/01/${GTIN}/10/L/22/V`, 'qualifier-sequence'],
    [`https://a/01/${GTIN}/10/L/235/T`, 'qualifier-sequence'],
    [`https://a/01/${GTIN}/17/261231`, 'qualifier-sequence'],
    [`https://a/01/${GTIN}/10/L/10/L`, 'qualifier-sequence'],
    ['https://a/00/095201234567891235/10/L', 'qualifier-sequence'],
    ['https://a/415/9521141123454', 'ai-required'],
    ['https://a/01/09506000134353', 'check-digit'],
    ['https://a/01/9506000134352', 'value-too-short'],
    [`https://a/01/${GTIN}/21/`, 'no-key'],
    [`https://a/01/${GTIN}/21//`, 'value-empty'],
    [`https://a/01/${GTIN}/21/${'x'.repeat(21)}`, 'value-too-long'],
    [`https://a/01/${GTIN}/21/a%20b`, 'not-cset82'],
    [`https://a/01/${GTIN}/21/a%5Eb`, 'caret'],
    [`https://a/01/${GTIN}/21/a%00b`, 'null-character'],
    [`https://a/01/${GTIN}/21/%E5%AD%97`, 'not-cset82'],
    ['https://a/8004/AB12345', 'company-prefix'],
    ['https://a/401/123', 'company-prefix-too-short'],
    ['https://a/8003/19521141123454', 'not-zero'],
    ['https://a/8013/1987654Ad4X4bL5ttr2310cXK', 'check-pair'],
  ])('%s is refused: %s', (uri, code) => {
    expect(read(uri)).toBe(code)
  })
})

describe('the query', () => {
  test.each([
    [`https://a/01/${GTIN}?17=261231&3103=000195`, `(01)${GTIN}(17)261231(3103)000195`],
    [`https://a/01/${GTIN}?17=261231;3103=000195`, `(01)${GTIN}(17)261231(3103)000195`],
    [`https://a/01/${GTIN}?&&linkType=gs1:pip&17=261231&x&=2&`, `(01)${GTIN}(17)261231`],
    [`https://a/01/${GTIN}?99=a%2Bb`, `(01)${GTIN}(99)a+b`],
    [`https://a/01/${GTIN}/235/T?10=L`, `(01)${GTIN}(235)T(10)L`],
    ['https://a/8004/95211415678?01=9506000134352', `(8004)95211415678(01)${GTIN}`],
  ])('%s', (uri, elements) => {
    expect(read(uri)).toBe(elements)
  })
  test.each([
    [`https://a/01/${GTIN}?17=261331`, 'month'],
    [`https://a/01/${GTIN}?17=`, 'value-empty'],
    [`https://a/01/${GTIN}?89=X`, 'query-unknown-ai'],
    [`https://a/01/${GTIN}?999=X`, 'query-unknown-ai'],
    [`https://a/01/${GTIN}?1=X`, 'query-unknown-ai'],
    [`https://a/01/${GTIN}?10=L`, 'belongs-in-path'],
    [`https://a/01/${GTIN}/10/L?21=S`, 'not-attribute'],
    [`https://a/01/${GTIN}?8200=http://a`, 'not-attribute'],
    [`https://a/01/${GTIN}?99=A&99=A`, 'duplicate-ai'],
    [`https://a/01/${GTIN}?01=${GTIN}`, 'duplicate-ai'],
    [`https://a/01/${GTIN}?99=a+b`, 'not-cset82'],
    [`https://a/01/${GTIN}?37=5`, 'ai-pair'],
    [`https://a/01/${GTIN}?255=9521141123454`, 'ai-pair'],
    [`https://a/01/${GTIN}?3922=0299`, 'ai-required'],
    [`https://a/01/${GTIN}?${Array.from({ length: 70 }, (_, i) => `a${i}=1`).join('&')}`, 'too-many-elements'],
  ])('%s is refused: %s', (uri, code) => {
    expect(read(uri)).toBe(code)
  })
})

describe('the options', () => {
  test.each<[string, DigitalLinkOptions, string]>([
    [`https://a/gtin/${GTIN}/ser/S`, { alphas: true }, `(01)${GTIN}(21)S`],
    ['https://a/01/9506000134352', { shortGtins: true }, `(01)${GTIN}`],
    ['https://a/01/96385074', { shortGtins: true }, '(01)00000096385074'],
    [`https://a/01/${GTIN}?89=X`, { unknownAis: true }, `(01)${GTIN}(89)X`],
    [`https://a/01/${GTIN}?3922=0299`, { requireCompanions: false }, `(01)${GTIN}(3922)0299`],
    [`https://a/01/${GTIN}/`, { strict: true }, 'no-key'],
    [`https://a/01/${GTIN}?17=261231;3103=000195`, { strict: true }, 'value-too-long'],
    [`https://a/8006/${GTIN}0102/22/V`, { strict: true }, 'ai-required'],
    ['https://a/01/09506000134353?17=999999', { depth: 'format' }, '(01)09506000134353'],
    [`https://a/01/${GTIN}`, { prefixes: () => 'invalid' }, 'company-prefix'],
    [`https://a/01/${GTIN}`, { prefixes: () => 'offline' }, 'company-prefix-offline'],
  ])('%s with %o: %s', (uri, options, expected) => {
    expect(read(uri, options)).toBe(expected)
  })
  test('tell where the fault is and what was ignored', () => {
    expect(parseDigitalLink(`https://a/01/${GTIN}/21/a b`)).toMatchObject({ fault: { code: 'uri-character', at: 32, length: 1 } })
    expect(parseDigitalLink('https://a/01/09506000134353')).toMatchObject({ fault: { code: 'check-digit', ai: '01', at: 13, length: 1 } })
    const parsed = parseDigitalLink(`https://a/p/01/${GTIN}/10/L?x&17=261231&linkType=gs1:pip`)
    expect(parsed).toMatchObject({ link: { stem: 'https://a/p', pathLength: 2, ignored: ['x', 'linkType=gs1:pip'] } })
  })
})

describe('an address is built', () => {
  test.each([
    [
      ['21', 'a/b'],
      ['01', GTIN],
      ['17', '261231'],
      ['99', 'x'],
      ['3103', '000195'],
    ],
  ])('with the key in front, its qualifiers, then attributes, those of predefined length first', (...elements) => {
    const built = buildDigitalLink(
      elements.map(([ai, value]) => ({ ai: ai!, value: value! })),
      'https://a.example/',
    )
    expect(built).toEqual({ ok: true, uri: `https://a.example/01/${GTIN}/21/a%2Fb?17=261231&3103=000195&99=x` })
  })
  test('not without a key, nor with what may not be an attribute', () => {
    expect(buildDigitalLink([{ ai: '99', value: 'x' }])).toMatchObject({ fault: { code: 'no-key' } })
    expect(
      buildDigitalLink([
        { ai: '01', value: GTIN },
        { ai: '8200', value: 'http://a' },
      ]),
    ).toMatchObject({ fault: { code: 'not-attribute' } })
    expect(buildDigitalLink([{ ai: '89', value: 'x' }])).toMatchObject({ fault: { code: 'unknown-ai' } })
  })
})

describe('an identifier of an event', () => {
  test.each([
    [`https://brand.example/x/01/${GTIN}/22/V/10/L/21/S?17=261231#f`, `https://id.gs1.org/01/${GTIN}/21/S`],
    [`https://a/01/${GTIN}/22/V`, `https://id.gs1.org/01/${GTIN}`],
    ['https://a/8018/952114112345678906/8019/1', 'https://id.gs1.org/8018/952114112345678906'],
    ['https://a/414/9521141123454/7040/1ABC', 'https://id.gs1.org/414/9521141123454'],
    ['https://a/8013/1987654Ad4X4bL5ttr2310c2K', undefined],
    ['https://a/415/9521141123454/8020/REF', undefined],
    ['urn:epc:id:sgtin:9521141.012345.1', undefined],
  ])('%s is %s', (uri, expected) => {
    expect(epcisDigitalLink(uri)).toBe(expected)
  })
})
