import { Segmented } from 'antd'
import { useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { Locale } from '../../src/kernel/errors.ts'
import { provinces } from '../../src/kernel/region.ts'
import { Answer } from '../shared/api/failure.tsx'
import { useGet } from '../shared/api/hooks.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { goodsStates, holdStates } from '../goods/states.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import { ProvinceTiles } from './province-tiles.tsx'
import { scanWords } from './words.ts'

interface ScanRow {
  readonly id: string
  readonly at: string
  readonly code: string
  readonly productNameZh: string | null
  readonly productNameEn: string | null
  readonly lotNumber: string | null
  readonly status: string
  readonly hold: string | null
  readonly counted: boolean
  readonly province: string | null
  readonly channel: string
}

function columnsFor(locale: Locale): readonly Column<ScanRow>[] {
  const t = scanWords[locale]
  return [
    { key: 'at', title: t.at, type: 'instant' },
    { key: 'productNameZh', title: t.product, type: 'text', minWidth: 180, hidden: locale === 'en' },
    { key: 'productNameEn', title: t.productEn, type: 'text', minWidth: 180, hidden: locale === 'zh' },
    { key: 'lotNumber', title: t.lot, type: 'text' },
    {
      key: 'province',
      title: t.province,
      type: 'enum',
      options: provinces.map((p) => ({ value: p.code, label: locale === 'zh' ? p.shortZh : p.nameEn })),
    },
    { key: 'status', title: t.status, type: 'enum', options: goodsStates(locale) },
    { key: 'hold', title: t.hold, type: 'enum', options: holdStates(locale) },
    { key: 'counted', title: t.counted, type: 'boolean' },
    { key: 'channel', title: t.channel, type: 'enum', options: Object.entries(t.channels).map(([value, label]) => ({ value, label })) },
    { key: 'code', title: t.code, type: 'text', hidden: true, render: (row) => <span className="mono">{row.code}</span> },
  ]
}

const DAYS = [7, 30, 90, 365] as const

export function ScansPage() {
  const t = useWords(scanWords)
  const language = useLanguage()
  const format = useFormat()
  const go = useGo()
  const filter = (useSearch({ strict: false }) as Record<string, string | undefined>)['f.province']
  const chosen = /^in:(\d\d)$/.exec(filter ?? '')?.[1]
  const [days, setDays] = useState<number>(30)
  const counts = useGet<{ provinces: readonly { province: string | null; n: number }[] }>('/api/scans/by-province', {
    query: { days },
    keep: true,
  })
  const columns = useMemo(() => columnsFor(language), [language])
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} />
      <Section
        title={t.byProvince}
        extra={
          <Segmented<number>
            aria-label={t.last}
            options={DAYS.map((value) => ({ value, label: t.days(value) }))}
            value={days}
            onChange={setDays}
          />
        }
      >
        <Answer of={counts}>
          {({ provinces: rows }) => {
            const total = rows.reduce((sum, row) => sum + row.n, 0)
            const unknown = rows.find((row) => row.province === null)?.n ?? 0
            return (
              <div className="stack">
                <p>
                  <b>{t.total(format.number(total))}</b> <span className="soft">{unknown > 0 && t.unknown(format.number(unknown))}</span>{' '}
                  <span className="faint">{t.hint}</span>
                </p>
                <ProvinceTiles
                  counts={new Map(rows.flatMap((row) => (row.province === null ? [] : [[row.province, row.n] as const])))}
                  chosen={chosen}
                  onChoose={(code) => go(paths.scans(code === undefined ? {} : { 'f.province': `in:${code}` }), { replace: true })}
                />
              </div>
            )
          }}
        </Answer>
      </Section>
      <h2 className="scan-list">{t.list}</h2>
      <DataTable<ScanRow>
        id="scans"
        label={t.title}
        path="/api/scans"
        columns={columns}
        rowKey={(row) => row.id}
        searchHint={t.search}
        empty={{ title: t.none, detail: t.noneDetail }}
      />
    </>
  )
}
