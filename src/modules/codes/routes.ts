import { z } from 'zod'
import { civilDateOf } from '../../kernel/time.ts'
import { type Tx, maybeOne, type Sql } from '../../platform/db/database.ts'
import { sql, type SqlText } from '../../platform/db/sql.ts'
import { contentDisposition } from '../../platform/files/content-disposition.ts'
import { readUpload } from '../../platform/files/upload.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { defineListing, listQuery, pageOfListing, respondWithList } from '../../platform/http/listing.ts'
import { act, raw, read, type Route } from '../../platform/http/route.ts'
import { validate } from '../../platform/http/validation.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Identity } from '../identity/index.ts'
import type { Imports } from '../imports/index.ts'
import {
  AddedPrinterKey,
  AddPrinterKey,
  CodesHealth,
  Decision,
  GrantBalance,
  GrantQuota,
  LABEL_KIND_WORDS,
  LabelPrice,
  LegacyReport,
  Order,
  ORDER_STATE_WORDS,
  type OrderState,
  PackDetail,
  PackDownload,
  Quote,
  QuoteQuery,
  Reason,
  ReceiveLabels,
  ReportCounts,
  ResolvedCode,
  ResolveInputs,
  SetPrice,
  SubmitOrder,
} from './contract.ts'
import { approveOrder, cancelOrder, type IssueDeps, MAX_DOWNLOADS, refuseOrder, releasePack } from './decide-order.ts'
import { jobTicket, openPackDownload } from './download-pack.ts'
import { codesFail } from './errors.ts'
import type { KeyRing } from './key-ring.ts'
import { LEGACY_KINDS, LEGACY_MAX_BYTES, previewLegacyCodes, startLegacyImport } from './legacy-codes.ts'
import { addPrinterKey, fingerprintOf } from './printer-keys.ts'
import { grantQuota, grantsOf, prices, setPrice } from './quota.ts'
import { explainDifference, receiveLabels, reportPrinted } from './report-counts.ts'
import { type Batch, findOrder, findPack, ORDER_FROM } from './repository.ts'
import type { ResolvedInput } from './resolve-inputs.ts'
import { quoteOrder, submitOrder } from './submit-order.ts'
import { maySee, seenBy } from '../../platform/http/wall.ts'
import { isSandbox } from '../../kernel/sandbox.ts'

interface Deps {
  readonly identity: Identity
  readonly imports: Imports
  readonly keyRing: KeyRing
  readonly issueDeps: IssueDeps
  readonly orderDeps: { identity: Identity; imports: Imports }
  readonly resolve: (db: Sql, inputs: readonly string[], organisationId?: string) => Promise<ResolvedInput[]>
  /** What a sandbox has in place of operator and printer. */
  readonly fulfil: (tx: Tx, orderId: string, organisationId: string, at: Date) => Promise<void>
  readonly codes: {
    batchesOf(db: Sql, ids: readonly number[]): Promise<Map<number, Batch>>
    uriOf(batch: Batch, index: number): string
  }
}

const orderParams = z.object({ orderId: z.uuid() })
const packParams = z.object({ packId: z.uuid() })

/** Own orders of an importer, those of its packs for a printer, all of them for the supervisors. */
function ordersSeenBy(actor: Actor): SqlText {
  if (actor.organisationKind === 'printer')
    return sql`(o.printer_id = ${actor.organisationId} and o.status in ('released', 'printed', 'received'))`
  return seenBy(actor, sql`o.organisation_id`)
}

function packsSeenBy(actor: Actor): SqlText {
  if (actor.organisationKind === 'printer') return sql`k.printer_id = ${actor.organisationId}`
  return sql`exists (select 1 from code_order o where o.id = k.order_id and ${seenBy(actor, sql`o.organisation_id`)})`
}

export function codeRoutes(platform: Platform, deps: Deps): Route[] {
  return [
    ...orderRoutes(platform, deps),
    ...packRoutes(platform, deps),
    ...quotaRoutes(platform),
    ...printerRoutes(platform),
    ...codeInputRoutes(platform, deps),
  ]
}

