import { describe, expect, test } from 'vitest'
import { APPLICATION_IDENTIFIERS } from '../../src/kernel/gs1/application-identifiers.ts'
import { CSET_39, CSET_64, CSET_82, CSET_NUMERIC } from '../../src/kernel/gs1/character-sets.ts'
import { buildDigitalLink } from '../../src/kernel/gs1/digital-link.ts'
import { buildElementString, parseBracketed } from '../../src/kernel/gs1/element-string.ts'
import { type CompanyPrefixLookup, LINTERS } from '../../src/kernel/gs1/linters.ts'
import { uriEscape, uriUnescape } from '../../src/kernel/gs1/uri-escape.ts'
import { count, hasReferenceData, referenceJson, referenceText } from '../support/reference-data.ts'

const DICTIONARY = 'syntax-dictionary/gs1-syntax-dictionary.txt'

describe.runIf(hasReferenceData(DICTIONARY))('the Barcode Syntax Dictionary', () => {
  test('says of every application identifier what the table says', () => {
    const letters: Readonly<Record<number, string>> = { [CSET_NUMERIC]: 'N', [CSET_82]: 'X', [CSET_39]: 'Y', [CSET_64]: 'Z' }
    const checkName = new Map(Object.entries(LINTERS).map(([name, linter]) => [linter, name]))
    const ours = APPLICATION_IDENTIFIERS.map((entry) => ({
      ai: entry.ai,
      flags: (entry.predefined ? '*' : '') + (entry.attribute ? '?' : ''),
      format: entry.components.map(({ set, min, max, optional, checks }) => {
        const format = `${letters[set]}${min === max ? max : `..${max}`}`
        return [optional ? `[${format}]` : format, ...checks.map((check) => checkName.get(check))].join(',')
      }),
      relations: [
        ...entry.requires.map((part) => `req=${part.map((group) => group.map(({ text }) => text).join('+')).join(',')}`),
        ...(entry.excludes.length > 0 ? [`ex=${entry.excludes.map(({ text }) => text).join(',')}`] : []),
        ...(entry.key === undefined ? [] : [`dlpkey=${entry.key.map((sequence) => sequence.join(',')).join('|')}`.replace(/=$/, '')]),
      ].sort(),
      title: entry.title,
    }))
    const theirs = referenceText(DICTIONARY)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .flatMap((line) => {
        const [body = '', title = ''] = line.split(/ # /)
        const [ais = '', ...rest] = body.trim().split(/\s+/)
        const flags = /^[*?]+$/.test(rest[0] ?? '') ? rest.shift()! : ''
        const [first = '', last = first] = ais.split('-')
        return Array.from({ length: Number(last) - Number(first) + 1 }, (_, i) => ({
          ai: String(Number(first) + i).padStart(first.length, '0'),
          flags,
          format: rest.filter((token) => /^(?:[NXYZ]|\[)/.test(token)),
          relations: rest.filter((token) => /^(?:req|ex|dlpkey)/.test(token)).sort(),
          title: title.trim(),
        }))
      })
    expect(ours).toEqual(theirs)
    count('application identifiers', ours.length, theirs.length)
  })
})

interface LinterVector {
  readonly in: string
  readonly ok: boolean
  readonly error?: string
}

const LINTER_VECTORS = 'syntax-vectors/linters.json'
const hasLinters = hasReferenceData(LINTER_VECTORS)

describe.runIf(hasLinters)('the linters of the dictionary', () => {
  const vectors = hasLinters ? referenceJson<Record<string, LinterVector[]>>(LINTER_VECTORS) : {}
  let passed = 0
  test.each(Object.keys(vectors).filter((name) => name !== 'lint__stubs'))('%s', (name) => {
    const linter = LINTERS[name.replace('lint_', '') as keyof typeof LINTERS]
    for (const vector of vectors[name]!) {
      // These few were made with a register of prefixes that refuses all or is down.
      const prefixes: CompanyPrefixLookup | undefined =
        vector.error === undefined ? undefined : () => (vector.error!.endsWith('OFFLINE') ? 'offline' : 'invalid')
      const fault = linter(vector.in, 0, vector.in.length, prefixes)
      expect([vector.in, fault === undefined]).toEqual([vector.in, vector.ok])
      if (fault !== undefined) expect(fault.at + fault.length).toBeLessThanOrEqual(vector.in.length)
      passed++
    }
  })
  test('all of them', () => {
    // `lint__stubs` tests the harness of the reference, not a check.
    const all = Object.values(vectors).flat().length - vectors['lint__stubs']!.length
    count('linter vectors', passed, all)
    expect(passed).toBe(all)
  })
})

describe.runIf(hasReferenceData('syntax-vectors/dl_generate.json'))('the vectors of the syntax engine', () => {
  test('for element strings in brackets', () => {
    const vectors = referenceJson<{ ok: boolean; bracketed: string; expect: string }[]>('syntax-vectors/ai_parse_bracketed.json')
    for (const vector of vectors) {
      const parsed = parseBracketed(vector.bracketed)
      expect([vector.bracketed, parsed.ok ? buildElementString(parsed.elements) : '']).toEqual([vector.bracketed, vector.expect])
      expect(parsed.ok).toBe(vector.ok)
    }
    count('bracketed element strings', vectors.length, vectors.length)
  })
  test('for Digital Links made of element strings', () => {
    const vectors =
      referenceJson<{ ok: boolean; stem: string | null; aiData: string; expect: string; flags?: Record<string, string> }[]>(
        'syntax-vectors/dl_generate.json',
      )
    for (const vector of vectors) {
      const unknownAis = vector.flags?.['PermitUnknownAIs'] === 'true'
      const unknownAttributes = vector.flags?.['ValidationEnabled']?.endsWith('false') ?? false
      const parsed = parseBracketed(vector.aiData, { unknownAis })
      expect([vector.aiData, parsed.ok]).toEqual([vector.aiData, true])
      if (!parsed.ok) continue
      const built = buildDigitalLink(parsed.elements, vector.stem ?? undefined, { unknownAis: unknownAttributes })
      expect([vector.aiData, built.ok ? built.uri : '']).toEqual([vector.aiData, vector.expect])
    }
    count('generated Digital Links', vectors.length, vectors.length)
  })
  test('for percent-encoding, both ways', () => {
    const escapes = referenceJson<{ in: string; expect_path: string; expect_query: string }[]>('syntax-vectors/uri_escape.json')
    for (const vector of escapes)
      expect([uriEscape(vector.in, 'path'), uriEscape(vector.in, 'query')]).toEqual([vector.expect_path, vector.expect_query])
    const unescapes = referenceJson<{ in: string; expect_path: string; expect_query: string }[]>('syntax-vectors/uri_unescape.json')
    for (const vector of unescapes)
      expect([uriUnescape(vector.in, 'path'), uriUnescape(vector.in, 'query')]).toEqual([vector.expect_path, vector.expect_query])
    count('percent-encodings', escapes.length + unescapes.length, escapes.length + unescapes.length)
  })
})
