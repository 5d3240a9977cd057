import type { TraceBack } from '../../src/modules/events/contract.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { traceWords } from './words.ts'

const WIDTH = 1120
const LEFT = 8
const RIGHT = 12
const ROW = 30

interface Bar {
  readonly key: string
  readonly from: number
  readonly to: number
  readonly text: string
  readonly full: string
  readonly kind: 'owner' | 'dealer' | 'transit' | 'box'
}

/** The way of one item through time: whose hands above, which containers below. The tables under it say the same. */
export function Journey({ trace }: { readonly trace: TraceBack }) {
  const t = useWords(traceWords)
  const language = useLanguage()
  const format = useFormat()
  const times = [...trace.steps.map((s) => s.at), ...trace.hands.map((h) => h.from)].map((at) => Date.parse(at))
  if (times.length === 0) return null
  const start = Math.min(...times)
  const end = Math.max(trace.asOf === null ? Date.now() : Date.parse(trace.asOf), ...times, start + 3_600_000)
  const x = (at: number) => LEFT + ((at - start) / (end - start)) * (WIDTH - LEFT - RIGHT)
  const until = (iso: string | null) => (iso === null ? end : Date.parse(iso))
  const hands = trace.hands.map((h, i): Bar => {
    const name = h.inTransit ? t.onTheWay(h.holder[language]) : h.holder[language]
    return {
      key: `h${i}`,
      from: Date.parse(h.from),
      to: until(h.to),
      text: name,
      full: `${name}, ${format.instant(h.from)} – ${h.to === null ? t.now : format.instant(h.to)}`,
      kind: h.inTransit ? 'transit' : h.kind,
    }
  })
  const depth = Math.max(0, ...trace.stays.map((s) => s.depth))
  const stays = trace.stays.map((s, i): Bar & { readonly depth: number } => ({
    key: `s${i}`,
    depth: s.depth,
    from: Date.parse(s.from),
    to: until(s.to),
    text: s.sscc,
    full: `${t.sscc} ${s.sscc}, ${format.instant(s.from)} – ${s.to === null ? t.now : format.instant(s.to)}`,
    kind: 'box',
  }))
  const top = 26
  const height = top + ROW * (1 + depth) + 34
  const bar = (b: Bar, y: number) => {
    const width = Math.max(3, x(b.to) - x(b.from))
    const room = Math.floor((width - 10) / (language === 'zh' && b.kind !== 'box' ? 13 : 7.2))
    return (
      <g key={b.key} className={`bar ${b.kind}`}>
        <rect x={x(b.from)} y={y} width={width} height={ROW - 8} rx={3} />
        {room >= 3 && (
          <text x={x(b.from) + 6} y={y + 15}>
            {b.text.length <= room ? b.text : `${b.text.slice(0, room - 1)}…`}
          </text>
        )}
        <title>{b.full}</title>
      </g>
    )
  }
  const marks = [0, 0.25, 0.5, 0.75, 1].map((part) => start + (end - start) * part)
  return (
    <figure className="journey">
      <div className="flow-scroll">
        <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={`${t.journey}. ${t.journeyAlt}`}>
          {marks.map((at, i) => (
            <g key={at} className="mark">
              <line x1={x(at)} x2={x(at)} y1={top - 6} y2={height - 24} />
              <text x={x(at)} y={height - 8} textAnchor={i === 0 ? 'start' : i === marks.length - 1 ? 'end' : 'middle'}>
                {format.day(new Date(at).toISOString())}
              </text>
            </g>
          ))}
          {trace.steps.map((s) => (
            <circle key={s.eventId} className="step" cx={x(Date.parse(s.at))} cy={top - 12} r={4}>
              <title>{`${s.words[language]}, ${format.instant(s.at)}`}</title>
            </circle>
          ))}
          {hands.map((b) => bar(b, top))}
          {stays.map((b) => bar(b, top + ROW * b.depth))}
        </svg>
      </div>
      <figcaption className="faint">{t.journeyAlt}</figcaption>
    </figure>
  )
}
