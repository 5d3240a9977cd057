import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../../kernel/errors.ts'
import { provinces } from '../../kernel/region.ts'
import { sql } from '../../platform/db/sql.ts'
import type { RequestFacts } from '../../platform/http/actor.ts'
import { clientOf } from '../../platform/http/limiter.ts'
import { defineListing, listQuery, pageOfListing, respondWithList } from '../../platform/http/listing.ts'
import { raw, read, type Route } from '../../platform/http/route.ts'
import { refuseForeignOrigin } from '../../platform/http/server.ts'
import { validate } from '../../platform/http/validation.ts'
import { sendPublicPage } from '../../platform/pages/public-page.tsx'
import { readPin } from '../labels/index.ts'
import { checkPin, type PinResult } from './check-pin.ts'
import { PinCheckAnswer, PinCheckInput } from './contract.ts'
import { scansFail } from './errors.ts'
import { faultPage } from './pages/notice-pages.tsx'
import { noMatchPage, pinPage } from './pages/pin-pages.tsx'
import { verdictPage } from './pages/verdict-page.tsx'
import { codePath, frameOf, type ScanParts, scannedCodeOf, verificationAnswer } from './scan-http.ts'
import type { ScannedCode, Verification } from './verify-code.ts'
import type { Visitor } from './visitor.ts'
import { REASON_WORDS } from './words.ts'

/** Every answer about a PIN takes at least this long, so that how long it took says nothing. */
const ANSWER_MILLISECONDS = 200
const PROVINCE_BITS = new Map(provinces.map((p, i) => [p.code, 1n << BigInt(i)]))

/**
 * The PIN under the coating. It is sent by POST alone and stands in no address, so that no log, history or referrer
 * keeps it.
 */
export function pinRoutes(parts: ScanParts): Route[] {
  const { platform, verifier } = parts

  const check = async (
    code: ScannedCode | undefined,
    typed: string,
    pin: string,
    who: { facts: RequestFacts; request: FastifyRequest; visitor: Visitor },
  ): Promise<{ result: PinResult; v: Verification | undefined }> => {
    const { facts, request, visitor } = who
    const started = performance.now()
    try {
      const digits = readPin(pin)
      if (digits === undefined) throw scansFail('PIN_FORMAT')
      const label = code === undefined ? undefined : await verifier.labelOf(code)
      const province = parts.places.provinceOf(facts.address)
      const result = await checkPin(
        { db: platform.db, keys: platform.keys, labels: parts.labels },
        {
          typed: typed.normalize('NFKC').toUpperCase(),
          code: label?.codeId,
          organisationId: label?.batch.organisationId,
          pin: digits,
          network: clientOf(request.ip),
          device: visitor.device,
          visitor: visitor.visitor,
          province,
          at: facts.at,
        },
      )
      if (result.result === 'no-match') return { result, v: undefined }
      const proof =
        result.result === 'not-activated' ? undefined : result.result === 'first' ? 'first' : result.own ? 'own-repeat' : 'repeat'
      const place = { at: facts.at, province, provinceBit: province === undefined ? 0n : (PROVINCE_BITS.get(province) ?? 0n) }
      // the scan before the PIN has been counted; this is the same visit
      return { result, v: await verifier.verify(code!, { ...visitor, person: false }, place, proof) }
    } finally {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, ANSWER_MILLISECONDS - (performance.now() - started))))
    }
  }

  const onPage = async (facts: RequestFacts, request: FastifyRequest, reply: FastifyReply, work: () => Promise<unknown>) => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if ('seconds' in error.params) reply.header('retry-after', String(error.params['seconds']))
      const frame = frameOf(request, facts, '/')
      const html =
        error.code === 'PIN_FORMAT'
          ? pinPage(frame, codePath(request), error.words(facts.locale))
          : faultPage(frame, error.words(facts.locale), '')
      return sendPublicPage(reply, error.entry.status, html)
    }
  }

  return [
    raw({
      id: 'scans.pin-page',
      method: 'GET',
      url: '/pin',
      summary: { zh: '涂层验证码', en: 'PIN under the coating' },
      policy: { access: 'public' },
      hidden: true,
      handle: async ({ facts, request, reply }) => sendPublicPage(reply, 200, pinPage(frameOf(request, facts, '/'), codePath(request))),
    }),
    raw({
      id: 'scans.pin',
      method: 'POST',
      url: '/pin',
      summary: { zh: '提交涂层验证码', en: 'Check the PIN under the coating' },
      policy: { access: 'public' },
      hidden: true,
      rawBody: true,
      bodyLimit: 4096,
      limitPerMinute: 60,
      handle: ({ facts, request, reply }) =>
        onPage(facts, request, reply, async () => {
          refuseForeignOrigin(request, platform.config)
          const here = codePath(request)
          const form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '')
          const visitor = parts.visitors.recognise(request, reply, facts.at, true)
          const { v } = await check(scannedCodeOf(here), here, form.get('pin') ?? '', { facts, request, visitor })
          const html =
            v === undefined
              ? noMatchPage(frameOf(request, facts, '/'), here)
              : verdictPage(v, frameOf(request, facts, here), platform.config.publicUrl)
          return sendPublicPage(reply, 200, html)
        }),
    }),
    raw({
      id: 'scans.check-pin',
      method: 'POST',
      url: '/api/pin-checks',
      summary: { zh: '校验涂层验证码', en: 'Check the PIN under a label’s coating' },
      policy: { access: 'public' },
      body: PinCheckInput,
      bodyLimit: 4096,
      limitPerMinute: 60,
      answers: { 200: PinCheckAnswer },
      example: { body: { code: '/01/09521234543213/21/1ABCDEFGHJKMNPQRSTVW', pin: '4821930756' } },
      handle: async ({ facts, request, reply }) => {
        const { code, pin } = validate(PinCheckInput, request.body, 'body')
        const visitor = parts.visitors.recognise(request, reply, facts.at, false)
        const { result, v } = await check(codeFrom(code), code, pin, { facts, request, visitor })
        const { locale } = facts
        const words =
          v === undefined
            ? {
                says: { zh: '验证码与此标签不符。', en: 'The PIN does not belong to this label.' },
                next: { zh: '请逐位核对后重新输入。', en: 'Compare it digit by digit and send it again.' },
              }
            : REASON_WORDS[v.judgement.reasons[0]!]
        const answer: PinCheckAnswer = {
          result: result.result,
          sentence: words.says[locale],
          next: words.next[locale],
          verification: v === undefined ? null : verificationAnswer(v, facts, platform.config.publicUrl),
        }
        return reply.header('cache-control', 'no-store').send(answer)
      },
    }),
    read({
      id: 'scans.pin-alarms',
      url: '/api/pin-alarms',
      summary: { zh: '验证码告警', en: 'Patterns of guessing at PINs' },
      policy: { access: 'scans.read' },
      query: listQuery,
      answers: { 200: pageOfListing(alarmList) },
      handle: ({ query, actor, facts, reply }) =>
        respondWithList(platform.db, alarmList, query, {
          where:
            actor.sees === 'all'
              ? sql`true`
              : actor.organisationKind === 'brand'
                ? sql`p.brand_organisation_id = ${actor.organisationId}`
                : sql`a.organisation_id = ${actor.organisationId}`,
          facts,
          reply,
        }),
    }),
  ]
}

