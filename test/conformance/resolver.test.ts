import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkDigit } from '../../src/kernel/gs1/check-digit.ts'
import { compressedSegment, encodeEpcHex } from '../../src/kernel/gs1/epc-binary.ts'
import { linkTypeIri } from '../../src/kernel/gs1/link-types.ts'
import type { LinkBody } from '../../src/modules/resolver/contract.ts'
import { openTestApp, type TestApp } from '../support/app.ts'
import { actorOf, type Labels, labelsOf } from '../support/goods.ts'
import { descriptionFaults, linksetFaults } from '../support/linkset-schema.ts'
import { openWorld, type World } from '../support/world.ts'

/**
 * GS1-Conformant Resolver 1.2.1, conformance statement, clause by clause. The words in a test's name are the clause's; what
 * is decided where the standard leaves a choice is in docs/decisions/0012-resolver.md.
 */

let t: TestApp
let world: World
let labels: Labels
let gtin: string
const ORIGIN = 'http://localhost:8080'

beforeAll(async () => {
  t = await openTestApp()
  world = await openWorld(t)
  labels = await labelsOf(t, { importer: world.organisations.importer.own, printer: world.organisations.printer.own })
  const choice = { rolls: [], stretches: [{ first: labels.uri(0), last: labels.uri(9) }], items: [], containers: [] }
  await t.platform.db.transaction((tx) =>
    t.modules.events.activate(tx, { lotId: labels.lotId, choice }, { actor: labels.clerk, at: t.clock.now() }),
  )
  gtin = new URL(labels.uri(0)).pathname.split('/')[2]!
  await register({
    digitalLink: `/01/${gtin}`,
    linkType: 'pip',
    href: 'https://brand.example.com/zh?a=1#top',
    title: '产品页',
    hreflang: ['zh'],
    role: 'default',
  })
  await register({
    digitalLink: `/01/${gtin}`,
    linkType: 'pip',
    href: 'https://brand.example.com/en',
    title: 'Product page',
    hreflang: ['en'],
    role: 'link',
  })
  await register({
    digitalLink: `/01/${gtin}`,
    linkType: 'faqs',
    href: 'https://brand.example.com/faq-zh',
    title: '常见问题',
    hreflang: ['zh'],
    role: 'default-multi',
  })
  await register({
    digitalLink: `/01/${gtin}`,
    linkType: 'faqs',
    href: 'https://brand.example.com/faq-fr',
    title: 'Questions',
    hreflang: ['fr'],
    role: 'default-multi',
  })
  await register({
    digitalLink: `/01/${gtin}/10/L1`,
    linkType: 'certificationInfo',
    href: 'https://brand.example.com/L1.pdf',
    title: '证书',
    mediaType: 'application/pdf',
  })
  await register({
    digitalLink: `/01/${gtin}/10/L1`,
    linkType: 'certificationInfo',
    href: 'https://brand.example.com/L1.html',
    title: '证书',
    mediaType: 'text/html',
  })
  await register({
    digitalLink: `/01/${gtin}/22/V1/10/L1`,
    linkType: 'relatedVideo',
    href: 'https://brand.example.com/v1-l1',
    title: '视频',
  })
  await register({ digitalLink: `/01/${gtin}/22/V1`, linkType: 'relatedImage', href: 'https://brand.example.com/v1', title: '图片' })
  await register({ digitalLink: `/01/${gtin}/235/TPX1`, linkType: 'serviceInfo', href: 'https://brand.example.com/tpx', title: '服务' })
  await register({ digitalLink: itemPath(), linkType: 'registerProduct', href: 'https://brand.example.com/register', title: '注册' })
  await register({
    digitalLink: '/01/' + gtin,
    linkType: 'promotion',
    href: 'https://brand.example.com/cn',
    title: '中国',
    context: ['CN'],
  })
  await register({
    digitalLink: '/01/' + gtin,
    linkType: 'promotion',
    href: 'https://brand.example.com/fr',
    title: 'France',
    context: ['FR'],
  })
})
afterAll(() => t.close())

const itemPath = (index = 0) => new URL(labels.uri(index)).pathname

