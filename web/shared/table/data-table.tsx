import { DownloadOutlined, MoreOutlined, ReloadOutlined, SearchOutlined, SettingOutlined } from '@ant-design/icons'
import { Button, Checkbox, Dropdown, Input, type InputRef, Popover, Select, Tooltip } from 'antd'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type KeyboardEvent, type ReactNode, useEffect, useEffectEvent, useMemo, useRef, useState } from 'react'
import { download } from '../api/client.ts'
import { Failure } from '../api/failure.tsx'
import { useGet } from '../api/hooks.ts'
import { useFormat } from '../i18n/format.ts'
import { useCommon } from '../i18n/words.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import { isTyping } from '../ui/shortcuts.ts'
import { cellOf, type Column } from './column.tsx'
import { FilterBar } from './filter-bar.tsx'
import { changed, filterQuery, type ListState, PAGE_SIZES, pageQuery, readSearch, type Search, writeSearch } from './list-state.ts'
import './table.css'

export interface Page<Row> {
  readonly items: readonly Row[]
  readonly total: number
  readonly totalIsExact?: boolean
  readonly nextCursor: string | null
  readonly prevCursor: string | null
}

export interface RowAction {
  readonly key: string
  readonly label: string
  readonly onSelect: () => void
  readonly danger?: boolean
  /** Why not; the action stays visible and says so. */
  readonly disabledReason?: string | undefined
}

/** Chosen rows, or all rows of a filter; the server takes `query` to mean the same rows as the list did. */
export type Selection =
  | { readonly kind: 'ids'; readonly ids: readonly string[] }
  | { readonly kind: 'all'; readonly query: Readonly<Record<string, string | readonly string[]>>; readonly total: number }

export interface BulkAction {
  readonly key: string
  readonly label: string
  readonly onSelect: (selection: Selection) => void
  readonly danger?: boolean
  /** False when it cannot be done to "all that match". */
  readonly all?: boolean
}

export interface DataTableProps<Row> {
  /** Name under which the chosen columns are remembered. */
  readonly id: string
  /** What the table lists, for screen readers. */
  readonly label: string
  /** API path that answers a page and, with `format`, the export. */
  readonly path: string
  readonly columns: readonly Column<Row>[]
  readonly rowKey: (row: Row) => string
  /** Fixed filters that belong to the page, such as `{ 'f.consignmentId': 'is:…' }`. */
  readonly fixed?: Readonly<Record<string, string>>
  /** Path of the page that a row opens. */
  readonly rowTo?: (row: Row) => string
  /** Instead of a page: what a row opens. */
  readonly onOpen?: (row: Row) => void
  readonly rowActions?: (row: Row) => readonly RowAction[]
  readonly bulkActions?: readonly BulkAction[]
  /** False where the server has nothing to search in. */
  readonly searchable?: boolean
  readonly searchHint?: string
  readonly empty?: { readonly title?: string; readonly detail?: ReactNode; readonly next?: ReactNode }
  /** Buttons at the right of the tools. */
  readonly tools?: ReactNode
  /** `memory` when the table is a part of a page and the address belongs to something else. */
  readonly keep?: 'address' | 'memory'
  /** Ask again every so many milliseconds. */
  readonly every?: number
  readonly exportable?: boolean
}

