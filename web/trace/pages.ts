import { NodeIndexOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const tracePages = definePages({
  path: patterns.trace,
  permission: 'goods.read',
  load: () => import('./trace-page.tsx').then((m) => m.TracePage),
  nav: { group: 'flow', order: 25, label: { zh: '追溯', en: 'Trace' }, icon: NodeIndexOutlined, letter: 'r' },
})
