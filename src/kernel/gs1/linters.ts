import { CHARACTER_CLASS, CSET_39, CSET_64, CSET_82, CSET_82_ORDER, CSET_NUMERIC, firstOutside } from './character-sets.ts'
import { COUNTRIES_ALPHA_2, COUNTRIES_NUMERIC, CURRENCIES_NUMERIC, PACKAGE_TYPES } from './code-lists.ts'
import type { Gs1FaultCode } from './faults.ts'

/** What a check found, with its place from 0 in the text that was checked. */
export interface LintFault {
  readonly code: Gs1FaultCode
  readonly at: number
  readonly length: number
  readonly detail?: string
}

/** Asks who knows the allocated company prefixes; without it every four digits may begin one. */
export type CompanyPrefixLookup = (digits: string) => 'valid' | 'invalid' | 'offline'

/** A check of the dictionary over `text` from `from` to `to`: undefined when it passes. Linear in the length. */
export type Linter = (text: string, from: number, to: number, prefixes?: CompanyPrefixLookup) => LintFault | undefined

const found = (code: Gs1FaultCode, at: number, length: number, detail?: string): LintFault =>
  detail === undefined ? { code, at, length } : { code, at, length, detail }

/** A linter that finds one thing wrong with the whole. */
const whole =
  (code: Gs1FaultCode, passes: (value: string) => boolean): Linter =>
  (text, from, to) =>
    passes(text.slice(from, to)) ? undefined : found(code, from, to - from)

/** The character set linter for the set's bit. */
export function lintCharacters(text: string, from: number, to: number, set: number): LintFault | undefined {
  const data = set === CSET_64 ? beforePadding(text, from, to) : to
  const at = firstOutside(text, from, data, set)
  if (at !== -1) return found(SET_FAULT[set]!, at, 1)
  // Signatures are padded to groups of three characters by the dictionary's reference, not of four.
  if (data < to && (to - data > 2 || (to - from) % 3 !== 0)) return found('cset64-padding', data, to - data)
  return undefined
}

const SET_FAULT: Readonly<Record<number, Gs1FaultCode>> = {
  [CSET_NUMERIC]: 'not-digit',
  [CSET_82]: 'not-cset82',
  [CSET_39]: 'not-cset39',
  [CSET_64]: 'not-cset64',
}

function beforePadding(text: string, from: number, to: number): number {
  let end = to
  while (end > from && text.charCodeAt(end - 1) === 61) end--
  return end
}

const characters =
  (set: number): Linter =>
  (text, from, to) =>
    lintCharacters(text, from, to, set)

function nonDigit(text: string, from: number, to: number): LintFault | undefined {
  const at = firstOutside(text, from, to, CSET_NUMERIC)
  return at === -1 ? undefined : found('not-digit', at, 1)
}

const csum: Linter = (text, from, to) => {
  if (to === from) return found('check-digit-too-short', from, 0)
  let sum = 0
  for (let i = to - 2, weight = 3; i >= from; i--, weight = 4 - weight) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return nonDigit(text, from, to)
    sum += digit * weight
  }
  if (text.charCodeAt(to - 1) - 48 === (10 - (sum % 10)) % 10) return undefined
  return nonDigit(text, from, to) ?? found('check-digit', to - 1, 1)
}

const CSET_32 = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
const CSET_82_VALUE = new Int8Array(128).fill(-1)
for (let i = 0; i < CSET_82_ORDER.length; i++) CSET_82_VALUE[CSET_82_ORDER.charCodeAt(i)] = i
/** The first 97 primes: an AI's data have up to 99 characters, two of them the pair. */
const PRIMES: readonly number[] = (() => {
  const primes: number[] = []
  for (let n = 2; primes.length < 97; n++) if (primes.every((p) => n % p !== 0)) primes.push(n)
  return primes
})()

/**
 * The two check characters of an alphanumeric key such as a GMN (General Specifications 7.9.5): values weighted by primes
 * from the right, modulo 1021, in two characters of five bits.
 * @returns undefined when the body has a character outside the 82 or more than 97 characters
 */
export function checkPair(body: string): string | undefined {
  if (body.length > PRIMES.length) return undefined
  let sum = 0
  for (let i = 0; i < body.length; i++) {
    const code = body.charCodeAt(i)
    const value = code < 128 ? CSET_82_VALUE[code]! : -1
    if (value < 0) return undefined
    sum += value * PRIMES[body.length - 1 - i]!
  }
  sum %= 1021
  return CSET_32[sum >> 5]! + CSET_32[sum & 31]!
}

