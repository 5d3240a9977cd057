import { Form, Radio, Select } from 'antd'
import { useState } from 'react'
import { LINK_TYPES, type LinkType } from '../../src/kernel/gs1/link-types.ts'
import { civilDateOf, startOfDay, type CivilDate } from '../../src/kernel/time.ts'
import type { Product } from '../../src/modules/products/contract.ts'
import {
  COMMON_MEDIA_TYPES,
  LINK_LEVELS,
  LINK_PATHS,
  LINK_ROLES,
  type LinkBody,
  type LinkFacts,
  type LinkLevel,
  type LinkRole,
  type LinkView,
} from '../../src/modules/resolver/contract.ts'
import { api } from '../shared/api/client.ts'
import { useAct } from '../shared/api/hooks.ts'
import { useSession } from '../shared/api/session.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { DateField, Field, SelectField, TextField } from '../shared/forms/fields.tsx'
import { RemoteSelect } from '../shared/forms/remote-select.tsx'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { linkWords } from './words.ts'

interface FactValues {
  readonly linkType: LinkType
  readonly href: string
  readonly title: string
  readonly mediaType: string
  readonly hreflang: readonly string[]
  readonly context: readonly string[]
  readonly role: LinkRole
  readonly validFrom: string | undefined
  readonly validUntil: string | undefined
}

interface NewValues extends FactValues {
  readonly level: LinkLevel
  readonly gtin: string
  readonly lotNumber: string
  readonly item: string
  readonly other: string
}

/** Days of China's calendar become instants; the last day is not included, as the field says. */
const instantOfDay = (day: string | undefined): string | null =>
  day === undefined || day === '' ? null : startOfDay(day as CivilDate).toISOString()
const dayOfInstant = (instant: string | null): string | undefined => (instant === null ? undefined : civilDateOf(new Date(instant)))

const factsOf = (values: FactValues): LinkFacts => ({
  linkType: values.linkType,
  href: values.href ?? '',
  title: values.title ?? '',
  mediaType: values.mediaType,
  hreflang: [...(values.hreflang ?? [])],
  context: [...(values.context ?? [])],
  role: values.role ?? 'link',
  validFrom: instantOfDay(values.validFrom),
  validUntil: instantOfDay(values.validUntil),
})

/** What the link belongs to, as the API reads it. */
function digitalLinkOf({ level, gtin, lotNumber, item, other }: NewValues): string {
  switch (level) {
    case 'product':
      return `/01/${gtin}`
    case 'lot':
      return `/01/${gtin}/10/${encodeURIComponent(lotNumber ?? '')}`
    case 'item':
      return item ?? ''
    default:
      return other ?? ''
  }
}

const NEW: Partial<NewValues> = { level: 'product', linkType: 'pip', mediaType: 'text/html', hreflang: [], context: [], role: 'link' }

