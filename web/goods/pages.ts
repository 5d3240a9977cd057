import { AlertOutlined, DatabaseOutlined, InboxOutlined, ScanOutlined, SwapOutlined, UnorderedListOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const goodsPages = definePages(
  {
    path: patterns.goods,
    permission: 'goods.read',
    load: () => import('./goods-page.tsx').then((m) => m.GoodsPage),
    nav: { group: 'flow', order: 20, label: { zh: '查一件商品', en: 'Look up goods' }, icon: ScanOutlined, letter: 'f' },
  },
  {
    path: patterns.goodsWork,
    permission: 'goods.write',
    load: () => import('./goods-work-page.tsx').then((m) => m.GoodsWorkPage),
    nav: { group: 'flow', order: 30, label: { zh: '货物作业', en: 'Goods work' }, icon: SwapOutlined, letter: 'w' },
  },
  {
    path: patterns.stock,
    permission: 'goods.read',
    load: () => import('./stock-page.tsx').then((m) => m.StockPage),
    nav: { group: 'flow', order: 60, label: { zh: '库存', en: 'Stock' }, icon: DatabaseOutlined, letter: 't' },
  },
  {
    path: patterns.containers,
    permission: 'goods.read',
    load: () => import('./containers-page.tsx').then((m) => m.ContainersPage),
    nav: { group: 'flow', order: 70, label: { zh: '箱码', en: 'Containers' }, icon: InboxOutlined, notFor: ['brand'] },
  },
  { path: patterns.container, permission: 'goods.read', load: () => import('./container-page.tsx').then((m) => m.ContainerPage) },
  {
    path: patterns.events,
    permission: 'goods.read',
    load: () => import('./events-page.tsx').then((m) => m.EventsPage),
    nav: { group: 'flow', order: 80, label: { zh: '流通事件', en: 'Events' }, icon: UnorderedListOutlined, letter: 'e', notFor: ['brand'] },
  },
  {
    path: patterns.holds,
    permission: 'holds.write',
    load: () => import('./holds-page.tsx').then((m) => m.HoldsPage),
    nav: { group: 'supervision', order: 10, label: { zh: '冻结与召回', en: 'Freeze and recall' }, icon: AlertOutlined },
  },
)
