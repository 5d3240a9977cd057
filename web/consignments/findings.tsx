import type { Finding } from '../../src/modules/imports/contract.ts'
import { useLanguage } from '../shared/i18n/language.ts'

/** What the rules say about one field, below it: faults in red, what should be checked in amber. */
export function FindingsAt({ findings, field }: { readonly findings: readonly Finding[]; readonly field: string }) {
  const language = useLanguage()
  return findings
    .filter((finding) => finding.field === field)
    .map((finding) => (
      <span key={finding.code} className={`live ${finding.severity === 'fault' ? 'bad' : 'warn'}`}>
        {finding[language]}
      </span>
    ))
}