async function register(link: Partial<LinkBody> & Pick<LinkBody, 'digitalLink'>, as = labels.clerk): Promise<string> {
  const facts = {
    linkType: 'pip',
    href: 'https://www.example.com/',
    title: 'Title',
    mediaType: 'text/html',
    hreflang: [],
    context: [],
    role: 'link',
    validFrom: null,
    validUntil: null,
  } as const
  const { id } = await t.platform.db.transaction((tx) =>
    t.modules.resolver.registerLink(tx, { ...facts, hreflang: [], context: [], ...link }, { actor: as, at: t.clock.now() }),
  )
  return id
}

async function ask(url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' | 'OPTIONS' = 'GET') {
  const answer = await t.app.inject({ method, url, headers: { accept: '*/*', ...headers } })
  const type = String(answer.headers['content-type'] ?? '')
  return {
    status: answer.statusCode,
    location: answer.headers['location'] as string | undefined,
    headers: answer.headers,
    type,
    text: answer.body,
    json: type.includes('json') && answer.body !== '' ? JSON.parse(answer.body) : undefined,
  }
}

const linksetAt = async (path: string) => (await ask(`${path}?linkType=linkset`)).json as { linkset: Record<string, any>[] }
const anchors = (set: { linkset: Record<string, any>[] }): string[] => set.linkset.map((context) => context['anchor'].slice(ORIGIN.length))

describe('keys', () => {
  const withCheck = (digits: string) => digits + checkDigit(digits)
  const operator = () => actorOf(world.organisations.operator.own, 'operator', 'operator')
  const KEYS: Record<string, string> = {
    '00': `/00/${withCheck('39521234500000001')}`,
    '01': `/01/${withCheck('0952987654321')}`,
    '253': `/253/${withCheck('952123450001')}DOC7`,
    '255': `/255/${withCheck('952123450001')}12`,
    '401': '/401/9521234CONS1',
    '402': `/402/${withCheck('9521234500000001')}`,
    '414+254': `/414/${withCheck('952123450001')}/254/D2`,
    '414+7040': `/414/${withCheck('952123450001')}/7040/1ABC`,
    '415+8020': `/415/${withCheck('952123450001')}/8020/REF1`,
    '417+7040': `/417/${withCheck('952123450001')}/7040/1ABC`,
    '8003': `/8003/0${withCheck('952123450001')}A1`,
    '8004+7040': '/8004/9521234ASSET/7040/1ABC',
    '8006+22+10': `/8006/${withCheck('0952987654321')}0102/22/V/10/B`,
    '8006+21': `/8006/${withCheck('0952987654321')}0102/21/S`,
    '8010+8011': '/8010/9521234PART-1/8011/77',
    '8013': '/8013/1987654Ad4X4bL5ttr2310c2K',
    '8017+8019': `/8017/${withCheck('95212345000000001')}/8019/5`,
    '8018+8019': `/8018/${withCheck('95212345000000001')}/8019/5`,
  }

  it.each(Object.entries(KEYS))('clause 1: all qualifiers of each supported key are supported: %s', async (_, path) => {
    const valid = await ask(path)
    expect([valid.status, valid.json?.code]).toEqual([404, 'UNKNOWN_ENTITY'])
    await register({ digitalLink: path, href: 'https://keys.example.com/', title: 'Key' }, operator())
    expect(await ask(path)).toMatchObject({ status: 307, location: 'https://keys.example.com/' })
    expect(linksetFaults(await linksetAt(path))).toEqual([])
  })
})

