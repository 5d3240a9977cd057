import { z } from 'zod'

export const PIN_RUN_STATES = ['making', 'ready', 'destroyed', 'void'] as const

export const MakePins = z.strictObject({
  printerId: z.uuid(),
  digits: z.number().int().min(8).max(16).default(10),
})
export type MakePins = z.infer<typeof MakePins>

/** PINs of a batch as the console shows them; never a digit of one. */
export const PinRun = z.object({
  id: z.uuid(),
  batchId: z.number().int(),
  orderNumber: z.string(),
  organisationNameZh: z.string(),
  organisationNameEn: z.string(),
  printerNameZh: z.string(),
  printerNameEn: z.string(),
  /** The codes of these labels are printed by the same printer, who then knows code and PIN together. */
  samePrinter: z.boolean(),
  digits: z.number().int(),
  labels: z.number().int(),
  state: z.enum(PIN_RUN_STATES),
  madeAt: z.string(),
  readyAt: z.string().nullable(),
  voidedAt: z.string().nullable(),
  destroyedAt: z.string().nullable(),
  fileBytes: z.number().int().nullable(),
  downloads: z.number().int(),
  maxDownloads: z.number().int(),
  jobId: z.uuid().nullable(),
})
export type PinRun = z.infer<typeof PinRun>
