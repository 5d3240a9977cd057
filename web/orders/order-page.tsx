import { Button, Form, Input, InputNumber, Modal } from 'antd'
import { type ReactNode, useState } from 'react'
import { LABEL_KIND_WORDS, ORDER_STATE_WORDS, type Order, type OrderState } from '../../src/modules/codes/contract.ts'
import { api } from '../shared/api/client.ts'
import { Answer, Failure } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { useCan, useSession } from '../shared/api/session.ts'
import { Tally } from '../shared/goods/tally.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useCommon, useWords } from '../shared/i18n/words.ts'
import { useGo, usePathParam } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { Link } from '../shared/ui/link.tsx'
import { Facts, PageHeader, Section } from '../shared/ui/page.tsx'
import { StepLine } from '../shared/ui/progress.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { Timeline } from '../shared/ui/timeline.tsx'
import type { Tone } from '../shared/ui/tone.ts'
import { Why } from '../shared/ui/why.tsx'
import { ORDER_TONES } from './columns.tsx'
import { orderWords } from './words.ts'

type Verb = 'approve' | 'refuse' | 'release' | 'cancel' | 'explain'

/** The line of an order's life; `approved` passes into `issued` in one act. */
const LINE: readonly OrderState[] = ['submitted', 'issued', 'released', 'printed', 'received']

export function OrderPage() {
  const id = usePathParam('orderId')
  const answer = useGet<Order>(`/api/orders/${id}`)
  return (
    <Answer of={answer} rows={10}>
      {(order) => <OneOrder order={order} />}
    </Answer>
  )
}

