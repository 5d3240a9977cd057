/**
 * The model as XML, 2.0 or 1.2, with the elements in the order of the official schemas. Terms of the standard vocabularies are URNs (or
 * web URIs when asked), values of other vocabularies that are not text carry their `xsi:type`, so that reading gives the same model.
 */
import { PrefixTable, STANDARD_NAMESPACES } from '../context.ts'
import {
  type EpcisDocument,
  type EpcisEvent,
  type ExtensionValue,
  isExtensionName,
  type QuantityElement,
  type SensorElement,
  splitName,
  type Vocabulary,
} from '../event.ts'
import { EpcisProblem } from '../problems.ts'
import { GS1_VOC_BASE, type VocabularyKind, webTerm, xmlTerm } from '../vocabulary.ts'
import { isNcName } from './parser.ts'
import { XSD, XSI } from './read.ts'

export interface XmlOptions {
  readonly version?: '2.0' | '1.2'
  /** How standard terms are written: `GS1-CBV-XML-Format`. */
  readonly terms?: 'urn' | 'web'
  /** For documents that have no creation date of their own. */
  readonly creationDate?: string
}

/**
 * @throws EpcisProblem `not-expressible` for what XML (a character, a name) or version 1.2 (sensor data, associations, persistent
 * dispositions, certification) cannot hold
 */
export function documentToXml(document: EpcisDocument, options: XmlOptions = {}): string {
  return new XmlWriter(document, options).document()
}

const SBDH = 'http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader'

