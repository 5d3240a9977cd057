import { crc32 as zlibCrc32, deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../kernel/errors.ts'
import { openSheet, readSheet, type SheetLimits } from './read-sheet.ts'
import { type Cell, type SheetColumn, writeCsv, writeXlsx } from './write-sheet.ts'
import { packStored } from './zip.ts'

/** The code with which a file is refused. */
async function refusal(bytes: Uint8Array, limits: Partial<SheetLimits> = {}): Promise<string> {
  try {
    const rows = await readSheet(bytes, limits)
    return `read ${rows.length} rows`
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

const text = (value: string) => Buffer.from(value, 'utf8')

interface Part {
  readonly name: string
  readonly content: string | Buffer
  /** What the headers say, when that is not the truth. */
  readonly declared?: number
  readonly flags?: number
  readonly method?: number
}

/** A zip written by hand, so that it can lie. */
function zip(parts: readonly Part[]): Buffer {
  const locals: Buffer[] = []
  const centrals: Buffer[] = []
  let offset = 0
  for (const part of parts) {
    const name = Buffer.from(part.name)
    const packed = deflateRawSync(part.content)
    const head = Buffer.alloc(26)
    head.writeUInt16LE(20, 0)
    head.writeUInt16LE(part.flags ?? 0, 2)
    head.writeUInt16LE(part.method ?? 8, 4)
    head.writeUInt32LE(typeof zlibCrc32 === 'function' ? zlibCrc32(part.content) : 0, 10)
    head.writeUInt32LE(packed.length, 14)
    head.writeUInt32LE(part.declared ?? Buffer.byteLength(part.content), 18)
    head.writeUInt16LE(name.length, 22)
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), head, name, packed)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    centrals.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), head, tail, name)
    offset += 30 + name.length + packed.length
  }
  const directory = Buffer.concat(centrals)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(parts.length, 8)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, directory, end])
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** A workbook of one sheet whose XML is given. */
function workbook(sheetData: string, options: { sheets?: string; prolog?: string; extra?: Part[]; sheet?: Partial<Part> } = {}): Part[] {
  return [
    {
      name: 'xl/workbook.xml',
      content: `<?xml version="1.0"?>${options.prolog ?? ''}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${options.sheets ?? '<sheet name="清单 &amp; A" sheetId="1" r:id="rId1"/>'}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    },
    {
      name: 'xl/worksheets/sheet1.xml',
      content: `<?xml version="1.0"?><worksheet xmlns="${MAIN}"><sheetData>${sheetData}</sheetData></worksheet>`,
      ...options.sheet,
    },
    ...(options.extra ?? []),
  ]
}

describe('text', () => {
  it.each([',', ';', '\t', '|'])('is read with the separator %j', async (separator) => {
    expect(await readSheet(text(`标题\r\na${separator}b${separator}c\r\n1${separator}2${separator}\r\n`))).toEqual([
      { rowNumber: 1, cells: ['标题'] },
      { rowNumber: 2, cells: ['a', 'b', 'c'] },
      { rowNumber: 3, cells: ['1', '2'] },
    ])
  })

  it('may hold quotes, separators and line breaks inside quotes, and any line end', async () => {
    expect(await readSheet(text('a,"x ""y""\r\n, z"\r\r\n\n1,2\n,,\n3,'))).toEqual([
      { rowNumber: 1, cells: ['a', 'x "y"\r\n, z'] },
      { rowNumber: 4, cells: ['1', '2'] },
      { rowNumber: 6, cells: ['3'] },
    ])
  })

  it('keeps every digit, and the digits that a program protects with ="…"', async () => {
    expect(await readSheet(text('a,b\n="0952",09522857320458\n"=""952""",310120249451335444\n'))).toEqual([
      { rowNumber: 1, cells: ['a', 'b'] },
      { rowNumber: 2, cells: ['0952', '09522857320458'] },
      { rowNumber: 3, cells: ['952', '310120249451335444'] },
    ])
  })

  it('obeys the separator that its first line tells a spreadsheet', async () => {
    expect(await readSheet(text('sep=;\r\na;b,c\r\n'))).toEqual([{ rowNumber: 1, cells: ['a', 'b,c'] }])
  })

  it.each([
    ['utf-8', text('品名,Björkö')],
    ['utf-8', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), text('品名,Björkö')])],
    ['utf-16le', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('品名,Björkö', 'utf16le')])],
    ['utf-16be', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from('品名,Björkö', 'utf16le').swap16()])],
    [
      'gb18030',
      Buffer.concat([
        Buffer.from([0xc6, 0xb7, 0xc3, 0xfb]),
        Buffer.from(',Bj'),
        Buffer.from([0x81, 0x30, 0x8b, 0x36]),
        Buffer.from('rk'),
        Buffer.from([0x81, 0x30, 0x8b, 0x36]),
      ]),
    ],
  ])('in %s is understood', async (encoding, bytes) => {
    const sheet = await openSheet(bytes)
    expect(sheet.encoding).toBe(encoding)
    expect(sheet.rows[0]!.cells[0]).toBe('品名')
  })

  it('of nonsense is refused', async () => {
    expect(await refusal(Buffer.from([0x61, 0xff, 0xff, 0x2c]))).toBe('BAD_ENCODING')
    expect(await refusal(text('a,b\0,c'))).toBe('NOT_A_SHEET')
    expect(await refusal(Buffer.from('a,b\nc,d', 'utf16le'))).toBe('NOT_A_SHEET')
    expect(await refusal(Buffer.alloc(0))).toBe('EMPTY_SHEET')
    expect(await refusal(text(' \r\n,,\r\n'))).toBe('EMPTY_SHEET')
    expect(await refusal(text('<html><table><tr><td>x</td></tr></table></html>'))).toBe('NOT_A_SHEET')
    expect(await refusal(text('%PDF-1.7\n'))).toBe('NOT_A_SHEET')
  })

  it('with a quote that is never closed is refused instead of swallowing rows', async () => {
    expect(await refusal(text('a,b\n"c,d\ne,f\n'))).toBe('QUOTE_OPEN')
    expect(await refusal(text(`a,b\n${'c'.repeat(100_000)},d\n`))).toBe('CELL_TOO_LONG')
    expect(await refusal(text(`a,b\n"c,${'d\n'.repeat(20_000)}",e\n`))).toBe('QUOTE_OPEN')
  })

  it('with a line of a million columns is refused, unless they are empty', async () => {
    expect(await refusal(text(`a,b\n${'x,'.repeat(1_000_000)}\n`))).toBe('TOO_MANY_COLUMNS')
    expect(await refusal(text(`a,b\n1,2${','.repeat(1_000_000)}\n`))).toBe('read 2 rows')
  })

  it('with too many rows is refused, telling the bound', async () => {
    await expect(readSheet(text('a\n'.repeat(60_000)))).rejects.toMatchObject({ code: 'TOO_MANY_ROWS', params: { limit: 50_000 } })
    expect(await refusal(text('\n'.repeat(1_000_000)))).toBe('EMPTY_SHEET')
  })

  it('of 60 MB is refused before anything is read', async () => {
    // were it read, its bytes would not be text
    expect(await refusal(Buffer.alloc(60 * 1024 * 1024, 0xff))).toBe('FILE_TOO_LARGE')
  })
})

describe('a workbook', () => {
  const columns: SheetColumn[] = [
    { title: '条码', type: 'text' },
    { title: '数量', type: 'number' },
  ]

  it('comes back as it was written, told by content', async () => {
    const sheet = await openSheet(
      await writeXlsx(columns, [
        ['00012345678905', 3],
        [null, null],
        ['x', 1.5],
      ]),
    )
    expect(sheet).toEqual({
      kind: 'xlsx',
      encoding: null,
      sheet: 'Sheet1',
      sheets: ['Sheet1'],
      hiddenRows: [],
      mergedCells: 0,
      rows: [
        { rowNumber: 1, cells: ['条码', '数量'] },
        { rowNumber: 2, cells: ['00012345678905', 3] },
        { rowNumber: 4, cells: ['x', 1.5] },
      ],
    })
  })

  it('leaves the bytes of its owner alone', async () => {
    const bytes = await writeXlsx(columns, [['1', 2]])
    const copy = Buffer.from(bytes)
    await readSheet(bytes)
    expect(bytes.equals(copy)).toBe(true)
  })

  it('gives barcodes that are numbers with all their digits', async () => {
    const cells = ['9522857320458', '9.522857320458E12', '9.5228573204580005E+12', '310120249451335444', '1.2E3', '0.5']
      .map((v, i) => `<c r="${'ABCDEF'[i]}1"><v>${v}</v></c>`)
      .join('')
    const [row] = await readSheet(zip(workbook(`<row r="1">${cells}</row>`)))
    expect(row!.cells).toEqual([9522857320458, 9522857320458, 9522857320458, '310120249451335444', 1200, 0.5])
  })

  it('gives the remembered value of a formula and never the formula', async () => {
    const [row] = await readSheet(
      zip(
        workbook(
          '<row r="7"><c r="A7"><f>1+1</f><v>2</v></c><c r="B7" t="str"><f>HYPERLINK("http://x")</f><v>click</v></c><c r="C7" t="str"><f>WEBSERVICE("http://x")</f></c><c r="D7" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="E7" t="b"><v>1</v></c></row>',
        ),
      ),
    )
    expect(row).toEqual({ rowNumber: 7, cells: [2, 'click', null, null, 'TRUE'] })
  })

  it('tells its sheets, and reads the one that is asked for', async () => {
    const bytes = zip(workbook('<row r="1"><c r="A1"><v>1</v></c></row>'))
    expect((await openSheet(bytes, { sheet: '清单 & A' })).sheets).toEqual(['清单 & A'])
    await expect(openSheet(bytes, { sheet: '别的' })).rejects.toMatchObject({ code: 'SHEET_MISSING' })
    await expect(openSheet(text('a,b'), { sheet: '别的' })).rejects.toMatchObject({ code: 'SHEET_MISSING' })
  })

  it('tells the rows that it hides, and reads cells merged down a column as a person sees them', async () => {
    const cell = (address: string, value: string) => `<c r="${address}" t="inlineStr"><is><t>${value}</t></is></c>`
    const rows = [
      `<row r="1">${cell('A1', '标题')}</row>`,
      `<row r="2" hidden="1">${cell('A2', '箱一')}${cell('B2', 'a')}</row>`,
      `<row r="3">${cell('B3', 'b')}</row>`,
      `<row hidden="true" r="4">${cell('B4', 'c')}</row>`,
      `<row r="6">${cell('A6', '箱二')}${cell('B6', 'd')}</row>`,
      `<row r="7" hidden="0">${cell('A7', '底下')}${cell('B7', 'e')}</row>`,
    ].join('')
    const merged =
      '<mergeCells><mergeCell ref="A1:D1"/><mergeCell ref="A2:A5"/><mergeCell ref="A6:A1048576"/><mergeCell ref="XFD1:XFD9"/></mergeCells>'
    const sheet = await openSheet(
      zip(
        workbook('', {
          sheet: { content: `<?xml version="1.0"?><worksheet xmlns="${MAIN}"><sheetData>${rows}</sheetData>${merged}</worksheet>` },
        }),
      ),
    )
    expect(sheet.hiddenRows).toEqual([2, 4])
    expect(sheet.mergedCells).toBe(2)
    expect(sheet.rows.map((row) => row.cells)).toEqual([
      ['标题'],
      ['箱一', 'a'],
      ['箱一', 'b'],
      ['箱一', 'c'],
      ['箱二', 'd'],
      ['底下', 'e'],
    ])
  })

  it('may be written without compression', async () => {
    const parts = workbook('<row r="1"><c r="A1"><v>1</v></c></row>').map(({ name, content }) => ({ name, bytes: Buffer.from(content) }))
    expect(await refusal(packStored(parts))).toBe('read 1 rows')
  })

  it('without anything in it is empty', async () => {
    expect(await refusal(zip(workbook('<row r="1"><c r="A1" t="inlineStr"><is><t> </t></is></c></row>')))).toBe('EMPTY_SHEET')
  })
})

describe('a hostile workbook is refused:', () => {
  const one = '<row r="1"><c r="A1"><v>1</v></c></row>'
  /** One cell in the last row of a sheet of two hundred columns: room for 200 million cells. */
  const far = '<row r="1"><c r="GR1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'

  it('a bomb that says what it is', async () => {
    const bomb = zip(workbook(one, { extra: [{ name: 'xl/big.xml', content: Buffer.alloc(250 * 1024 * 1024, 0x20) }] }))
    expect(bomb.length).toBeLessThan(1024 * 1024)
    expect(await refusal(bomb)).toBe('ZIP_BOMB')
  })

  it('a bomb below the size, by its ratio', async () => {
    expect(await refusal(zip(workbook(one, { extra: [{ name: 'xl/big.xml', content: Buffer.alloc(30 * 1024 * 1024, 0x20) }] })))).toBe(
      'ZIP_BOMB',
    )
  })

  it('a bomb that declares to be small', async () => {
    const content = Buffer.alloc(250 * 1024 * 1024, 0x20)
    expect(await refusal(zip(workbook(one, { extra: [{ name: 'xl/big.xml', content, declared: 1000 }] })))).toBe('ZIP_BOMB')
  })

  it('sizes that are larger than the truth', async () => {
    expect(await refusal(zip(workbook(one, { sheet: { declared: 5_000_000 } })))).toBe('NOT_A_SHEET')
    expect(await refusal(zip(workbook(one, { sheet: { declared: 0xfffffff0 } })))).toBe('ZIP_BOMB')
  })

  it('entries under lock', async () => {
    expect(await refusal(zip(workbook(one, { sheet: { flags: 1 } })))).toBe('SHEET_ENCRYPTED')
  })

  it('a compound file: with a password, or of the old format', async () => {
    const compound = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(1024)])
    expect(await refusal(compound)).toBe('SHEET_OLD_FORMAT')
    expect(await refusal(Buffer.concat([compound, Buffer.from('EncryptedPackage', 'utf16le')]))).toBe('SHEET_ENCRYPTED')
  })

  it('document types and entities', async () => {
    const laughs = '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    expect(await refusal(zip(workbook(one, { prolog: laughs })))).toBe('NOT_A_SHEET')
  })

  it('other zips, two files of one name, unknown packing, damage', async () => {
    expect(await refusal(zip([{ name: 'word/document.xml', content: 'x' }]))).toBe('NOT_A_SHEET')
    expect(await refusal(zip([...workbook(one), ...workbook(one)]))).toBe('NOT_A_SHEET')
    expect(await refusal(zip(workbook(one, { sheet: { method: 99 } })))).toBe('NOT_A_SHEET')
    const good = zip(workbook(one))
    expect(await refusal(good.subarray(0, good.length - 30))).toBe('NOT_A_SHEET')
    expect(await refusal(Buffer.from('PK\x03\x04', 'latin1'))).toBe('NOT_A_SHEET')
    expect(await refusal(zip(workbook(`${one}<row r="x"`)))).toBe('NOT_A_SHEET')
  })

  it('every flip of a byte gives an answer, and no fault of ours', async () => {
    const good = zip(workbook(one))
    // the directory and the end record, where all numbers stand that are believed
    for (let at = good.length - 230; at < good.length; at += 9) {
      const bad = Buffer.from(good)
      bad[at] = bad[at]! ^ 0xff
      expect(await refusal(bad)).toMatch(/^(NOT_A_SHEET|ZIP_BOMB|SHEET_ENCRYPTED|read 1 rows)$/)
    }
  })

  it('a cell at the far end of the sheet', async () => {
    expect(await refusal(zip(workbook('<row r="1"><c r="XFD1"><v>1</v></c></row>')))).toBe('TOO_MANY_COLUMNS')
  })

  it.each([
    '<row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row>',
    "<row r='1'><c r='ZZZZZZZ1'><v>1</v></c></row>",
    '<row r="1"><c r="&#90;ZZZZZZ1"><v>1</v></c></row>',
    '<row r="1"><x:c q:r="ZZZZZZZ1"><v>1</v></x:c></row>',
    '<row r="1"><c s=">" r="ZZZZZZZ1"><v>1</v></c></row>',
    '<row r="1"><c r="a1"><v>1</v></c></row>',
    '<row r="1"><c r="A1"><v>1</v></c></row><row r="99999999999"><c r="A99999999999"><v>1</v></c></row>',
    '<row r="1e9"/>',
  ])('an address outside every sheet, however it is written: %s', async (cells) => {
    expect(await refusal(zip(workbook(cells)))).toBe('NOT_A_SHEET')
  })

  it('but not cells with a colour alone, however far out', async () => {
    expect(
      await refusal(
        zip(workbook('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row><row r="1048576"><c r="XFC1048576" s="0"></c></row>')),
      ),
    ).toBe('read 1 rows')
  })

  it('what would fill the memory', async () => {
    expect(await refusal(zip(workbook(far)), { heapMegabytes: 64 })).toBe('SHEET_TIMEOUT')
  })

  it('more rows than are taken', async () => {
    const rows = Array.from({ length: 1100 }, (_, i) => `<row r="${i + 1}"><c r="A${i + 1}"><v>1</v></c></row>`).join('')
    expect(await refusal(zip(workbook(rows)), { dataRows: 1000 })).toBe('TOO_MANY_ROWS')
    expect(await refusal(zip(workbook(rows)))).toBe('read 1100 rows')
  })

  it('what takes longer than it may', async () => {
    expect(await refusal(text('a,b\n'), { milliseconds: 1 })).toBe('SHEET_TIMEOUT')
  })

  it('and the next file is read as if nothing had been', async () => {
    const hostile = zip(workbook(far))
    const answers = await Promise.all([
      refusal(hostile, { heapMegabytes: 64 }),
      refusal(hostile, { milliseconds: 1 }),
      refusal(text('a,b\n')),
      refusal(zip(workbook(one))),
    ])
    expect(answers).toEqual(['SHEET_TIMEOUT', 'SHEET_TIMEOUT', 'read 1 rows', 'read 1 rows'])
  })
})

describe('50,000 rows of 21 columns', () => {
  it('are read exactly from both formats', async () => {
    const columns = Array.from({ length: 21 }, (_, i): SheetColumn => ({ title: `列 ${i}`, type: i === 12 ? 'number' : 'text' }))
    const row = (r: number): Cell[] => columns.map((_, i) => (i === 12 ? r : i === 1 ? String(9520000000000 + r) : `值 ${i} ${r % 977}`))
    const rows = Array.from({ length: 50_000 }, (_, r) => row(r))
    const bytes = await writeXlsx(columns, rows)
    let csv = ''
    for await (const chunk of writeCsv(columns, rows)) csv += chunk
    for (const [name, file] of [
      ['xlsx', bytes],
      ['csv', text(csv)],
    ] as const) {
      const began = performance.now()
      const read = await readSheet(file)
      console.log(
        `${name} ${(file.length / 1e6).toFixed(1)} MB: ${((performance.now() - began) / 1000).toFixed(2)} s, peak RSS ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
      )
      expect(read).toHaveLength(50_001)
      expect(read.at(-1)).toEqual({ rowNumber: 50_001, cells: name === 'xlsx' ? row(49_999) : row(49_999).map(String) })
    }
  })
})
