/**
 * EPCIS documents in XML, 2.0 and 1.2 alike, into the model. Events are built one at a time while the text arrives. What 1.2 wraps into
 * `extension` and `baseExtension` stands beside its siblings here, as in 2.0; a QuantityEvent of 1.0 is the ObjectEvent that replaced it.
 */
import {
  type EpcisDocument,
  type EpcisEvent,
  EVENT_TYPES,
  type Extensible,
  type ExtensionValue,
  type Vocabulary,
  type VocabularyElement,
} from '../event.ts'
import { DEFAULT_LIMITS, type DocumentLimits, type EpcisCode, type EpcisFault, EpcisProblem, faultOf, pointerSegment } from '../problems.ts'
import { type JudgedDocument, SENSOR_FIELDS } from '../read-json.ts'
import { validateDocument, type ValidateOptions, type Verdict } from '../validate.ts'
import { modelTerm, type VocabularyKind } from '../vocabulary.ts'
import { documentToJson } from '../write-json.ts'
import { decodeXml, XML_LIMITS, type XmlAttribute, type XmlHandler, XmlParser } from './parser.ts'

export const XSI = 'http://www.w3.org/2001/XMLSchema-instance'
export const XSD = 'http://www.w3.org/2001/XMLSchema'
const EPCIS_NAMESPACE = /^urn:epcglobal:epcis(?:-query|-masterdata)?:xsd:[12]$/

/** Whether a document begins like XML. */
export const looksLikeXml = (text: string): boolean => /^\ufeff?\s*</.test(text)

/**
 * Reads and judges a whole XML document, from bytes or text.
 * @throws EpcisProblem when it is not well-formed, too large or no EPCIS document
 */
export function readXml(input: string | Uint8Array, options: ValidateOptions = {}): JudgedDocument {
  const { document, faults } = convert(input, options.limits ?? DEFAULT_LIMITS)
  const verdict = validateDocument(documentToJson(document), options)
  return judged(document, merged(verdict, faults, options.limits ?? DEFAULT_LIMITS, document.kind === 'Event'))
}

/** The model of an XML document without asking for its validity, as the event hash wants it. */
export function convertXml(input: string | Uint8Array, limits: DocumentLimits = DEFAULT_LIMITS): EpcisDocument {
  return convert(input, limits).document
}

function convert(input: string | Uint8Array, limits: DocumentLimits): { document: EpcisDocument; faults: readonly EpcisFault[] } {
  if (input.length > limits.bytes) throw new EpcisProblem('document-too-large', { limit: limits.bytes })
  const reader = new EpcisXmlReader(limits)
  reader.write(typeof input === 'string' ? input : decodeXml(input))
  return { document: reader.end(), faults: reader.faults }
}

function merged(verdict: Verdict, faults: readonly EpcisFault[], limits: DocumentLimits, bare: boolean): Verdict {
  if (faults.length === 0) return verdict
  const invalidEvents = new Set(verdict.invalidEvents)
  let frameValid = verdict.frameValid
  for (const { pointer } of faults) {
    const index = /\/eventList\/(\d+)(?:\/|$)/.exec(pointer)?.[1]
    if (bare) invalidEvents.add(0)
    else if (index === undefined) frameValid = false
    else invalidEvents.add(Number(index))
  }
  return { valid: false, faults: [...faults, ...verdict.faults].slice(0, limits.faults), frameValid, invalidEvents }
}

function judged(document: EpcisDocument, verdict: Verdict): JudgedDocument {
  const indexes = document.events.map((_, i) => i).filter((i) => !verdict.invalidEvents.has(i))
  return { document: { ...document, events: indexes.map((i) => document.events[i]!) }, indexes, verdict }
}

interface Element {
  readonly namespace: string
  readonly local: string
  readonly attributes: readonly XmlAttribute[]
  readonly children: Element[]
  text: string
}

/** Elements that only hold what matters. */
const CONTAINERS = new Set(['EPCISBody', 'QueryResults', 'resultsBody', 'EventList'])
const EVENT_TYPE_SET: ReadonlySet<string> = new Set([...EVENT_TYPES, 'QuantityEvent'])

