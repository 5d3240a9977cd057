import * as fc from 'fast-check'
import { type AiComponent, APPLICATION_IDENTIFIERS, type ApplicationIdentifier } from '../../src/kernel/gs1/application-identifiers.ts'
import { CHARACTER_CLASS, CSET_64 } from '../../src/kernel/gs1/character-sets.ts'
import { checkDigit } from '../../src/kernel/gs1/check-digit.ts'
import { COUNTRIES_ALPHA_2, COUNTRIES_NUMERIC, CURRENCIES_NUMERIC, PACKAGE_TYPES } from '../../src/kernel/gs1/code-lists.ts'
import { checkValue, type KnownElement } from '../../src/kernel/gs1/element.ts'
import { checkPair, type Linter, LINTERS } from '../../src/kernel/gs1/linters.ts'

const two = (from: number, to: number) => fc.integer({ min: from, max: to }).map((n) => String(n).padStart(2, '0'))
const oneOf = (values: Iterable<string>) => fc.constantFrom(...values)
const piece = fc.tuple(two(1, 99), two(1, 99)).map((pair) => pair.sort().join(''))

/** Values of components whose checks random characters would seldom pass. */
const CHECKED = new Map<Linter, fc.Arbitrary<string>>([
  [LINTERS.yymmdd, fc.tuple(two(0, 99), two(1, 12), two(1, 28)).map((parts) => parts.join(''))],
  [LINTERS.yymmd0, fc.tuple(two(0, 99), two(1, 12), two(0, 28)).map((parts) => parts.join(''))],
  [LINTERS.yyyymmdd, fc.tuple(two(19, 20), two(0, 99), two(1, 12), two(1, 28)).map((parts) => parts.join(''))],
  [LINTERS.hh, two(0, 23)],
  [LINTERS.mi, two(0, 59)],
  [LINTERS.ss, two(0, 59)],
  [LINTERS.hhmi, fc.tuple(two(0, 23), two(0, 59)).map((parts) => parts.join(''))],
  [LINTERS.iso3166, oneOf(COUNTRIES_NUMERIC)],
  [LINTERS.iso3166999, oneOf([...COUNTRIES_NUMERIC, '999'])],
  [LINTERS.iso3166alpha2, oneOf(COUNTRIES_ALPHA_2)],
  [LINTERS.iso4217, oneOf(CURRENCIES_NUMERIC)],
  [LINTERS.packagetype, oneOf(PACKAGE_TYPES)],
  [LINTERS.pieceoftotal, piece],
  [LINTERS.posinseqslash, piece.map((p) => `${Math.max(1, Number(p[0]))}/9`)],
  [LINTERS.latitude, fc.integer({ min: 0, max: 1_800_000_000 }).map((n) => String(n).padStart(10, '0'))],
  [LINTERS.longitude, fc.integer({ min: 0, max: 3_600_000_000 }).map((n) => String(n).padStart(10, '0'))],
  [LINTERS.iban, oneOf(['GB98MIDL07009312345678', 'BE71096123456769', 'DE91100000000123456789'])],
  [LINTERS.mediatype, oneOf(['01', '10', '80', '99'])],
  [LINTERS.iso5218, oneOf(['0', '1', '2', '9'])],
  [LINTERS.winding, oneOf(['0', '1', '9'])],
  [LINTERS.yesno, oneOf(['0', '1'])],
  [LINTERS.hyphen, fc.constant('-')],
  [LINTERS.zero, fc.constant('0')],
  [LINTERS.couponcode, oneOf(['012345612345611110123', '106141410012342501106501013085093101231'])],
  [LINTERS.couponposoffer, oneOf(['001234561234560123456'])],
])

const CHARACTERS_OF = new Map<number, readonly string[]>()
function charactersOf(set: number): readonly string[] {
  let characters = CHARACTERS_OF.get(set)
  if (characters === undefined) {
    characters = [...CHARACTER_CLASS.keys()].filter((code) => (CHARACTER_CLASS[code]! & set) !== 0).map((code) => String.fromCharCode(code))
    CHARACTERS_OF.set(set, characters)
  }
  return characters
}

function component({ set, min, max, optional, checks }: AiComponent): fc.Arbitrary<string> {
  const special = checks.map((check) => CHECKED.get(check)).find((arbitrary) => arbitrary !== undefined)
  const plain = fc
    .array(fc.constantFrom(...charactersOf(set)), { minLength: min, maxLength: max })
    .map((characters) => characters.join(''))
    .map((text) => (checks.includes(LINTERS.gcppos1) ? `9521${text.slice(4)}`.slice(0, Math.max(4, text.length)) : text))
    .map((text) => (checks.includes(LINTERS.csum) ? text.slice(0, -1) + checkDigit(text.slice(0, -1)) : text))
    .map((text) => (checks.includes(LINTERS.csumalpha) ? withPair(text) : text))
    // Padding would need the right length; signatures without it are as good.
    .map((text) => (set === CSET_64 ? text.replaceAll('=', '') : text))
  const value = special ?? plain
  return optional ? fc.oneof(fc.constant(''), value) : value
}

function withPair(text: string): string {
  const body = text.slice(0, Math.max(5, text.length - 2)).padEnd(5, 'x')
  return body + checkPair(body)!
}

/** A valid value of the identifier. */
function valueOf(entry: ApplicationIdentifier): fc.Arbitrary<string> {
  return fc
    .tuple(...entry.components.map(component))
    .map((parts) => {
      // An optional component may be left out only with all that follow it.
      const gap = entry.components.findIndex((c, i) => c.optional && parts[i] === '')
      return (gap === -1 ? parts : parts.slice(0, gap)).join('')
    })
    .filter((value) => checkValue(entry, value) === undefined)
}

/** A valid element of the identifier. */
export const elementOf = (entry: ApplicationIdentifier): fc.Arbitrary<KnownElement> =>
  valueOf(entry).map((value) => ({ ai: entry.ai, value, entry }))

const KEYS = APPLICATION_IDENTIFIERS.filter(({ key }) => key !== undefined)
const byAi = new Map(APPLICATION_IDENTIFIERS.map((entry) => [entry.ai, entry]))
const ATTRIBUTES = APPLICATION_IDENTIFIERS.filter(({ attribute, key }) => attribute && key === undefined)

/** One valid element of any application identifier. */
export const anyElement: fc.Arbitrary<KnownElement> = fc.constantFrom(...APPLICATION_IDENTIFIERS).chain(elementOf)

/** A primary key with some of its qualifiers in order. */
export const keyAndQualifiers: fc.Arbitrary<readonly KnownElement[]> = fc
  .constantFrom(...KEYS)
  .chain((entry) =>
    fc.tuple(
      fc.constant(entry),
      fc.constantFrom(...entry.key!).chain((sequence) => fc.subarray([...sequence])),
    ),
  )
  .chain(([entry, qualifiers]) => fc.tuple(elementOf(entry), ...qualifiers.map((ai) => elementOf(byAi.get(ai)!))))

/** What a Digital Link can say: key and qualifiers, then attributes, each once. */
export const linkElements: fc.Arbitrary<readonly KnownElement[]> = fc
  .tuple(keyAndQualifiers, fc.array(fc.constantFrom(...ATTRIBUTES), { maxLength: 4 }))
  .map(([path, attributes]) => ({
    path,
    attributes: [...new Set(attributes)].filter(({ ai }) => !path[0]!.entry.key!.some((sequence) => sequence.includes(ai))),
  }))
  .chain(({ path, attributes }) => fc.tuple(...attributes.map(elementOf)).map((others) => [...path, ...others]))
