import { cellText } from './cells.ts'
import { documentsFail } from './errors.ts'
import type { SheetRow } from './sheet.ts'

/** Column names under which people tell a field. The field's own name counts as one. */
export type Synonyms<Field extends string> = Readonly<Record<Field, readonly string[]>>

export interface TableOptions<Field extends string> {
  /** Row of the header as a person sees it, when it was chosen by one. */
  readonly headerRow?: number | undefined
  /** Columns, from 0, that a person chose; they win over what was recognised. */
  readonly mapping?: Readonly<Partial<Record<Field, number>>> | undefined
  /** Fields whose absence is told; all when left out. */
  readonly required?: readonly Field[] | undefined
}

export interface Table<Field extends string> {
  readonly headerRow: number
  readonly titles: readonly string[]
  /** Which column, from 0, holds which field. */
  readonly mapping: Partial<Record<Field, number>>
  readonly missing: readonly Field[]
  /** Columns with a title that mean nothing to us. */
  readonly unknown: readonly { readonly column: number; readonly title: string }[]
  readonly rows: readonly SheetRow[]
  /** Rows below the header that are no data. */
  readonly setAside: readonly { readonly rowNumber: number; readonly reason: 'total' | 'repeated-header' }[]
}

/** Titles, company names and dates stand above a header, but not for more than this. */
const SEARCH_ROWS = 30

/**
 * Finds the header by its names, under whatever stands above it, and the data below it.
 * @throws AppError HEADER_NOT_FOUND when no row names two of the fields (or the only one there is)
 */
export function findTable<Field extends string>(
  rows: readonly SheetRow[],
  synonyms: Synonyms<Field>,
  options: TableOptions<NoInfer<Field>> = {},
): Table<Field> {
  const fieldOf = recogniser(synonyms)
  const header =
    options.headerRow === undefined
      ? bestHeader(rows, fieldOf, Object.keys(synonyms).length)
      : rows.findIndex((row) => row.rowNumber === options.headerRow)
  const headerLine = rows[header]
  if (headerLine === undefined) throw documentsFail('HEADER_NOT_FOUND', { rows: SEARCH_ROWS })
  const titles = headerLine.cells.map((cell) => cellText(cell).trim())

  const chosen = (options.mapping ?? {}) as Partial<Record<Field, number>>
  const taken = new Set<number | undefined>(Object.values<number | undefined>(chosen))
  const mapping: Partial<Record<Field, number>> = { ...chosen }
  titles.forEach((title, column) => {
    const field = fieldOf(title)
    // the first column of a name wins: copies of a column follow the original
    if (field !== undefined && mapping[field] === undefined && !taken.has(column)) {
      mapping[field] = column
      taken.add(column)
    }
  })

  const setAside: { rowNumber: number; reason: 'total' | 'repeated-header' }[] = []
  const data = rows.slice(header + 1).filter((row) => {
    const texts = row.cells.map((cell) => cellText(cell).trim())
    if (texts.every((text) => text === '')) return false
    const reason = isTotal(texts) ? 'total' : titles.every((title, i) => title === (texts[i] ?? '')) ? 'repeated-header' : undefined
    if (reason !== undefined) setAside.push({ rowNumber: row.rowNumber, reason })
    return reason === undefined
  })
  return {
    headerRow: headerLine.rowNumber,
    titles,
    mapping,
    missing: (options.required ?? (Object.keys(synonyms) as Field[])).filter((field) => mapping[field] === undefined),
    unknown: titles.flatMap((title, column) => (title === '' || taken.has(column) ? [] : [{ column, title }])),
    rows: data,
    setAside,
  }
}

/** A title without what differs between two people who mean the same: width, case, blanks, brackets, marks. */
export function titleKey(title: string): string {
  return title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{White_Space}\p{Cf}*_:\-()[\]{}<>【】「」《》〔〕]/gu, '')
}

/** By the whole title first; then without what stands in its brackets, which is a unit or a remark. */
function recogniser<Field extends string>(synonyms: Synonyms<Field>): (title: string) => Field | undefined {
  const known = new Map<string, Field>()
  for (const field of Object.keys(synonyms) as Field[]) {
    for (const name of [field, ...synonyms[field]]) if (!known.has(titleKey(name))) known.set(titleKey(name), field)
  }
  return (title) => {
    const bare = title.normalize('NFKC').replace(/[([{<【「《〔][^)\]}>】」》〕]*[)\]}>】」》〕]/g, '')
    for (const key of [titleKey(title), titleKey(bare)]) {
      const field = key === '' ? undefined : known.get(key)
      if (field !== undefined) return field
    }
    return undefined
  }
}

function bestHeader<Field extends string>(
  rows: readonly SheetRow[],
  fieldOf: (title: string) => Field | undefined,
  fieldCount: number,
): number {
  let best = -1
  let most = Math.min(2, fieldCount) - 1
  rows.slice(0, SEARCH_ROWS).forEach((row, i) => {
    const named = new Set(
      row.cells
        .flatMap((cell) => (typeof cell === 'string' && cell.length <= 100 ? [fieldOf(cell)] : []))
        .filter((field) => field !== undefined),
    ).size
    if (named > most) {
      best = i
      most = named
    }
  })
  return best
}

/**
 * The whole first cell must say so, "Total Repair 洗发水" is a product; and beside it stand only sums, or most cells
 * are empty.
 */
function isTotal(texts: readonly string[]): boolean {
  const [first = '', ...others] = texts.filter((text) => text !== '')
  if (!/^(合计|总计|小计|共计|累计|合计数|total|subtotal|grandtotal|sum)(\d.*|件|数量)?$/.test(titleKey(first))) return false
  return others.every((text) => /^[\d.,]+\D{0,4}$/.test(text.normalize('NFKC'))) || others.length < texts.length / 2
}
