import type { TraceContainer, TraceForward, TraceHolder, TraceLot, TraceProvince, TraceScans } from '../../src/modules/events/contract.ts'
import { provinceName } from '../../src/kernel/region.ts'
import type { Query } from '../shared/api/client.ts'
import { Tally } from '../shared/goods/tally.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { paths } from '../shared/paths.ts'
import { Link } from '../shared/ui/link.tsx'
import { Section } from '../shared/ui/page.tsx'
import { FlowGraph } from './flow-graph.tsx'
import { LevelTable, SmallTable } from './small-table.tsx'
import { traceWords } from './words.ts'

/** Where goods went: numbers, picture, and each level as a list. */
export function ForwardView({ trace, question }: { readonly trace: TraceForward; readonly question: Query }) {
  const t = useWords(traceWords)
  const language = useLanguage()
  const format = useFormat()
  const n = format.number
  const { totals } = trace
  const asOf = trace.asOf ?? undefined
  const rare = (['destroyed', 'frozen', 'recalled', 'void', 'replaced', 'inert'] as const).filter((key) => totals[key] > 0)
  return (
    <>
      <Section title={`${t.forward} · ${trace.origin.title[language]}`} extra={<span className="soft">{trace.origin.note[language]}</span>}>
        <Tally
          items={[
            { label: t.totals.goods, value: n(totals.goods) },
            {
              label: t.totals.owner,
              value: n(totals.owner),
              ...(totals.returned > 0 && { note: t.totals.returned(n(totals.returned)) }),
            },
            { label: t.totals.inTransit, value: n(totals.inTransit), tone: 'info' },
            { label: t.totals.dealers, value: n(totals.dealers), tone: 'good' },
            { label: t.totals.consumed, value: n(totals.consumed) },
            ...rare.map((key) => ({
              label: t.totals[key],
              value: n(totals[key]),
              tone:
                key === 'recalled' || key === 'destroyed' ? ('bad' as const) : key === 'frozen' ? ('warn' as const) : ('quiet' as const),
            })),
          ]}
        />
      </Section>
      <Section title={t.graph}>
        <FlowGraph graph={trace.graph} total={totals.goods} asOf={asOf} />
      </Section>
      <Section title={t.holders}>
        <LevelTable<TraceHolder>
          key={`h${trace.horizon}`}
          level="holders"
          question={question}
          first={trace.holders}
          label={t.holders}
          rowKey={(h) => h.key}
          columns={[
            { title: t.holder, cell: (h) => h.name[language] },
            { title: t.place, cell: (h) => h.city },
            { title: t.territory, cell: (h) => h.territory.map((p) => provinceName(p, language)).join(language === 'zh' ? '、' : ', ') },
            { title: t.held, number: true, cell: (h) => n(h.held) },
            { title: t.totals.inTransit, number: true, cell: (h) => n(h.inTransit) },
            { title: t.totals.consumed, number: true, cell: (h) => n(h.consumed) },
            {
              title: t.latest,
              cell: (h) =>
                h.source === null
                  ? ''
                  : `${h.source.words[language]} · ${h.source.organisation[language]} · ${format.instant(h.source.at)}`,
            },
          ]}
        />
      </Section>
      <div className="trace-tables">
        <Section title={t.provinces}>
          <LevelTable<TraceProvince>
            key={`p${trace.horizon}`}
            level="provinces"
            question={question}
            first={trace.provinces}
            label={t.provinces}
            rowKey={(p) => p.province ?? ''}
            columns={[
              { title: t.province, cell: (p) => p.name[language] },
              { title: t.held, number: true, cell: (p) => n(p.goods) },
              { title: t.totals.inTransit, number: true, cell: (p) => n(p.inTransit) },
            ]}
          />
        </Section>
        {trace.scans !== null && <ScanSection scans={trace.scans} />}
        <Section title={t.containers}>
          <LevelTable<TraceContainer>
            key={`c${trace.horizon}`}
            level="containers"
            question={question}
            first={trace.containers}
            label={t.containers}
            rowKey={(c) => c.sscc}
            columns={[
              {
                title: t.sscc,
                cell: (c) => (
                  <Link className="mono" to={paths.trace({ kind: 'container', id: c.sscc, asOf })}>
                    {c.sscc}
                  </Link>
                ),
              },
              { title: t.inside, cell: (c) => <span className="mono">{c.around.join(' ← ')}</span> },
              { title: t.items, number: true, cell: (c) => n(c.goods) },
              { title: t.holder, cell: (c) => (c.inTransit ? t.onTheWay(c.holder[language]) : c.holder[language]) },
            ]}
          />
        </Section>
        <Section title={t.lots}>
          <LevelTable<TraceLot>
            key={`l${trace.horizon}`}
            level="lots"
            question={question}
            first={trace.lots}
            label={t.lots}
            rowKey={(l) => l.lotId}
            columns={[
              { title: t.lot, cell: (l) => <Link to={paths.trace({ kind: 'lot', id: l.lotId, asOf })}>{l.lotNumber}</Link> },
              { title: t.product, cell: (l) => l.product[language] },
              { title: t.declared, number: true, cell: (l) => (l.declared === null ? '' : n(l.declared)) },
              { title: t.totals.goods, number: true, cell: (l) => n(l.goods) },
            ]}
          />
        </Section>
      </div>
    </>
  )
}

/** Where labels were scanned; beside the holders' territories it shows what strayed. */
export function ScanSection({ scans }: { readonly scans: TraceScans }) {
  const t = useWords(traceWords)
  const language = useLanguage()
  const format = useFormat()
  return (
    <Section title={t.scans}>
      {scans.total === 0 ? (
        <p className="soft">{t.noScans}</p>
      ) : (
        <>
          <p className="soft">{t.scansLead(format.number(scans.total), format.number(scans.items))}</p>
          <SmallTable
            label={t.scans}
            rows={scans.provinces}
            rowKey={(p) => p.province ?? ''}
            columns={[
              { title: t.province, cell: (p) => p.name[language] },
              { title: t.count, number: true, cell: (p) => format.number(p.scans) },
              { title: t.items, number: true, cell: (p) => format.number(p.items) },
            ]}
          />
        </>
      )}
    </Section>
  )
}
