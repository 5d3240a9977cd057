/**
 * The event hash of CBV 2.0: a pre-hash string that is the same for every spelling of an event, and its SHA-256 in a `ni` URI
 * (RFC 6920). The string is byte for byte that of the reference algorithm, with what it does beyond the standard's words:
 *
 * - the lists of transactions, sources and destinations stand among ILMD and extension fields, sorted by name;
 * - extension fields inside places and sensor data follow their siblings when their namespace ends with `/` and there is another field,
 *   otherwise they stand with the fields that have no place in the order, at the end of the event;
 * - every value that reads as a number is written as one, so a text `007` is `7`.
 *
 * Never part of it: eventID, recordTime, errorDeclaration, certificationInfo and `rdfs:comment`.
 */
import { comparable } from './epc-normal-form.ts'
import { hashTime } from './date-time.ts'
import {
  type EpcisDocument,
  type EpcisEvent,
  type ExtensionName,
  type ExtensionValue,
  isExtensionName,
  type QuantityElement,
  type SensorElement,
} from './event.ts'
import { modelName } from './context.ts'
import { sha256Hex } from './sha256.ts'
import { GS1_VOC_BASE, webTerm } from './vocabulary.ts'

/** SHA-256 of a text in UTF-8 as lower-case hexadecimal. */
export type TextDigest = (text: string) => string

export interface HashOptions {
  readonly digest?: TextDigest
  /** Extension fields that do not count, as `ignoredFields` finds them in a document. */
  readonly ignore?: ReadonlySet<string>
}

/** `ni:///sha-256;…?ver=CBV2.0` */
export function eventHash(event: EpcisEvent, options: HashOptions = {}): string {
  return `ni:///sha-256;${(options.digest ?? sha256Hex)(preHash(event, options.ignore))}?ver=CBV2.0`
}

/** The hash of each event of a document, in order, with the fields that the document itself excludes left out. */
export function documentHashes(document: EpcisDocument, digest?: TextDigest): readonly string[] {
  const ignore = ignoredFields(document)
  return document.events.map((event) => eventHash(event, { digest, ignore }))
}

/**
 * A repository says in a field `ignoreFields` of any namespace, at the top of the document, which fields it has added to the events:
 * a list of CURIEs in JSON, empty elements of those names in XML.
 */
export function ignoredFields(document: EpcisDocument): ReadonlySet<string> {
  const names = new Set<string>()
  for (const [name, value] of Object.entries(document.extensions ?? {}) as [string, ExtensionValue][]) {
    if (!name.endsWith('}ignoreFields')) continue
    if (typeof value === 'string' || Array.isArray(value))
      for (const entry of [value].flat() as ExtensionValue[]) {
        if (typeof entry === 'string') names.add(modelName(entry, document.namespaces))
      }
    else if (typeof value === 'object' && value !== null) for (const field of Object.keys(value)) names.add(field)
  }
  return names
}

/** A field as the algorithm sees it: the shape that the event has in XML. */
interface Field {
  readonly name: string
  /** Normalised, without the equals sign; empty when there is none. */
  readonly text: string
  readonly fields: readonly Field[]
}

const COMMENT: ExtensionName = '{http://www.w3.org/2000/01/rdf-schema#}comment'
const NONE: ReadonlySet<string> = new Set()