/** The one table: filter, sort, columns, pages, selection, export of what is shown; all of it in the address. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const t = useCommon()
  const format = useFormat()
  const navigate = useNavigate()
  const [state, setState] = useListState(props.keep ?? 'address')
  const [columns, chooseColumns] = useColumns(props.id, props.columns, state, setState)
  const answer = useGet<Page<Row>>(props.path, {
    query: { ...pageQuery(state), ...props.fixed },
    keep: true,
    ...(props.every !== undefined && { every: props.every }),
  })
  const [selection, setSelection] = useState<{ ids: ReadonlySet<string>; all: boolean }>({ ids: new Set(), all: false })
  const filterText = JSON.stringify([filterQuery(state), props.fixed])
  useEffect(() => setSelection({ ids: new Set(), all: false }), [filterText])

  const page = answer.data
  const rows = page?.items ?? []
  const total =
    page === undefined
      ? ''
      : page.totalIsExact === false
        ? t.table.more(format.number(page.total))
        : t.table.total(format.number(page.total))
  const picks = props.bulkActions !== undefined && props.bulkActions.length > 0
  const isPicked = (row: Row) => selection.all || selection.ids.has(props.rowKey(row))
  const pick = (some: readonly Row[], on: boolean) => {
    // leaving one out of "all" means the rows that can be seen
    const ids = new Set(selection.all ? rows.map(props.rowKey) : selection.ids)
    for (const row of some) {
      if (on) ids.add(props.rowKey(row))
      else ids.delete(props.rowKey(row))
    }
    setSelection({ ids, all: false })
  }
  const open = (row: Row, newTab = false) => {
    if (props.rowTo === undefined) return props.onOpen?.(row)
    const to = props.rowTo(row)
    if (newTab) window.open(`/console${to}`, '_blank', 'noopener')
    else void navigate({ href: to })
  }
  const opens = props.rowTo !== undefined || props.onOpen !== undefined
  const sortBy = (column: Column<Row>) =>
    setState(
      changed(state, { sort: state.sort === column.key ? `-${column.key}` : state.sort === `-${column.key}` ? undefined : column.key }),
    )
  const shownAll = rows.length > 0 && rows.every(isPicked)
  const filtered = state.q !== '' || state.filters.length > 0
  const span = columns.length + (picks ? 1 : 0) + (props.rowActions === undefined ? 0 : 1)

  return (
    <div>
      <div className="table-tools" role="search">
        {props.searchable !== false && (
          <SearchField value={state.q} hint={props.searchHint ?? t.table.search} onSearch={(q) => setState(changed(state, { q }))} />
        )}
        <FilterBar columns={props.columns} filters={state.filters} onChange={(filters) => setState(changed(state, { filters }))} />
        <span className="push" />
        <Tooltip title={t.table.refresh}>
          <Button icon={<ReloadOutlined spin={answer.isFetching} />} aria-label={t.table.refresh} onClick={() => void answer.refetch()} />
        </Tooltip>
        <ColumnChooser all={props.columns} shown={columns} onChange={chooseColumns} />
        {props.exportable !== false && (
          <Dropdown
            trigger={['click']}
            disabled={page === undefined || page.total === 0}
            menu={{
              items: [
                { key: 'hint', type: 'group', label: t.table.exportHint(page === undefined ? '' : format.number(page.total)) },
                { key: 'xlsx', label: t.table.exportXlsx },
                { key: 'csv', label: t.table.exportCsv },
              ],
              onClick: ({ key }) =>
                download(props.path, { ...filterQuery(state), ...props.fixed, columns: columns.map((c) => c.key).join(','), format: key }),
            }}
          >
            <Button icon={<DownloadOutlined />} aria-label={t.table.export} aria-haspopup="menu">
              <span className="wide-only">{t.table.export}</span>
            </Button>
          </Dropdown>
        )}
        {props.tools}
      </div>
      <div className={answer.isPlaceholderData ? 'table-frame stale' : 'table-frame'}>
        {picks && (selection.all || selection.ids.size > 0) && (
          <div className="selection-bar" role="status">
            <span>{t.table.selected(selection.all ? format.number(page?.total ?? 0) : format.number(selection.ids.size))}</span>
            {!selection.all && shownAll && page !== undefined && page.totalIsExact !== false && page.total > rows.length && (
              <Button size="small" type="link" onClick={() => setSelection({ ids: new Set(), all: true })}>
                {t.table.selectAll(format.number(page.total))}
              </Button>
            )}
            {props.bulkActions?.map((action) => (
              <Button
                key={action.key}
                size="small"
                danger={action.danger === true}
                disabled={selection.all && action.all === false}
                onClick={() =>
                  action.onSelect(
                    selection.all
                      ? { kind: 'all', query: { ...filterQuery(state), ...props.fixed }, total: page?.total ?? 0 }
                      : { kind: 'ids', ids: [...selection.ids] },
                  )
                }
              >
                {action.label}
              </Button>
            ))}
            <Button size="small" type="text" onClick={() => setSelection({ ids: new Set(), all: false })}>
              {t.table.clearSelection}
            </Button>
          </div>
        )}
        {answer.isError && page === undefined ? (
          <div style={{ padding: 20 }}>
            <Failure error={answer.error} onRetry={() => void answer.refetch()} />
          </div>
        ) : (
          <div className="table-scroll">
            <table
              className="table"
              aria-label={props.label}
              aria-busy={answer.isFetching}
              aria-rowcount={page?.totalIsExact === false ? -1 : page?.total}
            >
              <thead>
                <tr>
                  {picks && (
                    <th className="tick">
                      <Checkbox
                        aria-label={t.table.selectPage}
                        checked={shownAll}
                        indeterminate={!shownAll && rows.some(isPicked)}
                        onChange={(event) => pick(rows, event.target.checked)}
                      />
                    </th>
                  )}
                  {columns.map((column) => (
                    <HeaderCell key={column.key} column={column} sort={state.sort} onSort={() => sortBy(column)} />
                  ))}
                  {props.rowActions !== undefined && (
                    <th className="act">
                      <span className="sr-only">{t.table.rowActions}</span>
                    </th>
                  )}
                </tr>
              </thead>
              <tbody>
                {page === undefined && <LoadingRows span={span} />}
                {page !== undefined && rows.length === 0 && (
                  <tr style={{ display: 'table-row' }}>
                    <td colSpan={span} style={{ display: 'table-cell', maxWidth: 'none' }}>
                      {filtered ? (
                        <EmptyState
                          title={t.table.noMatchTitle}
                          detail={t.table.noMatchDetail}
                          next={<Button onClick={() => setState(changed(state, { q: '', filters: [] }))}>{t.table.clearFilters}</Button>}
                        />
                      ) : (
                        <EmptyState title={props.empty?.title ?? t.table.noneTitle} detail={props.empty?.detail} next={props.empty?.next} />
                      )}
                    </td>
                  </tr>
                )}
                {rows.map((row, i) => (
                  <tr
                    key={props.rowKey(row)}
                    className={`${opens ? 'opens' : ''} ${isPicked(row) ? 'picked' : ''}`}
                    aria-selected={picks ? isPicked(row) : undefined}
                    tabIndex={i === 0 ? 0 : -1}
                    onClick={(event) => {
                      if (
                        opens &&
                        !(event.target as Element).closest('a, button, input, label, .ant-dropdown') &&
                        (getSelection()?.toString() ?? '') === ''
                      )
                        open(row, event.ctrlKey || event.metaKey)
                    }}
                    onKeyDown={(event) =>
                      onRowKey(event, {
                        open: () => open(row, event.ctrlKey || event.metaKey),
                        pick: () => picks && pick([row], !isPicked(row)),
                      })
                    }
                    onFocus={(event) => rove(event.currentTarget)}
                  >
                    {picks && (
                      <td className="tick">
                        <Checkbox
                          tabIndex={-1}
                          aria-label={t.table.selectRow}
                          checked={isPicked(row)}
                          onChange={(event) => pick([row], event.target.checked)}
                        />
                      </td>
                    )}
                    {columns.map((column, c) => (
                      <td key={column.key} className={c === 0 ? `lead ${column.type}` : column.type} data-label={column.title}>
                        {cellOf(column, row, format, t)}
                      </td>
                    ))}
                    {props.rowActions !== undefined && (
                      <td className="act">
                        <RowMenu actions={props.rowActions(row)} />
                      </td>
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {answer.isError && page !== undefined && <Failure error={answer.error} onRetry={() => void answer.refetch()} />}
        {page !== undefined && page.total > 0 && (
          <div className="table-foot">
            <span className="num" role="status">
              {total}
            </span>
            <span className="push" />
            <label className="row">
              {t.table.pageSize}
              <Select
                size="small"
                aria-label={t.table.pageSize}
                value={state.limit}
                options={PAGE_SIZES.map((value) => ({ value, label: String(value) }))}
                onChange={(limit) => setState(changed(state, { limit }))}
              />
            </label>
            <span className="row">
              {state.cursor !== undefined && (
                <Button size="small" type="text" onClick={() => setState({ ...state, cursor: undefined })}>
                  {t.table.first}
                </Button>
              )}
              <Button
                size="small"
                disabled={page.prevCursor === null}
                onClick={() => setState({ ...state, cursor: page.prevCursor ?? undefined })}
              >
                {t.table.previous}
              </Button>
              <Button
                size="small"
                disabled={page.nextCursor === null}
                onClick={() => setState({ ...state, cursor: page.nextCursor ?? undefined })}
              >
                {t.table.next}
              </Button>
            </span>
          </div>
        )}
      </div>
    </div>
  )
}

/** The table's state, in the page's address or, for a table inside of a page, in memory. */
function useListState(keep: 'address' | 'memory'): [ListState, (next: ListState) => void] {
  const search = useSearch({ strict: false }) as Search
  const navigate = useNavigate()
  const [memory, setMemory] = useState<ListState>(() => readSearch({}))
  const fromAddress = useMemo(() => readSearch(search), [search])
  if (keep === 'memory') return [memory, setMemory]
  return [
    fromAddress,
    (next) => void navigate({ to: '.', search: () => writeSearch(next, search), replace: next.q !== fromAddress.q } as never),
  ]
}

