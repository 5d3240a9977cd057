import type { ReactNode } from 'react'
import type { Format } from '../i18n/format.ts'
import { StatusTag } from '../ui/status-tag.tsx'
import type { Tone } from '../ui/tone.ts'

export type ColumnType = 'text' | 'enum' | 'number' | 'date' | 'instant' | 'boolean'

export interface EnumOption {
  readonly value: string
  readonly label: string
  /** With a tone the value shows as a tag. */
  readonly tone?: Tone
}

export interface Column<Row> {
  /** The server's name of the column: field of the row, of the filter, of the sort, of the export. */
  readonly key: string & keyof Row
  readonly title: string
  readonly type: ColumnType
  readonly options?: readonly EnumOption[]
  readonly render?: (row: Row) => ReactNode
  /** Off until chosen. */
  readonly hidden?: boolean
  readonly sortable?: boolean
  readonly filterable?: boolean
  /** Pixels the column should at least have. */
  readonly minWidth?: number
}

export interface Words {
  readonly yes: string
  readonly no: string
  readonly dash: string
}

export function cellOf<Row>(column: Column<Row>, row: Row, format: Format, words: Words): ReactNode {
  if (column.render !== undefined) return column.render(row)
  const value: unknown = row[column.key]
  if (value === null || value === undefined || value === '') return <span className="soft">{words.dash}</span>
  switch (column.type) {
    case 'enum': {
      const option = column.options?.find((o) => o.value === value)
      if (option?.tone !== undefined) return <StatusTag tone={option.tone}>{option.label}</StatusTag>
      return option?.label ?? String(value)
    }
    case 'number':
      return typeof value === 'number' ? format.number(value) : String(value)
    case 'date':
      return <time dateTime={String(value)}>{format.day(String(value))}</time>
    case 'instant':
      return <time dateTime={String(value)}>{format.instant(String(value))}</time>
    case 'boolean':
      return value === true ? words.yes : words.no
    default:
      return String(value)
  }
}
