import { Button, Modal } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useAct } from '../shared/api/hooks.ts'
import { useSession } from '../shared/api/session.ts'
import { whenProofIsWanted } from '../shared/api/step-up.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { PasswordField, TextField } from '../shared/forms/fields.tsx'
import { useCommon, useWords } from '../shared/i18n/words.ts'
import { SIGN_IN } from './endpoints.ts'
import { askPasskey, type PasskeyProof } from './passkey.ts'
import { loginWords } from './words.ts'

/** Asks who sits here before a grave act, by the strongest means that the person has set up. */
export function StepUpDialog() {
  const t = useWords(loginWords)
  const c = useCommon()
  const { secondFactor, hasPassword } = useSession()
  const [open, setOpen] = useState(false)
  const settle = useRef<(proved: boolean) => void>(() => {})
  useEffect(() => {
    whenProofIsWanted(() => {
      settle.current(false)
      setOpen(true)
      return new Promise((resolve) => {
        settle.current = resolve
      })
    })
    return () => whenProofIsWanted(() => Promise.resolve(false))
  }, [])
  const close = (proved: boolean) => {
    setOpen(false)
    settle.current(proved)
  }
  // somebody who came by a link and has set up nothing: only another link can prove them
  const nothing = secondFactor === 'none' && !hasPassword
  const byPassword = useAct<{ password?: string; code?: string; passkey?: PasskeyProof }>({
    send: (input, idempotencyKey) => api.post(SIGN_IN.stepUp, input, { idempotencyKey }),
    invalidates: [SIGN_IN.session],
    onDone: () => close(true),
  })
  const byPasskey = useAct({
    send: async () => api.post(SIGN_IN.stepUp, { passkey: await askPasskey() }),
    invalidates: [SIGN_IN.session],
    onDone: () => close(true),
  })
  return (
    <Modal open={open} title={t.stepUpTitle} footer={null} onCancel={() => close(false)} destroyOnHidden>
      <div className="stack">
        <p>{nothing ? t.stepUpNothing : t.stepUpLead}</p>
        {nothing ? (
          <Button onClick={() => close(false)}>{c.action.close}</Button>
        ) : secondFactor === 'passkey' ? (
          <>
            {byPasskey.error !== null && <Failure error={byPasskey.error} />}
            <Button type="primary" loading={byPasskey.isPending} onClick={() => byPasskey.mutate()}>
              {t.usePasskey}
            </Button>
          </>
        ) : (
          <AppForm act={byPassword} submit={c.action.confirm} onCancel={() => close(false)} guard={false}>
            {hasPassword && <PasswordField name="password" label={t.password} required autoFocus />}
            {secondFactor === 'totp' && (
              <TextField name="code" label={t.code} required max={10} autoComplete="one-time-code" mono autoFocus={!hasPassword} />
            )}
          </AppForm>
        )}
      </div>
    </Modal>
  )
}
