import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { type ReactNode, useState } from 'react'
import { useCommon } from '../i18n/words.ts'

/** A value with a button that copies it. `children` may show it differently from what is copied. */
export function CopyText({ value, children }: { readonly value: string; readonly children?: ReactNode }) {
  return (
    <span className="copy">
      <span className="mono">{children ?? value}</span>
      <CopyButton value={value} />
    </span>
  )
}

export function CopyButton({ value, label }: { readonly value: string; readonly label?: string }) {
  const t = useCommon()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await copyToClipboard(value)
    setCopied(true)
    setTimeout(() => setCopied(false), 2000)
  }
  const words = copied ? t.action.copied : (label ?? t.action.copy)
  return (
    <Tooltip title={label === undefined ? words : undefined}>
      <Button
        size="small"
        type={label === undefined ? 'text' : 'default'}
        icon={copied ? <CheckOutlined /> : <CopyOutlined />}
        aria-label={words}
        onClick={() => void copy()}
      >
        {label === undefined ? undefined : words}
      </Button>
    </Tooltip>
  )
}

async function copyToClipboard(text: string): Promise<void> {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text)
  // plain http inside a warehouse network has no clipboard interface: select and copy as of old
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
