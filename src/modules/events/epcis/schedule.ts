/** Times at which a query runs, like cron (EPCIS 2.0, 8.2.5.3): a field is a set of numbers; undefined is any. */
export interface QuerySchedule {
  readonly second: ReadonlySet<number>
  readonly minute: ReadonlySet<number> | undefined
  readonly hour: ReadonlySet<number> | undefined
  readonly dayOfMonth: ReadonlySet<number> | undefined
  readonly month: ReadonlySet<number> | undefined
  /** 1 is Monday. */
  readonly dayOfWeek: ReadonlySet<number> | undefined
}

const FIELDS = { second: [0, 59], minute: [0, 59], hour: [0, 23], dayOfMonth: [1, 31], month: [1, 12], dayOfWeek: [1, 7] } as const
type Field = keyof typeof FIELDS

/**
 * Reads `n`, `a,b`, `[a-b]` and `0/30` (decision 0011, 7). What is finer than the finest field that is given is its
 * beginning: an hour and a minute mean that minute once, not sixty times.
 * @returns the name of the field that is wrong
 */
export function parseSchedule(given: unknown): QuerySchedule | Field | 'schedule' {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return 'schedule'
  const fields: Partial<Record<Field, ReadonlySet<number>>> = {}
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(FIELDS, name)) return 'schedule'
    const field = name as Field
    const numbers = typeof value === 'string' || typeof value === 'number' ? numbersOf(String(value), FIELDS[field]) : undefined
    if (numbers === undefined) return field
    fields[field] = numbers
  }
  if (Object.keys(fields).length === 0) return 'schedule'
  const start = new Set([0])
  const coarserThanMinute = fields.hour ?? fields.dayOfMonth ?? fields.month ?? fields.dayOfWeek
  const coarserThanHour = fields.dayOfMonth ?? fields.month ?? fields.dayOfWeek
  return {
    second: fields.second ?? start,
    minute: fields.minute ?? (fields.second === undefined && coarserThanMinute !== undefined ? start : undefined),
    hour: fields.hour ?? (fields.second === undefined && fields.minute === undefined && coarserThanHour !== undefined ? start : undefined),
    dayOfMonth: fields.dayOfMonth,
    month: fields.month,
    dayOfWeek: fields.dayOfWeek,
  }
}

function numbersOf(text: string, [least, most]: readonly [number, number]): ReadonlySet<number> | undefined {
  const numbers = new Set<number>()
  for (const part of text.split(',')) {
    const one = /^\s*(\d{1,2})\s*$/.exec(part)
    const range = /^\s*\[(\d{1,2})-(\d{1,2})\]\s*$/.exec(part)
    const steps = /^\s*(\d{1,2})\/(\d{1,2})\s*$/.exec(part)
    if (one !== null) numbers.add(Number(one[1]))
    else if (range !== null) for (let n = Number(range[1]); n <= Number(range[2]); n++) numbers.add(n)
    else if (steps !== null && Number(steps[2]) > 0) for (let n = Number(steps[1]); n <= most; n += Number(steps[2])) numbers.add(n)
    else return undefined
  }
  return numbers.size > 0 && [...numbers].every((n) => n >= least && n <= most) ? numbers : undefined
}

/** The first time after a moment, in UTC; undefined when there is none within five years (30 February). */
export function nextTime(schedule: QuerySchedule, after: Date): Date | undefined {
  const t = new Date(Math.floor(after.getTime() / 1000) * 1000 + 1000)
  const end = after.getTime() + 5 * 366 * 86_400_000
  while (t.getTime() < end) {
    if (schedule.month?.has(t.getUTCMonth() + 1) === false) t.setTime(Date.UTC(t.getUTCFullYear(), t.getUTCMonth() + 1, 1))
    else if (
      schedule.dayOfMonth?.has(t.getUTCDate()) === false ||
      schedule.dayOfWeek?.has(t.getUTCDay() === 0 ? 7 : t.getUTCDay()) === false
    )
      t.setTime(Date.UTC(t.getUTCFullYear(), t.getUTCMonth(), t.getUTCDate() + 1))
    else if (schedule.hour?.has(t.getUTCHours()) === false) t.setTime(Math.floor(t.getTime() / 3_600_000) * 3_600_000 + 3_600_000)
    else if (schedule.minute?.has(t.getUTCMinutes()) === false) t.setTime(Math.floor(t.getTime() / 60_000) * 60_000 + 60_000)
    else if (!schedule.second.has(t.getUTCSeconds())) t.setTime(t.getTime() + 1000)
    else return t
  }
  return undefined
}
