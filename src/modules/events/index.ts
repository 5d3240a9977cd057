import { codeId } from '../../kernel/serial/serial-codec.ts'
import { maybeOne, type Database, type Sql, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Actor } from '../../platform/http/actor.ts'
import type { AuditWriter } from '../../platform/http/unit-of-work.ts'
import type { Route } from '../../platform/http/route.ts'
import type { JobHandler, Schedule } from '../../platform/jobs/jobs.ts'
import type { Consumer } from '../../platform/outbox/outbox.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Codes } from '../codes/index.ts'
import type { Identity } from '../identity/index.ts'
import { type Imports, twoStepImport } from '../imports/index.ts'
import type { Products } from '../products/index.ts'
import { type Activation, activateRange, commission } from './activate-range.ts'
import { capture } from './capture.ts'
import type { Activate, DealerForm, MoveGoods } from './contract.ts'
import { type Finding, fsck } from './fsck.ts'
import { type RecalledLot, recalledLots } from './hold-goods.ts'
import { DEMONSTRATION_PREFIX, drawSscc, packGoods, receiveShipment, shipGoods, type Shipment } from './move-goods.ts'
import { movementKind } from './movement-files/movement-kind.ts'
import { notifySubscribers, type SubscriptionDeps } from './epcis/subscriptions.ts'
import { LiveQueries } from './epcis/live-query.ts'
import { epcisRoutes } from './epcis/routes.ts'
import { eventRoutes } from './routes.ts'
import { saveDealer } from './save-dealer.ts'
import { type TimelineEntry, timelineOf } from './timeline.ts'
import type { TracePorts } from './trace/ports.ts'
import { traceRoutes } from './trace/trace-routes.ts'
import { createTracing, type Tracing } from './trace/tracing.ts'

export type { Finding } from './fsck.ts'
export type { RecalledLot } from './hold-goods.ts'
export type { TimelineEntry } from './timeline.ts'
export { EVENTS_CONSTRAINTS } from './errors.ts'

interface Context {
  readonly actor: Actor
  readonly at: Date
}

export interface Events {
  readonly routes: readonly Route[]
  readonly jobs: readonly JobHandler<any>[]
  readonly consumers: readonly Consumer[]
  readonly schedules: readonly Schedule[]
  activate(tx: Tx, input: Activate, ctx: Context): Promise<Activation>
  pack(tx: Tx, input: MoveGoods & { sscc?: string }, ctx: Context): Promise<{ sscc: string; eventId: string; labels: bigint }>
  ship(tx: Tx, input: MoveGoods & { dealerId: string; number: string; note: string }, ctx: Context): Promise<Shipment>
  receive(tx: Tx, shipmentId: string, place: string, ctx: Context): Promise<void>
  saveDealer(tx: Tx, input: DealerForm, ctx: Context): Promise<string>
  /** A number for a container that nothing is packed under. */
  drawSscc(tx: Tx, organisationId: string): Promise<string>
  /** A consumer's empty bottle. @returns id of the event */
  retire(tx: Tx, input: { code: bigint; at: Date }): Promise<string>
  undoRetire(tx: Tx, input: { code: bigint; at: Date }): Promise<string>
  readonly tracing: Tracing
  timelineOf(db: Sql, code: bigint): Promise<TimelineEntry[]>
  /** Shipments on their way to the dealers that this actor is. */
  shipmentsToReceive(db: Sql, actor: Actor): Promise<number>
  recalledLots(db: Sql): Promise<RecalledLot[]>
  /** Whether labels of a product or lot are active: then what consumers have read may not change. */
  productIsInUse(db: Sql, productId: string): Promise<boolean>
  lotIsInUse(db: Sql, lotId: string): Promise<boolean>
  /** Whether a label of the batch has ever been activated. */
  batchIsInUse(db: Sql, batchId: number): Promise<boolean>
  fsck(db: Database): Promise<Finding[]>
}