describe('HTTP', () => {
  it('clause 2: GET, HEAD and OPTIONS are supported, and OPTIONS says so in Allow', async () => {
    for (const path of [`/01/${gtin}`, itemPath(), `/00/${'0'.repeat(18)}`, '/.well-known/gs1resolver', '/ehF7', '/s/X']) {
      const options = await ask(path, {}, 'OPTIONS')
      expect([path, options.status, options.headers['allow']]).toEqual([path, 204, 'GET, HEAD, OPTIONS'])
    }
    const get = await ask(`/01/${gtin}`)
    const head = await ask(`/01/${gtin}`, {}, 'HEAD')
    expect(head).toMatchObject({ status: get.status, location: get.location, text: '' })
    const list = await ask(`/01/${gtin}?linkType=linkset`, {}, 'HEAD')
    expect([list.status, list.type, list.text]).toEqual([200, 'application/linkset+json', ''])
  })

  it('clause 3: HTTPS: addresses are written with the public one, and browsers are told to stay with it', async () => {
    const tls = await openTestApp({ env: { PUBLIC_URL: 'https://id.example.com' } })
    const description = await tls.app.inject({ url: '/.well-known/gs1resolver' })
    expect(description.json().resolverRoot).toBe('https://id.example.com')
    expect(description.headers['strict-transport-security']).toContain('max-age=')
    await tls.close()
  })

  it('clause 4: CORS on every answer: redirect, linkset, problem, page, preflight', async () => {
    const paths = [
      `/01/${gtin}`,
      `/01/${gtin}?linkType=linkset`,
      '/01/123',
      '/00/x',
      itemPath(),
      '/.well-known/gs1resolver',
      `/01/${gtin}?linkType=gs1:epcis`,
      '/s/NONSENSE?linkType=linkset',
    ]
    for (const path of paths) {
      for (const accept of ['*/*', 'text/html']) {
        const answer = await ask(path, { accept, origin: 'https://elsewhere.example.com' })
        expect([path, answer.headers['access-control-allow-origin']]).toEqual([path, '*'])
      }
    }
    const preflight = await ask(
      `/01/${gtin}`,
      { origin: 'https://elsewhere.example.com', 'access-control-request-method': 'GET' },
      'OPTIONS',
    )
    expect(preflight.headers).toMatchObject({ 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET, HEAD, OPTIONS' })
  })
})

describe('addresses', () => {
  const KNOWN_SSCC = `39521234500000009${checkDigit('39521234500000009')}`

  const epc = (form: 'eh' | 'ex', serial: string) => {
    const elements = [
      { ai: '01', value: gtin },
      { ai: '21', value: serial },
    ]
    const encoded = encodeEpcHex(elements, { scheme: 'sgtin+' })
    if (!encoded.ok) throw new Error(encoded.fault.code)
    return compressedSegment(encoded.hex, form)
  }

  it.each(['eh', 'ex'] as const)('clause 5: EPC binary strings are decompressed: %s', async (form) => {
    const segment = epc(form, itemPath().split('/')[4]!)
    const answer = await ask(`/${segment}?linkType=gs1:registerProduct&x=1`)
    expect(answer).toMatchObject({ status: 307, location: 'https://brand.example.com/register?linkType=gs1:registerProduct&x=1' })
    expect(answer.headers['link']).toContain(`<${ORIGIN}${itemPath()}>; rel="owl:sameAs"`)
    const set = await linksetAt(`/${segment}`)
    expect(linksetFaults(set)).toEqual([])
    expect(anchors(set)[0]).toBe(itemPath())
  })

  it('clause 5: an EPC of an item of ours shows its page, without a redirect to the uncompressed address', async () => {
    const answer = await ask(`/${epc('ex', itemPath(3).split('/')[4]!)}`, { accept: 'text/html' })
    expect([answer.status, answer.text.includes('已登记')]).toEqual([200, true])
  })

  it.each([
    ['a wrong check digit', '/01/09521234567890'],
    ['qualifiers out of order', '/01/09521234567899/21/A/10/B'],
    ['a foreign qualifier', '/01/09521234567899/254/A'],
    ['no key', '/10/ABC'],
    ['a key that needs its qualifier', `/415/9521234500018`],
    ['an unknown numeric parameter', '/01/09521234567899?999=1'],
    ['a key as attribute', '/01/09521234567899?00=395212345000000014'],
    ['a qualifier that belongs in the path', '/01/09521234567899?21=A'],
    ['a date that does not exist', '/01/09521234567899?17=261332'],
    ['a character outside of the 82', '/01/09521234567899/10/A%20B'],
    ['a key without data', '/414'],
    ['a key with nothing behind the slash', '/01/'],
    ['an EPC that is none', '/ehF7ZZ'],
    ['an EPC with an unknown header', '/eh00112233'],
  ])('clause 6: an invalid Digital Link is answered 400, with the reason in both languages: %s', async (_, path) => {
    const problem = await ask(path)
    expect([problem.status, problem.type]).toEqual([400, 'application/problem+json; charset=utf-8'])
    expect(problem.json).toMatchObject({
      code: 'NOT_A_DIGITAL_LINK',
      params: { zh: expect.stringMatching(/\p{Script=Han}/u), en: expect.stringMatching(/^[\x20-\x7e]+$/) },
    })
    const page = await ask(path, { accept: 'text/html', 'accept-language': 'en' })
    expect([page.status, page.type, page.text.includes('not a valid GS1 Digital Link')]).toEqual([400, 'text/html; charset=utf-8', true])
  })

  it('clause 6: a broken percent sequence is answered 400 as a problem too', async () => {
    const answer = await ask('/00/%zz')
    expect([answer.status, answer.type, answer.json.code]).toEqual([400, 'application/problem+json; charset=utf-8', 'BAD_ADDRESS'])
    expect(answer.headers['access-control-allow-origin']).toBe('*')
  })

  it('clause 6: data attributes of an item are looked at too', async () => {
    expect((await ask(`${itemPath()}?17=261332`)).status).toBe(400)
    expect((await ask(`${itemPath()}?17=261231`, { accept: 'text/html' })).status).toBe(200)
  })

  it('clause 7: a valid but unknown identifier is a simple 404, and no error is ever a 200', async () => {
    for (const path of ['/01/09521234543213', '/01/09521234543213/10/A', '/01/09521234543213?linkType=linkset', `/00/${KNOWN_SSCC}`]) {
      const answer = await ask(path)
      expect([path, answer.status]).toEqual([path, 404])
      expect((await ask(path, { accept: 'text/html' })).status).toBe(404)
    }
    expect((await ask('/01/09521234543213', { accept: 'application/linkset+json' })).status).toBe(404)
  })

  it('clause 8: a slash at the end, and a GTIN of 13 digits, are tolerated', async () => {
    const { location } = await ask(`/01/${gtin}`)
    expect(await ask(`/01/${gtin}/`)).toMatchObject({ status: 307, location })
    expect(await ask(`/01/${gtin.slice(1)}`)).toMatchObject({ status: 307, location })
    expect(anchors(await linksetAt(`/01/${gtin.slice(1)}`))).toEqual([`/01/${gtin}`])
  })

  it('clause 8: percent sequences are read segment by segment', async () => {
    await register({ digitalLink: `(01)${gtin}(10)A/B%`, linkType: 'pip', href: 'https://brand.example.com/slash', title: 'Lot A/B%' })
    expect(await ask(`/01/${gtin}/10/A%2FB%25?linkType=gs1:pip`)).toMatchObject({
      status: 307,
      location: 'https://brand.example.com/slash?linkType=gs1:pip',
    })
    expect(anchors(await linksetAt(`/01/${gtin}/10/A%2fB%25`))).toEqual([`/01/${gtin}/10/A%2FB%25`, `/01/${gtin}`])
  })
})

describe('which link', () => {
  it('clause 9: without linkType the default link, even where other languages exist', async () => {
    expect(await ask(`/01/${gtin}`, { 'accept-language': 'en' })).toMatchObject({
      status: 307,
      location: 'https://brand.example.com/zh?a=1#top',
    })
    expect(await ask(`/01/${gtin}`)).toMatchObject({ status: 307, location: 'https://brand.example.com/zh?a=1#top' })
  })

  it('clause 10: only gs1:defaultLinkMulti lets the language decide on the default', async () => {
    expect((await ask(`/01/${gtin}`, { 'accept-language': 'fr-CA, fr;q=0.9' })).location).toBe('https://brand.example.com/faq-fr')
    expect((await ask(`/01/${gtin}`, { 'accept-language': 'zh-CN' })).location).toBe('https://brand.example.com/faq-zh')
    expect((await ask(`/01/${gtin}?linkType=gs1:defaultLink`, { 'accept-language': 'fr' })).location).toContain(
      'https://brand.example.com/zh?',
    )
    expect((await ask(`/01/${gtin}?linkType=gs1:defaultLinkMulti`, { 'accept-language': 'fr' })).location).toContain('/faq-fr')
  })

  it.each([
    'gs1:pip',
    'https://gs1.org/voc/pip',
    'https%3A%2F%2Fref.gs1.org%2Fvoc%2Fpip',
    'https://ref.gs1.org/voc/pip',
    'pip',
    'gs1%3Apip',
  ])('clause 11: a requested link type is recognised as CURIE and as IRI: %s', async (written) => {
    const answer = await ask(`/01/${gtin}?linkType=${written}`, { 'accept-language': 'en' })
    expect(answer).toMatchObject({ status: 307, location: `https://brand.example.com/en?linkType=${written}` })
  })

  it.each(['gs1:epcis', 'https://example.com/voc/mine', 'gs1:nonsense', '<script>alert(1)</script>'])(
    'clause 12: a link type that the identifier does not have is answered 404, never the default: %s',
    async (written) => {
      const answer = await ask(`/01/${gtin}?linkType=${encodeURIComponent(written)}`)
      expect([answer.status, answer.json.code]).toEqual([404, 'UNKNOWN_LINK_TYPE'])
      const page = await ask(`/01/${gtin}?linkType=${encodeURIComponent(written)}`, { accept: 'text/html' })
      expect([page.status, page.text.includes('<script>alert')]).toEqual([404, false])
    },
  )

  it('clause 13: Accept-Language, Accept and context choose among links of one type', async () => {
    expect((await ask(`/01/${gtin}?linkType=gs1:pip`, { 'accept-language': 'zh' })).location).toContain('/zh?a=1&linkType')
    expect((await ask(`/01/${gtin}?linkType=gs1:pip`, { 'accept-language': 'zh;q=0.1, en-GB' })).location).toContain('/en')
    const lot = `/01/${gtin}/10/L1?linkType=gs1:certificationInfo`
    expect((await ask(lot, { accept: 'application/pdf' })).location).toContain('L1.pdf')
    expect((await ask(lot, { accept: 'text/html,*/*;q=0.8' })).location).toContain('L1.html')
    expect((await ask(`/01/${gtin}?linkType=gs1:promotion&context=FR`)).location).toContain('/fr?')
  })

  it('clause 14: 300 Multiple Choices where the request does not decide', async () => {
    const answer = await ask(`/01/${gtin}?linkType=gs1:pip`)
    expect([answer.status, answer.type]).toEqual([300, 'application/linkset+json'])
    expect(answer.json.linkset[0][linkTypeIri('pip')].map((target: { href: string }) => target.href).sort()).toEqual([
      'https://brand.example.com/en',
      'https://brand.example.com/zh?a=1#top',
    ])
    expect(linksetFaults(answer.json)).toEqual([])
    const page = await ask(`/01/${gtin}?linkType=gs1:pip`, { accept: 'text/html', 'accept-language': 'de' })
    expect([page.status, page.text.includes('href="https://brand.example.com/en"')]).toEqual([300, true])
  })

  it('clause 15: redirects are 307 and forward the whole query, before the fragment', async () => {
    const query = '17=261231&utm=%E4%B8%AD&empty=&x=1&x=2'
    expect(await ask(`/01/${gtin}?${query}`)).toMatchObject({ status: 307, location: `https://brand.example.com/zh?a=1&${query}#top` })
  })

  it('clause 15: what is forwarded never changes where it goes', async () => {
    for (const query of ['@evil.example.com', 'x=//evil.example.com', 'a=%0d%0aSet-Cookie:%20x=1', '#@evil', '\\evil']) {
      const answer = await ask(`/01/${gtin}?${query}`)
      if (answer.status === 307) expect(new URL(answer.location!).host).toBe('brand.example.com')
      else expect(answer.status).toBe(400)
      expect(answer.headers['set-cookie']).toBeUndefined()
    }
  })
})

describe('levels', () => {
  it('clause 16: the links of a request are the union of its six sets: serial, third-party serial, variant and batch, batch, variant, key', async () => {
    expect(anchors(await linksetAt(`/01/${gtin}/22/V1/10/L1/21/${itemPath().split('/')[4]}`))).toEqual([
      itemPath(),
      `/01/${gtin}/22/V1/10/L1`,
      `/01/${gtin}/10/L1`,
      `/01/${gtin}/22/V1`,
      `/01/${gtin}`,
    ])
    expect(anchors(await linksetAt(`/01/${gtin}/235/TPX1`))).toEqual([`/01/${gtin}/235/TPX1`, `/01/${gtin}`])
    expect(anchors(await linksetAt(`/01/${gtin}/22/V1/10/OTHER`))).toEqual([`/01/${gtin}/22/V1`, `/01/${gtin}`])
  })

  it('clause 17: a finer level inherits from those above without a redirect upwards', async () => {
    expect((await ask(`/01/${gtin}/10/UNHEARD-OF`)).location).toBe('https://brand.example.com/zh?a=1#top')
    expect(
      (await ask(`/01/${gtin}/10/L1/21/${itemPath().split('/')[4]}?linkType=gs1:certificationInfo`, { accept: 'application/pdf' }))
        .location,
    ).toContain('L1.pdf')
  })

  it('clause 18: any granularity has a default at its level or higher', async () => {
    for (const path of [`/01/${gtin}`, `/01/${gtin}/10/L1`, `/01/${gtin}/22/V1`, `/01/${gtin}/235/TPX1`])
      expect((await ask(path)).status).toBe(307)
  })

  it('clause 19: with a serial neither variant nor batch may be registered', async () => {
    const clerk = await world.newPerson('clerk')
    for (const path of [`/01/${gtin}/10/L1/21/S`, `/01/${gtin}/22/V/21/S`, `/01/${gtin}/22/V/10/L/21/S`]) {
      const answer = await clerk.client.post('/api/links', {
        digitalLink: path,
        linkType: 'pip',
        href: 'https://www.example.com',
        title: 'x',
      })
      expect([answer.status, answer.json.code]).toEqual([400, 'LINK_SERIAL_ALONE'])
    }
    const both = await clerk.client.post('/api/links', {
      digitalLink: `/01/${gtin}/21/S/235/T`,
      linkType: 'pip',
      href: 'https://www.example.com',
      title: 'x',
    })
    expect([both.status, both.json.code]).toEqual([400, 'LINK_DIGITAL_LINK_INVALID'])
  })
})

describe('linksets', () => {
  const paths = () => [`/01/${gtin}`, `/01/${gtin}/10/L1`, `/01/${gtin}/22/V1/10/L1`, itemPath(), itemPath(50), `/01/${gtin}/235/TPX1`]

  it('clause 20: linkType=linkset, the older linkType=all and Accept: application/linkset+json answer the linkset, without a redirect', async () => {
    for (const path of paths()) {
      const asked = await ask(`${path}?linkType=linkset`)
      expect([path, asked.status, asked.type]).toEqual([path, 200, 'application/linkset+json'])
      expect((await ask(`${path}?linkType=all`)).json).toEqual(asked.json)
      expect((await ask(path, { accept: 'application/linkset+json' })).json).toEqual(asked.json)
      expect((await ask(`${path}?linkType=linkset`, { accept: 'application/json' })).type).toMatch(/^application\/json/)
    }
  })

  it('clause 21: a linkset validates against the published schema', async () => {
    for (const path of paths()) expect([path, linksetFaults(await linksetAt(path))]).toEqual([path, []])
  })

  it('clause 22: anchors are uncompressed addresses of this resolver; each link has href, type and title', async () => {
    const set = await linksetAt(`/01/${gtin}/10/L1`)
    expect(set.linkset.map((context) => context['anchor'])).toEqual([`${ORIGIN}/01/${gtin}/10/L1`, `${ORIGIN}/01/${gtin}`])
    const byHref = (a: { href: string }, b: { href: string }) => (a.href < b.href ? 1 : -1)
    expect(set.linkset[0]![linkTypeIri('certificationInfo')].sort(byHref)).toEqual([
      { href: 'https://brand.example.com/L1.pdf', title: '证书', type: 'application/pdf' },
      { href: 'https://brand.example.com/L1.html', title: '证书', type: 'text/html' },
    ])
  })

  it('clause 23: each entity has one gs1:defaultLink, with a title only, which stands under a descriptive type too', async () => {
    for (const path of paths()) {
      for (const context of (await linksetAt(path)).linkset) {
        const defaults = context[linkTypeIri('defaultLink')] as { href: string }[]
        expect(defaults).toHaveLength(1)
        expect(Object.keys(defaults[0]!)).toEqual(['href', 'title'])
      }
    }
    const [product] = (await linksetAt(`/01/${gtin}`)).linkset
    expect(product![linkTypeIri('defaultLink')]).toEqual([{ href: 'https://brand.example.com/zh?a=1#top', title: '产品页' }])
    expect(product![linkTypeIri('pip')]).toContainEqual({
      href: 'https://brand.example.com/zh?a=1#top',
      title: '产品页',
      type: 'text/html',
      hreflang: ['zh'],
    })
  })

  it('clause 24: Link headers lead from a redirect to the linkset, and from a linkset to the JSON-LD context', async () => {
    expect((await ask(`/01/${gtin}/10/L1`)).headers['link']).toBe(
      `<${ORIGIN}/01/${gtin}/10/L1?linkType=linkset>; rel="linkset"; type="application/linkset+json"`,
    )
    expect((await ask(itemPath(), { accept: 'text/html' })).headers['link']).toContain(`${itemPath()}?linkType=linkset>; rel="linkset"`)
    expect((await ask(`/01/${gtin}?linkType=linkset`)).headers['link']).toBe(
      '<https://ref.gs1.org/standards/resolver/linkset-context>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"',
    )
    expect((await ask(`/01/${gtin}?linkType=linkset`, { accept: 'application/ld+json' })).json['@context']).toBe(
      'https://ref.gs1.org/standards/resolver/linkset-context',
    )
  })

  it('clause 24: a browser gets the linkset as a page with the same as JSON-LD inside', async () => {
    const page = await ask(`/01/${gtin}/10/L1?linkType=linkset`, {
      accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
      'accept-language': 'en',
    })
    expect([page.status, page.type]).toEqual([200, 'text/html; charset=utf-8'])
    const data = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(page.text)![1]!
    const { '@context': context, ...linkset } = JSON.parse(data)
    expect(context).toBe('https://ref.gs1.org/standards/resolver/linkset-context')
    expect(linkset).toEqual(await linksetAt(`/01/${gtin}/10/L1`))
  })
})

describe('description file', () => {
  it('clause 25: /.well-known/gs1resolver validates against the published schema and names the primary keys', async () => {
    const { status, type, json } = await ask('/.well-known/gs1resolver')
    expect([status, type]).toEqual([200, 'application/json; charset=utf-8'])
    expect(descriptionFaults(json)).toEqual([])
    expect(json).toMatchObject({ resolverRoot: ORIGIN, supportedPrimaryKeys: ['all'], linkTypeDefaultCanBeLinkset: false })
  })
})

describe('the check of linksets itself', () => {
  const target = { href: 'https://a.example.com/', title: 'T', type: 'text/html' }
  const fine = {
    anchor: 'https://a.example.com/01/1',
    [linkTypeIri('pip')]: [target],
    [linkTypeIri('defaultLink')]: [{ href: target.href, title: 'T' }],
  }
  it('accepts a right one and catches each fault', () => {
    expect(linksetFaults({ linkset: [fine] })).toEqual([])
    for (const wrong of [
      { ...fine, anchor: 'https://a.example.com/ehF7' },
      { ...fine, 'gs1:pip': [target] },
      { ...fine, [linkTypeIri('pip')]: [{ ...target, hreflang: ['zh-Hans'] }] },
      { ...fine, [linkTypeIri('pip')]: [{ ...target, hreflang: ['fil'] }] },
      { ...fine, [linkTypeIri('pip')]: [{ ...target, hreflang: 'zh' }] },
      { ...fine, [linkTypeIri('pip')]: [{ href: target.href, title: 'T' }] },
      { ...fine, [linkTypeIri('defaultLink')]: [target] },
      { ...fine, [linkTypeIri('defaultLink')]: [] },
      { ...fine, [linkTypeIri('defaultLink')]: [{ href: 'https://b.example.com/', title: 'T' }] },
    ])
      expect(linksetFaults({ linkset: [wrong] })).not.toEqual([])
  })
})
