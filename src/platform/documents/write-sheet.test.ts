import { readSheet } from 'read-excel-file/node'
import { describe, expect, it } from 'vitest'
import { annotateSheet, type Cell, ERROR_TITLE, type SheetColumn, withoutApostrophe, writeCsv, writeXlsx } from './write-sheet.ts'

const columns: SheetColumn[] = [
  { title: '条码', type: 'text' },
  { title: '数量', type: 'number' },
]

async function csv(rows: Iterable<Cell[]>): Promise<string> {
  let text = ''
  for await (const chunk of writeCsv(columns, rows)) text += chunk
  return text
}

describe('writeCsv', () => {
  it('begins with a byte order mark and ends each line with CRLF', async () => {
    expect(await csv([['9520000000011', 12]])).toBe('\uFEFF条码,数量\r\n9520000000011,12\r\n')
  })

  it('gives the header of a table without rows', async () => {
    expect(await csv([])).toBe('\uFEFF条码,数量\r\n')
  })

  it('quotes separators, quotes, line breaks and blanks at the ends', async () => {
    expect(
      await csv([
        ['a"b,c\nd', null],
        [' e', 1.5],
      ]),
    ).toBe('\uFEFF条码,数量\r\n"a""b,c\nd",\r\n" e",1.5\r\n')
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1+1'])('puts an apostrophe before %j', async (text) => {
    const body = (await csv([[text, 1]])).split('\r\n').slice(1).join('\r\n')
    expect(body.replace(/^"/, '').startsWith(`'${text}`)).toBe(true)
    expect(withoutApostrophe(`'${text}`)).toBe(text)
  })

  it('leaves a negative number of a number column a number', async () => {
    expect(await csv([['x', -3]])).toContain('x,-3\r\n')
  })

  it('takes an apostrophe that is part of a name for what it is', () => {
    expect(withoutApostrophe("'s Gravenhage")).toBe("'s Gravenhage")
  })

  it('gives a long table in chunks', async () => {
    let chunks = 0
    const rows = Array.from({ length: 20_000 }, (_, i): Cell[] => [`95200000${i}`, i])
    for await (const chunk of writeCsv(columns, rows)) {
      chunks++
      expect(chunk.length).toBeLessThan(70_000)
    }
    expect(chunks).toBeGreaterThan(3)
  })
})

describe('writeXlsx', () => {
  it('keeps every digit of a barcode, leading zeros too, and numbers as numbers', async () => {
    const bytes = await writeXlsx(columns, [
      ['00012345678905', 3],
      ['952000000000000012345', 1.25],
      [null, null],
      ['=HYPERLINK("x")', 0],
    ])
    expect(await readSheet(bytes)).toEqual([
      ['条码', '数量'],
      ['00012345678905', 3],
      ['952000000000000012345', 1.25],
      [null, null],
      [`'=HYPERLINK("x")`, 0],
    ])
  })

  it('survives control characters, markup and a cell longer than a spreadsheet takes', async () => {
    const bytes = await writeXlsx(columns, [
      ['a\u0000b\u0007c', 1],
      ['<c t="s">&amp;</c>', 2],
      ['长'.repeat(40_000), Number.NaN],
    ])
    const rows = await readSheet(bytes)
    expect(rows[1]![0]).toBe('abc')
    expect(rows[2]![0]).toBe('<c t="s">&amp;</c>')
    expect(String(rows[3]![0])).toHaveLength(32_767)
    expect(rows[3]![1]).toBeNull()
  })
})

describe('annotateSheet', () => {
  it('gives the rows back as they stood, with what is wrong behind them', async () => {
    const bytes = await annotateSheet(
      ['条码', '生产日期', '数量'],
      [
        { cells: [9522857320458, new Date('2025-03-04T00:00:00Z'), '1,200件'], error: '第 3 行 条码 校验位不对' },
        { cells: ['9.52118E+12'], error: '短行' },
      ],
    )
    expect(await readSheet(bytes)).toEqual([
      ['条码', '生产日期', '数量', ERROR_TITLE],
      ['9522857320458', '2025-03-04', '1,200件', '第 3 行 条码 校验位不对'],
      ['9.52118E+12', null, null, '短行'],
    ])
  })
})
