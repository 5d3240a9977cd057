import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { closeTestDatabase, openTestDatabase } from '../../../test/support/database.ts'
import { defineListing, listQuery, pageOfList } from './listing.ts'

let db: Database
const words = { zh: '列', en: 'column' }
const listing = defineListing({
  name: 'numbers',
  from: sql`number_row r`,
  key: sql`r.id`,
  defaultSort: 'id',
  search: [sql`r.name`],
  columns: {
    id: { sql: sql`r.id`, type: 'number', words },
    name: { sql: sql`r.name`, type: 'text', words },
    kind: { sql: sql`r.kind`, type: 'enum', words },
    size: { sql: sql`r.size`, type: 'number', words },
    day: { sql: sql`r.day`, type: 'date', words },
    at: { sql: sql`r.at`, type: 'instant', words },
    good: { sql: sql`r.good`, type: 'boolean', words },
  },
})

beforeAll(async () => {
  db = await openTestDatabase()
  await db.exec('create table number_row (id int primary key, name text, kind text, size int, day date, at timestamptz, good boolean)')
  await db.execute(sql`
    insert into number_row select n, case when n % 10 = 0 then null else 'name_' || (n % 7) || '%' end, case when n % 2 = 0 then 'even' else 'odd' end,
      case when n % 5 = 0 then null else n % 3 end, date '2026-01-01' + n, timestamptz '2026-01-01 15:30:00+00' + n * interval '1 hour', n % 3 = 0 from generate_series(1, 100) n`)
})
afterAll(() => closeTestDatabase(db))

const page = (query: Record<string, string | string[]>) => pageOfList(db, listing, listQuery.parse(query))

describe('a list', () => {
  test.each(['id', '-id', 'name', '-name', 'size', '-size', 'day', '-at', 'good', 'kind'])(
    'is read page by page without a gap or a repeat, sorted by %s, and back again',
    async (sort) => {
      const seen: unknown[] = []
      const firsts: unknown[] = []
      let cursor: string | null = ''
      let last: Awaited<ReturnType<typeof page>> | undefined
      while (cursor !== null) {
        last = await page({ sort, limit: '7', ...(cursor !== '' && { cursor }) })
        firsts.push(last.items[0]!['id'])
        seen.push(...last.items.map((i) => i['id']))
        cursor = last.nextCursor
      }
      expect(new Set(seen).size).toBe(100)
      expect(seen).toHaveLength(100)
      const back: unknown[] = []
      for (let prev = last!.prevCursor; prev !== null;) {
        const earlier = await page({ sort, limit: '7', cursor: prev })
        back.unshift(earlier.items[0]!['id'])
        prev = earlier.prevCursor
      }
      expect(back).toEqual(firsts.slice(0, -1))
    },
  )

  test.each(['id', 'name', 'kind', 'size', 'day', 'at', 'good'])('refuses a page token by %s that was made up', async (column) => {
    for (const sort of [column, `-${column}`])
      for (const value of ['zzz', 'NaN', '1e999', '9999999-01-01', '2026-02-30', '2026-01-01 25:61:00+00', '', '\0', '\ud800', 7, null])
        for (const key of ['1', '\0', {}]) {
          const cursor = Buffer.from(JSON.stringify([sort, value, key, 0])).toString('base64url')
          const answer = await page({ sort, cursor }).catch((error: unknown) => error)
          // a text may say anything that can be stored: it only says where to go on
          if (answer instanceof Error) expect(answer).toMatchObject({ code: 'BAD_CURSOR' })
          else expect(['name', 'kind']).toContain(column)
        }
  })

  test('goes on after rows without a moment or a day', async () => {
    const bare = defineListing({
      ...listing,
      columns: {
        ...listing.columns,
        at: { sql: sql`case when r.id > 3 then r.at end`, type: 'instant', words },
        day: { sql: sql`case when r.id > 3 then r.day end`, type: 'date', words },
      },
    })
    for (const sort of ['at', 'day']) {
      const first = await pageOfList(db, bare, listQuery.parse({ sort, limit: '2' }))
      const second = await pageOfList(db, bare, listQuery.parse({ sort, limit: '2', cursor: first.nextCursor! }))
      expect([...first.items, ...second.items].map((i) => i['id'])).toEqual([1, 2, 3, 4])
    }
  })

  test('counts what its filter lets through', async () => {
    expect((await page({ 'f.kind': 'in:even' })).total).toBe(50)
    expect((await page({ 'f.size': ['ge:1', 'le:1'] })).total).toBe(27)
    expect((await page({ 'f.name': 'empty:' })).total).toBe(10)
    expect((await page({ 'f.good': 'is:true' })).total).toBe(33)
    expect((await page({ 'f.day': ['ge:2026-01-11', 'le:2026-01-20'] })).total).toBe(10)
    expect((await page({ q: 'name_3' })).total).toBe(12)
  })

  test('takes a day as that day in China', async () => {
    // 2026-01-02 in China is 16:00 of the first to 16:00 of the second in Greenwich
    expect((await page({ 'f.at': 'is:2026-01-02' })).items.map((i) => i['id'])).toEqual(Array.from({ length: 24 }, (_, i) => i + 1))
  })

  test('takes a percent sign and an underscore as what they are', async () => {
    expect((await page({ 'f.name': 'has:%' })).total).toBe(90)
    expect((await page({ 'f.name': 'has:e_3%' })).total).toBe(12)
    expect((await page({ 'f.name': 'has:x_' })).total).toBe(0)
  })

  test.each([
    [{ sort: 'nothing' }, 'BAD_FILTER'],
    [{ sort: '__proto__' }, 'BAD_FILTER'],
    [{ 'f.constructor': 'is:1' }, 'BAD_FILTER'],
    [{ 'f.size': 'ge:1; drop table number_row' }, 'BAD_FILTER'],
    [{ 'f.day': 'is:tomorrow' }, 'BAD_FILTER'],
    [{ 'f.kind': 'like:%' }, 'BAD_FILTER'],
    [{ cursor: 'nonsense' }, 'BAD_CURSOR'],
  ] as [Record<string, string>, string][])('refuses %o', async (query, code) => {
    await expect(page(query)).rejects.toMatchObject({ code })
  })
})
