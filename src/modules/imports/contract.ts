import { z } from 'zod'

export { IMPORT_FIELDS, type ImportField } from './import-fields.ts'
export { activationGate, consignmentFindings, type Finding, type GateReason, lotFindings } from './rules.ts'

export const IMPORTS_PATHS = {
  consignments: '/api/consignments',
  consignment: '/api/consignments/:consignmentId',
  lotsOfConsignment: '/api/consignments/:consignmentId/lots',
  documents: '/api/consignments/:consignmentId/documents',
  document: '/api/documents/:documentId',
  documentContent: '/api/documents/:documentId/content',
  lots: '/api/lots',
  lot: '/api/lots/:lotId',
  imports: '/api/imports',
  import: '/api/imports/:importId',
  importTemplate: '/api/imports/template',
} as const

const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^\P{Cc}*$/u, 'CONTROL|不能含控制字符|must not contain control characters')
const date = z.iso.date()
const DAY = date.nullable().default(null)

/** A consignment as it is entered; codes or their words are understood for trade and transport modes. */
export const consignmentBody = z.strictObject({
  reference: line(60).default('').describe('own name for it; the declaration number when left out'),
  declarationNumber: line(40).min(1).describe('18 digits, or a cross-border list number'),
  tradeMode: line(20).min(1).describe('监管方式: 0110, 1210, 9610 … or its word'),
  declarationTransportMode: line(20).min(1).describe('运输方式 on the declaration: 2 water, 5 air, 7 bonded zone … or its word'),
  firstLineTransportMode: line(20).nullable().default(null).describe('how the goods crossed the border, when the declaration names a zone'),
  supplier: line(200).default(''),
  departureCountry: line(40).default(''),
  departurePort: line(100).default(''),
  entryPort: line(100).default(''),
  enteredOn: date,
  inspectionCertificate: line(40).default(''),
  inspectionPassedOn: DAY,
  releasedOn: DAY.describe('customs release; for bonded goods the day they left the zone'),
  note: line(1000).default(''),
})
export type ConsignmentBody = z.output<typeof consignmentBody>
export const consignmentUpdateBody = consignmentBody.extend({ version: z.number().int().min(1) })

export const lotBody = z.strictObject({
  productId: z.uuid(),
  lotNumber: line(40).min(1),
  producedOn: DAY,
  expiresOn: DAY.describe('reckoned from production and shelf life when left out'),
  quantity: z.number(),
  grossWeightKg: z.number().min(0).max(999_999_999).nullable().default(null),
})
export type LotBody = z.output<typeof lotBody>
export const lotUpdateBody = lotBody.extend({ version: z.number().int().min(1) })

export const consignmentParams = z.strictObject({ consignmentId: z.uuid() })
export const lotParams = z.strictObject({ lotId: z.uuid() })
export const documentParams = z.strictObject({ documentId: z.uuid() })
export const importParams = z.strictObject({ importId: z.uuid() })
export const deleteQuery = z.object({ version: z.coerce.number().int().min(1).optional() })

export const consignmentView = z.object({
  id: z.uuid(),
  organisationId: z.uuid(),
  reference: z.string(),
  declarationNumber: z.string(),
  tradeMode: z.string(),
  declarationTransportMode: z.string(),
  firstLineTransportMode: z.string().nullable(),
  supplier: z.string(),
  departureCountry: z.string(),
  departurePort: z.string(),
  entryPort: z.string(),
  enteredOn: z.string(),
  inspectionCertificate: z.string(),
  inspectionPassedOn: z.string().nullable(),
  releasedOn: z.string().nullable(),
  note: z.string(),
  version: z.number().int(),
  createdAt: z.string(),
  updatedAt: z.string(),
})
export type Consignment = z.output<typeof consignmentView>

export const lotView = z.object({
  id: z.uuid(),
  organisationId: z.uuid(),
  consignmentId: z.uuid(),
  productId: z.uuid(),
  lotNumber: z.string(),
  producedOn: z.string().nullable(),
  expiresOn: z.string().nullable(),
  quantity: z.number().int(),
  grossWeightKg: z.number().nullable(),
  version: z.number().int(),
  createdAt: z.string(),
  updatedAt: z.string(),
})
export type Lot = z.output<typeof lotView>

const words = { zh: z.string(), en: z.string() }
export const gateReason = z.object({ code: z.string(), ...words })
export const finding = z.object({ field: z.string(), severity: z.enum(['fault', 'warning']), code: z.string(), ...words })

/** A lot with what downstream needs to know of its consignment. */
export const lotFacts = lotView.extend({
  tradeMode: z.string(),
  regime: z.enum(['general', 'cross-border-retail', 'zone-stock']),
  declarationNumber: z.string(),
  reference: z.string(),
  declarationTransportMode: z.string(),
  firstLineTransportMode: z.string().nullable(),
  entryPort: z.string(),
  departureCountry: z.string(),
  departurePort: z.string(),
  supplier: z.string(),
  enteredOn: z.string(),
  inspectionCertificate: z.string(),
  inspectionPassedOn: z.string().nullable(),
  releasedOn: z.string().nullable(),
})
export type LotFacts = z.output<typeof lotFacts>

