import { Button } from 'antd'
import { useMemo } from 'react'
import type { Locale } from '../../src/kernel/errors.ts'
import { useCan, useSession } from '../shared/api/session.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { orderStates } from '../orders/columns.tsx'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { packWords } from './words.ts'

interface PackRow {
  readonly id: string
  readonly orderNumber: string
  readonly state: string
  readonly orderStatus: string
  readonly organisationNameZh: string
  readonly organisationNameEn: string
  readonly printerNameZh: string
  readonly printerNameEn: string
  readonly labels: number
  readonly rollSize: number
  readonly downloads: number
  readonly maxDownloads: number
  readonly lastDownloadAt: string | null
  readonly canariesSeen: number
  readonly releasedAt: string
}

function packColumns(locale: Locale, kind: string): readonly Column<PackRow>[] {
  const t = packWords[locale]
  const printer = kind === 'printer'
  const importer = kind === 'importer'
  return [
    { key: 'orderNumber', title: t.orderNumber, type: 'text', render: (row) => <span className="mono nowrap">{row.orderNumber}</span> },
    { key: 'orderStatus', title: t.orderStatus, type: 'enum', options: orderStates(locale) },
    {
      key: 'state',
      title: t.state,
      type: 'enum',
      options: [
        { value: 'released', label: t.released, tone: 'info' },
        { value: 'destroyed', label: t.destroyed, tone: 'quiet' },
      ],
    },
    {
      key: locale === 'zh' ? 'organisationNameZh' : 'organisationNameEn',
      title: t.organisation,
      type: 'text',
      hidden: importer,
      minWidth: 160,
    },
    { key: locale === 'zh' ? 'printerNameZh' : 'printerNameEn', title: t.printer, type: 'text', hidden: printer, minWidth: 140 },
    { key: 'labels', title: t.labels, type: 'number' },
    { key: 'downloads', title: t.downloads, type: 'number', render: (row) => `${row.downloads} / ${row.maxDownloads}` },
    {
      key: 'canariesSeen',
      title: t.canariesSeen,
      type: 'number',
      render: (row) => (row.canariesSeen === 0 ? t.canariesNone : <StatusTag tone="bad">{t.canaries(String(row.canariesSeen))}</StatusTag>),
    },
    { key: 'lastDownloadAt', title: t.lastDownload, type: 'instant', hidden: true },
    { key: 'releasedAt', title: t.releasedAt, type: 'instant' },
    { key: 'rollSize', title: t.rollSize, type: 'number', hidden: true },
  ]
}

export function PacksPage() {
  const t = useWords(packWords)
  const language = useLanguage()
  const go = useGo()
  const can = useCan()
  const { kind } = useSession().organisation
  const printer = kind === 'printer'
  const columns = useMemo(() => packColumns(language, kind), [language, kind])
  const next = printer ? (
    <Button onClick={() => go(paths.printers())}>{t.keys}</Button>
  ) : can('orders.read') ? (
    <Button onClick={() => go(paths.orders())}>{t.orders}</Button>
  ) : undefined
  return (
    <>
      <PageHeader
        title={t.title}
        lead={t.lead}
        actions={
          (printer || can('printers.manage')) && <Button onClick={() => go(paths.printers())}>{printer ? t.keys : t.keysTitle}</Button>
        }
      />
      <DataTable<PackRow>
        id="packs"
        label={t.title}
        path="/api/packs"
        columns={columns}
        rowKey={(row) => row.id}
        rowTo={(row) => paths.pack(row.id)}
        searchHint={t.search}
        empty={{ title: t.none, detail: printer ? t.noneDetail : t.noneOperator, next }}
      />
    </>
  )
}
