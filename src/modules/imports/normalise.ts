import { matchCountry, matchTradeMode, matchTransportMode, parseDeclarationNumber } from '../../kernel/cn/customs.ts'
import { parseFilingNumber } from '../../kernel/cn/filing-number.ts'
import { checkInspectionCertificate } from '../../kernel/cn/inspection-certificate.ts'
import type { Words } from '../../kernel/errors.ts'
import type { ConsignmentBody } from './contract.ts'
import type { Finding } from './rules.ts'

export type WordField =
  | 'tradeMode'
  | 'declarationTransportMode'
  | 'firstLineTransportMode'
  | 'origin'
  | 'departureCountry'
  | 'filingNumber'
  | 'declarationNumber'

export interface UnderstoodWord {
  /** Code or normalised number; the text itself when it was not understood. */
  readonly value: string
  readonly finding?: Words & { readonly code: string }
  /** Told when a customary word or another writing was taken for a code. */
  readonly note?: Words & { readonly code: string }
}

const UNKNOWN: Partial<Record<WordField, Words & { readonly code: string }>> = {
  tradeMode: { code: 'TRADE_MODE_UNKNOWN', zh: '不在监管方式代码表中', en: 'is not in the table of trade modes' },
  declarationTransportMode: { code: 'TRANSPORT_MODE_UNKNOWN', zh: '不在运输方式代码表中', en: 'is not in the table of transport modes' },
  firstLineTransportMode: { code: 'TRANSPORT_MODE_UNKNOWN', zh: '不在运输方式代码表中', en: 'is not in the table of transport modes' },
  origin: { code: 'ORIGIN_UNKNOWN', zh: '不是已知的国家或地区', en: 'is not a known country or region' },
  departureCountry: { code: 'COUNTRY_UNKNOWN', zh: '不是已知的国家或地区', en: 'is not a known country or region' },
}

/** A word or code of the customs' tables as its code: 一般贸易 → 0110, 海运 → 2, 韩国产 → KOR. */
export function wordFindings(field: WordField, text: string): UnderstoodWord {
  if (field === 'filingNumber') return { value: parseFilingNumber(text)?.value ?? text }
  if (field === 'declarationNumber') return { value: parseDeclarationNumber(text)?.value ?? text }
  const match =
    field === 'tradeMode'
      ? matchTradeMode(text)
      : field === 'origin' || field === 'departureCountry'
        ? matchCountry(text)
        : matchTransportMode(text)
  if (match === undefined) return { value: text, finding: UNKNOWN[field]! }
  const { code, zh, en } = match.value
  return match.by === 'name' ? { value: code } : { value: code, note: { code: 'READ_AS', zh: `按「${zh}」读取`, en: `was read as ${en}` } }
}

const CONSIGNMENT_WORDS = [
  'tradeMode',
  'declarationTransportMode',
  'firstLineTransportMode',
  'departureCountry',
  'declarationNumber',
] as const

/** A consignment in the form in which it is kept, and what could not be understood of it. */
export function normaliseConsignment(body: ConsignmentBody): { value: ConsignmentBody; findings: Finding[] } {
  const findings: Finding[] = []
  const value = { ...body }
  for (const field of CONSIGNMENT_WORDS) {
    const text = body[field]
    if (text === null || text === '') continue
    const understood = wordFindings(field, text)
    value[field] = understood.value
    if (understood.finding !== undefined) findings.push({ field, severity: 'fault', ...understood.finding })
  }
  value.inspectionCertificate = normaliseCertificate(body.inspectionCertificate)
  if (value.firstLineTransportMode === '') value.firstLineTransportMode = null
  if (value.reference === '') value.reference = value.declarationNumber
  return { value, findings }
}

export function normaliseCertificate(text: string): string {
  const checked = checkInspectionCertificate(text)
  return checked.ok ? checked.value : text
}

/** Full-width letters and digits are the ASCII ones; case is kept, since a lot may differ by it. */
export function normaliseLotNumber(text: string): string {
  return text.normalize('NFKC').replaceAll(/[\s\u200b-\u200d\ufeff]/g, '')
}
