import { MessageOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const reportPages = definePages(
  {
    path: patterns.reports,
    permission: 'reports.read',
    load: () => import('./reports-page.tsx').then((m) => m.ReportsPage),
    nav: { group: 'market', order: 20, label: { zh: '消费者反馈', en: 'Consumer reports' }, icon: MessageOutlined, letter: 'b' },
  },
  { path: patterns.report, permission: 'reports.read', load: () => import('./report-page.tsx').then((m) => m.ReportPage) },
)
