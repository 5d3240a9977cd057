import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CodeRange, countOf, cut, join, normaliseRanges, type Stretch } from './ranges.ts'

const range = fc
  .tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 30 }))
  .map(([lo, n]): CodeRange => ({ lo: BigInt(lo), hi: BigInt(lo + n) }))
const ranges = fc.array(range, { maxLength: 12 })
const codesOf = (list: readonly CodeRange[]) =>
  new Set(list.flatMap((r) => Array.from({ length: Number(r.hi - r.lo) + 1 }, (_, i) => Number(r.lo) + i)))

/** Stretches that do not overlap, with one of three states. */
const stored = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 15 }), fc.constantFrom('a', 'b', 'c')), { maxLength: 12 })
  .map((parts) => {
    let at = 0
    return parts.map(([gap, n, state]): Stretch<string> => {
      const lo = at + gap
      at = lo + n + 1
      return { lo: BigInt(lo), hi: BigInt(lo + n), state }
    })
  })

describe('ranges of codes', () => {
  test('are normalised to the same set, without overlap and as short as can be', () => {
    fc.assert(
      fc.property(ranges, (list) => {
        const normal = normaliseRanges(list)
        expect(codesOf(normal)).toEqual(codesOf(list))
        expect(countOf(normal)).toBe(BigInt(codesOf(list).size))
        for (let i = 1; i < normal.length; i++) expect(normal[i]!.lo > normal[i - 1]!.hi + 1n).toBe(true)
      }),
    )
  })

  test('never join two batches', () => {
    const end = (1n << 32n) - 1n
    expect(
      normaliseRanges([
        { lo: end, hi: end },
        { lo: end + 1n, hi: end + 1n },
      ]),
    ).toHaveLength(2)
  })

  test('are cut so that what was asked for and what was not are told apart, and nothing is lost', () => {
    fc.assert(
      fc.property(stored, ranges, (stretches, asked) => {
        const normal = normaliseRanges(asked)
        const { inside, outside } = cut(stretches, normal)
        const stateOf = new Map(stretches.flatMap((s) => [...codesOf([s])].map((code) => [code, s.state] as const)))
        expect(codesOf(inside)).toEqual(codesOf(normal))
        for (const part of inside) for (const code of codesOf([part])) expect(part.state).toBe(stateOf.get(code))
        for (const part of outside) for (const code of codesOf([part])) expect(part.state).toBe(stateOf.get(code))
        const rest = [...stateOf.keys()].filter((code) => !codesOf(normal).has(code))
        expect(codesOf(outside)).toEqual(new Set(rest))
      }),
    )
  })

  test('are joined where neighbours are alike', () => {
    fc.assert(
      fc.property(stored, (stretches) => {
        const joined = join(stretches, (a, b) => a === b)
        expect(codesOf(joined)).toEqual(codesOf(stretches))
        for (let i = 1; i < joined.length; i++)
          expect(joined[i]!.lo > joined[i - 1]!.hi + 1n || joined[i]!.state !== joined[i - 1]!.state).toBe(true)
      }),
    )
  })
})
