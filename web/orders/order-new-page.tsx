import { Button, Form, Radio } from 'antd'
import { useEffect, useState } from 'react'
import type { Order, Quote, SubmitOrder } from '../../src/modules/codes/contract.ts'
import { useSearch } from '@tanstack/react-router'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { Field, NumberField, SelectField } from '../shared/forms/fields.tsx'
import { RemoteSelect } from '../shared/forms/remote-select.tsx'
import { Tally } from '../shared/goods/tally.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import './orders.css'
import { orderWords } from './words.ts'

interface LotRow {
  readonly id: string
  readonly productNameZh: string
  readonly productNameEn: string
  readonly lotNumber: string
  readonly quantity: number
  readonly declarationNumber: string
}

interface Values {
  readonly labelKind: 'gtin' | 'blank'
  readonly lotId?: string
  readonly quantity?: number
  readonly spoilage?: number
  readonly printerId?: string
  readonly rollSize: number
}

/** Orders labels; what it costs and what is left of lot and quota is said while one types. */
export function OrderNewPage() {
  const t = useWords(orderWords)
  const format = useFormat()
  const zh = useLanguage() === 'zh'
  const go = useGo()
  const asked = (useSearch({ strict: false }) as { lotId?: string }).lotId
  const [form] = Form.useForm<Values>()
  const [values, setValues] = useState<Partial<Values>>({ labelKind: 'gtin', ...(asked !== undefined && { lotId: asked }) })
  const printers = useGet<{ items: readonly { id: string; nameZh: string; nameEn: string }[] }>('/api/printers')
  const submit = useAct<SubmitOrder, Order>({
    send: (input, key) => api.post('/api/orders', input, { idempotencyKey: key }),
    invalidates: ['/api/orders', '/api/quota', '/api/home'],
    done: t.submitted,
    onDone: ({ id }) => go(paths.order(id)),
  })
  const forLot = values.labelKind !== 'blank'
  const lotId = forLot ? values.lotId : undefined
  const quote = useGet<Quote>('/api/orders/quote', {
    query: { lotId, quantity: values.quantity || undefined, spoilage: values.spoilage ?? undefined },
    enabled: forLot ? lotId !== undefined : (values.quantity ?? 0) > 0,
    keep: true,
  })
  const q = quote.data

  // a lot brings its own number; what the person typed stays
  const suggestion = useGet<Quote>('/api/orders/quote', { query: { lotId }, enabled: lotId !== undefined })
  const suggested = suggestion.data
  const take = (s: Quote) => {
    const next = { quantity: s.suggested, spoilage: Math.ceil(s.suggested * 0.02) }
    form.setFieldsValue(next)
    setValues((before) => ({ ...before, ...next }))
  }
  useEffect(() => {
    if (suggested !== undefined && lotId !== undefined && suggested.suggested > 0) take(suggested)
    // only when another lot is chosen
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [lotId, suggested === undefined])
  useEffect(() => {
    const only = printers.data?.items.length === 1 ? printers.data.items[0] : undefined
    if (only !== undefined && form.getFieldValue('printerId') === undefined) form.setFieldsValue({ printerId: only.id })
  }, [printers.data, form])

  const over = q !== undefined && q.declared !== null && (values.quantity ?? 0) > q.suggested
  return (
    <>
      <PageHeader title={t.order} crumbs={[{ label: t.title, to: paths.orders() }]} />
      <div className="order-new">
        <Section>
          <AppForm<Values, SubmitOrder, Order>
            act={submit}
            form={form}
            columns={2}
            submit={t.submit}
            initial={{ labelKind: 'gtin', rollSize: 1000, ...(asked !== undefined && { lotId: asked }) }}
            toInput={(v) => ({
              labelKind: v.labelKind,
              ...(v.labelKind === 'gtin' && v.lotId !== undefined && { lotId: v.lotId }),
              quantity: v.quantity ?? 0,
              spoilage: v.spoilage ?? 0,
              printerId: v.printerId ?? '',
              rollSize: v.rollSize,
            })}
            onChange={setValues}
            onCancel={() => go(paths.orders())}
          >
            <Field name="labelKind" label={t.labelKind} required wide>
              <Radio.Group className="kinds">
                <Radio value="gtin">
                  {t.forLot} <span className="faint">{t.forLotDetail}</span>
                </Radio>
                <Radio value="blank">
                  {t.blank} <span className="faint">{t.blankDetail}</span>
                </Radio>
              </Radio.Group>
            </Field>
            {forLot && (
              <Field name="lotId" label={t.chooseLot} required wide>
                <RemoteSelect<LotRow>
                  path="/api/lots"
                  valueOf={(row) => row.id}
                  labelOf={(row) => `${zh ? row.productNameZh : row.productNameEn || row.productNameZh} · ${row.lotNumber}`}
                  noteOf={(row) => t.lotNote(row.lotNumber, format.number(row.quantity), row.declarationNumber)}
                  byValue={(id) => ({ 'f.id': `is:${id}` })}
                  placeholder={t.chooseLotHint}
                  autoFocus={asked === undefined}
                />
              </Field>
            )}
            <NumberField
              name="quantity"
              label={t.quantityLabel}
              required
              min={1}
              max={2_000_000_000}
              unit={t.unit}
              help={
                over ? (
                  <span className="fault" role="alert">
                    {t.over(format.number(q.suggested))}
                  </span>
                ) : (
                  forLot &&
                  suggested !== undefined &&
                  suggested.suggested > 0 &&
                  values.quantity !== suggested.suggested && (
                    <Button type="link" size="small" style={{ padding: 0 }} onClick={() => take(suggested)}>
                      {t.use}（{format.number(suggested.suggested)}）
                    </Button>
                  )
                )
              }
            />
            <NumberField
              name="spoilage"
              label={t.spoilageLabel}
              min={0}
              unit={t.unit}
              help={q !== undefined && t.spoilageHelp(format.number(q.maxSpoilage))}
            />
            <SelectField
              name="printerId"
              label={t.choosePrinter}
              required
              loading={printers.isPending}
              help={printers.data?.items.length === 0 ? t.noPrinters : undefined}
              choices={(printers.data?.items ?? []).map((p) => ({ value: p.id, label: zh ? p.nameZh : p.nameEn || p.nameZh }))}
            />
            <NumberField name="rollSize" label={t.rollSize} required min={10} max={100_000} unit={t.unit} help={t.rollHelp} />
          </AppForm>
        </Section>
        <Section title={t.quote}>
          {quote.isError ? (
            <Failure error={quote.error} onRetry={() => void quote.refetch()} />
          ) : q === undefined ? (
            <p className="soft">{t.quoteWait}</p>
          ) : (
            <div className="stack" aria-live="polite">
              {q.declared !== null && (
                <Tally
                  items={[
                    { label: t.declared, value: format.number(q.declared) },
                    { label: t.ordered, value: format.number(q.ordered) },
                    { label: t.suggested, value: format.number(q.suggested), tone: q.suggested === 0 ? 'warn' : undefined },
                  ]}
                />
              )}
              <Tally
                items={[
                  { label: t.total, value: format.number(q.quantity + q.spoilage), note: t.free(format.number(q.subsidisedLabels)) },
                  { label: t.fee, value: format.money(q.feeFen), note: t.paid(format.number(q.paidLabels)) },
                  { label: t.subsidy, value: format.money(q.subsidyFen) },
                  { label: t.price, value: format.money(q.priceFen) },
                  {
                    label: t.quotaLeft,
                    value: format.number(q.quotaLeft),
                    note: q.quotaEndsOn === null ? undefined : t.quotaEnds(format.day(q.quotaEndsOn)),
                  },
                ]}
              />
            </div>
          )}
        </Section>
      </div>
    </>
  )
}
