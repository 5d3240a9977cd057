/**
 * Group commit in the application: while a lane's statement is on its way, requests queue; when the lane is free,
 * everything queued leaves as one statement. There is no timer, so an idle server adds no delay, and a busy one
 * pays one flush of the log for hundreds of requests.
 *
 * A request is answered only after its statement is committed. The queue is bounded: beyond `capacity` a request is
 * turned away at once, because an answer that comes after the reader's patience helps nobody.
 */
export class GroupCommit<In, Out> {
  readonly #lanes: Lane<In, Out>[]
  readonly #laneOf: (input: In) => number
  readonly #capacity: number
  #waiting = 0

  constructor(options: {
    readonly lanes: number
    readonly maxBatch: number
    readonly capacity: number
    /** Requests for one item must share a lane: two lanes never touch one row, so they cannot deadlock. */
    readonly laneOf: (input: In) => number
    readonly write: (batch: readonly In[]) => Promise<readonly Out[]>
  }) {
    this.#laneOf = options.laneOf
    this.#capacity = options.capacity
    const answered = (n: number) => {
      this.#waiting -= n
    }
    this.#lanes = Array.from({ length: options.lanes }, () => new Lane(options.maxBatch, options.write, answered))
  }

  /** @returns the written result, or undefined when the queue is full and nothing was done */
  submit(input: In): Promise<Out> | undefined {
    if (this.#waiting >= this.#capacity) return undefined
    this.#waiting++
    return this.#lanes[this.#laneOf(input) % this.#lanes.length]!.submit(input)
  }

  get waiting(): number {
    return this.#waiting
  }
}

interface Pending<In, Out> {
  readonly input: In
  readonly resolve: (out: Out) => void
  readonly reject: (error: unknown) => void
}

class Lane<In, Out> {
  #queue: Pending<In, Out>[] = []
  #busy = false
  #armed = false
  readonly #maxBatch: number
  readonly #write: (batch: readonly In[]) => Promise<readonly Out[]>
  readonly #answered: (n: number) => void

  constructor(maxBatch: number, write: (batch: readonly In[]) => Promise<readonly Out[]>, answered: (n: number) => void) {
    this.#maxBatch = maxBatch
    this.#write = write
    this.#answered = answered
  }

  submit(input: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ input, resolve, reject })
      if (!this.#busy && !this.#armed) {
        // requests that arrived in this turn of the event loop leave together
        this.#armed = true
        setImmediate(() => {
          this.#armed = false
          void this.#pump()
        })
      }
    })
  }

  async #pump(): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    while (this.#queue.length > 0) {
      const batch = this.#queue.length <= this.#maxBatch ? this.#queue : this.#queue.slice(0, this.#maxBatch)
      this.#queue = batch === this.#queue ? [] : this.#queue.slice(this.#maxBatch)
      try {
        const results = await this.#write(batch.map((p) => p.input))
        batch.forEach((p, i) => p.resolve(results[i]!))
      } catch (error) {
        for (const p of batch) p.reject(error)
      }
      this.#answered(batch.length)
    }
    this.#busy = false
  }
}
