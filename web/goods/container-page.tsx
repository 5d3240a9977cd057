import { Button } from 'antd'
import type { ContainerDetail } from '../../src/modules/events/contract.ts'
import { Answer } from '../shared/api/failure.tsx'
import { useGet } from '../shared/api/hooks.ts'
import { useCan } from '../shared/api/session.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo, usePathParam } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { Link } from '../shared/ui/link.tsx'
import { Facts, PageHeader, Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { goodsStates, holdStates } from './states.ts'
import { goodsWords } from './words.ts'
import './goods.css'

export function ContainerPage() {
  const t = useWords(goodsWords)
  const language = useLanguage()
  const format = useFormat()
  const go = useGo()
  const can = useCan()
  const answer = useGet<ContainerDetail>(`/api/containers/${usePathParam('sscc')}`)
  return (
    <Answer of={answer} rows={6}>
      {(c) => (
        <>
          <PageHeader
            title={c.sscc}
            crumbs={[{ label: t.containers, to: paths.containers() }]}
            tag={c.inTransit && <StatusTag tone="info">{t.inTransit}</StatusTag>}
            actions={
              <>
                <Button onClick={() => go(paths.trace({ kind: 'container', id: c.sscc }))}>{t.trace}</Button>
                {can('goods.write') && (
                  <>
                    <Button onClick={() => go(paths.goodsWork({ act: 'unpack', sscc: c.sscc }))}>{t.unpack}</Button>
                    {can('dealers.read') && (
                      <Button type="primary" onClick={() => go(paths.shipmentNew({ sscc: c.sscc }))}>
                        {t.ship}
                      </Button>
                    )}
                  </>
                )}
              </>
            }
          />
          <Section>
            <Facts
              items={[
                { label: t.dealer, value: c.dealerName ?? t.ownHands },
                { label: t.packedAt, value: format.instant(c.packedAt) },
                { label: t.labels, value: format.number(c.goods.reduce((sum, g) => sum + g.labels, 0)) },
                {
                  label: t.around,
                  value:
                    c.around.length === 0
                      ? null
                      : c.around.map((sscc, i) => (
                          <span key={sscc}>
                            {i > 0 && ' › '}
                            <Link to={paths.container(sscc)}>
                              <span className="mono">{sscc}</span>
                            </Link>
                          </span>
                        )),
                },
              ]}
            />
          </Section>
          <Section title={t.contents} flush>
            {c.goods.length === 0 && c.children.length === 0 ? (
              <EmptyState title={t.empty} />
            ) : (
              <ul className="contents">
                {c.goods.map((g) => {
                  const status = goodsStates(language).find((s) => s.value === g.status)
                  const hold = holdStates(language).find((s) => s.value === g.hold)
                  return (
                    <li key={[g.productNameZh, g.lotNumber, g.status, g.hold].join('|')}>
                      <span>
                        {language === 'zh' ? g.productNameZh : g.productNameEn || g.productNameZh}{' '}
                        <span className="faint">{g.lotNumber}</span>
                      </span>
                      <span className="row">
                        {hold !== undefined && <StatusTag tone={hold.tone ?? 'quiet'}>{hold.label}</StatusTag>}
                        <StatusTag tone={status?.tone ?? 'quiet'}>{status?.label ?? g.status}</StatusTag>
                      </span>
                      <b className="num">{format.number(g.labels)}</b>
                    </li>
                  )
                })}
                {c.children.map((sscc) => (
                  <li key={sscc}>
                    <Link to={paths.container(sscc)}>
                      <span className="mono">{sscc}</span>
                    </Link>
                    <span className="faint">{t.children}</span>
                    <span />
                  </li>
                ))}
              </ul>
            )}
          </Section>
        </>
      )}
    </Answer>
  )
}