function useColumns<Row>(
  id: string,
  all: readonly Column<Row>[],
  state: ListState,
  setState: (next: ListState) => void,
): [readonly Column<Row>[], (keys: readonly string[] | undefined) => void] {
  const storage = `suzhen.columns.${id}`
  const [kept, setKept] = useState<readonly string[] | undefined>(() => localStorage.getItem(storage)?.split(','))
  const wanted = state.columns ?? kept
  const chosen = wanted === undefined ? [] : all.filter((column) => wanted.includes(column.key))
  const shown = chosen.length > 0 ? chosen : all.filter((column) => column.hidden !== true)
  const choose = (keys: readonly string[] | undefined) => {
    if (keys === undefined) localStorage.removeItem(storage)
    else localStorage.setItem(storage, keys.join(','))
    setKept(keys)
    setState({ ...state, columns: keys })
  }
  return [shown, choose]
}

function SearchField({ value, hint, onSearch }: { readonly value: string; readonly hint: string; readonly onSearch: (q: string) => void }) {
  const [text, setText] = useState(value)
  const input = useRef<InputRef>(null)
  const composing = useRef(false)
  const search = useEffectEvent(onSearch)
  useEffect(() => setText(value), [value])
  useEffect(() => {
    // half a pinyin syllable is not yet a word to search for
    if (text === value || composing.current) return
    const timer = setTimeout(() => search(text.trim()), 350)
    return () => clearTimeout(timer)
  }, [text, value])
  return (
    <span className="search" data-search>
      <Input
        ref={input}
        allowClear
        type="search"
        prefix={<SearchOutlined />}
        value={text}
        placeholder={hint}
        aria-label={hint}
        aria-keyshortcuts="/"
        maxLength={200}
        onChange={(event) => setText(event.target.value)}
        onCompositionStart={() => (composing.current = true)}
        onCompositionEnd={(event) => {
          composing.current = false
          setText((event.target as HTMLInputElement).value)
        }}
        onPressEnter={() => onSearch(text.trim())}
        onKeyDown={(event) => {
          if (event.key === 'Escape') input.current?.blur()
          if (event.key === 'ArrowDown') document.querySelector<HTMLElement>('.table tbody tr[tabindex="0"]')?.focus()
        }}
      />
    </span>
  )
}

