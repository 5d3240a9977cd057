import { z } from 'zod'
import { parseSscc } from '../../kernel/gs1/sscc.ts'
import { maybeOne } from '../../platform/db/database.ts'
import { sql, type SqlText } from '../../platform/db/sql.ts'
import { openSheet } from '../../platform/documents/read-sheet.ts'
import { filesFail } from '../../platform/files/errors.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { defineListing, listQuery, pageOfListing, respondWithList } from '../../platform/http/listing.ts'
import { act, read, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Codes } from '../codes/index.ts'
import { requireStepUp } from '../identity/index.ts'
import { type ActivationDeps, activateRange, previewActivation, undoActivation } from './activate-range.ts'
import { containerDetail, containersAround } from './container-contents.ts'
import {
  Activate,
  ActivationPreview,
  ContainerDetail,
  DealerForm,
  DealerView,
  Hold,
  LotToActivate,
  Moved,
  MoveGoods,
  Pack,
  Replace,
  Ship,
  ShipmentDetail,
  TimelineEntrySchema,
  UndoActivation,
  Unpack,
} from './contract.ts'
import { EPCIS_SHAPES } from './goods-event.ts'
import { holdGoods } from './hold-goods.ts'
import { lotsToActivate } from './lots-to-activate.ts'
import { type MoveDeps, moveGoods, packGoods, receiveShipment, replaceLabel, shipGoods, unpackGoods } from './move-goods.ts'
import { saveDealer } from './save-dealer.ts'
import { timelineOf } from './timeline.ts'
import { maySee, seenBy } from '../../platform/http/wall.ts'

interface Deps {
  readonly codes: Codes
  readonly moveDeps: MoveDeps
  readonly activationDeps: ActivationDeps
  readonly raiseCanary: (codes: readonly bigint[], at: Date) => Promise<void>
}

const activationParams = z.object({ activationId: z.uuid() })
const shipmentParams = z.object({ shipmentId: z.uuid() })
const dealerParams = z.object({ dealerId: z.uuid() })

/** Rows of `column` that an actor may see: its own, or those of goods that were shipped to it as a dealer. */
function wall(actor: Actor, own: SqlText, dealer: SqlText): SqlText {
  if (actor.sees === 'all') return seenBy(actor, own)
  if (actor.organisationKind === 'dealer')
    return sql`${dealer} in (select d.id from dealer d where d.dealer_organisation_id = ${actor.organisationId})`
  return sql`${own} = ${actor.organisationId}`
}

export function eventRoutes(platform: Platform, deps: Deps): Route[] {
  return [
    ...activationRoutes(platform, deps),
    ...goodsRoutes(platform, deps),
    ...shipmentRoutes(platform, deps),
    ...dealerRoutes(platform),
    ...holdRoutes(deps),
    ...listRoutes(platform),
  ]
}