/** Where the events stand in the JSON form. */
const LIST_POINTER = {
  EPCISDocument: '/epcisBody/eventList',
  EPCISQueryDocument: '/epcisBody/queryResults/resultsBody/eventList',
  Event: '',
} as const

/** Takes a document in pieces: `write` as often as there is text, then `end`. */
export class EpcisXmlReader {
  readonly #parser: XmlParser
  readonly #limits: DocumentLimits
  readonly #onEvent: ((event: EpcisEvent, index: number) => void) | undefined
  readonly #faults: EpcisFault[] = []
  readonly #namespaces = new Map<string, string>()
  readonly #events: EpcisEvent[] = []
  readonly #containers: string[] = []
  readonly #building: Element[] = []
  readonly #fields: Partial<
    Record<'schemaVersion' | 'creationDate' | 'queryName' | 'subscriptionID' | 'sender' | 'receiver' | 'instanceIdentifier', string>
  > = {}
  readonly #extensions: Record<string, ExtensionValue> = {}
  #kind: EpcisDocument['kind'] = 'EPCISDocument'
  #masterData: Vocabulary[] | undefined
  #values = 0
  #length = 0
  #count = 0

  /** @param onEvent takes each event as soon as it is read; the document then holds none */
  constructor(limits: DocumentLimits = DEFAULT_LIMITS, onEvent?: (event: EpcisEvent, index: number) => void) {
    this.#limits = limits
    this.#onEvent = onEvent
    const handler: XmlHandler = {
      open: (namespace, local, attributes, declared) => this.#open(namespace, local, attributes, declared),
      text: (text) => {
        const element = this.#building.at(-1)
        if (element !== undefined) element.text += text
      },
      close: () => this.#close(),
    }
    this.#parser = new XmlParser(handler, { ...XML_LIMITS, depth: limits.depth })
  }

  /** What is wrong with the fields that were read: values of the wrong kind and names that the standard does not have. */
  get faults(): readonly EpcisFault[] {
    return this.#faults
  }

