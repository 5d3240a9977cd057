import { z } from 'zod'

export { MOVEMENT_FIELDS, MOVEMENT_FILES_PATH } from './movement-fields.ts'

/** A number that fits the column it is looked up in. */
const ordinal = z.number().int().min(1).max(2_147_483_647)

/** How labels are chosen: rolls by their numbers, stretches by first and last label, single ones, whole containers. */
export const Choice = z.strictObject({
  rolls: z
    .array(z.strictObject({ batchId: ordinal, from: ordinal, to: ordinal }))
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

/** Where a trace forward can begin. */
export const TRACE_ORIGINS = ['item', 'range', 'container', 'lot', 'consignment', 'supplier', 'organisation'] as const
export type TraceOriginKind = (typeof TRACE_ORIGINS)[number]

export const TRACE_LEVELS = ['holders', 'provinces', 'containers', 'lots'] as const
export type TraceLevel = (typeof TRACE_LEVELS)[number]

const AsOf = z.iso.datetime({ offset: true }).optional().describe('event time up to which events count; what is known now when left out')

export const TraceBackQuery = z.object({ code: z.string().min(1).max(400), asOf: AsOf })
export const TraceForwardQuery = z.object({
  kind: z.enum(TRACE_ORIGINS),
  id: z
    .string()
    .min(1)
    .max(900)
    .describe('id of lot, consignment or organisation; SSCC; name of the supplier; code of an item; `first..last` codes of a range'),
  asOf: AsOf,
})
export const TraceLevelQuery = TraceForwardQuery.extend({
  cursor: z.string().max(600).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
})
export const TraceDossierQuery = z.object({
  code: z.string().max(400).optional(),
  kind: z.enum(TRACE_ORIGINS).optional(),
  id: z.string().max(900).optional(),
  asOf: AsOf,
})

const name = z.object({ zh: z.string(), en: z.string() })

/** Something that was found under what was typed, ready to be traced. */
export const TraceCandidate = z.object({
  direction: z.enum(['backward', 'forward']),
  kind: z.enum(TRACE_ORIGINS),
  id: z.string(),
  title: name,
  note: name,
})
export type TraceCandidate = z.infer<typeof TraceCandidate>

/** The event behind a statement: who says it, when it happened, when the platform learnt of it. */
export const TraceSource = z.object({
  eventId: z.string(),
  kind: z.string(),
  words: name,
  organisation: name,
  at: z.string().describe('event time'),
  recordedAt: z.string().describe('record time'),
})
export type TraceSource = z.infer<typeof TraceSource>

const HOLDER_KINDS = ['owner', 'dealer'] as const

export const Whereabouts = z.object({
  situation: z.enum(['inert', 'held', 'in-transit', 'consumed', 'void', 'replaced', 'destroyed', 'elsewhere']),
  /** The answer as one sentence. */
  sentence: name,
  holder: z.object({ kind: z.enum(HOLDER_KINDS), id: z.string(), name, city: z.string() }).nullable(),
  /** From the nearest container outwards. */
  containers: z.array(z.string()),
  hold: z.enum(['frozen', 'recalled']).nullable(),
  returned: z.boolean(),
  source: TraceSource.nullable(),
})
export type Whereabouts = z.infer<typeof Whereabouts>

export const TraceHand = z.object({
  kind: z.enum(HOLDER_KINDS),
  holder: name,
  place: z.string(),
  inTransit: z.boolean(),
  from: z.string(),
  /** null: until now, or the moment that was asked for. */
  to: z.string().nullable(),
  source: TraceSource,
})
export type TraceHand = z.infer<typeof TraceHand>

export const TraceStay = z.object({
  sscc: z.string(),
  /** 1: the item lay directly in it; 2: in a carton in it; and so on. */
  depth: z.number().int(),
  from: z.string(),
  to: z.string().nullable(),
  packed: TraceSource,
  unpacked: TraceSource.nullable(),
})
export type TraceStay = z.infer<typeof TraceStay>

export const TraceStep = TraceSource.extend({
  place: z.string(),
  to: name.nullable(),
  /** Container through which the event touched the item; null when the item itself was named. */
  container: z.string().nullable(),
  by: z.string().nullable().describe('person or system that recorded it; only for its own organisation and supervisors'),
  reason: z.string().nullable(),
  documents: z.array(z.object({ type: z.string(), id: z.string() })),
})
export type TraceStep = z.infer<typeof TraceStep>

export const TraceScans = z.object({
  total: z.number().int(),
  items: z.number().int(),
  firstAt: z.string().nullable(),
  lastAt: z.string().nullable(),
  provinces: z.array(z.object({ province: z.string().nullable(), name, scans: z.number().int(), items: z.number().int() })),
})
export type TraceScans = z.infer<typeof TraceScans>

export const TraceBack = z.object({
  asOf: z.string().nullable(),
  item: z.object({
    uri: z.string(),
    batchId: z.number().int(),
    index: z.number().int(),
    status: z.string(),
    successor: z.string().nullable().describe('address of the label that took over'),
    predecessors: z.array(z.string()),
  }),
  whereabouts: Whereabouts,
  product: z
    .object({
      id: z.string(),
      gtin: z.string(),
      name,
      brand: z.string(),
      spec: z.string(),
      origin: name,
      manufacturer: z.string(),
      filingNumber: z.string(),
      responsiblePerson: z.string(),
    })
    .nullable(),
  lot: z
    .object({
      id: z.string(),
      number: z.string(),
      producedOn: z.string().nullable(),
      expiresOn: z.string().nullable(),
      declared: z.number().int().nullable().describe('null for dealers'),
    })
    .nullable(),
  consignment: z
    .object({
      id: z.string(),
      reference: z.string(),
      declarationNumber: z.string(),
      tradeMode: name,
      transportMode: name,
      supplier: z.string().nullable().describe('null for dealers and brands: whom an importer buys from is its own business'),
      departure: name,
      entryPort: name,
      enteredOn: z.string(),
      releasedOn: z.string().nullable(),
      inspectionCertificate: z.string(),
      inspectionPassedOn: z.string().nullable(),
      importer: name,
      documents: z.array(z.object({ kind: z.string(), name: z.string() })),
    })
    .nullable(),
  label: z
    .object({
      orderNumber: z.string(),
      orderedAt: z.string(),
      labelKind: z.string(),
      printer: name.nullable(),
      issuedAt: z.string(),
      releasedAt: z.string().nullable(),
      printedAt: z.string().nullable(),
      receivedAt: z.string().nullable(),
      roll: z.number().int(),
    })
    .nullable(),
  activation: TraceSource.extend({ by: z.string().nullable() }).nullable(),
  hands: z.array(TraceHand),
  stays: z.array(TraceStay),
  /** Newest first. */
  steps: z.array(TraceStep),
  scans: TraceScans.nullable(),
})
export type TraceBack = z.infer<typeof TraceBack>

export const TraceHolder = z.object({
  key: z.string(),
  kind: z.enum(HOLDER_KINDS),
  name,
  province: z.string().nullable(),
  territory: z.array(z.string()),
  city: z.string(),
  held: z.number().int(),
  inTransit: z.number().int(),
  returned: z.number().int(),
  consumed: z.number().int(),
  onHold: z.number().int(),
  source: TraceSource.nullable(),
})
export type TraceHolder = z.infer<typeof TraceHolder>

export const TraceContainer = z.object({
  sscc: z.string(),
  around: z.array(z.string()),
  goods: z.number().int(),
  holder: name,
  inTransit: z.boolean(),
})
export type TraceContainer = z.infer<typeof TraceContainer>

export const TraceLot = z.object({
  lotId: z.string(),
  lotNumber: z.string(),
  product: name,
  importer: name,
  declared: z.number().int().nullable().describe('null for dealers'),
  goods: z.number().int(),
})
export type TraceLot = z.infer<typeof TraceLot>

export const TraceProvince = z.object({ province: z.string().nullable(), name, goods: z.number().int(), inTransit: z.number().int() })
export type TraceProvince = z.infer<typeof TraceProvince>

export const TraceTotals = z.object({
  labels: z.number().int().describe('all labels in question, also those that stand for no goods'),
  goods: z.number().int().describe('labels that stand for goods: active, retired, destroyed'),
  owner: z.number().int(),
  dealers: z.number().int(),
  inTransit: z.number().int(),
  returned: z.number().int().describe('part of owner: came back and has not left again'),
  consumed: z.number().int().describe('retired as empty by consumers'),
  destroyed: z.number().int(),
  frozen: z.number().int(),
  recalled: z.number().int(),
  inert: z.number().int(),
  void: z.number().int(),
  replaced: z.number().int(),
})
export type TraceTotals = z.infer<typeof TraceTotals>

/** Layers from left to right; the width of a link is a number of items. */
export const TRACE_LAYERS = ['origin', 'importer', 'container', 'holder', 'province'] as const
export const TraceGraph = z.object({
  nodes: z.array(z.object({ id: z.string(), layer: z.enum(TRACE_LAYERS), label: name, goods: z.number().int(), merged: z.number().int() })),
  links: z.array(z.object({ from: z.string(), to: z.string(), goods: z.number().int() })),
})
export type TraceGraph = z.infer<typeof TraceGraph>

const levelOf = <T extends z.ZodType>(row: T) =>
  z.object({ items: z.array(row), total: z.number().int(), nextCursor: z.string().nullable() })

export const TraceForward = z.object({
  origin: z.object({ kind: z.enum(TRACE_ORIGINS), id: z.string(), title: name, note: name }),
  asOf: z.string().nullable(),
  /** Last event that this answer looked at; the pages of one answer speak of the same moment. */
  horizon: z.string(),
  totals: TraceTotals,
  holders: levelOf(TraceHolder),
  provinces: levelOf(TraceProvince),
  containers: levelOf(TraceContainer),
  lots: levelOf(TraceLot),
  scans: TraceScans.nullable(),
  graph: TraceGraph,
})
export type TraceForward = z.infer<typeof TraceForward>

export const TraceLevelPage = levelOf(z.union([TraceHolder, TraceContainer, TraceLot, TraceProvince]))
