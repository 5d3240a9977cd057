import { parseJsonQuery } from '../../../kernel/epcis/query/parse.ts'
import type { KeyVault } from '../../../platform/crypto/keys.ts'
import { maybeOne, type Database, type Sql, type Tx } from '../../../platform/db/database.ts'
import { sql, type SqlText } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import { checkTarget, sendOut } from '../../../platform/http/send-out.ts'
import { newId } from '../../../platform/ids.ts'
import { type CompileDeps, compileQuery } from './compile-query.ts'
import type { EpcFormat } from './epc-format.ts'
import { queryDocument } from './exchange-format.ts'
import { OWN_NAMESPACE, OWN_PREFIX, type RenderDeps } from './own-event.ts'
import { epcisFail } from './problems.ts'
import { eventsByIds } from './run-query.ts'
import { nextTime, parseSchedule } from './schedule.ts'
import { seenBy } from '../../../platform/http/wall.ts'
import { webhookSignature } from '../../../platform/crypto/webhook-signature.ts'

/** What a client asks for: a stream, or a schedule; `dest` gets what is new. */
export interface SubscribeInput {
  readonly dest: string
  readonly signatureToken: string | undefined
  readonly stream: boolean
  readonly schedule: unknown
  readonly reportIfEmpty: boolean
  readonly initialRecordTime: string | undefined
  readonly epcFormat: EpcFormat
}

export interface SubscriptionDeps {
  readonly db: Database
  readonly keys: KeyVault
  readonly compile: CompileDeps
  readonly render: RenderDeps
  /** Hosts inside that may be called nevertheless. */
  readonly allowedHosts: ReadonlySet<string>
  readonly companyPrefixes: readonly string[]
}

interface SubscriptionRow {
  readonly id: string
  readonly organisation_id: string
  readonly query_name: string
  readonly dest: string
  readonly signature_token: Buffer | null
  readonly stream: boolean
  readonly schedule: unknown
  readonly report_if_empty: boolean
  readonly epc_format: EpcFormat
  readonly created_at: string
  readonly last_notified_at: string | null
  readonly min_record_time: string
  readonly after_xid: string
  readonly after_sequence: bigint
  readonly failures: number
  readonly failing_since: string | null
  readonly last_failure: string
}

const COLUMNS = sql`s.id, s.organisation_id, s.query_name, s.dest, s.signature_token, s.stream, s.schedule, s.report_if_empty, s.epc_format, s.created_at, s.last_notified_at, s.min_record_time,
  s.after_xid::text as after_xid, s.after_sequence, s.failures, s.failing_since, s.last_failure`

/** Events of one message; fewer when the receiver says that it is too large. */
export const BATCH = 100
/** Labels that one message spells out. */
export const LABELS = 20_000
const LEASE_SECONDS = 120
/** After a day of failures a subscription sleeps; its events wait, and DELETE and POST, or a new day, begin again. */
const GIVE_UP_HOURS = 24
const LONGEST_WAIT_SECONDS = 3600

/**
 * Reads the body of a new subscription.
 * @throws AppError DESTINATION_INVALID, SCHEDULE_INVALID
 */
export function subscribeInput(body: unknown, epcFormat: EpcFormat, allowedHosts: ReadonlySet<string>): SubscribeInput {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const dest = typeof given['dest'] === 'string' ? given['dest'] : ''
  if (dest.length > 2000 || checkTarget(dest, allowedHosts) === undefined)
    throw epcisFail('DESTINATION_INVALID', { dest: dest.slice(0, 100), reason: 'https://…' })
  const stream = given['stream'] === true
  const { schedule, signatureToken, initialRecordTime } = given
  if (stream === (schedule !== undefined)) throw epcisFail('SCHEDULE_INVALID', { reason: 'stream: true | schedule: {…}' })
  if (schedule !== undefined) {
    const parsed = parseSchedule(schedule)
    if (typeof parsed === 'string') throw epcisFail('SCHEDULE_INVALID', { reason: parsed })
  }
  if (initialRecordTime !== undefined && (typeof initialRecordTime !== 'string' || Number.isNaN(Date.parse(initialRecordTime))))
    throw epcisFail('SCHEDULE_INVALID', { reason: 'initialRecordTime' })
  if (signatureToken !== undefined && (typeof signatureToken !== 'string' || signatureToken.length < 16 || signatureToken.length > 500))
    throw epcisFail('SCHEDULE_INVALID', { reason: 'signatureToken: 16–500' })
  return { dest, signatureToken, stream, schedule, reportIfEmpty: given['reportIfEmpty'] === true, initialRecordTime, epcFormat }
}

