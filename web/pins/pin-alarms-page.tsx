import { useMemo } from 'react'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { pinWords } from './words.ts'

interface AlarmRow {
  readonly id: string
  readonly kind: string
  readonly lastAt: string
  readonly firstAt: string
  readonly times: number
  readonly labels: number
  readonly code: string | null
  readonly productNameZh: string | null
  readonly productNameEn: string | null
  readonly lotNumber: string | null
}

/** Patterns of guessing at PINs. */
export function PinAlarmsPage() {
  const t = useWords(pinWords)
  const language = useLanguage()
  const columns = useMemo<readonly Column<AlarmRow>[]>(
    () => [
      { key: 'lastAt', title: t.lastAt, type: 'instant' },
      {
        key: 'kind',
        title: t.kind,
        type: 'enum',
        options: Object.entries(t.kinds).map(([value, label]) => ({ value, label, tone: 'warn' as const })),
      },
      { key: language === 'zh' ? 'productNameZh' : 'productNameEn', title: t.product, type: 'text', minWidth: 160 },
      { key: 'lotNumber', title: t.lot, type: 'text' },
      { key: 'labels', title: t.labels, type: 'number' },
      { key: 'times', title: t.times, type: 'number' },
      { key: 'firstAt', title: t.firstAt, type: 'instant', hidden: true },
      { key: 'code', title: t.code, type: 'text', hidden: true, render: (row) => <span className="mono">{row.code}</span> },
    ],
    [t, language],
  )
  return (
    <>
      <PageHeader title={t.alarms} lead={t.alarmsLead} />
      <DataTable<AlarmRow>
        id="pin-alarms"
        label={t.alarms}
        path="/api/pin-alarms"
        columns={columns}
        rowKey={(row) => row.id}
        searchHint={t.alarmsSearch}
        empty={{ title: t.noAlarms, detail: t.noAlarmsDetail }}
      />
    </>
  )
}
