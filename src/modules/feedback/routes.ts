import { createHash, randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { provinceName, provinces } from '../../kernel/region.ts'
import { sql, type SqlText } from '../../platform/db/sql.ts'
import { cleanImage } from '../../platform/files/image.ts'
import { fileOf, recordFile } from '../../platform/files/files.ts'
import { readUpload } from '../../platform/files/upload.ts'
import type { Actor, RequestFacts } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { defineListing, listQuery, pageOfListing, respondWithList } from '../../platform/http/listing.ts'
import { act, raw, read, type Route } from '../../platform/http/route.ts'
import { queryText } from '../../platform/http/query-text.ts'
import { refuseForeignOrigin } from '../../platform/http/server.ts'
import { validate } from '../../platform/http/validation.ts'
import type { Platform } from '../../platform/platform.ts'
import { faultPage, PAGE_POLICY, type PageFrame, type Scans } from '../scans/index.ts'
import { answerReport, closeReport, startChecking } from './answer-report.ts'
import {
  AnswerReport,
  KIND_WORDS,
  REPORT_KINDS,
  ReportDetail,
  type ReportKind,
  ReportStatus,
  STATE_WORDS,
  SubmitReport,
} from './contract.ts'
import { feedbackFail } from './errors.ts'
import { reportFormPage, statusPage, ticketEntryPage } from './pages.tsx'
import { detailOf, lockReport, photoOf, statusOf } from './repository.ts'
import { submitReport } from './submit-report.ts'
import { seenBy } from '../../platform/http/wall.ts'

const PHOTO_BYTES = 12 * 1024 * 1024
const MAX_PHOTOS = 3

const reportParams = z.object({ reportId: z.uuid() })

/** An app makes `once` itself, so that sending it again gives the same ticket. */
const SubmitReportJson = SubmitReport.extend({
  once: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,64}$/)
    .optional(),
})

export function feedbackRoutes(platform: Platform, scans: Scans): Route[] {
  return [...pageRoutes(platform, scans), ...publicRoutes(platform, scans), ...deskRoutes(platform)]
}

/** What the public may read of a ticket's number, however it was typed. */
const ticketForm = (text: string) =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
    .replace(/^(.{4})(.{4})(.{4})$/, '$1-$2-$3')

