import type { Session } from '../shared/api/session.ts'
import { useWords } from '../shared/i18n/words.ts'
import { paths } from '../shared/paths.ts'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { Link } from '../shared/ui/link.tsx'
import { organisationWords } from './words.ts'

/** Tells people of an organisation that is not verified why most of the console is closed, and what opens it. */
export function Standing({ organisation: { id, status, reason } }: { readonly organisation: Session['organisation'] }) {
  const t = useWords(organisationWords)
  if (status === 'verified') return null
  const [title, detail] =
    status === 'refused'
      ? [t.refused, t.refusedDetail]
      : status === 'suspended'
        ? [t.suspended, t.suspendedDetail]
        : [t.waiting, t.waitingDetail]
  return (
    <div style={{ marginBottom: 16 }}>
      <ErrorPanel
        notice
        title={title}
        detail={detail}
        faults={reason === '' ? [] : [t.because(reason)]}
        actions={<Link to={paths.organisation(id)}>{t.profile}</Link>}
      />
    </div>
  )
}
