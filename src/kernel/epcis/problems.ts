/**
 * What can be wrong with a document or a query: a closed table of stable codes with words in both languages. Faults are collected
 * with a JSON Pointer (RFC 6901) into the JSON form of the document, also for XML; a document that cannot be read at all throws an
 * `EpcisProblem`.
 */
import { type ErrorParams, type FieldFault, fill, type Words } from '../errors.ts'

export const EPCIS_WORDS = {
  // the document as a text
  'document-too-large': { zh: '文档过大：上限 {limit} 字节', en: 'The document is too large: the limit is {limit} bytes' },
  'document-too-deep': { zh: '文档嵌套过深：上限 {limit} 层', en: 'The document is nested too deeply: the limit is {limit} levels' },
  'not-json': { zh: '不是有效的 JSON：{reason}', en: 'Not valid JSON: {reason}' },
  'not-xml': {
    zh: '不是格式良好的 XML（第 {line} 行第 {column} 列）：{reason}',
    en: 'Not well-formed XML (line {line}, column {column}): {reason}',
  },
  'xml-document-type': {
    zh: 'XML 中不允许文档类型声明的内部子集或外部标识（第 {line} 行）',
    en: 'A document type with an internal subset or an external identifier is not allowed (line {line})',
  },
  'xml-entity': {
    zh: '不允许实体引用 &{name};（第 {line} 行），只允许 XML 预定义的五个和字符引用',
    en: 'The entity reference &{name}; is not allowed (line {line}); only the five of XML itself and character references are',
  },
  'xml-limit': { zh: 'XML 的{what}超过上限 {limit}（第 {line} 行）', en: 'The {what} of the XML exceeds the limit {limit} (line {line})' },
  'encoding-not-supported': {
    zh: '不支持的字符编码 {encoding}，请使用 UTF-8 或 UTF-16',
    en: 'The encoding {encoding} is not supported; use UTF-8 or UTF-16',
  },
  'not-epcis': { zh: '不是 EPCIS 文档：{found}', en: 'Not an EPCIS document: {found}' },
  'not-expressible': { zh: '{what} 无法用 {format} 表示', en: '{what} cannot be expressed in {format}' },
  'duplicate-name': { zh: '同一对象中有重复的名称', en: 'An object has the same name twice' },
  'forbidden-name': { zh: '不允许的名称 {name}', en: 'The name {name} is not allowed' },
  'too-many-events': { zh: '事件数 {found} 超过上限 {limit}', en: '{found} events exceed the limit of {limit}' },
  'too-many-values': { zh: '该事件的值过多：上限 {limit}', en: 'The event holds too many values: the limit is {limit}' },
  'more-faults': { zh: '还有更多错误，只列出前 {limit} 个', en: 'There are more faults; only the first {limit} are listed' },
  // contexts
  'remote-context': {
    zh: '不会获取远程上下文 {context}；请使用 EPCIS 2.0 上下文和内联前缀',
    en: 'The remote context {context} is not fetched; use the EPCIS 2.0 context and prefixes inline',
  },
  'bad-context': { zh: '无法理解的上下文条目 {name}', en: 'The context entry {name} is not understood' },
  'protected-term': { zh: '上下文重新定义了标准术语 {name}', en: 'The context redefines the standard term {name}' },
  // shapes
  required: { zh: '缺少必填字段 {name}', en: 'The field {name} is required' },
  'unknown-field': {
    zh: '{type} 中没有字段 {name}；扩展字段须带命名空间前缀',
    en: '{type} has no field {name}; extension fields need a prefix',
  },
  'not-object': { zh: '必须是对象', en: 'Must be an object' },
  'not-array': { zh: '必须是数组', en: 'Must be an array' },
  'not-string': { zh: '必须是字符串', en: 'Must be a string' },
  'not-text': {
    zh: '含有无法保存的字符（NUL 或不成对的代理项）',
    en: 'Holds characters that cannot be kept (NUL, or half of a surrogate pair)',
  },
  'not-number': { zh: '必须是数字', en: 'Must be a number' },
  'not-boolean': { zh: '必须是布尔值', en: 'Must be true or false' },
  'not-uri': { zh: '必须是绝对 URI', en: 'Must be an absolute URI' },
  'not-date-time': {
    zh: '必须是带时区的日期时间（RFC 3339），如 2026-01-31T08:00:00+08:00',
    en: 'Must be a date-time with an offset (RFC 3339), such as 2026-01-31T08:00:00+08:00',
  },
  'not-offset': { zh: '必须是时区偏移，如 +08:00', en: 'Must be an offset such as +08:00' },
  'not-version': { zh: '必须是版本号，如 2.0', en: 'Must be a version such as 2.0' },
  'not-unit': {
    zh: '必须是 UN/ECE 第 20 号建议书的计量单位代码，如 KGM',
    en: 'Must be a unit code of UN/ECE Recommendation 20 such as KGM',
  },
  'not-hex': { zh: '必须是十六进制数字', en: 'Must be hexadecimal digits' },
  'not-simple': { zh: '必须是字符串、数字或对象', en: 'Must be a string, a number or an object' },
  'too-few': { zh: '至少需要一项', en: 'At least one entry is needed' },
  'not-unique': { zh: '有重复的项', en: 'The entries must be different' },
  'unknown-action': { zh: '必须是 ADD、OBSERVE 或 DELETE', en: 'Must be ADD, OBSERVE or DELETE' },
  'unknown-term': {
    zh: '既不是 {vocabulary} 的标准词，也不是自有词汇的 URI',
    en: 'Neither a standard word of {vocabulary} nor a URI of an own vocabulary',
  },
  'unknown-type': {
    zh: '必须是五种事件类型之一或带前缀的扩展类型',
    en: 'Must be one of the five event types or an extension type with a prefix',
  },
  // rules across fields
  'nothing-observed': {
    zh: '事件没有对象：需要 {what}',
    en: 'The event says nothing about any object: {what} is needed',
  },
  'ilmd-without-add': {
    zh: '实例/批次主数据 (ilmd) 只允许用于 action 为 ADD 的 ObjectEvent',
    en: 'Instance and lot master data (ilmd) need the action ADD',
  },
  'no-input-or-output': {
    zh: '转换事件须同时有输入和输出，或有 transformationID 和其中之一',
    en: 'A transformation needs inputs and outputs, or a transformationID with either of them',
  },
  'parent-required': {
    zh: 'action 为 ADD 或 DELETE 的 AggregationEvent 须有 parentID',
    en: 'An AggregationEvent with the action ADD or DELETE needs a parentID',
  },
  'uom-without-quantity': { zh: '有计量单位 uom 时须有数量 quantity', en: 'A uom needs a quantity' },
} as const satisfies Readonly<Record<string, Words>>

