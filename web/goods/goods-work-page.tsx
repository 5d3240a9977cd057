import { Button, Input, Radio, Segmented } from 'antd'
import { useSearch } from '@tanstack/react-router'
import { type ReactNode, useId, useState } from 'react'
import type { z } from 'zod'
import type { Choice, Moved } from '../../src/modules/events/contract.ts'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useAct } from '../shared/api/hooks.ts'
import { useCan } from '../shared/api/session.ts'
import { GoodsChoice, isNothing, NOTHING } from '../shared/goods/goods-choice.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { CopyText } from '../shared/ui/copy-text.tsx'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import { Why } from '../shared/ui/why.tsx'
import { goodsWords } from './words.ts'
import './goods.css'

const ACTS = {
  pack: 'goods.write',
  unpack: 'goods.write',
  receive: 'goods.write',
  return: 'goods.write',
  void: 'codes.void',
  replace: 'activations.write',
  destroy: 'goods.write',
} as const
type Act = keyof typeof ACTS
type Take = 'these' | 'others' | 'all'

/** What cannot be taken back asks once more, with a reason. */
const GRAVE: readonly Act[] = ['void', 'replace', 'destroy']

export function GoodsWorkPage() {
  const t = useWords(goodsWords)
  const can = useCan()
  const go = useGo()
  const search = useSearch({ strict: false }) as { act?: string; sscc?: string }
  const acts = (Object.keys(ACTS) as Act[]).filter((act) => can(ACTS[act]))
  const act = acts.find((a) => a === search.act) ?? acts[0]!
  return (
    <>
      <PageHeader title={t.work} lead={t.workLead} />
      <div className="work-acts">
        <Segmented<Act>
          size="large"
          aria-label={t.work}
          options={acts.map((a) => ({ value: a, label: t.acts[a] }))}
          value={act}
          onChange={(next) => go(paths.goodsWork({ act: next }), { replace: true })}
        />
      </div>
      <Work key={`${act}-${search.sscc ?? ''}`} act={act} sscc={search.sscc ?? ''} />
    </>
  )
}

interface Sent {
  readonly act: Act
  readonly body: Readonly<Record<string, unknown>>
}

