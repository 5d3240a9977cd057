/** A cell as the file holds it. A whole number beyond what a double keeps exactly is text; a truth value is TRUE or FALSE. */
export type SheetCell = string | number | Date | null

export interface SheetRow {
  /** As a person sees it at the left of the sheet, from 1. */
  readonly rowNumber: number
  /** Without the blanks at the end; a Date is midnight or a time in UTC. */
  readonly cells: readonly SheetCell[]
}

export interface SheetHead {
  readonly kind: 'xlsx' | 'text'
  /** Of text: utf-8, gb18030, utf-16le or utf-16be. */
  readonly encoding: string | null
  /** The sheet that was read, and all there are; null and none for text. */
  readonly sheet: string | null
  readonly sheets: readonly string[]
  /** Rows that the workbook hides, by a filter or by hand: they are read all the same. */
  readonly hiddenRows: readonly number[]
  /** Cells below the first of a column's merged ones, which were given what the first holds, as a person sees it. */
  readonly mergedCells: number
}

export interface Sheet extends SheetHead {
  /** Rows with something in them; blank ones are left out and leave a gap in the numbers. */
  readonly rows: SheetRow[]
}
