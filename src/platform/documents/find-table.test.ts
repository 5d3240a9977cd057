import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isScientificNotation, parseQuantity } from './cells.ts'
import { findTable } from './find-table.ts'
import { openSheet } from './read-sheet.ts'
import type { SheetCell, SheetRow } from './sheet.ts'

const SYNONYMS = { gtin: ['商品条码', '条码'], lot: ['生产批号', '批号'], quantity: ['数量'], note: ['备注'] } as const

const sheet = (...lines: SheetCell[][]): SheetRow[] => lines.map((cells, i) => ({ rowNumber: i + 1, cells }))

describe('findTable', () => {
  it('finds the header under a title and leaves totals, blanks and repeated headers aside', () => {
    const table = findTable(
      sheet(
        ['入境明细表'],
        ['商品条码', '生产批号', '数量（件）'],
        ['1', 'A', 3],
        ['', null, ' '],
        ['商品条码', '生产批号', '数量（件）'],
        ['2', 'B', 4],
        ['小 计：', null, 7],
        ['合计', null, 7],
      ),
      SYNONYMS,
    )
    expect(table.headerRow).toBe(2)
    expect(table.mapping).toEqual({ gtin: 0, lot: 1, quantity: 2 })
    expect(table.missing).toEqual(['note'])
    expect(table.rows.map((row) => row.rowNumber)).toEqual([3, 6])
    expect(table.setAside).toEqual([
      { rowNumber: 5, reason: 'repeated-header' },
      { rowNumber: 7, reason: 'total' },
      { rowNumber: 8, reason: 'total' },
    ])
  })

  it('compares titles without width, blanks, brackets and case', () => {
    expect(findTable(sheet([' ＧＴＩＮ ', '【批 号】', '数\u200b量(pcs)', '未知']), SYNONYMS)).toMatchObject({
      mapping: { gtin: 0, lot: 1, quantity: 2 },
      unknown: [{ column: 3, title: '未知' }],
      rows: [],
    })
  })

  it('does not take a product for a total', () => {
    expect(findTable(sheet(['批号', '条码'], ['Total Repair', '1'], ['total', '952', 'x', 'y']), SYNONYMS).rows).toHaveLength(2)
  })

  it('lets a person choose header and columns', () => {
    const table = findTable(sheet(['甲', '条码', '乙'], ['1', '2', '3']), SYNONYMS, {
      headerRow: 1,
      mapping: { gtin: 0, quantity: 2 },
      required: ['gtin', 'lot'],
    })
    expect(table.mapping).toEqual({ gtin: 0, quantity: 2 })
    expect(table.missing).toEqual(['lot'])
    expect(table.unknown).toEqual([{ column: 1, title: '条码' }])
  })

  it('refuses a sheet without a header, or a header row that is not there', () => {
    expect(() => findTable(sheet(['a', 'b'], ['c', 'd']), SYNONYMS)).toThrow(/HEADER_NOT_FOUND/)
    expect(() => findTable(sheet(['条码', '批号']), SYNONYMS, { headerRow: 9 })).toThrow(/HEADER_NOT_FOUND/)
  })

  it('lets the first of two columns of one name win', () => {
    expect(findTable(sheet(['条码', '批号', '商品条码']), SYNONYMS)).toMatchObject({
      mapping: { gtin: 0, lot: 1 },
      unknown: [{ column: 2 }],
    })
  })
})

const FOLDER = new URL('../../../../shared/data/importer-files/', import.meta.url)

describe.each([
  ['utf8', 'utf-8'],
  ['gb18030', 'gb18030'],
])('the entry list of a clerk in %s', (name, encoding) => {
  const file = new URL(`entry-list-${name}.csv`, FOLDER)
  it('gives 191 rows, and tells what became of the barcodes', async (context) => {
    if (!existsSync(file)) context.skip('NOT COVERED: ../shared/data/importer-files is absent')
    const opened = await openSheet(readFileSync(file))
    expect(opened.encoding).toBe(encoding)
    const table = findTable(opened.rows, SYNONYMS)
    expect(table.headerRow).toBe(2)
    expect(table.missing).toEqual([])
    expect(table.rows).toHaveLength(191)
    expect(table.rows[0]!.cells[table.mapping.gtin!]).toBe('9522857320458')
    expect(table.setAside).toEqual([{ rowNumber: 194, reason: 'total' }])
    expect(table.rows.filter((row) => isScientificNotation(String(row.cells[table.mapping.gtin!]))).length).toBeGreaterThan(0)
    expect(table.rows.filter((row) => !parseQuantity(row.cells[table.mapping.quantity!]).ok)).toEqual([])
  })
})