const csumalpha: Linter = (text, from, to) => {
  if (to - from < 2) return found('check-pair-too-short', from, to - from)
  if (to - from - 2 > PRIMES.length) return found('check-pair-too-long', from, to - from)
  const at = firstOutside(text, from, to - 2, CSET_82)
  if (at !== -1) return found('not-cset82', at, 1)
  for (let i = to - 2; i < to; i++) if (!CSET_32.includes(text[i]!)) return found('not-cset32', i, 1)
  return checkPair(text.slice(from, to - 2)) === text.slice(to - 2, to) ? undefined : found('check-pair', to - 2, 2)
}

/** The shortest company prefix that is allocated. */
const SHORTEST_PREFIX = 4

const gcppos1: Linter = (text, from, to, prefixes) => {
  if (to - from < SHORTEST_PREFIX) return found('company-prefix-too-short', from, to - from)
  const at = firstOutside(text, from, from + SHORTEST_PREFIX, CSET_NUMERIC)
  if (at !== -1) return found('company-prefix', at, 1)
  if (prefixes === undefined) return undefined
  const answer = prefixes(text.slice(from, to))
  return answer === 'valid' ? undefined : found(answer === 'offline' ? 'company-prefix-offline' : 'company-prefix', from, to - from)
}

const gcppos2: Linter = (text, from, to, prefixes) =>
  to === from ? found('company-prefix-too-short', from, 0) : gcppos1(text, from + 1, to, prefixes)

const number2 = (text: string, at: number): number => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48

/** Two digits up to `max`. */
const pair =
  (code: Gs1FaultCode, max: number): Linter =>
  (text, from, to) => {
    if (to - from !== 2) return found('time-length', from, to - from)
    return nonDigit(text, from, to) ?? (number2(text, from) > max ? found(code, from, 2) : undefined)
  }
const hh = pair('hour', 23)
const mi = pair('minute', 59)
const ss = pair('second', 59)

