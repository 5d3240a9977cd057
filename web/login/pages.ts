import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const loginPages = definePages({ path: patterns.login, anonymous: true, load: () => import('./login-page.tsx').then((m) => m.LoginPage) })
