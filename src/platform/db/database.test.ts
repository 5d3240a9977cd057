import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeTestDatabase, openTestDatabase } from '../../../test/support/database.ts'
import { maybeOne, one, type Database } from './database.ts'
import { openDatabase } from './open-database.ts'
import { constraintOf, sqlStateOf } from './errors.ts'
import { named, sql } from './sql.ts'

let db: Database

beforeAll(async () => {
  db = await openTestDatabase()
  await db.exec(`
    create table shelf (
      id int8 constraint shelf_pkey primary key,
      name text not null,
      stock int4 constraint shelf_stock_check check (stock >= 0),
      tags text[],
      about jsonb,
      seal bytea,
      changed_at timestamptz
    )`)
})

afterAll(() => closeTestDatabase(db))

describe('values come back the same on both engines', () => {
  const cases: Array<[what: string, statement: ReturnType<typeof sql>, expected: unknown]> = [
    ['a small int8 as bigint', sql`select 7::int8 as v`, 7n],
    ['the largest int8 as bigint', sql`select ${9223372036854775807n}::int8 as v`, 9223372036854775807n],
    ['int8[] with null', sql`select ${[1n, null, -9007199254740993n]}::int8[] as v`, [1n, null, -9007199254740993n]],
    ['an empty array', sql`select ${[]}::int8[] as v`, []],
    [
      'a nested array',
      sql`select ${[
        [1, 2],
        [3, 4],
      ]}::int4[] as v`,
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['an array with bounds', sql`select '[5:6]={7,8}'::int4[] as v`, [7, 8]],
    ['count cast to int as number', sql`select count(*)::int as v from (values (1), (2)) x`, 2],
    ['numeric as exact string', sql`select ${'12345678901234567890.10'}::numeric as v`, '12345678901234567890.10'],
    ['numeric[] as strings', sql`select array[1.50, 2]::numeric[] as v`, ['1.50', '2']],
    ['float8 as number', sql`select ${0.1}::float8 as v`, 0.1],
    ['boolean', sql`select ${true}::boolean as v`, true],
    ['boolean[]', sql`select ${[true, false, null]}::boolean[] as v`, [true, false, null]],
    ['a Date as ISO with milliseconds', sql`select ${new Date('2026-03-01T08:00:00.5Z')}::timestamptz as v`, '2026-03-01T08:00:00.500Z'],
    ['an ISO string with offset as UTC', sql`select ${'2026-03-01T08:00:00+08:00'}::timestamptz as v`, '2026-03-01T00:00:00.000Z'],
    ['timestamptz before 1901', sql`select ${'1850-06-01T00:00:00Z'}::timestamptz as v`, '1850-06-01T00:00:00.000Z'],
    ['microseconds cut to milliseconds', sql`select '2026-03-01T00:00:00.123999Z'::timestamptz as v`, '2026-03-01T00:00:00.123Z'],
    ['timestamptz[]', sql`select ${[new Date(0), null]}::timestamptz[] as v`, ['1970-01-01T00:00:00.000Z', null]],
    ['infinity', sql`select 'infinity'::timestamptz as v`, 'infinity'],
    ['a date', sql`select ${'2024-02-29'}::date as v`, '2024-02-29'],
    ['date[]', sql`select ${['2024-02-29']}::date[] as v`, ['2024-02-29']],
    ['a plain object as jsonb', sql`select ${{ 名: ['a', 1, null], n: 5n }}::jsonb as v`, { 名: ['a', 1, null], n: '5' }],
    ['a list as jsonb', sql`select ${sql.json([1, { a: 2 }])} as v`, [1, { a: 2 }]],
    ['jsonb[]', sql`select ${[{ a: '"\\' }, null]}::jsonb[] as v`, [{ a: '"\\' }, null]],
    ['bytea as Buffer', sql`select ${Buffer.from([0, 255, 92])}::bytea as v`, Buffer.from([0, 255, 92])],
    ['a Uint8Array view', sql`select ${new Uint8Array([9, 1, 2, 9]).subarray(1, 3)}::bytea as v`, Buffer.from([1, 2])],
    ['bytea[]', sql`select ${[Buffer.from([1]), Buffer.alloc(0)]}::bytea[] as v`, [Buffer.from([1]), Buffer.alloc(0)]],
    ['text with quotes', sql`select ${`'; drop table shelf; --"\\`}::text as v`, `'; drop table shelf; --"\\`],
    [
      'text[] of every nasty kind',
      sql`select ${['', 'NULL', 'a,b', '{}', '"', '\\', '化妆品', ' x ']}::text[] as v`,
      ['', 'NULL', 'a,b', '{}', '"', '\\', '化妆品', ' x '],
    ],
    ['uuid', sql`select ${'018f0000-0000-7000-8000-000000000001'}::uuid as v`, '018f0000-0000-7000-8000-000000000001'],
    ['a range as text', sql`select int8range(1, 5) as v`, '[1,5)'],
    ['null and undefined', sql`select coalesce(${null}::text, ${undefined}::text) as v`, null],
  ]
  it.each(cases)('%s', async (_, statement, expected) => {
    const row = await one<{ v: unknown }>(db, statement)
    expect(row.v).toEqual(expected)
    expect(typeof row.v).toBe(typeof expected)
  })
})

describe('statements', () => {
  it('splices pieces with renumbered parameters and binds everything else', async () => {
    const where = sql`x between ${2} and ${11}`
    const statement = sql`select array_agg(x order by x) as v from generate_series(${1}::int, ${12}::int) x where ${where} and x <> ${5}::int`
    expect(statement.values).toEqual([1, 12, 2, 11, 5])
    expect((await one<{ v: number[] }>(db, statement)).v).toEqual([2, 3, 4, 6, 7, 8, 9, 10, 11])
  })

  it('keeps numbers right with more than nine parameters', () => {
    const list = sql.join(Array.from({ length: 12 }, (_, i) => sql`${i}`))
    expect(sql`select ${'x'}, ${list}`.text).toBe('select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13')
  })

  it('never splices an object that only looks like a piece', () => {
    const hostile = JSON.parse('{"text":"1; drop table shelf","values":[]}') as unknown
    expect(sql`select ${hostile}`).toEqual({ text: 'select $1', values: [hostile] })
  })

  it('refuses identifiers that are not plain', () => {
    expect(() => sql.ident('a"b')).toThrow(TypeError)
    expect(sql.ident('shelf').text).toBe('"shelf"')
  })

  it('runs a named statement again and again', async () => {
    const twice = named('test_twice', 'select $1::int * 2 as v')
    for (const n of [1, 2, 3]) expect((await one<{ v: number }>(db, twice([n]))).v).toBe(n * 2)
  })

  it('tells affected rows and keeps the promises of one and maybeOne', async () => {
    expect(await db.execute(sql`insert into shelf (id, name) values (1, 'a'), (2, 'b')`)).toBe(2)
    expect(await maybeOne(db, sql`select 1 from shelf where id = 99`)).toBeUndefined()
    await expect(one(db, sql`select id from shelf`)).rejects.toThrow('exactly one')
    expect(await db.execute(sql`delete from shelf`)).toBe(2)
  })

  it('names the violated constraint', async () => {
    await db.execute(sql`insert into shelf (id, name) values (1, 'a')`)
    const refused = (statement: ReturnType<typeof sql>) =>
      db.execute(statement).then(
        () => undefined,
        (error: unknown) => error,
      )
    const twice = await refused(sql`insert into shelf (id, name) values (1, 'b')`)
    expect([constraintOf(twice), sqlStateOf(twice)]).toEqual(['shelf_pkey', '23505'])
    expect(constraintOf(await refused(sql`insert into shelf (id, name, stock) values (2, 'b', -1)`))).toBe('shelf_stock_check')
    expect(constraintOf(await refused(sql`insert into shelf (id) values (3)`))).toBe('shelf.name')
    expect(constraintOf(await refused(sql`select 1 / 0`))).toBeUndefined()
    expect(constraintOf(new Error('other'))).toBeUndefined()
    await db.execute(sql`delete from shelf`)
  })
})

describe('transactions', () => {
  it('commit together or not at all', async () => {
    await expect(
      db.transaction(async (tx) => {
        await tx.execute(sql`insert into shelf (id, name) values (10, 'a')`)
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    expect(await db.query(sql`select 1 from shelf where id = 10`)).toEqual([])
  })

  it('undo a savepoint alone', async () => {
    await db.transaction(async (tx) => {
      await tx.execute(sql`insert into shelf (id, name) values (20, 'a')`)
      const lost = tx.savepoint(() => tx.execute(sql`insert into shelf (id, name) values (20, 'again')`))
      await expect(lost).rejects.toThrow()
      await tx.savepoint(() => tx.execute(sql`insert into shelf (id, name) values (21, 'b')`))
    })
    expect(await db.query(sql`select id from shelf where id in (20, 21) order by id`)).toEqual([{ id: 20n }, { id: 21n }])
  })

  it('do not pretend to commit after a swallowed error', async () => {
    const swallowed = db.transaction(async (tx) => {
      await tx.execute(sql`insert into shelf (id, name) values (30, 'a')`)
      await tx.query(sql`select 1 / 0`).catch(() => {})
    })
    await expect(swallowed).rejects.toThrow('aborted')
    expect(await db.query(sql`select 1 from shelf where id = 30`)).toEqual([])
  })

  it('refuse the database itself inside, and the transaction after its end', async () => {
    await expect(db.transaction(() => db.query(sql`select 1`))).rejects.toThrow('use its `tx`')
    const escaped = await db.transaction(async (tx) => tx)
    await expect(escaped.query(sql`select 1`)).rejects.toThrow('has ended')
    expect(await db.query(sql`select 1 as v`)).toEqual([{ v: 1 }])
  })

  it('run statements that were started together one after another', async () => {
    const rows = await db.transaction((tx) => Promise.all([1, 2, 3].map((n) => one<{ v: number }>(tx, sql`select ${n}::int as v`))))
    expect(rows.map((row) => row.v)).toEqual([1, 2, 3])
  })

  it('read only means it', async () => {
    const write = db.transaction((tx) => tx.execute(sql`delete from shelf`), { readOnly: true })
    await expect(write).rejects.toThrow('read-only')
  })

  it('try again after a conflict, and tell when it stays', async () => {
    let attempts = 0
    const conflict = sql`do $$ begin raise exception 'met another' using errcode = '40001'; end $$`
    const result = await db.transaction(async (tx) => {
      attempts++
      if (attempts < 3) await tx.execute(conflict)
      return attempts
    })
    expect(result).toBe(3)
    await expect(db.transaction((tx) => tx.execute(conflict))).rejects.toMatchObject({ code: 'DATABASE_CONFLICT' })
  })

  it('wait in a fair order and all get their turn', async () => {
    const order: number[] = []
    await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        db.transaction(async (tx) => {
          await tx.execute(sql`insert into shelf (id, name) values (${1000 + i}, 'crowd')`)
          order.push(i)
        }),
      ),
    )
    expect(order.length).toBe(50)
    if (db.engine === 'pglite') expect(order).toEqual([...order].sort((a, b) => a - b))
  })
})

describe('bulk insert', () => {
  it('takes any number of rows of every kind of value', async () => {
    await db.execute(sql`delete from shelf`)
    async function* rows() {
      for (let i = 0; i < 12_345; i++) {
        yield [BigInt(i), `name "${i}"`, i, { n: i }, Buffer.from([i & 255]), new Date(i * 1000)]
      }
    }
    const columns = ['id', 'name', 'stock', 'about', 'seal', 'changed_at']
    const types = ['int8', 'text', 'int4', 'jsonb', 'bytea', 'timestamptz']
    const count = await db.transaction((tx) => db.bulkInsert(tx, 'shelf', columns, types, rows()))
    expect(count).toBe(12_345)
    const last = await one(db, sql`select name, about, seal, changed_at from shelf where id = 12344`)
    expect(last).toEqual({
      name: 'name "12344"',
      about: { n: 12344 },
      seal: Buffer.from([12344 & 255]),
      changed_at: '1970-01-01T03:25:44.000Z',
    })
  })
})

it('says that it is well', async () => {
  const health = await db.health()
  expect(health.engine).toBe(db.engine)
  expect(Number.parseInt(health.serverVersion, 10)).toBeGreaterThanOrEqual(15)
})

it('tells clearly that a server cannot be reached', async () => {
  const opening = openDatabase({ databaseUrl: 'postgres://nobody:secret@127.0.0.1:1/none', dataDir: '' })
  await expect(opening).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' })
  await expect(opening).rejects.not.toThrow('secret')
})
