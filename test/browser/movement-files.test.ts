import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../support/app.ts'
import { chromiumIsThere, launch, listen, signIn, watch } from '../support/browser.ts'
import { labelsOf } from '../support/goods.ts'
import { openWorld } from '../support/world.ts'

describe.skipIf(!chromiumIsThere)('a movement list in a browser', () => {
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

  test('a warehouse worker looks at the trial, writes the good rows and takes the wrong one away', async () => {
    const world = await openWorld(t)
    const importer = world.organisations.importer.own
    const labels = await labelsOf(t, { importer, printer: world.organisations.printer.own }, { quantity: 20, rollSize: 20 })
    const origin = await listen(t)
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', acceptDownloads: true })
    const page = await signIn(context, t, origin, importer, 'warehouse')
    const complaints = watch(page, origin)
    await page.goto(`${origin}/console/movement-files`)
    await page.getByText('还没有导入过作业明细').waitFor()
    const lines = [
      '动作,标签,止码,箱码,地点',
      `激活,${labels.uri(0)},${labels.uri(9)},,`,
      `装箱,${labels.uri(0)},${labels.uri(4)},340123450000000017,一号仓`,
      `装箱,${labels.uri(15)},,340123450000000017,一号仓`,
    ]
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: '作业.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\r\n')) })
    await page.getByRole('heading', { name: '作业.csv' }).waitFor()
    await t.drain()
    await page.getByText(/第 4 行 标签或箱码/).waitFor()
    if (process.env['SHOTS'] !== undefined) await page.screenshot({ path: `${process.env['SHOTS']}/preview.png`, fullPage: true })
    await page.getByRole('button', { name: '写入 2 行' }).click()
    await page.getByText('正在写入').waitFor()
    await t.drain()
    await page.getByText('已写入 2 行，1 行有错误未写入。').waitFor()
    if (process.env['SHOTS'] !== undefined) await page.screenshot({ path: `${process.env['SHOTS']}/done.png`, fullPage: true })
    const [wrong] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载错误行' }).click()])
    expect(wrong.suggestedFilename()).toBe('作业-错误行.xlsx')
    await page.getByRole('button', { name: '查看流通事件' }).click()
    await page.getByText('装箱').first().waitFor()
    // and in English
    await page.goto(`${origin}/console/movement-files?lang=en`)
    expect(complaints).toEqual([])
  }, 120_000)
})
