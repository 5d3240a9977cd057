import { PlusOutlined, UploadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useMemo } from 'react'
import { tradeModes, transportModeName } from '../../src/kernel/cn/customs.ts'
import type { Consignment } from '../../src/modules/imports/contract.ts'
import { useCan } from '../shared/api/session.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { consignmentWords } from './words.ts'

type Row = Consignment & { readonly lots: number; readonly quantity: number }

export function ConsignmentsPage() {
  const t = useWords(consignmentWords)
  const language = useLanguage()
  const go = useGo()
  const writes = useCan()('consignments.write')
  const columns = useMemo<readonly Column<Row>[]>(
    () => [
      {
        key: 'declarationNumber',
        title: t.declaration,
        type: 'text',
        render: (row) => <span className="mono">{row.declarationNumber}</span>,
      },
      { key: 'reference', title: t.reference, type: 'text', minWidth: 128 },
      { key: 'tradeMode', title: t.tradeMode, type: 'enum', options: tradeModes.map((m) => ({ value: m.code, label: m[language] })) },
      {
        key: 'declarationTransportMode',
        title: t.transport,
        type: 'enum',
        render: (row) => transportModeName(row.firstLineTransportMode || row.declarationTransportMode, language),
        filterable: false,
      },
      { key: 'entryPort', title: t.entryPort, type: 'text', minWidth: 128 },
      { key: 'enteredOn', title: t.enteredOn, type: 'date' },
      { key: 'inspectionPassedOn', title: t.passedOn, type: 'date', hidden: true },
      { key: 'releasedOn', title: t.releasedOn, type: 'date' },
      { key: 'lots', title: t.lotCount, type: 'number' },
      { key: 'quantity', title: t.quantity, type: 'number' },
    ],
    [t, language],
  )
  const buttons = writes && (
    <>
      <Button icon={<UploadOutlined />} onClick={() => go(paths.imports())}>
        {t.importList}
      </Button>
      <Button type="primary" icon={<PlusOutlined />} onClick={() => go(paths.consignmentNew())}>
        {t.add}
      </Button>
    </>
  )
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} actions={buttons} />
      <DataTable<Row>
        id="consignments"
        label={t.title}
        path="/api/consignments"
        columns={columns}
        rowKey={(row) => row.id}
        rowTo={(row) => paths.consignment(row.id)}
        searchHint={t.search}
        empty={{ title: t.none, detail: t.noneDetail, next: buttons }}
      />
    </>
  )
}
