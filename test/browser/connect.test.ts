import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../support/app.ts'
import { chromiumIsThere, launch, listen, signIn, watch } from '../support/browser.ts'
import { TestClient } from '../support/client.ts'
import { openWorld } from '../support/world.ts'

describe.skipIf(!chromiumIsThere)('connecting a system, in a browser', () => {
  let t: TestApp
  let browser: Browser
  beforeAll(async () => {
    t = await openTestApp({ now: new Date().toISOString() })
    browser = await launch()
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await t?.close()
  })

  test('a manager makes a sandbox, sees the calls of its key with their errors, and tries a receiver', async () => {
    const world = await openWorld(t)
    const importer = world.organisations.importer.own
    const origin = await listen(t)
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })
    const page = await signIn(context, t, origin, importer, 'manager')
    const complaints = watch(page, origin)
    const shot = async (name: string) => {
      if (process.env['SHOTS'] !== undefined) await page.screenshot({ path: `${process.env['SHOTS']}/${name}.png`, fullPage: true })
    }

    await page.goto(`${origin}/console/connect`)
    await page.getByRole('button', { name: '创建沙盒' }).click()
    const secret = (await page.locator('.secret code').textContent())!
    expect(secret).toMatch(/^sz_/)
    await page.getByText('已装好的箱（SSCC）').waitFor()
    await page.getByLabel('接收地址').fill('http://127.0.0.1:9/hook')
    await page.getByRole('button', { name: '发送测试' }).click()
    await page.getByRole('alert').waitFor()
    await shot('connect')

    const { secret: key } = await t.platform.db.transaction((tx) =>
      t.modules.identity.createApiKey(tx, { organisationId: importer, name: 'WMS', roles: ['warehouse'] as never }, t.clock.now()),
    )
    const system = new TestClient(t.app, { apiKey: key })
    await system.get('/api/containers')
    await system.post('/api/goods/destroy', { choice: { items: ['no-such-label'] } })
    await page.goto(`${origin}/console/api-keys`)
    await page.getByText('WMS', { exact: true }).first().click()
    await page.getByText('/api/goods/destroy').waitFor()
    await shot('calls')
    await page.getByText('/api/goods/destroy').click()
    await page.getByRole('alert').waitFor()
    await page.getByText('请求编号').waitFor()
    await shot('call')
    expect(complaints).toEqual([])
  }, 120_000)
})
