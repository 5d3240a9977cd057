import type { Consignment } from '../../src/modules/imports/contract.ts'
import { api } from '../shared/api/client.ts'
import { useAct } from '../shared/api/hooks.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import { ConsignmentFields, consignmentInput, type ConsignmentValues } from './consignment-form.tsx'
import { consignmentWords } from './words.ts'

export function ConsignmentNewPage() {
  const t = useWords(consignmentWords)
  const go = useGo()
  const save = useAct<ConsignmentValues, Consignment>({
    send: (input, key) => api.post('/api/consignments', input, { idempotencyKey: key }),
    invalidates: ['/api/consignments', '/api/lots', '/api/home'],
    done: t.saved,
    onDone: ({ id }) => go(paths.consignment(id)),
  })
  return (
    <>
      <PageHeader title={t.add} crumbs={[{ label: t.title, to: paths.consignments() }]} />
      <Section>
        <AppForm<ConsignmentValues, ConsignmentValues, Consignment> act={save} columns={2} toInput={consignmentInput} onCancel={() => go(paths.consignments())}>
          <ConsignmentFields />
        </AppForm>
      </Section>
    </>
  )
}