const TEXT_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' }
const ATTRIBUTE_ESCAPES: Readonly<Record<string, string>> = { ...TEXT_ESCAPES, '"': '&quot;', '\n': '&#10;', '\t': '&#9;' }
// lone surrogates are no characters either
const NOT_XML = /[\0-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** Fields in the order of the schema; what 1.2 puts into `extension` stands behind the bar. */
const ORDER: Readonly<Record<string, { readonly before: readonly string[]; readonly extension: readonly string[] }>> = {
  ObjectEvent: order(
    'epcList action bizStep disposition readPoint bizLocation bizTransactionList',
    'quantityList sourceList destinationList ilmd',
  ),
  AggregationEvent: order(
    'parentID childEPCs action bizStep disposition readPoint bizLocation bizTransactionList',
    'childQuantityList sourceList destinationList',
  ),
  TransactionEvent: order(
    'bizTransactionList parentID epcList action bizStep disposition readPoint bizLocation',
    'quantityList sourceList destinationList',
  ),
  TransformationEvent: order(
    `inputEPCList inputQuantityList outputEPCList outputQuantityList transformationID bizStep disposition readPoint bizLocation
    bizTransactionList sourceList destinationList ilmd`,
    '',
  ),
  AssociationEvent: order(
    `parentID childEPCs childQuantityList action bizStep disposition readPoint bizLocation bizTransactionList sourceList destinationList`,
    '',
  ),
}

function order(before: string, extension: string): { readonly before: readonly string[]; readonly extension: readonly string[] } {
  const split = (text: string) => text.split(/\s+/).filter((name) => name !== '')
  return { before: split(before), extension: split(extension) }
}

/** What 2.0 added, in the order of its schema; ILMD comes last. */
const SINCE_2 = ['sensorElementList', 'persistentDisposition'] as const

class XmlWriter {
  readonly #document: EpcisDocument
  readonly #version: '2.0' | '1.2'
  readonly #web: boolean
  readonly #creationDate: string | undefined
  readonly #table: PrefixTable

  constructor(document: EpcisDocument, options: XmlOptions) {
    this.#document = document
    this.#version = options.version ?? '2.0'
    this.#web = options.terms === 'web'
    this.#creationDate = document.creationDate ?? options.creationDate
    this.#table = new PrefixTable(document.namespaces, new Map([...STANDARD_NAMESPACES, ...CURIE_PREFIXES]))
  }

  document(): string {
    const { kind, events, masterData } = this.#document
    const query = kind === 'EPCISQueryDocument'
    const major = this.#version === '1.2' ? '1' : '2'
    const list = `<EventList>${events.map((event) => this.#event(event)).join('')}</EventList>`
    const vocabularies = masterData === undefined ? '' : this.#vocabularyList(masterData)
    const results = () =>
      `<epcisq:QueryResults><queryName>${text(this.#document.queryName ?? 'SimpleEventQuery')}</queryName>${
        this.#document.subscriptionID === undefined ? '' : `<subscriptionID>${text(this.#document.subscriptionID)}</subscriptionID>`
      }<resultsBody>${list}</resultsBody></epcisq:QueryResults>`
    const body = query ? results() : list
    const header = this.#header(vocabularies)
    const foreign = this.#extensions(this.#document.extensions ?? {})
    const root = query ? 'epcisq:EPCISQueryDocument' : 'epcis:EPCISDocument'
    const namespace = query ? `xmlns:epcisq="urn:epcglobal:epcis-query:xsd:${major}"` : `xmlns:epcis="urn:epcglobal:epcis:xsd:${major}"`
    // everything is written: now it is known which prefixes are used, beside those that values may need
    const prefixes = new Map([...this.#document.namespaces].filter(([p, n]) => isNcName(p) && !/^(?:xml|epcis)/i.test(p) && n !== ''))
    for (const [prefix, bound] of [...this.#table.used, ...CURIE_PREFIXES]) prefixes.set(prefix, bound)
    const version = this.#version === '1.2' ? '1.2' : '2.0'
    const date = this.#creationDate === undefined ? '' : ` creationDate="${attribute(this.#creationDate)}"`
    const declarations = [...prefixes].map(([prefix, bound]) => ` xmlns:${prefix}="${attribute(bound)}"`).join('')
    return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} ${namespace}${declarations} schemaVersion="${version}"${date}>${header}<EPCISBody>${body}</EPCISBody>${foreign}</${root}>\n`
  }

  #header(vocabularies: string): string {
    const { sender, receiver, instanceIdentifier } = this.#document
    const business =
      sender === undefined && receiver === undefined && instanceIdentifier === undefined
        ? ''
        : this.#businessHeader(sender, receiver, instanceIdentifier)
    if (business === '' && vocabularies === '') return ''
    const masterData = vocabularies === '' ? '' : `<extension><EPCISMasterData>${vocabularies}</EPCISMasterData></extension>`
    return `<EPCISHeader>${business}${masterData}</EPCISHeader>`
  }

  #businessHeader(sender: string | undefined, receiver: string | undefined, instance: string | undefined): string {
    const party = (name: string, id: string | undefined) =>
      id === undefined ? '' : `<sbdh:${name}><sbdh:Identifier>${text(id)}</sbdh:Identifier></sbdh:${name}>`
    const type = this.#document.kind === 'EPCISQueryDocument' ? 'QueryResults' : 'Events'
    const identification =
      `<sbdh:DocumentIdentification><sbdh:Standard>EPCglobal</sbdh:Standard><sbdh:TypeVersion>1.0</sbdh:TypeVersion>` +
      `<sbdh:InstanceIdentifier>${text(instance ?? '')}</sbdh:InstanceIdentifier><sbdh:Type>${type}</sbdh:Type>` +
      `<sbdh:CreationDateAndTime>${text(this.#creationDate ?? '')}</sbdh:CreationDateAndTime></sbdh:DocumentIdentification>`
    return `<sbdh:StandardBusinessDocumentHeader xmlns:sbdh="${SBDH}"><sbdh:HeaderVersion>1.0</sbdh:HeaderVersion>${party('Sender', sender)}${party('Receiver', receiver)}${identification}</sbdh:StandardBusinessDocumentHeader>`
  }

  #vocabularyList(list: readonly Vocabulary[]): string {
    const elements = (vocabulary: Vocabulary) =>
      (vocabulary.vocabularyElementList ?? [])
        .map((element) => {
          const attributes = (element.attributes ?? [])
            .map((a) => this.#value('attribute', a.attribute ?? '', ` id="${attribute(a.id)}"`))
            .join('')
          const children =
            element.children === undefined ? '' : `<children>${element.children.map((id) => `<id>${text(id)}</id>`).join('')}</children>`
          return `<VocabularyElement id="${attribute(element.id)}">${attributes}${children}</VocabularyElement>`
        })
        .join('')
    return `<VocabularyList>${list
      .map((v) => {
        const inner = v.vocabularyElementList === undefined ? '' : `<VocabularyElementList>${elements(v)}</VocabularyElementList>`
        return `<Vocabulary type="${attribute(v.type)}">${inner}</Vocabulary>`
      })
      .join('')}</VocabularyList>`
  }

  #event(event: EpcisEvent): string {
    const old = this.#version === '1.2'
    const standard = ORDER[event.type]
    if (old) {
      for (const name of ['certificationInfo', ...SINCE_2] as const)
        if (event[name] !== undefined) throw new EpcisProblem('not-expressible', { what: name, format: 'EPCIS 1.2' })
      if (standard === undefined || event.type === 'AssociationEvent')
        throw new EpcisProblem('not-expressible', { what: event.type, format: 'EPCIS 1.2' })
    }
    const field = (name: string) => this.#field(event, name)
    const identity = field('eventID') + field('errorDeclaration')
    let out = field('eventTime') + field('recordTime') + field('eventTimeZoneOffset')
    out += old ? wrap('baseExtension', identity) : identity + field('certificationInfo')
    if (standard === undefined) {
      const name = this.#table.nameOf(event.type)
      const known = new Set('type eventTime recordTime eventTimeZoneOffset eventID errorDeclaration certificationInfo'.split(' '))
      return `<${name}>${out}${this.#extensions(event, known)}</${name}>`
    }
    const { before, extension } = standard
    // 1.2 demands these lists, though they be empty
    const demanded = (name: string) =>
      old && ((name === 'epcList' && event.epcList === undefined) || (name === 'childEPCs' && event.childEPCs === undefined))
    const written = (names: readonly string[]) => names.map((name) => (demanded(name) ? `<${name}/>` : field(name))).join('')
    if (old) out += written(before) + wrap('extension', written(extension))
    else {
      const names = [...before, ...extension].filter((name) => name !== 'ilmd')
      out += written([...names, ...SINCE_2, ...(event.ilmd === undefined ? [] : ['ilmd'])])
    }
    out += this.#extensions(event, STANDARD_EVENT_FIELDS)
    const element = `<${event.type}>${out}</${event.type}>`
    return old && event.type === 'TransformationEvent' ? `<extension>${element}</extension>` : element
  }

  #field(event: EpcisEvent, name: string): string {
    const value = (event as unknown as Record<string, unknown>)[name]
    if (value === undefined) return ''
    switch (name) {
      case 'epcList':
      case 'childEPCs':
      case 'inputEPCList':
      case 'outputEPCList':
        return `<${name}>${(value as readonly string[]).map((epc) => `<epc>${text(epc)}</epc>`).join('')}</${name}>`
      case 'quantityList':
      case 'childQuantityList':
      case 'inputQuantityList':
      case 'outputQuantityList':
        return `<${name}>${(value as readonly QuantityElement[]).map(quantityElement).join('')}</${name}>`
      case 'bizStep':
      case 'disposition':
        return `<${name}>${text(this.#term(name, value as string))}</${name}>`
      case 'certificationInfo':
        return [value]
          .flat()
          .map((v) => `<${name}>${text(String(v))}</${name}>`)
          .join('')
      case 'persistentDisposition': {
        const { set = [], unset = [] } = event.persistentDisposition!
        const terms = (tag: string, list: readonly string[]) =>
          list.map((d) => `<${tag}>${text(this.#term('disposition', d))}</${tag}>`).join('')
        return `<${name}>${terms('unset', unset)}${terms('set', set)}</${name}>`
      }
      case 'readPoint':
      case 'bizLocation':
        return `<${name}><id>${text(event[name]!.id)}</id>${this.#extensions(event[name]!, new Set(['id']))}</${name}>`
      case 'bizTransactionList':
        return `<${name}>${event.bizTransactionList!.map((b) => this.#pair('bizTransaction', b.bizTransaction, 'bizTransactionType', b.type)).join('')}</${name}>`
      case 'sourceList':
        return `<${name}>${event.sourceList!.map((s) => this.#pair('source', s.source, 'sourceDestinationType', s.type)).join('')}</${name}>`
      case 'destinationList':
        return `<${name}>${event.destinationList!.map((d) => this.#pair('destination', d.destination, 'sourceDestinationType', d.type)).join('')}</${name}>`
      case 'errorDeclaration': {
        const { declarationTime, reason, correctiveEventIDs, ...others } = event.errorDeclaration!
        const ids =
          correctiveEventIDs === undefined
            ? ''
            : `<correctiveEventIDs>${correctiveEventIDs.map((id) => `<correctiveEventID>${text(id)}</correctiveEventID>`).join('')}</correctiveEventIDs>`
        const why = reason === undefined ? '' : `<reason>${text(this.#term('errorReason', reason))}</reason>`
        return `<${name}><declarationTime>${text(declarationTime)}</declarationTime>${why}${ids}${this.#extensions(others)}</${name}>`
      }
      case 'sensorElementList':
        return `<${name}>${event.sensorElementList!.map((e) => this.#sensorElement(e)).join('')}</${name}>`
      case 'ilmd':
        return `<${name}>${this.#extensions(event.ilmd!)}</${name}>`
      default:
        return `<${name}>${text(value as string)}</${name}>`
    }
  }

  #term(kind: VocabularyKind, term: string): string {
    return this.#web ? webTerm(kind, term) : xmlTerm(kind, term)
  }

  #pair(name: string, value: string, kind: VocabularyKind, type: string | undefined): string {
    return `<${name}${type === undefined ? '' : ` type="${attribute(this.#term(kind, type))}"`}>${text(value)}</${name}>`
  }

  #sensorElement(element: SensorElement): string {
    const { sensorMetadata, sensorReport, ...others } = element
    const metadata = sensorMetadata === undefined ? '' : this.#sensorData('sensorMetadata', sensorMetadata)
    return `<sensorElement>${metadata}${sensorReport.map((r) => this.#sensorData('sensorReport', r)).join('')}${this.#extensions(others)}</sensorElement>`
  }

  /** Sensor data are attributes; extension fields that an attribute cannot hold are child elements. */
  #sensorData(name: string, data: object): string {
    let attributes = ''
    let children = ''
    for (const [key, value] of Object.entries(data) as [string, ExtensionValue | undefined][]) {
      if (value === undefined) continue
      if (isExtensionName(key)) {
        if (typeof value === 'string') attributes += ` ${this.#qname(key)}="${attribute(value)}"`
        else children += this.#fields(key, value)
      } else {
        const term = key === 'type' ? 'measurementType' : key === 'exception' ? 'sensorAlertType' : key === 'component' ? key : undefined
        attributes += ` ${key}="${attribute(term === undefined ? String(value) : this.#term(term, String(value)))}"`
      }
    }
    return children === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${children}</${name}>`
  }

  #extensions(object: object, skip: ReadonlySet<string> = NONE): string {
    let out = ''
    for (const [name, value] of Object.entries(object) as [string, ExtensionValue | undefined][])
      if (value !== undefined && !skip.has(name)) out += this.#fields(name, value)
    return out
  }

  /** One element for each entry of a list. */
  #fields(name: string, value: ExtensionValue): string {
    if (Array.isArray(value)) return (value as readonly ExtensionValue[]).map((entry) => this.#fields(name, entry)).join('')
    return this.#value(this.#qname(name), value, '')
  }

  #qname(name: string): string {
    const { local } = splitName(name)
    if (!isNcName(local)) throw new EpcisProblem('not-expressible', { what: `the name ${name}`.slice(0, 100), format: 'XML' })
    return this.#table.nameOf(name)
  }

  /** @param given attributes that the element has already */
  #value(qname: string, value: ExtensionValue, given: string): string {
    if (typeof value !== 'object' || value === null) return scalar(qname, value, given)
    if (Array.isArray(value)) throw new EpcisProblem('not-expressible', { what: 'a list of lists', format: 'XML' })
    let attributes = given
    let children = ''
    let own: ExtensionValue = ''
    for (const [name, entry] of Object.entries(value) as [string, ExtensionValue][]) {
      if (name === '#text') own = entry
      else if (name.startsWith('@') && typeof entry !== 'object')
        attributes += ` ${this.#qname(name.slice(1))}="${attribute(String(entry))}"`
      else children += this.#fields(name.startsWith('@') ? name.slice(1) : name, entry)
    }
    if (children === '') return scalar(qname, typeof own === 'object' && own !== null ? '' : own, attributes)
    return `<${qname}${attributes}>${typeof own === 'object' ? '' : text(String(own))}${children}</${qname}>`
  }
}

