import { expect, test } from 'vitest'
import { changed, filterQuery, pageQuery, readSearch, writeSearch } from './list-state.ts'

const search = {
  q: '精华',
  'f.status': 'in:applied,verified',
  'f.appliedAt': ['ge:2026-01-01', 'le:2026-06-30'],
  sort: '-appliedAt',
  limit: '100',
  cursor: 'abc',
  columns: 'nameZh,status',
  tab: 'open',
}

test('an address read and written again is the same address, with the parameters of others kept', () => {
  expect(writeSearch(readSearch(search), search)).toEqual(search)
})

test('a value may hold colons and an operator may stand alone', () => {
  expect(readSearch({ 'f.url': 'has:https://a:1', 'f.note': 'empty' }).filters).toEqual([
    { column: 'url', op: 'has', value: 'https://a:1' },
    { column: 'note', op: 'empty', value: '' },
  ])
})

test('changing the filter forgets the page, and nothing else', () => {
  const next = changed(readSearch(search), { q: '' })
  expect(next.cursor).toBeUndefined()
  expect(writeSearch(next)).toMatchObject({ sort: '-appliedAt', limit: '100' })
})

test('the export asks for the filter and the order that are shown, and for no page', () => {
  expect(Object.keys(filterQuery(readSearch(search))).toSorted()).toEqual(['f.appliedAt', 'f.status', 'q', 'sort'])
  expect(pageQuery(readSearch(search))).toMatchObject({ cursor: 'abc', limit: '100' })
})

test('a page size that is not offered falls back to the usual one', () => {
  expect(readSearch({ limit: '100000' }).limit).toBe(50)
})
