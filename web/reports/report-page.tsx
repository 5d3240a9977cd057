import { Button, Form, Image } from 'antd'
import { useState } from 'react'
import { provinces } from '../../src/kernel/region.ts'
import type { ReportDetail } from '../../src/modules/feedback/contract.ts'
import { STATE_WORDS } from '../../src/modules/feedback/contract.ts'
import { api } from '../shared/api/client.ts'
import { Answer, Failure } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { useCan, useSession } from '../shared/api/session.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { TextAreaField, TickField } from '../shared/forms/fields.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { usePathParam } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { CopyText } from '../shared/ui/copy-text.tsx'
import { Link } from '../shared/ui/link.tsx'
import { Facts, PageHeader, Section } from '../shared/ui/page.tsx'
import { StepLine } from '../shared/ui/progress.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { Timeline } from '../shared/ui/timeline.tsx'
import { Why } from '../shared/ui/why.tsx'
import { reportKinds, reportStates } from './columns.tsx'
import { reportWords } from './words.ts'

const TOUCHED = ['/api/reports', '/api/home'] as const

export function ReportPage() {
  const id = usePathParam('reportId')
  const answer = useGet<ReportDetail>(`/api/reports/${id}`)
  return (
    <Answer of={answer} rows={8}>
      {(report) => <OneReport report={report} />}
    </Answer>
  )
}

