import { Buffer } from 'node:buffer'
import { documentsFail } from './errors.ts'
import type { FromWorker, WorkerTask } from './read-sheet-worker.ts'
import type { Sheet, SheetRow } from './sheet.ts'
import { startThread, Turns } from './worker-thread.ts'
import { readZipDirectory } from './zip.ts'

export interface SheetLimits {
  readonly fileBytes: number
  /** Rows of data; the lines that stand around them (title, header, total) are not counted against it. */
  readonly dataRows: number
  readonly columns: number
  /** Bytes of a workbook when unpacked. */
  readonly unpackedBytes: number
  /** Unpacked to packed, from 10 MB on. */
  readonly ratio: number
  readonly milliseconds: number
  /** Heap of the thread that reads, in MB; 50,000 rows of 21 columns are read within 256. */
  readonly heapMegabytes: number
}

export const SHEET_LIMITS: SheetLimits = {
  fileBytes: 20 * 1024 * 1024,
  dataRows: 50_000,
  columns: 200,
  unpackedBytes: 200 * 1024 * 1024,
  ratio: 100,
  milliseconds: 60_000,
  heapMegabytes: 512,
}

const LINES_AROUND = 20
/** Two strangers' files at a time: a third waits, so that memory stays bounded however many arrive. */
const AT_ONCE = 2

/**
 * Reads the first sheet of an .xlsx, or a .csv or .tsv (UTF-8, UTF-16 with a mark, GB18030), told apart by content
 * and not by name. Formulas are never computed: the value the file remembers is taken. The bytes are untouched.
 * @throws AppError FILE_TOO_LARGE, NOT_A_SHEET, ZIP_BOMB, TOO_MANY_ROWS, TOO_MANY_COLUMNS, SHEET_TIMEOUT,
 * SHEET_ENCRYPTED, SHEET_OLD_FORMAT, EMPTY_SHEET, BAD_ENCODING, QUOTE_OPEN
 */
export async function readSheet(bytes: Uint8Array, limits: Partial<SheetLimits> = {}): Promise<SheetRow[]> {
  return (await openSheet(bytes, { limits })).rows
}

/** As `readSheet`, of a sheet by name, with what else is known of the file. @throws AppError those and SHEET_MISSING */
export async function openSheet(
  bytes: Uint8Array,
  options: { readonly sheet?: string | undefined; readonly limits?: Partial<SheetLimits> } = {},
): Promise<Sheet> {
  const limits = { ...SHEET_LIMITS, ...options.limits }
  if (bytes.length > limits.fileBytes) throw documentsFail('FILE_TOO_LARGE', { limit: Math.floor(limits.fileBytes / 1024 / 1024) })
  if (bytes.length === 0) throw documentsFail('EMPTY_SHEET')
  const kind = kindOf(bytes)
  if (kind === 'text' && options.sheet !== undefined) throw documentsFail('SHEET_MISSING', { sheet: options.sheet })
  const entries = kind === 'zip' ? readZipDirectory(bytes, limits) : null
  if (entries !== null && !entries.some(({ name }) => name === 'xl/workbook.xml')) throw documentsFail('NOT_A_SHEET')
  const sheet = await inTurn(() =>
    readInWorker({ bytes, entries, sheet: options.sheet, rows: limits.dataRows + LINES_AROUND, columns: limits.columns }, limits),
  )
  if (sheet.rows.length === 0) throw documentsFail('EMPTY_SHEET')
  return sheet
}

/** @throws AppError for what is surely no table we read */
function kindOf(bytes: Uint8Array): 'zip' | 'text' {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const begins = (hex: string) => data.subarray(0, hex.length / 2).toString('hex') === hex
  if (begins('504b')) return 'zip'
  if (begins('d0cf11e0a1b11ae1')) {
    // both are compound files; a workbook with a password is one that holds a stream of this name
    throw documentsFail(data.includes(Buffer.from('EncryptedPackage', 'utf16le')) ? 'SHEET_ENCRYPTED' : 'SHEET_OLD_FORMAT')
  }
  // web pages and XML that call themselves .xls, and documents
  if (/^(\uFEFF|ï»¿)?\s*(<(!doctype|html|table|\?xml|meta|head|style)|%PDF-|\{\\rtf)/i.test(data.toString('latin1', 0, 256)))
    throw documentsFail('NOT_A_SHEET')
  return 'text'
}

function readInWorker(task: WorkerTask, limits: SheetLimits): Promise<Sheet> {
  return new Promise((resolve, reject) => {
    const worker = startThread(new URL('./read-sheet-worker.ts', import.meta.url), task, limits.heapMegabytes)
    const rows: SheetRow[] = []
    const timer = setTimeout(() => finish(() => reject(documentsFail('SHEET_TIMEOUT'))), limits.milliseconds)
    let finished = false
    function finish(settle: () => void): void {
      if (finished) return
      finished = true
      clearTimeout(timer)
      // its place in the queue is free only when its memory is
      void worker.terminate().then(settle, settle)
    }
    worker.on('message', (message: FromWorker) => {
      if ('rows' in message) for (const row of message.rows) rows.push(row)
      else if ('done' in message) finish(() => resolve({ ...message.done, rows }))
      else {
        const { code, params } = message.failed
        finish(() => reject(documentsFail(code, code === 'TOO_MANY_ROWS' ? { limit: limits.dataRows } : params)))
      }
    })
    worker.on('error', (error: NodeJS.ErrnoException) =>
      finish(() => reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? documentsFail('SHEET_TIMEOUT') : error)),
    )
    worker.on('exit', () => finish(() => reject(documentsFail('SHEET_TIMEOUT'))))
  })
}

const turns = new Turns(AT_ONCE)

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const giveBack = await turns.take()
  try {
    return await work()
  } finally {
    giveBack()
  }
}