function OneOrder({ order }: { readonly order: Order }) {
  const t = useWords(orderWords)
  const language = useLanguage()
  const format = useFormat()
  const go = useGo()
  const can = useCan()
  const session = useSession()
  const [asking, setAsking] = useState<Verb>()
  const [receiving, setReceiving] = useState(false)
  const own = session.organisation.id === order.organisationId
  const done: Readonly<Record<Verb, string>> = {
    approve: t.approved,
    refuse: t.refused,
    release: t.released,
    cancel: t.cancelled,
    explain: t.explained,
  }
  const act = useAct<{ verb: Verb; reason: string }, Order>({
    send: ({ verb, reason }, key) =>
      api.post(`/api/orders/${order.id}/${verb}`, verb === 'release' ? undefined : { reason }, { idempotencyKey: key }),
    invalidates: ['/api/orders', '/api/packs', '/api/quota', '/api/home'],
    onDone: () => setAsking(undefined),
  })
  const ask = (verb: Verb) => {
    act.reset()
    setAsking(verb)
  }

  const r = order.reconciliation
  const labels = format.number(order.quantity + order.spoilage)
  const product = language === 'zh' ? order.productNameZh : order.productNameEn || order.productNameZh
  // codes of the older system were printed long ago: there is nothing to follow or to count
  const legacy = order.labelKind === 'legacy'
  const stopped = order.status === 'refused' || order.status === 'cancelled'
  const at = (state: OrderState) => order.history.findLast((h) => h.state === state)?.at
  const steps = (stopped ? ([...LINE.slice(0, order.batchId === null ? 1 : 2), order.status] as const) : LINE).map((state) => {
    const when = at(state)
    return { key: state, label: ORDER_STATE_WORDS[state][language], note: when === undefined ? undefined : format.instant(when) }
  })

  const actions: ReactNode[] = []
  if (can('orders.approve') && order.status === 'submitted') {
    actions.push(
      <Button key="refuse" danger onClick={() => ask('refuse')}>
        {t.refuse}
      </Button>,
      <Button key="approve" type="primary" onClick={() => ask('approve')}>
        {t.approve}
      </Button>,
    )
  }
  if (can('packs.release') && order.status === 'issued' && order.labelKind !== 'legacy') {
    actions.push(
      <Button key="release" type="primary" onClick={() => ask('release')}>
        {t.release}
      </Button>,
    )
  }
  if (order.packId !== null && can('packs.read')) {
    actions.push(
      <Button key="pack" onClick={() => go(paths.pack(order.packId!))}>
        {t.pack}
      </Button>,
    )
  }
  if (own && can('orders.write') && !stopped && order.status !== 'received') {
    const issued = order.batchId !== null
    actions.push(
      <Why key="cancel" reason={issued ? t.cannotCancel : undefined}>
        <Button disabled={issued} onClick={() => ask('cancel')}>
          {t.cancel}
        </Button>
      </Why>,
    )
    const early = order.status === 'printed' ? undefined : order.status === 'released' ? t.onlyAfter.printed : t.onlyAfter.released
    actions.push(
      <Why key="receive" reason={early}>
        <Button type={early === undefined ? 'primary' : 'default'} disabled={early !== undefined} onClick={() => setReceiving(true)}>
          {t.receive}
        </Button>
      </Why>,
    )
  }
  if (own && can('activations.write') && order.status === 'received' && !legacy) {
    actions.push(
      <Button key="activate" type="primary" onClick={() => go(paths.activationNew(order.lotId === null ? {} : { lotId: order.lotId }))}>
        {t.activate}
      </Button>,
    )
  }

  const dialogs: Readonly<Record<Verb, { title: string; confirm: string; body: string; danger?: boolean; reason: boolean }>> = {
    approve: { title: t.approveTitle, confirm: t.approve, body: t.approveDetail(labels), reason: false },
    refuse: { title: t.refuseTitle, confirm: t.refuse, body: t.refuseDetail, danger: true, reason: true },
    release: {
      title: t.releaseTitle,
      confirm: t.release,
      body: t.releaseDetail((language === 'zh' ? order.printerNameZh : order.printerNameEn) ?? ''),
      reason: false,
    },
    cancel: { title: t.cancelTitle, confirm: t.cancel, body: t.cancelDetail, danger: true, reason: true },
    explain: { title: t.explainTitle, confirm: t.explain, body: t.explainDetail, reason: true },
  }
  const dialog = asking === undefined ? undefined : dialogs[asking]
  const counted = order.status === 'printed' || order.status === 'received'
  const verdict: { tone: Tone; words: string } = !counted
    ? { tone: 'quiet', words: t.pending }
    : r.blocks
      ? { tone: 'bad', words: t.difference }
      : r.difference === 0
        ? { tone: 'good', words: t.addsUp }
        : { tone: 'warn', words: r.explained ? t.explainedTag : t.within }
  const waits: Readonly<Partial<Record<OrderState, string>>> = t.waitFor

  return (
    <>
      <PageHeader
        title={order.number}
        crumbs={[{ label: t.title, to: paths.orders() }]}
        tag={<StatusTag tone={ORDER_TONES[order.status]}>{ORDER_STATE_WORDS[order.status][language]}</StatusTag>}
        lead={[product ?? LABEL_KIND_WORDS[order.labelKind][language], order.lotNumber, legacy ? '' : waits[order.status]]
          .filter((part) => part !== null && part !== undefined && part !== '')
          .join(' · ')}
        actions={actions}
      />
      {r.blocks && !legacy && (
        <div style={{ marginBottom: 16 }}>
          <ErrorPanel
            title={t.blocks}
            detail={t.blocksDetail(format.number(r.difference), format.number(r.tolerance))}
            notice
            actions={
              own &&
              can('orders.write') && (
                <Button size="small" onClick={() => ask('explain')}>
                  {t.explain}
                </Button>
              )
            }
          />
        </div>
      )}
      {!legacy && (
        <>
          <Section title={t.progress}>
            <StepLine steps={steps} current={order.status === 'approved' ? 'issued' : order.status} stopped={stopped} label={t.progress} />
          </Section>
          <Section title={t.reconciliation} extra={<StatusTag tone={verdict.tone}>{verdict.words}</StatusTag>}>
            <div className="stack">
              <Tally
                items={[
                  { label: t.orderedHere, value: format.number(r.ordered), note: t.spoilage + ' ' + format.number(order.spoilage) },
                  { label: t.printed, value: format.number(r.printed) },
                  { label: t.scrapped, value: format.number(r.scrapped) },
                  { label: t.left, value: format.number(r.left) },
                  { label: t.received, value: format.number(r.received) },
                  {
                    label: t.difference,
                    value: counted ? format.number(r.difference) : '—',
                    note: t.tolerance(format.number(r.tolerance)),
                    tone: r.blocks ? 'bad' : undefined,
                  },
                ]}
              />
              <p className="faint">{t.reconciliationRule}</p>
            </div>
          </Section>
        </>
      )}
      <Section title={t.facts}>
        <Facts
          items={[
            { label: t.supplier, value: language === 'zh' ? order.organisationNameZh : order.organisationNameEn },
            { label: t.labelKind, value: LABEL_KIND_WORDS[order.labelKind][language] },
            {
              label: language === 'zh' ? t.product : t.productEn,
              value:
                product !== null && order.productId !== null && can('products.read') ? (
                  <Link to={paths.product(order.productId)}>{product}</Link>
                ) : (
                  product
                ),
            },
            { label: t.lot, value: order.lotNumber },
            { label: t.quantity, value: format.number(order.quantity) },
            { label: t.spoilage, value: format.number(order.spoilage) },
            { label: t.rollSize, value: format.number(order.rollSize) },
            { label: t.printer, value: language === 'zh' ? order.printerNameZh : order.printerNameEn },
            { label: t.fee, value: format.money(order.feeFen) },
            { label: t.subsidy, value: format.money(order.subsidyFen) },
            { label: t.batch, value: order.batchId === null ? t.notIssued : order.batchId },
            { label: t.submittedAt, value: format.instant(order.submittedAt) },
            ...(order.decisionReason === '' ? [] : [{ label: t.decision, value: order.decisionReason, wide: true }]),
          ]}
        />
      </Section>
      <Section title={t.history}>
        <Timeline
          entries={order.history.toReversed().map((h, i) => ({
            key: `${h.at}-${i}`,
            what: ORDER_STATE_WORDS[h.state as OrderState]?.[language] ?? h.state,
            at: h.at,
            tone: ORDER_TONES[h.state as OrderState] ?? 'quiet',
            note: [h.actor, h.reason].filter((part) => part !== '').join(' · '),
          }))}
        />
      </Section>
      <ConfirmWithReason
        open={dialog !== undefined}
        title={dialog?.title ?? ''}
        confirm={dialog?.confirm ?? ''}
        danger={dialog?.danger === true}
        reason={dialog?.reason === true}
        busy={act.isPending}
        error={act.error === null ? undefined : <Failure error={act.error} />}
        onConfirm={(reason) => act.mutate({ verb: asking!, reason })}
        onCancel={() => setAsking(undefined)}
      >
        {dialog?.body}
      </ConfirmWithReason>
      <ReceiveDialog order={order} open={receiving} onClose={() => setReceiving(false)} />
      <span className="sr-only" role="status">
        {act.isSuccess && asking === undefined ? done[act.variables.verb] : ''}
      </span>
    </>
  )
}

