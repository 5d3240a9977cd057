import { CheckSquareOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const activationPages = definePages(
  {
    path: patterns.activations,
    permission: 'activations.read',
    load: () => import('./activations-page.tsx').then((m) => m.ActivationsPage),
    nav: { group: 'flow', order: 10, label: { zh: '标签激活', en: 'Activation' }, icon: CheckSquareOutlined, letter: 'a' },
  },
  {
    path: patterns.activationNew,
    permission: 'activations.write',
    load: () => import('./activation-new-page.tsx').then((m) => m.ActivationNewPage),
  },
)
