/**
 * The thread in which a stranger's table is read: the time and memory it eats, it eats here, and it can be ended from
 * outside. Takes its task as `workerData`; sends `rows` in pieces, so that the main thread never stands still over
 * a million cells, and at last `done` or `failed`.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { readSheet } from 'read-excel-file/universal'
import { AppError, type ErrorParams } from '../../kernel/errors.ts'
import { readDelimited } from './delimited-text.ts'
import { type DocumentsErrorCode, documentsFail } from './errors.ts'
import type { SheetCell, SheetHead, SheetRow } from './sheet.ts'
import { packStored, unpack, type ZipEntry } from './zip.ts'

export interface WorkerTask {
  readonly bytes: Uint8Array
  /** The checked entries of a workbook; null for text. */
  readonly entries: readonly ZipEntry[] | null
  readonly sheet?: string | undefined
  readonly rows: number
  readonly columns: number
}

export type FromWorker =
  | { readonly rows: SheetRow[] }
  | { readonly done: SheetHead }
  | { readonly failed: { readonly code: DocumentsErrorCode; readonly params: ErrorParams } }

const PIECE = 1000
/** Parts that hold no cells: not even unpacked. */
const NOT_CELLS =
  /^xl\/(theme|drawings|media|charts|chartsheets|pivot\w*|externalLinks|printerSettings|comments|threadedComments|persons|queryTables|ctrlProps|embeddings|activeX|calcChain|metadata|richData)/

