import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { onTestFailed } from 'vitest'
import type { TestApp } from './app.ts'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

export const chromiumIsThere = existsSync(CHROMIUM)
if (!chromiumIsThere) process.stdout.write('NOT COVERED: browser journeys (no Chromium at /usr/bin/chromium; set CHROMIUM)\n')

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** Lets a browser in: listens on a port of its own. */
export async function listen(t: TestApp): Promise<string> {
  await t.app.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${(t.app.server.address() as AddressInfo).port}`
}

/** What a page must never do, collected while it is used: load from elsewhere, break its own policy, throw. */
export function watch(page: Page, origin: string): string[] {
  const complaints: string[] = []
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('blob:')) complaints.push(`request to ${url}`)
  })
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) complaints.push(message.text())
  })
  return complaints
}

/** Says what a page showed when its test fails: a time-out alone tells nothing. */
function tellOnFailure(page: Page): void {
  const asked: string[] = []
  page.on('requestfailed', (request) => asked.push(`${request.url()} ${request.failure()?.errorText}`))
  page.on('response', (response) => {
    if (response.status() >= 400) asked.push(`${response.url()} ${response.status()}`)
  })
  onTestFailed(async () => {
    const shown = await page.evaluate('document.body.innerText').catch(String)
    console.error(`${page.url()} showed:\n${String(shown)}\nrefused: ${asked.join(', ')}`)
  })
}

/** Signs a person in with a one-time link, as the scenario prints them. */
export async function signIn(context: BrowserContext, t: TestApp, origin: string, organisationId: string, role: string): Promise<Page> {
  const { identity } = t.modules
  const link = await t.platform.db.transaction(async (tx) => {
    const personId = await identity.addPerson(
      tx,
      { organisationId, account: `browser.${role}`, name: role, roles: [role] as never },
      t.clock.now(),
    )
    return identity.createLoginLink(tx, personId, t.clock.now())
  })
  const page = await context.newPage()
  tellOnFailure(page)
  const url = new URL(link)
  await page.goto(`${origin}${url.pathname}${url.hash}`)
  await page
    .getByRole('button', { name: /登录|进入/ })
    .first()
    .click()
  await page.getByRole('heading', { name: '待办', exact: true }).waitFor()
  return page
}
