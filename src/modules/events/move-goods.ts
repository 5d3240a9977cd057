import { buildSscc, parseSscc } from '../../kernel/gs1/sscc.ts'
import { maybeOne, one, type Sql, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Codes } from '../codes/index.ts'
import type { Imports } from '../imports/index.ts'
import { capture, type Captured } from './capture.ts'
import { type Chosen, chooseGoods } from './choose-goods.ts'
import type { MoveGoods } from './contract.ts'
import { eventsFail } from './errors.ts'
import { DatabaseStore } from './database-store.ts'
import type { EventKind, GoodsEvent } from './goods-event.ts'
import { type CodeRange, countOf, cut, normaliseRanges } from './ranges.ts'
import { companyPrefixOfSandbox, sandboxOf } from '../../kernel/sandbox.ts'

export interface MoveDeps {
  readonly codes: Codes
  readonly imports: Imports
  readonly nameOf: (code: bigint) => string
}

interface Context {
  readonly actor: Actor
  readonly at: Date
}

/** GS1's demonstration prefix: an installation sets its own for real logistic units. */
export const DEMONSTRATION_PREFIX = '9521234'

/** Draws a new SSCC; numbers follow each other and are never given twice. */
export async function drawSscc(tx: Tx, organisationId: string): Promise<string> {
  const sandbox = sandboxOf(organisationId)
  const prefix = sandbox === undefined ? DEMONSTRATION_PREFIX : companyPrefixOfSandbox(sandbox)
  await tx.execute(
    sql`insert into sscc_counter (prefix, next) values (${prefix}, 1) on conflict on constraint sscc_counter_pkey do nothing`,
  )
  const row = await one<{ n: bigint }>(tx, sql`update sscc_counter set next = next + 1 where prefix = ${prefix} returning next - 1 as n`)
  return buildSscc(0, prefix, row.n)
}

/** Dealers of others that this actor is, so that it may receive and return what was shipped to it. */
async function dealersOf(db: Sql, actor: Actor): Promise<Set<string>> {
  const rows = await db.query<{ id: string }>(sql`select id from dealer where dealer_organisation_id = ${actor.organisationId}`)
  return new Set(rows.map((r) => r.id))
}

/**
 * Only the owner or the dealer that holds goods may move them; anybody else is told what he would be told of goods
 * that do not exist.
 */
async function authorise(db: Sql, chosen: Chosen, parent: string | undefined, actor: Actor): Promise<void> {
  const dealers = await dealersOf(db, actor)
  const containers = [...chosen.containers, ...(parent === undefined ? [] : [parent])]
  const foreignContainers = await db.query<{ sscc: string; dealer_id: string | null; parent: string | null }>(sql`
    select sscc, dealer_id, parent from container where sscc = any(${containers}::text[]) and organisation_id <> ${actor.organisationId}`)
  for (const c of foreignContainers) if (c.dealer_id === null || !dealers.has(c.dealer_id)) throw httpFail('NOT_FOUND')
  const foreign = [...chosen.batches.values()].filter((b) => b.organisationId !== actor.organisationId)
  if (foreign.length === 0) return
  const ids = new Set(foreign.map((b) => b.id))
  const ranges = chosen.ranges.filter((r) => ids.has(Number(r.lo >> 32n)))
  const rows = await db.query<{ lo: bigint; hi: bigint; dealer_id: string | null }>(sql`
    select g.lo, g.hi, coalesce(g.dealer_id, c.dealer_id) as dealer_id from unnest(${ranges.map((r) => r.lo)}::bigint[], ${ranges.map((r) => r.hi)}::bigint[]) as r(lo, hi)
      cross join lateral (
        select * from (select * from code_range x where x.lo <= r.lo order by x.lo desc limit 1) first_one where first_one.hi >= r.lo
        union all select * from code_range y where y.lo > r.lo and y.lo <= r.hi) g
      left join container c on c.sscc = g.container order by g.lo`)
  const { inside } = cut(
    rows.map((r) => ({ lo: r.lo, hi: r.hi, state: r.dealer_id ?? '' })),
    normaliseRanges(ranges),
  )
  if (inside.some((part) => part.state === undefined || !dealers.has(part.state))) throw httpFail('NOT_FOUND')
}