export type EpcisCode = keyof typeof EPCIS_WORDS

/** A fault with the code of the closed table; fits into the `fields` of an `AppError`. */
export interface EpcisFault extends FieldFault {
  readonly code: EpcisCode
}

export function faultOf(code: EpcisCode, pointer: string, params: ErrorParams = {}): EpcisFault {
  const { zh, en } = EPCIS_WORDS[code]
  return { code, pointer, zh: fill(zh, params), en: fill(en, params) }
}

/** A document that cannot be read any further. */
export class EpcisProblem extends Error {
  override readonly name = 'EpcisProblem'
  readonly fault: EpcisFault

  constructor(code: EpcisCode, params: ErrorParams = {}, pointer = '') {
    const fault = faultOf(code, pointer, params)
    super(`${code}: ${fault.en}`)
    this.fault = fault
  }
}

/** What a document may use at most. Beyond it the document is refused before it takes memory or time. */
export interface DocumentLimits {
  /** Bytes of UTF-8, or UTF-16 code units of a string. */
  readonly bytes: number
  /** Nested arrays and objects, or elements. */
  readonly depth: number
  readonly events: number
  /** Scalars, list entries and fields of one event. */
  readonly valuesPerEvent: number
  /** Faults that are listed. */
  readonly faults: number
}

export const DEFAULT_LIMITS: DocumentLimits = { bytes: 16 * 1024 * 1024, depth: 64, events: 10_000, valuesPerEvent: 250_000, faults: 100 }

/** A segment of a JSON Pointer (RFC 6901 section 3). */
export const pointerSegment = (name: string | number): string =>
  typeof name === 'number' ? `/${name}` : `/${name.replace(/~/g, '~0').replace(/\//g, '~1')}`
