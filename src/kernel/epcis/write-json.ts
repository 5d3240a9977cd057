/** The model as JSON of EPCIS 2.0.1. Terms are bare words, identifiers as they are stored, prefixes those of the document. */
import { CONTEXT_URL, PrefixTable, STANDARD_NAMESPACES } from './context.ts'
import { type EpcisDocument, type EpcisEvent, type ExtensionValue, isExtensionName, type Namespaces, type Vocabulary } from './event.ts'

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue }
export type JsonObject = { readonly [name: string]: JsonValue }

/** A whole document as it is sent; a bare event as an event with its context. */
export function documentToJson(document: EpcisDocument): JsonObject {
  const writer = new JsonWriter(document.namespaces)
  const events = document.events.map((event) => writer.event(event))
  if (document.kind === 'Event') {
    const [event] = events
    return { '@context': writer.context(), ...event }
  }
  const vocabularyList = document.masterData?.map((v) => writer.vocabulary(v))
  const extensions = writer.fields(document.extensions ?? {})
  const headerExtensions = writer.fields(document.headerExtensions ?? {})
  const body: JsonObject =
    document.kind === 'EPCISDocument'
      ? { eventList: events }
      : {
          queryResults: compact({
            queryName: document.queryName ?? 'SimpleEventQuery',
            subscriptionID: document.subscriptionID,
            resultsBody: compact({ eventList: events, vocabularyList }),
          }),
        }
  const header =
    document.kind === 'EPCISDocument' && (vocabularyList !== undefined || Object.keys(headerExtensions).length > 0)
      ? { ...(vocabularyList === undefined ? {} : { epcisMasterData: { vocabularyList } }), ...headerExtensions }
      : undefined
  return compact({
    '@context': writer.context(),
    id: document.id,
    type: document.kind,
    schemaVersion: document.schemaVersion ?? '2.0',
    creationDate: document.creationDate,
    ...(document.kind === 'EPCISDocument'
      ? { instanceIdentifier: document.instanceIdentifier, sender: document.sender, receiver: document.receiver }
      : {}),
    ...extensions,
    epcisHeader: header,
    epcisBody: body,
  })
}

/** Events as they stand in an `eventList`, with the context that their prefixes need. */
export function eventsToJson(
  events: readonly EpcisEvent[],
  namespaces: Namespaces,
): { readonly context: JsonValue; readonly events: readonly JsonObject[] } {
  const writer = new JsonWriter(namespaces)
  const list = events.map((event) => writer.event(event))
  return { context: writer.context(), events: list }
}

const compact = (object: { readonly [name: string]: JsonValue | undefined }): JsonObject => {
  const result: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(object)) if (value !== undefined) result[name] = value
  return result
}

class JsonWriter {
  readonly #table: PrefixTable
  readonly #declared: Namespaces

  constructor(namespaces: Namespaces) {
    this.#declared = namespaces
    this.#table = new PrefixTable(namespaces, STANDARD_NAMESPACES)
  }

  /** To be asked after everything is written: the known context, then the prefixes that the document declared or now needs. */
  context(): JsonValue {
    const prefixes: Record<string, string> = {}
    for (const [prefix, namespace] of new Map([...this.#declared, ...this.#table.used])) {
      // the context of the standard protects its own prefixes
      if (!STANDARD_NAMESPACES.has(prefix)) prefixes[prefix] = namespace
    }
    return Object.keys(prefixes).length === 0 ? [CONTEXT_URL] : [CONTEXT_URL, prefixes]
  }

  event(event: EpcisEvent): JsonObject {
    const fields = this.fields(event)
    return event.type.startsWith('{') ? { ...fields, type: this.#table.nameOf(event.type) } : fields
  }

  /** An object of the model with its extension names as CURIEs. */
  fields(object: object): JsonObject {
    const result: Record<string, JsonValue> = {}
    for (const [name, value] of Object.entries(object) as [string, ExtensionValue | undefined][]) {
      if (value !== undefined) result[this.#name(name)] = this.#value(value)
    }
    return result
  }

  #name(name: string): string {
    if (isExtensionName(name)) return this.#table.nameOf(name)
    return name.startsWith('@{') ? `@${this.#table.nameOf(name.slice(1))}` : name
  }

  #value(value: ExtensionValue): JsonValue {
    if (typeof value !== 'object' || value === null) return value
    return Array.isArray(value) ? (value as readonly ExtensionValue[]).map((entry) => this.#value(entry)) : this.fields(value)
  }

  vocabulary(vocabulary: Vocabulary): JsonObject {
    return this.fields(vocabulary)
  }
}
