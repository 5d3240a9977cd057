import type { Database, Sql, Tx } from '../../platform/db/database.ts'
import type { Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Identity } from '../identity/index.ts'
import type { Product } from './contract.ts'
import { findProducts, findProductsByGtin, findProductsWithGtin } from './repository.ts'
import { setPicture } from './set-picture.ts'
import { productRoutes } from './routes.ts'
import {
  amendProduct,
  createProduct,
  createProducts as createMany,
  type IsInUse,
  type ProductContext,
  type ProductInput,
} from './save-product.ts'

export type { Product } from './contract.ts'
export { PRODUCTS_CONSTRAINTS } from './errors.ts'
export type { IsInUse, ProductContext, ProductInput } from './save-product.ts'

export interface Products {
  readonly routes: readonly Route[]
  productOf(db: Sql, id: string): Promise<Product | undefined>
  productsOf(db: Sql, ids: readonly string[]): Promise<Map<string, Product>>
  productByGtin(db: Sql, organisationId: string, gtin14: string): Promise<Product | undefined>
  productsByGtin(db: Sql, organisationId: string, gtin14s: readonly string[]): Promise<Product[]>
  /** Every organisation's product with this GTIN-14, the first filed first. */
  productsWithGtin(db: Sql, gtin14: string): Promise<Product[]>
  /** @throws AppError PRODUCT_INVALID, GTIN_TAKEN */
  createProduct(tx: Tx, input: ProductInput, ctx: ProductContext): Promise<Product>
  /** Many at once, in bulk. @throws AppError PRODUCT_INVALID, GTIN_TAKEN */
  createProducts(tx: Tx, inputs: readonly ProductInput[], ctx: ProductContext): Promise<Product[]>
  /** Changes some facts of a product and leaves the others. @throws AppError PRODUCT_INVALID, PRODUCT_IDENTITY_FIXED */
  amendProduct(tx: Tx, before: Product, facts: Partial<ProductInput>, ctx: ProductContext): Promise<Product>
  /** True when labels of the product are active, so that its identity is fixed. */
  isInUse(db: Tx | Database, productId: string): Promise<boolean>
  /** Stores a picture as a consumer will see it and makes it the product's. @throws AppError NOT_AN_IMAGE */
  setPicture(
    tx: Tx,
    product: Product,
    picture: { bytes: Buffer },
    ctx: ProductContext & { readonly by: string | undefined },
  ): Promise<Product>
}

export interface ProductsUpstream {
  readonly identity: Pick<Identity, 'organisationOf'>
  /** Whether labels of a product are active; modules downstream know, so the composition root tells. */
  readonly isInUse?: IsInUse
}

export function createProducts(platform: Platform, upstream: ProductsUpstream): Products {
  const isInUse: IsInUse = upstream.isInUse ?? (async () => false)
  return {
    routes: productRoutes(platform, { identity: upstream.identity, isInUse }),
    isInUse,
    productOf: async (db, id) => (await findProducts(db, [id]))[0],
    productsOf: async (db, ids) => new Map((await findProducts(db, ids)).map((p) => [p.id, p])),
    productByGtin: async (db, organisationId, gtin14) => (await findProductsByGtin(db, organisationId, [gtin14]))[0],
    productsByGtin: findProductsByGtin,
    productsWithGtin: findProductsWithGtin,
    createProduct,
    createProducts: (tx, inputs, ctx) => createMany(platform.db, tx, inputs, ctx),
    amendProduct: (tx, before, facts, ctx) => amendProduct(tx, before, facts, { ...ctx, isInUse }),
    setPicture: (tx, product, picture, ctx) => setPicture(platform, tx, product, picture, ctx),
  }
}
