import { Select } from 'antd'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Query } from '../api/client.ts'
import { useGet } from '../api/hooks.ts'
import { useCommon } from '../i18n/words.ts'

export interface RemoteSelectProps<Row> {
  /** A list of the API that answers `{ items }` and searches by `q`. */
  readonly path: string
  readonly query?: Query
  readonly valueOf: (row: Row) => string
  readonly labelOf: (row: Row) => string
  /** Second line of a choice. */
  readonly noteOf?: (row: Row) => ReactNode
  readonly disabledReason?: (row: Row) => string | undefined
  /** Query that finds the row of a value that came with the address. */
  readonly byValue?: (value: string) => Query
  readonly onRow?: (row: Row | undefined) => void
  readonly placeholder?: string
  readonly id?: string
  readonly value?: string | undefined
  readonly onChange?: (value: string | undefined) => void
  readonly disabled?: boolean
  readonly autoFocus?: boolean
  readonly label?: string
}

/** A choice out of a long list of the server, searched as one types. A control for `Field`. */
export function RemoteSelect<Row>(props: RemoteSelectProps<Row>) {
  const t = useCommon()
  const [q, setQ] = useState('')
  const found = useGet<{ items: readonly Row[] }>(props.path, { query: { limit: 30, ...props.query, q: useLater(q) }, keep: true })
  const items = found.data?.items ?? []
  const known = useRef(new Map<string, Row>())
  for (const row of items) known.current.set(props.valueOf(row), row)
  const { value } = props
  const missing = value !== undefined && !known.current.has(value) && props.byValue !== undefined
  const one = useGet<{ items: readonly Row[] }>(props.path, {
    query: missing ? props.byValue!(value) : {},
    enabled: missing && !found.isPending,
  })
  for (const row of missing ? (one.data?.items ?? []) : []) known.current.set(props.valueOf(row), row)
  const chosen = value === undefined ? undefined : known.current.get(value)
  const told = useRef<Row | undefined>(undefined)
  const { onRow } = props
  useEffect(() => {
    if (told.current === chosen) return
    told.current = chosen
    onRow?.(chosen)
  }, [chosen, onRow])

  const shown = chosen === undefined || items.some((row) => props.valueOf(row) === value) ? items : [chosen, ...items]
  return (
    <Select<string>
      {...(props.id !== undefined && { id: props.id })}
      {...(props.label !== undefined && { 'aria-label': props.label })}
      style={{ width: '100%' }}
      allowClear
      autoFocus={props.autoFocus === true}
      showSearch={{ filterOption: false, onSearch: setQ }}
      placeholder={props.placeholder ?? t.form.choose}
      loading={found.isFetching}
      disabled={props.disabled === true}
      value={value === undefined || chosen === undefined ? null : value}
      onChange={(next: string | undefined) => props.onChange?.(next ?? undefined)}
      options={shown.map((row) => {
        const reason = props.disabledReason?.(row)
        return { value: props.valueOf(row), label: props.labelOf(row), disabled: reason !== undefined, row, reason }
      })}
      optionRender={(option) => (
        <div>
          <div>{option.label}</div>
          {(option.data.reason ?? props.noteOf?.(option.data.row)) !== undefined && (
            <div className="faint">{option.data.reason ?? props.noteOf?.(option.data.row)}</div>
          )}
        </div>
      )}
      notFoundContent={found.isPending ? t.state.loading : t.table.noMatchTitle}
    />
  )
}

/** What is being typed, a moment after the last key. */
function useLater(text: string): string {
  const [later, setLater] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setLater(text), 250)
    return () => clearTimeout(timer)
  }, [text])
  return later
}
