import type { Words } from '../../kernel/errors.ts'
import { itemUri } from '../../kernel/gs1/digital-link.ts'
import { LINK_TYPES, type LinkType } from '../../kernel/gs1/link-types.ts'
import type { CodeRef } from '../../kernel/serial/serial-codec.ts'
import { codeId } from '../../kernel/serial/serial-codec.ts'
import { type Database, maybeOne, type Sql } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Codes } from '../codes/index.ts'
import type { Events } from '../events/index.ts'
import type { Identity, Organisation } from '../identity/index.ts'
import type { Product, Products } from '../products/index.ts'
import type { Link } from './link.ts'
import { hasLinks } from './repository.ts'
import { isSandbox } from '../../kernel/sandbox.ts'

export interface Upstream {
  readonly identity: Pick<Identity, 'organisationsOf'>
  readonly products: Pick<Products, 'productOf' | 'productsWithGtin'>
  readonly codes: Pick<Codes, 'decode' | 'batchOf'>
  readonly events: Pick<Events, 'productIsInUse'>
}

export interface PublicProduct {
  readonly product: Product
  readonly importer: Organisation
}

/** One of our labels, as far as links about it need to know. */
export interface OwnItem {
  readonly serial: string
  readonly organisationId: string
  /** undefined for a label that is not bound to a product yet. */
  readonly product: Product | undefined
  readonly status: string
}

/** Seconds for which a product that is shown stays as it was read; what owners register is read for every answer. */
const FRESH_SECONDS = 10
const MOST_KEPT = 10_000

/** What is needed to answer about an entity. */
export interface Sources {
  readonly db: Database
  readonly upstream: Upstream
  readonly products: PublicProducts
}

/** Public products by GTIN, kept for a moment: a popular product is asked for by every scan. */
export class PublicProducts {
  readonly #db: Database
  readonly #upstream: Upstream
  readonly #kept = new Map<string, { readonly until: number; readonly products: readonly PublicProduct[] }>()

  constructor(db: Database, upstream: Upstream) {
    this.#db = db
    this.#upstream = upstream
  }

  async of(gtin: string, at: Date): Promise<readonly PublicProduct[]> {
    const known = this.#kept.get(gtin)
    if (known !== undefined && known.until > at.getTime()) return known.products
    this.#kept.delete(gtin)
    const products = await readPublicProducts(this.#db, this.#upstream, gtin)
    // what is not shown yet is not remembered: the first activation or link shows it at once, and strangers' guesses fill nothing
    if (products.length > 0) {
      if (this.#kept.size >= MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value!)
      this.#kept.set(gtin, { until: at.getTime() + FRESH_SECONDS * 1000, products })
    }
    return products
  }
}

/**
 * Products of verified organisations that consumers may meet: labels are active, or the owner has registered links. What is
 * merely being prepared is nobody's business but its owner's.
 */
async function readPublicProducts(db: Sql, upstream: Upstream, gtin: string): Promise<PublicProduct[]> {
  const products = await upstream.products.productsWithGtin(db, gtin)
  if (products.length === 0) return []
  const organisations = await upstream.identity.organisationsOf(
    db,
    products.map((product) => product.organisationId),
  )
  const found: PublicProduct[] = []
  for (const product of products) {
    const importer = organisations.get(product.organisationId)
    if (importer?.status !== 'verified' || isSandbox(importer.id)) continue
    const shown = (await upstream.events.productIsInUse(db, product.id)) || (await hasLinks(db, gtin, product.organisationId))
    if (shown) found.push({ product, importer })
  }
  return found
}

/** The label with this serial, or undefined when it is none that we issued for this GTIN. */
export async function ownItem(db: Sql, upstream: Upstream, gtin: string | undefined, serial: string): Promise<OwnItem | undefined> {
  const { codes, products } = upstream
  const named = gtin === undefined ? null : codes.decode(gtin, serial)
  const ref: CodeRef | null = named ?? codes.decode(undefined, serial)
  if (ref === null) return undefined
  const batch = await codes.batchOf(db, ref.batch)
  if (batch === undefined || isSandbox(batch.organisationId) || ref.index >= Number(batch.quantity) + batch.canaries) return undefined
  const state = await maybeOne<{ status: string; product_id: string | null }>(
    db,
    sql`select status, product_id from state_of_codes(array[${codeId(ref)}]::int8[])`,
  )
  const product = state?.product_id == null ? undefined : await products.productOf(db, state.product_id)
  // a label that was printed without a GTIN is known under that of its product, and under no other
  if (gtin !== undefined && named === null && product?.gtin !== gtin) return undefined
  return { serial, organisationId: batch.organisationId, product, status: state?.status ?? 'inert' }
}

const BOTH = ['zh', 'en'] as const

const page = (linkType: LinkType, href: string, title: Words = LINK_TYPES[linkType], role: Link['role'] = 'link'): Link => ({
  linkType,
  href,
  title: `${title.zh} · ${title.en}`,
  mediaType: 'text/html',
  hreflang: BOTH,
  context: [],
  role,
  own: true,
})

/** Address of a product's public page. */
export const productPath = (gtin: string): string => `/product/${gtin}`

/** Pages that the platform has about a product; only those that hold something. */
export function linksOfProduct(publicUrl: string, gtin: string, products: readonly PublicProduct[]): Link[] {
  if (products.length === 0) return []
  const here = publicUrl + productPath(gtin)
  const any = (fact: (product: Product) => string): boolean => products.some(({ product }) => fact(product).trim() !== '')
  return [
    page('pip', here, undefined, 'default'),
    ...(any((p) => p.ingredients) ? [page('ingredientsInfo', `${here}#ingredients`)] : []),
    ...(any((p) => p.directions) ? [page('instructions', `${here}#directions`)] : []),
    ...(any((p) => p.warnings) ? [page('safetyInfo', `${here}#warnings`)] : []),
    page('recallStatus', `${publicUrl}/recalls`),
    page('verificationService', `${publicUrl}/`, { zh: '输入标签上的码查询', en: 'Check a code by hand' }),
  ]
}

/** Pages about one of our labels. Its check page is the default, whatever is registered. */
export function linksOfItem(publicUrl: string, gtin: string, item: OwnItem): Link[] {
  const here = itemUri(publicUrl, gtin, item.serial)
  const path = encodeURIComponent(here.slice(publicUrl.length))
  return [
    page('verificationService', here, { zh: '扫码查询页', en: 'Check page of this item' }, 'default'),
    ...(item.status === 'inert' ? [] : [page('traceability', `${here}?view=route`, { zh: '流通轨迹', en: 'Route of this item' })]),
    page('support', `${publicUrl}/report?code=${path}`, { zh: '反馈与举报', en: 'Questions and reports' }),
  ]
}
