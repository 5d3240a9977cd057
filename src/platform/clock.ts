/** The one source of time. Business code never calls `Date.now()`: tests move this clock instead of waiting. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** A clock that stands still until it is told to move; for tests and for the deterministic scenario. */
export class ManualClock implements Clock {
  #now: number

  constructor(start: Date | string) {
    this.#now = new Date(start).getTime()
  }

  now(): Date {
    return new Date(this.#now)
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds
  }

  set(instant: Date | string): void {
    this.#now = new Date(instant).getTime()
  }
}
