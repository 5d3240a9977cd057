import { Checkbox, Form, Input, InputNumber, Select, Switch } from 'antd'
import type { Rule } from 'antd/es/form'
import type { ReactNode } from 'react'
import { useCommon } from '../i18n/words.ts'
import { DayPicker } from './day-picker.tsx'
import './forms.css'

/** Name of a field: a key of the body, or a path into it, as the server's JSON Pointer says it. */
export type FieldName = string | readonly (string | number)[]

export interface FieldProps {
  readonly name: FieldName
  readonly label: string
  readonly required?: boolean
  readonly help?: ReactNode
  /** In a form of two columns: over both. */
  readonly wide?: boolean
  readonly disabled?: boolean
  readonly rules?: readonly Rule[]
}

/** Frame of every field: label, hint, rules. `children` is one control that takes value and onChange. */
export function Field({
  name,
  label,
  required,
  help,
  wide,
  rules,
  children,
  valuePropName,
}: FieldProps & { readonly children: ReactNode; readonly valuePropName?: string }) {
  const t = useCommon()
  return (
    <Form.Item
      name={name as string}
      label={label}
      required={required === true}
      extra={help}
      {...(wide && { className: 'wide' })}
      {...(valuePropName !== undefined && { valuePropName })}
      rules={[...(required ? [{ required: true, message: t.form.required }] : []), ...(rules ?? [])]}
    >
      {children}
    </Form.Item>
  )
}

export function TextField({
  max = 200,
  placeholder,
  autoComplete = 'off',
  autoFocus,
  type,
  mono,
  ...field
}: FieldProps & {
  readonly max?: number
  readonly placeholder?: string
  readonly autoComplete?: string
  readonly autoFocus?: boolean
  readonly type?: 'text' | 'tel' | 'email'
  readonly mono?: boolean
}) {
  return (
    <Field {...field}>
      <Input
        maxLength={max}
        {...(placeholder !== undefined && { placeholder })}
        autoComplete={autoComplete}
        autoFocus={autoFocus === true}
        type={type ?? 'text'}
        disabled={field.disabled === true}
        {...(mono && { className: 'mono' })}
      />
    </Field>
  )
}

export function PasswordField({
  autoComplete = 'current-password',
  autoFocus,
  ...field
}: FieldProps & { readonly autoComplete?: 'current-password' | 'new-password'; readonly autoFocus?: boolean }) {
  return (
    <Field {...field}>
      <Input.Password maxLength={200} autoComplete={autoComplete} autoFocus={autoFocus === true} />
    </Field>
  )
}

export function TextAreaField({ max = 2000, rows = 4, ...field }: FieldProps & { readonly max?: number; readonly rows?: number }) {
  return (
    <Field {...field}>
      <Input.TextArea maxLength={max} rows={rows} showCount disabled={field.disabled === true} />
    </Field>
  )
}

export function NumberField({
  min,
  max,
  digits = 0,
  unit,
  ...field
}: FieldProps & { readonly min?: number; readonly max?: number; readonly digits?: number; readonly unit?: string }) {
  return (
    <Field {...field}>
      <InputNumber
        style={{ width: '100%' }}
        {...(min !== undefined && { min })}
        {...(max !== undefined && { max })}
        precision={digits}
        {...(unit !== undefined && { suffix: unit })}
        disabled={field.disabled === true}
        changeOnWheel={false}
      />
    </Field>
  )
}

/** Shows yuan, holds integer fen. */
export function MoneyField(field: FieldProps) {
  return (
    <Field {...field}>
      <FenInput disabled={field.disabled === true} />
    </Field>
  )
}

function FenInput({
  id,
  value,
  onChange,
  disabled,
}: {
  readonly id?: string
  readonly value?: number | null
  readonly onChange?: (fen: number | null) => void
  readonly disabled: boolean
}) {
  return (
    <InputNumber
      {...(id !== undefined && { id })}
      style={{ width: '100%' }}
      prefix="¥"
      min={0}
      precision={2}
      disabled={disabled}
      changeOnWheel={false}
      value={value === null || value === undefined ? null : value / 100}
      onChange={(yuan) => onChange?.(yuan === null ? null : Math.round(yuan * 100))}
    />
  )
}

export interface Choice {
  readonly value: string
  readonly label: string
  /** Why it cannot be chosen. */
  readonly disabledReason?: string | undefined
}

export function SelectField({
  choices,
  multiple,
  placeholder,
  loading,
  onSearch,
  ...field
}: FieldProps & {
  readonly choices: readonly Choice[]
  readonly multiple?: boolean
  readonly placeholder?: string
  readonly loading?: boolean
  /** With it the choices come from the server as one types. */
  readonly onSearch?: (text: string) => void
}) {
  const t = useCommon()
  return (
    <Field {...field}>
      <Select
        allowClear={!field.required}
        showSearch={onSearch === undefined ? { optionFilterProp: 'label' } : { filterOption: false, onSearch }}
        {...(multiple && { mode: 'multiple' as const })}
        placeholder={placeholder ?? t.form.choose}
        loading={loading === true}
        disabled={field.disabled === true}
        options={choices.map(({ value, label, disabledReason }) => ({
          value,
          label: disabledReason === undefined ? label : `${label}（${disabledReason}）`,
          disabled: disabledReason !== undefined,
        }))}
      />
    </Field>
  )
}

/** Value 'YYYY-MM-DD'. */
export function DateField({ min, max, ...field }: FieldProps & { readonly min?: string; readonly max?: string }) {
  return (
    <Field {...field}>
      <DayPicker min={min} max={max} disabled={field.disabled === true} />
    </Field>
  )
}

export function SwitchField(field: FieldProps) {
  return (
    <Field {...field} valuePropName="checked">
      <Switch disabled={field.disabled === true} />
    </Field>
  )
}

/** One box with its words beside it; `required` means it must be ticked. */
export function TickField({ children, ...field }: FieldProps & { readonly children: ReactNode }) {
  const t = useCommon()
  return (
    <Form.Item
      name={field.name as string}
      valuePropName="checked"
      {...(field.wide && { className: 'wide' })}
      rules={field.required ? [{ validator: async (_, on) => on === true || Promise.reject(new Error(t.form.required)) }] : []}
    >
      <Checkbox>{children}</Checkbox>
    </Form.Item>
  )
}
