import { Button } from 'antd'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { SignInAnswer } from '../../src/modules/identity/contract.ts'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useAct } from '../shared/api/hooks.ts'
import { renewSession } from '../shared/api/session.ts'
import { useCommon, useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { tokenOfAddress } from './token-of-address.ts'
import { paths } from '../shared/paths.ts'
import { GatePage } from '../shared/ui/app-shell.tsx'
import { Link } from '../shared/ui/link.tsx'
import { useTitle } from '../shared/ui/page.tsx'
import { SIGN_IN } from './endpoints.ts'
import { SecondFactor } from './second-factor.tsx'
import { loginWords } from './words.ts'

/** A one-time link: it is spent by the button, so that whoever only previews the address does not spend it. */
export function EnterPage() {
  const t = useWords(loginWords)
  const c = useCommon()
  const go = useGo()
  const client = useQueryClient()
  const [challenge, setChallenge] = useState<Extract<SignInAnswer, { state: 'second-factor' }>>()
  useTitle(c.action.signIn)
  const enter = () => {
    renewSession(client)
    go(paths.home(), { replace: true })
  }
  const signIn = useAct<void, SignInAnswer>({
    send: (_, idempotencyKey) => api.post(SIGN_IN.link, { token: tokenOfAddress() }, { idempotencyKey }),
    onDone: (answer) => (answer.state === 'signed-in' ? enter() : setChallenge(answer)),
  })
  return (
    <GatePage footer={t.consumer}>
      <h1>{challenge === undefined ? t.linkTitle : t.secondTitle}</h1>
      {challenge === undefined ? (
        <div className="stack">
          <p className="soft">{t.linkLead}</p>
          {signIn.error !== null && <Failure error={signIn.error} />}
          <Button type="primary" loading={signIn.isPending} onClick={() => signIn.mutate()}>
            {c.action.signIn}
          </Button>
          {signIn.error !== null && <Link to={paths.login()}>{t.title}</Link>}
        </div>
      ) : (
        <SecondFactor challenge={challenge.challenge} factors={challenge.factors} onProved={enter} />
      )}
    </GatePage>
  )
}
