import { CopyOutlined, DeleteOutlined, EditOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Button, Modal } from 'antd'
import { useState } from 'react'
import type { z } from 'zod'
import { countryName } from '../../src/kernel/cn/customs.ts'
import type { Product, productDetail } from '../../src/modules/products/contract.ts'
import { PRODUCT_CATEGORIES, PRODUCT_PATHS } from '../../src/modules/products/contract.ts'
import { api } from '../shared/api/client.ts'
import { Answer, Failure } from '../shared/api/failure.tsx'
import { invalidate, useAct, useGet } from '../shared/api/hooks.ts'
import { useCan } from '../shared/api/session.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { GtinField } from '../shared/forms/checked-fields.tsx'
import { TextField } from '../shared/forms/fields.tsx'
import { FileUpload } from '../shared/forms/file-upload.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo, usePathParam } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { CopyText } from '../shared/ui/copy-text.tsx'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { Facts, PageHeader, Section } from '../shared/ui/page.tsx'
import { ProgressBar } from '../shared/ui/progress.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { productWords } from './words.ts'

type Detail = z.output<typeof productDetail>

export function ProductPage() {
  const t = useWords(productWords)
  const client = useQueryClient()
  const language = useLanguage()
  const format = useFormat()
  const go = useGo()
  const writes = useCan()('products.write')
  const id = usePathParam('productId')
  const answer = useGet<Detail>(`${PRODUCT_PATHS.list}/${id}`)
  const [removing, setRemoving] = useState(false)
  const [copying, setCopying] = useState(false)
  const remove = useAct<number, unknown>({
    send: (version) => api.delete(`${PRODUCT_PATHS.list}/${id}`, undefined, { query: { version } }),
    invalidates: [PRODUCT_PATHS.list],
    done: t.removed,
    onDone: () => go(paths.products()),
  })
  return (
    <Answer of={answer} rows={10}>
      {(product) => {
        const missing = new Set(product.general.missing.map((gap) => gap.field))
        return (
          <>
            <PageHeader
              title={language === 'zh' ? product.nameZh : product.nameEn || product.nameZh}
              lead={language === 'zh' ? product.nameEn : product.nameZh}
              crumbs={[{ label: t.title, to: paths.products() }]}
              tag={<StatusTag tone={product.completeness === 100 ? 'good' : 'warn'}>{`${t.complete} ${product.completeness} %`}</StatusTag>}
              actions={
                writes && (
                  <>
                    <Button icon={<CopyOutlined />} onClick={() => setCopying(true)}>
                      {t.copy}
                    </Button>
                    <Button danger icon={<DeleteOutlined />} onClick={() => setRemoving(true)}>
                      {t.remove}
                    </Button>
                    <Button type="primary" icon={<EditOutlined />} onClick={() => go(paths.productEdit(id))}>
                      {t.edit}
                    </Button>
                  </>
                )
              }
            />
            <>
              {product.identityFixed && (
                <div style={{ marginBottom: 16 }}>
                  <ErrorPanel notice title={t.fixed} />
                </div>
              )}
              <Gaps product={product} mayWrite={writes} />
              <Section title={t.facts}>
                <Facts
                  items={[
                    { field: '', label: t.gtin, value: <CopyText value={product.gtin.replace(/^0(?=\d{13}$)/, '')} /> },
                    { field: 'brand', label: t.brand, value: product.brand },
                    { field: 'spec', label: t.spec, value: product.spec },
                    {
                      field: 'category',
                      label: t.category,
                      value:
                        product.category === '' ? '' : PRODUCT_CATEGORIES[product.category as keyof typeof PRODUCT_CATEGORIES]?.[language],
                    },
                    { field: 'origin', label: t.origin, value: countryName(product.origin, language) },
                    { field: 'filingNumber', label: t.filing, value: product.filingNumber },
                    { field: 'responsiblePerson', label: t.responsible, value: product.responsiblePerson },
                    { field: '', label: t.pao, value: product.paoMonths === null ? null : `${product.paoMonths} ${t.months}` },
                    {
                      field: '',
                      label: t.shelfLife,
                      value: product.shelfLifeMonths === null ? null : `${product.shelfLifeMonths} ${t.months}`,
                    },
                    { field: '', label: t.completeCrossBorder, value: `${product.completenessCrossBorder} %` },
                    { field: '', label: t.updated, value: format.instant(product.updatedAt) },
                    { field: 'manufacturer', label: t.manufacturer, value: product.manufacturer, wide: true },
                    { field: 'ingredients', label: t.ingredients, value: product.ingredients, wide: true },
                    { field: 'directions', label: t.directions, value: product.directions, wide: true },
                    { field: 'warnings', label: t.warnings, value: product.warnings, wide: true },
                  ].map((fact) => (missing.has(fact.field) ? { ...fact, value: <span className="fault">{t.needed}</span> } : fact))}
                />
              </Section>
              <Section title={t.picture}>
                <div className="stack">
                  {product.pictureFileId === null ? (
                    <span className="faint">{t.noPicture}</span>
                  ) : (
                    <img
                      src={`/pictures/${product.pictureFileId}?size=small`}
                      alt={product.nameZh}
                      style={{ maxWidth: 240, maxHeight: 240, objectFit: 'contain', borderRadius: 8, alignSelf: 'start' }}
                    />
                  )}
                  {writes && (
                    <FileUpload<Detail>
                      method="PUT"
                      path={`${PRODUCT_PATHS.list}/${id}/picture`}
                      accept={['.jpg', '.jpeg', '.png', '.webp']}
                      maxBytes={10 * 1024 * 1024}
                      label={t.upload}
                      onUploaded={() => void invalidate(client, [PRODUCT_PATHS.list])}
                    />
                  )}
                </div>
              </Section>
            </>
            <ConfirmWithReason
              open={removing}
              title={t.removeTitle}
              confirm={t.remove}
              danger
              reason={false}
              busy={remove.isPending}
              error={remove.error === null ? undefined : <Failure error={remove.error} />}
              onConfirm={() => remove.mutate(product.version)}
              onCancel={() => setRemoving(false)}
            >
              {t.removeDetail}
            </ConfirmWithReason>
            <Modal open={copying} title={t.copyTitle} footer={null} onCancel={() => setCopying(false)} destroyOnHidden>
              <CopyForm product={product} onClose={() => setCopying(false)} />
            </Modal>
          </>
        )
      }}
    </Answer>
  )
}

