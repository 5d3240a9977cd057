import { matchCountry } from '../../kernel/cn/customs.ts'
import { type FilingFinding, filingFindings, parseFilingNumber } from '../../kernel/cn/filing-number.ts'
import type { FieldFault, Words } from '../../kernel/errors.ts'
import { type GtinFault, parseGtin } from '../../kernel/gs1/gtin.ts'
import { isCategory, PRODUCT_CATEGORIES } from './categories.ts'

/** The facts of a product that rules judge; what a form or a row holds at that moment. */
export interface ProductFacts {
  readonly gtin: string
  readonly origin: string
  readonly filingNumber: string
  readonly category: string
}

/** True for the six kinds that need a registration certificate. */
export function isSpecial(category: string): boolean {
  return isCategory(category) && PRODUCT_CATEGORIES[category].special
}

/** What is wrong with a product's facts, by field; the words are predicates that follow the field's name and value. */
export function productFaults(facts: ProductFacts, today: string): FieldFault[] {
  const faults: FieldFault[] = []
  const gtin = parseGtin(facts.gtin)
  if (!gtin.ok) faults.push({ pointer: '/gtin', ...gtinWords(gtin) })
  if (facts.origin !== '' && matchCountry(facts.origin) === undefined) {
    faults.push({ pointer: '/origin', code: 'ORIGIN_UNKNOWN', zh: '不是已知的国家或地区', en: 'is not a known country or region' })
  }
  if (facts.filingNumber !== '') {
    if (parseFilingNumber(facts.filingNumber) === undefined) {
      faults.push({
        pointer: '/filingNumber',
        code: 'FILING_FORM',
        zh: '不是备案或注册编号的格式，例如 国妆网备进字（浙）2024005219、国妆特进字20223456',
        en: 'has none of the forms of a filing or registration number, such as 国妆网备进字（浙）2024005219 or 国妆特进字20223456',
      })
    }
    for (const f of filingJudgement(facts, today))
      if (f.severity === 'fault') faults.push({ pointer: '/filingNumber', code: f.code, zh: f.zh, en: f.en })
  }
  return faults
}

/** What a person should look at again; it bars nothing. */
export function productNotes(facts: ProductFacts, today: string): FieldFault[] {
  return filingJudgement(facts, today)
    .filter((f) => f.severity === 'warning')
    .map(({ code, zh, en }) => ({ pointer: '/filingNumber', code, zh, en }))
}

function filingJudgement(facts: ProductFacts, today: string): FilingFinding[] {
  const number = parseFilingNumber(facts.filingNumber)
  if (number === undefined) return []
  const origin = matchCountry(facts.origin)?.value.code ?? ''
  const found = filingFindings(number, { special: isSpecial(facts.category), origin }, Number(today.slice(0, 4)))
  // without a category nobody can say that a number belongs to another one
  return facts.category === '' ? found.filter((f) => f.code !== 'FILING_GENERAL_HAS_REGISTRATION') : found
}

/** The same facts in the form in which they are kept: 14 digits, country code, number without blanks. */
export function normaliseProduct<T extends ProductFacts>(facts: T): T {
  const gtin = parseGtin(facts.gtin)
  return {
    ...facts,
    gtin: gtin.ok ? gtin.gtin14 : facts.gtin,
    origin: matchCountry(facts.origin)?.value.code ?? facts.origin,
    filingNumber: parseFilingNumber(facts.filingNumber)?.value ?? facts.filingNumber,
  }
}

const GTIN_FAULTS: Readonly<Record<GtinFault, Words>> = {
  empty: { zh: '必填', en: 'is required' },
  'scientific-notation': {
    zh: '被表格软件改成了科学计数法，后几位已丢失；请把该列设为文本格式后重新填写',
    en: 'was turned into scientific notation by the spreadsheet and has lost digits: make the column text and enter it again',
  },
  'not-digits': { zh: '不是数字条码', en: 'is not a barcode of digits' },
  length: { zh: '应为 8、12、13 或 14 位', en: 'must have 8, 12, 13 or 14 digits' },
  'check-digit': { zh: '校验位不符，最后一位应为 {expected}', en: 'has a wrong check digit: the last should be {expected}' },
  zero: { zh: '不能全为 0', en: 'cannot be all zeros' },
}

/** The words for a barcode that is not one. */
export function gtinWords(fault: { readonly reason: GtinFault; readonly expected?: string }): Words & { code: string } {
  const { zh, en } = GTIN_FAULTS[fault.reason]
  const filled = (text: string): string => text.replace('{expected}', fault.expected ?? '')
  return { code: `GTIN_${fault.reason.toUpperCase().replaceAll('-', '_')}`, zh: filled(zh), en: filled(en) }
}
