import { PlusOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useMemo } from 'react'
import { useCan, useSession } from '../shared/api/session.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { DataTable } from '../shared/table/data-table.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { orderColumns, type OrderRow } from './columns.tsx'
import { orderWords } from './words.ts'

export function OrdersPage() {
  const t = useWords(orderWords)
  const language = useLanguage()
  const go = useGo()
  const orders = useCan()('orders.write')
  const importer = useSession().organisation.kind === 'importer'
  const columns = useMemo(() => orderColumns(language, !importer), [language, importer])
  const button = orders && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => go(paths.orderNew())}>
      {t.order}
    </Button>
  )
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} actions={button} />
      <DataTable<OrderRow>
        id="orders"
        label={t.title}
        path="/api/orders"
        columns={columns}
        rowKey={(row) => row.id}
        rowTo={(row) => paths.order(row.id)}
        searchHint={t.search}
        empty={{ title: t.none, detail: orders ? t.noneDetail : t.noneSupervisor, next: button }}
      />
    </>
  )
}
