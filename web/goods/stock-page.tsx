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
import { goodsStates, holdStates } from './states.ts'
import { goodsWords } from './words.ts'

export interface StockRow {
  readonly productNameZh: string
  readonly productNameEn: string
  readonly lotNumber: string
  readonly holder: string
  readonly status: string
  readonly hold: string | null
  readonly labels: number
  readonly declared: number
  readonly expiresOn: string | null
}

export function stockColumns(locale: Locale): readonly Column<StockRow>[] {
  const t = goodsWords[locale]
  return [
    { key: 'productNameZh', title: t.product, type: 'text', minWidth: 180, hidden: locale === 'en' },
    { key: 'productNameEn', title: t.productEn, type: 'text', minWidth: 180, hidden: locale === 'zh' },
    { key: 'lotNumber', title: t.lot, type: 'text' },
    {
      key: 'holder',
      title: t.holder,
      type: 'text',
      render: (row) => (row.holder === '' ? <span className="soft">{t.ownHands}</span> : row.holder),
    },
    { key: 'status', title: t.state, type: 'enum', options: goodsStates(locale) },
    { key: 'hold', title: t.hold, type: 'enum', options: holdStates(locale) },
    { key: 'labels', title: t.labels, type: 'number' },
    { key: 'declared', title: t.declared, type: 'number' },
    { key: 'expiresOn', title: t.expires, type: 'date' },
  ]
}

export const stockKey = (row: StockRow): string => [row.productNameZh, row.lotNumber, row.holder, row.status, row.hold].join('|')

export function StockPage() {
  const t = useWords(goodsWords)
  const language = useLanguage()
  const go = useGo()
  const activates = useCan()('activations.write')
  const columns = useMemo(() => stockColumns(language), [language])
  return (
    <>
      <PageHeader title={t.stock} lead={t.stockLead} />
      <DataTable<StockRow>
        id="stock"
        label={t.stock}
        path="/api/goods/stock"
        columns={columns}
        rowKey={stockKey}
        searchHint={t.stockSearch}
        empty={{
          title: t.stockNone,
          detail: t.stockNoneDetail,
          ...(activates && {
            next: <Button onClick={() => go(paths.activationNew())}>{language === 'zh' ? '激活标签' : 'Activate labels'}</Button>,
          }),
        }}
      />
    </>
  )
}
