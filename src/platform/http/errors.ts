import { type ErrorTable, refuser } from '../../kernel/errors.ts'

export const HTTP_ERRORS = {
  VALIDATION: { status: 400, zh: '提交的内容有误，请按各字段的提示修改。', en: 'Some fields are not right: see what each one says.' },
  BAD_JSON: { status: 400, zh: '请求体不是有效的 JSON。', en: 'The request body is not valid JSON.' },
  JSON_TOO_DEEP: {
    status: 400,
    zh: '请求体嵌套过深，最多 {limit} 层。',
    en: 'The request body is nested too deeply: {limit} levels at most.',
  },
  BAD_ADDRESS: {
    status: 400,
    zh: '这个地址写法有误（百分号编码无效或过长），请核对后重试。',
    en: 'This address is not well formed (bad percent encoding, or too long): compare it and try again.',
  },
  BAD_CURSOR: {
    status: 400,
    zh: '翻页标记无效，请从第一页重新开始。',
    en: 'The page token is not valid: start again from the first page.',
  },
  BAD_FILTER: { status: 400, zh: '筛选条件「{filter}」无效。', en: 'The filter "{filter}" is not valid.' },
  NOT_SIGNED_IN: { status: 401, zh: '请先登录。', en: 'Please sign in.' },
  CSRF: {
    status: 403,
    zh: '请求来源无法确认，请刷新页面后重试。',
    en: 'The origin of this request could not be confirmed: reload the page and try again.',
  },
  FORBIDDEN: { status: 403, zh: '您没有此项权限（{permission}）。', en: 'You do not have the permission {permission}.' },
  NOT_FOUND: { status: 404, zh: '没有找到，或不属于您的企业。', en: 'Not found, or not yours to see.' },
  NO_ROUTE: { status: 404, zh: '没有这个地址。', en: 'There is no such address.' },
  METHOD_NOT_ALLOWED: { status: 405, zh: '该地址不支持此方法。', en: 'This address does not support that method.' },
  CONFLICT: { status: 409, zh: '内容已被他人修改，请刷新后重试。', en: 'Somebody else has changed this meanwhile: reload and try again.' },
  ALREADY_EXISTS: { status: 409, zh: '已存在相同的记录。', en: 'The same record exists already.' },
  BODY_TOO_LARGE: { status: 413, zh: '内容过大，上限为 {limit}。', en: 'Too large: the limit is {limit}.' },
  UNSUPPORTED_MEDIA: { status: 415, zh: '不支持的内容类型。', en: 'This content type is not supported.' },
  IDEMPOTENCY_KEY_MISSING: {
    status: 400,
    zh: '此操作需要 Idempotency-Key 请求头（1 至 200 个可见 ASCII 字符，不含空格），以免重复提交。',
    en: 'This act needs an Idempotency-Key header (1 to 200 visible ASCII characters, no spaces), so that sending it twice acts once.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    zh: '该 Idempotency-Key 已用于另一个不同的请求。',
    en: 'This Idempotency-Key was used for a different request already.',
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    zh: '请求过于频繁，请在 {seconds} 秒后再试。',
    en: 'Too many requests: try again in {seconds} seconds.',
  },
  INTERNAL: {
    status: 500,
    zh: '系统出错，已记录（编号 {requestId}）。请稍后重试。',
    en: 'Something broke on our side; it is recorded as {requestId}. Please try again later.',
  },
  BUSY: {
    status: 503,
    zh: '系统繁忙，请在 {seconds} 秒后重试。您的操作尚未执行。',
    en: 'The system is busy: try again in {seconds} seconds. Nothing was done.',
  },
} as const satisfies ErrorTable

export const httpFail = refuser(HTTP_ERRORS)
