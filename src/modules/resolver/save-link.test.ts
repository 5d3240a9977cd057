import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sql } from '../../platform/db/sql.ts'
import { openTestApp, type TestApp } from '../../../test/support/app.ts'
import { type Labels, labelsOf } from '../../../test/support/goods.ts'
import { openWorld, type Someone, type World } from '../../../test/support/world.ts'
import { MOST_LINKS_OF_ENTITY } from './save-link.ts'

let t: TestApp
let world: World
let clerk: Someone
let rival: Someone
let operator: Someone
let labels: Labels
let foreign: Labels

beforeAll(async () => {
  t = await openTestApp()
  world = await openWorld(t)
  const { importer, printer } = world.organisations
  labels = await labelsOf(t, { importer: importer.own, printer: printer.own })
  foreign = await labelsOf(t, { importer: importer.foreign, printer: printer.foreign })
  clerk = await world.newPerson('clerk')
  rival = await world.newPerson('clerk', 'foreign')
  operator = await world.newPerson('operator')
})
afterAll(() => t.close())

const pathOf = (of: Labels, index = 0) => new URL(of.uri(index)).pathname
const gtinOf = (of: Labels) => pathOf(of).split('/')[2]!
const productPath = (of: Labels) => `/01/${gtinOf(of)}`
let n = 0
const link = (digitalLink: string, more: Record<string, unknown> = {}) => ({
  digitalLink,
  linkType: 'pip',
  href: `https://www.example.com/${++n}`,
  title: `Link ${n}`,
  ...more,
})
const register = (who: Someone, digitalLink: string, more: Record<string, unknown> = {}) =>
  who.client.post('/api/links', link(digitalLink, more))
const ask = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await t.app.inject({ url: path, headers: { accept: '*/*', ...headers } })
  return {
    status: answer.statusCode,
    location: answer.headers['location'],
    json: answer.headers['content-type']?.toString().includes('json') ? answer.json() : undefined,
  }
}

