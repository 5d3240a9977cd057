import type { Words } from '../../../kernel/errors.ts'
import { instantWords } from '../../../kernel/time.ts'
import type { PdfDocument, PdfFact, PdfSection, PdfText } from '../../../platform/documents/pdf.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import type { TraceBack, TraceForward, TraceScans, TraceSource } from '../contract.ts'

/** More rows than these belong into a spreadsheet; the dossier says how many were left out. */
const MOST_ROWS = 200

const w = (zh: string, en: string): Words => ({ zh, en })
const moment = (iso: string | null): PdfText =>
  iso === null ? '' : `${new Date(iso).toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 16)}`

const FOOT = w(
  '本报告只陈述平台所收到的记录及其来源；记录表明商品应在何处，不证明其真实位置或真伪。时间均为北京时间。',
  'This dossier states the records that the platform received and their sources; they say where goods should be and prove neither where they are nor that they are genuine. Times are China’s.',
)

const SIGNATURES: PdfSection = {
  heading: w('签署', 'Signatures'),
  kind: 'signatures',
  roles: [w('制作人', 'Prepared by'), w('核对人', 'Checked by'), w('接收单位（盖章）', 'Received by (seal)')],
}

function head(trace: { readonly asOf: string | null }, actor: Actor, at: Date): PdfFact[] {
  return [
    { label: w('制作时间', 'Made'), value: w(instantWords(at, 'zh'), instantWords(at, 'en')) },
    { label: w('制作人', 'Made by'), value: actor.name },
    {
      label: w('所述时刻', 'State as of'),
      value:
        trace.asOf === null
          ? w('制作时', 'the time of making')
          : w(instantWords(new Date(trace.asOf), 'zh'), instantWords(new Date(trace.asOf), 'en')),
    },
  ]
}

const said = (source: TraceSource): PdfText =>
  w(`${source.organisation.zh}·${source.words.zh}`, `${source.organisation.en} · ${source.words.en}`)

