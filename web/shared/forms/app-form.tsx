import { Button, Form, type FormInstance, Modal } from 'antd'
import { useBlocker } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Failure } from '../api/failure.tsx'
import type { Act } from '../api/hooks.ts'
import { pathOfPointer } from '../api/problem.ts'
import { useCommon } from '../i18n/words.ts'
import { ErrorPanel } from '../ui/error-panel.tsx'

export interface AppFormProps<Values extends object, In, Out> {
  readonly act: Act<In, Out>
  /** Turns what the fields hold into what is sent; not needed when they are the same. */
  readonly toInput?: (values: Values) => In
  readonly initial?: Partial<Values>
  readonly submit?: string
  readonly danger?: boolean
  readonly onCancel?: () => void
  /** Beside the buttons. */
  readonly extra?: ReactNode
  /** False for forms in which nothing is lost by leaving: login, search. */
  readonly guard?: boolean
  readonly form?: FormInstance<Values>
  readonly onChange?: (values: Partial<Values>) => void
  readonly columns?: 1 | 2
  readonly children: ReactNode
}

/**
 * A form around one act. The server's faults appear at their fields by JSON Pointer, the rest above the fields; leaving
 * with unsaved changes asks first; pressing the button twice acts once.
 */
export function AppForm<Values extends object, In = Values, Out = unknown>(props: AppFormProps<Values, In, Out>) {
  const t = useCommon()
  const [own] = Form.useForm<Values>()
  const form = props.form ?? own
  const [wrong, setWrong] = useState(0)
  const [loose, setLoose] = useState<readonly string[]>([])
  const dirty = useRef(false)
  const told = useRef<(string | number)[][]>([])
  const top = useRef<HTMLDivElement>(null)
  const blocker = useBlocker({
    shouldBlockFn: () => dirty.current,
    enableBeforeUnload: () => dirty.current,
    withResolver: true,
    disabled: props.guard === false,
  })

  useEffect(() => {
    const faults = props.act.error?.faults ?? []
    const names = new Set(form.getFieldsError().map(({ name }) => JSON.stringify(name)))
    const placed = new Map<string, string[]>()
    const rest: string[] = []
    for (const fault of faults) {
      const path = pathOfPointer(fault.pointer)
      // a fault inside of a field that is one control (a list of files) belongs to that control
      while (path.length > 0 && !names.has(JSON.stringify(path))) path.pop()
      const name = JSON.stringify(path)
      if (path.length === 0) rest.push(fault.detail)
      else placed.set(name, [...(placed.get(name) ?? []), fault.detail])
    }
    told.current = [...placed.keys()].map((name) => JSON.parse(name) as (string | number)[])
    form.setFields([...placed].map(([name, errors]) => ({ name: JSON.parse(name) as never, errors })))
    setLoose(rest)
    setWrong(placed.size)
    const first = told.current[0]
    if (first !== undefined) form.scrollToField(first as never, { focus: true, block: 'center' } as never)
    else if (props.act.error !== null) top.current?.scrollIntoView({ block: 'center' })
  }, [props.act.error, form])

  const submit = (values: Values) => {
    const before = dirty.current
    dirty.current = false
    setWrong(0)
    props.act.mutate((props.toInput === undefined ? values : props.toInput(values)) as In, {
      onError: () => {
        dirty.current = before
      },
    })
  }

  return (
    <Form<Values>
      form={form}
      layout="vertical"
      {...(props.initial !== undefined && { initialValues: props.initial as never })}
      scrollToFirstError={{ block: 'center', focus: true }}
      onFinish={submit}
      onFinishFailed={({ errorFields }) => setWrong(errorFields.length)}
      onValuesChange={(change) => {
        dirty.current = true
        const stale = told.current.filter((path) => String(path[0]) in (change as object))
        if (stale.length > 0) {
          told.current = told.current.filter((path) => !stale.includes(path))
          form.setFields(stale.map((name) => ({ name: name as never, errors: [] })))
          setWrong((n) => Math.max(0, n - stale.length))
        }
        props.onChange?.(form.getFieldsValue(true) as Partial<Values>)
      }}
      className={props.columns === 2 ? 'form two' : 'form'}
      noValidate
    >
      <div ref={top} className="wide">
        {props.act.error !== null && wrong === 0 && (
          <div style={{ marginBottom: 16 }}>
            <Failure error={props.act.error} />
          </div>
        )}
        {props.act.error !== null && wrong > 0 && loose.length > 0 && (
          <div style={{ marginBottom: 16 }}>
            <ErrorPanel title={props.act.error.title} faults={loose} code={props.act.error.code} />
          </div>
        )}
      </div>
      {props.children}
      <div className="form-foot wide">
        <Button type="primary" htmlType="submit" loading={props.act.isPending} danger={props.danger === true}>
          {props.submit ?? t.action.save}
        </Button>
        {props.onCancel !== undefined && <Button onClick={props.onCancel}>{t.action.cancel}</Button>}
        {props.extra}
        {wrong > 0 && (
          <span className="form-wrong" role="alert">
            {t.form.checkFields(wrong)}
          </span>
        )}
      </div>
      <Modal
        open={blocker.status === 'blocked'}
        title={t.form.unsavedTitle}
        okText={t.form.leave}
        cancelText={t.form.stay}
        okButtonProps={{ danger: true }}
        onOk={() => blocker.proceed?.()}
        onCancel={() => blocker.reset?.()}
      >
        {t.form.unsavedDetail}
      </Modal>
    </Form>
  )
}
