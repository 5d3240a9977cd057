import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../support/app.ts'

let t: TestApp
beforeAll(async () => {
  t = await openTestApp()
})
afterAll(() => t.close())

test('the whole application starts on an empty database and says that it is well', async () => {
  const answer = await t.app.inject({ url: '/healthz' })
  expect([answer.statusCode, answer.json().status]).toEqual([200, 'ok'])
  expect(await t.modules.fsck(t.platform.db)).toEqual([])
})

test('a code that is not ours is told so, as a page and as JSON', async () => {
  const page = await t.app.inject({ url: '/01/09522857320458/21/1ABCDEFGHJKMNPQRSTVW', headers: { accept: 'text/html' } })
  expect(page.statusCode).toBe(404)
  expect(page.body).toContain('非本平台码')
  const json = await t.app.inject({ url: '/s/1ABCDEFGHJKMNPQRSTVW?lang=en' })
  expect([json.statusCode, json.json().verdict]).toEqual([404, 'not-ours'])
})

const HOSTILE = [
  '?code=a&code=b&id=1&id=2&gtin=1&gtin=2&number=1&number=2&kind=x&kind=y&view=route&view=x&size=large&size=small&lang=en&lang=zh&new=1&new=1',
  '?__proto__=1&constructor=2&code[x]=1&code[]=1',
  '?code=%00&id=%00&gtin=%00&number=%00&view=%00',
  '?code=/s/%00&gtin=%2F..%2F',
  `?code=${'9'.repeat(5000)}&id=${'9'.repeat(5000)}&gtin=${'9'.repeat(5000)}&number=${'9'.repeat(5000)}`,
  '?code=%E4%BD&id=%ff&gtin=%',
  '?code=/01/09521234543213/21/%F0%9F%92%A9',
  "?code=' or 1=1--&id=' or 1=1--&gtin='&number='",
]

test('no public address answers with an unforeseen fault, whatever the query or the path holds', async () => {
  const segments = ['x', '%00', '%2e%2e%2f', '%F0%9F%92%A9', "'", '9'.repeat(300), '__proto__']
  const routes = t.modules.routes.filter((r) => r.method === 'GET' && r.policy.access === 'public')
  expect(routes.length).toBeGreaterThan(10)
  const faults: string[] = []
  for (const route of routes)
    for (const accept of ['text/html', 'application/json'])
      for (const segment of /[:*]/.test(route.url) ? segments : [''])
        for (const query of HOSTILE) {
          const url = route.url.replace(/:\w+|\*/g, segment) + query
          const answer = await t.app.inject({ url, headers: { accept } })
          if (answer.statusCode === 500) faults.push(`${answer.statusCode} ${url}`)
        }
  expect(faults).toEqual([])
})

test('the API document tells what each address answers, names each parameter, and is served', async () => {
  const silent = t.modules.routes.filter(
    (r) => r.hidden !== true && !(('status' in r && r.status === 204) || Object.keys(r.answers ?? {}).some((s) => s < '3')),
  )
  expect(silent.map((r) => r.id)).toEqual([])
  const document = (await t.app.inject({ url: '/api/openapi.json' })).json() as {
    paths: Record<string, Record<string, { parameters?: { name: string }[] }>>
  }
  const unnamed = Object.entries(document.paths).flatMap(([path, operations]) =>
    [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) =>
      Object.entries(operations)
        .filter(([, o]) => !(o.parameters ?? []).some((p) => p.name === name))
        .map(([method]) => `${method} ${path} ${name}`),
    ),
  )
  expect([Object.keys(document.paths).length > 100, unnamed]).toEqual([true, []])

  // the main line that its description walks is one of real operations
  const told = [...JSON.stringify((document as unknown as { info: object }).info).matchAll(/`([a-z-]+\.[a-z-]+)`/g)].map((m) => m[1]!)
  const ids = new Set(t.modules.routes.map((r) => r.id))
  expect([told.length > 10, told.filter((id) => !ids.has(id))]).toEqual([true, []])

  // a stranger learns from it what to send: the file of an upload, the columns of a list, the page of a scan
  type Operation = {
    requestBody?: { content: Record<string, { schema: { required?: string[]; properties: object } }> }
    parameters?: { name: string; schema: { enum?: string[] } }[]
    responses: Record<string, { content?: object }>
  }
  const paths = document.paths as unknown as Record<string, Record<string, Operation>>
  const form = paths['/api/legacy-codes/preview']!['post']!.requestBody!.content
  expect(form).toMatchObject({ 'multipart/form-data': { schema: { required: ['file'], properties: { file: { format: 'binary' } } } } })
  expect(Object.keys(form)).toEqual(['multipart/form-data'])
  const lists = Object.values(paths).flatMap((o) => (o['get']?.parameters?.some((p) => p.name === 'f.{column}') ? [o['get']] : []))
  expect(lists.length).toBeGreaterThan(15)
  for (const list of lists) {
    expect(list.parameters!.find((p) => p.name === 'sort')!.schema.enum!.length).toBeGreaterThan(2)
    expect(Object.keys(list.responses['200']!.content!)).toContain('text/csv')
  }
  expect(Object.keys(paths['/01/{gtin}/21/{serial}']!['get']!.responses['404']!.content!)).toEqual(['application/json', 'text/html'])
})
