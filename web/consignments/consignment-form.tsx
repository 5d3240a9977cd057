import { AutoComplete } from 'antd'
import { countries, entryPorts, tradeModes, transportModes } from '../../src/kernel/cn/customs.ts'
import { DateField, Field, SelectField, TextAreaField, TextField } from '../shared/forms/fields.tsx'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { consignmentWords } from './words.ts'

export type ConsignmentValues = Record<string, unknown>

const NAMES = ['reference', 'declarationNumber', 'tradeMode', 'declarationTransportMode', 'firstLineTransportMode', 'supplier', 'departureCountry', 'departurePort', 'entryPort', 'enteredOn', 'inspectionCertificate', 'inspectionPassedOn', 'releasedOn', 'note'] as const
const NULLABLE = new Set<string>(['firstLineTransportMode', 'inspectionPassedOn', 'releasedOn'])

/** What a field left empty means to the server. */
export function consignmentInput(values: ConsignmentValues): ConsignmentValues {
  return Object.fromEntries(NAMES.map((name) => [name, values[name] ?? (NULLABLE.has(name) ? null : '')]))
}

export function ConsignmentFields() {
  const t = useWords(consignmentWords)
  const language = useLanguage()
  const modes = transportModes.map((m) => ({ value: m.code, label: `${m.code} ${m[language]}` }))
  return (
    <>
      <TextField name="declarationNumber" label={t.declaration} required max={40} mono />
      <TextField name="reference" label={t.reference} max={60} />
      <SelectField name="tradeMode" label={t.tradeMode} required choices={tradeModes.map((m) => ({ value: m.code, label: `${m.code} ${m[language]}` }))} />
      <SelectField name="declarationTransportMode" label={t.transport} required choices={modes} />
      <SelectField name="firstLineTransportMode" label={t.firstLine} help={t.firstLineHelp} choices={modes.filter((m) => transportModes.find((x) => x.code === m.value)?.crossing)} />
      <DateField name="enteredOn" label={t.enteredOn} required />
      <Field name="entryPort" label={t.entryPort}>
        <AutoComplete options={entryPorts.map((p) => ({ value: p.zh, label: language === 'zh' ? p.zh : `${p.zh} ${p.en}` }))} />
      </Field>
      <TextField name="supplier" label={t.supplier} max={200} />
      <SelectField name="departureCountry" label={t.departureCountry} choices={countries.map((c) => ({ value: c.code, label: `${c[language]} ${c.code}` }))} />
      <TextField name="departurePort" label={t.departurePort} max={100} />
      <TextField name="inspectionCertificate" label={t.certificate} max={40} mono />
      <DateField name="inspectionPassedOn" label={t.passedOn} />
      <DateField name="releasedOn" label={t.releasedOn} />
      <TextAreaField name="note" label={t.note} max={1000} rows={2} wide />
    </>
  )
}
