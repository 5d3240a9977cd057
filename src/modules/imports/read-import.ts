import { AppError } from '../../kernel/errors.ts'
import { civilDateOf } from '../../kernel/time.ts'
import { sql } from '../../platform/db/sql.ts'
import { openSheet } from '../../platform/documents/read-sheet.ts'
import type { SheetRow } from '../../platform/documents/sheet.ts'
import { fileOf } from '../../platform/files/files.ts'
import type { JobHandler } from '../../platform/jobs/jobs.ts'
import type { Platform } from '../../platform/platform.ts'
import { FileContext } from './compare-rows.ts'
import type { ImportLayout, ImportMapping } from './contract.ts'
import { fail } from './errors.ts'
import { fieldOfTitle, recogniseColumns } from './import-fields.ts'
import { changeImport, clearRows, countRows, findImports, insertRows } from './import-repository.ts'
import { type JudgedRow, judgeRow } from './judge-row.ts'
import { compareWithStored, type Surroundings } from './stored.ts'
import { cellText, PIECES, understandNumber } from './understand-cell.ts'

export const READ_JOB = 'imports.read'

const CHUNK = 500
/** A header stands near the top: titles, company names and dates may stand above it. */
const HEADER_ROWS = 30
const MAX_NOTES = 50

/**
 * Reads a file into its preview: finds the header, judges each row, compares it with the rows above and with what is
 * stored. Nothing but the preview is written, so a run that died simply begins again.
 */
export function readJob(
  platform: Platform,
  around: Surroundings,
): JobHandler<{ importId: string; headerRow?: number; sheet?: string; mapping?: ImportMapping }> {
  return {
    kind: READ_JOB,
    run: async (job, report) => {
      const { importId } = job.input
      const [found] = await findImports(platform.db, sql`id = ${importId}`)
      if (found === undefined || found.state !== 'reading' || found.jobId !== job.id) return null
      try {
        const file = await fileOf(platform.db, found.fileId)
        if (file === undefined) throw fail('FILE_MISSING')
        const table = await openSheet(await platform.files.read(file.sha256), { sheet: job.input.sheet })
        await clearRows(platform.db, importId)
        const layout = layoutOf(table, job.input.headerRow)
        const mapping = job.input.mapping ?? recogniseColumns(layout.titles)
        const sheet: ImportLayout = {
          sheet: table.sheet,
          sheets: [...table.sheets],
          encoding: table.encoding,
          headerRow: layout.headerRow,
          titles: layout.titles,
          notes: [],
        }
        const today = civilDateOf(platform.clock.now())
        const context = new FileContext()
        const aside = new SetAside(layout, mapping)
        const total = Math.max(0, table.rows.length - layout.headerIndex - 1)

        let chunk: JudgedRow[] = []
        const flush = async (done: number): Promise<void> => {
          const rows = chunk
          chunk = []
          const { compared } = await compareWithStored(platform.db, found.organisationId, rows, mapping, today, around)
          await platform.db.transaction(async (tx) => {
            await insertRows(platform.db, tx, importId, compared)
            await report({ done, total, phase: 'read' }, tx)
          })
        }
        for (let i = layout.headerIndex + 1; i < table.rows.length; i++) {
          const row = table.rows[i]!
          if (aside.takes(row)) continue
          const judged = judgeRow(row.rowNumber, row.cells, mapping, today)
          const contradictions = context.check(judged, mapping)
          aside.adds(judged)
          chunk.push(contradictions.length === 0 ? judged : { ...judged, reasons: [...judged.reasons, ...contradictions] })
          if (chunk.length === CHUNK) await flush(i - layout.headerIndex)
        }
        await flush(total)
        const counts = await countRows(platform.db, importId)
        await changeImport(
          platform.db,
          importId,
          { state: 'ready', layout: { ...sheet, notes: aside.notes() }, mapping, counts, failure: null },
          'reading',
        )
        return counts
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        const failure = { code: error.code, zh: error.words('zh'), en: error.words('en') }
        await changeImport(platform.db, importId, { state: 'failed', failure, finishedAt: platform.clock.now().toISOString() }, 'reading')
        throw error
      }
    },
  }
}

