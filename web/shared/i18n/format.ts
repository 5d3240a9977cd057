import type { Locale } from '../../../src/kernel/errors.ts'
import { useLanguage } from './language.ts'

/** All dates are told in China's time, wherever the reader sits: deadlines and customs dates mean that day. */
const ZONE = 'Asia/Shanghai'
const TAG: Readonly<Record<Locale, string>> = { zh: 'zh-CN', en: 'en-GB' }

export interface Format {
  /** ISO instant → day and minute in China. */
  readonly instant: (iso: string) => string
  /** 'YYYY-MM-DD' or an ISO instant → that day in China. */
  readonly day: (iso: string) => string
  /** How long ago, or until: "3 天前", "in 2 hours". */
  readonly ago: (iso: string, now?: Date) => string
  readonly number: (n: number | bigint) => string
  /** Fraction 0…1 → per cent. */
  readonly percent: (fraction: number, digits?: number) => string
  /** Integer fen → yuan with its sign. */
  readonly money: (fen: number | bigint) => string
  readonly bytes: (n: number) => string
}

const made = new Map<Locale, Format>()

export function formatFor(locale: Locale): Format {
  let format = made.get(locale)
  if (format === undefined) made.set(locale, (format = make(locale)))
  return format
}

export function useFormat(): Format {
  return formatFor(useLanguage())
}

function make(locale: Locale): Format {
  const tag = TAG[locale]
  // ISO-like in Chinese, where it is the custom of customs forms; day-month-year words in English, where 03/04 is ambiguous
  const day = new Intl.DateTimeFormat(locale === 'zh' ? 'sv-SE' : tag, {
    timeZone: ZONE,
    ...(locale === 'zh' ? { year: 'numeric', month: '2-digit', day: '2-digit' } : { year: 'numeric', month: 'short', day: 'numeric' }),
  } as Intl.DateTimeFormatOptions)
  const time = new Intl.DateTimeFormat(tag, { timeZone: ZONE, hour: '2-digit', minute: '2-digit', hour12: false })
  const number = new Intl.NumberFormat(tag)
  const money = new Intl.NumberFormat(tag, { style: 'currency', currency: 'CNY', currencyDisplay: 'narrowSymbol' })
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto' })
  const readable = (iso: string, show: (date: Date) => string) => {
    const date = new Date(/^\d{4}-\d{2}-\d{2}$/.test(iso) ? `${iso}T00:00:00+08:00` : iso)
    return Number.isNaN(date.getTime()) ? iso : show(date)
  }
  return {
    instant: (iso) => readable(iso, (d) => `${day.format(d)} ${time.format(d)}`),
    day: (iso) => readable(iso, (d) => day.format(d)),
    ago: (iso, now = new Date()) =>
      readable(iso, (d) => {
        const seconds = (d.getTime() - now.getTime()) / 1000
        const [size, unit] = UNITS.find(([s]) => Math.abs(seconds) >= s) ?? [1, 'second']
        return relative.format(Math.trunc(seconds / size), unit)
      }),
    number: (n) => number.format(n),
    percent: (fraction, digits = 0) => new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: digits }).format(fraction),
    money: (fen) => money.format(Number(fen) / 100),
    bytes: (n) =>
      n < 1024
        ? `${n} B`
        : n < 1024 ** 2
          ? `${number.format(Math.round(n / 1024))} KB`
          : `${number.format(Math.round((n / 1024 ** 2) * 10) / 10)} MB`,
  }
}

const UNITS: readonly (readonly [number, Intl.RelativeTimeFormatUnit])[] = [
  [31_536_000, 'year'],
  [2_592_000, 'month'],
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
]
