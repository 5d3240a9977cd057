import type { EventJson } from './own-event.ts'

/** One value of an event that the query language can ask for. */
export interface Fact {
  readonly name: string
  readonly text?: string
  readonly number?: number
  /** ISO instant. */
  readonly time?: string
}

/** Prefix → namespace of the document that held the event. */
export type Namespaces = Readonly<Record<string, string>>

type Part = Readonly<Record<string, unknown>>

const SENSOR_TEXTS = ['type', 'deviceID', 'dataProcessingMethod', 'microorganism', 'chemicalSubstance', 'bizRules', 'stringValue', 'booleanValue', 'hexBinaryValue', 'uriValue'] as const
const SENSOR_NUMBERS = ['value', 'minValue', 'maxValue', 'meanValue', 'sDev', 'percValue'] as const
const ISO_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/

/**
 * Values of an event beside those that have columns, in the order of the query language's parameters (EPCIS 2.0,
 * 8.2.7.1). An extension field is named by its namespace and local name, so that prefixes do not matter.
 * @param toBase value in the base unit of its dimension, so that a query in kelvin finds an event in degrees
 */
export function factsOf(event: EventJson, namespaces: Namespaces, toBase: (value: number, uom: string) => { unit: string; value: number }): Fact[] {
  const facts: Fact[] = []
  const text = (name: string, value: unknown): void => {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') facts.push({ name, text: String(value) })
  }
  const extensions = (part: unknown, outer: string, inner: string): void => {
    if (!isPart(part)) return
    for (const [key, value] of Object.entries(part)) if (isExtension(key)) extension(key, value, outer, inner)
  }
  const extension = (key: string, value: unknown, name: string, inner: string): void => {
    const full = `${name}:${fullName(key, namespaces)}`
    const values = Array.isArray(value) ? value : [value]
    if (!values.some(isScalar)) facts.push({ name: full })
    for (const one of values) {
      if (isScalar(one)) facts.push(scalar(full, one))
      else if (isPart(one)) within(one, inner)
      else if (Array.isArray(one)) within({ [key]: one }, inner)
    }
  }
  const within = (part: Part, inner: string): void => {
    for (const [key, value] of Object.entries(part)) extension(key, value, inner, inner)
  }

  for (const t of listOf(event['bizTransactionList'])) text(`bizTransaction:${t['type'] ?? ''}`, t['bizTransaction'])
  for (const s of listOf(event['sourceList'])) text(`source:${s['type'] ?? ''}`, s['source'])
  for (const d of listOf(event['destinationList'])) text(`destination:${d['type'] ?? ''}`, d['destination'])
  const persistent = event['persistentDisposition']
  if (isPart(persistent)) for (const way of ['set', 'unset']) for (const value of arrayOf(persistent[way])) text(`persistentDisposition:${way}`, value)
  text('transformationID', event['transformationID'])
  const declaration = event['errorDeclaration']
  if (isPart(declaration)) {
    text('errorReason', declaration['reason'])
    for (const id of arrayOf(declaration['correctiveEventIDs'])) text('correctiveEventID', id)
    extensions(declaration, 'errorDeclaration', 'innerErrorDeclaration')
  }
  for (const list of ['quantityList', 'childQuantityList', 'inputQuantityList', 'outputQuantityList']) {
    for (const q of listOf(event[list])) {
      if (typeof q['quantity'] !== 'number') continue
      facts.push({ name: 'quantity', number: q['quantity'] })
      if (typeof q['uom'] === 'string') measured('quantity', q['quantity'], q['uom'])
    }
  }
  const sensors = listOf(event['sensorElementList'])
  if (sensors.length > 0) facts.push({ name: 'sensorElementList' })
  for (const element of sensors) {
    extensions(element, 'sensorElement', 'innerSensorElement')
    const metadata = element['sensorMetadata']
    if (isPart(metadata)) {
      for (const key of SENSOR_TEXTS) text(`sensor:${key}`, metadata[key])
      for (const key of ['startTime', 'endTime', 'time']) instant(`sensor:${key}`, metadata[key])
      extensions(metadata, 'sensorMetadata', 'innerSensorMetadata')
    }
    for (const report of listOf(element['sensorReport'])) {
      for (const key of SENSOR_TEXTS) text(`sensor:${key}`, report[key])
      instant('sensor:time', report['time'])
      for (const key of SENSOR_NUMBERS) if (typeof report[key] === 'number') measured(`sensor:${key}`, report[key], String(report['uom'] ?? ''))
      if (typeof report['percRank'] === 'number') facts.push({ name: 'sensor:percRank', number: report['percRank'] })
      extensions(report, 'sensorReport', 'innerSensorReport')
    }
  }
  extensions(event['readPoint'], 'readPoint', 'innerReadPoint')
  extensions(event['bizLocation'], 'bizLocation', 'innerBizLocation')
  extensions(event['ilmd'], 'ilmd', 'innerIlmd')
  extensions(event, 'field', 'inner')
  return facts

  function measured(name: string, value: number, uom: string): void {
    const base = toBase(value, uom)
    facts.push({ name: `${name}:${base.unit}`, number: base.value })
  }
  function instant(name: string, value: unknown): void {
    if (typeof value === 'string' && ISO_INSTANT.test(value)) facts.push({ name, time: new Date(value).toISOString() })
  }
}

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && !Array.isArray(value)
const isScalar = (value: unknown): value is string | number | boolean => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
const isExtension = (key: string): boolean => key.includes(':') && !key.startsWith('@')
const arrayOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
const listOf = (value: unknown): readonly Part[] => arrayOf(value).filter(isPart)

/** A string that reads as a number or an instant is found as that too: XML knows no other scalars. */
function scalar(name: string, value: string | number | boolean): Fact {
  const text = String(value)
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
  return {
    name,
    text,
    ...(number !== undefined && Number.isFinite(number) && { number }),
    ...(ISO_INSTANT.test(text) && !Number.isNaN(Date.parse(text)) && { time: new Date(text).toISOString() }),
  }
}

/** `{namespace}local` of `prefix:local`; a name whose prefix is unknown stays as it is. */
export function fullName(key: string, namespaces: Namespaces): string {
  const colon = key.indexOf(':')
  const namespace = Object.hasOwn(namespaces, key.slice(0, colon)) ? namespaces[key.slice(0, colon)] : undefined
  return namespace === undefined ? key : `{${namespace}}${key.slice(colon + 1)}`
}
