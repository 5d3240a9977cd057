import { pathOf, type QueryValue, type RequestInput, type Transport } from './transport.ts'

/** A row of a list or a thing by its id: the fields are those of the API document (`/api/openapi.json`). */
export type Row = Readonly<Record<string, unknown>> & { readonly id: string }

interface Page {
  readonly items: readonly Row[]
  readonly nextCursor: string | null
}

/** Filters as the API has them: `{ q: 'serum', 'f.status': 'in:submitted', sort: '-createdAt' }`. */
export type ListQuery = Readonly<Record<string, QueryValue>>

/** Labels and containers: whatever a scanner reads. */
export interface Choice {
  readonly items?: readonly string[]
  readonly containers?: readonly string[]
  readonly stretches?: readonly { readonly first: string; readonly last: string }[]
  readonly rolls?: readonly { readonly batchId: number; readonly from: number; readonly to: number }[]
}

export interface Moved {
  readonly eventId: string
  readonly labels: number
  readonly containers: number
  readonly sscc: string | null
}

/** One collection of the API. */
export class Collection {
  readonly #transport: Transport
  readonly #path: string

  constructor(transport: Transport, path: string) {
    this.#transport = transport
    this.#path = path
  }

  /** Every row that fits, page after page. */
  async *list(query: ListQuery = {}, signal?: AbortSignal): AsyncGenerator<Row, void, undefined> {
    for (let cursor: string | undefined; ;) {
      const { body } = await this.#transport.request<Page>('GET', this.#path, {
        query: { ...query, ...(cursor !== undefined && { cursor }) },
        ...(signal && { signal }),
      })
      yield* body.items
      if (body.nextCursor === null) return
      cursor = body.nextCursor
    }
  }

  async get(id: string): Promise<Row> {
    return (await this.#transport.request<Row>('GET', this.#path + pathOf(id))).body
  }

  /** @param idempotencyKey the same for the same act, also after a restart; a random one otherwise */
  async create(body: object, idempotencyKey?: string): Promise<Row> {
    const input: RequestInput = { json: body, ...(idempotencyKey !== undefined && { idempotencyKey }) }
    return (await this.#transport.request<Row>('POST', this.#path, input)).body
  }

  async change(id: string, body: object): Promise<Row> {
    return (await this.#transport.request<Row>('PUT', this.#path + pathOf(id), { json: body })).body
  }
}

/** Acts on goods beside EPCIS: they take labels as a scanner reads them, and answer at once. */
export class Goods {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  activate(lotId: string, choice: Choice, idempotencyKey?: string): Promise<Row> {
    return this.#act('/api/activations', { lotId, choice }, idempotencyKey)
  }

  /** Packs into a container; the platform draws an SSCC when none is given. */
  pack(choice: Choice, options: { sscc?: string; place?: string } = {}, idempotencyKey?: string): Promise<Moved> {
    return this.#act('/api/goods/pack', { choice, ...options }, idempotencyKey)
  }

  ship(dealerId: string, choice: Choice, options: { number?: string; place?: string; note?: string } = {}, key?: string): Promise<Row> {
    return this.#act('/api/shipments', { dealerId, choice, ...options }, key)
  }

  /** State and last events of one label. */
  async look(code: string): Promise<Readonly<Record<string, unknown>>> {
    return (await this.#transport.request<Record<string, unknown>>('GET', '/api/goods', { query: { code } })).body
  }

  async #act<T>(path: string, json: object, idempotencyKey: string | undefined): Promise<T> {
    return (await this.#transport.request<T>('POST', path, { json, ...(idempotencyKey !== undefined && { idempotencyKey }) })).body
  }
}

/** Where goods came from and where they went. */
export class Trace {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** What a code, number or name may mean. */
  async find(text: string): Promise<unknown> {
    return (await this.#transport.request('GET', '/api/trace/find', { query: { q: text } })).body
  }

  /** One item: papers, label and every hand between; where it should be and who says so. */
  async backward(code: string, asOf?: string): Promise<Readonly<Record<string, unknown>>> {
    return (await this.#transport.request<Record<string, unknown>>('GET', '/api/trace/backward', { query: { code, asOf } })).body
  }

  /** Goods of a consignment, lot, container, supplier or enterprise: every holder, province and scan. */
  async forward(kind: string, id: string, asOf?: string): Promise<Readonly<Record<string, unknown>>> {
    return (await this.#transport.request<Record<string, unknown>>('GET', '/api/trace/forward', { query: { kind, id, asOf } })).body
  }
}

export interface Sandbox {
  readonly organisationId: string
  readonly companyPrefix: string
  readonly madeAt: string
  readonly example: {
    readonly gtin: string
    readonly lotId: string
    readonly lotNumber: string
    readonly dealerId: string
    readonly printerId: string
    readonly carton: string
    readonly activeLabels: readonly string[]
    readonly freshLabels: readonly string[]
    readonly freeSsccs: readonly string[]
    readonly [field: string]: unknown
  }
}
