import { type ApplicationIdentifier, findAi, findAiAt, unknownAi, unknownAiAt } from './application-identifiers.ts'
import {
  type AssociationRules,
  checkAssociations,
  checkData,
  checkValue,
  type Element,
  type KnownElement,
  MOST_ELEMENTS,
} from './element.ts'
import { type Gs1Fault, refuse, type Result, shifted } from './faults.ts'
import type { CompanyPrefixLookup } from './linters.ts'

export interface ElementStringOptions {
  /** Accept identifiers that the dictionary does not know; without brackets only where their beginning tells how many digits they have. */
  readonly unknownAis?: boolean
  /** Whether companions that the dictionary requires must be in this string (default: they may be on another carrier). */
  readonly requireCompanions?: boolean
  readonly prefixes?: CompanyPrefixLookup
}

export type ParsedElements = Result<{ readonly elements: readonly KnownElement[] }>

const FNC1 = '^'
const GS = '\x1d'

function finish(elements: readonly KnownElement[], options: ElementStringOptions): ParsedElements {
  const rules: AssociationRules = { requireCompanions: options.requireCompanions ?? false }
  const fault = checkAssociations(elements, rules)
  return fault === undefined ? { ok: true, elements } : { ok: false, fault }
}

/** Between the linear symbol and the composite component above it; none of the 82 characters, so that no data can hold it. */
const COMPOSITE = '|'

/** Reads both components of a composite symbol, or the one that there is, as one list of elements. */
function readComponents(
  text: string,
  options: ElementStringOptions,
  read: (component: string, options: ElementStringOptions, elements: KnownElement[]) => Gs1Fault | undefined,
): ParsedElements {
  const elements: KnownElement[] = []
  const bar = text.indexOf(COMPOSITE)
  let fault = read(bar === -1 ? text : text.slice(0, bar), options, elements)
  if (fault === undefined && bar !== -1) {
    fault = read(text.slice(bar + 1), options, elements)
    if (fault !== undefined) fault = shifted(fault, bar + 1)
  }
  return fault === undefined ? finish(elements, options) : { ok: false, fault }
}

/**
 * Reads `(01)09506000134352(21)ABC`: data end at the next bracket; `\(` is a bracket in the data. A composite component
 * follows a `|`. Every check of the dictionary is made, but for required companions unless asked.
 */
export function parseBracketed(text: string, options: ElementStringOptions = {}): ParsedElements {
  return readComponents(text, options, readBracketed)
}

function readBracketed(text: string, options: ElementStringOptions, elements: KnownElement[]): Gs1Fault | undefined {
  if (text === '') return refuse('empty').fault
  let at = 0
  while (at < text.length) {
    if (text[at] !== '(') return refuse('bracket', at, 1).fault
    const close = text.indexOf(')', at)
    if (close === -1) return refuse('bracket', at, text.length - at).fault
    const entry = lookUp(text, at + 1, close, options.unknownAis ?? false)
    if (entry === undefined)
      return refuse('unknown-ai', at + 1, close - at - 1, { detail: text.slice(at + 1, Math.min(close, at + 12)) }).fault
    if (close + 1 === text.length) return refuse('bracket', close, 1).fault
    let value = ''
    let from = close + 1
    for (;;) {
      const open = text.indexOf('(', from)
      at = open === -1 ? text.length : open
      if (open === -1 || text[open - 1] !== '\\' || open === from) break
      value += `${text.slice(from, open - 1)}(`
      from = open + 1
    }
    value += text.slice(from, at)
    const wrong = checkValue(entry, value, 'full', options.prefixes)
    if (wrong !== undefined) return wrong
    if (elements.length === MOST_ELEMENTS) return refuse('too-many-elements', close, 0).fault
    elements.push({ ai: entry.ai, value, entry })
  }
  return undefined
}

function lookUp(text: string, from: number, to: number, unknown: boolean): ApplicationIdentifier | undefined {
  return findAi(text, from, to) ?? (unknown ? unknownAi(text.slice(from, to)) : undefined)
}

