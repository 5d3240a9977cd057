import { SuzhenProblem, SuzhenUnreachable } from './problem.ts'

export interface SuzhenOptions {
  /** Where the platform is, such as `https://sz.example.cn`. */
  readonly url: string
  /** An API key (`sz_…`). In a browser leave it out: the session's cookie speaks, and nobody puts a key into a page. */
  readonly key?: string
  /** Language of words in problems; Chinese unless `en`. */
  readonly language?: 'zh' | 'en'
  /** Tries after the first one; 4 unless given. */
  readonly retries?: number
  /** Milliseconds for one try; 30,000 unless given. */
  readonly timeoutMs?: number
  /** Another `fetch`, for proxies and tests. */
  readonly fetch?: typeof globalThis.fetch
  /** Waits before a new try; for tests. */
  readonly wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>
}

export type QueryValue = string | number | boolean | undefined

export interface RequestInput {
  readonly query?: Readonly<Record<string, QueryValue>>
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as multipart/form-data; made anew for each try. */
  readonly form?: () => FormData
  readonly headers?: Readonly<Record<string, string>>
  /** For an act that should be the same act in another process too; a random one otherwise. */
  readonly idempotencyKey?: string
  readonly signal?: AbortSignal
}

export interface Answer<T> {
  readonly status: number
  readonly headers: Headers
  readonly body: T
  /** How many tries it took: with more than one, an earlier try may have been carried out already. */
  readonly tries: number
}

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 30_000
const WORTH_RETRYING: ReadonlySet<number> = new Set([429, 502, 503, 504])

/**
 * Sends requests. One that got no answer, or 429, 502, 503 or 504, is sent again after a growing pause (or what
 * `Retry-After` asks for); a POST keeps its `Idempotency-Key` over all tries, so that it acts once.
 */
export class Transport {
  readonly #options: SuzhenOptions
  readonly #base: string

  constructor(options: SuzhenOptions) {
    const url = new URL(options.url)
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new TypeError('url: http or https')
    this.#base = url.href.replace(/\/+$/, '')
    this.#options = options
  }

  /** @throws SuzhenProblem, SuzhenUnreachable */
  async request<T>(method: string, path: string, input: RequestInput = {}): Promise<Answer<T>> {
    const { fetch = globalThis.fetch, retries = 4, wait = pause } = this.#options
    const at = { method, path }
    const init = this.#init(method, input)
    for (let tries = 1; ; tries++) {
      input.signal?.throwIfAborted()
      let failure: SuzhenProblem | SuzhenUnreachable
      try {
        const response = await fetch(this.#base + path + queryOf(input.query), {
          ...init,
          ...(input.form !== undefined && { body: input.form() }),
          signal: this.#signal(input.signal),
        })
        const body = await bodyOf(response)
        if (response.ok) return { status: response.status, headers: response.headers, body: body as T, tries }
        failure = new SuzhenProblem(at, response.status, body, secondsOf(response.headers.get('retry-after')))
        if (!WORTH_RETRYING.has(response.status)) throw failure
      } catch (error) {
        if (error instanceof SuzhenProblem && !WORTH_RETRYING.has(error.status)) throw error
        input.signal?.throwIfAborted()
        failure = error instanceof SuzhenProblem ? error : new SuzhenUnreachable(at, error)
      }
      if (tries > retries) throw failure
      const asked = failure instanceof SuzhenProblem ? failure.retryAfter : undefined
      // somewhere between half of the pause and all of it, so that many clients do not come back together
      const backOff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1)) * (0.5 + Math.random() / 2)
      await wait(asked === undefined ? backOff : Math.min(asked * 1000, LONGEST_WAIT_MS * 2), input.signal)
    }
  }

  #init(method: string, input: RequestInput): RequestInit {
    const { key, language } = this.#options
    const headers: Record<string, string> = { accept: 'application/json', 'accept-language': language === 'en' ? 'en' : 'zh-CN' }
    if (key !== undefined) headers['authorization'] = `Bearer ${key}`
    if (input.json !== undefined) headers['content-type'] = 'application/json'
    if (method === 'POST') headers['idempotency-key'] = input.idempotencyKey ?? crypto.randomUUID()
    return {
      method,
      headers: { ...headers, ...input.headers },
      // a redirect is a wrong address, and a key is not carried elsewhere
      redirect: 'error',
      ...(input.json !== undefined && { body: JSON.stringify(input.json) }),
    }
  }

  #signal(outer: AbortSignal | undefined): AbortSignal {
    const limit = AbortSignal.timeout(this.#options.timeoutMs ?? 30_000)
    return outer === undefined ? limit : AbortSignal.any([outer, limit])
  }
}

/** A path of segments that are whatever they are: `/` in an id does not make two of it. */
export const pathOf = (...segments: readonly string[]): string => segments.map((s) => `/${encodeURIComponent(s)}`).join('')

function queryOf(query: RequestInput['query']): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined)
  return given.length === 0 ? '' : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text()
  if (text === '' || !(response.headers.get('content-type') ?? '').includes('json')) return text === '' ? undefined : text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function secondsOf(header: string | null): number | undefined {
  if (header === null) return undefined
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      reject(signal!.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', stop, { once: true })
  })
}
