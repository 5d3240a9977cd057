import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import QRCode from 'qrcode'
import { ROLES } from '../../modules/identity/contract.ts'
import { loadConfig } from '../../platform/config/config.ts'
import { maybeOne } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { raw, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { openPlatform } from '../context.ts'
import { createModules, type Modules } from '../modules.ts'
import { refuseTakenPort, serve } from '../serve.ts'
import { buildScenario, type Scenario } from './build-scenario.ts'
import { PRODUCTS } from './plan.ts'

export interface DemoOptions {
  readonly labels: number | undefined
  readonly seed: number | undefined
  readonly keysFile: string | undefined
  readonly fresh: boolean
  readonly serve: boolean
  readonly say: (line: string) => void
}

/** The number of labels with which Ningbo began on 9 April 2021. */
const NINGBO_LABELS = 15_000

/**
 * Starts the platform with the Ningbo scenario. It is made once in its own data folder and found again at the next
 * start; `--fresh` makes it anew.
 * @returns how to stop, when it serves
 */
export async function runDemo(options: DemoOptions): Promise<(() => Promise<void>) | undefined> {
  const { say } = options
  const labels = options.labels ?? NINGBO_LABELS
  const seed = options.seed ?? 20210409
  if (!Number.isInteger(labels) || labels < PRODUCTS || labels > 50_000_000)
    throw new RangeError(`--labels takes a whole number from ${PRODUCTS} to 50000000`)
  if (!Number.isInteger(seed)) throw new RangeError('--seed takes a whole number')
  const config = loadConfig({
    ...process.env,
    DATA_DIR: process.env['DATA_DIR'] ?? 'data/demo',
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn',
    // people of the demo have no password to come back by: a pause for lunch ends no session
    SESSION_IDLE_MINUTES: process.env['SESSION_IDLE_MINUTES'] ?? '720',
  })
  if (options.serve) await refuseTakenPort(config)
  const file = join(config.dataDir, 'demo.json')
  if (options.fresh && config.databaseUrl === undefined && (existsSync(file) || !existsSync(join(config.dataDir, 'database'))))
    rmSync(config.dataDir, { recursive: true, force: true })

  const started = performance.now()
  const platform = await openPlatform(config)
  const modules = createModules(platform)
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Scenario) : undefined
  const used = (await maybeOne<{ n: number }>(platform.db, sql`select count(*)::int as n from organisation`))!.n > 0
  let scenario: Scenario
  if (known !== undefined && used) {
    scenario = known
    if (known.labels !== labels || known.seed !== seed)
      say(
        `Found a scenario of ${known.labels} labels, seed ${known.seed}; --fresh makes another. / 已有 ${known.labels} 枚标签的场景，用 --fresh 重新生成。`,
      )
  } else if (used) {
    await platform.db.close()
    throw new Error(
      `${config.databaseUrl ?? config.dataDir} is in use and holds no finished scenario: give an empty DATA_DIR or database${config.databaseUrl === undefined ? `, or delete ${config.dataDir}` : ''}`,
    )
  } else {
    say(`Making the Ningbo scenario: ${labels} labels over ${PRODUCTS} products, seed ${seed} … / 正在生成宁波场景 …`)
    scenario = await buildScenario(platform, modules, { labels, seed, say })
    writeFileSync(file, `${JSON.stringify(scenario, null, 2)}\n`, { mode: 0o600 })
    const c = scenario.counts
    say(
      `Made in ${((performance.now() - started) / 1000).toFixed(1)} s: ${c.products} products, ${c.consignments} consignments, ${c.labels} labels, ${c.cartons} cartons, ${c.shipments} shipments, ${c.scans} scans.`,
    )
  }

  if (options.keysFile !== undefined) await writeKeys(platform, modules, scenario, resolve(options.keysFile), say)
  if (!options.serve) {
    await platform.db.close()
    return undefined
  }
  const running = await serve(platform, { ...modules, routes: [...modules.routes, demoPage(scenario, platform.config.publicUrl)] })
  const sayLinks = async () => {
    say('')
    say('One-time links to look around as / 各角色的一次性登录链接:')
    for (const person of scenario.people) {
      const link = await platform.db.transaction((tx) => modules.identity.createLoginLink(tx, person.personId, platform.clock.now()))
      const words = ROLES[person.role as keyof typeof ROLES]
      say(`  ${person.role.padEnd(17)}${link.replace(platform.config.publicUrl, running.url)}   ${words?.zh ?? ''}`)
    }
  }
  say('')
  say(`溯真 Suzhen is running / 平台已启动`)
  say(`  Console / 控制台          ${running.url}/console`)
  say(`  QR codes to scan / 扫码页  ${running.url}/demo`)
  say(`  Check a code / 查询        ${running.url}/`)
  say(`  API                       ${running.url}/api/openapi.json`)
  await sayLinks()
  say('')
  say('Scan / 试扫:')
  for (const story of scenario.stories) say(`  ${running.url}${new URL(story.uri).pathname}\n      ${story.zh} · ${story.en}`)
  say('')
  say('All organisations, brands and people are fictitious; GTINs carry the demonstration prefix 952. / 企业、品牌与人物均为虚构。')
  // a link is spent by whoever used it first, and a second browser wants one of its own
  if (process.stdin.isTTY) {
    say('Enter: new one-time links / 按回车键生成新的一次性链接')
    process.stdin.on('data', () => void sayLinks()).unref()
  }
  return running.close
}

