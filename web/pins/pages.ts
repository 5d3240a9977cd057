import { NumberOutlined, SafetyOutlined } from '@ant-design/icons'
import { definePages } from '../shared/pages/define-pages.ts'
import { patterns } from '../shared/paths.ts'

export const pinPages = definePages(
  {
    path: patterns.pins,
    permission: 'packs.read',
    load: () => import('./pins-page.tsx').then((m) => m.PinsPage),
    nav: { group: 'labels', order: 25, label: { zh: '涂层验证码', en: 'PINs' }, icon: NumberOutlined },
  },
  {
    path: patterns.pinAlarms,
    permission: 'scans.read',
    load: () => import('./pin-alarms-page.tsx').then((m) => m.PinAlarmsPage),
    nav: { group: 'market', order: 15, label: { zh: '验证码告警', en: 'PIN alarms' }, icon: SafetyOutlined },
  },
)
