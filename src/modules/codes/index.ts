import { AsyncResource } from 'node:async_hooks'
import type { CodeRef } from '../../kernel/serial/serial-codec.ts'
import { civilDateOf } from '../../kernel/time.ts'
import { itemUri } from '../../kernel/gs1/digital-link.ts'
import { type Database, maybeOne, type Sql, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Actor } from '../../platform/http/actor.ts'
import type { Route } from '../../platform/http/route.ts'
import type { JobHandler, Schedule } from '../../platform/jobs/jobs.ts'
import { publish } from '../../platform/outbox/outbox.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Identity } from '../identity/index.ts'
import type { Imports } from '../imports/index.ts'
import type { Products } from '../products/index.ts'
import type { GrantQuota, ReportCounts, SubmitOrder } from './contract.ts'
import { approveOrder, type IssueDeps, releasePack } from './decide-order.ts'
import { KeyRing } from './key-ring.ts'
import { expireGrants, grantQuota, overdrawnGrants, quotaReminders } from './quota.ts'
import { receiveLabels, reportPrinted } from './report-counts.ts'
import { legacyJob } from './legacy-codes.ts'
import { addPrinterKey, recipientsOf } from './printer-keys.ts'
import { type Batch, blockingOrder, findBatches, rollRangeOf } from './repository.ts'
import { EVERYBODY, legacyCodes, legacyText, type ResolvedInput, resolveInputs } from './resolve-inputs.ts'
import { codeRoutes } from './routes.ts'
import { submitOrder } from './submit-order.ts'
import { seenBy } from '../../platform/http/wall.ts'
import { fulfilInSandbox } from './fulfil-in-sandbox.ts'
import { httpFail } from '../../platform/http/errors.ts'

export type { Batch } from './repository.ts'
export { EVERYBODY, type InputFault, type ResolvedInput } from './resolve-inputs.ts'
export { CODES_CONSTRAINTS } from './errors.ts'
export { packRows } from './download-pack.ts'

interface Context {
  readonly actor: Actor
  readonly at: Date
}

export interface Codes {
  readonly routes: readonly Route[]
  readonly jobs: readonly JobHandler<any>[]
  readonly schedules: readonly Schedule[]
  /** Must be awaited before the first code is read; `createCodes` starts it. */
  ready(): Promise<void>
  /** @returns null for what this installation has not enciphered; `gtin` undefined means a label without one */
  decodeMany(gtins: readonly (string | undefined)[], serials: readonly string[]): (CodeRef | null)[]
  decode(gtin: string | undefined, serial: string): CodeRef | null
  /**
   * For serials that were not understood: another process may have made the key that they name. Kept with true, they
   * are worth a second try; undefined when every key that they name is known.
   */
  newKeysFor(serials: readonly string[]): Promise<boolean> | undefined
  serialOf(batch: Batch, index: number): string
  serialsOf(batch: Batch, from: number, n: number): string[]
  uriOf(batch: Batch, index: number): string
  urisOf(batch: Batch, from: number, n: number): string[]
  batchOf(db: Sql, id: number): Promise<Batch | undefined>
  batchesOf(db: Sql, ids: readonly number[]): Promise<Map<number, Batch>>
  resolveInputs(db: Sql, inputs: readonly string[], organisationId?: string | typeof EVERYBODY): Promise<ResolvedInput[]>
  /** The scan address behind a code of the older system. */
  scannedLegacyCode(db: Sql, text: string): Promise<{ gtin: string | undefined; serial: string } | undefined>
  isCanary(batch: Batch, index: number): boolean
  /** Raises the alarm that a canary was seen: its download has leaked. */
  reportCanary(db: Database | Tx, code: bigint, where: 'scan' | 'activation', at: Date): Promise<void>
  /** Indexes of roll `number` (from 1), or undefined when the batch has no such roll. */
  rollRange(batch: Batch, number: number): { from: number; to: number } | undefined
  rotateSerialKey(tx: Tx, at: Date): Promise<number>
  submitOrder(tx: Tx, input: SubmitOrder, ctx: Context): Promise<string>
  /** The codes of an order that is issued. @throws AppError NOT_FOUND */
  batchOfOrder(db: Sql, orderId: string): Promise<Batch>
  /** Approves, issues, releases, prints and receives an order of a sandbox, where nobody else would. */
  fulfilInSandbox(tx: Tx, orderId: string, organisationId: string, at: Date): Promise<void>
  approveOrder(tx: Tx, orderId: string, reason: string, ctx: Context): Promise<number>
  releasePack(tx: Tx, orderId: string, ctx: Context): Promise<string>
  reportPrinted(tx: Tx, orderId: string, input: ReportCounts, ctx: Context): Promise<void>
  receiveLabels(tx: Tx, orderId: string, input: { received: number; note: string }, ctx: Context): Promise<void>
  /** Quota grants whose ledger does not sum. */
  fsck(db: Sql): Promise<{ kind: 'quota'; subject: string; stored: string; rebuilt: string }[]>
  grantQuota(tx: Tx, input: GrantQuota, by: { personId: string | null; at: Date }): Promise<string>
  addPrinterKey(tx: Tx, organisationId: string, recipient: string, ctx: { personId: string | null; at: Date }): Promise<string>
  /** age recipients to which files of a printer are sealed now; none when he has no key. */
  printerRecipients(db: Sql, printerId: string): Promise<string[]>
  todosOf(
    db: Sql,
    actor: Actor,
    today: string,
  ): Promise<{
    ordersToDecide: number
    ordersToRelease: number
    packsWaiting: number
    printsToReport: number
    ordersToReceive: number
    ordersBlocked: number
    quotaEnding: number
  }>
}

