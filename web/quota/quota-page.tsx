import { Button, Modal } from 'antd'
import { useMemo, useState } from 'react'
import { useSearch } from '@tanstack/react-router'
import type { Locale } from '../../src/kernel/errors.ts'
import type { GrantQuota } from '../../src/modules/codes/contract.ts'
import { api } from '../shared/api/client.ts'
import { Answer } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { useCan, useSession } from '../shared/api/session.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { DateField, Field, MoneyField, NumberField, SelectField, TextField } from '../shared/forms/fields.tsx'
import { RemoteSelect } from '../shared/forms/remote-select.tsx'
import { formatFor, useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import { ProgressBar } from '../shared/ui/progress.tsx'
import type { Tone } from '../shared/ui/tone.ts'
import { quotaWords } from './words.ts'
import './quota.css'

interface Grant {
  readonly id: string
  readonly payer: 'government' | 'prepaid'
  readonly labels: number
  readonly left: number
  readonly priceFen: number
  readonly validFrom: string
  readonly validTo: string
}

interface Entry {
  readonly id: string
  readonly at: string
  readonly organisationNameZh: string
  readonly organisationNameEn: string
  readonly kind: string
  readonly labels: number
  readonly subsidyFen: number
  readonly feeFen: number
  readonly orderNumber: string | null
  readonly note: string
}

interface Organisation {
  readonly id: string
  readonly nameZh: string
  readonly nameEn: string
  readonly uscc: string
}

const TONES: Readonly<Record<string, Tone>> = {
  grant: 'good',
  reserve: 'info',
  release: 'quiet',
  expire: 'warn',
  charge: 'warn',
  refund: 'quiet',
}

function columnsFor(locale: Locale, importer: boolean): readonly Column<Entry>[] {
  const t = quotaWords[locale]
  const { money } = formatFor(locale)
  return [
    { key: 'at', title: t.at, type: 'instant' },
    {
      key: locale === 'zh' ? 'organisationNameZh' : 'organisationNameEn',
      title: t.organisation,
      type: 'text',
      hidden: importer,
      minWidth: 160,
    },
    {
      key: 'kind',
      title: t.kind,
      type: 'enum',
      options: Object.entries(t.kinds).map(([value, label]) => ({ value, label, tone: TONES[value] ?? 'quiet' })),
    },
    { key: 'labels', title: t.labels, type: 'number' },
    {
      key: 'subsidyFen',
      title: t.subsidy,
      type: 'number',
      filterable: false,
      render: (row) => (row.subsidyFen === 0 ? '—' : money(row.subsidyFen)),
    },
    { key: 'feeFen', title: t.fee, type: 'number', filterable: false, render: (row) => (row.feeFen === 0 ? '—' : money(row.feeFen)) },
    {
      key: 'orderNumber',
      title: t.order,
      type: 'text',
      render: (row) => (row.orderNumber === null ? '—' : <span className="mono nowrap">{row.orderNumber}</span>),
    },
    { key: 'note', title: t.note, type: 'text', minWidth: 160 },
  ]
}

export function QuotaPage() {
  const t = useWords(quotaWords)
  const language = useLanguage()
  const format = useFormat()
  const go = useGo()
  const can = useCan()
  const session = useSession()
  const importer = session.organisation.kind === 'importer'
  const asked = (useSearch({ strict: false }) as { organisationId?: string }).organisationId
  const organisationId = importer ? session.organisation.id : asked
  const balance = useGet<{ grants: readonly Grant[] }>('/api/quota/balance', {
    query: { organisationId },
    enabled: organisationId !== undefined,
  })
  const [granting, setGranting] = useState(false)
  const columns = useMemo(() => columnsFor(language, importer), [language, importer])
  const chooseOrganisation = (
    <RemoteSelect<Organisation>
      path="/api/organisations"
      query={{ 'f.kind': 'in:importer', 'f.status': 'in:verified' }}
      valueOf={(row) => row.id}
      labelOf={(row) => (language === 'zh' ? row.nameZh : row.nameEn || row.nameZh)}
      noteOf={(row) => row.uscc}
      byValue={(id) => ({ 'f.id': `is:${id}` })}
      placeholder={t.choose}
      label={t.choose}
      value={asked}
      onChange={(id) => go(paths.quota(id === undefined ? {} : { organisationId: id }), { replace: true })}
    />
  )
  const grantButton = can('quota.write') && (
    <Button type="primary" onClick={() => setGranting(true)}>
      {t.grant}
    </Button>
  )
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} actions={grantButton} />
      <Section title={t.balance} extra={!importer && <div className="quota-choice">{chooseOrganisation}</div>}>
        {organisationId === undefined ? (
          <p className="soft">{t.choose}</p>
        ) : (
          <Answer of={balance}>
            {({ grants }) =>
              grants.length === 0 ? (
                <EmptyState title={t.noBalance} detail={can('quota.write') ? t.noBalanceOperator : t.noBalanceDetail} next={grantButton} />
              ) : (
                <ul className="grants">
                  {grants.map((g) => (
                    <li key={g.id}>
                      <ProgressBar
                        label={`${g.payer === 'government' ? t.government : t.prepaid} · ${t.until(format.day(g.validTo))}`}
                        fraction={g.left / g.labels}
                        detail={t.of(format.number(g.left), format.number(g.labels))}
                      />
                      <p className="faint">
                        {t.from(format.day(g.validFrom))} · {t.price(format.money(g.priceFen))}
                      </p>
                    </li>
                  ))}
                </ul>
              )
            }
          </Answer>
        )}
      </Section>
      <h2 className="below">{t.ledger}</h2>
      <DataTable<Entry>
        id="quota"
        label={t.ledger}
        path="/api/quota/entries"
        columns={columns}
        rowKey={(row) => row.id}
        searchHint={t.search}
        empty={{ title: t.none, detail: t.noneDetail }}
      />
      {granting && <GrantDialog organisationId={asked} onClose={() => setGranting(false)} />}
    </>
  )
}

