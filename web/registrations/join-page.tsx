import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Form } from 'antd'
import { useState } from 'react'
import type { z } from 'zod'
import type { invitationView, SignInAnswer } from '../../src/modules/identity/contract.ts'
import { SecondFactor } from '../login/second-factor.tsx'
import { tokenOfAddress } from '../login/token-of-address.ts'
import { api } from '../shared/api/client.ts'
import { Answer } from '../shared/api/failure.tsx'
import { useAct } from '../shared/api/hooks.ts'
import { renewSession } from '../shared/api/session.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { PasswordField } from '../shared/forms/fields.tsx'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { GatePage } from '../shared/ui/app-shell.tsx'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { Facts, useTitle } from '../shared/ui/page.tsx'
import { registrationWords } from './words.ts'

type Invitation = z.output<typeof invitationView>
interface Values {
  readonly password: string
  readonly again: string
}

/** A one-time invitation: whom it is for, then a password of one's own. */
export function JoinPage() {
  const t = useWords(registrationWords)
  const go = useGo()
  const client = useQueryClient()
  const [token] = useState(tokenOfAddress)
  const [form] = Form.useForm<Values>()
  const [challenge, setChallenge] = useState<Extract<SignInAnswer, { state: 'second-factor' }>>()
  useTitle(t.joinTitle)
  const enter = () => {
    renewSession(client)
    go(paths.home(), { replace: true })
  }
  const accept = useAct<{ token: string; password: string }, SignInAnswer>({
    send: (input) => api.post('/api/invitations/accept', input),
    onDone: (answer) => (answer.state === 'signed-in' ? enter() : setChallenge(answer)),
  })
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => api.post<Invitation>('/api/invitations/look', { token }),
    // once it is accepted it is spent
    enabled: token !== '' && !accept.isSuccess,
    retry: false,
    refetchOnWindowFocus: false,
  })
  return (
    <GatePage>
      <h1>{t.joinTitle}</h1>
      {token === '' ? (
        <ErrorPanel title={t.joinNoLink} detail={t.joinNoLinkDetail} />
      ) : challenge !== undefined ? (
        <SecondFactor challenge={challenge.challenge} factors={challenge.factors} onProved={enter} />
      ) : (
        <Answer of={invitation}>
          {({ account, name, organisation }) => (
            <div className="stack">
              <p className="lead">{t.joinLead(organisation)}</p>
              <Facts
                items={[
                  { label: t.joinName, value: name },
                  { label: t.account, value: account },
                ]}
              />
              <AppForm<Values, { token: string; password: string }>
                act={accept}
                form={form}
                submit={t.joinDo}
                guard={false}
                toInput={({ password }) => ({ token, password })}
              >
                <input type="hidden" name="username" autoComplete="username" value={account} readOnly />
                <PasswordField name="password" label={t.password} required autoComplete="new-password" help={t.passwordHelp} />
                <PasswordField
                  name="again"
                  label={t.again}
                  required
                  autoComplete="new-password"
                  rules={[
                    {
                      validateTrigger: 'onBlur',
                      validator: async (_, value) =>
                        value && value !== form.getFieldValue('password') ? Promise.reject(new Error(t.different)) : undefined,
                    },
                  ]}
                />
              </AppForm>
            </div>
          )}
        </Answer>
      )}
    </GatePage>
  )
}
