import { ContainerOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const consignmentPages = definePages(
  {
    path: patterns.consignments,
    permission: 'consignments.read',
    load: () => import('./consignments-page.tsx').then((m) => m.ConsignmentsPage),
    nav: { group: 'goods', order: 20, label: { zh: '进口批次', en: 'Consignments' }, icon: ContainerOutlined, letter: 'c' },
  },
  {
    path: patterns.consignmentNew,
    permission: 'consignments.write',
    load: () => import('./consignment-new-page.tsx').then((m) => m.ConsignmentNewPage),
  },
  {
    path: patterns.consignment,
    permission: 'consignments.read',
    load: () => import('./consignment-page.tsx').then((m) => m.ConsignmentPage),
  },
)
