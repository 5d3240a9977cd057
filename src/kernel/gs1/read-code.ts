import { canonicalDigitalLink, type DigitalLinkOptions, pathOf } from './digital-link.ts'
import type { KnownElement } from './element.ts'
import { type ElementStringOptions, parseBracketed, type ParsedElements, parseElementString } from './element-string.ts'
import { parseLink } from './epc-binary.ts'
import { parseEpcUrn } from './epc-urn.ts'
import { refuse, type Result } from './faults.ts'
import { parseScanData } from './scan-data.ts'

export type ReadCodeOptions = DigitalLinkOptions & ElementStringOptions

/** How the text says its elements. */
export type CodeForm = 'digital-link' | 'compressed-link' | 'bracketed' | 'element-string' | 'scan-data' | 'epc-urn'

export interface ReadCode {
  readonly form: CodeForm
  readonly elements: readonly KnownElement[]
  /** Those that identify: a primary key and its qualifiers, as in the path of the Digital Link; empty without a key. */
  readonly path: readonly KnownElement[]
  /** The canonical Digital Link, when the elements have a primary key and the others may be attributes of it. */
  readonly canonical: string | undefined
}

const LONGEST = 8192

/**
 * Reads GS1 data in whatever form they are given, told apart by how they begin: an address, `(`, `^` or GS, a symbology
 * identifier `]`, or `urn:epc:`. Required companions must be in a Digital Link; element strings and scan data are one carrier
 * of perhaps several, so that there they must only when asked (dictionary, note on associations).
 */
export function readCode(text: string, options: ReadCodeOptions = {}): Result<{ readonly code: ReadCode }> {
  if (text === '') return refuse('empty')
  if (text.length > LONGEST) return refuse('too-long', LONGEST, text.length - LONGEST)
  const first = text[0]
  if (first === '(') return named('bracketed', parseBracketed(text, options))
  if (first === '^' || first === '\x1d') return named('element-string', parseElementString(text, options))
  if (first === ']') {
    const parsed = parseScanData(text, options)
    return parsed.ok ? known('scan-data', parsed.scan.elements, parsed.scan.link?.pathLength) : parsed
  }
  if (text.startsWith('urn:epc:')) {
    const parsed = parseEpcUrn(text)
    return parsed.ok ? known('epc-urn', parsed.epc.elements) : parsed
  }
  if (!/^https?:/i.test(text)) return refuse('no-fnc1')
  const parsed = parseLink(text, options)
  if (!parsed.ok) return parsed
  return known(parsed.compressed ? 'compressed-link' : 'digital-link', parsed.link.elements, parsed.link.pathLength)
}

function named(form: CodeForm, parsed: ParsedElements): Result<{ readonly code: ReadCode }> {
  return parsed.ok ? known(form, parsed.elements) : parsed
}

function known(form: CodeForm, elements: readonly KnownElement[], pathLength?: number): Result<{ readonly code: ReadCode }> {
  const path = pathLength === undefined ? pathOf(elements) : elements.slice(0, pathLength)
  const built = canonicalDigitalLink(elements, pathLength)
  return { ok: true, code: { form, elements, path, canonical: built.ok ? built.uri : undefined } }
}