function activationRoutes(platform: Platform, deps: Deps): Route[] {
  const object = { kind: 'activation', param: 'activationId' }
  const example = {
    lotId: '0197a000-0000-7000-8000-000000000001',
    choice: { rolls: [{ batchId: 1, from: 1, to: 2 }], stretches: [], items: [], containers: [] },
  }
  return [
    act({
      id: 'activations.preview',
      method: 'POST',
      url: '/api/activations/preview',
      summary: { zh: '激活预览', en: 'What an activation would do' },
      policy: { access: 'activations.write' },
      idempotency: 'none',
      bodyLimit: 8 * 1024 * 1024,
      body: Activate,
      answers: { 200: ActivationPreview },
      example: { body: example },
      handle: ({ body, actor, facts, tx }) =>
        previewActivation(tx, deps.activationDeps, body, { actor, at: facts.at, locale: facts.locale }),
    }),
    read({
      id: 'activations.lots',
      url: '/api/activations/lots',
      summary: { zh: '可激活的批号与标签卷', en: 'Lots to choose from for an activation, with their rolls of labels' },
      policy: { access: 'activations.write' },
      query: z.object({ q: z.string().max(200).optional(), lotId: z.uuid().optional() }),
      answers: { 200: z.object({ items: z.array(LotToActivate) }) },
      handle: async ({ query, actor }) => ({ items: await lotsToActivate(platform.db, query, actor.organisationId) }),
    }),
    act({
      id: 'activations.activate',
      method: 'POST',
      url: '/api/activations',
      summary: { zh: '激活标签', en: 'Activate labels for a lot' },
      policy: { access: 'activations.write' },
      idempotency: 'required',
      status: 201,
      bodyLimit: 8 * 1024 * 1024,
      body: Activate,
      answers: { 201: z.object({ id: z.string(), eventId: z.string(), labels: z.number().int() }) },
      example: { body: example },
      handle: async ({ body, actor, facts, tx, audit }) => {
        let alarms: readonly bigint[] = []
        try {
          const activation = await activateRange(tx, deps.activationDeps, body, {
            actor,
            at: facts.at,
            raiseCanary: async (codes) => {
              alarms = codes
            },
          })
          audit({ objectKind: 'activation', objectId: activation.id, detail: { lotId: body.lotId, labels: activation.labels } })
          return activation
        } finally {
          // the alarm outlives the refusal: it is raised after this transaction has been rolled back
          if (alarms.length > 0)
            setImmediate(
              () =>
                void deps
                  .raiseCanary(alarms, facts.at)
                  .catch((error: unknown) => platform.log.error({ err: error }, 'canary alarm failed')),
            )
        }
      },
    }),
    act({
      id: 'activations.undo',
      method: 'POST',
      url: '/api/activations/:activationId/undo',
      summary: { zh: '撤销激活（30 分钟内）', en: 'Undo an activation within 30 minutes' },
      policy: { access: 'activations.write', object },
      idempotency: 'required',
      params: activationParams,
      body: UndoActivation,
      example: { body: { reason: '选错批次' } },
      answers: { 200: z.object({ id: z.uuid(), undone: z.literal(true) }) },
      handle: async ({ params, body, actor, facts, tx, audit }) => {
        await undoActivation(tx, deps.activationDeps, params.activationId, body.reason, { actor, at: facts.at })
        audit({ objectKind: 'activation', objectId: params.activationId, detail: { reason: body.reason } })
        return { id: params.activationId, undone: true }
      },
    }),
    act({
      id: 'activations.read-list',
      method: 'POST',
      url: '/api/activations/list-file',
      summary: { zh: '读取标签清单文件', en: 'Read a sheet of labels (one a row) for an activation by list' },
      policy: { access: 'activations.write' },
      idempotency: 'none',
      upload: {
        maxBytes: 20 * 1024 * 1024,
        kinds: ['text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
        holds: 'One label a row: its address or serial in any column',
      },
      answers: { 200: z.object({ items: z.array(z.string()) }) },
      handle: async ({ upload }) => {
        if (upload === undefined) throw filesFail('UPLOAD_MISSING')
        const sheet = await openSheet(upload.bytes)
        // the first cell of each row that looks like a code; a header row has none
        const items = sheet.rows.flatMap((row) => {
          const cell = row.cells.find((c) => typeof c === 'string' && c.trim().length >= 13)
          return typeof cell === 'string' ? [cell.trim()] : []
        })
        return { items }
      },
    }),
  ]
}

const moved = (captured: { eventId: string; labels: bigint }, more: { containers?: number; sscc?: string | null } = {}) => ({
  eventId: captured.eventId,
  labels: Number(captured.labels),
  containers: more.containers ?? 0,
  sscc: more.sscc ?? null,
})

const CHOICE_EXAMPLE = { rolls: [], stretches: [], items: ['https://sz.example/01/09521234543213/21/1ABCDEFGHJKMNPQRSTVW'], containers: [] }

function goodsRoutes(platform: Platform, deps: Deps): Route[] {
  const plain = (
    id: string,
    url: string,
    kind: 'voiding' | 'destroying' | 'receiving' | 'returning',
    zh: string,
    en: string,
    access: string,
  ): Route =>
    act({
      id,
      method: 'POST',
      url,
      summary: { zh, en },
      policy: { access },
      idempotency: 'required',
      bodyLimit: 8 * 1024 * 1024,
      body: MoveGoods,
      answers: { 200: Moved },
      example: { body: { choice: CHOICE_EXAMPLE, place: '宁波', reason: '' } },
      handle: async ({ body, actor, facts, tx, audit }) => {
        const captured = await moveGoods(tx, deps.moveDeps, kind, body, {}, { actor, at: facts.at })
        audit({ objectKind: 'event', objectId: captured.eventId, detail: { kind, labels: Number(captured.labels) } })
        return moved(captured, { containers: captured.containers.length })
      },
    })
  return [
    plain('goods.void', '/api/goods/void', 'voiding', '标签作废', 'Void labels', 'codes.void'),
    plain('goods.destroy', '/api/goods/destroy', 'destroying', '登记销毁', 'Record goods as destroyed', 'goods.write'),
    plain('goods.receive', '/api/goods/receive', 'receiving', '收货', 'Receive goods', 'goods.write'),
    plain('goods.return', '/api/goods/return', 'returning', '退货', 'Return goods to the importer', 'goods.write'),
    act({
      id: 'goods.replace',
      method: 'POST',
      url: '/api/goods/replace',
      summary: { zh: '更换破损标签', en: 'Replace a damaged label' },
      // who applies labels replaces them: the warehouse too, and it is no way to void goods
      policy: { access: 'activations.write' },
      idempotency: 'required',
      body: Replace,
      answers: { 200: Moved },
      example: { body: { damaged: CHOICE_EXAMPLE.items[0], replacement: CHOICE_EXAMPLE.items[0], reason: '标签破损' } },
      handle: async ({ body, actor, facts, tx, audit }) => {
        const captured = await replaceLabel(tx, deps.moveDeps, body, { actor, at: facts.at })
        audit({ objectKind: 'event', objectId: captured.eventId, detail: { kind: 'replacing', reason: body.reason } })
        return moved(captured)
      },
    }),
    act({
      id: 'goods.pack',
      method: 'POST',
      url: '/api/goods/pack',
      summary: { zh: '装箱', en: 'Pack labels or containers into a container' },
      policy: { access: 'goods.write' },
      idempotency: 'required',
      bodyLimit: 8 * 1024 * 1024,
      body: Pack,
      answers: { 200: Moved },
      example: { body: { choice: CHOICE_EXAMPLE, place: '宁波', reason: '' } },
      handle: async ({ body, actor, facts, tx, audit }) => {
        const captured = await packGoods(tx, deps.moveDeps, body, { actor, at: facts.at })
        audit({ objectKind: 'container', objectId: captured.sscc, detail: { labels: Number(captured.labels) } })
        return moved(captured, { sscc: captured.sscc })
      },
    }),
    act({
      id: 'goods.unpack',
      method: 'POST',
      url: '/api/goods/unpack',
      summary: { zh: '拆箱', en: 'Take goods out of a container: these, the others, or all' },
      policy: { access: 'goods.write' },
      idempotency: 'required',
      bodyLimit: 8 * 1024 * 1024,
      body: Unpack,
      answers: { 200: Moved },
      example: { body: { sscc: '095212340000000013', take: 'all', choice: { ...CHOICE_EXAMPLE, items: [] }, place: '', reason: '' } },
      handle: async ({ body, actor, facts, tx, audit }) => {
        const captured = await unpackGoods(tx, deps.moveDeps, body, { actor, at: facts.at })
        audit({ objectKind: 'container', objectId: captured.sscc, detail: { labels: Number(captured.labels) } })
        return moved(captured, { sscc: captured.sscc })
      },
    }),
    read({
      id: 'goods.look-up',
      url: '/api/goods',
      summary: { zh: '查一件商品', en: 'One item by whatever names it: state, lot, container, whole timeline' },
      policy: { access: 'goods.read' },
      query: z.object({ code: z.string().min(1).max(400) }),
      answers: {
        200: z.object({ uri: z.string(), status: z.string(), hold: z.string().nullable(), timeline: z.array(TimelineEntrySchema) }).loose(),
      },
      handle: async ({ query, actor }) => {
        const { db } = platform
        const [found] = await deps.codes.resolveInputs(db, [query.code], actor.organisationId)
        if (found === undefined || 'reason' in found) throw httpFail('NOT_FOUND')
        const batch = await deps.codes.batchOf(db, found.batch)
        if (batch === undefined || found.index >= Number(batch.quantity)) throw httpFail('NOT_FOUND')
        const code = (BigInt(found.batch) << 32n) | BigInt(found.index)
        const state = await maybeOne<{
          status: string
          hold: string | null
          organisation_id: string
          container: string | null
          activated_at: string | null
          lot_number: string | null
          lot_id: string | null
          expires_on: string | null
          name_zh: string | null
          name_en: string | null
          brand_organisation_id: string | null
          dealer_name: string | null
          dealer_organisation_id: string | null
          in_transit: boolean | null
          replaced_by: bigint | null
          scan_count: number | null
        }>(
          db,
          sql`select s.status, s.hold, s.organisation_id, s.container, s.activated_at, l.lot_number, l.id as lot_id, l.expires_on, p.name_zh, p.name_en, p.brand_organisation_id,
            d.name as dealer_name, d.dealer_organisation_id, coalesce(k.in_transit, false) as in_transit, s.replaced_by, null::int as scan_count
          from state_of_codes(array[${code}::bigint]) s left join lot l on l.id = s.lot_id left join product p on p.id = s.product_id
            left join container k on k.sscc = s.container left join dealer d on d.id = coalesce(s.dealer_id, k.dealer_id)`,
        )
        const visible =
          state !== undefined &&
          (maySee(actor, state.organisation_id) ||
            state.dealer_organisation_id === actor.organisationId ||
            state.brand_organisation_id === actor.organisationId)
        if (!visible) throw httpFail('NOT_FOUND')
        const timeline = await timelineOf(db, code)
        const replacement = state.replaced_by === null ? undefined : await deps.codes.batchOf(db, Number(state.replaced_by >> 32n))
        return {
          uri: deps.codes.uriOf(batch, found.index),
          batchId: found.batch,
          index: found.index,
          status: state.status,
          hold: state.hold,
          lotId: state.lot_id,
          lotNumber: state.lot_number,
          expiresOn: state.expires_on,
          productNameZh: state.name_zh,
          productNameEn: state.name_en,
          dealerName: state.dealer_name,
          container: state.container,
          containers: await containersAround(db, state.container),
          inTransit: state.in_transit,
          activatedAt: state.activated_at,
          replacedBy:
            replacement === undefined || state.replaced_by === null
              ? null
              : deps.codes.uriOf(replacement, Number(state.replaced_by & 0xffffffffn)),
          timeline: timeline.map((e) => ({
            eventId: e.eventId,
            kind: e.kind,
            at: e.at,
            place: e.place,
            partyZh: e.party.zh,
            partyEn: e.party.en,
            container: e.container,
            textZh: e.words.zh,
            textEn: e.words.en,
          })),
        }
      },
    }),
  ]
}

function shipmentRoutes(platform: Platform, deps: Deps): Route[] {
  const object = { kind: 'shipment', param: 'shipmentId' }
  return [
    read({
      id: 'containers.get',
      url: '/api/containers/:sscc',
      summary: { zh: '箱内货物', en: 'What a container holds and which containers are around it' },
      policy: { access: 'goods.read' },
      params: z.object({ sscc: z.string().max(60) }),
      answers: { 200: ContainerDetail },
      handle: async ({ params, actor }) => {
        const sscc = parseSscc(params.sscc)
        const found =
          sscc === undefined ? undefined : await containerDetail(platform.db, sscc, wall(actor, sql`c.organisation_id`, sql`c.dealer_id`))
        if (found === undefined) throw httpFail('NOT_FOUND')
        return found
      },
    }),
    act({
      id: 'shipments.ship',
      method: 'POST',
      url: '/api/shipments',
      summary: { zh: '发货给经销商', en: 'Ship goods to a dealer' },
      policy: { access: 'goods.write' },
      idempotency: 'required',
      status: 201,
      bodyLimit: 8 * 1024 * 1024,
      body: Ship,
      answers: { 201: z.object({ id: z.string(), number: z.string(), eventId: z.string(), labels: z.number().int() }) },
      example: {
        body: {
          dealerId: '0197a000-0000-7000-8000-000000000003',
          number: 'F20260615-01',
          note: '',
          choice: { ...CHOICE_EXAMPLE, items: [], containers: ['095212340000000013'] },
          place: '宁波',
          reason: '',
        },
      },
      handle: async ({ body, actor, facts, tx, audit }) => {
        const shipment = await shipGoods(tx, deps.moveDeps, body, { actor, at: facts.at })
        audit({ objectKind: 'shipment', objectId: shipment.id, detail: { dealerId: body.dealerId, labels: shipment.labels } })
        return shipment
      },
    }),
    act({
      id: 'shipments.receive',
      method: 'POST',
      url: '/api/shipments/:shipmentId/receive',
      summary: { zh: '确认收货', en: 'Receive a shipment whole' },
      policy: { access: 'goods.write', object },
      idempotency: 'required',
      params: shipmentParams,
      body: z.strictObject({ place: z.string().trim().max(100).default('') }),
      answers: { 200: Moved },
      example: { body: { place: '杭州' } },
      handle: async ({ params, body, actor, facts, tx, audit }) => {
        const captured = await receiveShipment(tx, deps.moveDeps, params.shipmentId, body.place, { actor, at: facts.at })
        audit({ objectKind: 'shipment', objectId: params.shipmentId })
        return moved(captured, { containers: captured.containers })
      },
    }),
    read({
      id: 'shipments.get',
      url: '/api/shipments/:shipmentId',
      summary: { zh: '发货单', en: 'One shipment with its containers' },
      policy: { access: 'goods.read', object },
      params: shipmentParams,
      answers: { 200: ShipmentDetail },
      handle: async ({ params, actor }) => {
        const row = await maybeOne<{
          id: string
          number: string
          event_id: string
          dealer_name: string
          labels: bigint
          containers: number
          shipped_at: string
          received_at: string | null
          note: string
        }>(
          platform.db,
          sql`select s.id, s.number, s.event_id, d.name as dealer_name, s.labels, s.containers, s.shipped_at, s.received_at, s.note
          from shipment s join dealer d on d.id = s.dealer_id where s.id = ${params.shipmentId} and ${wall(actor, sql`s.organisation_id`, sql`s.dealer_id`)}`,
        )
        if (row === undefined) throw httpFail('NOT_FOUND')
        const containers = await platform.db.query<{ sscc: string }>(
          sql`select sscc from event_container where event_id = ${row.event_id} and role = 'epc' order by sscc limit 5000`,
        )
        return {
          id: row.id,
          number: row.number,
          dealerName: row.dealer_name,
          labels: Number(row.labels),
          containerCount: row.containers,
          shippedAt: row.shipped_at,
          receivedAt: row.received_at,
          note: row.note,
          containers: containers.map((c) => c.sscc),
        }
      },
    }),
  ]
}

function dealerRoutes(platform: Platform): Route[] {
  const object = { kind: 'dealer', param: 'dealerId' }
  const example = {
    body: { name: '甬江美妆（示例）', provinces: ['浙江'], city: '杭州', contact: '', dealerOrganisationId: null, active: true },
  }
  const detail = async (id: string, actor: Actor, db: Parameters<typeof maybeOne>[0]) => {
    const row = await maybeOne<{
      id: string
      name: string
      provinces: string[]
      city: string
      contact: string
      active: boolean
      dealer_organisation_id: string | null
    }>(
      db,
      sql`select d.id, d.name, d.provinces, d.city, d.contact, d.active, d.dealer_organisation_id from dealer d where d.id = ${id} and ${wall(actor, sql`d.organisation_id`, sql`d.id`)}`,
    )
    if (row === undefined) throw httpFail('NOT_FOUND')
    return {
      id: row.id,
      name: row.name,
      provinces: row.provinces,
      city: row.city,
      contact: row.contact,
      active: row.active,
      dealerOrganisationId: row.dealer_organisation_id,
    }
  }
  return [
    read({
      id: 'dealers.get',
      url: '/api/dealers/:dealerId',
      summary: { zh: '经销商', en: 'One dealer' },
      policy: { access: 'dealers.read', object },
      params: dealerParams,
      answers: { 200: DealerView },
      handle: ({ params, actor }) => detail(params.dealerId, actor, platform.db),
    }),
    act({
      id: 'dealers.add',
      method: 'POST',
      url: '/api/dealers',
      summary: { zh: '新增经销商', en: 'Add a dealer with its territory' },
      policy: { access: 'dealers.write' },
      idempotency: 'required',
      status: 201,
      body: DealerForm,
      example,
      answers: { 201: DealerView },
      handle: async ({ body, actor, facts, tx, audit }) => {
        const id = await saveDealer(tx, undefined, body, { actor, at: facts.at })
        audit({ objectKind: 'dealer', objectId: id })
        return detail(id, actor, tx)
      },
    }),
    act({
      id: 'dealers.change',
      method: 'PUT',
      url: '/api/dealers/:dealerId',
      summary: { zh: '修改经销商', en: 'Change a dealer' },
      policy: { access: 'dealers.write', object },
      idempotency: 'none',
      params: dealerParams,
      body: DealerForm,
      example,
      answers: { 200: DealerView },
      handle: async ({ params, body, actor, facts, tx, audit }) => {
        await saveDealer(tx, params.dealerId, body, { actor, at: facts.at })
        audit({ objectKind: 'dealer', objectId: params.dealerId })
        return detail(params.dealerId, actor, tx)
      },
    }),
  ]
}

function holdRoutes(deps: Deps): Route[] {
  return (
    [
      ['freeze', 'freezing', '冻结商品', 'Freeze goods'],
      ['unfreeze', 'unfreezing', '解除冻结', 'Release frozen goods'],
      ['recall', 'recalling', '召回商品', 'Recall goods'],
    ] as const
  ).map(([verb, kind, zh, en]) =>
    act({
      id: `holds.${verb}`,
      method: 'POST',
      url: `/api/holds/${verb}`,
      summary: { zh, en },
      policy: { access: 'holds.write' },
      idempotency: 'required',
      body: Hold,
      answers: { 200: Moved },
      example: { body: { lotId: '0197a000-0000-7000-8000-000000000001', reason: '抽检不合格' } },
      handle: async ({ body, actor, facts, tx, audit }) => {
        requireStepUp(actor, facts.at)
        const captured = await holdGoods(tx, deps.moveDeps, kind, body, { actor, at: facts.at })
        audit({ objectKind: 'event', objectId: captured.eventId, detail: { kind, lotId: body.lotId, reason: body.reason } })
        return moved(captured)
      },
    }),
  )
}

const KIND_OPTIONS = Object.fromEntries(Object.entries(EPCIS_SHAPES).map(([kind, shape]) => [kind, shape.words]))

const activationList = defineListing({
  name: 'activations',
  from: sql`activation a join lot l on l.id = a.lot_id join product p on p.id = l.product_id join organisation o on o.id = a.organisation_id`,
  key: sql`a.id`,
  defaultSort: '-activatedAt',
  search: [sql`p.name_zh`, sql`p.name_en`, sql`l.lot_number`, sql`a.activated_by`],
  columns: {
    id: { sql: sql`a.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    activatedAt: { sql: sql`a.activated_at`, type: 'instant', words: { zh: '激活时间', en: 'Activated' } },
    productNameZh: { sql: sql`p.name_zh`, type: 'text', words: { zh: '商品', en: 'Product (Chinese)' } },
    productNameEn: { sql: sql`p.name_en`, type: 'text', words: { zh: '英文名', en: 'Product' } },
    lotNumber: { sql: sql`l.lot_number`, type: 'text', words: { zh: '批号', en: 'Lot' } },
    labels: { sql: sql`a.labels`, type: 'number', words: { zh: '标签数', en: 'Labels' } },
    activatedBy: { sql: sql`a.activated_by`, type: 'text', words: { zh: '操作人', en: 'By' } },
    organisationNameZh: { sql: sql`o.name_zh`, type: 'text', words: { zh: '企业', en: 'Enterprise (Chinese)' } },
    organisationNameEn: {
      sql: sql`coalesce(nullif(o.name_en, ''), o.name_zh)`,
      type: 'text',
      words: { zh: '企业英文名', en: 'Enterprise' },
    },
    undoneAt: { sql: sql`a.undone_at`, type: 'instant', words: { zh: '撤销时间', en: 'Undone' } },
    undoReason: { sql: sql`a.undo_reason`, type: 'text', words: { zh: '撤销原因', en: 'Reason' } },
  },
})

const containerList = defineListing({
  name: 'containers',
  from: sql`container c left join dealer d on d.id = c.dealer_id
    left join lateral (select coalesce(sum(g.hi - g.lo + 1), 0)::bigint as labels, min(p.name_zh) as product_name, min(coalesce(nullif(p.name_en, ''), p.name_zh)) as product_name_en from code_range g left join product p on p.id = g.product_id where g.container = c.sscc) inside on true`,
  key: sql`c.sscc`,
  defaultSort: '-packedAt',
  search: [sql`c.sscc`, sql`d.name`],
  columns: {
    sscc: { sql: sql`c.sscc`, type: 'text', words: { zh: '箱码', en: 'SSCC' } },
    labels: { sql: sql`inside.labels`, type: 'number', words: { zh: '件数', en: 'Items' } },
    productNameZh: { sql: sql`inside.product_name`, type: 'text', words: { zh: '商品', en: 'Product (Chinese)' } },
    productNameEn: { sql: sql`inside.product_name_en`, type: 'text', words: { zh: '英文名', en: 'Product' } },
    parent: { sql: sql`c.parent`, type: 'text', words: { zh: '上级箱码', en: 'Inside' } },
    dealerName: { sql: sql`d.name`, type: 'text', words: { zh: '经销商', en: 'Dealer' } },
    inTransit: { sql: sql`c.in_transit`, type: 'boolean', words: { zh: '在途', en: 'On its way' } },
    packedAt: { sql: sql`c.packed_at`, type: 'instant', words: { zh: '装箱时间', en: 'Packed' } },
  },
})

const shipmentList = defineListing({
  name: 'shipments',
  from: sql`shipment s join dealer d on d.id = s.dealer_id join organisation o on o.id = s.organisation_id`,
  key: sql`s.id`,
  defaultSort: '-shippedAt',
  search: [sql`s.number`, sql`d.name`, sql`o.name_zh`, sql`o.name_en`],
  columns: {
    id: { sql: sql`s.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    number: { sql: sql`s.number`, type: 'text', words: { zh: '发货单号', en: 'Shipment' } },
    dealerName: { sql: sql`d.name`, type: 'text', words: { zh: '经销商', en: 'Dealer' } },
    organisationNameZh: { sql: sql`o.name_zh`, type: 'text', words: { zh: '发货企业', en: 'From (Chinese)' } },
    organisationNameEn: { sql: sql`coalesce(nullif(o.name_en, ''), o.name_zh)`, type: 'text', words: { zh: '发货企业英文名', en: 'From' } },
    labels: { sql: sql`s.labels`, type: 'number', words: { zh: '件数', en: 'Items' } },
    containers: { sql: sql`s.containers`, type: 'number', words: { zh: '箱数', en: 'Containers' } },
    shippedAt: { sql: sql`s.shipped_at`, type: 'instant', words: { zh: '发货时间', en: 'Shipped' } },
    receivedAt: { sql: sql`s.received_at`, type: 'instant', words: { zh: '收货时间', en: 'Received' } },
    note: { sql: sql`s.note`, type: 'text', words: { zh: '备注', en: 'Note' } },
  },
})

const dealerList = defineListing({
  name: 'dealers',
  from: sql`dealer d join organisation o on o.id = d.organisation_id`,
  key: sql`d.id`,
  defaultSort: 'name',
  search: [sql`d.name`, sql`d.city`, sql`o.name_zh`, sql`o.name_en`],
  columns: {
    id: { sql: sql`d.id`, type: 'text', words: { zh: '编号', en: 'Id' }, exported: false },
    name: { sql: sql`d.name`, type: 'text', words: { zh: '名称', en: 'Name' } },
    provinces: { sql: sql`array_to_string(d.provinces, ' ')`, type: 'text', words: { zh: '销售区域', en: 'Territory' } },
    city: { sql: sql`d.city`, type: 'text', words: { zh: '城市', en: 'City' } },
    contact: { sql: sql`d.contact`, type: 'text', words: { zh: '联系人', en: 'Contact' } },
    active: { sql: sql`d.active`, type: 'boolean', words: { zh: '启用', en: 'Active' } },
    organisationNameZh: { sql: sql`o.name_zh`, type: 'text', words: { zh: '进口商', en: 'Importer (Chinese)' } },
    organisationNameEn: {
      sql: sql`coalesce(nullif(o.name_en, ''), o.name_zh)`,
      type: 'text',
      words: { zh: '进口商英文名', en: 'Importer' },
    },
  },
})

const eventList = defineListing({
  name: 'events',
  from: sql`event e join organisation o on o.id = e.organisation_id left join lateral (select coalesce(sum(upper(c.codes) - lower(c.codes)), 0)::bigint as labels from event_code c where c.event_id = e.id) goods on true
    left join lateral (select count(*)::int as n from event_container k where k.event_id = e.id and k.role <> 'parent') cartons on true`,
  key: sql`e.id`,
  defaultSort: '-recordTime',
  search: [sql`e.read_point`, sql`o.name_zh`, sql`o.name_en`],
  columns: {
    id: { sql: sql`e.id`, type: 'text', words: { zh: '编号', en: 'Id' } },
    kind: { sql: sql`e.kind`, type: 'enum', words: { zh: '事件', en: 'Event' }, options: KIND_OPTIONS },
    type: { sql: sql`e.type`, type: 'text', words: { zh: '类型', en: 'Type' } },
    bizStep: { sql: sql`e.biz_step`, type: 'text', words: { zh: '业务步骤', en: 'Business step' } },
    labels: { sql: sql`goods.labels`, type: 'number', words: { zh: '单件数', en: 'Items' } },
    containers: { sql: sql`cartons.n`, type: 'number', words: { zh: '箱数', en: 'Containers' } },
    eventTime: { sql: sql`e.event_time`, type: 'instant', words: { zh: '发生时间', en: 'Event time' } },
    recordTime: { sql: sql`e.record_time`, type: 'instant', words: { zh: '记录时间', en: 'Record time' } },
    place: { sql: sql`e.read_point`, type: 'text', words: { zh: '地点', en: 'Place' } },
    organisationNameZh: { sql: sql`o.name_zh`, type: 'text', words: { zh: '企业', en: 'Enterprise (Chinese)' } },
    organisationNameEn: {
      sql: sql`coalesce(nullif(o.name_en, ''), o.name_zh)`,
      type: 'text',
      words: { zh: '企业英文名', en: 'Enterprise' },
    },
  },
})

const stockList = defineListing({
  name: 'stock',
  from: sql`(
    select g.organisation_id, g.lot_id, coalesce(g.dealer_id, c.dealer_id) as dealer_id, g.status, g.hold, sum(g.hi - g.lo + 1)::bigint as labels
    from code_range g left join container c on c.sscc = g.container where g.lot_id is not null group by 1, 2, 3, 4, 5) s
    join lot l on l.id = s.lot_id join product p on p.id = l.product_id left join dealer d on d.id = s.dealer_id`,
  key: sql`(s.lot_id::text || coalesce(s.dealer_id::text, '') || s.status || coalesce(s.hold, ''))`,
  defaultSort: 'productNameZh',
  search: [sql`p.name_zh`, sql`p.name_en`, sql`l.lot_number`, sql`d.name`],
  columns: {
    productNameZh: { sql: sql`p.name_zh`, type: 'text', words: { zh: '商品', en: 'Product (Chinese)' } },
    productNameEn: { sql: sql`p.name_en`, type: 'text', words: { zh: '英文名', en: 'Product' } },
    lotNumber: { sql: sql`l.lot_number`, type: 'text', words: { zh: '批号', en: 'Lot' } },
    holder: { sql: sql`coalesce(d.name, '')`, type: 'text', words: { zh: '持有方（空为自有）', en: 'Held by (empty: own)' } },
    status: {
      sql: sql`s.status`,
      type: 'enum',
      words: { zh: '状态', en: 'State' },
      options: {
        active: { zh: '已激活', en: 'active' },
        retired: { zh: '已注销', en: 'retired' },
        void: { zh: '已作废', en: 'void' },
        replaced: { zh: '已替换', en: 'replaced' },
        destroyed: { zh: '已销毁', en: 'destroyed' },
        inert: { zh: '未激活', en: 'inert' },
      },
    },
    hold: {
      sql: sql`s.hold`,
      type: 'enum',
      words: { zh: '管控', en: 'Hold' },
      options: { frozen: { zh: '冻结', en: 'frozen' }, recalled: { zh: '召回', en: 'recalled' } },
    },
    labels: { sql: sql`s.labels`, type: 'number', words: { zh: '件数', en: 'Items' } },
    lotId: { sql: sql`s.lot_id`, type: 'text', words: { zh: '批号编号', en: 'Lot id' }, exported: false },
    declared: { sql: sql`l.quantity`, type: 'number', words: { zh: '申报数量', en: 'Declared' } },
    expiresOn: { sql: sql`l.expires_on`, type: 'date', words: { zh: '限期使用日期', en: 'Expires' } },
  },
})

function listRoutes(platform: Platform): Route[] {
  const list = (
    id: string,
    url: string,
    access: string,
    zh: string,
    en: string,
    listing: ReturnType<typeof defineListing>,
    where: (actor: Actor) => SqlText,
  ): Route =>
    read({
      id,
      url,
      summary: { zh, en },
      policy: { access },
      query: listQuery,
      answers: { 200: pageOfListing(listing) },
      handle: ({ query, actor, facts, reply }) => respondWithList(platform.db, listing, query, { where: where(actor), facts, reply }),
    })
  return [
    list('activations.list', '/api/activations', 'activations.read', '激活记录', 'Activations', activationList, (a) =>
      seenBy(a, sql`a.organisation_id`),
    ),
    list('containers.list', '/api/containers', 'goods.read', '箱码', 'Containers', containerList, (a) =>
      wall(a, sql`c.organisation_id`, sql`c.dealer_id`),
    ),
    list('shipments.list', '/api/shipments', 'goods.read', '发货单', 'Shipments', shipmentList, (a) =>
      wall(a, sql`s.organisation_id`, sql`s.dealer_id`),
    ),
    list('dealers.list', '/api/dealers', 'dealers.read', '经销商', 'Dealers', dealerList, (a) =>
      wall(a, sql`d.organisation_id`, sql`d.id`),
    ),
    list('events.list', '/api/events', 'goods.read', '流通事件', 'Events', eventList, (a) => seenBy(a, sql`e.organisation_id`)),
    list('goods.stock', '/api/goods/stock', 'goods.read', '库存（按批次与持有方）', 'Stock by lot and holder', stockList, (a) =>
      a.organisationKind === 'brand'
        ? sql`p.brand_organisation_id = ${a.organisationId}`
        : wall(a, sql`s.organisation_id`, sql`s.dealer_id`),
    ),
  ]
}
