import { provinces } from '../../src/kernel/region.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { scanWords } from './words.ts'
import './scans.css'

const STEPS = 5

/** Provinces as tiles where they lie to each other: a chart, not a map. The number stands in the tile; colour only helps. */
export function ProvinceTiles({
  counts,
  chosen,
  onChoose,
}: {
  readonly counts: ReadonlyMap<string, number>
  readonly chosen: string | undefined
  readonly onChoose: (code: string | undefined) => void
}) {
  const t = useWords(scanWords)
  const language = useLanguage()
  const format = useFormat()
  const most = Math.max(1, ...counts.values())
  return (
    <ul className="tiles" aria-label={t.byProvince}>
      {provinces.map((p) => {
        const n = counts.get(p.code) ?? 0
        // the square root: one busy province must not make all others look empty
        const step = n === 0 ? 0 : Math.max(1, Math.ceil(Math.sqrt(n / most) * STEPS))
        const name = language === 'zh' ? p.shortZh : p.nameEn
        return (
          <li key={p.code} style={{ gridColumn: p.column + 1, gridRow: p.row + 1 }}>
            <button
              type="button"
              className={`tile s${step}`}
              title={t.tile(name, format.number(n))}
              aria-label={t.tile(name, format.number(n))}
              aria-pressed={chosen === p.code}
              onClick={() => onChoose(chosen === p.code ? undefined : p.code)}
            >
              <span>{name}</span>
              <b>{n === 0 ? '' : format.number(n)}</b>
            </button>
          </li>
        )
      })}
    </ul>
  )
}
