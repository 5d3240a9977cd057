import { Button, Spin } from 'antd'
import { Link as RouterLink, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense, useEffect, useEffectEvent, useMemo } from 'react'
import { organisationName } from '../src/modules/identity/contract.ts'
import { SIGN_IN } from './login/endpoints.ts'
import { StepUpDialog } from './login/step-up-dialog.tsx'
import { Standing } from './organisations/standing.tsx'
import { ApiError } from './shared/api/problem.ts'
import { api, whenSignedOut } from './shared/api/client.ts'
import { Failure } from './shared/api/failure.tsx'
import { forgetSession, SessionContext, useSessionQuery, type Session } from './shared/api/session.ts'
import { chooseLanguage, useLanguage } from './shared/i18n/language.ts'
import { roleName } from './shared/i18n/roles.ts'
import { useCommon } from './shared/i18n/words.ts'
import { NAV_GROUPS, type PageDefinition } from './shared/pages/define-pages.ts'
import { parseSearch } from './shared/pages/search-params.ts'
import { paths } from './shared/paths.ts'
import { AppShell, type NavGroup } from './shared/ui/app-shell.tsx'
import { EmptyState } from './shared/ui/empty-state.tsx'
import type { LinkProps } from './shared/ui/link.tsx'
import { useTitle } from './shared/ui/page.tsx'

const EnrolPage = lazy(() => import('./account/enrol-page.tsx').then((m) => ({ default: m.EnrolPage })))

/** The router's link for `shared/ui`, which knows no router. */
export function AppLink({ to, ...rest }: LinkProps) {
  const [path = '/', query = ''] = to.split('?')
  return <RouterLink to={path as '/'} search={parseSearch(query) as never} activeProps={{}} {...rest} />
}

/** Everything behind the login: the session, the shell with the navigation that the person's permissions give. */
export function Frame({ pages }: { readonly pages: readonly PageDefinition[] }) {
  const session = useSessionQuery()
  const navigate = useNavigate()
  const client = useQueryClient()
  const location = useRouterState({ select: (state) => state.location })
  const t = useCommon()
  const signedOut = session.data === null
  useEffect(() => whenSignedOut(() => forgetSession(client)), [client])
  const toLogin = useEffectEvent(() => {
    void navigate({ href: paths.login({ return: location.href === '/' ? undefined : location.href }), replace: true })
  })
  useEffect(() => {
    if (signedOut) toLogin()
  }, [signedOut])
  useLocaleOf(session.data)
  if (session.isError) {
    return (
      <Centre>
        <Failure error={session.error} onRetry={() => void session.refetch()} />
      </Centre>
    )
  }
  if (session.data === undefined || session.data === null) {
    return (
      <Centre>
        <Spin size="large" description={t.state.loading} />
      </Centre>
    )
  }
  return (
    <SessionContext value={session.data}>
      {session.data.mustEnrol ? (
        <Suspense>
          <EnrolPage onSignOut={() => void signOut(client)} />
          <StepUpDialog />
        </Suspense>
      ) : (
        <Shell session={session.data} pages={pages} location={location.pathname} />
      )}
    </SessionContext>
  )
}

/** The person's own language wins on a device where nobody has chosen yet. */
function useLocaleOf(session: Session | null | undefined): void {
  useEffect(() => {
    if (session && localStorage.getItem('suzhen.language') === null) chooseLanguage(session.locale)
  }, [session])
  const language = useLanguage()
  useEffect(() => {
    // mails and notices are written in it; the console itself does not wait for the answer
    if (session && session.locale !== language) void api.patch(SIGN_IN.locale, { locale: language }).catch(() => {})
  }, [session, language])
}

function Shell({
  session,
  pages,
  location,
}: {
  readonly session: Session
  readonly pages: readonly PageDefinition[]
  readonly location: string
}) {
  const t = useCommon()
  const language = useLanguage()
  const navigate = useNavigate()
  const client = useQueryClient()
  const groups = useMemo(() => navigationOf(pages, session, language, t.nav), [pages, session, language, t])
  const current = groups
    .flatMap((group) => group.items)
    .filter((item) => location === item.to || (item.to !== '/' && location.startsWith(`${item.to}/`)))
    .toSorted((a, b) => b.to.length - a.to.length)[0]?.key
  const own = pages.some((page) => page.path === paths.account())
  return (
    <AppShell
      groups={groups}
      current={current}
      location={location}
      homeTo={paths.home()}
      organisation={organisationName(session.organisation, language)}
      person={{ name: session.person.name, account: session.person.account, roles: session.roles.map((role) => roleName(role, language)) }}
      personMenu={own ? [{ key: 'account', label: t.shell.account, onSelect: () => void navigate({ href: paths.account() }) }] : []}
      onSignOut={() => void signOut(client)}
      onGo={(to) => void navigate({ href: to })}
    >
      <Standing organisation={session.organisation} />
      <Outlet />
      <StepUpDialog />
    </AppShell>
  )
}

async function signOut(client: QueryClient): Promise<void> {
  await api.delete(SIGN_IN.session).catch(() => {})
  forgetSession(client)
}

function navigationOf(
  pages: readonly PageDefinition[],
  session: Session,
  language: 'zh' | 'en',
  names: Readonly<Record<Exclude<(typeof NAV_GROUPS)[number], 'home'>, string>>,
): NavGroup[] {
  return NAV_GROUPS.map((key) => ({
    key,
    label: key === 'home' ? undefined : names[key],
    items: pages
      .flatMap((page) =>
        page.nav?.group === key && mayOpen(page, session) && !page.nav.notFor?.some((kind) => kind === session.organisation.kind)
          ? [{ page, nav: page.nav }]
          : [],
      )
      .toSorted((a, b) => a.nav.order - b.nav.order)
      .map(({ page, nav: { icon: Icon, label, letter } }) => ({
        key: page.path,
        to: page.path,
        label: label[language],
        icon: <Icon />,
        letter,
      })),
  })).filter((group) => group.items.length > 0)
}

export function mayOpen(page: PageDefinition, session: Session): boolean {
  return page.permission === undefined || session.permissions.includes(page.permission)
}

export function Forbidden() {
  const t = useCommon()
  useTitle(t.error.forbidden)
  return <EmptyState title={t.error.forbidden} detail={t.error.forbiddenDetail} next={<HomeButton />} />
}

export function NotFound() {
  const t = useCommon()
  useTitle(t.error.notFound)
  return <EmptyState title={t.error.notFound} detail={t.error.notFoundDetail} next={<HomeButton />} />
}

export function Broken({ error }: { readonly error: Error }) {
  const t = useCommon()
  if (error instanceof ApiError)
    return (
      <Centre>
        <Failure
          error={error}
          onRetry={() =>
            void fetch('/healthz', { cache: 'no-store' }).then(
              () => window.location.reload(),
              () => {},
            )
          }
        />
      </Centre>
    )
  return (
    <Centre>
      <EmptyState
        title={t.error.broken}
        detail={
          <>
            {t.error.brokenDetail}
            <br />
            <code>{error.message}</code>
          </>
        }
        next={
          <Button type="primary" onClick={() => window.location.reload()}>
            {t.action.reload}
          </Button>
        }
      />
    </Centre>
  )
}

function HomeButton() {
  const t = useCommon()
  return (
    <AppLink to={paths.home()} className="ant-btn-link">
      {t.action.home}
    </AppLink>
  )
}

function Centre({ children }: { readonly children: ReactNode }) {
  return <div style={{ minHeight: '60dvh', display: 'grid', placeItems: 'center', padding: 24 }}>{children}</div>
}
