/** Codes `lo` to `hi`, both included; a range never leaves its batch. */
export interface CodeRange {
  readonly lo: bigint
  readonly hi: bigint
}

export const sizeOf = (range: CodeRange): bigint => range.hi - range.lo + 1n

export const countOf = (ranges: readonly CodeRange[]): bigint => ranges.reduce((sum, r) => sum + sizeOf(r), 0n)

/** Sorted, without overlaps, neighbours joined: the shortest way to say the same set. Never joins two batches. */
export function normaliseRanges(ranges: readonly CodeRange[]): CodeRange[] {
  const sorted = [...ranges].sort((a, b) => (a.lo < b.lo ? -1 : a.lo > b.lo ? 1 : 0))
  const out: { lo: bigint; hi: bigint }[] = []
  for (const range of sorted) {
    const last = out.at(-1)
    if (last !== undefined && range.lo <= last.hi + 1n && range.lo >> 32n === last.hi >> 32n) {
      if (range.hi > last.hi) last.hi = range.hi
    } else {
      out.push({ lo: range.lo, hi: range.hi })
    }
  }
  return out
}

/** A stretch that has one state; `state` undefined where nothing is stored (inert labels). */
export interface Stretch<S> extends CodeRange {
  readonly state: S | undefined
}

/**
 * Cuts stored stretches along the edges of what is asked for.
 * @param stored sorted stretches without overlaps, all that touch `asked`
 * @param asked normalised ranges
 * @returns the parts inside (gaps included, without a state) and the parts of touched stretches outside
 */
export function cut<S>(stored: readonly Stretch<S>[], asked: readonly CodeRange[]): { inside: Stretch<S>[]; outside: Stretch<S>[] } {
  const inside: Stretch<S>[] = []
  const outside: Stretch<S>[] = []
  let i = 0
  let carried: Stretch<S> | undefined
  const next = (): Stretch<S> | undefined => carried ?? stored[i]
  const take = (): void => {
    if (carried !== undefined) carried = undefined
    else i++
  }
  for (const range of asked) {
    let from = range.lo
    for (let s = next(); s !== undefined && s.lo <= range.hi; s = next()) {
      if (s.hi < range.lo) {
        outside.push(s)
        take()
        continue
      }
      if (s.lo < range.lo) outside.push({ lo: s.lo, hi: range.lo - 1n, state: s.state })
      const lo = s.lo > range.lo ? s.lo : range.lo
      const hi = s.hi < range.hi ? s.hi : range.hi
      if (lo > from) inside.push({ lo: from, hi: lo - 1n, state: undefined })
      inside.push({ lo, hi, state: s.state })
      from = hi + 1n
      take()
      if (s.hi > range.hi) {
        carried = { lo: range.hi + 1n, hi: s.hi, state: s.state }
        break
      }
    }
    if (from <= range.hi) inside.push({ lo: from, hi: range.hi, state: undefined })
  }
  for (let s = next(); s !== undefined; s = next()) {
    outside.push(s)
    take()
  }
  return { inside, outside }
}

/** Joins neighbouring stretches of equal state and drops those without one. */
export function join<S>(stretches: readonly Stretch<S>[], same: (a: S, b: S) => boolean): (CodeRange & { readonly state: S })[] {
  const sorted = [...stretches].sort((a, b) => (a.lo < b.lo ? -1 : a.lo > b.lo ? 1 : 0))
  const out: { lo: bigint; hi: bigint; state: S }[] = []
  for (const s of sorted) {
    if (s.state === undefined) continue
    const last = out.at(-1)
    if (last !== undefined && last.hi + 1n === s.lo && last.hi >> 32n === s.lo >> 32n && same(last.state, s.state)) last.hi = s.hi
    else out.push({ lo: s.lo, hi: s.hi, state: s.state })
  }
  return out
}