export function NewLinkForm({ onClose }: { readonly onClose: () => void }) {
  const t = useWords(linkWords)
  const language = useLanguage()
  const isOperator = useSession().organisation.kind === 'operator'
  const [form] = Form.useForm<NewValues>()
  const [level, setLevel] = useState<LinkLevel>('product')
  const save = useAct<LinkBody, LinkView>({
    send: (input, key) => api.post(LINK_PATHS.list, input, { idempotencyKey: key }),
    invalidates: [LINK_PATHS.list],
    done: t.saved,
    onDone: onClose,
  })
  const levels = (['product', 'lot', 'item', ...(isOperator ? (['other'] as const) : [])] as const).map((value) => ({
    value,
    label: LINK_LEVELS[value][language],
  }))
  return (
    <AppForm<NewValues, LinkBody, LinkView>
      act={save}
      form={form}
      columns={2}
      guard={false}
      initial={NEW}
      submit={t.save}
      onCancel={onClose}
      toInput={(values) => ({ digitalLink: digitalLinkOf(values), ...factsOf(values) })}
      onChange={(changed) => {
        if (changed.level === undefined || changed.level === level) return
        setLevel(changed.level)
        if (changed.level === 'item') form.setFieldsValue({ role: 'link' })
      }}
    >
      <Field name="level" label={t.level} required wide>
        <Radio.Group optionType="button" options={levels} />
      </Field>
      {(level === 'product' || level === 'lot') && (
        <Field name="gtin" label={t.product} required wide={level === 'product'}>
          <RemoteSelect<Product>
            path="/api/products"
            valueOf={(row) => row.gtin}
            labelOf={(row) => `${language === 'zh' ? row.nameZh : row.nameEn || row.nameZh} · ${row.spec}`}
            noteOf={(row) => <span className="mono">{row.gtin}</span>}
            byValue={(gtin) => ({ 'f.gtin': `is:${gtin}` })}
            placeholder={t.chooseProduct}
          />
        </Field>
      )}
      {level === 'lot' && <TextField name="lotNumber" label={t.lotNumber} required max={20} mono />}
      {level === 'item' && <TextField name="item" label={t.item} help={t.itemHelp} required max={300} mono wide />}
      {level === 'other' && <TextField name="other" label={t.other} help={t.otherHelp} required max={300} mono wide />}
      <FactFields item={level === 'item'} />
    </AppForm>
  )
}

export function ChangeLinkForm({ link, onClose }: { readonly link: LinkView; readonly onClose: () => void }) {
  const t = useWords(linkWords)
  const save = useAct<LinkFacts & { version: number }, LinkView>({
    send: (input) => api.put(`${LINK_PATHS.list}/${link.id}`, input),
    invalidates: [LINK_PATHS.list],
    done: t.saved,
    onDone: onClose,
  })
  return (
    <>
      {save.error?.code === 'CONFLICT' && <ErrorPanel notice title={t.conflict} />}
      <AppForm<FactValues, LinkFacts & { version: number }, LinkView>
        act={save}
        columns={2}
        guard={false}
        initial={{ ...link, validFrom: dayOfInstant(link.validFrom), validUntil: dayOfInstant(link.validUntil) }}
        submit={t.save}
        onCancel={onClose}
        toInput={(values) => ({ ...factsOf(values), version: link.version })}
      >
        <FactFields item={link.level === 'item'} />
      </AppForm>
    </>
  )
}

function FactFields({ item }: { readonly item: boolean }) {
  const t = useWords(linkWords)
  const language = useLanguage()
  return (
    <>
      <SelectField
        name="linkType"
        label={t.type}
        required
        choices={Object.entries(LINK_TYPES)
          .filter(([, words]) => !('deprecated' in words))
          .map(([value, words]) => ({ value, label: `${words[language]} · gs1:${value}` }))}
      />
      <TextField name="title" label={t.linkTitle} help={t.titleHelp} required max={200} />
      <TextField name="href" label={t.href} help={t.hrefHelp} required max={2000} mono wide placeholder="https://" />
      <Field name="hreflang" label={t.languages} help={t.languagesHelp}>
        <Select
          mode="tags"
          tokenSeparators={[' ', ',']}
          options={['zh', 'en', 'fr', 'ja', 'ko'].map((value) => ({ value, label: value }))}
        />
      </Field>
      <Field name="mediaType" label={t.mediaType} required>
        <Select showSearch options={COMMON_MEDIA_TYPES.map((value) => ({ value, label: value }))} />
      </Field>
      <SelectField
        name="role"
        label={t.role}
        required
        disabled={item}
        help={item ? t.roleItem : t.roleHelp}
        choices={Object.entries(LINK_ROLES).map(([value, words]) => ({ value, label: words[language] }))}
      />
      <Field name="context" label={t.contexts} help={t.contextsHelp}>
        <Select mode="tags" tokenSeparators={[' ', ',']} options={[]} />
      </Field>
      <DateField name="validFrom" label={t.validFrom} />
      <DateField name="validUntil" label={t.validUntil} />
    </>
  )
}
