import { Form } from 'antd'
import { useState } from 'react'
import { IDENTITY_PATHS } from '../../src/modules/identity/contract.ts'
import { api } from '../shared/api/client.ts'
import { useAct } from '../shared/api/hooks.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { PasswordField } from '../shared/forms/fields.tsx'
import { useWords } from '../shared/i18n/words.ts'
import { ACCOUNT } from './endpoints.ts'
import { accountWords } from './words.ts'

interface Values {
  readonly current?: string
  readonly next: string
  readonly again: string
}

/** Present password, new one twice. `has` is false for people who only ever came by link or passkey. */
export function PasswordForm({ has }: { readonly has: boolean }) {
  const t = useWords(accountWords)
  const [form] = Form.useForm<Values>()
  const [round, setRound] = useState(0)
  const change = useAct<{ current?: string; next: string }>({
    send: (input) => api.post(ACCOUNT.password, input),
    invalidates: [IDENTITY_PATHS.session, IDENTITY_PATHS.sessions],
    done: t.passwordSaved,
    onDone: () => {
      form.resetFields()
      setRound(round + 1)
    },
  })
  return (
    <AppForm<Values, { current?: string; next: string }>
      key={round}
      form={form}
      act={change}
      submit={has ? t.passwordSave : t.passwordSet}
      toInput={({ current, next }) => ({ next, ...(has && current !== undefined && { current }) })}
    >
      {has ? (
        <PasswordField name="current" label={t.passwordCurrent} required />
      ) : (
        <p className="soft wide" style={{ marginBottom: 16 }}>
          {t.passwordNone}
        </p>
      )}
      <PasswordField name="next" label={t.passwordNew} required autoComplete="new-password" help={t.passwordHelp} />
      <PasswordField
        name="again"
        label={t.passwordAgain}
        required
        autoComplete="new-password"
        rules={[
          {
            validateTrigger: 'onBlur',
            validator: async (_, value) =>
              value && value !== form.getFieldValue('next') ? Promise.reject(new Error(t.passwordDifferent)) : undefined,
          },
        ]}
      />
    </AppForm>
  )
}
