import { Modal } from 'antd'
import { useMemo, useState } from 'react'
import type { z } from 'zod'
import { AUDIT_ACTS_PATH, AUDIT_OUTCOMES, AUDIT_PATH, type auditActsView, type auditEntryView } from '../../src/modules/ledger/contract.ts'
import { useGet } from '../shared/api/hooks.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { CopyText } from '../shared/ui/copy-text.tsx'
import { Facts, PageHeader } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { auditWords } from './words.ts'

type Entry = z.output<typeof auditEntryView>
const NO_ACTS: z.output<typeof auditActsView>['acts'] = []

/** Search of the audit trail; a filter by object or person is one press away from any entry. */
export function AuditPage() {
  const t = useWords(auditWords)
  const language = useLanguage()
  const format = useFormat()
  const go = useGo()
  const acts = useGet<z.output<typeof auditActsView>>(AUDIT_ACTS_PATH).data?.acts ?? NO_ACTS
  const [shown, setShown] = useState<Entry>()
  const columns = useMemo<readonly Column<Entry>[]>(
    () => [
      { key: 'at', title: t.at, type: 'instant', minWidth: 150 },
      { key: 'actorName', title: t.actorName, type: 'text', minWidth: 110 },
      {
        key: 'action',
        title: t.action,
        type: 'enum',
        minWidth: 160,
        options: acts.map(({ action, name }) => ({ value: action, label: name })),
        render: (row) => <span title={row.action}>{row.actionName}</span>,
      },
      {
        key: 'outcome',
        title: t.outcome,
        type: 'enum',
        options: Object.entries(AUDIT_OUTCOMES).map(([value, words]) => ({
          value,
          label: words[language],
          tone: value === 'done' ? 'good' : 'warn',
        })),
      },
      { key: 'code', title: t.code, type: 'text', render: (row) => row.code !== '' && <span className="mono">{row.code}</span> },
      {
        key: 'objectKind',
        title: t.objectKind,
        type: 'enum',
        options: Object.entries(t.kinds).map(([value, label]) => ({ value, label })),
      },
      { key: 'objectId', title: t.objectId, type: 'text', render: (row) => <span className="mono">{row.objectId}</span> },
      {
        key: 'detail',
        title: t.detail,
        type: 'text',
        sortable: false,
        minWidth: 200,
        render: (row) => <span className="mono faint">{brief(row.detail)}</span>,
      },
      { key: 'personId', title: t.personId, type: 'text', hidden: true },
      { key: 'organisationId', title: t.organisationId, type: 'text', hidden: true },
      { key: 'ownerId', title: t.ownerId, type: 'text', hidden: true },
      { key: 'apiKeyId', title: t.apiKeyId, type: 'text', hidden: true },
      { key: 'requestId', title: t.requestId, type: 'text', hidden: true },
    ],
    [t, language, acts],
  )
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} />
      <DataTable<Entry>
        id="audit"
        label={t.title}
        path={AUDIT_PATH}
        columns={columns}
        rowKey={(row) => String(row.id)}
        onOpen={setShown}
        rowActions={(row) => [
          {
            key: 'object',
            label: t.onlyObject,
            onSelect: () => go(paths.audit({ 'f.objectId': `is:${row.objectId}` })),
            disabledReason: row.objectId === '' ? t.noObject : undefined,
          },
          {
            key: 'person',
            label: t.onlyPerson,
            onSelect: () => go(paths.audit({ 'f.personId': `is:${row.personId}` })),
            disabledReason: row.personId === null ? t.noPerson : undefined,
          },
        ]}
        searchHint={t.search}
        empty={{ title: t.none, detail: t.noneDetail }}
      />
      <Modal open={shown !== undefined} title={t.entry} footer={null} width={720} onCancel={() => setShown(undefined)}>
        {shown !== undefined && (
          <Facts
            items={[
              { label: t.at, value: format.instant(shown.at) },
              { label: t.actorName, value: shown.actorName },
              {
                label: t.action,
                value: (
                  <>
                    {shown.actionName} <CopyText value={shown.action} />
                  </>
                ),
              },
              {
                label: t.outcome,
                value: (
                  <>
                    <StatusTag tone={shown.outcome === 'done' ? 'good' : 'warn'}>{AUDIT_OUTCOMES[shown.outcome][language]}</StatusTag>{' '}
                    <span className="mono">{shown.code}</span>
                  </>
                ),
              },
              { label: t.objectKind, value: (t.kinds as Readonly<Record<string, string>>)[shown.objectKind] ?? shown.objectKind },
              { label: t.objectId, value: shown.objectId !== '' && <CopyText value={shown.objectId} /> },
              { label: t.personId, value: shown.personId !== null && <CopyText value={shown.personId} /> },
              { label: t.organisationId, value: shown.organisationId !== null && <CopyText value={shown.organisationId} /> },
              { label: t.ownerId, value: shown.ownerId !== null && <CopyText value={shown.ownerId} /> },
              { label: t.requestId, value: <CopyText value={shown.requestId} /> },
              {
                label: t.detail,
                value: (
                  <pre className="mono" style={{ whiteSpace: 'pre-wrap', margin: 0 }}>
                    {JSON.stringify(shown.detail, null, 2)}
                  </pre>
                ),
                wide: true,
              },
            ]}
          />
        )}
      </Modal>
    </>
  )
}

function brief(detail: unknown): string {
  const text = JSON.stringify(detail) ?? ''
  return text === '{}' || text === 'null' ? '' : text.length > 80 ? `${text.slice(0, 80)}…` : text
}
