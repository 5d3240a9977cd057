import { HistoryOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const auditPages = definePages({
  path: patterns.audit,
  permission: 'audit.read',
  load: () => import('./audit-page.tsx').then((m) => m.AuditPage),
  nav: { group: 'platform', order: 90, label: { zh: '操作记录', en: 'Audit trail' }, icon: HistoryOutlined, letter: 'y' },
})