function pageRoutes(platform: Platform, scans: Scans): Route[] {
  const deps = { db: platform.db, keys: platform.keys, scans }

  const form = async (
    facts: RequestFacts,
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    given: { code: string; kind: ReportKind; text?: string; boughtAt?: string; fault?: string },
  ) => {
    const code = given.code === '' ? undefined : scans.scannedCodeOf(given.code)
    const nobody = { device: undefined, visitor: Buffer.alloc(16), channel: 'preview' as const, person: false }
    const v =
      code === undefined ? undefined : await scans.verifier.verify(code, nobody, { at: facts.at, province: undefined, provinceBit: 0n })
    const product = v?.card.product
    const item =
      product === undefined
        ? given.code
        : `${facts.locale === 'zh' ? product.nameZh : product.nameEn || product.nameZh} · ${v?.card.lot?.lotNumber ?? ''}`
    return sendPage(
      reply,
      status,
      reportFormPage(frameOf(request, facts, `/report?code=${encodeURIComponent(given.code)}&kind=${given.kind}`), {
        code: given.code,
        kind: given.kind,
        once: randomBytes(16).toString('base64url'),
        item,
        text: given.text ?? '',
        boughtAt: given.boughtAt ?? '',
        ...(given.fault !== undefined && { fault: given.fault }),
      }),
    )
  }

  return [
    raw({
      id: 'reports.form',
      method: 'GET',
      url: '/report',
      summary: { zh: '反馈表单', en: 'Report form' },
      policy: { access: 'public' },
      hidden: true,
      handle: async ({ facts, request, reply }) => {
        const asked = queryText(request, 'kind')
        const kind = REPORT_KINDS.find((k) => k === asked) ?? 'counterfeit'
        const code = (queryText(request, 'code') ?? '').slice(0, 400)
        return form(facts, request, reply, 200, { code, kind })
      },
    }),
    raw({
      id: 'reports.send-form',
      method: 'POST',
      url: '/report',
      summary: { zh: '提交反馈', en: 'Send a report' },
      policy: { access: 'public' },
      hidden: true,
      bodyLimit: MAX_PHOTOS * PHOTO_BYTES + 1024 * 1024,
      limitPerMinute: 10,
      handle: async ({ facts, request, reply }) => {
        let code = ''
        let kind: ReportKind = 'counterfeit'
        let text = ''
        let boughtAt = ''
        try {
          refuseForeignOrigin(request, platform.config)
          const upload = await readUpload(request, PHOTOS)
          const f = upload.fields
          code = (f['code'] ?? '').slice(0, 400)
          kind = REPORT_KINDS.find((k) => k === f['kind']) ?? 'counterfeit'
          text = (f['text'] ?? '').slice(0, 2000)
          boughtAt = (f['boughtAt'] ?? '').slice(0, 200)
          const input = reportOf(f)
          const photoIds = await keepPhotos(platform, upload.files, facts.at)
          // who goes back and corrects the form sends another report; who sends it twice sends one
          const once = onceOfForm(f['once'] ?? '', input)
          const { ticket } = await submitReport(deps, { ...input, once, photoIds, province: undefined, at: facts.at })
          return reply.redirect(`/ticket/${ticket}?new=1&lang=${facts.locale}`, 303)
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          return form(facts, request, reply, error.entry.status, { code, kind, text, boughtAt, fault: error.words(facts.locale) })
        }
      },
    }),
    raw({
      id: 'reports.find-ticket',
      method: 'GET',
      url: '/ticket',
      summary: { zh: '查询反馈进度', en: 'Follow a report' },
      policy: { access: 'public' },
      hidden: true,
      limitPerMinute: 30,
      handle: async ({ facts, request, reply }) => {
        const number = queryText(request, 'number')
        if (number === undefined) return sendPage(reply, 200, ticketEntryPage(frameOf(request, facts, '/ticket')))
        return reply.redirect(`/ticket/${encodeURIComponent(ticketForm(number))}?lang=${facts.locale}`, 303)
      },
    }),
    raw({
      id: 'reports.ticket-page',
      method: 'GET',
      url: '/ticket/:ticket',
      summary: { zh: '反馈进度页', en: 'Progress of a report' },
      policy: { access: 'public' },
      hidden: true,
      limitPerMinute: 60,
      handle: async ({ facts, request, reply }) => {
        const ticket = ticketForm((request.params as { ticket: string }).ticket)
        const status = await statusOf(platform.db, ticket)
        const zh = facts.locale === 'zh'
        if (status === undefined)
          return sendPage(
            reply,
            404,
            ticketEntryPage(
              frameOf(request, facts, '/ticket'),
              zh ? '没有这个编号，请核对后重新输入。' : 'There is no such number: compare it and type it again.',
            ),
          )
        return sendPage(reply, 200, statusPage(frameOf(request, facts, `/ticket/${ticket}`), status, queryText(request, 'new') === '1'))
      },
    }),
    raw({
      id: 'reports.page-fault',
      method: 'GET',
      url: '/busy',
      summary: { zh: '繁忙提示页', en: 'What a busy moment looks like' },
      policy: { access: 'public' },
      hidden: true,
      handle: async ({ facts, request, reply }) =>
        sendPage(
          reply,
          503,
          faultPage(
            frameOf(request, facts, '/'),
            facts.locale === 'zh' ? '系统繁忙，请稍后再试' : 'The system is busy, please try again shortly',
            facts.locale === 'zh' ? '您的查询没有丢失任何信息。' : 'Nothing of your check was lost.',
          ),
        ),
    }),
  ]
}

const PHOTOS = { maxBytes: PHOTO_BYTES, maxFiles: MAX_PHOTOS, kinds: ['image/jpeg', 'image/png', 'image/webp'] } as const

