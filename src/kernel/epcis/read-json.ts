/** JSON documents into the model: a guarded parse, the rules, then the one spelling. */
import { expandCurie, modelName, resolveContext } from './context.ts'
import {
  type EpcisDocument,
  type EpcisEvent,
  EVENT_TYPES,
  type Extensible,
  type ExtensionValue,
  type Namespaces,
  type Vocabulary,
} from './event.ts'
import { DEFAULT_LIMITS, type DocumentLimits, type EpcisFault, EpcisProblem, pointerSegment } from './problems.ts'
import { validateDocument, type ValidateOptions, type Verdict } from './validate.ts'
import { modelTerm, type VocabularyKind } from './vocabulary.ts'

/** A document with the verdict on it. Events with faults are not in `document`; `indexes` says where in the document the others were. */
export interface JudgedDocument {
  readonly document: EpcisDocument
  readonly indexes: readonly number[]
  readonly verdict: Verdict
}

/**
 * JSON text as plain data, guarded: size and depth are refused before anything is built. Of two equal names in one object the last
 * is taken, as every JSON parser does: two of GS1's own examples have such.
 * @throws EpcisProblem `document-too-large`, `document-too-deep`, `not-json`
 */
export function parseJson(text: string, limits: DocumentLimits = DEFAULT_LIMITS): unknown {
  if (text.length > limits.bytes) throw new EpcisProblem('document-too-large', { limit: limits.bytes })
  refuseDeep(text, limits.depth)
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
  } catch (error) {
    throw new EpcisProblem('not-json', { reason: error instanceof Error ? error.message.slice(0, 200) : 'syntax' })
  }
}

/** One pass over the text, before a parser recurses into it. */
function refuseDeep(text: string, limit: number): void {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 34 /* " */:
        for (i++; i < text.length && text.charCodeAt(i) !== 34; i++) if (text.charCodeAt(i) === 92 /* \ */) i++
        break
      case 91 /* [ */:
      case 123 /* { */:
        if (++depth > limit) throw new EpcisProblem('document-too-deep', { limit })
        break
      case 93:
      case 125:
        depth--
        break
    }
  }
}

/**
 * Reads and judges a JSON document.
 * @throws EpcisProblem when it cannot be parsed or is no EPCIS document at all
 */
export function readJson(text: string, options: ValidateOptions = {}): JudgedDocument {
  return judgeJson(parseJson(text, options.limits), options)
}

/** As `readJson`, for data that is parsed already. */
export function judgeJson(raw: unknown, options: ValidateOptions = {}): JudgedDocument {
  const verdict = validateDocument(raw, options)
  return { ...convertDocument(raw, verdict.invalidEvents, verdict.frameValid), verdict }
}

/**
 * The model of a document without asking for its validity, as the event hash wants it: only what has no shape at all is refused.
 * @throws EpcisProblem with a pointer to what has the wrong shape
 */
export function convertJson(raw: unknown): EpcisDocument {
  return convertDocument(raw, new Set(), true).document
}

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

const EVENT_TYPE_SET: ReadonlySet<string> = new Set(EVENT_TYPES)

