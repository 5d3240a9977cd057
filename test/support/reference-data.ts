import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** GS1's documents and vectors lie beside the checkout; they are not part of it. */
const FOLDER = '../shared/data'

/** Whether a file of reference data is there; says so when it is not, because the tests over it then skip. */
export function hasReferenceData(path: string): boolean {
  const there = existsSync(`${FOLDER}/${path}`)
  if (!there) process.stdout.write(`NOT COVERED: ${FOLDER}/${path} is absent\n`)
  return there
}

export function referenceText(path: string): string {
  return readFileSync(`${FOLDER}/${path}`, 'utf8')
}

export function referenceJson<T>(path: string): T {
  return JSON.parse(referenceText(path)) as T
}

/** Files below a folder whose names end so, in order; none when the folder is absent. */
export function referenceFiles(folder: string, ending: string): string[] {
  if (!existsSync(`${FOLDER}/${folder}`)) return []
  return readdirSync(`${FOLDER}/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
    .sort()
}

/** Says how many vectors a suite went through, so that an empty file does not pass for a good one. */
export function count(what: string, passed: number, of: number): void {
  process.stdout.write(`  ${what}: ${passed} of ${of}\n`)
}
