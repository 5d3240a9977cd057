import type { Database, Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Product } from '../products/index.ts'
import { type ComparedRow, compareRow, lotKey, type Stored } from './compare-rows.ts'
import type { ImportMapping } from './contract.ts'
import type { JudgedRow } from './judge-row.ts'
import { findConsignmentsByDeclaration, findLots } from './repository.ts'
import type { LotIsInUse } from './save-consignment.ts'

/** What a comparison asks of the rest of the platform. */
export interface Surroundings {
  readonly productsByGtin: (db: Tx | Database, organisationId: string, gtins: readonly string[]) => Promise<Product[]>
  readonly productIsInUse: (db: Tx | Database, productId: string) => Promise<boolean>
  readonly lotIsInUse: LotIsInUse
}

/**
 * Compares rows with what is stored now. Whether labels are active is asked only of things that a row would change:
 * in a file that comes a second time that is none.
 */
export async function compareWithStored(
  db: Tx | Database,
  organisationId: string,
  rows: readonly JudgedRow[],
  mapping: ImportMapping,
  today: string,
  around: Surroundings,
): Promise<{ compared: ComparedRow[]; stored: Stored }> {
  const stored = await loadStored(db, organisationId, rows, around)
  const compared = rows.map((row) => compareRow(row, mapping, stored, today))
  const productIds = new Set<string>()
  const lotIds = new Set<string>()
  for (const row of compared) {
    if (row.verdict !== 'changed') continue
    const product = stored.products.get(String(row.values.gtin))
    const lot = stored.lots.get(lotKey(row.values.declarationNumber, row.values.gtin, row.values.lotNumber))
    if (product !== undefined) productIds.add(product.id)
    if (lot !== undefined) lotIds.add(lot.id)
  }
  const productsInUse = await used(productIds, (id) => around.productIsInUse(db, id))
  const lotsInUse = await used(lotIds, (id) => around.lotIsInUse(db, id))
  if (productsInUse.size === 0 && lotsInUse.size === 0) return { compared, stored }
  const known = { ...stored, productsInUse, lotsInUse }
  return { compared: rows.map((row) => compareRow(row, mapping, known, today)), stored: known }
}

async function loadStored(db: Tx | Database, organisationId: string, rows: readonly JudgedRow[], around: Surroundings): Promise<Stored> {
  const gtins = [...new Set(rows.flatMap((r) => (r.values.gtin === undefined ? [] : [String(r.values.gtin)])))]
  const numbers = [...new Set(rows.flatMap((r) => (r.values.declarationNumber === undefined ? [] : [String(r.values.declarationNumber)])))]
  const products = await around.productsByGtin(db, organisationId, gtins)
  const consignments = await findConsignmentsByDeclaration(db, organisationId, numbers)
  const lots =
    consignments.length === 0 || products.length === 0
      ? []
      : await findLots(
          db,
          sql`consignment_id = any(${consignments.map((c) => c.id)}::uuid[]) and product_id = any(${products.map((p) => p.id)}::uuid[])`,
        )
  const gtinOf = new Map(products.map((p) => [p.id, p.gtin]))
  const numberOf = new Map(consignments.map((c) => [c.id, c.declarationNumber]))
  return {
    products: new Map(products.map((p) => [p.gtin, p])),
    consignments: new Map(consignments.map((c) => [c.declarationNumber, c])),
    lots: new Map(lots.map((l) => [lotKey(numberOf.get(l.consignmentId), gtinOf.get(l.productId), l.lotNumber), l])),
    productsInUse: new Set(),
    lotsInUse: new Set(),
  }
}

async function used(ids: ReadonlySet<string>, ask: (id: string) => Promise<boolean>): Promise<Set<string>> {
  const found = new Set<string>()
  for (const id of ids) if (await ask(id)) found.add(id)
  return found
}