const TAG = /<(?:[^\s<>/:]*:)?(?:c|row)(?=[\s/>])([^>]*)>(<\/)?/g
const ATTRIBUTES = /^(?:\s+[\w:.-]+\s*=\s*(?:"[^"<&]*"|'[^'<&]*'))*\s*\/?$/
const ADDRESS = /(?:\s|:)r\s*=\s*["']([^"']*)["']/g
const SHEET = /<(?:\w+:)?sheet\s[^>]*?\bname=(?:"([^"]*)"|'([^']*)')[^>]*>/g
const MERGE_CELL = /<(?:\w+:)?mergeCell\s[^>]*?\bref=["']([A-Z]{1,3})([1-9]\d{0,6}):([A-Z]{1,3})([1-9]\d{0,6})["']/g
/** Excel's last row and column (XFD). */
const LAST_ROW = 1_048_576
const LAST_COLUMN = 16_384

const send = (message: FromWorker) => parentPort!.postMessage(message)

try {
  const task = workerData as WorkerTask
  const { head, rows } = task.entries === null ? readText(task) : await readWorkbook(task, task.entries)
  for (let i = 0; i < rows.length; i += PIECE) send({ rows: rows.slice(i, i + PIECE) })
  send({ done: head })
} catch (error) {
  if (!(error instanceof AppError)) throw error
  const { code, params } = error as AppError<DocumentsErrorCode>
  send({ failed: { code, params } })
}

function readText(task: WorkerTask): { head: SheetHead; rows: SheetRow[] } {
  const { encoding, rows } = readDelimited(task.bytes, task)
  return { head: { kind: 'text', encoding, sheet: null, sheets: [], hiddenRows: [], mergedCells: 0 }, rows }
}

async function readWorkbook(task: WorkerTask, entries: readonly ZipEntry[]): Promise<{ head: SheetHead; rows: SheetRow[] }> {
  const files = entries
    .filter(({ name }) => /^xl\/.*\.xml(\.rels)?$/.test(name) && !NOT_CELLS.test(name))
    .map((entry) => ({ name: entry.name, bytes: unpack(task.bytes, entry) }))
  // no spreadsheet program writes a document type; entities are the only reason to
  if (files.some(({ bytes }) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('<!DOCTYPE')))
    throw documentsFail('NOT_A_SHEET')
  const workbook = files.find(({ name }) => name === 'xl/workbook.xml')
  if (workbook === undefined) throw documentsFail('NOT_A_SHEET')
  const sheets = sheetNames(new TextDecoder().decode(workbook.bytes))
  const sheet = task.sheet ?? sheets[0]
  if (sheet === undefined) throw documentsFail('EMPTY_SHEET')
  if (!sheets.includes(sheet)) throw documentsFail('SHEET_MISSING', { sheet })

  for (const { name, bytes } of files)
    if (name !== 'xl/workbook.xml' && !name.endsWith('.rels')) checkAddresses(new TextDecoder().decode(bytes), task)
  const layout = layoutOf(sheetXml(files, sheets.indexOf(sheet)))
  const zip = packStored(files)
  files.length = 0
  // by its place: a name with escapes is spelt otherwise by the library
  const table: unknown[][] = await readSheet(zip.buffer, sheets.indexOf(sheet) + 1, { trim: false, parseNumber: exactNumber }).catch(() => {
    // whatever the library complains of, it is a damaged or forged file
    throw documentsFail('NOT_A_SHEET')
  })
  const mergedCells = fillMerged(table, layout.merged, task)
  const rows: SheetRow[] = []
  for (const [index, line] of table.entries()) {
    const cells = line.map(plainCell)
    while (cells.length > 0 && isBlank(cells.at(-1)!)) cells.pop()
    if (cells.length === 0) continue
    if (cells.length > task.columns) throw documentsFail('TOO_MANY_COLUMNS', { row: index + 1, limit: task.columns })
    if (rows.length >= task.rows) throw documentsFail('TOO_MANY_ROWS', { limit: task.rows })
    rows.push({ rowNumber: index + 1, cells })
  }
  return { head: { kind: 'xlsx', encoding: null, sheet, sheets, hiddenRows: layout.hiddenRows, mergedCells }, rows }
}

/**
 * Looks at the address of each cell before the library believes it: it makes room for whatever stands between two
 * addresses, and an array beyond the engine's bound ends the whole process, not just this thread. Tags that are not
 * spelt the way every spreadsheet program spells them are refused, because they could be read in two ways.
 */
function checkAddresses(xml: string, limits: { readonly columns: number }): void {
  for (const [, attributes = '', closed] of xml.matchAll(TAG)) {
    if (!ATTRIBUTES.test(attributes)) throw documentsFail('NOT_A_SHEET')
    for (const [, address = ''] of attributes.matchAll(ADDRESS)) {
      const match = /^([A-Z]{0,3})([1-9]\d{0,6})$/.exec(address)
      if (match === null) throw documentsFail('NOT_A_SHEET')
      let column = 0
      for (const letter of match[1]!) column = column * 26 + letter.charCodeAt(0) - 64
      const row = Number(match[2])
      if (row > LAST_ROW || column > LAST_COLUMN) throw documentsFail('NOT_A_SHEET')
      // a cell that has only a colour may stand anywhere
      if (column > limits.columns && closed === undefined && !attributes.endsWith('/'))
        throw documentsFail('TOO_MANY_COLUMNS', { row, limit: limits.columns })
    }
  }
}

interface Merged {
  readonly column: number
  readonly from: number
  readonly to: number
}

/** The part that holds the sheet at a place among all, as the workbook's relations name it; '' when they do not. */
function sheetXml(files: readonly { readonly name: string; readonly bytes: Uint8Array }[], place: number): string {
  const textOf = (name: string): string => new TextDecoder().decode(files.find((file) => file.name === name)?.bytes)
  const tag = [...textOf('xl/workbook.xml').matchAll(SHEET)][place]?.[0] ?? ''
  const id = /\s[\w-]+:id=["']([^"']*)["']/.exec(tag)?.[1]
  for (const [relation] of textOf('xl/_rels/workbook.xml.rels').matchAll(/<(?:\w+:)?Relationship\s[^>]*>/g)) {
    if (/\sId=["']([^"']*)["']/.exec(relation)?.[1] !== id) continue
    const target = /\sTarget=["']([^"']*)["']/.exec(relation)?.[1] ?? ''
    return textOf(target.startsWith('/') ? target.slice(1) : `xl/${target}`)
  }
  return ''
}

/** What a person who looks at the sheet does not see, or sees in more cells than one. */
function layoutOf(xml: string): { hiddenRows: number[]; merged: Merged[] } {
  const hiddenRows: number[] = []
  for (const [, attributes = ''] of xml.matchAll(/<(?:\w+:)?row(?=[\s/>])([^>]*)>/g)) {
    const row = /\sr=["'](\d{1,7})["']/.exec(attributes)?.[1]
    if (row !== undefined && /\shidden=["'](?:1|true)["']/.test(attributes)) hiddenRows.push(Number(row))
  }
  const merged: Merged[] = []
  for (const [, left = '', top, right, bottom] of xml.matchAll(MERGE_CELL)) {
    if (left !== right) continue
    let column = 0
    for (const letter of left) column = column * 26 + letter.charCodeAt(0) - 64
    merged.push({ column: column - 1, from: Number(top) - 1, to: Number(bottom) - 1 })
  }
  return { hiddenRows, merged }
}

/** Cells merged down a column hold what the first holds. Those merged across are titles, and stay as they are. */
function fillMerged(table: unknown[][], merged: readonly Merged[], limits: { readonly columns: number }): number {
  let filled = 0
  for (const { column, from, to } of merged) {
    const value = table[from]?.[column]
    if (value === null || value === undefined || column >= limits.columns) continue
    for (let i = from + 1; i <= to && i < table.length; i++) {
      const line = table[i]!
      // a cell that lies below in spite of the merging, and a row that is blank otherwise, stay as they are
      if ((line[column] ?? null) !== null || line.every((cell) => (cell ?? null) === null)) continue
      while (line.length < column) line.push(null)
      line[column] = value
      filled++
    }
  }
  return filled
}

/** A number with more digits than a double keeps stays text: programs other than Excel do write such barcodes. */
function exactNumber(text: string): string | number {
  if (/^\d{16,}$/.test(text)) return text
  const value = Number(text)
  return Number.isSafeInteger(value) || !Number.isInteger(value)
    ? value
    : value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 0 })
}

function plainCell(cell: unknown): SheetCell {
  if (typeof cell === 'string') return cell
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : null
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? null : cell
  return typeof cell === 'boolean' ? (cell ? 'TRUE' : 'FALSE') : null
}

function isBlank(cell: SheetCell): boolean {
  return cell === null || (typeof cell === 'string' && cell.trim() === '')
}

/** In the order in which they are shown. */
function sheetNames(xml: string): string[] {
  return [...xml.matchAll(SHEET)].map((match) => unescapeXml(match[1] ?? match[2] ?? '')).filter((name) => name !== '')
}

function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }[name.toLowerCase()] ?? whole
      const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole
    },
  )
}