  write(piece: string): void {
    this.#length += piece.length
    if (this.#length > this.#limits.bytes) throw new EpcisProblem('document-too-large', { limit: this.#limits.bytes })
    this.#parser.write(piece)
  }

  end(): EpcisDocument {
    this.#parser.end()
    const extensions = this.#extensions as Extensible
    return {
      kind: this.#kind,
      ...this.#fields,
      namespaces: this.#namespaces,
      ...(this.#masterData === undefined ? {} : { masterData: this.#masterData }),
      events: this.#events,
      ...(Object.keys(extensions).length === 0 ? {} : { extensions }),
    }
  }

  #open(namespace: string, local: string, attributes: readonly XmlAttribute[], declared: ReadonlyMap<string, string>): void {
    for (const [prefix, bound] of declared) {
      const ours = prefix === '' || bound === XSI || bound === XSD || EPCIS_NAMESPACE.test(bound)
      if (!ours && !this.#namespaces.has(prefix)) this.#namespaces.set(prefix, bound)
    }
    if (this.#building.length === 0) {
      const bare = this.#containers.length === 0 && EVENT_TYPE_SET.has(local) && (namespace === '' || EPCIS_NAMESPACE.test(namespace))
      if (bare) {
        // a single event without a document around it
        this.#kind = 'Event'
        this.#containers.push('EventList')
        this.#building.push({ namespace: '', local, attributes, children: [], text: '' })
        return
      }
      if (this.#containers.length === 0) return this.#root(namespace, local, attributes)
      const inList = this.#containers.at(-1) === 'EventList' || this.#containers.at(-1) === 'extension'
      const wraps = local === 'extension' && namespace === '' && (inList || this.#containers.length === 1)
      if ((namespace === '' || EPCIS_NAMESPACE.test(namespace)) && (CONTAINERS.has(local) || wraps)) {
        this.#containers.push(local)
        return
      }
      this.#values = 0
    }
    this.#values += 1 + attributes.length
    if (this.#values > this.#limits.valuesPerEvent) throw new EpcisProblem('too-many-values', { limit: this.#limits.valuesPerEvent })
    const element: Element = { namespace, local, attributes, children: [], text: '' }
    this.#building.at(-1)?.children.push(element)
    this.#building.push(element)
  }

  #close(): void {
    const element = this.#building.pop()
    if (element === undefined) this.#containers.pop()
    else if (this.#building.length === 0) this.#complete(element)
  }

  #root(namespace: string, local: string, attributes: readonly XmlAttribute[]): void {
    if (!EPCIS_NAMESPACE.test(namespace) || !/^EPCIS(?:Query|MasterData)?Document$/.test(local))
      throw new EpcisProblem('not-epcis', { found: `{${namespace}}${local}`.slice(0, 200) })
    if (local === 'EPCISQueryDocument') this.#kind = local
    for (const { namespace: ns, local: name, value } of attributes) {
      if (ns === '' && (name === 'schemaVersion' || name === 'creationDate')) this.#fields[name] = value.trim()
    }
    this.#containers.push(local)
  }

  #complete(element: Element): void {
    const { namespace, local } = element
    const inList = this.#containers.includes('EventList')
    if (inList) return this.#event(element)
    if (namespace === '' && local === 'EPCISHeader') return this.#header(element)
    if (namespace === '' && local === 'VocabularyList') {
      this.#masterData = [...(this.#masterData ?? []), ...this.#vocabularies(element)]
      return
    }
    if (namespace === '' && (local === 'queryName' || local === 'subscriptionID')) this.#fields[local] = element.text.trim()
    else if (namespace !== '' && this.#containers.length <= 2) add(this.#extensions, `{${namespace}}${local}`, valueOf(element))
    else this.#faults.push(faultOf('unknown-field', '', { name: local.slice(0, 100), type: this.#containers.at(-1) ?? '' }))
  }

  #event(element: Element): void {
    const index = this.#count++
    if (this.#count > this.#limits.events) throw new EpcisProblem('too-many-events', { found: this.#count, limit: this.#limits.events })
    const list = LIST_POINTER[this.#kind]
    const event = new EventBuilder(this.#kind === 'Event' ? '' : list + pointerSegment(index), this.#faults).event(element)
    if (this.#onEvent === undefined) this.#events.push(event)
    else this.#onEvent(event, index)
  }

  #header(header: Element): void {
    for (const child of flattened(header.children)) {
      if (child.local === 'StandardBusinessDocumentHeader') this.#businessHeader(child)
      else if (child.local === 'EPCISMasterData')
        for (const list of flattened(child.children)) if (list.local === 'VocabularyList') this.#masterData = this.#vocabularies(list)
    }
  }

  /** Who sent the document to whom, and its number (UN/CEFACT Standard Business Document Header). */
  #businessHeader(header: Element): void {
    const find = (element: Element | undefined, local: string) => element?.children.find((c) => c.local === local)
    for (const [name, path] of [
      ['sender', ['Sender', 'Identifier']],
      ['receiver', ['Receiver', 'Identifier']],
      ['instanceIdentifier', ['DocumentIdentification', 'InstanceIdentifier']],
    ] as const) {
      const text = find(find(header, path[0]), path[1])?.text.trim()
      if (text !== undefined && text !== '') this.#fields[name] = text
    }
  }

  #vocabularies(list: Element): Vocabulary[] {
    return list.children
      .filter((v) => v.local === 'Vocabulary')
      .map((vocabulary) => {
        const elements = vocabulary.children.filter((c) => c.local === 'VocabularyElementList')
        return {
          type: attribute(vocabulary, 'type') ?? '',
          ...(elements.length === 0 ? {} : { vocabularyElementList: elements.flatMap((l) => l.children).map(vocabularyElement) }),
        }
      })
  }
}

function vocabularyElement(element: Element): VocabularyElement {
  const attributes = element.children.filter((c) => c.local === 'attribute')
  const children = element.children.find((c) => c.local === 'children')
  return {
    id: attribute(element, 'id') ?? '',
    ...(attributes.length === 0
      ? {}
      : {
          attributes: attributes.map((a) => ({
            id: attribute(a, 'id') ?? '',
            attribute: valueOf({ ...a, attributes: a.attributes.filter((x) => x.namespace !== '' || x.local !== 'id') }),
          })),
        }),
    // an empty list is the same as none (EPCIS 1.2, schema)
    ...(children === undefined || children.children.length === 0 ? {} : { children: children.children.map((c) => c.text.trim()) }),
  }
}

const attribute = (element: Element, local: string): string | undefined =>
  element.attributes.find((a) => a.namespace === '' && a.local === local)?.value.trim()

/** Children with those of `extension` and `baseExtension` in their place. */
function flattened(children: readonly Element[]): Element[] {
  if (!children.some(isWrapper)) return children as Element[]
  return children.flatMap((child) => (isWrapper(child) ? flattened(child.children) : [child]))
}

const isWrapper = (element: Element): boolean =>
  element.namespace === '' && (element.local === 'extension' || element.local === 'baseExtension')

/** A field that comes again makes a list. */
function add(into: Record<string, ExtensionValue>, name: string, value: ExtensionValue): void {
  if (name === '__proto__') throw new EpcisProblem('forbidden-name', { name })
  if (!Object.hasOwn(into, name)) into[name] = value
  else {
    const given = into[name]!
    into[name] = Array.isArray(given) ? [...(given as readonly ExtensionValue[]), value] : [given, value]
  }
}

const nameOf = (item: { readonly namespace: string; readonly local: string }): string =>
  item.namespace === '' ? item.local : `{${item.namespace}}${item.local}`

/** What an element of another vocabulary holds: a scalar by its `xsi:type`, or an object of its attributes and children. */
function valueOf(element: Element): ExtensionValue {
  const attributes = element.attributes.filter((a) => a.namespace !== XSI)
  const scalar = (): ExtensionValue => {
    const xsi = (local: string) => element.attributes.find((a) => a.namespace === XSI && a.local === local)?.value.trim()
    if (xsi('nil') === 'true' || xsi('nil') === '1') return null
    return typed(element.text, xsi('type')?.replace(/^.*:/, ''))
  }
  if (attributes.length === 0 && element.children.length === 0) return scalar()
  const object: Record<string, ExtensionValue> = {}
  for (const a of attributes) object[`@${nameOf(a)}`] = a.value
  if (element.children.length === 0) {
    const text = scalar()
    if (text !== '') object['#text'] = text
    return object
  }
  const grouped = new Map<string, ExtensionValue[]>()
  for (const child of element.children) {
    const name = nameOf(child)
    const list = grouped.get(name)
    if (list === undefined) grouped.set(name, [valueOf(child)])
    else list.push(valueOf(child))
  }
  for (const [name, list] of grouped) {
    if (name === '__proto__') throw new EpcisProblem('forbidden-name', { name })
    object[name] = list.length === 1 ? list[0]! : list
  }
  if (element.text.trim() !== '') object['#text'] = element.text.trim()
  return object
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

function typed(text: string, type: string | undefined): ExtensionValue {
  const trimmed = text.trim()
  switch (type) {
    case 'boolean':
      return trimmed === 'true' || trimmed === '1' ? true : trimmed === 'false' || trimmed === '0' ? false : text
    case 'integer':
    case 'int':
    case 'long':
    case 'short':
    case 'decimal':
    case 'double':
    case 'float':
    case 'nonNegativeInteger':
    case 'positiveInteger':
      return DECIMAL.test(trimmed) && Number.isFinite(Number(trimmed)) ? Number(trimmed) : text
    default:
      return text
  }
}

/** Makes an event of its element. */
class EventBuilder {
  readonly #pointer: string
  readonly #faults: EpcisFault[]

  constructor(pointer: string, faults: EpcisFault[]) {
    this.#pointer = pointer
    this.#faults = faults
  }

  #fault(code: EpcisCode, path: string, params: Record<string, string> = {}): void {
    this.#faults.push(faultOf(code, this.#pointer + path, params))
  }

  event(element: Element): EpcisEvent {
    const { namespace, local } = element
    const standard = namespace === '' && EVENT_TYPE_SET.has(local)
    if (namespace === '' && !standard) this.#fault('unknown-type', '/type')
    const quantityEvent = standard && local === 'QuantityEvent'
    const event: Record<string, unknown> = { type: quantityEvent ? 'ObjectEvent' : nameOf(element) }
    const extensions: Record<string, ExtensionValue> = {}
    for (const child of flattened(element.children)) {
      if (child.namespace !== '') add(extensions, nameOf(child), valueOf(child))
      else if (!(standard || EVENT_FIELDS.has(child.local))) add(extensions, child.local, valueOf(child))
      else if (Object.hasOwn(event, child.local) && child.local !== 'certificationInfo')
        this.#fault('duplicate-name', pointerSegment(child.local))
      else this.#field(event, child, local)
    }
    for (const a of element.attributes) if (a.namespace !== '' && a.namespace !== XSI) add(extensions, nameOf(a), a.value)
    if (quantityEvent) {
      const { epcClass, quantity, ...rest } = event as { epcClass?: string; quantity?: number }
      return { ...rest, action: 'OBSERVE', quantityList: [{ epcClass, quantity }], ...extensions } as unknown as EpcisEvent
    }
    return Object.assign(event, extensions) as unknown as EpcisEvent
  }

  #field(event: Record<string, unknown>, element: Element, type: string): void {
    const name = element.local
    const text = () => element.text.trim()
    const list = (local: string) => element.children.filter((c) => c.local === local)
    switch (name) {
      case 'eventTime':
      case 'recordTime':
      case 'eventTimeZoneOffset':
      case 'eventID':
      case 'action':
      case 'parentID':
      case 'transformationID':
        event[name] = text()
        return
      case 'certificationInfo':
        event[name] = event[name] === undefined ? text() : [event[name], text()].flat()
        return
      case 'bizStep':
      case 'disposition':
        event[name] = modelTerm(name, text())
        return
      case 'epcList':
      case 'childEPCs':
      case 'inputEPCList':
      case 'outputEPCList':
        event[name] = list('epc').map((c) => c.text.trim())
        return
      case 'quantityList':
      case 'childQuantityList':
      case 'inputQuantityList':
      case 'outputQuantityList':
        event[name] = list('quantityElement').map((q, i) => this.#quantity(q, `/${name}/${i}`))
        return
      case 'persistentDisposition': {
        const terms = (local: string) => list(local).map((c) => modelTerm('disposition', c.text.trim()))
        const [set, unset] = [terms('set'), terms('unset')]
        event[name] = { ...(set.length === 0 ? {} : { set }), ...(unset.length === 0 ? {} : { unset }) }
        return
      }
      case 'readPoint':
      case 'bizLocation':
        event[name] = this.#open(element, new Set(['id']), `/${name}`)
        return
      case 'bizTransactionList':
        event[name] = list('bizTransaction').map((c) => this.#pair(c, 'bizTransaction', 'bizTransactionType'))
        return
      case 'sourceList':
        event[name] = list('source').map((c) => this.#pair(c, 'source', 'sourceDestinationType'))
        return
      case 'destinationList':
        event[name] = list('destination').map((c) => this.#pair(c, 'destination', 'sourceDestinationType'))
        return
      case 'errorDeclaration':
        event[name] = this.#errorDeclaration(element)
        return
      case 'sensorElementList':
        event[name] = flattened(element.children).map((c, i) => this.#sensorElement(c, `/${name}/${i}`))
        return
      case 'ilmd': {
        const fields: Record<string, ExtensionValue> = {}
        for (const child of flattened(element.children)) add(fields, nameOf(child), valueOf(child))
        event[name] = fields
        return
      }
      case 'epcClass':
        if (type !== 'QuantityEvent') break
        event[name] = text()
        return
      case 'quantity':
        if (type !== 'QuantityEvent') break
        event[name] = this.#number(text(), `/${name}`)
        return
    }
    this.#fault('unknown-field', pointerSegment(name), { name: name.slice(0, 100), type })
  }

  #number(text: string, path: string): number | undefined {
    if (DECIMAL.test(text) && Number.isFinite(Number(text))) return Number(text)
    this.#fault('not-number', path)
    return undefined
  }

  #quantity(element: Element, path: string): object {
    const quantity: Record<string, unknown> = {}
    for (const child of element.children) {
      if (child.local === 'epcClass' || child.local === 'uom') quantity[child.local] = child.text.trim()
      else if (child.local === 'quantity' && child.attributes.some((a) => a.namespace === XSI && a.local === 'nil')) continue
      else if (child.local === 'quantity') quantity['quantity'] = this.#number(child.text.trim(), `${path}/quantity`)
      else this.#fault('unknown-field', path + pointerSegment(child.local), { name: child.local.slice(0, 100), type: 'quantityElement' })
    }
    return quantity
  }

  #pair(element: Element, name: string, kind: VocabularyKind): object {
    const type = attribute(element, 'type')
    return { ...(type === undefined ? {} : { type: modelTerm(kind, type) }), [name]: element.text.trim() }
  }

  /** Children of the standard as texts, the others as extension fields. */
  #open(element: Element, standard: ReadonlySet<string>, path: string): Record<string, ExtensionValue> {
    const object: Record<string, ExtensionValue> = {}
    for (const child of flattened(element.children)) {
      if (child.namespace === '' && standard.has(child.local)) {
        if (Object.hasOwn(object, child.local)) this.#fault('duplicate-name', path + pointerSegment(child.local))
        object[child.local] = child.text.trim()
      } else add(object, nameOf(child), valueOf(child))
    }
    return object
  }

  #errorDeclaration(element: Element): object {
    const ids = flattened(element.children).filter((c) => c.namespace === '' && c.local === 'correctiveEventIDs')
    const rest = { ...element, children: flattened(element.children).filter((c) => !ids.includes(c)) }
    const declaration = this.#open(rest, new Set(['declarationTime', 'reason']), '/errorDeclaration')
    if (typeof declaration['reason'] === 'string') declaration['reason'] = modelTerm('errorReason', declaration['reason'])
    for (const a of element.attributes) if (a.namespace !== '' && a.namespace !== XSI) add(declaration, nameOf(a), a.value)
    return ids.length === 0 ? declaration : { ...declaration, correctiveEventIDs: ids.flatMap((i) => i.children.map((c) => c.text.trim())) }
  }

  #sensorElement(element: Element, path: string): object {
    const result: Record<string, unknown> = {}
    const reports: object[] = []
    const extensions: Record<string, ExtensionValue> = {}
    for (const child of flattened(element.children)) {
      if (child.namespace !== '') add(extensions, nameOf(child), valueOf(child))
      else if (child.local === 'sensorMetadata') result['sensorMetadata'] = this.#sensorData(child, `${path}/sensorMetadata`)
      else if (child.local === 'sensorReport') reports.push(this.#sensorData(child, `${path}/sensorReport/${reports.length}`))
      else this.#fault('unknown-field', path + pointerSegment(child.local), { name: child.local.slice(0, 100), type: 'sensorElement' })
    }
    return Object.assign(result, { sensorReport: reports }, extensions)
  }

  #sensorData(element: Element, path: string): object {
    const data: Record<string, unknown> = {}
    for (const { namespace, local, value } of element.attributes) {
      if (namespace === XSI) continue
      if (namespace !== '') data[`{${namespace}}${local}`] = value
      else if (SENSOR_NUMBERS.has(local)) data[local] = this.#number(value.trim(), path + pointerSegment(local))
      else if (local === 'booleanValue') {
        const flag = typed(value, 'boolean')
        if (typeof flag === 'boolean') data[local] = flag
        else this.#fault('not-boolean', `${path}/booleanValue`)
      } else if (local === 'type') data[local] = modelTerm('measurementType', value.trim())
      else if (local === 'exception') data[local] = modelTerm('sensorAlertType', value.trim())
      else if (local === 'component') data[local] = modelTerm('component', value.trim())
      else if (SENSOR_FIELDS.has(local)) data[local] = local === 'stringValue' ? value : value.trim()
      else this.#fault('unknown-field', path + pointerSegment(local), { name: local.slice(0, 100), type: element.local })
    }
    const children: Record<string, ExtensionValue> = {}
    for (const child of element.children) add(children, nameOf(child), valueOf(child))
    return Object.assign(data, children)
  }
}

const SENSOR_NUMBERS = new Set('value minValue maxValue meanValue sDev percRank percValue'.split(' '))

/** Fields of every event, also of extension types. */
const EVENT_FIELDS = new Set('eventTime recordTime eventTimeZoneOffset eventID errorDeclaration certificationInfo'.split(' '))
