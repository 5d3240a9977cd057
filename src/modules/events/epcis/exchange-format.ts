import type { FastifyReply, FastifyRequest } from 'fastify'
import { CONTEXT_URL } from '../../../kernel/epcis/context.ts'
import type { EpcisDocument, EpcisEvent, Namespaces } from '../../../kernel/epcis/event.ts'
import { EpcisProblem } from '../../../kernel/epcis/problems.ts'
import { type JudgedDocument, readJson } from '../../../kernel/epcis/read-json.ts'
import { documentToJson } from '../../../kernel/epcis/write-json.ts'
import { readXml } from '../../../kernel/epcis/xml/read.ts'
import { documentToXml } from '../../../kernel/epcis/xml/write.ts'
import { EPC_FORMATS, type EpcFormat, translateEvent } from './epc-format.ts'
import { OWN_NAMESPACE, OWN_PREFIX } from './own-event.ts'
import { epcisFail } from './problems.ts'
import type { FoundEvent } from './run-query.ts'

/** Documents that are captured at once (`GS1-EPCIS-Capture-Limit`, `GS1-EPCIS-Capture-File-Size-Limit`). */
export const CAPTURE_LIMITS = { bytes: 8 * 1024 * 1024, events: 1000, depth: 64, valuesPerEvent: 250_000, faults: 100 } as const

type Media = 'application/json' | 'application/ld+json' | 'application/xml' | 'text/xml'
const MEDIA: readonly Media[] = ['application/json', 'application/ld+json', 'application/xml', 'text/xml']

/** What a client asked for by its headers. */
export interface Exchange {
  readonly media: Media
  readonly epcFormat: EpcFormat
  readonly cbvXmlFormat: 'No_Preference' | 'Always_Web_URI' | 'Always_URN' | 'Never_Translates'
  readonly companyPrefixes: readonly string[]
}

/**
 * Content negotiation of the EPCIS headers.
 * @throws AppError NOT_ACCEPTABLE, FORMAT_UNKNOWN
 */
export function negotiate(request: FastifyRequest, companyPrefixes: readonly string[]): Exchange {
  const one = <T extends string>(header: string, options: readonly T[], fallback: T): T => {
    const asked = request.headers[header.toLowerCase()]
    if (asked === undefined || asked === '') return fallback
    if (!options.includes(asked as T)) throw epcisFail('FORMAT_UNKNOWN', { header, value: String(asked).slice(0, 60) })
    return asked as T
  }
  for (const header of ['GS1-EPCIS-Version', 'GS1-EPCIS-Min', 'GS1-CBV-Version', 'GS1-CBV-Min'] as const) {
    const asked = request.headers[header.toLowerCase()]
    if (typeof asked === 'string' && asked !== '' && !/^2\.0(\.\d+)?$/.test(asked) && !(header.endsWith('Min') && /^1\./.test(asked)))
      throw epcisFail('FORMAT_UNKNOWN', { header, value: asked.slice(0, 60) })
  }
  return {
    media: mediaOf(request.headers.accept),
    epcFormat: one('GS1-EPC-Format', EPC_FORMATS, 'Always_GS1_Digital_Link'),
    cbvXmlFormat: one('GS1-CBV-XML-Format', ['No_Preference', 'Always_Web_URI', 'Always_URN', 'Never_Translates'], 'No_Preference'),
    companyPrefixes,
  }
}

/** The best of the media types that are accepted, by weight and then by the order in which they are named. */
function mediaOf(accept: string | undefined): Media {
  if (accept === undefined || accept.trim() === '') return 'application/json'
  const wanted = accept
    .split(',', 50)
    .map((part) => {
      const [type, ...parameters] = part.split(';').map((p) => p.trim().toLowerCase())
      const weight = parameters.find((p) => p.startsWith('q='))
      return { type: type!, weight: weight === undefined ? 1 : Number(weight.slice(2)) }
    })
    .filter((w) => w.weight > 0)
    .sort((a, b) => b.weight - a.weight)
  for (const { type } of wanted) {
    const found = type === '*/*' || type === 'application/*' ? 'application/json' : type === 'text/*' ? 'text/xml' : MEDIA.find((m) => m === type)
    if (found !== undefined) return found
  }
  throw epcisFail('NOT_ACCEPTABLE')
}

