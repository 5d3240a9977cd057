import type { Words } from '../errors.ts'
import { provinceName } from '../region.ts'

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

/** One-character names of the provinces that file cosmetics, with their codes of GB/T 2260. */
const PROVINCE_OF_LETTER: ReadonlyMap<string, string> = new Map(
  '京11 津12 冀13 晋14 蒙15 辽21 吉22 黑23 沪31 苏32 浙33 皖34 闽35 赣36 鲁37 豫41 鄂42 湘43 粤44 桂45 琼46 渝50 川51 贵52 云53 藏54 陕61 甘62 青63 宁64 新65'
    .split(' ')
    .map((pair) => [pair[0]!, pair.slice(1)]),
)

const P = `[${[...PROVINCE_OF_LETTER.keys()].join('')}]`

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
  return input
    .normalize('NFKC')
    .replace(/[\s\u200B-\u200D\uFEFF]/g, '')
    .replaceAll('[', '(')
    .replaceAll(']', ')')
    .replaceAll('〔', '(')
    .replaceAll('〕', ')')
    .toUpperCase()
}

/** @returns undefined when the text has none of the known forms: `filingFault` tells why */
export function parseFilingNumber(input: string): FilingNumber | undefined {
  const value = normaliseFilingNumber(input)
  for (const { kind, pattern, special } of FORMATS) {
    const match = pattern.exec(value)
    if (match !== null)
      return {
        value,
        kind,
        year: Number(match.groups!['y']),
        provinceLetter: match.groups!['p'],
        special: special || value.startsWith('卫妆特'),
      }
  }
  return undefined
}

export type FilingFaultCode =
  | 'FILING_EMPTY'
  | 'FILING_PRODUCTION_LICENCE'
  | 'FILING_RAW_MATERIAL'
  | 'FILING_PROVINCE_MISSING'
  | 'FILING_PROVINCE_UNKNOWN'
  | 'FILING_FORM'

const FILING_FAULTS: Readonly<Record<FilingFaultCode, Words>> = {
  FILING_EMPTY: { zh: '请填写备案编号或注册证号', en: 'the filing or registration number is required' },
  FILING_PRODUCTION_LICENCE: {
    zh: '是化妆品生产许可证编号，请填写产品的备案编号或注册证号',
    en: 'is the number of a production licence: enter the filing or registration number of the product',
  },
  FILING_RAW_MATERIAL: {
    zh: '是化妆品新原料编号，请填写产品的备案编号或注册证号',
    en: 'is the number of a new raw material: enter the filing or registration number of the product',
  },
  FILING_PROVINCE_MISSING: {
    zh: '缺少境内责任人所在省份的简称，例如国妆网备进字（浙）2024000001',
    en: 'lacks the letter of the responsible person’s province, as in 国妆网备进字（浙）2024000001',
  },
  FILING_PROVINCE_UNKNOWN: { zh: '括号内不是省份简称', en: 'has no province letter between its brackets' },
  FILING_FORM: { zh: '不是已知格式的备案编号或注册证号', en: 'has none of the known forms of a filing or registration number' },
}

/** Why a text is no filing or registration number, as a predicate to stand behind the cell; undefined when it is one. */
export function filingFault(input: string): (Words & { readonly code: FilingFaultCode }) | undefined {
  if (parseFilingNumber(input) !== undefined) return undefined
  const text = normaliseFilingNumber(input)
  const code: FilingFaultCode =
    text === ''
      ? 'FILING_EMPTY'
      : new RegExp(`^${P}妆20\\d{6}$`).test(text)
        ? 'FILING_PRODUCTION_LICENCE'
        : /^国妆原[注备]字20\d{6,10}$/.test(text)
          ? 'FILING_RAW_MATERIAL'
          : /^国妆网备[进制]字\d+$/.test(text)
            ? 'FILING_PROVINCE_MISSING'
            : /^国妆网备[进制]字\([^)]*\)20\d{8,}$/.test(text)
              ? 'FILING_PROVINCE_UNKNOWN'
              : 'FILING_FORM'
  return { code, ...FILING_FAULTS[code] }
}

