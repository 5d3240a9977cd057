import { useMemo } from 'react'
import { decisionsOn, useDecisions } from '../registrations/decisions.tsx'
import { registrationWords } from '../registrations/words.ts'
import { useCan } from '../shared/api/session.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { paths } from '../shared/paths.ts'
import { DataTable } from '../shared/table/data-table.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { organisationColumns, type OrganisationRow } from './columns.tsx'
import { organisationWords } from './words.ts'

/** All organisations that the person may see. The pattern of a list page. */
export function OrganisationsPage() {
  const t = useWords(organisationWords)
  const language = useLanguage()
  const go = useGo()
  const verifies = useCan()('organisations.verify')
  const r = useWords(registrationWords)
  const { ask, dialog } = useDecisions()
  const columns = useMemo(() => organisationColumns(language), [language])
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} />
      <DataTable<OrganisationRow>
        id="organisations"
        label={t.title}
        path="/api/organisations"
        columns={columns}
        rowKey={(row) => row.id}
        rowTo={(row) => paths.organisation(row.id)}
        rowActions={(row) => [
          { key: 'open', label: t.open, onSelect: () => go(paths.organisation(row.id)) },
          ...(verifies
            ? decisionsOn(row).map((decision) => ({
                key: decision,
                label: r[decision],
                danger: decision === 'refuse' || decision === 'suspend',
                onSelect: () => ask(row, decision),
              }))
            : []),
        ]}
        searchHint={t.search}
        empty={{ title: t.none, detail: t.noneDetail }}
      />
      {dialog}
    </>
  )
}
