import { App, ConfigProvider, theme as antTheme, type ThemeConfig } from 'antd'
import enLocale from 'antd/locale/en_GB'
import zhLocale from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/en-gb'
import 'dayjs/locale/zh-cn'
import { type ReactNode, useEffect, useMemo, useSyncExternalStore } from 'react'
import { useLanguage } from '../i18n/language.ts'
import { styleNonce } from './style-nonce.ts'
import { dark, fonts, light, type Palette } from './tokens.ts'
import './base.css'

export type Appearance = 'light' | 'dark' | 'system'

const STORAGE = 'suzhen.appearance'
const listeners = new Set<() => void>()
const systemDark = globalThis.matchMedia('(prefers-color-scheme: dark)')
let chosen: Appearance = (['light', 'dark'] as const).find((a) => a === localStorage.getItem(STORAGE)) ?? 'system'

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  systemDark.addEventListener('change', listener)
  return () => {
    listeners.delete(listener)
    systemDark.removeEventListener('change', listener)
  }
}

export function chooseAppearance(next: Appearance): void {
  chosen = next
  if (next === 'system') localStorage.removeItem(STORAGE)
  else localStorage.setItem(STORAGE, next)
  for (const listener of listeners) listener()
}

export function useAppearance(): { readonly chosen: Appearance; readonly isDark: boolean } {
  const choice = useSyncExternalStore(subscribe, () => chosen)
  const system = useSyncExternalStore(subscribe, () => systemDark.matches)
  return { chosen: choice, isDark: choice === 'system' ? system : choice === 'dark' }
}

/** Colours, language of the components, messages and dialogs; wrap the whole application in it once. */
export function ThemeProvider({ children }: { readonly children: ReactNode }) {
  const language = useLanguage()
  const { isDark } = useAppearance()
  const palette = isDark ? dark : light
  useEffect(() => {
    const root = document.documentElement
    root.dataset['theme'] = isDark ? 'dark' : 'light'
    root.style.colorScheme = isDark ? 'dark' : 'light'
    for (const [name, value] of Object.entries(palette)) root.style.setProperty(`--${kebab(name)}`, value)
    for (const [name, value] of Object.entries(fonts)) root.style.setProperty(`--font-${name}`, value)
  }, [isDark, palette])
  useEffect(() => {
    dayjs.locale(language === 'zh' ? 'zh-cn' : 'en-gb')
  }, [language])
  const config = useMemo(() => themeConfig(palette, isDark), [palette, isDark])
  return (
    <ConfigProvider
      theme={config}
      locale={language === 'zh' ? zhLocale : enLocale}
      csp={{ nonce: styleNonce }}
      button={{ autoInsertSpace: false }}
      form={{ requiredMark: 'optional' }}
    >
      <App message={{ maxCount: 3 }} className="sz-app">
        {children}
      </App>
    </ConfigProvider>
  )
}

function themeConfig(p: Palette, isDark: boolean): ThemeConfig {
  return {
    algorithm: isDark ? antTheme.darkAlgorithm : antTheme.defaultAlgorithm,
    token: {
      colorPrimary: p.jade,
      colorInfo: p.info,
      colorSuccess: p.good,
      colorWarning: p.warn,
      colorError: p.bad,
      colorLink: p.jade,
      colorLinkHover: p.jadeStrong,
      colorText: p.ink,
      colorTextSecondary: p.inkSoft,
      colorTextTertiary: p.inkFaint,
      colorTextPlaceholder: p.inkFaint,
      colorTextDescription: p.inkSoft,
      colorBgBase: p.surface,
      colorBgLayout: p.ground,
      colorBgContainer: p.surface,
      colorBgElevated: p.raised,
      colorBorder: p.line,
      colorBorderSecondary: p.lineSoft,
      colorTextLightSolid: p.onJade,
      colorBgSpotlight: isDark ? '#33423f' : '#22302d',
      fontFamily: fonts.text,
      fontFamilyCode: fonts.code,
      fontSize: 14,
      borderRadius: 6,
      controlHeight: 36,
      controlHeightSM: 28,
      wireframe: false,
    },
    components: {
      Tooltip: { colorTextLightSolid: '#f2f6f5' },
      Modal: { titleFontSize: 17 },
      Form: { labelColor: p.ink, verticalLabelPadding: '0 0 6px' },
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', fontWeight: 500 },
    },
  }
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)
}
