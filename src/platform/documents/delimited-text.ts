import { documentsFail } from './errors.ts'

/** CSV and its kin: from bytes to records, in one pass whose memory is bounded by the file. */
export interface Delimited {
  readonly encoding: 'utf-8' | 'gb18030' | 'utf-16le' | 'utf-16be'
  readonly rows: { rowNumber: number; cells: (string | null)[] }[]
}

const SEPARATORS = [',', '\t', ';', '|'] as const
/** Excel's own bound of a cell; a longer one is a quote that was never closed. */
const CELL_MAX = 32_767

/** @throws AppError BAD_ENCODING, NOT_A_SHEET, TOO_MANY_ROWS, TOO_MANY_COLUMNS, CELL_TOO_LONG, QUOTE_OPEN */
export function readDelimited(bytes: Uint8Array, limits: { readonly rows: number; readonly columns: number }): Delimited {
  const { text: whole, encoding } = decode(bytes)
  // a spreadsheet reads this line as an instruction and does not show it
  const told = /^sep=(.)\r?\n/i.exec(whole.slice(0, 16))
  const text = told === null ? whole : whole.slice(told[0].length)
  return { encoding, rows: records(text, told?.[1] ?? detectSeparator(text), limits) }
}

/** UTF-8 first, because text in GB18030 is practically never valid UTF-8, while the contrary is often true. */
function decode(bytes: Uint8Array): { text: string; encoding: Delimited['encoding'] } {
  const encodings: Delimited['encoding'][] = startsWith(bytes, 0xff, 0xfe)
    ? ['utf-16le']
    : startsWith(bytes, 0xfe, 0xff)
      ? ['utf-16be']
      : startsWith(bytes, 0xef, 0xbb, 0xbf)
        ? ['utf-8']
        : ['utf-8', 'gb18030']
  if (!encodings[0]!.startsWith('utf-16') && bytes.includes(0)) throw documentsFail('NOT_A_SHEET')
  for (const encoding of encodings) {
    let text: string
    try {
      text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
    } catch {
      continue
    }
    if (text.includes('\0')) throw documentsFail('NOT_A_SHEET')
    return { text, encoding }
  }
  throw documentsFail('BAD_ENCODING')
}

function startsWith(bytes: Uint8Array, ...mark: number[]): boolean {
  return mark.every((byte, i) => bytes[i] === byte)
}

/** The separator that splits one of the first lines into the most cells: a title above has few, the header has all. */
function detectSeparator(text: string): string {
  const head = text.slice(0, 64 * 1024).replace(/"[^"]*"/g, '')
  const lines = head.split(/\r\n|\n|\r/, 30)
  let best: string = ','
  let most = 0
  for (const separator of SEPARATORS) {
    // the second most crowded line: a lone sentence full of commas must not decide
    const counts = lines.map((line) => line.split(separator).length - 1).sort((a, b) => b - a)
    const count = counts[1] || (lines.length < 3 ? (counts[0] ?? 0) : 0)
    if (count > most) {
      best = separator
      most = count
    }
  }
  return best
}

function records(text: string, separator: string, limits: { readonly rows: number; readonly columns: number }): Delimited['rows'] {
  const rows: Delimited['rows'] = []
  let cells: (string | null)[] = []
  let column = 0
  let rowNumber = 1
  let at = 0

  const addCell = (raw: string, quoted: boolean): void => {
    if (raw.length > CELL_MAX)
      throw quoted ? documentsFail('QUOTE_OPEN', { row: rowNumber }) : documentsFail('CELL_TOO_LONG', { row: rowNumber, limit: CELL_MAX })
    if (raw !== '') {
      if (column >= limits.columns) throw documentsFail('TOO_MANY_COLUMNS', { row: rowNumber, limit: limits.columns })
      while (cells.length < column) cells.push(null)
      cells.push(plain(raw))
    }
    column++
  }
  const endRow = (): void => {
    if (cells.some((cell) => cell !== null && cell.trim() !== '')) {
      if (rows.length >= limits.rows) throw documentsFail('TOO_MANY_ROWS', { limit: limits.rows })
      rows.push({ rowNumber, cells })
    }
    cells = []
    column = 0
    rowNumber++
  }

  while (at < text.length) {
    let value = ''
    const quoted = text[at] === '"'
    if (quoted) {
      for (at++; ;) {
        const quote = text.indexOf('"', at)
        if (quote < 0) throw documentsFail('QUOTE_OPEN', { row: rowNumber })
        value += text.slice(at, quote)
        at = quote + 1
        if (text[at] !== '"') break
        value += '"'
        at++
      }
    }
    const start = at
    while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++
    addCell(value + text.slice(start, at), quoted)
    if (at >= text.length) break
    if (text[at] === separator) {
      at++
      continue
    }
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1
    endRow()
  }
  if (column > 0) endRow()
  return rows
}

/** Programs write ="0123" so that a spreadsheet keeps the digits; meant is the text inside. */
function plain(raw: string): string {
  return /^="([^"]*)"$/.exec(raw)?.[1] ?? raw
}
