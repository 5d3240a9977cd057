import { parseFilingNumber } from '../../kernel/cn/filing-number.ts'
import type { Words } from '../../kernel/errors.ts'
import { categoryOfName, categoryOfWord, isSpecial, PRODUCT_CATEGORIES, productFaults, productNotes } from '../products/contract.ts'
import type { RowReason } from './contract.ts'
import { ENTRY_LIST, IMPORT_FIELD_NAMES, IMPORT_FIELDS, type ImportField } from './import-fields.ts'
import type { ListFields } from './list-fields.ts'
import { normaliseCertificate, normaliseLotNumber, wordFindings } from './normalise.ts'
import { consignmentFindings, type Finding, lotFindings, regimeOf } from './rules.ts'
import {
  type Cell,
  cellText,
  KILOGRAMS,
  PIECES,
  type Understood,
  understandBarcode,
  understandDate,
  understandMonths,
  understandNumber,
  understandText,
} from './understand-cell.ts'

export type RowValues = Partial<Record<ImportField, string | number>>

/** A row as it stands in the file and as it was understood, with what is wrong in which cell. */
export interface JudgedRow {
  readonly rowNumber: number
  readonly cells: readonly string[]
  readonly values: Readonly<Record<string, string | number>>
  readonly reasons: readonly RowReason[]
}

const LENGTHS: Partial<Record<ImportField, number>> = {
  nameZh: 200,
  nameEn: 200,
  brand: 100,
  spec: 100,
  responsiblePerson: 200,
  manufacturer: 500,
  ingredients: 10_000,
  directions: 4000,
  warnings: 4000,
  supplier: 200,
  entryPort: 100,
  departurePort: 100,
  note: 1000,
}

const READERS: Partial<Record<ImportField, (cell: Cell | undefined) => Understood<string | number>>> = {
  gtin: understandBarcode,
  producedOn: understandDate,
  expiresOn: understandDate,
  enteredOn: understandDate,
  inspectionPassedOn: understandDate,
  releasedOn: understandDate,
  quantity: (cell) => understandNumber(cell, PIECES),
  grossWeightKg: (cell) => understandNumber(cell, KILOGRAMS),
  shelfLifeMonths: understandMonths,
  paoMonths: understandMonths,
}

/**
 * Reads one row alone: each cell by its field, then the rules between cells. What other rows or the database say comes
 * later. One fault a cell is told, the one that must be mended first.
 * @param mapping field → column from 0
 * @param today the date in China
 */
export function judgeRow(rowNumber: number, cells: readonly Cell[], mapping: Readonly<Record<string, number>>, today: string): JudgedRow {
  const values: RowValues = {}
  const reasons: RowReason[] = []
  const faulty = new Set<ImportField>()
  const tell = (field: ImportField, severity: RowReason['severity'], words: Words & { readonly code: string }): void => {
    if (severity === 'fault') {
      if (faulty.has(field)) return
      faulty.add(field)
    }
    const column = mapping[field]
    reasons.push(reasonAt(ENTRY_LIST, rowNumber, field, column, column === undefined ? '' : cellText(cells[column]), severity, words))
  }

  for (const field of IMPORT_FIELD_NAMES) {
    const entry = IMPORT_FIELDS[field]
    const column = mapping[field]
    if (entry.of === 'none') continue
    const cell = column === undefined ? null : (cells[column] ?? null)
    const understood = (READERS[field] ?? ((c: Cell | undefined) => understandText(c, LENGTHS[field] ?? 60)))(cell)
    if (understood.fault !== undefined) tell(field, 'fault', understood.fault)
    else if (understood.value === null) {
      if ('required' in entry) tell(field, 'fault', { code: 'REQUIRED', zh: '必填，此格为空', en: 'is required and the cell is empty' })
    } else {
      values[field] = understood.value
      if (understood.note !== undefined) tell(field, 'note', understood.note)
    }
  }

  translateWords(values, faulty, tell)
  for (const f of findingsOf(values, today)) if (!faulty.has(f.field as ImportField)) tell(f.field as ImportField, f.severity, f)
  return { rowNumber, cells: cells.map(cellText), values, reasons }
}

/** Words of the file become codes: 一般贸易 → 0110, 韩国产 → KOR, 水路运输 → 2. */
function translateWords(
  values: RowValues,
  faulty: ReadonlySet<ImportField>,
  tell: (field: ImportField, severity: RowReason['severity'], words: Words & { readonly code: string }) => void,
): void {
  for (const field of [
    'tradeMode',
    'declarationTransportMode',
    'firstLineTransportMode',
    'origin',
    'departureCountry',
    'filingNumber',
    'declarationNumber',
  ] as const) {
    const given = values[field]
    if (given === undefined || faulty.has(field)) continue
    const { value, finding, note } = wordFindings(field, String(given))
    if (finding !== undefined) {
      delete values[field]
      tell(field, 'fault', finding)
    } else {
      values[field] = value
      if (note !== undefined) tell(field, 'note', note)
    }
  }
  if (values.lotNumber !== undefined) values.lotNumber = normaliseLotNumber(String(values.lotNumber))
  if (values.inspectionCertificate !== undefined) values.inspectionCertificate = normaliseCertificate(String(values.inspectionCertificate))
  if (values.category !== undefined) {
    const code = categoryOfWord(String(values.category))
    if (code === undefined) {
      tell('category', 'fault', { code: 'CATEGORY_UNKNOWN', zh: '不在产品类别表中', en: 'is not one of the product categories' })
      delete values.category
    } else values.category = code
  } else if (values.nameZh !== undefined) {
    const code = categoryOfName(String(values.nameZh), String(values.nameEn ?? ''))
    if (code !== undefined && isSpecial(code) && parseFilingNumber(String(values.filingNumber ?? ''))?.special === false) {
      // a guess refuses nothing: the category stays open, and so nothing is activated until a person has settled it
      tell('filingNumber', 'warning', {
        code: 'SPECIAL_BY_NAME',
        zh: `是普通化妆品备案编号，而品名像「${PRODUCT_CATEGORIES[code].zh}」类特殊化妆品，须有注册证；请核对编号和类别`,
        en: `is the filing of a general cosmetic, but the name suggests "${PRODUCT_CATEGORIES[code].en}", which needs a registration: check number and category`,
      })
    } else if (code !== undefined) {
      values.category = code
      const { zh, en } = PRODUCT_CATEGORIES[code]
      tell('category', 'note', {
        code: 'CATEGORY_GUESSED',
        zh: `未列出，按品名推断为「${zh}」`,
        en: `is not in the file; the name suggests "${en}"`,
      })
    }
  }
}

