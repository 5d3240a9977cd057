import { App, Button } from 'antd'
import { useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { z } from 'zod'
import type { Moved } from '../../src/modules/events/contract.ts'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { RemoteSelect } from '../shared/forms/remote-select.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { DataTable, type Page } from '../shared/table/data-table.tsx'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import { Why } from '../shared/ui/why.tsx'
import { stockColumns, stockKey, type StockRow } from './stock-page.tsx'
import { goodsWords } from './words.ts'

type Verb = 'freeze' | 'unfreeze' | 'recall'

interface LotRow {
  readonly id: string
  readonly productNameZh: string
  readonly productNameEn: string
  readonly lotNumber: string
  readonly declarationNumber: string
}

/** The duty officer's levers on a lot, with the impact before the act. */
export function HoldsPage() {
  const t = useWords(goodsWords)
  const language = useLanguage()
  const format = useFormat()
  const go = useGo()
  const { message } = App.useApp()
  const lotId = (useSearch({ strict: false }) as { lotId?: string }).lotId
  const [lot, setLot] = useState<LotRow>()
  const [asking, setAsking] = useState<Verb>()
  const columns = useMemo(() => stockColumns(language), [language])
  const fixed = { 'f.lotId': `is:${lotId ?? ''}` }
  const stock = useGet<Page<StockRow>>('/api/goods/stock', { query: { ...fixed, limit: 500 }, enabled: lotId !== undefined })
  const hold = useAct<{ verb: Verb; reason: string }, z.infer<typeof Moved>>({
    send: ({ verb, reason }, key) => api.post(`/api/holds/${verb}`, { lotId, reason }, { idempotencyKey: key }),
    invalidates: ['/api/goods', '/api/events'],
    onDone: ({ labels }) => {
      setAsking(undefined)
      void message.success(t.heldDone(format.number(labels)))
    },
  })
  const rows = (stock.data?.items ?? []).filter((row) => row.status === 'active' || row.status === 'retired')
  const count = (wanted: (row: StockRow) => boolean) => rows.filter(wanted).reduce((sum, row) => sum + row.labels, 0)
  const free = count((row) => row.hold === null)
  const frozen = count((row) => row.hold === 'frozen')
  const acts: readonly { verb: Verb; label: string; n: number; none: string; danger: boolean }[] = [
    { verb: 'unfreeze', label: t.unfreeze, n: frozen, none: t.nothingFrozen, danger: false },
    { verb: 'freeze', label: t.freeze, n: free, none: t.nothingToHold, danger: true },
    { verb: 'recall', label: t.recall, n: free + frozen, none: t.nothingToRecall, danger: true },
  ]
  const chosen = acts.find((a) => a.verb === asking)
  return (
    <>
      <PageHeader title={t.holdsTitle} lead={t.holdsLead} />
      <Section title={t.holdLot}>
        <div className="stack">
          <div style={{ maxWidth: 720 }}>
            <RemoteSelect<LotRow>
              path="/api/lots"
              valueOf={(row) => row.id}
              labelOf={(row) => `${language === 'zh' ? row.productNameZh : row.productNameEn || row.productNameZh} · ${row.lotNumber}`}
              noteOf={(row) => row.declarationNumber}
              byValue={(id) => ({ 'f.id': `is:${id}` })}
              placeholder={t.holdLotHint}
              label={t.holdLot}
              value={lotId}
              onChange={(id) => go(paths.holds(id === undefined ? {} : { lotId: id }), { replace: true })}
              onRow={setLot}
              autoFocus={lotId === undefined}
            />
          </div>
          {lotId !== undefined && (
            <div className="row">
              {acts.map((a) => (
                <Why key={a.verb} reason={stock.data !== undefined && a.n === 0 ? a.none : undefined}>
                  <Button danger={a.danger} disabled={a.n === 0} onClick={() => setAsking(a.verb)}>
                    {a.label} ({format.number(a.n)})
                  </Button>
                </Why>
              ))}
            </div>
          )}
          {stock.isError && <Failure error={stock.error} onRetry={() => void stock.refetch()} />}
        </div>
      </Section>
      {lotId !== undefined && (
        <>
          <h2 style={{ fontSize: 15, margin: '24px 0 12px' }}>{t.impact}</h2>
          <DataTable<StockRow>
            id="hold-impact"
            label={t.impact}
            path="/api/goods/stock"
            columns={columns}
            rowKey={stockKey}
            fixed={fixed}
            keep="memory"
            searchHint={t.stockSearch}
            empty={{ title: t.impactNone }}
          />
        </>
      )}
      <ConfirmWithReason
        open={chosen !== undefined}
        title={asking === 'recall' ? t.recallTitle : asking === 'unfreeze' ? t.unfreezeTitle : t.freezeTitle}
        confirm={chosen === undefined ? '' : `${chosen.label} (${format.number(chosen.n)})`}
        danger={chosen?.danger === true}
        busy={hold.isPending}
        error={hold.error === null ? undefined : <Failure error={hold.error} />}
        onConfirm={(reason) => hold.mutate({ verb: asking!, reason })}
        onCancel={() => {
          hold.reset()
          setAsking(undefined)
        }}
      >
        <p>
          <b>
            {lot !== undefined && `${language === 'zh' ? lot.productNameZh : lot.productNameEn || lot.productNameZh} · ${lot.lotNumber}`}
          </b>
        </p>
        <p>{asking === 'recall' ? t.recallDetail : asking === 'unfreeze' ? t.unfreezeDetail : t.freezeDetail}</p>
      </ConfirmWithReason>
    </>
  )
}
