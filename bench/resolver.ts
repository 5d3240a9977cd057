import Fastify from 'fastify'
import { buildServer } from '../src/app/serve.ts'
import { filledPlatform } from './filled-platform.ts'
import { fixed, median, say, scratch, table } from './support.ts'

const ROUNDS = 5
const REQUESTS = 800
const AT_ONCE = 16

type App = Awaited<ReturnType<typeof buildServer>>

/** What the resolver answers a second in one process, beside a server that redirects to a constant. */
export async function benchResolver(): Promise<void> {
  const { folder, remove } = scratch()
  const env = { DATA_DIR: folder, PUBLIC_URL: 'http://127.0.0.1:8080', SCAN_LIMIT_PER_MINUTE: '10000000' }
  const { platform, modules, batch, activateAll } = await filledPlatform(env, 100)
  await activateAll()
  const app = await buildServer(platform, modules)
  const bare = Fastify()
  bare.get('/constant', (_, reply) => reply.redirect('https://www.example.com/', 307))
  const item = new URL(modules.codes.uriOf(batch, 0)).pathname
  const product = item.split('/').slice(0, 3).join('/')
  try {
    say(`\nResolver: answers a second, ${AT_ONCE} at once, injected into one process on the embedded engine (median of ${ROUNDS})`)
    const limit = await answersASecond(bare as never, '/constant', {})
    const rows: string[][] = [['a constant redirect', fixed(limit), '1']]
    for (const [name, url, accept] of [
      ['redirect to the default link of a product', product, '*/*'],
      ['redirect by link type and language', `${product}?linkType=gs1:pip`, '*/*'],
      ['linkset of an item', `${item}?linkType=linkset`, '*/*'],
      ['an address that is no Digital Link', '/01/123', '*/*'],
      ['scan page of an item, for comparison', item, 'text/html'],
    ] as const) {
      const rate = await answersASecond(app, url, { accept, 'accept-language': 'zh-CN' })
      rows.push([name, fixed(rate), (rate / limit).toFixed(3)])
    }
    table(['', 'a second', 'of the constant'], rows)
    say(`added to each scan: ${fixed(hotPathNanoseconds(modules, item))} ns to see that no link is asked for and to say where links are`)
  } finally {
    await app.close()
    await bare.close()
    await platform.db.close()
    remove()
  }
}

async function answersASecond(app: App, url: string, headers: Record<string, string>): Promise<number> {
  const rates: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now()
    for (let i = 0; i < REQUESTS; i += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, () => app.inject({ url, headers })))
    // the first round warms up
    if (round > 0) rates.push((REQUESTS * 1000) / (performance.now() - start))
  }
  return median(rates)
}

function hotPathNanoseconds({ resolver }: Awaited<ReturnType<typeof filledPlatform>>['modules'], path: string): number {
  const request = { url: path, headers: { accept: 'text/html,application/xhtml+xml' } } as never
  const headers = new Map<string, string>()
  const reply = {
    header(name: string, value: string) {
      headers.set(name, value)
      return this
    },
  }
  const times = 1_000_000
  const start = performance.now()
  for (let i = 0; i < times; i++) if (!resolver.isAsked(request)) resolver.announce(reply as never, path)
  return ((performance.now() - start) * 1e6) / times
}
