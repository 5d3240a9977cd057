import type { Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Events } from '../events/index.ts'
import { scansFail } from './errors.ts'
import { bucketOf } from './repository.ts'

const UNDO_HOURS = 24

export interface RetireInput {
  readonly code: bigint
  /** Keyed hash of the device token. */
  readonly device: Buffer
  readonly at: Date
}

/**
 * Retires an empty bottle, so that a refill shows red. Only a device that has scanned the code may do it, so that a
 * list of serials is of no use to a vandal; and only an active, own item changes, through the one door of events.
 * @throws AppError RETIRE_NOT_SCANNED, RETIRE_NOT_ACTIVE
 */
export async function retireBottle(tx: Tx, events: Events, input: RetireInput): Promise<void> {
  const [seen] = await tx.query(sql`
    select 1 from scan where bucket = ${bucketOf(input.code)}::smallint and code = ${input.code} and device = ${input.device} limit 1`)
  if (seen === undefined) throw scansFail('RETIRE_NOT_SCANNED')
  const [state] = await tx.query<{ status: string }>(sql`select status from state_of_codes(array[${input.code}::bigint])`)
  if (state?.status !== 'active') throw scansFail('RETIRE_NOT_ACTIVE')
  const eventId = await events.retire(tx, { code: input.code, at: input.at })
  await tx.execute(sql`
    insert into retirement (code, device, retired_at, event_id) values (${input.code}, ${input.device}, ${input.at.toISOString()}, ${eventId})`)
}

/** @throws AppError RETIRE_NOT_ACTIVE, RETIRE_UNDO_FOREIGN, RETIRE_UNDO_LATE */
export async function undoRetirement(tx: Tx, events: Events, input: RetireInput): Promise<void> {
  const [last] = await tx.query<{ device: Buffer; retired_at: string }>(sql`
    select device, retired_at from retirement where code = ${input.code} and undone_at is null order by retired_at desc limit 1 for update`)
  if (last === undefined) throw scansFail('RETIRE_NOT_ACTIVE')
  if (!Buffer.from(last.device).equals(input.device)) throw scansFail('RETIRE_UNDO_FOREIGN')
  if (input.at.getTime() - Date.parse(last.retired_at) > UNDO_HOURS * 3_600_000) throw scansFail('RETIRE_UNDO_LATE')
  await events.undoRetire(tx, { code: input.code, at: input.at })
  await tx.execute(
    sql`update retirement set undone_at = ${input.at.toISOString()} where code = ${input.code} and retired_at = ${last.retired_at}`,
  )
}
