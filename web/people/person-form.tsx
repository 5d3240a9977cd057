import type { z } from 'zod'
import {
  type editPersonForm,
  IDENTITY_PATHS,
  type invitedView,
  type invitePersonForm,
  type OrganisationKind,
  ROLES,
  ROLES_OF_KIND,
} from '../../src/modules/identity/contract.ts'
import { useState } from 'react'
import { api } from '../shared/api/client.ts'
import { useAct } from '../shared/api/hooks.ts'
import { useCan, useSession } from '../shared/api/session.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { Field, SelectField, TextField } from '../shared/forms/fields.tsx'
import { RemoteSelect } from '../shared/forms/remote-select.tsx'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { peopleWords } from './words.ts'

export type Invited = z.output<typeof invitedView>
type Invite = z.input<typeof invitePersonForm>
type Edit = z.input<typeof editPersonForm>

interface OrganisationChoice {
  readonly id: string
  readonly nameZh: string
  readonly nameEn: string
  readonly kind: OrganisationKind
}

const useRoleChoices = (kind: OrganisationKind) => {
  const language = useLanguage()
  return ROLES_OF_KIND[kind].map((value) => ({ value, label: ROLES[value][language] }))
}

/** Operators may invite into any organisation, managers into their own. */
export function InviteForm({
  organisationId,
  onInvited,
  onCancel,
}: {
  readonly organisationId?: string | undefined
  readonly onInvited: (invited: Invited, name: string) => void
  readonly onCancel: () => void
}) {
  const t = useWords(peopleWords)
  const language = useLanguage()
  const own = useSession().organisation
  const anywhere = useCan()('organisations.verify')
  const [chosen, setChosen] = useState<OrganisationChoice>()
  const kind = chosen?.kind ?? (own.kind as OrganisationKind)
  const roles = useRoleChoices(kind)
  const invite = useAct<Invite, Invited>({
    send: (input) => api.post(IDENTITY_PATHS.people, input),
    invalidates: [IDENTITY_PATHS.people],
    onDone: (invited, input) => onInvited(invited, input.name),
  })
  return (
    <AppForm<Invite, Invite, Invited>
      act={invite}
      submit={t.inviteDo}
      guard={false}
      onCancel={onCancel}
      initial={{
        ...(organisationId !== undefined && { organisationId }),
        ...(roles.length === 1 && !anywhere && { roles: [roles[0]!.value] }),
      }}
    >
      {anywhere && (
        <Field name="organisationId" label={t.inviteOrganisation}>
          <RemoteSelect<OrganisationChoice>
            path={IDENTITY_PATHS.organisations}
            query={{ 'f.status': 'in:verified' }}
            valueOf={(row) => row.id}
            labelOf={(row) => (language === 'en' && row.nameEn !== '' ? row.nameEn : row.nameZh)}
            byValue={(id) => ({ 'f.id': `is:${id}` })}
            onRow={setChosen}
            placeholder={`${t.inviteOwn}：${own.name}`}
          />
        </Field>
      )}
      <TextField name="name" label={t.name} required max={50} autoFocus />
      <TextField name="account" label={t.account} required max={64} help={t.accountHelp} />
      <SelectField key={kind} name="roles" label={t.roles} required multiple choices={roles} />
    </AppForm>
  )
}

export function EditPersonForm({
  id,
  kind,
  initial,
  onDone,
}: {
  readonly id: string
  readonly kind: OrganisationKind
  readonly initial: Edit
  readonly onDone: () => void
}) {
  const t = useWords(peopleWords)
  const edit = useAct<Edit>({
    send: (input) => api.patch(`${IDENTITY_PATHS.people}/${id}`, input),
    invalidates: [IDENTITY_PATHS.people, IDENTITY_PATHS.session],
    done: t.saved,
    onDone,
  })
  return (
    <AppForm<Edit> act={edit} guard={false} onCancel={onDone} initial={initial}>
      <TextField name="name" label={t.name} required max={50} autoFocus />
      <SelectField name="roles" label={t.roles} required multiple choices={useRoleChoices(kind)} />
    </AppForm>
  )
}
