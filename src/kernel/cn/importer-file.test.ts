import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseGtin } from '../gs1/gtin.ts'
import { parseDate } from '../time.ts'
import { declarationFault, matchCountry, matchEntryPort, matchTradeMode, matchTransportMode } from './customs.ts'
import { filingFault } from './filing-number.ts'
import { checkInspectionCertificate } from './inspection-certificate.ts'

const FILE = new URL('../../../../shared/data/importer-files/entry-list-utf8.csv', import.meta.url)

/** A reader for this one file: quotes, no line breaks in cells. */
function rowsOf(text: string): string[][] {
  return text
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1] ?? m[2] ?? ''))
}

/** What the kernel refuses in a column: the cell, or why. */
const refusals: Readonly<Record<string, (cell: string) => string | undefined>> = {
  商品条码: (cell) => {
    const parsed = parseGtin(cell)
    return parsed.ok ? undefined : parsed.reason
  },
  '原产国（地区）': (cell) => (matchCountry(cell) === undefined ? cell : undefined),
  '备案/注册编号': (cell) => filingFault(cell)?.code,
  生产日期: (cell) => dateReason(cell),
  限期使用日期: (cell) => dateReason(cell),
  入境日期: (cell) => dateReason(cell),
  报关单号: (cell) => declarationFault(cell)?.code,
  入境口岸: (cell) => (matchEntryPort(cell) === undefined ? cell : undefined),
  运输方式: (cell) => (matchTransportMode(cell) === undefined ? cell : undefined),
  监管方式: (cell) => (matchTradeMode(cell) === undefined ? cell : undefined),
  检验检疫证书编号: (cell) => (checkInspectionCertificate(cell).ok ? undefined : cell),
}

function dateReason(cell: string): string | undefined {
  const parsed = parseDate(cell)
  return parsed.ok ? undefined : parsed.reason
}

test('of the entry list of an importer, only the accidents are refused', ({ skip }) => {
  skip(!existsSync(FILE), 'NOT COVERED: ../shared/data/importer-files is absent')
  const [, header, ...rows] = rowsOf(readFileSync(FILE, 'utf8').replace(/^\uFEFF/, ''))
  const goods = rows.filter((row) => row[0] !== '合计')
  const tally: Record<string, Record<string, number>> = {}
  for (const row of goods) {
    for (const [name, refuse] of Object.entries(refusals)) {
      const reason = refuse(row[header!.indexOf(name)]!)
      if (reason !== undefined) (tally[name] ??= {})[reason] = (tally[name][reason] ?? 0) + 1
    }
  }
  expect(goods).toHaveLength(191)
  // countries with 产 behind them, full width, and three forms of dates are understood; these cannot be
  expect(tally).toEqual({
    商品条码: { 'scientific-notation': 10, 'check-digit': 9 },
    入境日期: { implausible: 9 },
  })
})
