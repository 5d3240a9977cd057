import type { ReactNode } from 'react'
import { useCommon } from '../i18n/words.ts'

export interface ErrorPanelProps {
  readonly title: string
  readonly detail?: ReactNode
  /** Stable code that the operator can look up. */
  readonly code?: string
  readonly faults?: readonly string[]
  /** What to do: buttons. */
  readonly actions?: ReactNode
  /** A refusal that is no fault of anybody, such as a limit reached. */
  readonly notice?: boolean
}

/** What went wrong, its code, and what to do. Read out at once by a screen reader. */
export function ErrorPanel({ title, detail, code, faults, actions, notice }: ErrorPanelProps) {
  const t = useCommon()
  return (
    <div className={notice ? 'error-panel notice' : 'error-panel'} role="alert">
      <h2>{title}</h2>
      {detail !== undefined && detail !== title && detail !== '' && <p>{detail}</p>}
      {faults !== undefined && faults.length > 0 && (
        <ul>
          {faults.map((fault) => (
            <li key={fault}>{fault}</li>
          ))}
        </ul>
      )}
      {(actions !== undefined || code !== undefined) && (
        <div className="foot">
          {actions}
          {code !== undefined && (
            <span>
              {t.error.code} <code>{code}</code>
            </span>
          )}
        </div>
      )}
    </div>
  )
}