/** The pre-hash string of an event. */
export function preHash(event: EpcisEvent, ignore: ReadonlySet<string> = NONE): string {
  let out = `eventType=${event.type}`
  // an event that the rules would refuse may lack them
  if (event.eventTime !== undefined) out += `eventTime=${hashTime(String(event.eventTime).trim())}`
  if (event.eventTimeZoneOffset !== undefined) out += `eventTimeZoneOffset=${valueOf(event.eventTimeZoneOffset)}`
  out += epcs('epcList', event.epcList)
  if (event.parentID !== undefined) out += `parentID=${valueOf(event.parentID)}`
  out += epcs('inputEPCList', event.inputEPCList)
  out += epcs('childEPCs', event.childEPCs)
  out += quantities('quantityList', event.quantityList)
  out += quantities('childQuantityList', event.childQuantityList)
  out += quantities('inputQuantityList', event.inputQuantityList)
  out += epcs('outputEPCList', event.outputEPCList)
  out += quantities('outputQuantityList', event.outputQuantityList)
  if (event.action !== undefined) out += `action=${valueOf(event.action)}`
  if (event.transformationID !== undefined) out += `transformationID=${valueOf(event.transformationID)}`
  if (event.bizStep !== undefined) out += `bizStep=${valueOf(webTerm('bizStep', event.bizStep))}`
  if (event.disposition !== undefined) out += `disposition=${valueOf(webTerm('disposition', event.disposition))}`
  const rest: string[] = []
  if (event.persistentDisposition !== undefined) {
    const { set = [], unset = [] } = event.persistentDisposition
    const inner =
      listed(set.map((d) => `set=${valueOf(webTerm('disposition', d))}`)) +
      listed(unset.map((d) => `unset=${valueOf(webTerm('disposition', d))}`))
    if (inner !== '') out += `persistentDisposition${inner}`
  }
  for (const name of ['readPoint', 'bizLocation'] as const) {
    const place = event[name]
    if (place === undefined) continue
    const { text, left } = ordered(fieldsOf(place, ignore), PLACE_ORDER)
    if (text !== '') out += name + text
    if (left.length > 0) rest.push(name + loose(left))
  }
  if (event.sensorElementList !== undefined) {
    const { text, left } = sensorElements(event.sensorElementList, ignore)
    out += text
    if (left !== '') rest.push(left)
  }
  const pairs = (name: string, values: readonly string[]) => {
    if (values.length > 0) rest.push(name + listed(values))
  }
  pairs(
    'bizTransactionList',
    (event.bizTransactionList ?? []).map((b) => {
      const type = b.type === undefined ? '' : `type=${valueOf(webTerm('bizTransactionType', b.type))}`
      return `${type}bizTransaction=${valueOf(b.bizTransaction)}`
    }),
  )
  const typed = (type: string) => `type=${valueOf(webTerm('sourceDestinationType', type))}`
  pairs(
    'sourceList',
    (event.sourceList ?? []).map((s) => `${typed(s.type)}source=${valueOf(s.source)}`),
  )
  pairs(
    'destinationList',
    (event.destinationList ?? []).map((d) => `${typed(d.type)}destination=${valueOf(d.destination)}`),
  )
  if (event.ilmd !== undefined) rest.push(`ilmd${loose(fieldsOf(event.ilmd, ignore))}`)
  for (const name of Object.keys(event)) {
    if (!isExtensionName(name)) continue
    for (const field of extensionFields(name, event[name], ignore)) rest.push(looseField(field))
  }
  return out + listed(rest)
}

/** Joined in the order of their code points. */
function listed(given: readonly string[]): string {
  if (given.length === 0) return ''
  return given.length === 1 ? given[0]! : [...given].sort(byCodePoint).join('')
}

const SURROGATE = /[\ud800-\udfff]/

function byCodePoint(a: string, b: string): number {
  if (a === b) return 0
  // UTF-16 orders like code points but for what lies beyond the basic plane
  if (!SURROGATE.test(a) && !SURROGATE.test(b)) return a < b ? -1 : 1
  const x = Array.from(a)
  const y = Array.from(b)
  for (let i = 0; i < x.length && i < y.length; i++) if (x[i] !== y[i]) return x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!
  return x.length - y.length
}

function epcs(name: string, list: readonly string[] | undefined): string {
  if (list === undefined || list.length === 0) return ''
  return name + listed(list.map((epc) => `epc=${valueOf(epc)}`))
}

function quantities(name: string, list: readonly QuantityElement[] | undefined): string {
  if (list === undefined || list.length === 0) return ''
  return (
    name +
    listed(
      list.map(({ epcClass, quantity, uom }) => {
        const amount = quantity === undefined ? '' : `quantity=${numberText(quantity)}`
        return `quantityElementepcClass=${valueOf(epcClass)}${amount}${uom === undefined ? '' : `uom=${valueOf(uom)}`}`
      }),
    )
  )
}

