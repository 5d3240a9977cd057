import { Button } from 'antd'
import { useEffect } from 'react'
import type { z } from 'zod'
import type { recoveryCodesView, totpEnrolmentView } from '../../src/modules/identity/contract.ts'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useAct } from '../shared/api/hooks.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { TextField } from '../shared/forms/fields.tsx'
import { useCommon, useWords } from '../shared/i18n/words.ts'
import { CopyText } from '../shared/ui/copy-text.tsx'
import './account.css'
import { ACCOUNT } from './endpoints.ts'
import { accountWords } from './words.ts'

type Enrolment = z.output<typeof totpEnrolmentView>
type RecoveryCodesView = z.output<typeof recoveryCodesView>

/** Secret as a QR code, then one code of the app as proof that it was taken over. */
export function TotpEnrolment({
  onDone,
  onCancel,
}: {
  readonly onDone: (recoveryCodes: readonly string[]) => void
  readonly onCancel: () => void
}) {
  const t = useWords(accountWords)
  const c = useCommon()
  const begin = useAct<void, Enrolment>({ send: () => api.post(ACCOUNT.totp) })
  const confirm = useAct<{ code: string }, RecoveryCodesView>({
    send: (input) => api.post(ACCOUNT.totpConfirm, input),
    done: t.totpDone,
    onDone: ({ recoveryCodes }) => onDone(recoveryCodes),
  })
  const { mutate } = begin
  useEffect(() => mutate(), [mutate])
  if (begin.error !== null) {
    return (
      <div className="stack">
        <Failure error={begin.error} onRetry={() => begin.mutate()} />
        <div>
          <Button onClick={onCancel}>{c.action.cancel}</Button>
        </div>
      </div>
    )
  }
  if (begin.data === undefined) return <p className="soft">{c.state.loading}</p>
  const { qrSvg, secret } = begin.data
  return (
    <div className="totp-enrolment">
      <img alt={t.totpScan} src={`data:image/svg+xml,${encodeURIComponent(qrSvg)}`} />
      <div>
        <p>{t.totpScan}</p>
        <details>
          <summary>{t.totpByHand}</summary>
          <CopyText value={secret}>{secret.match(/.{1,4}/g)?.join(' ')}</CopyText>
        </details>
        <AppForm act={confirm} submit={t.totpConfirm} guard={false} onCancel={onCancel}>
          <TextField name="code" label={t.totpCode} required max={10} autoComplete="one-time-code" autoFocus mono />
        </AppForm>
      </div>
    </div>
  )
}
