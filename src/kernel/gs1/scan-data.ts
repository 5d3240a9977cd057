import { hasCheckDigit } from './check-digit.ts'
import { isDigits } from './character-sets.ts'
import type { DigitalLink, DigitalLinkOptions } from './digital-link.ts'
import { type Element, type KnownElement, checkAssociations } from './element.ts'
import { buildElementString, checkElements, type ElementStringOptions, parseScannedElements } from './element-string.ts'
import { parseLink } from './epc-binary.ts'
import { refuse, type Result, shifted } from './faults.ts'

/** What a scanner sends, by the symbology identifier in front (ISO/IEC 15424, General Specifications figure 5.1.3-1). */
const SYMBOLOGIES: Readonly<Record<string, { readonly name: string; readonly carries: 'elements' | 'text' | number }>> = {
  ']C1': { name: 'GS1-128', carries: 'elements' },
  ']e0': { name: 'GS1 DataBar or composite', carries: 'elements' },
  ']d2': { name: 'GS1 DataMatrix', carries: 'elements' },
  ']Q3': { name: 'GS1 QR Code', carries: 'elements' },
  ']J1': { name: 'GS1 DotCode', carries: 'elements' },
  ']d1': { name: 'Data Matrix', carries: 'text' },
  ']Q1': { name: 'QR Code', carries: 'text' },
  ']J0': { name: 'DotCode', carries: 'text' },
  ']E0': { name: 'EAN-13, UPC-A or UPC-E', carries: 13 },
  ']E4': { name: 'EAN-8', carries: 8 },
  ']I1': { name: 'ITF-14', carries: 14 },
}

/** Characters of a symbology identifier. */
const IDENTIFIER = 3

/** Between an EAN/UPC symbol and the composite component printed above it, which is a message of its own. */
const COMPOSITE = '|]e0'

export interface ScanData {
  readonly symbology: string
  readonly elements: readonly KnownElement[]
  /** When the symbol holds a Digital Link; expanded when it is a compressed one. */
  readonly link?: DigitalLink
  /** When the symbol holds some other text. */
  readonly text?: string
}

export type ParsedScanData = Result<{ readonly scan: ScanData }>

/** Reads what a scanner sent: element strings with GS as separator, bare GTINs, Digital Links, or plain text of a 2D symbol. */
export function parseScanData(data: string, options: ElementStringOptions & DigitalLinkOptions = {}): ParsedScanData {
  if (data[0] !== ']' || data.length < IDENTIFIER) return refuse('symbology-missing', 0, 0)
  const symbology = data.slice(0, IDENTIFIER)
  const known = Object.hasOwn(SYMBOLOGIES, symbology) ? SYMBOLOGIES[symbology] : undefined
  if (known === undefined) return refuse('symbology-unsupported', 0, IDENTIFIER, { detail: symbology })
  const body = data.slice(IDENTIFIER)
  if (known.carries === 'elements') {
    const parsed = parseScannedElements(body, options)
    if (!parsed.ok) return { ok: false, fault: shifted(parsed.fault, IDENTIFIER) }
    return { ok: true, scan: { symbology: known.name, elements: parsed.elements } }
  }
  if (known.carries === 'text') {
    if (!/^(?:https?|HTTPS?):\/\//.test(body)) return { ok: true, scan: { symbology: known.name, elements: [], text: body } }
    const parsed = parseLink(body, options)
    if (!parsed.ok) return { ok: false, fault: shifted(parsed.fault, IDENTIFIER) }
    return { ok: true, scan: { symbology: known.name, elements: parsed.link.elements, link: parsed.link } }
  }
  return parsePrimary(known.name, known.carries, body, options)
}

function parsePrimary(symbology: string, digits: number, body: string, options: ElementStringOptions): ParsedScanData {
  const primary = body.slice(0, digits)
  const rest = body.slice(digits)
  const composite = digits !== 14 && rest.startsWith(COMPOSITE) ? rest.slice(COMPOSITE.length) : undefined
  if (primary.length < digits || (rest !== '' && composite === undefined))
    return refuse('primary-length', IDENTIFIER, body.length, { detail: String(digits) })
  if (!isDigits(primary)) return refuse('primary-length', IDENTIFIER, digits, { detail: String(digits) })
  if (!hasCheckDigit(primary)) return refuse('check-digit', IDENTIFIER + digits - 1, 1)
  // A bar code of a shop or a coupon is no company's GTIN, so that only its check digit is looked at.
  const gtin = checkElements([{ ai: '01', value: primary.padStart(14, '0') }])
  if (!gtin.ok) return gtin
  if (composite === undefined) return { ok: true, scan: { symbology, elements: gtin.elements } }
  // The companions of the component are in the primary symbol; both together are judged below.
  const parsed = parseScannedElements(composite, { ...options, requireCompanions: false })
  if (!parsed.ok) return { ok: false, fault: shifted(parsed.fault, IDENTIFIER + digits + COMPOSITE.length) }
  const elements = [...gtin.elements, ...parsed.elements]
  const fault = checkAssociations(elements, { requireCompanions: options.requireCompanions ?? false })
  return fault === undefined ? { ok: true, scan: { symbology, elements } } : { ok: false, fault }
}

/** What a scanner sends for a symbol with these elements: the identifier, then data separated by GS. */
export function buildScanData(symbology: ']C1' | ']e0' | ']d2' | ']Q3' | ']J1', elements: readonly Element[]): string {
  return symbology + buildElementString(elements, '\x1d').slice(1)
}
