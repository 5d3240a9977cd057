import { z } from 'zod'

/** How labels are chosen: rolls by their numbers, stretches by first and last label, single ones, whole containers. */
export const Choice = z.strictObject({
  rolls: z
    .array(z.strictObject({ batchId: z.number().int().min(1), from: z.number().int().min(1), to: z.number().int().min(1) }))
    .max(1000)
    .default([]),
  stretches: z
    .array(z.strictObject({ first: z.string().max(400), last: z.string().max(400) }))
    .max(1000)
    .default([]),
  items: z.array(z.string().max(400)).max(50_000).default([]),
  containers: z.array(z.string().max(60)).max(5000).default([]),
})
export type Choice = z.infer<typeof Choice>

export const Activate = z.strictObject({ lotId: z.uuid(), choice: Choice })
export type Activate = z.infer<typeof Activate>

export const ActivationPreview = z.object({
  lotId: z.string(),
  lotNumber: z.string(),
  productNameZh: z.string(),
  productNameEn: z.string(),
  labels: z.number().int(),
  declared: z.number().int(),
  activated: z.number().int(),
  left: z.number().int(),
  inert: z.number().int(),
  active: z.number().int(),
  ended: z.number().int(),
  onHold: z.number().int(),
  canaries: z.number().int(),
  otherLot: z.number().int(),
  notReceived: z.array(z.string()),
  unknown: z.array(z.object({ input: z.string(), reason: z.string() })),
  gate: z.array(z.object({ code: z.string(), text: z.string() })),
  ready: z.boolean(),
})
export type ActivationPreview = z.infer<typeof ActivationPreview>

export const UndoActivation = z.strictObject({ reason: z.string().trim().min(1).max(500) })

export const MoveGoods = z.strictObject({
  choice: Choice,
  place: z.string().trim().max(100).default(''),
  /** When it happened; now if left out. */
  at: z.iso.datetime({ offset: true }).optional(),
  reason: z.string().trim().max(500).default(''),
})
export type MoveGoods = z.infer<typeof MoveGoods>

export const Pack = MoveGoods.extend({ sscc: z.string().max(60).optional() })
export const Unpack = MoveGoods.extend({
  sscc: z.string().max(60),
  /** `these`: the chosen ones go out; `others`: the chosen ones stay; `all`: everything goes out. */
  take: z.enum(['these', 'others', 'all']).default('these'),
})
export const Ship = MoveGoods.extend({
  dealerId: z.uuid(),
  number: z.string().trim().max(60).default(''),
  note: z.string().trim().max(500).default(''),
})

export const Replace = z.strictObject({
  damaged: z.string().max(400),
  replacement: z.string().max(400),
  reason: z.string().trim().min(1).max(500),
})

export const Hold = z.strictObject({
  lotId: z.uuid().optional(),
  choice: Choice.default({ rolls: [], stretches: [], items: [], containers: [] }),
  reason: z.string().trim().min(1).max(500),
})

export const DealerForm = z.strictObject({
  name: z.string().trim().min(1).max(100),
  provinces: z.array(z.string().max(30)).min(1).max(34),
  city: z.string().trim().max(50).default(''),
  contact: z.string().trim().max(100).default(''),
  dealerOrganisationId: z.uuid().nullable().default(null),
  active: z.boolean().default(true),
})
export type DealerForm = z.infer<typeof DealerForm>

export const DealerView = z.object({
  id: z.uuid(),
  name: z.string(),
  provinces: z.array(z.string()),
  city: z.string(),
  contact: z.string(),
  active: z.boolean(),
  dealerOrganisationId: z.uuid().nullable(),
})

export const ShipmentDetail = z.object({
  id: z.uuid(),
  number: z.string(),
  dealerName: z.string(),
  labels: z.number().int(),
  containerCount: z.number().int(),
  shippedAt: z.string(),
  receivedAt: z.string().nullable(),
  note: z.string(),
  containers: z.array(z.string()),
})

export const Moved = z.object({ eventId: z.string(), labels: z.number().int(), containers: z.number().int(), sscc: z.string().nullable() })

export const TimelineEntrySchema = z.object({
  eventId: z.string(),
  kind: z.string(),
  at: z.string(),
  place: z.string(),
  partyZh: z.string(),
  partyEn: z.string(),
  container: z.string().nullable(),
  textZh: z.string(),
  textEn: z.string(),
})

/** A lot in the choice of what to activate, with its rolls. */
export const LotToActivate = z.object({
  lotId: z.string(),
  lotNumber: z.string(),
  productNameZh: z.string(),
  productNameEn: z.string(),
  gtin: z.string(),
  declared: z.number().int(),
  activated: z.number().int(),
  expiresOn: z.string().nullable(),
  batches: z.array(
    z.object({
      batchId: z.number().int(),
      orderNumber: z.string(),
      labels: z.number().int(),
      rollSize: z.number().int(),
      rolls: z.number().int(),
      received: z.boolean(),
      blank: z.boolean(),
    }),
  ),
})
export type LotToActivate = z.infer<typeof LotToActivate>

export const ContainerDetail = z.object({
  sscc: z.string(),
  /** Containers around it, from the nearest outwards. */
  around: z.array(z.string()),
  dealerName: z.string().nullable(),
  inTransit: z.boolean(),
  packedAt: z.string(),
  goods: z.array(
    z.object({
      productNameZh: z.string().nullable(),
      productNameEn: z.string().nullable(),
      lotNumber: z.string().nullable(),
      status: z.string(),
      hold: z.string().nullable(),
      labels: z.number().int(),
    }),
  ),
  children: z.array(z.string()),
})
export type ContainerDetail = z.infer<typeof ContainerDetail>
