import type { Readable, Writable } from 'node:stream'
import { once } from 'node:events'
import type { ParseArgsConfig } from 'node:util'
import { describeFault, type Gs1Fault } from '../kernel/gs1/faults.ts'
import { readCode, type ReadCodeOptions } from '../kernel/gs1/read-code.ts'

export const GS1_OPTIONS = {
  strict: { type: 'boolean' },
  companions: { type: 'boolean' },
  'short-gtins': { type: 'boolean' },
  alphas: { type: 'boolean' },
  'unknown-ais': { type: 'boolean' },
} as const satisfies ParseArgsConfig['options']

/** What the flags of `gs1 parse` ask of the parser. */
export function parseOptions(values: Readonly<Record<string, unknown>>): ReadCodeOptions {
  return {
    strict: values['strict'] === true,
    // Digital Links ask for companions anyway; for the other forms a stricter reader asks too.
    ...(values['companions'] === true || values['strict'] === true ? { requireCompanions: true } : {}),
    shortGtins: values['short-gtins'] === true,
    alphas: values['alphas'] === true,
    unknownAis: values['unknown-ais'] === true,
  }
}

/** Of a line longer than any code no more than this is kept, so that memory stays bounded. */
const LONGEST_LINE = 65_536

/**
 * Reads lines and writes for each `{"ok", "elements": [{"ai", "value"}], "canonical", "error"}`, in order, as they come.
 * `error` is null or `{"code", "ai", "at", "length", "en", "zh"}`: a stable code, the identifier in whose data the fault is or
 * null, its place from 0 in those data or else in the line, and words in English and Chinese.
 */
export async function gs1Parse(input: Readable, output: Writable, options: ReadCodeOptions): Promise<{ lines: number; bad: number }> {
  let lines = 0
  let bad = 0
  let rest = ''
  let skipping = false
  let pending = ''
  const take = (line: string): void => {
    lines++
    // Cut to one length, so that the answer does not depend on the pieces in which the line came.
    const answer = answerTo(line.slice(0, LONGEST_LINE), options)
    if (!answer.ok) bad++
    pending += `${JSON.stringify(answer)}\n`
  }
  const decoder = new TextDecoder()
  for await (const chunk of input as AsyncIterable<Uint8Array>) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = parts.pop()!
    for (const part of parts) {
      if (skipping) skipping = false
      else take(part.endsWith('\r') ? part.slice(0, -1) : part)
    }
    if (rest.length > LONGEST_LINE) {
      if (!skipping) take(rest)
      skipping = true
      rest = ''
    }
    if (pending !== '' && !output.write(pending)) await once(output, 'drain')
    pending = ''
  }
  rest += decoder.decode()
  if (rest !== '' && !skipping) take(rest.endsWith('\r') ? rest.slice(0, -1) : rest)
  if (pending !== '' && !output.write(pending)) await once(output, 'drain')
  return { lines, bad }
}

function answerTo(line: string, options: ReadCodeOptions) {
  const read = readCode(line, options)
  if (!read.ok) return { ok: false, elements: [], canonical: null, error: errorOf(read.fault) }
  const { elements, canonical } = read.code
  return { ok: true, elements: elements.map(({ ai, value }) => ({ ai, value })), canonical: canonical ?? null, error: null }
}

function errorOf(fault: Gs1Fault) {
  const { code, ai, at, length } = fault
  return { code, ai: ai ?? null, at, length, en: describeFault(fault, 'en'), zh: describeFault(fault, 'zh') }
}
