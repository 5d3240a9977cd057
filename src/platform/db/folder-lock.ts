import { randomUUID } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { fail } from './errors.ts'

/** The holder touches its lock this often, so that one on another machine or in another container can be judged. */
const BEAT_MILLISECONDS = 4_000
/** A lock whose holder cannot be looked up is dead when it has not been touched for this long. */
const SILENCE_MILLISECONDS = 20_000

interface LockRecord {
  readonly token: string
  readonly pid: number
  readonly host: string
  /** Distinguishes a process from a later one with the same number; empty where the system does not tell. */
  readonly started: string
  /** Boot and process-number space in which `pid` means something. */
  readonly space: string
}

export interface FolderLock {
  release(): void
}

/**
 * Takes the lock file at `path` for this process, once. PGlite does not refuse a second opener, and two on one folder
 * destroy it. A lock left by a process that died (kill -9, power cut) is taken over.
 * @param folder named in the refusal
 * @throws AppError DATA_DIR_IN_USE
 */
export async function lockFolder(path: string, folder: string): Promise<FolderLock> {
  const own: LockRecord = {
    token: randomUUID(),
    pid: process.pid,
    host: hostname(),
    started: startOf(process.pid) ?? '',
    space: processSpace(),
  }
  while (!create(path, own)) {
    const held = read(path)
    if (held === 'gone') continue
    if (await isAlive(path, held)) {
      throw fail('DATA_DIR_IN_USE', { folder, pid: held?.pid ?? '?', host: held?.host ?? '?' })
    }
    takeAway(path, held)
  }
  const beat = setInterval(() => touch(path), BEAT_MILLISECONDS)
  beat.unref()
  return {
    release() {
      clearInterval(beat)
      const held = read(path)
      if (held !== 'gone' && held?.token === own.token) unlinkSync(path)
    },
  }
}

function create(path: string, record: LockRecord): boolean {
  // Written aside and then linked, so that nobody ever reads half a record.
  const aside = `${path}.${record.token}`
  const file = openSync(aside, 'wx', 0o600)
  try {
    writeSync(file, JSON.stringify(record))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  try {
    linkSync(aside, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    unlinkSync(aside)
  }
}

/** The record; undefined when the file is not one of ours; 'gone' when there is none. */
function read(path: string): LockRecord | undefined | 'gone' {
  try {
    const record = JSON.parse(readFileSync(path, 'utf8')) as Partial<LockRecord> | null
    return typeof record?.pid === 'number' && typeof record.token === 'string' ? (record as LockRecord) : undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : undefined
  }
}

async function isAlive(path: string, held: LockRecord | undefined): Promise<boolean> {
  if (held !== undefined && held.space === processSpace()) return isRunning(held)
  const before = touched(path)
  const left = SILENCE_MILLISECONDS - Math.max(0, Date.now() - before)
  if (left > 0) await pause(left)
  return touched(path) !== before
}

function isRunning(held: LockRecord): boolean {
  try {
    process.kill(held.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return held.started === '' || startOf(held.pid) === held.started
}

/** Removes a dead lock. Two may try at once: whoever moves away a fresh lock by mistake puts it back. */
function takeAway(path: string, dead: LockRecord | undefined): void {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  const moved = read(aside)
  if (moved !== 'gone' && moved?.token !== dead?.token) {
    try {
      linkSync(aside, path)
    } catch {
      // A third one has the lock by now, and the owner of this record will be refused by its own next check.
    }
  }
  rmSync(aside, { force: true })
}

function touched(path: string): number {
  try {
    return statSync(path).mtimeMs
  } catch {
    return 0
  }
}

function touch(path: string): void {
  try {
    const now = new Date()
    utimesSync(path, now, now)
  } catch {
    // The folder was removed under us, as tests do; there is nothing left to guard.
  }
}

/**
 * Start of a process in clock ticks since boot (proc_pid_stat(5), field 22); undefined where /proc does not exist, and
 * for a zombie: a killed process that its parent has not yet fetched, all of whose threads have ended.
 */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z' && readdirSync(`/proc/${pid}/task`).length <= 1) return undefined
    return fields[19]
  } catch {
    return undefined
  }
}

function processSpace(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}
