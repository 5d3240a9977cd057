import type { FastifyReply, FastifyRequest } from 'fastify'
import { CONTEXT_URL } from '../../../kernel/epcis/context.ts'
import type { Namespaces } from '../../../kernel/epcis/event.ts'
import { EpcisProblem } from '../../../kernel/epcis/problems.ts'
import { convertJson, type JudgedDocument, judgeJson, parseJson } from '../../../kernel/epcis/read-json.ts'
import { eventsToJson, type JsonObject, type JsonValue } from '../../../kernel/epcis/write-json.ts'
import { readXml } from '../../../kernel/epcis/xml/read.ts'
import { documentToXml } from '../../../kernel/epcis/xml/write.ts'
import { preferred } from '../../../platform/http/accept.ts'
import { xmlMembers, xmlText } from '../../../platform/http/problem.ts'
import { EPC_FORMATS, type EpcFormat, translateEvent } from './epc-format.ts'
import { OWN_NAMESPACE, OWN_PREFIX } from './own-event.ts'
import { epcisFail } from './problems.ts'
import type { FoundEvent } from './run-query.ts'
import { prefixLengthOfSandbox } from '../../../kernel/sandbox.ts'

/** Documents that are captured at once (`GS1-EPCIS-Capture-Limit`, `GS1-EPCIS-Capture-File-Size-Limit`). */
export const CAPTURE_LIMITS = { bytes: 8 * 1024 * 1024, events: 1000, depth: 64, valuesPerEvent: 250_000, faults: 100 } as const

type Media = 'application/json' | 'application/ld+json' | 'application/xml' | 'text/xml'
const MEDIA: readonly Media[] = ['application/json', 'application/ld+json', 'application/xml', 'text/xml']

const CBV_XML_FORMATS = ['No_Preference', 'Always_Web_URI', 'Always_URN', 'Never_Translates'] as const

/** What a client asked for by its headers. */
export interface Exchange {
  readonly media: Media
  readonly epcFormat: EpcFormat
  readonly cbvXmlFormat: (typeof CBV_XML_FORMATS)[number]
  readonly companyPrefixes: readonly string[]
  /** Whether the client knows serial ranges (it names our namespace in `GS1-Extensions`); otherwise they are spelled out. */
  readonly ranges: boolean
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
    if (typeof asked === 'string' && asked !== '' && !/^2\.0(\.\d+)?$/.test(asked) && !(header.endsWith('Min') && asked.startsWith('1.')))
      throw epcisFail('FORMAT_UNKNOWN', { header, value: asked.slice(0, 60) })
  }
  return {
    media: preferred(request.headers.accept, MEDIA) ?? refuseMedia(),
    epcFormat: one('GS1-EPC-Format', EPC_FORMATS, 'Always_GS1_Digital_Link'),
    cbvXmlFormat: one('GS1-CBV-XML-Format', CBV_XML_FORMATS, 'No_Preference'),
    companyPrefixes,
    ranges: extensionsOf(request).some(([, namespace]) => namespace === OWN_NAMESPACE),
  }
}

/** Prefixes and namespaces that a request declares in `GS1-Extensions`. */
export function extensionsOf(request: FastifyRequest): [prefix: string, namespace: string][] {
  return String(request.headers['gs1-extensions'] ?? '')
    .split(',')
    .map((pair) => pair.trim().split(/=(.*)/s))
    .filter(([prefix, namespace]) => prefix !== '' && namespace !== undefined)
    .map(([prefix, namespace]) => [prefix!, namespace!])
}

/** Headers of every answer of the interface. */
export const INTERFACE_HEADERS: Readonly<Record<string, string>> = {
  'GS1-EPCIS-Version': '2.0.0',
  'GS1-EPCIS-Min': '2.0.0',
  'GS1-EPCIS-Max': '2.0.0',
  'GS1-CBV-Version': '2.0.0',
  'GS1-CBV-Min': '2.0.0',
  'GS1-CBV-Max': '2.0.0',
  'GS1-Extensions': `${OWN_PREFIX}=${OWN_NAMESPACE}`,
  'GS1-Vendor-Version': 'suzhen-1',
  'GS1-EPCIS-Capture-Limit': String(CAPTURE_LIMITS.events),
  'GS1-EPCIS-Capture-File-Size-Limit': String(CAPTURE_LIMITS.bytes),
  'GS1-Capture-Error-Behaviour': 'all',
  'cache-control': 'no-store',
  vary: 'accept, gs1-epc-format',
}

/** What a client may choose, for OPTIONS. */
export const CHOICES: Readonly<Record<string, string>> = {
  'GS1-EPC-Format': EPC_FORMATS.join(', '),
  'GS1-CBV-XML-Format': CBV_XML_FORMATS.join(', '),
}

