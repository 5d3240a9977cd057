import { readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MARK = 'suzhen-test-'

/** Bytes of memory that must be free before test databases are kept in it; each takes about 50 MB. */
const ROOM = 2 * 1024 ** 3

/** Where short-lived databases go: memory where the system has it, since copying a template there is 25 times faster. */
function scratchFolder(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm')
    if (bavail * bsize > ROOM) return '/dev/shm'
  } catch {
    // Not on Linux.
  }
  return tmpdir()
}

/** A prefix for `mkdtemp` that tells whose folder it is. */
export function scratchPrefix(): string {
  return join(scratchFolder(), `${MARK}${process.pid}-`)
}

/** Removes what test processes that were killed have left. */
export function sweepScratch(): void {
  for (const parent of new Set([scratchFolder(), tmpdir()])) {
    for (const name of readdirSync(parent)) {
      const owner = new RegExp(`^${MARK}(\\d+)-`).exec(name)?.[1]
      if (owner !== undefined && !isRunning(Number(owner))) rmSync(join(parent, name), { recursive: true, force: true })
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
