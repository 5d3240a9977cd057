import type { Search } from '../table/list-state.ts'

/**
 * The router's search parameters are plain text, repeated where a name has several values. The API reads the same
 * form, so that a page's address can be sent to it as it is.
 */
export function parseSearch(text: string): Search {
  const search: Record<string, string | string[]> = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const before = search[name]
    search[name] = before === undefined ? value : [...(typeof before === 'string' ? [before] : before), value]
  }
  return search
}

export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null || value === '') continue
    for (const one of Array.isArray(value) ? value : [value]) params.append(name, String(one))
  }
  // colons and commas of filters are legal in a query (RFC 3986 section 3.4) and read better as they are
  const query = params.toString().replaceAll('%3A', ':').replaceAll('%2C', ',')
  return query === '' ? '' : `?${query}`
}