export function createEvents(
  platform: Platform,
  upstream: { identity: Identity; products: Products; imports: Imports; codes: Codes; audit: AuditWriter },
  ports: TracePorts,
): Events {
  const { codes, imports, products } = upstream
  /** How a refusal names a label: batch and index, which whoever holds the order can find; never a serial. */
  const nameOf = (code: bigint): string => `#${code >> 32n}-${(code & 0xffffffffn) + 1n}`
  const moveDeps = { codes, imports, nameOf }
  const activationDeps = { codes, imports, products, nameOf }
  const raiseCanary = async (found: readonly bigint[], at: Date) => {
    // in a transaction of its own: the activation is refused and rolled back, the alarm must stay
    for (const code of found.slice(0, 100)) await codes.reportCanary(platform.db, code, 'activation', at)
  }
  const anybody = async (tx: Tx, code: bigint): Promise<string> => {
    const row = await maybeOne<{ organisation_id: string }>(
      tx,
      sql`select organisation_id from code_batch where id = ${Number(code >> 32n)}`,
    )
    return row!.organisation_id
  }
  const single = async (tx: Tx, kind: 'retiring' | 'unretiring', input: { code: bigint; at: Date }): Promise<string> => {
    const captured = await capture(
      tx,
      { kind, at: input.at, ranges: [{ lo: input.code, hi: input.code }], containers: [] },
      { actor: undefined, organisationId: await anybody(tx, input.code), at: input.at, nameOf },
    )
    return captured.eventId
  }

  const subscriptions: SubscriptionDeps = {
    db: platform.db,
    keys: platform.keys,
    compile: { codes, publicUrl: platform.config.publicUrl },
    render: { codes, imports },
    allowedHosts: new Set(platform.config.outgoingHosts),
    companyPrefixes: [DEMONSTRATION_PREFIX],
  }
  const movementLists = twoStepImport(
    platform,
    movementKind(platform, {
      move: moveDeps,
      activation: activationDeps,
      raiseCanary: (found) => raiseCanary(found, platform.clock.now()),
    }),
  )
  const tracing = createTracing({ db: platform.db, codes, imports, ports })
  return {
    routes: [
      ...eventRoutes(platform, { ...upstream, moveDeps, activationDeps, raiseCanary }),
      ...epcisRoutes(platform, {
        capture: {
          move: moveDeps,
          activation: activationDeps,
          raiseCanary: (found) => raiseCanary(found, platform.clock.now()),
          codes,
          publicUrl: platform.config.publicUrl,
        },
        render: { codes, imports },
        audit: upstream.audit,
        companyPrefixes: [DEMONSTRATION_PREFIX],
        subscriptions,
        live: new LiveQueries(subscriptions, platform.clock, platform.log),
        stillAllowed: async (request) => {
          const caller = await upstream.identity.authenticate(request)
          return caller?.restricted === undefined && caller?.actor.permissions.has('goods.read') === true
        },
      }),
      ...traceRoutes(tracing),
      ...movementLists.routes,
    ],
    jobs: movementLists.jobs,
    tracing,
    schedules: [
      {
        name: 'events.notify-subscribers',
        everySeconds: 2,
        run: async () => {
          await notifySubscribers(subscriptions, platform.clock.now())
        },
      },
    ],
    consumers: [scrapConsumer(nameOf), legacyConsumer(imports, nameOf)],
    activate: (tx, input, ctx) => activateRange(tx, activationDeps, input, { ...ctx, raiseCanary: async () => undefined }),
    shipmentsToReceive: async (db, actor) => {
      const row = await maybeOne<{ n: number }>(
        db,
        sql`select count(*)::int as n from shipment s join dealer d on d.id = s.dealer_id where d.dealer_organisation_id = ${actor.organisationId} and s.received_at is null`,
      )
      return row?.n ?? 0
    },
    pack: (tx, input, ctx) => packGoods(tx, moveDeps, input, ctx),
    ship: (tx, input, ctx) => shipGoods(tx, moveDeps, input, ctx),
    receive: async (tx, id, place, ctx) => {
      await receiveShipment(tx, moveDeps, id, place, ctx)
    },
    drawSscc,
    saveDealer: (tx, input, ctx) => saveDealer(tx, undefined, input, ctx),
    retire: (tx, input) => single(tx, 'retiring', input),
    undoRetire: (tx, input) => single(tx, 'unretiring', input),
    timelineOf,
    recalledLots,
    productIsInUse: async (db, productId) =>
      (await maybeOne(
        db,
        sql`select 1 from lot l join lot_balance b on b.lot_id = l.id where l.product_id = ${productId} and b.activated > 0 limit 1`,
      )) !== undefined,
    lotIsInUse: async (db, lotId) =>
      (await maybeOne(db, sql`select 1 from lot_balance where lot_id = ${lotId} and activated > 0`)) !== undefined,
    batchIsInUse: async (db, batchId) => {
      const from = BigInt(batchId) << 32n
      return (
        (await maybeOne(
          db,
          sql`select 1 from code_range where lo between ${from} and ${from + 0xffffffffn} and status <> 'void' limit 1`,
        )) !== undefined
      )
    },
    fsck,
  }
}

/** Labels that the printer scrapped are void before anybody could activate them. */
function scrapConsumer(nameOf: (code: bigint) => string): Consumer {
  return {
    name: 'events.void-scrapped-labels',
    alsoSandbox: true,
    topics: ['labels.scrapped'],
    handle: async (tx, event) => {
      const payload = event.payload as { batchId: number; ranges: { from: number; to: number }[] }
      const at = new Date(event.at)
      await capture(
        tx,
        {
          kind: 'voiding',
          at,
          ranges: payload.ranges.map((r) => ({
            lo: codeId({ batch: payload.batchId, index: r.from }),
            hi: codeId({ batch: payload.batchId, index: r.to }),
          })),
          containers: [],
          reason: 'scrapped at the printer',
        },
        { actor: undefined, organisationId: event.organisationId!, at, nameOf },
      )
    },
  }
}

/** Labels of the older system are on goods already: their codes are active as soon as they are known. */
function legacyConsumer(imports: Imports, nameOf: (code: bigint) => string): Consumer {
  return {
    name: 'events.activate-legacy-labels',
    topics: ['legacy.imported'],
    handle: async (tx, event) => {
      const payload = event.payload as { batchId: number; lotId: string; quantity: number }
      const lot = await imports.lotOf(tx, payload.lotId)
      if (lot === undefined) return
      const at = new Date(event.at)
      await commission(
        tx,
        [{ lo: codeId({ batch: payload.batchId, index: 0 }), hi: codeId({ batch: payload.batchId, index: payload.quantity - 1 }) }],
        lot,
        {
          actor: undefined,
          organisationId: lot.organisationId,
          at,
          eventAt: at,
          nameOf,
        },
      )
    },
  }
}
