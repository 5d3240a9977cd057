import { ShopOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const dealerPages = definePages({
  path: patterns.dealers,
  permission: 'dealers.read',
  load: () => import('./dealers-page.tsx').then((m) => m.DealersPage),
  nav: { group: 'flow', order: 50, label: { zh: '经销商', en: 'Dealers' }, icon: ShopOutlined, letter: 'd' },
})
