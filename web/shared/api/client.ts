import { language } from '../i18n/language.ts'
import { ApiError, networkError, problemFrom, timeoutError } from './problem.ts'

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>

export interface ReadOptions {
  readonly query?: Query
  readonly signal?: AbortSignal
}

export interface ActOptions extends ReadOptions {
  /** Kept across retries of one submission; `useAct` does that. A fresh one each call otherwise. */
  readonly idempotencyKey?: string
}

export interface UploadOptions extends ActOptions {
  /** POST unless the file replaces one. */
  readonly method?: 'POST' | 'PUT'
  /** Fraction 0…1 of the bytes that have left. */
  readonly onProgress?: (fraction: number) => void
}

const TIMEOUT_MS = 60_000
let token: string | undefined
let onSignedOut: () => void = () => {}

/** Set by the session when it is read; sent with every act. */
export function setCsrfToken(next: string | undefined): void {
  token = next
}

/** For the few requests that `api` does not send: a download by POST. */
export function csrfToken(): string | undefined {
  return token
}

/** Called when a read finds that nobody is signed in. */
export function whenSignedOut(handler: () => void): void {
  onSignedOut = handler
}

export const api = {
  get: <T>(path: string, options: ReadOptions = {}): Promise<T> => send<T>('GET', path, undefined, options),
  post: <T = unknown>(path: string, body?: unknown, options: ActOptions = {}): Promise<T> => send<T>('POST', path, body, options),
  put: <T = unknown>(path: string, body?: unknown, options: ActOptions = {}): Promise<T> => send<T>('PUT', path, body, options),
  patch: <T = unknown>(path: string, body?: unknown, options: ActOptions = {}): Promise<T> => send<T>('PATCH', path, body, options),
  delete: <T = unknown>(path: string, body?: unknown, options: ActOptions = {}): Promise<T> => send<T>('DELETE', path, body, options),
  upload,
}

/** Address of an API path with its query, for links that download. */
export function apiUrl(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '') continue
    if (typeof value === 'object') for (const v of value) search.append(name, v)
    else search.set(name, String(value))
  }
  const text = search.toString()
  return text === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${text}`
}

/** Starts a download by the browser itself, which streams it to disk and needs no memory of ours. */
export function download(path: string, query: Query = {}): void {
  const link = document.createElement('a')
  link.href = apiUrl(path, { ...query, lang: language() })
  link.download = ''
  document.body.append(link)
  link.click()
  link.remove()
}

/** A key for one submission: 122 random bits. Works without a secure context, where randomUUID is absent. */
export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')
}

async function send<T>(method: string, path: string, body: unknown, options: ActOptions): Promise<T> {
  const key = method === 'GET' ? undefined : (options.idempotencyKey ?? newKey())
  try {
    return await attempt<T>(method, path, body, options, key)
  } catch (error) {
    // signing in again in another tab gives a new token: read it and send the same act once more
    if (method !== 'GET' && error instanceof ApiError && error.code === 'CSRF' && (await refreshCsrf())) {
      return attempt<T>(method, path, body, options, key)
    }
    if (method === 'GET' && error instanceof ApiError && error.status === 401 && path !== '/api/session') onSignedOut()
    throw error
  }
}

async function attempt<T>(method: string, path: string, body: unknown, options: ActOptions, key: string | undefined): Promise<T> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  let response: Response
  let text: string
  try {
    response = await fetch(apiUrl(path, options.query), {
      method,
      credentials: 'same-origin',
      headers: {
        ...headersFor(key),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]),
    })
    text = await response.text()
  } catch (error) {
    if (options.signal?.aborted) throw error
    throw timeout.aborted ? timeoutError() : networkError()
  }
  if (!response.ok) throw problemFrom(response.status, response.headers.get('content-type'), text, response.headers.get('retry-after'))
  return read<T>(response.status, response.headers.get('content-type'), text)
}

function headersFor(key: string | undefined): Record<string, string> {
  return {
    accept: 'application/json',
    'accept-language': language() === 'zh' ? 'zh-CN' : 'en',
    ...(key !== undefined && { 'idempotency-key': key }),
    ...(key !== undefined && token !== undefined && { 'x-csrf-token': token }),
  }
}

function read<T>(status: number, contentType: string | null, text: string): T {
  if (status === 204 || text === '') return undefined as T
  if (contentType?.includes('json')) {
    try {
      return JSON.parse(text) as T
    } catch {
      // told below
    }
  }
  throw problemFrom(status, null, '', null)
}

async function refreshCsrf(): Promise<boolean> {
  try {
    const session = await attempt<{ csrfToken: string }>('GET', '/api/session', undefined, {}, undefined)
    const changed = session.csrfToken !== token
    token = session.csrfToken
    return changed
  } catch {
    return false
  }
}

/**
 * Sends a file as multipart field `file`, or a whole FormData, with progress (which fetch cannot tell).
 * @throws ApiError, or AbortError when the signal fires
 */
function upload<T = unknown>(path: string, file: File | FormData, options: UploadOptions = {}): Promise<T> {
  const form = file instanceof FormData ? file : new FormData()
  if (file instanceof File) form.append('file', file, file.name)
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(options.method ?? 'POST', apiUrl(path, options.query))
    for (const [name, value] of Object.entries(headersFor(options.idempotencyKey ?? newKey()))) request.setRequestHeader(name, value)
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) options.onProgress?.(event.loaded / event.total)
    })
    request.addEventListener('error', () => reject(networkError()))
    request.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')))
    request.addEventListener('load', () => {
      const type = request.getResponseHeader('content-type')
      if (request.status < 200 || request.status > 299) {
        reject(problemFrom(request.status, type, request.responseText, request.getResponseHeader('retry-after')))
        return
      }
      try {
        resolve(read<T>(request.status, type, request.responseText))
      } catch (error) {
        reject(error)
      }
    })
    options.signal?.addEventListener('abort', () => request.abort(), { once: true })
    request.send(form)
  })
}
