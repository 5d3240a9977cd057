/**
 * The query language of EPCIS 2.0 (clause 8.2.7.1): parameters of a URL, or the JSON of a named query, into the one tree of `ast.ts`. The
 * switch in `read` is the list of the standard's parameters; what it does not name is refused.
 */
import { type ErrorParams, fill, type Words } from '../../errors.ts'
import { expandCurie, modelName, resolveContext, STANDARD_NAMESPACES } from '../context.ts'
import { instantMs } from '../date-time.ts'
import { classPattern, comparable, instancePattern } from '../epc-normal-form.ts'
import {
  ACTIONS,
  type Action,
  CLASS_FIELDS,
  type ClassField,
  EPC_FIELDS,
  type EpcField,
  EVENT_TYPES,
  isExtensionName,
  type Namespaces,
} from '../event.ts'
import type { EpcisFault } from '../problems.ts'
import { modelTerm, type VocabularyKind } from '../vocabulary.ts'
import {
  ATTRIBUTE_FIELDS,
  type AttributeField,
  type Comparison,
  type Condition,
  type EpcisQuery,
  type EpcMatch,
  type ExtensionOperand,
  type ExtensionScope,
  type SensorNumberField,
  type SensorTermField,
} from './ast.ts'

export const QUERY_WORDS = {
  'unknown-parameter': { zh: '没有查询参数 {name}', en: 'There is no query parameter {name}' },
  'repeated-parameter': {
    zh: '查询参数 {name} 出现了两次；多个值请用 | 分隔',
    en: 'The query parameter {name} comes twice; separate its values by |',
  },
  'no-value': { zh: '查询参数 {name} 没有值', en: 'The query parameter {name} has no value' },
  'not-text': { zh: '查询参数 {name} 的值须为字符串', en: 'The values of {name} must be strings' },
  'not-number': { zh: '查询参数 {name} 的值须为数字', en: 'The value of {name} must be a number' },
  'not-count': { zh: '查询参数 {name} 的值须为正整数', en: 'The value of {name} must be a whole number, 1 or more' },
  'not-date-time': { zh: '查询参数 {name} 的值须为带时区的日期时间', en: 'The value of {name} must be a date-time with an offset' },
  'not-number-or-date-time': {
    zh: '查询参数 {name} 的值须为数字或带时区的日期时间',
    en: 'The value of {name} must be a number or a date-time with an offset',
  },
  'not-boolean': { zh: '查询参数 {name} 的值须为 true 或 false', en: 'The value of {name} must be true or false' },
  'not-action': { zh: '{name} 的值须为 ADD、OBSERVE 或 DELETE', en: 'The values of {name} must be ADD, OBSERVE or DELETE' },
  'not-event-type': { zh: '{name} 的值须为事件类型', en: 'The values of {name} must be event types' },
  'not-direction': { zh: '{name} 须为 ASC 或 DESC', en: '{name} must be ASC or DESC' },
  'not-order': { zh: '{name} 须为 eventTime、recordTime 或扩展字段', en: '{name} must be eventTime, recordTime or an extension field' },
  'limit-without-order': { zh: 'eventCountLimit 需要 orderBy', en: 'eventCountLimit needs orderBy' },
  'two-limits': { zh: 'eventCountLimit 与 maxEventCount 不能同时使用', en: 'eventCountLimit and maxEventCount exclude each other' },
  'unknown-prefix': {
    zh: '前缀 {prefix} 未声明；请用 GS1-Extensions 或 @context 声明',
    en: 'The prefix {prefix} is not declared; declare it in GS1-Extensions or @context',
  },
  'too-many-values': { zh: '查询参数 {name} 的值过多：上限 {limit}', en: '{name} has too many values: the limit is {limit}' },
  'not-object': { zh: '查询须为 JSON 对象', en: 'The query must be a JSON object' },
  'bad-context': { zh: '查询的 @context 无法使用：{reason}', en: 'The @context of the query cannot be used: {reason}' },
} as const satisfies Readonly<Record<string, Words>>

export type QueryCode = keyof typeof QUERY_WORDS

/** A query that is refused: `QueryParameterException` of the standard, or `QueryTooComplexException` for too many values. */
export class QueryProblem extends Error {
  override readonly name = 'QueryProblem'
  readonly code: QueryCode
  readonly exception: 'QueryParameterException' | 'QueryTooComplexException'
  /** The parameter at fault, if it is one. */
  readonly parameter: string | undefined
  readonly words: Words