/** Headers of every answer of the interface. */
export function announce(reply: FastifyReply, version: string): void {
  void reply
    .header('GS1-EPCIS-Version', '2.0.0')
    .header('GS1-EPCIS-Min', '2.0.0')
    .header('GS1-EPCIS-Max', '2.0.0')
    .header('GS1-CBV-Version', '2.0.0')
    .header('GS1-CBV-Min', '2.0.0')
    .header('GS1-CBV-Max', '2.0.0')
    .header('GS1-Extensions', `${OWN_PREFIX}=${OWN_NAMESPACE}`)
    .header('GS1-Vendor-Version', version)
    .header('GS1-EPCIS-Capture-Limit', String(CAPTURE_LIMITS.events))
    .header('GS1-EPCIS-Capture-File-Size-Limit', String(CAPTURE_LIMITS.bytes))
    .header('GS1-Capture-Error-Behaviour', 'all')
    .header('cache-control', 'no-store')
    .header('vary', 'accept, gs1-epc-format')
}

/**
 * Reads the body of a capture: JSON, JSON-LD, XML 2.0 or 1.2.
 * @throws AppError MEDIA_TYPE, DOCUMENT_INVALID, CAPTURE_LIMIT
 */
export function readBody(request: FastifyRequest): JudgedDocument {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  try {
    if (type === 'application/json' || type === 'application/ld+json') return readJson(utf8(bytes), { older: true, limits: CAPTURE_LIMITS })
    if (type === 'application/xml' || type === 'text/xml') return readXml(bytes, { older: true, limits: CAPTURE_LIMITS })
  } catch (error) {
    if (!(error instanceof EpcisProblem)) throw error
    const { fault } = error
    if (fault.code === 'document-too-large' || fault.code === 'too-many-events')
      throw epcisFail('CAPTURE_LIMIT', { limit: fault.code === 'too-many-events' ? `${CAPTURE_LIMITS.events} events` : `${CAPTURE_LIMITS.bytes} bytes` })
    throw epcisFail('DOCUMENT_INVALID', { reason: fault.en }, [fault])
  }
  throw epcisFail('MEDIA_TYPE')
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw epcisFail('DOCUMENT_INVALID', { reason: 'UTF-8' })
  }
}

/** Prefixes of the events of one answer. Where two documents gave one prefix to two namespaces, the first keeps it. */
export function mergeNamespaces(found: readonly { readonly namespaces: Namespaces }[]): Namespaces {
  const merged = new Map<string, string>()
  for (const { namespaces } of found) for (const [prefix, namespace] of namespaces) if (!merged.has(prefix)) merged.set(prefix, namespace)
  return merged
}

/** Events as they are told: in the spelling that was asked for, with their record times. */
export function toldEvents(found: readonly FoundEvent[], exchange: Exchange): EpcisEvent[] {
  const prefixLength = (digits: string) => exchange.companyPrefixes.find((prefix) => digits.startsWith(prefix))?.length
  return found.map(({ event, recordTime }) => ({ ...translateEvent(event, exchange.epcFormat, prefixLength), recordTime }))
}

/** Sends a document in the media type that was asked for. */
export function sendDocument(reply: FastifyReply, exchange: Exchange, document: EpcisDocument): FastifyReply {
  void reply.header('GS1-EPC-Format', exchange.epcFormat)
  if (exchange.media === 'application/xml' || exchange.media === 'text/xml') {
    void reply.header('GS1-CBV-XML-Format', exchange.cbvXmlFormat)
    const uris = exchange.cbvXmlFormat === 'Always_Web_URI'
    return reply.type(`${exchange.media}; charset=utf-8`).send(documentToXml(document, { terms: uris ? 'web' : 'urn' }))
  }
  return reply.type(`${exchange.media}; charset=utf-8`).send(JSON.stringify(documentToJson(document)))
}

/** Sends a collection of names or addresses (`/eventTypes`, `/epcs` …). */
export function sendCollection(reply: FastifyReply, exchange: Exchange, members: readonly string[]): FastifyReply {
  if (exchange.media === 'application/xml' || exchange.media === 'text/xml') {
    const inside = members.map((m) => `<member>${m.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</member>`).join('')
    return reply
      .type(`${exchange.media}; charset=utf-8`)
      .send(`<?xml version="1.0" encoding="UTF-8"?><epcis:Collection xmlns:epcis="urn:epcglobal:epcis:xsd:2">${inside}</epcis:Collection>`)
  }
  return reply.type(`${exchange.media}; charset=utf-8`).send(JSON.stringify({ '@context': CONTEXT_URL, type: 'Collection', member: members }))
}
