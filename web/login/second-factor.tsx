import { Button } from 'antd'
import { useState } from 'react'
import { api } from '../shared/api/client.ts'
import { useAct } from '../shared/api/hooks.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { TextField } from '../shared/forms/fields.tsx'
import { common, useWords } from '../shared/i18n/words.ts'
import { Failure } from '../shared/api/failure.tsx'
import { SIGN_IN } from './endpoints.ts'
import { askPasskey } from './passkey.ts'
import { loginWords } from './words.ts'

type Factor = 'totp' | 'passkey' | 'recovery'

/** One of the proofs that the account has; the strongest first, the others one press away. */
export function SecondFactor({
  challenge,
  factors,
  onProved,
}: {
  readonly challenge: string
  readonly factors: readonly Factor[]
  readonly onProved: () => void
}) {
  const t = useWords(loginWords)
  const [factor, setFactor] = useState<Factor>(factors.includes('passkey') ? 'passkey' : (factors[0] ?? 'totp'))
  const code = useAct<{ code?: string; recoveryCode?: string }>({
    send: (input, idempotencyKey) => api.post(SIGN_IN.secondFactor, { challenge, ...input }, { idempotencyKey }),
    onDone: onProved,
  })
  const passkey = useAct({
    send: async () => api.post(SIGN_IN.passkey, await askPasskey()),
    onDone: onProved,
  })
  const names: Readonly<Record<Factor, string>> = { passkey: t.usePasskey, totp: t.useTotp, recovery: t.useRecovery }
  return (
    <>
      <p className="lead">{factor === 'passkey' ? t.passkeyLead : factor === 'totp' ? t.totpLead : t.recoveryLead}</p>
      {factor === 'passkey' ? (
        <div className="stack">
          {passkey.error !== null && <Failure error={passkey.error} />}
          <Button type="primary" loading={passkey.isPending} onClick={() => passkey.mutate()}>
            {t.usePasskey}
          </Button>
        </div>
      ) : (
        <AppForm key={factor} act={code} submit={common().action.signIn} guard={false}>
          {factor === 'totp' ? (
            <TextField name="code" label={t.code} required max={10} autoComplete="one-time-code" autoFocus mono />
          ) : (
            <TextField name="recoveryCode" label={t.recovery} required max={40} autoFocus mono />
          )}
        </AppForm>
      )}
      <div className="row" style={{ marginTop: 12 }}>
        {factors
          .filter((other) => other !== factor)
          .map((other) => (
            <Button key={other} type="link" style={{ padding: 0 }} onClick={() => setFactor(other)}>
              {names[other]}
            </Button>
          ))}
      </div>
    </>
  )
}
