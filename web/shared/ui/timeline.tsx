import type { ReactNode } from 'react'
import { useFormat } from '../i18n/format.ts'
import type { Tone } from './tone.ts'

export interface TimelineEntry {
  readonly key: string
  readonly what: ReactNode
  /** ISO instant. */
  readonly at: string
  readonly note?: ReactNode
  readonly tone?: Tone
}

/** What happened, in the order given. */
export function Timeline({ entries }: { readonly entries: readonly TimelineEntry[] }) {
  const format = useFormat()
  return (
    <ol className="timeline">
      {entries.map((entry) => (
        <li key={entry.key} className={entry.tone}>
          <span className="what">{entry.what}</span>
          <time className="when" dateTime={entry.at}>
            {format.instant(entry.at)}
          </time>
          {entry.note !== undefined && <div className="note">{entry.note}</div>}
        </li>
      ))}
    </ol>
  )
}
