import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { one } from './database.ts'
import type { EmbeddedDatabase } from './pglite-cluster.ts'
import { openPglite } from './pglite-database.ts'
import { maintain } from './pglite-maintenance.ts'
import { sql } from './sql.ts'
import { createCluster, findTemplate } from './template.ts'

const CHILD = fileURLToPath(new URL('../../../test/support/embedded-process.ts', import.meta.url))
const hasStrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0

const folders: string[] = []
const open: EmbeddedDatabase[] = []
const children: ChildProcess[] = []

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'suzhen-embedded-'))
  folders.push(folder)
  return folder
}

async function openAt(dataDir: string): Promise<EmbeddedDatabase> {
  const db = await openPglite({ dataDir })
  open.push(db)
  return db
}

function start(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  return child
}

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  for (const db of open.splice(0)) await db.close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

describe('fsync really happens', () => {
  it('once for each commit, and not for reads', async () => {
    const db = await openAt(newFolder())
    await db.exec('create table t (n int4)')
    const before = await db.countSyncs()
    for (let n = 0; n < 20; n++) await db.execute(sql`insert into t values (${n})`)
    const afterWrites = await db.countSyncs()
    expect(afterWrites - before).toBeGreaterThanOrEqual(20)
    for (let n = 0; n < 20; n++) await db.query(sql`select count(*) from t`)
    expect(await db.countSyncs()).toBe(afterWrites)
  })

  it('syncs the data files at a checkpoint', async () => {
    const db = await openAt(newFolder())
    await db.exec('create table t as select generate_series(1, 1000) n')
    const before = await db.countSyncs()
    await db.exec('checkpoint')
    expect(await db.countSyncs()).toBeGreaterThan(before + 2)
  })

  it.skipIf(!hasStrace)('as the operating system sees it (skipped without strace)', async () => {
    const dataDir = newFolder()
    const trace = async (commits: number) => {
      const log = join(dataDir, `trace-${commits}`)
      const args = ['-f', '-e', 'trace=fsync', '-o', log, process.execPath, '--import', 'tsx', CHILD, dataDir, 'write', String(commits)]
      const child = start('strace', args)
      child.stdout!.resume()
      const [code] = await once(child, 'exit')
      expect(code).toBe(0)
      rmSync(join(dataDir, 'database'), { recursive: true })
      return readFileSync(log, 'utf8').match(/fsync\(\d+(\)| <unfinished)/g)!.length
    }
    const few = await trace(1)
    const many = await trace(101)
    // Both runs create, open and close alike; what differs are a hundred commits.
    expect(many - few).toBeGreaterThanOrEqual(90)
  })
})

