import { CloseOutlined } from '@ant-design/icons'
import { Button, Input, InputNumber, Segmented, Select } from 'antd'
import { type ReactNode, useId, useState } from 'react'
import { parseSscc } from '../../../src/kernel/gs1/sscc.ts'
import type { Choice, LotToActivate } from '../../../src/modules/events/contract.ts'
import { useCan } from '../api/session.ts'
import { FileUpload } from '../forms/file-upload.tsx'
import { useFormat } from '../i18n/format.ts'
import { useWords } from '../i18n/words.ts'
import { EmptyState } from '../ui/empty-state.tsx'
import './goods.css'
import { ScanBox } from './scan-box.tsx'
import { goodsChoiceWords } from './words.ts'

export const NOTHING: Choice = { rolls: [], stretches: [], items: [], containers: [] }

export const isNothing = (choice: Choice): boolean =>
  choice.rolls.length + choice.stretches.length + choice.items.length + choice.containers.length === 0

type Way = 'rolls' | 'scan' | 'stretch' | 'file'

/** Chooses labels and cartons in the ways that the work has: rolls, a scanner, both ends of a stretch, a file. */
export function GoodsChoice({
  value,
  onChange,
  batches,
  noRolls,
  autoFocus = true,
}: {
  readonly value: Choice
  readonly onChange: (choice: Choice) => void
  /** With it rolls can be chosen. */
  readonly batches?: LotToActivate['batches']
  /** What to do when there are none. */
  readonly noRolls?: ReactNode
  readonly autoFocus?: boolean
}) {
  const t = useWords(goodsChoiceWords)
  const format = useFormat()
  const can = useCan()
  const ways: readonly Way[] = [
    ...(batches === undefined ? [] : (['rolls'] as const)),
    'scan',
    'stretch',
    ...(can('activations.write') ? (['file'] as const) : []),
  ]
  const [way, setWay] = useState<Way>(ways[0]!)
  // in the order in which they were scanned, so that the last can be taken back
  const [order, setOrder] = useState<readonly string[]>([])
  const scanned = order.filter((input) => value.items.includes(input) || value.containers.includes(input))
  const orderNumber = new Map(batches?.map((b) => [b.batchId, b.orderNumber]))

  return (
    <div className="stack">
      {ways.length > 1 && (
        <Segmented<Way> aria-label={t.chosen} options={ways.map((w) => ({ value: w, label: t.by[w] }))} value={way} onChange={setWay} />
      )}
      {way === 'rolls' &&
        (batches === undefined || batches.length === 0 ? (
          <EmptyState title={t.noRolls} detail={t.noRollsDetail} next={noRolls} />
        ) : (
          <RollPicker batches={batches} onAdd={(roll) => onChange({ ...value, rolls: [...value.rolls, roll] })} />
        ))}
      {way === 'scan' && (
        <ScanBox
          autoFocus={autoFocus}
          value={scanned}
          kindOf={(input) => (parseSscc(input) === undefined ? t.label : t.carton)}
          onChange={(inputs) => {
            const kept = new Set(inputs)
            const gone = new Set(scanned.filter((input) => !kept.has(input)))
            const fresh = inputs.filter((input) => !scanned.includes(input))
            setOrder(inputs)
            onChange({
              ...value,
              items: [...value.items.filter((i) => !gone.has(i)), ...fresh.filter((i) => parseSscc(i) === undefined)],
              containers: [...value.containers.filter((i) => !gone.has(i)), ...fresh.filter((i) => parseSscc(i) !== undefined)],
            })
          }}
        />
      )}
      {way === 'stretch' && <StretchPicker onAdd={(stretch) => onChange({ ...value, stretches: [...value.stretches, stretch] })} />}
      {way === 'file' && (
        <div>
          <FileUpload<{ items: string[] }>
            path="/api/activations/list-file"
            accept={['.xlsx', '.csv']}
            maxBytes={20 * 1024 * 1024}
            label={t.file}
            onUploaded={({ items }) => onChange({ ...value, items: [...new Set([...value.items, ...items])] })}
          />
          <p className="faint">{t.fileHelp}</p>
        </div>
      )}
      {isNothing(value) ? (
        <p className="faint">{t.nothing}</p>
      ) : (
        <div className="chosen" aria-live="polite">
          <b>{t.chosen}</b>
          <ul>
            {value.rolls.map((roll, i) => (
              <Chip
                key={`r${roll.batchId}-${roll.from}-${roll.to}`}
                onRemove={() => onChange({ ...value, rolls: value.rolls.filter((_, k) => k !== i) })}
              >
                {t.roll(orderNumber.get(roll.batchId) ?? String(roll.batchId), roll.from, roll.to)}
              </Chip>
            ))}
            {value.stretches.map((stretch, i) => (
              <Chip
                key={`s${stretch.first}-${stretch.last}`}
                onRemove={() => onChange({ ...value, stretches: value.stretches.filter((_, k) => k !== i) })}
              >
                <span className="mono">{tail(stretch.first)}</span> … <span className="mono">{tail(stretch.last)}</span>
              </Chip>
            ))}
            {value.items.length > 0 && (
              <Chip onRemove={() => onChange({ ...value, items: [] })}>{t.labels(format.number(value.items.length))}</Chip>
            )}
            {value.containers.length > 0 && (
              <Chip onRemove={() => onChange({ ...value, containers: [] })}>{t.cartons(format.number(value.containers.length))}</Chip>
            )}
          </ul>
        </div>
      )}
    </div>
  )
}

