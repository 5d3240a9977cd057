import { transportModeOf } from '../../kernel/cn/customs.ts'
import { AppError } from '../../kernel/errors.ts'
import { civilDateOf } from '../../kernel/time.ts'
import type { Database, Tx } from '../../platform/db/database.ts'
import { constraintOf } from '../../platform/db/errors.ts'
import { sql } from '../../platform/db/sql.ts'
import type { JobHandler } from '../../platform/jobs/jobs.ts'
import type { Platform } from '../../platform/platform.ts'
import { type Product, type ProductInput, type Products, PRODUCTS_CONSTRAINTS } from '../products/index.ts'
import { type ComparedRow, lotKey, type Stored } from './compare-rows.ts'
import { type Consignment, consignmentBody, type ImportMapping, type Lot, lotBody, type Verdict } from './contract.ts'
import { IMPORTS_CONSTRAINTS } from './errors.ts'
import { IMPORT_FIELD_NAMES, IMPORT_FIELDS, type ImportField } from './import-fields.ts'
import {
  changeImport,
  countRows,
  findImports,
  findRows,
  type Import,
  markCommitted,
  storeVerdict,
  type StoredRow,
} from './import-repository.ts'
import { type JudgedRow, reasonAt, type RowValues } from './judge-row.ts'
import { insertConsignments, insertLots } from './repository.ts'
import { changeConsignment, consignmentBodyOf, type ImportsContext, newConsignment } from './save-consignment.ts'
import { changeLot, newLot } from './save-lot.ts'
import { compareWithStored, type Surroundings } from './stored.ts'

export const COMMIT_JOB = 'imports.commit'

const CHUNK = 500

/**
 * Writes the good rows of an import. Each chunk is one transaction that holds the rows' effects, their mark and the
 * job's checkpoint together, so a crash at any moment leaves a chunk done or not begun, never twice. Rows are compared
 * again with what is stored at that moment: what changed since the preview is judged anew.
 */
export function commitJob(platform: Platform, products: Products, around: Surroundings): JobHandler<{ importId: string }> {
  return {
    kind: COMMIT_JOB,
    run: async (job, report) => {
      const { importId } = job.input
      const [found] = await findImports(platform.db, sql`id = ${importId}`)
      if (found === undefined || found.state !== 'committing') return null
      const counts = await countRows(platform.db, importId)
      const total = counts.new + counts.changed
      let after = Number((job.progress.checkpoint as { after?: number } | undefined)?.after ?? 0)
      let done = job.progress.done ?? 0
      for (;;) {
        const step = await platform.db.transaction(async (tx) => {
          const rows = await findRows(tx, importId, after, CHUNK, sql`verdict in ('new', 'changed') and not committed`, sql`for update`)
          const last = rows.at(-1)
          if (last === undefined) return undefined
          await commitRows(platform, tx, found, rows, products, around)
          const next = { after: last.rowNumber, done: done + rows.length }
          await report({ done: next.done, total, phase: 'commit', checkpoint: { after: next.after } }, tx)
          return next
        })
        if (step === undefined) break
        after = step.after
        done = step.done
      }
      const final = await countRows(platform.db, importId)
      await changeImport(platform.db, importId, { state: 'done', counts: final, finishedAt: platform.clock.now().toISOString() })
      return final
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
  const named = first?.pointer.slice(1) as ImportField | undefined
  const field: ImportField = named !== undefined && named in IMPORT_FIELDS ? named : 'gtin'
  const column = found.mapping?.[field]
  const words = first ?? { code: error.code, zh: error.words('zh'), en: error.words('en') }
  const reason = reasonAt(row.rowNumber, field, column, column === undefined ? '' : (row.cells[column] ?? ''), 'fault', words)
  const verdict: Verdict = 'wrong'
  await storeVerdict(tx, found.id, { ...row, verdict, reasons: [...row.reasons, reason], changes: [] })
}
