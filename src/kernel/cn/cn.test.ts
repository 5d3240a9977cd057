import { describe, expect, test } from 'vitest'
import { COUNTRY_ROWS } from './country-table.ts'
import {
  countries,
  countryName,
  countryOf,
  declarationFault,
  entryPortName,
  matchCountry,
  matchEntryPort,
  matchTradeMode,
  matchTransportMode,
  parseDeclarationNumber,
  tradeModeOf,
  tradeModes,
  transportModes,
} from './customs.ts'
import { filingFault, filingFindings, parseFilingNumber } from './filing-number.ts'
import { checkInspectionCertificate } from './inspection-certificate.ts'
import { checkUscc, usccCheckCharacter } from './uscc.ts'

describe('a unified social credit code', () => {
  test.each([
    '91110000600037341L',
    '9144030071526726XG',
    '914403001922038216',
    '91330100799655058B',
    '91110108551385082Q',
    '91350100M000100Y43',
  ])('%s of a real register is right, inside too', (code) => {
    expect(checkUscc(code)).toMatchObject({ ok: true, value: code, innerCheck: true })
  })
  test.each(['913302060000000005', '91330206123456788C', '93330206MA2AGHCD63', '92330203MA2CQW8R2N', '1133020000298877XT'])(
    '%s, made for tests, is right',
    (code) => {
      expect(checkUscc(code)).toMatchObject({ ok: true, province: code.slice(2, 4) })
    },
  )
  test('is read in full width, lower case and with blanks', () => {
    expect(checkUscc(' ９１３３０１００ 799655058b ')).toMatchObject({ ok: true, value: '91330100799655058B' })
  })
  test.each([
    ['91310000132260344J', 'USCC_CHECK'],
    ['91330200144106251R', 'USCC_CHECK'],
    ['91330206I23456788C', 'USCC_CHARACTER'],
    ['330206000012345', 'USCC_OLD_NUMBER'],
    ['', 'USCC_EMPTY'],
    ['9133020612345678', 'USCC_LENGTH'],
    ['91ABCDEF123456788C', 'USCC_FORM'],
  ])('%s is refused as %s', (code, fault) => {
    expect(checkUscc(code)).toMatchObject({ ok: false, fault: { code: fault } })
  })
  test('finds every mistyped character but those that the code itself cannot', () => {
    const code = '91330100799655058B'
    let caught = 0
    let tried = 0
    for (let i = 8; i < 18; i++) {
      for (const symbol of '0123456789ABCDEFGHJKLMNPQRTUWXY') {
        if (symbol === code[i]) continue
        tried++
        if (!checkUscc(code.slice(0, i) + symbol + code.slice(i + 1)).ok) caught++
      }
    }
    // 31 is prime and no weight is a multiple of it, so a single substitution never passes
    expect(caught).toBe(tried)
  })
  test('has a check character that can be computed', () => {
    expect(usccCheckCharacter('9133020612345678 ')).toBeUndefined()
    expect(usccCheckCharacter('91330206123456788')).toBe('C')
  })
})

