import { CameraOutlined } from '@ant-design/icons'
import { App, Button, Input, type InputRef } from 'antd'
import { useSearch } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import type { TraceBack, TraceCandidate, TraceForward } from '../../src/modules/events/contract.ts'
import { download } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useGet } from '../shared/api/hooks.ts'
import type { ApiError } from '../shared/api/problem.ts'
import { useScanner } from '../shared/goods/use-scanner.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useCommon, useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { CopyButton } from '../shared/ui/copy-text.tsx'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { Link } from '../shared/ui/link.tsx'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import { BackView } from './back-view.tsx'
import { ForwardView } from './forward-view.tsx'
import { readPhoto } from './read-photo.ts'
import { traceWords } from './words.ts'
import './trace.css'

/** What the address says: what was typed (`q`), or what is traced (`code`, or `kind` and `id`), and of which moment. */
interface Address {
  readonly q?: string
  readonly code?: string
  readonly kind?: string
  readonly id?: string
  readonly asOf?: string
}

/** Papers are named by an id that nobody typed. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A search that understands whatever names goods, and the answer; its address can be sent to somebody. */
export function TracePage() {
  const t = useWords(traceWords)
  const go = useGo()
  const { message } = App.useApp()
  const at = useSearch({ strict: false }) as Address
  const [text, setText] = useState(at.q ?? at.code ?? (at.id !== undefined && !UUID.test(at.id) ? at.id : ''))
  const field = useRef<InputRef>(null)
  const photo = useRef<HTMLInputElement>(null)
  const [reading, setReading] = useState(false)
  const find = (input: string) => {
    const wanted = input.trim()
    if (wanted === '') return
    setText(wanted)
    go(paths.trace({ q: wanted, asOf: at.asOf }))
    field.current?.select()
  }
  useScanner(find)
  const fromPhoto = async (file: File | undefined) => {
    if (file === undefined) return
    setReading(true)
    try {
      const found = await readPhoto(file)
      if (found === undefined) void message.warning(t.photoNone)
      else find(found)
    } catch {
      void message.warning(t.photoNone)
    } finally {
      setReading(false)
    }
  }
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} />
      <Section>
        <div className="trace-search">
          <label>
            {t.searchLabel}
            <Input
              ref={field}
              className="mono"
              placeholder={t.search}
              maxLength={900}
              autoComplete="off"
              autoFocus
              data-search
              value={text}
              onChange={(event) => setText(event.target.value)}
              onPressEnter={(event) => {
                if (!event.nativeEvent.isComposing) find(text)
              }}
            />
          </label>
          <label>
            {t.asOf}
            <Input
              type="datetime-local"
              value={localOf(at.asOf)}
              onChange={(event) => go(paths.trace({ ...at, asOf: instantOf(event.target.value) }), { replace: true })}
            />
          </label>
          <Button icon={<CameraOutlined />} loading={reading} onClick={() => photo.current?.click()}>
            {t.photo}
          </Button>
          <input
            ref={photo}
            type="file"
            accept="image/*"
            capture="environment"
            hidden
            aria-label={t.photo}
            onChange={(event) => {
              void fromPhoto(event.target.files?.[0])
              event.target.value = ''
            }}
          />
          <Button type="primary" disabled={text.trim() === ''} onClick={() => find(text)}>
            {t.find}
          </Button>
        </div>
      </Section>
      {at.code !== undefined && at.code !== '' ? (
        <Backward code={at.code} asOf={at.asOf} />
      ) : at.kind !== undefined && at.id !== undefined ? (
        <Forward kind={at.kind} id={at.id} asOf={at.asOf} />
      ) : at.q !== undefined && at.q !== '' ? (
        <Candidates q={at.q} asOf={at.asOf} />
      ) : (
        <EmptyState title={t.start} detail={t.startDetail} />
      )}
    </>
  )
}

/** One meaning is traced at once; several are offered. */
function Candidates({ q, asOf }: { readonly q: string; readonly asOf: string | undefined }) {
  const t = useWords(traceWords)
  const language = useLanguage()
  const answer = useGet<{ items: TraceCandidate[] }>('/api/trace/find', { query: { q } })
  if (answer.data === undefined) return <Waiting answer={answer} />
  const [only, ...others] = answer.data.items
  if (only === undefined) return <EmptyState title={t.notFound} detail={t.notFoundDetail} />
  if (others.length === 0)
    return only.direction === 'backward' ? <Backward code={only.id} asOf={asOf} /> : <Forward kind={only.kind} id={only.id} asOf={asOf} />
  return (
    <Section title={t.which}>
      <ul className="candidates">
        {answer.data.items.map((c) => (
          <li key={`${c.kind} ${c.id}`}>
            <Link to={c.direction === 'backward' ? paths.trace({ code: c.id, asOf }) : paths.trace({ kind: c.kind, id: c.id, asOf })}>
              <strong>{c.title[language]}</strong>
              <span className="soft">{c.note[language]}</span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}

function Backward({ code, asOf }: { readonly code: string; readonly asOf: string | undefined }) {
  const t = useWords(traceWords)
  const go = useGo()
  const answer = useGet<TraceBack>('/api/trace/backward', { query: { code, asOf }, keep: true })
  if (answer.data === undefined) return <Waiting answer={answer} />
  return (
    <>
      <Exports question={{ code, asOf }} path="/api/trace/backward">
        <Button onClick={() => go(paths.trace({ kind: 'item', id: code, asOf }))}>{t.forwardFromHere}</Button>
      </Exports>
      <BackView trace={answer.data} />
    </>
  )
}

function Forward({ kind, id, asOf }: { readonly kind: string; readonly id: string; readonly asOf: string | undefined }) {
  const question = { kind, id, asOf }
  const answer = useGet<TraceForward>('/api/trace/forward', { query: question, keep: true })
  if (answer.data === undefined) return <Waiting answer={answer} />
  return (
    <>
      <Exports question={question} path="/api/trace/forward" />
      <ForwardView trace={answer.data} question={question} />
    </>
  )
}

function Exports({
  question,
  path,
  children,
}: {
  readonly question: Readonly<Record<string, string | undefined>>
  readonly path: string
  readonly children?: React.ReactNode
}) {
  const t = useWords(traceWords)
  return (
    <div className="row trace-exports">
      {children}
      <Button onClick={() => download('/api/trace/dossier', question)}>{t.pdf}</Button>
      <Button onClick={() => download(path, question)}>{t.json}</Button>
      <CopyButton value={window.location.origin + window.location.pathname + linkOf(question)} label={t.link} />
    </div>
  )
}

function linkOf(question: Readonly<Record<string, string | undefined>>): string {
  const to = paths.trace(question)
  return to.slice(to.indexOf('?'))
}

function Waiting({ answer }: { readonly answer: { readonly isError: boolean; readonly error: ApiError | null; refetch: () => unknown } }) {
  const t = useWords(traceWords)
  const common = useCommon()
  if (!answer.isError || answer.error === null) return <p className="soft">{common.state.loading}</p>
  if (answer.error.status === 404) return <EmptyState title={t.notFound} detail={t.notFoundDetail} />
  return <Failure error={answer.error} onRetry={() => void answer.refetch()} />
}

/** The field speaks China's time without a zone, the address an instant with one. */
const instantOf = (local: string): string | undefined => (local === '' ? undefined : new Date(`${local}:00+08:00`).toISOString())

function localOf(asOf: string | undefined): string {
  if (asOf === undefined) return ''
  const date = new Date(asOf)
  return Number.isNaN(date.getTime()) ? '' : new Date(date.getTime() + 8 * 3_600_000).toISOString().slice(0, 16)
}
