import { useState, type ReactNode } from 'react'
import { Input } from 'antd'
import { IDENTITY_PATHS, type OrganisationStatus } from '../../src/modules/identity/contract.ts'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useAct } from '../shared/api/hooks.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { registrationWords } from './words.ts'

export type Decision = 'approve' | 'refuse' | 'suspend' | 'reinstate'

const DECISIONS: Readonly<Record<OrganisationStatus, readonly Decision[]>> = {
  applied: ['approve', 'refuse'],
  verified: ['suspend'],
  refused: [],
  suspended: ['reinstate'],
}
const PAST = { approve: 'approved', refuse: 'refused', suspend: 'suspended', reinstate: 'reinstated' } as const

export interface Decided {
  readonly id: string
  readonly nameZh: string
  readonly nameEn: string
  readonly status: string
  readonly kind: string
}

/** What the operator may decide about an organisation in its present state; nobody suspends the operator itself. */
export function decisionsOn({ status, kind }: Pick<Decided, 'status' | 'kind'>): readonly Decision[] {
  return kind === 'operator' ? [] : (DECISIONS[status as OrganisationStatus] ?? [])
}

/** The dialogs of the four decisions: `ask(organisation, decision)` opens one, `dialog` stands on the page. */
export function useDecisions(): { readonly ask: (organisation: Decided, decision: Decision) => void; readonly dialog: ReactNode } {
  const t = useWords(registrationWords)
  const language = useLanguage()
  const [asked, setAsked] = useState<{ readonly organisation: Decided; readonly decision: Decision }>()
  const [note, setNote] = useState('')
  const decide = useAct<{ id: string; decision: Decision; reason: string }>({
    send: ({ id, decision, reason }, idempotencyKey) =>
      api.post(`${IDENTITY_PATHS.organisations}/${id}/${decision}`, { reason }, { idempotencyKey }),
    invalidates: [IDENTITY_PATHS.organisations, '/api/home', IDENTITY_PATHS.printers],
    done: asked === undefined ? '' : t[PAST[asked.decision]],
    onDone: () => setAsked(undefined),
  })
  const close = () => {
    decide.reset()
    setAsked(undefined)
  }
  const decision = asked?.decision ?? 'approve'
  const mustSay = decision === 'refuse' || decision === 'suspend'
  const name =
    asked === undefined ? '' : language === 'en' && asked.organisation.nameEn !== '' ? asked.organisation.nameEn : asked.organisation.nameZh
  return {
    ask: (organisation, next) => {
      setNote('')
      setAsked({ organisation, decision: next })
    },
    dialog: (
      <ConfirmWithReason
        open={asked !== undefined}
        title={t[`${decision}Title`](name)}
        confirm={t[decision]}
        danger={mustSay}
        reason={mustSay}
        busy={decide.isPending}
        error={decide.error !== null && <Failure error={decide.error} />}
        onConfirm={(reason) =>
          asked !== undefined && decide.mutate({ id: asked.organisation.id, decision, reason: mustSay ? reason : note.trim() })
        }
        onCancel={close}
      >
        <p>{t[`${decision}Detail`]}</p>
        {!mustSay && (
          <Input
            aria-label={t.note}
            placeholder={t.note}
            maxLength={500}
            value={note}
            onChange={(event) => setNote(event.target.value)}
            style={{ marginTop: 12 }}
          />
        )}
      </ConfirmWithReason>
    ),
  }
}
