import { ORGANISATION_KINDS, type OrganisationKind } from '../../src/modules/identity/contract.ts'
import { UsccField } from '../shared/forms/checked-fields.tsx'
import { type FieldName, SelectField, TextField } from '../shared/forms/fields.tsx'
import { ProvinceField } from '../shared/forms/province-field.tsx'
import { useLanguage } from '../shared/i18n/language.ts'
import { useWords } from '../shared/i18n/words.ts'
import { registrationWords } from './words.ts'

/** Fields of an organisation; `under` is where they stand in the body. */
export function OrganisationFields({
  under = [],
  kinds,
  verified = false,
}: {
  readonly under?: readonly string[]
  readonly kinds?: readonly OrganisationKind[]
  readonly verified?: boolean
}) {
  const t = useWords(registrationWords)
  const language = useLanguage()
  const at = (name: string): FieldName => (under.length === 0 ? name : [...under, name])
  return (
    <>
      {kinds !== undefined && (
        <SelectField
          name={at('kind')}
          label={t.kind}
          required
          choices={kinds.map((value) => ({ value, label: ORGANISATION_KINDS[value][language] }))}
        />
      )}
      <UsccField name={at('uscc')} label={t.uscc} required disabled={verified} />
      <TextField name={at('nameZh')} label={t.nameZh} required max={100} disabled={verified} autoComplete="organization" />
      <TextField name={at('nameEn')} label={t.nameEn} max={200} disabled={verified} />
      <ProvinceField name={at('province')} label={t.province} required />
      <TextField name={at('city')} label={t.city} max={30} autoComplete="address-level2" />
      <TextField name={at('address')} label={t.address} max={200} wide autoComplete="street-address" />
      <TextField name={at('contactName')} label={t.contactName} max={50} />
      <TextField name={at('contactPhone')} label={t.contactPhone} max={30} type="tel" autoComplete="tel" />
    </>
  )
}
