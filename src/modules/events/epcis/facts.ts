import { instantMs, isDateTime } from '../../../kernel/epcis/date-time.ts'
import { comparable } from '../../../kernel/epcis/epc-normal-form.ts'
import { type EpcisEvent, type ExtensionValue, isExtensionName } from '../../../kernel/epcis/event.ts'
import type { ExtensionScope } from '../../../kernel/epcis/query/ast.ts'
import { toBaseUnit } from '../../../kernel/epcis/units.ts'

/** One value of an event that the query language can ask for. */
export interface Fact {
  readonly name: string
  readonly text?: string
  readonly number?: number
  /** ISO instant. */
  readonly time?: string
}

const SENSOR_TEXTS = [
  'type',
  'deviceID',
  'dataProcessingMethod',
  'microorganism',
  'chemicalSubstance',
  'bizRules',
  'stringValue',
  'booleanValue',
  'hexBinaryValue',
  'uriValue',
] as const
const SENSOR_NUMBERS = ['value', 'minValue', 'maxValue', 'meanValue', 'sDev', 'percValue'] as const

/** Name of the fact that an extension field becomes. */
export const extensionFact = (scope: ExtensionScope, inner: boolean, name: string): string => `${scope}${inner ? '/' : ''}:${name}`

/**
 * Values of an event beside those that have columns, in the order of the query language's conditions (`query/ast.ts`).
 * Amounts are kept in the base unit of their dimension, so that a query in kelvin finds an event in degrees.
 */
export function factsOf(event: EpcisEvent): Fact[] {
  const facts: Fact[] = []
  const text = (name: string, value: string | number | boolean | undefined): void => {
    if (value !== undefined) facts.push({ name, text: String(value) })
  }
  const instant = (name: string, value: string | undefined): void => {
    if (value !== undefined && isDateTime(value)) facts.push({ name, time: new Date(instantMs(value)).toISOString() })
  }
  const measured = (name: string, value: number, uom: string | undefined): void => {
    const base = toBaseUnit(value, uom ?? '')
    facts.push({ name: `${name}:${base.uom}`, number: base.value })
  }

  for (const t of event.bizTransactionList ?? []) text(`bizTransaction:${t.type ?? ''}`, comparable(t.bizTransaction))
  for (const s of event.sourceList ?? []) text(`source:${s.type}`, comparable(s.source))
  for (const d of event.destinationList ?? []) text(`destination:${d.type}`, comparable(d.destination))
  for (const value of event.persistentDisposition?.set ?? []) text('set', value)
  for (const value of event.persistentDisposition?.unset ?? []) text('unset', value)
  if (event.transformationID !== undefined) text('transformationID', comparable(event.transformationID))
  text('errorReason', event.errorDeclaration?.reason)
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
      for (const key of SENSOR_TEXTS) text(`sensor:${key}`, Reflect.get(part, key) as string | boolean | undefined)
    }
    instant('sensor:time', sensorMetadata?.time)
    instant('sensor:startTime', sensorMetadata?.startTime)
    instant('sensor:endTime', sensorMetadata?.endTime)
    for (const report of element.sensorReport) {
      instant('sensor:time', report.time)
      for (const key of SENSOR_NUMBERS) if (report[key] !== undefined) measured(`sensor:${key}`, report[key], report.uom)
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
    const values = Array.isArray(value) ? (value as readonly ExtensionValue[]) : [value]
    if (!values.some((one) => scalarOf(one) !== undefined)) facts.push({ name: fact })
    for (const one of values) {
      const scalar = scalarOf(one)
      if (scalar !== undefined) facts.push({ name: fact, ...readings(scalar) })
      if (typeof one === 'object' && one !== null) below(one)
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