const PLACE_ORDER = ['id'] as const
const METADATA_ORDER = 'time startTime endTime deviceID deviceMetadata rawData dataProcessingMethod bizRules'.split(' ')
const REPORT_ORDER =
  `type exception deviceID deviceMetadata rawData dataProcessingMethod time microorganism chemicalSubstance value component
  stringValue booleanValue hexBinaryValue uriValue minValue maxValue meanValue sDev percRank percValue uom coordinateReferenceSystem`
    .trim()
    .split(/\s+/)
const TERM_OF = { type: 'measurementType', exception: 'sensorAlertType', component: 'component' } as const

function sensorElements(list: readonly SensorElement[], ignore: ReadonlySet<string>): { text: string; left: string } {
  const texts: string[] = []
  const lefts: Field[] = []
  for (const element of list) {
    const left: Field[] = []
    const own = fieldsOf(element, ignore)
    const metadata = element.sensorMetadata === undefined ? [] : fieldsOf(element.sensorMetadata, ignore)
    const reports = (element.sensorReport ?? []).map((report) => fieldsOf(report, ignore, TERM_OF))
    const children = own.length + (element.sensorMetadata === undefined ? 0 : 1) + reports.length
    const follow = following(own, children)
    let text = ''
    const part = ordered(metadata, METADATA_ORDER)
    if (part.text !== '') text += `sensorMetadata${part.text}`
    if (part.left.length > 0) left.push({ name: 'sensorMetadata', text: '', fields: part.left })
    const reportTexts: string[] = []
    for (const report of reports) {
      const { text: reportText, left: reportLeft } = ordered(report, REPORT_ORDER)
      if (reportText !== '') reportTexts.push(`sensorReport${reportText}`)
      if (reportLeft.length > 0) left.push({ name: 'sensorReport', text: '', fields: reportLeft })
    }
    text += listed(reportTexts)
    text += loose(follow.gathered)
    left.push(...follow.kept)
    if (text !== '') texts.push(`sensorElement${text}`)
    if (left.length > 0) lefts.push({ name: 'sensorElement', text: '', fields: left })
  }
  return {
    text: texts.length === 0 ? '' : `sensorElementList${listed(texts)}`,
    left: lefts.length === 0 ? '' : `sensorElementList${loose(lefts)}`,
  }
}

/** Extension fields that follow their siblings, and those that do not; `count` is the number of all siblings. */
function following(fields: readonly Field[], count: number): { gathered: readonly Field[]; kept: readonly Field[] } {
  if (count <= 1 || fields.some((f) => f.name.includes('eventTime') || f.name.includes('action'))) return { gathered: [], kept: fields }
  return { gathered: fields.filter(isGathered), kept: fields.filter((f) => !isGathered(f)) }
}

const isGathered = (field: Field): boolean => field.name.includes('/}')

/** The text of fields in the order given, extension fields behind them; and what has no place in the order. */
function ordered(fields: readonly Field[], order: readonly string[]): { text: string; left: readonly Field[] } {
  const { gathered, kept } = following(fields, fields.length)
  let text = ''
  for (const name of order) for (const field of kept) if (field.name === name && field.text !== '') text += `${name}=${field.text}`
  return { text: text + loose(gathered), left: kept.filter((f) => !order.includes(f.name)) }
}

const loose = (fields: readonly Field[]): string => listed(fields.map(looseField))

function looseField(field: Field): string {
  const text = field.text === '' ? '' : `=${field.text}`
  return field.name + text + (field.fields.length === 0 ? '' : loose(field.fields))
}

