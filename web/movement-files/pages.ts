import { FileExcelOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const movementFilePages = definePages(
  {
    path: patterns.movementFiles,
    permission: 'goods.write',
    load: () => import('./movement-files.tsx').then((m) => m.MovementFilesPage),
    nav: { group: 'flow', order: 35, label: { zh: '表格导入', en: 'Movement lists' }, icon: FileExcelOutlined },
  },
  { path: patterns.movementFile, permission: 'goods.read', load: () => import('./movement-files.tsx').then((m) => m.MovementFilePage) },
)
