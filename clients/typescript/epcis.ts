import { isObject, type ProblemField, SuzhenProblem } from './problem.ts'
import { pathOf, type Transport } from './transport.ts'

/** An event of EPCIS 2.0 as JSON-LD; the fields are the standard's. */
export interface EpcisEvent {
  readonly type: 'ObjectEvent' | 'AggregationEvent' | 'TransactionEvent' | 'TransformationEvent' | 'AssociationEvent'
  readonly eventTime: string
  readonly eventTimeZoneOffset: string
  readonly eventID?: string
  readonly action?: 'ADD' | 'OBSERVE' | 'DELETE'
  readonly bizStep?: string
  readonly [field: string]: unknown
}

export interface EpcisDocument {
  readonly type: 'EPCISDocument' | 'EPCISQueryDocument'
  readonly [field: string]: unknown
}

/** Parameters by the standard's own names; a list means any of its values. */
export type EpcisQuery = Readonly<Record<string, string | number | boolean | readonly (string | number)[] | undefined>>

export interface CaptureError {
  /** Place of the event in the document, from 0; -1 for the document. */
  readonly event: number
  readonly type: string
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly errors?: readonly ProblemField[]
}

export interface CaptureJob {
  readonly captureID: string
  readonly running: boolean
  readonly success: boolean
  readonly captureErrorBehaviour: 'rollback' | 'proceed'
  readonly createdAt: string
  readonly finishedAt?: string
  /** How many were stored by this document. */
  readonly events: number
  /** A hundred at most. */
  readonly errors: readonly CaptureError[]
}

export interface CaptureResult extends CaptureJob {
  /** True: everything is there. */
  readonly complete: boolean
}

export interface CaptureOptions {
  /** `rollback`: all or nothing; `proceed`: whatever is right. */
  readonly behaviour?: 'rollback' | 'proceed'
  /** Milliseconds to wait for the job; 60,000 unless given. */
  readonly waitMs?: number
  readonly signal?: AbortSignal
  /** The same for the same document, also after a restart; a random one otherwise, kept over the tries. */
  readonly idempotencyKey?: string
}

export interface Subscription {
  readonly subscriptionID: string
  readonly dest: string
  readonly createdAt: string
  readonly minRecordTime: string
  readonly lastNotifiedAt?: string
  readonly stream?: true
  readonly schedule?: Readonly<Record<string, string>>
  readonly failures?: number
  readonly lastFailure?: string
}

export interface NewSubscription {
  readonly dest: string
  /** 16 to 500 characters; `verifySignature` takes the same. */
  readonly signatureToken?: string
  /** Events as they come … */
  readonly stream?: true
  /** … or what is new at these times, as in `{ minute: '0/30' }`. */
  readonly schedule?: Readonly<Record<string, string>>
  readonly reportIfEmpty?: boolean
  readonly initialRecordTime?: string
}

export const EPCIS_CONTEXT = 'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'
const LD = { 'content-type': 'application/ld+json' }
const POLL_MS = 500

