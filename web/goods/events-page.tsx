import { useMemo } from 'react'
import type { Locale } from '../../src/kernel/errors.ts'
import { useSession } from '../shared/api/session.ts'
import { formatFor } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { eventKinds } from './states.ts'
import { goodsWords } from './words.ts'

interface EventRow {
  readonly id: string
  readonly kind: string
  readonly bizStep: string
  readonly labels: number
  readonly containers: number
  readonly eventTime: string
  readonly recordTime: string
  readonly place: string
  readonly organisationNameZh: string
  readonly organisationNameEn: string
}

function columnsFor(locale: Locale, supervisor: boolean): readonly Column<EventRow>[] {
  const t = goodsWords[locale]
  const format = formatFor(locale)
  return [
    { key: 'eventTime', title: t.eventTime, type: 'instant' },
    { key: 'kind', title: t.kind, type: 'enum', options: eventKinds(locale) },
    // what went inside of cartons is told by the cartons
    { key: 'labels', title: t.singles, type: 'number', render: (row) => (row.labels === 0 ? '—' : format.number(row.labels)) },
    {
      key: 'containers',
      title: t.containersCount,
      type: 'number',
      render: (row) => (row.containers === 0 ? '—' : format.number(row.containers)),
    },
    { key: 'place', title: t.place, type: 'text', minWidth: 120 },
    {
      key: locale === 'zh' ? 'organisationNameZh' : 'organisationNameEn',
      title: t.organisation,
      type: 'text',
      hidden: !supervisor,
      minWidth: 160,
    },
    { key: 'recordTime', title: t.recordTime, type: 'instant' },
    { key: 'bizStep', title: t.bizStep, type: 'text', hidden: true },
    { key: 'id', title: 'Event ID', type: 'text', hidden: true },
  ]
}

export function EventsPage() {
  const t = useWords(goodsWords)
  const language = useLanguage()
  const kind = useSession().organisation.kind
  const columns = useMemo(() => columnsFor(language, kind === 'operator' || kind === 'regulator'), [language, kind])
  return (
    <>
      <PageHeader title={t.events} lead={t.eventsLead} />
      <DataTable<EventRow>
        id="events"
        label={t.events}
        path="/api/events"
        columns={columns}
        rowKey={(row) => row.id}
        searchHint={t.eventsSearch}
        empty={{ title: t.eventsNone, detail: t.eventsNoneDetail }}
      />
    </>
  )
}
