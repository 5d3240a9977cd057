import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linkTypeIri } from '../../kernel/gs1/link-types.ts'
import { sql } from '../../platform/db/sql.ts'
import { openTestApp, type TestApp } from '../../../test/support/app.ts'
import { type Labels, labelsOf } from '../../../test/support/goods.ts'
import { linksetFaults } from '../../../test/support/linkset-schema.ts'
import { openWorld } from '../../../test/support/world.ts'

let t: TestApp
let labels: Labels
let blank: Labels
let waiting: Labels
let gtin: string
const ORIGIN = 'http://localhost:8080'

beforeAll(async () => {
  t = await openTestApp()
  const world = await openWorld(t)
  const parties = { importer: world.organisations.importer.own, printer: world.organisations.printer.own }
  labels = await labelsOf(t, parties)
  blank = await labelsOf(t, parties, { labelKind: 'blank' })
  waiting = await labelsOf(t, parties)
  gtin = pathOf(labels).split('/')[2]!
  for (const of of [labels, blank]) {
    const choice = { rolls: [], stretches: [{ first: of.uri(0), last: of.uri(9) }], items: [], containers: [] }
    await t.platform.db.transaction((tx) =>
      t.modules.events.activate(tx, { lotId: of.lotId, choice }, { actor: of.clerk, at: t.clock.now() }),
    )
  }
})
afterAll(() => t.close())

const pathOf = (of: Labels, index = 0) => new URL(of.uri(index)).pathname
const ask = (url: string, headers: Record<string, string> = {}) => t.app.inject({ url, headers: { accept: '*/*', ...headers } })
const typesOf = (context: object) =>
  Object.keys(context)
    .filter((name) => name.startsWith('http'))
    .map((iri) => iri.slice(linkTypeIri('pip').length - 3))
    .sort()

