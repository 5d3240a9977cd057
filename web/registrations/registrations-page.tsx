import { PlusOutlined } from '@ant-design/icons'
import { Button, Modal } from 'antd'
import { useMemo, useState } from 'react'
import type { z } from 'zod'
import { IDENTITY_PATHS, type newOrganisationForm } from '../../src/modules/identity/contract.ts'
import { organisationColumns, type OrganisationRow } from '../organisations/columns.tsx'
import { api } from '../shared/api/client.ts'
import { useAct } from '../shared/api/hooks.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { DataTable } from '../shared/table/data-table.tsx'
import { Link } from '../shared/ui/link.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { decisionsOn, useDecisions } from './decisions.tsx'
import { OrganisationFields } from './organisation-fields.tsx'
import { registrationWords } from './words.ts'

type NewOrganisation = z.input<typeof newOrganisationForm>

/** Enterprises that wait for the operator's verification. */
export function RegistrationsPage() {
  const t = useWords(registrationWords)
  const language = useLanguage()
  const go = useGo()
  const [adding, setAdding] = useState(false)
  const { ask, dialog } = useDecisions()
  const columns = useMemo(() => organisationColumns(language), [language])
  const add = useAct<NewOrganisation, { id: string }>({
    send: (input, idempotencyKey) => api.post(IDENTITY_PATHS.organisations, input, { idempotencyKey }),
    invalidates: [IDENTITY_PATHS.organisations],
    done: t.added,
    onDone: ({ id }) => go(paths.organisation(id)),
  })
  return (
    <>
      <PageHeader
        title={t.queue}
        lead={t.queueLead}
        actions={
          <Button icon={<PlusOutlined />} onClick={() => setAdding(true)}>
            {t.add}
          </Button>
        }
      />
      <DataTable<OrganisationRow>
        id="registrations"
        label={t.queue}
        path={IDENTITY_PATHS.organisations}
        columns={columns}
        fixed={{ 'f.status': 'in:applied' }}
        rowKey={(row) => row.id}
        rowTo={(row) => paths.organisation(row.id)}
        rowActions={(row) =>
          decisionsOn(row).map((decision) => ({
            key: decision,
            label: t[decision],
            danger: decision === 'refuse',
            onSelect: () => ask(row, decision),
          }))
        }
        searchHint={t.queueSearch}
        empty={{ title: t.queueNone, detail: t.queueNoneDetail, next: <Link to={paths.organisations()}>{t.seeAll}</Link> }}
      />
      {dialog}
      <Modal open={adding} title={t.add} footer={null} width={760} onCancel={() => setAdding(false)} destroyOnHidden>
        <p className="soft" style={{ marginBottom: 16 }}>
          {t.addLead}
        </p>
        <AppForm<NewOrganisation, NewOrganisation, { id: string }>
          act={add}
          columns={2}
          submit={t.add}
          guard={false}
          onCancel={() => setAdding(false)}
          initial={{ kind: 'regulator' }}
        >
          <OrganisationFields kinds={['regulator', 'importer', 'brand', 'dealer', 'printer']} />
        </AppForm>
      </Modal>
    </>
  )
}
