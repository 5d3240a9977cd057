import { expect, test } from 'vitest'
import { parseSearch, stringifySearch } from './pages/search-params.ts'
import { paths } from './paths.ts'

test('a path is filled in order, and a parameter cannot leave its place', () => {
  expect(paths.product('a/../b?c')).toBe('/products/a%2F..%2Fb%3Fc')
  expect(paths.productEdit('7')).toBe('/products/7/edit')
})

test('a list is linked with its filter', () => {
  const [path, query = ''] = paths
    .orders({ 'f.status': 'in:submitted,approved', 'f.createdAt': ['ge:2026-01-01', 'le:2026-02-01'] })
    .split('?')
  expect(path).toBe('/orders')
  expect(parseSearch(query)).toEqual({ 'f.status': 'in:submitted,approved', 'f.createdAt': ['ge:2026-01-01', 'le:2026-02-01'] })
})

test('search parameters survive the address whatever they hold', () => {
  const search = { q: '100% & +#?=：', 'f.a': ['ge:1', 'le:2'], n: '0012' }
  expect(parseSearch(stringifySearch(search))).toEqual(search)
  expect(stringifySearch({ 'f.status': 'in:a,b' })).toBe('?f.status=in:a,b')
})
