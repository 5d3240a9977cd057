import { PlusOutlined, UploadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useMemo } from 'react'
import type { Product } from '../../src/modules/products/contract.ts'
import { countryName } from '../../src/kernel/cn/customs.ts'
import { PRODUCT_CATEGORIES } from '../../src/modules/products/contract.ts'
import { useCan } from '../shared/api/session.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { productWords } from './words.ts'

export function ProductsPage() {
  const t = useWords(productWords)
  const language = useLanguage()
  const go = useGo()
  const writes = useCan()('products.write')
  const columns = useMemo<readonly Column<Product>[]>(
    () => [
      { key: 'nameZh', title: t.nameZh, type: 'text', minWidth: 180, hidden: language === 'en' },
      { key: 'nameEn', title: t.nameEn, type: 'text', minWidth: 240, hidden: language === 'zh' },
      { key: 'gtin', title: t.gtin, type: 'text', render: (row) => <span className="mono">{row.gtin.replace(/^0(?=\d{13}$)/, '')}</span> },
      { key: 'brand', title: t.brand, type: 'text' },
      { key: 'spec', title: t.spec, type: 'text' },
      {
        key: 'category',
        title: t.category,
        type: 'enum',
        options: Object.entries(PRODUCT_CATEGORIES).map(([value, words]) => ({ value, label: words[language] })),
      },
      { key: 'origin', title: t.origin, type: 'text', render: (row) => countryName(row.origin, language) },
      { key: 'filingNumber', title: t.filing, type: 'text', hidden: true },
      {
        key: 'completeness',
        title: t.complete,
        type: 'number',
        render: (row) => (
          <StatusTag
            tone={row.completeness === 100 ? 'good' : row.completeness >= 70 ? 'warn' : 'bad'}
          >{`${row.completeness} %`}</StatusTag>
        ),
      },
      { key: 'updatedAt', title: t.updated, type: 'instant' },
    ],
    [t, language],
  )
  const buttons = writes && (
    <>
      <Button icon={<UploadOutlined />} onClick={() => go(paths.imports())}>
        {t.importList}
      </Button>
      <Button type="primary" icon={<PlusOutlined />} onClick={() => go(paths.productNew())}>
        {t.add}
      </Button>
    </>
  )
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} actions={buttons} />
      <DataTable<Product>
        id="products"
        label={t.title}
        path="/api/products"
        columns={columns}
        rowKey={(row) => row.id}
        rowTo={(row) => paths.product(row.id)}
        searchHint={t.search}
        empty={{ title: t.none, detail: t.noneDetail, next: buttons }}
      />
    </>
  )
}
