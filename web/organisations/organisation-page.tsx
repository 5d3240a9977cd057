import type { z } from 'zod'
import type { organisationView } from '../../src/modules/identity/contract.ts'
import { Answer } from '../shared/api/failure.tsx'
import { useGet } from '../shared/api/hooks.ts'
import { useFormat } from '../shared/i18n/format.ts'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { usePathParam } from '../shared/pages/navigation.ts'
import { paths } from '../shared/paths.ts'
import { CopyText } from '../shared/ui/copy-text.tsx'
import { Facts, PageHeader, Section } from '../shared/ui/page.tsx'
import { StatusTag } from '../shared/ui/status-tag.tsx'
import { kindOptions, statusOptions } from './columns.tsx'
import { organisationWords } from './words.ts'

/** One organisation. The pattern of a page about one thing. */
export function OrganisationPage() {
  const t = useWords(organisationWords)
  const language = useLanguage()
  const format = useFormat()
  const id = usePathParam('organisationId')
  const answer = useGet<z.output<typeof organisationView>>(`/api/organisations/${id}`)
  return (
    <Answer of={answer} rows={8}>
      {(one) => {
        const status = statusOptions(language).find((option) => option.value === one.status)
        const name = language === 'en' && one.nameEn !== '' ? one.nameEn : one.nameZh
        return (
          <>
            <PageHeader
              title={name}
              crumbs={[{ label: t.title, to: paths.organisations() }]}
              tag={status !== undefined && <StatusTag tone={status.tone ?? 'quiet'}>{status.label}</StatusTag>}
            />
            <Section title={t.facts}>
              <Facts
                items={[
                  { label: t.nameZh, value: one.nameZh },
                  { label: t.nameEn, value: one.nameEn },
                  { label: t.kind, value: kindOptions(language).find((option) => option.value === one.kind)?.label },
                  { label: t.uscc, value: <CopyText value={one.uscc} /> },
                  { label: t.province, value: [one.province, one.city].filter((part) => part !== '').join(' · ') },
                  { label: t.address, value: one.address },
                  { label: t.contact, value: [one.contactName, one.contactPhone].filter((part) => part !== '').join(' ') },
                  { label: t.appliedAt, value: format.instant(one.appliedAt) },
                  { label: t.decidedAt, value: one.decidedAt === null ? null : format.instant(one.decidedAt) },
                  { label: t.reason, value: one.decisionReason, wide: true },
                ]}
              />
            </Section>
          </>
        )
      }}
    </Answer>
  )
}
