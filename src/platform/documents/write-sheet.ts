import { Buffer } from 'node:buffer'
import writeXlsxFile, { type SheetData } from 'write-excel-file/node'

/** A column of a file that is handed out. `width` is in characters, for workbooks. */
export interface SheetColumn {
  readonly title: string
  /** Identifiers of digits alone (barcodes, declaration numbers) are text: a number keeps 15 digits at most. */
  readonly type: 'text' | 'number'
  readonly width?: number
}

export type Cell = string | number | null

type Rows = AsyncIterable<readonly Cell[]> | Iterable<readonly Cell[]>

const BOM = '\uFEFF'
const CHUNK_CHARACTERS = 64 * 1024
/** Excel refuses a file with a longer cell. */
const XLSX_CELL_MAX = 32_767

/**
 * A table as CSV: UTF-8 with a byte order mark (Excel in China reads GBK without one), CRLF, RFC 4180 quotes. Text is
 * harmless in a spreadsheet, see `harmless`. Gives chunks of some 64 KB, so that a long table is never in memory.
 */
export async function* writeCsv(columns: readonly SheetColumn[], rows: Rows): AsyncGenerator<string> {
  let chunk = BOM + csvLine(columns.map((column) => harmless(column.title)))
  for await (const row of rows) {
    chunk += csvLine(columns.map((column, i) => csvValue(column, row[i] ?? null)))
    if (chunk.length >= CHUNK_CHARACTERS) {
      yield chunk
      chunk = ''
    }
  }
  if (chunk !== '') yield chunk
}

/** Another sheet of a workbook, to be read by people. */
export interface Leaflet {
  readonly name: string
  readonly columns: readonly SheetColumn[]
  readonly rows: readonly (readonly Cell[])[]
}

/**
 * A table as a workbook with a fixed header row, on its first sheet; behind it what explains it. All rows are in
 * memory: bound them before.
 */
export async function writeXlsx(columns: readonly SheetColumn[], rows: Rows, leaflets: readonly Leaflet[] = []): Promise<Buffer> {
  const sheets = [await sheetOf('Sheet1', columns, rows)]
  for (const leaflet of leaflets) sheets.push(await sheetOf(leaflet.name, leaflet.columns, leaflet.rows))
  return writeXlsxFile(sheets).toBuffer()
}

async function sheetOf(sheet: string, columns: readonly SheetColumn[], rows: Rows) {
  const data: SheetData = [columns.map((column) => ({ value: harmless(column.title), type: String, fontWeight: 'bold' as const }))]
  for await (const row of rows) data.push(columns.map((column, i) => xlsxCell(column, row[i] ?? null)))
  const widths = columns.map(({ title, width }) => ({ width: width ?? Math.min(40, Math.max(10, shownWidth(title) + 4)) }))
  return { data, sheet, columns: widths, stickyRowsCount: 1 }
}

/** A row that could not be taken, as it stood in its file, with what is wrong with it. */
export interface WrongRow {
  readonly cells: readonly (string | number | boolean | Date | null)[]
  readonly error: string
}

/**
 * The wrong rows of a file under its own titles, and behind them what is wrong: to be mended and sent again. Every
 * cell is text, so that what was read comes back digit by digit; the error column is not recognised by a reader and
 * may stay.
 */
export function annotateSheet(titles: readonly string[], rows: AsyncIterable<WrongRow> | Iterable<WrongRow>): Promise<Buffer> {
  const columns: SheetColumn[] = [
    ...titles.map((title) => ({ title, type: 'text' as const })),
    { title: ERROR_TITLE, type: 'text', width: 60 },
  ]
  const lines = (async function* () {
    for await (const { cells, error } of rows) yield [...titles.map((_, i) => asText(cells[i] ?? null)), error]
  })()
  return writeXlsx(columns, lines)
}

export const ERROR_TITLE = '错误/Error'

/**
 * Text that a spreadsheet cannot take for a formula: a leading apostrophe before = + - @ (of either width), a tab or
 * a line break. Workbooks get it as well, because they are saved as CSV by others.
 */
export function harmless(text: string): string {
  return /^[=+\-@＝＋－＠\t\r\n]/.test(text) ? `'${text}` : text
}

/** Text that came back from a person without the apostrophe that `harmless` put before it. */
export function withoutApostrophe(text: string): string {
  return /^'[=+\-@＝＋－＠\t\r\n]/.test(text) ? text.slice(1) : text
}

function csvLine(values: readonly string[]): string {
  return `${values.map((value) => (/[",\r\n]/.test(value) || /^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join(',')}\r\n`
}

function csvValue(column: SheetColumn, value: Cell): string {
  if (value === null) return ''
  if (column.type === 'number' && typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  return harmless(String(value).replaceAll('\0', ''))
}

function xlsxCell(column: SheetColumn, value: Cell): SheetData[number][number] {
  if (value === null || value === '') return null
  if (column.type === 'number' && typeof value === 'number') return Number.isFinite(value) ? { value, type: Number } : null
  return { value: harmless(String(value)).slice(0, XLSX_CELL_MAX), type: String, format: '@' }
}

function asText(cell: string | number | boolean | Date | null): Cell {
  if (cell === null) return null
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? '' : cell.toISOString().slice(0, 10)
  return String(cell)
}

/** Chinese characters are twice as wide as Latin ones. */
function shownWidth(text: string): number {
  let width = 0
  for (const character of text) width += character.charCodeAt(0) > 0xff ? 2 : 1
  return width
}
