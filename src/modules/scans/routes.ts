import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { itemUri, parseItemPath } from '../../kernel/gs1/digital-link.ts'
import { provinceName, provinces } from '../../kernel/region.ts'
import type { RequestFacts } from '../../platform/http/actor.ts'
import { clientOf, Limiter } from '../../platform/http/limiter.ts'
import { defineListing, listQuery, pageOfListing, respondWithList } from '../../platform/http/listing.ts'
import { raw, read, type Route } from '../../platform/http/route.ts'
import { queryText } from '../../platform/http/query-text.ts'
import { refuseForeignOrigin } from '../../platform/http/server.ts'
import { wantsPage } from '../../platform/http/wants-page.ts'
import { sql } from '../../platform/db/sql.ts'
import { VerificationAnswer } from './contract.ts'
import { scansFail } from './errors.ts'
import { sendPublicPage } from '../../platform/pages/public-page.tsx'
import { entryPage, faultPage, privacyPage, recallsPage, retiredPage, retirePage, routePage, voucherPage } from './pages/notice-pages.tsx'
import { verdictPage } from './pages/verdict-page.tsx'
import { retireBottle, undoRetirement } from './retire-bottle.ts'
import type { ScannedCode, Verification } from './verify-code.ts'
import { pinRoutes } from './pin-routes.ts'
import { codePath, type Frame, frameOf, type ScanParts, scannedCodeOf, verificationAnswer } from './scan-http.ts'
import { READ_ALOUD_SCRIPT } from './pages/read-aloud.ts'
import { seenBy } from '../../platform/http/wall.ts'

const PROVINCE_BITS = new Map(provinces.map((p, i) => [p.code, 1n << BigInt(i)]))

/** A parameter whose name is a number, which only GS1 data may have. */
const DATA_ATTRIBUTE = /[?&;]\d+=/

/** Where the resolver takes over from the scan page. */
interface Links {
  /** Also when the address names no item. */
  readonly otherwise: boolean
  /** The Digital Link that is asked about, with the request's query. */
  readonly pathOf: (request: FastifyRequest, onStranger: () => void) => string | Promise<string>
}

/** Codes that are none of ours, for one client. A person mistypes a few; a robot tries thousands. */
const UNKNOWN_PER_MINUTE = 60

export function scanRoutes(parts: ScanParts): Route[] {
  const unknown = new Limiter()
  return [...itemRoutes(parts, unknown), ...noticeRoutes(parts, unknown), ...pinRoutes(parts), ...consoleRoutes(parts)]
}

