import { describeFault } from '../../kernel/gs1/faults.ts'
import type { Tx } from '../../platform/db/database.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { LinkBody, LinkFacts } from './contract.ts'
import { type Entity, entityOfText, mayBeRegistered } from './entity.ts'
import { fail, failAt } from './errors.ts'
import { ownItem, type Upstream } from './own-links.ts'
import { linksChangedBy } from './policy.ts'
import { countLinks, insertLink, lockLink, storeLink, type StoredLink, yieldDefault } from './repository.ts'
import { checkTarget } from './target.ts'

/** More than any product page needs; a bound for what one answer must carry. */
export const MOST_LINKS_OF_ENTITY = 60
export const MOST_LINKS_OF_ORGANISATION = 20_000

export interface LinkContext {
  readonly actor: Actor
  readonly at: Date
  readonly publicUrl: string
  readonly upstream: Upstream
}

/**
 * Registers a link for an entity of the actor's organisation.
 * @throws AppError LINK_DIGITAL_LINK_INVALID, LINK_SERIAL_ALONE, LINK_KEY_NOT_OPEN, LINK_PRODUCT_UNKNOWN, LINK_ITEM_UNKNOWN,
 * LINK_HREF_INVALID, LINK_HREF_LOOPS, LINK_VALIDITY, LINK_EXISTS, LINK_LIMIT_ENTITY, LINK_LIMIT_ORGANISATION, LINK_DEFAULT_IS_SCAN_PAGE
 */
export async function registerLink(tx: Tx, input: LinkBody, ctx: LinkContext): Promise<StoredLink> {
  const entity = readEntity(input.digitalLink)
  if (!mayBeRegistered(entity)) throw fail('LINK_SERIAL_ALONE')
  await requireOwner(tx, entity, ctx)
  const { organisationId } = ctx.actor
  const counts = await countLinks(tx, organisationId, entity.anchor)
  if (counts.here >= MOST_LINKS_OF_ENTITY) throw fail('LINK_LIMIT_ENTITY', { max: MOST_LINKS_OF_ENTITY })
  if (counts.all >= MOST_LINKS_OF_ORGANISATION) throw fail('LINK_LIMIT_ORGANISATION', { max: MOST_LINKS_OF_ORGANISATION })
  const at = ctx.at.toISOString()
  const link: StoredLink = {
    id: newId(ctx.at),
    organisationId,
    anchor: entity.anchor,
    gtin: entity.gtin ?? null,
    ...checkedFacts(entity, input, ctx),
    version: 1,
    createdAt: at,
    updatedAt: at,
    deletedAt: null,
  }
  if (link.role === 'default') await yieldDefault(tx, organisationId, entity.anchor, ctx.at)
  await insertLink(tx, link)
  return link
}

/** Changes what a link says; what it belongs to stays. @throws AppError NOT_FOUND, CONFLICT, and as `registerLink` */
export async function changeLink(tx: Tx, id: string, input: LinkFacts & { version: number }, ctx: LinkContext): Promise<StoredLink> {
  const before = await lockLink(tx, id, linksChangedBy(ctx.actor))
  if (before === undefined || before.deletedAt !== null) throw httpFail('NOT_FOUND')
  if (before.version !== input.version) throw httpFail('CONFLICT')
  const after = {
    ...before,
    ...checkedFacts(readEntity(before.anchor), input, ctx),
    version: before.version + 1,
    updatedAt: ctx.at.toISOString(),
  }
  if (after.role === 'default' && before.role !== 'default') await yieldDefault(tx, before.organisationId, before.anchor, ctx.at)
  await storeLink(tx, after)
  return after
}

/** Takes a link away. It answers no request from then on and can be brought back. @throws AppError NOT_FOUND, CONFLICT */
export async function removeLink(tx: Tx, id: string, version: number | undefined, ctx: LinkContext): Promise<StoredLink> {
  const before = await lockLink(tx, id, linksChangedBy(ctx.actor))
  if (before === undefined || before.deletedAt !== null) throw httpFail('NOT_FOUND')
  if (version !== undefined && version !== before.version) throw httpFail('CONFLICT')
  const at = ctx.at.toISOString()
  const after = { ...before, version: before.version + 1, updatedAt: at, deletedAt: at }
  await storeLink(tx, after)
  return after
}

/** Brings a link back that was taken away; doing it twice does nothing more. @throws AppError NOT_FOUND, LINK_EXISTS */
export async function restoreLink(tx: Tx, id: string, ctx: LinkContext): Promise<StoredLink> {
  const before = await lockLink(tx, id, linksChangedBy(ctx.actor))
  if (before === undefined) throw httpFail('NOT_FOUND')
  if (before.deletedAt === null) return before
  // another default may have been chosen meanwhile, and stays
  const role = before.role === 'default' ? 'link' : before.role
  const after = { ...before, role, version: before.version + 1, updatedAt: ctx.at.toISOString(), deletedAt: null }
  await storeLink(tx, after)
  return after
}

/** What somebody names, as an entity. @throws AppError LINK_DIGITAL_LINK_INVALID */
export function readEntity(text: string): Entity {
  const read = entityOfText(text.normalize('NFKC'))
  if (read.ok) return read.entity
  throw fail('LINK_DIGITAL_LINK_INVALID', { zh: describeFault(read.fault, 'zh'), en: describeFault(read.fault, 'en') })
}

function checkedFacts(entity: Entity, input: LinkFacts, { publicUrl }: LinkContext) {
  if (entity.serial !== undefined && input.role !== 'link') throw failAt('/role', 'LINK_DEFAULT_IS_SCAN_PAGE')
  if (input.validFrom !== null && input.validUntil !== null && Date.parse(input.validFrom) >= Date.parse(input.validUntil))
    throw failAt('/validUntil', 'LINK_VALIDITY')
  return {
    linkType: input.linkType,
    href: checkTarget(input.href, publicUrl),
    title: input.title,
    mediaType: input.mediaType,
    hreflang: input.hreflang,
    context: input.context,
    role: input.role,
    validFrom: input.validFrom === null ? null : new Date(input.validFrom).toISOString(),
    validUntil: input.validUntil === null ? null : new Date(input.validUntil).toISOString(),
  }
}

/** A key is its owner's to speak about; a foreign one is told as one that does not exist. */
async function requireOwner(tx: Tx, entity: Entity, { actor, upstream }: LinkContext): Promise<void> {
  if (actor.organisationKind === 'operator') return
  if (entity.gtin === undefined) throw fail('LINK_KEY_NOT_OPEN')
  const products = await upstream.products.productsWithGtin(tx, entity.gtin)
  const owns = products.some(
    (product) => product.organisationId === actor.organisationId || product.brandOrganisationId === actor.organisationId,
  )
  if (!owns) throw fail('LINK_PRODUCT_UNKNOWN', { gtin: entity.gtin })
  if (entity.serial === undefined) return
  const item = await ownItem(tx, upstream, entity.gtin, entity.serial)
  const mine = item?.organisationId === actor.organisationId || item?.product?.brandOrganisationId === actor.organisationId
  if (item === undefined || !mine) throw fail('LINK_ITEM_UNKNOWN')
}
