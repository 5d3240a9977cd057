import type { Product } from '../products/contract.ts'
import type { Consignment, Lot, RowChange, RowReason, Verdict } from './contract.ts'
import { ENTRY_LIST, IMPORT_FIELD_NAMES, IMPORT_FIELDS, type ImportField } from './import-fields.ts'
import { type JudgedRow, reasonAt, type RowValues } from './judge-row.ts'
import { lotFindings, regimeOf } from './rules.ts'

/** What the database holds of the things that a group of rows names. */
export interface Stored {
  readonly products: ReadonlyMap<string, Product>
  readonly consignments: ReadonlyMap<string, Consignment>
  /** By `lotKey`. */
  readonly lots: ReadonlyMap<string, Lot>
  readonly productsInUse: ReadonlySet<string>
  readonly lotsInUse: ReadonlySet<string>
}

export interface ComparedRow extends JudgedRow {
  readonly verdict: Verdict
  readonly warned: boolean
  readonly changes: readonly RowChange[]
}

export const lotKey = (declarationNumber: unknown, gtin: unknown, lotNumber: unknown): string =>
  `${String(declarationNumber)}|${String(gtin)}|${String(lotNumber)}`

/** Facts of a consignment that may differ from row to row without contradicting each other. */
const FREE: ReadonlySet<ImportField> = new Set(['note'])

/**
 * Remembers what the good rows of a file said before, so that a later row cannot contradict them: one declaration has
 * one trade mode, one entry date, one port; one barcode names one product; one lot stands once.
 */
export class FileContext {
  readonly #consignments = new Map<string, { rowNumber: number; values: RowValues }>()
  readonly #products = new Map<string, { rowNumber: number; values: RowValues }>()
  readonly #lots = new Map<string, number>()

