import { useQueryClient } from '@tanstack/react-query'
import { Button, Segmented } from 'antd'
import { useState } from 'react'
import { IDENTITY_PATHS } from '../../src/modules/identity/contract.ts'
import { invalidate } from '../shared/api/hooks.ts'
import { useCommon, useWords } from '../shared/i18n/words.ts'
import { GatePage } from '../shared/ui/app-shell.tsx'
import { useTitle } from '../shared/ui/page.tsx'
import { mayHavePasskeys } from './make-passkey.ts'
import { RecoveryCodes } from './recovery-codes.tsx'
import { NewPasskey } from './second-factors.tsx'
import { TotpEnrolment } from './totp-enrolment.tsx'
import { accountWords } from './words.ts'

const firstWay = (): 'passkey' | 'totp' => (mayHavePasskeys() ? 'passkey' : 'totp')

/** Stands in the place of the console until a person whose post demands it has a second factor. */
export function EnrolPage({ onSignOut }: { readonly onSignOut: () => void }) {
  const t = useWords(accountWords)
  const c = useCommon()
  const client = useQueryClient()
  const [way, setWay] = useState(firstWay())
  const [codes, setCodes] = useState<readonly string[]>()
  useTitle(t.enrolTitle)
  // the session is read anew only when the codes are kept: reading it takes this page away
  const enter = () => void invalidate(client, [IDENTITY_PATHS.session])
  const done = (fresh: readonly string[]) => (fresh.length === 0 ? enter() : setCodes(fresh))
  return (
    <GatePage wide>
      <h1>{t.enrolTitle}</h1>
      <p className="lead">{t.enrolLead}</p>
      {codes !== undefined ? (
        <RecoveryCodes codes={codes} onKept={enter} />
      ) : (
        <div className="stack">
          <div>
            <Segmented<'passkey' | 'totp'>
              value={way}
              onChange={setWay}
              options={[
                { value: 'passkey', label: t.enrolPasskey, disabled: firstWay() !== 'passkey' },
                { value: 'totp', label: t.totp },
              ]}
            />
          </div>
          {way === 'passkey' ? (
            <>
              <p className="soft">{t.passkeysLead}</p>
              <NewPasskey onDone={done} />
            </>
          ) : (
            <>
              <p className="soft">{t.totpLead}</p>
              <TotpEnrolment onDone={done} onCancel={() => setWay(firstWay())} />
            </>
          )}
          <div>
            <Button type="link" style={{ padding: 0 }} onClick={onSignOut}>
              {c.action.signOut}
            </Button>
          </div>
        </div>
      )}
    </GatePage>
  )
}
