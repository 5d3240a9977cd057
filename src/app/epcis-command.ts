import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ParseArgsConfig } from 'node:util'
import { eventHash, ignoredFields, preHash } from '../kernel/epcis/event-hash.ts'
import { DEFAULT_LIMITS, type DocumentLimits, EpcisProblem } from '../kernel/epcis/problems.ts'
import { convertDocument, readDocument } from '../kernel/epcis/read-document.ts'
import { documentToJson } from '../kernel/epcis/write-json.ts'
import { documentToXml } from '../kernel/epcis/xml/write.ts'

export const EPCIS_OPTIONS = {
  to: { type: 'string' },
  older: { type: 'boolean' },
  prehash: { type: 'boolean' },
  'xml-version': { type: 'string' },
} as const satisfies ParseArgsConfig['options']

export const EPCIS_USAGE = `usage: epcis validate [--older] FILE
       epcis hash [--prehash] FILE
       epcis convert --to xml|json [--xml-version 2.0|1.2] FILE
FILE may be - for standard input
`

/** A file that is named on a command line may be larger than a request. */
const LIMITS: DocumentLimits = { ...DEFAULT_LIMITS, bytes: 400 * 1024 * 1024, events: 5_000_000, valuesPerEvent: 5_000_000, faults: 1000 }

interface Streams {
  readonly say: (line: string) => void
  readonly complain: (line: string) => void
}

/** @returns the exit code: 0 for a good document, 1 for a bad one, 2 for a command that cannot be understood or a file that cannot be read */
export function epcisCommand(
  positionals: readonly string[],
  values: Readonly<Record<string, unknown>>,
  { say, complain }: Streams,
): 0 | 1 | 2 {
  const [verb, file] = positionals
  const version = values['xml-version'] ?? '2.0'
  const target = values['to']
  const wellFormed =
    file !== undefined &&
    positionals.length === 2 &&
    (verb === 'validate' || verb === 'hash' || (verb === 'convert' && (target === 'xml' || target === 'json'))) &&
    (version === '2.0' || version === '1.2')
  if (!wellFormed) {
    complain(EPCIS_USAGE.trimEnd())
    return 2
  }
  let bytes: Uint8Array
  try {
    bytes = readFileSync(file === '-' ? 0 : file)
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error))
    return 2
  }
  try {
    if (verb === 'hash') return hash(bytes, values['prehash'] === true, say)
    const { document, verdict, indexes } = readDocument(bytes, { limits: LIMITS, older: verb === 'convert' || values['older'] === true })
    if (verb === 'validate') {
      if (verdict.valid) say(JSON.stringify({ ok: true, kind: document.kind, events: indexes.length }))
      else for (const { pointer, code, en, zh } of verdict.faults) say(JSON.stringify({ ok: false, pointer, code, en, zh }))
      return verdict.valid ? 0 : 1
    }
    if (!verdict.valid) {
      for (const { pointer, code, en, zh } of verdict.faults) complain(JSON.stringify({ pointer, code, en, zh }))
      return 1
    }
    say(target === 'xml' ? documentToXml(document, { version }).trimEnd() : JSON.stringify(documentToJson(document)))
    return 0
  } catch (error) {
    if (!(error instanceof EpcisProblem)) throw error
    const { pointer, code, en, zh } = error.fault
    const line = JSON.stringify(verb === 'validate' ? { ok: false, pointer, code, en, zh } : { pointer, code, en, zh })
    if (verb === 'validate') say(line)
    else complain(line)
    return 1
  }
}

function hash(bytes: Uint8Array, prehash: boolean, say: (line: string) => void): 0 {
  const document = convertDocument(bytes, LIMITS)
  const ignore = ignoredFields(document)
  const digest = (text: string) => createHash('sha256').update(text).digest('hex')
  for (const event of document.events) say(prehash ? preHash(event, ignore) : eventHash(event, { digest, ignore }))
  return 0
}
