import { expandCurie } from '../../../kernel/epcis/context.ts'
import { comparable } from '../../../kernel/epcis/epc-normal-form.ts'
import type { EpcField, EpcisEvent, Namespaces } from '../../../kernel/epcis/event.ts'
import type { JsonObject } from '../../../kernel/epcis/write-json.ts'
import type { Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import { REMEMBER_TERMS, TERMS } from './collections.ts'
import type { EpcIndex } from './epc-index.ts'
import type { Fact } from './facts.ts'

/** A captured event, taken apart for storage. */
export interface CapturedEvent {
  /** Id of its row. */
  readonly id: string
  readonly event: EpcisEvent
  /** As it was sent, so that it is given back as it was sent. */
  readonly json: JsonObject
  readonly namespaces: Namespaces
  readonly index: EpcIndex
  readonly facts: readonly Fact[]
}

/** A captured event as it is kept: as it was sent, with the prefixes of its document. */
export interface StoredDocument {
  readonly event: JsonObject
  readonly context: Readonly<Record<string, string>>
  /** Serial ranges that the event names, by the list that they stand for; codes as digits. */
  readonly ranges?: readonly { readonly field: EpcField; readonly lo: string; readonly hi: string }[]
}

interface Context {
  readonly actor: Actor
  readonly at: Date
  readonly captureId: string
}

/**
 * Writes records: events that change no goods. Five statements, however many events.
 * @throws a violation of event_uri_key when an id is there already
 */
export async function storeRecords(tx: Tx, records: readonly CapturedEvent[], ctx: Context): Promise<void> {
  if (records.length === 0) return
  const rows = records.map((r) => ({ id: r.id, ...columnsOf(r), document: documentOf(r) }))
  await tx.execute(sql`
    with stored as (insert into event (id, type, action, biz_step, disposition, organisation_id, event_time, event_zone, record_time, read_point, biz_location, person_id, api_key_id, event_uri, declared_at, capture_id, document, body)
    select (r ->> 'id')::uuid, r ->> 'type', r ->> 'action', r ->> 'bizStep', r ->> 'disposition', ${ctx.actor.organisationId}, (r ->> 'eventTime')::timestamptz, r ->> 'zone', ${ctx.at.toISOString()},
      r ->> 'readPoint', r ->> 'bizLocation', ${ctx.actor.personId}, ${ctx.actor.apiKeyId}, r ->> 'uri', (r ->> 'declaredAt')::timestamptz, ${ctx.captureId}, r -> 'document', '{}'
    from jsonb_array_elements(${sql.json(rows)}) with ordinality as t(r, n) order by n returning ${TERMS})
    ${REMEMBER_TERMS}`)
  await storeIndexes(tx, records)
}

/** Gives an event of goods, which a use case has captured, the document that it came in. */
export async function attachDocument(tx: Tx, eventId: string, captured: CapturedEvent, ctx: Context): Promise<void> {
  const c = columnsOf(captured)
  await tx.execute(sql`
    with stored as (update event set event_uri = ${c.uri}, declared_at = ${c.declaredAt}, event_zone = ${c.zone}, read_point = ${c.readPoint}, biz_location = ${c.bizLocation}, disposition = ${c.disposition}, biz_step = ${c.bizStep},
      capture_id = ${ctx.captureId}, document = ${sql.json(documentOf(captured))}
    where id = ${eventId} returning ${TERMS})
    ${REMEMBER_TERMS}`)
  // labels and containers of goods were written by the use case; their facts with what it knew of them
  await tx.execute(sql`delete from event_fact where event_id = ${eventId}`)
  await storeIndexes(tx, [{ ...captured, id: eventId, index: { ...captured.index, codes: [], containers: [] } }])
}

async function storeIndexes(tx: Tx, records: readonly CapturedEvent[]): Promise<void> {
  const codes = records.flatMap((r) => r.index.codes.map((c) => ({ id: r.id, ...c })))
  const containers = records.flatMap((r) => r.index.containers.map((c) => ({ id: r.id, ...c })))
  const epcs = records.flatMap((r) => r.index.epcs.map((c) => ({ id: r.id, ...c })))
  if (codes.length > 0) {
    await tx.execute(sql`
      insert into event_code (event_id, role, codes) select id, role, int8range(lo, hi, '[]')
      from unnest(${codes.map((c) => c.id)}::uuid[], ${codes.map((c) => c.role)}::text[], ${codes.map((c) => c.lo)}::bigint[], ${codes.map((c) => c.hi)}::bigint[]) as t(id, role, lo, hi)`)
  }
  if (containers.length > 0) {
    await tx.execute(sql`
      insert into event_container (event_id, role, sscc)
      select * from unnest(${containers.map((c) => c.id)}::uuid[], ${containers.map((c) => c.role)}::text[], ${containers.map((c) => c.sscc)}::text[])`)
  }
  if (epcs.length > 0) {
    await tx.execute(sql`
      insert into event_epc (event_id, role, epc)
      select * from unnest(${epcs.map((c) => c.id)}::uuid[], ${epcs.map((c) => c.role)}::text[], ${epcs.map((c) => c.epc)}::text[])`)
  }
  await storeFacts(
    tx,
    records.flatMap((r) => r.facts.map((fact) => ({ eventId: r.id, fact }))),
  )
}

export async function storeFacts(tx: Tx, facts: readonly { readonly eventId: string; readonly fact: Fact }[]): Promise<void> {
  if (facts.length === 0) return
  await tx.execute(sql`
    insert into event_fact (event_id, name, text, number, time)
    select * from unnest(${facts.map((f) => f.eventId)}::uuid[], ${facts.map((f) => f.fact.name)}::text[], ${facts.map((f) => f.fact.text ?? null)}::text[],
      ${facts.map((f) => f.fact.number ?? null)}::double precision[], ${facts.map((f) => f.fact.time ?? null)}::timestamptz[])`)
}

const documentOf = ({ json, namespaces, index }: CapturedEvent): StoredDocument => ({
  event: json,
  context: Object.fromEntries(namespaces),
  ...(index.ranges.length > 0 && { ranges: index.ranges.map(({ field, lo, hi }) => ({ field, lo: lo.toString(), hi: hi.toString() })) }),
})

/** What an event is asked for most, in columns. */
function columnsOf({ event, namespaces }: CapturedEvent) {
  const term = (value: string | undefined) => (value === undefined ? null : expandCurie(value, namespaces))
  return {
    type: event.type,
    action: event.action ?? null,
    bizStep: term(event.bizStep),
    disposition: term(event.disposition),
    eventTime: event.eventTime,
    zone: event.eventTimeZoneOffset,
    readPoint: event.readPoint === undefined ? null : comparable(event.readPoint.id),
    bizLocation: event.bizLocation === undefined ? null : comparable(event.bizLocation.id),
    uri: event.eventID ?? null,
    declaredAt: event.errorDeclaration?.declarationTime ?? null,
  }
}
