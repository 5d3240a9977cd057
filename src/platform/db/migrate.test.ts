import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { closeTestDatabase, openTestDatabase } from '../../../test/support/database.ts'
import type { Database } from './database.ts'
import { migrate } from './migrate.ts'
import { sql } from './sql.ts'

let db: Database
let folder: string

beforeAll(async () => {
  db = await openTestDatabase()
})
afterAll(() => closeTestDatabase(db))
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'suzhen-migrations-'))
  await db.exec(`
    drop table if exists bird, nest;
    create table if not exists schema_migration (n int);
    drop table schema_migration`)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, script: string) => writeFileSync(join(folder, name), script)
const run = () => migrate(db, [{ module: 'birds', dir: folder }])

it('applies files by name, once, and tells which', async () => {
  write('0002-nest.sql', `create table nest (id int8 primary key references bird (id)); insert into nest values (1);`)
  write('0001-bird.sql', `create table bird (id int8 primary key); insert into bird values (1);`)
  write('readme.txt', 'not a migration')
  expect((await run()).map((m) => m.name)).toEqual(['0001-bird.sql', '0002-nest.sql'])
  expect(await run()).toEqual([])
  expect(await db.query(sql`select id from nest`)).toEqual([{ id: 1n }])
})

it('applies the sets in the order given', async () => {
  const other = mkdtempSync(join(tmpdir(), 'suzhen-migrations-'))
  write('0001-z.sql', 'create table bird (id int8 primary key)')
  writeFileSync(join(other, '0001-a.sql'), 'create table nest (id int8 references bird (id))')
  const applied = await migrate(db, [
    { module: 'z', dir: folder },
    { module: 'a', dir: other },
  ])
  expect(applied.map((m) => m.module)).toEqual(['z', 'a'])
  rmSync(other, { recursive: true })
})

it('undoes a failing file whole, names it, and goes on from there when it is mended', async () => {
  write('0001-bird.sql', 'create table bird (id int8 primary key)')
  write('0002-nest.sql', 'create table nest (id int8); select 1 / 0;')
  await expect(run()).rejects.toThrow('birds/0002-nest.sql')
  expect(await db.query(sql`select to_regclass('nest')::text as t, to_regclass('bird')::text as b`)).toEqual([{ t: null, b: 'bird' }])
  write('0002-nest.sql', 'create table nest (id int8)')
  expect((await run()).map((m) => m.name)).toEqual(['0002-nest.sql'])
})

it('refuses an applied file that was edited, and applies nothing then', async () => {
  write('0001-bird.sql', 'create table bird (id int8)')
  await run()
  write('0001-bird.sql', 'create table bird (id int4)')
  write('0002-nest.sql', 'create table nest (id int8)')
  await expect(run()).rejects.toMatchObject({ code: 'MIGRATION_CHANGED', params: { migration: 'birds/0001-bird.sql' } })
  expect(await db.query(sql`select to_regclass('nest')::text as t`)).toEqual([{ t: null }])
})

it('refuses an applied file that is gone', async () => {
  write('0001-bird.sql', 'create table bird (id int8)')
  await run()
  rmSync(join(folder, '0001-bird.sql'))
  await expect(run()).rejects.toMatchObject({ code: 'MIGRATION_CHANGED' })
})

it('does not mind the line ends of a checkout on Windows', async () => {
  write('0001-bird.sql', 'create table bird (\n  id int8\n)')
  await run()
  write('0001-bird.sql', 'create table bird (\r\n  id int8\r\n)')
  expect(await run()).toEqual([])
})

it('lets two that start together apply each file once', async () => {
  write('0001-bird.sql', 'create table bird (id int8); insert into bird values (1)')
  const both = await Promise.all([run(), run()])
  expect(both.flat()).toHaveLength(1)
})