function Work({ act, sscc: given }: { readonly act: Act; readonly sscc: string }) {
  const t = useWords(goodsWords)
  const format = useFormat()
  const go = useGo()
  const [choice, setChoice] = useState<Choice>(NOTHING)
  const [sscc, setSscc] = useState(given)
  const [take, setTake] = useState<Take>(given === '' ? 'these' : 'all')
  const [place, setPlace] = useState('')
  const [damaged, setDamaged] = useState('')
  const [replacement, setReplacement] = useState('')
  const [sure, setSure] = useState(false)
  const [round, setRound] = useState(0)
  const send = useAct<Sent, z.infer<typeof Moved>>({
    send: (input, key) => api.post(`/api/goods/${input.act}`, input.body, { idempotencyKey: key }),
    invalidates: ['/api/goods', '/api/containers', '/api/shipments', '/api/events'],
    onDone: () => setSure(false),
  })

  const needsChoice = act !== 'replace' && !(act === 'unpack' && take === 'all')
  const missing =
    act === 'replace'
      ? damaged.trim() === '' || replacement.trim() === ''
        ? t.needBoth
        : undefined
      : act === 'unpack' && sscc.trim() === ''
        ? t.needSscc
        : needsChoice && isNothing(choice)
          ? t.chooseFirst
          : undefined
  const body = (reason: string): Readonly<Record<string, unknown>> => {
    if (act === 'replace') return { damaged: damaged.trim(), replacement: replacement.trim(), reason }
    const common = { choice: needsChoice ? choice : NOTHING, place: place.trim(), reason }
    if (act === 'pack') return { ...common, ...(sscc.trim() !== '' && { sscc: sscc.trim() }) }
    if (act === 'unpack') return { ...common, sscc: sscc.trim(), take }
    return common
  }
  const run = (reason = '') => send.mutate({ act, body: body(reason) })
  const again = () => {
    send.reset()
    setChoice(NOTHING)
    setSscc('')
    setDamaged('')
    setReplacement('')
    setTake('these')
    setRound((n) => n + 1)
  }

  if (send.data !== undefined) {
    const { labels, containers, sscc: packed } = send.data
    return (
      <Section>
        <EmptyState
          title={t.done(format.number(labels), format.number(containers))}
          detail={
            act === 'pack' && packed !== null ? (
              <>
                {t.packed} <CopyText value={packed} />
              </>
            ) : undefined
          }
          next={
            <>
              <Button type="primary" autoFocus onClick={again}>
                {act === 'pack' ? t.next : t.nextAct}
              </Button>
              {packed !== null && <Button onClick={() => go(paths.container(packed))}>{t.contents}</Button>}
            </>
          }
        />
      </Section>
    )
  }

  return (
    <Section>
      <div className="stack">
        <p className="soft">{t.actDetail[act]}</p>
        {(act === 'unpack' || act === 'pack') && (
          <div className="work-fields">
            <Labelled label={t.ssccField} help={act === 'pack' ? t.ssccNew : undefined}>
              {(id) => (
                <Input
                  id={id}
                  className="mono"
                  maxLength={60}
                  autoComplete="off"
                  autoFocus={act === 'unpack' && given === ''}
                  placeholder={act === 'unpack' ? t.ssccScan : ''}
                  value={sscc}
                  onChange={(event) => setSscc(event.target.value)}
                  onPressEnter={(event) => event.currentTarget.blur()}
                />
              )}
            </Labelled>
          </div>
        )}
        {act === 'unpack' && (
          <Radio.Group
            aria-label={t.take}
            value={take}
            onChange={(event) => setTake(event.target.value as Take)}
            options={(['these', 'others', 'all'] as const).map((value) => ({ value, label: t.takes[value] }))}
          />
        )}
        {act === 'replace' && (
          <div className="work-fields">
            <Labelled label={t.damaged}>
              {(id) => (
                <Input
                  id={id}
                  className="mono"
                  maxLength={400}
                  autoComplete="off"
                  autoFocus
                  value={damaged}
                  onChange={(event) => setDamaged(event.target.value)}
                  onPressEnter={() => document.getElementById('replacement-label')?.focus()}
                />
              )}
            </Labelled>
            <Labelled label={t.replacement} help={t.replacementHelp} id="replacement-label">
              {(id) => (
                <Input
                  id={id}
                  className="mono"
                  maxLength={400}
                  autoComplete="off"
                  value={replacement}
                  onChange={(event) => setReplacement(event.target.value)}
                />
              )}
            </Labelled>
          </div>
        )}
        {needsChoice && <GoodsChoice key={round} value={choice} onChange={setChoice} autoFocus={act !== 'unpack' || given !== ''} />}
        {act !== 'replace' && (
          <div className="work-fields">
            <Labelled label={t.place}>
              {(id) => (
                <Input id={id} maxLength={100} placeholder={t.placeHint} value={place} onChange={(event) => setPlace(event.target.value)} />
              )}
            </Labelled>
          </div>
        )}
        {send.error !== null && !sure && <Failure error={send.error} />}
        <div>
          <Why reason={missing}>
            <Button
              type="primary"
              size="large"
              danger={GRAVE.includes(act)}
              disabled={missing !== undefined}
              loading={send.isPending && !sure}
              onClick={() => (GRAVE.includes(act) ? setSure(true) : run())}
            >
              {t.run[act]}
            </Button>
          </Why>
        </div>
      </div>
      <ConfirmWithReason
        open={sure}
        title={act === 'void' ? t.sureVoid : act === 'replace' ? t.sureReplace : t.sureDestroy}
        confirm={t.run[act]}
        danger
        reasonLabel={t.reason}
        busy={send.isPending}
        error={send.error === null ? undefined : <Failure error={send.error} />}
        onConfirm={run}
        onCancel={() => {
          send.reset()
          setSure(false)
        }}
      >
        {t.sureDetail}
      </ConfirmWithReason>
    </Section>
  )
}

function Labelled({
  label,
  help,
  id,
  children,
}: {
  readonly label: string
  readonly help?: string | undefined
  readonly id?: string
  readonly children: (id: string) => ReactNode
}) {
  const own = useId()
  return (
    <div>
      <label htmlFor={id ?? own}>{label}</label>
      {children(id ?? own)}
      {help !== undefined && <p className="faint">{help}</p>}
    </div>
  )
}