/** Everything that is known of one item, with who said it and when. */
export function dossierOfItem(trace: TraceBack, actor: Actor, at: Date): PdfDocument {
  const { item, product, lot, consignment, label, activation, whereabouts } = trace
  const sections: PdfSection[] = [
    {
      heading: w('商品应在何处，依据为何', 'Where the item should be, and who says so'),
      kind: 'text',
      paragraphs: [whereabouts.sentence],
    },
    {
      heading: w('商品与批号', 'Product and lot'),
      kind: 'facts',
      facts: [
        { label: w('商品', 'Product'), value: product?.name ?? '' },
        { label: w('品牌', 'Brand'), value: product?.brand ?? '' },
        { label: w('规格型号', 'Size'), value: product?.spec ?? '' },
        { label: w('条码', 'GTIN'), value: product?.gtin ?? '' },
        { label: w('原产国（地）', 'Origin'), value: product?.origin ?? '' },
        { label: w('生产企业', 'Manufacturer'), value: product?.manufacturer ?? '' },
        { label: w('注册或备案编号', 'Filing number'), value: product?.filingNumber ?? '' },
        { label: w('境内责任人', 'Responsible person'), value: product?.responsiblePerson ?? '' },
        { label: w('批号', 'Lot'), value: lot?.number ?? '' },
        { label: w('生产日期', 'Produced'), value: lot?.producedOn ?? '' },
        { label: w('限期使用日期', 'Expires'), value: lot?.expiresOn ?? '' },
        { label: w('申报数量', 'Declared quantity'), value: lot?.declared == null ? '' : String(lot.declared) },
      ],
    },
  ]
  if (consignment !== null)
    sections.push({
      heading: w('进口与检验', 'Import and inspection'),
      kind: 'facts',
      facts: [
        { label: w('进口商', 'Importer'), value: consignment.importer },
        { label: w('报关单号', 'Customs declaration'), value: consignment.declarationNumber },
        { label: w('监管方式', 'Trade mode'), value: consignment.tradeMode },
        { label: w('运输方式', 'Transport'), value: consignment.transportMode },
        { label: w('供应商', 'Supplier'), value: consignment.supplier ?? '' },
        { label: w('启运地', 'Departure'), value: consignment.departure },
        { label: w('入境口岸', 'Port of entry'), value: consignment.entryPort },
        { label: w('进口日期', 'Entered'), value: consignment.enteredOn },
        { label: w('检验检疫证明', 'Inspection certificate'), value: consignment.inspectionCertificate },
        { label: w('检验合格日期', 'Inspection passed'), value: consignment.inspectionPassedOn ?? '' },
        { label: w('放行日期', 'Released'), value: consignment.releasedOn ?? '' },
        { label: w('随附单证', 'Documents'), value: consignment.documents.map((d) => d.name).join('、') },
      ],
    })
  if (label !== null)
    sections.push({
      heading: w('标签', 'Label'),
      kind: 'facts',
      facts: [
        { label: w('码', 'Code'), value: item.uri },
        { label: w('标签订单', 'Label order'), value: `${label.orderNumber}  #${item.batchId}-${item.index + 1}` },
        { label: w('印刷厂', 'Printer'), value: label.printer ?? '' },
        { label: w('生成', 'Issued'), value: moment(label.issuedAt) },
        { label: w('发印厂', 'Released to printer'), value: moment(label.releasedAt) },
        { label: w('印刷', 'Printed'), value: moment(label.printedAt) },
        { label: w('签收', 'Received'), value: moment(label.receivedAt) },
        { label: w('激活', 'Activated'), value: activation === null ? '' : told(activation, activation.by) },
        { label: w('替换自', 'Took over from'), value: item.predecessors.join('\n') },
        { label: w('由新标签接替', 'Replaced by'), value: item.successor ?? '' },
      ],
    })
  sections.push(
    {
      heading: w('经手', 'Hands'),
      kind: 'table',
      columns: [
        { label: w('持有方', 'Holder'), share: 3.2 },
        { label: w('地点', 'Place'), share: 1.2 },
        { label: w('自', 'From'), share: 1.7 },
        { label: w('至', 'To'), share: 1.7 },
        { label: w('依据', 'Source'), share: 3 },
        { label: w('平台收到', 'Recorded'), share: 1.7 },
      ],
      rows: trace.hands.map((h) => [
        h.inTransit ? w(`在途 → ${h.holder.zh}`, `on the way to ${h.holder.en}`) : h.holder,
        h.place,
        moment(h.from),
        moment(h.to),
        said(h.source),
        moment(h.source.recordedAt),
      ]),
    },
    {
      heading: w('所在箱', 'Containers'),
      kind: 'table',
      columns: [
        { label: w('箱码', 'SSCC'), share: 2.4 },
        { label: w('层', 'Level'), share: 0.7, right: true },
        { label: w('装入', 'Packed'), share: 1.7 },
        { label: w('取出', 'Taken out'), share: 1.7 },
        { label: w('依据', 'Source'), share: 3.5 },
      ],
      rows: trace.stays.map((s) => [s.sscc, String(s.depth), moment(s.from), moment(s.to), said(s.packed)]),
    },
    {
      heading: w('全部事件', 'All events'),
      kind: 'table',
      columns: [
        { label: w('发生', 'Happened'), share: 1.6 },
        { label: w('平台收到', 'Recorded'), share: 1.6 },
        { label: w('事件', 'Event'), share: 1.5 },
        { label: w('由', 'By'), share: 2.8 },
        { label: w('去向、地点、箱码', 'To, place, container'), share: 2.6 },
        { label: w('事件号', 'Event id'), share: 2.4 },
      ],
      rows: trace.steps
        .slice(0, MOST_ROWS)
        .map((s) => [
          moment(s.at),
          moment(s.recordedAt),
          s.words,
          s.by === null ? s.organisation : w(`${s.organisation.zh}（${s.by}）`, `${s.organisation.en} (${s.by})`),
          w(
            [s.to?.zh, s.place, s.container].filter((x) => x != null && x !== '').join(' · '),
            [s.to?.en, s.place, s.container].filter((x) => x != null && x !== '').join(' · '),
          ),
          s.eventId,
        ]),
      ...leftOut(trace.steps.length),
    },
  )
  if (trace.scans !== null) sections.push(scanSection(trace.scans))
  sections.push(SIGNATURES)
  return {
    title: w('商品溯源报告', 'Dossier of one item'),
    subtitle: product?.name ?? w('未绑定商品的标签', 'A label that is not bound to a product'),
    head: [{ label: w('码', 'Code'), value: item.uri }, ...head(trace, actor, at)],
    sections,
    foot: FOOT,
    madeAt: at.toISOString(),
  }
}

function told(source: TraceSource, by: string | null): PdfText {
  const at = (locale: 'zh' | 'en') => instantWords(new Date(source.at), locale)
  return w(
    `${at('zh')}，${source.organisation.zh}${by === null ? '' : `（${by}）`}`,
    `${at('en')}, ${source.organisation.en}${by === null ? '' : ` (${by})`}`,
  )
}

