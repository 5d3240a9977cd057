import { type AppError, type ErrorTable, refuser } from '../../kernel/errors.ts'

export const RESOLVER_ERRORS = {
  NOT_A_DIGITAL_LINK: {
    status: 400,
    zh: '这不是有效的 GS1 Digital Link：{zh}。',
    en: 'This is not a valid GS1 Digital Link: {en}.',
  },
  UNKNOWN_ENTITY: { status: 404, zh: '这里没有关于该标识的信息。', en: 'Nothing is known here about this identifier.' },
  UNKNOWN_LINK_TYPE: {
    status: 404,
    zh: '该标识没有此类型（{linkType}）的链接；用 linkType=linkset 可查看全部链接。',
    en: 'This identifier has no link of the type {linkType}; linkType=linkset lists those that it has.',
  },
  RESOLVER_TOO_FAST: {
    status: 429,
    zh: '请求过于频繁，请在 {seconds} 秒后重试。',
    en: 'Too many requests: try again in {seconds} seconds.',
  },
  LINK_DIGITAL_LINK_INVALID: {
    status: 400,
    zh: '标识有误：{zh}。',
    en: 'The identifier is not right: {en}.',
  },
  LINK_SERIAL_ALONE: {
    status: 400,
    zh: '单品（序列号）的链接不能再带批号或变体，请只写 01 与 21。',
    en: 'A link of one item (serial) may carry neither batch nor variant: give 01 and 21 only.',
  },
  LINK_KEY_NOT_OPEN: {
    status: 403,
    zh: '企业只能为自己的商品（GTIN、ITIP）登记链接；其他标识请联系平台。',
    en: 'Organisations register links for their own products (GTIN, ITIP); ask the platform for other identifiers.',
  },
  LINK_PRODUCT_UNKNOWN: {
    status: 404,
    zh: '贵企业没有商品条码为 {gtin} 的产品。',
    en: 'Your organisation has no product with the barcode {gtin}.',
  },
  LINK_ITEM_UNKNOWN: {
    status: 404,
    zh: '没有这件单品，或不属于您的企业。',
    en: 'There is no such item, or it is not yours.',
  },
  LINK_DEFAULT_IS_SCAN_PAGE: {
    status: 409,
    zh: '单品的默认链接固定为查询页，不能更改；可登记其他类型的链接。',
    en: 'The default link of an item is its check page and cannot be changed; links of other types can be registered.',
  },
  LINK_HREF_INVALID: {
    status: 400,
    zh: '目标网址无效：须为 http 或 https，主机为公开域名，不含账号、空格。',
    en: 'The target is not valid: it must be http or https, on a public host name, without credentials or spaces.',
  },
  LINK_HREF_LOOPS: {
    status: 400,
    zh: '目标网址又指回本平台的解析地址，会循环跳转。',
    en: 'The target is an address that this platform resolves itself: the redirect would not end.',
  },
  LINK_VALIDITY: { status: 400, zh: '失效时间须晚于生效时间。', en: 'A link must end after it begins.' },
  LINK_EXISTS: {
    status: 409,
    zh: '该标识已有相同类型、相同目标的链接。',
    en: 'This identifier has a link of this type to this target already.',
  },
  LINK_DEFAULT_TAKEN: {
    status: 409,
    zh: '默认链接刚被他人修改，请重试。',
    en: 'Somebody else has just changed the default link: try again.',
  },
  LINK_LIMIT_ENTITY: {
    status: 409,
    zh: '一个标识最多登记 {max} 条链接，请先删除不用的。',
    en: 'One identifier may have {max} links: remove those that are not used.',
  },
  LINK_LIMIT_ORGANISATION: {
    status: 409,
    zh: '贵企业最多登记 {max} 条链接，请先删除不用的。',
    en: 'Your organisation may have {max} links: remove those that are not used.',
  },
} as const satisfies ErrorTable

export const fail = refuser(RESOLVER_ERRORS)

/** A refusal that belongs to one field of the form. */
export function failAt(pointer: string, code: keyof typeof RESOLVER_ERRORS): AppError {
  const { zh, en } = RESOLVER_ERRORS[code]
  return fail(code, {}, [{ pointer, code, zh, en }])
}

export const RESOLVER_CONSTRAINTS: ReadonlyMap<string, () => AppError> = new Map<string, () => AppError>([
  ['resolver_link_same_key', () => fail('LINK_EXISTS')],
  ['resolver_link_default_key', () => fail('LINK_DEFAULT_TAKEN')],
  ['resolver_link_validity_check', () => fail('LINK_VALIDITY')],
])
