import { useQueryClient } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useState } from 'react'
import type { z } from 'zod'
import { type consignmentDetail, type DocumentKind, documentKinds, IMPORTS_PATHS } from '../../src/modules/imports/contract.ts'
import { api, download } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { invalidate, useAct } from '../shared/api/hooks.ts'
import { useCan } from '../shared/api/session.ts'
import { FileUpload } from '../shared/forms/file-upload.tsx'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { ConfirmWithReason } from '../shared/ui/confirm-with-reason.tsx'
import { Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { consignmentWords } from './words.ts'

type Detail = z.output<typeof consignmentDetail>
type Document = Detail['documents'][number]

/** Declarations, certificates and other papers of a consignment. */
export function Documents({ consignment: { id, documents } }: { readonly consignment: Detail }) {
  const t = useWords(consignmentWords)
  const language = useLanguage()
  const format = useFormat()
  const client = useQueryClient()
  const writes = useCan()('consignments.write')
  const [kind, setKind] = useState<DocumentKind>('declaration')
  const [removing, setRemoving] = useState<Document>()
  const remove = useAct<string>({
    send: (documentId) => api.delete(`/api/documents/${documentId}`),
    invalidates: [IMPORTS_PATHS.consignments],
    done: t.documentRemoved,
    onDone: () => setRemoving(undefined),
  })
  return (
    <Section title={t.documents}>
      <div className="stack">
        {documents.length === 0 && <p className="soft">{writes ? t.noDocumentsDetail : t.noDocuments}</p>}
        {documents.map((document) => (
          <div key={document.id} className="row">
            <StatusTag tone="quiet">{documentKinds[document.kind][language]}</StatusTag>
            <Button type="link" style={{ padding: 0 }} onClick={() => download(`/api/documents/${document.id}/content`)}>
              {document.name}
            </Button>
            <span className="faint">
              {format.bytes(document.size)} · {t.by(document.uploadedBy, format.instant(document.createdAt))}
            </span>
            {writes && (
              <Button
                size="small"
                type="text"
                danger
                aria-label={`${t.removeDocument} ${document.name}`}
                onClick={() => setRemoving(document)}
              >
                {t.removeDocument}
              </Button>
            )}
          </div>
        ))}
        {writes && (
          <>
            <label className="row">
              {t.kind}
              <Select<DocumentKind>
                value={kind}
                onChange={setKind}
                style={{ minWidth: 200 }}
                aria-label={t.kind}
                options={Object.entries(documentKinds).map(([value, words]) => ({ value: value as DocumentKind, label: words[language] }))}
              />
            </label>
            <FileUpload
              path={`${IMPORTS_PATHS.consignments}/${id}/documents`}
              fields={{ kind }}
              accept={['.pdf', '.jpg', '.jpeg', '.png', '.webp']}
              maxBytes={20 * 1024 * 1024}
              maxFiles={20}
              label={t.upload}
              onUploaded={() => void invalidate(client, [IMPORTS_PATHS.consignments])}
            />
          </>
        )}
      </div>
      <ConfirmWithReason
        open={removing !== undefined}
        title={t.removeDocumentTitle(removing?.name ?? '')}
        confirm={t.removeDocument}
        danger
        reason={false}
        busy={remove.isPending}
        error={remove.error !== null && <Failure error={remove.error} />}
        onConfirm={() => removing !== undefined && remove.mutate(removing.id)}
        onCancel={() => setRemoving(undefined)}
      />
    </Section>
  )
}