/** A report from the fields of a form, where a box that is ticked says `yes` or `true`. */
function reportOf(fields: Readonly<Record<string, string>>): SubmitReport {
  const { once: _, contactConsent, healthConsent, ...texts } = fields
  const ticked = (value: string | undefined) => value === 'yes' || value === 'true'
  return validate(SubmitReport, { ...texts, contactConsent: ticked(contactConsent), healthConsent: ticked(healthConsent) }, 'form')
}

/** The same for apps: JSON or a form with photos in, ticket out. */
function publicRoutes(platform: Platform, scans: Scans): Route[] {
  return [
    // not an act of the route table: it looks the item up before its own transaction, and `once` makes it happen once
    raw({
      id: 'reports.submit',
      method: 'POST',
      url: '/api/reports',
      summary: { zh: '提交反馈', en: 'Send a report' },
      policy: { access: 'public' },
      limitPerMinute: 20,
      body: SubmitReportJson,
      files: { name: 'photos', max: MAX_PHOTOS },
      bodyLimit: MAX_PHOTOS * PHOTO_BYTES + 1024 * 1024,
      answers: { 201: z.object({ ticket: z.string(), statusUrl: z.string() }) },
      example: { body: { code: '/01/09521234543213/21/1ABCDEFGHJKMNPQRSTVW', kind: 'question', text: '请问这批是哪天入境的？' } },
      handle: async ({ facts, request, reply }) => {
        refuseForeignOrigin(request, platform.config)
        const form = request.isMultipart() ? await readUpload(request, PHOTOS) : undefined
        const body: z.output<typeof SubmitReportJson> =
          form === undefined
            ? validate(SubmitReportJson, request.body ?? {}, 'body')
            : { ...reportOf(form.fields), ...(form.fields['once'] !== undefined && { once: form.fields['once'].slice(0, 64) }) }
        const photoIds = form === undefined ? [] : await keepPhotos(platform, form.files, facts.at)
        const { ticket } = await submitReport(
          { db: platform.db, keys: platform.keys, scans },
          {
            ...body,
            once: body.once ?? onceOf(request) ?? randomBytes(16).toString('base64url'),
            photoIds,
            province: undefined,
            at: facts.at,
          },
        )
        return reply.code(201).send({ ticket, statusUrl: `${platform.config.publicUrl}/ticket/${ticket}` })
      },
    }),
    read({
      id: 'reports.status',
      url: '/api/reports/tickets/:ticket',
      summary: { zh: '反馈进度', en: 'Progress of a report, for whoever has its number' },
      policy: { access: 'public' },
      limitPerMinute: 60,
      params: z.object({ ticket: z.string().max(40) }),
      answers: { 200: ReportStatus },
      handle: async ({ params }) => {
        const status = await statusOf(platform.db, ticketForm(params.ticket))
        if (status === undefined) throw httpFail('NOT_FOUND')
        return status
      },
    }),
  ]
}