/** Understands a choice, checks whose it is, captures the event. */
export async function moveGoods(
  tx: Tx,
  deps: MoveDeps,
  kind: EventKind,
  input: MoveGoods,
  extra: Partial<Pick<GoodsEvent, 'parent' | 'dealerId' | 'transactions'>>,
  ctx: Context,
  more: { readonly ranges?: readonly CodeRange[]; readonly containers?: readonly string[] } = {},
): Promise<Captured & { readonly ranges: readonly CodeRange[]; readonly containers: readonly string[] }> {
  const chosen = await chooseGoods(tx, deps.codes, input.choice, ctx.actor, { anyOwner: true })
  if (chosen.canaries.length > 0) throw eventsFail('CODES_CANARY', { count: chosen.canaries.length })
  if (chosen.unknown.length > 0)
    throw eventsFail('CODES_NOT_FOUND', { count: chosen.unknown.length, example: chosen.unknown[0]!.input.slice(0, 120) })
  await authorise(tx, chosen, extra.parent, ctx.actor)
  const ranges = normaliseRanges([...chosen.ranges, ...(more.ranges ?? [])])
  const containers = [...chosen.containers, ...(more.containers ?? [])]
  const captured = await capture(
    tx,
    {
      kind,
      at: input.at === undefined ? ctx.at : new Date(input.at),
      ranges,
      containers,
      ...(input.place !== '' && { place: input.place }),
      ...(input.reason !== '' && { reason: input.reason }),
      ...extra,
    },
    { actor: ctx.actor, organisationId: ctx.actor.organisationId, at: ctx.at, nameOf: deps.nameOf },
  )
  // a pallet moves what is in its cartons
  const inside = containers.length === 0 ? [] : await contentsOf(tx, await descendantsOf(tx, containers))
  return { ...captured, labels: captured.labels + countOf(inside), ranges, containers }
}

/** Packs into a container, a new one unless an SSCC is given. */
export async function packGoods(
  tx: Tx,
  deps: MoveDeps,
  input: MoveGoods & { sscc?: string | undefined },
  ctx: Context,
): Promise<Captured & { sscc: string }> {
  const sscc = input.sscc === undefined || input.sscc === '' ? await drawSscc(tx, ctx.actor.organisationId) : parseSscc(input.sscc)
  if (sscc === undefined) throw eventsFail('NOT_AN_SSCC', { input: input.sscc!.slice(0, 60) })
  const captured = await moveGoods(tx, deps, 'packing', input, { parent: sscc }, ctx)
  return { ...captured, sscc }
}

/** Takes out what is chosen, or what is not, whichever is fewer to scan; or everything. */
export async function unpackGoods(
  tx: Tx,
  deps: MoveDeps,
  input: MoveGoods & { sscc: string; take: 'these' | 'others' | 'all' },
  ctx: Context,
): Promise<Captured & { sscc: string }> {
  const sscc = parseSscc(input.sscc)
  if (sscc === undefined) throw eventsFail('NOT_AN_SSCC', { input: input.sscc.slice(0, 60) })
  if (input.take === 'these') return { ...(await moveGoods(tx, deps, 'unpacking', input, { parent: sscc }, ctx)), sscc }
  const within = await tx.query<{ lo: bigint; hi: bigint }>(sql`select lo, hi from code_range where container = ${sscc} order by lo`)
  const children = await tx.query<{ sscc: string }>(sql`select sscc from container where parent = ${sscc} order by sscc`)
  const staying = input.take === 'all' ? undefined : await chooseGoods(tx, deps.codes, input.choice, ctx.actor, { anyOwner: true })
  const rest =
    staying === undefined
      ? within
      : cut(
          within.map((r) => ({ ...r, state: true })),
          staying.ranges,
        ).outside
  const outgoing = children.map((c) => c.sscc).filter((c) => staying === undefined || !staying.containers.includes(c))
  const nothing = { ...input, choice: { rolls: [], stretches: [], items: [], containers: [] } }
  return { ...(await moveGoods(tx, deps, 'unpacking', nothing, { parent: sscc }, ctx, { ranges: rest, containers: outgoing })), sscc }
}

/** All containers below some, level by level: nesting is three or four deep and never recursive in SQL. */
export async function descendantsOf(db: Sql, containers: readonly string[]): Promise<string[]> {
  const all = new Set(containers)
  for (let level = [...containers]; level.length > 0;) {
    const rows = await db.query<{ sscc: string }>(sql`select sscc from container where parent = any(${level}::text[])`)
    level = rows.map((r) => r.sscc).filter((sscc) => !all.has(sscc))
    for (const sscc of level) all.add(sscc)
  }
  return [...all]
}

