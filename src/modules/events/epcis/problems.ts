import { type AppError, type ErrorTable, refuser } from '../../../kernel/errors.ts'

export const EPCIS_ERRORS = {
  DOCUMENT_INVALID: {
    status: 400,
    zh: '文档不是有效的 EPCIS 2.0 文档：{reason}',
    en: 'The document is not a valid EPCIS 2.0 document: {reason}',
  },
  QUERY_INVALID: { status: 400, zh: '查询无效：{reason}', en: 'The query is not valid: {reason}' },
  PARAMETER_INVALID: { status: 400, zh: '查询参数 {name} 无效：{reason}', en: 'The query parameter {name} is not valid: {reason}' },
  BAD_PAGE_TOKEN: { status: 400, zh: '翻页标记无效或属于另一个查询。', en: 'The page token is not valid, or belongs to another query.' },
  PAGE_TOKEN_EXPIRED: {
    status: 400,
    zh: '翻页标记已过期，请从第一页重新查询。',
    en: 'The page token has expired: ask again from the first page.',
  },
  NO_SUCH_RESOURCE: { status: 404, zh: '没有这个资源，或它不属于您。', en: 'There is no such resource, or it is not yours.' },
  NO_SUCH_QUERY: { status: 404, zh: '没有名为 {name} 的查询。', en: 'There is no query called {name}.' },
  NO_SUCH_SUBSCRIPTION: { status: 404, zh: '没有这个订阅。', en: 'There is no such subscription.' },
  NOT_ACCEPTABLE: { status: 406, zh: '只能以 JSON、JSON-LD 或 XML 应答。', en: 'Answers come as JSON, JSON-LD or XML only.' },
  FORMAT_UNKNOWN: {
    status: 406,
    zh: '不能满足请求头 {header}: {value}。',
    en: 'The request header {header}: {value} cannot be satisfied.',
  },
  QUERY_EXISTS: { status: 409, zh: '已有名为 {name} 的查询。', en: 'There is a query called {name} already.' },
  CAPTURE_LIMIT: {
    status: 413,
    zh: '文档超过限额，请分成几份发送：{limit}',
    en: 'The document is over the limit, send it in parts: {limit}',
  },
  QUERY_TOO_LARGE: { status: 413, zh: '结果多于 {limit} 个事件。', en: 'There are more than {limit} events.' },
  QUERY_TOO_COMPLEX: { status: 413, zh: '查询过于复杂（最多 {limit} 个取值）。', en: 'The query is too complex: {limit} values at most.' },
  URI_TOO_LONG: { status: 414, zh: '地址过长；请改用命名查询。', en: 'The address is too long: use a named query.' },
  MEDIA_TYPE: {
    status: 415,
    zh: '请以 application/json、application/ld+json 或 application/xml 发送。',
    en: 'Send it as application/json, application/ld+json or application/xml.',
  },
  DESTINATION_INVALID: { status: 400, zh: '不能向 {dest} 推送：{reason}', en: 'Events cannot be sent to {dest}: {reason}' },
  SCHEDULE_INVALID: { status: 400, zh: '订阅的计划无效：{reason}', en: 'The schedule of the subscription is not valid: {reason}' },
  SOCKETS_TOO_MANY: {
    status: 429,
    zh: '一个企业最多同时打开 {limit} 个订阅连接。',
    en: 'An enterprise may have {limit} subscription sockets open at a time.',
  },
  QUERY_FAILED: { status: 500, zh: '查询失败，已记录。', en: 'The query failed, and it is recorded.' },
} as const satisfies ErrorTable

export const epcisFail = refuser(EPCIS_ERRORS)

/** `type` of a problem, in the standard's own words (EPCIS 2.0 REST binding, RFC 7807 bodies). */
export function epcisException(error: AppError): string {
  return `epcisException:${nameOf(error)}Exception`
}

function nameOf(error: AppError): string {
  switch (error.code) {
    case 'QUERY_INVALID':
      return 'QueryValidation'
    case 'PARAMETER_INVALID':
    case 'BAD_PAGE_TOKEN':
    case 'PAGE_TOKEN_EXPIRED':
      return 'QueryParameter'
    case 'SCHEDULE_INVALID':
    case 'DESTINATION_INVALID':
      return 'SubscriptionControls'
    case 'NO_SUCH_QUERY':
    case 'NO_SUCH_SUBSCRIPTION':
      return 'NoSuchName'
    case 'QUERY_TOO_LARGE':
      return 'QueryTooLarge'
    case 'QUERY_TOO_COMPLEX':
      return 'QueryTooComplex'
    case 'EVENT_EXISTS':
    case 'QUERY_EXISTS':
      return 'ResourceAlreadyExists'
  }
  switch (error.entry.status) {
    case 401:
    case 403:
      return 'Security'
    case 404:
      return 'NoSuchResource'
    case 406:
      return 'NotAcceptable'
    case 413:
      return 'CaptureLimitExceeded'
    case 414:
      return 'URITooLong'
    case 415:
      return 'UnsupportedMediaType'
    case 400:
    case 409:
    case 422:
      return 'Validation'
    default:
      return 'Implementation'
  }
}
