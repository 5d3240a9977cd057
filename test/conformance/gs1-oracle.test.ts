import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Element } from '../../src/kernel/gs1/element.ts'
import { buildBracketed } from '../../src/kernel/gs1/element-string.ts'
import { readCode } from '../../src/kernel/gs1/read-code.ts'
import { anyElement, linkElements } from '../support/gs1-arbitrary.ts'
import { count, hasReferenceData, referenceText } from '../support/reference-data.ts'

const DICTIONARY = 'syntax-dictionary/gs1-syntax-dictionary.txt'

interface Row {
  readonly attribute: boolean
  readonly requires: readonly string[]
  readonly excludes: readonly string[]
  /** Sequences of key qualifiers; undefined when it is no primary key. */
  readonly key: readonly (readonly string[])[] | undefined
}

/** The dictionary once more, read as naively as its header explains it. */
function readDictionary(): ReadonlyMap<string, Row> {
  const rows = new Map<string, Row>()
  for (const line of referenceText(DICTIONARY).split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const words = line.split(' # ')[0]!.trim().split(/\s+/)
    const [first = '', last = first] = words[0]!.split('-')
    const valuesOf = (name: string) => words.filter((word) => word.startsWith(`${name}=`)).map((word) => word.slice(name.length + 1))
    const [sequences] = valuesOf('dlpkey')
    const row: Row = {
      attribute: /^[*?]+$/.test(words[1]!) && words[1]!.includes('?'),
      requires: valuesOf('req'),
      excludes: valuesOf('ex').flatMap((value) => value.split(',')),
      key: words.includes('dlpkey') ? [[]] : sequences?.split('|').map((sequence) => sequence.split(',')),
    }
    for (let ai = Number(first); ai <= Number(last); ai++) rows.set(String(ai).padStart(first.length, '0'), row)
  }
  return rows
}

const has = hasReferenceData(DICTIONARY)
const rows = has ? readDictionary() : new Map<string, Row>()
const rowOf = (ai: string): Row => rows.get(ai)!
const matches = (pattern: string, ai: string): boolean =>
  pattern.length === ai.length && [...pattern].every((character, i) => character === 'n' || character === ai[i])

/** Whether elements, each valid by itself, may stand together. */
function together(elements: readonly Element[], companions: boolean): boolean {
  const ais = elements.map(({ ai }) => ai)
  const among = (pattern: string, besides: string): boolean => ais.some((ai) => ai !== besides && matches(pattern, ai))
  for (const { ai, value } of elements) {
    if (rowOf(ai).excludes.some((pattern) => among(pattern, ai))) return false
    if (elements.some((other) => other.ai === ai && other.value !== value)) return false
    const met = rowOf(ai).requires.every((part) => part.split(',').some((group) => group.split('+').every((pattern) => among(pattern, ai))))
    // The row of 22 forgets that of 8006, which has it as qualifier.
    if (companions && !met && !(ai === '22' && ais.includes('8006'))) return false
  }
  const bare = { 253: 13, 255: 13, 8003: 14 } as Readonly<Record<string, number>>
  return !ais.includes('8030') || elements.every(({ ai, value }) => value.length !== bare[ai])
}

/** Whether key and qualifiers make a path, and the others may be its attributes. */
function isLink([key, ...qualifiers]: readonly Element[], attributes: readonly Element[]): boolean {
  const path = [key!, ...qualifiers].map(({ ai }) => ai)
  const sequences = rowOf(key!.ai).key!
  const inOrder = sequences.some((sequence) =>
    qualifiers.map(({ ai }) => sequence.indexOf(ai)).every((at, i, all) => at > (all[i - 1] ?? -1)),
  )
  const fits = attributes.every(({ ai }, i) => {
    const belongs = sequences.some((sequence) => sequence.includes(ai) && qualifiers.every((q) => sequence.includes(q.ai)))
    return rowOf(ai).attribute && !belongs && !path.includes(ai) && attributes.findIndex((other) => other.ai === ai) === i
  })
  return inOrder && fits && together([key!, ...qualifiers, ...attributes], true)
}

const escape = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
const pathOf = (path: readonly Element[]): string => path.map(({ ai, value }) => `/${ai}/${escape(value)}`).join('')
const queryOf = (attributes: readonly Element[]): string => {
  const query = attributes.map(({ ai, value }) => `${ai}=${escape(value)}`).join('&')
  return query === '' ? '' : `?${query}`
}

describe.runIf(has)('an oracle that reads the text of the dictionary', () => {
  test('says of element strings what we say', () => {
    let accepted = 0
    const numRuns = 6000
    fc.assert(
      fc.property(fc.array(anyElement, { minLength: 1, maxLength: 5 }), fc.boolean(), (elements, requireCompanions) => {
        const expected = together(elements, requireCompanions)
        if (expected) accepted++
        expect(readCode(buildBracketed(elements), { requireCompanions }).ok).toBe(expected)
      }),
      { numRuns },
    )
    count('drawn element strings judged alike', numRuns, numRuns)
    expect(accepted).toBeGreaterThan(numRuns / 10)
  })

  test('says of Digital Links what we say, and what their canonical form is', () => {
    let accepted = 0
    const numRuns = 12_000
    fc.assert(
      fc.property(
        linkElements,
        fc.array(anyElement, { maxLength: 3 }),
        fc.constantFrom('as drawn', 'turned', 'last in query'),
        (elements, more, how) => {
          const qualifiers = rowOf(elements[0]!.ai).key!.flat()
          const length = elements.findIndex(({ ai }, i) => i > 0 && !qualifiers.includes(ai))
          let path = length === -1 ? elements : elements.slice(0, length)
          let attributes = [...elements.slice(path.length), ...more]
          if (how === 'turned') path = [path[0]!, ...path.slice(1).toReversed()]
          if (how === 'last in query' && path.length > 1) {
            attributes = [path.at(-1)!, ...attributes]
            path = path.slice(0, -1)
          }
          const expected = isLink(path, attributes)
          const read = readCode(`https://brand.example/x${pathOf(path)}${queryOf(attributes)}`)
          expect(read.ok).toBe(expected)
          if (!read.ok) return
          accepted++
          const sorted = attributes.toSorted((a, b) => (a.ai < b.ai ? -1 : 1))
          expect(read.code.canonical).toBe(`https://id.gs1.org${pathOf(path)}${queryOf(sorted)}`)
        },
      ),
      { numRuns },
    )
    count('drawn Digital Links judged alike', numRuns, numRuns)
    expect(accepted).toBeGreaterThan(numRuns / 100)
  })
})
