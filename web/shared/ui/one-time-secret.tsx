import { Button } from 'antd'
import type { ReactNode } from 'react'
import { useCommon } from '../i18n/words.ts'
import { CopyButton } from './copy-text.tsx'

/** A secret that the server shows once: key, one-time link, recovery codes. `onKept` is the only way out. */
export function OneTimeSecret({
  title,
  value,
  detail,
  onKept,
}: {
  readonly title: string
  readonly value: string
  readonly detail?: ReactNode
  readonly onKept: () => void
}) {
  const t = useCommon()
  return (
    <section className="secret" aria-label={title}>
      <h2>
        {title} · {t.secret.once}
      </h2>
      <p>{detail ?? t.secret.explain}</p>
      <div className="value">
        <code>{value}</code>
        <CopyButton value={value} label={t.action.copy} />
      </div>
      <Button onClick={onKept}>{t.secret.kept}</Button>
    </section>
  )
}
