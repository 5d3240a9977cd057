import { UserAddOutlined } from '@ant-design/icons'
import { Button, Modal } from 'antd'
import { useMemo, useState } from 'react'
import {
  IDENTITY_PATHS,
  ORGANISATION_KINDS,
  type OrganisationKind,
  PERSON_STATUSES,
  type Role,
} from '../../src/modules/identity/contract.ts'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useAct } from '../shared/api/hooks.ts'
import { useCan, useSession } from '../shared/api/session.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { roleName } from '../shared/i18n/roles.ts'
import { useWords } from '../shared/i18n/words.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { OneTimeSecret } from '../shared/ui/one-time-secret.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { EditPersonForm, InviteForm } from './person-form.tsx'
import { peopleWords } from './words.ts'

interface PersonRow {
  readonly id: string
  readonly organisation: string
  readonly organisationEn: string
  readonly organisationKind: OrganisationKind
  readonly account: string
  readonly name: string
  /** Separated by blanks. */
  readonly roles: string
  readonly status: string
  readonly secondFactor: string
  readonly lastSeenAt: string | null
  readonly createdAt: string
}

type Asked = { readonly kind: 'disable' | 'reset' | 'link'; readonly person: PersonRow }

/** Who may sign in: invite, change roles, disable; for the operator of all organisations. */
export function PeoplePage() {
  const t = useWords(peopleWords)
  const language = useLanguage()
  const format = useFormat()
  const me = useSession().person.id
  const all = useCan()('organisations.verify')
  const [inviting, setInviting] = useState(false)
  const [editing, setEditing] = useState<PersonRow>()
  const [asked, setAsked] = useState<Asked>()
  const [link, setLink] = useState<{ readonly name: string; readonly link: string; readonly expiresAt: string }>()
  const close = () => setAsked(undefined)
  const at = (person: PersonRow, what: string) => `${IDENTITY_PATHS.people}/${person.id}/${what}`

  const disable = useAct<{ person: PersonRow; reason: string }>({
    send: ({ person, reason }, idempotencyKey) => api.post(at(person, 'disable'), { reason }, { idempotencyKey }),
    invalidates: [IDENTITY_PATHS.people],
    done: t.disabled,
    onDone: close,
  })
  const reset = useAct<PersonRow>({
    send: (person, idempotencyKey) => api.post(at(person, 'reset-second-factor'), {}, { idempotencyKey }),
    invalidates: [IDENTITY_PATHS.people],
    done: t.factorsReset,
    onDone: close,
  })
  const enable = useAct<PersonRow>({
    send: (person, idempotencyKey) => api.post(at(person, 'enable'), {}, { idempotencyKey }),
    invalidates: [IDENTITY_PATHS.people],
    done: t.enabled,
    tellError: true,
  })
  const newLink = useAct<PersonRow, { link: string; expiresAt: string }>({
    send: (person) => api.post(at(person, 'invitation'), {}),
    onDone: (answer, person) => {
      close()
      setLink({ name: person.name, ...answer })
    },
  })
  const act = asked?.kind === 'disable' ? disable : asked?.kind === 'reset' ? reset : newLink

  const columns = useMemo<readonly Column<PersonRow>[]>(() => {
    const options = (words: Readonly<Record<string, { zh: string; en: string }>>) =>
      Object.entries(words).map(([value, w]) => ({ value, label: w[language] }))
    return [
      { key: 'name', title: t.name, type: 'text', minWidth: 120 },
      { key: 'account', title: t.account, type: 'text', minWidth: 160 },
      {
        key: 'roles',
        title: t.roles,
        type: 'text',
        minWidth: 140,
        render: (row) =>
          row.roles
            .split(' ')
            .map((role) => roleName(role, language))
            .join(language === 'zh' ? '、' : ', '),
      },
      {
        key: 'status',
        title: t.status,
        type: 'enum',
        options: Object.entries(PERSON_STATUSES).map(([value, words]) => ({
          value,
          label: words[language],
          tone: value === 'active' ? 'good' : value === 'invited' ? 'info' : 'quiet',
        })),
      },
      { key: language === 'zh' ? 'organisation' : 'organisationEn', title: t.organisation, type: 'text', minWidth: 160, hidden: !all },
      { key: 'organisationKind', title: t.organisationKind, type: 'enum', options: options(ORGANISATION_KINDS), hidden: true },
      {
        key: 'secondFactor',
        title: t.secondFactor,
        type: 'enum',
        options: Object.entries(t.factors).map(([value, label]) => ({ value, label })),
      },
      { key: 'lastSeenAt', title: t.lastSeenAt, type: 'instant' },
      { key: 'createdAt', title: t.createdAt, type: 'instant', hidden: true },
    ]
  }, [t, language, all])

  const button = (
    <Button type="primary" icon={<UserAddOutlined />} onClick={() => setInviting(true)}>
      {t.invite}
    </Button>
  )
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} actions={button} />
      {link !== undefined && (
        <div style={{ marginBottom: 16 }}>
          <OneTimeSecret
            title={t.linkTitle(link.name)}
            value={link.link}
            detail={t.linkDetail(format.instant(link.expiresAt))}
            onKept={() => setLink(undefined)}
          />
        </div>
      )}
      <DataTable<PersonRow>
        id="people"
        label={t.title}
        path={IDENTITY_PATHS.people}
        columns={columns}
        rowKey={(row) => row.id}
        onOpen={setEditing}
        rowActions={(row) => [
          { key: 'edit', label: t.edit, onSelect: () => setEditing(row) },
          {
            key: 'link',
            label: t.newLink,
            onSelect: () => setAsked({ kind: 'link', person: row }),
            disabledReason: row.status === 'disabled' ? t.isDisabled : undefined,
          },
          {
            key: 'reset',
            label: t.resetFactors,
            onSelect: () => setAsked({ kind: 'reset', person: row }),
            disabledReason: row.id === me ? t.ownFactors : row.secondFactor === 'none' ? t.noFactor : undefined,
          },
          row.status === 'disabled'
            ? { key: 'enable', label: t.enable, onSelect: () => enable.mutate(row) }
            : {
                key: 'disable',
                label: t.disable,
                danger: true,
                onSelect: () => setAsked({ kind: 'disable', person: row }),
                disabledReason: row.id === me ? t.own : undefined,
              },
        ]}
        searchHint={t.search}
        empty={{ title: t.none, detail: t.noneDetail, next: button }}
      />
      <Modal open={inviting} title={t.invite} footer={null} onCancel={() => setInviting(false)} destroyOnHidden>
        <InviteForm
          onInvited={(invited, name) => {
            setInviting(false)
            setLink({ name, link: invited.link, expiresAt: invited.expiresAt })
          }}
          onCancel={() => setInviting(false)}
        />
      </Modal>
      <Modal open={editing !== undefined} title={t.edit} footer={null} onCancel={() => setEditing(undefined)} destroyOnHidden>
        {editing !== undefined && (
          <EditPersonForm
            id={editing.id}
            kind={editing.organisationKind}
            initial={{ name: editing.name, roles: editing.roles.split(' ') as Role[] }}
            onDone={() => setEditing(undefined)}
          />
        )}
      </Modal>
      <ConfirmWithReason
        open={asked !== undefined}
        danger={asked?.kind !== 'link'}
        reason={asked?.kind === 'disable'}
        title={
          asked?.kind === 'disable'
            ? t.disableTitle(asked.person.name)
            : asked?.kind === 'reset'
              ? t.resetFactorsTitle(asked.person.name)
              : t.newLink
        }
        confirm={asked?.kind === 'disable' ? t.disable : asked?.kind === 'reset' ? t.resetFactors : t.newLink}
        busy={act.isPending}
        error={act.error !== null && <Failure error={act.error} />}
        onConfirm={(reason) => {
          if (asked === undefined) return
          if (asked.kind === 'disable') disable.mutate({ person: asked.person, reason })
          else if (asked.kind === 'reset') reset.mutate(asked.person)
          else newLink.mutate(asked.person)
        }}
        onCancel={() => {
          act.reset()
          close()
        }}
      >
        {asked?.kind === 'disable' ? t.disableDetail : asked?.kind === 'reset' ? t.resetFactorsDetail : t.newLinkDetail}
      </ConfirmWithReason>
    </>
  )
}
