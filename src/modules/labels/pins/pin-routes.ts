import { z } from 'zod'
import { maybeOne, type Sql } from '../../../platform/db/database.ts'
import { sql, type SqlText } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import { httpFail } from '../../../platform/http/errors.ts'
import { contentDisposition } from '../../../platform/files/content-disposition.ts'
import { defineListing, listQuery, pageOfListing, respondWithList } from '../../../platform/http/listing.ts'
import { act, raw, read, type Route } from '../../../platform/http/route.ts'
import { validate } from '../../../platform/http/validation.ts'
import { MakePins, PinRun } from '../contract.ts'
import { labelsFail } from '../errors.ts'
import { openPinDownload } from './download-pins.ts'
import { type PinDeps, requestPins } from './make-pins.ts'

const runParams = z.object({ pinRunId: z.uuid() })
const packParams = z.object({ packId: z.uuid() })

/** PINs of the own labels for an importer, those that it coats for a printer, all for the supervisors. */
function runsSeenBy(actor: Actor): SqlText {
  if (actor.sees === 'all') return sql`true`
  if (actor.organisationKind === 'printer') return sql`r.printer_id = ${actor.organisationId}`
  return sql`r.organisation_id = ${actor.organisationId}`
}

const pinRunList = defineListing({
  name: 'pin-runs',
  from: sql`pin_run r join code_batch b on b.id = r.batch_id join code_order o on o.id = b.order_id join organisation org on org.id = r.organisation_id
    join organisation printer on printer.id = r.printer_id left join pack k on k.batch_id = b.id
    left join lateral (select count(*)::int as n from pin_download d where d.run_id = r.id) downloads on true`,
  key: sql`r.id`,
  defaultSort: '-madeAt',
  search: [sql`o.number`, sql`org.name_zh`, sql`org.name_en`, sql`printer.name_zh`, sql`printer.name_en`],
  columns: {
    id: { sql: sql`r.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    batchId: { sql: sql`b.id`, type: 'number', words: { zh: '码批次', en: 'Batch' } },
    orderNumber: { sql: sql`o.number`, type: 'text', words: { zh: '订单号', en: 'Order' } },
    organisationNameZh: { sql: sql`org.name_zh`, type: 'text', words: { zh: '企业', en: 'Enterprise (Chinese)' } },
    organisationNameEn: {
      sql: sql`coalesce(nullif(org.name_en, ''), org.name_zh)`,
      type: 'text',
      words: { zh: '企业英文名', en: 'Enterprise' },
    },
    printerNameZh: { sql: sql`printer.name_zh`, type: 'text', words: { zh: '涂层印厂', en: 'Coating printer (Chinese)' } },
    printerNameEn: {
      sql: sql`coalesce(nullif(printer.name_en, ''), printer.name_zh)`,
      type: 'text',
      words: { zh: '涂层印厂英文名', en: 'Coating printer' },
    },
    samePrinter: {
      sql: sql`coalesce(k.printer_id = r.printer_id, false)`,
      type: 'boolean',
      words: { zh: '与码同厂', en: 'Prints the codes too' },
    },
    digits: { sql: sql`r.digits::int`, type: 'number', words: { zh: '位数', en: 'Digits' } },
    labels: { sql: sql`r.labels`, type: 'number', words: { zh: '标签数', en: 'Labels' } },
    state: {
      sql: sql`r.state`,
      type: 'enum',
      words: { zh: '状态', en: 'State' },
      options: {
        making: { zh: '生成中', en: 'being made' },
        ready: { zh: '待下载', en: 'file ready' },
        destroyed: { zh: '文件已销毁', en: 'file destroyed' },
        void: { zh: '已作废', en: 'void' },
      },
    },
    downloads: { sql: sql`downloads.n`, type: 'number', words: { zh: '下载次数', en: 'Downloads' } },
    maxDownloads: { sql: sql`r.max_downloads`, type: 'number', words: { zh: '下载上限', en: 'Limit' } },
    fileBytes: { sql: sql`r.file_bytes`, type: 'number', words: { zh: '文件字节', en: 'Bytes of the file' } },
    madeAt: { sql: sql`r.made_at`, type: 'instant', words: { zh: '生成时间', en: 'Made' } },
    readyAt: { sql: sql`r.ready_at`, type: 'instant', words: { zh: '完成时间', en: 'Ready' } },
    destroyedAt: { sql: sql`r.destroyed_at`, type: 'instant', words: { zh: '销毁时间', en: 'Destroyed' } },
    voidedAt: { sql: sql`r.voided_at`, type: 'instant', words: { zh: '作废时间', en: 'Void since' } },
    jobId: { sql: sql`r.job_id`, type: 'text', words: { zh: '任务', en: 'Job' }, exported: false },
  },
})

export function pinRoutes(deps: PinDeps): Route[] {
  const { platform } = deps
  const { db } = platform
  const object = { kind: 'pin-run', param: 'pinRunId' }
  const find = async (id: string, actor: Actor, at: Sql = db) => {
    const run = await maybeOne<PinRun & Record<string, unknown>>(
      at,
      sql`select r.id, b.id as "batchId", o.number as "orderNumber", org.name_zh as "organisationNameZh", coalesce(nullif(org.name_en, ''), org.name_zh) as "organisationNameEn",
        printer.name_zh as "printerNameZh", coalesce(nullif(printer.name_en, ''), printer.name_zh) as "printerNameEn", coalesce(k.printer_id = r.printer_id, false) as "samePrinter",
        r.digits::int as digits, r.labels::float8 as labels, r.state, r.made_at as "madeAt", r.ready_at as "readyAt", r.voided_at as "voidedAt", r.destroyed_at as "destroyedAt",
        r.file_bytes::float8 as "fileBytes", (select count(*)::int from pin_download d where d.run_id = r.id) as downloads, r.max_downloads as "maxDownloads", r.job_id as "jobId"
      from pin_run r join code_batch b on b.id = r.batch_id join code_order o on o.id = b.order_id join organisation org on org.id = r.organisation_id
        join organisation printer on printer.id = r.printer_id left join pack k on k.batch_id = b.id
      where r.id = ${id} and ${runsSeenBy(actor)}`,
    )
    if (run === undefined) throw httpFail('NOT_FOUND')
    return run
  }
  return [
    act({
      id: 'pins.make',
      method: 'POST',
      url: '/api/packs/:packId/pins',
      summary: { zh: '生成涂层验证码', en: 'Make the PINs under the coating for all labels of a pack, sealed to the coating printer' },
      policy: { access: 'packs.release', object: { kind: 'pack', param: 'packId' } },
      idempotency: 'required',
      status: 202,
      params: packParams,
      body: MakePins,
      answers: { 202: z.object({ pinRunId: z.uuid(), jobId: z.uuid() }) },
      example: { body: { printerId: '0197a000-0000-7000-8000-000000000002', digits: 10 } },
      handle: async ({ params, body, actor, facts, tx, audit }) => {
        const pack = await maybeOne<{ batch_id: number }>(tx, sql`select batch_id from pack where id = ${params.packId}`)
        if (pack === undefined) throw httpFail('NOT_FOUND')
        const made = await requestPins(tx, deps, pack.batch_id, body, { actor, at: facts.at })
        audit({
          objectKind: 'pin-run',
          objectId: made.runId,
          detail: { packId: params.packId, printerId: body.printerId, digits: body.digits },
        })
        return { pinRunId: made.runId, jobId: made.jobId }
      },
    }),
    read({
      id: 'pins.list',
      url: '/api/pin-runs',
      summary: { zh: '涂层验证码批次', en: 'Runs of PINs' },
      policy: { access: 'packs.read' },
      query: listQuery,
      answers: { 200: pageOfListing(pinRunList) },
      handle: ({ query, actor, facts, reply }) => respondWithList(db, pinRunList, query, { where: runsSeenBy(actor), facts, reply }),
    }),
    read({
      id: 'pins.get',
      url: '/api/pin-runs/:pinRunId',
      summary: { zh: '一批涂层验证码', en: 'One run of PINs' },
      policy: { access: 'packs.read', object },
      params: runParams,
      answers: { 200: PinRun },
      handle: ({ params, actor }) => find(params.pinRunId, actor),
    }),
    raw({
      id: 'pins.download',
      method: 'POST',
      url: '/api/pin-runs/:pinRunId/download',
      summary: { zh: '下载涂层验证码文件（age 加密）', en: 'Download the PINs: CSV sealed to the coating printer’s age keys' },
      policy: { access: 'packs.download', object },
      answers: { 200: { mediaType: 'application/age', description: 'age ciphertext of the CSV roll,label,serial,pin' } },
      limitPerMinute: 10,
      handle: async ({ actor, facts, request, reply }) => {
        const { pinRunId } = validate(runParams, request.params, 'path')
        const opened = await openPinDownload(platform, pinRunId, {
          actor: actor!,
          address: facts.address,
          at: facts.at,
          where: runsSeenBy(actor!),
        })
        return reply
          .header('content-disposition', contentDisposition(`pins-${pinRunId.slice(-8)}.csv.age`))
          .header('content-length', opened.bytes)
          .header('x-pin-rows', String(opened.labels))
          .header('cache-control', 'no-store')
          .type('application/age')
          .send(opened.stream)
      },
    }),
    act({
      id: 'pins.allow-download',
      method: 'POST',
      url: '/api/pin-runs/:pinRunId/allow-download',
      summary: { zh: '允许再下载一次', en: 'Allow one more download of a run of PINs' },
      policy: { access: 'packs.release', object },
      idempotency: 'required',
      params: runParams,
      body: z.strictObject({ reason: z.string().trim().min(2).max(500) }),
      answers: { 200: PinRun },
      example: { body: { reason: '印厂网络中断' } },
      handle: async ({ params, body, actor, tx, audit }) => {
        const done = await tx.execute(
          sql`update pin_run set max_downloads = max_downloads + 1 where id = ${params.pinRunId} and state = 'ready' and max_downloads < 20`,
        )
        const run = await find(params.pinRunId, actor, tx)
        if (done === 0) throw labelsFail('PINS_DESTROYED')
        audit({ objectKind: 'pin-run', objectId: params.pinRunId, detail: { reason: body.reason } })
        return run
      },
    }),
    act({
      id: 'pins.destroy',
      method: 'POST',
      url: '/api/pin-runs/:pinRunId/destroy',
      summary: { zh: '确认已销毁验证码文件', en: 'The coating printer confirms that the file is destroyed; ours is erased too' },
      policy: { access: 'packs.download', object },
      idempotency: 'required',
      params: runParams,
      answers: { 200: z.object({ pinRunId: z.uuid(), state: z.literal('destroyed') }) },
      handle: async ({ params, actor, facts, tx, audit }) => {
        const run = await maybeOne<{ state: string; file_sha256: Buffer | null }>(
          tx,
          sql`select r.state, r.file_sha256 from pin_run r where r.id = ${params.pinRunId} and ${runsSeenBy(actor)} for update`,
        )
        if (run === undefined) throw httpFail('NOT_FOUND')
        if (run.state === 'making') throw labelsFail('PINS_NOT_READY')
        if (run.state === 'void') throw labelsFail('PINS_DESTROYED')
        // the bytes go by the hourly sweep, after this act is durable
        await tx.execute(
          sql`update pin_run set state = 'destroyed', destroyed_at = coalesce(destroyed_at, ${facts.at.toISOString()}) where id = ${params.pinRunId}`,
        )
        audit({ objectKind: 'pin-run', objectId: params.pinRunId })
        return { pinRunId: params.pinRunId, state: 'destroyed' }
      },
    }),
  ]
}