describe('what is there without registration', () => {
  it('a product whose labels are active has its page, which is the default', async () => {
    const answer = await ask(`/01/${gtin}`)
    expect([answer.statusCode, answer.headers['location']]).toEqual([307, `${ORIGIN}/product/${gtin}`])
    const set = (await ask(`/01/${gtin}?linkType=linkset`)).json()
    expect(linksetFaults(set)).toEqual([])
    expect(typesOf(set.linkset[0])).toEqual([
      'defaultLink',
      'ingredientsInfo',
      'instructions',
      'pip',
      'recallStatus',
      'safetyInfo',
      'verificationService',
    ])
    const targets = Object.values(set.linkset[0]).filter(Array.isArray).flat() as { href: string }[]
    for (const { href } of targets) expect([href, (await ask(href.slice(ORIGIN.length).split('#')[0]!)).statusCode]).toEqual([href, 200])
  })

  it('an item of ours has its check page, its route and where to report, and inherits the rest', async () => {
    const set = (await ask(`${pathOf(labels)}?linkType=linkset`)).json()
    expect(linksetFaults(set)).toEqual([])
    expect(typesOf(set.linkset[0])).toEqual(['defaultLink', 'support', 'traceability', 'verificationService'])
    expect(set.linkset[0][linkTypeIri('defaultLink')][0].href).toBe(labels.uri(0))
    for (const type of ['traceability', 'support', 'verificationService', 'recallStatus', 'pip']) {
      const answer = await ask(`${pathOf(labels)}?linkType=gs1:${type}&lang=en`)
      expect([type, answer.statusCode]).toEqual([type, 307])
      const page = await ask(answer.headers['location']!.slice(ORIGIN.length).split('#')[0]!, { accept: 'text/html' })
      expect([type, page.statusCode, String(page.headers['content-type'])]).toEqual([type, 200, 'text/html; charset=utf-8'])
    }
  })

  it('a label that is not active has no route yet', async () => {
    const set = (await ask(`${pathOf(labels, 50)}?linkType=linkset`)).json()
    expect(typesOf(set.linkset[0])).toEqual(['defaultLink', 'support', 'verificationService'])
  })

  it('a serial that we did not issue inherits the product and gets no page of an item', async () => {
    const forged = `/01/${gtin}/21/ABCDEFGH`
    const set = (await ask(`${forged}?linkType=linkset`)).json()
    expect(set.linkset.map((context: { anchor: string }) => context.anchor)).toEqual([`${ORIGIN}/01/${gtin}`])
    expect((await ask(`${forged}?linkType=gs1:traceability`)).statusCode).toBe(404)
    const page = await ask(forged, { accept: 'text/html' })
    expect([page.statusCode, page.body.includes('不是本平台签发的码')]).toEqual([404, true])
  })

  it('asking for links is no scan', async () => {
    const scans = async () => (await t.platform.db.query<{ n: number }>(sql`select count(*)::int as n from scan`))[0]!.n
    const before = await scans()
    await ask(`${pathOf(labels)}?linkType=linkset`)
    await ask(pathOf(labels), { accept: 'application/linkset+json' })
    await ask(`${pathOf(labels)}?linkType=gs1:pip`)
    expect(await scans()).toBe(before)
  })

  it('a label without a GTIN has the links of what it was bound to', async () => {
    const path = pathOf(blank)
    expect(path.startsWith('/s/')).toBe(true)
    const set = (await ask(`${path}?linkType=linkset`)).json()
    expect(linksetFaults(set)).toEqual([])
    expect(set.linkset[0].anchor).toMatch(new RegExp(`^${ORIGIN}/01/\\d{14}/21/${path.slice(3)}$`))
    expect((await ask(`${path}?linkType=gs1:traceability`)).headers['location']).toBe(`${set.linkset[0].anchor}?view=route`)
    const followed = await ask(new URL(set.linkset[0].anchor).pathname, { accept: 'text/html' })
    expect(followed.statusCode).toBe(200)
    expect((await ask('/s/NONSENSE?linkType=linkset')).statusCode).toBe(404)
  })

  it('a product that is merely being prepared is shown to nobody', async () => {
    const quiet = pathOf(waiting).split('/')[2]!
    expect((await ask(`/01/${quiet}`)).statusCode).toBe(404)
    expect((await ask(`/product/${quiet}`)).statusCode).toBe(404)
  })
})

describe('the page of a product', () => {
  it.each(['zh', 'en'] as const)('says what is registered, leads to the check and never says genuine: %s', async (locale) => {
    const page = await ask(`/product/${gtin}?lang=${locale}`, { accept: 'text/html' })
    expect(page.statusCode).toBe(200)
    const text = page.body.replace(/<style>.*?<\/style>/s, '')
    expect(text).not.toMatch(/真品|正品|genuine product|authentic/i)
    expect(text).toContain(locale === 'zh' ? '不是对您手中这一件的核验' : 'does not check the item in your hand')
    expect(text).toContain(locale === 'zh' ? '备案/注册编号' : 'Filing number')
    expect(text).toContain('国妆网备进字')
    expect(text).toContain(locale === 'zh' ? '原产国（地）' : 'Origin')
    const data = JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/s.exec(page.body)![1]!)
    expect(data).toMatchObject({ '@type': 'gs1:Product', '@id': `${ORIGIN}/01/${gtin}`, 'gs1:gtin': gtin })
    expect(page.headers['link']).toContain('rel="linkset"')
  })

  it('cannot be broken by what an importer files', async () => {
    await t.platform.db.execute(
      sql`update product set name_zh = '</script><script>alert(1)</script>', brand = '"><img src=x onerror=alert(1)>' where gtin = ${gtin}`,
    )
    // what is shown is kept for ten seconds
    t.clock.advance(11_000)
    for (const url of [`/product/${gtin}`, `/01/${gtin}?linkType=linkset`]) {
      const page = await ask(url, { accept: 'text/html' })
      expect(page.body).not.toContain('<script>alert')
      expect(page.body).not.toContain('<img src=x')
    }
  })
})
