import type { SheetCell } from './sheet.ts'
import { withoutApostrophe } from './write-sheet.ts'

export type QuantityFault = 'empty' | 'not-a-number' | 'not-whole' | 'negative' | 'zero' | 'too-large'

/** `changed` when the cell was not written as the plain number. */
export type Quantity =
  | { readonly ok: true; readonly value: number; readonly changed: boolean }
  | { readonly ok: false; readonly reason: QuantityFault }

/** More pieces than one line of goods has ever had; beyond it a barcode slipped into the column. */
const QUANTITY_MAX = 1_000_000_000

const UNIT = /\s*(件|个|個|瓶|支|盒|套|只|隻|片|袋|罐|包|条|對|对|pcs?|pieces?|units?|ea|sets?|btls?|bottles?|box(es)?)\.?$/i

/**
 * Whole pieces: `1200`, `"1,200件"`, `"１２００"`, `"1200 pcs"`, `"1200.0"`. What is no whole positive number is refused
 * with a reason and never rounded.
 */
export function parseQuantity(cell: SheetCell | undefined): Quantity {
  if (cell instanceof Date) return { ok: false, reason: 'not-a-number' }
  const raw = cellText(cell)
  const text = cleanText(raw).normalize('NFKC')
  if (text === '') return { ok: false, reason: 'empty' }
  const bare = text.replace(UNIT, '').replaceAll('−', '-').trim()
  const digits = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(bare) ? bare.replaceAll(',', '') : bare
  const match = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(digits)
  if (match === null) return { ok: false, reason: 'not-a-number' }
  const [, sign, whole, fraction = ''] = match
  const value = Number(whole)
  if (/[1-9]/.test(fraction)) return { ok: false, reason: 'not-whole' }
  if (value === 0) return { ok: false, reason: 'zero' }
  if (sign === '-') return { ok: false, reason: 'negative' }
  if (value > QUANTITY_MAX) return { ok: false, reason: 'too-large' }
  return { ok: true, value, changed: raw !== String(value) }
}

/**
 * Text on one line as it is meant: blanks of every width are one space, invisible and control characters are gone, an
 * apostrophe that a spreadsheet or we put before a formula too. Full-width letters stay, names are written with them.
 */
export function cleanText(text: string): string {
  return withoutApostrophe(text)
    .replace(/[\p{White_Space}]+/gu, ' ')
    .replace(/[\p{Cc}\p{Cf}\uFFFE\uFFFF]/gu, '')
    .trim()
}

/** A number as a spreadsheet abbreviates it, `9.52118E+12`: as a barcode its last digits are lost for good. */
export function isScientificNotation(text: string): boolean {
  return /^[+-]?\d(\.\d+)?e[+-]?\d{1,3}$/i.test(cleanText(text).normalize('NFKC'))
}

/** A cell as a person sees it; a date as YYYY-MM-DD. */
export function cellText(cell: SheetCell | undefined): string {
  if (cell === null || cell === undefined) return ''
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? '' : cell.toISOString().slice(0, 10)
  return String(cell)
}
