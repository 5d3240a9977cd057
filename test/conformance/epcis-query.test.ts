import { describe, expect, it } from 'vitest'
import { parseJsonQuery, parseUrlQuery } from '../../src/kernel/epcis/query/parse.ts'
import { hasReferenceData, referenceText } from '../support/reference-data.ts'

interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly patternProperties?: Readonly<Record<string, Schema>>
}

const namespaces = new Map([['example', 'https://ns.example.com/epcis/']])

/** A name that a corrected pattern of the query schema accepts: 75 of them are escaped twice as published. */
function nameOf(pattern: string): string {
  const corrected = pattern.replaceAll('\\\\', '\\')
  const name = corrected
    .replace(/^\^|\$$/g, '')
    .replace('[a-z][a-zA-Z0-9_]+', 'location')
    .replace('[a-z][a-zA-Z0-9]*\\:\\w+', 'example:myField')
    .replace('[A-Z0-9]{2,4}', 'KGM')
    .replace('\\w+_\\w+', 'readPoint_site')
  expect(name).toMatch(new RegExp(corrected))
  return name
}

describe.skipIf(!hasReferenceData('epcis-2.0.1'))('the query language', () => {
  const schema = hasReferenceData('epcis-2.0.1')
    ? (JSON.parse(referenceText('epcis-2.0.1/query-schema.json')) as { definitions: Record<string, Schema> })
    : { definitions: {} as Record<string, Schema> }

  const valueOf = (given: Schema): unknown => {
    if (given.$ref !== undefined) return valueOf(schema.definitions[decodeURIComponent(given.$ref.replace('#/definitions/', ''))]!)
    if (given.enum !== undefined) return given.enum[0]
    if (given.anyOf !== undefined) return valueOf(given.anyOf.at(-1)!)
    if (given.oneOf !== undefined) return valueOf(given.oneOf[0]!)
    if (given.type === 'array') return [valueOf(given.items!)]
    if (given.format === 'date-time') return '2026-01-31T12:00:00Z'
    if (given.type === 'number' || given.type === 'integer') return 1
    if (given.type === 'boolean') return true
    return given.format === 'uri' ? 'urn:example:x' : 'text'
  }

  it('knows every parameter and family of the published query schema, in JSON and in URLs alike', () => {
    const query = schema.definitions['EPCIS-Query']!
    const given: (readonly [string, Schema])[] = [
      ...Object.entries(query.properties!).filter(([name]) => name !== '@context' && name !== 'orderBy'),
      ...Object.entries(query.patternProperties!).map(([pattern, s]) => [nameOf(pattern), s] as const),
    ]
    for (const [name, s] of given) {
      const value = valueOf(s)
      const around = name === 'eventCountLimit' ? { orderBy: 'eventTime' } : {}
      const json = parseJsonQuery({ [name]: value, ...around }, { namespaces })
      const url = parseUrlQuery([[name, [value].flat().join('|')], ...Object.entries(around)], { namespaces })
      expect([name, json]).not.toEqual([name, parseJsonQuery({})])
      // the operand of an extension field has a type in JSON, which a URL has not
      const comparable = (q: unknown) => JSON.parse(JSON.stringify(q, (key, v: unknown) => (key === 'operand' ? undefined : v))) as unknown
      expect([name, comparable(url)]).toEqual([name, comparable(json)])
    }
    console.log(`EPCIS query: ${given.length} parameters and families of the query schema, in JSON and URL`)
  })

  it('knows every query parameter of the REST binding', () => {
    const api = JSON.parse(referenceText('gs1-epcis-examples/openapi.json')) as {
      paths: { '/events': { get: { parameters: { $ref: string }[] } } }
      components: { parameters: Record<string, { name: string; in: string; schema: Schema }> }
    }
    const parameters = api.paths['/events'].get.parameters
      .map(({ $ref }) => api.components.parameters[$ref.replace('#/components/parameters/', '')]!)
      .filter((p) => p.in === 'query')
    const VALUES: Record<string, string> = {
      eventType: 'ObjectEvent',
      EQ_action: 'ADD',
      orderBy: 'eventTime',
      orderDirection: 'ASC',
      EQ_booleanValue: 'false',
      EXISTS_errorDeclaration: 'true',
    }
    for (const { name, schema: s } of parameters) {
      const number = s.type === 'number' || s.type === 'integer' || name === 'perPage'
      const value = VALUES[name] ?? (s.format === 'date-time' ? '2026-01-31T12:00:00Z' : number ? '3' : 'urn:example:x')
      const around: [string, string][] = name === 'eventCountLimit' ? [['orderBy', 'eventTime']] : []
      expect(() => parseUrlQuery([[name, value], ...around])).not.toThrow()
    }
    console.log(`EPCIS query: ${parameters.length} query parameters of the REST binding`)
    expect(parameters.length).toBeGreaterThan(50)
  })
})