const tail = (input: string): string => (input.length > 12 ? `…${input.slice(-10)}` : input)

function Chip({ children, onRemove }: { readonly children: ReactNode; readonly onRemove: () => void }) {
  const t = useWords(goodsChoiceWords)
  return (
    <li>
      <span>{children}</span>
      <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t.clear} onClick={onRemove} />
    </li>
  )
}

function RollPicker({
  batches,
  onAdd,
}: {
  readonly batches: LotToActivate['batches']
  readonly onAdd: (roll: Choice['rolls'][number]) => void
}) {
  const t = useWords(goodsChoiceWords)
  const format = useFormat()
  const ids = useId()
  const first = batches.find((b) => b.received) ?? batches[0]!
  const [batchId, setBatchId] = useState(first.batchId)
  const batch = batches.find((b) => b.batchId === batchId) ?? first
  const [from, setFrom] = useState<number | null>(1)
  const [to, setTo] = useState<number | null>(first.rolls)
  return (
    <div className="roll-picker">
      <Select<number>
        aria-label={t.by.rolls}
        value={batch.batchId}
        options={batches.map((b) => ({
          value: b.batchId,
          disabled: !b.received,
          label: `${t.rollsOf(b.orderNumber, format.number(b.rolls), format.number(b.rollSize))}${b.blank ? ` · ${t.blankRolls}` : ''}${b.received ? '' : ` · ${t.notReceived}`}`,
        }))}
        onChange={(id) => {
          setBatchId(id)
          setFrom(1)
          setTo(batches.find((b) => b.batchId === id)?.rolls ?? 1)
        }}
      />
      <label htmlFor={`${ids}a`}>{t.fromRoll}</label>
      <InputNumber id={`${ids}a`} min={1} max={batch.rolls} precision={0} value={from} onChange={setFrom} changeOnWheel={false} />
      <label htmlFor={`${ids}b`}>{t.toRoll}</label>
      <InputNumber id={`${ids}b`} min={1} max={batch.rolls} precision={0} value={to} onChange={setTo} changeOnWheel={false} />
      <Button
        disabled={from === null || to === null || !batch.received}
        onClick={() => onAdd({ batchId: batch.batchId, from: Math.min(from!, to!), to: Math.max(from!, to!) })}
      >
        {t.addRolls}
      </Button>
    </div>
  )
}

function StretchPicker({ onAdd }: { readonly onAdd: (stretch: Choice['stretches'][number]) => void }) {
  const t = useWords(goodsChoiceWords)
  const ids = useId()
  const [first, setFirst] = useState('')
  const [last, setLast] = useState('')
  const ready = first.trim() !== '' && last.trim() !== ''
  const add = () => {
    if (!ready) return
    onAdd({ first: first.trim(), last: last.trim() })
    setFirst('')
    setLast('')
    document.getElementById(`${ids}first`)?.focus()
  }
  return (
    <div className="stretch-picker">
      <label htmlFor={`${ids}first`}>{t.first}</label>
      <Input
        id={`${ids}first`}
        className="mono"
        autoFocus
        autoComplete="off"
        maxLength={400}
        value={first}
        onChange={(event) => setFirst(event.target.value)}
        onPressEnter={(event) => {
          event.preventDefault()
          document.getElementById(`${ids}last`)?.focus()
        }}
      />
      <label htmlFor={`${ids}last`}>{t.last}</label>
      <Input
        id={`${ids}last`}
        className="mono"
        autoComplete="off"
        maxLength={400}
        value={last}
        onChange={(event) => setLast(event.target.value)}
        onPressEnter={(event) => {
          event.preventDefault()
          add()
        }}
      />
      <span />
      <div className="row">
        <Button disabled={!ready} onClick={add}>
          {t.addStretch}
        </Button>
        <span className="faint">{t.stretchHelp}</span>
      </div>
    </div>
  )
}
