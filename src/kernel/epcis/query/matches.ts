/**
 * The meaning of a query, one event at a time: the plainest reading of each condition. Streams of subscriptions use it, and it is the
 * oracle that the SQL is held against.
 */
import { expandCurie } from '../context.ts'
import { instantMs } from '../date-time.ts'
import { comparable } from '../epc-normal-form.ts'
import {
  type EpcisEvent,
  type Extensible,
  type ExtensionValue,
  isExtensionName,
  type Namespaces,
  type SensorReport,
  type Vocabulary,
} from '../event.ts'
import { convertUnit, UNIT_TOLERANCE } from '../units.ts'
import { modelTerm, VOCABULARIES, type VocabularyKind, webTerm } from '../vocabulary.ts'
import type { AttributeField, Comparison, Condition, EpcisQuery, EpcMatch, ExtensionOperand, ExtensionScope } from './ast.ts'

export interface MatchContext {
  /** Prefixes of CURIEs among the event's values. */
  readonly namespaces?: Namespaces
  readonly masterData?: MasterData
}

/** Whether an event fulfils every condition of a query; its order and limits are about the set of results and do not count here. */
export function matches(event: EpcisEvent, query: EpcisQuery, context: MatchContext = {}): boolean {
  return query.conditions.every((condition) => holds(event, condition, context))
}

function holds(event: EpcisEvent, c: Condition, context: MatchContext): boolean {
  const term = (value: string) => expandCurie(value, context.namespaces ?? NO_NAMESPACES)
  switch (c.kind) {
    case 'eventType':
      return c.values.includes(event.type)
    case 'time': {
      const text = c.field === 'errorDeclarationTime' ? event.errorDeclaration?.declarationTime : event[c.field]
      return text !== undefined && compare(instantMs(text), c.op, c.at)
    }
    case 'sensorTime':
      return sensorData(event).some((data) => {
        const text = (data as Record<string, unknown>)[c.field]
        return typeof text === 'string' && compare(instantMs(text), c.op, c.at)
      })
    case 'action':
      return event.action !== undefined && c.values.includes(event.action)
    case 'term': {
      const values =
        c.field === 'errorReason'
          ? [event.errorDeclaration?.reason]
          : c.field === 'set' || c.field === 'unset'
            ? (event.persistentDisposition?.[c.field] ?? [])
            : [event[c.field]]
      return values.some((v) => v !== undefined && c.values.includes(term(v)))
    }
    case 'place': {
      const id = event[c.field]?.id
      if (id === undefined) return false
      const normal = comparable(id)
      return c.values.some((v) => v === normal || (c.descendants && context.masterData?.isBelow(normal, v) === true))
    }
    case 'id':
      if (c.field === 'correctiveEventID') return (event.errorDeclaration?.correctiveEventIDs ?? []).some((id) => c.values.includes(id))
      if (c.field === 'eventID') return event.eventID !== undefined && c.values.includes(event.eventID)
      return event.transformationID !== undefined && c.values.includes(comparable(event.transformationID))
    case 'party':
      return parties(event, c.field).some(
        ({ type, id }) => type !== undefined && term(type) === c.type && c.values.includes(comparable(id)),
      )
    case 'epc':
      return c.fields.some((field) => [event[field] ?? []].flat().some((epc) => c.matches.some((m) => epcMatches(epc, m))))
    case 'epcClass':
      return c.fields.some((field) => (event[field] ?? []).some(({ epcClass }) => c.matches.some((m) => epcMatches(epcClass, m))))
    case 'quantity':
      return [event.quantityList, event.childQuantityList, event.inputQuantityList, event.outputQuantityList].some((list) =>
        (list ?? []).some(
          ({ quantity, uom }) =>
            quantity !== undefined && (c.uom === undefined || uom === c.uom) && c.values.some((v) => compare(quantity, c.op, v)),
        ),
      )
    case 'exists':
      return c.field === 'errorDeclaration' ? event.errorDeclaration !== undefined : (event.sensorElementList ?? []).length > 0
    case 'sensorTerm':
      return sensorData(event).some((data) => {
        const value = (data as Record<string, unknown>)[c.field]
        if (typeof value !== 'string') return false
        if (c.field === 'stringValue') return c.values.includes(value)
        if (c.field === 'hexBinaryValue') return c.values.includes(value.toLowerCase())
        return c.values.includes(c.field === 'type' ? term(value) : comparable(value)) || c.values.includes(value)
      })
    case 'sensorBoolean':
      return reports(event).some((report) => report.booleanValue === c.value)
    case 'sensorNumber':
      return reports(event).some((report) => {
        const value = report[c.field]
        return value !== undefined && c.values.some((wanted) => measured(value, report.uom, c.op, wanted, c.uom, c.field === 'sDev'))
      })
    case 'extension':
      return extensionValues(event, c.scope, c.inner, c.name).some((value) => valueMatches(value, c.op, c.operand))
    case 'extensionExists':
      return extensionValues(event, c.scope, c.inner, c.name).length > 0
    case 'hasAttribute':
      return fieldIds(event, c.field).some((id) => c.attributes.some((name) => context.masterData?.attribute(id, name) !== undefined))
    case 'attributeEquals':
      return fieldIds(event, c.field).some(
        (id) => context.masterData?.attribute(id, c.attribute)?.some((v) => c.values.includes(v)) === true,
      )
  }
}

