import { DeleteOutlined, EyeOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Modal } from 'antd'
import { useMemo, useState } from 'react'
import type { Locale } from '../../src/kernel/errors.ts'
import { LINK_TYPES } from '../../src/kernel/gs1/link-types.ts'
import { LINK_LEVELS, LINK_PATHS, LINK_ROLES, type LinkView } from '../../src/modules/resolver/contract.ts'
import { api } from '../shared/api/client.ts'
import { Answer, Failure } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { useCan, useSession } from '../shared/api/session.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { ChangeLinkForm, NewLinkForm } from './link-form.tsx'
import { linkWords } from './words.ts'

interface LinkRow {
  readonly id: string
  readonly anchor: string
  readonly gtin: string | null
  readonly level: LinkView['level']
  readonly linkType: LinkView['linkType']
  readonly title: string
  readonly href: string
  readonly hreflang: string
  readonly role: LinkView['role']
  readonly validUntil: string | null
  readonly organisationNameZh: string
  readonly organisationNameEn: string
  readonly version: number
  readonly updatedAt: string
}

const optionsOf = (words: Readonly<Record<string, Readonly<Record<Locale, string>>>>, locale: Locale) =>
  Object.entries(words).map(([value, label]) => ({ value, label: label[locale] }))

function columnsFor(locale: Locale, seesAll: boolean): readonly Column<LinkRow>[] {
  const t = linkWords[locale]
  return [
    { key: 'anchor', title: t.identifier, type: 'text', minWidth: 220, render: (row) => <span className="mono">{row.anchor}</span> },
    { key: 'level', title: t.level, type: 'enum', options: optionsOf(LINK_LEVELS, locale) },
    { key: 'linkType', title: t.type, type: 'enum', options: optionsOf(LINK_TYPES, locale), minWidth: 120 },
    { key: 'title', title: t.linkTitle, type: 'text', minWidth: 140 },
    { key: 'href', title: t.href, type: 'text', minWidth: 200, render: (row) => <span className="soft">{row.href}</span> },
    { key: 'hreflang', title: t.languages, type: 'text', sortable: false },
    {
      key: 'role',
      title: t.role,
      type: 'enum',
      options: optionsOf(LINK_ROLES, locale).map((option) => ({
        ...option,
        tone: option.value === 'link' ? ('quiet' as const) : ('good' as const),
      })),
    },
    { key: 'validUntil', title: t.validUntil, type: 'instant', hidden: true },
    { key: locale === 'zh' ? 'organisationNameZh' : 'organisationNameEn', title: t.organisation, type: 'text', hidden: !seesAll },
    { key: 'updatedAt', title: t.updated, type: 'instant' },
  ]
}

/** Links of one's products, lots and items: look, register, change, take away and bring back. */
export function LinksPage() {
  const t = useWords(linkWords)
  const language = useLanguage()
  const go = useGo()
  const writes = useCan()('links.write')
  const seesAll = ['operator', 'regulator'].includes(useSession().organisation.kind)
  const [open, setOpen] = useState<{ readonly id: string | undefined }>()
  const [removing, setRemoving] = useState<LinkRow>()
  const [removed, setRemoved] = useState<LinkRow>()
  const columns = useMemo(() => columnsFor(language, seesAll), [language, seesAll])
  const remove = useAct<LinkRow, unknown>({
    send: (row) => api.delete(`${LINK_PATHS.list}/${row.id}`, undefined, { query: { version: row.version } }),
    invalidates: [LINK_PATHS.list],
    onDone: (_, row) => {
      setRemoving(undefined)
      setRemoved(row)
    },
  })
  const restore = useAct<LinkRow, unknown>({
    send: (row, key) => api.post(`${LINK_PATHS.list}/${row.id}/restore`, {}, { idempotencyKey: key }),
    invalidates: [LINK_PATHS.list],
    done: t.restored,
    tellError: true,
    onDone: () => setRemoved(undefined),
  })
  const buttons = (
    <>
      <Button icon={<EyeOutlined />} onClick={() => go(paths.linkPreview())}>
        {t.preview}
      </Button>
      {writes && (
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setOpen({ id: undefined })}>
          {t.add}
        </Button>
      )}
    </>
  )
  const close = () => setOpen(undefined)
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} actions={buttons} />
      {removed !== undefined && (
        <div style={{ marginBottom: 16 }}>
          <ErrorPanel
            notice
            title={t.removed}
            detail={`${removed.title} · ${removed.anchor}`}
            actions={
              <Button loading={restore.isPending} onClick={() => restore.mutate(removed)}>
                {t.undo}
              </Button>
            }
          />
        </div>
      )}
      <DataTable<LinkRow>
        id="links"
        label={t.title}
        path={LINK_PATHS.list}
        columns={columns}
        rowKey={(row) => row.id}
        {...(writes && { onOpen: (row: LinkRow) => setOpen({ id: row.id }) })}
        rowActions={(row) => [
          { key: 'preview', label: t.preview, onSelect: () => go(paths.linkPreview({ digitalLink: row.anchor })) },
          ...(writes ? [{ key: 'remove', label: t.remove, danger: true, onSelect: () => setRemoving(row) }] : []),
        ]}
        searchHint={t.search}
        empty={{ title: t.none, detail: t.noneDetail, next: writes && buttons }}
      />
      {open !== undefined && (
        <Modal open title={open.id === undefined ? t.add : t.change} footer={null} width={760} onCancel={close} destroyOnHidden>
          {open.id === undefined ? <NewLinkForm onClose={close} /> : <ExistingLink id={open.id} onClose={close} />}
        </Modal>
      )}
      <ConfirmWithReason
        open={removing !== undefined}
        title={t.removeTitle}
        confirm={t.remove}
        danger
        reason={false}
        busy={remove.isPending}
        error={remove.error === null ? undefined : <Failure error={remove.error} />}
        onConfirm={() => removing !== undefined && remove.mutate(removing)}
        onCancel={() => setRemoving(undefined)}
      >
        <p>
          <DeleteOutlined /> {removing?.title} · <span className="mono">{removing?.anchor}</span>
        </p>
        <p>{t.removeDetail}</p>
      </ConfirmWithReason>
    </>
  )
}

function ExistingLink({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const t = useWords(linkWords)
  const format = useFormat()
  const language = useLanguage()
  const answer = useGet<LinkView>(`${LINK_PATHS.list}/${id}`)
  return (
    <Answer of={answer} rows={8}>
      {(link) => (
        <>
          <p className="soft">
            {LINK_LEVELS[link.level][language]} <span className="mono">{link.anchor}</span> · {t.updated} {format.instant(link.updatedAt)}
          </p>
          <ChangeLinkForm link={link} onClose={onClose} />
        </>
      )}
    </Answer>
  )
}
