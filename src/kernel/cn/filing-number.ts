import type { Words } from '../errors.ts'

export type FilingKind =
  | 'imported-general'
  | 'hmt-general'
  | 'domestic-general'
  | 'imported-special'
  | 'hmt-special'
  | 'domestic-special'
  | 'legacy-imported-general'
  | 'ministry-of-health'

export interface FilingNumber {
  /** Normalised: NFKC, no blanks, ASCII brackets. */
  readonly value: string
  readonly kind: FilingKind
  readonly year: number
  /** One-character province of the responsible person, where the number has it. */
  readonly provinceLetter: string | undefined
  readonly special: boolean
}

const P = '[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]'

/** Formats of the registration and filing numbers of cosmetics (domain: NMPA since 2021, legacy before). */
const FORMATS: readonly { kind: FilingKind; pattern: RegExp; special: boolean }[] = [
  { kind: 'imported-general', pattern: new RegExp(`^国妆网备进字\\((?<p>${P})\\)(?<y>20\\d{2})\\d{6,}$`), special: false },
  { kind: 'hmt-general', pattern: new RegExp(`^国妆网备制字\\((?<p>${P})\\)(?<y>20\\d{2})\\d{6,}$`), special: false },
  { kind: 'domestic-general', pattern: new RegExp(`^(?<p>${P})G妆网备字(?<y>20\\d{2})\\d{6,}$`), special: false },
  { kind: 'imported-special', pattern: /^国妆特进字J?(?<y>20\d{2})\d{4,6}$/, special: true },
  { kind: 'hmt-special', pattern: /^国妆特制字(?<y>20\d{2})\d{4,6}$/, special: true },
  { kind: 'domestic-special', pattern: /^国妆特字G?(?<y>20\d{2})\d{4,6}$/, special: true },
  { kind: 'legacy-imported-general', pattern: /^国妆备进字J(?<y>20\d{2})\d{4,6}$/, special: false },
  { kind: 'ministry-of-health', pattern: /^卫妆(?:特|备)?进字\((?<y>\d{4})\)第\d{4,5}号$/, special: false },
]

export const FILING_KIND_WORDS: Readonly<Record<FilingKind, Words>> = {
  'imported-general': { zh: '进口普通化妆品备案', en: 'filing of an imported general cosmetic' },
  'hmt-general': { zh: '港澳台普通化妆品备案', en: 'filing of a general cosmetic from Hong Kong, Macao or Taiwan' },
  'domestic-general': { zh: '国产普通化妆品备案', en: 'filing of a domestic general cosmetic' },
  'imported-special': { zh: '进口特殊化妆品注册', en: 'registration of an imported special cosmetic' },
  'hmt-special': { zh: '港澳台特殊化妆品注册', en: 'registration of a special cosmetic from Hong Kong, Macao or Taiwan' },
  'domestic-special': { zh: '国产特殊化妆品注册', en: 'registration of a domestic special cosmetic' },
  'legacy-imported-general': { zh: '进口非特殊用途化妆品备案（旧）', en: 'old filing of an imported non-special cosmetic' },
  'ministry-of-health': { zh: '卫生部时期批件（已失效）', en: 'approval of the Ministry of Health (expired)' },
}

export function normaliseFilingNumber(input: string): string {
  return input.normalize('NFKC').replace(/[\s\u200B-\u200D\uFEFF]/g, '').replaceAll('[', '(').replaceAll(']', ')').replaceAll('〔', '(').replaceAll('〕', ')').toUpperCase()
}

/** @returns undefined when the text has none of the known forms */
export function parseFilingNumber(input: string): FilingNumber | undefined {
  const value = normaliseFilingNumber(input)
  for (const { kind, pattern, special } of FORMATS) {
    const match = pattern.exec(value)
    if (match !== null) return { value, kind, year: Number(match.groups!['y']), provinceLetter: match.groups!['p'], special: special || value.startsWith('卫妆特') }
  }
  return undefined
}

export type FilingFindingCode = 'FILING_EXPIRED_KIND' | 'FILING_YEAR' | 'FILING_SPECIAL_NEEDS_REGISTRATION' | 'FILING_GENERAL_HAS_REGISTRATION' | 'FILING_ORIGIN_HMT' | 'FILING_ORIGIN_IMPORTED' | 'FILING_DOMESTIC'

export interface FilingFinding extends Words {
  readonly code: FilingFindingCode
  readonly severity: 'fault' | 'warning'
}

const HMT = new Set(['HKG', 'MAC', 'TWN'])

/**
 * Whether a number agrees with the product: prefix and category (a special product with a filing number breaks
 * article 17 of the regulation), prefix and origin (制字 for Hong Kong, Macao and Taiwan), a year that has come.
 * @param origin alpha-3 code, empty when unknown
 * @param thisYear today's year
 */
export function filingFindings(number: FilingNumber, product: { readonly special: boolean; readonly origin: string }, thisYear: number): FilingFinding[] {
  const findings: FilingFinding[] = []
  const add = (code: FilingFindingCode, severity: 'fault' | 'warning', zh: string, en: string) => findings.push({ code, severity, zh, en })
  if (number.kind === 'ministry-of-health') add('FILING_EXPIRED_KIND', 'fault', '卫生部时期的批件早已失效', 'approvals of the Ministry of Health expired long ago')
  if (number.kind.startsWith('domestic')) add('FILING_DOMESTIC', 'fault', '这是国产化妆品的编号，不适用于进口商品', 'this is the number of a domestic product, not of an imported one')
  if (number.year > thisYear) add('FILING_YEAR', 'fault', `编号中的年份 ${number.year} 尚未到来`, `the year ${number.year} in the number has not come yet`)
  if (product.special && !number.special) add('FILING_SPECIAL_NEEDS_REGISTRATION', 'fault', '特殊化妆品须取得注册证（国妆特进字），备案编号不适用', 'a special cosmetic needs a registration (国妆特进字), not a filing')
  if (!product.special && number.special) add('FILING_GENERAL_HAS_REGISTRATION', 'warning', '普通化妆品使用了特殊化妆品注册证号，请核对类别', 'a general cosmetic carries the number of a special one: check the category')
  const hmtNumber = number.kind.startsWith('hmt')
  if (product.origin !== '' && hmtNumber && !HMT.has(product.origin)) add('FILING_ORIGIN_IMPORTED', 'fault', '“制字”编号只用于港澳台产品，与原产国不符', 'a 制字 number is for Hong Kong, Macao and Taiwan only and does not fit the origin')
  if (HMT.has(product.origin) && !hmtNumber && number.year >= 2021) add('FILING_ORIGIN_HMT', 'warning', '港澳台产品自 2021 年起使用“制字”编号，请核对', 'products of Hong Kong, Macao and Taiwan have 制字 numbers since 2021: check it')
  return findings
}
