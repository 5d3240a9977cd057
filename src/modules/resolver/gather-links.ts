import { type Entity, levelsOf } from './entity.ts'
import type { Link, LinkedLevel } from './link.ts'
import { linksOfItem, linksOfProduct, type OwnItem, ownItem, type PublicProduct, type Sources } from './own-links.ts'
import { findLinksAt, type StoredLink } from './repository.ts'

export interface Gathered {
  /** Levels that have links, the most specific first. */
  readonly levels: readonly LinkedLevel[]
  /** Name of the product, in both languages where it has both. */
  readonly description: string | undefined
  /** True when a serial was named that is none of ours. */
  readonly strangeItem: boolean
}

/** Everything that answers a request about an entity: what its owners registered and what the platform has itself. */
export async function gatherLinks(
  { db, upstream, products: pages }: Sources,
  entity: Entity,
  { publicUrl, at }: { readonly publicUrl: string; readonly at: Date },
): Promise<Gathered> {
  const anchors = levelsOf(entity)
  const stored = await findLinksAt(db, anchors, at)
  const gtin = entity.key.ai === '01' ? entity.key.value : undefined
  const products = gtin === undefined ? [] : await pages.of(gtin, at)
  const item = gtin === undefined || entity.serial === undefined ? undefined : await ownItem(db, upstream, gtin, entity.serial)
  const levels = anchors.flatMap((anchor, i): LinkedLevel[] => {
    const registered = stored.filter((link) => link.anchor === anchor && speaksOf(item, link)).map(registeredLink)
    const own =
      item !== undefined && i === 0
        ? linksOfItem(publicUrl, gtin!, item)
        : gtin !== undefined && i === anchors.length - 1
          ? linksOfProduct(publicUrl, gtin, productsOf(item, products))
          : []
    // whoever registers a type has something better than what the platform offers by itself
    const offered = own.filter((page) => page.role === 'default' || !registered.some(({ linkType }) => linkType === page.linkType))
    // the first default counts: an owner's before the platform's, but an item's is always its check page
    const links = item !== undefined && i === 0 ? [...offered, ...registered] : [...registered, ...offered]
    return links.length === 0 ? [] : [{ anchor, links }]
  })
  const product = item?.product ?? products[0]?.product
  const names = product === undefined ? [] : [product.nameZh, product.nameEn].filter((name) => name !== '')
  return {
    levels,
    description: names.length === 0 ? undefined : names.join(' · '),
    strangeItem: item === undefined && entity.serial !== undefined,
  }
}

/** Several importers may bring in one GTIN: about an item only its own importer, its brand and the platform speak. */
function speaksOf(item: OwnItem | undefined, link: StoredLink & { readonly byOperator: boolean }): boolean {
  return (
    item === undefined ||
    link.byOperator ||
    link.organisationId === item.organisationId ||
    link.organisationId === item.product?.brandOrganisationId
  )
}

const productsOf = (item: OwnItem | undefined, products: readonly PublicProduct[]): readonly PublicProduct[] => {
  const own = products.filter(({ product }) => product.id === item?.product?.id)
  return own.length > 0 ? own : products
}

const registeredLink = ({ linkType, href, title, mediaType, hreflang, context, role }: StoredLink): Link => ({
  linkType,
  href,
  title,
  mediaType,
  hreflang,
  context,
  role,
  own: false,
})
