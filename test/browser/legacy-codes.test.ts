import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../support/app.ts'
import { chromiumIsThere, launch, listen, signIn, watch } from '../support/browser.ts'
import { fileLot, openSupply } from '../support/lots.ts'

describe.skipIf(!chromiumIsThere)('codes of the older system in a browser', () => {
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

  test('a clerk sees what is wrong in a file, and takes the good rows in', async () => {
    const { importer } = await openSupply(t)
    const lot = await fileLot(t, importer, 10)
    const origin = await listen(t)
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })
    const page = await signIn(context, t, origin, importer, 'clerk')
    const complaints = watch(page, origin)
    await page.goto(`${origin}/console/legacy-codes`)
    const lines = [
      '码,序号,条码,批号',
      `old-0001,3302012345678,${lot.gtin},${lot.lotNumber}`,
      `old-0002,,${lot.gtin},${lot.lotNumber}`,
      `old-0003,,${lot.gtin},不存在`,
    ]
    await page.locator('input[type=file]').setInputFiles({ name: 'old.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\r\n')) })
    await page.getByText('没有登记此商品的这个批号').waitFor()
    await page.getByRole('button', { name: /导入 2 枚/ }).click()
    await page.getByRole('progressbar').waitFor()
    await t.drain()
    await page.getByText('已导入 2 枚旧码').waitFor()
    expect(complaints).toEqual([])
  }, 120_000)
})
