import { Button } from 'antd'
import { useMemo } from 'react'
import type { Locale } from '../../src/kernel/errors.ts'
import { useCan, useSession } from '../shared/api/session.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { UNDO_MS, useUndo } from './undo.tsx'
import { activationWords } from './words.ts'

interface ActivationRow {
  readonly id: string
  readonly activatedAt: string
  readonly productNameZh: string
  readonly productNameEn: string
  readonly lotNumber: string
  readonly labels: number
  readonly activatedBy: string
  readonly organisationNameZh: string
  readonly organisationNameEn: string
  readonly undoneAt: string | null
  readonly undoReason: string | null
}

function columnsFor(locale: Locale, supervisor: boolean): readonly Column<ActivationRow>[] {
  const t = activationWords[locale]
  return [
    { key: 'activatedAt', title: t.activatedAt, type: 'instant' },
    { key: 'productNameZh', title: t.product, type: 'text', minWidth: 180, hidden: locale === 'en' },
    { key: 'productNameEn', title: t.productEn, type: 'text', minWidth: 180, hidden: locale === 'zh' },
    { key: 'lotNumber', title: t.lot, type: 'text' },
    { key: 'labels', title: t.labels, type: 'number' },
    { key: 'activatedBy', title: t.by, type: 'text' },
    {
      key: locale === 'zh' ? 'organisationNameZh' : 'organisationNameEn',
      title: t.organisation,
      type: 'text',
      hidden: !supervisor,
      minWidth: 160,
    },
    { key: 'undoneAt', title: t.undoneAt, type: 'instant' },
    { key: 'undoReason', title: t.undoReason, type: 'text', hidden: true },
  ]
}

export function ActivationsPage() {
  const t = useWords(activationWords)
  const language = useLanguage()
  const go = useGo()
  const can = useCan()('activations.write')
  const kind = useSession().organisation.kind
  const columns = useMemo(() => columnsFor(language, kind === 'operator' || kind === 'regulator'), [language, kind])
  const undo = useUndo()
  const button = can && (
    <Button type="primary" onClick={() => go(paths.activationNew())}>
      {t.activate}
    </Button>
  )
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} actions={button} />
      <DataTable<ActivationRow>
        id="activations"
        label={t.title}
        path="/api/activations"
        columns={columns}
        rowKey={(row) => row.id}
        searchHint={t.search}
        {...(can && {
          rowActions: (row: ActivationRow) => [
            {
              key: 'undo',
              label: t.undo,
              danger: true,
              disabledReason:
                row.undoneAt !== null ? t.undoneAlready : Date.now() - Date.parse(row.activatedAt) > UNDO_MS ? t.late : undefined,
              onSelect: () => undo.ask(row),
            },
          ],
        })}
        empty={{ title: t.none, detail: can ? t.noneDetail : t.noneSupervisor, next: button }}
      />
      {undo.dialog}
    </>
  )
}
