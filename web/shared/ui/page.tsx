import { type ReactNode, useEffect } from 'react'
import { useCommon } from '../i18n/words.ts'
import { Link } from './link.tsx'

export interface Crumb {
  readonly label: string
  readonly to: string
}

/** Title of a page with where it belongs and what can be done; also the title of the browser's tab. */
export function PageHeader({
  title,
  tag,
  lead,
  crumbs,
  actions,
}: {
  readonly title: string
  readonly tag?: ReactNode
  readonly lead?: ReactNode
  readonly crumbs?: readonly Crumb[]
  readonly actions?: ReactNode
}) {
  useTitle(title)
  return (
    <div className="page-header">
      <div>
        {crumbs !== undefined && crumbs.length > 0 && (
          <ol className="crumbs">
            {crumbs.map((crumb) => (
              <li key={crumb.to}>
                <Link to={crumb.to}>{crumb.label}</Link>
              </li>
            ))}
          </ol>
        )}
        <h1>
          {title}
          {tag}
        </h1>
        {lead !== undefined && <p className="lead">{lead}</p>}
      </div>
      {actions !== undefined && <div className="actions">{actions}</div>}
    </div>
  )
}

export function useTitle(title: string): void {
  const { productName } = useCommon()
  useEffect(() => {
    document.title = title === '' ? productName : `${title} · ${productName}`
  }, [title, productName])
}

/** A titled card. Without a title it is only the card. */
export function Section({
  title,
  extra,
  children,
  flush,
}: {
  readonly title?: ReactNode
  readonly extra?: ReactNode
  readonly children: ReactNode
  readonly flush?: boolean
}) {
  return (
    <section className="section">
      {title !== undefined && (
        <header>
          <h2>{title}</h2>
          {extra}
        </header>
      )}
      {flush ? children : <div className="body">{children}</div>}
    </section>
  )
}

export interface Fact {
  readonly label: string
  readonly value: ReactNode
  readonly wide?: boolean
}

/** Labelled values of one thing; an absent value shows as a dash. */
export function Facts({ items }: { readonly items: readonly Fact[] }) {
  const { dash } = useCommon()
  return (
    <dl className="facts">
      {items.map((item) => (
        <div key={item.label} className={item.wide ? 'wide' : undefined}>
          <dt>{item.label}</dt>
          <dd>{item.value === null || item.value === undefined || item.value === '' ? dash : item.value}</dd>
        </div>
      ))}
    </dl>
  )
}
