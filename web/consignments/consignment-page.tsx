import { DeleteOutlined, EditOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { type ReactNode, useState } from 'react'
import type { z } from 'zod'
import { countryName, tradeModeName, transportModeName } from '../../src/kernel/cn/customs.ts'
import { type ConsignmentBody, type consignmentDetail, IMPORTS_PATHS } from '../../src/modules/imports/contract.ts'
import { api } from '../shared/api/client.ts'
import { Answer, Failure } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { useCan } from '../shared/api/session.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useCommon, useWords } from '../shared/i18n/words.ts'
import { useGo, usePathParam } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { CopyText } from '../shared/ui/copy-text.tsx'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { Facts, PageHeader, Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { bodyOfConsignment, ConsignmentFields, type ConsignmentValues } from './consignment-form.tsx'
import { Documents } from './documents.tsx'
import { FindingsAt } from './findings.tsx'
import { Lots } from './lots.tsx'
import { consignmentWords } from './words.ts'

type Detail = z.output<typeof consignmentDetail>

/** One declaration: its facts with what the rules say about them, its lots, its papers. */
export function ConsignmentPage() {
  const id = usePathParam('consignmentId')
  const answer = useGet<Detail>(`${IMPORTS_PATHS.consignments}/${id}`)
  return (
    <Answer of={answer} rows={12}>
      {(consignment) => <ConsignmentView consignment={consignment} />}
    </Answer>
  )
}

function ConsignmentView({ consignment }: { readonly consignment: Detail }) {
  const t = useWords(consignmentWords)
  const language = useLanguage()
  const go = useGo()
  const can = useCan()
  const writes = can('consignments.write')
  const [editing, setEditing] = useState(false)
  const [removing, setRemoving] = useState(false)
  const remove = useAct({
    send: () => api.delete(`${IMPORTS_PATHS.consignments}/${consignment.id}`, undefined, { query: { version: consignment.version } }),
    invalidates: [IMPORTS_PATHS.consignments],
    done: t.removed,
    onDone: () => go(paths.consignments()),
  })
  const faults = consignment.findings.filter((finding) => finding.severity === 'fault').length
  const warnings = consignment.findings.length - faults
  const hasLots = consignment.lots.length > 0
  return (
    <>
      <PageHeader
        title={consignment.reference || consignment.declarationNumber}
        lead={t.regimes[consignment.regime as keyof typeof t.regimes]}
        crumbs={[{ label: t.title, to: paths.consignments() }]}
        tag={
          <>
            <StatusTag
              tone={consignment.regime === 'general' ? 'info' : 'quiet'}
            >{`${consignment.tradeMode} ${tradeModeName(consignment.tradeMode, language)}`}</StatusTag>
            {faults > 0 && <StatusTag tone="bad">{t.faults(faults)}</StatusTag>}
            {warnings > 0 && <StatusTag tone="warn">{t.warnings(warnings)}</StatusTag>}
          </>
        }
        actions={
          <>
            {can('goods.read') && hasLots && (
              <Button onClick={() => go(paths.trace({ kind: 'consignment', id: consignment.id }))}>{t.trace}</Button>
            )}
            {writes && !editing && (
              <>
                <Tooltip title={hasLots ? t.hasLots : undefined}>
                  <Button danger icon={<DeleteOutlined />} disabled={hasLots} onClick={() => setRemoving(true)}>
                    {t.remove}
                  </Button>
                </Tooltip>
                <Button icon={<EditOutlined />} onClick={() => setEditing(true)}>
                  {t.edit}
                </Button>
              </>
            )}
          </>
        }
      />
      <Section title={t.facts}>
        {editing ? <Edit consignment={consignment} onDone={() => setEditing(false)} /> : <DeclaredFacts consignment={consignment} />}
      </Section>
      <Lots consignment={consignment} />
      <Documents consignment={consignment} />
      <ConfirmWithReason
        open={removing}
        title={t.removeTitle}
        confirm={t.remove}
        danger
        reason={false}
        busy={remove.isPending}
        error={remove.error !== null && <Failure error={remove.error} />}
        onConfirm={() => remove.mutate()}
        onCancel={() => setRemoving(false)}
      >
        {t.removeDetail}
      </ConfirmWithReason>
    </>
  )
}

function DeclaredFacts({ consignment }: { readonly consignment: Detail }) {
  const t = useWords(consignmentWords)
  const { dash } = useCommon()
  const language = useLanguage()
  const format = useFormat()
  const day = (iso: string | null) => (iso === null ? null : format.day(iso))
  const fact = (field: keyof ConsignmentBody, label: string, value: ReactNode) => ({
    label,
    value: (
      <>
        {value === null || value === '' ? dash : value}
        <FindingsAt findings={consignment.findings} field={field} />
      </>
    ),
  })
  return (
    <Facts
      items={[
        fact('declarationNumber', t.declaration, <CopyText value={consignment.declarationNumber} />),
        fact('tradeMode', t.tradeMode, `${consignment.tradeMode} ${tradeModeName(consignment.tradeMode, language)}`),
        fact(
          'declarationTransportMode',
          t.transport,
          `${consignment.declarationTransportMode} ${transportModeName(consignment.declarationTransportMode, language)}`,
        ),
        fact(
          'firstLineTransportMode',
          t.firstLine,
          consignment.firstLineTransportMode === null
            ? null
            : `${consignment.firstLineTransportMode} ${transportModeName(consignment.firstLineTransportMode, language)}`,
        ),
        fact('entryPort', t.entryPort, consignment.entryPort),
        fact('enteredOn', t.enteredOn, format.day(consignment.enteredOn)),
        fact('inspectionCertificate', t.certificate, consignment.inspectionCertificate),
        fact('inspectionPassedOn', t.passedOn, day(consignment.inspectionPassedOn)),
        fact('releasedOn', t.releasedOn, day(consignment.releasedOn)),
        fact('supplier', t.supplier, consignment.supplier),
        fact(
          'departureCountry',
          t.departureCountry,
          [consignment.departureCountry && countryName(consignment.departureCountry, language), consignment.departurePort]
            .filter((x) => x !== '')
            .join(' · '),
        ),
        { label: t.note, value: consignment.note, wide: true },
      ]}
    />
  )
}

function Edit({ consignment, onDone }: { readonly consignment: Detail; readonly onDone: () => void }) {
  const t = useWords(consignmentWords)
  const c = useCommon()
  const save = useAct<ConsignmentBody & { version: number }>({
    send: (input) => api.put(`${IMPORTS_PATHS.consignments}/${consignment.id}`, input),
    invalidates: [IMPORTS_PATHS.consignments, IMPORTS_PATHS.lots, '/api/home'],
    done: t.saved,
    onDone,
  })
  const { departureCountry, ...initial } = bodyOfConsignment(consignment)
  return (
    <>
      {save.error?.code === 'CONFLICT' && (
        <ErrorPanel notice title={t.conflict} actions={<Button onClick={() => window.location.reload()}>{c.action.reload}</Button>} />
      )}
      <AppForm<ConsignmentValues, ConsignmentBody & { version: number }>
        act={save}
        columns={2}
        initial={{ ...initial, ...(departureCountry !== '' && { departureCountry }) }}
        toInput={(values) => ({ ...bodyOfConsignment(values), version: consignment.version })}
        onCancel={onDone}
      >
        <ConsignmentFields />
      </AppForm>
    </>
  )
}
