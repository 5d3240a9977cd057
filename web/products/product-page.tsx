import { CopyOutlined, DeleteOutlined, EditOutlined } from '@ant-design/icons'
import { Button, Form, Input, Modal } from 'antd'
import { useState } from 'react'
import type { z } from 'zod'
import { countryName } from '../../src/kernel/cn/customs.ts'
import type { Product, productDetail } from '../../src/modules/products/contract.ts'
import { PRODUCT_CATEGORIES } from '../../src/modules/products/contract.ts'
import { api } from '../shared/api/client.ts'
import { Answer, Failure } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { useCan } from '../shared/api/session.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useCommon, useWords } from '../shared/i18n/words.ts'
import { useGo, usePathParam } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { CopyText } from '../shared/ui/copy-text.tsx'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { Facts, PageHeader, Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { productWords } from './words.ts'

type Detail = z.output<typeof productDetail>

export function ProductPage() {
  const t = useWords(productWords)
  const common = useCommon()
  const language = useLanguage()
  const format = useFormat()
  const go = useGo()
  const writes = useCan()('products.write')
  const id = usePathParam('productId')
  const answer = useGet<Detail>(`/api/products/${id}`)
  const [removing, setRemoving] = useState(false)
  const [copying, setCopying] = useState(false)
  const remove = useAct<number, unknown>({
    send: (version) => api.delete(`/api/products/${id}`, undefined, { query: { version } }),
    invalidates: ['/api/products'],
    done: t.removed,
    onDone: () => go(paths.products()),
  })
  const picture = useAct<File, unknown>({
    send: (file) => {
      const form = new FormData()
      form.append('file', file)
      return api.upload(`/api/products/${id}/picture`, form, { method: 'PUT' })
    },
    invalidates: ['/api/products'],
    done: t.pictureSaved,
    tellError: true,
  })
  return (
    <Answer of={answer} rows={10}>
      {(product) => (
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
          {product.identityFixed && <ErrorPanel notice title={t.fixed} />}
          {(product.general.missing.length > 0 || product.notes.length > 0) && (
            <Section title={t.missing}>
              <ul className="missing">
                {product.general.missing.map((m) => (
                  <li key={m.field} style={{ color: 'var(--bad)' }}>
                    {m[language]}
                  </li>
                ))}
                {product.notes.map((n) => (
                  <li key={n.code + n.pointer}>{n[language]}</li>
                ))}
              </ul>
            </Section>
          )}
          <Section title={t.picture}>
            <div className="row">
              {product.pictureFileId === null ? (
                <span className="faint">{t.noPicture}</span>
              ) : (
                <img src={`/pictures/${product.pictureFileId}?size=small`} alt={product.nameZh} width={120} height={120} style={{ objectFit: 'cover', borderRadius: 8 }} />
              )}
              {writes && (
                <label className="soft">
                  {t.upload}
                  <br />
                  <input type="file" accept="image/jpeg,image/png,image/webp" disabled={picture.isPending} onChange={(e) => e.target.files?.[0] !== undefined && picture.mutate(e.target.files[0])} />
                </label>
              )}
            </div>
          </Section>
          <Section title={t.facts}>
            <Facts
              items={[
                { label: t.gtin, value: <CopyText value={product.gtin.replace(/^0(?=\d{13}$)/, '')} /> },
                { label: t.brand, value: product.brand },
                { label: t.spec, value: product.spec },
                { label: t.category, value: product.category === '' ? '' : PRODUCT_CATEGORIES[product.category as keyof typeof PRODUCT_CATEGORIES]?.[language] },
                { label: t.origin, value: countryName(product.origin, language) },
                { label: t.filing, value: product.filingNumber },
                { label: t.responsible, value: product.responsiblePerson },
                { label: t.shelfLife, value: product.shelfLifeMonths === null ? null : `${product.shelfLifeMonths} ${t.months}` },
                { label: t.completeCrossBorder, value: `${product.completenessCrossBorder} %` },
                { label: t.updated, value: format.instant(product.updatedAt) },
                { label: t.manufacturer, value: product.manufacturer, wide: true },
                { label: t.ingredients, value: product.ingredients, wide: true },
                { label: t.directions, value: product.directions, wide: true },
                { label: t.warnings, value: product.warnings, wide: true },
              ]}
            />
          </Section>
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
          <CopyDialog product={product} open={copying} onClose={() => setCopying(false)} cancel={common.action.cancel} />
        </>
      )}
    </Answer>
  )
}

function CopyDialog({ product, open, onClose, cancel }: { readonly product: Product; readonly open: boolean; readonly onClose: () => void; readonly cancel: string }) {
  const t = useWords(productWords)
  const go = useGo()
  const [form] = Form.useForm<{ gtin: string; spec: string; nameZh: string }>()
  const copy = useAct<{ gtin: string; spec: string; nameZh: string }, Product>({
    send: (input, key) => api.post(`/api/products/${product.id}/copy`, input, { idempotencyKey: key }),
    invalidates: ['/api/products'],
    done: t.copied,
    tellError: true,
    onDone: ({ id }) => {
      onClose()
      go(paths.productEdit(id))
    },
  })
  return (
    <Modal open={open} title={t.copyTitle} okText={t.copy} cancelText={cancel} confirmLoading={copy.isPending} onCancel={onClose} onOk={() => void form.validateFields().then((values) => copy.mutate(values))}>
      <Form form={form} layout="vertical" initialValues={{ spec: product.spec, nameZh: product.nameZh }}>
        <Form.Item name="gtin" label={t.gtin} rules={[{ required: true }]}>
          <Input autoFocus maxLength={40} />
        </Form.Item>
        <Form.Item name="spec" label={t.spec}>
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="nameZh" label={t.nameZh}>
          <Input maxLength={200} />
        </Form.Item>
      </Form>
    </Modal>
  )
}
