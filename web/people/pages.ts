import { TeamOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const peoplePages = definePages({
  path: patterns.people,
  permission: 'people.manage',
  load: () => import('./people-page.tsx').then((m) => m.PeoplePage),
  nav: { group: 'own', order: 10, label: { zh: '人员', en: 'People' }, icon: TeamOutlined, letter: 'm' },
})
