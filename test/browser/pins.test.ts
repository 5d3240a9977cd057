import { generateX25519Identity, identityToRecipient, Decrypter } from 'age-encryption'
import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestApp, type TestApp } from '../support/app.ts'
import { chromiumIsThere, launch, listen, signIn, watch } from '../support/browser.ts'
import { labelsOf } from '../support/goods.ts'
import { openWorld } from '../support/world.ts'

describe.skipIf(!chromiumIsThere)('PINs in a browser', () => {
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

  test('the operator makes them, the printer takes the file, a buyer scratches, and a second one is told the date', async () => {
    const world = await openWorld(t)
    const importer = world.organisations.importer.own
    const printer = world.organisations.printer.own
    const labels = await labelsOf(t, { importer, printer }, { quantity: 20, rollSize: 20 })
    const identity = await generateX25519Identity()
    const recipient = await identityToRecipient(identity)
    await t.platform.db.transaction((tx) => t.modules.codes.addPrinterKey(tx, printer, recipient, { personId: null, at: t.clock.now() }))
    const origin = await listen(t)
    const shot = async (page: { screenshot(o: object): Promise<unknown> }, name: string) => {
      if (process.env['SHOTS'] !== undefined) await page.screenshot({ path: `${process.env['SHOTS']}/${name}.png`, fullPage: true })
    }
    const open = async (organisation: string, role: 'operator' | 'printer-operator') => {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', acceptDownloads: true })
      return signIn(context, t, origin, organisation, role)
    }

    const operator = await open(world.organisations.operator.own, 'operator')
    const complaints = watch(operator, origin)
    await operator.goto(`${origin}/console/packs/${labels.packId}`)
    await operator.getByRole('button', { name: '生成涂层验证码' }).click()
    await operator.getByLabel('涂层印厂').click()
    await operator.getByTitle('甲printer').click()
    await shot(operator, 'make')
    await operator.getByRole('dialog').getByRole('button', { name: '生成涂层验证码' }).click()
    await operator.getByRole('heading', { name: '涂层验证码' }).waitFor()
    await t.drain()
    await operator.getByText('待下载').waitFor()
    await shot(operator, 'runs')

    const coater = await open(printer, 'printer-operator')
    await coater.addInitScript('delete window.showSaveFilePicker')
    await coater.goto(`${origin}/console/pins`)
    await coater.getByText('待下载').waitFor()
    await coater
      .getByRole('button', { name: /操作|更多/ })
      .first()
      .click()
    const [file] = await Promise.all([coater.waitForEvent('download'), coater.getByText('下载文件').click()])
    const decrypter = new Decrypter()
    decrypter.addIdentity(identity)
    const text = await decrypter.decrypt(new Uint8Array(readFileSync(await file.path())), 'text')
    const rows = text.trimEnd().split('\r\n').slice(1)
    expect(rows).toHaveLength(20)
    const serial = new URL(labels.uri(3)).pathname.split('/').at(-1)!
    const pin = rows.find((row) => row.split(',')[2] === serial)!.split(',')[3]!

    await t.platform.db.transaction((tx) =>
      t.modules.events.activate(
        tx,
        {
          lotId: labels.lotId,
          choice: { rolls: [], stretches: [{ first: labels.uri(0), last: labels.uri(19) }], items: [], containers: [] },
        },
        { actor: labels.clerk, at: t.clock.now() },
      ),
    )
    const phone = async () => {
      const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN', javaScriptEnabled: false })
      return context.newPage()
    }
    const buyer = await phone()
    await buyer.goto(origin + new URL(labels.uri(3)).pathname)
    await shot(buyer, 'scan')
    const enter = async (page: typeof buyer, digits: string) => {
      await page.locator('input[name=pin]').fill(digits)
      await page.locator('form:has(input[name=pin]) button').click()
    }
    const wrong = `${pin.slice(0, -1)}${(Number(pin.at(-1)) + 1) % 10}`
    await enter(buyer, wrong)
    await buyer.getByText('验证码与此标签不符').first().waitFor()
    await shot(buyer, 'wrong')
    await enter(buyer, `${pin.slice(0, 5)} ${pin.slice(5)}`)
    await buyer.getByText('已验证').first().waitFor()
    expect(buyer.url()).not.toContain(pin)
    await shot(buyer, 'right')
    const second = await phone()
    await second.goto(origin + new URL(labels.uri(3)).pathname)
    await enter(second, pin)
    await second.getByText('需再核验').first().waitFor()
    await shot(second, 'second')
    expect(complaints).toEqual([])
  }, 180_000)
})