  constructor(code: QueryCode, params: ErrorParams = {}) {
    const { zh, en } = QUERY_WORDS[code]
    super(`${code}: ${fill(en, params)}`)
    this.code = code
    this.exception = code === 'too-many-values' ? 'QueryTooComplexException' : 'QueryParameterException'
    this.parameter = typeof params['name'] === 'string' ? params['name'] : undefined
    this.words = { zh: fill(zh, params), en: fill(en, params) }
  }
}

export interface QueryOptions {
  /** Prefixes for the names of extension fields: those of `GS1-Extensions`, and those that the repository knows. */
  readonly namespaces?: Namespaces
  /** Values of one parameter at most. */
  readonly values?: number
}

/**
 * The query of URL parameters: lists are separated by `|`, so a value has none.
 * @throws QueryProblem
 */
export function parseUrlQuery(parameters: Iterable<readonly [string, string]>, options: QueryOptions = {}): EpcisQuery {
  const reader = new QueryReader(options.namespaces, options.values, true)
  const seen = new Set<string>()
  for (const [name, value] of parameters) {
    if (seen.has(name)) throw new QueryProblem('repeated-parameter', { name })
    seen.add(name)
    reader.read(name, value)
  }
  return reader.query()
}

/**
 * The query of a JSON object, as in the `query` of a named query: lists are arrays.
 * @throws QueryProblem
 */
export function parseJsonQuery(body: unknown, options: QueryOptions = {}): EpcisQuery {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new QueryProblem('not-object')
  const { '@context': context, ...parameters } = body as Record<string, unknown>
  let namespaces = options.namespaces ?? new Map<string, string>()
  if (context !== undefined) {
    const faults: EpcisFault[] = []
    namespaces = resolveContext(context, namespaces, '/@context', faults)
    if (faults[0] !== undefined) throw new QueryProblem('bad-context', { reason: faults[0].en })
  }
  const reader = new QueryReader(namespaces, options.values, false)
  for (const name of Object.keys(parameters)) reader.read(name, parameters[name])
  return reader.query()
}

/** Parameters with a name of their own. */
const NAMED = [
  'eventType',
  'GE_eventTime',
  'LT_eventTime',
  'GE_recordTime',
  'LT_recordTime',
  'GE_errorDeclarationTime',
  'LT_errorDeclarationTime',
  'GE_errorDeclaration_Time',
  'LT_errorDeclaration_Time',
  'GE_time',
  'LT_time',
  'GE_startTime',
  'LT_startTime',
  'GE_endTime',
  'LT_endTime',
  'EQ_action',
  'EQ_bizStep',
  'EQ_disposition',
  'EQ_persistentDisposition_set',
  'EQ_persistentDisposition_unset',
  'EQ_readPoint',
  'WD_readPoint',
  'EQ_bizLocation',
  'WD_bizLocation',
  'EQ_transformationID',
  'EQ_eventID',
  'MATCH_epc',
  'MATCH_parentID',
  'MATCH_inputEPC',
  'MATCH_outputEPC',
  'MATCH_anyEPC',
  'MATCH_epcClass',
  'MATCH_inputEPCClass',
  'MATCH_outputEPCClass',
  'MATCH_anyEPCClass',
  'EQ_quantity',
  'GT_quantity',
  'GE_quantity',
  'LT_quantity',
  'LE_quantity',
  'EXISTS_errorDeclaration',
  'EQ_errorReason',
  'EQ_correctiveEventID',
  'EXISTS_sensorElementList',
  'EQ_type',
  'EQ_deviceID',
  'EQ_dataProcessingMethod',
  'EQ_microorganism',
  'EQ_chemicalSubstance',
  'EQ_bizRules',
  'EQ_stringValue',
  'EQ_hexBinaryValue',
  'EQ_uriValue',
  'EQ_booleanValue',
  'EQ_percRank',
  'GT_percRank',
  'GE_percRank',
  'LT_percRank',
  'LE_percRank',
  'orderBy',
  'orderDirection',
  'eventCountLimit',
  'maxEventCount',
  'perPage',
  'nextPageToken',
] as const

