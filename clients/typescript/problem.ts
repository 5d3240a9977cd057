/** An answer that refuses, as RFC 9457 tells it. `code` is stable; the words follow `Accept-Language`. */
export class SuzhenProblem extends Error {
  readonly status: number
  /** Stable code, such as `GOODS_STATE`; empty when something between here and the platform answered. */
  readonly code: string
  /** `urn:suzhen:error:…`, or `epcisException:…` under /epcis. */
  readonly type: string
  readonly detail: string
  /** What is wrong with which part of the request; `pointer` is an RFC 6901 JSON pointer. */
  readonly errors: readonly ProblemField[]
  /** Seconds after which it is worth trying again. */
  readonly retryAfter: number | undefined
  readonly method: string
  readonly path: string

  constructor(at: { method: string; path: string }, status: number, body: unknown, retryAfter: number | undefined) {
    const told = isObject(body) ? body : {}
    const text = (name: string): string => (typeof told[name] === 'string' ? told[name] : '')
    const detail = text('detail') || text('title') || `HTTP ${status}`
    super(`${at.method} ${at.path}: ${status}${text('code') && ` ${text('code')}`}: ${detail}`)
    this.name = 'SuzhenProblem'
    this.method = at.method
    this.path = at.path
    this.status = status
    this.code = text('code')
    this.type = text('type')
    this.detail = detail
    this.errors = Array.isArray(told['errors']) ? told['errors'].filter(isObject).map(fieldOf) : []
    this.retryAfter = retryAfter
  }
}

export interface ProblemField {
  readonly pointer: string
  readonly code: string
  readonly detail: string
}

/** No answer came, after all tries: the network, a time-out, or an abort. */
export class SuzhenUnreachable extends Error {
  constructor(at: { method: string; path: string }, cause: unknown) {
    super(`${at.method} ${at.path}: no answer (${cause instanceof Error ? cause.message : String(cause)})`, { cause })
    this.name = 'SuzhenUnreachable'
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const fieldOf = (field: Record<string, unknown>): ProblemField => ({
  pointer: String(field['pointer'] ?? ''),
  code: String(field['code'] ?? ''),
  detail: String(field['detail'] ?? ''),
})