/** The addresses printed on labels. They speak HTTP themselves: page or JSON, HEAD, caching, limits. */
function itemRoutes(parts: ScanParts, unknown: Limiter): Route[] {
  const { platform } = parts
  const limiter = new Limiter()

  const slowDown = (request: FastifyRequest, facts: RequestFacts) => {
    const patience = unknown.take(clientOf(request.ip), UNKNOWN_PER_MINUTE, 60, facts.at.getTime())
    if (patience > 0) throw scansFail('TOO_MANY_UNKNOWN', { seconds: patience })
  }

  const answer = async (code: ScannedCode | undefined, here: string, facts: RequestFacts, request: FastifyRequest, reply: FastifyReply) => {
    const page = wantsPage(request)
    const frame = frameOf(request, facts, here)
    reply.header('vary', 'accept, accept-language').header('cache-control', 'no-store')
    const client = clientOf(request.ip)
    const nowMs = facts.at.getTime()
    // whoever tries many codes that are none of ours is slowed down for those alone: a shop's shared address goes on
    const tellUnknown = () => {
      limiter.giveBack(client, nowMs)
      slowDown(request, facts)
    }
    try {
      const wait = limiter.take(client, platform.config.scanLimitPerMinute, 60, nowMs)
      if (wait > 0) throw scansFail('TOO_MANY_SCANS', { seconds: wait })
      if (code === undefined) {
        tellUnknown()
        throw scansFail('NOT_A_CODE')
      }
      const view = queryText(request, 'view')
      const visitor = parts.visitors.recognise(request, reply, facts.at, page)
      const province = parts.places.provinceOf(facts.address)
      // looking on from an answer (route, voucher) is not another scan
      const v = await parts.verifier.verify(code, view === undefined ? visitor : { ...visitor, person: false }, {
        at: facts.at,
        province,
        provinceBit: province === undefined ? 0n : (PROVINCE_BITS.get(province) ?? 0n),
      })
      if (v.item === undefined) tellUnknown()
      const status = v.item === undefined ? 404 : 200
      if (!page) {
        return reply
          .code(status)
          .type('application/json; charset=utf-8')
          .send(JSON.stringify(verificationAnswer(v, facts, platform.config.publicUrl)))
      }
      return sendPublicPage(reply, status, await itemPage(parts, v, view, frame, here))
    } catch (error) {
      if (!(error instanceof AppError) || !page) throw error
      if ('seconds' in error.params) reply.header('retry-after', String(error.params['seconds']))
      const zh = facts.locale === 'zh'
      return sendPublicPage(
        reply,
        error.entry.status,
        faultPage(frame, error.words(facts.locale), zh ? '也可以回到查询页手动输入。' : 'You can also type the code on the check page.'),
      )
    }
  }

  const item = (
    id: string,
    url: string,
    documentedAs: string,
    codeOf: (request: FastifyRequest) => Promise<ScannedCode | undefined> | ScannedCode | undefined,
    hereOf: (code: ScannedCode, request: FastifyRequest) => string,
    { links, query }: { readonly links?: Links; readonly query?: z.ZodType } = {},
  ): Route =>
    raw({
      id,
      method: 'GET',
      url,
      documentedAs,
      summary: { zh: '扫码查询：页面或 JSON', en: 'Scan of a code: page or JSON by content negotiation' },
      policy: { access: 'public' },
      limitPerMinute: Infinity,
      alsoPage: true,
      ...(query !== undefined && { query }),
      answers: { 200: VerificationAnswer, 404: VerificationAnswer },
      handle: async ({ facts, request, reply }) => {
        const asked = links !== undefined && parts.resolver.isAsked(request)
        const code = asked ? undefined : await codeOf(request)
        if (links !== undefined && (asked || (code === undefined && links.otherwise))) {
          const onStranger = () => slowDown(request, facts)
          return parts.resolver.answer(facts, request, reply, { path: () => links.pathOf(request, onStranger), onStranger })
        }
        const here = code === undefined ? '/' : hereOf(code, request)
        if (links !== undefined) parts.resolver.announce(reply, here)
        return answer(code, here, facts, request, reply)
      },
    })

  const itself = (request: FastifyRequest) => request.url

  /** A label without a GTIN has links under that of its product, once it has one. */
  const pathOfBlank = async (request: FastifyRequest, onStranger: () => void): Promise<string> => {
    const { serial } = request.params as { serial: string }
    const label = await parts.resolver.labelOf(platform.db, serial)
    if (label === undefined) onStranger()
    if (label?.product === undefined) throw scansFail('LABEL_WITHOUT_PRODUCT')
    const query = request.url.indexOf('?')
    return new URL(itemUri('http://label', label.product.gtin, serial)).pathname + (query === -1 ? '' : request.url.slice(query))
  }

  return [
    item(
      'scans.scan-gtin',
      '/01/*',
      '/01/{gtin}/21/{serial}',
      (request) => {
        // data attributes make an address invalid when they are wrong: the resolver says how
        if (DATA_ATTRIBUTE.test(request.url)) return parts.resolver.itemOf(request.url)
        const parsed = parseItemPath(request.url.split('?', 1)[0]!)
        return parsed === undefined ? undefined : { gtin: parsed.gtin, serial: parsed.serial }
      },
      (code) => `/01/${code.gtin}/21/${encodeURIComponent(code.serial)}`,
      { links: { otherwise: true, pathOf: itself } },
    ),
    item(
      'scans.scan-epc',
      // or a key without data, which the resolver refuses: the router takes one pattern in one place
      '/:epc(^(?:e[hx][A-Za-z0-9_-]+|[0-9]{2,4})$)',
      '/{epc}',
      (request) => parts.resolver.itemOf(request.url),
      (code) => `/01/${code.gtin}/21/${encodeURIComponent(code.serial)}`,
      { links: { otherwise: true, pathOf: itself } },
    ),
    item(
      'scans.scan-blank',
      '/s/:serial',
      '/s/{serial}',
      (request) => ({ gtin: undefined, serial: (request.params as { serial: string }).serial }),
      (code) => `/s/${encodeURIComponent(code.serial)}`,
      { links: { otherwise: false, pathOf: pathOfBlank } },
    ),
    item(
      'scans.scan-legacy',
      '/fwm.do',
      '/fwm.do',
      async (request) => {
        const id = queryText(request, 'id')
        return id === undefined ? undefined : parts.codes.scannedLegacyCode(platform.db, id)
      },
      (code) => (code.gtin === undefined ? `/s/${code.serial}` : `/01/${code.gtin}/21/${code.serial}`),
      { query: z.object({ id: z.string().describe('what the QR of the older system holds, or the 13 digits under its coating') }) },
    ),
  ]
}