  /** Faults that a row has because of the rows above it; a row without faults joins them. */
  check(row: JudgedRow, mapping: Readonly<Record<string, number>>): RowReason[] {
    if (row.reasons.some((r) => r.severity === 'fault')) return []
    const { gtin, declarationNumber, lotNumber } = row.values
    const reasons: RowReason[] = []
    const tell = (field: ImportField, code: string, zh: string, en: string): void => {
      const column = mapping[field]
      reasons.push(
        reasonAt(ENTRY_LIST, row.rowNumber, field, column, column === undefined ? '' : (row.cells[column] ?? ''), 'fault', {
          code,
          zh,
          en,
        }),
      )
    }
    const key = lotKey(declarationNumber, gtin, lotNumber)
    const twin = this.#lots.get(key)
    if (twin !== undefined)
      tell(
        'lotNumber',
        'DUPLICATE_ROW',
        `与第 ${twin} 行重复（同一报关单、条码和批号）`,
        `repeats row ${twin} (same declaration, barcode and lot)`,
      )
    contradictions(this.#consignments.get(String(declarationNumber)), row.values, 'consignment').forEach(({ field, first, value }) =>
      tell(
        field,
        'CONTRADICTS_DECLARATION',
        `与第 ${first} 行同一报关单的「${value}」不一致`,
        `differs from "${value}" in row ${first} of the same declaration`,
      ),
    )
    contradictions(this.#products.get(String(gtin)), row.values, 'product').forEach(({ field, first, value }) =>
      tell(
        field,
        'CONTRADICTS_PRODUCT',
        `与第 ${first} 行同一条码的「${value}」不一致`,
        `differs from "${value}" in row ${first} of the same barcode`,
      ),
    )
    if (reasons.length === 0) {
      this.#lots.set(key, row.rowNumber)
      remember(this.#consignments, String(declarationNumber), row, 'consignment')
      remember(this.#products, String(gtin), row, 'product')
    }
    return reasons
  }
}

function contradictions(
  first: { rowNumber: number; values: RowValues } | undefined,
  values: RowValues,
  of: 'product' | 'consignment',
): { field: ImportField; first: number; value: string | number }[] {
  if (first === undefined) return []
  return IMPORT_FIELD_NAMES.filter((field) => IMPORT_FIELDS[field].of === of && !FREE.has(field)).flatMap((field) => {
    const before = first.values[field]
    const now = values[field]
    return before !== undefined && now !== undefined && before !== now ? [{ field, first: first.rowNumber, value: before }] : []
  })
}

function remember(
  map: Map<string, { rowNumber: number; values: RowValues }>,
  key: string,
  row: JudgedRow,
  of: 'product' | 'consignment',
): void {
  const own = Object.fromEntries(Object.entries(row.values).filter(([field]) => IMPORT_FIELDS[field as ImportField].of === of))
  const known = map.get(key)
  map.set(key, { rowNumber: known?.rowNumber ?? row.rowNumber, values: { ...own, ...known?.values } })
}

/** Product, consignment and lot of a row as the database would hold them. An empty cell says nothing and changes nothing. */
export function compareRow(row: JudgedRow, mapping: Readonly<Record<string, number>>, stored: Stored, today: string): ComparedRow {
  const reasons = [...row.reasons]
  const changes: RowChange[] = []
  const { values } = row
  const tell = (field: ImportField, code: string, zh: string, en: string): void => {
    const column = mapping[field]
    reasons.push(
      reasonAt(ENTRY_LIST, row.rowNumber, field, column, column === undefined ? '' : (row.cells[column] ?? ''), 'fault', { code, zh, en }),
    )
  }
  const product = stored.products.get(String(values.gtin))
  const consignment = stored.consignments.get(String(values.declarationNumber))
  const lot = stored.lots.get(lotKey(values.declarationNumber, values.gtin, values.lotNumber))
  const differ = (of: 'product' | 'consignment' | 'lot', record: object, inUse: boolean, fixed: ReadonlySet<string>): void => {
    for (const field of IMPORT_FIELD_NAMES) {
      if (IMPORT_FIELDS[field].of !== of || (field === 'category' && guessed(row))) continue
      const to = values[field]
      const from = (record as Record<string, unknown>)[field]
      if (to === undefined || from === undefined || from === to) continue
      if (inUse && fixed.has(field) && from !== '' && from !== null) {
        tell(
          field,
          'IN_USE',
          `与已激活标签的登记内容「${String(from)}」不同，不能修改`,
          `differs from "${String(from)}", which active labels carry: it cannot change`,
        )
      } else changes.push({ field, from, to, zh: IMPORT_FIELDS[field].zh, en: IMPORT_FIELDS[field].en })
    }
  }
  const bad = reasons.some((r) => r.severity === 'fault')
  if (!bad) {
    if (product !== undefined) differ('product', product, stored.productsInUse.has(product.id), PRODUCT_FIXED)
    if (consignment !== undefined) differ('consignment', consignment, lot !== undefined && stored.lotsInUse.has(lot.id), CONSIGNMENT_FIXED)
    if (lot !== undefined) differ('lot', lot, stored.lotsInUse.has(lot.id), LOT_FIXED)
    if (
      values.filingNumber === undefined &&
      regimeOf(String(values.tradeMode)) === 'general' &&
      (product === undefined || product.filingNumber === '')
    ) {
      tell(
        'filingNumber',
        'FILING_REQUIRED',
        '缺失：一般贸易须有备案或注册编号',
        'is missing: general trade needs a filing or registration number',
      )
    }
    // a shelf life that the file does not tell may be known of the product
    if (values.shelfLifeMonths === undefined && product !== undefined && product.shelfLifeMonths !== null) {
      const day = (field: ImportField): string | null => (values[field] === undefined ? null : String(values[field]))
      const dates = {
        lotNumber: String(values.lotNumber),
        producedOn: day('producedOn'),
        expiresOn: day('expiresOn'),
        quantity: Number(values.quantity),
      }
      for (const f of lotFindings(dates, { enteredOn: String(values.enteredOn) }, product, today))
        if (f.severity === 'fault') tell(f.field as ImportField, f.code, f.zh, f.en)
    }
  }
  const wrong = reasons.some((r) => r.severity === 'fault')
  return {
    ...row,
    reasons,
    changes: wrong ? [] : changes,
    warned: reasons.some((r) => r.severity === 'warning'),
    verdict: wrong ? 'wrong' : changes.length > 0 ? 'changed' : lot === undefined ? 'new' : 'unchanged',
  }
}

/** A category that was only inferred from the name never overwrites one that a person chose. */
const guessed = (row: JudgedRow): boolean => row.reasons.some((r) => r.code === 'CATEGORY_GUESSED')

const PRODUCT_FIXED: ReadonlySet<string> = new Set([
  'gtin',
  'nameZh',
  'brand',
  'spec',
  'category',
  'origin',
  'filingNumber',
  'shelfLifeMonths',
])
const CONSIGNMENT_FIXED: ReadonlySet<string> = new Set(['declarationNumber', 'tradeMode', 'enteredOn'])
const LOT_FIXED: ReadonlySet<string> = new Set(['lotNumber', 'producedOn', 'expiresOn', 'quantity'])