/** The EPCIS 2.0 REST interface: capture, query, named queries, subscriptions. */
export class Epcis {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /**
   * Captures a document, or events, and waits for the job.
   * @throws SuzhenProblem when the document was refused before there was a job
   */
  async capture(input: EpcisDocument | readonly EpcisEvent[], options: CaptureOptions = {}): Promise<CaptureResult> {
    const answer = await this.#transport.request('POST', '/epcis/capture', {
      json: Array.isArray(input) ? documentOf(input as readonly EpcisEvent[]) : input,
      headers: { ...LD, 'gs1-capture-error-behaviour': options.behaviour ?? 'rollback' },
      ...(options.idempotencyKey !== undefined && { idempotencyKey: options.idempotencyKey }),
      ...(options.signal && { signal: options.signal }),
    })
    const job = await this.waitFor((answer.headers.get('location') ?? '').split('/').pop() ?? '', options)
    return { ...job, complete: !job.running && job.success && job.errors.length === 0 }
  }

  /** Captures one event. @throws SuzhenProblem */
  async addEvent(event: EpcisEvent, options: { idempotencyKey?: string; signal?: AbortSignal } = {}): Promise<EpcisEvent> {
    const { body } = await this.#transport.request<EpcisEvent>('POST', '/epcis/events', {
      json: { '@context': [EPCIS_CONTEXT], ...event },
      headers: LD,
      ...options,
    })
    return body
  }

  async job(captureID: string, signal?: AbortSignal): Promise<CaptureJob> {
    return (await this.#transport.request<CaptureJob>('GET', `/epcis/capture${pathOf(captureID)}`, signal && { signal })).body
  }

  /** The job when it has ended, or as it is when the time is over. */
  async waitFor(captureID: string, options: Pick<CaptureOptions, 'waitMs' | 'signal'> = {}): Promise<CaptureJob> {
    const until = Date.now() + (options.waitMs ?? 60_000)
    for (;;) {
      const job = await this.job(captureID, options.signal)
      if (!job.running || Date.now() >= until) return job
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
    }
  }

  /** Events that a query finds, page after page, newest first unless it says otherwise. */
  events(query: EpcisQuery = {}, signal?: AbortSignal): AsyncGenerator<EpcisEvent, void, undefined> {
    return this.#pages('/epcis/events', query, signal)
  }

  /** An event by its id, or undefined. */
  async event(eventID: string): Promise<EpcisEvent | undefined> {
    try {
      const { body } = await this.#transport.request('GET', `/epcis/events${pathOf(eventID)}`)
      return eventsOf(body)[0]
    } catch (error) {
      if (error instanceof SuzhenProblem && error.status === 404) return undefined
      throw error
    }
  }

  async saveQuery(name: string, query: EpcisQuery): Promise<void> {
    await this.#transport.request('POST', '/epcis/queries', { json: { name, query } })
  }

  async queries(): Promise<readonly { readonly name: string; readonly query: EpcisQuery }[]> {
    return (await this.#transport.request<{ name: string; query: EpcisQuery }[]>('GET', '/epcis/queries')).body
  }

  /** Drops a query, and its subscriptions with it. */
  async dropQuery(name: string): Promise<void> {
    await this.#transport.request('DELETE', `/epcis/queries${pathOf(name)}`)
  }

  eventsOfQuery(name: string, signal?: AbortSignal): AsyncGenerator<EpcisEvent, void, undefined> {
    return this.#pages(`/epcis/queries${pathOf(name)}/events`, {}, signal)
  }

  async subscribe(queryName: string, subscription: NewSubscription): Promise<Subscription> {
    const path = `/epcis/queries${pathOf(queryName)}/subscriptions`
    return (await this.#transport.request<Subscription>('POST', path, { json: subscription })).body
  }

  async subscriptions(queryName: string): Promise<readonly Subscription[]> {
    return (await this.#transport.request<Subscription[]>('GET', `/epcis/queries${pathOf(queryName)}/subscriptions`)).body
  }

  async unsubscribe(queryName: string, subscriptionID: string): Promise<void> {
    await this.#transport.request('DELETE', `/epcis/queries${pathOf(queryName)}/subscriptions${pathOf(subscriptionID)}`)
  }

  async *#pages(path: string, query: EpcisQuery, signal?: AbortSignal): AsyncGenerator<EpcisEvent, void, undefined> {
    const parameters = parametersOf(query)
    for (let token: string | undefined; ;) {
      const answer = await this.#transport.request('GET', path, {
        query: { ...parameters, ...(token !== undefined && { nextPageToken: token }) },
        ...(signal && { signal }),
      })
      yield* eventsOf(answer.body)
      token = nextTokenOf(answer.headers.get('link'))
      if (token === undefined) return
    }
  }
}

/** A document around events, as other repositories take it too. */
export function documentOf(events: readonly EpcisEvent[], context: readonly unknown[] = []): EpcisDocument {
  return {
    '@context': [EPCIS_CONTEXT, ...context],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: new Date().toISOString(),
    epcisBody: { eventList: events },
  }
}

/** Events of a document: of a query's answer, of a subscription's message, or of one that is captured. */
export function eventsOf(document: unknown): EpcisEvent[] {
  const body = isObject(document) && isObject(document['epcisBody']) ? document['epcisBody'] : {}
  const results = isObject(body['queryResults']) ? body['queryResults'] : {}
  const list = (isObject(results['resultsBody']) ? results['resultsBody']['eventList'] : undefined) ?? body['eventList']
  return Array.isArray(list) ? (list as EpcisEvent[]) : []
}

function parametersOf(query: EpcisQuery): Record<string, string | number | boolean> {
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => {
      if (value === undefined) return []
      if (typeof value !== 'object') return [[name, value] as const]
      if (value.some((one) => String(one).includes('|'))) throw new TypeError(`${name}: a value with | needs a named query`)
      return [[name, value.join('|')] as const]
    }),
  )
}

const nextTokenOf = (link: string | null): string | undefined => {
  const next = /<([^>]*)>\s*;[^,]*rel="?next"?/i.exec(link ?? '')?.[1]
  return next === undefined ? undefined : (new URL(next, 'http://here').searchParams.get('nextPageToken') ?? undefined)
}
