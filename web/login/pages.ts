import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const loginPages = definePages(
  { path: patterns.login, anonymous: true, load: () => import('./login-page.tsx').then((m) => m.LoginPage) },
  { path: patterns.enter, anonymous: true, load: () => import('./enter-page.tsx').then((m) => m.EnterPage) },
  { path: patterns.setup, anonymous: true, load: () => import('./setup-page.tsx').then((m) => m.SetupPage) },
)
