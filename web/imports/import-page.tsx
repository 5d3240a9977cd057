import { DownloadOutlined } from '@ant-design/icons'
import { Button, Segmented, Select } from 'antd'
import { useMemo, useState } from 'react'
import type { z } from 'zod'
import { IMPORT_FIELDS, IMPORT_STATES, type ImportView, type importRowView, type Verdict, VERDICTS } from '../../src/modules/imports/contract.ts'
import { api, download } from '../shared/api/client.ts'
import { Answer } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { usePathParam } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import { ProgressBar } from '../shared/ui/progress.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import './imports.css'
import { IMPORT_TONES } from './imports-page.tsx'
import { importWords } from './words.ts'

type ImportRow = z.output<typeof importRowView>

const WORKING = new Set(['reading', 'committing'])
const ORDER: readonly Verdict[] = ['wrong', 'new', 'changed', 'unchanged']

export function ImportPage() {
  const id = usePathParam('importId')
  const answer = useGet<ImportView>(`/api/imports/${id}`, { every: (one) => (WORKING.has(one.state) ? 700 : false) })
  return (
    <Answer of={answer} rows={10}>
      {(one) => <ImportDetail one={one} reload={() => void answer.refetch()} />}
    </Answer>
  )
}

function ImportDetail({ one, reload }: { readonly one: ImportView; readonly reload: () => void }) {
  const t = useWords(importWords)
  const language = useLanguage()
  const format = useFormat()
  const [discarding, setDiscarding] = useState(false)
  const good = (one.counts.new ?? 0) + (one.counts.changed ?? 0)
  const commit = useAct<undefined, ImportView>({ send: (_, key) => api.post(`/api/imports/${one.id}/commit`, {}, { idempotencyKey: key }), invalidates: ['/api/imports', '/api/products', '/api/consignments', '/api/lots'], onDone: reload, tellError: true })
  const discard = useAct<undefined, ImportView>({
    send: (_, key) => api.post(`/api/imports/${one.id}/discard`, {}, { idempotencyKey: key }),
    invalidates: ['/api/imports'],
    done: t.discarded,
    onDone: () => {
      setDiscarding(false)
      reload()
    },
    tellError: true,
  })
  const fraction = one.progress === null || one.progress.total === 0 ? undefined : one.progress.done / one.progress.total
  return (
    <>
      <PageHeader
        title={one.fileName}
        crumbs={[{ label: t.title, to: paths.imports() }]}
        tag={<StatusTag tone={IMPORT_TONES[one.state]}>{IMPORT_STATES[one.state][language]}</StatusTag>}
        actions={
          <>
            {(one.counts.wrong ?? 0) > 0 && (
              <Button icon={<DownloadOutlined />} onClick={() => download(`/api/imports/${one.id}/wrong`, { format: 'xlsx' })}>
                {t.download}
              </Button>
            )}
            {one.state === 'ready' && (
              <>
                <Button onClick={() => setDiscarding(true)}>{t.discard}</Button>
                <Button type="primary" disabled={good === 0} loading={commit.isPending} onClick={() => commit.mutate(undefined)}>
                  {good === 0 ? t.nothing : t.commit(format.number(good))}
                </Button>
              </>
            )}
          </>
        }
      />
      {WORKING.has(one.state) && (
        <Section>
          <ProgressBar
            label={one.state === 'reading' ? t.reading : t.writing}
            fraction={fraction}
            detail={one.progress === null ? undefined : `${format.number(one.progress.done)} / ${format.number(one.progress.total)}`}
          />
        </Section>
      )}
      {one.failure !== null && <ErrorPanel title={t.failed} detail={one.failure[language]} code={one.failure.code} />}
      {one.sameAs !== null && <ErrorPanel notice title={t.sameFile} />}
      {one.state === 'done' && <ErrorPanel notice title={t.done(format.number(one.counts.committed ?? 0))} />}
      {one.state !== 'reading' && one.failure === null && (
        <>
          <Rows one={one} />
          <Mapping one={one} onDone={reload} />
          {(one.layout.notes ?? []).length > 0 && (
            <Section title={t.aside}>
              {(one.layout.notes ?? []).map((note) => (
                <div key={note.rowNumber} className="soft">
                  {t.row} {note.rowNumber}: {note[language]}
                </div>
              ))}
            </Section>
          )}
        </>
      )}
      <ConfirmWithReason open={discarding} title={t.discardTitle} confirm={t.discard} reason={false} busy={discard.isPending} onConfirm={() => discard.mutate(undefined)} onCancel={() => setDiscarding(false)} />
    </>
  )
}

