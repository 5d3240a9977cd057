import type { EpcisQuery } from './ast.ts'
type R = { readonly ok: true; readonly query: EpcisQuery } | { readonly ok: false; readonly faults: readonly { pointer: string; code: string; zh: string; en: string }[] }
export const parseQueryParameters = (_: Iterable<readonly [string, string]>): R => ({ ok: true, query: { conditions: [], orderDirection: 'DESC' } })
export const parseQueryBody = (_: unknown): R => ({ ok: true, query: { conditions: [], orderDirection: 'DESC' } })