describe('a filing number', () => {
  test.each([
    ['国妆网备进字（沪）2020009314', 'imported-general', 2020],
    ['国妆网备制字（粤）2022001234', 'hmt-general', 2022],
    ['浙G妆网备字2023001147', 'domestic-general', 2023],
    ['国妆特进字20223456', 'imported-special', 2022],
    ['国妆特进字J20181234', 'imported-special', 2018],
    ['国妆特字20210001', 'domestic-special', 2021],
    ['国妆备进字J20171234', 'legacy-imported-general', 2017],
    ['卫妆特进字(2010)第0123号', 'ministry-of-health', 2010],
    [' 国妆网备进字 (浙) ２０２４００５２１９ ', 'imported-general', 2024],
  ])('%s is a %s', (text, kind, year) => {
    expect(parseFilingNumber(text)).toMatchObject({ kind, year })
  })
  test.each([
    '',
    '国妆网备进字2020009314',
    '国妆网备进字（美）2020009314',
    '国妆网备进字（沪）20200093',
    '国妆特进字1999',
    '粤妆20170110',
    'abc',
  ])('%s is none', (text) => {
    expect(parseFilingNumber(text)).toBeUndefined()
  })
  test.each([
    ['', 'FILING_EMPTY'],
    ['粤妆20170110', 'FILING_PRODUCTION_LICENCE'],
    ['国妆原备字20230001', 'FILING_RAW_MATERIAL'],
    ['国妆网备进字2020009314', 'FILING_PROVINCE_MISSING'],
    ['国妆网备进字（美）2020009314', 'FILING_PROVINCE_UNKNOWN'],
    ['国妆特进字1999', 'FILING_FORM'],
    ['=cmd()', 'FILING_FORM'],
  ])('%s is none because of %s', (text, code) => {
    expect(filingFault(text)).toMatchObject({ code })
  })
  const codesOf = (text: string, product: { special: boolean; origin: string; responsibleProvince?: string }) =>
    filingFindings(parseFilingNumber(text)!, product, 2026).map((f) => f.code)
  test('must fit category, origin and year', () => {
    expect(codesOf('国妆网备进字（沪）2020009314', { special: false, origin: 'FRA' })).toEqual([])
    expect(codesOf('国妆网备进字（沪）2020009314', { special: true, origin: 'FRA' })).toEqual(['FILING_SPECIAL_NEEDS_REGISTRATION'])
    expect(codesOf('国妆特进字20223456', { special: false, origin: 'FRA' })).toEqual(['FILING_GENERAL_HAS_REGISTRATION'])
    expect(codesOf('国妆网备制字（粤）2022001234', { special: false, origin: 'FRA' })).toEqual(['FILING_ORIGIN_IMPORTED'])
    expect(codesOf('国妆网备进字（沪）2022009314', { special: false, origin: 'TWN' })).toEqual(['FILING_ORIGIN_HMT'])
    expect(codesOf('国妆网备进字（沪）2027009314', { special: false, origin: '' })).toEqual(['FILING_YEAR'])
    expect(codesOf('浙G妆网备字2023001147', { special: false, origin: 'FRA' })).toEqual(['FILING_DOMESTIC'])
    expect(codesOf('国妆网备进字（沪）2016009314', { special: false, origin: 'FRA' })).toEqual(['FILING_YEAR_EARLY'])
    expect(codesOf('国妆网备进字（沪）2020009314', { special: false, origin: 'FRA', responsibleProvince: '31' })).toEqual([])
    expect(codesOf('国妆网备进字（沪）2020009314', { special: false, origin: 'FRA', responsibleProvince: '33' })).toEqual([
      'FILING_PROVINCE',
    ])
    expect(codesOf('卫妆特进字(2010)第0123号', { special: true, origin: 'FRA' })).toEqual(['FILING_EXPIRED_KIND'])
  })
})

