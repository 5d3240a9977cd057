import { DownloadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useMemo } from 'react'
import { IMPORT_STATES, type ImportState, type ImportView } from '../../src/modules/imports/contract.ts'
import { download } from '../shared/api/client.ts'
import { FileUpload } from '../shared/forms/file-upload.tsx'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { useGo } from '../shared/pages/navigation.ts'
import type { Column } from '../shared/table/column.tsx'
import { DataTable } from '../shared/table/data-table.tsx'
import { PageHeader, Section } from '../shared/ui/page.tsx'
import type { Tone } from '../shared/ui/tone.ts'
import { useKind } from './list-kind.ts'

interface Row {
  readonly id: string
  readonly fileName: string
  readonly state: ImportState
  readonly rows: number | null
  readonly wrong: number | null
  readonly committed: number | null
  readonly createdBy: string
  readonly createdAt: string
}

export const IMPORT_TONES: Readonly<Record<ImportState, Tone>> = {
  reading: 'info',
  ready: 'warn',
  committing: 'info',
  done: 'good',
  discarded: 'quiet',
  failed: 'bad',
}

export function ImportsPage() {
  const kind = useKind()
  const t = useWords(kind.words)
  const language = useLanguage()
  const go = useGo()
  const columns = useMemo<readonly Column<Row>[]>(
    () => [
      { key: 'fileName', title: t.file, type: 'text', minWidth: 200 },
      {
        key: 'state',
        title: t.state,
        type: 'enum',
        options: Object.entries(IMPORT_STATES).map(([value, words]) => ({
          value,
          label: words[language],
          tone: IMPORT_TONES[value as ImportState],
        })),
      },
      { key: 'rows', title: t.rows, type: 'number' },
      { key: 'wrong', title: t.wrong, type: 'number' },
      { key: 'committed', title: t.committed, type: 'number' },
      { key: 'createdBy', title: t.by, type: 'text' },
      { key: 'createdAt', title: t.at, type: 'instant' },
    ],
    [t, language],
  )
  return (
    <>
      <PageHeader
        title={t.title}
        lead={t.lead}
        actions={
          <Button icon={<DownloadOutlined />} onClick={() => download(`${kind.api}/template`)}>
            {t.template}
          </Button>
        }
      />
      <div style={{ marginBottom: 16 }}>
        <Section>
          <FileUpload<ImportView>
            path={kind.api}
            accept={['.xlsx', '.csv']}
            maxBytes={20 * 1024 * 1024}
            label={t.upload}
            onUploaded={(made) => go(kind.one(made.id))}
          />
        </Section>
      </div>
      <DataTable<Row>
        id={kind.id}
        label={t.title}
        path={kind.api}
        columns={columns}
        rowKey={(row) => row.id}
        rowTo={(row) => kind.one(row.id)}
        searchHint={t.search}
        empty={{ title: t.none, detail: t.noneDetail }}
      />
    </>
  )
}
