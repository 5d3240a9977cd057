import { linkTypeIri, type RequestedLinkType } from '../../kernel/gs1/link-types.ts'
import type { Link, LinkedLevel } from './link.ts'
import { defaultOf } from './resolve.ts'

/** A target as the published schema of linksets shapes it (RFC 9264 section 4.2, GS1-Conformant Resolver 1.2.1 section 2.9). */
export interface LinksetTarget {
  readonly href: string
  readonly title: string
  readonly type?: string
  readonly hreflang?: readonly string[]
  readonly context?: readonly string[]
}

export interface LinksetContext {
  readonly anchor: string
  readonly description?: string
  readonly [relation: string]: string | readonly LinksetTarget[] | undefined
}

export interface Linkset {
  readonly linkset: readonly LinksetContext[]
}

/** Turns a linkset into JSON-LD when a reader applies it. */
export const LINKSET_CONTEXT = 'https://ref.gs1.org/standards/resolver/linkset-context'

const targetOf = (link: Link): LinksetTarget => ({
  href: link.href,
  title: link.title,
  type: link.mediaType,
  ...(link.hreflang.length > 0 && { hreflang: link.hreflang }),
  ...(link.context.length > 0 && { context: link.context }),
})

/**
 * One link context object for each level that has links, its anchor the uncompressed Digital Link of that level. Every one
 * says its default, which carries a title and nothing else, and stands under a descriptive type too: a level without a
 * default of its own shows the one that it inherits.
 * @param origin scheme and host of this resolver
 */
export function linksetOf(levels: readonly LinkedLevel[], origin: string, description: string | undefined): Linkset {
  return {
    linkset: levels.map(({ anchor, links }, i) => {
      const context: Record<string, LinksetTarget[]> = {}
      const add = (type: RequestedLinkType, target: LinksetTarget): void => {
        ;(context[linkTypeIri(type)] ??= []).push(target)
      }
      const chosen = defaultOf(levels.slice(i))
      if (chosen !== undefined) add('defaultLink', { href: chosen.href, title: chosen.title })
      for (const link of links) {
        add(link.linkType, targetOf(link))
        if (link.role === 'default-multi') add('defaultLinkMulti', targetOf(link))
      }
      if (chosen !== undefined && !links.includes(chosen)) add(chosen.linkType, targetOf(chosen))
      return { anchor: origin + anchor, ...(description !== undefined && { description }), ...context }
    }),
  }
}

/** The same as JSON-LD, with the context that the Link header otherwise points to. */
export function jsonLdOf(linkset: Linkset): object {
  return { '@context': LINKSET_CONTEXT, ...linkset }
}
