import type { Database, Sql, Tx } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import { isSandbox } from '../../kernel/sandbox.ts'

export interface DomainEvent<Payload = unknown> {
  readonly id: bigint
  readonly topic: string
  readonly organisationId: string | null
  readonly payload: Payload
  readonly at: string
}

/** Publishes a domain event in the transaction that caused it. */
export async function publish(tx: Tx, topic: string, event: { organisationId: string | null; payload: object; at: Date }): Promise<void> {
  await tx.execute(sql`
    insert into outbox (topic, organisation_id, payload, at)
    values (${topic}, ${event.organisationId}, ${JSON.stringify(event.payload)}::jsonb, ${event.at.toISOString()})`)
}

/** A reader of domain events. It runs in the transaction that moves its cursor: a crash repeats it whole or not at all. */
export interface Consumer {
  readonly name: string
  readonly topics: readonly string[]
  /** Reads what happens in sandboxes too; whoever counts, claims or warns does not. */
  readonly alsoSandbox?: true
  readonly handle: (tx: Tx, event: DomainEvent) => Promise<void>
}

/**
 * Hands a consumer at most `limit` events after its cursor, in order.
 * @returns how many events were read; fewer than `limit` means that it is at the end
 */
export async function consume(db: Database, consumer: Consumer, limit = 100): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.execute(
      sql`insert into outbox_cursor (consumer) values (${consumer.name}) on conflict on constraint outbox_cursor_pkey do nothing`,
    )
    const [cursor] = await tx.query<{ xid: string; id: bigint }>(sql`
      select xid::text as xid, id from outbox_cursor where consumer = ${consumer.name} for update`)
    if (cursor === undefined) return 0
    const events = await tx.query<{
      id: bigint
      xid: string
      topic: string
      organisation_id: string | null
      payload: unknown
      at: string
    }>(sql`
      select id, xid::text as xid, topic, organisation_id, payload, at from outbox
      where (xid, id) > (${cursor.xid}::xid8, ${cursor.id}) and xid < pg_snapshot_xmin(pg_current_snapshot())
      order by xid, id limit ${limit}`)
    for (const event of events) {
      if (!consumer.topics.includes(event.topic)) continue
      if (event.organisation_id !== null && isSandbox(event.organisation_id) && consumer.alsoSandbox !== true) continue
      await consumer.handle(tx, {
        id: event.id,
        topic: event.topic,
        organisationId: event.organisation_id,
        payload: event.payload,
        at: event.at,
      })
    }
    const last = events.at(-1)
    if (last !== undefined) {
      await tx.execute(sql`update outbox_cursor set xid = ${last.xid}::xid8, id = ${last.id} where consumer = ${consumer.name}`)
    }
    return events.length
  })
}

/** Whether something is published that a consumer has not read yet, be it only because an older transaction is still open. */
export async function isBehind(db: Sql, consumer: Consumer): Promise<boolean> {
  const [row] = await db.query<{ behind: boolean }>(sql`
    select exists (
      select 1 from outbox o
      left join outbox_cursor c on c.consumer = ${consumer.name}
      where c.consumer is null or (o.xid, o.id) > (c.xid, c.id)) as behind`)
  return row!.behind
}