/** Rows as they stand in the file, faulty cells marked, with a sentence for each reason. */
function Rows({ one }: { readonly one: ImportView }) {
  const t = useWords(importWords)
  const language = useLanguage()
  const format = useFormat()
  const counts = one.counts
  const first = ORDER.find((verdict) => (counts[verdict] ?? 0) > 0) ?? 'new'
  const [verdict, setVerdict] = useState<Verdict>(first)
  const [limit, setLimit] = useState(100)
  const rows = useGet<{ items: readonly ImportRow[]; next: number | null }>(`/api/imports/${one.id}/rows`, { query: { verdict, limit }, keep: true, enabled: !WORKING.has(one.state) })
  const titles = one.layout.titles ?? []
  return (
    <Section>
      <div className="stack">
        <Segmented<Verdict>
          value={verdict}
          onChange={(next) => {
            setVerdict(next)
            setLimit(100)
          }}
          options={ORDER.map((value) => ({ value, label: `${VERDICTS[value][language]} ${format.number(counts[value] ?? 0)}` }))}
        />
        {rows.data !== undefined && rows.data.items.length === 0 && <EmptyState title={t.noRows} />}
        {rows.data !== undefined && rows.data.items.length > 0 && (
          <div className="plain-scroll" tabIndex={0} role="region" aria-label={VERDICTS[verdict][language]}>
            <table className="plain import-rows">
              <thead>
                <tr>
                  <th scope="col">{t.row}</th>
                  <th scope="col">{t.reasons}</th>
                  {titles.map((title, i) => (
                    // titles of a stranger's file repeat
                    // oxlint-disable-next-line react/no-array-index-key
                    <th scope="col" key={i}>
                      {title}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.data.items.map((row) => (
                  <RowLine key={row.rowNumber} row={row} columns={titles.length} language={language} was={t.from} />
                ))}
              </tbody>
            </table>
          </div>
        )}
        {rows.data?.next != null && limit < 500 && (
          <Button onClick={() => setLimit(500)} loading={rows.isFetching}>
            {t.more}
          </Button>
        )}
      </div>
    </Section>
  )
}

function RowLine({ row, columns, language, was }: { readonly row: ImportRow; readonly columns: number; readonly language: 'zh' | 'en'; readonly was: string }) {
  const marks = new Map(row.reasons.flatMap((r) => (r.column === null ? [] : [[r.column, r.severity] as const])))
  return (
    <tr>
      <th scope="row" className="num">
        {row.rowNumber}
      </th>
      <td className="why">
        {row.reasons.map((r) => (
          <div key={r.field + r.code} className={`reason ${r.severity}`}>
            {r[language]}
          </div>
        ))}
        {row.changes.map((c) => (
          <div key={c.field} className="reason note">
            {c[language]}: {String(c.to ?? '')} <span className="faint">({was} {String(c.from ?? '')})</span>
          </div>
        ))}
      </td>
      {Array.from({ length: columns }, (_, i) => (
        // oxlint-disable-next-line react/no-array-index-key
        <td key={i} className={marks.get(i) ?? ''}>
          {row.cells[i] ?? ''}
        </td>
      ))}
    </tr>
  )
}

/** Which column is which; what was not understood can be said by hand. */
function Mapping({ one, onDone }: { readonly one: ImportView; readonly onDone: () => void }) {
  const t = useWords(importWords)
  const language = useLanguage()
  const titles = useMemo(() => one.layout.titles ?? [], [one.layout.titles])
  const [mapping, setMapping] = useState<Record<string, number>>({ ...one.mapping })
  const remap = useAct<Record<string, number>, ImportView>({ send: (next) => api.put(`/api/imports/${one.id}/mapping`, { mapping: next }), invalidates: [`/api/imports`], onDone, tellError: true })
  if (one.state !== 'ready' && one.state !== 'done') return null
  return (
    <Section title={t.mapping}>
      <p className="soft">{t.mappingHelp}</p>
      <div className="mapping">
        {Object.entries(IMPORT_FIELDS).map(([field, entry]) => (
          <label key={field}>
            <span>
              {entry[language]}
              {'required' in entry && ' *'}
            </span>
            <Select<number>
              value={mapping[field] ?? -1}
              disabled={one.state !== 'ready'}
              onChange={(column) => setMapping(({ [field]: _gone, ...rest }) => (column < 0 ? rest : { ...rest, [field]: column }))}
              options={[{ value: -1, label: t.notRead }, ...titles.map((title, i) => ({ value: i, label: `${i + 1}. ${title}` }))]}
            />
          </label>
        ))}
      </div>
      {one.state === 'ready' && (
        <Button loading={remap.isPending} onClick={() => remap.mutate(mapping)}>
          {t.remap}
        </Button>
      )}
    </Section>
  )
}
