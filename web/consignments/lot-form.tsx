import { Form } from 'antd'
import type { ReactNode } from 'react'
import { civilDateOf } from '../../src/kernel/time.ts'
import { type Consignment, IMPORTS_PATHS, type Lot, type LotBody, lotFindings } from '../../src/modules/imports/contract.ts'
import { PRODUCT_PATHS, type Product } from '../../src/modules/products/contract.ts'
import { api } from '../shared/api/client.ts'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { DateField, Field, NumberField, TextField } from '../shared/forms/fields.tsx'
import { RemoteSelect } from '../shared/forms/remote-select.tsx'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { FindingsAt } from './findings.tsx'
import { consignmentWords } from './words.ts'

type Values = Partial<LotBody>

const bodyOf = (values: Values): LotBody => ({
  productId: values.productId ?? '',
  lotNumber: values.lotNumber ?? '',
  producedOn: values.producedOn ?? null,
  expiresOn: values.expiresOn ?? null,
  quantity: values.quantity ?? 0,
  grossWeightKg: values.grossWeightKg ?? null,
})

/** A new lot of a consignment, or the change of one. */
export function LotForm({
  consignment,
  lot,
  onDone,
}: {
  readonly consignment: Consignment
  readonly lot: Lot | undefined
  readonly onDone: () => void
}) {
  const t = useWords(consignmentWords)
  const save = useAct<LotBody>({
    send: (input, key) =>
      lot === undefined
        ? api.post(`${IMPORTS_PATHS.consignments}/${consignment.id}/lots`, input, { idempotencyKey: key })
        : api.put(`${IMPORTS_PATHS.lots}/${lot.id}`, { ...input, version: lot.version }),
    invalidates: [IMPORTS_PATHS.consignments, IMPORTS_PATHS.lots, '/api/home'],
    done: lot === undefined ? t.lotSaved : t.lotChanged,
    onDone,
  })
  return (
    <AppForm<Values, LotBody>
      act={save}
      columns={2}
      guard={false}
      onCancel={onDone}
      toInput={bodyOf}
      {...(lot !== undefined && { initial: bodyOf(lot) })}
    >
      <LotFields consignment={consignment} />
    </AppForm>
  )
}

function LotFields({ consignment }: { readonly consignment: Consignment }) {
  const t = useWords(consignmentWords)
  const language = useLanguage()
  const values = Form.useWatch((all: Values) => all) ?? {}
  const product = useGet<Product>(`${PRODUCT_PATHS.list}/${values.productId ?? ''}`, { enabled: (values.productId ?? '') !== '' })
  const shelfLifeMonths = product.data?.shelfLifeMonths ?? null
  // without its product nobody can say whether a lot needs an expiry date
  const findings = lotFindings(bodyOf(values), consignment, { shelfLifeMonths }, civilDateOf(new Date())).filter(
    // what the entry date contradicts is the production date that was just entered
    ({ field }) => (values[field === 'enteredOn' ? 'producedOn' : (field as keyof LotBody)] ?? '') !== '',
  )
  const at = (field: string, help?: ReactNode) => (
    <>
      <FindingsAt findings={findings} field={field} />
      {help}
    </>
  )
  return (
    <>
      <Field
        name="productId"
        label={t.product}
        required
        wide
        help={product.data === undefined ? undefined : shelfLifeMonths === null ? t.noShelfLife : t.shelfLife(shelfLifeMonths)}
      >
        <RemoteSelect<{ id: string; nameZh: string; nameEn: string; gtin: string; spec: string }>
          path={PRODUCT_PATHS.list}
          valueOf={(row) => row.id}
          labelOf={(row) => (language === 'zh' ? row.nameZh : row.nameEn || row.nameZh)}
          noteOf={(row) => [row.gtin.replace(/^0(?=\d{13}$)/, ''), row.spec].filter((part) => part !== '').join(' · ')}
          byValue={(id) => ({ 'f.id': `is:${id}` })}
          placeholder={t.productHint}
          autoFocus
        />
      </Field>
      <TextField name="lotNumber" label={t.lot} required max={40} mono help={at('lotNumber')} />
      <NumberField name="quantity" label={t.quantity} required min={1} max={10_000_000} help={at('quantity')} />
      <DateField
        name="producedOn"
        label={t.producedOn}
        help={at('producedOn', <FindingsAt findings={findings} field="enteredOn" named={t.enteredOn} />)}
      />
      <DateField name="expiresOn" label={t.expiresOn} help={at('expiresOn', t.expiresHelp)} />
      <NumberField name="grossWeightKg" label={t.weight} min={0} digits={3} unit="kg" />
    </>
  )
}
