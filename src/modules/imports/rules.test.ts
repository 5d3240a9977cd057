import { describe, expect, it } from 'vitest'
import { activationGate, consignmentFindings, lotFindings } from './rules.ts'

const TODAY = '2026-06-15'
const CONSIGNMENT = {
  declarationNumber: '310120261000000123',
  tradeMode: '0110',
  declarationTransportMode: '7',
  firstLineTransportMode: '2',
  enteredOn: '2026-03-02',
  inspectionCertificate: '771641853176',
  inspectionPassedOn: '2026-03-09',
  releasedOn: '2026-03-10',
}
const LOT = { lotNumber: 'G251126', producedOn: '2025-11-11', expiresOn: '2028-11-11', quantity: 1200 }
const PRODUCT = {
  nameZh: '面霜',
  nameEn: 'Cream',
  brand: '示例',
  spec: '50 mL',
  category: 'cream',
  special: false,
  forChildren: false,
  origin: 'FRA',
  filingNumber: '国妆网备进字(浙)2024005219',
  responsiblePerson: '宁波示例',
  manufacturer: 'Example',
  ingredients: '水',
  directions: '涂抹',
  warnings: '',
  paoMonths: 12,
  pictureFileId: null,
}

describe('a consignment', () => {
  it('passes when everything agrees', () => {
    expect(consignmentFindings(CONSIGNMENT, TODAY)).toEqual([])
  })

  it.each([
    ['a declaration number of 17 digits', { declarationNumber: '31012026100000012' }, 'declarationNumber', 'DECLARATION_NUMBER_FORM'],
    ['a declaration of a year to come', { declarationNumber: '310120271000000123' }, 'declarationNumber', 'DECLARATION_YEAR_FUTURE'],
    ['an export list', { declarationNumber: '31012026E000000123' }, 'declarationNumber', 'DECLARATION_EXPORT'],
    ['an unknown trade mode', { tradeMode: '0000' }, 'tradeMode', 'TRADE_MODE_UNKNOWN'],
    ['an unknown transport mode', { declarationTransportMode: 'Q' }, 'declarationTransportMode', 'TRANSPORT_MODE_UNKNOWN'],
    ['a zone as the way over the border', { firstLineTransportMode: '7' }, 'firstLineTransportMode', 'NOT_A_CROSSING'],
    ['an entry tomorrow', { enteredOn: '2026-06-16', inspectionPassedOn: null, releasedOn: null }, 'enteredOn', 'ENTERED_IN_FUTURE'],
    ['an inspection before the entry', { inspectionPassedOn: '2026-03-01' }, 'inspectionPassedOn', 'INSPECTED_BEFORE_ENTRY'],
    ['an inspection tomorrow', { inspectionPassedOn: '2026-06-16' }, 'inspectionPassedOn', 'INSPECTED_IN_FUTURE'],
    ['a release before the entry', { releasedOn: '2026-03-01' }, 'releasedOn', 'RELEASED_BEFORE_ENTRY'],
    ['a certificate number with a script in it', { inspectionCertificate: '<script>' }, 'inspectionCertificate', 'CERTIFICATE_FORM'],
  ])('is faulty with %s', (_, change, field, code) => {
    expect(consignmentFindings({ ...CONSIGNMENT, ...change }, TODAY)).toMatchObject([{ field, code, severity: 'fault' }])
  })

  it('takes a cross-border list, and only warns of a ninth digit that is neither import nor export', () => {
    expect(consignmentFindings({ ...CONSIGNMENT, declarationNumber: '31012026I000000123', tradeMode: '9610' }, TODAY)).toEqual([])
    expect(consignmentFindings({ ...CONSIGNMENT, declarationNumber: '310120267000000123' }, TODAY)).toMatchObject([
      { code: 'DECLARATION_DIRECTION', severity: 'warning' },
    ])
  })
})

