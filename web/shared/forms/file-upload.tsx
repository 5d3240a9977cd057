import { CloseOutlined, FileOutlined, UploadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useEffect, useId, useRef, useState } from 'react'
import { api, newKey } from '../api/client.ts'
import { asApiError } from '../api/problem.ts'
import { useFormat } from '../i18n/format.ts'
import { useCommon } from '../i18n/words.ts'
import { ProgressBar } from '../ui/progress.tsx'

export interface UploadedFile {
  readonly id: string
  readonly name: string
}

export interface FileUploadProps<Answer> {
  /** Where the file goes as multipart field `file`. */
  readonly path: string
  /** POST unless the file replaces one. */
  readonly method?: 'POST' | 'PUT'
  /** Other multipart fields, sent before the file. */
  readonly fields?: Readonly<Record<string, string>>
  /** Extensions with their dot: ['.xlsx', '.csv']. The server looks into the file; this saves the way there. */
  readonly accept: readonly string[]
  readonly maxBytes: number
  readonly maxFiles?: number
  readonly label?: string
  readonly onUploaded?: (answer: Answer, file: File) => void
  /** As a control of a form: the files that are up, by the `id` that the server gave. */
  readonly value?: readonly UploadedFile[]
  readonly onChange?: (files: readonly UploadedFile[]) => void
  readonly id?: string
  readonly disabled?: boolean
}

interface Going {
  readonly key: string
  readonly file: File
  readonly preview: string | undefined
  readonly fraction: number
  readonly error: string | undefined
  readonly uploadedId: string | undefined
  /** Refused before it was sent: sending it again would change nothing. */
  readonly refused: boolean
}

/** Choose or drop files; each is checked, sent at once with progress, can be stopped, and sent again when it failed. */
export function FileUpload<Answer = { id: string }>(props: FileUploadProps<Answer>) {
  const t = useCommon()
  const format = useFormat()
  const ownId = useId()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [going, setGoing] = useState<readonly Going[]>([])
  const aborts = useRef(new Map<string, AbortController>())
  const value = useRef<readonly UploadedFile[]>(props.value ?? [])
  value.current = props.value ?? value.current
  const maxFiles = props.maxFiles ?? 1
  const previews = useRef(new Set<string>())
  useEffect(
    () => () => {
      for (const abort of aborts.current.values()) abort.abort()
      for (const url of previews.current) URL.revokeObjectURL(url)
    },
    [],
  )

  const patch = (key: string, change: Partial<Going>) =>
    setGoing((all) => all.map((one) => (one.key === key ? { ...one, ...change } : one)))
  const tell = (files: readonly UploadedFile[]) => {
    value.current = files
    props.onChange?.(files)
  }

  const start = async (one: Going) => {
    const abort = new AbortController()
    aborts.current.set(one.key, abort)
    patch(one.key, { error: undefined, fraction: 0 })
    try {
      const form = new FormData()
      for (const [name, text] of Object.entries(props.fields ?? {})) form.append(name, text)
      form.append('file', one.file, one.file.name)
      // the key of a file is its idempotency key: sent again after a failure, it is still the same file
      const answer = await api.upload<Answer>(props.path, form, {
        idempotencyKey: one.key,
        signal: abort.signal,
        ...(props.method !== undefined && { method: props.method }),
        onProgress: (fraction) => patch(one.key, { fraction }),
      })
      const id = (answer as { id?: unknown } | undefined)?.id
      const uploadedId = typeof id === 'string' ? id : one.key
      patch(one.key, { fraction: 1, uploadedId })
      tell([...value.current, { id: uploadedId, name: one.file.name }])
      props.onUploaded?.(answer, one.file)
    } catch (error) {
      if (abort.signal.aborted) return
      const told = asApiError(error)
      patch(one.key, { error: [told.detail || told.title, ...told.faults.map((f) => f.detail)].join(' ') })
    }
  }

  const add = (files: Iterable<File>) => {
    const fresh: Going[] = [...files].map((file, i) => {
      const extension = file.name.slice(file.name.lastIndexOf('.')).toLowerCase()
      const error = !props.accept.includes(extension)
        ? t.upload.wrongType(props.accept.join(' '))
        : file.size === 0
          ? t.upload.empty
          : file.size > props.maxBytes
            ? t.upload.tooBig(format.bytes(file.size), format.bytes(props.maxBytes))
            : maxFiles > 1 && going.length + i >= maxFiles
              ? t.upload.tooMany(maxFiles)
              : undefined
      const preview = error === undefined && /^image\/(jpeg|png|webp)$/.test(file.type) ? URL.createObjectURL(file) : undefined
      if (preview !== undefined) previews.current.add(preview)
      return { key: newKey(), file, preview, fraction: 0, error, uploadedId: undefined, refused: error !== undefined }
    })
    const next = maxFiles === 1 ? fresh.slice(0, 1) : fresh
    if (maxFiles === 1) {
      for (const abort of aborts.current.values()) abort.abort()
      tell([])
    }
    setGoing(maxFiles === 1 ? next : [...going, ...next])
    for (const one of next) if (one.error === undefined) void start(one)
  }

  const remove = (one: Going) => {
    aborts.current.get(one.key)?.abort()
    setGoing(going.filter((other) => other !== one))
    if (one.uploadedId !== undefined) tell(value.current.filter((file) => file.id !== one.uploadedId))
  }

  return (
    <div>
      <div
        className={over ? 'drop over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          if (props.disabled !== true) add(event.dataTransfer.files)
        }}
      >
        <input
          ref={input}
          id={props.id ?? ownId}
          className="sr-only"
          type="file"
          tabIndex={-1}
          accept={props.accept.join(',')}
          multiple={maxFiles > 1}
          aria-label={props.label ?? t.upload.choose}
          onChange={(event) => {
            add(event.target.files ?? [])
            event.target.value = ''
          }}
        />
        <Button icon={<UploadOutlined />} disabled={props.disabled === true} onClick={() => input.current?.click()}>
          {props.label ?? t.upload.choose}
        </Button>{' '}
        <span className="soft wide-only">{t.upload.dropHere}</span>
        <p>{t.upload.accepts(props.accept.join(' '), format.bytes(props.maxBytes))}</p>
      </div>
      <ul className="files" aria-live="polite">
        {going.map((one) => (
          <li key={one.key}>
            {one.preview === undefined ? <FileOutlined /> : <img src={one.preview} alt="" />}
            <span className="name" title={one.file.name}>
              {one.file.name} <span className="faint">{format.bytes(one.file.size)}</span>
              {one.uploadedId !== undefined && <span className="faint"> · {t.upload.uploaded}</span>}
            </span>
            <span>
              {one.error !== undefined && !one.refused && (
                <Button size="small" type="link" onClick={() => void start(one)}>
                  {t.action.retry}
                </Button>
              )}
              <Button
                size="small"
                type="text"
                icon={<CloseOutlined />}
                aria-label={`${t.action.remove} ${one.file.name}`}
                onClick={() => remove(one)}
              />
            </span>
            {one.error !== undefined ? (
              <span className="bad">{one.error}</span>
            ) : (
              one.uploadedId === undefined && (
                <ProgressBar label={t.upload.uploading(Math.floor(one.fraction * 100))} fraction={one.fraction} />
              )
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
