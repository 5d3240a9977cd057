import { instantMs, isDateTime } from '../../../kernel/epcis/date-time.ts'
import { comparable } from '../../../kernel/epcis/epc-normal-form.ts'
import { expandCurie } from '../../../kernel/epcis/context.ts'
import { type EpcisEvent, type ExtensionValue, isExtensionName, type Namespaces } from '../../../kernel/epcis/event.ts'
import type { ExtensionScope } from '../../../kernel/epcis/query/ast.ts'

/** One value of an event that the query language can ask for. */
export interface Fact {
  readonly name: string
  readonly text?: string
  readonly number?: number
  /** ISO instant. */
  readonly time?: string
}

const SENSOR_IDENTIFIERS = ['deviceID', 'dataProcessingMethod', 'microorganism', 'chemicalSubstance', 'bizRules', 'uriValue'] as const
const SENSOR_TEXTS = ['stringValue', 'booleanValue'] as const
const SENSOR_NUMBERS = ['value', 'minValue', 'maxValue', 'meanValue', 'sDev', 'percValue'] as const

/** Name of the fact that an extension field becomes. */
export const extensionFact = (scope: ExtensionScope, inner: boolean, name: string): string => `${scope}${inner ? '/' : ''}:${name}`

/**
 * Values of an event beside those that have columns, in the order of the query language's conditions (`query/ast.ts`).
 * Terms are spelled out, identifiers in their normal form; what a pair of units has in common is for the query to say.
 */
export function factsOf(event: EpcisEvent, namespaces: Namespaces): Fact[] {
  const facts: Fact[] = []
  const term = (value: string) => expandCurie(value, namespaces)
  const text = (name: string, value: string | number | boolean | undefined): void => {
    if (value !== undefined) facts.push({ name, text: String(value) })
  }
  const instant = (name: string, value: string | undefined): void => {
    if (value !== undefined && isDateTime(value)) facts.push({ name, time: new Date(instantMs(value)).toISOString() })
  }
  for (const t of event.bizTransactionList ?? []) text(`bizTransaction:${term(t.type ?? '')}`, comparable(t.bizTransaction))
  for (const s of event.sourceList ?? []) text(`source:${term(s.type)}`, comparable(s.source))
  for (const d of event.destinationList ?? []) text(`destination:${term(d.type)}`, comparable(d.destination))
  for (const value of event.persistentDisposition?.set ?? []) text('set', term(value))
  for (const value of event.persistentDisposition?.unset ?? []) text('unset', term(value))
  if (event.transformationID !== undefined) text('transformationID', comparable(event.transformationID))
  if (event.errorDeclaration?.reason !== undefined) text('errorReason', term(event.errorDeclaration.reason))
  for (const id of event.errorDeclaration?.correctiveEventIDs ?? []) text('correctiveEventID', id)
  for (const list of [event.quantityList, event.childQuantityList, event.inputQuantityList, event.outputQuantityList]) {
    for (const q of list ?? []) {
      if (q.quantity === undefined) continue
      facts.push({ name: 'quantity', number: q.quantity })
      if (q.uom !== undefined) facts.push({ name: `quantity:${q.uom}`, number: q.quantity })
    }
  }
  if ((event.sensorElementList ?? []).length > 0) facts.push({ name: 'sensorElementList' })
  for (const element of event.sensorElementList ?? []) {
    const { sensorMetadata } = element
    for (const part of [sensorMetadata ?? {}, ...element.sensorReport]) {
      const of = (key: string) => Reflect.get(part, key) as string | boolean | undefined
      for (const key of SENSOR_TEXTS) text(`sensor:${key}`, of(key))
      for (const key of SENSOR_IDENTIFIERS) {
        const value = of(key)
        if (typeof value !== 'string') continue
        text(`sensor:${key}`, value)
        if (comparable(value) !== value) text(`sensor:${key}`, comparable(value))
      }
      const type = of('type')
      if (typeof type === 'string') text('sensor:type', term(type))
      const hex = of('hexBinaryValue')
      if (typeof hex === 'string') text('sensor:hexBinaryValue', hex.toLowerCase())
    }
    instant('sensor:time', sensorMetadata?.time)
    instant('sensor:startTime', sensorMetadata?.startTime)
    instant('sensor:endTime', sensorMetadata?.endTime)
    for (const report of element.sensorReport) {
      instant('sensor:time', report.time)
      for (const key of SENSOR_NUMBERS) {
        if (report[key] === undefined) continue
        facts.push({ name: `sensor:${key}`, number: report[key] })
        if (report.uom !== undefined) facts.push({ name: `sensor:${key}:${report.uom}`, number: report[key] })
      }
      if (report.percRank !== undefined) facts.push({ name: 'sensor:percRank', number: report.percRank })
      facts.push(...extensionsOf(report, 'sensorReport'))
    }
    facts.push(...extensionsOf(element, 'sensorElement'), ...extensionsOf(sensorMetadata, 'sensorMetadata'))
  }
  facts.push(
    ...extensionsOf(event.errorDeclaration, 'errorDeclaration'),
    ...extensionsOf(event.readPoint, 'readPoint'),
    ...extensionsOf(event.bizLocation, 'bizLocation'),
    ...extensionsOf(event.ilmd, 'ilmd'),
    ...extensionsOf(event, 'event'),
  )
  return facts
}

function extensionsOf(part: object | undefined, scope: ExtensionScope): Fact[] {
  const facts: Fact[] = []
  const field = (name: string, value: ExtensionValue, inner: boolean): void => {
    const fact = extensionFact(scope, inner, name)
    const values = [value].flat(Number.POSITIVE_INFINITY as 1) as ExtensionValue[]
    for (const one of values) {
      const scalar = scalarOf(one)
      // a field that holds only others is there too
      facts.push({ name: fact, ...(scalar !== undefined && readings(scalar)) })
      below(one)
    }
  }
  const below = (value: ExtensionValue): void => {
    if (typeof value !== 'object' || value === null) return
    if (Array.isArray(value)) for (const one of value as readonly ExtensionValue[]) below(one)
    else
      for (const [name, inside] of Object.entries(value) as [string, ExtensionValue][])
        if (!name.startsWith('@') && name !== '#text') field(name, inside, true)
  }
  for (const [name, value] of Object.entries(part ?? {}) as [string, ExtensionValue][]) if (isExtensionName(name)) field(name, value, false)
  return facts
}

/** A value, or the text of an element that has attributes beside it. */
function scalarOf(value: ExtensionValue): string | number | boolean | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const text = (value as { readonly [name: string]: ExtensionValue })['#text']
  return typeof text === 'string' || typeof text === 'number' || typeof text === 'boolean' ? text : undefined
}

/** A string that reads as a number or an instant is found as that too: XML knows no other scalars. */
function readings(value: string | number | boolean): Omit<Fact, 'name'> {
  const text = String(value)
  const number = typeof value === 'number' ? value : /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN
  return {
    text,
    ...(Number.isFinite(number) && { number }),
    ...(typeof value === 'string' && isDateTime(value) && { time: new Date(instantMs(value)).toISOString() }),
  }
}
