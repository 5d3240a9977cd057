import { DownloadOutlined } from '@ant-design/icons'
import { Button, Form, Input, InputNumber, Modal } from 'antd'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { PackDetail, ReportCounts } from '../../src/modules/codes/contract.ts'
import { ORDER_STATE_WORDS } from '../../src/modules/codes/contract.ts'
import { api, download } from '../shared/api/client.ts'
import { Answer, Failure } from '../shared/api/failure.tsx'
import { invalidate, useAct, useGet } from '../shared/api/hooks.ts'
import { useCan, useSession } from '../shared/api/session.ts'
import { Tally } from '../shared/goods/tally.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useCommon, useWords } from '../shared/i18n/words.ts'
import { usePathParam } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { CopyText } from '../shared/ui/copy-text.tsx'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { Link } from '../shared/ui/link.tsx'
import { Facts, PageHeader, Section } from '../shared/ui/page.tsx'
import { ProgressBar } from '../shared/ui/progress.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { Why } from '../shared/ui/why.tsx'
import { ORDER_TONES } from '../orders/columns.tsx'
import { MakePins } from '../pins/make-pins.tsx'
import { pinWords } from '../pins/words.ts'
import { saveStream, type Streamed } from './save-stream.ts'
import { packWords } from './words.ts'
import './packs.css'

interface Download {
  readonly id: string
  readonly number: number
  readonly actor: string
  readonly startedAt: string
  readonly completedAt: string | null
  readonly rows: number
  readonly sha256: string | null
  readonly canariesSeen: number
}

export function PackPage() {
  const id = usePathParam('packId')
  const answer = useGet<PackDetail>(`/api/packs/${id}`)
  return (
    <Answer of={answer} rows={8}>
      {(pack) => <OnePack pack={pack} />}
    </Answer>
  )
}

type Running =
  | { readonly state: 'going'; readonly at: Streamed }
  | { readonly state: 'done'; readonly at: Streamed }
  | { readonly state: 'stopped' }
  | { readonly state: 'failed'; readonly error: unknown }