export const documentKinds = {
  declaration: { zh: '报关单', en: 'Declaration' },
  'inspection-certificate': { zh: '检验检疫证明', en: 'Inspection certificate' },
  invoice: { zh: '发票', en: 'Invoice' },
  'packing-list': { zh: '装箱单', en: 'Packing list' },
  'label-filing': { zh: '标签样张', en: 'Label sample' },
  other: { zh: '其他', en: 'Other' },
} as const
export type DocumentKind = keyof typeof documentKinds

export const documentView = z.object({
  id: z.uuid(),
  consignmentId: z.uuid(),
  kind: z.enum(Object.keys(documentKinds) as [DocumentKind, ...DocumentKind[]]),
  kindWords: z.object(words),
  name: z.string(),
  mediaType: z.string(),
  size: z.number().int(),
  uploadedBy: z.string(),
  createdAt: z.string(),
})

export const consignmentDetail = consignmentView.extend({
  tradeModeWords: z.object(words).nullable(),
  declarationTransportModeWords: z.object(words).nullable(),
  firstLineTransportModeWords: z.object(words).nullable(),
  regime: z.string(),
  findings: z.array(finding),
  lots: z.array(
    lotView.extend({
      productNameZh: z.string(),
      productNameEn: z.string(),
      gtin: z.string(),
      gate: z.array(gateReason),
      findings: z.array(finding),
    }),
  ),
  documents: z.array(documentView),
})

/** Kinds of lists that come in by file in two steps. */
export type ListName = 'imports' | 'movements'

export const VERDICTS = {
  new: { zh: '新增', en: 'New' },
  changed: { zh: '有变化', en: 'Changed' },
  unchanged: { zh: '无变化', en: 'Unchanged' },
  wrong: { zh: '有错误', en: 'Wrong' },
} as const
export type Verdict = keyof typeof VERDICTS

export const IMPORT_STATES = {
  reading: { zh: '读取中', en: 'Being read' },
  ready: { zh: '待确认', en: 'Ready to commit' },
  committing: { zh: '写入中', en: 'Being committed' },
  done: { zh: '已完成', en: 'Done' },
  discarded: { zh: '已放弃', en: 'Discarded' },
  failed: { zh: '失败', en: 'Failed' },
} as const
export type ImportState = keyof typeof IMPORT_STATES

export const importCounts = z.object({
  rows: z.number().int(),
  new: z.number().int(),
  changed: z.number().int(),
  unchanged: z.number().int(),
  wrong: z.number().int(),
  warned: z.number().int(),
  committed: z.number().int(),
})
export type ImportCounts = z.output<typeof importCounts>

export const importLayout = z.object({
  sheet: z.string().nullable(),
  sheets: z.array(z.string()),
  encoding: z.string().nullable(),
  headerRow: z.number().int().describe('row number in the file, from 1'),
  titles: z.array(z.string()),
  notes: z
    .array(z.object({ rowNumber: z.number().int(), code: z.string(), ...words }))
    .describe('rows that were set aside: titles, totals, blanks'),
})
export type ImportLayout = z.output<typeof importLayout>

export const importMapping = z.record(z.string(), z.number().int().min(0).max(500))
export type ImportMapping = Readonly<Record<string, number>>
export const mappingBody = z.strictObject({
  headerRow: z.number().int().min(1).max(1000).optional(),
  sheet: z.string().max(100).optional(),
  mapping: importMapping.optional().describe('field → column from 0; a field that is left out is not read'),
})

export const importView = z.object({
  id: z.uuid(),
  organisationId: z.uuid(),
  fileName: z.string(),
  state: z.enum(Object.keys(IMPORT_STATES) as [ImportState, ...ImportState[]]),
  sameAs: z.uuid().nullable().describe('finished import of the very same bytes'),
  jobId: z.uuid().nullable(),
  progress: z.object({ done: z.number(), total: z.number(), phase: z.string().optional() }).nullable(),
  layout: importLayout.partial(),
  mapping: importMapping.nullable(),
  counts: importCounts.partial(),
  failure: z.object({ code: z.string(), ...words }).nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
})
export type ImportView = z.output<typeof importView>

export const rowReason = z.object({
  field: z.string(),
  column: z.number().int().nullable().describe('column in the file, from 0; null when the file has no such column'),
  severity: z.enum(['fault', 'warning', 'note']),
  code: z.string(),
  ...words,
})
export type RowReason = z.output<typeof rowReason>

export const rowChange = z.object({ field: z.string(), from: z.unknown(), to: z.unknown(), ...words })
export type RowChange = z.output<typeof rowChange>

export const importRowView = z.object({
  rowNumber: z.number().int(),
  verdict: z.enum(Object.keys(VERDICTS) as [Verdict, ...Verdict[]]),
  warned: z.boolean(),
  committed: z.boolean(),
  cells: z.array(z.string()).describe('as they stand in the file'),
  values: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).describe('as they were understood, by field'),
  reasons: z.array(rowReason),
  changes: z.array(rowChange),
})
export const rowsQuery = z.object({
  verdict: z.enum(Object.keys(VERDICTS) as [Verdict, ...Verdict[]]).optional(),
  warned: z.enum(['true', 'false']).optional(),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})
export const downloadQuery = z.object({ format: z.enum(['xlsx', 'csv']).default('xlsx') })