const NO_NAMESPACES: Namespaces = new Map()

function compare(value: number, op: Comparison, wanted: number): boolean {
  switch (op) {
    case 'EQ':
      return value === wanted
    case 'GT':
      return value > wanted
    case 'GE':
      return value >= wanted
    case 'LT':
      return value < wanted
    case 'LE':
      return value <= wanted
  }
}

/** The wanted value is brought into the unit of the stored one, so that an index on stored values can serve. */
function measured(
  value: number,
  uom: string | undefined,
  op: Comparison,
  wanted: number,
  wantedUom: string | undefined,
  difference: boolean,
): boolean {
  if (wantedUom === undefined || uom === wantedUom) return compare(value, op, wanted)
  const converted = uom === undefined ? undefined : convertUnit(wanted, wantedUom, uom, difference)
  if (converted === undefined) return false
  const near = Math.abs(value - converted) <= UNIT_TOLERANCE * Math.max(Math.abs(value), Math.abs(converted))
  return near ? op !== 'GT' && op !== 'LT' : compare(value, op, converted)
}

function epcMatches(epc: string, match: EpcMatch): boolean {
  const normal = comparable(epc)
  return match.kind === 'exact' ? normal === match.normal : normal.startsWith(match.prefix) && new RegExp(match.regex).test(normal)
}

const reports = (event: EpcisEvent): readonly SensorReport[] => (event.sensorElementList ?? []).flatMap((element) => element.sensorReport)

/** sensorMetadata and sensorReport alike: an attribute may stand in either. */
const sensorData = (event: EpcisEvent): readonly Extensible[] =>
  (event.sensorElementList ?? []).flatMap((e) => [...(e.sensorMetadata === undefined ? [] : [e.sensorMetadata]), ...e.sensorReport])

function parties(event: EpcisEvent, field: 'bizTransaction' | 'source' | 'destination'): { type: string | undefined; id: string }[] {
  if (field === 'bizTransaction') return (event.bizTransactionList ?? []).map((b) => ({ type: b.type, id: b.bizTransaction }))
  if (field === 'source') return (event.sourceList ?? []).map((s) => ({ type: s.type, id: s.source }))
  return (event.destinationList ?? []).map((d) => ({ type: d.type, id: d.destination }))
}

function containers(event: EpcisEvent, scope: ExtensionScope): readonly (Extensible | undefined)[] {
  switch (scope) {
    case 'event':
      return [event]
    case 'ilmd':
    case 'errorDeclaration':
    case 'readPoint':
    case 'bizLocation':
      return [event[scope]]
    case 'sensorElement':
      return event.sensorElementList ?? []
    case 'sensorMetadata':
      return (event.sensorElementList ?? []).map((e) => e.sensorMetadata)
    case 'sensorReport':
      return reports(event)
  }
}

/** Every value of a field of another vocabulary: entries of lists one by one, of objects their own text. */
function extensionValues(event: EpcisEvent, scope: ExtensionScope, inner: boolean, name: string): ExtensionValue[] {
  const found: ExtensionValue[] = []
  for (const container of containers(event, scope)) {
    if (container === undefined) continue
    for (const [field, value] of Object.entries(container) as [string, ExtensionValue][]) {
      if (!isExtensionName(field)) continue
      if (inner) collectInner(value, name, found)
      else if (field === name) found.push(...[value].flat(Number.POSITIVE_INFINITY as 1))
    }
  }
  return found
}