const hhmi: Linter = (text, from, to) => {
  if (to - from !== 4) return found('time-length', from, to - from)
  return nonDigit(text, from, to) ?? hh(text, from, from + 2) ?? mi(text, from + 2, to)
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

/** YYMMDD or YYYYMMDD; the day may be 00 for "some day of the month" where `dayZero`. A two-digit year is one of 2000 to 2099. */
const date =
  (yearDigits: 2 | 4, dayZero: boolean): Linter =>
  (text, from, to) => {
    if (to - from !== yearDigits + 4) return found('date-length', from, to - from)
    const bad = nonDigit(text, from, to)
    if (bad !== undefined) return bad
    const year = yearDigits === 2 ? 2000 + number2(text, from) : number2(text, from) * 100 + number2(text, from + 2)
    const month = number2(text, to - 4)
    const day = number2(text, to - 2)
    if (month < 1 || month > 12) return found('month', to - 4, 2)
    const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0
    return (day === 0 && !dayZero) || day > DAYS[month - 1]! + leap ? found('day', to - 2, 2) : undefined
  }
const yymmdd = date(2, false)

const iban: Linter = (text, from, to) => {
  const length = to - from
  if (length < 4) return found('iban-too-short', from, length)
  if (!COUNTRIES_ALPHA_2.has(text.slice(from, from + 2))) return found('iban-country', from, 2)
  if (length > 34) return found('iban-too-long', from, length)
  if (length <= 10) return found('iban-too-short', from, length)
  let remainder = 0
  // ISO 7064 MOD 97-10 over the account, then country and check digits, letters as 10 to 35.
  for (let i = 4; i < length + 4; i++) {
    const at = from + (i % length)
    const code = text.charCodeAt(at)
    const digit = code >= 48 && code <= 57
    if (!digit && !(code >= 65 && code <= 90)) return found('iban-character', at, 1)
    remainder = digit ? (remainder * 10 + code - 48) % 97 : (remainder * 100 + code - 55) % 97
  }
  return remainder === 1 ? undefined : found('iban-checksum', from + 2, 2)
}

const pieceoftotal: Linter = (text, from, to) => {
  const half = (to - from) / 2
  if (to === from || !Number.isInteger(half)) return found('piece-length', from, to - from)
  const bad = nonDigit(text, from, to)
  if (bad !== undefined) return bad
  const piece = text.slice(from, from + half)
  const total = text.slice(from + half, to)
  if (/^0+$/.test(piece)) return found('zero-piece', from, half)
  if (/^0+$/.test(total)) return found('zero-total', from + half, half)
  // As many digits each, so that order of text is order of numbers.
  return piece > total ? found('piece-exceeds-total', from, to - from) : undefined
}

const posinseqslash: Linter = (text, from, to) => {
  const slash = text.indexOf('/', from)
  const parts = slash === -1 || slash >= to ? undefined : ([text.slice(from, slash), text.slice(slash + 1, to)] as const)
  if (parts === undefined || parts.some((part) => part === '' || /\D/.test(part))) return found('position-format', from, to - from)
  const [position, total] = parts
  if (position.startsWith('0')) return found(/[^0]/.test(position) ? 'zero-prefix' : 'zero-piece', from, position.length)
  if (total.startsWith('0')) return found(/[^0]/.test(total) ? 'zero-prefix' : 'zero-total', slash + 1, total.length)
  const exceeds = position.length > total.length || (position.length === total.length && position > total)
  return exceeds ? found('piece-exceeds-total', from, to - from) : undefined
}

const pcenc: Linter = (text, from, to) => {
  for (let i = from; i < to; i++) {
    if (text.charCodeAt(i) !== 37) continue
    if (i + 2 >= to || !isHex(text.charCodeAt(i + 1)) || !isHex(text.charCodeAt(i + 2)))
      return found('percent-sequence', i, Math.min(3, to - i))
    i += 2
  }
  return undefined
}

export const isHex = (code: number): boolean => (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102)

const nonzero: Linter = (text, from, to) => {
  const bad = nonDigit(text, from, to)
  if (bad !== undefined) return bad
  for (let i = from; i < to; i++) if (text.charCodeAt(i) !== 48) return undefined
  return found('zero-value', from, to - from)
}

const nozeroprefix: Linter = (text, from, to) =>
  nonDigit(text, from, to) ?? (to > from && text.charCodeAt(from) === 48 ? found('zero-prefix', from, 1) : undefined)

const importeridx: Linter = (text, from, to) =>
  to - from === 1 && text.charCodeAt(from) < 128 && (CHARACTER_CLASS[text.charCodeAt(from)]! & CSET_64) !== 0
    ? undefined
    : found('importer-index', from, to - from)

/** A reader over the digits of a coupon, which are fields after length indicators (GS1 US, coupon application guidelines). */
class CouponReader {
  readonly text: string
  readonly to: number
  at: number
  fault: LintFault | undefined

  constructor(text: string, from: number, to: number) {
    this.text = text
    this.at = from
    this.to = to
  }

  get done(): boolean {
    return this.at >= this.to
  }

  #fail(code: Gs1FaultCode, length: number, field: string): undefined {
    this.fault ??= found(code, this.at, length, field)
    return undefined
  }

  /** One digit out of those allowed, as a number. */
  digit(allowed: string, field: string): number | undefined {
    if (this.fault !== undefined) return undefined
    if (this.done) return this.#fail('coupon-missing', 0, field)
    if (!allowed.includes(this.text[this.at]!)) return this.#fail('coupon-invalid', 1, field)
    return this.text.charCodeAt(this.at++) - 48
  }

  /** As many digits. */
  take(length: number, field: string): string | undefined {
    if (this.fault !== undefined) return undefined
    if (this.to - this.at < length) return this.#fail('coupon-truncated', this.to - this.at, field)
    this.at += length
    return this.text.slice(this.at - length, this.at)
  }

  /** A length indicator out of those allowed, `plus` added, then as many digits. */
  counted(allowed: string, plus: number, field: string): string | undefined {
    const length = this.digit(allowed, `${field} length`)
    return length === undefined ? undefined : this.take(length + plus, field)
  }

  prefix(allowed: string, field: string, prefixes: CompanyPrefixLookup | undefined): void {
    const value = this.counted(allowed, 6, field)
    if (value !== undefined) this.fault ??= gcppos1(this.text, this.at - value.length, this.at, prefixes)
  }

  date(field: string): string | undefined {
    const value = this.take(6, field)
    if (value !== undefined && yymmdd(value, 0, 6) !== undefined) {
      this.at -= 6
      return this.#fail('coupon-invalid', 6, field)
    }
    return value
  }

  /** Whether the optional field with this indicator follows; its indicator is consumed. */
  option(indicator: string): boolean {
    if (this.fault !== undefined || this.done || this.text[this.at] !== indicator) return false
    this.at++
    return true
  }

  purchase(name: string): void {
    this.counted('12345', 0, `${name} purchase requirement`)
    this.digit('012349', `${name} purchase requirement code`)
    this.take(3, `${name} purchase family code`)
  }

  end(): LintFault | undefined {
    return this.fault ?? (this.done ? undefined : found('coupon-excess', this.at, this.to - this.at))
  }
}

