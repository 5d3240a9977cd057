import { AppError } from '../../kernel/errors.ts'
import { sql } from '../../platform/db/sql.ts'
import { openSheet } from '../../platform/documents/read-sheet.ts'
import type { SheetHead, SheetRow } from '../../platform/documents/sheet.ts'
import { fileOf } from '../../platform/files/files.ts'
import type { JobHandler } from '../../platform/jobs/jobs.ts'
import type { Platform } from '../../platform/platform.ts'
import type { ImportLayout, ImportMapping } from './contract.ts'
import { fail } from './errors.ts'
import { changeImport, clearRows, countRows, findImports, insertRows } from './import-repository.ts'
import type { JudgedRow } from './judge-row.ts'
import type { ListFields } from './list-fields.ts'
import type { ListKind, Sender } from './list-kind.ts'
import { cellText } from './understand-cell.ts'

const CHUNK = 500
/** The job that reads lists of a kind. */
export const readJobOf = (kind: ListKind): string => `${kind.name}.read`

/** A header stands near the top: titles, company names and dates may stand above it. */
const HEADER_ROWS = 30

/**
 * Reads a file into its preview: finds the header, judges each row, compares it with the rows above and with what is
 * stored. Nothing but the preview is written, so a run that died simply begins again.
 */
export function readJob(
  platform: Platform,
  kind: ListKind,
): JobHandler<{ importId: string; sender: Sender; headerRow?: number; sheet?: string; mapping?: ImportMapping }> {
  return {
    kind: readJobOf(kind),
    run: async (job, report) => {
      const { importId } = job.input
      const [found] = await findImports(platform.db, sql`id = ${importId}`)
      if (found === undefined || found.state !== 'reading' || found.jobId !== job.id) return null
      try {
        const file = await fileOf(platform.db, found.fileId)
        if (file === undefined) throw fail('FILE_MISSING')
        const table = await openSheet(await platform.files.read(file.sha256), { sheet: job.input.sheet })
        await clearRows(platform.db, importId)
        const layout = layoutOf(table, job.input.headerRow, kind)
        const mapping = job.input.mapping ?? kind.fields.recognise(layout.titles)
        const sheet: ImportLayout = {
          sheet: table.sheet,
          sheets: [...table.sheets],
          encoding: table.encoding,
          headerRow: layout.headerRow,
          titles: layout.titles,
          notes: [],
        }
        const reader = await kind.reader(found, layout, mapping, job.input.sender)
        const total = Math.max(0, table.rows.length - layout.headerIndex - 1)

        let chunk: JudgedRow[] = []
        const flush = async (done: number): Promise<void> => {
          const rows = chunk
          chunk = []
          const compared = await reader.compare(rows)
          await platform.db.transaction(async (tx) => {
            await insertRows(platform.db, tx, importId, compared)
            await report({ done, total, phase: 'read' }, tx)
          })
        }
        for (let i = layout.headerIndex + 1; i < table.rows.length; i++) {
          const judged = reader.judge(table.rows[i]!)
          if (judged !== undefined) chunk.push(judged)
          if (chunk.length === CHUNK) await flush(i - layout.headerIndex)
        }
        await flush(total)
        // thousands of new rows that the planner knows nothing of would be looked through whole, group by group
        if (total > CHUNK) await platform.db.execute(sql`analyze import_row`)
        const counts = await countRows(platform.db, importId)
        await changeImport(
          platform.db,
          importId,
          { state: 'ready', layout: { ...sheet, notes: [...notesOfSheet(table), ...reader.notes()] }, mapping, counts, failure: null },
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

/** What the file holds otherwise than a person sees it. */
function notesOfSheet({ hiddenRows, mergedCells }: SheetHead): ImportLayout['notes'] {
  const notes: ImportLayout['notes'] = []
  if (hiddenRows.length > 0) {
    const shown = hiddenRows.slice(0, 20).join(', ') + (hiddenRows.length > 20 ? ' …' : '')
    notes.push({
      rowNumber: hiddenRows[0]!,
      code: 'HIDDEN_ROWS',
      zh: `有 ${hiddenRows.length} 行在表格中被隐藏或筛掉，同样会读取：第 ${shown} 行`,
      en: `${hiddenRows.length} rows are hidden in the sheet, by hand or by a filter, and are read all the same: ${shown}`,
    })
  }
  if (mergedCells > 0) {
    notes.push({
      rowNumber: 0,
      code: 'MERGED_CELLS',
      zh: `${mergedCells} 个格属于纵向合并的单元格，按首格的内容读取`,
      en: `${mergedCells} cells are merged with one above them and are read as that one`,
    })
  }
  return notes
}

/** The header is the row near the top that names the most columns that the kind of list knows. */
function layoutOf(
  table: { readonly rows: readonly SheetRow[] },
  chosen: number | undefined,
  { fields, leastTitles }: ListKind,
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
  let most = leastTitles - 1
  table.rows.slice(0, HEADER_ROWS).forEach((row, i) => {
    const known = new Set(row.cells.map((cell) => fields.ofTitle(cellText(cell))).filter((field) => field !== undefined)).size
    if (known > most) {
      best = i
      most = known
    }
  })
  if (best < 0) throw fail('IMPORT_NO_HEADER', { rows: HEADER_ROWS, columns: required(fields) })
  return at(best)
}

function required(fields: ListFields): { zh: string; en: string } {
  const found = Object.values(fields.entries).filter((entry) => entry.required === true)
  return { zh: found.map((f) => f.zh).join('、'), en: found.map((f) => f.en).join(', ') }
}