describe('customs words', () => {
  test.each([
    ['2', '2'],
    ['水路运输', '2'],
    ['海运', '2'],
    ['Sea', '2'],
    ['航空运输', '5'],
    ['空运', '5'],
    ['保税区', '7'],
    ['H', 'H'],
    ['l', 'L'],
    [' ５ ', '5'],
    ['2-水路运输', '2'],
    ['水路运输（2）', '2'],
    ['by sea', '2'],
    ['其它', '9'],
    ['7保税区', '7'],
  ])('transport %s is %s', (text, code) => {
    expect(matchTransportMode(text)?.value.code).toBe(code)
  })
  test.each([
    ['0110', '0110'],
    ['110', '0110'],
    ['一般贸易', '0110'],
    ['保税电商', '1210'],
    ['保税电商A', '1239'],
    ['跨境直购', '9610'],
    ['网购保税', '1210'],
    ['1233', '1233'],
    ['0110 一般贸易', '0110'],
    ['保税电商(1210)', '1210'],
    ['I20', '1210'],
    ['区内物流货物', '5034'],
  ])('trade %s is %s', (text, code) => {
    expect(matchTradeMode(text)?.value.code).toBe(code)
  })
  test.each([
    ['法国', 'FRA'],
    ['FR', 'FRA'],
    ['305', 'FRA'],
    ['韩国产', 'KOR'],
    ['原产国：日本', 'JPN'],
    ['Made in Italy', 'ITA'],
    ['香港', 'HKG'],
    ['瑞典产', 'SWE'],
    ['uk', 'GBR'],
    ['法国/France', 'FRA'],
    ['法国（FRA）', 'FRA'],
    ['中国香港', 'HKG'],
    ['Hong Kong, China', 'HKG'],
    ['韓國', 'KOR'],
    ['116', 'JPN'],
    ['斐济', 'FJI'],
    ['刚果（金）', 'COD'],
  ])('origin %s is %s', (text, code) => {
    expect(matchCountry(text)?.value.code).toBe(code)
  })
  test.each(['', '()', '法国/日本', '5-水路运输', '9610一般贸易', '跨境电商', '火星', 'constructor', '__proto__', 'toString'])(
    '%s is nothing',
    (text) => {
      expect([matchTransportMode(text), matchTradeMode(text), matchCountry(text)]).toEqual([undefined, undefined, undefined])
    },
  )
  test.each(['北仑海关', '北仑', 'Beilun Customs', 'beilun'])('office %s is Beilun', (text) => {
    expect(matchEntryPort(text)?.value.zh).toBe('北仑海关')
  })
  test('an office that is not listed is kept as it is typed', () => {
    expect(matchEntryPort('大榭海关')).toBeUndefined()
    expect([entryPortName('大榭海关', 'en'), entryPortName('梅山海关', 'en')]).toEqual(['大榭海关', 'Meishan Customs'])
  })
  test('holds every country of the standard once, and no word for two of them', () => {
    expect(countries).toHaveLength(249)
    for (const key of ['code', 'alpha2', 'zh', 'en'] as const) expect(new Set(countries.map((c) => c[key])).size).toBe(249)
    const owner = new Map<string, string>()
    for (const [code, ...words] of COUNTRY_ROWS) {
      for (const word of [code, ...words].map((w) => w.toLowerCase()).filter((w) => w !== '')) {
        expect(`${word}: ${owner.get(word) ?? code}`).toBe(`${word}: ${code}`)
        owner.set(word, code)
      }
    }
    for (const c of countries)
      for (const word of [c.code, c.alpha2, c.customs, c.zh, c.en])
        expect(word === '' ? c.code : matchCountry(word)?.value.code).toBe(c.code)
    expect([countryName('KOR', 'zh'), countryName('KOR', 'en'), countryName('XXX', 'zh'), countryOf('XXX')]).toEqual([
      '韩国',
      'South Korea',
      'XXX',
      undefined,
    ])
  })
  test('every row of the tables is found by its code and its names', () => {
    for (const row of transportModes) for (const word of [row.code, row.zh, row.en]) expect(matchTransportMode(word)?.value).toBe(row)
    for (const row of tradeModes) for (const word of [row.code, row.zh, row.en]) expect(matchTradeMode(word)?.value).toBe(row)
  })
  test('has all 18 transport modes and the regime of each trade mode', () => {
    expect(transportModes).toHaveLength(18)
    expect(['0110', '1210', '1239', '9610', '1233', '1234'].map((c) => tradeModeOf(c)?.regime)).toEqual([
      'general',
      'cross-border-retail',
      'cross-border-retail',
      'cross-border-retail',
      'zone-stock',
      'zone-stock',
    ])
  })
})

describe('a declaration number', () => {
  test.each([
    ['310920261000012345', 'import'],
    ['310920260000012345', 'export'],
    ['31092026I000012345', 'import-list'],
    ['31092026e000012345', 'export-list'],
    ['310120249451335444', 'unclear'],
  ])('%s tells its direction: %s', (text, direction) => {
    expect(parseDeclarationNumber(text)).toMatchObject({ direction, year: Number(text.slice(4, 8)) })
  })
  test.each(['', '123456789', '31091999I000012345', '3109202610000123456', 'QD3109261000000001'])('%s is none', (text) => {
    expect(parseDeclarationNumber(text)).toBeUndefined()
  })
})

test.each([
  ['310120249451335444', undefined],
  ['', 'DECLARATION_EMPTY'],
  ['3.1012E+17', 'DECLARATION_SCIENTIFIC'],
  ['QD3109261000000001', 'DECLARATION_FORM'],
  ['QD310926I000000001', 'DECLARATION_BONDED_LIST'],
  ['123456789', 'DECLARATION_OLD'],
  ['3109202610000123456', 'DECLARATION_LENGTH'],
  ['31091999I000012345', 'DECLARATION_FORM'],
])('%s is no declaration number because of %s', (text, code) => {
  expect(declarationFault(text)?.code).toBe(code)
})

test('an inspection certificate of unusual length is taken and told', () => {
  expect(checkInspectionCertificate('771641853176')).toEqual({ ok: true, value: '771641853176', unusual: true })
  expect(checkInspectionCertificate('123456789012345')).toMatchObject({ unusual: false })
  expect(checkInspectionCertificate('=1+1')).toEqual({ ok: false })
})
