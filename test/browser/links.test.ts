import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../support/app.ts'
import { chromiumIsThere, launch, listen, signIn, watch } from '../support/browser.ts'
import { type Labels, labelsOf } from '../support/goods.ts'
import { openWorld } from '../support/world.ts'

/** Pictures of what a person sees, for whoever wants to look: `PICTURES=/some/folder`. */
const picture = async (page: Page, name: string) => {
  const folder = process.env['PICTURES']
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true })
}

describe.skipIf(!chromiumIsThere)('links in a browser', () => {
  let t: TestApp
  let browser: Browser
  let labels: Labels
  let origin: string
  let importer: string
  beforeAll(async () => {
    t = await openTestApp({ now: new Date().toISOString() })
    browser = await launch()
    const world = await openWorld(t)
    importer = world.organisations.importer.own
    labels = await labelsOf(t, { importer, printer: world.organisations.printer.own })
    const choice = { rolls: [], stretches: [{ first: labels.uri(0), last: labels.uri(9) }], items: [], containers: [] }
    await t.platform.db.transaction((tx) =>
      t.modules.events.activate(tx, { lotId: labels.lotId, choice }, { actor: labels.clerk, at: t.clock.now() }),
    )
    origin = await listen(t)
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await t?.close()
  })

  test('a clerk registers a link for a lot, previews what a scan gets, takes it away and brings it back', async () => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })
    const page = await signIn(context, t, origin, importer, 'clerk')
    const complaints = watch(page, origin)
    await page.goto(`${origin}/console/links`)
    await page.getByText('还没有登记链接').waitFor()
    await page.getByRole('button', { name: '登记链接' }).first().click()
    await page.getByText('批次', { exact: true }).click()
    await page.getByRole('combobox', { name: '商品' }).click()
    await page
      .getByText(/样品\d/)
      .first()
      .click()
    await page.getByRole('textbox', { name: '批号' }).fill('L/1')
    await page.getByRole('textbox', { name: '标题' }).fill('检验证书')
    await page.getByRole('textbox', { name: '目标网址' }).fill('javascript:alert(1)')
    await picture(page, 'form')
    await page.getByRole('button', { name: /保\s*存/ }).click()
    await page.getByText('目标网址无效').first().waitFor()
    await page.getByRole('textbox', { name: '目标网址' }).fill('https://www.example.com/L1')
    await page.getByRole('button', { name: /保\s*存/ }).click()
    await page.getByText('/10/L%2F1').first().waitFor()
    await picture(page, 'links')

    await page
      .getByRole('button', { name: /行操作|操作/ })
      .first()
      .click()
    await page.getByRole('menuitem', { name: '预览' }).click()
    await page.getByText('跳转到以下网址').waitFor()
    await page.getByText('平台自带').first().waitFor()
    await picture(page, 'preview')

    await page.goto(`${origin}/console/links`)
    await page
      .getByRole('button', { name: /行操作|操作/ })
      .first()
      .click()
    await page.getByRole('menuitem', { name: '删除' }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /删\s*除/ })
      .click()
    await page.getByText('链接已删除').waitFor()
    await page.getByRole('button', { name: '撤销删除' }).click()
    await page.getByText('链接已恢复').waitFor()
    await page.getByText('/10/L%2F1').first().waitFor()
    expect(complaints).toEqual([])
    await context.close()
  }, 120_000)

  test('somebody who opens a barcode’s address comes to the page of the product, and its links can be looked through', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'en-GB' })
    const page = await context.newPage()
    const complaints = watch(page, origin)
    const gtin = new URL(labels.uri(0)).pathname.split('/')[2]!
    // addresses are written with the public origin, which no browser of this test can reach
    const answer = await page.request.get(`${origin}/01/${gtin}`, { maxRedirects: 0 })
    expect(answer.status()).toBe(307)
    await page.goto(origin + new URL(answer.headers()['location']!).pathname)
    await page.getByText('does not check the item in your hand').waitFor()
    await picture(page, 'product-en')
    await page.getByRole('link', { name: '中文' }).click()
    await page.getByText('不是对您手中这一件的核验').waitFor()
    await picture(page, 'product-zh')
    await page.goto(`${origin}${new URL(labels.uri(0)).pathname}?linkType=linkset`)
    await page.getByText('Verification service').first().waitFor()
    await picture(page, 'linkset')
    await page.goto(`${origin}/01/${gtin}1`)
    await page.getByText('This is not a valid GS1 Digital Link').waitFor()
    await picture(page, 'fault')
    expect(complaints).toEqual([])
    await context.close()
  }, 60_000)
})
