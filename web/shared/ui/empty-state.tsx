import type { ReactNode } from 'react'

/** Nothing here, why, and what to do next. */
export function EmptyState({ title, detail, next }: { readonly title: string; readonly detail?: ReactNode; readonly next?: ReactNode }) {
  return (
    <div className="empty">
      <svg
        width="56"
        height="44"
        viewBox="0 0 56 44"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        <path d="M4 24 13 8a4 4 0 0 1 3.5-2h23a4 4 0 0 1 3.5 2l9 16v12a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4V24Z" />
        <path d="M4 24h14l3 6h14l3-6h14" />
      </svg>
      <h2>{title}</h2>
      {detail !== undefined && <p>{detail}</p>}
      {next !== undefined && <div className="next">{next}</div>}
    </div>
  )
}
