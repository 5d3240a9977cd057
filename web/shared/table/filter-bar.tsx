import { CloseOutlined, FilterOutlined } from '@ant-design/icons'
import { Button, Checkbox, Dropdown, Input, InputNumber, Popover, Radio } from 'antd'
import { useState } from 'react'
import { type Format, useFormat } from '../i18n/format.ts'
import { useCommon } from '../i18n/words.ts'
import { DayRangePicker } from '../forms/day-picker.tsx'
import type { Column } from './column.tsx'
import type { Filter } from './list-state.ts'

interface FilterBarProps<Row> {
  readonly columns: readonly Column<Row>[]
  readonly filters: readonly Filter[]
  readonly onChange: (filters: readonly Filter[]) => void
}

/** The filters that are set, each to be changed or taken away, and a way to add one. */
export function FilterBar<Row>({ columns, filters, onChange }: FilterBarProps<Row>) {
  const t = useCommon()
  const format = useFormat()
  const [open, setOpen] = useState<string>()
  const filterable = columns.filter((column) => column.filterable !== false)
  const used = filterable.filter((column) => column.key === open || filters.some((f) => f.column === column.key))
  const set = (key: string, next: readonly Filter[]) => {
    onChange([...filters.filter((f) => f.column !== key), ...next])
    setOpen(undefined)
  }
  return (
    <>
      {used.map((column) => {
        const own = filters.filter((f) => f.column === column.key)
        const says = own.map((f) => sayFilter(column, f, format, t)).join(' ')
        return (
          <span key={column.key} className="chip">
            <Popover
              open={open === column.key}
              onOpenChange={(next) => setOpen(next ? column.key : undefined)}
              trigger="click"
              placement="bottomLeft"
              destroyOnHidden
              content={<FilterEditor column={column} filters={own} onApply={(next) => set(column.key, next)} />}
            >
              <Button size="small" type="text" aria-label={t.table.editFilter(column.title)} aria-expanded={open === column.key}>
                <span className="soft">{column.title}</span> {says}
              </Button>
            </Popover>
            <Button
              size="small"
              type="text"
              icon={<CloseOutlined />}
              aria-label={t.table.removeFilter(column.title)}
              onClick={() => set(column.key, [])}
            />
          </span>
        )
      })}
      <Dropdown
        trigger={['click']}
        menu={{
          items: filterable.map((column) => ({ key: column.key, label: column.title })),
          onClick: ({ key }) => setTimeout(() => setOpen(key), 0),
        }}
      >
        <Button icon={<FilterOutlined />} aria-label={t.table.addFilter} aria-haspopup="menu">
          <span className="wide-only">{t.table.filter}</span>
        </Button>
      </Dropdown>
      {filters.length > 1 && (
        <Button type="link" size="small" onClick={() => onChange([])}>
          {t.table.clearFilters}
        </Button>
      )}
    </>
  )
}

type Common = ReturnType<typeof useCommon>

function sayFilter<Row>(column: Column<Row>, { op, value }: Filter, format: Format, t: Common): string {
  if (op === 'empty') return t.table.isEmpty
  switch (column.type) {
    case 'enum':
      return value
        .split(',')
        .map((v) => column.options?.find((o) => o.value === v)?.label ?? v)
        .join(', ')
    case 'boolean':
      return value === 'true' ? t.yes : t.no
    case 'date':
    case 'instant':
      return op === 'ge' ? `≥ ${format.day(value)}` : op === 'le' ? `≤ ${format.day(value)}` : format.day(value)
    case 'number':
      return op === 'ge' ? `≥ ${value}` : op === 'le' ? `≤ ${value}` : `= ${value}`
    default:
      return op === 'is' ? `= “${value}”` : `“${value}”`
  }
}

function FilterEditor<Row>({
  column,
  filters,
  onApply,
}: {
  readonly column: Column<Row>
  readonly filters: readonly Filter[]
  readonly onApply: (filters: readonly Filter[]) => void
}) {
  const t = useCommon()
  const [draft, setDraft] = useState<Draft>(() => Object.fromEntries(filters.map((f) => [f.op, f.value])))
  return (
    <form
      className="filter-editor"
      aria-label={t.table.editFilter(column.title)}
      onSubmit={(event) => {
        event.preventDefault()
        onApply(
          Object.entries(draft).flatMap(([op, value]) =>
            op === 'empty' || value.trim() !== '' ? [{ column: column.key, op, value: value.trim() }] : [],
          ),
        )
      }}
    >
      <EditorOf column={column} draft={draft} onChange={setDraft} />
      {column.type !== 'boolean' && (
        <Checkbox checked={'empty' in draft} onChange={(event) => setDraft(event.target.checked ? { empty: '' } : {})}>
          {t.table.isEmpty}
        </Checkbox>
      )}
      <div className="row">
        <Button size="small" type="primary" htmlType="submit">
          {t.action.apply}
        </Button>
        <Button size="small" onClick={() => onApply([])}>
          {t.action.clear}
        </Button>
      </div>
    </form>
  )
}

/** Operator → value. */
type Draft = Readonly<Record<string, string>>

function EditorOf<Row>({
  column,
  draft,
  onChange,
}: {
  readonly column: Column<Row>
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
}) {
  const t = useCommon()
  switch (column.type) {
    case 'enum':
      return (
        <Checkbox.Group
          className="filter-options"
          options={(column.options ?? []).map(({ value, label }) => ({ value, label }))}
          value={draft['in']?.split(',') ?? []}
          onChange={(values) => onChange({ in: values.join(',') })}
        />
      )
    case 'boolean':
      return (
        <Radio.Group
          options={[
            { value: 'true', label: t.yes },
            { value: 'false', label: t.no },
          ]}
          value={draft['is']}
          onChange={(event) => onChange({ is: String(event.target.value) })}
        />
      )
    case 'number':
      return (
        <div className="row">
          <InputNumber<string>
            stringMode
            aria-label={t.table.atLeast}
            placeholder={t.table.atLeast}
            value={draft['ge'] ?? null}
            onChange={(value) => onChange({ ge: value ?? '', le: draft['le'] ?? '' })}
          />
          <span aria-hidden="true">–</span>
          <InputNumber<string>
            stringMode
            aria-label={t.table.atMost}
            placeholder={t.table.atMost}
            value={draft['le'] ?? null}
            onChange={(value) => onChange({ ge: draft['ge'] ?? '', le: value ?? '' })}
          />
        </div>
      )
    case 'date':
    case 'instant':
      return (
        <DayRangePicker
          from={draft['ge']?.slice(0, 10)}
          to={draft['le']?.slice(0, 10)}
          onChange={(from, to) => onChange({ ge: from ?? '', le: to ?? '' })}
        />
      )
    default: {
      const op = 'is' in draft ? 'is' : 'has'
      return (
        <>
          <Radio.Group
            optionType="button"
            size="small"
            options={[
              { value: 'has', label: t.table.contains },
              { value: 'is', label: t.table.equals },
            ]}
            value={op}
            onChange={(event) => onChange({ [String(event.target.value)]: draft[op] ?? '' })}
          />
          <Input
            autoFocus
            aria-label={column.title}
            maxLength={200}
            value={draft[op] ?? ''}
            onChange={(event) => onChange({ [op]: event.target.value })}
          />
        </>
      )
    }
  }
}
