import type { FastifyReply, FastifyRequest } from 'fastify'
import { describeFault } from '../../kernel/gs1/faults.ts'
import { readLinkType } from '../../kernel/gs1/link-types.ts'
import type { RequestFacts } from '../../platform/http/actor.ts'
import { clientOf, Limiter } from '../../platform/http/limiter.ts'
import { wantsPage } from '../../platform/http/wants-page.ts'
import { sendPublicPage } from '../../platform/pages/public-page.tsx'
import type { Platform } from '../../platform/platform.ts'
import { entityOfRequest } from './entity.ts'
import { fail } from './errors.ts'
import { gatherLinks } from './gather-links.ts'
import type { Link } from './link.ts'
import { jsonLdOf, LINKSET_CONTEXT, type Linkset, linksetOf } from './linkset.ts'
import { accepts } from '../../platform/http/accept.ts'
import type { Sources } from './own-links.ts'
import { choicesPage, linksetPage, type View } from './pages.tsx'
import { type Question, resolve } from './resolve.ts'

const LINKSET_TYPE = 'application/linkset+json'
const METHODS = 'GET, HEAD, OPTIONS'

/** Anybody's script may read what a resolver says (GS1-Conformant Resolver 1.2.1 section 2.2); nothing of it is about the reader. */
export function allowEveryOrigin(reply: FastifyReply): FastifyReply {
  return reply.header('access-control-allow-origin', '*').header('access-control-expose-headers', 'link, location, retry-after')
}

/** OPTIONS: which methods there are, for people and for a browser's preflight. */
export function answerOptions(reply: FastifyReply): FastifyReply {
  return allowEveryOrigin(reply)
    .header('allow', METHODS)
    .header('access-control-allow-methods', METHODS)
    .header('access-control-allow-headers', 'accept, accept-language, content-type')
    .header('access-control-max-age', '86400')
    .code(204)
    .send()
}

/** The linkset of an entity, for the Link header of whatever else is answered about it. */
export const linkToLinkset = (publicUrl: string, anchor: string): string =>
  `<${publicUrl}${anchor}?linkType=linkset>; rel="linkset"; type="${LINKSET_TYPE}"`

/** Values of a query, whose parameters `&` or `;` divide (URI Syntax 1.7 section 4.11); the first of each name counts. */
function parameterOf(query: string, name: string): string | undefined {
  const found = query.split(/[&;]/).find((part) => part.startsWith(`${name}=`))
  if (found === undefined) return undefined
  const raw = found.slice(name.length + 1).replaceAll('+', ' ')
  try {
    return decodeURIComponent(raw)
  } catch {
    return raw
  }
}

/** Appends a request's query, whole and undecoded, before the fragment of a target (section 2.12). */
export function withQuery(href: string, query: string): string {
  if (query === '') return href
  const hash = href.indexOf('#')
  const [base, fragment] = hash === -1 ? [href, ''] : [href.slice(0, hash), href.slice(hash)]
  return `${base}${base.includes('?') ? '&' : '?'}${query}${fragment}`
}

/**
 * The query as it is forwarded to a target. Our own pages live at Digital Links too: the request for a type, which has
 * just been answered, must not be put to them again.
 */
function forwarded(link: Pick<Link, 'own'>, query: string): string {
  if (!link.own) return query
  return query
    .split('&')
    .filter((part) => !part.startsWith('linkType='))
    .join('&')
}

/** Location that a redirect to this link has. */
export const locationOf = (link: Link, query: string): string => withQuery(link.href, forwarded(link, query))

export const questionOf = (asked: { linkType: string | undefined } & Omit<Question, 'linkType'>): Question => ({
  ...asked,
  linkType: asked.linkType === undefined || asked.linkType === '' ? undefined : (readLinkType(asked.linkType) ?? 'unknown'),
})

/** What whoever took the request in has to say about it. */
export interface Asked {
  /** The Digital Link with its query, when it is not the request's own address. */
  readonly path?: () => string | Promise<string>
  /** Called when the address is none or names an item that is none of ours: whoever guesses is slowed down by throwing. */
  readonly onStranger?: () => void
}

/** Answers requests for the links of an entity: redirect, linkset, choice, or why there is none. */
export class Answerer {
  readonly #platform: Platform
  readonly #sources: Sources
  readonly #limiter = new Limiter()

