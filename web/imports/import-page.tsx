import { DownloadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { type ReactNode, useState } from 'react'
import { IMPORT_STATES, IMPORTS_PATHS, type ImportView } from '../../src/modules/imports/contract.ts'
import { api, download } from '../shared/api/client.ts'
import { Answer, Failure } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { useCan } from '../shared/api/session.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo, usePathParam } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { Link } from '../shared/ui/link.tsx'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import { ProgressBar } from '../shared/ui/progress.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import './imports.css'
import { IMPORT_TONES } from './imports-page.tsx'
import { Layout } from './layout.tsx'
import { Rows } from './rows.tsx'
import { importWords } from './words.ts'

const isWorking = (one: ImportView): boolean => one.state === 'reading' || one.state === 'committing'

/** One import: read, looked at, committed; or mended and read again. */
export function ImportPage() {
  const id = usePathParam('importId')
  const answer = useGet<ImportView>(`${IMPORTS_PATHS.imports}/${id}`, {
    every: (one) => (one !== undefined && isWorking(one as ImportView) ? 700 : false),
  })
  return (
    <Answer of={answer} rows={10}>
      {(one) => <ImportDetail one={one} />}
    </Answer>
  )
}

function ImportDetail({ one }: { readonly one: ImportView }) {
  const t = useWords(importWords)
  const language = useLanguage()
  const format = useFormat()
  const go = useGo()
  const writes = useCan()('consignments.write')
  const [discarding, setDiscarding] = useState(false)
  const at = `${IMPORTS_PATHS.imports}/${one.id}`
  const good = (one.counts.new ?? 0) + (one.counts.changed ?? 0)
  const wrong = one.counts.wrong ?? 0
  const commit = useAct<void, ImportView>({
    send: (_, key) => api.post(`${at}/commit`, {}, { idempotencyKey: key }),
    invalidates: [IMPORTS_PATHS.imports, '/api/home'],
    tellError: true,
  })
  const discard = useAct<void, ImportView>({
    send: (_, key) => api.post(`${at}/discard`, {}, { idempotencyKey: key }),
    invalidates: [IMPORTS_PATHS.imports, '/api/home'],
    done: t.discarded,
    onDone: () => go(paths.imports()),
  })
  const fraction = one.progress === null || one.progress.total === 0 ? undefined : one.progress.done / one.progress.total
  const readable =
    one.state === 'ready' ||
    one.state === 'committing' ||
    one.state === 'done' ||
    (one.state === 'failed' && one.layout.titles !== undefined && one.counts.rows !== undefined)
  return (
    <>
      <PageHeader
        title={one.fileName}
        lead={one.counts.rows !== undefined && t.summary(format.number(one.counts.rows), one.layout.sheet ?? '')}
        crumbs={[{ label: t.title, to: paths.imports() }]}
        tag={<StatusTag tone={IMPORT_TONES[one.state]}>{IMPORT_STATES[one.state][language]}</StatusTag>}
        actions={
          <>
            {wrong > 0 && (
              <Button icon={<DownloadOutlined />} onClick={() => download(`${at}/wrong`, { format: 'xlsx' })}>
                {t.download}
              </Button>
            )}
            {writes && (one.state === 'ready' || one.state === 'failed') && (
              <Button onClick={() => setDiscarding(true)}>{t.discard}</Button>
            )}
            {writes && one.state === 'ready' && (
              <Button type="primary" disabled={good === 0} loading={commit.isPending} onClick={() => commit.mutate()}>
                {good === 0 ? t.nothing : t.commit(format.number(good))}
              </Button>
            )}
          </>
        }
      />
      {one.sameAs !== null && (
        <Notice>
          <ErrorPanel notice title={t.sameFile} actions={<Link to={paths.import(one.sameAs)}>{t.sameFileLink}</Link>} />
        </Notice>
      )}
      {one.state === 'ready' && good > 0 && <p className="soft import-hint">{t.previewHint}</p>}
      {isWorking(one) && (
        <Notice>
          <Section>
            <ProgressBar
              label={one.state === 'reading' ? t.reading : t.writing}
              fraction={fraction}
              {...(one.progress !== null && { detail: `${format.number(one.progress.done)} / ${format.number(one.progress.total)}` })}
            />
          </Section>
        </Notice>
      )}
      {one.failure !== null && (
        <Notice>
          <ErrorPanel title={t.failed} detail={`${one.failure[language]} ${t.failedHow}`} code={one.failure.code} />
        </Notice>
      )}
      {one.state === 'done' && (
        <Notice>
          <Section>
            <EmptyState
              title={t.doneTitle}
              detail={
                wrong > 0
                  ? t.doneDetail(format.number(one.counts.committed ?? 0), format.number(wrong))
                  : t.doneAll(format.number(one.counts.committed ?? 0))
              }
              next={
                <>
                  <Button type="primary" onClick={() => go(paths.consignments())}>
                    {t.toConsignments}
                  </Button>
                  <Button onClick={() => go(paths.products())}>{t.toProducts}</Button>
                  <Button onClick={() => go(paths.imports())}>{t.another}</Button>
                </>
              }
            />
          </Section>
        </Notice>
      )}
      {readable && <Rows one={one} />}
      {writes && (one.state === 'ready' || one.state === 'failed') && <Layout one={one} />}
      {(one.layout.notes ?? []).length > 0 && (
        <Section title={t.aside}>
          <ul>
            {(one.layout.notes ?? []).map((note) => (
              <li key={`${note.rowNumber} ${note.code}`} className="soft">
                {note[language]}
              </li>
            ))}
          </ul>
        </Section>
      )}
      <ConfirmWithReason
        open={discarding}
        title={t.discardTitle}
        confirm={t.discard}
        danger
        reason={false}
        busy={discard.isPending}
        error={discard.error !== null && <Failure error={discard.error} />}
        onConfirm={() => discard.mutate()}
        onCancel={() => setDiscarding(false)}
      >
        {t.discardDetail}
      </ConfirmWithReason>
    </>
  )
}

function Notice({ children }: { readonly children: ReactNode }) {
  return <div style={{ marginBottom: 16 }}>{children}</div>
}