const reportList = defineListing({
  name: 'reports',
  from: sql`report r left join product p on p.id = r.product_id left join lot l on l.id = r.lot_id left join organisation o on o.id = r.organisation_id`,
  key: sql`r.id`,
  defaultSort: '-receivedAt',
  search: [sql`r.ticket`, sql`r.text`, sql`p.name_zh`, sql`p.name_en`, sql`l.lot_number`, sql`r.bought_at`],
  columns: {
    id: { sql: sql`r.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    ticket: { sql: sql`r.ticket`, type: 'text', words: { zh: '反馈编号', en: 'Ticket' } },
    kind: { sql: sql`r.kind`, type: 'enum', words: { zh: '类型', en: 'Kind' }, options: KIND_WORDS },
    state: { sql: sql`r.state`, type: 'enum', words: { zh: '状态', en: 'State' }, options: STATE_WORDS },
    receivedAt: { sql: sql`r.received_at`, type: 'instant', words: { zh: '受理时间', en: 'Received' } },
    answeredAt: { sql: sql`r.answered_at`, type: 'instant', words: { zh: '答复时间', en: 'Answered' } },
    productNameZh: { sql: sql`p.name_zh`, type: 'text', words: { zh: '商品', en: 'Product (Chinese)' } },
    productNameEn: { sql: sql`coalesce(nullif(p.name_en, ''), p.name_zh)`, type: 'text', words: { zh: '商品英文名', en: 'Product' } },
    lotNumber: { sql: sql`l.lot_number`, type: 'text', words: { zh: '批号', en: 'Lot' } },
    organisationNameZh: { sql: sql`o.name_zh`, type: 'text', words: { zh: '进口商', en: 'Importer (Chinese)' } },
    organisationNameEn: {
      sql: sql`coalesce(nullif(o.name_en, ''), o.name_zh)`,
      type: 'text',
      words: { zh: '进口商英文名', en: 'Importer' },
    },
    province: {
      sql: sql`r.province`,
      type: 'enum',
      words: { zh: '省份', en: 'Province' },
      options: Object.fromEntries(provinces.map((p) => [p.code, { zh: provinceName(p.code, 'zh'), en: provinceName(p.code, 'en') }])),
    },
    boughtAt: { sql: sql`r.bought_at`, type: 'text', words: { zh: '购买渠道', en: 'Bought at' } },
    text: { sql: sql`r.text`, type: 'text', words: { zh: '说明', en: 'Text' } },
  },
})

/** Own goods' reports for an importer or brand; all of them for the regulator and the operator. */
function wallOf(actor: Actor): SqlText {
  return seenBy(actor, sql`r.organisation_id`)
}

function deskRoutes(platform: Platform): Route[] {
  const object = { kind: 'report', param: 'reportId' }
  return [
    read({
      id: 'reports.list',
      url: '/api/reports',
      summary: { zh: '反馈列表', en: 'Reports about the own goods' },
      policy: { access: 'reports.read' },
      query: listQuery,
      answers: { 200: pageOfListing(reportList) },
      handle: ({ query, actor, facts, reply }) => respondWithList(platform.db, reportList, query, { where: wallOf(actor), facts, reply }),
    }),
    read({
      id: 'reports.get',
      url: '/api/reports/:reportId',
      summary: { zh: '反馈详情', en: 'One report' },
      policy: { access: 'reports.read', object },
      params: reportParams,
      answers: { 200: ReportDetail },
      handle: async ({ params, actor }) => {
        const detail = await detailOf(platform.db, params.reportId, wallOf(actor))
        if (detail === undefined) throw httpFail('NOT_FOUND')
        return detail
      },
    }),
    raw({
      id: 'reports.photo',
      method: 'GET',
      url: '/api/reports/:reportId/photos/:position',
      summary: { zh: '反馈照片', en: 'A photo of a report' },
      policy: { access: 'reports.read', object },
      answers: { 200: { mediaType: 'image/jpeg', description: 'the redrawn photo' } },
      handle: async ({ actor, request, reply }) => {
        const params = validate(reportParams.extend({ position: z.string() }), request.params, 'path')
        const fileId = await photoOf(
          platform.db,
          params.reportId,
          /^\d$/.test(params.position) ? Number(params.position) : -1,
          wallOf(actor!),
        )
        const file = fileId === undefined ? undefined : await fileOf(platform.db, fileId)
        if (file === undefined) throw httpFail('NOT_FOUND')
        return reply
          .type(file.mediaType)
          .header('cache-control', 'private, max-age=3600')
          .send(await platform.files.read(file.sha256))
      },
    }),
    act({
      id: 'reports.check',
      method: 'POST',
      url: '/api/reports/:reportId/check',
      summary: { zh: '开始核查', en: 'Start checking a report' },
      policy: { access: 'reports.answer', object },
      idempotency: 'required',
      params: reportParams,
      answers: { 200: ReportDetail },
      handle: async ({ params, actor, facts, tx, audit }) => {
        await startChecking(tx, params.reportId, wallOf(actor), facts.at)
        audit({ objectKind: 'report', objectId: params.reportId })
        return detailOf(tx, params.reportId, wallOf(actor))
      },
    }),
    act({
      id: 'reports.answer',
      method: 'POST',
      url: '/api/reports/:reportId/answer',
      summary: { zh: '答复反馈', en: 'Answer a report; the consumer reads it on the ticket page' },
      policy: { access: 'reports.answer', object },
      idempotency: 'required',
      params: reportParams,
      body: AnswerReport,
      answers: { 200: ReportDetail },
      example: { body: { text: '您好，该批商品于 2026-03-05 自宁波北仑入境，检验合格。', close: false } },
      handle: async ({ params, body, actor, facts, tx, audit }) => {
        await answerReport(tx, params.reportId, wallOf(actor), body, actor, facts.at)
        audit({ objectKind: 'report', objectId: params.reportId, detail: { close: body.close } })
        return detailOf(tx, params.reportId, wallOf(actor))
      },
    }),
    act({
      id: 'reports.close',
      method: 'POST',
      url: '/api/reports/:reportId/close',
      summary: { zh: '办结反馈', en: 'Close an answered report' },
      policy: { access: 'reports.answer', object },
      idempotency: 'required',
      params: reportParams,
      answers: { 200: ReportDetail },
      handle: async ({ params, actor, facts, tx, audit }) => {
        await closeReport(tx, params.reportId, wallOf(actor), facts.at)
        audit({ objectKind: 'report', objectId: params.reportId })
        return detailOf(tx, params.reportId, wallOf(actor))
      },
    }),
    act({
      id: 'reports.reveal-contact',
      method: 'POST',
      url: '/api/reports/:reportId/contact',
      summary: { zh: '查看反馈人联系方式（留痕）', en: 'Read the sender’s contact; the look is audited' },
      policy: { access: 'reports.contact', object },
      idempotency: 'none',
      params: reportParams,
      answers: { 200: z.object({ contact: z.string() }) },
      handle: async ({ params, actor, tx, audit }) => {
        const report = await lockReport(tx, params.reportId, wallOf(actor))
        if (report === undefined) throw httpFail('NOT_FOUND')
        if (report.contact === null) throw feedbackFail('NO_CONTACT')
        audit({ objectKind: 'report', objectId: params.reportId, detail: { read: 'contact' } })
        return { contact: platform.keys.open('contact-at-rest', params.reportId, report.contact).toString('utf8') }
      },
    }),
  ]
}

/** The Idempotency-Key of whoever sends a report, its own for each address: nobody else can ask for the ticket by it. */
function onceOfForm(once: string, { code, kind, text, boughtAt }: SubmitReport): string {
  if (!/^[A-Za-z0-9_-]{22}$/.test(once)) return randomBytes(16).toString('base64url')
  return createHash('sha256')
    .update(JSON.stringify([once, code, kind, text, boughtAt]))
    .digest('base64url')
    .slice(0, 22)
}

function onceOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  return typeof key === 'string' && key !== ''
    ? createHash('sha256').update(`${request.ip}|${key}`).digest('base64url').slice(0, 22)
    : undefined
}

async function keepPhotos(platform: Platform, photos: readonly { readonly bytes: Buffer }[], at: Date): Promise<string[]> {
  const clean = []
  for (const photo of photos) clean.push(await cleanImage(photo.bytes))
  const ids: string[] = []
  for (const image of clean) {
    const stored = await platform.files.put([image.bytes], PHOTO_BYTES)
    ids.push(
      await recordFile(platform.db, {
        organisationId: null,
        createdBy: null,
        stored,
        mediaType: image.mediaType,
        name: 'photo.jpg',
        purpose: 'report-photo',
        at,
      }),
    )
  }
  return ids
}

function frameOf(request: FastifyRequest, facts: RequestFacts, here: string): Omit<PageFrame, 'title'> {
  return { locale: facts.locale, large: queryText(request, 'size') === 'large', here }
}

function sendPage(reply: FastifyReply, status: number, html: string) {
  return reply
    .code(status)
    .header('content-security-policy', PAGE_POLICY)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(html)
}
