import { MOVEMENT_FIELDS, MOVEMENT_FILES_PATH } from '../../src/modules/events/contract.ts'
import { ImportPage } from '../imports/import-page.tsx'
import { ImportsPage } from '../imports/imports-page.tsx'
import { KindOfList, type ListKindView } from '../imports/list-kind.ts'
import { paths } from '../shared/paths.ts'
import { movementWords } from './words.ts'

const movementLists: ListKindView = {
  id: 'movement-files',
  api: MOVEMENT_FILES_PATH,
  write: 'goods.write',
  fields: MOVEMENT_FIELDS,
  words: movementWords,
  list: paths.movementFiles,
  one: paths.movementFile,
  next: [
    { label: 'next1', to: paths.events },
    { label: 'next2', to: paths.stock },
  ],
}

/** What a warehouse or an ERP keeps of movements, by file. */
export function MovementFilesPage() {
  return (
    <KindOfList value={movementLists}>
      <ImportsPage />
    </KindOfList>
  )
}

export function MovementFilePage() {
  return (
    <KindOfList value={movementLists}>
      <ImportPage />
    </KindOfList>
  )
}
