import { Button, Form, Modal, Select } from 'antd'
import { useMemo, useState } from 'react'
import type { Locale } from '../../src/kernel/errors.ts'
import { provinceCode, provinces } from '../../src/kernel/region.ts'
import type { DealerForm } from '../../src/modules/events/contract.ts'
import { api } from '../shared/api/client.ts'
import { Answer } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { useCan, useSession } from '../shared/api/session.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { Field, SelectField, SwitchField, TextField } from '../shared/forms/fields.tsx'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { PageHeader } from '../shared/ui/page.tsx'
import { dealerWords } from './words.ts'

interface DealerRow {
  readonly id: string
  readonly name: string
  readonly provinces: string
  readonly city: string
  readonly contact: string
  readonly active: boolean
  readonly organisationNameZh: string
  readonly organisationNameEn: string
}

/** Provinces are kept as codes or names; the reader sees short names of his language. */
const territory = (text: string, locale: Locale): string =>
  text
    .split(' ')
    .map((part) => provinces.find((p) => p.code === provinceCode(part)))
    .map((p) => (p === undefined ? '' : locale === 'zh' ? p.shortZh : p.nameEn))
    .filter((name) => name !== '')
    .join(locale === 'zh' ? '、' : ', ')

function columnsFor(locale: Locale, supervisor: boolean): readonly Column<DealerRow>[] {
  const t = dealerWords[locale]
  return [
    { key: 'name', title: t.name, type: 'text', minWidth: 180 },
    {
      key: 'provinces',
      title: t.provinces,
      type: 'text',
      minWidth: 220,
      filterable: false,
      sortable: false,
      render: (row) => territory(row.provinces, locale),
    },
    {
      key: locale === 'zh' ? 'organisationNameZh' : 'organisationNameEn',
      title: t.importer,
      type: 'text',
      hidden: !supervisor,
      minWidth: 160,
    },
    { key: 'city', title: t.city, type: 'text' },
    { key: 'contact', title: t.contact, type: 'text' },
    { key: 'active', title: t.active, type: 'boolean' },
  ]
}

export function DealersPage() {
  const t = useWords(dealerWords)
  const language = useLanguage()
  const writes = useCan()('dealers.write')
  const [open, setOpen] = useState<{ id: string | undefined }>()
  const kind = useSession().organisation.kind
  const columns = useMemo(() => columnsFor(language, kind === 'operator' || kind === 'regulator'), [language, kind])
  const button = writes && (
    <Button type="primary" onClick={() => setOpen({ id: undefined })}>
      {t.add}
    </Button>
  )
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} actions={button} />
      <DataTable<DealerRow>
        id="dealers"
        label={t.title}
        path="/api/dealers"
        columns={columns}
        rowKey={(row) => row.id}
        {...(writes && { onOpen: (row: DealerRow) => setOpen({ id: row.id }) })}
        searchHint={t.search}
        empty={{ title: t.none, detail: t.noneDetail, next: button }}
      />
      {open !== undefined && (
        <Modal open title={open.id === undefined ? t.add : t.change} footer={null} width={680} onCancel={() => setOpen(undefined)}>
          {open.id === undefined ? (
            <DealerFields id={undefined} onClose={() => setOpen(undefined)} />
          ) : (
            <ExistingDealer id={open.id} onClose={() => setOpen(undefined)} />
          )}
        </Modal>
      )}
    </>
  )
}

function ExistingDealer({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const answer = useGet<DealerForm>(`/api/dealers/${id}`)
  return <Answer of={answer}>{(dealer) => <DealerFields id={id} dealer={dealer} onClose={onClose} />}</Answer>
}

function DealerFields({
  id,
  dealer,
  onClose,
}: {
  readonly id: string | undefined
  readonly dealer?: DealerForm
  readonly onClose: () => void
}) {
  const t = useWords(dealerWords)
  const zh = useLanguage() === 'zh'
  const accounts = useGet<{ items: readonly { id: string; nameZh: string; nameEn: string }[] }>('/api/dealer-organisations')
  const [form] = Form.useForm<DealerForm>()
  const save = useAct<DealerForm, { id: string }>({
    send: (input, key) =>
      id === undefined ? api.post('/api/dealers', input, { idempotencyKey: key }) : api.put(`/api/dealers/${id}`, input),
    invalidates: ['/api/dealers'],
    done: t.saved,
    onDone: onClose,
  })
  return (
    <AppForm<DealerForm, DealerForm, { id: string }>
      act={save}
      form={form}
      columns={2}
      guard={false}
      onCancel={onClose}
      initial={
        dealer === undefined
          ? { active: true, provinces: [] }
          : {
              name: dealer.name,
              city: dealer.city,
              contact: dealer.contact,
              active: dealer.active,
              dealerOrganisationId: dealer.dealerOrganisationId,
              provinces: dealer.provinces.map((p) => provinceCode(p) ?? p),
            }
      }
      toInput={(v) => ({
        name: v.name ?? '',
        provinces: v.provinces ?? [],
        city: v.city ?? '',
        contact: v.contact ?? '',
        active: v.active !== false,
        dealerOrganisationId: v.dealerOrganisationId ?? null,
      })}
    >
      <TextField name="name" label={t.name} required max={100} autoFocus wide />
      <Field
        name="provinces"
        label={t.provinces}
        required
        wide
        help={
          <Button
            type="link"
            size="small"
            style={{ padding: 0 }}
            onClick={() => form.setFieldsValue({ provinces: provinces.map((p) => p.code) })}
          >
            {t.all}
          </Button>
        }
      >
        <Select
          mode="multiple"
          showSearch={{ optionFilterProp: 'search' }}
          maxTagCount={12}
          placeholder={t.provincesHint}
          options={provinces.map((p) => ({ value: p.code, label: zh ? p.shortZh : p.nameEn, search: `${p.nameZh} ${p.nameEn}` }))}
        />
      </Field>
      <TextField name="city" label={t.city} max={50} />
      <TextField name="contact" label={t.contact} max={100} />
      <SelectField
        name="dealerOrganisationId"
        label={t.account}
        help={t.accountHelp}
        loading={accounts.isPending}
        choices={(accounts.data?.items ?? []).map((o) => ({ value: o.id, label: zh ? o.nameZh : o.nameEn || o.nameZh }))}
      />
      <SwitchField name="active" label={t.active} />
    </AppForm>
  )
}
