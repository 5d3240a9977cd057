import { describe, expect, it } from 'vitest'
import { nextTime, parseSchedule, type QuerySchedule } from './schedule.ts'

const read = (given: unknown) => parseSchedule(given) as QuerySchedule

describe('a schedule', () => {
  it.each([
    [{ hour: '1', minute: '5' }, '2026-06-15T02:00:00Z', '2026-06-16T01:05:00.000Z'],
    [{ minute: '0/30' }, '2026-06-15T02:00:00Z', '2026-06-15T02:30:00.000Z'],
    [{ second: '0/20' }, '2026-06-15T02:00:59.500Z', '2026-06-15T02:01:00.000Z'],
    [{ dayOfMonth: '31' }, '2026-06-15T00:00:00Z', '2026-07-31T00:00:00.000Z'],
    [{ month: '2', dayOfMonth: '29' }, '2026-06-15T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    [{ dayOfWeek: '7', hour: '[8-9]' }, '2026-06-15T00:00:00Z', '2026-06-21T08:00:00.000Z'],
    [{ hour: '1,13' }, '2026-12-31T13:00:00Z', '2027-01-01T01:00:00.000Z'],
  ])('of %j runs after %s at %s', (given, after, wanted) => {
    expect(nextTime(read(given), new Date(after))?.toISOString()).toBe(wanted)
  })

  it('that never comes is none', () => {
    expect(nextTime(read({ month: '2', dayOfMonth: '30' }), new Date('2026-06-15T00:00:00Z'))).toBeUndefined()
  })

  it.each([
    [{}, 'schedule'],
    [{ hour: '24' }, 'hour'],
    [{ minute: '5-6' }, 'minute'],
    [{ minute: '0/0' }, 'minute'],
    [{ dayOfWeek: '0' }, 'dayOfWeek'],
    [{ year: '2026' }, 'schedule'],
    ['x', 'schedule'],
  ])('%j is refused at %s', (given, field) => {
    expect(parseSchedule(given)).toBe(field)
  })
})