/** @returns id of the new subscription, which begins with the events recorded from `initialRecordTime`, or from now */
export async function subscribe(
  tx: Tx,
  deps: SubscriptionDeps,
  queryName: string,
  input: SubscribeInput,
  actor: Actor,
  at: Date,
): Promise<string> {
  const id = newId(at)
  const from = input.initialRecordTime === undefined ? at : new Date(input.initialRecordTime)
  const own = seenBy(actor, sql`organisation_id`)
  // the last event before that time, in the order of readers
  const [last] = await tx.query<{ xid: string; sequence: bigint }>(sql`
    select xid::text as xid, sequence from event where ${own} and record_time < ${from.toISOString()} order by xid desc, sequence desc limit 1`)
  await tx.execute(sql`
    insert into epcis_subscription (id, organisation_id, query_name, dest, signature_token, stream, schedule, report_if_empty, epc_format, created_at, min_record_time, after_xid, after_sequence, next_at)
    values (${id}, ${actor.organisationId}, ${queryName}, ${input.dest}, ${input.signatureToken === undefined ? null : deps.keys.seal('secret-at-rest', id, input.signatureToken)},
      ${input.stream}, ${input.schedule === undefined ? null : sql.json(input.schedule)}, ${input.reportIfEmpty}, ${input.epcFormat}, ${at.toISOString()}, ${from.toISOString()},
      ${last?.xid ?? '0'}::xid8, ${last?.sequence ?? 0n}, ${(input.stream ? at : nextOf(input.schedule, at)).toISOString()})`)
  return id
}

/** Subscriptions of a named query, by id: one, or those after another. */
export async function subscriptionsOf(
  db: Sql,
  actor: Actor,
  queryName: string,
  which: { readonly id: string } | { readonly after: string | undefined; readonly limit: number },
): Promise<SubscriptionView[]> {
  const narrowed = 'id' in which ? sql`s.id::text = ${which.id}` : which.after === undefined ? sql`true` : sql`s.id > ${which.after}::uuid`
  const rows = await db.query<SubscriptionRow>(sql`
    select ${COLUMNS} from epcis_subscription s where s.organisation_id = ${actor.organisationId} and s.query_name = ${queryName} and ${narrowed}
    order by s.id limit ${'id' in which ? 1 : which.limit}`)
  return rows.map(viewOf)
}

export async function unsubscribe(tx: Tx, actor: Actor, queryName: string, id: string): Promise<boolean> {
  return (
    (await tx.execute(
      sql`delete from epcis_subscription where organisation_id = ${actor.organisationId} and query_name = ${queryName} and id::text = ${id}`,
    )) > 0
  )
}

export interface SubscriptionView {
  readonly subscriptionID: string
  readonly [member: string]: unknown
}

/** As the standard shows it; the token that signs is never told. */
function viewOf(row: SubscriptionRow): SubscriptionView {
  return {
    subscriptionID: row.id,
    dest: row.dest,
    createdAt: row.created_at,
    ...(row.last_notified_at !== null && { lastNotifiedAt: row.last_notified_at }),
    minRecordTime: row.min_record_time,
    epcFormat: row.epc_format,
    ...(row.stream ? { stream: true } : { schedule: row.schedule, reportIfEmpty: row.report_if_empty }),
    ...(row.failures > 0 && { failures: row.failures, failingSince: row.failing_since, lastFailure: row.last_failure }),
  }
}

