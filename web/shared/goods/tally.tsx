import type { Tone } from '../ui/tone.ts'
import './goods.css'

export interface Count {
  readonly label: string
  readonly value: string
  readonly note?: string | undefined
  readonly tone?: Tone | undefined
}

/** A row of numbers that belong together. */
export function Tally({ items }: { readonly items: readonly Count[] }) {
  return (
    <dl className="tally">
      {items.map((item) => (
        <div key={item.label} className={item.tone}>
          <dt>{item.label}</dt>
          <dd>
            {item.value}
            {item.note !== undefined && <small>{item.note}</small>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