/**
 * Reads the body of a capture: JSON, JSON-LD, XML 2.0 or 1.2.
 * @throws AppError MEDIA_TYPE, DOCUMENT_INVALID, CAPTURE_LIMIT
 */
export function readBody(request: FastifyRequest): JudgedDocument & { readonly json: readonly JsonObject[] } {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const options = { older: true, limits: CAPTURE_LIMITS }
  try {
    if (type === 'application/json' || type === 'application/ld+json') {
      const raw = parseJson(utf8(bytes), CAPTURE_LIMITS)
      const judged = judgeJson(raw, options)
      const sent = eventsIn(raw)
      return { ...judged, json: judged.indexes.map((i) => sent[i]!) }
    }
    if (type === 'application/xml' || type === 'text/xml') {
      const judged = readXml(bytes, options)
      return { ...judged, json: eventsToJson(judged.document.events, judged.document.namespaces).events }
    }
  } catch (error) {
    if (!(error instanceof EpcisProblem)) throw error
    const { fault } = error
    if (isOverLimit(fault)) throw epcisFail('CAPTURE_LIMIT', { limit: fault.en }, [fault])
    throw epcisFail('DOCUMENT_INVALID', { reason: fault.en }, [fault])
  }
  throw epcisFail('MEDIA_TYPE')
}

/** Whether a document is refused for how much it is, not for what it says. */
export const isOverLimit = ({ code }: { readonly code: string }): boolean =>
  code === 'document-too-large' || code === 'too-many-events' || code === 'too-many-values'

/** The events of a capture document, a query document or a bare event, as they stand in it. */
function eventsIn(raw: unknown): readonly JsonObject[] {
  const at = (value: unknown, name: string): unknown => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined)
  const body = at(raw, 'epcisBody')
  if (body === undefined) {
    const { '@context': _, ...event } = raw as Record<string, JsonValue>
    return [event]
  }
  const list = at(body, 'eventList') ?? at(at(at(body, 'queryResults'), 'resultsBody'), 'eventList')
  return (Array.isArray(list) ? list : [list]) as readonly JsonObject[]
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw epcisFail('DOCUMENT_INVALID', { reason: 'UTF-8' })
  }
}

/** A document to be sent: its frame, and its events in the spelling that was asked for, with their record times. */
export interface Answer {
  readonly queryName?: string
  readonly subscriptionID?: string
  readonly at: Date
  readonly found: readonly FoundEvent[]
}

/** An EPCISQueryDocument as JSON. */
export function queryDocument(answer: Answer, exchange: Pick<Exchange, 'epcFormat' | 'companyPrefixes'>): JsonObject {
  const { events, context } = told(answer.found, exchange)
  return {
    '@context': context,
    type: 'EPCISQueryDocument',
    schemaVersion: '2.0',
    creationDate: answer.at.toISOString(),
    epcisBody: {
      queryResults: {
        queryName: answer.queryName ?? 'SimpleEventQuery',
        ...(answer.subscriptionID !== undefined && { subscriptionID: answer.subscriptionID }),
        resultsBody: { eventList: events },
      },
    },
  }
}

/** An EPCISDocument as JSON, which any other repository can capture. */
export function captureDocumentOf(found: readonly FoundEvent[], at: Date): JsonObject {
  const { events, context } = told(found, { epcFormat: 'Never_Translates', companyPrefixes: [] })
  // a record time is each repository's own (EPCIS 2.0, 7.4.1)
  const eventList = events.map((event) => Object.fromEntries(Object.entries(event).filter(([name]) => name !== 'recordTime')))
  return { '@context': context, type: 'EPCISDocument', schemaVersion: '2.0', creationDate: at.toISOString(), epcisBody: { eventList } }
}

/** One event by itself, with its context. */
export function bareEvent(found: FoundEvent, exchange: Exchange): JsonObject {
  const { events, context } = told([found], exchange)
  return { '@context': context, ...events[0] }
}

function told(
  found: readonly FoundEvent[],
  exchange: Pick<Exchange, 'epcFormat' | 'companyPrefixes'>,
): { events: readonly JsonObject[]; context: JsonValue } {
  const prefixLength = (digits: string) =>
    prefixLengthOfSandbox(digits) ?? exchange.companyPrefixes.find((prefix) => digits.startsWith(prefix))?.length
  const merged = new Map<string, string>()
  const events = found.map(({ event, namespaces, recordTime }) => {
    const strange = [...namespaces].some(([prefix, namespace]) => (merged.get(prefix) ?? namespace) !== namespace)
    for (const [prefix, namespace] of namespaces) if (!merged.has(prefix)) merged.set(prefix, namespace)
    return { ...translateEvent(strange ? renamed(event, namespaces, merged) : event, exchange.epcFormat, prefixLength), recordTime }
  })
  return { events, context: merged.size === 0 ? [CONTEXT_URL] : [CONTEXT_URL, Object.fromEntries(merged)] }
}

