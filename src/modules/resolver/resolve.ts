import type { RequestedLinkType } from '../../kernel/gs1/link-types.ts'
import type { Link, LinkedLevel } from './link.ts'
import { rank, type Wishes } from './negotiate.ts'

/** What is asked about an entity. */
export interface Question extends Wishes {
  /** undefined: whatever the default is; 'unknown': a type that no link can have. */
  readonly linkType: RequestedLinkType | 'linkset' | 'unknown' | undefined
}

export type Resolution =
  | { readonly kind: 'redirect'; readonly link: Link }
  /** Several links fit equally well: the reader chooses. */
  | { readonly kind: 'choices'; readonly links: readonly Link[] }
  | { readonly kind: 'linkset' }
  | { readonly kind: 'no-entity' }
  | { readonly kind: 'no-such-type' }

/**
 * What a request gets, given the links of its levels, the most specific first (GS1-Conformant Resolver 1.2.1 sections 2.5
 * and 2.6). A link of a finer level hides those of its type above: a lot's recall is not traded for the product's because
 * that one is in the reader's language. A registered link hides the platform's own page of its type.
 */
export function resolve(levels: readonly LinkedLevel[], question: Question): Resolution {
  if (levels.length === 0) return { kind: 'no-entity' }
  const { linkType } = question
  if (linkType === 'linkset') return { kind: 'linkset' }
  if (linkType === undefined || linkType === 'defaultLink') {
    // refining the default by language is what the multi links are for; the plain default never varies
    const link = (linkType === undefined ? refinedDefault(levels, question) : undefined) ?? defaultOf(levels)
    return link === undefined ? { kind: 'no-such-type' } : { kind: 'redirect', link }
  }
  const fits = (link: Link): boolean => (linkType === 'defaultLinkMulti' ? link.role === 'default-multi' : link.linkType === linkType)
  const level = levels.find(({ links }) => links.some(fits))
  if (level === undefined) return { kind: 'no-such-type' }
  const fitting = level.links.filter(fits)
  const registered = fitting.filter((link) => !link.own)
  const { best } = rank(registered.length > 0 ? registered : fitting, question)
  return best.length === 1 ? { kind: 'redirect', link: best[0]! } : { kind: 'choices', links: best }
}

/** The finest level that says which link is its default, by language or flatly, decides. */
function refinedDefault(levels: readonly LinkedLevel[], wishes: Wishes): Link | undefined {
  for (const { links } of levels) {
    const { best, agrees } = rank(
      links.filter((link) => link.role === 'default-multi'),
      wishes,
    )
    if (agrees && best.length === 1) return best[0]
    const flat = links.find((link) => link.role === 'default')
    if (flat !== undefined) return flat
  }
  return undefined
}

/**
 * The one default link of an entity: the first that is flagged, here or higher. When none is (its time ran out, or it was
 * taken away), the oldest link of the most general level, because an entity with links is never without a default.
 */
export function defaultOf(levels: readonly LinkedLevel[]): Link | undefined {
  for (const { links } of levels) {
    const flagged = links.find((link) => link.role === 'default')
    if (flagged !== undefined) return flagged
  }
  return levels.at(-1)?.links[0]
}