function HeaderCell<Row>({
  column,
  sort,
  onSort,
}: {
  readonly column: Column<Row>
  readonly sort: string | undefined
  readonly onSort: () => void
}) {
  const t = useCommon()
  const direction = sort === column.key ? 'up' : sort === `-${column.key}` ? 'down' : undefined
  return (
    <th
      scope="col"
      className={column.type}
      aria-sort={direction === 'up' ? 'ascending' : direction === 'down' ? 'descending' : undefined}
      style={{ minWidth: column.minWidth }}
    >
      {column.sortable === false ? (
        column.title
      ) : (
        <button
          type="button"
          className={`sort ${direction ?? ''}`}
          title={direction === 'up' ? t.table.sortDown(column.title) : t.table.sortUp(column.title)}
          onClick={onSort}
        >
          {column.title}
          <i aria-hidden="true" />
        </button>
      )}
    </th>
  )
}

function ColumnChooser<Row>({
  all,
  shown,
  onChange,
}: {
  readonly all: readonly Column<Row>[]
  readonly shown: readonly Column<Row>[]
  readonly onChange: (keys: readonly string[] | undefined) => void
}) {
  const t = useCommon()
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      content={
        <div className="stack">
          <Checkbox.Group
            className="column-list"
            options={all.map((column) => ({
              value: column.key as string,
              label: column.title,
              disabled: shown.length === 1 && shown[0] === column,
            }))}
            value={shown.map((column) => column.key as string)}
            onChange={(keys) => onChange(all.map((c) => c.key as string).filter((key) => keys.includes(key)))}
          />
          <Button size="small" onClick={() => onChange(undefined)}>
            {t.table.resetColumns}
          </Button>
        </div>
      }
    >
      <Button icon={<SettingOutlined />} aria-label={t.table.columns} aria-haspopup="dialog">
        <span className="wide-only">{t.table.columns}</span>
      </Button>
    </Popover>
  )
}