describe('registering a link', () => {
  it('is open to the owner of the product, who then sees, changes, takes away and brings back', async () => {
    const made = await register(clerk, productPath(labels), {
      linkType: 'socialMedia',
      hreflang: ['ZH-cn', 'en', 'en'],
      mediaType: 'Text/HTML',
    })
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({
      anchor: productPath(labels),
      level: 'product',
      hreflang: ['zh-CN', 'en'],
      mediaType: 'text/html',
      role: 'link',
      version: 1,
    })
    const url = `/api/links/${made.json.id}`
    const question = `${productPath(labels)}?linkType=gs1:socialMedia`
    expect((await ask(question)).location).toBe(`${made.json.href}?linkType=gs1:socialMedia`)

    const facts = { linkType: 'socialMedia', href: 'https://www.example.com/new', title: 'New', version: 1 }
    expect((await clerk.client.send('PUT', url, facts)).json).toMatchObject({
      version: 2,
      href: 'https://www.example.com/new',
      hreflang: [],
    })
    expect((await clerk.client.send('PUT', url, facts)).json.code).toBe('CONFLICT')
    expect((await clerk.client.delete(`${url}?version=1`)).json.code).toBe('CONFLICT')
    expect((await clerk.client.delete(url)).status).toBe(204)
    expect((await ask(question)).status).toBe(404)
    expect((await clerk.client.get(url)).status).toBe(404)
    expect((await clerk.client.delete(url)).status).toBe(404)

    const restored = await clerk.client.post(`${url}/restore`)
    expect([restored.status, restored.json.version]).toEqual([200, 4])
    expect((await clerk.client.post(`${url}/restore`)).json.version).toBe(4)
    expect((await ask(question)).status).toBe(307)

    const trail = await t.platform.db.query<{ action: string; detail: { href?: string } }>(
      sql`select action, detail from audit_entry where object_id = ${made.json.id} and outcome = 'done' order by id`,
    )
    expect(trail.map(({ action }) => action)).toEqual([
      'resolver.register-link',
      'resolver.change-link',
      'resolver.remove-link',
      'resolver.restore-link',
      'resolver.restore-link',
    ])
    expect(JSON.stringify(trail[1]!.detail)).toContain('https://www.example.com/new')
  })

  it('sent twice with one key acts once', async () => {
    const body = link(productPath(labels), { linkType: 'faqs' })
    const first = await clerk.client.post('/api/links', body, { 'idempotency-key': 'twice' })
    const second = await clerk.client.post('/api/links', body, { 'idempotency-key': 'twice' })
    expect([first.status, second.status, second.json.id]).toEqual([201, 201, first.json.id])
    expect((await clerk.client.post('/api/links', body)).json.code).toBe('LINK_EXISTS')
    expect((await clerk.client.post('/api/links', body, { 'idempotency-key': '' })).status).toBe(400)
  })

  it.each(['product', 'lot', 'item'] as const)('is closed to strangers, who cannot tell a foreign %s from none', async (level) => {
    const tail = level === 'product' ? '' : level === 'lot' ? '/10/L' : `/21/${pathOf(foreign).split('/')[4]}`
    const taken = await register(clerk, `${productPath(foreign)}${tail}`)
    const none = await register(clerk, `/01/09521234543213${tail}`)
    expect([taken.status, taken.json.code]).toEqual([404, 'LINK_PRODUCT_UNKNOWN'])
    expect([none.status, none.json.code]).toEqual([404, 'LINK_PRODUCT_UNKNOWN'])
    expect((await register(clerk, `${productPath(labels)}/21/NOT-A-SERIAL`)).json.code).toBe('LINK_ITEM_UNKNOWN')
    expect((await register(clerk, '/00/395212345000000016')).json.code).toMatch(/LINK_(KEY_NOT_OPEN|DIGITAL_LINK_INVALID)/)
  })

  it('is a wall: what a stranger has cannot be read, changed, taken away or brought back', async () => {
    const { id } = (await register(rival, productPath(foreign))).json
    const url = `/api/links/${id}`
    for (const answer of [
      await clerk.client.get(url),
      await clerk.client.send('PUT', url, { linkType: 'pip', href: 'https://evil.example.org/', title: 'x', version: 1 }),
      await clerk.client.delete(url),
      await clerk.client.post(`${url}/restore`),
    ])
      expect([answer.status, answer.json.code]).toEqual([404, 'NOT_FOUND'])
    const list = await clerk.client.get('/api/links?limit=500')
    expect(list.json.items.some((item: { id: string }) => item.id === id)).toBe(false)
    expect((await operator.client.get(url)).status).toBe(200)
  })

  it('by the operator is open for any key, and he may take away what others registered', async () => {
    expect((await register(operator, '/417/9521234500010')).json.code).toBe('LINK_DIGITAL_LINK_INVALID')
    expect((await register(operator, '/8004/9521234ASSET')).status).toBe(201)
    expect((await ask('/8004/9521234ASSET')).status).toBe(307)
    const { id } = (await register(rival, productPath(foreign), { linkType: 'review' })).json
    expect((await operator.client.delete(`/api/links/${id}`)).status).toBe(204)
    expect((await ask(`${productPath(foreign)}?linkType=gs1:review`)).status).toBe(404)
  })

  it('leaves the default of an item alone: it is the check page', async () => {
    const path = pathOf(labels, 5)
    expect((await register(clerk, path, { role: 'default' })).json.code).toBe('LINK_DEFAULT_IS_SCAN_PAGE')
    expect((await register(clerk, path, { role: 'default-multi' })).json.code).toBe('LINK_DEFAULT_IS_SCAN_PAGE')
    expect((await register(clerk, path, { linkType: 'leaveReview' })).status).toBe(201)
    const page = await t.app.inject({ url: path, headers: { accept: 'text/html' } })
    expect([page.statusCode, page.headers['location']]).toEqual([200, undefined])
  })

  it('moves the default, of which there is one', async () => {
    const path = `${productPath(labels)}/10/DEF`
    const first = (await register(clerk, path, { role: 'default' })).json
    const second = (await register(clerk, path, { role: 'default', linkType: 'homepage' })).json
    expect((await ask(path)).location).toBe(second.href)
    expect((await clerk.client.get(`/api/links/${first.id}`)).json.role).toBe('link')
    await clerk.client.delete(`/api/links/${second.id}`)
    // nothing is flagged here any more: the platform's page of the product, higher up, is the default
    expect((await ask(path)).location).toBe(`http://localhost:8080/product/${gtinOf(labels)}`)
    expect((await clerk.client.post(`/api/links/${second.id}/restore`)).json.role).toBe('link')
  })

  it('begins and ends when it says', async () => {
    const path = `${productPath(labels)}/10/TIME`
    const now = t.clock.now().getTime()
    const day = (days: number) => new Date(now + days * 86_400_000).toISOString()
    await register(clerk, path, { linkType: 'promotion', validFrom: day(1), validUntil: day(3) })
    expect((await register(clerk, path, { validFrom: day(3), validUntil: day(1) })).json.code).toBe('LINK_VALIDITY')
    const question = `${path}?linkType=gs1:promotion`
    expect((await ask(question)).status).toBe(404)
    t.clock.set(new Date(now + 2 * 86_400_000))
    expect((await ask(question)).status).toBe(307)
    t.clock.set(new Date(now + 3 * 86_400_000))
    expect((await ask(question)).status).toBe(404)
    t.clock.set(new Date(now))
  })

  it('has an end: so many links for one identifier', async () => {
    const path = `${productPath(labels)}/10/MANY`
    for (let i = 0; i < MOST_LINKS_OF_ENTITY; i++) expect((await register(clerk, path)).status).toBe(201)
    const tooMany = await register(clerk, path)
    expect([tooMany.status, tooMany.json.code]).toEqual([409, 'LINK_LIMIT_ENTITY'])
  })

  it.each([
    [{ href: 'javascript:alert(1)' }, 'LINK_HREF_INVALID'],
    [{ href: 'http://localhost:8080/01/09521234567899' }, 'LINK_HREF_LOOPS'],
    [{ linkType: 'defaultLink' }, 'VALIDATION'],
    [{ linkType: 'gs1:pip' }, 'VALIDATION'],
    [{ hreflang: ['zh-Hans'] }, 'VALIDATION'],
    [{ hreflang: ['fil'] }, 'VALIDATION'],
    [{ mediaType: 'text/html; charset=utf-8' }, 'VALIDATION'],
    [{ title: '' }, 'VALIDATION'],
    [{ title: 'a\u0000b' }, 'VALIDATION'],
    [{ role: 'owner' }, 'VALIDATION'],
    [{ organisationId: '01900000-0000-7000-8000-000000000001' }, 'VALIDATION'],
    [{ href: `https://www.example.com/${'x'.repeat(3000)}` }, 'VALIDATION'],
    [{ context: Array.from({ length: 11 }, (_, i) => String(i)) }, 'VALIDATION'],
    [{ digitalLink: '(01)09521234567890' }, 'LINK_DIGITAL_LINK_INVALID'],
    [{ digitalLink: '🧴' }, 'LINK_DIGITAL_LINK_INVALID'],
  ])('refuses %j', async (wrong, code) => {
    const answer = await clerk.client.post('/api/links', { ...link(productPath(labels)), ...wrong })
    expect([answer.status, answer.json.code]).toEqual([400, code])
  })
})

