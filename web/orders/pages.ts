import { FileDoneOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const orderPages = definePages(
  {
    path: patterns.orders,
    permission: 'orders.read',
    load: () => import('./orders-page.tsx').then((m) => m.OrdersPage),
    nav: { group: 'labels', order: 10, label: { zh: '标签订单', en: 'Label orders' }, icon: FileDoneOutlined, letter: 'l' },
  },
  { path: patterns.orderNew, permission: 'orders.write', load: () => import('./order-new-page.tsx').then((m) => m.OrderNewPage) },
  { path: patterns.order, permission: 'orders.read', load: () => import('./order-page.tsx').then((m) => m.OrderPage) },
)
