import { Button } from 'antd'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { SignInAnswer } from '../../src/modules/identity/contract.ts'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useAct } from '../shared/api/hooks.ts'
import { renewSession } from '../shared/api/session.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { PasswordField, TextField } from '../shared/forms/fields.tsx'
import { useCommon, useWords } from '../shared/i18n/words.ts'
import type { Search } from '../shared/table/list-state.ts'
import { paths } from '../shared/paths.ts'
import { GatePage } from '../shared/ui/app-shell.tsx'
import { Link } from '../shared/ui/link.tsx'
import { useTitle } from '../shared/ui/page.tsx'
import { SIGN_IN } from './endpoints.ts'
import { askPasskey } from './passkey.ts'
import { SecondFactor } from './second-factor.tsx'
import { loginWords } from './words.ts'

type Challenge = Extract<SignInAnswer, { state: 'second-factor' }>

/** Account and password, then the second proof that the account asks for; back to where the person wanted to go. */
export function LoginPage() {
  const t = useWords(loginWords)
  const c = useCommon()
  const [challenge, setChallenge] = useState<Challenge>()
  const client = useQueryClient()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as Search
  useTitle(c.action.signIn)

  const enter = () => {
    renewSession(client)
    void navigate({ href: safeReturn(search['return']), replace: true })
  }
  const signIn = useAct<{ account: string; password: string }, SignInAnswer>({
    send: (input, idempotencyKey) => api.post(SIGN_IN.session, input, { idempotencyKey }),
    onDone: (answer) => (answer.state === 'signed-in' ? enter() : setChallenge(answer)),
  })

  const byPasskey = useAct({ send: async () => api.post(SIGN_IN.passkey, await askPasskey()), onDone: enter })

  return (
    <GatePage footer={t.consumer}>
      {challenge === undefined ? (
        <>
          <h1>{t.title}</h1>
          <p className="lead">{t.lead}</p>
          <AppForm act={signIn} submit={t.next} guard={false}>
            <TextField name="account" label={t.account} required autoComplete="username" autoFocus />
            <PasswordField name="password" label={t.password} required />
          </AppForm>
          {'PublicKeyCredential' in window && (
            <div className="stack" style={{ marginTop: 12 }}>
              {byPasskey.error !== null && <Failure error={byPasskey.error} />}
              <Button loading={byPasskey.isPending} onClick={() => byPasskey.mutate()}>
                {t.orPasskey}
              </Button>
            </div>
          )}
          <p className="soft" style={{ marginTop: 20 }}>
            {t.noAccount} <Link to={paths.register()}>{t.register}</Link>
          </p>
        </>
      ) : (
        <>
          <StepTitle title={t.secondTitle} />
          <SecondFactor challenge={challenge.challenge} factors={challenge.factors} onProved={enter} />
          <Button type="link" style={{ padding: 0, marginTop: 12 }} onClick={() => setChallenge(undefined)}>
            {t.otherAccount}
          </Button>
        </>
      )}
    </GatePage>
  )
}

function StepTitle({ title }: { readonly title: string }) {
  useEffect(() => document.querySelector<HTMLElement>('.gate h1')?.focus(), [])
  return <h1 tabIndex={-1}>{title}</h1>
}

/** Only a path of the console may be returned to: an address from outside must not send people elsewhere. */
export function safeReturn(wanted: Search[string] | undefined): string {
  return typeof wanted === 'string' && /^\/(?![/\\])[^\\]*$/.test(wanted) && !wanted.startsWith('/login') ? wanted : paths.home()
}
