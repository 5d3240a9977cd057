import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { provinceCode, provinceName, provinces } from './region.ts'
import {
  addDays,
  addMonths,
  civilDate,
  civilDateOf,
  compareDates,
  dateWords,
  daysBetween,
  instantOf,
  instantWords,
  isCivilDate,
  parseDate,
  parseInstant,
  startOfDay,
} from './time.ts'

describe('a date from a spreadsheet', () => {
  test.each([
    ['2024-06-27', '2024-06-27', false],
    ['2024/11/10', '2024-11-10', true],
    ['2027.11.10', '2027-11-10', true],
    ['20240627', '2024-06-27', true],
    ['2024年6月7日', '2024-06-07', true],
    ['２０２４－０６－２７', '2024-06-27', true],
    ['2024-6-7', '2024-06-07', true],
    ['2024 06 27', '2024-06-27', true],
    ['2024–06–27', '2024-06-27', true],
    ['2024年6月27号', '2024-06-27', true],
    ['27 Jun 2024', '2024-06-27', true],
    ['27-JUN-2024', '2024-06-27', true],
    ['June 27, 2024', '2024-06-27', true],
    ['2024-06-26T16:00:00.000Z', '2024-06-27', true],
    ['2024-06-27T00:00:00+08:00', '2024-06-27', true],
    [new Date('2024-06-27T00:00:00Z'), '2024-06-27', true],
    ['2024-06-27 00:00:00', '2024-06-27', true],
    [45470, '2024-06-27', true],
    ['45470', '2024-06-27', true],
    [61, undefined, false],
  ])('%s is %s', (input, date, changed) => {
    expect(parseDate(input)).toEqual(date === undefined ? { ok: false, reason: 'implausible' } : { ok: true, date, changed })
  })
  test.each([
    ['2025-13-02', 'not-a-date'],
    ['2025-02-29', 'not-a-date'],
    ['1924-04-16', 'implausible'],
    ['03/04/2025', 'ambiguous'],
    ['', 'empty'],
    ['  ', 'empty'],
    ['soon', 'not-a-date'],
    ['31 Jun 2024', 'not-a-date'],
    ['27 Foo 2024', 'not-a-date'],
    ['2024-06', 'not-a-date'],
    [new Date(Number.NaN), 'not-a-date'],
    [Number.NaN, 'not-a-date'],
    [0, 'not-a-date'],
  ])('%s is refused: %s', (input, reason) => {
    expect(parseDate(input)).toEqual({ ok: false, reason })
  })
  test('is refused at once when it is a megabyte of blanks', () => {
    expect(parseDate(`2024${' '.repeat(1_000_000)}x`)).toEqual({ ok: false, reason: 'not-a-date' })
  })
  test('is never another day than the one that was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1990, max: 2100 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 31 }), (y, m, d) => {
        const expected = civilDate(y, m, d)
        const iso = `${y}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`
        expect(isCivilDate(iso)).toBe(expected !== undefined)
        for (const text of [iso, `${y}/${m}/${d}`, `${y}.${m}.${d}`, `${y}年${m}月${d}日`]) {
          const parsed = parseDate(text)
          expect(parsed.ok ? parsed.date : undefined).toBe(expected)
        }
      }),
    )
  })
})

test('a day in China begins eight hours before the day in Greenwich', () => {
  expect(civilDateOf(new Date('2026-06-14T15:59:59Z'))).toBe('2026-06-14')
  expect(civilDateOf(new Date('2026-06-14T16:00:00Z'))).toBe('2026-06-15')
  expect(startOfDay(civilDateOf(new Date('2026-06-14T16:00:00Z'))).toISOString()).toBe('2026-06-14T16:00:00.000Z')
})

test('months are added to the last day of a shorter month', () => {
  const date = civilDate(2024, 1, 31)!
  expect([1, 12, 13, 36].map((m) => addMonths(date, m))).toEqual(['2024-02-29', '2025-01-31', '2025-02-28', '2027-01-31'])
  expect(daysBetween(date, addMonths(date, 1))).toBe(29)
})

test('dates are compared, moved and told in both languages', () => {
  const date = civilDate(2026, 6, 15)!
  expect([addDays(date, -15), addDays(date, 16)]).toEqual(['2026-05-31', '2026-07-01'])
  expect([civilDate(2027, 1, 1)!, date, civilDate(2026, 6, 14)!].sort(compareDates)).toEqual(['2026-06-14', '2026-06-15', '2027-01-01'])
  expect([dateWords(date, 'zh'), dateWords(date, 'en')]).toEqual(['2026年6月15日', '15 June 2026'])
})

describe('an instant', () => {
  test.each([
    ['2026-06-15T08:30:00+08:00', '2026-06-15T00:30:00.000Z'],
    ['2026-06-15T00:30Z', '2026-06-15T00:30:00.000Z'],
    ['2026-06-15T00:30:00.123456-0530', '2026-06-15T06:00:00.123Z'],
    ['2026-06-15T08:30:00', undefined],
    ['2026-02-30T08:30:00Z', undefined],
    ['2026-06-15T25:30:00Z', undefined],
    ['2026-06-15', undefined],
    ['', undefined],
  ])('%s is %s', (text, instant) => {
    expect(parseInstant(text)).toBe(instant)
  })
  test('is told at the time of China, wherever the program runs', () => {
    const instant = instantOf(new Date('2026-06-14T16:30:00Z'))
    expect(instantWords(instant, 'zh')).toBe('2026年6月15日 00:30')
    expect(instantWords(instant, 'en')).toBe('15 Jun 2026, 00:30')
  })
})

describe('a province', () => {
  test('is one of 34, each with a tile of its own', () => {
    expect(provinces).toHaveLength(34)
    expect(new Set(provinces.map((p) => `${p.column},${p.row}`)).size).toBe(34)
  })
  test.each([
    ['浙江', '33'],
    ['浙江省', '33'],
    ['Zhejiang', '33'],
    ['zhejiang province', '33'],
    ['330206', '33'],
    ['浙江省宁波市', '33'],
    ['内蒙古自治区', '15'],
    ['陕西', '61'],
    ['Shanxi', '14'],
    ['Hong Kong', '81'],
    ['CN-ZJ', '33'],
    ['中国浙江省', '33'],
    ['Xizang', '54'],
    ['Guangxi Zhuang Autonomous Region', '45'],
    ['青海省海南州', '63'],
    ['海南藏族自治州', '63'],
    ['海南省', '46'],
  ])('%s is %s', (text, code) => {
    expect(provinceCode(text)).toBe(code)
  })
  test('that is unknown has no code, and an unknown code is shown as it is', () => {
    expect(provinceCode('Atlantis')).toBeUndefined()
    expect(provinceCode('')).toBeUndefined()
    expect(provinceName('33', 'en')).toBe('Zhejiang')
    expect(provinceName('99', 'zh')).toBe('99')
  })
})