describe('a lot', () => {
  it('passes when everything agrees', () => {
    expect(lotFindings(LOT, CONSIGNMENT, { shelfLifeMonths: 36 }, TODAY)).toEqual([])
  })

  it.each([
    ['made tomorrow', { producedOn: '2026-06-16', expiresOn: '2029-06-16' }, 'producedOn', 'PRODUCED_IN_FUTURE', 'fault'],
    ['entered before it was made', { producedOn: '2026-03-03' }, 'enteredOn', 'ENTERED_BEFORE_PRODUCTION', 'fault'],
    ['expiring on the day of production', { expiresOn: '2025-11-11' }, 'expiresOn', 'EXPIRES_BEFORE_PRODUCTION', 'fault'],
    ['expired on arrival', { expiresOn: '2026-03-02' }, 'expiresOn', 'EXPIRED_AT_ENTRY', 'fault'],
    ['expired since', { expiresOn: '2026-06-14' }, 'expiresOn', 'EXPIRED', 'warning'],
    ['without any period of use', { expiresOn: null }, 'expiresOn', 'USE_PERIOD_MISSING', 'fault'],
    ['of half a piece', { quantity: 0.5 }, 'quantity', 'QUANTITY_NOT_WHOLE', 'fault'],
    ['of no piece', { quantity: 0 }, 'quantity', 'QUANTITY_TOO_SMALL', 'fault'],
    ['of ten million and one', { quantity: 10_000_001 }, 'quantity', 'QUANTITY_TOO_LARGE', 'fault'],
    ['with a slash in its number', { lotNumber: 'A/1' }, 'lotNumber', 'LOT_NUMBER_CHARACTERS', 'fault'],
    ['with a number of 21 characters', { lotNumber: 'A'.repeat(21) }, 'lotNumber', 'LOT_NUMBER_LONG', 'fault'],
  ])('is told when it is %s', (_, change, field, code, severity) => {
    expect(lotFindings({ ...LOT, ...change }, CONSIGNMENT, { shelfLifeMonths: null }, TODAY)).toMatchObject([{ field, code, severity }])
  })

  it('may differ from production plus shelf life by one month and not by more', () => {
    expect(lotFindings({ ...LOT, expiresOn: '2028-12-11' }, CONSIGNMENT, { shelfLifeMonths: 36 }, TODAY)).toEqual([])
    expect(lotFindings({ ...LOT, expiresOn: '2028-12-12' }, CONSIGNMENT, { shelfLifeMonths: 36 }, TODAY)).toMatchObject([
      { code: 'SHELF_LIFE_CONFLICT' },
    ])
  })
})

describe('the gate of activation', () => {
  const lot = { ...CONSIGNMENT, expiresOn: '2028-11-11' }
  const codes = (change: object, product: object = {}) =>
    activationGate({ ...lot, ...change }, { ...PRODUCT, ...product }, TODAY).map((r) => r.code)

  it('opens for released, inspected goods of a complete product', () => {
    expect(codes({})).toEqual([])
  })

  it('never opens for stock of a zone', () => {
    expect(codes({ tradeMode: '1234' })).toEqual(['ZONE_STOCK'])
  })

  it('asks general trade for inspection and release, and tells everything that is missing at once', () => {
    expect(codes({ inspectionPassedOn: null, releasedOn: null, inspectionCertificate: '' }, { filingNumber: '' })).toEqual([
      'PRODUCT_INCOMPLETE',
      'CERTIFICATE_MISSING',
      'NOT_INSPECTED',
      'NOT_RELEASED',
    ])
  })

  it('asks cross-border retail for its release only', () => {
    expect(
      codes({ tradeMode: '9610', inspectionPassedOn: null, inspectionCertificate: '' }, { filingNumber: '', responsiblePerson: '' }),
    ).toEqual([])
    expect(codes({ tradeMode: '1210', releasedOn: null })).toEqual(['NOT_RELEASED'])
  })

  it('stays shut for goods past their date', () => {
    expect(codes({ expiresOn: '2026-06-14' })).toEqual(['LOT_EXPIRED'])
  })
})
