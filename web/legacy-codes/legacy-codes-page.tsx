import { Button } from 'antd'
import { useState } from 'react'
import type { LegacyReport } from '../../src/modules/codes/contract.ts'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { FileUpload } from '../shared/forms/file-upload.tsx'
import { Tally } from '../shared/goods/tally.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import { ProgressBar } from '../shared/ui/progress.tsx'
import { legacyWords } from './words.ts'

interface ImportJob {
  readonly state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
  readonly progress: { readonly done?: number; readonly total?: number }
  readonly result: LegacyReport | null
  readonly failure: { readonly code: string; readonly zh: string; readonly en: string } | null
}

const isWorking = (job: ImportJob | undefined): boolean => job === undefined || job.state === 'queued' || job.state === 'running'

/** Two steps: the file is read and judged, then its good rows are written. */
export function LegacyCodesPage() {
  const t = useWords(legacyWords)
  const format = useFormat()
  const go = useGo()
  const [file, setFile] = useState<File>()
  const [preview, setPreview] = useState<LegacyReport>()
  const language = useLanguage()
  const write = useAct<{ name: string; size: number; modified: number }, { readonly jobId: string }>({
    send: (_input, key) => api.upload<{ readonly jobId: string }>('/api/legacy-codes/import', file!, { idempotencyKey: key }),
    invalidates: ['/api/orders', '/api/goods'],
  })
  const jobId = write.data?.jobId
  const job = useGet<ImportJob>(`/api/jobs/${jobId}`, {
    enabled: jobId !== undefined,
    every: (one) => (isWorking(one as ImportJob) ? 700 : false),
  }).data
  const again = () => {
    setFile(undefined)
    setPreview(undefined)
    write.reset()
  }
  const done = job?.state === 'done' ? job.result : null
  const working = jobId !== undefined && isWorking(job)
  const columns: Readonly<Record<string, string>> = t.columns
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} />
      {done !== null ? (
        <Section>
          <EmptyState
            title={t.imported(format.number(done.imported))}
            next={
              <>
                <Button type="primary" onClick={() => go(paths.stock())}>
                  {t.stock}
                </Button>
                <Button onClick={again}>{t.another}</Button>
              </>
            }
          />
        </Section>
      ) : (
        <>
          <Section>
            <p className="soft" style={{ marginBottom: 16 }}>
              {t.how}
            </p>
            <FileUpload<LegacyReport>
              path="/api/legacy-codes/preview"
              accept={['.xlsx', '.csv']}
              maxBytes={20 * 1024 * 1024}
              label={t.choose}
              onUploaded={(answer, uploaded) => {
                setFile(uploaded)
                setPreview(answer)
              }}
            />
          </Section>
          {preview !== undefined && file !== undefined && (
            <Section title={t.preview}>
              <div className="stack">
                <Tally
                  items={[
                    { label: t.fresh, value: format.number(preview.fresh), tone: preview.fresh > 0 ? 'good' : undefined },
                    { label: t.known, value: format.number(preview.known) },
                    { label: t.wrong, value: format.number(preview.wrong), tone: preview.wrong > 0 ? 'bad' : undefined },
                  ]}
                />
                {write.error !== null && <Failure error={write.error} />}
                {job?.failure != null && <ErrorPanel title={t.failed} detail={job.failure[language]} code={job.failure.code} />}
                {working && (
                  <ProgressBar
                    label={t.importing}
                    fraction={job?.progress.total === undefined ? undefined : (job.progress.done ?? 0) / job.progress.total}
                  />
                )}
                {preview.fresh === 0 ? (
                  <p role="status">
                    <b>{t.nothing}</b> {preview.faults.length === 0 ? t.allKnown : t.allWrong}
                  </p>
                ) : (
                  <div className="row">
                    <Button
                      type="primary"
                      loading={write.isPending || working}
                      onClick={() => write.mutate({ name: file.name, size: file.size, modified: file.lastModified })}
                    >
                      {write.isPending || working ? t.importing : t.import(format.number(preview.fresh))}
                    </Button>
                    {preview.faults.length > 0 && <span className="soft">{t.someWrong}</span>}
                  </div>
                )}
                {preview.faults.length > 0 && (
                  <div>
                    <h3>{t.faults}</h3>
                    <ul className="reasons">
                      {preview.faults.slice(0, 200).map((fault) => (
                        <li key={`${fault.rowNumber}-${fault.column}`}>
                          <b>{t.row(fault.rowNumber)}</b> {columns[fault.column] ?? fault.column}: {fault[language]}
                        </li>
                      ))}
                    </ul>
                  </div>
                )}
              </div>
            </Section>
          )}
        </>
      )}
    </>
  )
}