/** An address of a label, its path, or a bare serial of a label without GTIN. */
function codeFrom(text: string): ScannedCode | undefined {
  const trimmed = text.trim()
  if (trimmed.startsWith('/')) return scannedCodeOf(trimmed)
  if (URL.canParse(trimmed)) return scannedCodeOf(new URL(trimmed).pathname)
  return /^[0-9A-Za-z]{20}$/.test(trimmed) ? { gtin: undefined, serial: trimmed } : undefined
}

const alarmList = defineListing({
  name: 'pin-alarms',
  from: sql`pin_alarm a left join state_of_codes(array[a.code]) state on true left join product p on p.id = state.product_id left join lot l on l.id = state.lot_id`,
  key: sql`a.id`,
  defaultSort: '-lastAt',
  search: [sql`p.name_zh`, sql`p.name_en`, sql`l.lot_number`],
  columns: {
    id: { sql: sql`a.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    kind: {
      sql: sql`a.kind`,
      type: 'enum',
      words: { zh: '模式', en: 'Pattern' },
      options: {
        'many-labels': { zh: '同一客户端试多个标签', en: 'one client, many labels' },
        neighbours: { zh: '试相邻的标签', en: 'labels that lie beside each other' },
        'one-label': { zh: '多个客户端试同一标签', en: 'many clients, one label' },
        'not-activated': { zh: '未激活的标签验证码正确', en: 'right PIN of a label not activated' },
        repeated: { zh: '验证码被他人反复验证', en: 'a right PIN checked by several people' },
      },
    },
    lastAt: { sql: sql`a.last_at`, type: 'instant', words: { zh: '最近', en: 'Last' } },
    firstAt: { sql: sql`a.first_at`, type: 'instant', words: { zh: '首次', en: 'First' } },
    times: { sql: sql`a.times`, type: 'number', words: { zh: '次数', en: 'Times' } },
    labels: { sql: sql`a.labels`, type: 'number', words: { zh: '标签数', en: 'Labels' } },
    code: { sql: sql`a.code::text`, type: 'text', words: { zh: '码号', en: 'Code' } },
    productNameZh: { sql: sql`p.name_zh`, type: 'text', words: { zh: '商品', en: 'Product (Chinese)' } },
    productNameEn: { sql: sql`p.name_en`, type: 'text', words: { zh: '英文名', en: 'Product' } },
    lotNumber: { sql: sql`l.lot_number`, type: 'text', words: { zh: '批号', en: 'Lot' } },
  },
})
