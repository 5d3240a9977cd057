import { AuditOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const registrationPages = definePages(
  { path: patterns.register, anonymous: true, load: () => import('./register-page.tsx').then((m) => m.RegisterPage) },
  { path: patterns.join, anonymous: true, load: () => import('./join-page.tsx').then((m) => m.JoinPage) },
  {
    path: patterns.registrations,
    permission: 'organisations.verify',
    load: () => import('./registrations-page.tsx').then((m) => m.RegistrationsPage),
    nav: { group: 'platform', order: 5, label: { zh: '入驻审核', en: 'Registrations' }, icon: AuditOutlined, letter: 'v' },
  },
)
