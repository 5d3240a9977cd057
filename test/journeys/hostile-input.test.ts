import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Route } from '../../src/platform/http/route.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import type { TestClient } from '../support/client.ts'
import { openWorld } from '../support/world.ts'

/** Text that is valid JSON or a valid address, and that a database, a log or a browser may stumble over. */
const TEXTS = [
  'a\0b',
  '\ud800',
  '\u202e',
  '9'.repeat(3000),
  '-1',
  '1e400',
  '2025-02-30',
  '2025-13-01T25:61:00Z',
  "';--",
  '%',
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '__proto__',
]

describe('input that nobody types', () => {
  let t: TestApp
  let client: TestClient
  let clerk: TestClient
  beforeAll(async () => {
    t = await openTestApp()
    const world = await openWorld(t)
    client = (await world.newPerson('operator')).client
    clerk = (await world.newPerson('clerk')).client
  })
  afterAll(() => t.close())

  const urlOf = (route: Route, text: string) =>
    route.url.replace(/:\w+|\*/g, encodeURIComponent(text.isWellFormed() ? text.slice(0, 400) : '%ED%A0%80'))

  test('in a query or an address is refused or finds nothing, and breaks nothing', { timeout: 300_000 }, async () => {
    const broken: string[] = []
    for (const route of t.modules.routes.filter((r) => r.method === 'GET')) {
      for (const text of TEXTS) {
        const q = text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80'
        // a route without a query ignores what is asked; a list knows columns besides
        const names =
          route.query === undefined
            ? []
            : [
                'q',
                'sort',
                'cursor',
                'limit',
                'days',
                'organisationId',
                'lotId',
                'code',
                'f.createdAt',
                'f.at',
                'f.submittedAt',
                'f.status',
              ]
        for (const url of [
          urlOf(route, text),
          ...names.map((n) => `${urlOf(route, '0197a000-0000-7000-8000-000000000000')}?${n}=${n.startsWith('f.') ? 'ge:' : ''}${q}`),
        ]) {
          const answer = await client.get(url)
          if (answer.status === 500) broken.push(`${route.id} ${url.slice(0, 120)}`)
        }
      }
    }
    expect(broken).toEqual([])
  })

  test('in a body is refused or kept as it is, and breaks nothing', { timeout: 300_000 }, async () => {
    const broken: string[] = []
    const acts = t.modules.routes.filter((r) => r.kind === 'act' && r.example?.body !== undefined && !r.url.startsWith('/api/session'))
    expect(acts.length).toBeGreaterThan(30)
    for (const route of acts) {
      const example = route.example!.body as Record<string, unknown>
      for (const field of Object.keys(example))
        for (const value of [...TEXTS, -1, 1e308, 2 ** 53, null, true, [], {}, [[[]]]])
          for (const who of [client, clerk]) {
            const answer = await who.send(route.method, urlOf(route, '0197a000-0000-7000-8000-000000000000'), {
              ...example,
              [field]: value,
            })
            if (answer.status === 500) broken.push(`${route.id} ${field}=${JSON.stringify(value).slice(0, 40)}`)
          }
    }
    expect(broken).toEqual([])
  })
})
