import { Button } from 'antd'
import { useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import type { Activate, ActivationPreview, Choice, LotToActivate } from '../../src/modules/events/contract.ts'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useAct } from '../shared/api/hooks.ts'
import { useCan } from '../shared/api/session.ts'
import { RemoteSelect } from '../shared/forms/remote-select.tsx'
import { GoodsChoice, isNothing, NOTHING } from '../shared/goods/goods-choice.tsx'
import { Tally } from '../shared/goods/tally.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { Why } from '../shared/ui/why.tsx'
import { UNDO_MS, useUndo } from './undo.tsx'
import { activationWords } from './words.ts'

interface Activated {
  readonly id: string
  readonly labels: number
}

/** Lot, labels, preview, done: one page, so that a scanner never has to be put down. */
export function ActivationNewPage() {
  const t = useWords(activationWords)
  const language = useLanguage()
  const format = useFormat()
  const go = useGo()
  const can = useCan()
  const lotId = (useSearch({ strict: false }) as { lotId?: string }).lotId
  const [lot, setLot] = useState<LotToActivate>()
  const [choice, setChoice] = useState<Choice>(NOTHING)
  const preview = useAct<Activate, ActivationPreview>({ send: (input) => api.post('/api/activations/preview', input) })
  const activate = useAct<Activate, Activated>({
    send: (input, key) => api.post('/api/activations', input, { idempotencyKey: key }),
    invalidates: ['/api/activations', '/api/goods', '/api/home', '/api/events'],
  })
  const change = (next: Choice) => {
    setChoice(next)
    preview.reset()
    activate.reset()
  }
  const startAgain = () => change(NOTHING)
  const seen = preview.data
  const input = { lotId: lotId ?? '', choice }

  if (activate.data !== undefined) return <Result activated={activate.data} onMore={startAgain} />
  return (
    <>
      <PageHeader title={t.activate} crumbs={[{ label: t.title, to: paths.activations() }]} lead={t.lead} />
      <Section title={`1 ${t.chooseLot}`}>
        <div style={{ maxWidth: 720 }}>
          <RemoteSelect<LotToActivate>
            path="/api/activations/lots"
            valueOf={(row) => row.lotId}
            labelOf={(row) => `${language === 'zh' ? row.productNameZh : row.productNameEn || row.productNameZh} · ${row.lotNumber}`}
            noteOf={(row) => t.lotNote(format.number(row.activated), format.number(row.declared))}
            disabledReason={(row) => (row.activated >= row.declared ? t.lotFull : undefined)}
            byValue={(id) => ({ lotId: id })}
            placeholder={t.chooseLotHint}
            label={t.chooseLot}
            value={lotId}
            onChange={(id) => {
              change(NOTHING)
              go(paths.activationNew(id === undefined ? {} : { lotId: id }), { replace: true })
            }}
            onRow={setLot}
            autoFocus={lotId === undefined}
          />
          {lot !== undefined && <p className="faint">{t.lotNote(format.number(lot.activated), format.number(lot.declared))}</p>}
        </div>
      </Section>
      {lot !== undefined && lot.lotId === lotId && (
        <Section title={`2 ${t.chooseLabels}`}>
          <div className="stack">
            <GoodsChoice
              key={lot.lotId}
              value={choice}
              onChange={change}
              batches={lot.batches}
              noRolls={
                can('orders.write') && (
                  <Button onClick={() => go(paths.orderNew({ lotId: lot.lotId }))}>
                    {language === 'zh' ? '订购标签' : 'Order labels'}
                  </Button>
                )
              }
            />
            <div>
              <Why reason={isNothing(choice) ? t.reasons.none : undefined}>
                <Button
                  type={seen === undefined ? 'primary' : 'default'}
                  disabled={isNothing(choice)}
                  loading={preview.isPending}
                  onClick={() => preview.mutate(input)}
                >
                  {t.check}
                </Button>
              </Why>
            </div>
            {preview.error !== null && <Failure error={preview.error} />}
          </div>
        </Section>
      )}
      {seen !== undefined && (
        <Section
          title={`3 ${t.preview}`}
          extra={<StatusTag tone={seen.ready ? 'good' : 'bad'}>{seen.ready ? t.ready(format.number(seen.labels)) : t.notReady}</StatusTag>}
        >
          <div className="stack" aria-live="polite">
            <PreviewNumbers preview={seen} />
            <PreviewReasons preview={seen} />
            {activate.error !== null && <Failure error={activate.error} />}
            <div className="row">
              <Why reason={seen.ready ? undefined : t.notReady}>
                <Button
                  type="primary"
                  size="large"
                  disabled={!seen.ready}
                  loading={activate.isPending}
                  onClick={() => activate.mutate(input)}
                >
                  {t.go(format.number(seen.labels))}
                </Button>
              </Why>
            </div>
          </div>
        </Section>
      )}
    </>
  )
}