/** Where goods went, with quantities by holder and province. */
export function dossierOfGoods(trace: TraceForward, actor: Actor, at: Date): PdfDocument {
  const { totals: n } = trace
  const fact = (zh: string, en: string, value: number): PdfFact => ({ label: w(zh, en), value: value.toLocaleString('en-US') })
  const sections: PdfSection[] = [
    {
      heading: w('合计', 'Totals'),
      kind: 'facts',
      facts: [
        fact('代表商品的标签', 'Labels that stand for goods', n.goods),
        fact('自有库存', 'In own stock', n.owner),
        fact('其中退回', 'of these returned', n.returned),
        fact('在途', 'On the way', n.inTransit),
        fact('经销商处', 'With dealers', n.dealers),
        fact('消费者已注销', 'Retired by consumers', n.consumed),
        fact('已销毁', 'Destroyed', n.destroyed),
        fact('冻结', 'Frozen', n.frozen),
        fact('召回', 'Recalled', n.recalled),
        fact('未激活标签', 'Labels not activated', n.inert),
        fact('作废标签', 'Void labels', n.void),
        fact('已替换标签', 'Replaced labels', n.replaced),
      ],
    },
    {
      heading: w('持有方', 'Holders'),
      kind: 'table',
      columns: [
        { label: w('持有方', 'Holder'), share: 3.4 },
        { label: w('城市', 'City'), share: 1.2 },
        { label: w('持有', 'Held'), share: 1, right: true },
        { label: w('在途', 'On the way'), share: 1, right: true },
        { label: w('已注销', 'Retired'), share: 1, right: true },
        { label: w('最近依据', 'Latest source'), share: 3 },
        { label: w('发生', 'Happened'), share: 1.6 },
      ],
      rows: trace.holders.items.map((h) => [
        h.name,
        h.city,
        String(h.held),
        String(h.inTransit),
        String(h.consumed),
        h.source === null ? '' : said(h.source),
        moment(h.source?.at ?? null),
      ]),
      ...leftOut(trace.holders.total, trace.holders.items.length),
    },
    {
      heading: w('按省份', 'By province'),
      kind: 'table',
      columns: [
        { label: w('省份', 'Province'), share: 3 },
        { label: w('经销商持有', 'With dealers'), share: 1, right: true },
        { label: w('在途', 'On the way'), share: 1, right: true },
      ],
      rows: trace.provinces.items.map((p) => [p.name, String(p.goods), String(p.inTransit)]),
      ...leftOut(trace.provinces.total, trace.provinces.items.length),
    },
    {
      heading: w('箱码', 'Containers'),
      kind: 'table',
      columns: [
        { label: w('箱码', 'SSCC'), share: 2.2 },
        { label: w('上级箱码', 'Inside of'), share: 2.2 },
        { label: w('件数', 'Items'), share: 0.8, right: true },
        { label: w('持有方', 'Holder'), share: 3.4 },
      ],
      rows: trace.containers.items.map((c) => [c.sscc, c.around.join('\n'), String(c.goods), c.holder]),
      ...leftOut(trace.containers.total, trace.containers.items.length),
    },
    {
      heading: w('批号', 'Lots'),
      kind: 'table',
      columns: [
        { label: w('批号', 'Lot'), share: 1.4 },
        { label: w('商品', 'Product'), share: 3 },
        { label: w('进口商', 'Importer'), share: 3 },
        { label: w('申报', 'Declared'), share: 0.9, right: true },
        { label: w('商品件数', 'Goods'), share: 0.9, right: true },
      ],
      rows: trace.lots.items.map((l) => [
        l.lotNumber,
        l.product,
        l.importer,
        l.declared === null ? '' : String(l.declared),
        String(l.goods),
      ]),
      ...leftOut(trace.lots.total, trace.lots.items.length),
    },
  ]
  if (trace.scans !== null) sections.push(scanSection(trace.scans))
  sections.push(SIGNATURES)
  return {
    title: w('商品去向报告', 'Dossier of where goods went'),
    subtitle: trace.origin.title,
    head: [{ label: w('起点', 'Origin'), value: trace.origin.note }, ...head(trace, actor, at)],
    sections,
    foot: FOOT,
    madeAt: at.toISOString(),
  }
}

function scanSection(scans: TraceScans): PdfSection {
  return {
    heading: w('扫码', 'Scans'),
    kind: 'table',
    columns: [
      { label: w('省份', 'Province'), share: 3 },
      { label: w('扫码次数', 'Scans'), share: 1, right: true },
      { label: w('涉及件数', 'Items'), share: 1, right: true },
    ],
    rows: [
      ...scans.provinces.map((p) => [p.name, String(p.scans), String(p.items)]),
      [w('合计', 'Total'), String(scans.total), String(scans.items)],
    ],
  }
}

function leftOut(total: number, shown = Math.min(total, MOST_ROWS)): { note?: Words } {
  if (total <= shown) return {}
  return {
    note: w(`另有 ${total - shown} 行未列出，可从平台导出。`, `${total - shown} more rows are not listed here; the platform exports them.`),
  }
}