function* findingsOf(values: RowValues, today: string): Generator<Finding> {
  const text = (field: ImportField): string => String(values[field] ?? '')
  const day = (field: ImportField): string | null => (values[field] === undefined ? null : text(field))

  const product = {
    gtin: text('gtin'),
    origin: text('origin'),
    filingNumber: text('filingNumber'),
    category: text('category'),
    responsiblePerson: text('responsiblePerson'),
    brandOrganisationId: null,
  }
  for (const fault of productFaults(product, today)) {
    const field = fault.pointer.slice(1)
    if (values[field as ImportField] !== undefined) yield { field, severity: 'fault', code: fault.code, zh: fault.zh, en: fault.en }
  }
  if (values.filingNumber !== undefined) {
    for (const note of productNotes(product, today))
      yield { field: note.pointer.slice(1), severity: 'warning', code: note.code, zh: note.zh, en: note.en }
  }

  // an entry date that is missing must not make every other date look wrong
  const enteredOn = day('enteredOn') ?? day('producedOn') ?? '2000-01-01'
  if (
    values.lotNumber !== undefined ||
    values.producedOn !== undefined ||
    values.expiresOn !== undefined ||
    values.quantity !== undefined
  ) {
    const lot = {
      lotNumber: text('lotNumber'),
      producedOn: day('producedOn'),
      expiresOn: day('expiresOn'),
      quantity: Number(values.quantity ?? Number.NaN),
    }
    const shelfLifeMonths = values.shelfLifeMonths === undefined ? null : Number(values.shelfLifeMonths)
    for (const f of lotFindings(lot, { enteredOn }, { shelfLifeMonths }, today)) {
      if (values[f.field as ImportField] !== undefined || f.code === 'USE_PERIOD_MISSING') yield f
    }
  }
  const consignment = {
    declarationNumber: text('declarationNumber'),
    tradeMode: text('tradeMode'),
    declarationTransportMode: text('declarationTransportMode'),
    firstLineTransportMode: day('firstLineTransportMode'),
    enteredOn,
    inspectionCertificate: text('inspectionCertificate'),
    inspectionPassedOn: day('inspectionPassedOn'),
    releasedOn: day('releasedOn'),
  }
  for (const f of consignmentFindings(consignment, today)) if (values[f.field as ImportField] !== undefined) yield f
  if (values.grossWeightKg !== undefined && Number(values.grossWeightKg) < 0) {
    yield { field: 'grossWeightKg', severity: 'fault', code: 'NEGATIVE', zh: '不能为负数', en: 'cannot be negative' }
  }

  // 化妆品监督管理条例 art. 17: filed before import. Cross-border retail is exempt (商财发〔2018〕486号).
  const filedIn = Number(/20\d{2}/.exec(text('filingNumber'))?.[0] ?? Number.NaN)
  if (
    values.tradeMode !== undefined &&
    values.enteredOn !== undefined &&
    regimeOf(text('tradeMode')) === 'general' &&
    filedIn > Number(enteredOn.slice(0, 4)) &&
    enteredOn >= '2000-01-01'
  ) {
    yield {
      field: 'filingNumber',
      severity: 'fault',
      code: 'FILED_AFTER_ENTRY',
      zh: `的年份 ${filedIn} 晚于入境日期 ${enteredOn}；一般贸易须先备案后进口`,
      en: `is of ${filedIn}, after the entry on ${enteredOn}: general trade files before it imports`,
    }
  }
}

/** A reason in its cell: "第 37 行 生产日期 2025-13-02 不是日期". */
export function reasonAt(
  fields: ListFields,
  rowNumber: number,
  field: string,
  column: number | undefined,
  raw: string,
  severity: RowReason['severity'],
  words: Words & { readonly code: string },
): RowReason {
  const shown = raw.trim() === '' ? '' : ` ${raw.length > 60 ? `${raw.slice(0, 60)}…` : raw.trim()}`
  const name = fields.entries[field]!
  return {
    field,
    column: column ?? null,
    severity,
    code: words.code,
    zh: `第 ${rowNumber} 行 ${name.zh}${shown} ${words.zh}`,
    en: `Row ${rowNumber}, ${name.en.toLowerCase()}${shown} ${words.en}`,
  }
}
