import { z } from 'zod'
import type { Words } from '../../kernel/errors.ts'

export const REPORT_KINDS = ['counterfeit', 'damaged', 'mismatch', 'reaction', 'page', 'question'] as const
export type ReportKind = (typeof REPORT_KINDS)[number]

export const REPORT_STATES = ['received', 'checking', 'answered', 'closed'] as const
export type ReportState = (typeof REPORT_STATES)[number]

export const KIND_WORDS: Readonly<Record<ReportKind, Words>> = {
  counterfeit: { zh: '疑似假货', en: 'Suspected counterfeit' },
  damaged: { zh: '包装破损', en: 'Damaged package' },
  mismatch: { zh: '信息不符', en: 'Facts do not match' },
  reaction: { zh: '不良反应', en: 'Adverse reaction' },
  page: { zh: '可疑查询页', en: 'Suspicious look-alike page' },
  question: { zh: '咨询', en: 'Question' },
}

export const STATE_WORDS: Readonly<Record<ReportState, Words>> = {
  received: { zh: '已受理', en: 'Received' },
  checking: { zh: '核查中', en: 'Being checked' },
  answered: { zh: '已答复', en: 'Answered' },
  closed: { zh: '已办结', en: 'Closed' },
}

/** From a state to the states that may follow it. */
export const NEXT_STATES: Readonly<Record<ReportState, readonly ReportState[]>> = {
  received: ['checking', 'answered'],
  checking: ['answered'],
  answered: ['answered', 'closed'],
  closed: [],
}

export const SubmitReport = z.strictObject({
  /** Address of the scanned item, `/01/{gtin}/21/{serial}` or `/s/{serial}`; empty for a look-alike page. */
  code: z.string().max(400).default(''),
  kind: z.enum(REPORT_KINDS),
  text: z.string().trim().max(2000).default(''),
  boughtAt: z.string().trim().max(200).default(''),
  contact: z.string().trim().max(100).default(''),
  /** Consent to keep the contact for the answer (PIPL art. 23, 29: separate consent). */
  contactConsent: z.boolean().default(false),
  /** Separate consent to process health data; needed for an adverse reaction. */
  healthConsent: z.boolean().default(false),
})
export type SubmitReport = z.infer<typeof SubmitReport>

export const AnswerReport = z.strictObject({
  text: z.string().trim().min(1).max(2000),
  close: z.boolean().default(false),
})

export const ReportStatus = z.object({
  ticket: z.string(),
  kind: z.enum(REPORT_KINDS),
  state: z.enum(REPORT_STATES),
  receivedAt: z.string(),
  checkingAt: z.string().nullable(),
  answeredAt: z.string().nullable(),
  closedAt: z.string().nullable(),
  messages: z.array(z.object({ at: z.string(), fromZh: z.string(), fromEn: z.string(), text: z.string() })),
})
export type ReportStatus = z.infer<typeof ReportStatus>

export const ReportDetail = ReportStatus.extend({
  id: z.string(),
  text: z.string(),
  boughtAt: z.string(),
  codePath: z.string(),
  verdict: z.string(),
  province: z.string().nullable(),
  productNameZh: z.string().nullable(),
  productNameEn: z.string().nullable(),
  lotNumber: z.string().nullable(),
  organisationNameZh: z.string().nullable(),
  organisationNameEn: z.string().nullable(),
  hasContact: z.boolean(),
  photos: z.array(z.object({ position: z.number().int(), url: z.string() })),
})
export type ReportDetail = z.infer<typeof ReportDetail>
