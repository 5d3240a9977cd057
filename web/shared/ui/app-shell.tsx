import { MenuOutlined, QuestionCircleOutlined } from '@ant-design/icons'
import { Button, Drawer, Dropdown, Modal, Tooltip } from 'antd'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useCommon } from '../i18n/words.ts'
import { Link } from './link.tsx'
import { Preferences } from './preferences.tsx'
import { useShortcuts } from './shortcuts.ts'

export interface NavItem {
  readonly key: string
  readonly to: string
  readonly label: string
  readonly icon?: ReactNode
  /** Letter after g. */
  readonly letter?: string | undefined
  readonly count?: number
}

export interface NavGroup {
  readonly key: string
  readonly label?: string | undefined
  readonly items: readonly NavItem[]
}

export interface AppShellProps {
  readonly groups: readonly NavGroup[]
  /** Key of the item that holds the present page. */
  readonly current: string | undefined
  /** Path of the present page; a change moves the focus to its beginning. */
  readonly location: string
  readonly homeTo: string
  readonly organisation: string
  readonly person: { readonly name: string; readonly account: string; readonly roles: readonly string[] }
  readonly personMenu?: readonly { readonly key: string; readonly label: string; readonly onSelect: () => void }[]
  readonly onSignOut: () => void
  readonly onGo: (to: string) => void
  readonly children: ReactNode
}

/** Frame of every page behind the login. */
export function AppShell(props: AppShellProps) {
  const t = useCommon()
  const [drawer, setDrawer] = useState(false)
  const [help, setHelp] = useState(false)
  const main = useRef<HTMLElement>(null)
  const items = props.groups.flatMap((group) => group.items)
  useShortcuts({
    go: new Map(items.flatMap((item) => (item.letter === undefined ? [] : [[item.letter, () => props.onGo(item.to)] as const]))),
    help: () => setHelp(true),
  })
  const first = useRef(true)
  useEffect(() => {
    setDrawer(false)
    // a screen reader must learn that the page changed; not on the first one, where the browser says it
    if (first.current) first.current = false
    else main.current?.focus({ preventScroll: true })
  }, [props.location])
  return (
    <div className="shell">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault()
          main.current?.focus()
        }}
      >
        {t.shell.skip}
      </a>
      <aside className="side">
        <Brand to={props.homeTo} />
        <Navigation {...props} />
      </aside>
      <Drawer
        open={drawer}
        onClose={() => setDrawer(false)}
        placement="left"
        size={272}
        title={t.productName}
        styles={{ body: { padding: 0 } }}
      >
        <Navigation {...props} />
      </Drawer>
      <div>
        <header className="top">
          <Button
            className="menu-button"
            type="text"
            icon={<MenuOutlined />}
            aria-label={t.shell.menu}
            aria-expanded={drawer}
            onClick={() => setDrawer(true)}
          />
          <div className="grow org" title={props.organisation}>
            {props.organisation}
          </div>
          <Tooltip title={`${t.shell.shortcuts} (?)`}>
            <Button type="text" icon={<QuestionCircleOutlined />} aria-label={t.shell.shortcuts} onClick={() => setHelp(true)} />
          </Tooltip>
          <Preferences />
          <PersonMenu {...props} />
        </header>
        <main id="main" className="main" ref={main} tabIndex={-1}>
          {props.children}
        </main>
      </div>
      <ShortcutHelp open={help} onClose={() => setHelp(false)} items={items} />
    </div>
  )
}

export function Brand({ to, line }: { readonly to: string; readonly line?: string }) {
  const t = useCommon()
  return (
    <Link className="brand" to={to}>
      <span className="mark" aria-hidden="true" lang="zh-CN">
        溯
      </span>
      <span>
        <b>{t.productName}</b>
        {line !== undefined && <small>{line}</small>}
      </span>
    </Link>
  )
}

function Navigation({ groups, current }: Pick<AppShellProps, 'groups' | 'current'>) {
  const t = useCommon()
  return (
    <nav className="nav" aria-label={t.shell.navigation}>
      {groups.map((group) => (
        <section key={group.key} aria-label={group.label}>
          {group.label !== undefined && <h2>{group.label}</h2>}
          <ul>
            {group.items.map((item) => (
              <li key={item.key}>
                <Link
                  to={item.to}
                  aria-current={item.key === current ? 'page' : undefined}
                  aria-keyshortcuts={item.letter === undefined ? undefined : `g ${item.letter}`}
                >
                  {item.icon}
                  <span>{item.label}</span>
                  {item.count !== undefined && item.count > 0 ? (
                    <span className="count">{item.count}</span>
                  ) : (
                    item.letter !== undefined && <kbd aria-hidden="true">g {item.letter}</kbd>
                  )}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  )
}

function PersonMenu({ person, personMenu = [], onSignOut }: Pick<AppShellProps, 'person' | 'personMenu' | 'onSignOut'>) {
  const t = useCommon()
  return (
    <Dropdown
      trigger={['click']}
      placement="bottomRight"
      menu={{
        items: [
          {
            key: 'who',
            type: 'group',
            label: (
              <div>
                <div>{person.account}</div>
                <div>{person.roles.join(' · ')}</div>
              </div>
            ),
          },
          ...personMenu.map(({ key, label }) => ({ key, label })),
          { type: 'divider' as const },
          { key: 'sign-out', label: t.action.signOut },
        ],
        onClick: ({ key }) => (key === 'sign-out' ? onSignOut() : personMenu.find((item) => item.key === key)?.onSelect()),
      }}
    >
      <Button type="text" aria-label={`${t.shell.account}: ${person.name}`} aria-haspopup="menu">
        <span className="person">
          <span className="initial" aria-hidden="true">
            {[...person.name][0]}
          </span>
          <span className="person-name">{person.name}</span>
        </span>
      </Button>
    </Dropdown>
  )
}

function ShortcutHelp({
  open,
  onClose,
  items,
}: {
  readonly open: boolean
  readonly onClose: () => void
  readonly items: readonly NavItem[]
}) {
  const t = useCommon()
  const rows: readonly (readonly [readonly string[], string])[] = [
    [['/'], t.shortcut.search],
    [['?'], t.shortcut.help],
    [['↑', '↓'], t.shortcut.rows],
    [['Enter'], t.shortcut.openRow],
    [['x'], t.shortcut.selectRow],
    ...items.flatMap((item) => (item.letter === undefined ? [] : [[['g', item.letter], t.shortcut.go(item.label)] as const])),
  ]
  return (
    <Modal open={open} onCancel={onClose} title={t.shell.shortcuts} footer={null} width={440}>
      <dl className="keys">
        {rows.map(([keys, what]) => (
          <div key={what} style={{ display: 'contents' }}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}

/** Page outside of the shell: login, first run, registration. */
export function GatePage({
  children,
  wide,
  footer,
}: {
  readonly children: ReactNode
  readonly wide?: boolean
  readonly footer?: ReactNode
}) {
  const t = useCommon()
  return (
    <div className="gate">
      <header>
        <Preferences />
      </header>
      <main>
        <div className={wide ? 'card wide' : 'card'}>
          <Brand to="/" line={t.productLine} />
          {children}
        </div>
      </main>
      <footer>{footer}</footer>
    </div>
  )
}
