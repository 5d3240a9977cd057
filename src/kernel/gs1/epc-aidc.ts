import { APPLICATION_IDENTIFIERS, findAiAt } from './application-identifiers.ts'
import type { BitReader, BitWriter } from './bit-string.ts'
import type { Element } from './element.ts'
import {
  COUNTRY,
  countedDigits,
  countedText,
  DATA_BIT,
  DATE,
  DATE_AND_TIME_PARTS,
  DATE_RANGE,
  DATE_TIME,
  delimitedDigits,
  type FieldEncoding,
  MINUS,
  nibbles,
  NotEpc,
  packedDigits,
  SEQUENCE,
} from './epc-encodings.ts'

/** A value of one part, or of a part of so many characters and the rest. */
interface AidcEncoding {
  readonly first: FieldEncoding
  readonly second?: { readonly at: number; readonly encoding: FieldEncoding }
}

const one = (first: FieldEncoding): AidcEncoding => ({ first })
const two = (first: FieldEncoding, at: number, encoding: FieldEncoding): AidcEncoding => ({ first, second: { at, encoding } })
const text = (lengthBits: number, max: number): AidcEncoding => one(countedText(lengthBits, max))

/**
 * How the value of an application identifier is written behind an EPC (TDS 2.3 section 15.3, table F), by identifiers or
 * ranges of them. What is not here cannot be written behind an EPC: (03), (717), (8014) and others that the table lacks.
 */
const ROWS: readonly (readonly [ais: string, encoding: AidcEncoding])[] = [
  ['00 8006 8017 8018 8026', one(nibbles(18))],
  ['01 02', one(nibbles(14))],
  ['410-417', one(nibbles(13))],
  ['7241', one(nibbles(2))],
  ['11 12 13 15 16 17 4326 7006', one(DATE)],
  ['4324 4325 7003', one(DATE_TIME)],
  ['7007', one(DATE_RANGE)],
  ['7011 8008', one(DATE_AND_TIME_PARTS)],
  ['20', one(packedDigits(2))],
  ['3100-3695 3950-3953 8005', one(packedDigits(6))],
  ['3940-3943 8111', one(packedDigits(4))],
  ['402', one(packedDigits(17))],
  ['422 424 426', one(packedDigits(3))],
  ['4309', one(packedDigits(20))],
  ['7001', one(packedDigits(13))],
  ['7250', one(packedDigits(8))],
  ['7251', one(packedDigits(12))],
  ['7252', one(packedDigits(1))],
  ['8001', one(packedDigits(14))],
  ['242', one(countedDigits(3, 6))],
  ['30 37', one(countedDigits(4, 8))],
  ['3900-3909 3920-3929 423 425', one(countedDigits(4, 15))],
  ['7004', one(countedDigits(3, 4))],
  ['8011', one(countedDigits(4, 12))],
  ['8019', one(countedDigits(4, 10))],
  ['427 7008', text(2, 3)],
  ['7010', text(2, 2)],
  ['7040 7041', text(3, 4)],
  ['7005', text(4, 12)],
  ['7009 7255', text(4, 10)],
  ['10 21 22 243 254 420 4318 7020 7021 7022 710-716 7240 8002 8012', text(5, 20)],
  ['8007', text(5, 24)],
  ['7242 8013 8020', text(5, 25)],
  ['235', text(5, 28)],
  ['240 241 250 251 400 401 403 4308 4319 7002 7230-7239 90', text(5, 30)],
  ['4300 4301 4310 4311 4320', text(6, 35)],
  ['7254', text(6, 30)],
  ['7253 7259', text(6, 40)],
  ['8009', text(6, 50)],
  ['4302-4306 4312-4316 7257 8110 8112 8200', text(7, 70)],
  ['7256 8030 91-99', text(7, 90)],
  ['7023 8004 8010', one(delimitedDigits(5, 30))],
  ['4307 4317', one(COUNTRY)],
  ['4321 4322 4323', one(DATA_BIT)],
  ['7258', one(SEQUENCE)],
  ['253', two(nibbles(13), 13, countedText(5, 17, 0))],
  ['255', two(nibbles(13), 13, countedDigits(4, 12, 0))],
  ['8003', two(nibbles(14), 14, countedText(5, 16, 0))],
  ['3910-3919 3930-3939', two(packedDigits(3), 3, countedDigits(4, 15))],
  ['421', two(packedDigits(3), 3, countedText(4, 9))],
  ['4330-4333', two(packedDigits(6), 6, MINUS)],
  ['7030-7039', two(packedDigits(3), 3, countedText(5, 27))],
]

const BY_AI = new Map<string, AidcEncoding>()
for (const [ais, encoding] of ROWS) {
  for (const range of ais.split(' ')) {
    const [first = '', last = first] = range.split('-')
    for (const { ai, number } of APPLICATION_IDENTIFIERS)
      if (ai.length === first.length && number >= Number(first) && number <= Number(last)) BY_AI.set(ai, encoding)
  }
}

/** The application identifiers that may follow an EPC. */
export const AIDC_IDENTIFIERS: readonly string[] = [...BY_AI.keys()]

/** Reads what follows an EPC until only filling is left. */
export function readAidc(reader: BitReader): Element[] {
  const elements: Element[] = []
  while (reader.left >= 8) {
    // Eight zero bits begin an SSCC when there is room for one, and are filling when not.
    if (reader.left < 8 + 72 && !reader.bits.slice(reader.at, reader.at + 8).includes('1')) break
    let ai = nibbles(2).read(reader)
    const known = findAiAt(`${ai}00`, 0) ?? APPLICATION_IDENTIFIERS.find((entry) => entry.ai.startsWith(ai))
    if (known === undefined) throw new NotEpc('data header')
    ai += nibbles(known.ai.length - 2).read(reader)
    const encoding = BY_AI.get(ai)
    if (encoding === undefined) throw new NotEpc(`(${ai})`)
    elements.push({ ai, value: encoding.first.read(reader) + (encoding.second?.encoding.read(reader) ?? '') })
    if (reader.overrun) throw new NotEpc(`(${ai})`)
  }
  return elements
}

/** Writes elements behind an EPC. */
export function writeAidc(writer: BitWriter, elements: readonly Element[]): void {
  for (const { ai, value } of elements) {
    const encoding = BY_AI.get(ai)
    if (encoding === undefined) throw new NotEpc(`(${ai})`)
    for (const digit of ai) writer.integer(Number(digit), 4)
    const { first, second } = encoding
    first.write(writer, second === undefined ? value : value.slice(0, second.at))
    second?.encoding.write(writer, value.slice(second.at))
  }
}
