import { refOfCodeId } from '../../kernel/serial/serial-codec.ts'
import type { KeyVault } from '../../platform/crypto/keys.ts'
import { type Database, maybeOne, one, type Sql, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { newId } from '../../platform/ids.ts'
import { publish } from '../../platform/outbox/outbox.ts'
import type { Labels } from '../labels/index.ts'
import { scansFail } from './errors.ts'
import { PIN_LIMITS, pinWait, type PinTries } from './pin-limits.ts'
import { bucketOf } from './repository.ts'

/** Minutes within which the same client gets the first answer again: a page that was reloaded, a double tap. */
const SAME_ANSWER_MINUTES = 10
const DAY = 86_400_000

export interface PinCheck {
  /** What was asked about, as it was typed when it is none of ours: limits are kept for that too. */
  readonly typed: string
  /** undefined for a code that is not ours. */
  readonly code: bigint | undefined
  readonly organisationId: string | undefined
  readonly pin: string
  /** Network of the client, of IPv6 the /64. */
  readonly network: string
  readonly device: Buffer | undefined
  readonly visitor: Buffer
  readonly province: string | undefined
  readonly at: Date
}

export type PinResult =
  /** Not the digits under this label's coating, or not a label of ours: never told apart. */
  | { readonly result: 'no-match' }
  /** Right, but the label is not on sale. It counts for nothing and raises an alarm. */
  | { readonly result: 'not-activated' }
  | { readonly result: 'first' | 'repeat'; readonly reveal: Reveal; readonly own: boolean }

/** The first proof of a label's PIN, as everybody may read it. */
export interface Reveal {
  readonly at: string
  readonly province: string | null
  readonly times: number
}

interface Deps {
  readonly db: Database
  readonly keys: KeyVault
  readonly labels: Labels
}

/**
 * Checks the PIN under a label's coating. Tries of one client, and those for one label, come one after the other, so
 * that many at once are limited like many in a row; the first right one is decided by one insert.
 * @throws AppError PIN_WAIT with the seconds to wait, for a label of ours or not
 */
export async function checkPin(deps: Deps, input: PinCheck): Promise<PinResult> {
  const subject = deps.keys.mac('visitor', 'pin-subject', input.code === undefined ? `?${input.typed}` : `${input.code}`).subarray(0, 16)
  const network = deps.keys.mac('visitor', 'pin-network', input.network).subarray(0, 16)
  return deps.db.transaction(async (tx) => {
    await lock(tx, 1, network)
    await lock(tx, 2, subject)
    const tries = await triesOf(tx, { subject, network, device: input.device, at: input.at })
    const wait = pinWait(tries, input.at)
    if (wait > 0) throw scansFail('PIN_WAIT', { seconds: wait })
    const right = await deps.labels.pinMatches(tx, input.code, input.pin)
    const status = await maybeOne<{ status: string }>(tx, sql`select status from state_of_codes(array[${input.code ?? 0n}::bigint])`)
    if (!right) {
      await tx.execute(sql`
        insert into pin_attempt (id, at, subject, client, device, code)
        values (${newId(input.at)}, ${input.at.toISOString()}, ${subject}, ${network}, ${input.device ?? null}, ${input.code ?? null})`)
      await alarmOfWrong(tx, input, { subject, network, tries })
      return { result: 'no-match' }
    }
    const code = input.code!
    if (status?.status === 'inert') {
      await raise(tx, { kind: 'not-activated', subject, input, labels: 1 })
      return { result: 'not-activated' }
    }
    return reveal(tx, { ...input, code }, subject)
  })
}

async function reveal(tx: Tx, input: PinCheck & { code: bigint }, subject: Buffer): Promise<PinResult> {
  const at = input.at.toISOString()
  const bucket = bucketOf(input.code)
  const first = await tx.execute(sql`
    insert into pin_reveal (bucket, code, revealed_at, province, device, visitor, last_at)
    values (${bucket}::smallint, ${input.code}, ${at}, ${input.province ?? null}, ${input.device ?? null}, ${input.visitor}, ${at})
    on conflict on constraint pin_reveal_pkey do nothing`)
  if (first === 1) {
    await publish(tx, 'pin.revealed', {
      organisationId: input.organisationId ?? null,
      payload: { code: input.code.toString(), province: input.province ?? null },
      at: input.at,
    })
    return { result: 'first', reveal: { at, province: input.province ?? null, times: 1 }, own: true }
  }
  const known = await one<{ revealed_at: string; province: string | null; device: Buffer | null; visitor: Buffer | null; times: number }>(
    tx,
    sql`select revealed_at, province, device, visitor, times from pin_reveal where bucket = ${bucket}::smallint and code = ${input.code} for update`,
  )
  const sameDevice = input.device !== undefined && known.device !== null && input.device.equals(known.device)
  const sameClient =
    sameDevice || (input.device === undefined && known.device === null && known.visitor !== null && input.visitor.equals(known.visitor))
  const age = input.at.getTime() - Date.parse(known.revealed_at)
  if (sameClient && age <= SAME_ANSWER_MINUTES * 60_000) {
    return { result: 'first', reveal: { at: known.revealed_at, province: known.province, times: known.times }, own: true }
  }
  await tx.execute(sql`
    update pin_reveal set times = times + 1, last_at = greatest(last_at, ${at}) where bucket = ${bucket}::smallint and code = ${input.code}`)
  const times = known.times + 1
  if (!sameClient && times >= 4) await raise(tx, { kind: 'repeated', subject, input, labels: 1 })
  return { result: 'repeat', reveal: { at: known.revealed_at, province: known.province, times }, own: sameClient }
}

/** The first proof of a label's PIN, for every scan after it. */
export async function revealOf(db: Sql, code: bigint): Promise<Reveal | undefined> {
  const row = await maybeOne<{ revealed_at: string; province: string | null; times: number }>(
    db,
    sql`select revealed_at, province, times from pin_reveal where bucket = ${bucketOf(code)}::smallint and code = ${code}`,
  )
  return row === undefined ? undefined : { at: row.revealed_at, province: row.province, times: row.times }
}

/** One at a time for a key until the transaction ends. Classes are taken in their order, so that nobody waits in a ring. */
async function lock(tx: Tx, kind: 1 | 2, key: Buffer): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(${0x50494e00 + kind}::int, ${key.readInt32BE(0)}::int)`)
}

async function triesOf(tx: Tx, who: { subject: Buffer; network: Buffer; device: Buffer | undefined; at: Date }): Promise<PinTries> {
  const dayAgo = new Date(who.at.getTime() - DAY).toISOString()
  const hourAgo = new Date(who.at.getTime() - 3_600_000).toISOString()
  // a network is shared: a device among its devices counts for itself alone
  const own = who.device === undefined ? sql`(client = ${who.network} and device is null)` : sql`coalesce(device = ${who.device}, false)`
  const row = await one<{
    own: number
    last: string | null
    of_network: number
    last_of_network: string | null
    others: number
    device_from: string | null
    network_from: string | null
  }>(
    tx,
    sql`select
      (select count(*)::int from (select 1 from pin_attempt where subject = ${who.subject} and at > ${dayAgo} and ${own} limit 20) t) as own,
      (select max(at) from pin_attempt where subject = ${who.subject} and at > ${dayAgo} and ${own}) as last,
      (select count(*)::int from (select 1 from pin_attempt where subject = ${who.subject} and at > ${dayAgo} and client = ${who.network} limit 40) t) as of_network,
      (select max(at) from pin_attempt where subject = ${who.subject} and at > ${dayAgo} and client = ${who.network}) as last_of_network,
      (select count(*)::int from (select 1 from pin_attempt where subject = ${who.subject} and at > ${dayAgo} and not ${own} limit ${PIN_LIMITS.underAttack}) t) as others,
      (select at from pin_attempt where device = ${who.device ?? null} and at > ${hourAgo} order by at desc offset ${PIN_LIMITS.perDevice - 1} limit 1) as device_from,
      (select at from pin_attempt where client = ${who.network} and at > ${hourAgo} order by at desc offset ${PIN_LIMITS.perNetwork - 1} limit 1) as network_from`,
  )
  const date = (text: string | null) => (text === null ? undefined : new Date(text))
  return {
    ownOnLabel: row.own,
    lastOwnOnLabel: date(row.last),
    networkOnLabel: row.of_network,
    lastOfNetworkOnLabel: date(row.last_of_network),
    othersOnLabel: row.others,
    deviceWindowFrom: date(row.device_from),
    networkWindowFrom: date(row.network_from),
  }
}

type AlarmKind = 'many-labels' | 'neighbours' | 'one-label' | 'not-activated' | 'repeated'

/** Patterns of guessing: one client at many labels, at labels that lie beside each other, many clients at one label. */
async function alarmOfWrong(
  tx: Tx,
  input: PinCheck,
  by: { readonly subject: Buffer; readonly network: Buffer; readonly tries: PinTries },
): Promise<void> {
  const dayAgo = new Date(input.at.getTime() - DAY).toISOString()
  const who = input.device === undefined ? sql`client = ${by.network}` : sql`device = ${input.device}`
  const tried = await tx.query<{ subject: Buffer; code: bigint | null }>(sql`
    select distinct on (subject) subject, code from (
      select subject, code from pin_attempt where ${who} and at > ${dayAgo} order by at desc limit 200) t`)
  const client = input.device ?? by.network
  if (tried.length > 3) await raise(tx, { kind: 'many-labels', subject: client, input, labels: tried.length })
  const beside = neighbours(tried.flatMap((t) => (t.code === null ? [] : [t.code])))
  if (beside >= 3) await raise(tx, { kind: 'neighbours', subject: client, input, labels: beside })
  if (input.code !== undefined && by.tries.ownOnLabel + by.tries.othersOnLabel + 1 >= PIN_LIMITS.underAttack) {
    await raise(tx, { kind: 'one-label', subject: by.subject, input, labels: 1 })
  }
}

/** The longest run of labels that lie beside each other in one batch. */
export function neighbours(codes: readonly bigint[]): number {
  const sorted = [...new Set(codes)].sort((a, b) => (a < b ? -1 : 1))
  let longest = sorted.length === 0 ? 0 : 1
  let run = 1
  for (let i = 1; i < sorted.length; i++) {
    const [before, here] = [sorted[i - 1]!, sorted[i]!]
    const adjacent = here === before + 1n && refOfCodeId(here).batch === refOfCodeId(before).batch
    run = adjacent ? run + 1 : 1
    longest = Math.max(longest, run)
  }
  return longest
}

async function raise(tx: Tx, alarm: { kind: AlarmKind; subject: Buffer; input: PinCheck; labels: number }): Promise<void> {
  const { input } = alarm
  const at = input.at.toISOString()
  const { times } = await one<{ times: number }>(
    tx,
    sql`insert into pin_alarm as a (id, kind, subject, day, organisation_id, code, first_at, last_at, labels)
    values (${newId(input.at)}, ${alarm.kind}, ${alarm.subject}, ${at.slice(0, 10)}, ${input.organisationId ?? null}, ${input.code ?? null}, ${at}, ${at}, ${alarm.labels})
    on conflict on constraint pin_alarm_subject_key do update set times = a.times + 1, last_at = excluded.last_at, labels = greatest(a.labels, excluded.labels),
      organisation_id = coalesce(a.organisation_id, excluded.organisation_id), code = coalesce(a.code, excluded.code)
    returning times`,
  )
  // whoever reads hears once of a pattern and reads its row for the rest
  if (times > 1) return
  await publish(tx, 'pin.alarm', {
    organisationId: input.organisationId ?? null,
    payload: { kind: alarm.kind, code: input.code?.toString() ?? null, labels: alarm.labels },
    at: input.at,
  })
}

/** Tries serve the limits and patterns of a day; two days after nothing is left of them. @returns how many were erased */
export async function eraseOldAttempts(db: Database, now: Date): Promise<number> {
  const traces = new Date(now.getTime() - 30 * DAY).toISOString()
  await db.execute(
    sql`update pin_reveal set visitor = null where visitor is not null and revealed_at < ${new Date(now.getTime() - DAY).toISOString()}`,
  )
  await db.execute(sql`update pin_reveal set device = null where device is not null and revealed_at < ${traces}`)
  return db.execute(sql`delete from pin_attempt where at < ${new Date(now.getTime() - 2 * DAY).toISOString()}`)
}
