import { fill, type Locale, type Words } from '../errors.ts'

/** Why data does not follow the GS1 standards, in words. `{ai}`, `{detail}` and `{at}` (counted from 1) are filled in. */
export const GS1_FAULTS = {
  // Characters
  'not-digit': { zh: '第 {at} 位不是数字', en: 'character {at} is not a digit' },
  'not-cset82': { zh: '第 {at} 位不在 GS1 82 字符集中', en: 'character {at} is not in GS1 character set 82' },
  'not-cset39': { zh: '第 {at} 位不在 GS1 39 字符集中', en: 'character {at} is not in GS1 character set 39' },
  'not-cset64': { zh: '第 {at} 位不在 base64url 字符集中', en: 'character {at} is not in the base64url set' },
  'not-cset32': { zh: '第 {at} 位不能作校验字符', en: 'character {at} cannot be a check character' },
  'cset64-padding': { zh: 'base64url 的填充不正确', en: 'the padding of the base64url data is wrong' },
  'percent-sequence': { zh: '第 {at} 位的百分号编码不完整', en: 'the percent sequence at character {at} is not whole' },
  'no-non-digit': { zh: '至少要有一个非数字字符', en: 'there must be at least one character that is not a digit' },
  'null-character': { zh: '含空字符', en: 'contains a null character' },
  caret: { zh: '数据中不能出现 ^', en: 'data may not contain ^' },
  // Keys
  'check-digit': { zh: '校验位不正确', en: 'the check digit is wrong' },
  'check-digit-too-short': { zh: '太短，没有校验位', en: 'too short to have a check digit' },
  'check-pair': { zh: '校验字符对不正确', en: 'the check character pair is wrong' },
  'check-pair-too-short': { zh: '太短，没有校验字符对', en: 'too short to have a check character pair' },
  'check-pair-too-long': { zh: '太长，无法计算校验字符对', en: 'too long for a check character pair' },
  'company-prefix': { zh: '不是以 GS1 厂商识别代码开头', en: 'does not begin with a GS1 Company Prefix' },
  'company-prefix-too-short': { zh: '太短，容不下 GS1 厂商识别代码', en: 'too short for a GS1 Company Prefix' },
  'company-prefix-offline': { zh: '厂商识别代码的数据来源不可用', en: 'the source of GS1 Company Prefixes is not available' },
  'importer-index': { zh: '进口商索引须为一个字母、数字、- 或 _', en: 'an importer index is one letter, digit, - or _' },
  // Numbers
  'zero-value': { zh: '不能为零', en: 'must not be zero' },
  'not-zero': { zh: '须全为零', en: 'must be zero' },
  'zero-prefix': { zh: '不能以零开头', en: 'must not begin with zero' },
  'not-yes-no': { zh: '须为 0 或 1', en: 'must be 0 or 1' },
  winding: { zh: '卷绕方向须为 0、1 或 9', en: 'a winding direction is 0, 1 or 9' },
  hyphen: { zh: '须为连字符', en: 'must be a hyphen' },
  'piece-length': { zh: '件号与总件数的位数须相同', en: 'piece number and total must have as many digits' },
  'zero-piece': { zh: '件号不能为零', en: 'the piece number must not be zero' },
  'zero-total': { zh: '总数不能为零', en: 'the total must not be zero' },
  'piece-exceeds-total': { zh: '件号大于总数', en: 'the piece number exceeds the total' },
  'position-format': { zh: '须写作“序号/总数”', en: 'must be written position/total' },
  latitude: { zh: '纬度须为 10 位数字，不超过 1800000000', en: 'a latitude has 10 digits up to 1800000000' },
  longitude: { zh: '经度须为 10 位数字，不超过 3600000000', en: 'a longitude has 10 digits up to 3600000000' },
  // Code lists
  country: { zh: '不是 ISO 3166 国家（地区）数字代码', en: 'not a numeric country code of ISO 3166' },
  'country-or-999': { zh: '不是 ISO 3166 国家（地区）数字代码或 999', en: 'neither a numeric country code of ISO 3166 nor 999' },
  'country-alpha2': { zh: '不是 ISO 3166 两位字母代码', en: 'not a two-letter country code of ISO 3166' },
  currency: { zh: '不是 ISO 4217 数字货币代码', en: 'not a numeric currency code of ISO 4217' },
  sex: { zh: '不是 ISO 5218 性别代码', en: 'not a code of ISO 5218' },
  'media-type': { zh: '不是 AIDC 介质类型代码', en: 'not a code of an AIDC media type' },
  'package-type': { zh: '不是包装类型代码', en: 'not a package type code' },
  'iban-too-short': { zh: 'IBAN 太短', en: 'too short for an IBAN' },
  'iban-too-long': { zh: 'IBAN 太长', en: 'too long for an IBAN' },
  'iban-character': { zh: 'IBAN 只含大写字母和数字', en: 'an IBAN has capital letters and digits only' },
  'iban-country': { zh: 'IBAN 的国家代码不正确', en: 'the country code of the IBAN is wrong' },
  'iban-checksum': { zh: 'IBAN 的校验码不正确', en: 'the checksum of the IBAN is wrong' },
  // Dates and times
  'date-length': { zh: '日期位数不正确', en: 'a date of the wrong length' },
  month: { zh: '月份不正确', en: 'no such month' },
  day: { zh: '日期不存在', en: 'no such day' },
  'time-length': { zh: '时间位数不正确', en: 'a time of the wrong length' },
  hour: { zh: '小时不正确', en: 'no such hour' },
  minute: { zh: '分钟不正确', en: 'no such minute' },
  second: { zh: '秒不正确', en: 'no such second' },
  // North American coupons; {detail} names the field
  'coupon-missing': { zh: '优惠券缺少 {detail}', en: 'the coupon lacks {detail}' },
  'coupon-invalid': { zh: '优惠券的 {detail} 不正确', en: '{detail} of the coupon is invalid' },
  'coupon-truncated': { zh: '优惠券的 {detail} 不完整', en: '{detail} of the coupon is cut short' },
  'coupon-dates': { zh: '优惠券在开始之前已到期', en: 'the coupon expires before it starts' },
  'coupon-excess': { zh: '优惠券末尾有多余数据', en: 'the coupon has data after its end' },
  // Element strings
  empty: { zh: '没有数据', en: 'there is no data' },
  'too-long': { zh: '输入太长', en: 'the input is too long' },
  'no-fnc1': { zh: '须以 FNC1（^ 或 GS）开头', en: 'must begin with FNC1 (^ or GS)' },
  'unknown-ai': { zh: '没有应用标识符 {detail}', en: 'there is no application identifier {detail}' },
  bracket: { zh: '应用标识符须写在括号内，其后须有数据', en: 'an application identifier in brackets and its data are expected' },
  'value-empty': { zh: '({ai}) 没有数据', en: '({ai}) has no data' },
  'value-too-short': { zh: '({ai}) 的数据太短', en: 'the data of ({ai}) are too short' },
  'value-too-long': { zh: '({ai}) 的数据太长', en: 'the data of ({ai}) are too long' },
  'value-length': { zh: '({ai}) 的数据长度不正确', en: 'the data of ({ai}) have a wrong length' },
  'too-many-elements': { zh: '数据项太多', en: 'there are too many elements' },
  'ai-pair': { zh: '({ai}) 不能与 ({detail}) 同时出现', en: '({ai}) may not stand beside ({detail})' },
  'ai-required': { zh: '({ai}) 须与 {detail} 同时出现', en: '({ai}) must stand beside {detail}' },
  'ai-repeated': { zh: '({ai}) 出现多次且数据不同', en: '({ai}) is there more than once with different data' },
  'serial-required': { zh: '有数字签名时 ({ai}) 须含序列号', en: '({ai}) must have a serial component beside a digital signature' },
  // Digital Links
  'uri-character': { zh: '第 {at} 位不能出现在网址中', en: 'character {at} may not stand in an address' },
  'uri-scheme': { zh: '须以 http:// 或 https:// 开头', en: 'must begin with http:// or https://' },
  'uri-domain': { zh: '网址没有域名或路径', en: 'the address has no domain or no path' },
  'domain-character': { zh: '域名第 {at} 位的字符不允许', en: 'character {at} may not stand in a domain name' },
  'no-key': { zh: '路径中没有 GS1 主键', en: 'there is no GS1 primary key in the path' },
  'qualifier-sequence': { zh: '主键限定符不适用或顺序不对', en: 'the key qualifiers do not fit the key or are out of order' },
  'query-unknown-ai': {
    zh: '查询参数 {detail} 是数字却不是应用标识符',
    en: 'the query parameter {detail} is numeric but no application identifier',
  },
  'not-attribute': { zh: '({ai}) 不能放在查询参数中', en: '({ai}) may not be a data attribute' },
  'belongs-in-path': { zh: '({ai}) 应放在路径中', en: '({ai}) belongs in the path' },
  'duplicate-ai': { zh: '({ai}) 重复', en: '({ai}) is there twice' },
  // Scan data
  'symbology-missing': { zh: '缺少码制标识符', en: 'the symbology identifier is missing' },
  'symbology-unsupported': { zh: '不支持的码制标识符 {detail}', en: 'the symbology identifier {detail} is not supported' },
  'primary-length': { zh: '条码须为 {detail} 位数字', en: 'the bar code must have {detail} digits' },
  // EPC URNs and binary strings
  'urn-scheme': { zh: '不认识的 EPC 方案 {detail}', en: 'unknown EPC scheme {detail}' },
  'urn-syntax': { zh: 'EPC URN 的 {detail} 不正确', en: '{detail} of the EPC URN is wrong' },
  'urn-length': { zh: '厂商识别代码与参考号的位数之和不正确', en: 'company prefix and reference do not add up to the right length' },
  'no-digital-link': { zh: 'EPC 方案 {detail} 没有对应的 Digital Link', en: 'the EPC scheme {detail} has no Digital Link' },
  'no-epc': { zh: '({ai}) 没有对应的 EPC', en: '({ai}) has no EPC' },
  'prefix-length': {
    zh: '不知道厂商识别代码的位数，或位数不在 6 至 12 之间',
    en: 'the length of the company prefix is not known or not 6 to 12',
  },
  'binary-header': { zh: '不认识的 EPC 头 {detail}', en: 'unknown EPC header {detail}' },
  'binary-truncated': { zh: 'EPC 二进制数据不完整', en: 'the EPC binary string is cut short' },
  'binary-value': { zh: 'EPC 二进制数据的 {detail} 不正确', en: '{detail} of the EPC binary string is invalid' },
  'binary-fit': { zh: '{detail} 不能用此 EPC 方案编码', en: '{detail} does not fit this EPC scheme' },
  'binary-text': { zh: '不是十六进制或 base64url 的 EPC 数据', en: 'not an EPC binary string in hexadecimal or base64url' },
} as const satisfies Readonly<Record<string, Words>>

