import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import { IDENTITY_PATHS, type setupForm } from '../../src/modules/identity/contract.ts'
import { api } from '../shared/api/client.ts'
import { useAct } from '../shared/api/hooks.ts'
import { renewSession } from '../shared/api/session.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { UsccField } from '../shared/forms/checked-fields.tsx'
import { PasswordField, TextField } from '../shared/forms/fields.tsx'
import { ProvinceField } from '../shared/forms/province-field.tsx'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { GatePage } from '../shared/ui/app-shell.tsx'
import { useTitle } from '../shared/ui/page.tsx'
import { loginWords } from './words.ts'
import { tokenOfAddress } from './token-of-address.ts'

type Setup = z.input<typeof setupForm>

/** First run: the platform's operator and the first person of it, by the one-time link that the server printed. */
export function SetupPage() {
  const t = useWords(loginWords)
  const go = useGo()
  const client = useQueryClient()
  const [token] = useState(tokenOfAddress)
  useTitle(t.setupTitle)
  const setUp = useAct<Setup>({
    send: (input, idempotencyKey) => api.post(IDENTITY_PATHS.setup, input, { idempotencyKey }),
    onDone: () => {
      renewSession(client)
      go(paths.home(), { replace: true })
    },
  })
  return (
    <GatePage wide footer={t.consumer}>
      <h1>{t.setupTitle}</h1>
      <p className="lead">{t.setupLead}</p>
      <AppForm<Omit<Setup, 'token'>, Setup>
        act={setUp}
        columns={2}
        submit={t.setupDo}
        guard={false}
        toInput={(values) => ({ ...values, token })}
      >
        <TextField name={['organisation', 'nameZh']} label={t.organisation} required max={100} autoFocus wide />
        <UsccField name={['organisation', 'uscc']} label={t.uscc} required />
        <ProvinceField name={['organisation', 'province']} label={t.province} required />
        <TextField name={['person', 'name']} label={t.personName} required max={50} autoComplete="name" />
        <TextField name={['person', 'account']} label={t.account} required max={64} autoComplete="username" />
        <PasswordField name={['person', 'password']} label={t.password} required autoComplete="new-password" wide help={t.passwordHelp} />
      </AppForm>
    </GatePage>
  )
}