const couponcode: Linter = (text, from, to, prefixes) => {
  const bad = nonDigit(text, from, to)
  if (bad !== undefined) return bad
  const coupon = new CouponReader(text, from, to)
  coupon.prefix('0123456', 'company prefix', prefixes)
  coupon.take(6, 'offer code')
  coupon.counted('12345', 0, 'save value')
  coupon.purchase('first')
  if (coupon.option('1')) {
    coupon.digit('0123', 'additional purchase rules')
    coupon.purchase('second')
    // An indicator of 9 says that the company prefix is that of the first purchase.
    if (!coupon.option('9')) coupon.prefix('0123456', 'second company prefix', prefixes)
  }
  if (coupon.option('2')) {
    coupon.purchase('third')
    if (!coupon.option('9')) coupon.prefix('0123456', 'third company prefix', prefixes)
  }
  const expires = coupon.option('3') ? coupon.date('expiration date') : undefined
  const starts = coupon.option('4') ? coupon.date('start date') : undefined
  if (expires !== undefined && starts !== undefined && starts > expires) coupon.fault ??= found('coupon-dates', coupon.at - 14, 14)
  if (coupon.option('5')) coupon.counted('0123456789', 6, 'serial number')
  if (coupon.option('6')) coupon.prefix('1234567', 'retailer company prefix or GLN', prefixes)
  if (coupon.option('9')) {
    coupon.digit('01256', 'save value code')
    coupon.digit('012', 'item that the save value applies to')
    coupon.digit('0123456789', 'store coupon flag')
    coupon.digit('01', "don't multiply flag")
  }
  return coupon.end()
}

const couponposoffer: Linter = (text, from, to, prefixes) => {
  const bad = nonDigit(text, from, to)
  if (bad !== undefined) return bad
  const coupon = new CouponReader(text, from, to)
  coupon.digit('01', 'format code')
  coupon.prefix('0123456', 'funder', prefixes)
  coupon.take(6, 'offer code')
  coupon.counted('0123456789', 6, 'serial number')
  return coupon.end()
}

/** Every check of the dictionary by its name there. */
export const LINTERS = {
  couponcode,
  couponposoffer,
  cset39: characters(CSET_39),
  cset64: characters(CSET_64),
  cset82: characters(CSET_82),
  csetnumeric: characters(CSET_NUMERIC),
  csum,
  csumalpha,
  gcppos1,
  gcppos2,
  hasnondigit: whole('no-non-digit', (value) => /\D/.test(value)),
  hh,
  hhmi,
  hyphen: whole('hyphen', (value) => /^-+$/.test(value)),
  iban,
  importeridx,
  iso3166: whole('country', (value) => COUNTRIES_NUMERIC.has(value)),
  iso3166999: whole('country-or-999', (value) => value === '999' || COUNTRIES_NUMERIC.has(value)),
  iso3166alpha2: whole('country-alpha2', (value) => COUNTRIES_ALPHA_2.has(value)),
  iso4217: whole('currency', (value) => CURRENCIES_NUMERIC.has(value)),
  iso5218: whole('sex', (value) => /^[0129]$/.test(value)),
  latitude: whole('latitude', (value) => /^\d{10}$/.test(value) && value <= '1800000000'),
  longitude: whole('longitude', (value) => /^\d{10}$/.test(value) && value <= '3600000000'),
  mediatype: whole('media-type', (value) => /^(?:0[1-9]|10|[89]\d)$/.test(value)),
  mi,
  nonzero,
  nozeroprefix,
  packagetype: whole('package-type', (value) => PACKAGE_TYPES.has(value)),
  pcenc,
  pieceoftotal,
  posinseqslash,
  ss,
  winding: whole('winding', (value) => /^[019]$/.test(value)),
  yesno: whole('not-yes-no', (value) => /^[01]$/.test(value)),
  yymmd0: date(2, true),
  yymmdd,
  yyyymmd0: date(4, true),
  yyyymmdd: date(4, false),
  zero: whole('not-zero', (value) => /^0+$/.test(value)),
} as const satisfies Readonly<Record<string, Linter>>
