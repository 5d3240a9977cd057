import { HomeOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const homePages = definePages({
  path: patterns.home,
  load: () => import('./home-page.tsx').then((m) => m.HomePage),
  nav: { group: 'home', order: 0, label: { zh: '待办', en: 'To do' }, icon: HomeOutlined, letter: 'h' },
})
