import { QrcodeOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const scanPages = definePages({
  path: patterns.scans,
  permission: 'scans.read',
  load: () => import('./scans-page.tsx').then((m) => m.ScansPage),
  nav: { group: 'market', order: 10, label: { zh: '扫码记录', en: 'Scans' }, icon: QrcodeOutlined, letter: 'n' },
})
