import { mkdirSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sql } from '../../src/platform/db/sql.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { chromiumIsThere, launch, listen, signIn, watch } from '../support/browser.ts'
import { type Labels, labelsOf } from '../support/goods.ts'
import { freshUscc } from '../support/world.ts'

/** SCREENSHOTS=1 keeps pictures in docs/screenshots. */
const picture = async (page: Page, name: string) => {
  if (process.env['SCREENSHOTS'] === undefined) return
  mkdirSync('docs/screenshots', { recursive: true })
  await page.screenshot({ path: `docs/screenshots/${name}.png` })
}

describe.skipIf(!chromiumIsThere)('the main line in a browser', () => {
  let t: TestApp
  let browser: Browser
  let origin: string
  let labels: Labels
  const ids: Record<string, string> = {}
  const complaints: string[][] = []

  beforeAll(async () => {
    t = await openTestApp({ now: new Date().toISOString() })
    browser = await launch()
    origin = await listen(t)
    const at = t.clock.now()
    await t.platform.db.transaction(async (tx) => {
      for (const kind of ['operator', 'importer', 'printer', 'dealer'] as const) {
        ids[kind] = await t.modules.identity.registerOrganisation(
          tx,
          { kind, nameZh: `${kind}示例企业`, uscc: freshUscc(), province: '33', city: '宁波', status: 'verified' },
          at,
        )
      }
      await t.modules.identity.registerOrganisation(
        tx,
        { kind: 'importer', nameZh: '待审核的新企业', uscc: freshUscc(), province: '33', city: '宁波' },
        at,
      )
    })
    // a printer with a key, and an order that waits for its approval
    await labelsOf(t, { importer: ids['importer']!, printer: ids['printer']! }, { quantity: 20, until: 'released' })
    labels = await labelsOf(
      t,
      { importer: ids['importer']!, printer: ids['printer']! },
      { quantity: 100, spoilage: 2, rollSize: 51, until: 'submitted' },
    )
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await t?.close()
  })

  const as = async (role: string, organisation: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'zh-CN', acceptDownloads: true })
    context.on('page', (page) => complaints.push(watch(page, origin)))
    return signIn(context, t, origin, ids[organisation]!, role)
  }
  const confirm = (page: Page, name: string | RegExp) => page.getByRole('dialog').getByRole('button', { name }).last().click()

  test('the operator lets an enterprise in, approves an order and releases its codes', async () => {
    const page = await as('operator', 'operator')
    await picture(page, 'operator-home')
    await page.goto(`${origin}/console/registrations`)
    await page.getByText('待审核的新企业').first().waitFor()
    await picture(page, 'operator-registrations')
    await page.goto(`${origin}/console/orders/${labels.orderId}`)
    await page.getByRole('button', { name: '批准并生成码' }).click()
    await confirm(page, /批准/)
    await page.getByRole('button', { name: '发放给印刷厂' }).click()
    await confirm(page, /发放/)
    await page.getByText('等待印刷厂下载、印制并报数。').first().waitFor()
    await picture(page, 'operator-order')
    expect(
      (
        await t.modules.codes.todosOf(
          t.platform.db,
          { organisationId: ids['printer'], organisationKind: 'printer', sees: 'own' } as never,
          '2026-01-01',
        )
      ).packsWaiting,
    ).toBe(2)
  })

  test('the clerk receives the labels, activates a roll range and sees what was activated', async () => {
    const at = t.clock.now()
    const [batch] = (await t.platform.db.query<{ id: number }>({
      text: 'select id from code_batch where order_id = $1',
      values: [labels.orderId],
    })) as { id: number }[]
    await t.platform.db.transaction((tx) =>
      t.modules.codes.reportPrinted(
        tx,
        labels.orderId,
        { printed: 102, left: 0, scrapped: [], note: '' },
        { actor: { ...labels.clerk, organisationId: ids['printer']!, organisationKind: 'printer' }, at },
      ),
    )
    const made = (await t.modules.codes.batchesOf(t.platform.db, [batch!.id])).get(batch!.id)!
    labels = { ...labels, batch: made, uri: (i) => t.modules.codes.uriOf(made, i) }

    const page = await as('clerk', 'importer')
    await page.goto(`${origin}/console/orders/${labels.orderId}`)
    await page.getByRole('button', { name: '签收标签' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('spinbutton').fill('102')
    await dialog
      .getByRole('button', { name: /签收|确定|提交/ })
      .last()
      .click()
    await page.getByText('可以激活了。').first().waitFor()
    await picture(page, 'clerk-order')

    await page.goto(`${origin}/console/activations/new?lotId=${labels.lotId}`)
    await page.getByText('首尾标签').first().click()
    await page.getByLabel('第一枚标签').fill(labels.uri(0))
    await page.getByLabel(/最后一枚标签/).fill(labels.uri(49))
    await page
      .getByRole('button', { name: /添加|加入/ })
      .first()
      .click()
    await page.getByRole('button', { name: '核对并预览' }).click()
    await page.getByRole('button', { name: /激活.*50/ }).click()
    await page.getByText('消费者现在扫码即可查到').waitFor()
    await picture(page, 'clerk-activated')
    await page.goto(`${origin}/console/activations`)
    await page.getByRole('row').filter({ hasText: '50' }).first().waitFor()
    const [active] = await t.platform.db.query<{ n: number }>(
      sql`select sum(hi - lo + 1)::int as n from code_range where lot_id = ${labels.lotId}`,
    )
    expect(active!.n).toBe(50)
  })

  test('a consumer scans without script, reports with a photo, and reads the answer that the clerk gives', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled: false, locale: 'zh-CN' })
    context.on('page', (page) => complaints.push(watch(page, origin)))
    const phone = await context.newPage()
    const requests: string[] = []
    phone.on('request', (request) => requests.push(request.url()))
    await phone.goto(origin + new URL(labels.uri(3)).pathname)
    await phone.getByRole('heading', { name: '该标签已登记，目前未发现异常。' }).waitFor()
    // the page itself, and nothing else before the verdict; the script is asked for by the page and not run here
    expect(requests.filter((url) => !url.endsWith('/assets/scan.js'))).toHaveLength(1)
    await picture(phone, 'scan')
    await phone.getByRole('link', { name: 'English' }).click()
    await phone.getByRole('heading', { name: /registered and nothing unusual/ }).waitFor()
    await phone.goto(origin + new URL(labels.uri(3)).pathname)
    await phone.getByRole('link', { name: '不一样' }).click()
    expect(await phone.getByLabel('信息不符').isChecked()).toBe(true)
    await phone.getByLabel('说明', { exact: true }).fill('瓶底批号与页面不同 <img src=x onerror=alert(1)>')
    await phone.getByRole('button', { name: '提交' }).click()
    await phone.getByRole('heading', { name: '已收到，谢谢' }).waitFor()
    const ticket = phone.url()

    const page = await as('manager', 'importer')
    await page.goto(`${origin}/console/reports`)
    await page.getByText('瓶底批号与页面不同').first().waitFor()
    await picture(page, 'console')
    await page.getByRole('row').filter({ hasText: '信息不符' }).first().click()
    await page.keyboard.press('Enter')
    await page.getByLabel('给消费者的答复').fill('感谢反馈，请核对瓶底批号。')
    await page.getByRole('button', { name: '答复', exact: true }).click()
    await page.getByText('感谢反馈，请核对瓶底批号。').first().waitFor()
    await phone.goto(ticket)
    await phone.getByText('感谢反馈，请核对瓶底批号。').waitFor()

    await page.goto(`${origin}/console/scans`)
    await page.getByRole('row').nth(1).waitFor()
    await picture(page, 'clerk-scans')
  })

  test('a consumer retires an empty bottle, reads it in red, and takes it back', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled: false, locale: 'zh-CN' })
    context.on('page', (page) => complaints.push(watch(page, origin)))
    const phone = await context.newPage()
    const item = origin + new URL(labels.uri(4)).pathname
    await phone.goto(item)
    await phone.getByRole('link', { name: '空瓶注销' }).click()
    await phone.getByRole('button', { name: '确认已用完，注销此码' }).click()
    await phone.getByRole('heading', { name: '已注销，谢谢' }).waitFor()
    const again = await context.newPage()
    await again.goto(item)
    await again.getByText('高风险').first().waitFor()
    await phone.getByRole('button', { name: /撤销/ }).click()
    await phone.getByRole('heading', { name: '已撤销注销' }).waitFor()
    await again.goto(item)
    await again.getByRole('heading', { name: '该标签已登记，目前未发现异常。' }).waitFor()
    expect(await again.getByText('高风险').count()).toBe(0)
  })

  test('no page loaded anything from elsewhere, broke its policy or ran a stranger’s script', () => {
    expect(complaints.length).toBeGreaterThan(3)
    expect(complaints.flat()).toEqual([])
  })
})
