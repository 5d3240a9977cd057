import { parseGtin } from './gtin.ts'

/** What the path of an item's Digital Link tells: GTIN (AI 01), serial (21), and lot (10) and variant (22) when given. */
export interface ItemLink {
  readonly gtin: string
  readonly serial: string
  readonly lot: string | undefined
  readonly variant: string | undefined
}

/** CSET 82: the characters of an AI 21 or 10 (GS1 General Specifications, figure 7.11-1). */
const CSET_82 = /^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/

/**
 * The path of a request for one item, `/01/{gtin}[/22/…][/10/…]/21/{serial}`: qualifiers in their order (URI Syntax
 * 1.7.0 section 4.9), each segment decoded before it is checked, a trailing slash tolerated.
 * @returns undefined when the path names no item
 */
export function parseItemPath(path: string): ItemLink | undefined {
  const segments = path.replace(/\/$/, '').split('/').slice(1)
  if (segments.length < 4 || segments.length % 2 !== 0 || segments[0] !== '01') return undefined
  const values: string[] = []
  for (let i = 1; i < segments.length; i += 2) {
    try {
      values.push(decodeURIComponent(segments[i]!))
    } catch {
      return undefined
    }
  }
  const names = segments.filter((_, i) => i % 2 === 0)
  if (!['01/21', '01/10/21', '01/22/21', '01/22/10/21'].includes(names.join('/'))) return undefined
  const gtin = /^\d{8,14}$/.test(values[0]!) ? parseGtin(values[0]!) : undefined
  if (gtin === undefined || !gtin.ok || values.slice(1).some((v) => !CSET_82.test(v))) return undefined
  const valueOf = (ai: string) => values[names.indexOf(ai)]
  return { gtin: gtin.gtin14, serial: valueOf('21')!, lot: valueOf('10'), variant: valueOf('22') }
}

/** The address of an item: a lower-case host, because some scanners refuse an all-upper-case one. */
export function itemUri(origin: string, gtin14: string, serial: string): string {
  return `${origin}/01/${gtin14}/21/${encodeURIComponent(serial)}`
}
