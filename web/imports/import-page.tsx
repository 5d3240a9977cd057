import { DownloadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { type ReactNode, useState } from 'react'
import { IMPORT_STATES, type ImportView } from '../../src/modules/imports/contract.ts'
import { api, download } from '../shared/api/client.ts'
import { Answer, Failure } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { useCan } from '../shared/api/session.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo, usePathParam } from '../shared/pages/navigation.ts'
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
import { useKind } from './list-kind.ts'

const isWorking = (one: ImportView): boolean => one.state === 'reading' || one.state === 'committing'

/** One import: read, looked at, committed; or mended and read again. */
export function ImportPage() {
  const kind = useKind()
  const id = usePathParam('importId')
  const answer = useGet<ImportView>(`${kind.api}/${id}`, {
    every: (one) => (one !== undefined && isWorking(one as ImportView) ? 700 : false),
  })
  return (
    <Answer of={answer} rows={10}>
      {(one) => <ImportDetail one={one} />}
    </Answer>
  )
}

function ImportDetail({ one }: { readonly one: ImportView }) {
  const kind = useKind()
  const t = useWords(kind.words)
  const language = useLanguage()
  const format = useFormat()
  const go = useGo()
  const writes = useCan()(kind.write as 'goods.write')
  const [discarding, setDiscarding] = useState(false)
  const at = `${kind.api}/${one.id}`
  const good = (one.counts.new ?? 0) + (one.counts.changed ?? 0)
  const wrong = one.counts.wrong ?? 0
  const commit = useAct<void, ImportView>({
    send: (_, key) => api.post(`${at}/commit`, {}, { idempotencyKey: key }),
    invalidates: [kind.api, '/api/home'],
    tellError: true,
  })
  const discard = useAct<void, ImportView>({
    send: (_, key) => api.post(`${at}/discard`, {}, { idempotencyKey: key }),
    invalidates: [kind.api, '/api/home'],
    done: t.discarded,
    onDone: () => go(kind.list()),
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
        crumbs={[{ label: t.title, to: kind.list() }]}
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
          <ErrorPanel notice title={t.sameFile} actions={<Link to={kind.one(one.sameAs)}>{t.sameFileLink}</Link>} />
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
                  {kind.next.map(({ label, to }, i) => (
                    <Button key={label} {...(i === 0 && { type: 'primary' })} onClick={() => go(to())}>
                      {t[label]}
                    </Button>
                  ))}
                  <Button onClick={() => go(kind.list())}>{t.another}</Button>
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
