export interface AcceptRange {
  readonly value: string
  readonly quality: number
}

/** Longer lists are hostile or a mistake; what is beyond is not read. */
const LONGEST_HEADER = 1000

/** Parts of an Accept or Accept-Language header with their qualities (RFC 9110 section 12.4.2), lower case. */
export function rangesOf(header: string | undefined): AcceptRange[] | undefined {
  if (header === undefined || header.trim() === '') return undefined
  return header
    .slice(0, LONGEST_HEADER)
    .split(',')
    .flatMap((part) => {
      const [value = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
      if (value === '') return []
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
      const quality = weight === undefined ? 1 : Number(weight)
      return [{ value, quality: quality >= 0 && quality <= 1 ? quality : 0 }]
    })
}

/** Whether a media range of the header names this type exactly and does not refuse it. */
export function accepts(header: string | undefined, mediaType: string): boolean {
  return rangesOf(header)?.some(({ value, quality }) => value === mediaType && quality > 0) ?? false
}

/**
 * Which of the types that are offered a client likes best: by weight, then in the order in which it names them; of a
 * wildcard the first that is offered and not refused. Without wishes the first.
 * @returns undefined when none is acceptable
 */
export function preferred<M extends string>(header: string | undefined, offered: readonly M[]): M | undefined {
  const ranges = rangesOf(header)
  if (ranges === undefined) return offered[0]
  const refused = new Set(ranges.filter(({ quality }) => quality === 0).map(({ value }) => value))
  for (const { value, quality } of ranges.toSorted((a, b) => b.quality - a.quality)) {
    if (quality === 0) continue
    const fits = (type: M): boolean => type === value || value === '*/*' || (value.endsWith('/*') && type.startsWith(value.slice(0, -1)))
    const found = offered.find((type) => fits(type) && !refused.has(type))
    if (found !== undefined) return found
  }
  return undefined
}
