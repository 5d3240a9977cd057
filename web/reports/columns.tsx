import type { Locale } from '../../src/kernel/errors.ts'
import { provinces } from '../../src/kernel/region.ts'
import { KIND_WORDS, type ReportKind, type ReportState, STATE_WORDS } from '../../src/modules/feedback/contract.ts'
import type { Column, EnumOption } from '../shared/table/column.tsx'
import type { Tone } from '../shared/ui/tone.ts'
import { reportWords } from './words.ts'

export interface ReportRow {
  readonly id: string
  readonly ticket: string
  readonly kind: ReportKind
  readonly state: ReportState
  readonly receivedAt: string
  readonly answeredAt: string | null
  readonly productNameZh: string | null
  readonly productNameEn: string | null
  readonly lotNumber: string | null
  readonly organisationNameZh: string | null
  readonly organisationNameEn: string | null
  readonly province: string | null
  readonly boughtAt: string
  readonly text: string
}

const STATE_TONES: Readonly<Record<ReportState, Tone>> = { received: 'warn', checking: 'info', answered: 'good', closed: 'quiet' }
const KIND_TONES: Readonly<Record<ReportKind, Tone>> = {
  counterfeit: 'bad',
  reaction: 'bad',
  mismatch: 'warn',
  page: 'warn',
  damaged: 'info',
  question: 'quiet',
}

export const reportStates = (locale: Locale): EnumOption[] =>
  Object.entries(STATE_WORDS).map(([value, words]) => ({ value, label: words[locale], tone: STATE_TONES[value as ReportState] }))
export const reportKinds = (locale: Locale): EnumOption[] =>
  Object.entries(KIND_WORDS).map(([value, words]) => ({ value, label: words[locale], tone: KIND_TONES[value as ReportKind] }))

export function reportColumns(locale: Locale, supervisor: boolean): readonly Column<ReportRow>[] {
  const t = reportWords[locale]
  return [
    { key: 'ticket', title: t.ticket, type: 'text', render: (row) => <span className="mono nowrap">{row.ticket}</span> },
    { key: 'state', title: t.state, type: 'enum', options: reportStates(locale) },
    { key: 'kind', title: t.kind, type: 'enum', options: reportKinds(locale) },
    { key: locale === 'zh' ? 'productNameZh' : 'productNameEn', title: t.product, type: 'text', minWidth: 160 },
    { key: 'text', title: t.text, type: 'text', minWidth: 220, sortable: false },
    { key: 'lotNumber', title: t.lot, type: 'text' },
    {
      key: locale === 'zh' ? 'organisationNameZh' : 'organisationNameEn',
      title: t.importer,
      type: 'text',
      hidden: !supervisor,
      minWidth: 160,
    },
    { key: 'receivedAt', title: t.receivedAt, type: 'instant' },
    { key: 'answeredAt', title: t.answeredAt, type: 'instant', hidden: true },
    {
      key: 'province',
      title: t.province,
      type: 'enum',
      hidden: true,
      options: provinces.map((p) => ({ value: p.code, label: locale === 'zh' ? p.shortZh : p.nameEn })),
    },
    { key: 'boughtAt', title: t.boughtAt, type: 'text', hidden: true },
  ]
}
