import { App } from 'antd'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { saveStream } from '../packs/save-stream.ts'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { invalidate, useAct } from '../shared/api/hooks.ts'
import { useCan, useSession } from '../shared/api/session.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { pinWords } from './words.ts'

interface RunRow {
  readonly id: string
  readonly orderNumber: string
  readonly organisationNameZh: string
  readonly organisationNameEn: string
  readonly printerNameZh: string
  readonly printerNameEn: string
  readonly samePrinter: boolean
  readonly digits: number
  readonly labels: number
  readonly state: 'making' | 'ready' | 'destroyed' | 'void'
  readonly downloads: number
  readonly maxDownloads: number
  readonly madeAt: string
  readonly readyAt: string | null
}

const PATH = '/api/pin-runs'

/** PINs by batch: the operator sees how far they are, the coating printer takes its file and confirms that it is destroyed. */
export function PinsPage() {
  const t = useWords(pinWords)
  const language = useLanguage()
  const format = useFormat()
  const client = useQueryClient()
  const can = useCan()
  const { message } = App.useApp()
  const printer = useSession().organisation.kind === 'printer'
  const [asking, setAsking] = useState<{ readonly verb: 'allow' | 'destroy'; readonly run: RunRow }>()
  const [failure, setFailure] = useState<unknown>()
  const act = useAct<{ verb: 'allow' | 'destroy'; run: RunRow; reason: string }>({
    send: ({ verb, run, reason }, key) =>
      verb === 'allow'
        ? api.post(`${PATH}/${run.id}/allow-download`, { reason }, { idempotencyKey: key })
        : api.post(`${PATH}/${run.id}/destroy`, {}, { idempotencyKey: key }),
    invalidates: [PATH],
    onDone: (_, { verb }) => {
      setAsking(undefined)
      void message.success(verb === 'allow' ? t.allowed : t.destroyedDone)
    },
  })
  const take = async (run: RunRow): Promise<void> => {
    setFailure(undefined)
    const progress = (bytes: number) => void message.loading({ key: run.id, content: `${t.download} ${format.bytes(bytes)}`, duration: 0 })
    try {
      await saveStream(`${PATH}/${run.id}/download`, `pins-${run.orderNumber}.csv.age`, {
        signal: new AbortController().signal,
        onProgress: ({ bytes }) => progress(bytes),
      })
      void message.success({ key: run.id, content: t.downloaded })
    } catch (error) {
      message.destroy(run.id)
      if (!(error instanceof DOMException && error.name === 'AbortError')) setFailure(error)
    }
    void invalidate(client, [PATH])
  }
  const columns = useMemo<readonly Column<RunRow>[]>(
    () => [
      { key: 'orderNumber', title: t.order, type: 'text' },
      { key: language === 'zh' ? 'organisationNameZh' : 'organisationNameEn', title: t.organisation, type: 'text', minWidth: 160 },
      { key: language === 'zh' ? 'printerNameZh' : 'printerNameEn', title: t.printer, type: 'text', minWidth: 140 },
      {
        key: 'samePrinter',
        title: t.same,
        type: 'boolean',
        render: (row) =>
          row.samePrinter ? (
            <span title={t.sameHint}>
              <StatusTag tone="warn">{t.same}</StatusTag>
            </span>
          ) : null,
      },
      { key: 'digits', title: t.digits, type: 'number' },
      { key: 'labels', title: t.labels, type: 'number' },
      {
        key: 'state',
        title: t.state,
        type: 'enum',
        options: [
          { value: 'making', label: t.making, tone: 'info' },
          { value: 'ready', label: t.ready, tone: 'good' },
          { value: 'destroyed', label: t.destroyed, tone: 'quiet' },
          { value: 'void', label: t.voided, tone: 'bad' },
        ],
      },
      { key: 'downloads', title: t.downloads, type: 'number', render: (row) => `${row.downloads} / ${row.maxDownloads}` },
      { key: 'madeAt', title: t.madeAt, type: 'instant' },
      { key: 'readyAt', title: t.readyAt, type: 'instant', hidden: true },
    ],
    [t, language],
  )
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} />
      {failure !== undefined && (
        <div style={{ marginBottom: 16 }}>
          <Failure error={failure} />
        </div>
      )}
      <DataTable<RunRow>
        id="pin-runs"
        label={t.title}
        path={PATH}
        columns={columns}
        rowKey={(row) => row.id}
        every={3000}
        rowActions={(run) => {
          const closed =
            run.state === 'making' ? t.notReady : run.state === 'ready' ? undefined : run.state === 'void' ? t.voided : t.destroyed
          return [
            ...(printer && can('packs.download')
              ? [
                  {
                    key: 'download',
                    label: t.download,
                    onSelect: () => void take(run),
                    disabledReason: closed ?? (run.downloads >= run.maxDownloads ? t.usedUp : undefined),
                  },
                  {
                    key: 'destroy',
                    label: t.destroy,
                    danger: true,
                    onSelect: () => setAsking({ verb: 'destroy', run }),
                    disabledReason: closed,
                  },
                ]
              : []),
            ...(can('packs.release')
              ? [{ key: 'allow', label: t.allow, onSelect: () => setAsking({ verb: 'allow', run }), disabledReason: closed }]
              : []),
          ]
        }}
        searchHint={t.search}
        empty={{ title: t.none, detail: t.noneDetail }}
      />
      <ConfirmWithReason
        open={asking !== undefined}
        title={asking?.verb === 'destroy' ? t.destroyTitle : t.allowTitle}
        confirm={asking?.verb === 'destroy' ? t.destroy : t.allow}
        danger={asking?.verb === 'destroy'}
        reason={asking?.verb === 'allow'}
        busy={act.isPending}
        error={act.error === null ? undefined : <Failure error={act.error} />}
        onConfirm={(reason) => asking !== undefined && act.mutate({ ...asking, reason })}
        onCancel={() => {
          act.reset()
          setAsking(undefined)
        }}
      >
        {asking?.verb === 'destroy' ? t.destroyDetail : undefined}
      </ConfirmWithReason>
    </>
  )
}
