import { AppError, type FieldFault } from '../../../kernel/errors.ts'
import { instantMs } from '../../../kernel/epcis/date-time.ts'
import type { EpcisEvent, Namespaces } from '../../../kernel/epcis/event.ts'
import type { JsonObject } from '../../../kernel/epcis/write-json.ts'
import type { Database, Sql, Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import { newId } from '../../../platform/ids.ts'
import { publish } from '../../../platform/outbox/outbox.ts'
import type { Codes } from '../../codes/index.ts'
import { eventsFail } from '../errors.ts'
import { actOf, changeGoods, type DoorDeps, type NamedGoods } from './goods-door.ts'
import { type EpcIndex, indexEvents } from './epc-index.ts'
import { factsOf } from './facts.ts'
import { ownId } from './own-event.ts'
import { attachDocument, type CapturedEvent, storeRecords } from './store-records.ts'

export type ErrorBehaviour = 'rollback' | 'proceed'

/** A document that was read and found valid. */
export interface ReadDocument {
  readonly events: readonly { readonly event: EpcisEvent; readonly json: JsonObject; readonly namespaces: Namespaces }[]
  readonly masterData: readonly MasterElement[]
  /** Places of the events in the document that was sent, when invalid ones were left out. */
  readonly places: readonly number[]
}

export interface MasterElement {
  readonly vocabulary: string
  readonly id: string
  readonly attributes: readonly { readonly id: string; readonly attribute: unknown }[]
  readonly children: readonly string[]
}

export interface CaptureProblem {
  /** Place of the event in the document, from 0; -1 for the document. */
  readonly event: number
  readonly error: AppError
}

export interface CaptureOutcome {
  readonly captureId: string
  readonly stored: number
  /** Ids of the stored events' rows, in the order of the document. */
  readonly ids: readonly string[]
  readonly problems: readonly CaptureProblem[]
}

/** What belongs to a capture's transaction from outside. */
export interface CaptureCompany {
  /** @returns the outcome of an earlier capture that this one repeats */
  readonly before?: (tx: Tx) => Promise<CaptureOutcome | undefined>
  readonly after?: (tx: Tx, outcome: CaptureOutcome) => Promise<void>
}

export interface CaptureDeps extends DoorDeps {
  readonly codes: Codes
  readonly publicUrl: string
}

interface Context {
  readonly actor: Actor
  readonly at: Date
}

const CLOCK_SKEW_MS = 5 * 60_000

/**
 * Captures a document in one transaction: whole, or with `proceed` whatever of it can be captured. The job is there
 * in either case and tells what happened.
 */
export async function captureDocument(
  db: Database,
  deps: CaptureDeps,
  document: ReadDocument,
  behaviour: ErrorBehaviour,
  problems: readonly CaptureProblem[],
  ctx: Context,
  company: CaptureCompany = {},
): Promise<CaptureOutcome> {
  const captureId = newId(ctx.at)
  try {
    return await db.transaction(async (tx) => {
      const earlier = await company.before?.(tx)
      if (earlier !== undefined) return earlier
      await openJob(tx, captureId, behaviour, ctx)
      const outcome = { captureId, ...(await captureEvents(tx, deps, document, behaviour, { ...ctx, captureId })) }
      const all = [...problems, ...outcome.problems].sort((a, b) => a.event - b.event)
      await storeMasterData(tx, document.masterData, ctx)
      await storeNamespaces(tx, document, ctx)
      await closeJob(tx, captureId, outcome.stored, all, ctx)
      if (outcome.stored > 0)
        await publish(tx, 'epcis.captured', {
          organisationId: ctx.actor.organisationId,
          payload: { captureId, events: outcome.stored },
          at: ctx.at,
        })
      await company.after?.(tx, { ...outcome, problems: all })
      return { ...outcome, problems: all }
    })
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    // nothing of the document is there; that it was refused, and why, is
    const outcome = { captureId, stored: 0, ids: [], problems: [error.problem] }
    return db.transaction(async (tx) => {
      const earlier = await company.before?.(tx)
      if (earlier !== undefined) return earlier
      await openJob(tx, captureId, behaviour, ctx)
      await closeJob(tx, captureId, 0, outcome.problems, ctx)
      await company.after?.(tx, outcome)
      return outcome
    })
  }
}

/** A document that is rolled back because of one event. */
class Refused extends Error {
  readonly problem: CaptureProblem

  constructor(problem: CaptureProblem) {
    super(problem.error.message)
    this.problem = problem
  }
}

async function captureEvents(
  tx: Tx,
  deps: CaptureDeps,
  document: ReadDocument,
  behaviour: ErrorBehaviour,
  ctx: Context & { captureId: string },
): Promise<Omit<CaptureOutcome, 'captureId'>> {
  const events = document.events.map((e) => e.event)
  const indexes = await indexEvents(tx, deps.codes, deps.publicUrl, events, ctx.actor.organisationId)
  const taken = await takenIds(tx, events, ctx.actor)
  const problems: CaptureProblem[] = []
  const ids: string[] = []
  let waiting: { place: number; captured: CapturedEvent }[] = []

  const refuse = (place: number, error: AppError): void => {
    const event = document.places[place] ?? place
    if (behaviour === 'rollback') throw new Refused({ event, error })
    problems.push({ event, error })
  }
  const flush = async (): Promise<void> => {
    const batch = waiting
    waiting = []
    await storeRecords(
      tx,
      batch.map((w) => w.captured),
      ctx,
    )
    ids.push(...batch.map((w) => w.captured.id))
  }

  for (const [place, { event, json, namespaces }] of document.events.entries()) {
    const key = idKey(event)
    if (key !== undefined && taken.has(key)) {
      refuse(place, eventsFail('EVENT_EXISTS', { id: String(event.eventID) }))
      continue
    }
    if (instantMs(event.eventTime) > ctx.at.getTime() + CLOCK_SKEW_MS) {
      refuse(place, eventsFail('EVENT_IN_FUTURE'))
      continue
    }
    const { fault } = indexes[place]!
    if (fault !== undefined) {
      refuse(place, fault)
      continue
    }
    const captured: CapturedEvent = {
      id: newId(ctx.at),
      event,
      json,
      namespaces,
      index: indexes[place]!,
      facts: factsOf(event, namespaces),
    }
    // an error declaration repeats an event and changes nothing; nor does what names no goods of ours
    const goods =
      event.errorDeclaration === undefined && actOf(event) !== undefined ? await namedGoods(tx, captured.index, deps, ctx.actor) : undefined
    if (goods === undefined) {
      waiting.push({ place, captured })
    } else {
      await flush()
      try {
        const id = await tx.savepoint(() => changeGoods(tx, deps, event, goods, ctx))
        if (id === undefined) waiting.push({ place, captured })
        else {
          await attachDocument(tx, id, captured, ctx)
          ids.push(id)
        }
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        refuse(place, error)
        continue
      }
    }
    if (key !== undefined) taken.add(key)
  }
  await flush()
  return { stored: ids.length, ids, problems }
}

/** An id is unique, but for error declarations, which repeat it (EPCIS 2.0, 7.4.1). */
function idKey(event: EpcisEvent): string | undefined {
  if (event.eventID === undefined) return undefined
  const declared = event.errorDeclaration?.declarationTime
  return `${event.eventID}\n${declared === undefined ? '' : new Date(instantMs(declared)).toISOString()}`
}

async function takenIds(db: Sql, events: readonly EpcisEvent[], actor: Actor): Promise<Set<string>> {
  const uris = [...new Set(events.flatMap((e) => (e.eventID === undefined ? [] : [e.eventID])))]
  if (uris.length === 0) return new Set()
  // events of the platform's own doors are named by the ids of their rows
  const own = uris.flatMap((uri) => ownId(uri) ?? [])
  const rows = await db.query<{ event_uri: string; declared_at: string | null }>(sql`
    select event_uri, declared_at from event where organisation_id = ${actor.organisationId} and event_uri = any(${uris}::text[])
    union all select 'urn:uuid:' || id, null from event where organisation_id = ${actor.organisationId} and event_uri is null and id = any(${own}::uuid[])`)
  return new Set(rows.map((r) => `${r.event_uri}\n${r.declared_at ?? ''}`))
}

/** @returns undefined when the event names nothing that is known here as goods */
async function namedGoods(tx: Tx, index: EpcIndex, deps: CaptureDeps, actor: Actor): Promise<NamedGoods | undefined> {
  const named = index.containers.filter((c) => c.role === 'epc' || c.role === 'child').map((c) => c.sscc)
  const known =
    named.length === 0
      ? []
      : await tx.query<{ sscc: string }>(sql`select sscc from container where sscc = any(${named}::text[]) order by sscc`)
  if (index.items.length + index.stretches.length + known.length === 0) return undefined
  const batches = await deps.codes.batchesOf(tx, [...index.batches])
  return {
    items: index.items,
    stretches: index.stretches,
    containers: known.map((c) => c.sscc),
    parent: index.containers.find((c) => c.role === 'parent')?.sscc,
    mine: [...batches.values()].every((b) => b.organisationId === actor.organisationId),
  }
}

async function openJob(tx: Tx, id: string, behaviour: ErrorBehaviour, ctx: Context): Promise<void> {
  await tx.execute(sql`
    insert into epcis_capture (id, organisation_id, error_behaviour, created_at) values (${id}, ${ctx.actor.organisationId}, ${behaviour}, ${ctx.at.toISOString()})`)
}

async function closeJob(tx: Tx, id: string, stored: number, problems: readonly CaptureProblem[], ctx: Context): Promise<void> {
  const errors = problems.slice(0, 100).map(({ event, error }) => ({
    event,
    code: error.code,
    status: error.entry.status,
    zh: error.words('zh'),
    en: error.words('en'),
    fields: error.fields.map((f: FieldFault) => ({ pointer: f.pointer, code: f.code, zh: f.zh, en: f.en })),
  }))
  await tx.execute(sql`
    update epcis_capture set finished_at = ${ctx.at.toISOString()}, success = ${problems.length === 0}, events = ${stored}, errors = ${sql.json(errors)} where id = ${id}`)
}

/** Vocabulary elements are replaced whole by the newest document that tells them. */
async function storeMasterData(tx: Tx, elements: readonly MasterElement[], ctx: Context): Promise<void> {
  const latest = [...new Map(elements.map((e) => [`${e.vocabulary}\n${e.id}`, e])).values()]
  if (latest.length === 0) return
  await tx.execute(sql`
    insert into epcis_master_data (organisation_id, vocabulary, id, element, changed_at)
    select ${ctx.actor.organisationId}, e ->> 'vocabulary', e ->> 'id', e, ${ctx.at.toISOString()} from jsonb_array_elements(${sql.json(latest)}) as t(e)
    order by 2, 3
    on conflict on constraint epcis_master_data_pkey do update set element = excluded.element, changed_at = excluded.changed_at`)
}

/** Prefixes of the newest documents, for the names of extension fields in queries. */
async function storeNamespaces(tx: Tx, document: ReadDocument, ctx: Context): Promise<void> {
  const prefixes = [...new Map(document.events.flatMap((e) => [...e.namespaces]))].sort(([a], [b]) => (a < b ? -1 : 1))
  if (prefixes.length === 0) return
  await tx.execute(sql`
    insert into epcis_namespace (organisation_id, prefix, namespace, changed_at)
    select ${ctx.actor.organisationId}, prefix, namespace, ${ctx.at.toISOString()} from unnest(${prefixes.map((p) => p[0])}::text[], ${prefixes.map((p) => p[1])}::text[]) as t(prefix, namespace)
    on conflict on constraint epcis_namespace_pkey do update set namespace = excluded.namespace, changed_at = excluded.changed_at`)
}
