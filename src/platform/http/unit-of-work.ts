import { createHash } from 'node:crypto'
import type { Database, Tx } from '../db/database.ts'
import { sql } from '../db/sql.ts'
import type { Actor, RequestFacts } from './actor.ts'
import { httpFail } from './errors.ts'
import type { AuditNote } from './route.ts'

export interface AuditEntry {
  readonly action: string
  readonly actor: Actor | undefined
  readonly facts: RequestFacts
  readonly notes: readonly AuditNote[]
  readonly outcome: 'done' | 'refused'
  readonly code?: string
}

/** Port to the audit trail, which the ledger module fills; platform knows no module. */
export type AuditWriter = (tx: Tx, entry: AuditEntry) => Promise<void>

export interface IdempotentRequest {
  readonly key: string
  /** Organisation of the caller, or `public` with the keyed address of a visitor. */
  readonly owner: string
  readonly body: unknown
}

export interface Outcome {
  readonly answer: unknown
  readonly replayed: boolean
}

/**
 * Runs an act in one transaction with its idempotency record and its audit entry.
 *
 * A second request with the same key waits for the first (unique index), then receives the first one's answer.
 * An act that is refused rolls everything back, so the key stays free and the corrected request may use it again.
 * @throws AppError IDEMPOTENCY_KEY_REUSED when the key belongs to a different request
 */
export async function actOnce(
  db: Database,
  input: {
    readonly routeId: string
    readonly actor: Actor | undefined
    readonly facts: RequestFacts
    readonly idempotent: IdempotentRequest | undefined
    readonly audit: AuditWriter
  },
  work: (tx: Tx, note: (n: AuditNote) => void) => Promise<unknown>,
): Promise<Outcome> {
  return db.transaction(async (tx) => {
    const { idempotent, routeId, facts, actor } = input
    if (idempotent !== undefined) {
      const hash = requestHash(routeId, idempotent.body)
      const claimed = await tx.execute(sql`
        insert into idempotency (owner, key, route, request_hash, created_at)
        values (${idempotent.owner}, ${idempotent.key}, ${routeId}, ${hash}, ${facts.at.toISOString()})
        on conflict on constraint idempotency_pkey do nothing`)
      if (claimed === 0) {
        const [first] = await tx.query<{ route: string; request_hash: Buffer; answer: unknown }>(sql`
          select route, request_hash, answer from idempotency where owner = ${idempotent.owner} and key = ${idempotent.key}`)
        if (first === undefined || first.route !== routeId || !hash.equals(first.request_hash)) throw httpFail('IDEMPOTENCY_KEY_REUSED')
        return { answer: first.answer, replayed: true }
      }
    }
    const notes: AuditNote[] = []
    const answer = await work(tx, (note) => notes.push(note))
    await input.audit(tx, { action: routeId, actor, facts, notes, outcome: 'done' })
    if (idempotent !== undefined) {
      await tx.execute(sql`
        update idempotency set answer = ${JSON.stringify(jsonReady(answer) ?? null)}::jsonb
        where owner = ${idempotent.owner} and key = ${idempotent.key}`)
    }
    return { answer, replayed: false }
  })
}

/** Keys are remembered for a day; a client that is still retrying after that asks first. @returns how many were deleted */
export async function forgetOldKeys(db: Database, now: Date): Promise<number> {
  const dayAgo = new Date(now.getTime() - 24 * 3_600_000).toISOString()
  return db.execute(sql`delete from idempotency where created_at < ${dayAgo}`)
}

/** bigint has no JSON form: numbers while they are exact, digits in a string beyond. */
export function jsonReady(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (Array.isArray(value)) return value.map(jsonReady)
  if (value instanceof Date) return value.toISOString()
  if (value !== null && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, jsonReady(v)]))
  return value
}

function requestHash(routeId: string, body: unknown): Buffer {
  return createHash('sha256')
    .update(routeId)
    .update('\0')
    .update(JSON.stringify(jsonReady(body) ?? null))
    .digest()
}
