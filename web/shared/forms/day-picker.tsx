import { DatePicker } from 'antd'
import dayjs from 'dayjs'
import { useCommon } from '../i18n/words.ts'

/** Days go in and out as 'YYYY-MM-DD': a day of a customs form has no time zone. */
const FORM = 'YYYY-MM-DD'

export interface DayPickerProps {
  readonly id?: string
  readonly value?: string | null
  readonly onChange?: (day: string | null) => void
  readonly min?: string | undefined
  readonly max?: string | undefined
  readonly disabled?: boolean
}

export function DayPicker({ id, value, onChange, min, max, disabled }: DayPickerProps) {
  return (
    <DatePicker
      {...(id !== undefined && { id })}
      style={{ width: '100%' }}
      value={value ? dayjs(value) : null}
      format={FORM}
      disabled={disabled === true}
      // Enter takes the day that was typed; it does not send the form around it
      onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      {...(min !== undefined && { minDate: dayjs(min) })}
      {...(max !== undefined && { maxDate: dayjs(max) })}
      onChange={(day) => onChange?.(day === null ? null : dayjs(day as dayjs.Dayjs).format(FORM))}
    />
  )
}

export function DayRangePicker({
  from,
  to,
  onChange,
}: {
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly onChange: (from: string | undefined, to: string | undefined) => void
}) {
  const t = useCommon()
  return (
    <DatePicker.RangePicker
      allowEmpty={[true, true]}
      aria-label={`${t.table.from} ${t.table.to}`}
      placeholder={[t.table.from, t.table.to]}
      value={[from ? dayjs(from) : null, to ? dayjs(to) : null]}
      format={FORM}
      onChange={(days) => onChange(days?.[0]?.format(FORM), days?.[1]?.format(FORM))}
    />
  )
}
