import type { Finding } from '../../src/modules/imports/contract.ts'
import { useLanguage } from '../shared/i18n/language.ts'

/** What the rules say about one field, below it: faults in red, what should be checked in amber. `named` when it stands at another field. */
export function FindingsAt({
  findings,
  field,
  named,
}: {
  readonly findings: readonly Finding[]
  readonly field: string
  readonly named?: string
}) {
  const language = useLanguage()
  return findings
    .filter((finding) => finding.field === field)
    .map((finding) => (
      <span key={finding.code} className={`live ${finding.severity === 'fault' ? 'bad' : 'warn'}`}>
        {named} {finding[language]}
      </span>
    ))
}
