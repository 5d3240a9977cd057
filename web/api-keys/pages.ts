import { ApiOutlined, KeyOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const apiKeyPages = definePages(
  {
    path: patterns.apiKeys,
    permission: 'api-keys.manage',
    load: () => import('./api-keys-page.tsx').then((m) => m.ApiKeysPage),
    nav: { group: 'own', order: 20, label: { zh: '接口密钥', en: 'API keys' }, icon: KeyOutlined, letter: 'k' },
  },
  { path: patterns.apiKeyCalls, permission: 'api-keys.manage', load: () => import('./calls-page.tsx').then((m) => m.CallsPage) },
  {
    path: patterns.connect,
    permission: 'api-keys.manage',
    load: () => import('./connect-page.tsx').then((m) => m.ConnectPage),
    nav: { group: 'own', order: 21, label: { zh: '对接调试', en: 'Sandbox and tests' }, icon: ApiOutlined },
  },
)