function collectInner(value: ExtensionValue, name: string, found: ExtensionValue[]): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) for (const entry of value as readonly ExtensionValue[]) collectInner(entry, name, found)
  else
    for (const [field, entry] of Object.entries(value) as [string, ExtensionValue][]) {
      if (field === name) found.push(...[entry].flat(Number.POSITIVE_INFINITY as 1))
      collectInner(entry, name, found)
    }
}

function valueMatches(given: ExtensionValue, op: Comparison, operand: ExtensionOperand): boolean {
  const value =
    typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Record<string, ExtensionValue>)['#text'] : given
  if (value === undefined || value === null || typeof value === 'object') return false
  switch (operand.type) {
    case 'texts':
      return operand.values.includes(String(value))
    case 'numbers': {
      const number = typeof value === 'number' ? value : typeof value === 'string' && NUMERIC.test(value) ? Number(value) : Number.NaN
      return operand.values.some((wanted) => compare(number, op, wanted))
    }
    case 'instants': {
      const at = typeof value === 'string' ? instantMs(value) : Number.NaN
      return operand.values.some((wanted) => compare(at, op, wanted))
    }
  }
}

const NUMERIC = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** Ids of vocabulary elements in a field, as keys of the master data. */
function fieldIds(event: EpcisEvent, field: AttributeField): string[] {
  switch (field) {
    case 'bizStep':
    case 'disposition':
      return event[field] === undefined ? [] : [webTerm(field, event[field])]
    case 'readPoint':
    case 'bizLocation':
      return event[field] === undefined ? [] : [comparable(event[field].id)]
    case 'epcClass':
      return [event.quantityList, event.childQuantityList, event.inputQuantityList, event.outputQuantityList].flatMap((list) =>
        (list ?? []).map((q) => comparable(q.epcClass)),
      )
    case 'bizTransaction':
    case 'source':
    case 'destination':
      return parties(event, field).map(({ id }) => comparable(id))
    default:
      return extensionValues(event, 'event', false, field).flatMap((v) => (typeof v === 'string' ? [comparable(v)] : []))
  }
}

/** What queries ask of master data. Ids are normal forms, or web URIs for terms of the standard. */
export interface MasterData {
  /** Whether a place lies below another one, at any depth. */
  isBelow(id: string, ancestor: string): boolean
  /** The values of an attribute as texts, or undefined when the element has none of that name. */
  attribute(id: string, name: string): readonly string[] | undefined
}

/** The key of a vocabulary element in master data. */
export function masterDataKey(id: string): string {
  for (const kind of Object.keys(VOCABULARIES) as VocabularyKind[]) {
    const term = modelTerm(kind, id)
    if (term !== id) return webTerm(kind, term)
  }
  return comparable(id)
}

/** Master data of documents, ready for questions. */
export function masterDataOf(vocabularies: Iterable<Vocabulary>): MasterData {
  const parents = new Map<string, Set<string>>()
  const attributes = new Map<string, Map<string, string[]>>()
  for (const { vocabularyElementList = [] } of vocabularies)
    for (const element of vocabularyElementList) {
      const id = masterDataKey(element.id)
      for (const child of element.children ?? []) {
        const key = masterDataKey(child)
        parents.set(key, (parents.get(key) ?? new Set()).add(id))
      }
      const own = attributes.get(id) ?? new Map<string, string[]>()
      for (const { id: name, attribute } of element.attributes ?? []) own.set(name, [...(own.get(name) ?? []), ...textsOf(attribute)])
      attributes.set(id, own)
    }
  return {
    attribute: (id, name) => attributes.get(id)?.get(name),
    isBelow: (id, ancestor) => {
      const seen = new Set<string>([id])
      let level = [id]
      while (level.length > 0) {
        const above: string[] = []
        for (const place of level)
          for (const parent of parents.get(place) ?? []) {
            if (parent === ancestor) return true
            if (!seen.has(parent)) {
              seen.add(parent)
              above.push(parent)
            }
          }
        level = above
      }
      return false
    },
  }
}

function textsOf(value: ExtensionValue | undefined): string[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return (value as readonly ExtensionValue[]).flatMap(textsOf)
  return typeof value === 'object' ? textsOf((value as Record<string, ExtensionValue>)['#text']) : [String(value)]
}
