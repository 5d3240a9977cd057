import type { ComponentType } from 'react'
import type { Locale } from '../../../src/kernel/errors.ts'
import type { OrganisationKind } from '../../../src/modules/identity/contract.ts'

/** Parts of the navigation, in their order. */
export const NAV_GROUPS = ['home', 'goods', 'labels', 'flow', 'market', 'supervision', 'platform', 'own'] as const
export type NavGroupKey = (typeof NAV_GROUPS)[number]

export interface PageDefinition {
  /** Pattern within /console, as in paths.ts: '/products/$productId'. */
  readonly path: string
  /** `() => import('./x-page.tsx').then((m) => m.XPage)`: a page is loaded when it is first opened. */
  readonly load: () => Promise<ComponentType>
  /** Without it anybody who is signed in may open the page. */
  readonly permission?: string
  /** Outside of the shell, for people who are not signed in. */
  readonly anonymous?: true
  readonly nav?: {
    readonly group: NavGroupKey
    readonly order: number
    readonly label: Readonly<Record<Locale, string>>
    readonly icon: ComponentType
    /** Letter after g. Taken: h home, o organisations. */
    readonly letter?: string
    /** Kinds of organisation for which the list would always be empty, or hold themselves alone. */
    readonly notFor?: readonly OrganisationKind[]
  }
}

/** The pages of one area, in its pages.ts; routes.tsx lists the areas. */
export function definePages(...pages: PageDefinition[]): readonly PageDefinition[] {
  return pages
}
