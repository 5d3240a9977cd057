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
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { formatFor } from '../shared/i18n/format.ts'
import { shipmentWords } from './words.ts'

interface ShipmentRow {
  readonly id: string
  readonly number: string
  readonly dealerName: string
  readonly organisationNameZh: string
  readonly organisationNameEn: string
  readonly labels: number
  readonly containers: number
  readonly shippedAt: string
  readonly receivedAt: string | null
  readonly note: string
}

function columnsFor(locale: Locale, importer: boolean): readonly Column<ShipmentRow>[] {
  const t = shipmentWords[locale]
  const { instant } = formatFor(locale)
  return [
    { key: 'number', title: t.number, type: 'text', render: (row) => <span className="mono nowrap">{row.number}</span> },
    { key: 'dealerName', title: t.dealer, type: 'text', minWidth: 160 },
    { key: locale === 'zh' ? 'organisationNameZh' : 'organisationNameEn', title: t.from, type: 'text', hidden: importer, minWidth: 160 },
    { key: 'labels', title: t.labels, type: 'number' },
    { key: 'containers', title: t.containers, type: 'number' },
    { key: 'shippedAt', title: t.shippedAt, type: 'instant' },
    {
      key: 'receivedAt',
      title: t.receivedAt,
      type: 'instant',
      render: (row) =>
        row.receivedAt === null ? (
          <StatusTag tone="info">{t.onTheWay}</StatusTag>
        ) : (
          <span className="nowrap">{instant(row.receivedAt)}</span>
        ),
    },
    { key: 'note', title: t.note, type: 'text', hidden: true },
  ]
}

export function ShipmentsPage() {
  const t = useWords(shipmentWords)
  const language = useLanguage()
  const go = useGo()
  const kind = useSession().organisation.kind
  const ships = useCan()('goods.write') && kind === 'importer'
  const columns = useMemo(() => columnsFor(language, kind === 'importer'), [language, kind])
  const button = ships && (
    <Button type="primary" onClick={() => go(paths.shipmentNew())}>
      {t.ship}
    </Button>
  )
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} actions={button} />
      <DataTable<ShipmentRow>
        id="shipments"
        label={t.title}
        path="/api/shipments"
        columns={columns}
        rowKey={(row) => row.id}
        rowTo={(row) => paths.shipment(row.id)}
        searchHint={t.search}
        empty={{ title: t.none, detail: kind === 'dealer' ? t.noneDealer : t.noneDetail, next: button }}
      />
    </>
  )
}