export function createCodes(platform: Platform, upstream: { identity: Identity; products: Products; imports: Imports }): Codes {
  const { db, clock, config } = platform
  const keyRing = new KeyRing(platform.keys, config.serialCipher)
  const loading = keyRing.load(db)
  // a failure is told by whoever needs the keys first
  loading.catch(() => undefined)
  const read = async (sqlDb: Sql, ids: readonly number[]): Promise<Batch[]> => {
    const found = await findBatches(sqlDb, ids)
    await keyRing.prepare(
      sqlDb,
      found.map((batch) => batch.keyVersion),
    )
    return found
  }
  const batches = new BatchCache(read)
  // an alarm is raised while the act that met the canary is being undone, and must not count as a part of it
  const outside = new AsyncResource('codes.canary-alarm')

  const decodeMany: Codes['decodeMany'] = (gtins, serials) =>
    keyRing.ring.decodeMany(
      gtins.map((g) => (g === undefined ? 0 : Number(g))),
      serials,
    )
  const serialsOf: Codes['serialsOf'] = (batch, from, n) => keyRing.codec(batch.keyVersion).encodeMany(batch.tweakGtin, batch.id, from, n)
  const urisOf: Codes['urisOf'] = (batch, from, n) => {
    const gtin = batch.tweakGtin.toString().padStart(14, '0')
    return serialsOf(batch, from, n).map((serial) =>
      batch.tweakGtin === 0n ? `${config.publicUrl}/s/${serial}` : itemUri(config.publicUrl, gtin, serial),
    )
  }
  const orderDeps = { identity: upstream.identity, imports: upstream.imports }
  const issueDeps: IssueDeps = { products: upstream.products, imports: upstream.imports, keyVersion: (tx) => keyRing.activeVersion(tx) }
  const resolve: Codes['resolveInputs'] = (sqlDb, inputs, organisationId) =>
    resolveInputs(sqlDb, keyRing, clock.now(), inputs, organisationId)
  const everywhere = sql`true`
  const fulfil = (tx: Tx, orderId: string, organisationId: string, at: Date) =>
    fulfilInSandbox(tx, { issueDeps, resolve: (inputs, owner) => resolve(tx, inputs, owner) }, orderId, organisationId, at)

  const face: Codes = {
    routes: [],
    jobs: [legacyJob(platform, keyRing)],
    schedules: [
      {
        name: 'codes.expire-quota',
        everySeconds: 3600,
        run: async () => {
          const now = clock.now()
          const expired = await db.transaction((tx) => expireGrants(tx, civilDateOf(now), now))
          if (expired > 0) platform.log.info({ expired }, 'quota grants expired')
        },
      },
    ],
    ready: async () => {
      await loading
    },
    decodeMany,
    decode: (gtin, serial) => decodeMany([gtin], [serial])[0]!,
    serialsOf,
    serialOf: (batch, index) => serialsOf(batch, index, 1)[0]!,
    uriOf: (batch, index) => urisOf(batch, index, 1)[0]!,
    urisOf,
    batchOf: (sqlDb, id) => batches.get(sqlDb, id),
    batchesOf: async (sqlDb, ids) => new Map((await read(sqlDb, [...new Set(ids)])).map((b) => [b.id, b])),
    resolveInputs: resolve,
    newKeysFor: (serials) => keyRing.knowsLater(db, serials, clock.now().getTime()),
    scannedLegacyCode: async (sqlDb, text) => {
      const code = legacyText(text)
      const ref = code === undefined ? undefined : (await legacyCodes(sqlDb, [code])).get(code)
      const batch = ref === undefined ? undefined : await batches.get(sqlDb, ref.batch)
      return batch === undefined ? undefined : { gtin: undefined, serial: serialsOf(batch, ref!.index, 1)[0]! }
    },
    isCanary: (batch, index) => index >= Number(batch.quantity) && index < Number(batch.quantity) + batch.canaries,
    reportCanary: async (sqlDb, code, where, at) => {
      const work = async (tx: Tx) => {
        const row = await maybeOne<{ download_id: string; seen: number; pack_id: string; number: number }>(
          tx,
          sql`update canary c set seen = c.seen + 1, first_seen = coalesce(c.first_seen, ${at.toISOString()}) from pack_download d
          where c.code = ${code} and d.id = c.download_id returning c.download_id, c.seen, d.pack_id, d.number`,
        )
        await publish(tx, 'canary.seen', {
          organisationId: null,
          payload: {
            code: code.toString(),
            where,
            downloadId: row?.download_id ?? null,
            packId: row?.pack_id ?? null,
            downloadNumber: row?.number ?? null,
          },
          at,
        })
        platform.log.warn({ code: code.toString(), where, download: row?.download_id }, 'a canary serial was seen: a pack has leaked')
      }
      await ('transaction' in sqlDb ? outside.runInAsyncScope(() => sqlDb.transaction(work)) : work(sqlDb))
    },
    rollRange: (batch, number) => rollRangeOf({ quantity: Number(batch.quantity), rollSize: batch.rollSize }, number),
    fsck: async (sqlDb) =>
      (await overdrawnGrants(sqlDb)).map((g) => ({
        kind: 'quota' as const,
        subject: g.id,
        stored: `granted ${g.labels}`,
        rebuilt: `booked ${g.granted}, left ${g.left}`,
      })),
    rotateSerialKey: async (tx, at) => {
      await keyRing.prepare(tx, [])
      return keyRing.rotate(tx, at)
    },
    submitOrder: (tx, input, ctx) => submitOrder(tx, orderDeps, input, ctx),
    fulfilInSandbox: fulfil,
    batchOfOrder: async (sqlDb, orderId) => {
      const row = await maybeOne<{ id: number }>(sqlDb, sql`select id from code_batch where order_id = ${orderId}`)
      const batch = row === undefined ? undefined : (await read(sqlDb, [row.id]))[0]
      if (batch === undefined) throw httpFail('NOT_FOUND')
      return batch
    },
    approveOrder: (tx, id, reason, ctx) => approveOrder(tx, issueDeps, id, reason, { ...ctx, where: everywhere }),
    releasePack: (tx, id, ctx) => releasePack(tx, id, { ...ctx, where: everywhere }),
    reportPrinted: (tx, id, input, ctx) =>
      reportPrinted(tx, (inputs, organisationId) => resolve(tx, inputs, organisationId), id, input, { ...ctx, where: everywhere }),
    receiveLabels: (tx, id, input, ctx) => receiveLabels(tx, id, input, { ...ctx, where: everywhere }),
    grantQuota,
    addPrinterKey: (tx, organisationId, recipient, ctx) => addPrinterKey(tx, organisationId, { recipient, note: '' }, ctx),
    printerRecipients: recipientsOf,
    todosOf: async (sqlDb, actor, today) => {
      const own = seenBy(actor, sql`organisation_id`)
      const row = await maybeOne<{ decide: number; release: number; receive: number }>(
        sqlDb,
        sql`select count(*) filter (where status = 'submitted')::int as decide, count(*) filter (where status = 'issued' and label_kind <> 'legacy')::int as release,
          count(*) filter (where status = 'printed')::int as receive from code_order where ${own}`,
      )
      const packs = await maybeOne<{ n: number }>(
        sqlDb,
        sql`select count(*)::int as n from pack k where k.printer_id = ${actor.organisationId} and k.state = 'released' and not exists (select 1 from pack_download d where d.pack_id = k.id and d.completed_at is not null)`,
      )
      const prints = await maybeOne<{ n: number }>(
        sqlDb,
        sql`select count(*)::int as n from code_order o join pack k on k.order_id = o.id where k.printer_id = ${actor.organisationId} and o.status = 'released'
          and exists (select 1 from pack_download d where d.pack_id = k.id and d.completed_at is not null)`,
      )
      const blocked = actor.organisationKind === 'importer' ? await blockingOrder(sqlDb, actor.organisationId) : undefined
      const reminders = await quotaReminders(sqlDb, actor.sees === 'all' ? undefined : actor.organisationId, today)
      return {
        ordersToDecide: row?.decide ?? 0,
        ordersToRelease: row?.release ?? 0,
        packsWaiting: packs?.n ?? 0,
        printsToReport: prints?.n ?? 0,
        ordersToReceive: row?.receive ?? 0,
        ordersBlocked: blocked === undefined ? 0 : 1,
        quotaEnding: reminders.length,
      }
    },
  }
  return { ...face, routes: codeRoutes(platform, { ...upstream, keyRing, issueDeps, orderDeps, resolve, fulfil, codes: face }) }
}

/** Batches are asked for at every scan and change only when a blank one is bound, so they are kept for a few seconds. */
class BatchCache {
  readonly #read: (db: Sql, ids: readonly number[]) => Promise<Batch[]>
  readonly #kept = new Map<number, { batch: Promise<Batch | undefined>; until: number }>()

  constructor(read: (db: Sql, ids: readonly number[]) => Promise<Batch[]>) {
    this.#read = read
  }

  get(db: Sql, id: number): Promise<Batch | undefined> {
    // a transaction may see what others must not, and with one connection may not wait for their reading
    if ('kind' in db) return this.#read(db, [id]).then((rows) => rows[0])
    const now = Date.now()
    const found = this.#kept.get(id)
    if (found !== undefined && found.until > now) return found.batch
    if (this.#kept.size > 10_000) this.#kept.clear()
    const batch = this.#read(db, [id]).then((rows) => rows[0])
    this.#kept.set(id, { batch, until: now + 5_000 })
    batch.then(
      (b) => {
        if (b === undefined) this.#kept.delete(id)
      },
      () => this.#kept.delete(id),
    )
    return batch
  }
}
