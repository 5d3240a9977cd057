import { CarOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const shipmentPages = definePages(
  {
    path: patterns.shipments,
    permission: 'goods.read',
    load: () => import('./shipments-page.tsx').then((m) => m.ShipmentsPage),
    nav: { group: 'flow', order: 40, label: { zh: '发货单', en: 'Shipments' }, icon: CarOutlined, letter: 's', notFor: ['brand'] },
  },
  { path: patterns.shipmentNew, permission: 'dealers.read', load: () => import('./shipment-new-page.tsx').then((m) => m.ShipmentNewPage) },
  { path: patterns.shipment, permission: 'goods.read', load: () => import('./shipment-page.tsx').then((m) => m.ShipmentPage) },
)
