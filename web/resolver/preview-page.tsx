import { useSearch } from '@tanstack/react-router'
import { Button, Form, Input, Select } from 'antd'
import { LINK_TYPES, type LinkType } from '../../src/kernel/gs1/link-types.ts'
import { LINK_PATHS, type PreviewAnswer } from '../../src/modules/resolver/contract.ts'
import { Answer } from '../shared/api/failure.tsx'
import { useGet } from '../shared/api/hooks.ts'
import '../shared/forms/forms.css'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { CopyText } from '../shared/ui/copy-text.tsx'
import { Facts, PageHeader, Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { linkWords } from './words.ts'

interface Asked {
  readonly digitalLink?: string
  readonly linkType?: string
  readonly language?: string
  readonly accept?: string
  readonly context?: string
}
const NAMES = ['digitalLink', 'linkType', 'language', 'accept', 'context'] as const

/** Asks the resolver as a reader's phone would; the address holds the question. */
export function LinkPreviewPage() {
  const t = useWords(linkWords)
  const language = useLanguage()
  const go = useGo()
  const search = useSearch({ strict: false }) as Readonly<Record<string, unknown>>
  const asked = Object.fromEntries(
    NAMES.flatMap((name) => (search[name] === undefined || search[name] === '' ? [] : [[name, String(search[name])]])),
  ) as Asked
  const answer = useGet<PreviewAnswer>(LINK_PATHS.preview, { query: { ...asked }, enabled: asked.digitalLink !== undefined, keep: true })
  const types = [
    { value: '', label: t.askedDefault },
    { value: 'linkset', label: t.askedLinkset },
    ...Object.entries(LINK_TYPES).map(([value, words]) => ({ value: `gs1:${value}`, label: `${words[language]} · gs1:${value}` })),
  ]
  return (
    <>
      <PageHeader title={t.previewTitle} lead={t.previewLead} crumbs={[{ label: t.title, to: paths.links() }]} />
      <Section>
        <Form<Asked>
          layout="vertical"
          className="form two"
          initialValues={{ linkType: '', language: language === 'zh' ? 'zh-CN' : 'en', ...asked }}
          onFinish={(values) => go(paths.linkPreview({ ...values }), { replace: true })}
        >
          <Form.Item name="digitalLink" label={t.identifier} required extra={t.identifierHelp} className="wide">
            <Input maxLength={500} className="mono" autoFocus={asked.digitalLink === undefined} />
          </Form.Item>
          <Form.Item name="linkType" label={t.asked}>
            <Select showSearch={{ optionFilterProp: 'label' }} options={types} />
          </Form.Item>
          <Form.Item name="language" label={t.language}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item name="accept" label={t.accept}>
            <Input maxLength={200} placeholder="*/*" />
          </Form.Item>
          <Form.Item name="context" label={t.context}>
            <Input maxLength={50} />
          </Form.Item>
          <Form.Item className="wide">
            <Button type="primary" htmlType="submit">
              {t.show}
            </Button>
          </Form.Item>
        </Form>
      </Section>
      {asked.digitalLink !== undefined && <Answer of={answer}>{(told) => <Told answer={told} />}</Answer>}
    </>
  )
}

type Shown = PreviewAnswer['choices'][number]

function Told({ answer }: { readonly answer: PreviewAnswer }) {
  const t = useWords(linkWords)
  const language = useLanguage()
  return (
    <>
      <Section title={t.answer}>
        <Facts
          items={[
            {
              label: t.status,
              value: (
                <StatusTag
                  tone={answer.status < 300 || answer.status === 307 ? 'good' : answer.status === 300 ? 'warn' : 'bad'}
                >{`${answer.status} ${answer.words[language]}`}</StatusTag>
              ),
            },
            { label: t.identifier, value: <CopyText value={answer.anchor} /> },
            ...(answer.location === null ? [] : [{ label: t.location, value: <CopyText value={answer.location} />, wide: true }]),
          ]}
        />
        {answer.choices.length > 0 && (
          <>
            <h3>{t.choices}</h3>
            <LinkList links={answer.choices} />
          </>
        )}
      </Section>
      <Section title={t.levels}>
        {answer.levels.length === 0 && <p className="soft">{t.nothing}</p>}
        {answer.levels.map(({ anchor, links }) => (
          <div key={anchor} style={{ marginBottom: 16 }}>
            <h3 className="mono">{anchor}</h3>
            <LinkList links={links} />
          </div>
        ))}
      </Section>
    </>
  )
}

function LinkList({ links }: { readonly links: readonly Shown[] }) {
  const t = useWords(linkWords)
  const language = useLanguage()
  return (
    <ul>
      {links.map((link) => (
        <li key={link.linkType + link.href}>
          <strong>{LINK_TYPES[link.linkType as LinkType][language]}</strong> {link.title}{' '}
          {link.hreflang.length > 0 && <span className="soft">{link.hreflang.join(', ')}</span>}{' '}
          {link.own && <StatusTag tone="quiet">{t.ofPlatform}</StatusTag>}
          <div className="mono soft">{link.href}</div>
        </li>
      ))}
    </ul>
  )
}
