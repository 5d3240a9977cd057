import { Button, Input } from 'antd'
import { useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import type { z } from 'zod'
import { type factorsView, IDENTITY_PATHS } from '../../src/modules/identity/contract.ts'
import { api } from '../shared/api/client.ts'
import { Answer, Failure } from '../shared/api/failure.tsx'
import { invalidate, useAct, useGet } from '../shared/api/hooks.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useCommon, useWords } from '../shared/i18n/words.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { ACCOUNT } from './endpoints.ts'
import { makePasskey, mayHavePasskeys } from './make-passkey.ts'
import { RecoveryCodes } from './recovery-codes.tsx'
import { TotpEnrolment } from './totp-enrolment.tsx'
import { accountWords } from './words.ts'

type Factors = z.output<typeof factorsView>
type Open = 'totp' | 'passkey' | undefined
type Asked =
  | { readonly kind: 'totp' }
  | { readonly kind: 'recovery' }
  | { readonly kind: 'passkey'; readonly id: string; readonly name: string }
  | undefined

const CHANGED = [IDENTITY_PATHS.session, IDENTITY_PATHS.sessions] as const

/** Authenticator app, passkeys and recovery codes of one's own account. */
export function SecondFactors() {
  const t = useWords(accountWords)
  const c = useCommon()
  const format = useFormat()
  const client = useQueryClient()
  const factors = useGet<Factors>(ACCOUNT.factors)
  const [open, setOpen] = useState<Open>()
  const [asked, setAsked] = useState<Asked>()
  const [codes, setCodes] = useState<readonly string[]>([])
  const kept = (fresh: readonly string[]) => {
    setOpen(undefined)
    setAsked(undefined)
    setCodes(fresh)
    void invalidate(client, CHANGED)
  }
  const removeTotp = useAct({ send: () => api.delete(ACCOUNT.totp), onDone: () => kept([]) })
  const removePasskey = useAct<string>({
    send: (id) => api.delete(`${ACCOUNT.passkeys}/${encodeURIComponent(id)}`),
    onDone: () => kept([]),
  })
  const renew = useAct<void, { recoveryCodes: readonly string[] }>({
    send: () => api.post(ACCOUNT.recoveryCodes),
    onDone: ({ recoveryCodes }) => kept(recoveryCodes),
  })
  const removal = asked?.kind === 'totp' ? removeTotp : asked?.kind === 'passkey' ? removePasskey : renew

  return (
    <Section title={t.factors}>
      <Answer of={factors}>
        {(own) => (
          <>
            <p className="soft" style={{ marginBottom: 16 }}>
              {t.factorsLead}
            </p>
            {codes.length > 0 && <RecoveryCodes codes={codes} onKept={() => setCodes([])} />}
            <div className="factor">
              <div>
                <h3>
                  {t.totp} {own.totp ? <StatusTag tone="good">{t.totpOn}</StatusTag> : <StatusTag tone="quiet">{t.none}</StatusTag>}
                </h3>
                <p className="soft">{t.totpLead}</p>
              </div>
              {own.totp ? (
                <Button onClick={() => setAsked({ kind: 'totp' })}>{t.totpRemove}</Button>
              ) : (
                open !== 'totp' && <Button onClick={() => setOpen('totp')}>{t.totpSetUp}</Button>
              )}
              {open === 'totp' && (
                <div className="more">
                  <TotpEnrolment onDone={kept} onCancel={() => setOpen(undefined)} />
                </div>
              )}
            </div>
            <div className="factor">
              <div>
                <h3>
                  {t.passkeys} {own.passkeys.length === 0 && <StatusTag tone="quiet">{t.none}</StatusTag>}
                </h3>
                <p className="soft">{mayHavePasskeys() ? t.passkeysLead : t.passkeyUnsupported}</p>
              </div>
              {open !== 'passkey' && (
                <Button disabled={!mayHavePasskeys()} onClick={() => setOpen('passkey')}>
                  {t.passkeyAdd}
                </Button>
              )}
              <div className="more">
                {own.passkeys.map((passkey) => (
                  <div key={passkey.id} className="passkey">
                    <span>
                      <b>{passkey.name}</b>{' '}
                      <span className="faint">
                        {format.day(passkey.createdAt)} ·{' '}
                        {passkey.lastUsedAt === null ? t.passkeyUnused : t.passkeyUsed(format.ago(passkey.lastUsedAt))}
                      </span>
                    </span>
                    <Button size="small" onClick={() => setAsked({ kind: 'passkey', id: passkey.id, name: passkey.name })}>
                      {t.passkeyRemove}
                    </Button>
                  </div>
                ))}
                {open === 'passkey' && <NewPasskey onDone={kept} onCancel={() => setOpen(undefined)} />}
              </div>
            </div>
            {(own.totp || own.passkeys.length > 0) && (
              <div className="factor">
                <div>
                  <h3>
                    {t.recovery}{' '}
                    <StatusTag tone={own.recoveryCodesLeft < 3 ? 'warn' : 'good'}>{t.recoveryLeft(own.recoveryCodesLeft)}</StatusTag>
                  </h3>
                  <p className="soft">{t.recoveryLead}</p>
                </div>
                <Button onClick={() => setAsked({ kind: 'recovery' })}>{t.recoveryRenew}</Button>
              </div>
            )}
            <ConfirmWithReason
              open={asked !== undefined}
              reason={false}
              danger={asked?.kind !== 'recovery'}
              title={
                asked?.kind === 'passkey'
                  ? t.passkeyRemoveTitle(asked.name)
                  : asked?.kind === 'recovery'
                    ? t.recoveryRenewTitle
                    : t.totpRemove
              }
              confirm={asked?.kind === 'recovery' ? t.recoveryRenew : c.action.remove}
              busy={removal.isPending}
              error={removal.error !== null && <Failure error={removal.error} />}
              onConfirm={() =>
                asked?.kind === 'passkey' ? removePasskey.mutate(asked.id) : asked?.kind === 'totp' ? removeTotp.mutate() : renew.mutate()
              }
              onCancel={() => {
                removal.reset()
                setAsked(undefined)
              }}
            >
              {asked?.kind === 'passkey' ? t.passkeyRemoveDetail : asked?.kind === 'recovery' ? t.recoveryRenewDetail : t.totpRemoveDetail}
            </ConfirmWithReason>
          </>
        )}
      </Answer>
    </Section>
  )
}

/** Name of the device, then the browser's own dialog. */
export function NewPasskey({
  onDone,
  onCancel,
}: {
  readonly onDone: (recoveryCodes: readonly string[]) => void
  readonly onCancel?: () => void
}) {
  const t = useWords(accountWords)
  const c = useCommon()
  const id = useId()
  const [name, setName] = useState('')
  const make = useAct<string, { recoveryCodes: readonly string[] }>({
    send: makePasskey,
    done: t.passkeyDone,
    onDone: ({ recoveryCodes }) => onDone(recoveryCodes),
  })
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        make.mutate(name.trim())
      }}
    >
      {make.error !== null && <Failure error={make.error} />}
      <div>
        <label htmlFor={id}>{t.passkeyName}</label>
        <Input
          id={id}
          maxLength={50}
          autoFocus
          placeholder={t.passkeyNameHint}
          value={name}
          onChange={(event) => setName(event.target.value)}
          style={{ maxWidth: 320, display: 'block', marginTop: 4 }}
        />
      </div>
      <div className="row">
        <Button type="primary" htmlType="submit" loading={make.isPending}>
          {t.passkeyAdd}
        </Button>
        {onCancel !== undefined && <Button onClick={onCancel}>{c.action.cancel}</Button>}
      </div>
    </form>
  )
}