export type Gs1FaultCode = keyof typeof GS1_FAULTS

/** What is wrong, and where. */
export interface Gs1Fault {
  readonly code: Gs1FaultCode
  /** Where it begins, in UTF-16 units from 0: in the data of `ai` when that is set, otherwise in the whole input. */
  readonly at: number
  /** How many characters are wrong; 0 when something is missing. */
  readonly length: number
  readonly ai?: string
  readonly detail?: string
}

export type Result<T> = ({ readonly ok: true } & T) | { readonly ok: false; readonly fault: Gs1Fault }

export function refuse(
  code: Gs1FaultCode,
  at = 0,
  length = 0,
  more: { ai?: string; detail?: string } = {},
): { ok: false; fault: Gs1Fault } {
  return { ok: false, fault: { code, at, length, ...more } }
}

/** A fault found in a part of the input that begins at `by`; places in the data of an identifier stay as they are. */
export function shifted(fault: Gs1Fault, by: number): Gs1Fault {
  return by === 0 || fault.ai !== undefined ? fault : { ...fault, at: fault.at + by }
}

/** A fault in words, for example `(01): the check digit is wrong`. */
export function describeFault(fault: Gs1Fault, locale: Locale): string {
  const words: string = GS1_FAULTS[fault.code][locale]
  const text = fill(words, { ai: fault.ai ?? '', detail: fault.detail ?? '', at: fault.at + 1 })
  return fault.ai === undefined || words.includes('{ai}') ? text : locale === 'zh' ? `(${fault.ai})：${text}` : `(${fault.ai}): ${text}`
}