/** Two documents gave one prefix to two namespaces: the later event is written with others. */
function renamed(event: JsonObject, namespaces: Namespaces, merged: Map<string, string>): JsonObject {
  const { events } = convertJson({ '@context': [CONTEXT_URL, Object.fromEntries(namespaces)], ...event })
  const written = eventsToJson(events, merged)
  const [, prefixes] = written.context as readonly JsonValue[]
  for (const [prefix, namespace] of Object.entries((prefixes ?? {}) as Record<string, string>)) merged.set(prefix, namespace)
  return written.events[0]!
}

/**
 * Sends a document in the media type that was asked for.
 * @throws AppError NOT_ACCEPTABLE when XML cannot hold it
 */
export function sendDocument(reply: FastifyReply, exchange: Exchange, document: JsonObject): FastifyReply {
  void reply.header('GS1-EPC-Format', exchange.epcFormat)
  return reply.type(`${exchange.media}; charset=utf-8`).send(documentText(document, exchange))
}

export function documentText(document: JsonObject, exchange: Pick<Exchange, 'media' | 'cbvXmlFormat'>): string {
  if (!isXml(exchange)) return JSON.stringify(document)
  return documentToXml(convertJson(document), { terms: exchange.cbvXmlFormat === 'Always_Web_URI' ? 'web' : 'urn' })
}

const isXml = ({ media }: Pick<Exchange, 'media'>): boolean => media === 'application/xml' || media === 'text/xml'

/**
 * Sends what the standard gives as JSON only: named queries and subscriptions.
 * @throws AppError NOT_ACCEPTABLE when a client takes XML alone
 */
export function sendJson(request: FastifyRequest, reply: FastifyReply, value: unknown): FastifyReply {
  const media = preferred(request.headers.accept, ['application/json', 'application/ld+json'] as const) ?? refuseMedia()
  return reply.type(`${media}; charset=utf-8`).send(JSON.stringify(value))
}

const refuseMedia = (): never => {
  throw epcisFail('NOT_ACCEPTABLE')
}

/** A capture job as the interface tells it. */
export interface CaptureJob {
  readonly captureID: string
  readonly createdAt: string
  readonly finishedAt?: string
  readonly running: boolean
  readonly success: boolean
  readonly captureErrorBehaviour: string
  readonly events: number
  readonly errors: readonly object[]
}

/** Sends a capture job, or a list of them; of the XML, the attributes and the order are the standard's. */
export function sendJobs(reply: FastifyReply, exchange: Exchange, jobs: CaptureJob | readonly CaptureJob[]): FastifyReply {
  void reply.type(`${exchange.media}; charset=utf-8`)
  if (!isXml(exchange)) return reply.send(JSON.stringify(jobs))
  const namespace = ' xmlns:epcis="urn:epcglobal:epcis:xsd:2"'
  const element = (job: CaptureJob, declared = ''): string => {
    const { captureID, running, success, captureErrorBehaviour, createdAt, finishedAt, errors } = job
    const inside = xmlMembers({ captureErrorBehaviour, createdAt, finishedAt, ...(errors.length > 0 && { errors }) }, 'error')
    return `<epcis:EPCISCaptureJob${declared} running="${running}" success="${success}" captureID="${xmlText(captureID)}">${inside}</epcis:EPCISCaptureJob>`
  }
  const root = Array.isArray(jobs)
    ? `<epcis:EPCISCaptureJobs${namespace}>${(jobs as readonly CaptureJob[]).map((job) => element(job)).join('')}</epcis:EPCISCaptureJobs>`
    : element(jobs as CaptureJob, namespace)
  return reply.send(`${XML_DECLARATION}${root}`)
}

const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** Sends a collection of names or addresses (`/eventTypes`, `/epcs` …). */
export function sendCollection(reply: FastifyReply, exchange: Exchange, members: readonly string[]): FastifyReply {
  if (isXml(exchange)) {
    const inside = members.map((m) => `<member>${xmlText(m)}</member>`).join('')
    return reply
      .type(`${exchange.media}; charset=utf-8`)
      .send(`${XML_DECLARATION}<epcis:Collection xmlns:epcis="urn:epcglobal:epcis:xsd:2">${inside}</epcis:Collection>`)
  }
  return reply
    .type(`${exchange.media}; charset=utf-8`)
    .send(JSON.stringify({ '@context': CONTEXT_URL, type: 'Collection', member: members }))
}
