import { GlobalOutlined, MoonOutlined, SunOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { chooseLanguage, useLanguage } from '../i18n/language.ts'
import { useCommon } from '../i18n/words.ts'
import { type Appearance, chooseAppearance, useAppearance } from './theme.tsx'

/** Language and appearance, for the top bar and for pages without it. */
export function Preferences() {
  const t = useCommon()
  const language = useLanguage()
  const { chosen, isDark } = useAppearance()
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          selectable: true,
          selectedKeys: [language],
          items: [
            { key: 'zh', label: <span lang="zh-CN">简体中文</span> },
            { key: 'en', label: <span lang="en">English</span> },
          ],
          onClick: ({ key }) => chooseLanguage(key === 'en' ? 'en' : 'zh'),
        }}
      >
        <Button type="text" icon={<GlobalOutlined />} aria-label={t.shell.language} aria-haspopup="menu">
          <span className="language-name">{language === 'zh' ? '中文' : 'English'}</span>
        </Button>
      </Dropdown>
      <Dropdown
        trigger={['click']}
        menu={{
          selectable: true,
          selectedKeys: [chosen],
          items: (['light', 'dark', 'system'] as const).map((key) => ({ key, label: t.shell[key] })),
          onClick: ({ key }) => chooseAppearance(key as Appearance),
        }}
      >
        <Button type="text" icon={isDark ? <MoonOutlined /> : <SunOutlined />} aria-label={t.shell.theme} aria-haspopup="menu" />
      </Dropdown>
    </>
  )
}
