import { ShoppingOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const productPages = definePages(
  {
    path: patterns.products,
    permission: 'products.read',
    load: () => import('./products-page.tsx').then((m) => m.ProductsPage),
    nav: { group: 'goods', order: 10, label: { zh: '商品', en: 'Products' }, icon: ShoppingOutlined, letter: 'p' },
  },
  { path: patterns.productNew, permission: 'products.write', load: () => import('./product-edit-page.tsx').then((m) => m.ProductNewPage) },
  {
    path: patterns.productEdit,
    permission: 'products.write',
    load: () => import('./product-edit-page.tsx').then((m) => m.ProductEditPage),
  },
  { path: patterns.product, permission: 'products.read', load: () => import('./product-page.tsx').then((m) => m.ProductPage) },
)
