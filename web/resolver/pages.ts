import { LinkOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const linkPages = definePages(
  {
    path: patterns.links,
    permission: 'links.read',
    load: () => import('./links-page.tsx').then((m) => m.LinksPage),
    nav: { group: 'goods', order: 15, label: { zh: '扫码链接', en: 'Links' }, icon: LinkOutlined, letter: 'r' },
  },
  { path: patterns.linkPreview, permission: 'links.read', load: () => import('./preview-page.tsx').then((m) => m.LinkPreviewPage) },
)