/** An API key for each role, as JSON that only its owner may read. Keys of earlier starts are revoked. */
async function writeKeys(
  platform: Platform,
  modules: Modules,
  scenario: Scenario,
  file: string,
  say: (line: string) => void,
): Promise<void> {
  const at = platform.clock.now()
  const keys: Record<string, { organisationId: string; organisation: string; key: string }> = {}
  await platform.db.transaction(async (tx) => {
    await tx.execute(sql`update api_key set revoked_at = ${at.toISOString()} where name like 'demo %' and revoked_at is null`)
    for (const person of scenario.people) {
      const { secret } = await modules.identity.createApiKey(
        tx,
        { organisationId: person.organisationId, name: `demo ${person.role}`, roles: [person.role] as never },
        at,
      )
      keys[person.role] = { organisationId: person.organisationId, organisation: person.organisation, key: secret }
    }
  })
  const content = {
    baseUrl: platform.config.publicUrl,
    keys,
    printerIdentity: scenario.printerIdentity,
    stories: Object.fromEntries(scenario.stories.map((s) => [s.key, platform.config.publicUrl + new URL(s.uri).pathname])),
  }
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  say(`API keys written to ${file}`)
}

/** QR codes of the stories, for a phone that can reach this machine (set HOST and PUBLIC_URL for that). */
function demoPage(scenario: Scenario, publicUrl: string): Route {
  return raw({
    id: 'demo.page',
    method: 'GET',
    url: '/demo',
    summary: { zh: '演示扫码页', en: 'QR codes of the demonstration' },
    policy: { access: 'public' },
    hidden: true,
    handle: async ({ reply }) => {
      const cards = await Promise.all(
        scenario.stories.map(async (story) => {
          const s = { ...story, uri: publicUrl + new URL(story.uri).pathname }
          const svg = await QRCode.toString(s.uri, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 })
          return `<figure><a href="${s.uri}"><img alt="${escape(s.en)}" width="220" height="220" src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}"></a><figcaption><strong>${escape(s.zh)}</strong><br>${escape(s.en)}</figcaption></figure>`
        }),
      )
      const html = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>溯真 · 演示</title><style nonce="demo">body{font:16px/1.5 sans-serif;margin:24px;color:#16211d;background:#f3f5f4}main{display:flex;flex-wrap:wrap;gap:18px}figure{margin:0;background:#fff;border-radius:12px;padding:16px;width:252px}figcaption{font-size:14px}</style></head><body><h1>溯真 Suzhen</h1><p>演示数据，企业均为虚构。Demonstration data; all organisations are fictitious. <a href="/console">控制台 Console</a></p><main>${cards.join('')}</main></body></html>`
      return reply
        .header(
          'content-security-policy',
          "default-src 'none'; img-src data:; style-src 'nonce-demo'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        )
        .type('text/html; charset=utf-8')
        .send(html)
    },
  })
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)
}
