import { WalletOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const quotaPages = definePages({
  path: patterns.quota,
  permission: 'quota.read',
  load: () => import('./quota-page.tsx').then((m) => m.QuotaPage),
  nav: { group: 'labels', order: 40, label: { zh: '额度与补贴', en: 'Quota' }, icon: WalletOutlined, letter: 'u' },
})
