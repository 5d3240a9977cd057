import type { Sql, Tx } from '../../platform/db/database.ts'
import { sql, type SqlText } from '../../platform/db/sql.ts'
import type { Product } from './contract.ts'

const COLUMNS = sql`
  id, organisation_id, brand_organisation_id, gtin, name_zh, name_en, brand, spec, category, special, for_children, origin,
  filing_number, responsible_person, manufacturer, ingredients, directions, warnings, shelf_life_months, pao_months,
  picture_file_id, completeness, completeness_cross_border, version, created_at, updated_at`

interface ProductRow {
  id: string
  organisation_id: string
  brand_organisation_id: string | null
  gtin: string
  name_zh: string
  name_en: string
  brand: string
  spec: string
  category: string
  special: boolean
  for_children: boolean
  origin: string
  filing_number: string
  responsible_person: string
  manufacturer: string
  ingredients: string
  directions: string
  warnings: string
  shelf_life_months: number | null
  pao_months: number | null
  picture_file_id: string | null
  completeness: number
  completeness_cross_border: number
  version: number
  created_at: string
  updated_at: string
}

function productOfRow(row: ProductRow): Product {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    brandOrganisationId: row.brand_organisation_id,
    gtin: row.gtin,
    nameZh: row.name_zh,
    nameEn: row.name_en,
    brand: row.brand,
    spec: row.spec,
    category: row.category,
    special: row.special,
    forChildren: row.for_children,
    origin: row.origin,
    filingNumber: row.filing_number,
    responsiblePerson: row.responsible_person,
    manufacturer: row.manufacturer,
    ingredients: row.ingredients,
    directions: row.directions,
    warnings: row.warnings,
    shelfLifeMonths: row.shelf_life_months,
    paoMonths: row.pao_months,
    pictureFileId: row.picture_file_id,
    completeness: row.completeness,
    completenessCrossBorder: row.completeness_cross_border,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

/** Products in the order of their ids. */
export async function findProducts(db: Sql, ids: readonly string[]): Promise<Product[]> {
  if (ids.length === 0) return []
  const rows = await db.query<ProductRow>(sql`select ${COLUMNS} from product where id = any(${ids}::uuid[]) order by id`)
  return rows.map(productOfRow)
}

/** Products of one organisation by GTIN-14. */
export async function findProductsByGtin(db: Sql, organisationId: string, gtins: readonly string[]): Promise<Product[]> {
  if (gtins.length === 0) return []
  const rows = await db.query<ProductRow>(sql`
    select ${COLUMNS} from product where organisation_id = ${organisationId} and gtin = any(${gtins}::text[])`)
  return rows.map(productOfRow)
}

/** Every organisation's product with this GTIN-14, the first filed first. */
export async function findProductsWithGtin(db: Sql, gtin: string): Promise<Product[]> {
  const rows = await db.query<ProductRow>(sql`select ${COLUMNS} from product where gtin = ${gtin} order by created_at, id limit 50`)
  return rows.map(productOfRow)
}

/** The product, locked until the transaction ends, when it lies inside the wall. */
export async function lockProduct(tx: Tx, id: string, wall: SqlText): Promise<Product | undefined> {
  const [row] = await tx.query<ProductRow>(sql`select ${COLUMNS} from product p where id = ${id} and ${wall} for update`)
  return row === undefined ? undefined : productOfRow(row)
}

export async function findProductInside(db: Sql, id: string, wall: SqlText): Promise<Product | undefined> {
  const [row] = await db.query<ProductRow>(sql`select ${COLUMNS} from product p where id = ${id} and ${wall}`)
  return row === undefined ? undefined : productOfRow(row)
}

export async function insertProduct(tx: Tx, p: Product): Promise<void> {
  await tx.execute(sql`
    insert into product (${COLUMNS}) values (
      ${p.id}, ${p.organisationId}, ${p.brandOrganisationId}, ${p.gtin}, ${p.nameZh}, ${p.nameEn}, ${p.brand}, ${p.spec}, ${p.category},
      ${p.special}, ${p.forChildren}, ${p.origin}, ${p.filingNumber}, ${p.responsiblePerson}, ${p.manufacturer}, ${p.ingredients},
      ${p.directions}, ${p.warnings}, ${p.shelfLifeMonths}, ${p.paoMonths}, ${p.pictureFileId}, ${p.completeness},
      ${p.completenessCrossBorder}, ${p.version}, ${p.createdAt}, ${p.updatedAt})`)
}

/** Writes every fact of a product that is locked in this transaction. */
export async function storeProduct(tx: Tx, p: Product): Promise<void> {
  await tx.execute(sql`
    update product set brand_organisation_id = ${p.brandOrganisationId}, gtin = ${p.gtin}, name_zh = ${p.nameZh}, name_en = ${p.nameEn},
      brand = ${p.brand}, spec = ${p.spec}, category = ${p.category}, special = ${p.special}, for_children = ${p.forChildren},
      origin = ${p.origin}, filing_number = ${p.filingNumber}, responsible_person = ${p.responsiblePerson},
      manufacturer = ${p.manufacturer}, ingredients = ${p.ingredients}, directions = ${p.directions}, warnings = ${p.warnings},
      shelf_life_months = ${p.shelfLifeMonths}, pao_months = ${p.paoMonths}, picture_file_id = ${p.pictureFileId},
      completeness = ${p.completeness}, completeness_cross_border = ${p.completenessCrossBorder}, version = ${p.version},
      updated_at = ${p.updatedAt}
    where id = ${p.id}`)
}

export async function deleteProduct(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`delete from product where id = ${id}`)
}

/** True when the file is the picture of some product, so that anybody may see it. */
export async function isProductPicture(db: Sql, fileId: string): Promise<boolean> {
  const rows = await db.query(sql`select 1 as n from product where picture_file_id = ${fileId} limit 1`)
  return rows.length > 0
}
