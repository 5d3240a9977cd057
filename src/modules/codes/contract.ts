import { z } from 'zod'
import type { Words } from '../../kernel/errors.ts'

export const ORDER_STATES = ['submitted', 'approved', 'issued', 'released', 'printed', 'received', 'refused', 'cancelled'] as const
export type OrderState = (typeof ORDER_STATES)[number]

export const ORDER_STATE_WORDS: Readonly<Record<OrderState, Words>> = {
  submitted: { zh: '待审', en: 'Waiting for approval' },
  approved: { zh: '已批准', en: 'Approved' },
  issued: { zh: '已生成', en: 'Codes issued' },
  released: { zh: '已发印厂', en: 'Released to printer' },
  printed: { zh: '已印', en: 'Printed' },
  received: { zh: '已签收', en: 'Received' },
  refused: { zh: '已退回', en: 'Refused' },
  cancelled: { zh: '已取消', en: 'Cancelled' },
}

/** From a state to those that may follow: the whole life of an order. */
export const ORDER_TRANSITIONS: Readonly<Record<OrderState, readonly OrderState[]>> = {
  submitted: ['approved', 'refused', 'cancelled'],
  approved: ['issued', 'cancelled'],
  issued: ['released'],
  released: ['printed'],
  printed: ['printed', 'received'],
  received: [],
  refused: [],
  cancelled: [],
}

export const LABEL_KINDS = ['gtin', 'blank'] as const

export const LABEL_KIND_WORDS: Readonly<Record<'gtin' | 'blank' | 'legacy', Words>> = {
  gtin: { zh: '商品标签', en: 'Product labels' },
  blank: { zh: '空白标签（先印后绑）', en: 'Blank labels, bound later' },
  legacy: { zh: '旧系统标签', en: 'Labels of the older system' },
}

const count = z.coerce.number().int().min(1).max(2_000_000_000)

export const QuoteQuery = z.strictObject({
  lotId: z.uuid().optional(),
  quantity: count.optional(),
  spoilage: z.coerce.number().int().min(0).max(200_000_000).optional(),
})

export const Quote = z.object({
  declared: z.number().int().nullable(),
  ordered: z.number().int(),
  suggested: z.number().int(),
  quantity: z.number().int(),
  spoilage: z.number().int(),
  maxSpoilage: z.number().int(),
  subsidisedLabels: z.number().int(),
  paidLabels: z.number().int(),
  priceFen: z.number().int(),
  subsidyFen: z.number().int(),
  feeFen: z.number().int(),
  quotaLeft: z.number().int(),
  quotaEndsOn: z.string().nullable(),
})
export type Quote = z.infer<typeof Quote>

export const SubmitOrder = z.strictObject({
  lotId: z.uuid().optional(),
  labelKind: z.enum(LABEL_KINDS).default('gtin'),
  quantity: z.number().int().min(1).max(2_000_000_000),
  /** Two percent, or what the lot still allows, when left out. */
  spoilage: z.number().int().min(0).max(200_000_000).optional(),
  printerId: z.uuid(),
  rollSize: z.number().int().min(10).max(100_000).default(1000),
})
export type SubmitOrder = z.infer<typeof SubmitOrder>

export const Decision = z.strictObject({ reason: z.string().trim().max(500).default('') })
export const Reason = z.strictObject({ reason: z.string().trim().min(1).max(500) })

export const Order = z.object({
  id: z.string(),
  number: z.string(),
  organisationId: z.string(),
  organisationNameZh: z.string(),
  organisationNameEn: z.string(),
  lotId: z.string().nullable(),
  lotNumber: z.string().nullable(),
  productId: z.string().nullable(),
  productNameZh: z.string().nullable(),
  productNameEn: z.string().nullable(),
  labelKind: z.enum(['gtin', 'blank', 'legacy']),
  quantity: z.number().int(),
  spoilage: z.number().int(),
  rollSize: z.number().int(),
  printerId: z.string().nullable(),
  printerNameZh: z.string().nullable(),
  printerNameEn: z.string().nullable(),
  status: z.enum(ORDER_STATES),
  feeFen: z.number().int(),
  subsidyFen: z.number().int(),
  submittedAt: z.string(),
  decisionReason: z.string(),
  batchId: z.number().int().nullable(),
  packId: z.string().nullable(),
  reconciliation: z.object({
    ordered: z.number().int(),
    printed: z.number().int(),
    scrapped: z.number().int(),
    left: z.number().int(),
    received: z.number().int(),
    difference: z.number().int(),
    tolerance: z.number().int(),
    explained: z.boolean(),
    blocks: z.boolean(),
  }),
  history: z.array(z.object({ at: z.string(), state: z.string(), actor: z.string(), reason: z.string() })),
})
export type Order = z.infer<typeof Order>

