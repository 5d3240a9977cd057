import * as fc from 'fast-check'
import { type AiComponent, APPLICATION_IDENTIFIERS, type ApplicationIdentifier } from '../../src/kernel/gs1/application-identifiers.ts'
import { CHARACTER_CLASS, CSET_39, CSET_64, CSET_82 } from '../../src/kernel/gs1/character-sets.ts'
import { checkDigit } from '../../src/kernel/gs1/check-digit.ts'
import { COUNTRIES_ALPHA_2, COUNTRIES_NUMERIC, CURRENCIES_NUMERIC, PACKAGE_TYPES } from '../../src/kernel/gs1/code-lists.ts'
import { checkValue, type Element, type KnownElement } from '../../src/kernel/gs1/element.ts'
import type { EncodeOptions, EpcBinaryScheme } from '../../src/kernel/gs1/epc-binary.ts'
import { PARTITIONED_SCHEMES, type PartitionedScheme } from '../../src/kernel/gs1/epc-partition.ts'
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

const digits = (minLength: number, maxLength = minLength) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength, maxLength }).map((all) => all.join(''))
const textOf = (set: number, maxLength: number) =>
  fc.array(fc.constantFrom(...charactersOf(set)), { minLength: 1, maxLength }).map((characters) => characters.join(''))
const withCheckDigit = (body: fc.Arbitrary<string>) => body.map((text) => text + checkDigit(text))
const below = (bits: number, most: bigint) =>
  fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n < most ? (1n << BigInt(bits)) - 1n : most }).map(String)

/** A drawn EPC: its elements, and how its scheme writes them. */
export interface DrawnEpc {
  readonly elements: readonly Element[]
  readonly options: EncodeOptions
}

/** Keys that the schemes of TDS 2 write, with the serial that they must have. */
const PLUS_KEYS: Readonly<Record<string, readonly [ai: string, body: number, tail?: fc.Arbitrary<string>, serialAi?: string]>> = {
  sgtin: ['01', 13, textOf(CSET_82, 20), '21'],
  dsgtin: ['01', 13, textOf(CSET_82, 20), '21'],
  sscc: ['00', 17],
  // An extension of 0 says that there is none, and is read as none.
  sgln: ['414', 12, textOf(CSET_82, 20).filter((text) => text !== '0'), '254'],
  grai: ['8003', 12, textOf(CSET_82, 16)],
  giai: ['8004', 0, textOf(CSET_82, 18)],
  gsrn: ['8018', 17],
  gsrnp: ['8017', 17],
  gdti: ['253', 12, textOf(CSET_82, 17)],
  cpi: ['8010', 0, below(39, 999_999_999_999n).filter((text) => text !== '0'), '8011'],
  sgcn: ['255', 12, digits(1, 12)],
  itip: ['8006', 13, textOf(CSET_82, 20), '21'],
}

const hostnames = fc.stringMatching(/^[a-z0-9]{1,12}(-[a-z0-9]{1,5})?\.(example\.com|co\.uk|cn|tech|org)$/)

/** An EPC of the scheme, with a company prefix of any length. */
export function epcOf(scheme: EpcBinaryScheme): fc.Arbitrary<DrawnEpc> {
  return fc.integer({ min: 6, max: 12 }).chain((companyPrefixLength) => {
    const [name = '', signs] = scheme.split('+', 2)
    const elements = signs === undefined ? partitioned(scheme, companyPrefixLength) : plus(name)
    const host = scheme.endsWith('++') ? hostnames.map((hostname) => ({ hostname })) : fc.constant({})
    return fc
      .tuple(elements, fc.integer({ min: 0, max: 7 }), host)
      .map(([drawn, filter, hostname]) => ({ elements: drawn, options: { scheme, filter, companyPrefixLength, ...hostname } }))
  })
}

function plus(name: string): fc.Arbitrary<readonly Element[]> {
  const [ai, bodyDigits, tail, serialAi] = PLUS_KEYS[name]!
  const body = bodyDigits === 0 ? digits(12) : withCheckDigit(digits(bodyDigits)).map((key) => (ai === '8003' ? `0${key}` : key))
  const key =
    ai === '8006'
      ? fc.tuple(body, piece).map((parts) => parts.join(''))
      : ai === '8010'
        ? fc.tuple(body, textOf(CSET_39, 18)).map((parts) => parts.join(''))
        : body
  const dates =
    name === 'dsgtin'
      ? fc
          .constantFrom('11', '13', '15', '16', '17', '7006', '7007')
          .chain((date) => elementOf(byAi.get(date)!))
          .map(({ ai, value }) => [{ ai, value: value.slice(0, 6) }])
      : fc.constant([])
  return fc
    .tuple(key, tail ?? fc.constant(''), dates)
    .map(([value, serial, more]) =>
      serialAi === undefined ? [{ ai, value: value + serial }, ...more] : [{ ai, value }, { ai: serialAi, value: serial }, ...more],
    )
}

function partitioned(name: string, prefixLength: number): fc.Arbitrary<readonly Element[]> {
  const scheme: PartitionedScheme = PARTITIONED_SCHEMES[name as keyof typeof PARTITIONED_SCHEMES]
  const partition = 12 - prefixLength
  const width = scheme.keyBits - (10n ** BigInt(prefixLength) - 1n).toString(2).length
  const most = 30 - prefixLength
  const reference =
    scheme.reference === 'unpadded'
      ? below(width, 10n ** BigInt(scheme.mostDigits! + partition) - 1n)
      : scheme.reference === 'ascii'
        ? textOf(CSET_82, Math.min(most, Math.floor(width / 7)))
        : textOf(CSET_39, Math.min(most, 18 + partition))
  const key =
    scheme.reference === 'number'
      ? withCheckDigit(digits(scheme.digits!).map((body) => (scheme.pad ?? '') + body))
      : fc.tuple(digits(prefixLength), reference).map((parts) => parts.join(''))
  const whole = scheme.pieces === true ? fc.tuple(key, piece).map((parts) => parts.join('')) : key
  const { serial } = scheme
  if (serial === undefined) return whole.map((value) => [{ ai: scheme.ai, value }])
  const longest = byAi.get(serial.ai)!.max - (serial.ai === scheme.ai ? scheme.digits! + 1 + (scheme.pad?.length ?? 0) : 0)
  const drawn =
    serial.form === 'integer'
      ? // 0 is no serial of a CPI, and as extension of a location it says that there is none.
        below(serial.bits, 10n ** BigInt(longest) - 1n).filter((text) => text !== '0' || serial.ai === scheme.ai || serial.ai === '21')
      : serial.form === 'ascii'
        ? textOf(CSET_82, Math.min(longest, Math.floor(serial.bits / 7))).filter((text) => serial.ai !== '254' || text !== '0')
        : digits(1, Math.min(longest, name === 'sgcn-96' ? 12 : 17))
  return fc.tuple(whole, drawn).map(([value, text]) =>
    serial.ai === scheme.ai
      ? [{ ai: scheme.ai, value: value + text }]
      : [
          { ai: scheme.ai, value },
          { ai: serial.ai, value: text },
        ],
  )
}
