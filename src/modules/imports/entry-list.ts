import { transportModeOf } from '../../kernel/cn/customs.ts'
import { AppError } from '../../kernel/errors.ts'
import { civilDateOf } from '../../kernel/time.ts'
import type { Database, Tx } from '../../platform/db/database.ts'
import { constraintOf } from '../../platform/db/errors.ts'
import { sql } from '../../platform/db/sql.ts'
import type { SheetRow } from '../../platform/documents/sheet.ts'
import type { Platform } from '../../platform/platform.ts'
import { type Product, type ProductInput, type Products, PRODUCTS_CONSTRAINTS } from '../products/index.ts'
import { type ComparedRow, FileContext, lotKey, type Stored } from './compare-rows.ts'
import { type Consignment, consignmentBody, type ImportMapping, IMPORTS_PATHS, type Lot, lotBody } from './contract.ts'
import { IMPORTS_CONSTRAINTS } from './errors.ts'
import { ENTRY_LIST, IMPORT_FIELD_NAMES, IMPORT_FIELDS, type ImportField } from './import-fields.ts'
import { findRows, type Import, markCommitted, refuseRow, storeVerdict, type StoredRow } from './import-repository.ts'
import { type JudgedRow, judgeRow, type RowValues } from './judge-row.ts'
import type { ListKind } from './list-kind.ts'
import { insertConsignments, insertLots } from './repository.ts'
import { changeConsignment, consignmentBodyOf, type ImportsContext, newConsignment } from './save-consignment.ts'
import { changeLot, newLot } from './save-lot.ts'
import { compareWithStored, type Surroundings } from './stored.ts'
import { cellText, PIECES, understandNumber } from './understand-cell.ts'

const CHUNK = 500
const MAX_NOTES = 50

/**
 * Entry lists: products, consignments and lots as a clerk or a broker keeps them. Rows are compared again with what is
 * stored when they are written: what changed since the preview is judged anew.
 */
export function entryListKind(platform: Platform, products: Products, around: Surroundings): ListKind {
  return {
    name: 'imports',
    path: IMPORTS_PATHS.imports,
    object: 'import',
    permissions: { read: 'consignments.read', write: 'consignments.write' },
    words: { zh: '入境明细', en: 'entry-list' },
    fields: ENTRY_LIST,
    leastTitles: 3,
    examples: [],
    reader: async (found, layout, mapping) => {
      const today = civilDateOf(platform.clock.now())
      const context = new FileContext()
      const aside = new SetAside(layout, mapping)
      return {
        judge: (row) => {
          if (aside.takes(row)) return undefined
          const judged = judgeRow(row.rowNumber, row.cells, mapping, today)
          const contradictions = context.check(judged, mapping)
          aside.adds(judged)
          return contradictions.length === 0 ? judged : { ...judged, reasons: [...judged.reasons, ...contradictions] }
        },
        compare: async (rows) => (await compareWithStored(platform.db, found.organisationId, rows, mapping, today, around)).compared,
        notes: () => aside.notes(),
      }
    },
    write: async (tx, found, after) => {
      const rows = await findRows(tx, found.id, after, CHUNK, sql`verdict in ('new', 'changed') and not committed`, sql`for update`)
      const last = rows.at(-1)
      if (last === undefined) return undefined
      await commitRows(platform, tx, found, rows, products, around)
      return { after: last.rowNumber, settled: rows.length }
    },
  }
}

async function commitRows(
  platform: Platform,
  tx: Tx,
  found: Import,
  rows: readonly StoredRow[],
  products: Products,
  around: Surroundings,
): Promise<void> {
  try {
    await tx.savepoint(() => applyRows(platform, tx, found, rows, products, around))
  } catch (error) {
    const refused = refusalOf(error)
    if (refused === undefined) throw error
    if (rows.length === 1) {
      await refuse(tx, found, rows[0]!, refused)
      return
    }
    // one row of the chunk is refused by something that changed meanwhile: find it, and let the others pass
    for (const row of rows) await commitRows(platform, tx, found, [row], products, around)
  }
}

/** Somebody may have filed the same product in the meantime: then a constraint refuses it, not a rule. */
function refusalOf(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error
  const constraint = constraintOf(error)
  return constraint === undefined ? undefined : (PRODUCTS_CONSTRAINTS.get(constraint) ?? IMPORTS_CONSTRAINTS.get(constraint))?.()
}