/** What is missing under which regime, in red, with the way to mend it. */
function Gaps({ product, mayWrite }: { readonly product: Detail; readonly mayWrite: boolean }) {
  const t = useWords(productWords)
  const language = useLanguage()
  const go = useGo()
  const separator = language === 'zh' ? '、' : ', '
  const { general, crossBorder, notes } = product
  const complete = general.missing.length === 0
  return (
    <Section
      title={complete ? t.completeAll : t.completeHint}
      extra={
        mayWrite &&
        !complete && (
          <Button size="small" type="primary" onClick={() => go(paths.productEdit(product.id))}>
            {t.complement}
          </Button>
        )
      }
    >
      <div className="stack">
        {[
          { name: t.general, one: general },
          { name: t.crossBorder, one: crossBorder },
        ].map(({ name, one }) => (
          <div key={name}>
            <ProgressBar label={name} fraction={one.score / 100} failed={one.score < 100} />
            {one.missing.length > 0 && <p className="fault">{one.missing.map((gap) => gap[language]).join(separator)}</p>}
          </div>
        ))}
        {notes.length > 0 && (
          <p>
            <StatusTag tone="warn">{t.toCheck}</StatusTag> {t.filing}: {notes.map((note) => note[language]).join(separator)}
          </p>
        )}
        {general.advised.length > 0 && (
          <p className="faint">
            {t.advised}: {general.advised.map((gap) => gap[language]).join(separator)}
          </p>
        )}
      </div>
    </Section>
  )
}

interface Variant {
  readonly gtin: string
  readonly spec: string
  readonly nameZh: string
  readonly nameEn: string
}

/** Another size of the same product: its own barcode, all else taken over but the picture. */
function CopyForm({ product, onClose }: { readonly product: Product; readonly onClose: () => void }) {
  const t = useWords(productWords)
  const go = useGo()
  const copy = useAct<Variant, Product>({
    send: (input, key) => api.post(`${PRODUCT_PATHS.list}/${product.id}/copy`, input, { idempotencyKey: key }),
    invalidates: [PRODUCT_PATHS.list],
    done: t.copied,
    onDone: ({ id }) => go(paths.productEdit(id)),
  })
  return (
    <AppForm<Variant, Variant, Product>
      act={copy}
      submit={t.copy}
      guard={false}
      onCancel={onClose}
      initial={{ spec: product.spec, nameZh: product.nameZh, nameEn: product.nameEn }}
    >
      <GtinField name="gtin" label={t.gtin} required />
      <TextField name="spec" label={t.spec} max={100} />
      <TextField name="nameZh" label={t.nameZh} required max={200} />
      <TextField name="nameEn" label={t.nameEn} max={200} />
    </AppForm>
  )
}