/** Families, by what their names say beside the operator: `fieldname` stands for a name of another vocabulary, `uom` for a unit. */
type Family =
  | 'EQ_bizTransaction_type'
  | 'EQ_source_type'
  | 'EQ_destination_type'
  | 'quantity_uom'
  | 'value_uom'
  | 'minValue_uom'
  | 'maxValue_uom'
  | 'meanValue_uom'
  | 'sDev_uom'
  | 'percValue_uom'
  | 'fieldname'
  | 'INNER_fieldname'
  | 'ILMD_fieldname'
  | 'INNER_ILMD_fieldname'
  | 'ERROR_DECLARATION_fieldname'
  | 'INNER_ERROR_DECLARATION_fieldname'
  | 'SENSORELEMENT_fieldname'
  | 'INNER_SENSORELEMENT_fieldname'
  | 'SENSORMETADATA_fieldname'
  | 'INNER_SENSORMETADATA_fieldname'
  | 'SENSORREPORT_fieldname'
  | 'INNER_SENSORREPORT_fieldname'
  | 'readPoint_fieldname'
  | 'INNER_readPoint_fieldname'
  | 'bizLocation_fieldname'
  | 'INNER_bizLocation_fieldname'
  | 'HASATTR_fieldname'
  | 'EQATTR_fieldname_attrname'

interface Parameter {
  readonly label: (typeof NAMED)[number] | Family
  readonly op: string
  /** The field name, type or unit of a family. */
  readonly part: string
}

