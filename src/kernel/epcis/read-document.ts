/** Documents as bytes, in whichever form they come: XML is told from JSON by its first character. */
import type { EpcisDocument } from './event.ts'
import { DEFAULT_LIMITS, type DocumentLimits, EpcisProblem } from './problems.ts'
import { convertJson, type JudgedDocument, parseJson, readJson } from './read-json.ts'
import type { ValidateOptions } from './validate.ts'
import { decodeXml } from './xml/parser.ts'
import { convertXml, looksLikeXml, readXml } from './xml/read.ts'

/**
 * Reads and judges a document.
 * @throws EpcisProblem when it cannot be read at all
 */
export function readDocument(bytes: Uint8Array, options: ValidateOptions = {}): JudgedDocument {
  const text = decode(bytes, options.limits ?? DEFAULT_LIMITS)
  return looksLikeXml(text) ? readXml(text, options) : readJson(text, options)
}

/** The model of a document without a verdict on it, as the event hash wants it. */
export function convertDocument(bytes: Uint8Array, limits: DocumentLimits = DEFAULT_LIMITS): EpcisDocument {
  const text = decode(bytes, limits)
  return looksLikeXml(text) ? convertXml(text, limits) : convertJson(parseJson(text, limits))
}

function decode(bytes: Uint8Array, limits: DocumentLimits): string {
  if (bytes.length > limits.bytes) throw new EpcisProblem('document-too-large', { limit: limits.bytes })
  const [a, b] = bytes
  const xml = a === 0x3c || a === 0 || b === 0 || a === 0xff || a === 0xfe || (a === 0xef && bytes[3] === 0x3c)
  if (xml) return decodeXml(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new EpcisProblem('not-json', { reason: 'bytes that are not UTF-8' })
  }
}
