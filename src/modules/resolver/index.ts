import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Sql, Tx } from '../../platform/db/database.ts'
import type { RequestFacts } from '../../platform/http/actor.ts'
import type { Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { allowEveryOrigin, Answerer, type Asked, linkToLinkset } from './answer-request.ts'
import type { LinkBody } from './contract.ts'
import { entityOfRequest } from './entity.ts'
import { type OwnItem, ownItem, PublicProducts, type Upstream } from './own-links.ts'
import type { StoredLink } from './repository.ts'
import { resolverRoutes } from './routes.ts'
import { type LinkContext, registerLink } from './save-link.ts'

export { RESOLVER_CONSTRAINTS } from './errors.ts'

/** GS1 Digital Links to what is known about the things they identify (GS1-Conformant Resolver 1.2.1). */
export interface Resolver {
  readonly routes: readonly Route[]
  /** Whether a request for an item asks for links rather than for its page. Two searches in short strings: the hot path asks it. */
  isAsked(request: FastifyRequest): boolean
  /** Answers with a redirect, a linkset or a problem. */
  answer(facts: RequestFacts, request: FastifyRequest, reply: FastifyReply, asked?: Asked): Promise<unknown>
  /** Says on a page about an item where its links are, and that scripts may read it. */
  announce(reply: FastifyReply, path: string): void
  /** GTIN and serial of the item that a path and query name, every check made; an EPC in binary is expanded. */
  itemOf(pathAndQuery: string): { readonly gtin: string; readonly serial: string } | undefined
  /** Product of a label that carries no GTIN; undefined when the serial is none of ours. */
  labelOf(db: Sql, serial: string): Promise<OwnItem | undefined>
  /** @throws AppError as `POST /api/links` */
  registerLink(tx: Tx, input: LinkBody, ctx: Pick<LinkContext, 'actor' | 'at'>): Promise<StoredLink>
}

export function createResolver(platform: Platform, upstream: Upstream): Resolver {
  const sources = { db: platform.db, upstream, products: new PublicProducts(platform.db, upstream) }
  const answerer = new Answerer(platform, sources)
  const { publicUrl } = platform.config
  return {
    routes: resolverRoutes({ platform, sources, answerer }),
    isAsked: (request) => request.url.includes('linkType=') || request.headers.accept?.includes('linkset') === true,
    answer: (facts, request, reply, asked) => answerer.answer(facts, request, reply, asked),
    announce: (reply, path) => void allowEveryOrigin(reply).header('link', linkToLinkset(publicUrl, path)),
    itemOf: (pathAndQuery) => {
      const read = entityOfRequest(pathAndQuery)
      return read.ok && read.entity.gtin !== undefined && read.entity.serial !== undefined
        ? { gtin: read.entity.gtin, serial: read.entity.serial }
        : undefined
    },
    labelOf: (db, serial) => ownItem(db, upstream, undefined, serial),
    registerLink: (tx, input, ctx) => registerLink(tx, input, { ...ctx, publicUrl, upstream }),
  }
}
