import { Form } from 'antd'
import { useState } from 'react'
import type { z } from 'zod'
import { IDENTITY_PATHS, REGISTRABLE_KINDS, type registrationForm } from '../../src/modules/identity/contract.ts'
import { api } from '../shared/api/client.ts'
import { useAct } from '../shared/api/hooks.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { PasswordField, TextField } from '../shared/forms/fields.tsx'
import { useWords } from '../shared/i18n/words.ts'
import { paths } from '../shared/paths.ts'
import { GatePage } from '../shared/ui/app-shell.tsx'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { Link } from '../shared/ui/link.tsx'
import { useTitle } from '../shared/ui/page.tsx'
import { OrganisationFields } from './organisation-fields.tsx'
import { registrationWords } from './words.ts'

type Registration = z.input<typeof registrationForm>
type Values = Registration & { readonly again: string }

/** An enterprise registers itself; the operator verifies it afterwards. */
export function RegisterPage() {
  const t = useWords(registrationWords)
  const [form] = Form.useForm<Values>()
  const [sent, setSent] = useState(false)
  useTitle(t.title)
  const register = useAct<Registration>({
    send: (input, idempotencyKey) => api.post(IDENTITY_PATHS.registrations, input, { idempotencyKey }),
    onDone: () => setSent(true),
  })
  if (sent) {
    return (
      <GatePage>
        <h1 className="sr-only">{t.sentTitle}</h1>
        <EmptyState title={t.sentTitle} detail={t.sentDetail} next={<Link to={paths.login()}>{t.signIn}</Link>} />
      </GatePage>
    )
  }
  return (
    <GatePage wide>
      <h1>{t.title}</h1>
      <p className="lead">{t.lead}</p>
      <AppForm<Values, Registration>
        act={register}
        form={form}
        columns={2}
        submit={t.submit}
        toInput={({ organisation, person }) => ({ organisation, person })}
      >
        <h2 className="wide form-part">{t.organisation}</h2>
        <OrganisationFields under={['organisation']} kinds={REGISTRABLE_KINDS} />
        <h2 className="wide form-part">
          {t.person} <span className="faint">{t.personHelp}</span>
        </h2>
        <TextField name={['person', 'name']} label={t.personName} required max={50} autoComplete="name" />
        <TextField name={['person', 'account']} label={t.account} required max={64} autoComplete="username" help={t.accountHelp} />
        <PasswordField name={['person', 'password']} label={t.password} required autoComplete="new-password" help={t.passwordHelp} />
        <PasswordField
          name="again"
          label={t.again}
          required
          autoComplete="new-password"
          rules={[
            {
              validateTrigger: 'onBlur',
              validator: async (_, value) =>
                value && value !== form.getFieldValue(['person', 'password']) ? Promise.reject(new Error(t.different)) : undefined,
            },
          ]}
        />
      </AppForm>
      <p className="soft" style={{ marginTop: 20 }}>
        {t.have} <Link to={paths.login()}>{t.signIn}</Link>
      </p>
    </GatePage>
  )
}
