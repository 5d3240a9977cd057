import { Epcis } from './epcis.ts'
import { MovementFiles } from './movement-files.ts'
import { Collection, Goods, type Sandbox, Trace } from './goods.ts'
import { type Answer, type RequestInput, type SuzhenOptions, Transport } from './transport.ts'

export {
  type CaptureError,
  type CaptureJob,
  type CaptureOptions,
  type CaptureResult,
  documentOf,
  EPCIS_CONTEXT,
  type EpcisDocument,
  type EpcisEvent,
  type EpcisQuery,
  eventsOf,
  type NewSubscription,
  type Subscription,
} from './epcis.ts'
export type { Choice, ListQuery, Moved, Row, Sandbox } from './goods.ts'
export type { MovementFile } from './movement-files.ts'
export { type ProblemField, SuzhenProblem, SuzhenUnreachable } from './problem.ts'
export type { Answer, RequestInput, SuzhenOptions } from './transport.ts'
export { verifySignature } from './webhook.ts'

/** A platform, with what other systems need of it. No state but its options: make one and keep it. */
export class Suzhen {
  readonly #transport: Transport
  readonly epcis: Epcis
  readonly goods: Goods
  readonly movementFiles: MovementFiles
  readonly trace: Trace
  readonly products: Collection
  readonly consignments: Collection
  readonly lots: Collection
  readonly orders: Collection
  readonly dealers: Collection
  readonly containers: Collection
  readonly shipments: Collection

  constructor(options: SuzhenOptions) {
    const transport = new Transport(options)
    this.#transport = transport
    this.epcis = new Epcis(transport)
    this.goods = new Goods(transport)
    this.movementFiles = new MovementFiles(transport)
    this.trace = new Trace(transport)
    this.products = new Collection(transport, '/api/products')
    this.consignments = new Collection(transport, '/api/consignments')
    this.lots = new Collection(transport, '/api/lots')
    this.orders = new Collection(transport, '/api/orders')
    this.dealers = new Collection(transport, '/api/dealers')
    this.containers = new Collection(transport, '/api/containers')
    this.shipments = new Collection(transport, '/api/shipments')
  }

  /** The sandbox that the key is of, or that belongs to its organisation; undefined when there is none. */
  async sandbox(): Promise<Sandbox | undefined> {
    return (await this.request<{ sandbox: Sandbox | null }>('GET', '/api/sandbox')).body.sandbox ?? undefined
  }

  /** Anything else of the API document, with the same retries and problems. @throws SuzhenProblem, SuzhenUnreachable */
  request<T>(method: string, path: string, input?: RequestInput): Promise<Answer<T>> {
    return this.#transport.request<T>(method, path, input)
  }
}