function PreviewNumbers({ preview: p }: { readonly preview: ActivationPreview }) {
  const t = useWords(activationWords)
  const { number } = useFormat()
  const bad = (label: string, n: number) => (n === 0 ? [] : [{ label, value: number(n), tone: 'bad' as const }])
  return (
    <Tally
      items={[
        { label: t.labelsChosen, value: number(p.labels) },
        { label: t.inert, value: number(p.inert), tone: p.inert === p.labels && p.labels > 0 ? ('good' as const) : undefined },
        {
          label: t.left,
          value: number(p.left),
          note: t.lotNote(number(p.activated), number(p.declared)),
          tone: p.labels > p.left ? ('bad' as const) : undefined,
        },
        ...bad(t.active, p.active),
        ...bad(t.ended, p.ended),
        ...bad(t.onHold, p.onHold),
        ...bad(t.canaries, p.canaries),
        ...bad(t.otherLot, p.otherLot),
        ...bad(t.unknown, p.unknown.length),
      ]}
    />
  )
}

function PreviewReasons({ preview: p }: { readonly preview: ActivationPreview }) {
  const t = useWords(activationWords)
  const { number } = useFormat()
  const faults: Readonly<Record<string, string>> = t.fault
  const reasons = [
    ...p.gate.map((g) => g.text),
    ...(p.notReceived.length > 0 ? [t.reasons.notReceived(p.notReceived.join(', '))] : []),
    ...(p.labels === 0 && p.unknown.length === 0 ? [t.reasons.none] : []),
    ...(p.labels > p.left ? [t.reasons.over(number(p.left))] : []),
    ...(p.active > 0 ? [t.reasons.active(number(p.active))] : []),
    ...(p.ended > 0 ? [t.reasons.ended(number(p.ended))] : []),
    ...(p.onHold > 0 ? [t.reasons.onHold(number(p.onHold))] : []),
    ...(p.canaries > 0 ? [t.reasons.canaries(number(p.canaries))] : []),
    ...(p.otherLot > 0 ? [t.reasons.otherLot(number(p.otherLot))] : []),
  ]
  if (reasons.length === 0 && p.unknown.length === 0) return null
  return (
    <ul className="reasons">
      {reasons.map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
      {p.unknown.length > 0 && (
        <li>
          {t.reasons.unknown(number(p.unknown.length))}
          <ul>
            {p.unknown.slice(0, 20).map((u) => (
              <li key={u.input}>
                <span className="mono">{u.input}</span> {faults[u.reason] ?? u.reason}
              </li>
            ))}
          </ul>
        </li>
      )}
    </ul>
  )
}

function Result({ activated, onMore }: { readonly activated: Activated; readonly onMore: () => void }) {
  const t = useWords(activationWords)
  const format = useFormat()
  const go = useGo()
  const can = useCan()
  const [until] = useState(() => Date.now() + UNDO_MS)
  const [left, setLeft] = useState(UNDO_MS)
  const [undone, setUndone] = useState(false)
  const undo = useUndo(() => setUndone(true))
  useEffect(() => {
    const timer = setInterval(() => setLeft(Math.max(0, until - Date.now())), 1000)
    return () => clearInterval(timer)
  }, [until])
  const clock = `${Math.floor(left / 60_000)}:${String(Math.floor(left / 1000) % 60).padStart(2, '0')}`
  return (
    <>
      <PageHeader title={t.activate} crumbs={[{ label: t.title, to: paths.activations() }]} />
      <Section>
        <EmptyState
          title={undone ? t.undone : t.done(format.number(activated.labels))}
          detail={undone ? undefined : t.doneDetail}
          next={
            <>
              <Button type="primary" onClick={onMore}>
                {t.more}
              </Button>
              {!undone && can('goods.write') && <Button onClick={() => go(paths.goodsWork({ act: 'pack' }))}>{t.pack}</Button>}
              <Button onClick={() => go(paths.activations())}>{t.list}</Button>
              {!undone && (
                <Why reason={left === 0 ? t.late : undefined}>
                  <Button danger disabled={left === 0} onClick={() => undo.ask(activated)}>
                    {t.undo} <span className="num">({t.remaining(clock)})</span>
                  </Button>
                </Why>
              )}
            </>
          }
        />
      </Section>
      {undo.dialog}
    </>
  )
}