describe('one process a folder', () => {
  it('refuses a second opener in the same process, in both languages, naming pid and folder', async () => {
    const dataDir = newFolder()
    await openAt(dataDir)
    const error = await openPglite({ dataDir }).then(
      () => undefined,
      (e: { code: string; words(locale: 'zh' | 'en'): string }) => e,
    )
    expect(error?.code).toBe('DATA_DIR_IN_USE')
    for (const locale of ['zh', 'en'] as const) {
      expect(error?.words(locale)).toContain(String(process.pid))
      expect(error?.words(locale)).toContain(dataDir)
    }
  })

  it('refuses another process, and takes over with every acknowledged row after kill -9', async () => {
    const dataDir = newFolder()
    const child = start(process.execPath, ['--import', 'tsx', CHILD, dataDir, 'hold'])
    const exit = once(child, 'exit')
    let acknowledged = 0
    for await (const line of createInterface({ input: child.stdout! })) {
      if (line === 'open') {
        await expect(openPglite({ dataDir })).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE', params: { pid: child.pid } })
        continue
      }
      acknowledged = Number(line)
      if (acknowledged === 40) child.kill('SIGKILL')
    }
    await exit
    expect(acknowledged).toBeGreaterThanOrEqual(40)
    expect(existsSync(join(dataDir, 'database.lock'))).toBe(true)
    const db = await openAt(dataDir)
    const row = await one<{ rows: number; last: number }>(db, sql`select count(*)::int as rows, max(n) as last from witness`)
    expect(row.rows).toBe(row.last)
    expect(row.last).toBeGreaterThanOrEqual(acknowledged)
  })

  it.skipIf(!existsSync('/proc/self/stat'))('takes over a lock whose process number now belongs to another process', async () => {
    const dataDir = newFolder()
    await (await openPglite({ dataDir })).close()
    const db = await openAt(dataDir)
    const record = JSON.parse(readFileSync(join(dataDir, 'database.lock'), 'utf8')) as object
    await db.close()
    writeFileSync(join(dataDir, 'database.lock'), JSON.stringify({ ...record, started: '1' }))
    expect((await (await openAt(dataDir)).health()).engine).toBe('pglite')
  })

  it('takes over a silent lock of another machine or container', async () => {
    const dataDir = newFolder()
    const lock = join(dataDir, 'database.lock')
    writeFileSync(lock, JSON.stringify({ token: 'x', pid: process.pid, host: 'elsewhere', started: '1', space: 'other' }))
    utimesSync(lock, new Date(0), new Date(0))
    expect((await (await openAt(dataDir)).health()).engine).toBe('pglite')
  })

  it('leaves no lock after a clean close, twice over', async () => {
    const dataDir = newFolder()
    const db = await openAt(dataDir)
    await Promise.all([db.close(), db.close()])
    expect(readdirSync(dataDir)).toEqual(['database'])
  })
})

describe('maintenance', () => {
  it('keeps the log from growing', async () => {
    const dataDir = newFolder()
    const db = await openAt(dataDir)
    await db.exec('create table t (n int4 primary key, filler text)')
    let checkpoints = 0
    const logBytes = () => {
      const wal = join(dataDir, 'database/pg_wal')
      return readdirSync(wal).reduce((sum, name) => sum + (statSync(join(wal, name)).isFile() ? statSync(join(wal, name)).size : 0), 0)
    }
    for (let round = 0; round < 8; round++) {
      // 24 MB of log a round, 192 MB in all.
      for (let i = 0; i < 24; i++) await db.query(sql`select pg_logical_emit_message(true, 'test', repeat('x', 1000000))::text`)
      if ((await maintain(db)).checkpoint) checkpoints++
    }
    expect(checkpoints).toBeGreaterThanOrEqual(3)
    expect(logBytes()).toBeLessThanOrEqual(128 * 1024 * 1024)
  })

  it('vacuums and analyses the tables that need it, and only these', async () => {
    const db = await openAt(newFolder())
    await db.exec('create table busy (n int4); create table calm (n int4)')
    await db.exec('insert into busy select generate_series(1, 5000); insert into calm values (1)')
    await db.exec('delete from busy where n % 2 = 0')
    expect((await maintain(db)).vacuumed).toEqual(['public.busy'])
    expect((await maintain(db)).vacuumed).toEqual([])
    const row = await one<{ dead: bigint }>(db, sql`select n_dead_tup as dead from pg_stat_user_tables where relname = 'busy'`)
    expect(row.dead).toBe(0n)
  })
})

describe('templates', () => {
  it('make a second first start short and are made only once', async () => {
    const cache = newFolder()
    const first = await findTemplate([], cache)
    const made = statSync(join(first!, 'PG_VERSION')).mtimeMs
    expect(await findTemplate([], cache)).toBe(first)
    expect(statSync(join(first!, 'PG_VERSION')).mtimeMs).toBe(made)
    expect(readdirSync(cache)).toHaveLength(1)
  })

  it('are done without where the cache cannot be written', async () => {
    const dataDir = newFolder()
    writeFileSync(join(dataDir, 'a-file'), '')
    const cache = join(dataDir, 'a-file', 'cache')
    expect(await findTemplate([], cache)).toBeUndefined()
    await createCluster(join(dataDir, 'database'), [], { durable: true, cache })
    expect((await (await openAt(dataDir)).health()).engine).toBe('pglite')
  })
})
