import { ImportOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const importPages = definePages(
  {
    path: patterns.imports,
    permission: 'consignments.write',
    load: () => import('./imports-page.tsx').then((m) => m.ImportsPage),
    nav: { group: 'goods', order: 30, label: { zh: '明细表导入', en: 'Entry lists' }, icon: ImportOutlined, letter: 'i' },
  },
  { path: patterns.import, permission: 'consignments.read', load: () => import('./import-page.tsx').then((m) => m.ImportPage) },
)
