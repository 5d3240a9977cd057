import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { masterDataOf, matches } from '../../src/kernel/epcis/query/matches.ts'
import { parseUrlQuery } from '../../src/kernel/epcis/query/parse.ts'
import { judgeJson } from '../../src/kernel/epcis/read-json.ts'
import { documentToJson } from '../../src/kernel/epcis/write-json.ts'
import { readXml } from '../../src/kernel/epcis/xml/read.ts'
import { documentToXml } from '../../src/kernel/epcis/xml/write.ts'
import { epcisEvent, GENERATED_NAMESPACES } from '../support/epcis-events.ts'
import { answer, GENERATED_MASTER_DATA, PARAMETERS, urlQuery } from '../support/epcis-queries.ts'

const context = { namespaces: GENERATED_NAMESPACES, masterData: masterDataOf(GENERATED_MASTER_DATA) }
const parse = (parameters: readonly (readonly [string, string])[]) => parseUrlQuery(parameters, { namespaces: GENERATED_NAMESPACES })

describe('the oracle of queries', () => {
  const events = fc.sample(epcisEvent(), { numRuns: 3000, seed: 20260131 })

  it('finds some of the generated events by every parameter', () => {
    const never = Object.keys(PARAMETERS).filter((name) => {
      const values = fc.sample(PARAMETERS[name]!, { numRuns: 12, seed: 7 })
      return !values.some((value) => {
        const query = parse([[name, value]])
        return events.some((event) => matches(event, query, context))
      })
    })
    console.log(
      `EPCIS query oracle: ${Object.keys(PARAMETERS).length} parameters over ${events.length} events, ${never.length} that find nothing`,
    )
    expect(never).toEqual([])
  })

  it('answers the same about an event in every form that it can take', () => {
    fc.assert(
      fc.property(epcisEvent(), urlQuery, (event, parameters) => {
        const query = parse(parameters)
        const document = {
          kind: 'EPCISDocument' as const,
          creationDate: '2026-01-31T12:00:00Z',
          namespaces: GENERATED_NAMESPACES,
          events: [event],
        }
        const wanted = matches(event, query, context)
        for (const form of [judgeJson(documentToJson(document)), readXml(documentToXml(document))])
          expect(matches(form.document.events[0]!, query, context)).toBe(wanted)
      }),
      { numRuns: 300 },
    )
  })

  it('finds with two conditions what both find', () => {
    fc.assert(
      fc.property(urlQuery, (parameters) => {
        const each = parameters.map((p) => new Set(answer(events.slice(0, 300), parse([p]), context)))
        const all = answer(events.slice(0, 300), parse(parameters), context)
        expect(all).toEqual(events.slice(0, 300).filter((event) => each.every((found) => found.has(event))))
      }),
      { numRuns: 60 },
    )
  })

  it('orders and cuts', () => {
    const some = events.slice(0, 200)
    const times = (direction: string) =>
      answer(
        some,
        parse([
          ['orderBy', 'eventTime'],
          ['orderDirection', direction],
          ['eventCountLimit', '50'],
        ]),
      ).map((e) => Date.parse(e.eventTime))
    expect(times('ASC')).toEqual([...times('ASC')].sort((a, b) => a - b))
    expect(times('DESC')).toHaveLength(50)
    expect(Math.min(...times('DESC'))).toBeGreaterThanOrEqual(Math.max(...times('ASC').slice(0, 1)))
  })
})