  constructor(platform: Platform, sources: Sources) {
    this.#platform = platform
    this.#sources = sources
  }

  async answer(facts: RequestFacts, request: FastifyRequest, reply: FastifyReply, asked: Asked = {}): Promise<unknown> {
    allowEveryOrigin(reply).header('vary', 'accept, accept-language').header('cache-control', 'no-store')
    const wait = this.#limiter.take(clientOf(request.ip), this.#platform.config.scanLimitPerMinute, 60, facts.at.getTime())
    if (wait > 0) throw fail('RESOLVER_TOO_FAST', { seconds: wait })
    return this.#answer(facts, request, reply, asked)
  }

  async #answer(facts: RequestFacts, request: FastifyRequest, reply: FastifyReply, asked: Asked): Promise<unknown> {
    const page = wantsPage(request)
    const pathAndQuery = (await asked.path?.()) ?? request.url
    const { publicUrl } = this.#platform.config
    const read = entityOfRequest(pathAndQuery)
    if (!read.ok) asked.onStranger?.()
    if (!read.ok) throw fail('NOT_A_DIGITAL_LINK', { zh: describeFault(read.fault, 'zh'), en: describeFault(read.fault, 'en') })
    const { entity } = read
    const question = pathAndQuery.indexOf('?')
    const query = question === -1 ? '' : pathAndQuery.slice(question + 1)
    const linkType = parameterOf(query, 'linkType')
    const { levels, description, strangeItem } = await gatherLinks(this.#sources, entity, { publicUrl, at: facts.at })
    if (strangeItem) asked.onStranger?.()

    const links = [linkToLinkset(publicUrl, entity.anchor)]
    if (read.compressed) links.push(`<${publicUrl}${entity.anchor}>; rel="owl:sameAs"`)
    const resolution = resolve(
      levels,
      accepts(request.headers.accept, LINKSET_TYPE)
        ? { ...NO_WISHES, linkType: 'linkset' }
        : questionOf({
            linkType,
            accept: request.headers.accept,
            acceptLanguage: request.headers['accept-language'],
            context: parameterOf(query, 'context'),
          }),
    )
    switch (resolution.kind) {
      case 'no-entity':
        throw fail('UNKNOWN_ENTITY')
      case 'no-such-type':
        reply.header('link', links.join(', '))
        throw fail('UNKNOWN_LINK_TYPE', { linkType: (linkType ?? 'gs1:defaultLink').slice(0, 100) })
      case 'redirect':
        return reply.header('link', links.join(', ')).redirect(locationOf(resolution.link, query), 307)
      case 'choices': {
        reply.header('link', links.join(', ')).code(300)
        if (page) return sendPublicPage(reply, 300, choicesPage(resolution.links, description, viewOf(facts, pathAndQuery)))
        return sendJson(reply, LINKSET_TYPE, linksetOf([{ anchor: entity.anchor, links: resolution.links }], publicUrl, description))
      }
      case 'linkset': {
        links[0] = `<${LINKSET_CONTEXT}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`
        reply.header('link', links.join(', '))
        const linkset = linksetOf(levels, publicUrl, description)
        return this.#sendLinkset(request, reply, linkset, page ? viewOf(facts, pathAndQuery) : undefined)
      }
    }
  }

  #sendLinkset(request: FastifyRequest, reply: FastifyReply, linkset: Linkset, page: View | undefined): unknown {
    const { accept } = request.headers
    if (accepts(accept, LINKSET_TYPE)) return sendJson(reply, LINKSET_TYPE, linkset)
    if (page !== undefined) return sendPublicPage(reply, 200, linksetPage(linkset, page))
    if (accepts(accept, 'application/ld+json')) return sendJson(reply, 'application/ld+json', jsonLdOf(linkset))
    return sendJson(reply, accepts(accept, 'application/json') ? 'application/json' : LINKSET_TYPE, linkset)
  }
}

const viewOf = (facts: RequestFacts, url: string): View => ({ locale: facts.locale, large: /[?&]size=large(?:&|$)/.test(url) })

const NO_WISHES = { accept: undefined, acceptLanguage: undefined, context: undefined } as const

/** As bytes: a string would make the server add a charset, which these types do not have. */
function sendJson(reply: FastifyReply, type: string, value: object): FastifyReply {
  return reply.type(type).send(Buffer.from(JSON.stringify(value)))
}