function RowMenu({ actions }: { readonly actions: readonly RowAction[] }) {
  const t = useCommon()
  if (actions.length === 0) return null
  return (
    <Dropdown
      trigger={['click']}
      placement="bottomRight"
      menu={{
        items: actions.map((action) => ({
          key: action.key,
          danger: action.danger === true,
          disabled: action.disabledReason !== undefined,
          label:
            action.disabledReason === undefined ? (
              action.label
            ) : (
              <span>
                {action.label}
                <span className="faint"> · {action.disabledReason}</span>
              </span>
            ),
        })),
        onClick: ({ key, domEvent }) => {
          domEvent.stopPropagation()
          actions.find((action) => action.key === key)?.onSelect()
        },
      }}
    >
      <Button type="text" size="small" tabIndex={0} icon={<MoreOutlined />} aria-label={t.table.rowActions} aria-haspopup="menu" />
    </Dropdown>
  )
}

function LoadingRows({ span }: { readonly span: number }) {
  return Array.from({ length: 8 }, (_, i) => (
    <tr key={i} aria-hidden="true">
      {Array.from({ length: span }, (__, c) => (
        <td key={c}>
          <span className="loading-row" style={{ width: `${45 + ((i * 7 + c * 23) % 45)}%` }} />
        </td>
      ))}
    </tr>
  ))
}

function onRowKey(event: KeyboardEvent<HTMLTableRowElement>, act: { open: () => void; pick: () => void }): void {
  if (event.target !== event.currentTarget || isTyping(event.target)) return
  const row = event.currentTarget
  const to: Record<string, Element | null | undefined> = {
    ArrowDown: row.nextElementSibling,
    ArrowUp: row.previousElementSibling,
    Home: row.parentElement?.firstElementChild,
    End: row.parentElement?.lastElementChild,
  }
  if (event.key in to) {
    event.preventDefault()
    ;(to[event.key] as HTMLElement | null | undefined)?.focus()
  } else if (event.key === 'Enter') act.open()
  else if (event.key === 'x' && !event.ctrlKey && !event.metaKey) act.pick()
}

/** One row of the table is in the order of the Tab key: the one that had the focus last. */
function rove(row: HTMLTableRowElement): void {
  for (const other of row.parentElement?.children ?? []) (other as HTMLElement).tabIndex = other === row ? 0 : -1
}