function nextOf(schedule: unknown, after: Date): Date {
  const parsed = parseSchedule(schedule)
  return (typeof parsed === 'string' ? undefined : nextTime(parsed, after)) ?? new Date(after.getTime() + 366 * 86_400_000)
}

/**
 * Sends what is due. A subscription is leased to one process at a time; its position moves when the receiver has
 * answered 200 and not before, so that nothing is lost, and a message may come again after a crash.
 * @returns how many messages were sent or tried
 */
export async function notifySubscribers(deps: SubscriptionDeps, now: Date): Promise<number> {
  let tried = 0
  for (;;) {
    const row = await lease(deps.db, now)
    if (row === undefined) return tried
    try {
      tried += await notify(deps, row, now)
    } finally {
      await deps.db.execute(sql`update epcis_subscription set leased_until = null where id = ${row.id}`)
    }
  }
}

async function lease(db: Database, now: Date): Promise<SubscriptionRow | undefined> {
  return maybeOne<SubscriptionRow>(
    db,
    sql`update epcis_subscription s set leased_until = ${new Date(now.getTime() + LEASE_SECONDS * 1000).toISOString()}
      where s.id = (
        select d.id from epcis_subscription d where d.next_at <= ${now.toISOString()} and (d.leased_until is null or d.leased_until < ${now.toISOString()})
          and (d.stream = false or d.failures > 0 or exists (select 1 from event e where e.organisation_id = d.organisation_id and (e.xid, e.sequence) > (d.after_xid, d.after_sequence)))
        order by d.next_at limit 1 for update skip locked)
      returning ${COLUMNS}`,
  )
}

async function notify(deps: SubscriptionDeps, row: SubscriptionRow, now: Date): Promise<number> {
  const query = await queryOfName(deps, row.organisation_id, row.query_name)
  if (query === undefined) return 0
  const { where } = query
  let position = { xid: row.after_xid, sequence: row.after_sequence }
  let batch = BATCH
  let sent = 0
  for (;;) {
    const found = await newEvents(deps.db, row, where, position, batch)
    const empty = found.ids.length === 0
    if (empty && (sent > 0 || row.stream || !row.report_if_empty)) {
      await rest(deps.db, row, found.horizon, now)
      return sent
    }
    const result = await post(deps, row, found.ids, now)
    sent++
    if (result === 413 && found.ids.length > 1) {
      batch = Math.ceil(found.ids.length / 2)
      continue
    }
    if (result !== 200) {
      await fail(deps.db, row, typeof result === 'number' ? `HTTP ${result}` : result, now)
      return sent
    }
    position = empty ? position : found.last
    await deps.db.execute(sql`
      update epcis_subscription set after_xid = ${position.xid}::xid8, after_sequence = ${position.sequence}, last_notified_at = ${now.toISOString()},
        min_record_time = greatest(min_record_time, ${found.recordTime ?? row.min_record_time}::timestamptz), failures = 0, failing_since = null, last_failure = '' where id = ${row.id}`)
    if (empty) {
      await rest(deps.db, row, position, now)
      return sent
    }
  }
}

/** A named query as SQL over the events of its enterprise, as it stands now; undefined when it was deleted. */
export async function queryOfName(
  deps: Pick<SubscriptionDeps, 'db' | 'compile'>,
  organisationId: string,
  name: string,
): Promise<{ readonly where: SqlText } | undefined> {
  const query = await maybeOne<{ query: unknown }>(
    deps.db,
    sql`select query from epcis_query where organisation_id = ${organisationId} and name = ${name}`,
  )
  if (query === undefined) return undefined
  const namespaces = await deps.db.query<{ prefix: string; namespace: string }>(
    sql`select prefix, namespace from epcis_namespace where organisation_id = ${organisationId}`,
  )
  const parsed = parseJsonQuery(query.query, {
    namespaces: new Map([[OWN_PREFIX, OWN_NAMESPACE], ...namespaces.map((n) => [n.prefix, n.namespace] as const)]),
  })
  return compileQuery(deps.db, deps.compile, parsed, { organisationId, sees: 'own' } as Actor)
}

