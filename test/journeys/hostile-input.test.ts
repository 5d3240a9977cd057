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

  test('nested a hundred thousand deep is told so, by every route that takes a body', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    for (const url of ['/api/dealers', '/api/goods/pack', '/api/imports/0197a000-0000-7000-8000-000000000000/commit', '/api/reports']) {
      const answer = await clerk.send('POST', url, deep)
      expect([url, answer.status, answer.json.code]).toEqual([url, 400, 'JSON_TOO_DEEP'])
    }
  })

  test('a number that fits no column is told in its field', async () => {
    const answer = await clerk.send('POST', '/api/activations/preview', {
      lotId: '0197a000-0000-7000-8000-000000000000',
      choice: { rolls: [{ batchId: 2 ** 53 - 1, from: 1, to: 1 }] },
    })
    expect(answer).toMatchObject({ status: 400, json: { errors: [{ pointer: '/choice/rolls/0/batchId', code: 'TOO_BIG' }] } })
  })

  test('a field of the wrong type is told from one that is missing, and a day that does not exist as such', async () => {
    const answer = await clerk.send('POST', '/api/consignments/0197a000-0000-7000-8000-000000000000/lots', {
      productId: '0197a000-0000-7000-8000-000000000000',
      quantity: '100',
      producedOn: '2025-02-30',
    })
    const told = Object.fromEntries(answer.json.errors.map((e: { pointer: string; code: string }) => [e.pointer, e.code]))
    expect(told).toEqual({ '/lotNumber': 'REQUIRED', '/quantity': 'WRONG_TYPE', '/producedOn': 'WRONG_FORMAT' })
    expect(answer.json.errors.find((e: { pointer: string }) => e.pointer === '/producedOn').detail).toContain('2026-06-15')
  })

  test('a form without its boundary is no form', async () => {
    const answer = await clerk.send('POST', '/api/imports', 'abc', { 'content-type': 'multipart/form-data' })
    expect([answer.status, answer.json.code]).toEqual([415, 'UNSUPPORTED_MEDIA'])
  })

  test('an address that cannot be read is a problem document for a program and a page for a person', async () => {
    for (const url of ['/01/09521234543213/21/%ff', '/s/%', `/s/${'a'.repeat(600)}`, '/api/orders/%ud800']) {
      const program = await t.app.inject({ url, headers: { accept: 'application/json' } })
      expect([url, program.statusCode, program.json().code]).toEqual([url, 400, 'BAD_ADDRESS'])
      expect(program.headers['content-type']).toContain('application/problem+json')
      expect(program.headers['x-content-type-options']).toBe('nosniff')
    }
    for (const [url, status] of [
      ['/01/09521234543213/21/%ff', 400],
      ['/01/', 400],
      ['/nowhere', 404],
    ] as const) {
      const person = await t.app.inject({ url, headers: { accept: 'text/html,*/*;q=0.8', 'accept-language': 'en' } })
      expect([url, person.statusCode]).toEqual([url, status])
      expect(person.headers['content-type']).toContain('text/html')
      expect(person.headers['content-security-policy']).toContain("default-src 'none'")
      expect(person.body).toContain('Go back to the check page')
    }
    const api = await t.app.inject({ url: '/api/nowhere', headers: { accept: 'text/html' } })
    expect(api.json().code).toBe('NO_ROUTE')
  })
})
