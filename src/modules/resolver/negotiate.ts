import { type AcceptRange, rangesOf } from '../../platform/http/accept.ts'

/** What a link says of its target, as far as requests choose by it. */
export interface Offer {
  readonly mediaType: string
  /** Empty: the target claims no language. */
  readonly hreflang: readonly string[]
  readonly context: readonly string[]
}

/** What a request says that it would like. */
export interface Wishes {
  readonly accept: string | undefined
  readonly acceptLanguage: string | undefined
  readonly context: string | undefined
}

/** Scores: 0 contradicts the request, 1 says nothing of it, beyond 1 agrees, the more the better. */
const NEUTRAL = 1

function scoreOfType(mediaType: string, ranges: readonly AcceptRange[] | undefined): number {
  if (ranges === undefined) return NEUTRAL
  const type = mediaType.toLowerCase()
  // the most precise range decides, whatever the others weigh (RFC 9110 section 12.5.1)
  const range =
    ranges.find(({ value }) => value === type) ??
    ranges.find(({ value }) => value === `${type.split('/', 1)[0]!}/*`) ??
    ranges.find(({ value }) => value === '*/*')
  return range === undefined || range.quality === 0 ? 0 : NEUTRAL + range.quality
}

/** An exact tag beats one that only shares the language, but never a language that is wished for more. */
const EXACT = 0.0001

function scoreOfLanguage(tags: readonly string[], ranges: readonly AcceptRange[] | undefined): number {
  if (ranges === undefined || tags.length === 0) return NEUTRAL
  const lower = tags.map((tag) => tag.toLowerCase())
  const refused = (tag: string): boolean => ranges.some(({ value, quality }) => quality === 0 && value === tag)
  if (lower.every(refused)) return 0
  let best = 0
  for (const { value, quality } of ranges) {
    if (quality === 0) continue
    if (value === '*') best = Math.max(best, NEUTRAL)
    else if (lower.includes(value)) best = Math.max(best, NEUTRAL + quality + EXACT)
    else if (lower.some((tag) => tag.split('-', 1)[0] === value.split('-', 1)[0])) best = Math.max(best, NEUTRAL + quality)
  }
  return best
}

function scoreOfContext(contexts: readonly string[], wished: string | undefined): number {
  if (wished === undefined || contexts.length === 0) return NEUTRAL
  return contexts.some((context) => context.toLowerCase() === wished.toLowerCase()) ? NEUTRAL + 1 : 0
}

export interface Ranked<L> {
  readonly best: readonly L[]
  /** True when the best say that they are what was wished for, in language or context. */
  readonly agrees: boolean
}

/**
 * The links that fit a request best: media type before language before context (GS1-Conformant Resolver 1.2.1 section
 * 2.6). More than one means that the request does not decide between them.
 */
export function rank<L extends Offer>(links: readonly L[], wishes: Wishes): Ranked<L> {
  const types = rangesOf(wishes.accept)
  const languages = rangesOf(wishes.acceptLanguage)
  const scored = links.map((link) => ({
    link,
    scores: [
      scoreOfType(link.mediaType, types),
      scoreOfLanguage(link.hreflang, languages),
      scoreOfContext(link.context, wishes.context),
    ] as const,
  }))
  scored.sort((a, b) => b.scores[0] - a.scores[0] || b.scores[1] - a.scores[1] || b.scores[2] - a.scores[2])
  const top = scored[0]
  if (top === undefined) return { best: [], agrees: false }
  const best = scored.filter(({ scores }) => scores.every((score, i) => score === top.scores[i])).map(({ link }) => link)
  return { best, agrees: top.scores[1] > NEUTRAL || top.scores[2] > NEUTRAL }
}
