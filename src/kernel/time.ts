import type { Locale } from './errors.ts'

/** A day of the calendar, `YYYY-MM-DD`; compares as text. */
export type CivilDate = string & { readonly __brand: 'CivilDate' }

/** A moment in ISO 8601 with milliseconds and Z, as the database and the API give it; compares as text. */
export type Instant = string & { readonly __brand: 'Instant' }

/** Everything the platform dates for people is dated in China. */
export const TIME_ZONE = 'Asia/Shanghai'

const CHINA_OFFSET_MS = 8 * 3_600_000

/** The day in China at an instant (China has had one offset and no summer time since 1991). */
export function civilDateOf(at: Date): CivilDate {
  return new Date(at.getTime() + CHINA_OFFSET_MS).toISOString().slice(0, 10) as CivilDate
}

/** @throws RangeError for an invalid Date */
export const instantOf = (at: Date): Instant => at.toISOString() as Instant

/** An instant written with any offset, or undefined when the text is none; a time without an offset is none. */
export function parseInstant(text: string): Instant | undefined {
  const parts = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})$/.exec(text)
  if (parts === null || !isCivilDate(parts[1]!)) return undefined
  const at = new Date(text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'))
  return Number.isNaN(at.getTime()) ? undefined : instantOf(at)
}

/** First instant of a day in China. */
export function startOfDay(date: CivilDate): Date {
  return new Date(`${date}T00:00:00+08:00`)
}

export type DateFault = 'empty' | 'not-a-date' | 'implausible' | 'ambiguous'

export type ParsedDate =
  | { readonly ok: true; readonly date: CivilDate; readonly changed: boolean }
  | { readonly ok: false; readonly reason: DateFault }

/** Civil date of a year, month and day, or undefined when the calendar has no such day. */
export function civilDate(year: number, month: number, day: number): CivilDate | undefined {
  const date = new Date(Date.UTC(year, month - 1, day))
  if (year < 1000 || year > 9999 || date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
    return undefined
  return date.toISOString().slice(0, 10) as CivilDate
}

export function isCivilDate(text: string): text is CivilDate {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  return parts !== null && civilDate(Number(parts[1]), Number(parts[2]), Number(parts[3])) !== undefined
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** `27 Jun 2024`, `27-JUN-2024`, `June 27, 2024`: a month in words leaves no doubt. */
function dateInEnglish(text: string): CivilDate | null | undefined {
  const parts =
    /^(?<d>\d{1,2})(?:st|nd|rd|th)?[\s\-/.,]*(?<m>[a-z]{3,9})\.?[\s\-/.,]*(?<y>\d{4})$/i.exec(text)?.groups ??
    /^(?<m>[a-z]{3,9})\.?\s*(?<d>\d{1,2})(?:st|nd|rd|th)?[\s,]+(?<y>\d{4})$/i.exec(text)?.groups
  if (parts === undefined) return null
  const month = MONTHS.indexOf(parts['m']!.slice(0, 3).toLowerCase()) + 1
  return month === 0 ? null : civilDate(Number(parts['y']), month, Number(parts['d']))
}

/**
 * A date as spreadsheets hold it: `2024-06-27`, `2024/11/10`, `2027.11.10`, `20240627`, `2024 06 27` (as labels
 * have it), `2024年6月27日`, `27 Jun 2024`, full-width digits, a date with a time (one with Z is taken as the day that it
 * is in China, for so do programs write the midnight of a Chinese day), or a serial day number of the 1900 system. Years before 1990 or after 2100 are
 * implausible for goods; `03/04/2025` is ambiguous and refused rather than guessed.
 * @returns the date and whether it had to be rewritten, or a reason
 */
export function parseDate(input: string | number | Date): ParsedDate {
  if (input instanceof Date)
    return judged(Number.isNaN(input.getTime()) ? undefined : (input.toISOString().slice(0, 10) as CivilDate), true)
  if (typeof input === 'number') return dayNumber(input)
  const text = input
    .normalize('NFKC')
    .replace(/[\u200B-\u200D\uFEFF]/g, '')
    .trim()
  if (text === '') return { ok: false, reason: 'empty' }
  // no date is longer; the patterns below need not meet a megabyte of blanks
  if (text.length > 40) return { ok: false, reason: 'not-a-date' }
  const zulu = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) ? parseInstant(text) : undefined
  if (zulu !== undefined) return judged(civilDateOf(new Date(zulu)), true)
  const parts =
    /^(\d{4})\s*[-‐-―/.年\s]\s*(\d{1,2})\s*[-‐-―/.月\s]\s*(\d{1,2})\s*[日号]?(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.exec(
      text,
    ) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  if (parts !== null) {
    const date = civilDate(Number(parts[1]), Number(parts[2]), Number(parts[3]))
    return judged(date, date !== input)
  }
  if (/^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}$/.test(text)) return { ok: false, reason: 'ambiguous' }
  if (/^\d{5}(\.\d+)?$/.test(text)) return dayNumber(Number(text))
  const english = dateInEnglish(text)
  return english === null ? { ok: false, reason: 'not-a-date' } : judged(english, true)
}

/** Day 1 is 1900-01-01, and the system believes in a 29 February 1900; from day 61 on the offset is constant. */
function dayNumber(n: number): ParsedDate {
  if (!Number.isFinite(n) || n < 61 || n > 2_958_465) return { ok: false, reason: 'not-a-date' }
  return judged(new Date(Date.UTC(1899, 11, 30) + Math.floor(n) * 86_400_000).toISOString().slice(0, 10) as CivilDate, true)
}

function judged(date: CivilDate | undefined, changed: boolean): ParsedDate {
  if (date === undefined) return { ok: false, reason: 'not-a-date' }
  if (date < '1990-01-01' || date > '2100-12-31') return { ok: false, reason: 'implausible' }
  return { ok: true, date, changed }
}

/** Adds months; the 31st becomes the last day of a shorter month. */
export function addMonths(date: CivilDate, months: number): CivilDate {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number]
  const first = new Date(Date.UTC(year, month - 1 + months, 1))
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  return new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), Math.min(day, last))).toISOString().slice(0, 10) as CivilDate
}

export function addDays(date: CivilDate, days: number): CivilDate {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10) as CivilDate
}

/** For sorting: negative when `a` is earlier, 0 when it is the same day. */
export const compareDates = (a: CivilDate, b: CivilDate): number => (a < b ? -1 : a > b ? 1 : 0)

/** Days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: CivilDate, to: CivilDate): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
}

/** `2026年6月15日` or `15 June 2026`. */
export function dateWords(date: CivilDate, locale: Locale): string {
  return new Intl.DateTimeFormat(locale === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone: 'UTC',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
  }).format(new Date(`${date}T00:00:00Z`))
}

/** An instant as a person in China reads it: `2026年6月15日 08:30` or `15 Jun 2026, 08:30`. */
export function instantWords(at: Date | Instant, locale: Locale): string {
  return new Intl.DateTimeFormat(locale === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone: TIME_ZONE,
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(typeof at === 'string' ? new Date(at) : at)
}

/** `2026-06-15 08:30:00`, the clock in China: for files, whose cells are sorted and compared. */
export function localDateTime(at: Date | Instant): string {
  // sv-SE writes dates and times as ISO 8601 does, with a blank between them
  return new Intl.DateTimeFormat('sv-SE', { timeZone: TIME_ZONE, dateStyle: 'short', timeStyle: 'medium' }).format(
    typeof at === 'string' ? new Date(at) : at,
  )
}