/** The header is the row near the top that names the most columns we know; three at least, or none was meant. */
function layoutOf(
  table: { readonly rows: readonly SheetRow[] },
  chosen: number | undefined,
): { headerIndex: number; headerRow: number; titles: string[] } {
  const at = (index: number) => ({
    headerIndex: index,
    headerRow: table.rows[index]!.rowNumber,
    titles: table.rows[index]!.cells.map((cell) => cellText(cell).trim()),
  })
  if (chosen !== undefined) {
    const index = table.rows.findIndex((row) => row.rowNumber === chosen)
    if (index < 0) throw fail('IMPORT_MAPPING', { reason: `第 ${chosen} 行不存在 / there is no row ${chosen}` })
    return at(index)
  }
  let best = -1
  let most = 2
  table.rows.slice(0, HEADER_ROWS).forEach((row, i) => {
    const known = new Set(row.cells.map((cell) => fieldOfTitle(cellText(cell))).filter((field) => field !== undefined)).size
    if (known > most) {
      best = i
      most = known
    }
  })
  if (best < 0) throw fail('IMPORT_NO_HEADER', { rows: HEADER_ROWS })
  return at(best)
}

/** Rows that are no goods: blanks, totals, a header that a printout repeats. A total that does not add up is told. */
class SetAside {
  readonly #titles: string
  readonly #mapping: ImportMapping
  readonly #notes: { rowNumber: number; code: string; zh: string; en: string }[] = []
  #blank = 0
  #sum = 0
  #last: number

  constructor(layout: { readonly titles: readonly string[]; readonly headerRow: number }, mapping: ImportMapping) {
    this.#titles = layout.titles.join('\u0000')
    this.#mapping = mapping
    this.#last = layout.headerRow
  }

  adds(row: JudgedRow): void {
    this.#sum += Number(row.values.quantity ?? 0)
  }

  takes(row: SheetRow): boolean {
    // the reader leaves blank rows out, and their numbers with them
    this.#blank += row.rowNumber - this.#last - 1
    this.#last = row.rowNumber
    const texts = row.cells.map((cell) => cellText(cell).trim())
    const filled = texts.filter((text) => text !== '')
    if (texts.join('\u0000') === this.#titles)
      return this.#note(row, 'HEADER_REPEATED', '重复的表头，已跳过', 'a repeated header, set aside')
    const noGoods = ['gtin', 'lotNumber', 'declarationNumber'].every(
      (field) => this.#mapping[field] === undefined || (texts[this.#mapping[field]] ?? '') === '',
    )
    if (noGoods && filled.length > 0 && /^(合\s*计|总\s*计|小\s*计|共\s*计|total|sum|subtotal)/i.test(filled[0]!.normalize('NFKC'))) {
      const column = this.#mapping['quantity']
      const stated = column === undefined ? null : understandNumber(row.cells[column], PIECES).value
      if (stated !== null && stated !== this.#sum && !filled[0]!.startsWith('小')) {
        return this.#note(
          row,
          'TOTAL_DIFFERS',
          `合计 ${stated} 与逐行相加 ${this.#sum} 不符（文本格式的数字可能未被表格软件计入），合计行未导入`,
          `the total ${stated} differs from the rows' sum ${this.#sum} (a spreadsheet leaves numbers kept as text out); the total row was set aside`,
        )
      }
      return this.#note(row, 'TOTAL_ROW', '合计行，已跳过', 'a total row, set aside')
    }
    return false
  }

  notes(): { rowNumber: number; code: string; zh: string; en: string }[] {
    return this.#blank === 0
      ? this.#notes
      : [
          ...this.#notes,
          { rowNumber: 0, code: 'BLANK_ROWS', zh: `跳过 ${this.#blank} 个空行`, en: `${this.#blank} blank rows were set aside` },
        ]
  }

  #note(row: SheetRow, code: string, zh: string, en: string): true {
    if (this.#notes.length < MAX_NOTES)
      this.#notes.push({ rowNumber: row.rowNumber, code, zh: `第 ${row.rowNumber} 行 ${zh}`, en: `Row ${row.rowNumber}: ${en}` })
    return true
  }
}