/** @param frame whether what stands outside the events is valid; if not, it is left out */
function convertDocument(raw: unknown, skip: ReadonlySet<number>, frame: boolean): { document: EpcisDocument; indexes: readonly number[] } {
  if (!isObject(raw) || typeof raw['type'] !== 'string') throw new EpcisProblem('not-epcis', { found: isObject(raw) ? 'type' : typeof raw })
  // what is wrong with the context is for the rules to say
  const faults: EpcisFault[] = []
  const namespaces = raw['@context'] === undefined ? new Map<string, string>() : resolveContext(raw['@context'], new Map(), '', faults)
  const { type } = raw
  if (type !== 'EPCISDocument' && type !== 'EPCISQueryDocument') {
    const events = skip.has(0) ? [] : [new EventReader(namespaces, '').event(raw, true)]
    return { document: { kind: 'Event', namespaces, events }, indexes: events.map((_, i) => i) }
  }
  const body = isObject(raw['epcisBody']) ? raw['epcisBody'] : {}
  const results = isObject(body['queryResults']) ? body['queryResults'] : {}
  const resultsBody = isObject(results['resultsBody']) ? results['resultsBody'] : {}
  const header = isObject(raw['epcisHeader']) ? raw['epcisHeader'] : {}
  const list = type === 'EPCISDocument' ? body['eventList'] : resultsBody['eventList']
  const pointer = type === 'EPCISDocument' ? '/epcisBody/eventList' : '/epcisBody/queryResults/resultsBody/eventList'
  const masterData =
    type === 'EPCISDocument'
      ? isObject(header['epcisMasterData']) && header['epcisMasterData']['vocabularyList']
      : resultsBody['vocabularyList']
  const indexes: number[] = []
  const events: EpcisEvent[] = []
  if (Array.isArray(list))
    list.forEach((entry: unknown, i) => {
      if (skip.has(i)) return
      if (!isObject(entry)) throw new EpcisProblem('not-object', {}, pointer + pointerSegment(i))
      indexes.push(i)
      events.push(new EventReader(namespaces, pointer + pointerSegment(i)).event(entry, false))
    })
  const reader = new EventReader(namespaces, '')
  const known = (name: string) => KNOWN_IN_DOCUMENT.has(name)
  return {
    indexes,
    document: dropUndefined({
      kind: type,
      id: text(raw['id']),
      schemaVersion: text(raw['schemaVersion']),
      creationDate: text(raw['creationDate']),
      sender: text(raw['sender']),
      receiver: text(raw['receiver']),
      instanceIdentifier: text(raw['instanceIdentifier']),
      queryName: text(results['queryName']),
      subscriptionID: text(results['subscriptionID']),
      namespaces,
      masterData: frame && Array.isArray(masterData) ? reader.vocabularies(masterData) : undefined,
      events,
      extensions: frame ? reader.extensionsOf(raw, known) : undefined,
      headerExtensions: frame ? reader.extensionsOf(header, known) : undefined,
    }),
  }
}

const KNOWN_IN_DOCUMENT = new Set(
  '@context id type schemaVersion creationDate instanceIdentifier sender receiver epcisHeader epcisBody epcisMasterData'.split(' '),
)

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

function dropUndefined<T extends object>(object: T): T {
  for (const key of Object.keys(object)) if ((object as Json)[key] === undefined) delete (object as Json)[key]
  return object
}

/** Reads the fields of one event; knows the prefixes that hold at its place. */
class EventReader {
  #namespaces: Namespaces
  readonly #around: Namespaces
  readonly #pointer: string

  constructor(namespaces: Namespaces, pointer: string) {
    this.#namespaces = namespaces
    this.#around = namespaces
    this.#pointer = pointer
  }

  #wrong(code: 'not-object' | 'not-array' | 'not-string' | 'not-number', name: string): never {
    throw new EpcisProblem(code, {}, this.#pointer + pointerSegment(name))
  }