function GrantDialog({ organisationId, onClose }: { readonly organisationId: string | undefined; readonly onClose: () => void }) {
  const t = useWords(quotaWords)
  const language = useLanguage()
  const grant = useAct<GrantQuota, { id: string }>({
    send: (input, key) => api.post('/api/quota/grants', input, { idempotencyKey: key }),
    invalidates: ['/api/quota', '/api/home'],
    done: t.granted,
    onDone: onClose,
  })
  const year = new Date().getFullYear()
  return (
    <Modal open title={t.grant} footer={null} onCancel={onClose} width={640}>
      <AppForm<GrantQuota, GrantQuota, { id: string }>
        act={grant}
        columns={2}
        guard={false}
        submit={t.grant}
        onCancel={onClose}
        initial={{
          ...(organisationId !== undefined && { organisationId }),
          payer: 'government',
          validFrom: today(),
          validTo: `${year}-12-31`,
        }}
        toInput={({ note, priceFen, ...rest }) => ({
          ...rest,
          note: note ?? '',
          ...(priceFen !== null && priceFen !== undefined && { priceFen }),
        })}
      >
        <Field name="organisationId" label={t.organisation} required wide>
          <RemoteSelect<Organisation>
            path="/api/organisations"
            query={{ 'f.kind': 'in:importer', 'f.status': 'in:verified' }}
            valueOf={(row) => row.id}
            labelOf={(row) => (language === 'zh' ? row.nameZh : row.nameEn || row.nameZh)}
            noteOf={(row) => row.uscc}
            byValue={(id) => ({ 'f.id': `is:${id}` })}
          />
        </Field>
        <SelectField
          name="payer"
          label={t.payer}
          required
          choices={[
            { value: 'government', label: t.government },
            { value: 'prepaid', label: t.prepaid },
          ]}
        />
        <NumberField name="labels" label={t.labelCount} required min={1} max={1_000_000_000} unit={t.unit} />
        <DateField name="validFrom" label={t.validFrom} required />
        <DateField name="validTo" label={t.validTo} required />
        <MoneyField name="priceFen" label={t.priceEach} help={t.priceHelp} />
        <TextField name="note" label={t.note} max={500} />
      </AppForm>
    </Modal>
  )
}

/** The day in China, whose calendar quota follows. */
const today = (): string => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date())
