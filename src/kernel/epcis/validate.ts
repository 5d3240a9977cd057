/**
 * The rules of EPCIS 2.0.1 for a document in JSON: all of the JSON schema, and four rules of the prose that it lacks (marked below). Hand-written,
 * because the schema answers with a list of failed alternatives where a person needs one fault, and at a twentieth of the speed. A test holds
 * it against the schema.
 */
import { ACTIONS, EVENT_TYPES, type EventType } from './event.ts'
import { resolveContext, STANDARD_NAMESPACES } from './context.ts'
import { isDateTime } from './date-time.ts'
import { DEFAULT_LIMITS, type DocumentLimits, type EpcisCode, type EpcisFault, faultOf, pointerSegment } from './problems.ts'
import { isUri } from './uri.ts'
import { modelTerm, VOCABULARIES, type VocabularyKind } from './vocabulary.ts'

export interface ValidateOptions {
  readonly limits?: DocumentLimits
  /**
   * Take the spellings of the time before ratification, which GS1's own examples use: a blank node as id of the document, an object
   * where a list of one belongs, `type` on sensor elements, alarms without it, CBV terms as URNs, no `creationDate`, `schemaVersion` missing or a number, the same
   * name twice in an object.
   */
  readonly older?: boolean
}

export interface Verdict {
  readonly valid: boolean
  /** At most as many as the limits say, in the order of the document; the last then says that there are more. */
  readonly faults: readonly EpcisFault[]
  /** Whether everything outside the events is valid. */
  readonly frameValid: boolean
  /** Indexes of the events with faults: complete, also beyond the listed faults. */
  readonly invalidEvents: ReadonlySet<number>
}

/** Judges a parsed JSON document: a capture document, a query document or a bare event. */
export function validateDocument(raw: unknown, options: ValidateOptions = {}): Verdict {
  const checker = new Checker(options)
  checker.document(raw)
  return checker.verdict()
}

type Json = Record<string, unknown>
type Check = (this: void, c: Checker, value: unknown) => void

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

class Checker {
  readonly limits: DocumentLimits
  readonly older: boolean
  readonly #path: (string | number)[] = []
  readonly #faults: EpcisFault[] = []
  readonly #invalidEvents = new Set<number>()
  #count = 0
  #frameValid = true
  #event = -1
  /** Values of the current event that were seen. */
  #values = 0
  #depth = 0

  constructor(options: ValidateOptions) {
    this.limits = options.limits ?? DEFAULT_LIMITS
    this.older = options.older ?? false
  }

