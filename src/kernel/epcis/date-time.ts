/** Date-times of RFC 3339 with an offset, as EPCIS demands them everywhere (`xsd:dateTimeStamp`). */

const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** A moment: whole seconds of the epoch, and the digits behind the point as they were written. */
export interface Moment {
  readonly seconds: number
  readonly fraction: string
}

/**
 * @returns undefined for what is not a date-time: without an offset, with a day that the calendar lacks, with a second 60 that is not
 * the last of a day in UTC (RFC 3339 section 5.7)
 */
export function parseMoment(text: string): Moment | undefined {
  const parts = DATE_TIME.exec(text)
  if (parts === null) return undefined
  const [, y, mo, d, h, mi, s, fraction, sign, oh, om] = parts
  const year = Number(y)
  const month = Number(mo)
  const day = Number(d)
  const hour = Number(h)
  const minute = Number(mi)
  const second = Number(s)
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (month < 1 || month > 12 || day < 1 || day > DAYS[month - 1]! + (month === 2 && leap ? 1 : 0)) return undefined
  const offsetHours = sign === undefined ? 0 : Number(oh)
  const offsetMinutes = sign === undefined ? 0 : Number(om)
  if (hour > 23 || minute > 59 || second > 60 || offsetHours > 23 || offsetMinutes > 59) return undefined
  const offset = (offsetHours * 60 + offsetMinutes) * (sign === '-' ? -1 : 1)
  if (second === 60 && (((hour * 60 + minute - offset) % 1440) + 1440) % 1440 !== 1439) return undefined
  // Date.UTC takes the years 0 to 99 for those of the last century
  const days = year > 99 ? Date.UTC(year, month - 1, day) / 86_400_000 : new Date(0).setUTCFullYear(year, month - 1, day) / 86_400_000
  return { seconds: days * 86_400 + hour * 3600 + (minute - offset) * 60 + second, fraction: fraction ?? '' }
}

export const isDateTime = (text: string): boolean => parseMoment(text) !== undefined

/** Milliseconds of the epoch with what is finer behind the point, or NaN for what is not a date-time. */
export function instantMs(text: string): number {
  const moment = parseMoment(text)
  if (moment === undefined) return Number.NaN
  return moment.fraction === '' ? moment.seconds * 1000 : moment.seconds * 1000 + Number(`0.${moment.fraction}`) * 1000
}

/**
 * UTC with milliseconds and `Z`, as the event hash wants it: digits beyond the sixth are cut, microseconds are rounded half to even, as
 * the reference algorithm does.
 * @returns the text itself when it is not a date-time
 */
export function hashTime(text: string): string {
  const moment = parseMoment(text)
  if (moment === undefined) return text
  let ms = 0
  if (moment.fraction !== '') {
    const micros = Number(moment.fraction.slice(0, 6).padEnd(6, '0'))
    ms = Math.floor(micros / 1000)
    const rest = micros % 1000
    if (rest > 500 || (rest === 500 && ms % 2 === 1)) ms++
  }
  return new Date(moment.seconds * 1000 + ms).toISOString()
}
