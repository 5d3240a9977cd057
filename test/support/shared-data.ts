import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDER = new URL('../../../shared/data/', import.meta.url).pathname

/** Whether the reference material of others lies beside the project; suites that need it skip, saying so, where it does not. */
export const hasSharedData = existsSync(FOLDER)
if (!hasSharedData) console.warn('reference data: ../shared/data is absent, its conformance suites are skipped')

export const sharedText = (path: string): string => readFileSync(join(FOLDER, path), 'utf8')

/** Files below a folder of the reference data whose names end so, in order. */
export function sharedFiles(folder: string, ending: string): string[] {
  if (!hasSharedData) return []
  return readdirSync(join(FOLDER, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .sort()
}