export const ReportCounts = z.strictObject({
  printed: z.number().int().min(0).max(4_300_000_000).default(0),
  left: z.number().int().min(0).max(4_300_000_000).default(0),
  /** Labels that were printed badly and destroyed at the printer: first and last of each stretch, as scanned. */
  scrapped: z
    .array(z.strictObject({ first: z.string().max(400), last: z.string().max(400) }))
    .max(1000)
    .default([]),
  /** Whole rolls that were spoiled, by number from 1. */
  scrappedRolls: z.array(z.number().int().min(1).max(2_000_000_000)).max(1000).optional(),
  /** Labels that were destroyed and can only be counted. */
  scrappedCount: z.number().int().min(0).max(2_000_000_000).optional(),
  note: z.string().trim().max(500).default(''),
})
export type ReportCounts = z.infer<typeof ReportCounts>

export const ReceiveLabels = z.strictObject({
  received: z.number().int().min(0).max(4_300_000_000),
  note: z.string().trim().max(500).default(''),
})

/** A pack as its printer sees it: what to print and what was reported, without prices. */
export const PackDetail = z.object({
  id: z.string(),
  orderId: z.string(),
  orderNumber: z.string(),
  orderStatus: z.enum(ORDER_STATES),
  organisationNameZh: z.string(),
  organisationNameEn: z.string(),
  printerNameZh: z.string(),
  printerNameEn: z.string(),
  productNameZh: z.string().nullable(),
  productNameEn: z.string().nullable(),
  lotNumber: z.string().nullable(),
  state: z.enum(['released', 'destroyed']),
  labels: z.number().int(),
  rollSize: z.number().int(),
  releasedAt: z.string(),
  destroyedAt: z.string().nullable(),
  downloads: z.number().int(),
  maxDownloads: z.number().int(),
  printed: z.number().int(),
  scrapped: z.number().int(),
  left: z.number().int(),
})
export type PackDetail = z.infer<typeof PackDetail>

export const GrantQuota = z.strictObject({
  organisationId: z.uuid(),
  payer: z.enum(['government', 'prepaid']).default('government'),
  labels: z.number().int().min(1).max(1_000_000_000),
  priceFen: z.number().int().min(0).max(10_000).optional(),
  validFrom: z.iso.date(),
  validTo: z.iso.date(),
  note: z.string().trim().max(500).default(''),
})
export type GrantQuota = z.infer<typeof GrantQuota>

export const SetPrice = z.strictObject({ validFrom: z.iso.date(), priceFen: z.number().int().min(0).max(10_000) })

export const AddPrinterKey = z.strictObject({ recipient: z.string().trim().max(2000), note: z.string().trim().max(200).default('') })

/** What a file of older codes holds, and in the end what became of it. */
export const LegacyReport = z.object({
  fresh: z.number().int(),
  known: z.number().int(),
  imported: z.number().int(),
  /** Number of rows that are wrong; the first thousand of them are told. */
  wrong: z.number().int(),
  faults: z.array(z.object({ rowNumber: z.number().int(), column: z.string(), zh: z.string(), en: z.string() })),
})
export type LegacyReport = z.infer<typeof LegacyReport>

export const ResolveInputs = z.strictObject({ inputs: z.array(z.string().max(400)).min(1).max(5000) })

export const AddedPrinterKey = z.object({ id: z.uuid(), fingerprint: z.string() })

export const PackDownload = z.object({
  id: z.uuid(),
  number: z.number().int(),
  actor: z.string(),
  address: z.string(),
  startedAt: z.string(),
  rows: z.number().int(),
  bytes: z.number().int(),
  completedAt: z.string().nullable(),
  cutAt: z.string().nullable(),
  sha256: z.string().nullable(),
  canariesSeen: z.number().int(),
})

/** Issued codes; alarms are for supervisors only. */
export const CodesHealth = z.object({
  batches: z.number().int(),
  labels: z.number().int(),
  byState: z.partialRecord(z.enum(ORDER_STATES), z.number().int()),
  canariesSeen: z.number().int().nullable(),
  downloads: z.number().int().nullable(),
  downloadsCut: z.number().int().nullable(),
})

export const LabelPrice = z.object({ validFrom: z.string(), priceFen: z.number().int() })

export const GrantBalance = z.object({
  id: z.uuid(),
  payer: z.enum(['government', 'prepaid']),
  labels: z.number().int(),
  left: z.number().int(),
  priceFen: z.number().int(),
  validFrom: z.string(),
  validTo: z.string(),
})

export const ResolvedCode = z.union([
  z.object({ input: z.string(), batchId: z.number().int(), index: z.number().int(), uri: z.string() }),
  z.object({ input: z.string(), reason: z.enum(['empty', 'not-a-code', 'not-ours']) }),
])
