import { describe, expect, test } from 'vitest'
import { APPLICATION_IDENTIFIERS, findAi, findAiAt, unknownAi } from './application-identifiers.ts'
import { buildBracketed, buildElementString, type ElementStringOptions, parseBracketed, parseElementString } from './element-string.ts'
import { describeFault, GS1_FAULTS, type Gs1FaultCode } from './faults.ts'
import { missingCompanions } from './element.ts'

const GTIN = '09506000134352'

function read(text: string, options?: ElementStringOptions): string {
  const parsed = text.startsWith('(') ? parseBracketed(text, options) : parseElementString(text, options)
  return parsed.ok ? buildBracketed(parsed.elements) : parsed.fault.code
}

describe('an element string', () => {
  test.each([
    [`^01${GTIN}10L1\x1d17261231`, `(01)${GTIN}(10)L1(17)261231`],
    [`\x1d01${GTIN}^21S^`, `(01)${GTIN}(21)S`],
    [`^7007250101250102`, '(7007)250101250102'],
    [`^423528276`, '(423)528276'],
    [`^8008250101101530`, '(8008)250101101530'],
    [`(01)${GTIN}(10)A\\(B`, `(01)${GTIN}(10)A\\(B`],
    [`(10)A)B`, '(10)A)B'],
    [`(01)${GTIN}|(10)L(99)X`, `(01)${GTIN}(10)L(99)X`],
    [`^01${GTIN}|^10L^99X`, `(01)${GTIN}(10)L(99)X`],
  ])('%j is %s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })
  test.each([
    ['', 'no-fnc1'],
    ['^', 'empty'],
    [`01${GTIN}`, 'no-fnc1'],
    [`^04${GTIN}`, 'unknown-ai'],
    [`^01${GTIN.slice(1)}`, 'value-length'],
    [`^01${GTIN}^^10L`, 'unknown-ai'],
    ['^10', 'value-empty'],
    [`^10${'x'.repeat(21)}`, 'value-too-long'],
    ['^70072501011', 'value-length'],
    ['^4330000000X', 'hyphen'],
    ['(01', 'bracket'],
    ['(10)A(', 'bracket'],
    ['(10)A^', 'caret'],
    ['(10)', 'bracket'],
    ['(10)(11)250101', 'value-empty'],
    ['(1A)5', 'unknown-ai'],
    [`^${'9912^'.repeat(65)}`, 'too-many-elements'],
    [`(01)${GTIN}(02)${GTIN}`, 'ai-pair'],
    ['(3940)1234(3941)9999', 'ai-pair'],
    ['(400)ABC(400)AB', 'ai-repeated'],
    ['(253)9521141123454(8030)ABC', 'serial-required'],
    [`(01)${GTIN}|`, 'empty'],
    [`(01)${GTIN}|(10)L|(99)X`, 'not-cset82'],
    [`(01)${GTIN}|(02)${GTIN}`, 'ai-pair'],
    [`^01${GTIN}|10L`, 'no-fnc1'],
    [`^01${GTIN}|`, 'no-fnc1'],
  ])('%j is refused: %s', (text, code) => {
    expect(read(text)).toBe(code)
  })
  test('may stand on one of several carriers, so that companions are asked for only on demand', () => {
    expect(read('(21)S')).toBe('(21)S')
    expect(read('(21)S', { requireCompanions: true })).toBe('ai-required')
    expect(read(`(8006)${GTIN}0102(22)V`, { requireCompanions: true })).toBe(`(8006)${GTIN}0102(22)V`)
    const parsed = parseBracketed('(8030)SIG')
    expect(parsed.ok && missingCompanions(parsed.elements)?.detail).toContain('(01)+(21)')
  })
  test('may have unknown identifiers when asked, where their end can be seen', () => {
    expect(read('(89)X', { unknownAis: true })).toBe('(89)X')
    expect(read('^236X^10L', { unknownAis: true })).toBe('(236)X(10)L')
    expect(read('^4191234567890123')).toBe('unknown-ai')
    expect(read('^4191234567890123', { unknownAis: true })).toBe('(419)1234567890123')
    expect(read('^891234', { unknownAis: true })).toBe('unknown-ai')
    expect(read('^', { unknownAis: true })).toBe('empty')
  })
  test('of a composite symbol tells a fault where it is in the whole', () => {
    expect(parseBracketed('(10)L|(1A)5')).toMatchObject({ fault: { code: 'unknown-ai', at: 7 } })
    expect(parseElementString('^10L|^05')).toMatchObject({ fault: { code: 'unknown-ai', at: 6 } })
    expect(parseElementString('^10L|^17251301')).toMatchObject({ fault: { code: 'month', ai: '17', at: 2 } })
  })
  test('is built with separators only where they are needed', () => {
    const elements = [
      { ai: '10', value: 'L' },
      { ai: '01', value: GTIN },
      { ai: '99', value: 'x' },
    ]
    expect(buildElementString(elements)).toBe(`^10L^01${GTIN}99x`)
  })
})

describe('an application identifier', () => {
  test('is found by its digits and at the beginning of data', () => {
    for (const entry of APPLICATION_IDENTIFIERS) {
      expect(findAi(entry.ai, 0, entry.ai.length)).toBe(entry)
      expect(findAiAt(`${entry.ai}1234`, 0)).toBe(entry)
    }
    for (const text of ['', '0', '23', '234', '2345', 'XX', '011', '800']) expect(findAi(text, 0, text.length)).toBeUndefined()
    for (const text of ['', '9', 'X1', '2', '8999']) expect(findAiAt(text, 0)).toBeUndefined()
  })
  test('that is unknown has the digits and length of its beginning', () => {
    expect(unknownAi('89')).toMatchObject({ min: 1, max: 90, predefined: false })
    expect(unknownAi('236')).toMatchObject({ min: 1, max: 90, predefined: false })
    expect(unknownAi('419')).toMatchObject({ min: 13, max: 13, predefined: true })
    expect(unknownAi('3999')).toMatchObject({ min: 1, max: 90 })
    for (const ai of ['399', '2367', '4199', '011', '8', '89999', '8x']) expect(unknownAi(ai)).toBeUndefined()
  })
})

describe('a fault', () => {
  test('has words in both languages, with its place and identifier', () => {
    const fault = { code: 'not-cset82', at: 3, length: 1, ai: '21' } as const
    expect(describeFault(fault, 'en')).toBe('(21): character 4 is not in GS1 character set 82')
    expect(describeFault(fault, 'zh')).toBe('(21)：第 4 位不在 GS1 82 字符集中')
    for (const code of Object.keys(GS1_FAULTS) as Gs1FaultCode[]) {
      expect(describeFault({ code, at: 0, length: 0, ai: '01', detail: 'x' }, 'zh')).toMatch(/[一-鿿]/)
      expect(describeFault({ code, at: 0, length: 0, ai: '01', detail: 'x' }, 'en')).not.toMatch(/[{}]/)
    }
  })
})
