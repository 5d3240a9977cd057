import { Button } from 'antd'
import { useState } from 'react'
import type { z } from 'zod'
import {
  EXCHANGE_PATHS,
  type NewSandboxView,
  type sandboxAnswer,
  type SandboxView,
  type webhookTestForm,
  type WebhookTestView,
} from '../../src/modules/exchange/contract.ts'
import { api } from '../shared/api/client.ts'
import { Answer, Failure } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { TextField } from '../shared/forms/fields.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useWords } from '../shared/i18n/words.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { CopyButton } from '../shared/ui/copy-text.tsx'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { OneTimeSecret } from '../shared/ui/one-time-secret.tsx'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { connectWords } from './words.ts'

/** Where whoever connects a system begins: a sandbox with goods in it, and a message to try a receiver with. */
export function ConnectPage() {
  const t = useWords(connectWords)
  return (
    <>
      <PageHeader title={t.title} lead={t.lead} />
      <div className="stack">
        <Sandbox />
        <WebhookTest />
      </div>
    </>
  )
}

function Sandbox() {
  const t = useWords(connectWords)
  const [asking, setAsking] = useState(false)
  const [secret, setSecret] = useState<string>()
  const answer = useGet<z.output<typeof sandboxAnswer>>(EXCHANGE_PATHS.sandbox)
  const make = useAct<void, NewSandboxView>({
    send: () => api.post(EXCHANGE_PATHS.sandbox, {}),
    invalidates: [EXCHANGE_PATHS.sandbox],
    tellError: true,
    onDone: ({ key }) => {
      setAsking(false)
      setSecret(key.secret)
    },
  })
  return (
    <Section title={t.sandbox}>
      <div className="stack">
        {secret !== undefined && (
          <OneTimeSecret title={t.sandboxKey} value={secret} detail={t.sandboxKeyDetail} onKept={() => setSecret(undefined)} />
        )}
        <Answer of={answer} rows={4}>
          {({ sandbox }) =>
            sandbox === null ? (
              <EmptyState
                title={t.noSandbox}
                detail={t.noSandboxDetail}
                next={
                  <Button type="primary" loading={make.isPending} onClick={() => make.mutate()}>
                    {t.make}
                  </Button>
                }
              />
            ) : (
              <Contents sandbox={sandbox} onReset={() => setAsking(true)} />
            )
          }
        </Answer>
      </div>
      <ConfirmWithReason
        open={asking}
        danger
        reason={false}
        title={t.resetTitle}
        confirm={t.reset}
        busy={make.isPending}
        error={make.error !== null && <Failure error={make.error} />}
        onConfirm={() => make.mutate()}
        onCancel={() => setAsking(false)}
      >
        {t.resetDetail}
      </ConfirmWithReason>
    </Section>
  )
}

function Contents({ sandbox, onReset }: { readonly sandbox: SandboxView; readonly onReset: () => void }) {
  const t = useWords(connectWords)
  const format = useFormat()
  const { example } = sandbox
  const things: readonly (readonly [string, string])[] = [
    [t.gtin, example.gtin],
    [t.lot, example.lotNumber],
    [t.carton, example.carton],
    [t.freeSscc, example.freeSsccs[0] ?? ''],
    [t.activeLabel, example.activeLabels[0] ?? ''],
    [t.freshLabel, example.freshLabels[0] ?? ''],
    [t.dealer, example.dealerId],
  ]
  return (
    <>
      <p className="soft">{t.madeAt(format.instant(sandbox.madeAt))}</p>
      <table className="plain">
        <tbody>
          {things.map(([label, value]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td className="mono">{value}</td>
              <td>
                <CopyButton value={value} label={t.copy} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>{t.apart}</p>
      <div>
        <Button onClick={onReset}>{t.reset}</Button>
      </div>
    </>
  )
}

interface TestValues {
  readonly dest: string
  readonly signatureToken?: string
}

function WebhookTest() {
  const t = useWords(connectWords)
  const format = useFormat()
  const [told, setTold] = useState<WebhookTestView>()
  const send = useAct<z.input<typeof webhookTestForm>, WebhookTestView>({
    send: (input) => api.post(EXCHANGE_PATHS.webhookTests, input),
    onDone: setTold,
  })
  return (
    <Section title={t.webhook}>
      <div className="stack">
        <p className="soft">{t.webhookLead}</p>
        <AppForm<TestValues, z.input<typeof webhookTestForm>, WebhookTestView>
          act={send}
          submit={t.sendTest}
          guard={false}
          toInput={({ dest, signatureToken }) => ({ dest, ...(signatureToken ? { signatureToken } : {}) })}
        >
          <TextField name="dest" label={t.dest} required max={2000} placeholder="https://erp.example.cn/epcis" />
          <TextField name="signatureToken" label={t.token} max={500} help={t.tokenHelp} />
        </AppForm>
        {told !== undefined && (
          <>
            {told.ok ? (
              <p role="status">
                <StatusTag tone="good">200</StatusTag> {told.says} ({format.number(told.milliseconds)} ms)
              </p>
            ) : (
              <ErrorPanel title={told.status === null ? t.noAnswer : `HTTP ${told.status}`} detail={told.says} />
            )}
            {told.head !== '' && (
              <details>
                <summary>{t.answered}</summary>
                <pre className="mono">{told.head}</pre>
              </details>
            )}
            <details>
              <summary>{t.sent}</summary>
              <pre className="mono">
                {Object.entries(told.request.headers)
                  .map(([name, value]) => `${name}: ${value}`)
                  .join('\n')}
                {'\n\n'}
                {told.request.body}
              </pre>
            </details>
          </>
        )}
      </div>
    </Section>
  )
}