  verdict(): Verdict {
    const faults = [...this.#faults]
    if (this.#count > faults.length) faults.push(faultOf('more-faults', '', { limit: this.limits.faults }))
    return { valid: this.#count === 0, faults, frameValid: this.#frameValid, invalidEvents: this.#invalidEvents }
  }

  fault(code: EpcisCode, params: Record<string, string | number> = {}): void {
    this.#note()
    if (this.#faults.length < this.limits.faults) this.#faults.push(faultOf(code, this.#path.map(pointerSegment).join(''), params))
  }

  /** Adds a fault whose pointer starts at the value at hand. */
  add(fault: EpcisFault): void {
    this.#note()
    if (this.#faults.length < this.limits.faults)
      this.#faults.push({ ...fault, pointer: this.#path.map(pointerSegment).join('') + fault.pointer })
  }

  #note(): void {
    this.#count++
    if (this.#event < 0) this.#frameValid = false
    else this.#invalidEvents.add(this.#event)
  }

  /** Judges one field of the object at hand. */
  at(key: string | number, value: unknown, check: Check): void {
    this.#path.push(key)
    this.#values++
    // what JSON can spell and nothing can keep: half of a surrogate pair, a NUL, a number beyond all
    if (typeof value === 'string' ? isText(value) : typeof value !== 'number' || Number.isFinite(value)) check(this, value)
    else this.fault(typeof value === 'string' ? 'not-text' : 'not-number')
    if (typeof key === 'string' && !isText(key)) this.fault('not-text')
    this.#path.pop()
  }

  faultAt(key: string, code: EpcisCode, params: Record<string, string | number> = {}): void {
    this.#path.push(key)
    this.fault(code, params)
    this.#path.pop()
  }

  require(object: Json, ...names: readonly string[]): void {
    for (const name of names) if (!has(object, name)) this.fault('required', { name })
  }

  /** Judges the known fields of an object; a name beyond them must be a URI (a prefixed name is one), or is refused unless `open`. */
  fields(object: Json, known: ReadonlyMap<string, Check>, others: 'extensions' | 'open' | 'none', type: string): void {
    for (const name of Object.keys(object)) {
      const check = known.get(name)
      if (check !== undefined) this.at(name, object[name], check)
      else if (name === '__proto__') this.faultAt(name, 'forbidden-name', { name })
      else if (others === 'open' || (others === 'extensions' && isUri(name))) this.at(name, object[name], foreign)
      else this.faultAt(name, 'unknown-field', { name: name.slice(0, 100), type })
    }
  }

  /** Judges the entries of a list. */
  list(value: unknown, entry: Check, rules: { readonly least?: number; readonly unique?: boolean } = {}): void {
    const list = Array.isArray(value) ? (value as unknown[]) : this.older && isObject(value) ? [value] : undefined
    if (list === undefined) return this.fault('not-array')
    if (list.length < (rules.least ?? 0)) this.fault('too-few')
    for (let i = 0; i < list.length; i++) this.at(i, list[i], entry)
    if (
      rules.unique === true &&
      list.length > 1 &&
      new Set(list.map((v) => (typeof v === 'string' ? v : JSON.stringify(v)))).size < list.length
    )
      this.fault('not-unique')
  }

  /** Goes below with a guard for the depth; true when it may. */
  enter(): boolean {
    if (this.#depth >= this.limits.depth) {
      this.fault('document-too-deep', { limit: this.limits.depth })
      return false
    }
    this.#depth++
    return true
  }

  leave(): void {
    this.#depth--
  }

  document(raw: unknown): void {
    if (!isObject(raw)) return this.fault('not-object')
    const { type } = raw
    if (type === undefined) return this.fault('required', { name: 'type' })
    if (type === 'EPCISDocument') {
      this.require(raw, '@context', ...(this.older ? [] : ['schemaVersion', 'creationDate']), 'epcisBody')
      this.fields(raw, DOCUMENT, 'extensions', 'EPCISDocument')
    } else if (type === 'EPCISQueryDocument') {
      this.require(raw, '@context', 'epcisBody')
      this.fields(raw, QUERY_DOCUMENT, 'extensions', 'EPCISQueryDocument')
    } else {
      this.require(raw, '@context')
      this.event(raw, 0)
    }
  }

  event(value: unknown, index: number): void {
    this.#event = index
    this.#values = 0
    if (!isObject(value)) this.fault('not-object')
    else if (typeof value['type'] !== 'string') this.fault(has(value, 'type') ? 'not-string' : 'required', { name: 'type' })
    else if (isEventType(value['type'])) this.#standardEvent(value, value['type'])
    else {
      if (!isUri(value['type'])) this.faultAt('type', 'unknown-type')
      this.require(value, 'eventTime', 'eventTimeZoneOffset')
      this.fields(value, EVENT, 'open', value['type'])
    }
    if (this.#values > this.limits.valuesPerEvent) this.fault('too-many-values', { limit: this.limits.valuesPerEvent })
    this.#event = -1
  }

  #standardEvent(event: Json, type: EventType): void {
    this.require(event, 'eventTime', 'eventTimeZoneOffset', ...REQUIRED[type])
    this.fields(event, FIELDS[type], 'extensions', type)
    CROSS_RULES[type](this, event)
  }
}

const isText = (text: string): boolean => text.isWellFormed() && !text.includes('\0')
const has = (object: Json, name: string): boolean => Object.hasOwn(object, name)
const isEventType = (type: string): type is EventType => (EVENT_TYPES as readonly string[]).includes(type)

// scalars

const string: Check = (c, value) => {
  if (typeof value !== 'string') c.fault('not-string')
}
const uri: Check = (c, value) => {
  if (typeof value !== 'string') c.fault('not-string')
  else if (!isUri(value)) c.fault('not-uri')
}
const number: Check = (c, value) => {
  if (typeof value !== 'number') c.fault('not-number')
}
const boolean: Check = (c, value) => {
  if (typeof value !== 'boolean') c.fault('not-boolean')
}
/** Stricter than the schema's validators: RFC 3339 wants `T` and an offset of hours, colon and minutes. */
const dateTime: Check = (c, value) => {
  if (typeof value !== 'string') c.fault('not-string')
  else if (!isDateTime(value)) c.fault('not-date-time')
}
const pattern =
  (regex: RegExp, code: EpcisCode): Check =>
  (c, value) => {
    if (typeof value !== 'string') c.fault('not-string')
    else if (!regex.test(value)) c.fault(code)
  }
const offset = pattern(/^[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)$/, 'not-offset')
const strictVersion = pattern(/^\d+(?:\.\d+)*$/, 'not-version')
const version: Check = (c, value) => {
  if (!(c.older && typeof value === 'number')) strictVersion(c, value)
}
const unit = pattern(/^[A-Z0-9]{2,3}$/, 'not-unit')
const hex = pattern(/^[A-Fa-f0-9]+$/, 'not-hex')

const action: Check = (c, value) => {
  if (!(ACTIONS as readonly unknown[]).includes(value)) c.fault('unknown-action')
}

/** Spellings of the standard vocabularies that JSON may not use: URNs, and the addresses that the schema names. */
const NOT_IN_JSON = { cbv: /^(?:urn:epcglobal:cbv|https?:\/\/ns\.gs1\.org\/cbv\/)/, gs1: /^https?:\/\/(?:www\.)?gs1\.org\/voc\// }

const term =
  (kind: VocabularyKind): Check =>
  (c, value) => {
    if (typeof value !== 'string') return c.fault('not-string')
    const { words, base } = VOCABULARIES[kind]
    if (words.has(value)) return
    if (isUri(value) && (!NOT_IN_JSON[base].test(value) || (c.older && modelTerm(kind, value) !== value))) return
    c.fault('unknown-term', { vocabulary: kind })
  }

/** Values of other vocabularies: anything, but no name that JavaScript would take for the prototype. */
const foreign: Check = (c, value) => {
  if (typeof value !== 'object' || value === null || !c.enter()) return
  if (Array.isArray(value)) for (let i = 0; i < value.length; i++) c.at(i, (value as unknown[])[i], foreign)
  else
    for (const name of Object.keys(value)) {
      if (name === '__proto__') c.faultAt(name, 'forbidden-name', { name })
      else c.at(name, (value as Json)[name], name === '@context' ? context : foreign)
    }
  c.leave()
}

const context: Check = (c, value) => {
  const list = Array.isArray(value) ? (value as unknown[]) : [value]
  for (const entry of list) {
    if (typeof entry === 'string' ? !isUri(entry) : !isObject(entry))
      return c.fault('bad-context', { name: JSON.stringify(entry).slice(0, 100) })
  }
  if (new Set(list.map((v) => JSON.stringify(v))).size < list.length) c.fault('not-unique')
  const faults: EpcisFault[] = []
  resolveContext(value, STANDARD_NAMESPACES, '', faults)
  for (const fault of faults) c.add(fault)
}

// structures

const object = (
  type: string,
  known: Record<string, Check>,
  others: 'extensions' | 'open' | 'none',
  required: readonly string[] = [],
  rule?: (c: Checker, o: Json) => void,
): Check => {
  const map = new Map(Object.entries(known))
  return (c, value) => {
    if (!isObject(value)) return c.fault('not-object')
    if (!c.enter()) return
    c.require(value, ...required)
    c.fields(value, map, others, type)
    rule?.(c, value)
    c.leave()
  }
}

const listOf =
  (entry: Check, rules: { readonly least?: number; readonly unique?: boolean } = {}): Check =>
  (c, value) =>
    c.list(value, entry, rules)

const uris = listOf(uri)
const distinctUris = listOf(uri, { unique: true })

const quantityElement = object('quantityElement', { epcClass: uri, quantity: number, uom: unit }, 'none', ['epcClass'], (c, o) => {
  // EPCIS 2.0 clause 7.3.3.3: the unit is that of the quantity. Not in the schema.
  if (has(o, 'uom') && !has(o, 'quantity')) c.faultAt('uom', 'uom-without-quantity')
})
const quantities = listOf(quantityElement)

const place = (type: string): Check => object(type, { id: uri }, 'open', ['id'])

const dispositions = listOf(term('disposition'), { least: 1, unique: true })
const persistentDisposition = object('persistentDisposition', { set: dispositions, unset: dispositions }, 'none', [], (c, o) => {
  if (!has(o, 'set') && !has(o, 'unset')) c.fault('required', { name: 'set' })
})

const bizTransactions = (least: number): Check =>
  listOf(object('bizTransaction', { type: term('bizTransactionType'), bizTransaction: uri }, 'none', ['bizTransaction']), { least })
const sources = listOf(object('source', { type: term('sourceDestinationType'), source: uri }, 'none', ['type', 'source']))
const destinations = listOf(
  object('destination', { type: term('sourceDestinationType'), destination: uri }, 'none', ['type', 'destination']),
)

const errorDeclaration = object(
  'errorDeclaration',
  { declarationTime: dateTime, reason: term('errorReason'), correctiveEventIDs: uris },
  'extensions',
  ['declarationTime'],
)

const sensorMetadata = object(
  'sensorMetadata',
  {
    time: dateTime,
    startTime: dateTime,
    endTime: dateTime,
    deviceID: uri,
    deviceMetadata: uri,
    rawData: uri,
    dataProcessingMethod: uri,
    bizRules: uri,
  },
  'extensions',
)

const sensorReport = object(
  'sensorReport',
  {
    type: term('measurementType'),
    exception: term('sensorAlertType'),
    deviceID: uri,
    deviceMetadata: uri,
    rawData: uri,
    dataProcessingMethod: uri,
    bizRules: uri,
    time: dateTime,
    microorganism: uri,
    chemicalSubstance: uri,
    coordinateReferenceSystem: uri,
    value: number,
    component: term('component'),
    stringValue: string,
    booleanValue: boolean,
    hexBinaryValue: hex,
    uriValue: uri,
    minValue: number,
    maxValue: number,
    meanValue: number,
    sDev: number,
    percRank: number,
    percValue: number,
    uom: string,
  },
  'extensions',
  [],
  (c, o) => {
    // the XML schema has no such rule, and GS1's example of an alarm has no type
    if (!has(o, 'type') && !(c.older && has(o, 'exception'))) c.fault('required', { name: 'type' })
  },
)

const sensorElementFields = { sensorMetadata, sensorReport: listOf(sensorReport, { least: 1 }) }
const strictSensorElement = object('sensorElement', sensorElementFields, 'extensions', ['sensorReport'])
const olderSensorElement = object('sensorElement', { ...sensorElementFields, type: string }, 'extensions', ['sensorReport'])
const sensorElements = listOf((c, value) => (c.older ? olderSensorElement : strictSensorElement)(c, value))

const ilmd = object('ilmd', {}, 'extensions')

const certificationInfo: Check = (c, value) => (Array.isArray(value) ? uris(c, value) : uri(c, value))

// events

const COMMON: Readonly<Record<string, Check>> = {
  '@context': context,
  type: string,
  eventTime: dateTime,
  recordTime: dateTime,
  eventTimeZoneOffset: offset,
  eventID: uri,
  certificationInfo,
  errorDeclaration,
}

const CIRCUMSTANCES: Readonly<Record<string, Check>> = {
  bizStep: term('bizStep'),
  disposition: term('disposition'),
  persistentDisposition,
  readPoint: place('readPoint'),
  bizLocation: place('bizLocation'),
  sourceList: sources,
  destinationList: destinations,
  sensorElementList: sensorElements,
}

/** The older way to give the event id, or a blank node. */
const olderId: Check = (c, value) => {
  if (c.older) documentId(c, value)
  else c.fault('unknown-field', { name: 'id', type: 'Event' })
}

const EVENT: ReadonlyMap<string, Check> = new Map(Object.entries(COMMON))

const fieldsOf = (own: Readonly<Record<string, Check>>): ReadonlyMap<string, Check> =>
  new Map(Object.entries({ ...COMMON, id: olderId, ...CIRCUMSTANCES, ...own }))

const parentAndChildren = { parentID: uri, childEPCs: uris, childQuantityList: quantities, action, bizTransactionList: bizTransactions(0) }

const FIELDS: Readonly<Record<EventType, ReadonlyMap<string, Check>>> = {
  ObjectEvent: fieldsOf({ epcList: distinctUris, quantityList: quantities, action, bizTransactionList: bizTransactions(0), ilmd }),
  AggregationEvent: fieldsOf(parentAndChildren),
  AssociationEvent: fieldsOf(parentAndChildren),
  TransactionEvent: fieldsOf({ bizTransactionList: bizTransactions(1), parentID: uri, epcList: uris, quantityList: quantities, action }),
  TransformationEvent: fieldsOf({
    inputEPCList: distinctUris,
    inputQuantityList: quantities,
    outputEPCList: distinctUris,
    outputQuantityList: quantities,
    transformationID: uri,
    bizTransactionList: bizTransactions(0),
    ilmd,
  }),
}

const REQUIRED: Readonly<Record<EventType, readonly string[]>> = {
  ObjectEvent: ['action'],
  AggregationEvent: ['action'],
  TransactionEvent: ['action', 'bizTransactionList'],
  TransformationEvent: [],
  AssociationEvent: ['action', 'parentID'],
}

const filled = (event: Json, name: string): boolean => Array.isArray(event[name]) && event[name].length > 0
/** A list in the older way may be a single object. */
const given = (event: Json, name: string): boolean => filled(event, name) || isObject(event[name])

const childrenNeeded = (c: Checker, event: Json): void => {
  if (event['action'] !== 'DELETE' && !filled(event, 'childEPCs') && !given(event, 'childQuantityList'))
    c.fault('nothing-observed', { what: 'childEPCs, childQuantityList' })
}

const CROSS_RULES: Readonly<Record<EventType, (c: Checker, event: Json) => void>> = {
  ObjectEvent: (c, event) => {
    const observed = has(event, 'epcList') || given(event, 'quantityList') || (given(event, 'sensorElementList') && has(event, 'readPoint'))
    if (!observed) c.fault('nothing-observed', { what: 'epcList, quantityList, sensorElementList + readPoint' })
    if (has(event, 'ilmd') && event['action'] !== 'ADD') c.faultAt('ilmd', 'ilmd-without-add')
  },
  AggregationEvent: (c, event) => {
    childrenNeeded(c, event)
    // EPCIS 2.0 clause 7.4.3: the parent may be unknown only to who observes. Not in the schema.
    if (!has(event, 'parentID') && (event['action'] === 'ADD' || event['action'] === 'DELETE')) c.fault('parent-required')
  },
  AssociationEvent: childrenNeeded,
  TransactionEvent: (c, event) => {
    if (event['action'] !== 'DELETE' && !has(event, 'epcList') && !given(event, 'quantityList'))
      c.fault('nothing-observed', { what: 'epcList, quantityList' })
  },
  TransformationEvent: (c, event) => {
    const input = filled(event, 'inputEPCList') || given(event, 'inputQuantityList')
    const output = filled(event, 'outputEPCList') || given(event, 'outputQuantityList')
    if (!(input && output) && !((input || output) && has(event, 'transformationID'))) c.fault('no-input-or-output')
  },
}

// documents

const documentId: Check = (c, value) => {
  if (!(c.older && typeof value === 'string' && value.startsWith('_:'))) uri(c, value)
}

const attributeValue: Check = (c, value) => {
  if (typeof value !== 'string' && typeof value !== 'number' && !isObject(value)) c.fault('not-simple')
  else foreign(c, value)
}

const vocabularies = listOf(
  object(
    'vocabulary',
    {
      type: uri,
      vocabularyElementList: listOf(
        object(
          'vocabularyElement',
          { id: uri, attributes: listOf(object('attribute', { id: uri, attribute: attributeValue }, 'open', ['id'])), children: uris },
          'open',
          ['id'],
        ),
      ),
    },
    'open',
    ['type'],
  ),
)

const eventList: Check = (c, value) => {
  if (!Array.isArray(value)) return c.fault('not-array')
  if (value.length > c.limits.events) return c.fault('too-many-events', { found: value.length, limit: c.limits.events })
  for (let i = 0; i < value.length; i++) c.at(i, value[i], (checker, event) => checker.event(event, i))
}

const DOCUMENT: ReadonlyMap<string, Check> = new Map(
  Object.entries({
    '@context': context,
    id: documentId,
    type: string,
    schemaVersion: version,
    creationDate: dateTime,
    instanceIdentifier: string,
    sender: string,
    receiver: string,
    epcisHeader: object(
      'epcisHeader',
      { epcisMasterData: object('epcisMasterData', { vocabularyList: vocabularies }, 'open') },
      'extensions',
    ),
    epcisBody: object('epcisBody', { eventList }, 'open', ['eventList']),
  }),
)

const QUERY_DOCUMENT: ReadonlyMap<string, Check> = new Map(
  Object.entries({
    '@context': context,
    id: documentId,
    type: string,
    schemaVersion: version,
    creationDate: dateTime,
    epcisBody: object(
      'epcisBody',
      {
        queryResults: object(
          'queryResults',
          {
            queryName: string,
            subscriptionID: string,
            resultsBody: object('resultsBody', { eventList, vocabularyList: vocabularies }, 'extensions', ['eventList']),
          },
          'extensions',
          ['queryName', 'resultsBody'],
        ),
      },
      'extensions',
      ['queryResults'],
    ),
  }),
)
