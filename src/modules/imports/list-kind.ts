import type { Words } from '../../kernel/errors.ts'
import type { Tx } from '../../platform/db/database.ts'
import type { SheetRow } from '../../platform/documents/sheet.ts'
import type { Cell } from '../../platform/documents/write-sheet.ts'
import type { Permission } from '../../platform/http/actor.ts'
import type { ComparedRow } from './compare-rows.ts'
import type { ImportMapping, ListName } from './contract.ts'
import type { Import } from './import-repository.ts'
import type { JudgedRow } from './judge-row.ts'
import type { ListFields } from './list-fields.ts'

/** Who sent a list, for what is written in its name later. */
export interface Sender {
  readonly personId: string | null
  readonly apiKeyId: string | null
  readonly name: string
  /** What the sender might do at that moment: a row may ask for more than sending the list does. */
  readonly permissions: readonly Permission[]
}

/**
 * A kind of list that comes in by file in two steps: it is read into a preview, looked at, and then its good rows are
 * written. Everything but what a row means is the same for all kinds.
 */
export interface ListKind {
  /** In the table of imports; also the beginning of its jobs' and routes' names. */
  readonly name: ListName
  /** `/api/…`; the import, its rows and its acts lie below. */
  readonly path: string
  /** What policies and the audit trail call one. */
  readonly object: string
  readonly permissions: { readonly read: Permission; readonly write: Permission }
  /** What people call such a list, and the file name of its template. */
  readonly words: Words
  readonly fields: ListFields
  /** Known titles that make a row the header. */
  readonly leastTitles: number
  /** Rows that a template shows, by field. */
  readonly examples: readonly Readonly<Record<string, Cell>>[]
  reader(
    found: Import,
    layout: { readonly titles: readonly string[]; readonly headerRow: number },
    mapping: ImportMapping,
    sender: Sender,
  ): Promise<ListReader>
  /**
   * Writes some of the rows that are good and not written yet, with their marks.
   * @param after rows up to here were looked at
   * @returns how far it came, and how many rows are settled; undefined when none are left
   */
  write(tx: Tx, found: Import, after: number, sender: Sender): Promise<{ readonly after: number; readonly settled: number } | undefined>
}

/** Reads one file, row by row in their order. */
export interface ListReader {
  /** What a row says by itself and beside those above; undefined for one that is no data. */
  judge(row: SheetRow): JudgedRow | undefined
  /** Compares rows with what is stored. */
  compare(rows: readonly JudgedRow[]): Promise<ComparedRow[]>
  /** What is to be told of the file itself. */
  notes(): { readonly rowNumber: number; readonly code: string; readonly zh: string; readonly en: string }[]
}
