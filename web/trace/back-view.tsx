import type { TraceBack, TraceSource } from '../../src/modules/events/contract.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { paths } from '../shared/paths.ts'
import { CopyText } from '../shared/ui/copy-text.tsx'
import { Link } from '../shared/ui/link.tsx'
import { Facts, Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { goodsWords } from '../goods/words.ts'
import { toneOfState } from '../goods/states.ts'
import { ScanSection } from './forward-view.tsx'
import { Journey } from './journey.tsx'
import { SmallTable } from './small-table.tsx'
import { traceWords } from './words.ts'

/** More than this between event and record: the reader should know that it was entered later. */
const LATE_MS = 60 * 60_000

/** One item: where it should be and who says so, its way, its papers. */
export function BackView({ trace }: { readonly trace: TraceBack }) {
  const t = useWords(traceWords)
  const g = useWords(goodsWords)
  const language = useLanguage()
  const format = useFormat()
  const { item, whereabouts, product, lot, consignment, label, activation } = trace
  const asOf = trace.asOf ?? undefined
  const containerLink = (sscc: string) => (
    <Link className="mono" to={paths.trace({ kind: 'container', id: sscc, asOf })}>
      {sscc}
    </Link>
  )
  const recorded = (s: TraceSource) => (
    <>
      {format.instant(s.recordedAt)}
      {Date.parse(s.recordedAt) - Date.parse(s.at) > LATE_MS && (
        <>
          {' '}
          <StatusTag tone="warn">{t.late}</StatusTag>
        </>
      )}
    </>
  )
  const status = item.status as keyof typeof g.status
  return (
    <>
      <Section
        title={t.where}
        extra={
          <span className="row">
            <StatusTag tone={toneOfState(status)}>{g.status[status]}</StatusTag>
            {whereabouts.hold !== null && <StatusTag tone={toneOfState(whereabouts.hold)}>{g.holds[whereabouts.hold]}</StatusTag>}
          </span>
        }
      >
        <p className={whereabouts.hold === 'recalled' ? 'whereabouts bad' : 'whereabouts'}>{whereabouts.sentence[language]}</p>
      </Section>
      {trace.steps.length > 0 && (
        <Section title={t.journey}>
          <Journey trace={trace} />
        </Section>
      )}
      <Section title={t.hands}>
        <SmallTable
          label={t.hands}
          rows={trace.hands}
          rowKey={(h) => h.source.eventId}
          columns={[
            { title: t.holder, cell: (h) => (h.inTransit ? t.onTheWay(h.holder[language]) : h.holder[language]) },
            { title: t.place, cell: (h) => h.place },
            { title: t.from, cell: (h) => format.instant(h.from) },
            { title: t.to, cell: (h) => (h.to === null ? t.now : format.instant(h.to)) },
            { title: t.source, cell: (h) => `${h.source.words[language]} · ${h.source.organisation[language]}` },
            { title: t.recorded, cell: (h) => recorded(h.source) },
          ]}
        />
      </Section>
      <Section title={t.goods}>
        <Facts
          items={[
            { label: t.product, value: product?.name[language] },
            { label: t.brand, value: product?.brand },
            { label: t.spec, value: product?.spec },
            { label: t.origin, value: product?.origin[language] },
            { label: t.manufacturer, value: product?.manufacturer },
            { label: t.filing, value: product?.filingNumber },
            { label: t.responsible, value: product?.responsiblePerson },
            { label: t.lot, value: lot === null ? '' : <Link to={paths.trace({ kind: 'lot', id: lot.id, asOf })}>{lot.number}</Link> },
            { label: t.produced, value: lot?.producedOn == null ? '' : format.day(lot.producedOn) },
            { label: t.expires, value: lot?.expiresOn == null ? '' : format.day(lot.expiresOn) },
            { label: t.declared, value: lot?.declared == null ? '' : format.number(lot.declared) },
          ]}
        />
      </Section>
      {consignment !== null && (
        <Section title={t.papers}>
          <Facts
            items={[
              { label: t.importer, value: consignment.importer[language] },
              {
                label: t.consignment,
                value: <Link to={paths.trace({ kind: 'consignment', id: consignment.id, asOf })}>{consignment.reference}</Link>,
              },
              { label: t.declaration, value: <span className="mono">{consignment.declarationNumber}</span> },
              { label: t.tradeMode, value: consignment.tradeMode[language] },
              { label: t.transport, value: consignment.transportMode[language] },
              {
                label: t.supplier,
                value:
                  consignment.supplier === null || consignment.supplier === '' ? (
                    ''
                  ) : (
                    <Link to={paths.trace({ kind: 'supplier', id: consignment.supplier, asOf })}>{consignment.supplier}</Link>
                  ),
              },
              { label: t.departure, value: consignment.departure[language] },
              { label: t.port, value: consignment.entryPort[language] },
              { label: t.entered, value: format.day(consignment.enteredOn) },
              { label: t.released, value: consignment.releasedOn === null ? '' : format.day(consignment.releasedOn) },
              { label: t.inspection, value: consignment.inspectionCertificate },
              { label: t.inspected, value: consignment.inspectionPassedOn === null ? '' : format.day(consignment.inspectionPassedOn) },
              { label: t.documents, value: consignment.documents.map((d) => d.name).join(', ') },
            ]}
          />
        </Section>
      )}
      <Section title={t.label}>
        <Facts
          items={[
            { label: t.code, value: <CopyText value={item.uri} />, wide: true },
            {
              label: t.order,
              value: label === null ? '' : `${label.orderNumber} · ${t.roll(label.roll)} · #${item.batchId}-${item.index + 1}`,
            },
            { label: t.printer, value: label?.printer?.[language] },
            { label: t.issued, value: label === null ? '' : format.instant(label.issuedAt) },
            { label: t.releasedToPrinter, value: label?.releasedAt == null ? '' : format.instant(label.releasedAt) },
            { label: t.printed, value: label?.printedAt == null ? '' : format.instant(label.printedAt) },
            { label: t.received, value: label?.receivedAt == null ? '' : format.instant(label.receivedAt) },
            {
              label: t.activated,
              value:
                activation === null
                  ? ''
                  : [format.instant(activation.at), activation.organisation[language], activation.by].filter((x) => x !== null).join(' · '),
            },
            ...(item.successor === null
              ? []
              : [
                  { label: t.successor, value: <Link to={paths.trace({ code: item.successor, asOf })}>{item.successor}</Link>, wide: true },
                ]),
            ...item.predecessors.map((uri) => ({
              label: t.predecessors,
              value: <Link to={paths.trace({ code: uri, asOf })}>{uri}</Link>,
              wide: true,
            })),
          ]}
        />
      </Section>
      <div className="trace-tables">
        <Section title={t.containers}>
          {trace.stays.length === 0 ? (
            <p className="soft">{t.neverPacked}</p>
          ) : (
            <SmallTable
              label={t.containers}
              rows={trace.stays}
              rowKey={(s) => `${s.sscc} ${s.from}`}
              columns={[
                { title: t.sscc, cell: (s) => containerLink(s.sscc) },
                { title: t.depth, number: true, cell: (s) => s.depth },
                { title: t.packed, cell: (s) => format.instant(s.from) },
                { title: t.unpacked, cell: (s) => (s.to === null ? '' : format.instant(s.to)) },
              ]}
            />
          )}
        </Section>
        {trace.scans !== null && <ScanSection scans={trace.scans} />}
      </div>
      <Section title={t.events}>
        <SmallTable
          label={t.events}
          rows={trace.steps}
          rowKey={(s) => s.eventId}
          columns={[
            { title: t.happened, cell: (s) => format.instant(s.at) },
            {
              title: t.event,
              cell: (s) => [s.words[language], s.to === null ? undefined : `→ ${s.to[language]}`].filter(Boolean).join(' '),
            },
            { title: t.by, cell: (s) => [s.organisation[language], s.by].filter((x) => x !== null).join(' · ') },
            { title: t.place, cell: (s) => s.place },
            { title: t.sscc, cell: (s) => (s.container === null ? '' : containerLink(s.container)) },
            { title: t.recorded, cell: recorded },
          ]}
        />
      </Section>
    </>
  )
}
