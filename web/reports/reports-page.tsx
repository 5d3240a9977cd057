import { useMemo } from 'react'
import { useSession } from '../shared/api/session.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { paths } from '../shared/paths.ts'
import { DataTable } from '../shared/table/data-table.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { reportColumns, type ReportRow } from './columns.tsx'
import { reportWords } from './words.ts'

export function ReportsPage() {
  const t = useWords(reportWords)
  const language = useLanguage()
  const kind = useSession().organisation.kind
  const columns = useMemo(() => reportColumns(language, kind === 'operator' || kind === 'regulator'), [language, kind])
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} />
      <DataTable<ReportRow>
        id="reports"
        label={t.title}
        path="/api/reports"
        columns={columns}
        rowKey={(row) => row.id}
        rowTo={(row) => paths.report(row.id)}
        searchHint={t.search}
        empty={{ title: t.none, detail: t.noneDetail }}
      />
    </>
  )
}
