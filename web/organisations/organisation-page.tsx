import { Button, Modal } from 'antd'
import { useState } from 'react'
import type { z } from 'zod'
import { provinceName } from '../../src/kernel/region.ts'
import { IDENTITY_PATHS, type organisationEdit, type organisationView } from '../../src/modules/identity/contract.ts'
import { decisionsOn, useDecisions } from '../registrations/decisions.tsx'
import { OrganisationFields } from '../registrations/organisation-fields.tsx'
import { registrationWords } from '../registrations/words.ts'
import { api } from '../shared/api/client.ts'
import { Answer } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { useCan, useSession } from '../shared/api/session.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { usePathParam } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { CopyText } from '../shared/ui/copy-text.tsx'
import { Facts, PageHeader, Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { kindOptions, statusOptions } from './columns.tsx'
import { organisationWords } from './words.ts'

type Organisation = z.output<typeof organisationView>
type Edit = z.input<typeof organisationEdit>

/** One organisation. The pattern of a page about one thing. */
export function OrganisationPage() {
  const t = useWords(organisationWords)
  const language = useLanguage()
  const format = useFormat()
  const id = usePathParam('organisationId')
  const r = useWords(registrationWords)
  const can = useCan()
  const own = useSession().organisation.id === id
  const [editing, setEditing] = useState(false)
  const { ask, dialog } = useDecisions()
  const answer = useGet<Organisation>(`${IDENTITY_PATHS.organisations}/${id}`)
  const reapply = useAct({
    send: (_, idempotencyKey) => api.post(`${IDENTITY_PATHS.organisations}/${id}/reapply`, {}, { idempotencyKey }),
    invalidates: [IDENTITY_PATHS.organisations, IDENTITY_PATHS.session],
    done: t.reapplied,
    tellError: true,
  })
  return (
    <Answer of={answer} rows={8}>
      {(one) => {
        const status = statusOptions(language).find((option) => option.value === one.status)
        const name = language === 'en' && one.nameEn !== '' ? one.nameEn : one.nameZh
        return (
          <>
            <PageHeader
              title={name}
              crumbs={[{ label: t.title, to: paths.organisations() }]}
              actions={
                <>
                  {can('organisations.verify') &&
                    decisionsOn(one).map((decision) => (
                      <Button
                        key={decision}
                        {...(decision === 'approve' && { type: 'primary' as const })}
                        danger={decision === 'refuse' || decision === 'suspend'}
                        onClick={() => ask(one, decision)}
                      >
                        {r[decision]}
                      </Button>
                    ))}
                  {can('people.manage') && (
                    <>
                      {own && one.status === 'refused' && (
                        <Button type="primary" loading={reapply.isPending} onClick={() => reapply.mutate()}>
                          {t.reapply}
                        </Button>
                      )}
                      {(!own || one.status !== 'suspended') && <Button onClick={() => setEditing(true)}>{t.edit}</Button>}
                    </>
                  )}
                </>
              }
              tag={status !== undefined && <StatusTag tone={status.tone ?? 'quiet'}>{status.label}</StatusTag>}
            />
            <Section title={t.facts}>
              <Facts
                items={[
                  { label: t.nameZh, value: one.nameZh },
                  { label: t.nameEn, value: one.nameEn },
                  { label: t.kind, value: kindOptions(language).find((option) => option.value === one.kind)?.label },
                  { label: t.uscc, value: <CopyText value={one.uscc} /> },
                  { label: t.province, value: [provinceName(one.province, language), one.city].filter((part) => part !== '').join(' · ') },
                  { label: t.address, value: one.address },
                  { label: t.contact, value: [one.contactName, one.contactPhone].filter((part) => part !== '').join(' ') },
                  { label: t.appliedAt, value: format.instant(one.appliedAt) },
                  { label: t.decidedAt, value: one.decidedAt === null ? null : format.instant(one.decidedAt) },
                  { label: t.reason, value: one.decisionReason, wide: true },
                ]}
              />
            </Section>
            {dialog}
            <Modal open={editing} title={t.edit} footer={null} width={760} onCancel={() => setEditing(false)} destroyOnHidden>
              <EditForm one={one} fixed={one.status === 'verified' && !can('organisations.verify')} onDone={() => setEditing(false)} />
            </Modal>
          </>
        )
      }}
    </Answer>
  )
}

function EditForm({ one, fixed, onDone }: { readonly one: Organisation; readonly fixed: boolean; readonly onDone: () => void }) {
  const t = useWords(organisationWords)
  const save = useAct<Edit>({
    send: (input) => api.patch(`${IDENTITY_PATHS.organisations}/${one.id}`, input),
    invalidates: [IDENTITY_PATHS.organisations, IDENTITY_PATHS.session],
    done: t.saved,
    onDone,
  })
  const { nameZh, nameEn, uscc, province, city, address, contactName, contactPhone } = one
  return (
    <>
      {fixed && (
        <p className="soft" style={{ marginBottom: 16 }}>
          {t.fixed}
        </p>
      )}
      <AppForm<Edit>
        act={save}
        columns={2}
        guard={false}
        onCancel={onDone}
        initial={{ nameZh, nameEn, uscc, province, city, address, contactName, contactPhone }}
      >
        <OrganisationFields verified={fixed} />
      </AppForm>
    </>
  )
}
