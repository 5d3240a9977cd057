/**
 * All that a table shows is in the address: the page's search parameters are the API's, so a link reproduces the
 * view and the export of it. `q`, `f.<column>=<op>:<value>` (repeated for a range), `sort`, `cursor`, `limit`, `columns`.
 */
export type Search = Readonly<Record<string, string | readonly string[]>>

export interface Filter {
  readonly column: string
  readonly op: string
  readonly value: string
}

export interface ListState {
  readonly q: string
  readonly sort: string | undefined
  readonly cursor: string | undefined
  readonly limit: number
  readonly columns: readonly string[] | undefined
  readonly filters: readonly Filter[]
}

export const PAGE_SIZES = [20, 50, 100, 200] as const
export const DEFAULT_LIMIT = 50

const OWN = /^(q|sort|cursor|limit|columns|f\..+)$/

export function readSearch(search: Search): ListState {
  const one = (name: string): string | undefined => {
    const value = search[name]
    const text = typeof value === 'string' ? value : value?.[0]
    return text === undefined || text === '' ? undefined : text
  }
  const limit = Number(one('limit'))
  return {
    q: one('q') ?? '',
    sort: one('sort'),
    cursor: one('cursor'),
    limit: (PAGE_SIZES as readonly number[]).includes(limit) ? limit : DEFAULT_LIMIT,
    columns: one('columns')?.split(','),
    filters: Object.entries(search).flatMap(([name, value]) =>
      name.startsWith('f.')
        ? (typeof value === 'string' ? [value] : value).map((text) => {
            const colon = text.indexOf(':')
            return { column: name.slice(2), op: colon < 0 ? text : text.slice(0, colon), value: colon < 0 ? '' : text.slice(colon + 1) }
          })
        : [],
    ),
  }
}

/** The parameters of a state, beside those of the page that are none of the table's (`rest`). Defaults are left out. */
export function writeSearch(state: ListState, rest: Search = {}): Search {
  const search: Record<string, string | readonly string[]> = Object.fromEntries(Object.entries(rest).filter(([name]) => !OWN.test(name)))
  if (state.q !== '') search['q'] = state.q
  for (const { column, op, value } of state.filters) {
    const name = `f.${column}`
    const text = `${op}:${value}`
    const before = search[name]
    search[name] = before === undefined ? text : [...(typeof before === 'string' ? [before] : before), text]
  }
  if (state.sort !== undefined) search['sort'] = state.sort
  if (state.limit !== DEFAULT_LIMIT) search['limit'] = String(state.limit)
  if (state.columns !== undefined) search['columns'] = state.columns.join(',')
  if (state.cursor !== undefined) search['cursor'] = state.cursor
  return search
}

/** Any change of what is listed starts again at the first page: a cursor belongs to one order of one filter. */
export function changed(state: ListState, change: Partial<Omit<ListState, 'cursor'>>): ListState {
  return { ...state, ...change, cursor: undefined }
}

/** What the API is asked for a page. */
export function pageQuery(state: ListState): Record<string, string | readonly string[]> {
  const { columns: _, ...query } = writeSearch(state) as Record<string, string | readonly string[]>
  return { ...query, limit: String(state.limit) }
}

/** What the API is asked for the same filter without its page: an export, or "all that match". */
export function filterQuery(state: ListState): Record<string, string | readonly string[]> {
  const { columns: _, cursor: __, limit: ___, ...query } = writeSearch(state) as Record<string, string | readonly string[]>
  return query
}
