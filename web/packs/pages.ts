import { LockOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const packPages = definePages(
  {
    path: patterns.packs,
    permission: 'packs.read',
    load: () => import('./packs-page.tsx').then((m) => m.PacksPage),
    nav: { group: 'labels', order: 20, label: { zh: '码包', en: 'Packs' }, icon: LockOutlined, letter: 'j' },
  },
  { path: patterns.pack, permission: 'packs.read', load: () => import('./pack-page.tsx').then((m) => m.PackPage) },
  { path: patterns.printers, permission: 'packs.read', load: () => import('./printers-page.tsx').then((m) => m.PrintersPage) },
)