function OnePack({ pack }: { readonly pack: PackDetail }) {
  const t = useWords(packWords)
  const language = useLanguage()
  const format = useFormat()
  const client = useQueryClient()
  const can = useCan()
  const printer = useSession().organisation.kind === 'printer'
  const downloads = useGet<{ items: readonly Download[] }>(`/api/packs/${pack.id}/downloads`)
  const keys = useGet<{ items: readonly { retiredAt: string | null }[] }>('/api/printer-keys', { enabled: printer })
  const [running, setRunning] = useState<Running>()
  const [asking, setAsking] = useState<'allow' | 'destroy'>()
  const [reporting, setReporting] = useState(false)
  const [makingPins, setMakingPins] = useState(false)
  const p = useWords(pinWords)
  const abort = useRef<AbortController>(undefined)
  const act = useAct<{ verb: 'allow' | 'destroy'; reason: string }>({
    send: ({ verb, reason }, key) =>
      verb === 'allow'
        ? api.post(`/api/packs/${pack.id}/allow-download`, { reason }, { idempotencyKey: key })
        : api.post(`/api/packs/${pack.id}/destroy`, undefined, { idempotencyKey: key }),
    invalidates: ['/api/packs', '/api/home'],
    onDone: () => setAsking(undefined),
  })

  const start = async () => {
    const controller = new AbortController()
    abort.current = controller
    let at: Streamed = { bytes: 0, rows: undefined }
    setRunning({ state: 'going', at })
    try {
      await saveStream(`/api/packs/${pack.id}/download`, `${pack.orderNumber}.csv.age`, {
        signal: controller.signal,
        onProgress: (next) => {
          at = next
          setRunning({ state: 'going', at })
        },
      })
      setRunning({ state: 'done', at })
    } catch (error) {
      setRunning(error instanceof DOMException && error.name === 'AbortError' ? { state: 'stopped' } : { state: 'failed', error })
    }
    void invalidate(client, ['/api/packs', '/api/home'])
  }

  const usedUp = pack.downloads >= pack.maxDownloads
  const keyless = keys.data !== undefined && !keys.data.items.some((k) => k.retiredAt === null)
  const barred = pack.state === 'destroyed' ? t.isDestroyed : usedUp ? t.noDownloadsLeft : keyless ? t.noKey : undefined
  const reportable = pack.orderStatus === 'released' || pack.orderStatus === 'printed'
  const leaked = downloads.data?.items.some((d) => d.canariesSeen > 0) === true
  const product = language === 'zh' ? pack.productNameZh : pack.productNameEn || pack.productNameZh

  return (
    <>
      <PageHeader
        title={t.one(pack.orderNumber)}
        crumbs={[{ label: t.title, to: paths.packs() }]}
        tag={
          <>
            <StatusTag tone={ORDER_TONES[pack.orderStatus]}>{ORDER_STATE_WORDS[pack.orderStatus][language]}</StatusTag>
            {pack.state === 'destroyed' && <StatusTag tone="quiet">{t.destroyed}</StatusTag>}
          </>
        }
        actions={
          <>
            {can('packs.release') && <Button onClick={() => setMakingPins(true)}>{p.make}</Button>}
            {can('packs.release') && (
              <Why reason={pack.state === 'destroyed' ? t.isDestroyed : undefined}>
                <Button disabled={pack.state === 'destroyed'} onClick={() => setAsking('allow')}>
                  {t.allow}
                </Button>
              </Why>
            )}
            {printer && can('packs.download') && (
              <Why reason={pack.state === 'destroyed' ? t.isDestroyed : undefined}>
                <Button danger disabled={pack.state === 'destroyed'} onClick={() => setAsking('destroy')}>
                  {t.destroy}
                </Button>
              </Why>
            )}
            {printer && can('prints.report') && (
              <Why reason={reportable ? undefined : pack.orderStatus === 'received' ? t.reportLate : t.reportEarly}>
                <Button disabled={!reportable} onClick={() => setReporting(true)}>
                  {t.report}
                </Button>
              </Why>
            )}
            {printer && can('packs.download') && (
              <Why reason={barred}>
                <Button
                  type="primary"
                  icon={<DownloadOutlined />}
                  disabled={barred !== undefined || running?.state === 'going'}
                  onClick={() => void start()}
                >
                  {t.download}
                </Button>
              </Why>
            )}
          </>
        }
      />
      {leaked && (
        <div style={{ marginBottom: 16 }}>
          <ErrorPanel title={t.leaked} />
        </div>
      )}
      {running !== undefined && (
        <Section>
          {running.state === 'going' && (
            <div className="row">
              <div style={{ flex: 1 }}>
                <ProgressBar
                  label={t.downloading}
                  fraction={running.at.rows === undefined ? undefined : expected(running.at)}
                  detail={
                    running.at.rows === undefined
                      ? format.bytes(running.at.bytes)
                      : t.downloadRows(format.bytes(running.at.bytes), format.number(running.at.rows))
                  }
                />
              </div>
              <Button onClick={() => abort.current?.abort()}>{t.stop}</Button>
            </div>
          )}
          {running.state === 'done' && (
            <ProgressBar
              label={t.downloaded}
              fraction={1}
              detail={t.downloadRows(format.bytes(running.at.bytes), format.number(running.at.rows ?? 0))}
            />
          )}
          {running.state === 'stopped' && <p role="status">{t.stopped}</p>}
          {running.state === 'failed' && <Failure error={running.error} />}
        </Section>
      )}
      <Section
        title={t.facts}
        extra={printer && <span className="faint">{keyless ? <Link to={paths.printers()}>{t.noKey}</Link> : t.downloadHint}</span>}
      >
        <div className="stack">
          <Facts
            items={[
              {
                label: t.orderNumber,
                value: can('orders.read') ? <Link to={paths.order(pack.orderId)}>{pack.orderNumber}</Link> : pack.orderNumber,
              },
              { label: t.organisation, value: language === 'zh' ? pack.organisationNameZh : pack.organisationNameEn },
              { label: t.printer, value: language === 'zh' ? pack.printerNameZh : pack.printerNameEn },
              { label: t.product, value: product },
              { label: t.lot, value: pack.lotNumber },
              { label: t.rollSize, value: format.number(pack.rollSize) },
              { label: t.releasedAt, value: format.instant(pack.releasedAt) },
              { label: t.downloads, value: `${pack.downloads} / ${pack.maxDownloads}` },
            ]}
          />
          <Tally
            items={[
              { label: t.labels, value: format.number(pack.labels) },
              { label: t.printed, value: format.number(pack.printed) },
              { label: t.scrapped, value: format.number(pack.scrapped) },
              { label: t.left, value: format.number(pack.left) },
            ]}
          />
        </div>
      </Section>
      <Section title={t.downloadsTitle} flush>
        <Answer of={downloads}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState title={t.noDownloads} />
            ) : (
              <ul className="downloads">
                {items.map((d) => (
                  <li key={d.id}>
                    <b className="num">#{d.number}</b>
                    <div>
                      <div>
                        {d.actor} · {format.instant(d.startedAt)}
                      </div>
                      {d.sha256 !== null && (
                        <div className="faint">
                          {t.sha256}: <CopyText value={d.sha256}>{<span className="mono">{d.sha256.slice(0, 16)}…</span>}</CopyText>
                        </div>
                      )}
                    </div>
                    <span className="tags">
                      {d.completedAt === null ? (
                        <StatusTag tone="warn">{t.unfinished}</StatusTag>
                      ) : (
                        <StatusTag tone="good">{t.completedAt}</StatusTag>
                      )}
                      {d.canariesSeen > 0 && <StatusTag tone="bad">{t.canaries(format.number(d.canariesSeen))}</StatusTag>}
                    </span>
                    {printer && can('packs.download') && (
                      <Button size="small" title={t.ticketHint} onClick={() => download(`/api/packs/${pack.id}/downloads/${d.id}/ticket`)}>
                        {t.ticket}
                      </Button>
                    )}
                  </li>
                ))}
              </ul>
            )
          }
        </Answer>
      </Section>
      <ConfirmWithReason
        open={asking !== undefined}
        title={asking === 'destroy' ? t.destroyTitle : t.allowTitle}
        confirm={asking === 'destroy' ? t.destroy : t.allow}
        danger={asking === 'destroy'}
        reason={asking !== 'destroy'}
        busy={act.isPending}
        error={act.error === null ? undefined : <Failure error={act.error} />}
        onConfirm={(reason) => act.mutate({ verb: asking!, reason })}
        onCancel={() => {
          act.reset()
          setAsking(undefined)
        }}
      >
        {asking === 'destroy' ? t.destroyDetail : t.allowDetail}
      </ConfirmWithReason>
      {makingPins && <MakePins pack={pack} onClose={() => setMakingPins(false)} />}
      {reporting && <ReportDialog pack={pack} onClose={() => setReporting(false)} />}
    </>
  )
}

