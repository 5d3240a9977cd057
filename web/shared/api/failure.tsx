import { Button, Skeleton } from 'antd'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useCommon } from '../i18n/words.ts'
import { ErrorPanel } from '../ui/error-panel.tsx'
import { asApiError } from './problem.ts'

/** A refused or failed request, with what to do about it. */
export function Failure({
  error,
  onRetry,
  showFaults = true,
}: {
  readonly error: unknown
  readonly onRetry?: (() => void) | undefined
  readonly showFaults?: boolean
}) {
  const t = useCommon()
  const told = asApiError(error)
  return (
    <ErrorPanel
      title={told.title}
      detail={told.retryAfter !== undefined && told.status === 429 ? t.error.retryAfter(told.retryAfter) : told.detail}
      code={told.code}
      notice={told.status === 409 || told.status === 422 || told.status === 429}
      {...(showFaults && { faults: told.faults.map((f) => f.detail) })}
      actions={
        told.code === 'NOT_SIGNED_IN' ? (
          <Button size="small" href="/console/login" target="_blank">
            {t.action.signInAgain}
          </Button>
        ) : (
          onRetry !== undefined && (
            <Button size="small" onClick={onRetry}>
              {t.action.retry}
            </Button>
          )
        )
      }
    />
  )
}

/** Shows a query's answer, or that it is loading, or why it failed. */
export function Answer<T>({
  of,
  children,
  rows = 4,
}: {
  readonly of: UseQueryResult<T, Error>
  readonly children: (answer: T) => ReactNode
  readonly rows?: number
}) {
  const t = useCommon()
  if (of.data !== undefined) return <>{children(of.data)}</>
  if (of.isError) return <Failure error={of.error} onRetry={() => void of.refetch()} />
  return (
    <div aria-busy="true" aria-label={t.state.loading}>
      <Skeleton active paragraph={{ rows }} />
    </div>
  )
}