export interface Shipment {
  readonly id: string
  readonly number: string
  readonly eventId: string
  readonly labels: number
}

/**
 * Ships cartons, pallets or loose goods to a dealer. Goods of cross-border retail are for their buyer's own use and
 * are not shipped to dealers (商财发〔2018〕486号).
 * @throws AppError DEALER_UNKNOWN, NOT_RESELLABLE, GOODS_STATE, CONTAINER_STATE
 */
export async function shipGoods(
  tx: Tx,
  deps: MoveDeps,
  input: MoveGoods & { dealerId: string; number: string; note: string },
  ctx: Context,
): Promise<Shipment> {
  const dealer = await maybeOne<{ id: string; name: string }>(
    tx,
    sql`select id, name from dealer where id = ${input.dealerId} and organisation_id = ${ctx.actor.organisationId} and active`,
  )
  if (dealer === undefined) throw eventsFail('DEALER_UNKNOWN')
  const number =
    input.number === ''
      ? `F${ctx.at.toISOString().slice(0, 10).replaceAll('-', '')}-${newId(ctx.at).slice(-6).toUpperCase()}`
      : input.number
  const moved = await moveGoods(tx, deps, 'shipping', input, { dealerId: dealer.id, transactions: [{ type: 'desadv', id: number }] }, ctx)
  const lots = await lotsWithin(tx, moved.ranges, moved.containers)
  for (const lot of (await deps.imports.lotsOf(tx, lots)).values())
    if (lot.regime === 'cross-border-retail') throw eventsFail('NOT_RESELLABLE')
  const labels = Number(moved.labels)
  const id = newId(ctx.at)
  await tx.execute(sql`
    insert into shipment (id, number, event_id, organisation_id, dealer_id, labels, containers, shipped_at, note)
    values (${id}, ${number}, ${moved.eventId}, ${ctx.actor.organisationId}, ${dealer.id}, ${labels}, ${moved.containers.length}, ${(input.at === undefined ? ctx.at : new Date(input.at)).toISOString()}, ${input.note})`)
  return { id, number, eventId: moved.eventId, labels }
}

async function contentsOf(db: Sql, containers: readonly string[]): Promise<CodeRange[]> {
  return db.query<{ lo: bigint; hi: bigint }>(sql`select lo, hi from code_range where container = any(${containers}::text[])`)
}

async function lotsWithin(db: Sql, ranges: readonly CodeRange[], containers: readonly string[]): Promise<string[]> {
  const loose = await db.query<{ lot_id: string }>(sql`
    select distinct g.lot_id from unnest(${ranges.map((r) => r.lo)}::bigint[], ${ranges.map((r) => r.hi)}::bigint[]) as r(lo, hi) join code_range g on g.lo between r.lo and r.hi where g.lot_id is not null`)
  const packed = await db.query<{ lot_id: string }>(
    sql`select distinct lot_id from code_range where container = any(${await descendantsOf(db, containers)}::text[]) and lot_id is not null`,
  )
  return [...new Set([...loose, ...packed].map((r) => r.lot_id))]
}

/**
 * Receives what of a shipment is still on its way: the dealer's click, or the importer's for a dealer without an
 * account. What was destroyed, returned or received by itself meanwhile does not keep the rest on the way.
 */
