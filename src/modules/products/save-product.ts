import type { z } from 'zod'
import { civilDateOf } from '../../kernel/time.ts'
import type { Database, Tx } from '../../platform/db/database.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import { completenessOf } from './completeness.ts'
import { type Product, type ProductBody, productBody } from './contract.ts'
import { fail } from './errors.ts'
import { IDENTITY_FIELDS, identityChanges } from './policy.ts'
import { insertProduct, storeProduct } from './repository.ts'
import { isSpecial, normaliseProduct, productFaults } from './rules.ts'

export interface ProductContext {
  readonly organisationId: string
  /** The instant of the act. */
  readonly at: Date
}

/** True when labels of the product are active; the composition root asks the modules downstream. */
export type IsInUse = (db: Tx | Database, productId: string) => Promise<boolean>

/** A product as it may be given by code: everything that the form fills in by default may be left out. */
export type ProductInput = z.input<typeof productBody>

/**
 * Files a product.
 * @throws AppError PRODUCT_INVALID with a fault for each field, GTIN_TAKEN (from the database)
 */
export async function createProduct(tx: Tx, input: ProductInput, ctx: ProductContext): Promise<Product> {
  const product = newProduct(productBody.parse(input), ctx)
  await insertProduct(tx, product)
  return product
}

/**
 * Files many products at once, for an import that has judged each of them before.
 * @throws AppError PRODUCT_INVALID
 */
export async function createProducts(db: Database, tx: Tx, inputs: readonly ProductInput[], ctx: ProductContext): Promise<Product[]> {
  const products = inputs.map((input) => newProduct(productBody.parse(input), ctx))
  const columns = Object.keys(PRODUCT_TYPES)
  await db.bulkInsert(tx, 'product', columns, Object.values(PRODUCT_TYPES), products.map(valuesOf))
  return products
}

/**
 * Replaces a product's facts by what the form holds.
 * @throws AppError CONFLICT when somebody else was faster, PRODUCT_INVALID, PRODUCT_IDENTITY_FIXED
 */
export async function changeProduct(
  tx: Tx,
  before: Product,
  input: ProductBody,
  ctx: ProductContext & { readonly version: number | undefined; readonly isInUse: IsInUse },
): Promise<{ product: Product; changed: Record<string, { from: unknown; to: unknown }> }> {
  if (ctx.version !== undefined && ctx.version !== before.version) throw httpFail('CONFLICT')
  const facts = judged(input, ctx.at)
  const after = scored({ ...before, ...facts, version: before.version + 1, updatedAt: ctx.at.toISOString() }, ctx.at)
  const changed = differences(before, after)
  if (Object.keys(changed).length === 0) return { product: before, changed }
  const fixed = identityChanges(before, after)
  if (fixed.length > 0 && (await ctx.isInUse(tx, before.id))) {
    throw fail('PRODUCT_IDENTITY_FIXED', { fields: fixed.map((f) => `${IDENTITY_FIELDS[f].zh} ${IDENTITY_FIELDS[f].en}`).join(', ') })
  }
  await storeProduct(tx, after)
  return { product: after, changed }
}

/**
 * Changes some facts and leaves the others.
 * @throws AppError as `changeProduct`
 */
export async function amendProduct(
  tx: Tx,
  before: Product,
  facts: Partial<ProductInput>,
  ctx: ProductContext & { readonly isInUse: IsInUse },
): Promise<Product> {
  return (await changeProduct(tx, before, productBody.parse({ ...bodyOf(before), ...facts }), { ...ctx, version: undefined })).product
}

/** The editable facts of a product, as the form shows them. */
export function bodyOf(product: Product): ProductBody {
  return productBody.parse(Object.fromEntries(Object.keys(productBody.shape).map((key) => [key, product[key as keyof Product]])))
}

function newProduct(body: ProductBody, ctx: ProductContext): Product {
  const at = ctx.at.toISOString()
  return scored(
    {
      id: newId(ctx.at),
      organisationId: ctx.organisationId,
      ...judged(body, ctx.at),
      special: false,
      pictureFileId: null,
      completeness: 0,
      completenessCrossBorder: 0,
      version: 1,
      createdAt: at,
      updatedAt: at,
    },
    ctx.at,
  )
}

function judged(body: ProductBody, at: Date): ProductBody {
  const faults = productFaults(body, civilDateOf(at))
  if (faults.length > 0) throw fail('PRODUCT_INVALID', {}, faults)
  return normaliseProduct(body)
}

/** The facts that follow from the others. */
export function scored(product: Product, at: Date): Product {
  const special = isSpecial(product.category)
  const facts = {
    ...product,
    special,
    filingContradicted: productFaults(product, civilDateOf(at)).some((fault) => fault.pointer === '/filingNumber'),
  }
  return {
    ...product,
    special,
    completeness: completenessOf(facts, 'general').score,
    completenessCrossBorder: completenessOf(facts, 'cross-border-retail').score,
  }
}

function differences(before: Product, after: Product): Record<string, { from: unknown; to: unknown }> {
  const keys = Object.keys(productBody.shape) as (keyof ProductBody)[]
  return Object.fromEntries(keys.filter((key) => before[key] !== after[key]).map((key) => [key, { from: before[key], to: after[key] }]))
}

const PRODUCT_TYPES = {
  id: 'uuid',
  organisation_id: 'uuid',
  brand_organisation_id: 'uuid',
  gtin: 'text',
  name_zh: 'text',
  name_en: 'text',
  brand: 'text',
  spec: 'text',
  category: 'text',
  special: 'bool',
  for_children: 'bool',
  origin: 'text',
  filing_number: 'text',
  responsible_person: 'text',
  manufacturer: 'text',
  ingredients: 'text',
  directions: 'text',
  warnings: 'text',
  shelf_life_months: 'int4',
  pao_months: 'int4',
  picture_file_id: 'uuid',
  completeness: 'int4',
  completeness_cross_border: 'int4',
  version: 'int4',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
} as const

function valuesOf(p: Product): unknown[] {
  return [
    p.id,
    p.organisationId,
    p.brandOrganisationId,
    p.gtin,
    p.nameZh,
    p.nameEn,
    p.brand,
    p.spec,
    p.category,
    p.special,
    p.forChildren,
    p.origin,
    p.filingNumber,
    p.responsiblePerson,
    p.manufacturer,
    p.ingredients,
    p.directions,
    p.warnings,
    p.shelfLifeMonths,
    p.paoMonths,
    p.pictureFileId,
    p.completeness,
    p.completenessCrossBorder,
    p.version,
    p.createdAt,
    p.updatedAt,
  ]
}