async function itemPage(parts: ScanParts, v: Verification, view: string | undefined, frame: Frame, here: string): Promise<string> {
  if (v.item !== undefined && v.trial === undefined && view === 'route')
    return routePage(v, await parts.events.timelineOf(parts.platform.db, v.item.codeId), frame, here)
  if (v.item !== undefined && v.trial === undefined && view === 'voucher') {
    const seal = parts.platform.keys.mac('link', 'voucher', `${v.item.codeId}|${v.at.toISOString()}|${v.judgement.verdict}`)
    return voucherPage(v, seal.toString('base64url').slice(0, 22), frame, here)
  }
  return verdictPage(v, frame, parts.platform.config.publicUrl)
}

function noticeRoutes(parts: ScanParts, unknown: Limiter): Route[] {
  const { platform } = parts
  const pageRoute = (
    id: string,
    method: 'GET' | 'POST',
    url: string,
    zh: string,
    en: string,
    handle: (facts: RequestFacts, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
  ): Route =>
    raw({
      id,
      method,
      url,
      summary: { zh, en },
      policy: { access: 'public' },
      hidden: true,
      limitPerMinute: method === 'POST' ? 20 : 600,
      handle: async ({ facts, request, reply }) => {
        try {
          if (method === 'POST') refuseForeignOrigin(request, platform.config)
          return await handle(facts, request, reply)
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          if ('seconds' in error.params) reply.header('retry-after', String(error.params['seconds']))
          return sendPublicPage(reply, error.entry.status, faultPage(frameOf(request, facts, '/'), error.words(facts.locale), ''))
        }
      },
    })

  /** The item named by `?code=/01/…`, looked at without a trace, for a form about it. */
  const itemOf = async (request: FastifyRequest, facts: RequestFacts) => {
    const here = codePath(request)
    const code = scannedCodeOf(here)
    if (code === undefined) throw scansFail('NOT_A_CODE')
    const nobody = { device: undefined, visitor: Buffer.alloc(16), channel: 'preview' as const, person: false }
    return { here, v: await parts.verifier.verify(code, nobody, { at: facts.at, province: undefined, provinceBit: 0n }) }
  }

  const deviceOf = (request: FastifyRequest, reply: FastifyReply, at: Date): Buffer => {
    const { device } = parts.visitors.recognise(request, reply, at, true)
    if (device === undefined) throw scansFail('RETIRE_NOT_SCANNED')
    return device
  }

  return [
    pageRoute('scans.entry-page', 'GET', '/', '查询页', 'Check a code', async (facts, request, reply) =>
      sendPublicPage(reply, 200, entryPage(frameOf(request, facts, '/'), platform.config.publicUrl)),
    ),
    pageRoute('scans.check', 'GET', '/check', '手动输入查询', 'Check a typed code', async (facts, request, reply) => {
      const gtin = queryText(request, 'gtin')
      const typed = queryText(request, 'code') ?? ''
      const [found] = await parts.codes.resolveInputs(platform.db, [gtin ? `(01)${gtin.padStart(14, '0')}(21)${typed}` : typed])
      if (found === undefined || 'reason' in found) {
        const patience = unknown.take(clientOf(request.ip), UNKNOWN_PER_MINUTE, 60, facts.at.getTime())
        if (patience > 0) throw scansFail('TOO_MANY_UNKNOWN', { seconds: patience })
        const zh = facts.locale === 'zh'
        return sendPublicPage(
          reply,
          404,
          entryPage(frameOf(request, facts, '/'), platform.config.publicUrl, {
            fault: zh ? '没有找到这个码，请核对后重新输入。' : 'No such code was found: compare it and correct it.',
            code: typed,
            gtin: gtin ?? '',
          }),
        )
      }
      const batch = await parts.codes.batchOf(platform.db, found.batch)
      const target = new URL(parts.codes.uriOf(batch!, found.index))
      return reply.redirect(`${target.pathname}?lang=${facts.locale}`, 303)
    }),
    pageRoute('scans.recalls-page', 'GET', '/recalls', '召回查询', 'Recalls', async (facts, request, reply) =>
      sendPublicPage(reply, 200, recallsPage(await parts.events.recalledLots(platform.db), frameOf(request, facts, '/recalls'))),
    ),
    pageRoute('scans.privacy-page', 'GET', '/privacy', '隐私说明', 'Privacy', async (facts, request, reply) =>
      sendPublicPage(reply, 200, privacyPage(frameOf(request, facts, '/privacy'))),
    ),
    pageRoute('scans.retire-page', 'GET', '/retire', '空瓶注销', 'Retire an empty bottle', async (facts, request, reply) => {
      const { here, v } = await itemOf(request, facts)
      if (v.scan?.status !== 'active') throw scansFail('RETIRE_NOT_ACTIVE')
      return sendPublicPage(reply, 200, retirePage(v, frameOf(request, facts, `/retire?code=${encodeURIComponent(here)}`), here))
    }),
    pageRoute('scans.retire', 'POST', '/retire', '空瓶注销', 'Retire an empty bottle', async (facts, request, reply) => {
      const { here, v } = await itemOf(request, facts)
      if (v.item === undefined) throw scansFail('NOT_A_CODE')
      const input = { code: v.item.codeId, device: deviceOf(request, reply, facts.at), at: facts.at }
      await platform.db.transaction((tx) => retireBottle(tx, parts.events, input))
      return sendPublicPage(reply, 200, retiredPage(frameOf(request, facts, `/retire?code=${encodeURIComponent(here)}`), here, false))
    }),
    pageRoute('scans.retire-undo', 'POST', '/retire/undo', '撤销空瓶注销', 'Take a retirement back', async (facts, request, reply) => {
      const { here, v } = await itemOf(request, facts)
      if (v.item === undefined) throw scansFail('NOT_A_CODE')
      const input = { code: v.item.codeId, device: deviceOf(request, reply, facts.at), at: facts.at }
      await platform.db.transaction((tx) => undoRetirement(tx, parts.events, input))
      return sendPublicPage(reply, 200, retiredPage(frameOf(request, facts, `/retire?code=${encodeURIComponent(here)}`), here, true))
    }),
    raw({
      id: 'scans.read-aloud',
      method: 'GET',
      url: '/assets/scan.js',
      summary: { zh: '朗读脚本', en: 'Reading aloud' },
      policy: { access: 'public' },
      hidden: true,
      handle: async ({ reply }) =>
        reply.header('cache-control', 'public, max-age=86400').type('text/javascript; charset=utf-8').send(READ_ALOUD_SCRIPT),
    }),
  ]
}

const scanList = defineListing({
  name: 'scans',
  from: sql`scan s left join state_of_codes(array[s.code]) state on true left join product p on p.id = state.product_id left join lot l on l.id = state.lot_id`,
  key: sql`s.id`,
  defaultSort: '-at',
  search: [sql`p.name_zh`, sql`p.name_en`, sql`l.lot_number`],
  columns: {
    id: { sql: sql`s.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    at: { sql: sql`s.at`, type: 'instant', words: { zh: '时间', en: 'Time' } },
    code: { sql: sql`s.code::text`, type: 'text', words: { zh: '码号', en: 'Code' } },
    productNameZh: { sql: sql`p.name_zh`, type: 'text', words: { zh: '商品', en: 'Product (Chinese)' } },
    productNameEn: { sql: sql`p.name_en`, type: 'text', words: { zh: '英文名', en: 'Product' } },
    lotNumber: { sql: sql`l.lot_number`, type: 'text', words: { zh: '批号', en: 'Lot' } },
    status: {
      sql: sql`s.status`,
      type: 'enum',
      words: { zh: '码状态', en: 'State' },
      options: {
        inert: { zh: '未激活', en: 'not activated' },
        active: { zh: '已激活', en: 'active' },
        void: { zh: '已作废', en: 'void' },
        replaced: { zh: '已替换', en: 'replaced' },
        destroyed: { zh: '已销毁', en: 'destroyed' },
        retired: { zh: '已注销', en: 'retired' },
      },
    },
    hold: {
      sql: sql`s.hold`,
      type: 'enum',
      words: { zh: '管控', en: 'Hold' },
      options: { frozen: { zh: '冻结', en: 'frozen' }, recalled: { zh: '召回', en: 'recalled' } },
    },
    counted: { sql: sql`s.counted`, type: 'boolean', words: { zh: '计次', en: 'Counted' } },
    province: {
      sql: sql`s.province`,
      type: 'enum',
      words: { zh: '省份', en: 'Province' },
      options: Object.fromEntries(provinces.map((p) => [p.code, { zh: provinceName(p.code, 'zh'), en: provinceName(p.code, 'en') }])),
    },
    channel: {
      sql: sql`s.channel`,
      type: 'enum',
      words: { zh: '渠道', en: 'Channel' },
      options: { wechat: { zh: '微信', en: 'WeChat' }, browser: { zh: '浏览器', en: 'browser' }, app: { zh: '应用', en: 'app' } },
    },
  },
})

/** Scans seen by those whose goods they are; never a device, an address or anything finer than a province. */
function consoleRoutes({ platform }: ScanParts): Route[] {
  return [
    read({
      id: 'scans.list',
      url: '/api/scans',
      summary: { zh: '扫码记录', en: 'Scans of the own goods' },
      policy: { access: 'scans.read' },
      query: listQuery,
      answers: { 200: pageOfListing(scanList) },
      handle: ({ query, actor, facts, reply }) =>
        respondWithList(platform.db, scanList, query, {
          where:
            actor.organisationKind === 'brand'
              ? sql`p.brand_organisation_id = ${actor.organisationId}`
              : seenBy(actor, sql`s.organisation_id`),
          facts,
          reply,
        }),
    }),
    read({
      id: 'scans.by-province',
      url: '/api/scans/by-province',
      summary: { zh: '近期扫码按省份', en: 'Counted scans of the last days by province' },
      policy: { access: 'scans.read' },
      query: z.object({ days: z.coerce.number().int().min(1).max(366).default(30) }),
      answers: {
        200: z.object({ since: z.string(), provinces: z.array(z.object({ province: z.string().nullable(), n: z.number().int() })) }),
      },
      handle: async ({ query, actor, facts }) => {
        const since = new Date(facts.at.getTime() - query.days * 86_400_000).toISOString()
        const own = seenBy(actor, sql`organisation_id`)
        const rows = await platform.db.query<{ province: string | null; n: number }>(sql`
          select province, count(*)::int as n from scan where at >= ${since} and counted and ${own} group by province order by n desc`)
        return { since, provinces: rows }
      },
    }),
  ]
}
