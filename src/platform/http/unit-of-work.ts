import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
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
  readonly routeId: string
  readonly key: string
  /** Organisation of the caller, or `public` with the keyed address of a visitor. */
  readonly owner: string
  /** What a repeated request must be like; anything that JSON can hold. */
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
    readonly idempotent: Omit<IdempotentRequest, 'routeId'> | undefined
    readonly audit: AuditWriter
  },
  work: (tx: Tx, note: (n: AuditNote) => void) => Promise<unknown>,
): Promise<Outcome> {
  return db.transaction(async (tx) => {
    const { routeId, facts, actor } = input
    const idempotent = input.idempotent === undefined ? undefined : { ...input.idempotent, routeId }
    const first = idempotent === undefined ? undefined : await claimKey(tx, idempotent, facts.at)
    if (first !== undefined) return { answer: first.answer, replayed: true }
    const notes: AuditNote[] = []
    const answer = await work(tx, (note) => notes.push(note))
    await input.audit(tx, { action: routeId, actor, facts, notes, outcome: 'done' })
    if (idempotent !== undefined) await keepAnswer(tx, idempotent, answer)
    return { answer, replayed: false }
  })
}

/**
 * Takes a key for the request that it came with, in the transaction of its act; a request with the same key waits here.
 * @returns the answer that an earlier request with this key received; undefined when this is the first
 * @throws AppError IDEMPOTENCY_KEY_REUSED when the key belongs to a different request
 */
export async function claimKey(tx: Tx, request: IdempotentRequest, at: Date): Promise<{ readonly answer: unknown } | undefined> {
  const { owner, key, routeId } = request
  const hash = requestHash(routeId, request.body)
  const claimed = await tx.execute(sql`
    insert into idempotency (owner, key, route, request_hash, created_at)
    values (${owner}, ${key}, ${routeId}, ${hash}, ${at.toISOString()})
    on conflict on constraint idempotency_pkey do nothing`)
  if (claimed > 0) return undefined
  const [first] = await tx.query<{ route: string; request_hash: Buffer; answer: unknown }>(sql`
    select route, request_hash, answer from idempotency where owner = ${owner} and key = ${key}`)
  if (first === undefined || first.route !== routeId || !hash.equals(first.request_hash)) throw httpFail('IDEMPOTENCY_KEY_REUSED')
  return { answer: first.answer }
}

/** Keeps what a request with a key is answered, in the transaction that claimed the key. */
export async function keepAnswer(tx: Tx, { owner, key }: IdempotentRequest, answer: unknown): Promise<void> {
  await tx.execute(sql`
    update idempotency set answer = ${JSON.stringify(jsonReady(answer) ?? null)}::jsonb
    where owner = ${owner} and key = ${key}`)
}

/** Lets go of a key whose request was refused without rolling its transaction back. */
export async function releaseKey(tx: Tx, { owner, key }: IdempotentRequest): Promise<void> {
  await tx.execute(sql`delete from idempotency where owner = ${owner} and key = ${key}`)
}

/** @returns undefined when a request has no key, or none that can be one */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const header = request.headers['idempotency-key']
  return typeof header === 'string' && /^[\x21-\x7e]{1,200}$/.test(header) ? header : undefined
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
