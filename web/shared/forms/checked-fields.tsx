import { Form, Input } from 'antd'
import { useEffect, useState } from 'react'
import type { Locale } from '../../../src/kernel/errors.ts'
import { formatFor } from '../i18n/format.ts'
import { language, useLanguage } from '../i18n/language.ts'
import { common, useCommon } from '../i18n/words.ts'
import { Field, type FieldProps } from './fields.tsx'

/**
 * Codes that carry their own check are checked as they are typed, by the same functions that the server uses. They are
 * loaded with the first such field, for most pages have none.
 */
type Said = { readonly tone: 'good' | 'bad' | 'quiet'; readonly words: string; readonly tidy?: string }

async function sayUscc(text: string, locale: Locale): Promise<Said> {
  const { checkUscc } = await import('../../../src/kernel/cn/uscc.ts')
  const t = common().form
  const checked = checkUscc(text)
  if (checked.ok) return { tone: 'good', words: t.usccGood, tidy: checked.value }
  return { tone: 'bad', words: checked.fault[locale] }
}

async function sayGtin(text: string): Promise<Said> {
  const { parseGtin } = await import('../../../src/kernel/gs1/gtin.ts')
  const t = common().form
  const parsed = parseGtin(text)
  if (parsed.ok) return { tone: 'good', words: t.gtinGood(parsed.gtin14) }
  switch (parsed.reason) {
    case 'scientific-notation':
      return { tone: 'bad', words: t.gtinScientific }
    case 'not-digits':
      return { tone: 'bad', words: t.gtinDigits }
    case 'check-digit':
      return { tone: 'bad', words: parsed.expected === undefined ? t.gtinBad : `${t.gtinBad} · ${t.gtinExpected(parsed.expected)}` }
    case 'zero':
      return { tone: 'bad', words: t.gtinBad }
    default:
      return { tone: 'bad', words: t.gtinLength(text.normalize('NFKC').replace(/\D/g, '').length) }
  }
}

/** 统一社会信用代码, its check character verified as it is typed (GB 32100-2015). */
export function UsccField(field: FieldProps) {
  return <CheckedField {...field} say={sayUscc} enough={18} />
}

/** GTIN-8, -12, -13 or -14, its check digit verified as it is typed (GS1 General Specifications, section 7.9). */
export function GtinField(field: FieldProps) {
  return <CheckedField {...field} say={sayGtin} enough={8} numeric />
}

function CheckedField({
  say,
  enough,
  numeric,
  ...field
}: FieldProps & { readonly say: (text: string, locale: Locale) => Promise<Said>; readonly enough: number; readonly numeric?: boolean }) {
  return (
    <Field
      {...field}
      rules={[
        {
          validateTrigger: 'onBlur',
          validator: async (_, value: unknown) => {
            if (typeof value !== 'string' || value.trim() === '') return
            const said = await say(value, language())
            if (said.tone === 'bad') throw new Error(said.words)
          },
        },
        ...(field.rules ?? []),
      ]}
    >
      <CheckedInput say={say} enough={enough} numeric={numeric === true} disabled={field.disabled === true} />
    </Field>
  )
}

/** Says nothing bad before as many characters stand there as the shortest such code has. */
function CheckedInput({
  id,
  value = '',
  onChange,
  onBlur,
  say,
  enough,
  numeric,
  disabled,
}: {
  readonly id?: string
  readonly value?: string
  readonly onChange?: (text: string) => void
  readonly onBlur?: () => void
  readonly say: (text: string, locale: Locale) => Promise<Said>
  readonly enough: number
  readonly numeric: boolean
  readonly disabled: boolean
}) {
  const t = useCommon()
  const locale = useLanguage()
  const { errors } = Form.Item.useStatus()
  const [said, setSaid] = useState<Said>()
  useEffect(() => {
    let current = true
    if (value.trim().length < enough) setSaid(undefined)
    else void say(value, locale).then((answer) => current && setSaid(answer))
    return () => {
      current = false
    }
  }, [value, locale, say, enough])
  const short = value.trim() !== '' && said === undefined && enough === 18
  return (
    <>
      <Input
        {...(id !== undefined && { id })}
        className="mono"
        value={value}
        maxLength={60}
        autoComplete="off"
        spellCheck={false}
        inputMode={numeric ? 'numeric' : 'text'}
        disabled={disabled}
        onChange={(event) => onChange?.(event.target.value)}
        onBlur={() => {
          if (said?.tidy !== undefined && said.tidy !== value) onChange?.(said.tidy)
          onBlur?.()
        }}
      />
      {errors.length === 0 && (
        <span className={`live ${said?.tone ?? 'quiet'}`} aria-live="polite">
          {said?.words ?? (short ? t.form.usccShort(formatFor(locale).number(value.trim().length)) : '')}
        </span>
      )}
    </>
  )
}
