import { KeyOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const apiKeyPages = definePages({
  path: patterns.apiKeys,
  permission: 'api-keys.manage',
  load: () => import('./api-keys-page.tsx').then((m) => m.ApiKeysPage),
  nav: { group: 'own', order: 20, label: { zh: '接口密钥', en: 'API keys' }, icon: KeyOutlined, letter: 'k' },
})
