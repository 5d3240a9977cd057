import QRCode from 'qrcode'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../support/app.ts'
import { chromiumIsThere, launch, listen, signIn, watch } from '../support/browser.ts'
import { labelsOf } from '../support/goods.ts'
import { openSupply } from '../support/lots.ts'

describe.skipIf(!chromiumIsThere)('tracing in a browser', () => {
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

  test('a clerk traces a photo of a label back, and its lot forward with keys alone', async () => {
    const { importer, printer } = await openSupply(t)
    const labels = await labelsOf(t, { importer, printer }, { quantity: 40, rollSize: 40 })
    const ctx = { actor: labels.clerk, at: t.clock.now() }
    const choice = { rolls: [], stretches: [{ first: labels.uri(0), last: labels.uri(29) }], items: [], containers: [] }
    await t.platform.db.transaction(async (tx) => {
      const { events } = t.modules
      await events.activate(tx, { lotId: labels.lotId, choice }, ctx)
      const { sscc } = await events.pack(tx, { choice, place: '宁波', reason: '' }, ctx)
      const form = { name: '蜀香店', provinces: ['51'], city: '成都', contact: '', dealerOrganisationId: null, active: true }
      const dealerId = await events.saveDealer(tx, form, ctx)
      const packed = { rolls: [], stretches: [], items: [], containers: [sscc] }
      await events.ship(tx, { choice: packed, place: '', reason: '', dealerId, number: '', note: '' }, ctx)
    })
    const origin = await listen(t)
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN' })
    const page = await signIn(context, t, origin, importer, 'clerk')
    const complaints = watch(page, origin)
    await page.goto(`${origin}/console/trace`)
    const photo = await QRCode.toBuffer(labels.uri(7), { width: 500 })
    await page.locator('input[type=file]').setInputFiles({ name: 'label.png', mimeType: 'image/png', buffer: photo })
    await page.getByText('该商品应在运往经销商蜀香店（成都）的途中').waitFor()
    await page.getByRole('link', { name: /^L\d+$/ }).click()
    await page.getByRole('heading', { name: '去向图' }).waitFor()
    const node = (name: RegExp) => page.getByRole('button', { name })
    await node(/^来源|^进口商/)
      .first()
      .focus()
    for (let i = 0; i < 4 && !(await page.getByText('追溯此箱').isVisible()); i++) {
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Enter')
    }
    expect(await page.getByText('追溯此箱').isVisible()).toBe(true)
    await page.getByRole('button', { name: '以表格显示' }).click()
    expect(await page.getByRole('row', { name: /在途 → 蜀香店 30/ }).count()).toBe(1)
    expect(complaints).toEqual([])
  }, 120_000)
})
