import { existsSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { type Browser, chromium } from 'playwright-core'
import { filledPlatform } from './filled-platform.ts'
import { fixed, say, scratch, startServer, table } from './support.ts'

const CHROMIUM = process.env['CHROMIUM'] ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)

interface Fetched {
  readonly url: string
  readonly body: Buffer
}

/**
 * Bytes and requests of the scan page in a real browser. "Before the verdict" is proved and not assumed: everything
 * but the document is refused, JavaScript is off, and the verdict's word must still stand there.
 */
export async function benchPage(): Promise<void> {
  if (CHROMIUM === undefined) {
    say('!! no Chromium on this machine (set CHROMIUM): the page is not measured')
    return
  }
  const { folder, remove } = scratch()
  const env = { DATA_DIR: folder, PUBLIC_URL: 'http://127.0.0.1:8080' }
  const filled = await filledPlatform(env, 10)
  await filled.activateAll()
  const path = new URL(filled.modules.codes.uriOf(filled.batch, 0)).pathname
  await filled.platform.db.close()
  const server = await startServer([new URL('scan-server.ts', import.meta.url).pathname], env)
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  try {
    say('\nScan page in Chromium: requests and bytes of bodies')
    const rows: string[][] = []
    for (const [language, locale] of [
      ['中文', 'zh-CN'],
      ['English', 'en'],
    ] as const) {
      const before = await visit(browser, server.url + path, locale, true)
      const all = await visit(browser, server.url + path, locale, false)
      rows.push([language, 'until the verdict', ...summary(before)], [language, 'whole page', ...summary(all)])
    }
    table(['', '', 'requests', 'bytes', 'gzip', 'of 15 KB'], rows)
  } finally {
    await browser.close()
    await server.stop()
    remove()
  }
}

async function visit(browser: Browser, url: string, locale: string, documentOnly: boolean): Promise<Fetched[]> {
  const context = await browser.newContext({ locale, javaScriptEnabled: !documentOnly })
  try {
    const tab = await context.newPage()
    const pending: Promise<Fetched>[] = []
    tab.on('response', (response) => {
      if (!response.url().startsWith('data:')) pending.push(response.body().then((body) => ({ url: response.url(), body })))
    })
    if (documentOnly) await tab.route('**/*', (route) => (route.request().isNavigationRequest() ? route.continue() : route.abort()))
    await tab.goto(url, { waitUntil: documentOnly ? 'domcontentloaded' : 'networkidle' })
    const word = await tab.locator('.band .word').textContent()
    if (!word) throw new Error('the page has no verdict')
    const fetched = await Promise.all(pending)
    const foreign = fetched.find((f) => new URL(f.url).origin !== new URL(url).origin)
    if (foreign !== undefined) throw new Error(`the page asks somebody else: ${foreign.url}`)
    return fetched
  } finally {
    await context.close()
  }
}

function summary(fetched: readonly Fetched[]): string[] {
  const gzip = fetched.reduce((sum, f) => sum + gzipSync(f.body).length, 0)
  return [`${fetched.length}`, fixed(fetched.reduce((sum, f) => sum + f.body.length, 0)), fixed(gzip), `${fixed((gzip / 15_000) * 100)} %`]
}
