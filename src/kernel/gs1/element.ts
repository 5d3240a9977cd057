import { type ApplicationIdentifier, matchesPattern } from './application-identifiers.ts'
import type { Gs1Fault } from './faults.ts'
import { type CompanyPrefixLookup, lintCharacters } from './linters.ts'

/** An application identifier and its data. */
export interface Element {
  readonly ai: string
  readonly value: string
}

/** An element with what the dictionary says of its identifier. */
export interface KnownElement extends Element {
  readonly entry: ApplicationIdentifier
}

/** More elements than any carrier holds; a longer list is hostile or a mistake. */
export const MOST_ELEMENTS = 64

/** `full` does every check of the dictionary; `format` only lengths and character sets, for identifiers that others captured. */
export type CheckDepth = 'full' | 'format'

/**
 * Checks the data field in `text` from `from` to `to`, component by component.
 * @returns the end of what the components took, or a fault whose place is counted from `from`
 */
export function checkData(
  entry: ApplicationIdentifier,
  text: string,
  from: number,
  to: number,
  depth: CheckDepth = 'full',
  prefixes?: CompanyPrefixLookup,
): number | Gs1Fault {
  if (from === to) return { code: 'value-empty', at: 0, length: 0, ai: entry.ai }
  let at = from
  for (const component of entry.components) {
    const end = Math.min(at + component.max, to)
    if (end === at && component.optional) continue
    if (end - at < component.min) return { code: 'value-length', at: at - from, length: end - at, ai: entry.ai }
    let fault = lintCharacters(text, at, end, component.set)
    if (depth === 'full')
      for (let i = 0; fault === undefined && i < component.checks.length; i++) fault = component.checks[i]!(text, at, end, prefixes)
    if (fault !== undefined) return { ...fault, at: fault.at - from, ai: entry.ai }
    at = end
  }
  return at
}

/** Checks a whole value: its length first, because "wrong check digit" says little of data that are too long. */
export function checkValue(
  entry: ApplicationIdentifier,
  value: string,
  depth: CheckDepth = 'full',
  prefixes?: CompanyPrefixLookup,
): Gs1Fault | undefined {
  const ai = entry.ai
  if (value.length < entry.min) return { code: value === '' ? 'value-empty' : 'value-too-short', at: 0, length: value.length, ai }
  if (value.length > entry.max) return { code: 'value-too-long', at: entry.max, length: value.length - entry.max, ai }
  const caret = value.indexOf('^')
  // The caret stands for FNC1 in element strings, so that data may never hold one.
  if (caret !== -1) return { code: 'caret', at: caret, length: 1, ai }
  const end = checkData(entry, value, 0, value.length, depth, prefixes)
  return typeof end === 'number' ? undefined : end
}

const has = (
  elements: readonly KnownElement[],
  of: KnownElement,
  pattern: ApplicationIdentifier['excludes'][number],
): KnownElement | undefined => elements.find((other) => other.ai !== of.ai && matchesPattern(other.entry, pattern))

export interface AssociationRules {
  /** Refuse an element whose required companions are missing; without it they may be on another carrier of the same item. */
  readonly requireCompanions: boolean
  /** Take the dictionary at its word: it lists 22 as qualifier of 8006 but lets 22 stand beside 01 only. */
  readonly literal?: boolean
}

/** Elements that may not stand together, one identifier with two values, missing companions, signatures of keys without a serial. */
export function checkAssociations(elements: readonly KnownElement[], rules: AssociationRules): Gs1Fault | undefined {
  for (const element of elements) {
    for (const pattern of element.entry.excludes) {
      const other = has(elements, element, pattern)
      if (other !== undefined) return { code: 'ai-pair', at: 0, length: 0, ai: element.ai, detail: other.ai }
    }
  }
  if (rules.requireCompanions) {
    const missing = missingCompanions(elements, rules.literal ?? false)
    if (missing !== undefined) return missing
  }
  if (elements.length > 1) {
    const values = new Map<string, string>()
    for (const { ai, value } of elements) {
      if ((values.get(ai) ?? value) !== value) return { code: 'ai-repeated', at: 0, length: 0, ai }
      values.set(ai, value)
    }
  }
  if (!elements.some(({ ai }) => ai === '8030')) return undefined
  const bare = elements.find(({ ai, value, entry }) => SERIAL_KEYS.has(ai) && value.length === entry.min)
  return bare === undefined ? undefined : { code: 'serial-required', at: 0, length: 0, ai: bare.ai }
}

/** Keys whose serial component may be left out, but not when a digital signature vouches for the one item. */
const SERIAL_KEYS: ReadonlySet<string> = new Set(['253', '255', '8003'])

/** The first element whose required companions are not there, or undefined. */
export function missingCompanions(elements: readonly KnownElement[], literal = false): Gs1Fault | undefined {
  for (const element of elements) {
    for (const part of element.entry.requires) {
      if (part.some((group) => group.every((pattern) => has(elements, element, pattern) !== undefined))) continue
      // URI Syntax 1.7 section 4.9 has 22 qualify 8006, which the dictionary's row of 22 forgets.
      if (!literal && element.ai === '22' && elements.some(({ ai }) => ai === '8006')) continue
      const detail = part.map((group) => group.map((pattern) => `(${pattern.text})`).join('+')).join(', ')
      return { code: 'ai-required', at: 0, length: 0, ai: element.ai, detail }
    }
  }
  return undefined
}