const NAMED_SET: ReadonlySet<string> = new Set(NAMED)
const TYPED = /^EQ_(bizTransaction|source|destination)_(.+)$/
const MEASURED = /^(EQ|GT|GE|LT|LE)_(quantity|value|minValue|maxValue|meanValue|sDev|percValue)_([A-Z0-9]{2,4})$/
const ATTRIBUTE = /^(HASATTR|EQATTR|EQ_ATTR)_(.+)$/
const EXTENSION =
  /^(EQ|GT|GE|LT|LE|EXISTS)_((?:INNER_)?(?:(?:ILMD|ERROR_DECLARATION|SENSORELEMENT|SENSORMETADATA|SENSORREPORT|readPoint|bizLocation)_)?)(.*[:#}].+)$/

function parameterOf(name: string): Parameter | undefined {
  if (NAMED_SET.has(name)) return { label: name as (typeof NAMED)[number], op: name.slice(0, name.indexOf('_')), part: '' }
  const typed = TYPED.exec(name)
  if (typed !== null) return { label: `EQ_${typed[1] as 'source'}_type`, op: 'EQ', part: typed[2]! }
  const measured = MEASURED.exec(name)
  if (measured !== null) return { label: `${measured[2] as 'value'}_uom`, op: measured[1]!, part: measured[3]! }
  const attribute = ATTRIBUTE.exec(name)
  if (attribute !== null)
    return attribute[1] === 'HASATTR'
      ? { label: 'HASATTR_fieldname', op: 'HASATTR', part: attribute[2]! }
      : { label: 'EQATTR_fieldname_attrname', op: 'EQATTR', part: attribute[2]! }
  const extension = EXTENSION.exec(name)
  return extension === null ? undefined : { label: `${extension[2] as 'INNER_'}fieldname`, op: extension[1]!, part: extension[3]! }
}

class QueryReader {
  readonly #namespaces: Namespaces
  readonly #limit: number
  readonly #url: boolean
  readonly #conditions: Condition[] = []
  readonly #shape: { -readonly [K in Exclude<keyof EpcisQuery, 'conditions' | 'orderDirection'>]?: EpcisQuery[K] } = {}
  #direction: 'ASC' | 'DESC' = 'DESC'

  constructor(namespaces: Namespaces = new Map(), limit = 10_000, url: boolean) {
    this.#namespaces = namespaces
    this.#limit = limit
    this.#url = url
  }

  query(): EpcisQuery {
    const { eventCountLimit, maxEventCount, orderBy } = this.#shape
    if (eventCountLimit !== undefined && maxEventCount !== undefined) throw new QueryProblem('two-limits')
    if (eventCountLimit !== undefined && orderBy === undefined) throw new QueryProblem('limit-without-order')
    return { conditions: this.#conditions, orderDirection: this.#direction, ...this.#shape }
  }

  read(name: string, value: unknown): void {
    const parameter = parameterOf(name)
    if (parameter === undefined) throw new QueryProblem('unknown-parameter', { name: name.slice(0, 200) })
    const { label, op, part } = parameter
    const texts = () => this.#texts(name, value)
    const add = (condition: Condition | undefined) => {
      if (condition !== undefined) this.#conditions.push(condition)
    }
    switch (label) {
      // what kind of event, and when
      case 'eventType':
        return add({ kind: 'eventType', values: texts().map((type) => this.#eventType(name, type)) })
      case 'GE_eventTime':
      case 'LT_eventTime':
        return add({ kind: 'time', field: 'eventTime', op: op as 'GE' | 'LT', at: this.#instant(name, value) })
      case 'GE_recordTime':
      case 'LT_recordTime':
        return add({ kind: 'time', field: 'recordTime', op: op as 'GE' | 'LT', at: this.#instant(name, value) })
      // the second spelling is that of the published query schema
      case 'GE_errorDeclarationTime':
      case 'LT_errorDeclarationTime':
      case 'GE_errorDeclaration_Time':
      case 'LT_errorDeclaration_Time':
        return add({ kind: 'time', field: 'errorDeclarationTime', op: op as 'GE' | 'LT', at: this.#instant(name, value) })
      case 'GE_time':
      case 'LT_time':
        return add({ kind: 'sensorTime', field: 'time', op: op as 'GE' | 'LT', at: this.#instant(name, value) })
      case 'GE_startTime':
      case 'LT_startTime':
        return add({ kind: 'sensorTime', field: 'startTime', op: op as 'GE' | 'LT', at: this.#instant(name, value) })
      case 'GE_endTime':
      case 'LT_endTime':
        return add({ kind: 'sensorTime', field: 'endTime', op: op as 'GE' | 'LT', at: this.#instant(name, value) })

      // why and where
      case 'EQ_action':
        return add({ kind: 'action', values: texts().map((action) => actionOf(name, action)) })
      case 'EQ_bizStep':
        return add({ kind: 'term', field: 'bizStep', values: this.#terms('bizStep', texts()) })
      case 'EQ_disposition':
        return add({ kind: 'term', field: 'disposition', values: this.#terms('disposition', texts()) })
      case 'EQ_persistentDisposition_set':
        return add({ kind: 'term', field: 'set', values: this.#terms('disposition', texts()) })
      case 'EQ_persistentDisposition_unset':
        return add({ kind: 'term', field: 'unset', values: this.#terms('disposition', texts()) })
      case 'EQ_readPoint':
      case 'WD_readPoint':
        return add({ kind: 'place', field: 'readPoint', descendants: op === 'WD', values: texts().map(comparable) })
      case 'EQ_bizLocation':
      case 'WD_bizLocation':
        return add({ kind: 'place', field: 'bizLocation', descendants: op === 'WD', values: texts().map(comparable) })
      case 'EQ_bizTransaction_type':
        return add({
          kind: 'party',
          field: 'bizTransaction',
          type: this.#term('bizTransactionType', part),
          values: texts().map(comparable),
        })
      case 'EQ_source_type':
        return add({ kind: 'party', field: 'source', type: this.#term('sourceDestinationType', part), values: texts().map(comparable) })
      case 'EQ_destination_type':
        return add({
          kind: 'party',
          field: 'destination',
          type: this.#term('sourceDestinationType', part),
          values: texts().map(comparable),
        })
      case 'EQ_transformationID':
        return add({ kind: 'id', field: 'transformationID', values: texts().map(comparable) })

      // what
      case 'MATCH_epc':
        return add(epcCondition(['epcList', 'childEPCs'], texts()))
      case 'MATCH_parentID':
        return add(epcCondition(['parentID'], texts()))
      case 'MATCH_inputEPC':
        return add(epcCondition(['inputEPCList'], texts()))
      case 'MATCH_outputEPC':
        return add(epcCondition(['outputEPCList'], texts()))
      case 'MATCH_anyEPC':
        return add(epcCondition(EPC_FIELDS, texts()))
      case 'MATCH_epcClass':
        return add(classCondition(['quantityList', 'childQuantityList'], texts()))
      case 'MATCH_inputEPCClass':
        return add(classCondition(['inputQuantityList'], texts()))
      case 'MATCH_outputEPCClass':
        return add(classCondition(['outputQuantityList'], texts()))
      case 'MATCH_anyEPCClass':
        return add(classCondition(CLASS_FIELDS, texts()))
      case 'EQ_quantity':
      case 'GT_quantity':
      case 'GE_quantity':
      case 'LT_quantity':
      case 'LE_quantity':
        return add({ kind: 'quantity', op: op as Comparison, values: this.#numbers(name, value, op) })
      case 'quantity_uom':
        return add({ kind: 'quantity', op: op as Comparison, values: this.#numbers(name, value, op), uom: part })

      // identity and errors
      case 'EQ_eventID':
        return add({ kind: 'id', field: 'eventID', values: texts() })
      case 'EXISTS_errorDeclaration':
        return add(this.#flag(name, value) ? { kind: 'exists', field: 'errorDeclaration' } : undefined)
      case 'EQ_errorReason':
        return add({ kind: 'term', field: 'errorReason', values: this.#terms('errorReason', texts()) })
      case 'EQ_correctiveEventID':
        return add({ kind: 'id', field: 'correctiveEventID', values: texts() })

      // sensors
      case 'EXISTS_sensorElementList':
        return add(this.#flag(name, value) ? { kind: 'exists', field: 'sensorElementList' } : undefined)
      case 'EQ_type':
        return add({ kind: 'sensorTerm', field: 'type', values: this.#terms('measurementType', texts()) })
      case 'EQ_deviceID':
      case 'EQ_dataProcessingMethod':
      case 'EQ_microorganism':
      case 'EQ_chemicalSubstance':
      case 'EQ_bizRules':
      case 'EQ_uriValue':
        return add({ kind: 'sensorTerm', field: label.slice(3) as SensorTermField, values: texts().map(comparable) })
      case 'EQ_stringValue':
        return add({ kind: 'sensorTerm', field: 'stringValue', values: texts() })
      case 'EQ_hexBinaryValue':
        return add({ kind: 'sensorTerm', field: 'hexBinaryValue', values: texts().map((hex) => hex.toLowerCase()) })
      case 'EQ_booleanValue':
        return add({ kind: 'sensorBoolean', value: this.#flag(name, value) })
      case 'value_uom':
      case 'minValue_uom':
      case 'maxValue_uom':
      case 'meanValue_uom':
      case 'sDev_uom':
      case 'percValue_uom':
        return add({
          kind: 'sensorNumber',
          field: label.slice(0, -4) as SensorNumberField,
          op: op as Comparison,
          values: this.#numbers(name, value, op),
          uom: part,
        })
      case 'EQ_percRank':
      case 'GT_percRank':
      case 'GE_percRank':
      case 'LT_percRank':
      case 'LE_percRank':
        return add({ kind: 'sensorNumber', field: 'percRank', op: op as Comparison, values: this.#numbers(name, value, op) })

      // fields of other vocabularies: EQ, GT, GE, LT, LE and EXISTS of each
      case 'fieldname':
      case 'INNER_fieldname':
        return add(this.#extension('event', label, op, part, name, value))
      case 'ILMD_fieldname':
      case 'INNER_ILMD_fieldname':
        return add(this.#extension('ilmd', label, op, part, name, value))
      case 'ERROR_DECLARATION_fieldname':
      case 'INNER_ERROR_DECLARATION_fieldname':
        return add(this.#extension('errorDeclaration', label, op, part, name, value))
      case 'SENSORELEMENT_fieldname':
      case 'INNER_SENSORELEMENT_fieldname':
        return add(this.#extension('sensorElement', label, op, part, name, value))
      case 'SENSORMETADATA_fieldname':
      case 'INNER_SENSORMETADATA_fieldname':
        return add(this.#extension('sensorMetadata', label, op, part, name, value))
      case 'SENSORREPORT_fieldname':
      case 'INNER_SENSORREPORT_fieldname':
        return add(this.#extension('sensorReport', label, op, part, name, value))
      case 'readPoint_fieldname':
      case 'INNER_readPoint_fieldname':
        return add(this.#extension('readPoint', label, op, part, name, value))
      case 'bizLocation_fieldname':
      case 'INNER_bizLocation_fieldname':
        return add(this.#extension('bizLocation', label, op, part, name, value))

      // master data
      case 'HASATTR_fieldname':
        return add({
          kind: 'hasAttribute',
          field: this.#attributeField(name, part),
          attributes: texts().map((a) => expandCurie(a, this.#known())),
        })
      case 'EQATTR_fieldname_attrname': {
        const [field, attribute] = this.#splitAttribute(name, part)
        return add({ kind: 'attributeEquals', field, attribute: expandCurie(attribute, this.#known()), values: texts() })
      }

      // the shape of the answer
      case 'orderBy':
        this.#shape.orderBy = this.#orderBy(name, this.#text(name, value))
        return
      case 'orderDirection': {
        const direction = this.#text(name, value)
        if (direction !== 'ASC' && direction !== 'DESC') throw new QueryProblem('not-direction', { name })
        this.#direction = direction
        return
      }
      case 'eventCountLimit':
      case 'maxEventCount':
      case 'perPage':
        this.#shape[label] = this.#count(name, value)
        return
      case 'nextPageToken':
        this.#shape.nextPageToken = this.#text(name, value)
        return
      default:
        // the compiler knows that every label is above
        label satisfies never
    }
  }

  #known(): Namespaces {
    return new Map([...STANDARD_NAMESPACES, ...this.#namespaces])
  }

  #texts(name: string, value: unknown): string[] {
    const list = this.#url ? String(value).split('|') : Array.isArray(value) ? (value as unknown[]) : [value]
    if (list.length > this.#limit) throw new QueryProblem('too-many-values', { name, limit: this.#limit })
    if (list.every((v) => v === '')) throw new QueryProblem('no-value', { name })
    return list.map((entry) => {
      if (typeof entry !== 'string') throw new QueryProblem('not-text', { name })
      return entry
    })
  }

  #text(name: string, value: unknown): string {
    if (typeof value !== 'string') throw new QueryProblem('not-text', { name })
    if (value === '') throw new QueryProblem('no-value', { name })
    return value
  }

  #numbers(name: string, value: unknown, op: string): number[] {
    const list = this.#url ? String(value).split('|') : Array.isArray(value) ? (value as unknown[]) : [value]
    if (list.length > this.#limit) throw new QueryProblem('too-many-values', { name, limit: this.#limit })
    // an order with two values has no meaning; equality with several has
    if (list.length === 0 || (op !== 'EQ' && list.length > 1)) throw new QueryProblem('not-number', { name })
    return list.map((entry) => {
      const number = this.#url && typeof entry === 'string' ? numberOf(entry) : entry
      if (typeof number !== 'number' || !Number.isFinite(number)) throw new QueryProblem('not-number', { name })
      return number
    })
  }

  #count(name: string, value: unknown): number {
    const number = this.#url ? (/^\d{1,9}$/.test(String(value)) ? Number(value) : Number.NaN) : value
    if (typeof number !== 'number' || !Number.isInteger(number) || number < 1) throw new QueryProblem('not-count', { name })
    return number
  }

  #instant(name: string, value: unknown): number {
    const at = typeof value === 'string' ? instantMs(value) : Number.NaN
    if (Number.isNaN(at)) throw new QueryProblem('not-date-time', { name })
    return at
  }

  /** Booleans, and the integers and nulls by which the published query schema says that a parameter is there. */
  #flag(name: string, value: unknown): boolean {
    if (value === true || value === null || value === 'true' || value === '' || value === 1 || value === '1') return true
    if (value === false || value === 'false' || value === 0 || value === '0') return false
    throw new QueryProblem('not-boolean', { name })
  }

  #eventType(name: string, type: string): string {
    if ((EVENT_TYPES as readonly string[]).includes(type)) return type
    if (!type.includes(':') && !type.startsWith('{')) throw new QueryProblem('not-event-type', { name })
    return modelName(type, this.#known())
  }

  #term(kind: VocabularyKind, text: string): string {
    const term = modelTerm(kind, text)
    return term === text && !text.startsWith('gs1:') ? expandCurie(text, this.#namespaces) : term
  }

  #terms(kind: VocabularyKind, texts: readonly string[]): string[] {
    return texts.map((text) => this.#term(kind, text))
  }

  /** The name of an extension field: `prefix:local`, `{namespace}local`, or the namespace, `#` and the local name, as in version 1. */
  #fieldName(name: string, field: string): `{${string}}${string}` {
    if (isExtensionName(field)) return field
    const prefix = field.slice(0, field.indexOf(':'))
    const known = this.#known()
    const inFull = /^(?:https?|urn)$/i.test(prefix)
    if (!known.has(prefix) && !inFull) throw new QueryProblem('unknown-prefix', { name, prefix: prefix.slice(0, 100) })
    const resolved = modelName(field, known)
    if (!isExtensionName(resolved)) throw new QueryProblem('unknown-parameter', { name })
    // XML namespaces seldom end with the hash by which version 1 joins them to the local name
    return inFull ? namespaceOf(resolved, this.#namespaces) : resolved
  }

  #extension(scope: ExtensionScope, label: string, op: string, part: string, name: string, value: unknown): Condition | undefined {
    const field = this.#fieldName(name, part)
    const inner = label.startsWith('INNER_')
    if (op === 'EXISTS') return this.#flag(name, value) ? { kind: 'extensionExists', scope, inner, name: field } : undefined
    return { kind: 'extension', scope, inner, name: field, op: op as Comparison, operand: this.#operand(name, op, value) }
  }

  #operand(name: string, op: string, value: unknown): ExtensionOperand {
    if (op === 'EQ') {
      if (typeof value === 'number') return { type: 'numbers', values: [value] }
      if (Array.isArray(value) && value.length > 0 && value.every((v) => typeof v === 'number')) return { type: 'numbers', values: value }
      // in JSON a single text that is a date-time asks for the moment, a list for the texts
      const at = !this.#url && typeof value === 'string' ? instantMs(value) : Number.NaN
      return Number.isNaN(at) ? { type: 'texts', values: this.#texts(name, value) } : { type: 'instants', values: [at] }
    }
    const number = typeof value === 'number' ? value : this.#url ? numberOf(String(value)) : undefined
    if (number !== undefined && Number.isFinite(number)) return { type: 'numbers', values: [number] }
    const at = typeof value === 'string' ? instantMs(value) : Number.NaN
    if (Number.isNaN(at)) throw new QueryProblem('not-number-or-date-time', { name })
    return { type: 'instants', values: [at] }
  }

  #attributeField(name: string, field: string): AttributeField {
    return (ATTRIBUTE_FIELDS as readonly string[]).includes(field) ? (field as AttributeField) : this.#fieldOrUnknown(name, field)
  }

  #fieldOrUnknown(name: string, field: string): AttributeField {
    if (!/[:#}]/.test(field)) throw new QueryProblem('unknown-parameter', { name })
    return this.#fieldName(name, field)
  }

  /** `field_attribute`: the attribute is a URI or CURIE behind an underscore, or else what is behind the last one. */
  #splitAttribute(name: string, part: string): [AttributeField, string] {
    const known = ATTRIBUTE_FIELDS.find((field) => part.startsWith(`${field}_`))
    if (known !== undefined) return [known, part.slice(known.length + 1)]
    const behind = /^(.*?[:#}].*?)_((?:https?|urn|[A-Za-z][\w.-]*):.+)$/.exec(part) ?? /^(.*[:#}].*)_([^_]+)$/.exec(part)
    if (behind === null) throw new QueryProblem('unknown-parameter', { name })
    return [this.#fieldOrUnknown(name, behind[1]!), behind[2]!]
  }

  #orderBy(name: string, field: string): 'eventTime' | 'recordTime' | `{${string}}${string}` {
    if (field === 'eventTime' || field === 'recordTime') return field
    if (!/[:#}]/.test(field)) throw new QueryProblem('not-order', { name })
    return this.#fieldName(name, field)
  }
}

/** `http://ns.example.com/epcis#myField` names the field of a declared namespace, though that has no hash at its end. */
function namespaceOf(resolved: `{${string}}${string}`, declared: Namespaces): `{${string}}${string}` {
  if (!resolved.includes('#}')) return resolved
  const bare = resolved.slice(1, resolved.indexOf('#}'))
  return [...declared.values()].includes(bare) ? `{${bare}}${resolved.slice(resolved.indexOf('}') + 1)}` : resolved
}

function numberOf(text: string): number | undefined {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
}

function actionOf(name: string, text: string): Action {
  if (!(ACTIONS as readonly string[]).includes(text)) throw new QueryProblem('not-action', { name })
  return text as Action
}

function epcCondition(fields: readonly EpcField[], texts: readonly string[]): Condition {
  const matches = texts.map((text): EpcMatch => {
    const pattern = instancePattern(text)
    return pattern === undefined ? { kind: 'exact', normal: comparable(text) } : { kind: 'pattern', ...pattern }
  })
  return { kind: 'epc', fields, matches }
}

function classCondition(fields: readonly ClassField[], texts: readonly string[]): Condition {
  const matches = texts.map((text): EpcMatch => {
    const pattern = classPattern(text)
    return pattern === undefined ? { kind: 'exact', normal: comparable(text) } : { kind: 'pattern', ...pattern }
  })
  return { kind: 'epcClass', fields, matches }
}