const NONE: ReadonlySet<string> = new Set()

/** Prefixes of CURIEs among the standard's own values. */
const CURIE_PREFIXES: readonly (readonly [string, string])[] = [
  ['gs1', GS1_VOC_BASE],
  ['cbv', 'https://ref.gs1.org/cbv/'],
  ['xsi', XSI],
  ['xsd', XSD],
]

const STANDARD_EVENT_FIELDS = new Set([
  ...'type eventTime recordTime eventTimeZoneOffset eventID errorDeclaration certificationInfo ilmd'.split(' '),
  ...SINCE_2,
  ...Object.values(ORDER).flatMap(({ before, extension }) => [...before, ...extension]),
])

const wrap = (name: string, inner: string): string => (inner === '' ? '' : `<${name}>${inner}</${name}>`)

function scalar(qname: string, value: string | number | boolean | null, attributes: string): string {
  if (value === null) return `<${qname}${attributes} xsi:nil="true"/>`
  const type =
    typeof value === 'number'
      ? ` xsi:type="xsd:${Number.isInteger(value) ? 'integer' : 'double'}"`
      : typeof value === 'boolean'
        ? ' xsi:type="xsd:boolean"'
        : ''
  return value === '' ? `<${qname}${attributes}/>` : `<${qname}${attributes}${type}>${text(String(value))}</${qname}>`
}