function OneReport({ report }: { readonly report: ReportDetail }) {
  const t = useWords(reportWords)
  const language = useLanguage()
  const format = useFormat()
  const can = useCan()
  const kind = useSession().organisation.kind
  const supervisor = kind === 'operator' || kind === 'regulator'
  const answers = can('reports.answer')
  const [asking, setAsking] = useState<'close' | 'reveal'>()
  const [form] = Form.useForm<{ text: string; close: boolean }>()
  const check = useAct({
    send: (_, key) => api.post(`/api/reports/${report.id}/check`, undefined, { idempotencyKey: key }),
    invalidates: TOUCHED,
    done: t.checking,
    tellError: true,
  })
  const close = useAct({
    send: (_, key) => api.post(`/api/reports/${report.id}/close`, undefined, { idempotencyKey: key }),
    invalidates: TOUCHED,
    done: t.closed,
    onDone: () => setAsking(undefined),
  })
  const reveal = useAct<void, { contact: string }>({
    send: () => api.post(`/api/reports/${report.id}/contact`),
    onDone: () => setAsking(undefined),
  })
  const answer = useAct<{ text: string; close: boolean }, ReportDetail>({
    send: (input, key) => api.post(`/api/reports/${report.id}/answer`, input, { idempotencyKey: key }),
    invalidates: TOUCHED,
    done: t.answered,
    onDone: () => form.resetFields(),
  })
  const state = reportStates(language).find((s) => s.value === report.state)
  const what = reportKinds(language).find((k) => k.value === report.kind)
  const province = provinces.find((p) => p.code === report.province)
  const verdicts: Readonly<Record<string, string>> = t.verdicts
  const product = language === 'zh' ? report.productNameZh : report.productNameEn || report.productNameZh
  const step = (key: keyof typeof STATE_WORDS, at: string | null) => ({
    key,
    label: STATE_WORDS[key][language],
    note: at === null ? undefined : format.instant(at),
  })
  return (
    <>
      <PageHeader
        title={report.ticket}
        crumbs={[{ label: t.title, to: paths.reports() }]}
        tag={
          <>
            <StatusTag tone={what?.tone ?? 'quiet'}>{what?.label ?? report.kind}</StatusTag>
            <StatusTag tone={state?.tone ?? 'quiet'}>{state?.label ?? report.state}</StatusTag>
          </>
        }
        actions={
          answers && (
            <>
              {report.state === 'received' && (
                <Button loading={check.isPending} onClick={() => check.mutate()}>
                  {t.check}
                </Button>
              )}
              <Why reason={report.state === 'closed' ? t.isClosed : report.state === 'answered' ? undefined : t.notAnswered}>
                <Button disabled={report.state !== 'answered'} onClick={() => setAsking('close')}>
                  {t.close}
                </Button>
              </Why>
            </>
          )
        }
      />
      <Section title={t.progress}>
        <StepLine
          label={t.progress}
          current={report.state}
          steps={[
            step('received', report.receivedAt),
            step('checking', report.checkingAt),
            step('answered', report.answeredAt),
            step('closed', report.closedAt),
          ]}
        />
      </Section>
      <Section title={t.facts}>
        <Facts
          items={[
            { label: t.text, value: report.text === '' ? null : <span style={{ whiteSpace: 'pre-wrap' }}>{report.text}</span>, wide: true },
            { label: t.boughtAt, value: report.boughtAt },
            { label: t.province, value: language === 'zh' ? province?.nameZh : province?.nameEn },
            { label: t.verdict, value: verdicts[report.verdict] ?? report.verdict },
            { label: language === 'zh' ? t.product : 'Product', value: product },
            { label: t.lot, value: report.lotNumber },
            { label: t.importer, value: language === 'zh' ? report.organisationNameZh : report.organisationNameEn },
            {
              label: t.code,
              value:
                report.codePath === '' ? null : can('goods.read') ? (
                  <Link to={paths.trace({ code: report.codePath })}>{t.openGoods}</Link>
                ) : (
                  report.codePath
                ),
            },
            {
              label: t.contact,
              value: !report.hasContact ? (
                t.noContact
              ) : reveal.data !== undefined ? (
                <CopyText value={reveal.data.contact} />
              ) : supervisor && answers ? (
                <Button size="small" onClick={() => setAsking('reveal')}>
                  {t.reveal}
                </Button>
              ) : (
                t.hidden
              ),
            },
          ]}
        />
      </Section>
      {report.photos.length > 0 && (
        <Section title={t.photos}>
          <Image.PreviewGroup>
            <div className="row">
              {report.photos.map((photo) => (
                <Image
                  key={photo.position}
                  src={photo.url}
                  alt={t.photo(photo.position + 1)}
                  width={180}
                  height={180}
                  style={{ objectFit: 'cover', borderRadius: 6 }}
                />
              ))}
            </div>
          </Image.PreviewGroup>
        </Section>
      )}
      <Section title={t.messages}>
        {report.messages.length === 0 ? (
          <p className="soft">{t.noMessages}</p>
        ) : (
          <Timeline
            entries={report.messages.map((m, i) => ({
              key: `${m.at}-${i}`,
              what: language === 'zh' ? m.fromZh : m.fromEn,
              at: m.at,
              note: <span style={{ whiteSpace: 'pre-wrap' }}>{m.text}</span>,
            }))}
          />
        )}
      </Section>
      {answers && report.state !== 'closed' && (
        <Section title={t.answer}>
          <AppForm<{ text: string; close: boolean }, { text: string; close: boolean }, ReportDetail>
            act={answer}
            form={form}
            submit={t.answer}
            initial={{ text: '', close: false }}
            toInput={({ text, close: alsoClose }) => ({ text, close: alsoClose === true })}
          >
            <TextAreaField name="text" label={t.answerField} required max={2000} rows={4} help={t.answerHelp} />
            <TickField name="close" label={t.closeAlso}>
              {t.closeAlso}
            </TickField>
          </AppForm>
        </Section>
      )}
      <ConfirmWithReason
        open={asking !== undefined}
        title={asking === 'reveal' ? t.revealTitle : t.closeTitle}
        confirm={asking === 'reveal' ? t.reveal : t.close}
        reason={false}
        busy={close.isPending || reveal.isPending}
        error={
          asking === 'reveal'
            ? reveal.error !== null && <Failure error={reveal.error} />
            : close.error !== null && <Failure error={close.error} />
        }
        onConfirm={() => (asking === 'reveal' ? reveal.mutate() : close.mutate())}
        onCancel={() => setAsking(undefined)}
      >
        {asking === 'reveal' ? t.revealDetail : t.closeDetail}
      </ConfirmWithReason>
    </>
  )
}
