/**
 * Fixed-window counters in memory, one for each client and rule. The table is bounded: when it is full the oldest
 * window is dropped, so that a flood of addresses costs forgetting and never memory.
 */
export class Limiter {
  readonly #windows = new Map<string, { count: number; endsAt: number }>()
  readonly #capacity: number

  constructor(capacity = 200_000) {
    this.#capacity = capacity
  }

  /** Counts one request; returns 0 when it may go on, else the seconds to wait. */
  take(key: string, limit: number, windowSeconds: number, nowMs: number): number {
    const found = this.#windows.get(key)
    if (found !== undefined && found.endsAt > nowMs) {
      found.count++
      return found.count > limit ? Math.max(1, Math.ceil((found.endsAt - nowMs) / 1000)) : 0
    }
    if (found !== undefined) this.#windows.delete(key)
    else if (this.#windows.size >= this.#capacity) {
      const oldest = this.#windows.keys().next()
      if (!oldest.done) this.#windows.delete(oldest.value)
    }
    this.#windows.set(key, { count: 1, endsAt: nowMs + windowSeconds * 1000 })
    return 0
  }
}
