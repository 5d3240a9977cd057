import { Descriptions, Modal } from 'antd'
import { useMemo, useState } from 'react'
import { type CallView, IDENTITY_PATHS } from '../../src/modules/identity/contract.ts'
import { Answer } from '../shared/api/failure.tsx'
import { useGet } from '../shared/api/hooks.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { usePathParam } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { callWords } from './words.ts'

interface CallRow {
  readonly id: string
  readonly at: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly failed: boolean
  readonly code: string
  readonly detailZh: string
  readonly detailEn: string
  readonly durationMs: number
}

/** The last calls of a key: what was asked, what became of it, and what to do about a refusal. */
export function CallsPage() {
  const t = useWords(callWords)
  const language = useLanguage()
  const apiKeyId = usePathParam('apiKeyId')
  const [open, setOpen] = useState<string>()
  const base = `${IDENTITY_PATHS.apiKeys}/${apiKeyId}/calls`
  const columns = useMemo<readonly Column<CallRow>[]>(
    () => [
      { key: 'at', title: t.at, type: 'instant' },
      { key: 'method', title: t.method, type: 'text', render: (row) => <span className="mono">{row.method}</span> },
      { key: 'path', title: t.path, type: 'text', minWidth: 220, render: (row) => <span className="mono">{row.path}</span> },
      {
        key: 'status',
        title: t.status,
        type: 'number',
        render: (row) => <StatusTag tone={row.failed ? 'bad' : 'good'}>{String(row.status)}</StatusTag>,
      },
      { key: 'failed', title: t.failed, type: 'boolean', hidden: true },
      { key: 'code', title: t.code, type: 'text', render: (row) => <span className="mono">{row.code}</span> },
      language === 'zh'
        ? { key: 'detailZh', title: t.detail, type: 'text', minWidth: 240 }
        : { key: 'detailEn', title: t.detail, type: 'text', minWidth: 240 },
      { key: 'durationMs', title: t.duration, type: 'number' },
    ],
    [t, language],
  )
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} crumbs={[{ label: t.keys, to: paths.apiKeys() }]} />
      <DataTable<CallRow>
        id="api-key-calls"
        label={t.title}
        path={base}
        columns={columns}
        rowKey={(row) => row.id}
        onOpen={(row) => setOpen(row.id)}
        searchHint={t.search}
        every={5000}
        empty={{ title: t.none, detail: t.noneDetail }}
      />
      <Modal open={open !== undefined} title={t.one} footer={null} width={720} onCancel={() => setOpen(undefined)} destroyOnHidden>
        {open !== undefined && <OneCall url={`${base}/${open}`} />}
      </Modal>
    </>
  )
}

function OneCall({ url }: { readonly url: string }) {
  const t = useWords(callWords)
  const format = useFormat()
  const answer = useGet<CallView>(url)
  return (
    <Answer of={answer} rows={5}>
      {(call) => (
        <div className="stack">
          {call.status >= 400 && (
            <ErrorPanel
              title={call.detail}
              code={call.code}
              faults={call.errors.map((e) => `${e.pointer} ${e.detail}`)}
              detail={call.advice}
            />
          )}
          <Descriptions
            size="small"
            column={1}
            items={[
              { key: 'request', label: t.request, children: <span className="mono">{`${call.method} ${call.path}`}</span> },
              { key: 'at', label: t.at, children: format.instant(call.at) },
              { key: 'status', label: t.status, children: call.status },
              { key: 'duration', label: t.duration, children: format.number(call.durationMs) },
              { key: 'bytes', label: t.bytes, children: `${format.number(call.requestBytes)} / ${format.number(call.responseBytes)}` },
              { key: 'id', label: t.requestId, children: <span className="mono">{call.requestId}</span> },
            ]}
          />
        </div>
      )}
    </Answer>
  )
}
