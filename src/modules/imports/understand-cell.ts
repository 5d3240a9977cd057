import type { Words } from '../../kernel/errors.ts'
import { parseGtin } from '../../kernel/gs1/gtin.ts'
import { parseDate } from '../../kernel/time.ts'
import { withoutApostrophe } from '../../platform/documents/write-sheet.ts'
import { gtinWords } from '../products/contract.ts'

/** A cell as a sheet reader gives it: text from CSV; text, numbers, dates and truth values from a workbook. */
export type Cell = string | number | boolean | Date | null

/** What a cell means. `note` tells how it was read when that is not how it is written. */
export interface Understood<T> {
  readonly value: T | null
  readonly fault?: Words & { readonly code: string }
  readonly note?: Words & { readonly code: string }
}

/** The cell as a person sees it. */
export function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return ''
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? '' : cell.toISOString().slice(0, 10)
  return String(cell)
}

const readAs = (value: string | number): Words & { code: string } => ({
  code: 'READ_AS',
  zh: `按「${value}」读取`,
  en: `was read as "${value}"`,
})

/** Text without the blanks around it, of any width; what lies inside is left as it is. */
export function understandText(cell: Cell | undefined, max: number): Understood<string> {
  const raw = cellText(cell)
  // the apostrophe is ours: it kept a spreadsheet from taking the text of a downloaded row for a formula
  const value = withoutApostrophe(raw.replaceAll(/[\u200b\ufeff]/g, '').trim())
  if (value === '') return { value: null }
  if (/[^\P{Cc}\n\r\t]/u.test(value)) return { value: null, fault: { code: 'CONTROL', zh: '含有控制字符', en: 'holds control characters' } }
  if ([...value].length > max)
    return { value: null, fault: { code: 'TOO_LONG', zh: `超过 ${max} 个字符`, en: `is longer than ${max} characters` } }
  return value === raw
    ? { value }
    : { value, note: { code: 'TRIMMED', zh: '首尾空格已去掉', en: 'had blanks around it, which were dropped' } }
}

/** A GTIN as 14 digits. A spreadsheet that shows one as 9.52E+12 has thrown its last digits away. */
export function understandBarcode(cell: Cell | undefined): Understood<string> {
  const raw = cellText(cell)
  const parsed = parseGtin(typeof cell === 'string' ? raw.replace(/^['’]/, '').replace(/^(\d{8,14})\.0+$/, '$1') : raw)
  if (parsed.ok) {
    const shown = parsed.gtin14.replace(/^0+/, '')
    return raw.endsWith(shown) && /^\d+$/.test(raw) ? { value: parsed.gtin14 } : { value: parsed.gtin14, note: readAs(shown) }
  }
  return parsed.reason === 'empty' ? { value: null } : { value: null, fault: gtinWords(parsed) }
}

/**
 * A date, `YYYY-MM-DD`, in the forms of `parseDate`; day first and month first cannot be told apart and are refused.
 */
export function understandDate(cell: Cell | undefined): Understood<string> {
  if (cell === null || cell === undefined || typeof cell === 'boolean')
    return cell === null || cell === undefined ? { value: null } : { value: null, fault: DATE_FAULTS['not-a-date'] }
  const parsed = parseDate(cell)
  if (!parsed.ok) return parsed.reason === 'empty' ? { value: null } : { value: null, fault: DATE_FAULTS[parsed.reason] }
  return !parsed.changed || cell instanceof Date ? { value: parsed.date } : { value: parsed.date, note: readAs(parsed.date) }
}

const DATE_FAULTS = {
  'not-a-date': { code: 'NOT_A_DATE', zh: '不是日期', en: 'is not a date' },
  implausible: { code: 'DATE_IMPLAUSIBLE', zh: '年份不合理，是否有误？', en: 'has a year that cannot be right' },
  ambiguous: {
    code: 'DATE_AMBIGUOUS',
    zh: '年、月、日的顺序不明，请写成 2025-03-04',
    en: 'does not tell year, month and day apart: write it as 2025-03-04',
  },
} as const

/** A number, with the separators of thousands and a unit of `units` behind it taken away. */
export function understandNumber(cell: Cell | undefined, units: RegExp): Understood<number> {
  if (typeof cell === 'number') return Number.isFinite(cell) ? { value: cell } : { value: null, fault: NOT_A_NUMBER }
  const raw = cellText(cell)
  const text = raw.normalize('NFKC').trim()
  if (text === '') return { value: null }
  const bare = text.replace(units, '').trim()
  const grouped = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(bare) ? bare.replaceAll(',', '') : bare
  if (!/^[+-]?\d{1,15}(\.\d{1,6})?$/.test(grouped)) return { value: null, fault: NOT_A_NUMBER }
  const value = Number(grouped)
  return grouped === raw ? { value } : { value, note: readAs(value) }
}

const NOT_A_NUMBER = { code: 'NOT_A_NUMBER', zh: '不是数字', en: 'is not a number' } as const

export const PIECES = /(件|个|個|瓶|支|盒|套|只|片|袋|罐|pcs?|pieces?|units?)\.?$/i
export const KILOGRAMS = /(kgs?|公斤|千克)\.?$/i

/** Months: `36`, `36个月`, `3年`. */
export function understandMonths(cell: Cell | undefined): Understood<number> {
  const text = cellText(cell).normalize('NFKC').trim()
  const years = /^(\d{1,2})\s*(年|years?)$/i.exec(text)
  const found: Understood<number> =
    years === null
      ? understandNumber(cell, /(个月|個月|月|M|months?)$/i)
      : { value: Number(years[1]) * 12, note: readAs(Number(years[1]) * 12) }
  if (found.value !== null && (!Number.isInteger(found.value) || found.value < 1 || found.value > 120)) {
    return { value: null, fault: { code: 'MONTHS_RANGE', zh: '应为 1 至 120 个月', en: 'must be 1 to 120 months' } }
  }
  return found
}
