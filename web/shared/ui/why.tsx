import { Tooltip } from 'antd'
import type { ReactNode } from 'react'

/** Around a button that cannot be pressed now: says why, to the mouse, the keyboard and the screen reader. */
export function Why({ reason, children }: { readonly reason: string | undefined; readonly children: ReactNode }) {
  if (reason === undefined) return children
  return (
    <Tooltip title={reason}>
      <span tabIndex={0} aria-label={reason}>
        {children}
      </span>
    </Tooltip>
  )
}
