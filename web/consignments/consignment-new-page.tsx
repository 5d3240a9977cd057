import { type Consignment, type ConsignmentBody, IMPORTS_PATHS } from '../../src/modules/imports/contract.ts'
import { api } from '../shared/api/client.ts'
import { useAct } from '../shared/api/hooks.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import { bodyOfConsignment, ConsignmentFields, type ConsignmentValues } from './consignment-form.tsx'
import { consignmentWords } from './words.ts'

export function ConsignmentNewPage() {
  const t = useWords(consignmentWords)
  const go = useGo()
  const save = useAct<ConsignmentBody, Consignment>({
    send: (input, key) => api.post(IMPORTS_PATHS.consignments, input, { idempotencyKey: key }),
    invalidates: [IMPORTS_PATHS.consignments, IMPORTS_PATHS.lots, '/api/home'],
    done: t.saved,
    onDone: ({ id }) => go(paths.consignment(id)),
  })
  return (
    <>
      <PageHeader title={t.add} crumbs={[{ label: t.title, to: paths.consignments() }]} />
      <Section>
        <AppForm<ConsignmentValues, ConsignmentBody, Consignment>
          act={save}
          columns={2}
          toInput={bodyOfConsignment}
          onCancel={() => go(paths.consignments())}
        >
          <ConsignmentFields />
        </AppForm>
      </Section>
    </>
  )
}