const orderList = defineListing({
  name: 'orders',
  from: ORDER_FROM,
  key: sql`o.id`,
  defaultSort: '-submittedAt',
  search: [sql`o.number`, sql`p.name_zh`, sql`p.name_en`, sql`l.lot_number`, sql`org.name_zh`, sql`org.name_en`],
  columns: {
    id: { sql: sql`o.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    number: { sql: sql`o.number`, type: 'text', words: { zh: '订单号', en: 'Order' } },
    status: { sql: sql`o.status`, type: 'enum', words: { zh: '状态', en: 'State' }, options: ORDER_STATE_WORDS },
    organisationNameZh: { sql: sql`org.name_zh`, type: 'text', words: { zh: '企业', en: 'Enterprise (Chinese)' } },
    organisationNameEn: {
      sql: sql`coalesce(nullif(org.name_en, ''), org.name_zh)`,
      type: 'text',
      words: { zh: '企业英文名', en: 'Enterprise' },
    },
    productNameZh: { sql: sql`p.name_zh`, type: 'text', words: { zh: '商品', en: 'Product (Chinese)' } },
    productNameEn: { sql: sql`p.name_en`, type: 'text', words: { zh: '英文名', en: 'Product' } },
    lotNumber: { sql: sql`l.lot_number`, type: 'text', words: { zh: '批号', en: 'Lot' } },
    labelKind: { sql: sql`o.label_kind`, type: 'enum', words: { zh: '标签类型', en: 'Labels' }, options: LABEL_KIND_WORDS },
    quantity: { sql: sql`o.quantity`, type: 'number', words: { zh: '数量', en: 'Quantity' } },
    spoilage: { sql: sql`o.spoilage`, type: 'number', words: { zh: '损耗', en: 'Spoilage' } },
    printed: { sql: sql`counts.printed`, type: 'number', words: { zh: '已印', en: 'Printed' } },
    scrapped: { sql: sql`counts.scrapped`, type: 'number', words: { zh: '报废', en: 'Scrapped' } },
    left: { sql: sql`counts.labels_left`, type: 'number', words: { zh: '剩余', en: 'Left' } },
    received: { sql: sql`counts.received`, type: 'number', words: { zh: '签收', en: 'Received' } },
    feeFen: { sql: sql`o.fee_fen`, type: 'number', words: { zh: '费用（分）', en: 'Fee (fen)' } },
    subsidyFen: { sql: sql`o.subsidy_fen`, type: 'number', words: { zh: '补贴（分）', en: 'Subsidy (fen)' } },
    printerNameZh: { sql: sql`printer.name_zh`, type: 'text', words: { zh: '印刷厂', en: 'Printer (Chinese)' } },
    printerNameEn: {
      sql: sql`coalesce(nullif(printer.name_en, ''), printer.name_zh)`,
      type: 'text',
      words: { zh: '印刷厂英文名', en: 'Printer' },
    },
    submittedAt: { sql: sql`o.submitted_at`, type: 'instant', words: { zh: '提交时间', en: 'Submitted' } },
    packId: { sql: sql`k.id`, type: 'text', words: { zh: '码包', en: 'Pack' }, exported: false },
    batchId: { sql: sql`b.id`, type: 'number', words: { zh: '码批次', en: 'Batch' } },
    lotId: { sql: sql`o.lot_id`, type: 'text', words: { zh: '批号编号', en: 'Lot id' }, exported: false },
  },
})

function orderRoutes(platform: Platform, deps: Deps): Route[] {
  const object = { kind: 'order', param: 'orderId' }
  const { db } = platform
  const seen = async (id: string, actor: Actor) => {
    const order = await findOrder(db, id, ordersSeenBy(actor))
    if (order === undefined) throw httpFail('NOT_FOUND')
    return order
  }
  return [
    read({
      id: 'orders.list',
      url: '/api/orders',
      summary: { zh: '标签订单', en: 'Label orders' },
      policy: { access: 'orders.read' },
      query: listQuery,
      answers: { 200: pageOfListing(orderList) },
      handle: ({ query, actor, facts, reply }) => respondWithList(db, orderList, query, { where: ordersSeenBy(actor), facts, reply }),
    }),
    read({
      id: 'orders.quote',
      url: '/api/orders/quote',
      summary: { zh: '订购试算', en: 'What an order would be and cost' },
      policy: { access: 'orders.write' },
      query: QuoteQuery,
      answers: { 200: Quote },
      handle: ({ query, actor, facts }) => quoteOrder(db, deps.orderDeps, query, { actor, at: facts.at }),
    }),
    read({
      id: 'orders.get',
      url: '/api/orders/:orderId',
      summary: { zh: '订单详情', en: 'One order with its reconciliation and history' },
      policy: { access: 'orders.read', object },
      params: orderParams,
      answers: { 200: Order },
      handle: ({ params, actor }) => seen(params.orderId, actor),
    }),
    act({
      id: 'orders.submit',
      method: 'POST',
      url: '/api/orders',
      summary: { zh: '提交订单', en: 'Order labels' },
      policy: { access: 'orders.write' },
      idempotency: 'required',
      status: 201,
      body: SubmitOrder,
      answers: { 201: Order },
      example: {
        body: {
          lotId: '0197a000-0000-7000-8000-000000000001',
          quantity: 1200,
          spoilage: 24,
          printerId: '0197a000-0000-7000-8000-000000000002',
          rollSize: 500,
        },
      },
      handle: async ({ body, actor, facts, tx, audit }) => {
        const id = await submitOrder(tx, deps.orderDeps, body, { actor, at: facts.at })
        if (isSandbox(actor.organisationId)) await deps.fulfil(tx, id, actor.organisationId, facts.at)
        audit({ objectKind: 'order', objectId: id, detail: { quantity: body.quantity, spoilage: body.spoilage } })
        return findOrder(tx, id, sql`true`)
      },
    }),
    ...(['approve', 'refuse'] as const).map((verb) =>
      act({
        id: `orders.${verb}`,
        method: 'POST',
        url: `/api/orders/:orderId/${verb}`,
        summary:
          verb === 'approve'
            ? { zh: '批准订单并生成码', en: 'Approve an order and issue its codes' }
            : { zh: '退回订单', en: 'Refuse an order' },
        policy: { access: 'orders.approve', object },
        idempotency: 'required',
        params: orderParams,
        body: verb === 'approve' ? Decision : Reason,
        answers: { 200: Order },
        example: { body: { reason: verb === 'approve' ? '' : '申报数量与报关单不符' } },
        handle: async ({ params, body, actor, facts, tx, audit }) => {
          const ctx = { actor, at: facts.at, where: ordersSeenBy(actor) }
          if (verb === 'approve') await approveOrder(tx, deps.issueDeps, params.orderId, body.reason, ctx)
          else await refuseOrder(tx, params.orderId, body.reason, ctx)
          audit({ objectKind: 'order', objectId: params.orderId, detail: { reason: body.reason } })
          return findOrder(tx, params.orderId, sql`true`)
        },
      }),
    ),
    act({
      id: 'orders.cancel',
      method: 'POST',
      url: '/api/orders/:orderId/cancel',
      summary: { zh: '取消订单', en: 'Cancel an own order that is not issued yet' },
      policy: { access: 'orders.write', object },
      idempotency: 'required',
      params: orderParams,
      body: Reason,
      answers: { 200: Order },
      example: { body: { reason: '数量填错' } },
      handle: async ({ params, body, actor, facts, tx, audit }) => {
        await cancelOrder(tx, params.orderId, body.reason, { actor, at: facts.at, where: sql`o.organisation_id = ${actor.organisationId}` })
        audit({ objectKind: 'order', objectId: params.orderId, detail: { reason: body.reason } })
        return findOrder(tx, params.orderId, sql`true`)
      },
    }),
    act({
      id: 'orders.release',
      method: 'POST',
      url: '/api/orders/:orderId/release',
      summary: { zh: '放行码包给印刷厂', en: 'Release the codes to the named printer' },
      policy: { access: 'packs.release', object },
      idempotency: 'required',
      params: orderParams,
      answers: { 200: Order },
      handle: async ({ params, actor, facts, tx, audit }) => {
        const packId = await releasePack(tx, params.orderId, { actor, at: facts.at, where: ordersSeenBy(actor) })
        audit({ objectKind: 'order', objectId: params.orderId, detail: { packId } })
        return findOrder(tx, params.orderId, sql`true`)
      },
    }),
    act({
      id: 'orders.report-printed',
      method: 'POST',
      url: '/api/orders/:orderId/print-report',
      summary: { zh: '印刷厂报数', en: 'The printer reports printed, scrapped and left labels' },
      policy: { access: 'prints.report', object },
      idempotency: 'required',
      params: orderParams,
      body: ReportCounts,
      answers: { 200: PackDetail },
      example: { body: { printed: 1210, left: 4, scrapped: [], note: '' } },
      handle: async ({ params, body, actor, facts, tx, audit }) => {
        await reportPrinted(tx, (inputs, organisationId) => deps.resolve(tx, inputs, organisationId), params.orderId, body, {
          actor,
          at: facts.at,
          where: ordersSeenBy(actor),
        })
        audit({
          objectKind: 'order',
          objectId: params.orderId,
          detail: { printed: body.printed, left: body.left, scrapped: body.scrapped.length },
        })
        // what the importer pays is none of its printer's business
        return findPack(tx, sql`o.id = ${params.orderId}`)
      },
    }),
    act({
      id: 'orders.receive',
      method: 'POST',
      url: '/api/orders/:orderId/receive',
      summary: { zh: '签收标签', en: 'The importer counts the labels that arrived' },
      policy: { access: 'orders.write', object },
      idempotency: 'required',
      params: orderParams,
      body: ReceiveLabels,
      answers: { 200: Order },
      example: { body: { received: 1210, note: '' } },
      handle: async ({ params, body, actor, facts, tx, audit }) => {
        await receiveLabels(tx, params.orderId, body, { actor, at: facts.at, where: sql`o.organisation_id = ${actor.organisationId}` })
        audit({ objectKind: 'order', objectId: params.orderId, detail: { received: body.received } })
        return findOrder(tx, params.orderId, sql`true`)
      },
    }),
    act({
      id: 'orders.explain',
      method: 'POST',
      url: '/api/orders/:orderId/explain',
      summary: { zh: '说明差异', en: 'Explain labels that do not add up' },
      policy: { access: 'orders.write', object },
      idempotency: 'required',
      params: orderParams,
      body: Reason,
      answers: { 200: Order },
      example: { body: { reason: '一卷在运输中受潮，已销毁并留存照片' } },
      handle: async ({ params, body, actor, facts, tx, audit }) => {
        await explainDifference(tx, params.orderId, body.reason, {
          actor,
          at: facts.at,
          where: sql`o.organisation_id = ${actor.organisationId}`,
        })
        audit({ objectKind: 'order', objectId: params.orderId, detail: { reason: body.reason } })
        return findOrder(tx, params.orderId, sql`true`)
      },
    }),
  ]
}

const packList = defineListing({
  name: 'packs',
  from: sql`pack k join code_order o on o.id = k.order_id join code_batch b on b.id = k.batch_id join organisation org on org.id = o.organisation_id join organisation printer on printer.id = k.printer_id
    left join lateral (select count(distinct d.id)::int as n, max(d.started_at) as last, coalesce(sum(c.seen), 0)::int as seen from pack_download d left join canary c on c.download_id = d.id where d.pack_id = k.id) downloads on true`,
  key: sql`k.id`,
  defaultSort: '-releasedAt',
  search: [sql`o.number`, sql`org.name_zh`, sql`org.name_en`, sql`printer.name_zh`, sql`printer.name_en`],
  columns: {
    id: { sql: sql`k.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    orderId: { sql: sql`o.id`, type: 'text', words: { zh: '订单编号', en: 'Order id' }, exported: false },
    orderNumber: { sql: sql`o.number`, type: 'text', words: { zh: '订单号', en: 'Order' } },
    state: {
      sql: sql`k.state`,
      type: 'enum',
      words: { zh: '状态', en: 'State' },
      options: { released: { zh: '已放行', en: 'released' }, destroyed: { zh: '已销毁', en: 'destroyed' } },
    },
    orderStatus: { sql: sql`o.status`, type: 'enum', words: { zh: '订单状态', en: 'Order state' }, options: ORDER_STATE_WORDS },
    organisationNameZh: { sql: sql`org.name_zh`, type: 'text', words: { zh: '企业', en: 'Enterprise (Chinese)' } },
    organisationNameEn: {
      sql: sql`coalesce(nullif(org.name_en, ''), org.name_zh)`,
      type: 'text',
      words: { zh: '企业英文名', en: 'Enterprise' },
    },
    printerNameZh: { sql: sql`printer.name_zh`, type: 'text', words: { zh: '印刷厂', en: 'Printer (Chinese)' } },
    printerNameEn: {
      sql: sql`coalesce(nullif(printer.name_en, ''), printer.name_zh)`,
      type: 'text',
      words: { zh: '印刷厂英文名', en: 'Printer' },
    },
    labels: { sql: sql`b.quantity`, type: 'number', words: { zh: '标签数', en: 'Labels' } },
    rollSize: { sql: sql`b.roll_size`, type: 'number', words: { zh: '每卷', en: 'Roll' } },
    downloads: { sql: sql`downloads.n`, type: 'number', words: { zh: '下载次数', en: 'Downloads' } },
    maxDownloads: { sql: sql`k.max_downloads`, type: 'number', words: { zh: '下载上限', en: 'Limit' } },
    lastDownloadAt: { sql: sql`downloads.last`, type: 'instant', words: { zh: '最近下载', en: 'Last download' } },
    canariesSeen: { sql: sql`downloads.seen`, type: 'number', words: { zh: '泄漏告警', en: 'Canaries seen' } },
    releasedAt: { sql: sql`k.released_at`, type: 'instant', words: { zh: '放行时间', en: 'Released' } },
  },
})

const downloadList = defineListing({
  name: 'pack-downloads',
  from: sql`pack_download d join pack k on k.id = d.pack_id join code_order o on o.id = k.order_id join organisation org on org.id = o.organisation_id join organisation printer on printer.id = k.printer_id
    left join lateral (select coalesce(sum(c.seen), 0)::int as seen from canary c where c.download_id = d.id) canaries on true`,
  key: sql`d.id`,
  defaultSort: '-startedAt',
  search: [sql`o.number`, sql`org.name_zh`, sql`org.name_en`, sql`printer.name_zh`, sql`printer.name_en`, sql`d.actor`],
  columns: {
    id: { sql: sql`d.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    packId: { sql: sql`k.id`, type: 'text', words: { zh: '码包', en: 'Pack' }, exported: false },
    orderNumber: { sql: sql`o.number`, type: 'text', words: { zh: '订单号', en: 'Order' } },
    organisationNameZh: { sql: sql`org.name_zh`, type: 'text', words: { zh: '企业', en: 'Enterprise (Chinese)' } },
    organisationNameEn: {
      sql: sql`coalesce(nullif(org.name_en, ''), org.name_zh)`,
      type: 'text',
      words: { zh: '企业英文名', en: 'Enterprise' },
    },
    printerNameZh: { sql: sql`printer.name_zh`, type: 'text', words: { zh: '印刷厂', en: 'Printer (Chinese)' } },
    printerNameEn: {
      sql: sql`coalesce(nullif(printer.name_en, ''), printer.name_zh)`,
      type: 'text',
      words: { zh: '印刷厂英文名', en: 'Printer' },
    },
    number: { sql: sql`d.number`, type: 'number', words: { zh: '第几次', en: 'Number' } },
    actor: { sql: sql`d.actor`, type: 'text', words: { zh: '下载人', en: 'By' } },
    address: { sql: sql`d.address`, type: 'text', words: { zh: '网络地址', en: 'Address' } },
    startedAt: { sql: sql`d.started_at`, type: 'instant', words: { zh: '开始时间', en: 'Started' } },
    state: {
      sql: sql`(case when d.completed_at is not null then 'complete' when d.cut_at is not null then 'cut' else 'running' end)`,
      type: 'enum',
      words: { zh: '状态', en: 'State' },
      options: {
        complete: { zh: '完整', en: 'complete' },
        cut: { zh: '中断', en: 'broken off' },
        running: { zh: '下载中', en: 'running' },
      },
    },
    rows: { sql: sql`d.rows`, type: 'number', words: { zh: '行数', en: 'Rows' } },
    bytes: { sql: sql`d.bytes`, type: 'number', words: { zh: '字节数', en: 'Bytes' } },
    completedAt: { sql: sql`d.completed_at`, type: 'instant', words: { zh: '完成时间', en: 'Completed' } },
    sha256: { sql: sql`encode(d.plain_sha256, 'hex')`, type: 'text', words: { zh: '明文 SHA-256', en: 'SHA-256 of the rows' } },
    canariesSeen: { sql: sql`canaries.seen`, type: 'number', words: { zh: '泄漏告警', en: 'Canaries seen' } },
  },
})

const batchList = defineListing({
  name: 'batches',
  from: sql`code_batch b join code_order o on o.id = b.order_id join organisation org on org.id = b.organisation_id left join product p on p.id = b.product_id left join lot l on l.id = b.lot_id`,
  key: sql`b.id`,
  defaultSort: '-id',
  search: [sql`o.number`, sql`p.name_zh`, sql`p.name_en`, sql`l.lot_number`, sql`org.name_zh`, sql`org.name_en`],
  columns: {
    id: { sql: sql`b.id`, type: 'number', words: { zh: '码批次', en: 'Batch' } },
    orderId: { sql: sql`o.id`, type: 'text', words: { zh: '订单编号', en: 'Order id' }, exported: false },
    orderNumber: { sql: sql`o.number`, type: 'text', words: { zh: '订单号', en: 'Order' } },
    orderStatus: { sql: sql`o.status`, type: 'enum', words: { zh: '订单状态', en: 'Order state' }, options: ORDER_STATE_WORDS },
    organisationNameZh: { sql: sql`org.name_zh`, type: 'text', words: { zh: '企业', en: 'Enterprise (Chinese)' } },
    organisationNameEn: {
      sql: sql`coalesce(nullif(org.name_en, ''), org.name_zh)`,
      type: 'text',
      words: { zh: '企业英文名', en: 'Enterprise' },
    },
    productNameZh: { sql: sql`p.name_zh`, type: 'text', words: { zh: '商品', en: 'Product (Chinese)' } },
    productNameEn: { sql: sql`p.name_en`, type: 'text', words: { zh: '英文名', en: 'Product' } },
    lotNumber: { sql: sql`l.lot_number`, type: 'text', words: { zh: '批号', en: 'Lot' } },
    labelKind: { sql: sql`o.label_kind`, type: 'enum', words: { zh: '标签类型', en: 'Labels' }, options: LABEL_KIND_WORDS },
    quantity: { sql: sql`b.quantity`, type: 'number', words: { zh: '标签数', en: 'Labels' } },
    rollSize: { sql: sql`b.roll_size`, type: 'number', words: { zh: '每卷', en: 'Roll' } },
    keyVersion: { sql: sql`b.key_version`, type: 'number', words: { zh: '密钥版本', en: 'Key version' } },
    issuedAt: { sql: sql`b.issued_at`, type: 'instant', words: { zh: '生成时间', en: 'Issued' } },
  },
})

function packRoutes(platform: Platform, deps: Deps): Route[] {
  const object = { kind: 'pack', param: 'packId' }
  const { db } = platform
  const download = {
    db,
    clock: platform.clock,
    log: platform.log,
    keys: platform.keys,
    keyRing: deps.keyRing,
    publicUrl: platform.config.publicUrl,
  }
  return [
    read({
      id: 'packs.list',
      url: '/api/packs',
      summary: { zh: '码包', en: 'Packs' },
      policy: { access: 'packs.read' },
      query: listQuery,
      answers: { 200: pageOfListing(packList) },
      handle: ({ query, actor, facts, reply }) => respondWithList(db, packList, query, { where: packsSeenBy(actor), facts, reply }),
    }),
    read({
      id: 'packs.get',
      url: '/api/packs/:packId',
      summary: { zh: '码包详情', en: 'One pack with what its printer has reported' },
      policy: { access: 'packs.read', object },
      params: packParams,
      answers: { 200: PackDetail },
      handle: async ({ params, actor }) => {
        const pack = await findPack(db, sql`k.id = ${params.packId} and ${packsSeenBy(actor)}`)
        if (pack === undefined) throw httpFail('NOT_FOUND')
        return pack
      },
    }),
    read({
      id: 'packs.downloads',
      url: '/api/packs/:packId/downloads',
      summary: { zh: '码包下载记录', en: 'Downloads of a pack: who, when, how far, whose canaries were seen' },
      policy: { access: 'packs.read', object },
      params: packParams,
      answers: { 200: z.object({ items: z.array(PackDownload) }) },
      handle: async ({ params, actor }) => {
        const pack = await maybeOne(db, sql`select 1 from pack k where k.id = ${params.packId} and ${packsSeenBy(actor)}`)
        if (pack === undefined) throw httpFail('NOT_FOUND')
        const rows = await db.query<{
          id: string
          number: number
          actor: string
          address: string
          started_at: string
          rows: bigint
          bytes: bigint
          completed_at: string | null
          cut_at: string | null
          plain_sha256: Buffer | null
          seen: number
        }>(sql`
          select d.id, d.number, d.actor, d.address, d.started_at, d.rows, d.bytes, d.completed_at, d.cut_at, d.plain_sha256,
            coalesce((select sum(c.seen) from canary c where c.download_id = d.id), 0)::int as seen
          from pack_download d where d.pack_id = ${params.packId} order by d.number`)
        return {
          items: rows.map((r) => ({
            id: r.id,
            number: r.number,
            actor: r.actor,
            address: r.address,
            startedAt: r.started_at,
            rows: Number(r.rows),
            bytes: Number(r.bytes),
            completedAt: r.completed_at,
            cutAt: r.cut_at,
            sha256: r.plain_sha256 === null ? null : r.plain_sha256.toString('hex'),
            canariesSeen: r.seen,
          })),
        }
      },
    }),
    read({
      id: 'packs.all-downloads',
      url: '/api/pack-downloads',
      summary: { zh: '全部码包下载记录', en: 'Downloads of all packs that one may see' },
      policy: { access: 'packs.read' },
      query: listQuery,
      answers: { 200: pageOfListing(downloadList) },
      handle: ({ query, actor, facts, reply }) => respondWithList(db, downloadList, query, { where: packsSeenBy(actor), facts, reply }),
    }),
    raw({
      id: 'packs.download',
      method: 'POST',
      url: '/api/packs/:packId/download',
      summary: { zh: '下载码包（age 加密 CSV）', en: 'Download a pack: CSV encrypted to the printer’s age keys, streamed' },
      policy: { access: 'packs.download', object },
      answers: {
        200: {
          mediaType: 'application/age',
          description: 'age ciphertext of the CSV no,roll,serial,uri; headers X-Download-Id and X-Pack-Rows',
        },
      },
      limitPerMinute: 10,
      handle: async ({ actor, facts, request, reply }) => {
        const { packId } = validate(packParams, request.params, 'path')
        const opened = await openPackDownload(download, packId, {
          actor: actor!,
          address: facts.address,
          at: facts.at,
          where: packsSeenBy(actor!),
        })
        return reply
          .header('content-disposition', contentDisposition(`pack-${packId.slice(-8)}.csv.age`))
          .header('x-download-id', opened.downloadId)
          .header('x-pack-rows', String(opened.rows))
          .header('cache-control', 'no-store')
          .type('application/age')
          .send(opened.stream)
      },
    }),
    raw({
      id: 'packs.ticket',
      method: 'GET',
      url: '/api/packs/:packId/downloads/:downloadId/ticket',
      summary: { zh: '作业单（加密，列明不得贴用的序列号）', en: 'Sealed job ticket of a download: the serials never to be applied' },
      policy: { access: 'packs.download', object },
      answers: { 200: { mediaType: 'application/age', description: 'age ciphertext of a JSON job ticket' } },
      handle: async ({ actor, request, reply }) => {
        const params = validate(packParams.extend({ downloadId: z.uuid() }), request.params, 'path')
        const ticket = await jobTicket(download, params.packId, params.downloadId, packsSeenBy(actor!))
        return reply
          .header('content-disposition', contentDisposition(`ticket-${params.downloadId.slice(-8)}.json.age`))
          .type('application/age')
          .send(ticket)
      },
    }),
    act({
      id: 'packs.allow-download',
      method: 'POST',
      url: '/api/packs/:packId/allow-download',
      summary: { zh: '允许再下载一次', en: 'Allow one more download' },
      policy: { access: 'packs.release', object },
      idempotency: 'required',
      params: packParams,
      body: Reason,
      example: { body: { reason: '印刷厂下载中断' } },
      answers: { 200: z.object({ packId: z.uuid() }) },
      handle: async ({ params, body, actor, tx, audit }) => {
        const pack = await maybeOne<{ max_downloads: number }>(
          tx,
          sql`select max_downloads from pack k where k.id = ${params.packId} and ${packsSeenBy(actor)} for update`,
        )
        if (pack === undefined) throw httpFail('NOT_FOUND')
        if (pack.max_downloads >= MAX_DOWNLOADS) throw codesFail('DOWNLOADS_AT_MOST', { limit: MAX_DOWNLOADS })
        await tx.execute(sql`update pack set max_downloads = max_downloads + 1 where id = ${params.packId}`)
        audit({ objectKind: 'pack', objectId: params.packId, detail: { reason: body.reason } })
        return { packId: params.packId }
      },
    }),
    act({
      id: 'packs.destroy',
      method: 'POST',
      url: '/api/packs/:packId/destroy',
      summary: { zh: '确认已销毁码包文件', en: 'The printer confirms that the pack’s files are destroyed' },
      policy: { access: 'packs.download', object },
      idempotency: 'required',
      params: packParams,
      answers: { 200: z.object({ packId: z.uuid(), state: z.literal('destroyed') }) },
      handle: async ({ params, actor, facts, tx, audit }) => {
        const changed = await tx.execute(
          sql`update pack k set state = 'destroyed', destroyed_at = coalesce(k.destroyed_at, ${facts.at.toISOString()}) where k.id = ${params.packId} and ${packsSeenBy(actor)}`,
        )
        if (changed === 0) throw httpFail('NOT_FOUND')
        audit({ objectKind: 'pack', objectId: params.packId })
        return { packId: params.packId, state: 'destroyed' }
      },
    }),
  ]
}

const quotaList = defineListing({
  name: 'quota-entries',
  from: sql`quota_entry e join organisation org on org.id = e.organisation_id left join code_order o on o.id = e.order_id`,
  key: sql`e.id`,
  defaultSort: '-at',
  search: [sql`org.name_zh`, sql`org.name_en`, sql`o.number`, sql`e.note`],
  columns: {
    id: { sql: sql`e.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    at: { sql: sql`e.at`, type: 'instant', words: { zh: '时间', en: 'Time' } },
    organisationNameZh: { sql: sql`org.name_zh`, type: 'text', words: { zh: '企业', en: 'Enterprise (Chinese)' } },
    organisationNameEn: {
      sql: sql`coalesce(nullif(org.name_en, ''), org.name_zh)`,
      type: 'text',
      words: { zh: '企业英文名', en: 'Enterprise' },
    },
    kind: {
      sql: sql`e.kind`,
      type: 'enum',
      words: { zh: '科目', en: 'Kind' },
      options: {
        grant: { zh: '授予', en: 'granted' },
        reserve: { zh: '占用', en: 'reserved' },
        release: { zh: '退回', en: 'given back' },
        expire: { zh: '到期', en: 'expired' },
        charge: { zh: '收费', en: 'charged' },
        refund: { zh: '退费', en: 'refunded' },
      },
    },
    labels: { sql: sql`e.labels`, type: 'number', words: { zh: '标签数', en: 'Labels' } },
    subsidyFen: { sql: sql`e.subsidy_fen`, type: 'number', words: { zh: '补贴（分）', en: 'Subsidy (fen)' } },
    feeFen: { sql: sql`e.fee_fen`, type: 'number', words: { zh: '费用（分）', en: 'Fee (fen)' } },
    orderNumber: { sql: sql`o.number`, type: 'text', words: { zh: '订单号', en: 'Order' } },
    note: { sql: sql`e.note`, type: 'text', words: { zh: '说明', en: 'Note' } },
  },
})

function quotaRoutes(platform: Platform): Route[] {
  const { db } = platform
  return [
    read({
      id: 'quota.entries',
      url: '/api/quota/entries',
      summary: { zh: '额度与补贴台账', en: 'Ledger of quota and subsidy' },
      policy: { access: 'quota.read' },
      query: listQuery,
      answers: { 200: pageOfListing(quotaList) },
      handle: ({ query, actor, facts, reply }) =>
        respondWithList(db, quotaList, query, {
          where: seenBy(actor, sql`e.organisation_id`),
          facts,
          reply,
        }),
    }),
    read({
      id: 'quota.balance',
      url: '/api/quota/balance',
      summary: { zh: '当前额度', en: 'Grants that are valid today and what is left of them' },
      policy: { access: 'quota.read' },
      query: z.object({ organisationId: z.uuid().optional() }),
      answers: { 200: z.object({ organisationId: z.uuid(), grants: z.array(GrantBalance) }) },
      handle: async ({ query, actor, facts }) => {
        const organisationId = actor.sees === 'all' ? (query.organisationId ?? actor.organisationId) : actor.organisationId
        return { organisationId, grants: await grantsOf(db, organisationId, civilDateOf(facts.at)) }
      },
    }),
    read({
      id: 'quota.prices',
      url: '/api/quota/prices',
      summary: { zh: '标签单价', en: 'What a label costs, by the day from which it holds' },
      policy: { access: 'quota.read' },
      answers: { 200: z.object({ items: z.array(LabelPrice) }) },
      handle: async () => ({ items: await prices(db) }),
    }),
    act({
      id: 'quota.set-price',
      method: 'POST',
      url: '/api/quota/prices',
      summary: { zh: '设定标签单价', en: 'Set what a label costs from a day on' },
      policy: { access: 'quota.write' },
      idempotency: 'required',
      body: SetPrice,
      example: { body: { validFrom: '2027-01-01', priceFen: 10 } },
      answers: { 200: z.object({ items: z.array(LabelPrice) }) },
      handle: async ({ body, facts, tx, audit }) => {
        await setPrice(tx, body, civilDateOf(facts.at))
        audit({ objectKind: 'label-price', objectId: body.validFrom, detail: { priceFen: body.priceFen } })
        return { items: await prices(tx) }
      },
    }),
    act({
      id: 'quota.grant',
      method: 'POST',
      url: '/api/quota/grants',
      summary: { zh: '授予额度', en: 'Grant labels that somebody else pays for' },
      policy: { access: 'quota.write' },
      idempotency: 'required',
      status: 201,
      body: GrantQuota,
      example: {
        body: {
          organisationId: '0197a000-0000-7000-8000-000000000001',
          payer: 'government',
          labels: 5000,
          validFrom: '2026-01-01',
          validTo: '2026-12-31',
          note: '首年免费',
        },
      },
      answers: { 201: z.object({ id: z.uuid() }) },
      handle: async ({ body, actor, facts, tx, audit }) => {
        const exists = await maybeOne(tx, sql`select 1 from organisation where id = ${body.organisationId}`)
        if (exists === undefined) throw httpFail('NOT_FOUND')
        const id = await grantQuota(tx, body, { personId: actor.personId ?? null, at: facts.at })
        audit({
          objectKind: 'quota-grant',
          objectId: id,
          organisationId: body.organisationId,
          detail: { labels: body.labels, payer: body.payer },
        })
        return { id }
      },
    }),
  ]
}

const printerKeyList = defineListing({
  name: 'printer-keys',
  from: sql`printer_key k join organisation o on o.id = k.organisation_id`,
  key: sql`k.id`,
  defaultSort: '-addedAt',
  search: [sql`o.name_zh`, sql`o.name_en`, sql`k.recipient`, sql`k.note`],
  columns: {
    id: { sql: sql`k.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    organisationNameZh: { sql: sql`o.name_zh`, type: 'text', words: { zh: '印刷厂', en: 'Printer (Chinese)' } },
    organisationNameEn: {
      sql: sql`coalesce(nullif(o.name_en, ''), o.name_zh)`,
      type: 'text',
      words: { zh: '印刷厂英文名', en: 'Printer' },
    },
    recipient: { sql: sql`k.recipient`, type: 'text', words: { zh: '公钥', en: 'Recipient' } },
    // as fingerprintOf writes it
    fingerprint: {
      sql: sql`regexp_replace(left(encode(sha256(convert_to(k.recipient, 'UTF8')), 'hex'), 16), '(.{4})(?=.)', '\\1 ', 'g')`,
      type: 'text',
      words: { zh: '指纹', en: 'Fingerprint' },
    },
    note: { sql: sql`k.note`, type: 'text', words: { zh: '说明', en: 'Note' } },
    addedAt: { sql: sql`k.added_at`, type: 'instant', words: { zh: '登记时间', en: 'Added' } },
    retiredAt: { sql: sql`k.retired_at`, type: 'instant', words: { zh: '停用时间', en: 'Retired' } },
  },
})

function printerRoutes(platform: Platform): Route[] {
  const { db } = platform
  return [
    read({
      id: 'printer-keys.list',
      url: '/api/printer-keys',
      summary: { zh: '印刷厂公钥', en: 'The printer’s registered age recipients' },
      policy: { access: 'packs.read' },
      query: listQuery,
      answers: { 200: pageOfListing(printerKeyList) },
      handle: ({ query, actor, facts, reply }) =>
        respondWithList(db, printerKeyList, query, {
          where: seenBy(actor, sql`k.organisation_id`),
          facts,
          reply,
        }),
    }),
    act({
      id: 'printer-keys.add',
      method: 'POST',
      url: '/api/printer-keys',
      summary: { zh: '登记公钥', en: 'Register an age recipient to which packs are encrypted' },
      policy: { access: 'packs.download' },
      idempotency: 'required',
      status: 201,
      body: AddPrinterKey,
      example: { body: { recipient: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p', note: '生产机' } },
      answers: { 201: AddedPrinterKey },
      handle: async ({ body, actor, facts, tx, audit }) => {
        if (actor.organisationKind !== 'printer') throw httpFail('FORBIDDEN', { permission: 'packs.download' })
        const id = await addPrinterKey(tx, actor.organisationId, body, { personId: actor.personId ?? null, at: facts.at })
        const fingerprint = fingerprintOf(body.recipient)
        audit({ objectKind: 'printer-key', objectId: id, detail: { fingerprint } })
        return { id, fingerprint }
      },
    }),
    act({
      id: 'printer-keys.retire',
      method: 'POST',
      url: '/api/printer-keys/:keyId/retire',
      summary: { zh: '停用公钥', en: 'Retire a recipient' },
      policy: { access: 'packs.download' },
      idempotency: 'required',
      params: z.object({ keyId: z.uuid() }),
      answers: { 200: z.object({ id: z.uuid() }) },
      handle: async ({ params, actor, facts, tx, audit }) => {
        const changed = await tx.execute(
          sql`update printer_key set retired_at = ${facts.at.toISOString()} where id = ${params.keyId} and organisation_id = ${actor.organisationId} and retired_at is null`,
        )
        if (changed === 0) throw httpFail('NOT_FOUND')
        audit({ objectKind: 'printer-key', objectId: params.keyId })
        return { id: params.keyId }
      },
    }),
  ]
}

function codeInputRoutes(platform: Platform, deps: Deps): Route[] {
  const { db } = platform
  return [
    act({
      id: 'codes.resolve',
      method: 'POST',
      url: '/api/codes/resolve',
      summary: { zh: '识别扫描或输入的码', en: 'Understand scanned or typed codes' },
      policy: { access: 'goods.read' },
      idempotency: 'none',
      body: ResolveInputs,
      example: { body: { inputs: ['https://sz.example/01/09521234543213/21/1ABCDEFGHJKMNPQRSTVW'] } },
      answers: { 200: z.object({ items: z.array(ResolvedCode) }) },
      handle: async ({ body, actor, tx }) => {
        const found = await deps.resolve(tx, body.inputs, actor.organisationId)
        const batches = await deps.codes.batchesOf(
          tx,
          found.flatMap((f) => ('reason' in f ? [] : [f.batch])),
        )
        return {
          items: found.map((f) => {
            if ('reason' in f) return { input: f.input, reason: f.reason }
            const batch = batches.get(f.batch)
            if (batch === undefined || !maySee(actor, batch.organisationId)) return { input: f.input, reason: 'not-ours' }
            return { input: f.input, batchId: f.batch, index: f.index, uri: deps.codes.uriOf(batch, f.index) }
          }),
        }
      },
    }),
    read({
      id: 'batches.list',
      url: '/api/batches',
      summary: { zh: '码批次', en: 'Batches of codes' },
      policy: { access: 'orders.read' },
      query: listQuery,
      answers: { 200: pageOfListing(batchList) },
      handle: ({ query, actor, facts, reply }) =>
        respondWithList(db, batchList, query, {
          where: seenBy(actor, sql`b.organisation_id`),
          facts,
          reply,
        }),
    }),
    read({
      id: 'codes.health',
      url: '/api/codes/health',
      summary: { zh: '码健康度', en: 'Issued codes by the state of their order, canaries seen, downloads' },
      policy: { access: 'orders.read' },
      answers: { 200: CodesHealth },
      handle: async ({ actor }) => {
        const own = seenBy(actor, sql`b.organisation_id`)
        const states = await db.query<{ status: OrderState; batches: number; labels: bigint }>(sql`
          select o.status, count(*)::int as batches, sum(b.quantity)::bigint as labels from code_batch b join code_order o on o.id = b.order_id where ${own} group by o.status`)
        const alarms =
          actor.sees === 'all'
            ? await maybeOne<{ canaries: number; downloads: number; cut: number }>(
                db,
                sql`
          select (select count(*)::int from canary where first_seen is not null) as canaries, count(*)::int as downloads, (count(*) filter (where cut_at is not null))::int as cut from pack_download`,
              )
            : undefined
        return {
          batches: states.reduce((sum, s) => sum + s.batches, 0),
          labels: states.reduce((sum, s) => sum + Number(s.labels), 0),
          byState: Object.fromEntries(states.map((s) => [s.status, Number(s.labels)])),
          canariesSeen: alarms?.canaries ?? null,
          downloads: alarms?.downloads ?? null,
          downloadsCut: alarms?.cut ?? null,
        }
      },
    }),
    raw({
      id: 'legacy-codes.preview',
      method: 'POST',
      url: '/api/legacy-codes/preview',
      summary: { zh: '旧系统码导入预览', en: 'Preview a file of the older system’s codes' },
      policy: { access: 'legacy.import' },
      bodyLimit: LEGACY_MAX_BYTES + 1024 * 1024,
      limitPerMinute: 20,
      body: LegacyOwner,
      files: { name: 'file', max: 1, required: true, holds: LEGACY_FILE },
      answers: { 200: LegacyReport },
      handle: async ({ actor, request, reply }) => {
        const upload = await readUpload(request, { maxBytes: LEGACY_MAX_BYTES, maxFiles: 1, kinds: LEGACY_KINDS })
        const file = upload.files[0]
        if (file === undefined) throw codesFail('LEGACY_FILE')
        const { organisationId } = validate(LegacyOwner, upload.fields, 'body')
        return reply.send(await previewLegacyCodes(db, file.bytes, await ownerOf(db, deps.identity, actor!, organisationId)))
      },
    }),
    act({
      id: 'legacy-codes.import',
      method: 'POST',
      url: '/api/legacy-codes/import',
      summary: { zh: '导入旧系统码', en: 'Import a file of the older system’s codes; the job’s result is the report of the preview' },
      policy: { access: 'legacy.import' },
      idempotency: 'required',
      status: 202,
      body: LegacyOwner,
      upload: { maxBytes: LEGACY_MAX_BYTES, kinds: LEGACY_KINDS, holds: LEGACY_FILE },
      answers: { 202: z.object({ jobId: z.string() }) },
      handle: async ({ body, actor, facts, tx, audit, upload }) => {
        if (upload === undefined) throw codesFail('LEGACY_FILE')
        const organisationId = await ownerOf(tx, deps.identity, actor, body.organisationId)
        const jobId = await startLegacyImport(platform, tx, upload, organisationId, { actor, at: facts.at })
        audit({ objectKind: 'job', objectId: jobId, organisationId, detail: { file: upload.name, bytes: upload.bytes.length } })
        return { jobId }
      },
    }),
  ]
}

const LEGACY_FILE =
  'A CSV or XLSX table with the columns `code` 码 (the id in the older QR, or the 13 digits under its coating), `gtin` 条码 and `lot` 批号, which must be on file; and, if there are, `system` 系统 and `serialNumber` 序号 (letters, digits, `.`, `_`, `-`)'

/** Whose codes a file holds: an importer's own; the operator has to say. */
const LegacyOwner = z.object({ organisationId: z.uuid().optional() })

async function ownerOf(db: Sql, identity: Identity, actor: Actor, organisationId: string | undefined): Promise<string> {
  if (actor.sees === 'own') {
    if (organisationId !== undefined && organisationId !== actor.organisationId) throw httpFail('NOT_FOUND')
    return actor.organisationId
  }
  if (organisationId === undefined) throw codesFail('LEGACY_OWNER')
  const owner = await identity.organisationOf(db, organisationId)
  if (owner?.kind !== 'importer') throw httpFail('NOT_FOUND')
  return owner.id
}