/**
 * Reads an element string as it is in a symbol: FNC1, written `^` or GS, in front and after data of no predefined length.
 * A separator where none is needed, also at the end, is tolerated, as scanners send it. A composite component follows a `|`
 * and has its own FNC1 in front.
 */
export function parseElementString(text: string, options: ElementStringOptions = {}): ParsedElements {
  return readComponents(text.includes(GS) ? text.replaceAll(GS, FNC1) : text, options, readSymbol)
}

function readSymbol(text: string, options: ElementStringOptions, elements: KnownElement[]): Gs1Fault | undefined {
  return text[0] === FNC1 ? readData(text, 1, options, elements) : refuse('no-fnc1', 0, 0).fault
}

/** Reads elements from `start`, where the first identifier is expected; separators are carets. */
function readData(data: string, start: number, options: ElementStringOptions, elements: KnownElement[]): Gs1Fault | undefined {
  if (start >= data.length) return refuse('empty', start).fault
  let at = start
  let separator = -1
  while (at < data.length) {
    const entry = findAiAt(data, at) ?? (options.unknownAis === true ? unknownAiAt(data, at) : undefined)
    if (entry === undefined) return refuse('unknown-ai', at, Math.min(4, data.length - at), { detail: data.slice(at, at + 4) }).fault
    const from = at + entry.ai.length
    // Looked for once for every separator, not once for every element, so that hostile input costs no more than its length.
    if (separator < from) separator = data.indexOf(FNC1, from)
    if (separator === -1) separator = data.length
    const end = checkData(entry, data, from, separator, 'full', options.prefixes)
    if (typeof end !== 'number') return end
    if (!entry.predefined && end < separator) return refuse('value-too-long', end - from, separator - end, { ai: entry.ai }).fault
    if (elements.length === MOST_ELEMENTS) return refuse('too-many-elements', at, 0).fault
    elements.push({ ai: entry.ai, value: data.slice(from, end), entry })
    at = data[end] === FNC1 ? end + 1 : end
  }
  return undefined
}

/** Elements of scan data, where a caret is no separator but a fault. */
export function parseScannedElements(text: string, options: ElementStringOptions = {}): ParsedElements {
  const caret = text.indexOf(FNC1)
  if (caret !== -1) return refuse('caret', caret, 1)
  const elements: KnownElement[] = []
  const fault = readData(text.replaceAll(GS, FNC1), 0, options, elements)
  return fault === undefined ? finish(elements, options) : { ok: false, fault }
}

/** `(01)…(21)…`, brackets in the data escaped. */
export function buildBracketed(elements: readonly Element[]): string {
  return elements.map(({ ai, value }) => `(${ai})${value.replaceAll('(', '\\(')}`).join('')
}

/** `^01…21…^10…`: FNC1 in front and after data of no predefined length, not at the end. */
export function buildElementString(elements: readonly Element[], separator: '^' | '\x1d' = FNC1): string {
  let text: string = separator
  elements.forEach(({ ai, value }, i) => {
    const predefined = (findAi(ai, 0, ai.length) ?? unknownAi(ai))?.predefined ?? false
    text += ai + value + (predefined || i === elements.length - 1 ? '' : separator)
  })
  return text
}

/** Elements of any origin with their dictionary entries, every check made; the one way in for data that is not text. */
export function checkElements(elements: readonly Element[], options: ElementStringOptions = {}): ParsedElements {
  const known: KnownElement[] = []
  for (const { ai, value } of elements) {
    const entry = lookUp(ai, 0, ai.length, options.unknownAis ?? false)
    if (entry === undefined) return refuse('unknown-ai', 0, 0, { detail: ai.slice(0, 10) })
    const fault = checkValue(entry, value, 'full', options.prefixes)
    if (fault !== undefined) return { ok: false, fault }
    if (known.length === MOST_ELEMENTS) return refuse('too-many-elements')
    known.push({ ai, value, entry })
  }
  return known.length === 0 ? refuse('empty') : finish(known, options)
}
