import { Input, Modal } from 'antd'
import { type ReactNode, useEffect, useId, useState } from 'react'
import { useCommon } from '../i18n/words.ts'

export interface ConfirmWithReasonProps {
  readonly open: boolean
  readonly title: string
  /** What will happen, in numbers where there are any. */
  readonly children?: ReactNode
  /** Words of the button: the act itself, never "OK". */
  readonly confirm: string
  readonly danger?: boolean
  /** False asks for confirmation only. */
  readonly reason?: boolean
  readonly reasonLabel?: string
  readonly busy?: boolean
  /** Shown inside the dialog, which stays open with what was typed. */
  readonly error?: ReactNode
  readonly onConfirm: (reason: string) => void
  readonly onCancel: () => void
}

/** Undo, void, refuse: says what will happen and takes the reason that goes into the audit trail. */
export function ConfirmWithReason({
  open,
  title,
  children,
  confirm,
  danger,
  reason = true,
  reasonLabel,
  busy = false,
  error,
  onConfirm,
  onCancel,
}: ConfirmWithReasonProps) {
  const t = useCommon()
  const id = useId()
  const [text, setText] = useState('')
  const [tried, setTried] = useState(false)
  useEffect(() => {
    if (open) {
      setText('')
      setTried(false)
    }
  }, [open])
  const missing = reason && text.trim().length < 2
  return (
    <Modal
      open={open}
      title={title}
      okText={confirm}
      cancelText={t.action.cancel}
      okButtonProps={{ danger: danger === true }}
      confirmLoading={busy}
      onCancel={onCancel}
      onOk={() => {
        setTried(true)
        if (!missing) onConfirm(text.trim())
      }}
      destroyOnHidden
    >
      <div className="stack">
        {children !== undefined && <div>{children}</div>}
        {reason && (
          <div>
            <label htmlFor={id}>{reasonLabel ?? t.reason.label}</label>
            <Input.TextArea
              id={id}
              autoFocus
              rows={3}
              maxLength={500}
              value={text}
              status={tried && missing ? 'error' : ''}
              aria-invalid={tried && missing}
              aria-describedby={`${id}-hint`}
              onChange={(event) => setText(event.target.value)}
            />
            <p id={`${id}-hint`} className={tried && missing ? 'fault' : 'faint'} role={tried && missing ? 'alert' : undefined}>
              {tried && missing ? t.reason.required : t.reason.hint}
            </p>
          </div>
        )}
        {error}
      </div>
    </Modal>
  )
}
