import { Button, Segmented } from 'antd'
import { useMemo, useState } from 'react'
import type { z } from 'zod'
import type { factorsView } from '../../src/modules/identity/contract.ts'
import { api } from '../shared/api/client.ts'
import { Answer, Failure } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { useSession } from '../shared/api/session.ts'
import { chooseLanguage, useLanguage } from '../shared/i18n/language.ts'
import { roleName } from '../shared/i18n/roles.ts'
import { useWords } from '../shared/i18n/words.ts'
import { paths } from '../shared/paths.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { Link } from '../shared/ui/link.tsx'
import { Facts, PageHeader, Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { ACCOUNT } from './endpoints.ts'
import { PasswordForm } from './password-form.tsx'
import { SecondFactors } from './second-factors.tsx'
import { accountWords } from './words.ts'

interface SessionRow {
  readonly id: string
  readonly proof: string
  readonly address: string
  readonly userAgent: string
  readonly createdAt: string
  readonly lastSeenAt: string
  readonly expiresAt: string
}

/** One's own sign-in: who, language, second factors, password, open sessions. */
export function AccountPage() {
  const t = useWords(accountWords)
  const language = useLanguage()
  const { person, organisation, roles } = useSession()
  const factors = useGet<z.output<typeof factorsView>>(ACCOUNT.factors)
  return (
    <>
      <PageHeader title={t.title} />
      <Section title={t.who}>
        <Facts
          items={[
            { label: t.name, value: person.name },
            { label: t.account, value: person.account },
            { label: t.organisation, value: <Link to={paths.organisation(organisation.id)}>{organisation.name}</Link> },
            { label: t.roles, value: roles.map((role) => roleName(role, language)).join(' · ') },
            {
              label: t.language,
              value: (
                <>
                  <Segmented
                    aria-label={t.language}
                    value={language}
                    options={[
                      { value: 'zh', label: '简体中文' },
                      { value: 'en', label: 'English' },
                    ]}
                    onChange={(next) => chooseLanguage(next === 'en' ? 'en' : 'zh')}
                  />
                  <p className="faint">{t.languageHelp}</p>
                </>
              ),
            },
          ]}
        />
      </Section>
      <SecondFactors />
      <Section title={t.password}>
        <Answer of={factors}>{({ password }) => <PasswordForm has={password} />}</Answer>
      </Section>
      <Sessions />
    </>
  )
}

function Sessions() {
  const t = useWords(accountWords)
  const here = useSession().id
  const [asking, setAsking] = useState(false)
  const end = useAct<string>({
    send: (id) => api.delete(`${ACCOUNT.sessions}/${id}`),
    invalidates: [ACCOUNT.sessions],
    done: t.sessionEnded,
    tellError: true,
  })
  const endOthers = useAct({
    send: () => api.delete(ACCOUNT.sessions),
    invalidates: [ACCOUNT.sessions],
    done: t.sessionEnded,
    onDone: () => setAsking(false),
  })
  const columns = useMemo<readonly Column<SessionRow>[]>(
    () => [
      {
        key: 'userAgent',
        title: t.sessionBrowser,
        type: 'text',
        minWidth: 180,
        render: (row) => (
          <span title={row.userAgent}>
            {browserOf(row.userAgent)} {row.id === here && <StatusTag tone="good">{t.sessionHere}</StatusTag>}
          </span>
        ),
      },
      { key: 'proof', title: t.sessionProof, type: 'enum', options: Object.entries(t.proofs).map(([value, label]) => ({ value, label })) },
      { key: 'address', title: t.sessionAddress, type: 'text' },
      { key: 'createdAt', title: t.sessionSince, type: 'instant' },
      { key: 'lastSeenAt', title: t.sessionSeen, type: 'instant' },
      { key: 'expiresAt', title: t.sessionEnds, type: 'instant', hidden: true },
    ],
    [t, here],
  )
  return (
    <section style={{ marginTop: 24 }} aria-label={t.sessions}>
      <h2 style={{ fontSize: 15, fontWeight: 650 }}>{t.sessions}</h2>
      <p className="soft" style={{ marginBottom: 12 }}>
        {t.sessionsLead}
      </p>
      <DataTable<SessionRow>
        id="sessions"
        label={t.sessions}
        path={ACCOUNT.sessions}
        columns={columns}
        rowKey={(row) => row.id}
        rowActions={(row) => [
          {
            key: 'end',
            label: t.sessionEnd,
            danger: true,
            onSelect: () => end.mutate(row.id),
            disabledReason: row.id === here ? t.sessionIsThis : undefined,
          },
        ]}
        tools={<Button onClick={() => setAsking(true)}>{t.sessionsEndOthers}</Button>}
        keep="memory"
        exportable={false}
        searchable={false}
      />
      <ConfirmWithReason
        open={asking}
        reason={false}
        danger
        title={t.sessionsEndOthersTitle}
        confirm={t.sessionsEndOthers}
        busy={endOthers.isPending}
        error={endOthers.error !== null && <Failure error={endOthers.error} />}
        onConfirm={() => endOthers.mutate()}
        onCancel={() => setAsking(false)}
      >
        {t.sessionsEndOthersDetail}
      </ConfirmWithReason>
    </section>
  )
}

/** Browser and system out of a User-Agent, in the words that people know; the full text stands in the tooltip. */
function browserOf(agent: string): string {
  const browser = [
    ['MicroMessenger', '微信 WeChat'],
    ['Edg/', 'Edge'],
    ['OPR/', 'Opera'],
    ['Firefox/', 'Firefox'],
    ['Chrome/', 'Chrome'],
    ['Safari/', 'Safari'],
  ].find(([mark]) => agent.includes(mark!))?.[1]
  const system = [
    ['HarmonyOS', 'HarmonyOS'],
    ['Android', 'Android'],
    ['iPhone', 'iPhone'],
    ['iPad', 'iPad'],
    ['Windows', 'Windows'],
    ['Mac OS', 'macOS'],
    ['Linux', 'Linux'],
  ].find(([mark]) => agent.includes(mark!))?.[1]
  return browser === undefined ? agent.slice(0, 40) : [browser, system].filter((part) => part !== undefined).join(' · ')
}
