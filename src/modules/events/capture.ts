import type { Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { newId } from '../../platform/ids.ts'
import { publish } from '../../platform/outbox/outbox.ts'
import { type Fact } from './epcis/facts.ts'
import { partyUri, transactionUri } from './epcis/own-event.ts'
import { REMEMBER_TERMS, TERMS } from './epcis/collections.ts'
import { storeFacts } from './epcis/store-records.ts'
import { DatabaseStore } from './database-store.ts'
import { eventsFail } from './errors.ts'
import { EPCIS_SHAPES, type GoodsEvent } from './goods-event.ts'
import { project } from './project.ts'
import { normaliseRanges } from './ranges.ts'
import { companyPrefixOfSandbox, mayUseSscc, sandboxOf } from '../../kernel/sandbox.ts'

const CLOCK_SKEW_MS = 5 * 60_000
const MAX_STRETCHES = 100_000

export interface CaptureContext {
  /** Who captures; undefined for the platform itself acting on a consumer's or a printer's word. */
  readonly actor: Actor | undefined
  /** Organisation in whose name the event is captured. */
  readonly organisationId: string
  /** Record time. */
  readonly at: Date
  readonly nameOf: (code: bigint) => string
}

export interface Captured {
  readonly eventId: string
  readonly labels: bigint
}

/**
 * The one door for every change of goods: check, store the event, project it, publish it, in the caller's
 * transaction. Nothing else writes the projections.
 * @throws AppError NOTHING_CHOSEN, EVENT_IN_FUTURE, EVENT_TOO_EARLY, GOODS_STATE, CONTAINER_STATE, OVER_ACTIVATION
 */
export async function capture(tx: Tx, event: GoodsEvent, ctx: CaptureContext): Promise<Captured> {
  const ranges = normaliseRanges(event.ranges)
  if (ranges.length === 0 && event.containers.length === 0) throw eventsFail('NOTHING_CHOSEN')
  if (ranges.length > MAX_STRETCHES) throw eventsFail('TOO_MANY_LABELS', { limit: MAX_STRETCHES })
  if (event.at.getTime() > ctx.at.getTime() + CLOCK_SKEW_MS) throw eventsFail('EVENT_IN_FUTURE')
  refuseOtherWorld(event, ctx.organisationId)

  if (event.at.getTime() < ctx.at.getTime() - CLOCK_SKEW_MS) await refuseBeforeItsGoods(tx, event)

  const { labels } = await project(new DatabaseStore(tx, ctx.nameOf), { ...event, ranges })
  const id = newId(ctx.at)
  const shape = EPCIS_SHAPES[event.kind]
  await tx.execute(sql`
    with stored as (insert into event (id, kind, type, action, biz_step, disposition, organisation_id, event_time, event_zone, record_time, read_point, person_id, api_key_id, body)
    values (${id}, ${event.kind}, ${shape.type}, ${shape.action}, ${shape.bizStep}, ${shape.disposition}, ${ctx.organisationId}, ${event.at.toISOString()}, ${event.zone ?? '+08:00'},
      ${ctx.at.toISOString()}, ${event.place ?? null}, ${ctx.actor?.personId ?? null}, ${ctx.actor?.apiKeyId ?? null}, ${sql.json(bodyOf(id, event))}) returning ${TERMS})
    ${REMEMBER_TERMS}`)
  const role = shape.type === 'AggregationEvent' ? 'child' : event.kind === 'replacing' ? 'replaced' : 'epc'
  await insertCodes(tx, id, role, ranges)
  if (event.replacement !== undefined) await insertCodes(tx, id, 'replacement', [{ lo: event.replacement, hi: event.replacement }])
  const containers = [
    ...event.containers.map((sscc) => ({ role: shape.type === 'AggregationEvent' ? 'child' : 'epc', sscc })),
    ...(event.parent === undefined ? [] : [{ role: 'parent', sscc: event.parent }]),
  ]
  if (containers.length > 0) {
    await tx.execute(sql`
      insert into event_container (event_id, role, sscc) select ${id}, * from unnest(${containers.map((c) => c.role)}::text[], ${containers.map((c) => c.sscc)}::text[])`)
  }
  await storeFacts(
    tx,
    ownFacts(event, ctx.organisationId).map((fact) => ({ eventId: id, fact })),
  )
  await publish(tx, 'goods.moved', {
    organisationId: ctx.organisationId,
    payload: { eventId: id, kind: event.kind, labels: Number(labels), containers: event.containers.length },
    at: ctx.at,
  })
  return { eventId: id, labels }
}

/** A sandbox packs under its own company prefix and nobody else does: trial and earnest never share a container. */
function refuseOtherWorld(event: GoodsEvent, organisationId: string): void {
  for (const sscc of [...event.containers, ...(event.parent === undefined ? [] : [event.parent])]) {
    if (mayUseSscc(organisationId, sscc)) continue
    const sandbox = sandboxOf(organisationId)
    throw sandbox === undefined
      ? eventsFail('SSCC_OF_SANDBOX', { sscc })
      : eventsFail('SSCC_NOT_OF_SANDBOX', { sscc, prefix: companyPrefixOfSandbox(sandbox) })
  }
}

/** What is told after the fact may come late and out of order, but nothing moves before its codes or its carton exist. */
async function refuseBeforeItsGoods(tx: Tx, event: GoodsEvent): Promise<void> {
  const latest = new Date(event.at.getTime() + CLOCK_SKEW_MS).toISOString()
  const batches = [...new Set(event.ranges.flatMap((r) => [Number(r.lo >> 32n), Number(r.hi >> 32n)]))]
  const [batch] = await tx.query<{ since: string }>(
    sql`select issued_at as since from code_batch where id = any(${batches}::int[]) and issued_at > ${latest} limit 1`,
  )
  if (batch !== undefined)
    throw eventsFail('EVENT_TOO_EARLY', { what: { zh: '这批码生成', en: 'these codes were issued' }, since: batch.since })
  const [container] = await tx.query<{ since: string }>(
    sql`select packed_at as since from container where sscc = any(${[...event.containers]}::text[]) and packed_at > ${latest} limit 1`,
  )
  if (container !== undefined)
    throw eventsFail('EVENT_TOO_EARLY', { what: { zh: '装箱', en: 'the container was packed' }, since: container.since })
}

async function insertCodes(tx: Tx, eventId: string, role: string, ranges: readonly { lo: bigint; hi: bigint }[]): Promise<void> {
  for (let i = 0; i < ranges.length; i += 5000) {
    const part = ranges.slice(i, i + 5000)
    await tx.execute(sql`
      insert into event_code (event_id, role, codes)
      select ${eventId}, ${role}, int8range(lo, hi, '[]') from unnest(${part.map((r) => r.lo)}::bigint[], ${part.map((r) => r.hi)}::bigint[]) as t(lo, hi)`)
  }
}

/** What the query language asks of an own event beside its columns, spelled as it is rendered. */
function ownFacts(event: GoodsEvent, organisationId: string): Fact[] {
  return [
    ...(event.transactions ?? []).map((t) => ({ name: `bizTransaction:${t.type}`, text: transactionUri(organisationId, t) })),
    ...(event.dealerId === undefined
      ? []
      : [
          { name: 'source:possessing_party', text: partyUri(organisationId) },
          { name: 'destination:possessing_party', text: partyUri(event.dealerId) },
        ]),
  ]
}

/** The event in EPCIS 2.0 terms; ranges stay ranges here and are spelled out only for a standard client. */
function bodyOf(id: string, event: GoodsEvent): object {
  const shape = EPCIS_SHAPES[event.kind]
  return {
    eventID: `urn:uuid:${id}`,
    type: shape.type,
    action: shape.action,
    bizStep: shape.bizStep,
    ...(shape.disposition !== null && { disposition: shape.disposition }),
    eventTime: event.at.toISOString(),
    eventTimeZoneOffset: event.zone ?? '+08:00',
    ...(event.place !== undefined && { readPoint: { name: event.place } }),
    ...(event.parent !== undefined && { parent: event.parent }),
    ...(event.containers.length > 0 && { containers: event.containers }),
    ...(event.lot !== undefined && {
      ilmd: { lotId: event.lot.id, productId: event.lot.productId, organisationId: event.lot.organisationId },
    }),
    ...(event.dealerId !== undefined && { destination: { dealerId: event.dealerId } }),
    ...(event.replacement !== undefined && { replacement: event.replacement.toString() }),
    ...(event.reason !== undefined && { reason: event.reason }),
    ...(event.transactions !== undefined && { bizTransactionList: event.transactions }),
  }
}
