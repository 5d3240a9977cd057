import { Button } from 'antd'
import type { z } from 'zod'
import { PRODUCT_PATHS, type Product, type ProductBody, type productDetail } from '../../src/modules/products/contract.ts'
import { api } from '../shared/api/client.ts'
import { Answer } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { useCommon, useWords } from '../shared/i18n/words.ts'
import { useGo, usePathParam } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import { bodyOfProduct, ProductFields, type ProductValues } from './product-fields.tsx'
import { productWords } from './words.ts'

type Detail = z.output<typeof productDetail>

export function ProductNewPage() {
  const t = useWords(productWords)
  const go = useGo()
  const save = useAct<ProductBody, Product>({
    send: (input, key) => api.post(PRODUCT_PATHS.list, input, { idempotencyKey: key }),
    invalidates: [PRODUCT_PATHS.list, '/api/home'],
    done: t.saved,
    onDone: ({ id }) => go(paths.product(id)),
  })
  return (
    <>
      <PageHeader title={t.add} crumbs={[{ label: t.title, to: paths.products() }]} />
      <Section>
        <AppForm<ProductValues, ProductBody, Product> act={save} columns={2} toInput={bodyOfProduct} onCancel={() => go(paths.products())}>
          <ProductFields />
        </AppForm>
      </Section>
    </>
  )
}

export function ProductEditPage() {
  const t = useWords(productWords)
  const c = useCommon()
  const go = useGo()
  const id = usePathParam('productId')
  const answer = useGet<Detail>(`${PRODUCT_PATHS.list}/${id}`)
  const save = useAct<ProductBody & { version: number }, Product>({
    send: (input) => api.put(`${PRODUCT_PATHS.list}/${id}`, input),
    invalidates: [PRODUCT_PATHS.list, '/api/home'],
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
          <>
            {product.identityFixed && (
              <div style={{ marginBottom: 16 }}>
                <ErrorPanel notice title={t.fixed} />
              </div>
            )}
            {save.error?.code === 'CONFLICT' && (
              <ErrorPanel notice title={t.conflict} actions={<Button onClick={() => window.location.reload()}>{c.action.reload}</Button>} />
            )}
            <Section>
              <AppForm<ProductValues, ProductBody & { version: number }, Product>
                act={save}
                columns={2}
                initial={shown(product)}
                toInput={(values) => ({ ...bodyOfProduct(values), version: product.version })}
                onCancel={() => go(paths.product(id))}
              >
                <ProductFields fixed={product.identityFixed ? bodyOfProduct(product as ProductValues) : undefined} />
              </AppForm>
            </Section>
          </>
        </>
      )}
    </Answer>
  )
}

/** An empty choice shows its hint instead of nothing chosen. */
function shown(product: Detail): ProductValues {
  const { category, origin, ...rest } = bodyOfProduct(product as ProductValues)
  return { ...rest, gtin: rest.gtin.replace(/^0(?=\d{13}$)/, ''), ...(category !== '' && { category }), ...(origin !== '' && { origin }) }
}
