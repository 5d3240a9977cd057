import { z } from 'zod'
import { tradeModeOf, tradeModes, transportModeOf, transportModes } from '../../kernel/cn/customs.ts'
import type { Words } from '../../kernel/errors.ts'
import { civilDateOf } from '../../kernel/time.ts'
import type { Sql, Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { contentDisposition } from '../../platform/files/content-disposition.ts'
import { fileOf } from '../../platform/files/files.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { defineListing, listQuery, pageOfListing, respondWithList } from '../../platform/http/listing.ts'
import { act, read, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { productView } from '../products/contract.ts'
import type { Product, Products } from '../products/index.ts'
import {
  type Consignment,
  consignmentBody,
  consignmentDetail,
  consignmentParams,
  consignmentUpdateBody,
  deleteQuery,
  documentKinds,
  documentParams,
  documentView,
  type DocumentKind,
  gateReason,
  IMPORTS_PATHS,
  type Lot,
  lotBody,
  lotFacts,
  lotParams,
  lotUpdateBody,
  lotView,
} from './contract.ts'
import { fail } from './errors.ts'
import { ownedBy, seenBy } from './policy.ts'
import {
  type ConsignmentDocument,
  deleteConsignment,
  deleteDocument,
  deleteLot,
  findConsignments,
  findDocuments,
  findLotFacts,
  findLots,
  lockConsignment,
  lockLot,
} from './repository.ts'
import { activationGate, consignmentFindings, lotFindings, regimeOf } from './rules.ts'
import { changeConsignment, createConsignment, type LotIsInUse } from './save-consignment.ts'
import { addLot, changeLot } from './save-lot.ts'
import { DOCUMENT_KINDS, DOCUMENT_MAX_BYTES, uploadDocument } from './upload-document.ts'

const words = (zh: string, en: string): Words => ({ zh, en })
const optionsOf = (rows: readonly (Words & { code: string })[]): Record<string, Words> =>
  Object.fromEntries(rows.map(({ code, zh, en }) => [code, words(`${code} ${zh}`, `${code} ${en}`)]))

const consignmentList = defineListing({
  name: 'consignments',
  from: sql`(select c.*, coalesce(n.lots, 0) as lots, coalesce(n.quantity, 0) as quantity from consignment c
    left join (select consignment_id, count(*)::int as lots, sum(quantity)::bigint as quantity from lot group by consignment_id) n on n.consignment_id = c.id) c`,
  key: sql`c.id`,
  defaultSort: '-createdAt',
  search: [sql`c.reference`, sql`c.declaration_number`, sql`c.inspection_certificate`, sql`c.supplier`],
  columns: {
    id: { sql: sql`c.id`, type: 'text', words: words('编号', 'Id'), exported: false },
    reference: { sql: sql`c.reference`, type: 'text', words: words('批次名称', 'Reference') },
    declarationNumber: { sql: sql`c.declaration_number`, type: 'text', words: words('报关单号', 'Declaration number') },
    tradeMode: { sql: sql`c.trade_mode`, type: 'enum', words: words('监管方式', 'Trade mode'), options: optionsOf(tradeModes) },
    declarationTransportMode: {
      sql: sql`c.declaration_transport_mode`,
      type: 'enum',
      words: words('报关运输方式', 'Transport mode declared'),
      options: optionsOf(transportModes),
    },
    firstLineTransportMode: {
      sql: sql`coalesce(c.first_line_transport_mode, '')`,
      type: 'enum',
      words: words('一线运输方式', 'First-line transport mode'),
      options: { '': words('未填', 'not given'), ...optionsOf(transportModes) },
    },
    entryPort: { sql: sql`c.entry_port`, type: 'text', words: words('入境口岸', 'Port of entry') },
    enteredOn: { sql: sql`c.entered_on`, type: 'date', words: words('入境日期', 'Entered on') },
    inspectionCertificate: { sql: sql`c.inspection_certificate`, type: 'text', words: words('检验检疫证书编号', 'Inspection certificate') },
    inspectionPassedOn: { sql: sql`c.inspection_passed_on`, type: 'date', words: words('检验合格日期', 'Inspection passed on') },
    releasedOn: { sql: sql`c.released_on`, type: 'date', words: words('放行日期', 'Released on') },
    lots: { sql: sql`c.lots`, type: 'number', words: words('批号数', 'Lots') },
    quantity: { sql: sql`c.quantity`, type: 'number', words: words('数量（件）', 'Quantity') },
    version: { sql: sql`c.version`, type: 'number', words: words('版本', 'Version'), exported: false },
    createdAt: { sql: sql`c.created_at`, type: 'instant', words: words('建立时间', 'Created') },
  },
})

const lotList = defineListing({
  name: 'lots',
  from: sql`lot l join consignment c on c.id = l.consignment_id join product p on p.id = l.product_id`,
  key: sql`l.id`,
  defaultSort: '-createdAt',
  search: [sql`l.lot_number`, sql`c.declaration_number`, sql`p.name_zh`, sql`p.name_en`, sql`p.gtin`],
  columns: {
    id: { sql: sql`l.id`, type: 'text', words: words('编号', 'Id'), exported: false },
    consignmentId: { sql: sql`l.consignment_id`, type: 'text', words: words('进口批次编号', 'Consignment id'), exported: false },
    productId: { sql: sql`l.product_id`, type: 'text', words: words('产品编号', 'Product id'), exported: false },
    gtin: { sql: sql`p.gtin`, type: 'text', words: words('商品条码', 'Barcode') },
    productNameZh: { sql: sql`p.name_zh`, type: 'text', words: words('中文名称', 'Chinese name') },
    productNameEn: { sql: sql`p.name_en`, type: 'text', words: words('英文名称', 'English name') },
    lotNumber: { sql: sql`l.lot_number`, type: 'text', words: words('生产批号', 'Lot') },
    producedOn: { sql: sql`l.produced_on`, type: 'date', words: words('生产日期', 'Produced on') },
    expiresOn: { sql: sql`l.expires_on`, type: 'date', words: words('限期使用日期', 'Expires on') },
    quantity: { sql: sql`l.quantity`, type: 'number', words: words('数量（件）', 'Quantity') },
    declarationNumber: { sql: sql`c.declaration_number`, type: 'text', words: words('报关单号', 'Declaration number') },
    tradeMode: { sql: sql`c.trade_mode`, type: 'enum', words: words('监管方式', 'Trade mode'), options: optionsOf(tradeModes) },
    enteredOn: { sql: sql`c.entered_on`, type: 'date', words: words('入境日期', 'Entered on') },
    inspectionPassedOn: { sql: sql`c.inspection_passed_on`, type: 'date', words: words('检验合格日期', 'Inspection passed on') },
    releasedOn: { sql: sql`c.released_on`, type: 'date', words: words('放行日期', 'Released on') },
    completeness: { sql: sql`p.completeness`, type: 'number', words: words('产品完整度', 'Product complete %') },
    version: { sql: sql`l.version`, type: 'number', words: words('版本', 'Version'), exported: false },
    createdAt: { sql: sql`l.created_at`, type: 'instant', words: words('建立时间', 'Created') },
  },
})

const CONSIGNMENT_EXAMPLE = {
  reference: '2026 春季首批',
  declarationNumber: '310120261000000123',
  tradeMode: '0110',
  declarationTransportMode: '2',
  firstLineTransportMode: '2',
  supplier: 'Example Laboratoires',
  departureCountry: 'FRA',
  departurePort: 'Marseille',
  entryPort: '北仑海关',
  enteredOn: '2026-03-02',
  inspectionCertificate: '771641853176',
  inspectionPassedOn: '2026-03-09',
  releasedOn: '2026-03-10',
}
const LOT_EXAMPLE = {
  productId: '019c0000-0000-7000-8000-000000000001',
  lotNumber: 'G251126',
  producedOn: '2025-11-11',
  expiresOn: '2028-11-11',
  quantity: 1200,
  grossWeightKg: 179.7,
}

export function consignmentRoutes(platform: Platform, { products, lotIsInUse }: { products: Products; lotIsInUse: LotIsInUse }): Route[] {
  const own = { access: 'consignments.write', object: { kind: 'consignment', param: 'consignmentId' } } as const
  const ownLot = { access: 'consignments.write', object: { kind: 'lot', param: 'lotId' } } as const
  const ownDocument = { access: 'consignments.write', object: { kind: 'document', param: 'documentId' } } as const

  const owned = async (tx: Tx, actor: Actor, id: string): Promise<Consignment> => {
    const consignment = await lockConsignment(tx, id, ownedBy(actor, 'c'))
    if (consignment === undefined) throw httpFail('NOT_FOUND')
    return consignment
  }

  const detailOf = async (db: Sql, consignment: Consignment, at: Date) => {
    const today = civilDateOf(at)
    const lots = await findLots(db, sql`consignment_id = ${consignment.id}`)
    const known = await products.productsOf(db, [...new Set(lots.map((lot) => lot.productId))])
    return {
      ...consignment,
      regime: regimeOf(consignment.tradeMode),
      tradeModeWords: wordsOf(tradeModeOf(consignment.tradeMode)),
      declarationTransportModeWords: wordsOf(transportModeOf(consignment.declarationTransportMode)),
      firstLineTransportModeWords: wordsOf(transportModeOf(consignment.firstLineTransportMode ?? '')),
      findings: consignmentFindings(consignment, today),
      lots: lots.map((lot) => {
        const product = known.get(lot.productId)!
        return {
          ...lot,
          productNameZh: product.nameZh,
          productNameEn: product.nameEn,
          gtin: product.gtin,
          gate: activationGate({ ...consignment, ...lot }, product, today),
          findings: lotFindings(lot, consignment, product, today),
        }
      }),
      documents: (await findDocuments(db, sql`consignment_id = ${consignment.id}`)).map(documentOf),
    }
  }

  return [
    read({
      id: 'consignments.list',
      url: IMPORTS_PATHS.consignments,
      summary: words('进口批次列表', 'List consignments'),
      policy: { access: 'consignments.read' },
      query: listQuery,
      answers: { 200: pageOfListing(consignmentList) },
      handle: ({ query, actor, facts, reply }) =>
        respondWithList(platform.db, consignmentList, query, { where: seenBy(actor, 'c'), facts, reply }),
    }),
    read({
      id: 'consignments.get',
      url: IMPORTS_PATHS.consignment,
      summary: words('进口批次详情（含批号、单证和激活条件）', 'Read a consignment with lots, documents and what bars activation'),
      policy: { access: 'consignments.read', object: { kind: 'consignment', param: 'consignmentId' } },
      params: consignmentParams,
      answers: { 200: consignmentDetail },
      handle: async ({ params, actor, facts }) => {
        const [consignment] = await findConsignments(platform.db, sql`id = ${params.consignmentId} and ${seenBy(actor, 'c')}`)
        if (consignment === undefined) throw httpFail('NOT_FOUND')
        return detailOf(platform.db, consignment, facts.at)
      },
    }),
    act({
      id: 'consignments.create',
      method: 'POST',
      url: IMPORTS_PATHS.consignments,
      summary: words('登记进口批次', 'File a consignment'),
      policy: { access: 'consignments.write' },
      idempotency: 'required',
      status: 201,
      body: consignmentBody,
      example: { body: CONSIGNMENT_EXAMPLE },
      answers: { 201: consignmentDetail },
      handle: async ({ tx, body, actor, facts, audit }) => {
        const consignment = await createConsignment(platform.db, tx, body, { organisationId: actor.organisationId, at: facts.at })
        audit({
          objectKind: 'consignment',
          objectId: consignment.id,
          detail: { declarationNumber: consignment.declarationNumber, tradeMode: consignment.tradeMode },
        })
        return detailOf(tx, consignment, facts.at)
      },
    }),
    act({
      id: 'consignments.change',
      method: 'PUT',
      url: IMPORTS_PATHS.consignment,
      summary: words('修改进口批次', 'Change a consignment'),
      policy: own,
      idempotency: 'none',
      params: consignmentParams,
      body: consignmentUpdateBody,
      example: { body: { ...CONSIGNMENT_EXAMPLE, version: 1 } },
      answers: { 200: consignmentDetail },
      handle: async ({ tx, params, body: { version, ...body }, actor, facts, audit }) => {
        const before = await owned(tx, actor, params.consignmentId)
        const { consignment, changed } = await changeConsignment(tx, before, body, {
          organisationId: actor.organisationId,
          at: facts.at,
          version,
          lotIsInUse,
        })
        audit({ objectKind: 'consignment', objectId: consignment.id, detail: { changed } })
        return detailOf(tx, consignment, facts.at)
      },
    }),
    act({
      id: 'consignments.delete',
      method: 'DELETE',
      url: IMPORTS_PATHS.consignment,
      summary: words('删除没有批号的进口批次', 'Delete a consignment without lots'),
      policy: own,
      idempotency: 'none',
      params: consignmentParams,
      query: deleteQuery,
      answers: { 204: { mediaType: 'text/plain', description: 'deleted' } },
      handle: async ({ tx, params, query, actor, audit }) => {
        const consignment = await owned(tx, actor, params.consignmentId)
        if (query.version !== undefined && query.version !== consignment.version) throw httpFail('CONFLICT')
        await deleteConsignment(tx, consignment.id)
        audit({ objectKind: 'consignment', objectId: consignment.id, detail: { declarationNumber: consignment.declarationNumber } })
        return null
      },
    }),

    read({
      id: 'lots.list',
      url: IMPORTS_PATHS.lots,
      summary: words('批号列表', 'List lots'),
      policy: { access: 'consignments.read' },
      query: listQuery,
      answers: { 200: pageOfListing(lotList) },
      handle: ({ query, actor, facts, reply }) => respondWithList(platform.db, lotList, query, { where: seenBy(actor, 'l'), facts, reply }),
    }),
    read({
      id: 'lots.get',
      url: IMPORTS_PATHS.lot,
      summary: words('批号详情', 'Read a lot'),
      policy: { access: 'consignments.read', object: { kind: 'lot', param: 'lotId' } },
      params: lotParams,
      answers: { 200: lotFacts.extend({ product: productView, gate: z.array(gateReason) }) },
      handle: async ({ params, actor, facts }) => {
        const [lot] = await findLotFacts(platform.db, sql`l.id = ${params.lotId} and ${seenBy(actor, 'l')}`)
        if (lot === undefined) throw httpFail('NOT_FOUND')
        const product = (await products.productOf(platform.db, lot.productId))!
        return { ...lot, product, gate: activationGate(lot, product, civilDateOf(facts.at)) }
      },
    }),
    act({
      id: 'lots.create',
      method: 'POST',
      url: IMPORTS_PATHS.lotsOfConsignment,
      summary: words('登记批号', 'Add a lot'),
      policy: own,
      idempotency: 'required',
      status: 201,
      params: consignmentParams,
      body: lotBody,
      example: { body: LOT_EXAMPLE },
      answers: { 201: lotView },
      handle: async ({ tx, params, body, actor, facts, audit }) => {
        const consignment = await owned(tx, actor, params.consignmentId)
        const lot = await addLot(platform.db, tx, consignment, await products.productOf(tx, body.productId), body, {
          organisationId: actor.organisationId,
          at: facts.at,
        })
        audit({ objectKind: 'lot', objectId: lot.id, detail: { lotNumber: lot.lotNumber, quantity: lot.quantity } })
        return lot
      },
    }),
    act({
      id: 'lots.change',
      method: 'PUT',
      url: IMPORTS_PATHS.lot,
      summary: words('修改批号', 'Change a lot'),
      policy: ownLot,
      idempotency: 'none',
      params: lotParams,
      body: lotUpdateBody,
      example: { body: { ...LOT_EXAMPLE, version: 1 } },
      answers: { 200: lotView },
      handle: async ({ tx, params, body: { version, ...body }, actor, facts, audit }) => {
        const before = await ownedLot(tx, actor, params.lotId)
        const consignment = await owned(tx, actor, before.consignmentId)
        const product: Product | undefined = await products.productOf(tx, body.productId)
        const { lot, changed } = await changeLot(tx, before, consignment, product, body, {
          organisationId: actor.organisationId,
          at: facts.at,
          version,
          lotIsInUse,
        })
        audit({ objectKind: 'lot', objectId: lot.id, detail: { changed } })
        return lot
      },
    }),
    act({
      id: 'lots.delete',
      method: 'DELETE',
      url: IMPORTS_PATHS.lot,
      summary: words('删除未使用的批号', 'Delete a lot that nothing uses'),
      policy: ownLot,
      idempotency: 'none',
      params: lotParams,
      query: deleteQuery,
      answers: { 204: { mediaType: 'text/plain', description: 'deleted' } },
      handle: async ({ tx, params, query, actor, audit }) => {
        const lot = await ownedLot(tx, actor, params.lotId)
        if (query.version !== undefined && query.version !== lot.version) throw httpFail('CONFLICT')
        if (await lotIsInUse(tx, lot.id)) throw fail('LOT_IN_USE')
        await deleteLot(tx, lot.id)
        audit({ objectKind: 'lot', objectId: lot.id, detail: { lotNumber: lot.lotNumber, quantity: lot.quantity } })
        return null
      },
    }),

    act({
      id: 'documents.upload',
      method: 'POST',
      url: IMPORTS_PATHS.documents,
      summary: words('上传单证（PDF 或图片）', 'Upload a document (PDF or picture)'),
      policy: own,
      idempotency: 'required',
      status: 201,
      params: consignmentParams,
      body: z.object({ kind: z.enum(Object.keys(documentKinds) as [DocumentKind, ...DocumentKind[]]).default('other') }),
      upload: { maxBytes: DOCUMENT_MAX_BYTES, kinds: DOCUMENT_KINDS },
      answers: { 201: documentView },
      handle: async ({ tx, params, body, actor, facts, audit, upload }) => {
        const consignment = await owned(tx, actor, params.consignmentId)
        if (upload === undefined) throw fail('FILE_MISSING')
        const document = await uploadDocument(
          platform,
          tx,
          consignment,
          { kind: body.kind, name: upload.name, mediaType: upload.mediaType, bytes: upload.bytes },
          { at: facts.at, by: actor },
        )
        audit({
          objectKind: 'document',
          objectId: document.id,
          detail: { consignmentId: consignment.id, kind: document.kind, name: document.name },
        })
        return documentOf(document)
      },
    }),
    read({
      id: 'documents.download',
      url: IMPORTS_PATHS.documentContent,
      summary: words('下载单证', 'Download a document'),
      policy: { access: 'consignments.read', object: { kind: 'document', param: 'documentId' } },
      params: documentParams,
      answers: { 200: { mediaType: DOCUMENT_KINDS.join(', '), description: 'the file as it was uploaded, always as an attachment' } },
      handle: async ({ params, actor, reply }) => {
        const [document] = await findDocuments(platform.db, sql`id = ${params.documentId} and ${seenBy(actor, 'd')}`)
        const file = document === undefined ? undefined : await fileOf(platform.db, document.fileId)
        if (document === undefined || file === undefined) throw httpFail('NOT_FOUND')
        const { stream, bytes } = await platform.files.stream(file.sha256)
        return reply
          .type(document.mediaType)
          .header('content-disposition', contentDisposition(document.name))
          .header('content-length', bytes)
          .header('content-security-policy', "default-src 'none'; sandbox")
          .header('x-content-type-options', 'nosniff')
          .header('cache-control', 'private, no-store')
          .send(stream)
      },
    }),
    act({
      id: 'documents.delete',
      method: 'DELETE',
      url: IMPORTS_PATHS.document,
      summary: words('删除单证', 'Delete a document'),
      policy: ownDocument,
      idempotency: 'none',
      params: documentParams,
      answers: { 204: { mediaType: 'text/plain', description: 'deleted' } },
      handle: async ({ tx, params, actor, audit }) => {
        const [document] = await findDocuments(tx, sql`id = ${params.documentId} and ${ownedBy(actor, 'd')}`)
        if (document === undefined) throw httpFail('NOT_FOUND')
        await deleteDocument(tx, document.id)
        audit({
          objectKind: 'document',
          objectId: document.id,
          detail: { consignmentId: document.consignmentId, kind: document.kind, name: document.name, fileId: document.fileId },
        })
        return null
      },
    }),
  ]
}

async function ownedLot(tx: Tx, actor: Actor, id: string): Promise<Lot> {
  const lot = await lockLot(tx, id, ownedBy(actor, 'l'))
  if (lot === undefined) throw httpFail('NOT_FOUND')
  return lot
}

function documentOf({ id, consignmentId, kind, name, mediaType, size, uploadedBy, createdAt }: ConsignmentDocument) {
  return { id, consignmentId, kind, kindWords: documentKinds[kind], name, mediaType, size, uploadedBy, createdAt }
}

function wordsOf(row: Words | undefined): Words | null {
  return row === undefined ? null : words(row.zh, row.en)
}
