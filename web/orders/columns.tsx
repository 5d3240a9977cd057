import type { Locale } from '../../src/kernel/errors.ts'
import { LABEL_KIND_WORDS, ORDER_STATE_WORDS, type OrderState } from '../../src/modules/codes/contract.ts'
import { formatFor } from '../shared/i18n/format.ts'
import type { Column, EnumOption } from '../shared/table/column.tsx'
import type { Tone } from '../shared/ui/tone.ts'
import { orderWords } from './words.ts'

export interface OrderRow {
  readonly id: string
  readonly number: string
  readonly status: OrderState
  readonly organisationNameZh: string
  readonly organisationNameEn: string
  readonly productNameZh: string | null
  readonly productNameEn: string | null
  readonly lotNumber: string | null
  readonly labelKind: string
  readonly quantity: number
  readonly spoilage: number
  readonly printed: number
  readonly scrapped: number
  readonly left: number
  readonly received: number
  readonly feeFen: number
  readonly subsidyFen: number
  readonly printerNameZh: string | null
  readonly printerNameEn: string | null
  readonly submittedAt: string
  readonly batchId: number | null
}

export const ORDER_TONES: Readonly<Record<OrderState, Tone>> = {
  submitted: 'warn',
  approved: 'info',
  issued: 'info',
  released: 'info',
  printed: 'warn',
  received: 'good',
  refused: 'bad',
  cancelled: 'quiet',
}

export const orderStates = (locale: Locale): EnumOption[] =>
  Object.entries(ORDER_STATE_WORDS).map(([value, words]) => ({ value, label: words[locale], tone: ORDER_TONES[value as OrderState] }))

export function orderColumns(locale: Locale, showsOrganisation: boolean): readonly Column<OrderRow>[] {
  const t = orderWords[locale]
  const { money } = formatFor(locale)
  const names: readonly Column<OrderRow>[] = [
    { key: 'productNameZh', title: t.product, type: 'text', minWidth: 180, hidden: locale === 'en' },
    { key: 'productNameEn', title: t.productEn, type: 'text', minWidth: 180, hidden: locale === 'zh' },
  ]
  return [
    { key: 'number', title: t.number, type: 'text', render: (row) => <span className="mono nowrap">{row.number}</span> },
    { key: 'status', title: t.status, type: 'enum', options: orderStates(locale) },
    ...(locale === 'zh' ? names : names.toReversed()),
    { key: 'lotNumber', title: t.lot, type: 'text' },
    { key: 'quantity', title: t.quantity, type: 'number' },
    {
      key: locale === 'zh' ? 'organisationNameZh' : 'organisationNameEn',
      title: t.organisation,
      type: 'text',
      hidden: !showsOrganisation,
      minWidth: 160,
    },
    { key: locale === 'zh' ? 'printerNameZh' : 'printerNameEn', title: t.printer, type: 'text', minWidth: 140 },
    { key: 'submittedAt', title: t.submittedAt, type: 'instant' },
    {
      key: 'labelKind',
      title: t.labelKind,
      type: 'enum',
      hidden: true,
      options: Object.entries(LABEL_KIND_WORDS).map(([value, words]) => ({ value, label: words[locale] })),
    },
    { key: 'spoilage', title: t.spoilage, type: 'number', hidden: true },
    { key: 'printed', title: t.printed, type: 'number', hidden: true },
    { key: 'scrapped', title: t.scrapped, type: 'number', hidden: true },
    { key: 'left', title: t.left, type: 'number', hidden: true },
    { key: 'received', title: t.received, type: 'number', hidden: true },
    { key: 'feeFen', title: t.fee, type: 'number', filterable: false, hidden: true, render: (row) => money(row.feeFen) },
    { key: 'subsidyFen', title: t.subsidy, type: 'number', filterable: false, hidden: true, render: (row) => money(row.subsidyFen) },
    { key: 'batchId', title: t.batch, type: 'number', hidden: true },
  ]
}
