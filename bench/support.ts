import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const say = (line = ''): void => void process.stdout.write(`${line}\n`)

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

export const fixed = (n: number, digits = 0): string =>
  n.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** Rows under a head, columns as wide as they need. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((h, i) => Math.max(h.length, ...rows.map((r) => (r[i] ?? '').length)))
  const line = (cells: readonly string[]) => cells.map((c, i) => (i === 0 ? c.padEnd(widths[i]!) : c.padStart(widths[i]!))).join('  ')
  say(line(head))
  for (const row of rows) say(line(row))
}

export function scratch(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'suzhen-bench-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export interface Postgres {
  readonly url: string
  readonly bin: string
  stop(): void
}

/** A PostgreSQL of its own with durable settings, or undefined (said loudly) where Debian's binaries are absent. */
export function startPostgres(): Postgres | undefined {
  let bin = ''
  try {
    bin =
      readdirSync('/usr/lib/postgresql')
        .sort()
        .map((v) => `/usr/lib/postgresql/${v}/bin`)
        .at(-1) ?? ''
  } catch {
    bin = ''
  }
  if (bin === '') {
    say('!! PostgreSQL is not on this machine: its figures are not measured')
    return undefined
  }
  const { folder, remove } = scratch()
  const root = process.getuid?.() === 0
  if (root) execFileSync('chown', ['postgres', folder])
  const as = (command: string, args: string[]) =>
    root
      ? execFileSync('runuser', ['-u', 'postgres', '--', command, ...args], { stdio: 'pipe' })
      : execFileSync(command, args, { stdio: 'pipe' })
  const port = 55_000 + Math.floor(Math.random() * 900)
  as(`${bin}/initdb`, ['-D', `${folder}/data`, '-U', 'bench', '--auth=trust', '-E', 'UTF8', '--locale=C.UTF-8'])
  as(`${bin}/pg_ctl`, [
    '-D',
    `${folder}/data`,
    '-w',
    '-l',
    `${folder}/log`,
    '-o',
    `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=150 -c shared_buffers=512MB -c fsync=on -c synchronous_commit=on`,
    'start',
  ])
  return {
    url: `postgres://bench@127.0.0.1:${port}/postgres`,
    bin,
    stop: () => {
      try {
        as(`${bin}/pg_ctl`, ['-D', `${folder}/data`, '-m', 'immediate', 'stop'])
      } finally {
        remove()
      }
    },
  }
}

export interface LoadResult {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly errors: number
}

/** Load from a process of its own, so that the generator does not slow down what it measures more than it must. */
export function load(options: {
  url: string
  paths: readonly string[]
  connections: number
  seconds: number
  accept: string
}): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('load-worker.ts', import.meta.url).pathname, {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    child.once('message', (message) => {
      resolve(message as LoadResult)
      child.kill()
    })
    child.once('error', reject)
    child.send(options)
  })
}

/** Starts a server script and waits for the line `listening URL`. */
export function startServer(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ url: string; child: ChildProcess; stop: () => Promise<void> }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const url = /listening (\S+)/.exec(text)?.[1]
      if (url !== undefined) {
        resolve({
          url,
          child,
          stop: () =>
            new Promise((done) => {
              child.once('exit', () => done())
              child.kill('SIGTERM')
            }),
        })
      }
    })
    child.once('exit', (code) => reject(new Error(`server ended with ${code}: ${text}`)))
  })
}
