import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

/** Reached by the person's own menu at the top right. */
export const accountPages = definePages({ path: patterns.account, load: () => import('./account-page.tsx').then((m) => m.AccountPage) })
