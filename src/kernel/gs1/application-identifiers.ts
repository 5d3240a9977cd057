import { AI_ROWS } from './application-identifier-table.ts'
import { CSET_39, CSET_64, CSET_82, CSET_NUMERIC } from './character-sets.ts'
import { LINTERS, type Linter } from './linters.ts'

/** One part of the data field of an application identifier. */
export interface AiComponent {
  /** The bit of its character set in `CHARACTER_CLASS`. */
  readonly set: number
  readonly min: number
  readonly max: number
  readonly optional: boolean
  readonly checks: readonly Linter[]
}

/** Application identifiers meant by `35nn` or `01`: as many digits, within these numbers. */
export interface AiPattern {
  readonly text: string
  readonly digits: number
  readonly from: number
  readonly to: number
}

export interface ApplicationIdentifier {
  readonly ai: string
  readonly number: number
  readonly title: string
  /** Of a length that scanners know, so that no FNC1 need follow (General Specifications 7.8.5). */
  readonly predefined: boolean
  /** Whether a Digital Link may carry it in its query. */
  readonly attribute: boolean
  readonly components: readonly AiComponent[]
  readonly min: number
  readonly max: number
  /** All of them must hold; each holds when one of its groups is wholly there. */
  readonly requires: readonly (readonly (readonly AiPattern[])[])[]
  readonly excludes: readonly AiPattern[]
  /** For a primary key of Digital Links: the sequences of qualifiers that it accepts, in order. */
  readonly key: readonly (readonly string[])[] | undefined
  /** Not in the dictionary, accepted because the caller permits unknown identifiers. */
  readonly unknown: boolean
}

const SETS: Readonly<Record<string, number>> = { n: CSET_NUMERIC, x: CSET_82, y: CSET_39, z: CSET_64 }

function readComponent(text: string): AiComponent {
  const [format = '', ...checks] = text.split(':')
  const optional = format.endsWith('?')
  const length = optional ? format.slice(1, -1) : format.slice(1)
  const max = Number(length.replace('..', ''))
  return {
    set: SETS[format[0]!]!,
    min: length.startsWith('..') ? 1 : max,
    max,
    optional,
    checks: checks.map((name) => LINTERS[name as keyof typeof LINTERS]),
  }
}

function readPattern(text: string): AiPattern {
  return { text, digits: text.length, from: Number(text.replaceAll('n', '0')), to: Number(text.replaceAll('n', '9')) }
}

const list = (text: string, separator: string): string[] => (text === '' ? [] : text.split(separator))

function readRow([ais, flags, format, requires, excludes, key, title]: (typeof AI_ROWS)[number]): ApplicationIdentifier[] {
  const components = format.split(' ').map(readComponent)
  const [first = '', last = first] = ais.split('-')
  const shared = {
    title,
    predefined: flags.includes('p'),
    attribute: flags.includes('a'),
    components,
    min: components.reduce((sum, c) => sum + (c.optional ? 0 : c.min), 0),
    max: components.reduce((sum, c) => sum + c.max, 0),
    requires: list(requires, ' & ').map((part) => part.split(',').map((group) => group.split('+').map(readPattern))),
    excludes: list(excludes, ',').map(readPattern),
    key: key === '' ? undefined : key === '-' ? [[]] : key.split('|').map((sequence) => sequence.split(',')),
    unknown: false,
  }
  return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => {
    const number = Number(first) + i
    return { ...shared, ai: String(number).padStart(first.length, '0'), number }
  })
}

/** Every application identifier of the dictionary, in its order. */
export const APPLICATION_IDENTIFIERS: readonly ApplicationIdentifier[] = AI_ROWS.flatMap(readRow)

// Identifiers have 2 to 4 digits; one flat table for each length makes a look-up an addition and a load.
const BASE = [0, 0, 0, 100, 1100] as const
const BY_NUMBER = new Array<ApplicationIdentifier | undefined>(11_100)
/** How many digits an identifier has, by its first two (General Specifications 7.8.1); 0 where none is assigned. */
const DIGITS_BY_PREFIX = new Uint8Array(100)
for (const entry of APPLICATION_IDENTIFIERS) {
  BY_NUMBER[BASE[entry.ai.length]! + entry.number] = entry
  DIGITS_BY_PREFIX[Number(entry.ai.slice(0, 2))] = entry.ai.length
}

/** The identifier written in `text` from `from` to `to`, or undefined. */
export function findAi(text: string, from: number, to: number): ApplicationIdentifier | undefined {
  const digits = to - from
  if (digits < 2 || digits > 4) return undefined
  let number = 0
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return undefined
    number = number * 10 + digit
  }
  return BY_NUMBER[BASE[digits]! + number]
}

/** The identifier with which the data from `at` begins, or undefined. */
export function findAiAt(text: string, at: number): ApplicationIdentifier | undefined {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  // A character beyond the end is NaN, which fails the comparison too.
  if (!(tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9)) return undefined
  return findAi(text, at, at + DIGITS_BY_PREFIX[tens * 10 + ones]!)
}

// Lengths predefined for prefixes, in use or not (General Specifications figure 7.8.5-2): they bind unknown identifiers too.
const PREDEFINED_LENGTHS: Readonly<Record<string, number>> = {
  '00': 18,
  '01': 14,
  '02': 14,
  '03': 14,
  '04': 16,
  11: 6,
  12: 6,
  13: 6,
  14: 6,
  15: 6,
  16: 6,
  17: 6,
  18: 6,
  19: 6,
  20: 2,
  31: 6,
  32: 6,
  33: 6,
  34: 6,
  35: 6,
  36: 6,
  41: 13,
}

/**
 * An identifier that the dictionary does not know, for callers that permit them: 1 to 90 characters of the 82, or what is
 * predefined for its prefix. Undefined when its number of digits cannot be that of an identifier with such a beginning.
 */
export function unknownAi(ai: string): ApplicationIdentifier | undefined {
  if (!/^\d{2,4}$/.test(ai)) return undefined
  const digits = DIGITS_BY_PREFIX[Number(ai.slice(0, 2))]!
  if (digits !== 0 && digits !== ai.length) return undefined
  const length = digits === 0 ? undefined : PREDEFINED_LENGTHS[ai.slice(0, 2)]
  const min = length ?? 1
  const max = length ?? 90
  return {
    ai,
    number: Number(ai),
    title: 'UNKNOWN',
    predefined: length !== undefined,
    attribute: false,
    components: [{ set: CSET_82, min, max, optional: false, checks: [] }],
    min,
    max,
    requires: [],
    excludes: [],
    key: undefined,
    unknown: true,
  }
}

export function matchesPattern(entry: ApplicationIdentifier, pattern: AiPattern): boolean {
  return entry.ai.length === pattern.digits && entry.number >= pattern.from && entry.number <= pattern.to
}

/** The same for data that begin with it, which needs a beginning whose number of digits is known. */
export function unknownAiAt(text: string, at: number): ApplicationIdentifier | undefined {
  const digits = DIGITS_BY_PREFIX[Number(text.slice(at, at + 2))] ?? 0
  return digits === 0 ? undefined : unknownAi(text.slice(at, at + digits))
}
