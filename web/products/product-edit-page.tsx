import { Form, Input } from 'antd'
import { useEffect, useState } from 'react'
import type { z } from 'zod'
import { countries } from '../../src/kernel/cn/customs.ts'
import type { Product, productDetail } from '../../src/modules/products/contract.ts'
import { PRODUCT_CATEGORIES } from '../../src/modules/products/contract.ts'
import { api } from '../shared/api/client.ts'
import { Answer } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { GtinField } from '../shared/forms/checked-fields.tsx'
import { Field, NumberField, SelectField, SwitchField, TextAreaField, TextField } from '../shared/forms/fields.tsx'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo, usePathParam } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import { productWords } from './words.ts'

type Detail = z.output<typeof productDetail>
type Values = Record<string, unknown>

const FIELDS = ['gtin', 'nameZh', 'nameEn', 'brand', 'brandOrganisationId', 'spec', 'category', 'forChildren', 'origin', 'filingNumber', 'responsiblePerson', 'manufacturer', 'ingredients', 'directions', 'warnings', 'shelfLifeMonths', 'paoMonths'] as const

export function ProductNewPage() {
  const t = useWords(productWords)
  const go = useGo()
  const save = useAct<Values, Product>({
    send: (input, key) => api.post('/api/products', input, { idempotencyKey: key }),
    invalidates: ['/api/products', '/api/home'],
    done: t.saved,
    onDone: ({ id }) => go(paths.product(id)),
  })
  return (
    <>
      <PageHeader title={t.add} crumbs={[{ label: t.title, to: paths.products() }]} />
      <Section>
        <AppForm<Values, Values, Product> act={save} columns={2} toInput={tidy} onCancel={() => go(paths.products())}>
          <ProductFields />
        </AppForm>
      </Section>
    </>
  )
}

export function ProductEditPage() {
  const t = useWords(productWords)
  const go = useGo()
  const id = usePathParam('productId')
  const answer = useGet<Detail>(`/api/products/${id}`)
  const save = useAct<Values, Product>({
    send: (input) => api.put(`/api/products/${id}`, input),
    invalidates: ['/api/products', '/api/home'],
    done: t.saved,
    onDone: () => go(paths.product(id)),
  })
  return (
    <Answer of={answer} rows={10}>
      {(product) => (
        <>
          <PageHeader
            title={product.nameZh}
            crumbs={[
              { label: t.title, to: paths.products() },
              { label: product.nameZh, to: paths.product(id) },
            ]}
          />
          {product.identityFixed && <ErrorPanel notice title={t.fixed} />}
          <Section>
            <AppForm<Values, Values, Product>
              act={save}
              columns={2}
              initial={Object.fromEntries(FIELDS.map((name) => [name, product[name]]))}
              toInput={(values) => ({ ...tidy(values), version: product.version })}
              onCancel={() => go(paths.product(id))}
            >
              <ProductFields fixed={product.identityFixed} />
            </AppForm>
          </Section>
        </>
      )}
    </Answer>
  )
}

/** What a field left empty means to the server: no text, no number. */
function tidy(values: Values): Values {
  return Object.fromEntries(
    FIELDS.map((name) => {
      const value = values[name]
      if (name === 'shelfLifeMonths' || name === 'paoMonths' || name === 'brandOrganisationId') return [name, value ?? null]
      if (name === 'forChildren') return [name, value === true]
      return [name, value ?? '']
    }),
  )
}

function ProductFields({ fixed = false }: { readonly fixed?: boolean }) {
  const t = useWords(productWords)
  const language = useLanguage()
  const brands = useGet<{ items: readonly { id: string; nameZh: string; nameEn: string }[] }>('/api/brands')
  return (
    <>
      <GtinField name="gtin" label={t.gtin} required disabled={fixed} />
      <TextField name="brand" label={t.brand} max={100} disabled={fixed} />
      <TextField name="nameZh" label={t.nameZh} required max={200} disabled={fixed} />
      <TextField name="nameEn" label={t.nameEn} max={200} />
      <TextField name="spec" label={t.spec} max={100} disabled={fixed} />
      <SelectField name="category" label={t.category} disabled={fixed} choices={Object.entries(PRODUCT_CATEGORIES).map(([value, words]) => ({ value, label: words[language] }))} />
      <SelectField name="origin" label={t.origin} disabled={fixed} choices={countries.map((c) => ({ value: c.code, label: `${c[language]} ${c.code}` }))} />
      <FilingField fixed={fixed} />
      <TextField name="responsiblePerson" label={t.responsible} max={200} />
      <SelectField
        name="brandOrganisationId"
        label={t.brandOrganisation}
        loading={brands.isPending}
        choices={(brands.data?.items ?? []).map((b) => ({ value: b.id, label: language === 'zh' ? b.nameZh : b.nameEn || b.nameZh }))}
      />
      <NumberField name="shelfLifeMonths" label={t.shelfLife} min={1} max={240} unit={t.months} disabled={fixed} />
      <NumberField name="paoMonths" label={t.pao} min={1} max={240} unit={t.months} />
      <SwitchField name="forChildren" label={t.children} disabled={fixed} />
      <TextAreaField name="manufacturer" label={t.manufacturer} max={500} rows={2} wide />
      <TextAreaField name="ingredients" label={t.ingredients} max={10_000} rows={3} wide />
      <TextAreaField name="directions" label={t.directions} max={4000} rows={2} wide />
      <TextAreaField name="warnings" label={t.warnings} max={4000} rows={2} wide />
    </>
  )
}

/** The number's kind is said as it is typed, by the kernel's own formats. */
function FilingField({ fixed }: { readonly fixed: boolean }) {
  const t = useWords(productWords)
  const language = useLanguage()
  const value = Form.useWatch('filingNumber') as string | undefined
  const [said, setSaid] = useState('')
  useEffect(() => {
    let live = true
    void import('../../src/kernel/cn/filing-number.ts').then(({ FILING_KIND_WORDS, parseFilingNumber }) => {
      if (!live) return
      const parsed = value === undefined || value.trim() === '' ? undefined : parseFilingNumber(value)
      setSaid(value === undefined || value.trim() === '' ? '' : parsed === undefined ? (language === 'zh' ? '不是已知的备案/注册编号格式' : 'not a known form of a filing number') : FILING_KIND_WORDS[parsed.kind][language])
    })
    return () => {
      live = false
    }
  }, [value, language])
  return (
    <Field name="filingNumber" label={t.filing} disabled={fixed} help={said}>
      <Input maxLength={60} disabled={fixed} placeholder="国妆网备进字（浙）2025001234" />
    </Field>
  )
}
