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

/** How a problem is told where a standard has its own words and forms for it. */
export interface ProblemForm {
  /** `type` of the problem, where a standard names it. */
  readonly type?: string
  /** As XML (RFC 7807, appendix A) rather than JSON. */
  readonly xml?: boolean
}

export function sendProblem(reply: FastifyReply, error: AppError, locale: Locale, form: ProblemForm = {}): FastifyReply {
  if ('seconds' in error.params) void reply.header('retry-after', String(error.params['seconds']))
  const problem = problemOf(error, locale, form.type)
  return reply
    .code(error.entry.status)
    .type(`application/problem+${form.xml === true ? 'xml' : 'json'}; charset=utf-8`)
    .send(form.xml === true ? problemXml(problem) : JSON.stringify(problem))
}

/** A problem in the XML of RFC 7807, appendix A: members are elements, members of a list are called `i`. */
export function problemXml(problem: Problem): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<problem xmlns="urn:ietf:rfc:7807">${xmlMembers(problem)}</problem>`
}

/** Values as XML elements: a name and what is inside; absent values are left out. Names are ours, contents anybody's. */
export function xmlMembers(value: object, item = 'i'): string {
  const element = (name: string, content: unknown): string => {
    if (content === undefined || content === null) return ''
    if (Array.isArray(content)) return `<${name}>${content.map((c) => element(item, c)).join('')}</${name}>`
    return `<${name}>${typeof content === 'object' ? xmlMembers(content, item) : xmlText(String(content))}</${name}>`
  }
  return Object.entries(value)
    .map(([name, content]) => element(name, content))
    .join('')
}

/** Text of an XML document: what XML 1.0 cannot hold becomes the replacement character. */
export function xmlText(text: string): string {
  return (
    text
      .toWellFormed()
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
      .replace(/"/g, '&quot;')
      .replace(/\r/g, '&#13;')
  )
}
