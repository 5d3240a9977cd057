import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkDigit, hasCheckDigit } from './check-digit.ts'
import { itemUri, parseItemPath } from './digital-link.ts'
import { buildGln, parseGln } from './gln.ts'
import { gtinForDisplay, parseGtin } from './gtin.ts'
import { buildSscc, parseSscc } from './sscc.ts'

describe('a check digit', () => {
  test.each([
    ['629104150021', '3'],
    ['37610425002123456', '9'],
  ])('of %s is %s', (body, digit) => {
    expect(checkDigit(body)).toBe(digit)
  })
  test('finds every single mistyped digit', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{7,17}$/), fc.nat(), fc.integer({ min: 1, max: 9 }), (body, place, by) => {
        const whole = body + checkDigit(body)
        const i = place % whole.length
        const wrong = whole.slice(0, i) + String((Number(whole[i]) + by) % 10) + whole.slice(i + 1)
        expect(hasCheckDigit(whole)).toBe(true)
        expect(hasCheckDigit(wrong)).toBe(false)
      }),
    )
  })
})

describe('a GTIN', () => {
  test.each([
    ['9522857320458', '09522857320458'],
    ['95200002', '00000095200002'],
    ['６２９１０４１５００２１３', '06291041500213'],
    [' 629-1041500213 ', '06291041500213'],
    ['012345678905', '00012345678905'],
    ['96385074', '00000096385074'],
    ['19522857320455', '19522857320455'],
  ])('%s is %s', (text, gtin14) => {
    const parsed = parseGtin(text)
    expect(parsed.ok ? parsed.gtin14 : undefined).toBe(gtin14)
  })
  test.each([
    ['', 'empty'],
    ['9.52118E+12', 'scientific-notation'],
    ['9,52118e12', 'scientific-notation'],
    ['95228573204X8', 'not-digits'],
    ['952285732045', 'check-digit'],
    ['9522857320', 'length'],
    ['9522857320459', 'check-digit'],
    ['0000000000000', 'zero'],
  ])('%s is refused: %s', (text, reason) => {
    expect(parseGtin(text)).toMatchObject({ ok: false, reason })
  })
  test('tells what the check digit should have been', () => {
    expect(parseGtin('9522857320459')).toMatchObject({ expected: '8' })
  })
  test('is shown as it is printed', () => {
    expect(['09522857320458', '00012345678905', '00000096385074', '19522857320455'].map(gtinForDisplay)).toEqual([
      '9522857320458',
      '012345678905',
      '96385074',
      '19522857320455',
    ])
  })
})

describe('an SSCC', () => {
  test('is built and read in every way it is scanned', () => {
    const sscc = buildSscc(3, '9521234', 42n)
    expect(sscc).toHaveLength(18)
    for (const text of [sscc, `(00)${sscc}`, `00${sscc}`, `]C100${sscc}`, `https://example.org/00/${sscc}`])
      expect(parseSscc(text)).toBe(sscc)
    expect(parseSscc(`${sscc.slice(0, 17)}${(Number(sscc[17]) + 1) % 10}`)).toBeUndefined()
  })
  test('that does not fit its prefix is refused', () => {
    expect(() => buildSscc(0, '952123456789', 100_000n)).toThrow(RangeError)
    expect(() => buildSscc(0, '9521234', -5)).toThrow(RangeError)
    expect(() => buildSscc(1.5, '9521234', 5)).toThrow(RangeError)
  })
})

describe('a GLN', () => {
  test('is built and read in every way it is scanned', () => {
    const gln = buildGln('9521234', 42)
    expect(gln).toBe('9521234000426')
    for (const text of [
      gln,
      `(414)${gln}`,
      `414${gln}`,
      `]C1414${gln}`,
      ` ${gln.slice(0, 7)}-${gln.slice(7)}`,
      `https://example.org/414/${gln}?x=1`,
    ])
      expect(parseGln(text)).toMatchObject({ ok: true, gln })
  })
  test.each([
    ['', 'empty'],
    ['9521234000427', 'check-digit'],
    ['952123400042', 'length'],
    ['9.52E+12', 'scientific-notation'],
    ['0000000000000', 'zero'],
    ['Ningbo', 'not-digits'],
  ])('%s is refused: %s', (text, reason) => {
    expect(parseGln(text)).toMatchObject({ ok: false, reason })
  })
  test('that does not fit its prefix is refused', () => {
    for (const [prefix, reference] of [
      ['9521234', 100_000],
      ['9521234', -1],
      ['952', 1],
      ['952123456789', 1],
    ] as const)
      expect(() => buildGln(prefix, reference)).toThrow(RangeError)
    expect(buildGln('952123456789', 0)).toHaveLength(13)
  })
})

describe('the path of an item', () => {
  test('is read with its qualifiers, percent-encoding and a trailing slash', () => {
    expect(parseItemPath('/01/09522857320458/21/1ABC')).toEqual({
      gtin: '09522857320458',
      serial: '1ABC',
      lot: undefined,
      variant: undefined,
    })
    expect(parseItemPath('/01/9522857320458/10/L%2F1/21/a%2Fb/')).toEqual({
      gtin: '09522857320458',
      serial: 'a/b',
      lot: 'L/1',
      variant: undefined,
    })
    expect(parseItemPath('/01/09522857320458/22/V/10/L/21/S')).toMatchObject({ variant: 'V', lot: 'L', serial: 'S' })
  })
  test.each([
    '/',
    '/01/09522857320458',
    '/01/09522857320459/21/S',
    '/01/09522857320458/21/',
    '/01/09522857320458/21/10/X/S',
    '/01/09522857320458/21/S/10/L',
    '/01/09522857320458/21/%E0%A4%A',
    '/01/09522857320458/21/空',
    `/01/09522857320458/21/${'x'.repeat(21)}`,
    '/02/09522857320458/21/S',
  ])('%s names no item', (path) => {
    expect(parseItemPath(path)).toBeUndefined()
  })
  test('is the end of the printed address', () => {
    expect(itemUri('https://sz.example', '09522857320458', '1AB')).toBe('https://sz.example/01/09522857320458/21/1AB')
  })
})
