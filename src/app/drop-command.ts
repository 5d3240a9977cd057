import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ParseArgsConfig } from 'node:util'
import { type MovementFile, Suzhen, SuzhenProblem, SuzhenUnreachable } from '../../clients/typescript/index.ts'

const USAGE = 'usage: npm run -s suzhen -- drop FOLDER --url URL --key-file FILE [--once] [--settle SECONDS]\n'

export const DROP_OPTIONS: ParseArgsConfig['options'] = {
  url: { type: 'string' },
  'key-file': { type: 'string' },
  once: { type: 'boolean' },
  settle: { type: 'string' },
}

const LOOK_MS = 2000

/** What became of a file; printed as one JSON a line. */
interface Told {
  readonly file: string
  readonly ok: boolean
  readonly rows?: number
  readonly written?: number
  /** Rows that were there already: by an earlier try, or by a file of the same content. */
  readonly before?: number
  readonly wrong?: number
  readonly error?: string
}

/**
 * Sends the lists of movements that an ERP leaves in a folder. A file is taken when it has not changed for some seconds,
 * sent, written, and moved into `sent`; one with wrong rows into `failed`, beside a CSV of those rows with their reasons;
 * one that cannot be sent now stays. Nothing is kept between the steps: after a crash the same bytes are sent again, and
 * the platform knows what of them it has written.
 * Exit codes: 0 all sent, 1 one was not, or not whole, 2 used wrongly.
 */
export async function dropCommand(
  positionals: readonly string[],
  values: Readonly<Record<string, unknown>>,
  say: (line: string) => void = (line) => void process.stdout.write(`${line}\n`),
): Promise<void> {
  const [folder] = positionals
  const settle = Number(values['settle'] ?? 5)
  if (folder === undefined || positionals.length > 1 || values['url'] === undefined || values['key-file'] === undefined || !(settle >= 0)) {
    process.stderr.write(USAGE)
    process.exitCode = 2
    return
  }
  const key = (await readFile(String(values['key-file']), 'utf8')).trim()
  const suzhen = new Suzhen({ url: String(values['url']), key, language: 'en' })
  for (const below of ['sent', 'failed']) await mkdir(join(folder, below), { recursive: true })
  do {
    for (const name of await waiting(folder, settle * 1000)) {
      const told = await deliver(suzhen, folder, name)
      if (told === undefined) continue
      if (!told.ok) process.exitCode = 1
      say(JSON.stringify(told))
    }
    if (values['once'] !== true) await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  } while (values['once'] !== true)
}

/** Files that are lists and that nobody has written to for a while; what is half copied or locked by a spreadsheet is not. */
async function waiting(folder: string, settleMs: number): Promise<string[]> {
  const found: { name: string; at: number }[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile() || /^[.~]/.test(entry.name) || !/\.(csv|xlsx)$/i.test(entry.name)) continue
    const { mtimeMs } = await stat(join(folder, entry.name))
    if (Date.now() - mtimeMs >= settleMs) found.push({ name: entry.name, at: mtimeMs })
  }
  // in the order in which they were left: a later list may need an earlier one
  return found.sort((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1)).map(({ name }) => name)
}

/** @returns undefined when another process took the file meanwhile */
async function deliver(suzhen: Suzhen, folder: string, name: string): Promise<Told | undefined> {
  const path = join(folder, name)
  const bytes = await readFile(path).catch(() => undefined)
  if (bytes === undefined) return undefined
  const digest = createHash('sha256').update(bytes).digest('hex')
  try {
    const { id } = await suzhen.movementFiles.send(new Uint8Array(bytes), name)
    let file = await suzhen.movementFiles.waitFor(id)
    if (file.state === 'ready') {
      await suzhen.movementFiles.write(id)
      file = await suzhen.movementFiles.waitFor(id)
    }
    if (file.state !== 'done') throw new Unreadable(file)
    const { rows = 0, committed = 0, unchanged = 0, wrong = 0 } = file.counts
    if (wrong > 0) await writeFile(join(folder, 'failed', `${stem(name, digest)}.errors.csv`), await suzhen.movementFiles.wrongRows(id))
    await move(folder, wrong > 0 ? 'failed' : 'sent', name, digest)
    return { file: name, ok: wrong === 0, rows, written: committed, before: unchanged, wrong }
  } catch (error) {
    if (error instanceof SuzhenUnreachable || (error instanceof SuzhenProblem && (error.status >= 500 || error.status === 429)))
      return { file: name, ok: false, error: `${error.message}; it stays and is tried again` }
    if (!(error instanceof SuzhenProblem || error instanceof Unreadable)) throw error
    // a key that may not, stays as well: it is the key that must be mended, not the file
    if (error instanceof SuzhenProblem && (error.status === 401 || error.status === 403))
      return { file: name, ok: false, error: error.message }
    await writeFile(join(folder, 'failed', `${stem(name, digest)}.error.txt`), `${error.message}\n`)
    await move(folder, 'failed', name, digest)
    return { file: name, ok: false, error: error.message }
  }
}

class Unreadable extends Error {
  constructor({ state, failure }: MovementFile) {
    super(failure === null ? `the list is ${state}` : `${failure.code}: ${failure.en} ${failure.zh}`)
  }
}

/** Names repeat, contents do not: what lies in `sent` is never overwritten by another list. */
const stem = (name: string, digest: string): string => `${name.replace(/\.[^.]*$/, '')}.${digest.slice(0, 8)}`

const move = (folder: string, to: 'sent' | 'failed', name: string, digest: string): Promise<void> =>
  rename(join(folder, name), join(folder, to, `${stem(name, digest)}${/\.[^.]*$/.exec(name)![0]}`))
