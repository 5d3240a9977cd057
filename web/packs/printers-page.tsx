import { Button, Form } from 'antd'
import { useState } from 'react'
import { api } from '../shared/api/client.ts'
import { Answer, Failure } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { useSession } from '../shared/api/session.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { TextField } from '../shared/forms/fields.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { paths } from '../shared/paths.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { CopyText } from '../shared/ui/copy-text.tsx'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { packWords } from './words.ts'
import './packs.css'

interface Key {
  readonly id: string
  readonly organisationNameZh: string
  readonly organisationNameEn: string
  readonly recipient: string
  readonly note: string
  readonly addedAt: string
  readonly retiredAt: string | null
}

/** Age recipients of printers: their own to manage, all of them to look at for the operator. */
export function PrintersPage() {
  const t = useWords(packWords)
  const language = useLanguage()
  const format = useFormat()
  const printer = useSession().organisation.kind === 'printer'
  const keys = useGet<{ items: readonly Key[] }>('/api/printer-keys')
  const [retiring, setRetiring] = useState<Key>()
  const [form] = Form.useForm<{ recipient: string; note: string }>()
  const add = useAct<{ recipient: string; note: string }, { id: string }>({
    send: ({ recipient, note }, key) => api.post('/api/printer-keys', { recipient, note: note ?? '' }, { idempotencyKey: key }),
    invalidates: ['/api/printer-keys'],
    done: t.keyAdded,
    onDone: () => form.resetFields(),
  })
  const retire = useAct<{ id: string }>({
    send: ({ id }, key) => api.post(`/api/printer-keys/${id}/retire`, undefined, { idempotencyKey: key }),
    invalidates: ['/api/printer-keys'],
    done: t.retired,
    onDone: () => setRetiring(undefined),
  })
  return (
    <>
      <PageHeader title={t.keysTitle} lead={t.keysLead} crumbs={[{ label: t.title, to: paths.packs() }]} />
      {printer && (
        <Section title={t.addKey}>
          <p className="soft" style={{ marginBottom: 16, maxWidth: '80ch' }}>
            {t.keyHow}
          </p>
          <AppForm<{ recipient: string; note: string }, { recipient: string; note: string }, { id: string }>
            act={add}
            form={form}
            submit={t.addKey}
            columns={2}
            guard={false}
          >
            <TextField name="recipient" label={t.recipient} required mono max={2000} help={t.recipientHelp} placeholder="age1…" />
            <TextField name="note" label={t.keyNote} max={200} />
          </AppForm>
        </Section>
      )}
      <Section title={t.keysTitle} flush>
        <Answer of={keys}>
          {({ items }) =>
            items.length === 0 ? (
              <EmptyState title={t.noKeys} detail={t.noKeysDetail} />
            ) : (
              <ul className="keys-list">
                {items.map((key) => (
                  <li key={key.id}>
                    <div>
                      <CopyText value={key.recipient}>
                        <span className="mono">{key.recipient}</span>
                      </CopyText>
                      <div className="faint">
                        {[
                          printer ? '' : language === 'zh' ? key.organisationNameZh : key.organisationNameEn,
                          key.note,
                          format.instant(key.addedAt),
                        ]
                          .filter((part) => part !== '')
                          .join(' · ')}
                      </div>
                    </div>
                    <StatusTag tone={key.retiredAt === null ? 'good' : 'quiet'}>{key.retiredAt === null ? t.active : t.retired}</StatusTag>
                    {printer && key.retiredAt === null && (
                      <Button size="small" danger onClick={() => setRetiring(key)}>
                        {t.retire}
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
        open={retiring !== undefined}
        title={t.retireTitle}
        confirm={t.retire}
        danger
        reason={false}
        busy={retire.isPending}
        error={retire.error === null ? undefined : <Failure error={retire.error} />}
        onConfirm={() => retire.mutate({ id: retiring!.id })}
        onCancel={() => setRetiring(undefined)}
      >
        {t.retireDetail}
      </ConfirmWithReason>
    </>
  )
}
