import { provinces } from '../../../src/kernel/region.ts'
import { useLanguage } from '../i18n/language.ts'
import { type FieldProps, SelectField } from './fields.tsx'

/** A province of China; its value is the code of GB/T 2260. */
export function ProvinceField(field: FieldProps) {
  const language = useLanguage()
  return <SelectField {...field} choices={provinces.map((p) => ({ value: p.code, label: language === 'zh' ? p.nameZh : p.nameEn }))} />
}
