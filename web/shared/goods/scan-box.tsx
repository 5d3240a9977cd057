import { Button, Input, type InputRef } from 'antd'
import { type ClipboardEvent, useId, useRef, useState } from 'react'
import { useFormat } from '../i18n/format.ts'
import { useWords } from '../i18n/words.ts'
import './goods.css'
import { useScanner } from './use-scanner.ts'
import { goodsChoiceWords } from './words.ts'

export interface ScanBoxProps {
  readonly value: readonly string[]
  readonly onChange: (value: readonly string[]) => void
  readonly label?: string
  readonly help?: string
  readonly max?: number
  readonly kindOf?: (input: string) => string
  readonly autoFocus?: boolean
}

const MOST = 50_000

/** A list that a scanner fills: each Enter adds one, lines can be pasted, the last one can be taken back. */
export function ScanBox({ value, onChange, label, help, max = MOST, kindOf, autoFocus }: ScanBoxProps) {
  const t = useWords(goodsChoiceWords)
  const format = useFormat()
  const id = useId()
  const field = useRef<InputRef>(null)
  const [text, setText] = useState('')
  const [twice, setTwice] = useState<string>()
  const [full, setFull] = useState(false)

  const add = (inputs: readonly string[]) => {
    const seen = new Set(value)
    const fresh: string[] = []
    let again: string | undefined
    for (const input of inputs.map((line) => line.trim()).filter((line) => line !== '')) {
      if (seen.has(input)) again = input
      else {
        seen.add(input)
        fresh.push(input)
      }
    }
    setTwice(again)
    setFull(value.length + fresh.length > max)
    if (fresh.length > 0 && value.length + fresh.length <= max) onChange([...value, ...fresh])
  }
  useScanner((scanned) => add([scanned]))

  const onPaste = (event: ClipboardEvent) => {
    const lines = event.clipboardData.getData('text').split(/[\r\n]+/)
    if (lines.length < 2) return
    event.preventDefault()
    add(lines)
  }

  return (
    <div className="scan-box">
      <label htmlFor={id}>{label ?? t.scan}</label>
      <div className="scan-field">
        <Input
          id={id}
          ref={field}
          size="large"
          className="mono"
          value={text}
          maxLength={400}
          autoComplete="off"
          spellCheck={false}
          autoFocus={autoFocus === true}
          aria-describedby={`${id}-help`}
          onChange={(event) => setText(event.target.value)}
          onPaste={onPaste}
          onPressEnter={(event) => {
            // a scanner's Enter adds; it must not send the form around it
            event.preventDefault()
            if (event.nativeEvent.isComposing) return
            add([text])
            setText('')
          }}
        />
        <Button
          size="large"
          disabled={text.trim() === ''}
          onClick={() => {
            add([text])
            setText('')
            field.current?.focus()
          }}
        >
          {t.add}
        </Button>
      </div>
      <p id={`${id}-help`} className="faint">
        {help ?? t.scanHelp}
      </p>
      <div className="scan-state" aria-live="polite">
        <b className="num">{t.scanned(format.number(value.length))}</b>
        {twice !== undefined && (
          <span className="warn">
            {t.twice}: <span className="mono">{twice}</span>
          </span>
        )}
        {full && <span className="fault">{t.tooMany(format.number(max))}</span>}
        <span className="push" />
        {value.length > 0 && (
          <>
            <Button size="small" onClick={() => onChange(value.slice(0, -1))}>
              {t.undoLast}
            </Button>
            <Button size="small" type="text" onClick={() => onChange([])}>
              {t.clear}
            </Button>
          </>
        )}
      </div>
      {value.length > 0 && (
        <ol className="scans" aria-label={t.last5}>
          {value
            .slice(-5)
            .toReversed()
            .map((input) => (
              <li key={input}>
                <span className="mono">{input}</span>
                {kindOf !== undefined && <span className="faint">{kindOf(input)}</span>}
              </li>
            ))}
        </ol>
      )}
    </div>
  )
}