/** Bytes of one row are nearly constant; the bar stays below its end until the end is known. */
const expected = ({ bytes, rows }: Streamed): number => Math.min(0.99, bytes / ((rows ?? 1) * 90))

interface Counts {
  readonly printed?: number
  readonly left?: number
  readonly scrapped?: readonly { first?: string; last?: string }[]
  readonly note?: string
}

function ReportDialog({ pack, onClose }: { readonly pack: PackDetail; readonly onClose: () => void }) {
  const t = useWords(packWords)
  const common = useCommon()
  const format = useFormat()
  const [form] = Form.useForm<Counts>()
  const report = useAct<ReportCounts, PackDetail>({
    send: (input, key) => api.post(`/api/orders/${pack.orderId}/print-report`, input, { idempotencyKey: key }),
    invalidates: ['/api/packs', '/api/orders', '/api/home'],
    done: t.reported,
    onDone: onClose,
  })
  const open = pack.labels - pack.printed - pack.scrapped - pack.left
  return (
    <Modal
      open
      width={640}
      title={t.reportTitle}
      okText={t.report}
      cancelText={common.action.cancel}
      confirmLoading={report.isPending}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        initialValues={{ printed: Math.max(0, open), left: 0, scrapped: [] }}
        onFinish={({ printed, left, scrapped, note }) =>
          report.mutate({
            printed: printed ?? 0,
            left: left ?? 0,
            scrapped: (scrapped ?? []).filter((s) => s.first).map((s) => ({ first: s.first!, last: s.last || s.first! })),
            note: note ?? '',
          })
        }
      >
        {report.error !== null && <Failure error={report.error} />}
        <p className="soft">
          {t.reportHelp}{' '}
          {pack.printed + pack.scrapped + pack.left > 0 &&
            `${t.already}: ${t.printed} ${format.number(pack.printed)}, ${t.scrapped} ${format.number(pack.scrapped)}, ${t.left} ${format.number(pack.left)}`}
        </p>
        <div className="report-row">
          <Form.Item name="printed" label={t.printed} required rules={[{ required: true, message: common.form.required }]}>
            <InputNumber autoFocus min={0} max={pack.labels} precision={0} style={{ width: '100%' }} changeOnWheel={false} />
          </Form.Item>
          <Form.Item name="left" label={t.left}>
            <InputNumber min={0} max={pack.labels} precision={0} style={{ width: '100%' }} changeOnWheel={false} />
          </Form.Item>
        </div>
        <h3>{t.scrappedStretches}</h3>
        <p className="faint">{t.scrappedHelp}</p>
        <Form.List name="scrapped">
          {(fields, { add, remove }) => (
            <>
              {fields.map((field) => (
                <div key={field.key} className="report-row">
                  <Form.Item name={[field.name, 'first']} label={t.first}>
                    <Input className="mono" maxLength={400} onPressEnter={(event) => event.preventDefault()} />
                  </Form.Item>
                  <Form.Item name={[field.name, 'last']} label={t.last}>
                    <Input className="mono" maxLength={400} onPressEnter={(event) => event.preventDefault()} />
                  </Form.Item>
                  <Button onClick={() => remove(field.name)}>{common.action.remove}</Button>
                </div>
              ))}
              <Button onClick={() => add({})}>{t.addStretch}</Button>
            </>
          )}
        </Form.List>
        <Form.Item name="note" label={t.note} style={{ marginTop: 16 }}>
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
