import { Button } from 'antd'
import { type ReactNode, useState } from 'react'
import type { TraceLevel } from '../../src/modules/events/contract.ts'
import { api } from '../shared/api/client.ts'
import type { Query } from '../shared/api/client.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useWords } from '../shared/i18n/words.ts'
import { traceWords } from './words.ts'

export interface SmallColumn<Row> {
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  readonly number?: boolean
}

/** Rows of a trace, as they are: what is told of one thing is short, and its order is part of what it says. */
export function SmallTable<Row>({
  label,
  columns,
  rows,
  rowKey,
}: {
  readonly label: string
  readonly columns: readonly SmallColumn<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
}) {
  const t = useWords(traceWords)
  if (rows.length === 0) return <p className="soft">{t.none}</p>
  return (
    <div className="table-scroll">
      <table className="plain">
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr>
            {columns.map((c) => (
              <th key={c.title} scope="col" className={c.number ? 'num' : undefined}>
                {c.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((c) => (
                <td key={c.title} className={c.number ? 'num' : undefined}>
                  {c.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface Page<Row> {
  readonly items: readonly Row[]
  readonly total: number
  readonly nextCursor: string | null
}

/** One level of a trace forward: the first page is there, the others come when they are asked for. */
export function LevelTable<Row>({
  level,
  question,
  first,
  ...table
}: {
  readonly level: TraceLevel
  readonly question: Query
  readonly first: Page<Row>
  readonly label: string
  readonly columns: readonly SmallColumn<Row>[]
  readonly rowKey: (row: Row) => string
}) {
  const t = useWords(traceWords)
  const format = useFormat()
  const [more, setMore] = useState<Page<Row>>()
  const [busy, setBusy] = useState(false)
  const rows = more === undefined ? first.items : [...first.items, ...more.items]
  const cursor = more === undefined ? first.nextCursor : more.nextCursor
  const next = async () => {
    setBusy(true)
    try {
      const page = await api.get<Page<Row>>(`/api/trace/forward/${level}`, {
        query: { ...question, cursor: cursor ?? undefined, limit: '100' },
      })
      setMore({ ...page, items: [...(more?.items ?? []), ...page.items] })
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <SmallTable {...table} rows={rows} />
      {cursor !== null && (
        <Button type="link" loading={busy} onClick={() => void next()}>
          {t.more(format.number(first.total))}
        </Button>
      )}
    </>
  )
}
