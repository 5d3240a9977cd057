import { useCommon } from '../i18n/words.ts'

export interface Step {
  readonly key: string
  readonly label: string
  /** Second line: a date, a percentage. */
  readonly note?: string | undefined
}

/** Where a long affair stands. `stopped` shows the current step as refused or failed. */
export function StepLine({
  steps,
  current,
  stopped,
  label,
}: {
  readonly steps: readonly Step[]
  readonly current: string
  readonly stopped?: boolean
  readonly label: string
}) {
  const at = steps.findIndex((step) => step.key === current)
  return (
    <ol className="steps" aria-label={label}>
      {steps.map((step, i) => (
        <li
          key={step.key}
          className={i < at || (i === at && i === steps.length - 1 && !stopped) ? 'done' : i === at ? (stopped ? 'stopped' : 'now') : ''}
          aria-current={i === at ? 'step' : undefined}
        >
          {step.label}
          {step.note !== undefined && <small>{step.note}</small>}
        </li>
      ))}
    </ol>
  )
}

/** Long work with its share done, 0…1; undefined while it is not known. */
export function ProgressBar({
  label,
  fraction,
  detail,
  failed,
}: {
  readonly label: string
  readonly fraction: number | undefined
  readonly detail?: string
  readonly failed?: boolean
}) {
  const t = useCommon()
  const percent = fraction === undefined ? undefined : Math.floor(Math.min(1, Math.max(0, fraction)) * 100)
  return (
    <div className={failed ? 'bar bad' : 'bar'}>
      <div className="label">
        <span>{label}</span>
        <span className="num" aria-live="polite">
          {detail ?? (percent === undefined ? t.state.loading : `${percent}%`)}
        </span>
      </div>
      <progress aria-label={label} max={100} {...(percent !== undefined && { value: percent })} />
    </div>
  )
}
