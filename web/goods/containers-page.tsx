import { Button } from 'antd'
import { useMemo } from 'react'
import type { Locale } from '../../src/kernel/errors.ts'
import { useCan } from '../shared/api/session.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { goodsWords } from './words.ts'

interface ContainerRow {
  readonly sscc: string
  readonly labels: number
  readonly productNameZh: string | null
  readonly productNameEn: string | null
  readonly parent: string | null
  readonly dealerName: string | null
  readonly inTransit: boolean
  readonly packedAt: string
}

function columnsFor(locale: Locale): readonly Column<ContainerRow>[] {
  const t = goodsWords[locale]
  return [
    { key: 'sscc', title: t.sscc, type: 'text', render: (row) => <span className="mono nowrap">{row.sscc}</span> },
    { key: locale === 'zh' ? 'productNameZh' : 'productNameEn', title: t.product, type: 'text', minWidth: 180 },
    { key: 'labels', title: t.labels, type: 'number' },
    { key: 'dealerName', title: t.dealer, type: 'text', render: (row) => row.dealerName ?? <span className="soft">{t.ownHands}</span> },
    { key: 'inTransit', title: t.inTransit, type: 'boolean' },
    {
      key: 'parent',
      title: t.parent,
      type: 'text',
      render: (row) => (row.parent === null ? <span className="soft">—</span> : <span className="mono nowrap">{row.parent}</span>),
    },
    { key: 'packedAt', title: t.packedAt, type: 'instant' },
  ]
}

export function ContainersPage() {
  const t = useWords(goodsWords)
  const language = useLanguage()
  const go = useGo()
  const writes = useCan()('goods.write')
  const columns = useMemo(() => columnsFor(language), [language])
  const button = writes && (
    <Button type="primary" onClick={() => go(paths.goodsWork({ act: 'pack' }))}>
      {t.packing}
    </Button>
  )
  return (
    <>
      <PageHeader title={t.containers} lead={t.containersLead} actions={button} />
      <DataTable<ContainerRow>
        id="containers"
        label={t.containers}
        path="/api/containers"
        columns={columns}
        rowKey={(row) => row.sscc}
        rowTo={(row) => paths.container(row.sscc)}
        searchHint={t.containersSearch}
        empty={{ title: t.containersNone, detail: t.containersNoneDetail, next: button }}
      />
    </>
  )
}
