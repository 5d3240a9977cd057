import { isIPv6 } from 'node:net'

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

  /** Takes back one request that turned out not to count. */
  giveBack(key: string, nowMs: number): void {
    const found = this.#windows.get(key)
    if (found !== undefined && found.endsAt > nowMs && found.count > 0) found.count--
  }
}

/** Whom an address stands for when requests are counted: IPv4 as it is, of IPv6 the /64 that one subscriber is given. */
export function clientOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped !== null) return mapped[1]!
  if (!isIPv6(address)) return address
  const [head = '', tail = ''] = address.split('%', 1)[0]!.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const groups = address.includes('::')
    ? [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
    : left
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
