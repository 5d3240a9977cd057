import { Button, Segmented } from 'antd'
import { useState } from 'react'
import type { z } from 'zod'
import { type ImportView, type importRowView, type Verdict, VERDICTS } from '../../src/modules/imports/contract.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useGet } from '../shared/api/hooks.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useCommon, useWords } from '../shared/i18n/words.ts'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { Section } from '../shared/ui/page.tsx'
import { useKind } from './list-kind.ts'

type ImportRow = z.output<typeof importRowView>
type Tab = Verdict | 'warned'

const TABS: readonly Tab[] = ['wrong', 'new', 'changed', 'unchanged', 'warned']
const PAGE = 100

/** The rows by verdict, as they stand in the file: each wrong, doubtful or changed cell is marked and says why. */
export function Rows({ one }: { readonly one: ImportView }) {
  const kind = useKind()
  const t = useWords(kind.words)
  const language = useLanguage()
  const format = useFormat()
  const { counts } = one
  const first = TABS.find((tab) => (counts[tab] ?? 0) > 0) ?? 'new'
  const [tab, setTab] = useState<Tab>()
  const shown = tab ?? first
  const titles = one.layout.titles ?? []
  return (
    <Section
      flush
      title={
        <Segmented<Tab>
          aria-label={t.tabs}
          value={shown}
          onChange={setTab}
          options={TABS.map((value) => ({
            value,
            label: `${value === 'warned' ? t.warned : VERDICTS[value][language]} ${format.number(counts[value] ?? 0)}`,
          }))}
        />
      }
    >
      {(counts[shown] ?? 0) === 0 ? (
        <EmptyState title={t.noRows} />
      ) : (
        // a new reading or commit begins at the first rows again
        <RowTable key={`${shown} ${one.state} ${one.jobId}`} importId={one.id} tab={shown} titles={titles} />
      )}
    </Section>
  )
}

function RowTable({ importId, tab, titles }: { readonly importId: string; readonly tab: Tab; readonly titles: readonly string[] }) {
  const kind = useKind()
  const t = useWords(kind.words)
  const language = useLanguage()
  const [starts, setStarts] = useState<readonly number[]>([0])
  return (
    <div
      className="plain-scroll import-scroll"
      tabIndex={0}
      role="region"
      aria-label={tab === 'warned' ? t.warned : VERDICTS[tab][language]}
    >
      <table className="plain import-rows">
        <thead>
          <tr>
            <th scope="col">{t.row}</th>
            <th scope="col">{t.reasons}</th>
            {titles.map((title, i) => (
              // titles of a stranger's file repeat
              // oxlint-disable-next-line react/no-array-index-key
              <th scope="col" key={i}>
                {title || t.column(i + 1)}
              </th>
            ))}
          </tr>
        </thead>
        {starts.map((after, i) => (
          <RowPage
            key={after}
            importId={importId}
            tab={tab}
            after={after}
            columns={titles.length}
            {...(i === starts.length - 1 && { onMore: (next: number) => setStarts([...starts, next]) })}
          />
        ))}
      </table>
    </div>
  )
}

function RowPage({
  importId,
  tab,
  after,
  columns,
  onMore,
}: {
  readonly importId: string
  readonly tab: Tab
  readonly after: number
  readonly columns: number
  readonly onMore?: (next: number) => void
}) {
  const kind = useKind()
  const t = useWords(kind.words)
  const c = useCommon()
  const rows = useGet<{ items: readonly ImportRow[]; next: number | null }>(`${kind.api}/${importId}/rows`, {
    query: { ...(tab === 'warned' ? { warned: true } : { verdict: tab }), after, limit: PAGE },
  })
  const next = rows.data?.next ?? null
  return (
    <tbody>
      {rows.isError && (
        <tr>
          <td colSpan={columns + 2}>
            <Failure error={rows.error} onRetry={() => void rows.refetch()} />
          </td>
        </tr>
      )}
      {rows.isPending && (
        <tr>
          <td colSpan={columns + 2} className="soft">
            {c.state.loading}
          </td>
        </tr>
      )}
      {rows.data?.items.map((row) => (
        <RowLine key={row.rowNumber} row={row} columns={columns} />
      ))}
      {next !== null && onMore !== undefined && (
        <tr>
          <td colSpan={columns + 2}>
            <Button onClick={() => onMore(next)}>{t.more}</Button>
          </td>
        </tr>
      )}
    </tbody>
  )
}

const GRAVEST = ['fault', 'warning', 'note'] as const

function RowLine({ row, columns }: { readonly row: ImportRow; readonly columns: number }) {
  const kind = useKind()
  const t = useWords(kind.words)
  const language = useLanguage()
  const named = (field: string): string => kind.fields[field]?.[language] ?? field
  return (
    <tr>
      <th scope="row" className="num">
        {row.rowNumber}
      </th>
      <td className="why">
        {row.reasons
          .toSorted((a, b) => GRAVEST.indexOf(a.severity) - GRAVEST.indexOf(b.severity))
          .map((reason) => (
            <div key={`${reason.field} ${reason.code}`} className={`reason ${reason.severity}`}>
              {reason[language]}
            </div>
          ))}
        {row.changes.map((change) => (
          <div key={change.field} className="reason change">
            <b>{named(change.field)}</b>: {String(change.to ?? '')} <span className="faint">({t.cellWas(String(change.from ?? ''))})</span>
          </div>
        ))}
      </td>
      {Array.from({ length: columns }, (_, i) => {
        const here = row.reasons.filter((reason) => reason.column === i)
        const gravest = GRAVEST.find((severity) => here.some((reason) => reason.severity === severity))
        return (
          // oxlint-disable-next-line react/no-array-index-key
          <td
            key={i}
            className={gravest ?? ''}
            title={[row.cells[i] ?? '', ...here.map((reason) => reason[language])].join('\n').trim() || undefined}
            aria-invalid={gravest === 'fault' || undefined}
          >
            {row.cells[i] ?? ''}
          </td>
        )
      })}
    </tr>
  )
}