export type FilingFindingCode =
  | 'FILING_EXPIRED_KIND'
  | 'FILING_YEAR'
  | 'FILING_YEAR_EARLY'
  | 'FILING_PROVINCE'
  | 'FILING_SPECIAL_NEEDS_REGISTRATION'
  | 'FILING_GENERAL_HAS_REGISTRATION'
  | 'FILING_ORIGIN_HMT'
  | 'FILING_ORIGIN_IMPORTED'
  | 'FILING_DOMESTIC'

export interface FilingFinding extends Words {
  readonly code: FilingFindingCode
  readonly severity: 'fault' | 'warning'
}

const HMT = new Set(['HKG', 'MAC', 'TWN'])

/**
 * Whether a number agrees with the product: prefix and category (a special product with a filing number breaks
 * article 17 of the regulation), prefix and origin (制字 for Hong Kong, Macao and Taiwan), a year that has come, and the
 * province of the responsible person where it is known.
 * @param product `origin` alpha-3, empty when unknown; `responsibleProvince` two digits of GB/T 2260, as a checked 统一社会信用代码 has them
 * @param thisYear today's year
 */
export function filingFindings(
  number: FilingNumber,
  product: { readonly special: boolean; readonly origin: string; readonly responsibleProvince?: string | undefined },
  thisYear: number,
): FilingFinding[] {
  const findings: FilingFinding[] = []
  const add = (code: FilingFindingCode, severity: 'fault' | 'warning', zh: string, en: string) => findings.push({ code, severity, zh, en })
  if (number.kind === 'ministry-of-health')
    add('FILING_EXPIRED_KIND', 'fault', '卫生部时期的批件早已失效', 'approvals of the Ministry of Health expired long ago')
  if (number.kind.startsWith('domestic'))
    add(
      'FILING_DOMESTIC',
      'fault',
      '这是国产化妆品的编号，不适用于进口商品',
      'this is the number of a domestic product, not of an imported one',
    )
  if (number.year > thisYear)
    add('FILING_YEAR', 'fault', `编号中的年份 ${number.year} 尚未到来`, `the year ${number.year} in the number has not come yet`)
  // filings over the net began in 2017, in Pudong
  if (number.year < 2017 && (number.kind === 'imported-general' || number.kind === 'hmt-general'))
    add(
      'FILING_YEAR_EARLY',
      'warning',
      `网上备案始于 2017 年，编号中的年份 ${number.year} 过早，请核对`,
      `such filings began in 2017: the year ${number.year} in the number is too early, check it`,
    )
  const province = number.provinceLetter === undefined ? undefined : PROVINCE_OF_LETTER.get(number.provinceLetter)
  if (province !== undefined && product.responsibleProvince !== undefined && province !== product.responsibleProvince) {
    add(
      'FILING_PROVINCE',
      'warning',
      `编号属于${provinceName(province, 'zh')}，与境内责任人所在的${provinceName(product.responsibleProvince, 'zh')}不一致，请核对`,
      `the number is of ${provinceName(province, 'en')}, the responsible person of ${provinceName(product.responsibleProvince, 'en')}: check it`,
    )
  }
  if (product.special && !number.special)
    add(
      'FILING_SPECIAL_NEEDS_REGISTRATION',
      'fault',
      '特殊化妆品须取得注册证（国妆特进字），备案编号不适用',
      'a special cosmetic needs a registration (国妆特进字), not a filing',
    )
  if (!product.special && number.special)
    add(
      'FILING_GENERAL_HAS_REGISTRATION',
      'warning',
      '普通化妆品使用了特殊化妆品注册证号，请核对类别',
      'a general cosmetic carries the number of a special one: check the category',
    )
  const hmtNumber = number.kind.startsWith('hmt')
  if (product.origin !== '' && hmtNumber && !HMT.has(product.origin))
    add(
      'FILING_ORIGIN_IMPORTED',
      'fault',
      '“制字”编号只用于港澳台产品，与原产国不符',
      'a 制字 number is for Hong Kong, Macao and Taiwan only and does not fit the origin',
    )
  if (HMT.has(product.origin) && !hmtNumber && number.year >= 2021)
    add(
      'FILING_ORIGIN_HMT',
      'warning',
      '港澳台产品自 2021 年起使用“制字”编号，请核对',
      'products of Hong Kong, Macao and Taiwan have 制字 numbers since 2021: check it',
    )
  return findings
}