interface Found {
  readonly ids: readonly string[]
  readonly last: { readonly xid: string; readonly sequence: bigint }
  readonly recordTime: string | undefined
  /** Up to here there is nothing else for this query: what does not match need not be looked at again. */
  readonly horizon: { readonly xid: string; readonly sequence: bigint }
}

/** Events after a position of which no earlier one can still appear. */
export async function newEvents(
  db: Database,
  row: Pick<SubscriptionRow, 'organisation_id' | 'min_record_time'>,
  where: SqlText,
  after: { xid: string; sequence: bigint },
  limit: number,
): Promise<Found> {
  return db.transaction(
    async (tx) => {
      const visible = sql`e.organisation_id = ${row.organisation_id} and (e.xid, e.sequence) > (${after.xid}::xid8, ${after.sequence}) and e.xid < pg_snapshot_xmin(pg_current_snapshot())`
      const rows = await tx.query<{ id: string; xid: string; sequence: bigint; record_time: string }>(sql`
        select e.id, e.xid::text as xid, e.sequence, e.record_time from event e where ${visible} and e.record_time >= ${row.min_record_time}::timestamptz - interval '1 day' and ${where} order by e.xid, e.sequence limit ${limit}`)
      const newest = await tx.query<{ xid: string; sequence: bigint }>(sql`
        select e.xid::text as xid, e.sequence from event e where ${visible} order by e.xid desc, e.sequence desc limit 1`)
      const last = rows.at(-1) ?? { ...after, record_time: undefined }
      return {
        ids: rows.map((r) => r.id),
        last: { xid: last.xid, sequence: last.sequence },
        recordTime: last.record_time,
        horizon: newest[0] ?? after,
      }
    },
    { readOnly: true },
  )
}

async function post(deps: SubscriptionDeps, row: SubscriptionRow, ids: readonly string[], now: Date): Promise<number | string> {
  const found = await eventsByIds(deps.db, deps.render, ids, LABELS).catch(() => undefined)
  if (found === undefined) return ids.length > 1 ? 413 : 'an event over too many labels'
  const document = queryDocument(
    { queryName: row.query_name, subscriptionID: row.id, at: now, found },
    { epcFormat: row.epc_format, companyPrefixes: deps.companyPrefixes },
  )
  const body = JSON.stringify(document)
  const token = row.signature_token === null ? undefined : deps.keys.open('secret-at-rest', row.id, row.signature_token)
  const answer = await sendOut(
    row.dest,
    body,
    {
      'content-type': 'application/ld+json; charset=utf-8',
      'GS1-EPCIS-Version': '2.0.0',
      'GS1-CBV-Version': '2.0.0',
      'GS1-EPC-Format': row.epc_format,
      ...(token !== undefined && { 'GS1-Signature': webhookSignature(token, body) }),
    },
    { allowedHosts: deps.allowedHosts },
  )
  return answer.ok ? answer.status : answer.fault
}

/** Waits for more: a stream for the next event, a schedule for its next time. */
async function rest(db: Database, row: SubscriptionRow, position: { xid: string; sequence: bigint }, now: Date): Promise<void> {
  const next = row.stream ? now : nextOf(row.schedule, now)
  await db.execute(sql`
    update epcis_subscription set after_xid = ${position.xid}::xid8, after_sequence = ${position.sequence}, next_at = ${next.toISOString()}, failures = 0, failing_since = null where id = ${row.id}`)
}

async function fail(db: Database, row: SubscriptionRow, why: string, now: Date): Promise<void> {
  const since = row.failing_since === null ? now : new Date(row.failing_since)
  const tired = now.getTime() - since.getTime() > GIVE_UP_HOURS * 3_600_000
  const wait = tired ? 24 * 3600 : Math.min(LONGEST_WAIT_SECONDS, 10 * 2 ** Math.min(row.failures, 10))
  await db.execute(sql`
    update epcis_subscription set failures = failures + 1, failing_since = ${since.toISOString()}, last_failure = ${why.slice(0, 200)}, next_at = ${new Date(now.getTime() + wait * 1000).toISOString()} where id = ${row.id}`)
}