function ReceiveDialog({ order, open, onClose }: { readonly order: Order; readonly open: boolean; readonly onClose: () => void }) {
  const t = useWords(orderWords)
  const common = useCommon()
  const format = useFormat()
  const [form] = Form.useForm<{ received: number; note?: string }>()
  const receive = useAct<{ received: number; note: string }, Order>({
    send: (input, key) => api.post(`/api/orders/${order.id}/receive`, input, { idempotencyKey: key }),
    invalidates: ['/api/orders', '/api/home', '/api/activations'],
    done: t.receivedDone,
    onDone: onClose,
  })
  return (
    <Modal
      open={open}
      title={t.receiveTitle}
      okText={t.receive}
      cancelText={common.action.cancel}
      confirmLoading={receive.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
      destroyOnHidden
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ received: order.reconciliation.printed }}
        onFinish={({ received, note }) => receive.mutate({ received, note: note ?? '' })}
      >
        {receive.error !== null && <Failure error={receive.error} />}
        <Form.Item
          name="received"
          label={t.receiveCount}
          required
          rules={[{ required: true, message: common.form.required }]}
          extra={t.receiveHelp(format.number(order.reconciliation.printed))}
        >
          <InputNumber
            autoFocus
            min={0}
            max={order.quantity + order.spoilage}
            precision={0}
            style={{ width: '100%' }}
            suffix={t.unit}
            changeOnWheel={false}
          />
        </Form.Item>
        <Form.Item name="note" label={t.note}>
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
