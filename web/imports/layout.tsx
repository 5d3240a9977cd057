import { Button, InputNumber, Select } from 'antd'
import { useState } from 'react'
import type { z } from 'zod'
import { type ImportView, type mappingBody } from '../../src/modules/imports/contract.ts'
import { api } from '../shared/api/client.ts'
import { Failure } from '../shared/api/failure.tsx'
import { useAct } from '../shared/api/hooks.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { Section } from '../shared/ui/page.tsx'
import { useKind } from './list-kind.ts'

/** Sheet, header row and columns as they were understood; any of them can be corrected and the file read again. */
export function Layout({ one }: { readonly one: ImportView }) {
  // a new reading understands the columns anew
  return <LayoutForm key={`${one.jobId} ${one.state}`} one={one} />
}

function LayoutForm({ one }: { readonly one: ImportView }) {
  const kind = useKind()
  const t = useWords(kind.words)
  const language = useLanguage()
  const { titles = [], sheets = [] } = one.layout
  const [headerRow, setHeaderRow] = useState<number | null>(one.layout.headerRow ?? null)
  const [sheet, setSheet] = useState(one.layout.sheet ?? undefined)
  const [mapping, setMapping] = useState<Record<string, number>>({ ...one.mapping })
  const remap = useAct<z.input<typeof mappingBody>, ImportView>({
    send: (input) => api.put(`${kind.api}/${one.id}/mapping`, input),
    invalidates: [kind.api],
  })
  const moved = headerRow !== (one.layout.headerRow ?? null) || sheet !== (one.layout.sheet ?? undefined)
  const used = new Set(Object.values(mapping))
  const unread = titles.filter((title, i) => title !== '' && !used.has(i)).length
  const place = { ...(headerRow !== null && { headerRow }), ...(sheet !== undefined && { sheet }) }
  return (
    <Section title={t.mapping} extra={unread > 0 && <span className="faint">{t.unread(unread)}</span>}>
      <div className="stack">
        {remap.error !== null && <Failure error={remap.error} />}
        <div className="mapping">
          {sheets.length > 1 && (
            <label>
              <span>{t.sheet}</span>
              <Select<string>
                aria-label={t.sheet}
                value={sheet ?? null}
                onChange={setSheet}
                options={sheets.map((value) => ({ value, label: value }))}
              />
              <span className="faint">{t.sheetHelp}</span>
            </label>
          )}
          <label>
            <span>{t.headerRow}</span>
            <InputNumber
              aria-label={t.headerRow}
              min={1}
              max={1000}
              precision={0}
              value={headerRow}
              onChange={setHeaderRow}
              changeOnWheel={false}
              style={{ width: '100%' }}
            />
            <span className="faint">{t.headerHelp}</span>
          </label>
        </div>
        {titles.length > 0 && !moved && (
          <>
            <p className="soft">{t.mappingHelp}</p>
            <div className="mapping">
              {Object.entries(kind.fields).map(([field, entry]) => {
                const missing = entry.required === true && mapping[field] === undefined
                return (
                  <label key={field}>
                    <span>
                      {entry[language]}
                      {entry.required === true && <span className={missing ? 'fault' : 'faint'}> {t.required}</span>}
                    </span>
                    <Select<number>
                      aria-label={entry[language]}
                      value={mapping[field] ?? -1}
                      status={missing ? 'error' : ''}
                      showSearch={{ optionFilterProp: 'label' }}
                      onChange={(column) =>
                        setMapping(({ [field]: _before, ...rest }) => (column < 0 ? rest : { ...rest, [field]: column }))
                      }
                      options={[
                        { value: -1, label: t.notRead },
                        ...titles.map((title, i) => ({
                          value: i,
                          label: `${i + 1} · ${title || t.column(i + 1)}`,
                          disabled: used.has(i) && mapping[field] !== i,
                        })),
                      ]}
                    />
                  </label>
                )
              })}
            </div>
          </>
        )}
        <div>
          <Button loading={remap.isPending} onClick={() => remap.mutate(moved || titles.length === 0 ? place : { ...place, mapping })}>
            {moved || titles.length === 0 ? t.reread : t.remap}
          </Button>
        </div>
      </div>
    </Section>
  )
}