async function applyRows(
  platform: Platform,
  tx: Tx,
  found: Import,
  rows: readonly StoredRow[],
  products: Products,
  around: Surroundings,
): Promise<void> {
  const at = platform.clock.now()
  const ctx: ImportsContext = { organisationId: found.organisationId, at }
  const mapping: ImportMapping = found.mapping ?? {}
  const judged: JudgedRow[] = rows.map(({ rowNumber, cells, values, reasons }) => ({ rowNumber, cells, values, reasons }))
  const { compared, stored } = await compareWithStored(tx, found.organisationId, judged, mapping, civilDateOf(at), around)
  const good = compared.filter((row) => row.verdict === 'new' || row.verdict === 'changed')
  for (const row of compared) if (row.verdict === 'wrong') await storeVerdict(tx, found.id, row)

  const productOf = await writeProducts(tx, good, stored, products, ctx)
  const consignmentOf = await writeConsignments(platform.db, tx, good, stored, around, ctx)
  await writeLots(platform.db, tx, good, stored, productOf, consignmentOf, around, ctx)
  await markCommitted(
    tx,
    found.id,
    compared.filter((row) => row.verdict !== 'wrong').map((row) => row.rowNumber),
  )
}

async function writeProducts(
  tx: Tx,
  rows: readonly ComparedRow[],
  stored: Stored,
  products: Products,
  ctx: ImportsContext,
): Promise<Map<string, Product>> {
  const fresh = new Map<string, ProductInput>()
  const known = new Map(stored.products)
  for (const row of rows) {
    const gtin = String(row.values.gtin)
    const facts = factsOf(row, 'product')
    const product = known.get(gtin)
    if (product === undefined) fresh.set(gtin, { ...facts, ...fresh.get(gtin) } as ProductInput)
    else if (row.changes.some((c) => IMPORT_FIELDS[c.field as ImportField].of === 'product'))
      known.set(gtin, await products.amendProduct(tx, product, changedFacts(row, 'product') as Partial<ProductInput>, ctx))
  }
  for (const product of await products.createProducts(tx, [...fresh.values()], ctx)) known.set(product.gtin, product)
  return known
}

async function writeConsignments(
  db: Database,
  tx: Tx,
  rows: readonly ComparedRow[],
  stored: Stored,
  around: Surroundings,
  ctx: ImportsContext,
): Promise<Map<string, Consignment>> {
  const fresh = new Map<string, Record<string, unknown>>()
  const known = new Map(stored.consignments)
  for (const row of rows) {
    const number = String(row.values.declarationNumber)
    const consignment = known.get(number)
    if (consignment === undefined)
      fresh.set(number, { ...firstLineGuess(row.values), ...factsOf(row, 'consignment'), ...fresh.get(number) })
    else if (row.changes.some((c) => IMPORT_FIELDS[c.field as ImportField].of === 'consignment')) {
      const body = consignmentBody.parse({ ...consignmentBodyOf(consignment), ...changedFacts(row, 'consignment') })
      const changed = await changeConsignment(tx, consignment, body, { ...ctx, version: undefined, lotIsInUse: around.lotIsInUse })
      known.set(number, changed.consignment)
    }
  }
  const made = [...fresh.values()].map((facts) => newConsignment(consignmentBody.parse(facts), ctx))
  await insertConsignments(db, tx, made)
  for (const consignment of made) known.set(consignment.declarationNumber, consignment)
  return known
}

async function writeLots(
  db: Database,
  tx: Tx,
  rows: readonly ComparedRow[],
  stored: Stored,
  productOf: ReadonlyMap<string, Product>,
  consignmentOf: ReadonlyMap<string, Consignment>,
  around: Surroundings,
  ctx: ImportsContext,
): Promise<void> {
  const fresh: Lot[] = []
  for (const row of rows) {
    const { gtin, declarationNumber, lotNumber } = row.values
    const consignment = consignmentOf.get(String(declarationNumber))!
    const product = productOf.get(String(gtin))!
    const lot = stored.lots.get(lotKey(declarationNumber, gtin, lotNumber))
    const body = lotBody.parse({
      productId: product.id,
      ...(lot === undefined
        ? {}
        : {
            lotNumber: lot.lotNumber,
            producedOn: lot.producedOn,
            expiresOn: lot.expiresOn,
            quantity: lot.quantity,
            grossWeightKg: lot.grossWeightKg,
          }),
      ...factsOf(row, 'lot'),
    })
    if (lot === undefined) fresh.push(newLot(consignment, product, body, ctx))
    else if (row.changes.some((c) => IMPORT_FIELDS[c.field as ImportField].of === 'lot'))
      await changeLot(tx, lot, consignment, product, body, { ...ctx, version: undefined, lotIsInUse: around.lotIsInUse })
  }
  await insertLots(db, tx, fresh)
}

