import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { accountPages } from './account/pages.ts'
import { activationPages } from './activations/pages.ts'
import { apiKeyPages } from './api-keys/pages.ts'
import { auditPages } from './audit/pages.ts'
import { consignmentPages } from './consignments/pages.ts'
import { dealerPages } from './dealers/pages.ts'
import { AppLink, Broken, Forbidden, Frame, mayOpen, NotFound } from './frame.tsx'
import { goodsPages } from './goods/pages.ts'
import { homePages } from './home/pages.ts'
import { importPages } from './imports/pages.ts'
import { movementFilePages } from './movement-files/pages.ts'
import { legacyCodePages } from './legacy-codes/pages.ts'
import { loginPages } from './login/pages.ts'
import { orderPages } from './orders/pages.ts'
import { organisationPages } from './organisations/pages.ts'
import { packPages } from './packs/pages.ts'
import { pinPages } from './pins/pages.ts'
import { peoplePages } from './people/pages.ts'
import { productPages } from './products/pages.ts'
import { quotaPages } from './quota/pages.ts'
import { registrationPages } from './registrations/pages.ts'
import { reportPages } from './reports/pages.ts'
import { linkPages } from './resolver/pages.ts'
import { scanPages } from './scans/pages.ts'
import { networkError } from './shared/api/problem.ts'
import { useSession } from './shared/api/session.ts'
import type { PageDefinition } from './shared/pages/define-pages.ts'
import { parseSearch, stringifySearch } from './shared/pages/search-params.ts'
import { CONSOLE } from './shared/paths.ts'
import { LinkContext } from './shared/ui/link.tsx'
import { shipmentPages } from './shipments/pages.ts'
import { tracePages } from './trace/pages.ts'

/** Every area of the console; a new one is one line here. */
const areas: readonly (readonly PageDefinition[])[] = [
  loginPages,
  homePages,
  organisationPages,
  accountPages,
  orderPages,
  packPages,
  pinPages,
  quotaPages,
  legacyCodePages,
  productPages,
  linkPages,
  consignmentPages,
  importPages,
  movementFilePages,
  registrationPages,
  peoplePages,
  apiKeyPages,
  auditPages,
  activationPages,
  goodsPages,
  tracePages,
  shipmentPages,
  dealerPages,
  scanPages,
  reportPages,
]

const pages = areas.flat()

const root = createRootRoute({
  component: () => (
    <LinkContext value={AppLink}>
      <Outlet />
    </LinkContext>
  ),
  notFoundComponent: NotFound,
})

const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: () => <Frame pages={pages} /> })

const anonymous = pages.filter((page) => page.anonymous === true)
const signedIn = pages.filter((page) => page.anonymous !== true)

const tree = root.addChildren([
  ...anonymous.map((page) => createRoute({ getParentRoute: () => root, path: page.path, component: lazily(page) })),
  frame.addChildren([
    ...signedIn.map((page) => createRoute({ getParentRoute: () => frame, path: page.path, component: guarded(page) })),
    createRoute({ getParentRoute: () => frame, path: '$', component: NotFound }),
  ]),
])

export const router = createRouter({
  routeTree: tree,
  basepath: CONSOLE,
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: ({ error }) => <Broken error={error instanceof Error ? error : new Error(String(error))} />,
})

function lazily(page: PageDefinition) {
  return lazyRouteComponent(() => page.load().then((component) => ({ default: component as () => ReactNode }), unlessUnreachable))
}

/**
 * A page whose code is gone was replaced by a newer version, and the router reloads the console for it. While the
 * server cannot be reached that would throw the reader out to the browser's own error page: say so here instead.
 */
async function unlessUnreachable(error: unknown): Promise<never> {
  const reached = await fetch('/healthz', { cache: 'no-store' }).then(
    () => true,
    () => false,
  )
  throw reached ? error : networkError()
}

/** Says that a page is not for this person before its code is fetched; the server refuses its data in any case. */
function guarded(page: PageDefinition) {
  const Page = lazily(page)
  const Guarded = () => (mayOpen(page, useSession()) ? <Page /> : <Forbidden />)
  return Object.assign(Guarded, { preload: Page.preload })
}
