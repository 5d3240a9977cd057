import { CLASS_FIELDS, EPC_FIELDS, type EpcisEvent } from '../../../kernel/epcis/event.ts'
import { type CompanyPrefixLength, digitalLinkToEpcUrn, epcUrnToDigitalLink } from '../../../kernel/gs1/epc-urn.ts'
import { epcisFail } from './problems.ts'

/** `GS1-EPC-Format` (EPCIS 2.0 REST binding): how identifiers are spelled in an answer. */
export const EPC_FORMATS = ['Always_GS1_Digital_Link', 'Always_EPC_URN', 'No_Preference', 'Never_Translates'] as const
export type EpcFormat = (typeof EPC_FORMATS)[number]


/**
 * An event with its identifiers in the spelling that was asked for.
 * @throws AppError FORMAT_UNKNOWN when a Digital Link is wanted as URN and the length of its company prefix is not known
 */
export function translateEvent(event: EpcisEvent, format: EpcFormat, prefixLength: CompanyPrefixLength): EpcisEvent {
  if (format === 'No_Preference' || format === 'Never_Translates') return event
  const spell = format === 'Always_GS1_Digital_Link' ? asDigitalLink : (text: string) => asUrn(text, prefixLength)
  const translated: Record<string, unknown> = { ...event }
  for (const field of EPC_FIELDS) {
    const value = event[field]
    if (value !== undefined) translated[field] = typeof value === 'string' ? spell(value) : value.map(spell)
  }
  for (const field of CLASS_FIELDS) {
    const list = event[field]
    if (list !== undefined) translated[field] = list.map((q) => ({ ...q, epcClass: spell(q.epcClass) }))
  }
  for (const field of ['readPoint', 'bizLocation'] as const) {
    const place = event[field]
    if (place !== undefined) translated[field] = { ...place, id: spell(place.id) }
  }
  if (event.sourceList !== undefined) translated['sourceList'] = event.sourceList.map((s) => ({ ...s, source: spell(s.source) }))
  if (event.destinationList !== undefined)
    translated['destinationList'] = event.destinationList.map((d) => ({ ...d, destination: spell(d.destination) }))
  if (event.bizTransactionList !== undefined)
    translated['bizTransactionList'] = event.bizTransactionList.map((t) => ({ ...t, bizTransaction: spell(t.bizTransaction) }))
  return translated as unknown as EpcisEvent
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
