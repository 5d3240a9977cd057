import type { FastifyReply } from 'fastify'
import { AppError, type Locale, paramsIn } from '../../kernel/errors.ts'

/** An RFC 9457 problem as this API sends it; `code` is stable, the words follow the reader's language. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[]
}

export function problemOf(error: AppError, locale: Locale, type?: string): Problem {
  const words = error.words(locale)
  return {
    type: type ?? `urn:suzhen:error:${error.code.toLowerCase().replaceAll('_', '-')}`,
    title: words.split(/[。:：]/, 1)[0]!,
    status: error.entry.status,
    detail: words,
    code: error.code,
    ...(Object.keys(error.params).length > 0 && {
      params: Object.fromEntries(
        Object.entries(paramsIn(error.params, locale)).map(([k, v]) => [k, typeof v === 'bigint' ? Number(v) : v]),
      ),
    }),
    ...(error.fields.length > 0 && {
      errors: error.fields.map((f) => ({ pointer: f.pointer, code: f.code, detail: f[locale] })),
    }),
  }
}

/** @param type `type` of the problem where a standard names it */
export function sendProblem(reply: FastifyReply, error: AppError, locale: Locale, type?: string): FastifyReply {
  if ('seconds' in error.params) void reply.header('retry-after', String(error.params['seconds']))
  return reply
    .code(error.entry.status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemOf(error, locale, type)))
}
