import { PlusOutlined } from '@ant-design/icons'
import { Button, Modal } from 'antd'
import { useMemo, useState } from 'react'
import type { z } from 'zod'
import {
  IDENTITY_PATHS,
  type newApiKeyForm,
  type newApiKeyView,
  type PermissionName,
  PERMISSIONS,
} from '../../src/modules/identity/contract.ts'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useAct } from '../shared/api/hooks.ts'
import { useSession } from '../shared/api/session.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { DateField, SelectField, TextAreaField, TextField } from '../shared/forms/fields.tsx'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { OneTimeSecret } from '../shared/ui/one-time-secret.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { apiKeyWords } from './words.ts'

interface ApiKeyRow {
  readonly id: string
  readonly name: string
  readonly prefix: string
  /** Separated by blanks. */
  readonly scopes: string
  readonly allowedAddresses: string
  readonly createdBy: string | null
  readonly createdAt: string
  readonly lastUsedAt: string | null
  readonly expiresAt: string | null
  readonly revokedAt: string | null
}

type NewKey = z.input<typeof newApiKeyForm>
interface Values {
  readonly name: string
  readonly scopes: readonly PermissionName[]
  readonly expiresAt?: string | null
  readonly allowedAddresses?: string
}

/** Keys with which other systems act for the organisation. */
export function ApiKeysPage() {
  const t = useWords(apiKeyWords)
  const language = useLanguage()
  const { permissions } = useSession()
  const go = useGo()
  const [adding, setAdding] = useState(false)
  const [made, setMade] = useState<{ readonly name: string; readonly secret: string }>()
  const [revoking, setRevoking] = useState<ApiKeyRow>()
  const create = useAct<NewKey, z.output<typeof newApiKeyView>>({
    send: (input) => api.post(IDENTITY_PATHS.apiKeys, input),
    invalidates: [IDENTITY_PATHS.apiKeys],
    onDone: ({ secret }, { name }) => {
      setAdding(false)
      setMade({ name, secret })
    },
  })
  const revoke = useAct<string>({
    send: (id) => api.delete(`${IDENTITY_PATHS.apiKeys}/${id}`),
    invalidates: [IDENTITY_PATHS.apiKeys],
    done: t.revoked,
    onDone: () => setRevoking(undefined),
  })
  const scopeName = (scope: string) => (Object.hasOwn(PERMISSIONS, scope) ? PERMISSIONS[scope as PermissionName][language] : scope)
  const columns = useMemo<readonly Column<ApiKeyRow>[]>(
    () => [
      { key: 'name', title: t.name, type: 'text', minWidth: 140 },
      { key: 'prefix', title: t.prefix, type: 'text', render: (row) => <span className="mono">{row.prefix}…</span> },
      {
        key: 'scopes',
        title: t.scopes,
        type: 'text',
        minWidth: 220,
        render: (row) =>
          row.scopes
            .split(' ')
            .map((scope) => (Object.hasOwn(PERMISSIONS, scope) ? PERMISSIONS[scope as PermissionName][language] : scope))
            .join(language === 'zh' ? '、' : ', '),
      },
      {
        key: 'allowedAddresses',
        title: t.allowed,
        type: 'text',
        render: (row) => row.allowedAddresses || <span className="soft">{t.everywhere}</span>,
      },
      { key: 'lastUsedAt', title: t.lastUsedAt, type: 'instant' },
      { key: 'expiresAt', title: t.expiresAt, type: 'instant' },
      { key: 'revokedAt', title: t.revokedAt, type: 'instant' },
      { key: 'createdBy', title: t.createdBy, type: 'text', hidden: true },
      { key: 'createdAt', title: t.createdAt, type: 'instant', hidden: true },
    ],
    [t, language],
  )
  const button = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
      {t.add}
    </Button>
  )
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} actions={button} />
      {made !== undefined && (
        <div style={{ marginBottom: 16 }}>
          <OneTimeSecret title={t.secretTitle(made.name)} value={made.secret} detail={t.secretDetail} onKept={() => setMade(undefined)} />
        </div>
      )}
      <DataTable<ApiKeyRow>
        id="api-keys"
        label={t.title}
        path={IDENTITY_PATHS.apiKeys}
        columns={columns}
        rowKey={(row) => row.id}
        rowTo={(row) => paths.apiKeyCalls(row.id)}
        rowActions={(row) => [
          { key: 'calls', label: t.calls, onSelect: () => go(paths.apiKeyCalls(row.id)) },
          {
            key: 'revoke',
            label: t.revoke,
            danger: true,
            onSelect: () => setRevoking(row),
            disabledReason: row.revokedAt === null ? undefined : t.isRevoked,
          },
        ]}
        searchHint={t.search}
        empty={{ title: t.none, detail: t.noneDetail, next: button }}
      />
      <Modal open={adding} title={t.add} footer={null} onCancel={() => setAdding(false)} destroyOnHidden>
        <AppForm<Values, NewKey, z.output<typeof newApiKeyView>>
          act={create}
          submit={t.add}
          guard={false}
          onCancel={() => setAdding(false)}
          toInput={({ name, scopes, expiresAt, allowedAddresses = '' }) => ({
            name,
            scopes: [...scopes],
            // until the end of that day in China
            expiresAt: expiresAt ? `${expiresAt}T23:59:59+08:00` : null,
            allowedAddresses: allowedAddresses.split(/[\s,，;；]+/).filter((one) => one !== ''),
          })}
        >
          <TextField name="name" label={t.name} required max={80} placeholder={t.nameHint} autoFocus />
          <SelectField
            name="scopes"
            label={t.scopes}
            required
            multiple
            help={t.scopesHelp}
            choices={permissions.filter((one) => one !== 'sessions.own').map((value) => ({ value, label: scopeName(value) }))}
          />
          <DateField name="expiresAt" label={t.expires} help={t.expiresHelp} />
          <TextAreaField name="allowedAddresses" label={t.allowed} help={t.allowedHelp} rows={2} max={2000} />
        </AppForm>
      </Modal>
      <ConfirmWithReason
        open={revoking !== undefined}
        danger
        reason={false}
        title={t.revokeTitle(revoking?.name ?? '')}
        confirm={t.revoke}
        busy={revoke.isPending}
        error={revoke.error !== null && <Failure error={revoke.error} />}
        onConfirm={() => revoking !== undefined && revoke.mutate(revoking.id)}
        onCancel={() => {
          revoke.reset()
          setRevoking(undefined)
        }}
      >
        {t.revokeDetail}
      </ConfirmWithReason>
    </>
  )
}
