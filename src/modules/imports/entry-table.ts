import type { Cell } from './understand-cell.ts'

export interface EntryRow {
  /** As a spreadsheet shows it, from 1. */
  readonly rowNumber: number
  readonly cells: readonly Cell[]
}

export interface EntryTable {
  readonly sheet: string | null
  readonly sheets: readonly string[]
  readonly encoding: string | null
  readonly rows: readonly EntryRow[]
}

/** PROVISIONAL until platform/documents/read-sheet. */
export async function openEntryTable(bytes: Buffer, _fileName: string, _sheet?: string): Promise<EntryTable> {
  let text: string
  let encoding = 'utf-8'
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    encoding = 'gb18030'
    text = new TextDecoder('gb18030', { fatal: true }).decode(bytes)
  }
  const rows: EntryRow[] = []
  let cells: string[] = []
  let cell = ''
  let quoted = false
  const endRow = () => {
    cells.push(cell)
    cell = ''
    rows.push({ rowNumber: rows.length + 1, cells })
    cells = []
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') {
        cell += '"'
        i++
      } else if (c === '"') quoted = false
      else cell += c
    } else if (c === '"') quoted = true
    else if (c === ',') {
      cells.push(cell)
      cell = ''
    } else if (c === '\n') endRow()
    else if (c !== '\r') cell += c
  }
  if (cell !== '' || cells.length > 0) endRow()
  return { sheet: null, sheets: [], encoding, rows }
}