describe('links do not outlive the right to them', () => {
  it('a suspended organisation is not heard any more', async () => {
    await register(rival, productPath(foreign), { linkType: 'loyaltyProgram' })
    const question = `${productPath(foreign)}?linkType=gs1:loyaltyProgram`
    expect((await ask(question)).status).toBe(307)
    const { db } = t.platform
    const setStatus = (status: string) =>
      db.execute(sql`update organisation set status = ${status} where id = ${world.organisations.importer.foreign}`)
    await setStatus('suspended')
    expect((await ask(question)).status).toBe(404)
    await setStatus('verified')
    expect((await ask(question)).status).toBe(307)
  })

  it('of two importers of one barcode each speaks about its own items, and both about the product', async () => {
    const { importer } = world.organisations
    const { products } = t.modules
    await t.platform.db.transaction((tx) =>
      products.createProduct(
        tx,
        { gtin: gtinOf(labels), nameZh: '平行进口' },
        { organisationId: importer.foreign, at: new Date(t.clock.now().getTime() + 1000) },
      ),
    )
    const theirs = (await register(rival, productPath(labels), { linkType: 'purchaseSuppliesOrAccessories', role: 'default' })).json
    expect((await ask(`${productPath(labels)}?linkType=gs1:purchaseSuppliesOrAccessories`)).location).toContain(theirs.href)
    expect((await ask(`${pathOf(labels)}?linkType=gs1:purchaseSuppliesOrAccessories`)).status).toBe(404)
    const mine = (await register(clerk, productPath(labels), { linkType: 'hasRetailers', role: 'default' })).json
    expect((await ask(productPath(labels))).location).toBe(mine.href)
  })
})

describe('the preview', () => {
  const preview = (query: Record<string, string>) => clerk.client.get(`/api/links/preview?${new URLSearchParams(query).toString()}`)

  it('says what a request would get, as the resolver then answers it', async () => {
    const path = `${productPath(labels)}/10/PRE`
    const zh = (await register(clerk, path, { linkType: 'tutorial', hreflang: ['zh'] })).json
    await register(clerk, path, { linkType: 'tutorial', hreflang: ['en'] })
    const asked = { digitalLink: path, linkType: 'gs1:tutorial' }
    expect((await preview({ ...asked, language: 'zh-CN' })).json).toMatchObject({
      status: 307,
      location: `${zh.href}?linkType=gs1%3Atutorial`,
      anchor: path,
    })
    expect((await ask(`${path}?linkType=gs1%3Atutorial`, { 'accept-language': 'zh-CN' })).location).toBe(
      `${zh.href}?linkType=gs1%3Atutorial`,
    )
    const open = (await preview(asked)).json
    expect([open.status, open.choices.length]).toEqual([300, 2])
    expect((await preview({ digitalLink: path, linkType: 'gs1:jws' })).json.status).toBe(404)
    expect(
      (await preview({ digitalLink: path, linkType: 'linkset' })).json.levels.map((level: { anchor: string }) => level.anchor),
    ).toEqual([path, productPath(labels)])
    expect((await preview({ digitalLink: pathOf(labels) })).json).toMatchObject({ status: 200, location: labels.uri(0) })
    expect((await preview({ digitalLink: 'nonsense' })).json.code).toBe('LINK_DIGITAL_LINK_INVALID')
  })
})
