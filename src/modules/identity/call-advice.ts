import type { Words } from '../../kernel/errors.ts'

/**
 * What whoever connects a system does about a refusal, by its stable code where there is more to say than its own words
 * tell, and by its status otherwise.
 */
export function adviceOf(status: number, code: string): Words | undefined {
  if (status < 400) return undefined
  return BY_CODE[code] ?? BY_STATUS[status] ?? (status >= 500 ? OURS : YOURS)
}

const OURS: Words = {
  zh: '这是我们的问题。用同一个 Idempotency-Key 重试是安全的；若持续出现，请把请求编号发给平台运营方。',
  en: 'This is ours. Trying again with the same Idempotency-Key is safe; if it stays, send the request’s id to the platform’s operator.',
}
const YOURS: Words = {
  zh: '按上面的说明修改请求再发。原样重试会得到同样的结果。',
  en: 'Correct the request as it says above. Sending it again as it is gives the same answer.',
}

const BY_CODE: Readonly<Record<string, Words>> = {
  API_KEY_ADDRESS: {
    zh: '请求来自未登记的网络地址。把该地址加入密钥的允许列表（新建一把密钥），或从登记的地址发出。',
    en: 'The call came from an address that the key does not allow. Make a key that allows it, or call from an address that is listed.',
  },
  FORBIDDEN: {
    zh: '密钥缺少此项权限。权限在创建时确定：请新建一把带有该权限的密钥，再撤销这一把。',
    en: 'The key lacks this scope. Scopes are fixed when a key is made: make another one with it and revoke this one.',
  },
  ORGANISATION_NOT_VERIFIED: {
    zh: '企业未通过审核或已暂停；沙盒重置后旧密钥也会如此。',
    en: 'The organisation is not verified, or suspended.',
  },
  IDEMPOTENCY_KEY_MISSING: {
    zh: '为每个新的业务动作生成一个 Idempotency-Key（如 UUID），重试时沿用。',
    en: 'Make an Idempotency-Key (a UUID, for instance) for each new act and keep it for its retries.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    zh: '同一个 Idempotency-Key 只能对应一个请求。新的动作请换新的。',
    en: 'One Idempotency-Key stands for one request. A new act takes a new one.',
  },
  EVENT_EXISTS: {
    zh: '该事件已经采集过，通常是重复发送，可以当作成功处理。',
    en: 'The event was captured before, most likely by an earlier try: treat it as done.',
  },
  NOT_FOUND: {
    zh: '编号不存在，或属于其他企业。沙盒与正式环境的编号、密钥互不相通。',
    en: 'There is no such thing, or it belongs to others. Ids and keys of the sandbox and of the earnest world know nothing of each other.',
  },
  NO_ROUTE: {
    zh: '核对地址与方法；全部接口见 /api/openapi.json。',
    en: 'Compare address and method with /api/openapi.json.',
  },
  GOODS_STATE: {
    zh: '货物此刻的状态不允许该动作。用追溯查看它最近的事件，确认顺序（先激活、再装箱、再发货）。',
    en: 'The goods are not in a state for this act. Trace them to see their last events, and mind the order: activate, pack, ship.',
  },
  SSCC_NOT_OF_SANDBOX: {
    zh: '在沙盒中请用沙盒的厂商识别代码编制箱码，见 GET /api/sandbox。',
    en: 'In a sandbox, make SSCCs with its own company prefix: GET /api/sandbox tells it.',
  },
}

const BY_STATUS: Readonly<Record<number, Words>> = {
  400: {
    zh: '请求的内容或格式有误：按下列字段修改后再发，原样重试没有用。',
    en: 'The request is not well formed: correct the fields below. Sending it again as it is does not help.',
  },
  406: { zh: '调整 Accept 与 GS1-* 请求头。', en: 'Change the Accept and GS1-* headers of the request.' },
  413: { zh: '把内容分成几份发送。', en: 'Send it in parts.' },
  415: { zh: '检查 Content-Type 请求头。', en: 'Look at the Content-Type header.' },
  429: {
    zh: '放慢，并在 Retry-After 所说的秒数之后再试。',
    en: 'Slow down, and try again after the seconds that Retry-After tells.',
  },
  503: {
    zh: '系统繁忙，什么都没有执行。在 Retry-After 之后用同一个 Idempotency-Key 重试。',
    en: 'The system is busy and nothing was done. Try again after Retry-After, with the same Idempotency-Key.',
  },
}
