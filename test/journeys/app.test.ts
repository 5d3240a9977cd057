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