  /** @param bare whether the context of the event is that of the document */
  event(raw: Json, bare: boolean): EpcisEvent {
    if (!bare && raw['@context'] !== undefined) this.#namespaces = resolveContext(raw['@context'], this.#around, '', [])
    const { type } = raw
    if (typeof type !== 'string') this.#wrong('not-string', 'type')
    const event: Json = { type: EVENT_TYPE_SET.has(type) ? type : modelName(type, this.#namespaces) }
    for (const name of Object.keys(raw)) {
      if (name === 'type' || name === '@context') continue
      this.#eventField(event, name, raw[name])
    }
    return event as unknown as EpcisEvent
  }

  #eventField(event: Json, name: string, value: unknown): void {
    switch (name) {
      case 'eventID':
      case 'eventTime':
      case 'recordTime':
      case 'eventTimeZoneOffset':
      case 'action':
      case 'parentID':
      case 'transformationID':
        event[name] = typeof value === 'string' ? value : this.#wrong('not-string', name)
        return
      case 'id':
        // the older name of the event id; a blank node names nothing outside the document
        if (typeof value === 'string' && !value.startsWith('_:')) event['eventID'] ??= value
        return
      case 'certificationInfo':
        event[name] = typeof value === 'string' ? value : this.#strings(name, value)
        return
      case 'epcList':
      case 'childEPCs':
      case 'inputEPCList':
      case 'outputEPCList':
        event[name] = this.#strings(name, value)
        return
      case 'quantityList':
      case 'childQuantityList':
      case 'inputQuantityList':
      case 'outputQuantityList':
        event[name] = this.#objects(name, value).map((q) => this.#plain(q, name))
        return
      case 'bizStep':
      case 'disposition':
        event[name] = this.#term(name, name, value)
        return
      case 'persistentDisposition': {
        const given = this.#object(name, value)
        const terms = (list: unknown) => this.#strings(name, list).map((t) => this.#term('disposition', name, t))
        event[name] = dropUndefined({
          set: given['set'] === undefined ? undefined : terms(given['set']),
          unset: given['unset'] === undefined ? undefined : terms(given['unset']),
        })
        return
      }
      case 'readPoint':
      case 'bizLocation':
        event[name] = this.#withExtensions(typeof value === 'string' ? { id: value } : this.#object(name, value), PLACE_FIELDS, name)
        return
      case 'bizTransactionList':
        event[name] = this.#typed(name, value, 'bizTransactionType')
        return
      case 'sourceList':
      case 'destinationList':
        event[name] = this.#typed(name, value, 'sourceDestinationType')
        return
      case 'errorDeclaration': {
        const declaration = this.#withExtensions(this.#object(name, value), ERROR_FIELDS, name)
        if (declaration['reason'] !== undefined) declaration['reason'] = this.#term('errorReason', name, declaration['reason'])
        if (declaration['correctiveEventIDs'] !== undefined)
          declaration['correctiveEventIDs'] = this.#strings(name, declaration['correctiveEventIDs'])
        event[name] = declaration
        return
      }
      case 'sensorElementList':
        event[name] = this.#objects(name, value).map((element) => this.#sensorElement(element))
        return
      case 'ilmd':
        event[name] = this.extensionsOf(this.#object(name, value), () => false) ?? {}
        return
      default:
        this.#extension(event, name, value)
    }
  }

  #sensorElement(raw: Json): Json {
    // `type` is the older way to say that it is a sensor element
    const element = this.#withExtensions(raw, SENSOR_ELEMENT_FIELDS, 'sensorElementList')
    delete element['type']
    if (element['sensorMetadata'] !== undefined)
      element['sensorMetadata'] = this.#withExtensions(
        this.#object('sensorMetadata', element['sensorMetadata']),
        SENSOR_FIELDS,
        'sensorMetadata',
      )
    if (element['sensorReport'] !== undefined)
      element['sensorReport'] = this.#objects('sensorReport', element['sensorReport']).map((given) => {
        const report = this.#withExtensions(given, SENSOR_FIELDS, 'sensorReport')
        if (report['type'] !== undefined) report['type'] = this.#term('measurementType', 'sensorReport', report['type'])
        if (report['exception'] !== undefined) report['exception'] = this.#term('sensorAlertType', 'sensorReport', report['exception'])
        if (report['component'] !== undefined) report['component'] = this.#term('component', 'sensorReport', report['component'])
        return report
      })
    return element
  }

  #typed(name: string, value: unknown, kind: VocabularyKind): Json[] {
    return this.#objects(name, value).map((given) => {
      const entry = this.#plain(given, name)
      if (entry['type'] !== undefined) entry['type'] = this.#term(kind, name, entry['type'])
      return entry
    })
  }

  #term(kind: VocabularyKind, name: string, value: unknown): string {
    if (typeof value !== 'string') this.#wrong('not-string', name)
    const term = modelTerm(kind, value)
    // a prefix that means something else outside this event does not travel with the document
    return this.#namespaces === this.#around || term !== value ? term : this.#expandLocal(term)
  }

  #expandLocal(term: string): string {
    const expanded = expandCurie(term, this.#namespaces)
    return expanded === expandCurie(term, this.#around) ? term : expanded
  }

  #object(name: string, value: unknown): Json {
    return isObject(value) ? value : this.#wrong('not-object', name)
  }

  /** A list of objects; the older way writes a list of one without its brackets. */
  #objects(name: string, value: unknown): Json[] {
    if (isObject(value)) return [value]
    if (!Array.isArray(value)) this.#wrong('not-array', name)
    return value.map((entry: unknown) => this.#object(name, entry))
  }

  #strings(name: string, value: unknown): string[] {
    if (!Array.isArray(value)) this.#wrong('not-array', name)
    return value.map((entry: unknown) => (typeof entry === 'string' ? entry : this.#wrong('not-string', name)))
  }

  /** A copy of an object whose values are scalars. */
  #plain(raw: Json, name: string): Json {
    const copy: Json = {}
    for (const key of Object.keys(raw)) {
      const value = raw[key]
      if (key === '__proto__' || typeof value === 'object') this.#wrong('not-string', name)
      copy[key] = value
    }
    return copy
  }

  /** A copy in which the names of the standard stay and the others are extension fields. */
  #withExtensions(raw: Json, standard: ReadonlySet<string>, name: string): Json {
    const copy: Json = {}
    for (const key of Object.keys(raw)) {
      if (!standard.has(key)) this.#extension(copy, key, raw[key])
      else {
        const value = raw[key]
        // scalars but for the fields that have a reader of their own
        if (typeof value === 'object' && !NESTED.has(key)) this.#wrong('not-string', name)
        copy[key] = value
      }
    }
    return copy
  }

  #extension(into: Json, name: string, value: unknown): void {
    if (name === '__proto__') throw new EpcisProblem('forbidden-name', { name }, this.#pointer)
    into[modelName(name, this.#namespaces)] = this.#value(value, this.#namespaces)
  }

  /** Fields of other vocabularies of an object, without those of the standard; undefined when there are none. */
  extensionsOf(raw: Json, standard: (name: string) => boolean): Extensible | undefined {
    const found: Json = {}
    for (const name of Object.keys(raw)) if (!standard(name)) this.#extension(found, name, raw[name])
    return Object.keys(found).length === 0 ? undefined : (found as Extensible)
  }

  #value(value: unknown, namespaces: Namespaces): ExtensionValue {
    if (Array.isArray(value)) return value.map((entry: unknown) => this.#value(entry, namespaces))
    if (!isObject(value)) return value as ExtensionValue
    const inner = value['@context'] === undefined ? namespaces : resolveContext(value['@context'], namespaces, '', [])
    const copy: Record<string, ExtensionValue> = {}
    for (const name of Object.keys(value)) {
      if (name === '__proto__') throw new EpcisProblem('forbidden-name', { name }, this.#pointer)
      if (name === '@context') continue
      // an attribute of XML keeps its mark in front of the namespace
      copy[name.startsWith('@') ? `@${modelName(name.slice(1), inner)}` : modelName(name, inner)] = this.#value(value[name], inner)
    }
    return copy
  }

  vocabularies(list: readonly unknown[]): Vocabulary[] {
    return list.map((entry) => {
      const raw = this.#object('vocabularyList', entry)
      const elements = raw['vocabularyElementList']
      return dropUndefined({
        type: String(raw['type']),
        vocabularyElementList:
          elements === undefined
            ? undefined
            : this.#objects('vocabularyElementList', elements).map((element) =>
                dropUndefined({
                  id: String(element['id']),
                  attributes:
                    element['attributes'] === undefined
                      ? undefined
                      : this.#objects('attributes', element['attributes']).map((a) =>
                          dropUndefined({
                            id: String(a['id']),
                            attribute: a['attribute'] === undefined ? undefined : this.#value(a['attribute'], this.#namespaces),
                          }),
                        ),
                  children: element['children'] === undefined ? undefined : this.#strings('children', element['children']),
                }),
              ),
      })
    })
  }
}

const PLACE_FIELDS: ReadonlySet<string> = new Set(['id'])
const ERROR_FIELDS: ReadonlySet<string> = new Set(['declarationTime', 'reason', 'correctiveEventIDs'])
const SENSOR_ELEMENT_FIELDS: ReadonlySet<string> = new Set(['sensorMetadata', 'sensorReport', 'type'])
const NESTED: ReadonlySet<string> = new Set(['correctiveEventIDs', 'sensorMetadata', 'sensorReport'])

/** The fields of sensorMetadata and sensorReport together. */
export const SENSOR_FIELDS: ReadonlySet<string> = new Set(
  `type exception time startTime endTime deviceID deviceMetadata rawData dataProcessingMethod bizRules microorganism chemicalSubstance
  coordinateReferenceSystem value component stringValue booleanValue hexBinaryValue uriValue minValue maxValue meanValue sDev percRank
  percValue uom`
    .trim()
    .split(/\s+/),
)