/** The scalar fields of the standard, and the extension fields, of an object of the model. */
function fieldsOf(object: object, ignore: ReadonlySet<string>, terms: Readonly<Record<string, keyof typeof VOCABULARY_OF>> = {}): Field[] {
  const fields: Field[] = []
  for (const name of Object.keys(object)) {
    const value = (object as Record<string, ExtensionValue | undefined>)[name]
    if (value === undefined) continue
    if (name.startsWith('{') || typeof value === 'object') {
      if (name !== 'sensorMetadata' && name !== 'sensorReport') fields.push(...extensionFields(name, value, ignore))
    } else if (name === 'time' || name === 'startTime' || name === 'endTime')
      fields.push({ name, text: hashTime(String(value).trim()), fields: [] })
    else {
      const kind = Object.hasOwn(terms, name) ? terms[name] : undefined
      fields.push({ name, text: kind === undefined ? scalarText(value) : valueOf(webTerm(kind, String(value))), fields: [] })
    }
  }
  return fields
}

const VOCABULARY_OF = { measurementType: 0, sensorAlertType: 0, component: 0 }

function extensionFields(name: string, value: ExtensionValue | undefined, ignore: ReadonlySet<string>): Field[] {
  if (value === undefined || name === COMMENT || name === 'rdfs:comment' || name === 'comment' || ignore.has(name)) return []
  if (Array.isArray(value)) return (value as readonly ExtensionValue[]).flatMap((entry) => extensionFields(name, entry, ignore))
  const shown = shownName(name)
  if (typeof value !== 'object' || value === null) return [{ name: shown, text: scalarText(value), fields: [] }]
  const fields: Field[] = []
  let text = ''
  for (const [inner, entry] of Object.entries(value) as [string, ExtensionValue][]) {
    if (inner === '#text') text = scalarText(entry)
    else fields.push(...extensionFields(inner.startsWith('@') ? inner.slice(1) : inner, entry, ignore))
  }
  return [{ name: shown, text, fields }]
}

/** A name with a prefix that was never declared has no namespace to be shown: it is the prefix and the local part. */
const shownName = (name: string): string => (/^\{[A-Za-z][\w.-]*:\}/.test(name) ? name.slice(1).replace('}', '') : name)

function scalarText(value: ExtensionValue): string {
  if (typeof value === 'string') return valueOf(value)
  if (typeof value === 'number') return numberText(value)
  return typeof value === 'boolean' ? String(value) : ''
}

const NUMBER = /^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/

/** A value in its normal form: trimmed, standard terms as web URIs, numbers without ornament, GS1 identifiers constrained. */
function valueOf(raw: string): string {
  const text = String(raw).trim()
  const c = text.charCodeAt(0)
  // digits, signs and the point
  if ((c >= 48 && c <= 57) || c === 43 || c === 45 || c === 46) {
    if (!NUMBER.test(text)) return text
    const number = Number(text.replaceAll('_', ''))
    return Number.isFinite(number) ? numberText(number) : text
  }
  if (c === 103 /* g */ && text.startsWith('gs1:')) return GS1_VOC_BASE + text.slice(4)
  if (c === 99 /* c */ && text.startsWith('cbv:')) return `https://ref.gs1.org/cbv/${text.slice(4)}`
  return comparable(text.includes('urn:epcglobal:cbv:') ? webVocabulary(text) : text)
}

const webVocabulary = (text: string): string =>
  text.replace(/urn:epcglobal:cbv:(bizstep|disp|btt|sdt|er):/g, (_, part: string) => `https://ref.gs1.org/cbv/${STEM_OF[part]}-`)

const STEM_OF: Readonly<Record<string, string>> = { bizstep: 'BizStep', disp: 'Disp', btt: 'BTT', sdt: 'SDT', er: 'ER' }

/** A number as the reference algorithm writes it: whole numbers with all their digits, small ones with an exponent of two digits. */
function numberText(number: number): string {
  if (Number.isInteger(number)) return Math.abs(number) < 1e21 ? String(number + 0) : BigInt(number).toString()
  if (Math.abs(number) >= 1e-4) return String(number)
  const [mantissa, exponent] = number.toExponential().split('e-') as [string, string]
  return `${mantissa}e-${exponent.padStart(2, '0')}`
}