function quantityElement({ epcClass, quantity, uom }: QuantityElement): string {
  const amount = quantity === undefined ? '' : `<quantity>${decimal(quantity)}</quantity>`
  return `<quantityElement><epcClass>${text(epcClass)}</epcClass>${amount}${uom === undefined ? '' : `<uom>${text(uom)}</uom>`}</quantityElement>`
}

/** xsd:decimal knows no exponent. */
function decimal(value: number): string {
  const plain = String(value)
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(plain)
  if (parts === null) return plain
  const [, sign, first, rest = '', exponent] = parts as unknown as [string, string, string, string | undefined, string]
  const power = Number(exponent)
  const digits = first + rest
  return power < 0 ? `${sign}0.${'0'.repeat(-power - 1)}${digits}` : sign + digits.padEnd(power + 1, '0')
}

function escape(value: string, pattern: RegExp, escapes: Readonly<Record<string, string>>): string {
  if (NOT_XML.test(value)) throw new EpcisProblem('not-expressible', { what: 'a control character', format: 'XML' })
  return value.replace(pattern, (c) => escapes[c]!)
}

const text = (value: string): string => escape(value, /[&<>\r]/g, TEXT_ESCAPES)
const attribute = (value: string): string => escape(value, /[&<>\r"\n\t]/g, ATTRIBUTE_ESCAPES)
