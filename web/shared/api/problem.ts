import { common } from '../i18n/words.ts'

/** A fault in one field of what was sent: RFC 6901 pointer into the body, stable code, words in the reader's language. */
export interface Fault {
  readonly pointer: string
  readonly code: string
  readonly detail: string
}

/**
 * Whatever keeps a request from succeeding, already in the reader's language. `status` is 0 when no answer came.
 * Codes of its own: NETWORK, TIMEOUT, UNREADABLE; all others are the server's.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly faults: readonly Fault[]
  readonly params: Readonly<Record<string, unknown>>
  /** Seconds to wait, when the server says so. */
  readonly retryAfter: number | undefined

  constructor(parts: {
    status: number
    code: string
    title: string
    detail: string
    faults?: readonly Fault[]
    params?: Readonly<Record<string, unknown>>
    retryAfter?: number | undefined
  }) {
    super(`${parts.code}: ${parts.detail}`)
    this.status = parts.status
    this.code = parts.code
    this.title = parts.title
    this.detail = parts.detail
    this.faults = parts.faults ?? []
    this.params = parts.params ?? {}
    this.retryAfter = parts.retryAfter
  }

  /** True when it is unknown whether the act was done, or it certainly was not: the same key may be sent again. */
  get mayRetry(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

export function networkError(): ApiError {
  const t = common().error
  return new ApiError({ status: 0, code: 'NETWORK', title: t.network, detail: t.networkDetail })
}

export function timeoutError(): ApiError {
  const t = common().error
  return new ApiError({ status: 0, code: 'TIMEOUT', title: t.timeout, detail: t.timeoutDetail })
}

/** Reads a refusal. An answer that is no problem document (a proxy's page) gets words of ours and its status as code. */
export function problemFrom(status: number, contentType: string | null, text: string, retryAfterHeader: string | null): ApiError {
  const t = common().error
  const retryAfter = retryAfterHeader !== null && /^\d+$/.test(retryAfterHeader) ? Number(retryAfterHeader) : undefined
  if (contentType?.includes('json')) {
    try {
      const body = JSON.parse(text) as Record<string, unknown>
      if (typeof body['code'] === 'string') {
        const signedOut = status === 401 && body['code'] === 'NOT_SIGNED_IN'
        return new ApiError({
          status,
          code: body['code'],
          title: signedOut ? t.signedOut : typeof body['title'] === 'string' && body['title'] !== '' ? body['title'] : t.title,
          detail: signedOut ? t.signedOutDetail : typeof body['detail'] === 'string' ? body['detail'] : '',
          faults: Array.isArray(body['errors']) ? (body['errors'] as unknown[]).filter(isFault) : [],
          params: typeof body['params'] === 'object' && body['params'] !== null ? (body['params'] as Record<string, unknown>) : {},
          retryAfter,
        })
      }
    } catch {
      // not a problem document after all: told below
    }
  }
  return new ApiError({ status, code: `HTTP_${status}`, title: t.unreadable, detail: t.unreadableDetail, retryAfter })
}

function isFault(value: unknown): value is Fault {
  if (typeof value !== 'object' || value === null) return false
  const { pointer, code, detail } = value as Record<string, unknown>
  return typeof pointer === 'string' && typeof code === 'string' && typeof detail === 'string'
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  const t = common().error
  return new ApiError({ status: 0, code: 'UNEXPECTED', title: t.broken, detail: error instanceof Error ? error.message : String(error) })
}

/** RFC 6901 pointer → path of a form field; digits become list positions. */
export function pathOfPointer(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}