/** What a row says of one record; empty cells say nothing. */
function factsOf(
  row: { readonly values: RowValues },
  of: 'product' | 'consignment' | 'lot',
): Partial<Record<ImportField, string | number>> {
  return Object.fromEntries(
    IMPORT_FIELD_NAMES.filter((f) => IMPORT_FIELDS[f].of === of && row.values[f] !== undefined).map((f) => [f, row.values[f]!]),
  )
}

/** Only what the preview showed as changed: a guessed category, say, is not among it. */
function changedFacts(row: ComparedRow, of: 'product' | 'consignment'): Partial<Record<ImportField, unknown>> {
  return Object.fromEntries(row.changes.filter((c) => IMPORT_FIELDS[c.field as ImportField].of === of).map((c) => [c.field, c.to]))
}

/** A declaration that names a real way over the border is the first-line mode too; one that names a zone is not. */
function firstLineGuess(values: RowValues): { firstLineTransportMode?: string } {
  const mode = String(values.declarationTransportMode)
  return transportModeOf(mode)?.crossing === true ? { firstLineTransportMode: mode } : {}
}

async function refuse(tx: Tx, found: Import, row: StoredRow, error: AppError): Promise<void> {
  const [first] = error.fields
  const named = first?.pointer.slice(1)
  const field = named !== undefined && ENTRY_LIST.has(named) ? named : 'gtin'
  const words = first ?? { code: error.code, zh: error.words('zh'), en: error.words('en') }
  await refuseRow(tx, found, row, ENTRY_LIST, field, words)
}

/** Rows that are no goods: blanks, totals, a header that a printout repeats. A total that does not add up is told. */
class SetAside {
  readonly #titles: string
  readonly #mapping: ImportMapping
  readonly #notes: { rowNumber: number; code: string; zh: string; en: string }[] = []
  #blank = 0
  #sum = 0
  #last: number

  constructor(layout: { readonly titles: readonly string[]; readonly headerRow: number }, mapping: ImportMapping) {
    this.#titles = layout.titles.join('\u0000')
    this.#mapping = mapping
    this.#last = layout.headerRow
  }

  adds(row: JudgedRow): void {
    this.#sum += Number(row.values['quantity'] ?? 0)
  }

  takes(row: SheetRow): boolean {
    // the reader leaves blank rows out, and their numbers with them
    this.#blank += row.rowNumber - this.#last - 1
    this.#last = row.rowNumber
    const texts = row.cells.map((cell) => cellText(cell).trim())
    const filled = texts.filter((text) => text !== '')
    if (texts.join('\u0000') === this.#titles)
      return this.#note(row, 'HEADER_REPEATED', '重复的表头，已跳过', 'a repeated header, set aside')
    const noGoods = ['gtin', 'lotNumber', 'declarationNumber'].every(
      (field) => this.#mapping[field] === undefined || (texts[this.#mapping[field]] ?? '') === '',
    )
    if (noGoods && filled.length > 0 && /^(合\s*计|总\s*计|小\s*计|共\s*计|total|sum|subtotal)/i.test(filled[0]!.normalize('NFKC'))) {
      const column = this.#mapping['quantity']
      const stated = column === undefined ? null : understandNumber(row.cells[column], PIECES).value
      if (stated !== null && stated !== this.#sum && !filled[0]!.startsWith('小')) {
        return this.#note(
          row,
          'TOTAL_DIFFERS',
          `合计 ${stated} 与逐行相加 ${this.#sum} 不符（文本格式的数字可能未被表格软件计入），合计行未导入`,
          `the total ${stated} differs from the rows' sum ${this.#sum} (a spreadsheet leaves numbers kept as text out); the total row was set aside`,
        )
      }
      return this.#note(row, 'TOTAL_ROW', '合计行，已跳过', 'a total row, set aside')
    }
    return false
  }

  notes(): { rowNumber: number; code: string; zh: string; en: string }[] {
    return this.#blank === 0
      ? this.#notes
      : [
          ...this.#notes,
          { rowNumber: 0, code: 'BLANK_ROWS', zh: `跳过 ${this.#blank} 个空行`, en: `${this.#blank} blank rows were set aside` },
        ]
  }

  #note(row: SheetRow, code: string, zh: string, en: string): true {
    if (this.#notes.length < MAX_NOTES)
      this.#notes.push({ rowNumber: row.rowNumber, code, zh: `第 ${row.rowNumber} 行 ${zh}`, en: `Row ${row.rowNumber}: ${en}` })
    return true
  }
}
