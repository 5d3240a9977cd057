import { HistoryOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const legacyCodePages = definePages({
  path: patterns.legacyCodes,
  permission: 'legacy.import',
  load: () => import('./legacy-codes-page.tsx').then((m) => m.LegacyCodesPage),
  nav: { group: 'labels', order: 60, label: { zh: '旧系统码', en: 'Older codes' }, icon: HistoryOutlined },
})
