import { createContext, use } from 'react'
import { IMPORT_FIELDS, IMPORTS_PATHS } from '../../src/modules/imports/contract.ts'
import { paths } from '../shared/paths.ts'
import { importWords } from './words.ts'

/** A column as the pages need to know it. */
export interface FieldView {
  readonly zh: string
  readonly en: string
  readonly required?: true
}

/** A kind of list that comes in by file in two steps, as its pages need to know it. */
export interface ListKindView {
  readonly id: string
  /** `/api/…` */
  readonly api: string
  readonly write: string
  readonly fields: Readonly<Record<string, FieldView>>
  readonly words: typeof importWords
  readonly list: () => string
  readonly one: (id: string) => string
  /** Where people go when the rows are written. */
  readonly next: readonly { readonly label: 'next1' | 'next2'; readonly to: () => string }[]
}

export const entryLists: ListKindView = {
  id: 'imports',
  api: IMPORTS_PATHS.imports,
  write: 'consignments.write',
  fields: IMPORT_FIELDS,
  words: importWords,
  list: paths.imports,
  one: paths.import,
  next: [
    { label: 'next1', to: paths.consignments },
    { label: 'next2', to: paths.products },
  ],
}

const KindContext = createContext<ListKindView>(entryLists)

export const KindOfList = KindContext.Provider
export const useKind = (): ListKindView => use(KindContext)
