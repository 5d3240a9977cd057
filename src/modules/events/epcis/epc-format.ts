import { CLASS_FIELDS, EPC_FIELDS } from '../../../kernel/epcis/event.ts'
import type { JsonObject, JsonValue } from '../../../kernel/epcis/write-json.ts'
import { type CompanyPrefixLength, digitalLinkToEpcUrn, epcUrnToDigitalLink } from '../../../kernel/gs1/epc-urn.ts'
import { epcisFail } from './problems.ts'

/** `GS1-EPC-Format` (EPCIS 2.0 REST binding): how identifiers are spelled in an answer. */
export const EPC_FORMATS = ['Always_GS1_Digital_Link', 'Always_EPC_URN', 'No_Preference', 'Never_Translates'] as const
export type EpcFormat = (typeof EPC_FORMATS)[number]

/**
 * An event with its identifiers in the spelling that was asked for.
 * @throws AppError FORMAT_UNKNOWN when a Digital Link is wanted as URN and the length of its company prefix is not known
 */
export function translateEvent(event: JsonObject, format: EpcFormat, prefixLength: CompanyPrefixLength): JsonObject {
  if (format === 'No_Preference' || format === 'Never_Translates') return event
  const spell = format === 'Always_GS1_Digital_Link' ? asDigitalLink : (text: string) => asUrn(text, prefixLength)
  return Object.fromEntries(
    Object.entries(event).map(([field, value]) => [
      field,
      Object.hasOwn(IDENTIFIERS, field) ? spelled(value, IDENTIFIERS[field]!, spell) : value,
    ]),
  )
}

/** Fields that hold identifiers: directly, in a list, or under this name in an object or a list of them. */
const IDENTIFIERS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(EPC_FIELDS.map((field) => [field, ''])),
  ...Object.fromEntries(CLASS_FIELDS.map((field) => [field, 'epcClass'])),
  readPoint: 'id',
  bizLocation: 'id',
  sourceList: 'source',
  destinationList: 'destination',
  bizTransactionList: 'bizTransaction',
}

function spelled(value: JsonValue, name: string, spell: (text: string) => string): JsonValue {
  if (typeof value === 'string') return name === '' ? spell(value) : value
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((one) => spelled(one, name, spell))
  if (typeof value !== 'object' || value === null) return value
  const inside = (value as JsonObject)[name]
  return typeof inside === 'string' ? { ...value, [name]: spell(inside) } : value
}

/** Identifiers that no Digital Link exists for (GID, other URIs) stay as they are. */
function asDigitalLink(text: string): string {
  if (!text.startsWith('urn:epc:')) return text
  const link = epcUrnToDigitalLink(text)
  return link.ok ? link.uri : text
}

function asUrn(text: string, prefixLength: CompanyPrefixLength): string {
  if (!/^https?:\/\//i.test(text)) return text
  const urn = digitalLinkToEpcUrn(text, prefixLength)
  if (urn.ok) return urn.urn
  // an address that is no GS1 identifier has no other spelling
  if (urn.fault.code !== 'prefix-length') return text
  throw epcisFail('FORMAT_UNKNOWN', { header: 'GS1-EPC-Format', value: 'Always_EPC_URN' })
}
