import { AutoComplete, Form } from 'antd'
import type { ReactNode } from 'react'
import { countries, entryPorts, tradeModes, transportModes } from '../../src/kernel/cn/customs.ts'
import { civilDateOf } from '../../src/kernel/time.ts'
import { type ConsignmentBody, consignmentFindings } from '../../src/modules/imports/contract.ts'
import { DateField, Field, SelectField, TextAreaField, TextField } from '../shared/forms/fields.tsx'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { FindingsAt } from './findings.tsx'
import { consignmentWords } from './words.ts'

export type ConsignmentValues = Partial<ConsignmentBody>

const TEXTS = [
  'reference',
  'declarationNumber',
  'tradeMode',
  'declarationTransportMode',
  'supplier',
  'departureCountry',
  'departurePort',
  'entryPort',
  'enteredOn',
  'inspectionCertificate',
  'note',
] as const

/** What the fields hold, with what an empty one means to the server. */
export function bodyOfConsignment(values: ConsignmentValues): ConsignmentBody {
  const texts = Object.fromEntries(TEXTS.map((name) => [name, values[name] ?? ''])) as Pick<ConsignmentBody, (typeof TEXTS)[number]>
  return {
    ...texts,
    firstLineTransportMode: values.firstLineTransportMode ?? null,
    inspectionPassedOn: values.inspectionPassedOn ?? null,
    releasedOn: values.releasedOn ?? null,
  }
}

/** All fields of a consignment; the rules of dates and numbers speak at their fields while one types. */
export function ConsignmentFields() {
  const t = useWords(consignmentWords)
  const language = useLanguage()
  const values = Form.useWatch((all: ConsignmentValues) => all) ?? {}
  const today = civilDateOf(new Date())
  const findings = consignmentFindings(bodyOfConsignment(values), today).filter(
    ({ field }) => (values[field as keyof ConsignmentBody] ?? '') !== '',
  )
  const at = (field: keyof ConsignmentBody, help?: ReactNode) => (
    <>
      <FindingsAt findings={findings} field={field} />
      {help}
    </>
  )
  const modes = transportModes.map((m) => ({ value: m.code, label: `${m.code} ${m[language]}`, crossing: m.crossing }))
  const regime = tradeModes.find((m) => m.code === values.tradeMode)?.regime
  return (
    <>
      <TextField
        name="declarationNumber"
        label={t.declaration}
        required
        max={40}
        mono
        help={at('declarationNumber', (values.declarationNumber ?? '') === '' && t.declarationHint)}
      />
      <TextField name="reference" label={t.reference} max={60} />
      <SelectField
        name="tradeMode"
        label={t.tradeMode}
        required
        choices={tradeModes.map((m) => ({ value: m.code, label: `${m.code} ${m[language]}` }))}
        help={at('tradeMode', regime !== undefined && t.regimes[regime])}
      />
      <SelectField name="declarationTransportMode" label={t.transport} required choices={modes} help={at('declarationTransportMode')} />
      <SelectField
        name="firstLineTransportMode"
        label={t.firstLine}
        help={at('firstLineTransportMode', t.firstLineHelp)}
        choices={modes.filter((m) => m.crossing)}
      />
      <DateField name="enteredOn" label={t.enteredOn} required max={today} help={at('enteredOn')} />
      <Field name="entryPort" label={t.entryPort}>
        <AutoComplete
          allowClear
          showSearch={{ filterOption: true }}
          options={entryPorts.map((p) => ({ value: p.zh, label: language === 'zh' ? p.zh : `${p.zh} ${p.en}` }))}
        />
      </Field>
      <TextField name="supplier" label={t.supplier} max={200} />
      <SelectField
        name="departureCountry"
        label={t.departureCountry}
        choices={countries.map((c) => ({ value: c.code, label: `${c[language]} ${c.code}` }))}
      />
      <TextField name="departurePort" label={t.departurePort} max={100} />
      <TextField name="inspectionCertificate" label={t.certificate} max={40} mono help={at('inspectionCertificate')} />
      <DateField name="inspectionPassedOn" label={t.passedOn} max={today} help={at('inspectionPassedOn')} />
      <DateField name="releasedOn" label={t.releasedOn} max={today} help={at('releasedOn')} />
      <TextAreaField name="note" label={t.note} max={1000} rows={2} wide />
    </>
  )
}
