import { Button, Input, type InputRef } from 'antd'
import { useSearch } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { parseSscc } from '../../src/kernel/gs1/sscc.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useGet } from '../shared/api/hooks.ts'
import { useScanner } from '../shared/goods/use-scanner.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useCommon, useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { CopyText } from '../shared/ui/copy-text.tsx'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { Link } from '../shared/ui/link.tsx'
import { Facts, PageHeader, Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { Timeline } from '../shared/ui/timeline.tsx'
import { goodsStates, holdStates, toneOfState } from './states.ts'
import { goodsWords } from './words.ts'
import '../shared/goods/goods.css'

interface Item {
  readonly uri: string
  readonly batchId: number
  readonly index: number
  readonly status: string
  readonly hold: string | null
  readonly lotNumber: string | null
  readonly expiresOn: string | null
  readonly productNameZh: string | null
  readonly productNameEn: string | null
  readonly dealerName: string | null
  readonly containers: readonly string[]
  readonly inTransit: boolean | null
  readonly activatedAt: string | null
  readonly replacedBy: string | null
  readonly timeline: readonly {
    readonly eventId: string
    readonly kind: string
    readonly at: string
    readonly place: string
    readonly party: string | null
    readonly textZh: string
    readonly textEn: string
  }[]
}

/** One item by whatever names it; the code is in the address, so that the answer can be sent to somebody. */
export function GoodsPage() {
  const t = useWords(goodsWords)
  const go = useGo()
  const code = (useSearch({ strict: false }) as { code?: string }).code ?? ''
  const [text, setText] = useState(code)
  const field = useRef<InputRef>(null)
  const find = (input: string) => {
    const wanted = input.trim()
    if (wanted === '') return
    setText(wanted)
    const sscc = parseSscc(wanted)
    go(sscc === undefined ? paths.goods({ code: wanted }) : paths.container(sscc))
    field.current?.select()
  }
  useScanner(find)
  const answer = useGet<Item>('/api/goods', { query: { code }, enabled: code !== '' })
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} />
      <Section>
        <div className="scan-field">
          <Input
            ref={field}
            size="large"
            className="mono"
            aria-label={t.code}
            placeholder={t.codeHint}
            maxLength={400}
            autoComplete="off"
            autoFocus
            data-search
            value={text}
            onChange={(event) => setText(event.target.value)}
            onPressEnter={(event) => {
              if (!event.nativeEvent.isComposing) find(text)
            }}
          />
          <Button size="large" type="primary" disabled={text.trim() === ''} loading={answer.isFetching} onClick={() => find(text)}>
            {t.find}
          </Button>
        </div>
      </Section>
      {code === '' ? (
        <EmptyState title={t.start} detail={t.startDetail} />
      ) : answer.data !== undefined ? (
        <Found item={answer.data} />
      ) : answer.isError ? (
        answer.error.status === 404 ? (
          <EmptyState title={t.notFound} detail={t.notFoundDetail} />
        ) : (
          <Failure error={answer.error} onRetry={() => void answer.refetch()} />
        )
      ) : null}
    </>
  )
}

function Found({ item }: { readonly item: Item }) {
  const t = useWords(goodsWords)
  const { dash } = useCommon()
  const language = useLanguage()
  const format = useFormat()
  const status = goodsStates(language).find((s) => s.value === item.status)
  const hold = holdStates(language).find((s) => s.value === item.hold)
  const product = language === 'zh' ? item.productNameZh : item.productNameEn || item.productNameZh
  return (
    <>
      <Section
        title={product ?? t.label}
        extra={
          <div className="row">
            {hold !== undefined && <StatusTag tone={toneOfState(hold.value)}>{hold.label}</StatusTag>}
            <StatusTag tone={status?.tone ?? 'quiet'}>{status?.label ?? item.status}</StatusTag>
            <Link to={paths.trace({ code: item.uri })}>{t.trace}</Link>
          </div>
        }
      >
        <Facts
          items={[
            { label: t.lot, value: item.lotNumber },
            { label: t.expires, value: item.expiresOn === null ? null : format.day(item.expiresOn) },
            { label: t.activatedAt, value: item.activatedAt === null ? null : format.instant(item.activatedAt) },
            {
              label: t.dealer,
              value: item.status === 'inert' ? dash : `${item.dealerName ?? t.ownHands}${item.inTransit ? ` (${t.inTransit})` : ''}`,
            },
            {
              label: t.container,
              value:
                item.containers.length === 0
                  ? t.loose
                  : item.containers.map((sscc, i) => (
                      <span key={sscc}>
                        {i > 0 && ' › '}
                        <Link to={paths.container(sscc)}>
                          <span className="mono">{sscc}</span>
                        </Link>
                      </span>
                    )),
            },
            { label: t.label, value: t.labelNo(item.batchId, format.number(item.index + 1)) },
            { label: t.uri, value: <CopyText value={item.uri} />, wide: true },
            ...(item.replacedBy === null
              ? []
              : [{ label: t.replacedBy, value: <Link to={paths.goods({ code: item.replacedBy })}>{item.replacedBy}</Link>, wide: true }]),
          ]}
        />
      </Section>
      <Section title={t.timeline}>
        {item.timeline.length === 0 ? (
          <p className="soft">{t.noTimeline}</p>
        ) : (
          <Timeline
            entries={item.timeline.map((e) => ({
              key: e.eventId,
              what: language === 'zh' ? e.textZh : e.textEn,
              at: e.at,
              note: [e.place, e.party].filter(Boolean).join(' · '),
              tone:
                e.kind === 'recalling' || e.kind === 'voiding' || e.kind === 'destroying'
                  ? 'bad'
                  : e.kind === 'freezing'
                    ? 'warn'
                    : e.kind === 'commissioning'
                      ? 'good'
                      : 'info',
            }))}
          />
        )}
      </Section>
    </>
  )
}