export async function receiveShipment(
  tx: Tx,
  deps: MoveDeps,
  id: string,
  place: string,
  ctx: Context,
): Promise<Captured & { readonly containers: number }> {
  const dealers = [...(await dealersOf(tx, ctx.actor))]
  const shipment = await maybeOne<{ event_id: string; dealer_id: string; received_at: string | null; number: string }>(
    tx,
    sql`select event_id, dealer_id, received_at, number from shipment where id = ${id} and (organisation_id = ${ctx.actor.organisationId} or dealer_id = any(${dealers}::uuid[])) for update`,
  )
  if (shipment === undefined) throw httpFail('NOT_FOUND')
  const shipped = await tx.query<{ lo: bigint; hi: bigint }>(
    sql`select lower(codes) as lo, upper(codes) - 1 as hi from event_code where event_id = ${shipment.event_id}`,
  )
  const cartons = await tx.query<{ sscc: string; on_its_way: boolean }>(sql`
    select ec.sscc, coalesce(c.in_transit and c.parent is null and c.dealer_id = ${shipment.dealer_id}, false) as on_its_way
    from event_container ec left join container c on c.sscc = ec.sscc where ec.event_id = ${shipment.event_id} and ec.role = 'epc'`)
  const loose = await onTheirWay(tx, deps, shipped, shipment.dealer_id)
  const moving = cartons.filter((c) => c.on_its_way)
  // with nothing left to receive, the table of transitions says why
  const nothing = loose.length === 0 && moving.length === 0
  const captured = await capture(
    tx,
    {
      kind: 'receiving',
      at: ctx.at,
      ranges: nothing ? shipped : loose,
      containers: (nothing ? cartons : moving).map((c) => c.sscc),
      ...(place !== '' && { place }),
      transactions: [{ type: 'recadv', id: shipment.number }],
    },
    { actor: ctx.actor, organisationId: ctx.actor.organisationId, at: ctx.at, nameOf: deps.nameOf },
  )
  await tx.execute(sql`update shipment set received_at = ${ctx.at.toISOString()} where id = ${id}`)
  const inside = await contentsOf(
    tx,
    await descendantsOf(
      tx,
      moving.map((c) => c.sscc),
    ),
  )
  return { ...captured, labels: captured.labels + countOf(inside), containers: moving.length }
}

/** Loose goods on their way to a dealer; a label that was replaced on the way is followed to its successor. */
async function onTheirWay(tx: Tx, deps: MoveDeps, shipped: readonly CodeRange[], dealerId: string): Promise<CodeRange[]> {
  const found: CodeRange[] = []
  for (let asked = normaliseRanges(shipped); asked.length > 0;) {
    const successors: CodeRange[] = []
    for (const { lo, hi, state } of cut(await new DatabaseStore(tx, deps.nameOf).touching(asked), asked).inside) {
      if (state?.replacedBy != null) successors.push({ lo: state.replacedBy, hi: state.replacedBy })
      else if (state?.inTransit === true && state.container === null && state.dealerId === dealerId) found.push({ lo, hi })
    }
    asked = normaliseRanges(successors)
  }
  return found
}

/** A damaged label is replaced: the old one is void for ever and points to the new one. */
export async function replaceLabel(
  tx: Tx,
  deps: MoveDeps,
  input: { damaged: string; replacement: string; reason: string },
  ctx: Context,
): Promise<Captured> {
  const chosen = await chooseGoods(
    tx,
    deps.codes,
    { rolls: [], stretches: [], items: [input.damaged, input.replacement], containers: [] },
    ctx.actor,
  )
  if (chosen.unknown.length > 0)
    throw eventsFail('CODES_NOT_FOUND', { count: chosen.unknown.length, example: chosen.unknown[0]!.input.slice(0, 120) })
  if (chosen.canaries.length > 0) throw eventsFail('CODES_CANARY', { count: chosen.canaries.length })
  const [a, b] = await deps.codes.resolveInputs(tx, [input.damaged, input.replacement], ctx.actor.organisationId)
  if (a === undefined || b === undefined || 'reason' in a || 'reason' in b) throw eventsFail('NOTHING_CHOSEN')
  const damaged = (BigInt(a.batch) << 32n) | BigInt(a.index)
  const replacement = (BigInt(b.batch) << 32n) | BigInt(b.index)
  // the new label must be one that could have been activated for these goods
  const batch = chosen.batches.get(b.batch)!
  if (batch.orderStatus !== 'received') throw eventsFail('LABELS_NOT_RECEIVED', { number: await orderNumber(tx, batch.orderId) })
  const goods = await maybeOne<{ lot_id: string | null }>(tx, sql`select lot_id from state_of_codes(array[${damaged}::bigint])`)
  if (batch.labelKind !== 'blank' && batch.lotId !== goods?.lot_id)
    throw eventsFail('LABELS_OF_OTHER_LOT', { count: 1, example: deps.nameOf(replacement) })
  return capture(
    tx,
    { kind: 'replacing', at: ctx.at, ranges: [{ lo: damaged, hi: damaged }], containers: [], replacement, reason: input.reason },
    { actor: ctx.actor, organisationId: ctx.actor.organisationId, at: ctx.at, nameOf: deps.nameOf },
  )
}

async function orderNumber(db: Sql, orderId: string): Promise<string> {
  return (await maybeOne<{ number: string }>(db, sql`select number from code_order where id = ${orderId}`))?.number ?? ''
}
