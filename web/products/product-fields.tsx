import { Form } from 'antd'
import type { ReactNode } from 'react'
import { countries } from '../../src/kernel/cn/customs.ts'
import { FILING_KIND_WORDS, parseFilingNumber } from '../../src/kernel/cn/filing-number.ts'
import { civilDateOf } from '../../src/kernel/time.ts'
import {
  completenessOf,
  isSpecial,
  PRODUCT_CATEGORIES,
  type ProductBody,
  productFaults,
  productNotes,
} from '../../src/modules/products/contract.ts'
import { useGet } from '../shared/api/hooks.ts'
import { GtinField } from '../shared/forms/checked-fields.tsx'
import { NumberField, SelectField, SwitchField, TextAreaField, TextField } from '../shared/forms/fields.tsx'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { productWords } from './words.ts'

export type ProductValues = Partial<ProductBody>

const TEXTS = [
  'gtin',
  'nameZh',
  'nameEn',
  'brand',
  'spec',
  'category',
  'origin',
  'filingNumber',
  'responsiblePerson',
  'manufacturer',
  'ingredients',
  'directions',
  'warnings',
] as const

/** What the fields hold, with what an empty one means to the server: no text, no number. */
export function bodyOfProduct(values: ProductValues): ProductBody {
  const texts = Object.fromEntries(TEXTS.map((name) => [name, values[name] ?? ''])) as Pick<ProductBody, (typeof TEXTS)[number]>
  return {
    ...texts,
    brandOrganisationId: values.brandOrganisationId ?? null,
    forChildren: values.forChildren === true,
    shelfLifeMonths: values.shelfLifeMonths ?? null,
    paoMonths: values.paoMonths ?? null,
  }
}

/**
 * All fields of a product. What activation still lacks is said in red at its field while one types, by the rules that
 * the server has; `fixed` holds the facts that active labels have made final.
 */
export function ProductFields({ fixed }: { readonly fixed?: ProductValues | undefined }) {
  const t = useWords(productWords)
  const language = useLanguage()
  const brands = useGet<{ items: readonly { id: string; nameZh: string; nameEn: string }[] }>('/api/brands')
  const values = Form.useWatch((all: ProductValues) => all) ?? {}
  const body = bodyOfProduct(values)
  const gaps = new Set(
    completenessOf({ ...body, special: isSpecial(body.category), pictureFileId: null }, 'general').missing.map((gap) => gap.field),
  )
  const final = (field: keyof ProductBody) => fixed !== undefined && (fixed[field] ?? '') !== '' && fixed[field] !== null
  const field = (name: keyof ProductBody, label: string, help?: ReactNode) => ({
    name,
    label,
    disabled: final(name),
    help: gaps.has(name) ? (
      <span className="fault">
        {t.needed} {help}
      </span>
    ) : (
      help
    ),
  })
  return (
    <>
      <h2 className="wide form-part">{t.partIdentity}</h2>
      <GtinField name="gtin" label={t.gtin} required disabled={final('gtin')} />
      <TextField {...field('brand', t.brand)} max={100} disabled={final('brand')} />
      <TextField {...field('nameZh', t.nameZh)} required max={200} disabled={final('nameZh')} />
      <TextField {...field('nameEn', t.nameEn)} max={200} disabled={false} />
      <TextField {...field('spec', t.spec)} max={100} />
      <SelectField
        {...field('category', t.category)}
        choices={Object.entries(PRODUCT_CATEGORIES).map(([value, words]) => ({
          value,
          label: words.special ? `${words[language]} · ${t.special}` : words[language],
        }))}
      />
      <SelectField {...field('origin', t.origin)} choices={countries.map((c) => ({ value: c.code, label: `${c[language]} ${c.code}` }))} />
      <TextField
        {...field('filingNumber', t.filing, <FilingJudgement body={body} />)}
        max={60}
        placeholder="国妆网备进字（浙）2024005219"
      />
      <TextField {...field('responsiblePerson', t.responsible)} max={200} disabled={false} />
      <SelectField
        name="brandOrganisationId"
        label={t.brandOrganisation}
        loading={brands.isPending}
        choices={(brands.data?.items ?? []).map((b) => ({ value: b.id, label: language === 'zh' ? b.nameZh : b.nameEn || b.nameZh }))}
      />
      <NumberField {...field('shelfLifeMonths', t.shelfLife)} min={1} max={120} unit={t.months} />
      <NumberField name="paoMonths" label={t.pao} min={1} max={120} unit={t.months} />
      <SwitchField name="forChildren" label={t.children} disabled={fixed?.forChildren === true} />
      <h2 className="wide form-part">{t.partLabel}</h2>
      <TextAreaField {...field('manufacturer', t.manufacturer)} disabled={false} max={500} rows={2} wide />
      <TextAreaField {...field('ingredients', t.ingredients)} disabled={false} max={10_000} rows={3} wide />
      <TextAreaField {...field('directions', t.directions)} disabled={false} max={4000} rows={2} wide />
      <TextAreaField {...field('warnings', t.warnings)} disabled={false} max={4000} rows={2} wide />
    </>
  )
}

/** Kind of the number, or what is wrong with it beside this category and origin. */
function FilingJudgement({ body }: { readonly body: ProductBody }) {
  const t = useWords(productWords)
  const language = useLanguage()
  const text = body.filingNumber.trim()
  if (text === '') return <span className="live quiet">{t.filingHint}</span>
  const today = civilDateOf(new Date())
  const faults = productFaults(body, today).filter((fault) => fault.pointer === '/filingNumber')
  const notes = productNotes(body, today)
  const parsed = parseFilingNumber(text)
  return (
    <span aria-live="polite">
      {faults.map((fault) => (
        <span key={fault.code} className="live bad">
          {fault[language]}
        </span>
      ))}
      {notes.map((note) => (
        <span key={note.code} className="live warn">
          {note[language]}
        </span>
      ))}
      {faults.length === 0 && parsed !== undefined && <span className="live good">{FILING_KIND_WORDS[parsed.kind][language]}</span>}
    </span>
  )
}
