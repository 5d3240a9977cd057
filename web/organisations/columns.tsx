import { ORGANISATION_KINDS, ORGANISATION_STATUSES, type OrganisationStatus } from '../../src/modules/identity/contract.ts'
import { provinces } from '../../src/kernel/region.ts'
import type { Locale } from '../../src/kernel/errors.ts'
import type { Column, EnumOption } from '../shared/table/column.tsx'
import type { Tone } from '../shared/ui/tone.ts'
import { organisationWords } from './words.ts'

/** A row of the server's list. */
export interface OrganisationRow {
  readonly id: string
  readonly nameZh: string
  readonly nameEn: string
  readonly kind: string
  readonly uscc: string
  readonly province: string
  readonly city: string
  readonly status: string
  readonly appliedAt: string
}

const TONES: Readonly<Record<OrganisationStatus, Tone>> = { applied: 'warn', verified: 'good', refused: 'bad', suspended: 'bad' }

export const kindOptions = (locale: Locale): EnumOption[] =>
  Object.entries(ORGANISATION_KINDS).map(([value, words]) => ({ value, label: words[locale] }))

export const statusOptions = (locale: Locale): EnumOption[] =>
  Object.entries(ORGANISATION_STATUSES).map(([value, words]) => ({ value, label: words[locale], tone: TONES[value as OrganisationStatus] }))

export function organisationColumns(locale: Locale): readonly Column<OrganisationRow>[] {
  const t = organisationWords[locale]
  return [
    { key: 'nameZh', title: t.nameZh, type: 'text', minWidth: 200 },
    { key: 'kind', title: t.kind, type: 'enum', options: kindOptions(locale) },
    { key: 'status', title: t.status, type: 'enum', options: statusOptions(locale) },
    { key: 'uscc', title: t.uscc, type: 'text', render: (row) => <span className="mono">{row.uscc}</span> },
    {
      key: 'province',
      title: t.province,
      type: 'enum',
      options: provinces.map((p) => ({ value: p.code, label: locale === 'zh' ? p.nameZh : p.nameEn })),
    },
    { key: 'city', title: t.city, type: 'text', hidden: true },
    { key: 'nameEn', title: t.nameEn, type: 'text', minWidth: 180 },
    { key: 'appliedAt', title: t.appliedAt, type: 'instant' },
  ]
}
