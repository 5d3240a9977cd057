import { describe, expect, test } from 'vitest'
import { buildBracketed } from './element-string.ts'
import { readCode } from './read-code.ts'
import { parseScanData } from './scan-data.ts'

const GTIN = '09506000134352'

describe('what a scanner sends', () => {
  test.each([
    [`]C101${GTIN}10L\x1d21S`, 'GS1-128', `(01)${GTIN}(10)L(21)S`],
    [`]e001${GTIN}`, 'GS1 DataBar or composite', `(01)${GTIN}`],
    [`]d201${GTIN}10L\x1d17261231`, 'GS1 DataMatrix', `(01)${GTIN}(10)L(17)261231`],
    [`]Q301${GTIN}`, 'GS1 QR Code', `(01)${GTIN}`],
    [`]J101${GTIN}`, 'GS1 DotCode', `(01)${GTIN}`],
    [`]Q1https://a/01/${GTIN}/21/S`, 'QR Code', `(01)${GTIN}(21)S`],
    [`]d1HTTPS://A/01/${GTIN}`, 'Data Matrix', `(01)${GTIN}`],
    [`]J0http://a/01/${GTIN}`, 'DotCode', `(01)${GTIN}`],
    [']E09506000134352', 'EAN-13, UPC-A or UPC-E', `(01)${GTIN}`],
    [']E09506000134352|]e010L\x1d21S', 'EAN-13, UPC-A or UPC-E', `(01)${GTIN}(10)L(21)S`],
    [']E496385074', 'EAN-8', '(01)00000096385074'],
    [']I119506000134359', 'ITF-14', '(01)19506000134359'],
  ])('%j', (data, symbology, elements) => {
    const parsed = parseScanData(data)
    expect(parsed.ok && [parsed.scan.symbology, buildBracketed(parsed.scan.elements)]).toEqual([symbology, elements])
  })
  test('may be a text that is no GS1 data', () => {
    expect(parseScanData(']Q1hello ^')).toMatchObject({ ok: true, scan: { elements: [], text: 'hello ^' } })
    expect(readCode(']Q1hello')).toMatchObject({ ok: true, code: { elements: [], canonical: undefined } })
  })
  test.each([
    ['', 'symbology-missing'],
    [`01${GTIN}`, 'symbology-missing'],
    [']C', 'symbology-missing'],
    [']A0123', 'symbology-unsupported'],
    [']C1', 'empty'],
    [`]C101${GTIN}^10L`, 'caret'],
    [']E0950600013435', 'primary-length'],
    [']E095060001343520', 'primary-length'],
    [']E09506000134353', 'check-digit'],
    [']E0950600013435X', 'primary-length'],
    [']E09506000134352|]e0', 'empty'],
    [']E09506000134352|]e0375', 'ai-pair'],
    [']Q1https://a/b', 'no-key'],
  ])('%j is refused: %s', (data, code) => {
    expect(parseScanData(data)).toMatchObject({ ok: false, fault: { code } })
  })
})

describe('a fault in scan data', () => {
  test.each([
    ['](1', 'symbology-unsupported', 0],
    [`]C101${GTIN}^10L`, 'caret', 19],
    [`]d201${GTIN}05`, 'unknown-ai', 19],
    [']Q1https://a/01/09506000134352/21/a b', 'uri-character', 35],
    [']E09506000134352|]e010L\x1d05', 'unknown-ai', 24],
    [']E09506000134353', 'check-digit', 15],
  ])('%j: %s at %i', (data, code, at) => {
    expect(parseScanData(data)).toMatchObject({ fault: { code, at } })
  })
  test('is not that the component of a composite finds its companions in the primary symbol', () => {
    const parsed = parseScanData(']E09506000134352|]e010L', { requireCompanions: true })
    expect(parsed.ok && buildBracketed(parsed.scan.elements)).toBe(`(01)${GTIN}(10)L`)
    expect(parseScanData(']E09506000134352|]e0250L', { requireCompanions: true })).toMatchObject({ fault: { code: 'ai-required' } })
  })
})

describe('a code of any form', () => {
  test.each([
    [`(01)${GTIN}(21)S`, 'bracketed', `https://id.gs1.org/01/${GTIN}/21/S`],
    [`^01${GTIN}21S`, 'element-string', `https://id.gs1.org/01/${GTIN}/21/S`],
    [`]d201${GTIN}21S`, 'scan-data', `https://id.gs1.org/01/${GTIN}/21/S`],
    [`http://a/01/${GTIN}/21/S?17=261231&13=261231`, 'digital-link', `https://id.gs1.org/01/${GTIN}/21/S?13=261231&17=261231`],
    ['https://a/x/ehf73795211411234538566cb0afc4', 'compressed-link', 'https://id.gs1.org/01/79521141123453/21/32a%2Fb'],
    [
      'https://a/x/ehf73795211411234538566cb0afc4?17=261231&linkType=all#f',
      'compressed-link',
      'https://id.gs1.org/01/79521141123453/21/32a%2Fb?17=261231',
    ],
    [']Q1https://a/ex9zeVIRQRI0U4Vmywr8Q', 'scan-data', 'https://id.gs1.org/01/79521141123453/21/32a%2Fb'],
    [`https://a/01/${GTIN}/21/ehF7`, 'digital-link', `https://id.gs1.org/01/${GTIN}/21/ehF7`],
    ['urn:epc:id:sgtin:9521141.012345.7', 'epc-urn', 'https://id.gs1.org/01/09521141123454/21/7'],
    [`https://a/01/${GTIN}/235/T?10=L`, 'digital-link', `https://id.gs1.org/01/${GTIN}/235/T?10=L`],
    [`]Q1https://a/01/${GTIN}/235/T?10=L`, 'scan-data', `https://id.gs1.org/01/${GTIN}/235/T?10=L`],
    ['(10)L', 'bracketed', undefined],
  ])('%s is known by its beginning', (text, form, canonical) => {
    const read = readCode(text)
    expect(read.ok && [read.code.form, read.code.canonical]).toEqual([form, canonical])
  })
  test.each([
    ['', 'empty'],
    [GTIN, 'no-fnc1'],
    ['https://a/ehff', 'binary-header'],
    ['https://a/x/ehf73795211411234538566cb0afc4?17=261331', 'month'],
    ['https://a/b/c', 'no-key'],
    ['urn:epc:id:gid:1.2.3', 'no-digital-link'],
    ['x'.repeat(9000), 'too-long'],
  ])('%s is refused: %s', (text, code) => {
    expect(readCode(text)).toMatchObject({ ok: false, fault: { code } })
  })
})
