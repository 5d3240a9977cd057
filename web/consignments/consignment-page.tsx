import { EditOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Select } from 'antd'
import { useState } from 'react'
import type { z } from 'zod'
import { countryName, tradeModeName, transportModeName } from '../../src/kernel/cn/customs.ts'
import { type consignmentDetail, type DocumentKind, documentKinds } from '../../src/modules/imports/contract.ts'
import { api, download } from '../shared/api/client.ts'
import { Answer } from '../shared/api/failure.tsx'
import { useAct, useGet } from '../shared/api/hooks.ts'
import { useCan } from '../shared/api/session.ts'
import { AppForm } from '../shared/forms/app-form.tsx'
import { DateField, Field, NumberField, TextField } from '../shared/forms/fields.tsx'
import { FileUpload } from '../shared/forms/file-upload.tsx'
import { RemoteSelect } from '../shared/forms/remote-select.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo, usePathParam } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { CopyText } from '../shared/ui/copy-text.tsx'
import { EmptyState } from '../shared/ui/empty-state.tsx'
import { ErrorPanel } from '../shared/ui/error-panel.tsx'
import { Link } from '../shared/ui/link.tsx'
import { Facts, PageHeader, Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { ConsignmentFields, consignmentInput, type ConsignmentValues } from './consignment-form.tsx'
import { consignmentWords } from './words.ts'

type Detail = z.output<typeof consignmentDetail>

export function ConsignmentPage() {
  const id = usePathParam('consignmentId')
  const answer = useGet<Detail>(`/api/consignments/${id}`)
  return (
    <Answer of={answer} rows={12}>
      {(consignment) => <ConsignmentView consignment={consignment} reload={() => void answer.refetch()} />}
    </Answer>
  )
}

function ConsignmentView({ consignment, reload }: { readonly consignment: Detail; readonly reload: () => void }) {
  const t = useWords(consignmentWords)
  const language = useLanguage()
  const format = useFormat()
  const go = useGo()
  const can = useCan()
  const writes = can('consignments.write')
  const [editing, setEditing] = useState(false)
  const [adding, setAdding] = useState(false)
  const [kind, setKind] = useState<DocumentKind>('declaration')
  const { id } = consignment
  const save = useAct<ConsignmentValues, unknown>({
    send: (input) => api.put(`/api/consignments/${id}`, input),
    invalidates: ['/api/consignments', '/api/lots'],
    done: t.saved,
    onDone: () => setEditing(false),
  })
  const removeDocument = useAct<string, unknown>({ send: (documentId) => api.delete(`/api/documents/${documentId}`), invalidates: ['/api/consignments'], tellError: true })
  return (
    <>
      <PageHeader
        title={consignment.reference || consignment.declarationNumber}
        crumbs={[{ label: t.title, to: paths.consignments() }]}
        tag={<StatusTag tone={consignment.regime === 'general' ? 'info' : 'quiet'}>{tradeModeName(consignment.tradeMode, language)}</StatusTag>}
        actions={
          writes &&
          !editing && (
            <Button icon={<EditOutlined />} onClick={() => setEditing(true)}>
              {t.edit}
            </Button>
          )
        }
      />
      {consignment.findings.length > 0 && <ErrorPanel notice title={t.findings} detail={consignment.findings.map((f) => f[language]).join(language === 'zh' ? '；' : '; ')} />}
      <Section title={t.facts}>
        {editing ? (
          <AppForm<ConsignmentValues, ConsignmentValues, unknown>
            act={save}
            columns={2}
            initial={consignment as unknown as ConsignmentValues}
            toInput={(values) => ({ ...consignmentInput(values), version: consignment.version })}
            onCancel={() => setEditing(false)}
          >
            <ConsignmentFields />
          </AppForm>
        ) : (
          <Facts
            items={[
              { label: t.declaration, value: <CopyText value={consignment.declarationNumber} /> },
              { label: t.transport, value: transportModeName(consignment.declarationTransportMode, language) },
              { label: t.firstLine, value: consignment.firstLineTransportMode === null ? null : transportModeName(consignment.firstLineTransportMode, language) },
              { label: t.enteredOn, value: format.day(consignment.enteredOn) },
              { label: t.entryPort, value: consignment.entryPort },
              { label: t.certificate, value: consignment.inspectionCertificate },
              { label: t.passedOn, value: consignment.inspectionPassedOn === null ? null : format.day(consignment.inspectionPassedOn) },
              { label: t.releasedOn, value: consignment.releasedOn === null ? null : format.day(consignment.releasedOn) },
              { label: t.supplier, value: consignment.supplier },
              { label: t.departureCountry, value: [countryName(consignment.departureCountry, language), consignment.departurePort].filter((x) => x !== '').join(' · ') },
              { label: t.note, value: consignment.note, wide: true },
            ]}
          />
        )}
      </Section>
      <Section
        title={t.lots}
        extra={
          writes && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
              {t.addLot}
            </Button>
          )
        }
      >
        {consignment.lots.length === 0 && !adding && <EmptyState title={t.noLots} />}
        {adding && <NewLot consignmentId={id} onClose={() => setAdding(false)} onDone={reload} />}
        {consignment.lots.length > 0 && (
          <div className="plain-scroll">
            <table className="plain">
              <thead>
                <tr>
                  {[t.product, t.lot, t.producedOn, t.expiresOn, t.quantity, t.gate, ''].map((title) => (
                    <th key={title} scope="col">
                      {title}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {consignment.lots.map((lot) => (
                  <tr key={lot.id}>
                    <td>
                      <Link to={paths.product(lot.productId)}>{language === 'zh' ? lot.productNameZh : lot.productNameEn || lot.productNameZh}</Link>
                    </td>
                    <td className="mono">{lot.lotNumber}</td>
                    <td className="nowrap">{lot.producedOn ?? '—'}</td>
                    <td className="nowrap">{lot.expiresOn ?? '—'}</td>
                    <td className="num">{format.number(lot.quantity)}</td>
                    <td>
                      {lot.gate.length === 0 ? <StatusTag tone="good">{t.ready}</StatusTag> : lot.gate.map((g) => <div key={g.code}>{g[language]}</div>)}
                      {lot.findings.map((f) => (
                        <div key={f.code} className="faint">
                          {f[language]}
                        </div>
                      ))}
                    </td>
                    <td>
                      {can('orders.write') && (
                        <Button size="small" onClick={() => go(paths.orderNew({ lotId: lot.id }))}>
                          {t.order}
                        </Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Section>
      <Section title={t.documents}>
        <div className="stack">
          {consignment.documents.length === 0 && <span className="faint">{t.noDocuments}</span>}
          {consignment.documents.map((document) => (
            <div key={document.id} className="row">
              <StatusTag tone="quiet">{documentKinds[document.kind][language]}</StatusTag>
              <Button type="link" onClick={() => download(`/api/documents/${document.id}/content`)}>
                {document.name}
              </Button>
              <span className="faint">
                {format.bytes(document.size)} · {t.by(document.uploadedBy, format.instant(document.createdAt))}
              </span>
              {writes && (
                <Button size="small" onClick={() => removeDocument.mutate(document.id)}>
                  {t.removeDocument}
                </Button>
              )}
            </div>
          ))}
          {writes && (
            <>
              <Select<DocumentKind>
                aria-label={t.kind}
                value={kind}
                onChange={setKind}
                style={{ maxWidth: 280 }}
                options={Object.entries(documentKinds).map(([value, words]) => ({ value: value as DocumentKind, label: words[language] }))}
              />
              <FileUpload key={kind} path={`/api/consignments/${id}/documents`} fields={{ kind }} accept={['.pdf', '.jpg', '.jpeg', '.png', '.webp']} maxBytes={20 * 1024 * 1024} label={t.upload} onUploaded={reload} />
            </>
          )}
        </div>
      </Section>
    </>
  )
}

function NewLot({ consignmentId, onClose, onDone }: { readonly consignmentId: string; readonly onClose: () => void; readonly onDone: () => void }) {
  const t = useWords(consignmentWords)
  const language = useLanguage()
  const add = useAct<Record<string, unknown>, unknown>({
    send: (input, key) => api.post(`/api/consignments/${consignmentId}/lots`, input, { idempotencyKey: key }),
    invalidates: ['/api/consignments', '/api/lots'],
    done: t.lotSaved,
    onDone: () => {
      onDone()
      onClose()
    },
  })
  return (
    <AppForm<Record<string, unknown>> act={add} columns={2} onCancel={onClose} toInput={(v) => ({ ...v, producedOn: v['producedOn'] ?? null, expiresOn: v['expiresOn'] ?? null })}>
      <Field name="productId" label={t.product} required wide>
        <RemoteSelect<{ id: string; nameZh: string; nameEn: string; gtin: string }>
          path="/api/products"
          valueOf={(row) => row.id}
          labelOf={(row) => (language === 'zh' ? row.nameZh : row.nameEn || row.nameZh)}
          noteOf={(row) => row.gtin}
          placeholder={t.productHint}
          autoFocus
        />
      </Field>
      <TextField name="lotNumber" label={t.lot} required max={40} mono />
      <NumberField name="quantity" label={t.quantity} required min={1} max={10_000_000} />
      <DateField name="producedOn" label={t.producedOn} />
      <DateField name="expiresOn" label={t.expiresOn} help={t.expiresHelp} />
    </AppForm>
  )
}
