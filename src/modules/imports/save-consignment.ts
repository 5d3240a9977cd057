import type { z } from 'zod'
import type { FieldFault } from '../../kernel/errors.ts'
import { civilDateOf } from '../../kernel/time.ts'
import type { Database, Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import { type Consignment, type ConsignmentBody, consignmentBody } from './contract.ts'
import { fail } from './errors.ts'
import { normaliseConsignment } from './normalise.ts'
import { findLots, insertConsignments, storeConsignment } from './repository.ts'
import { consignmentFindings, type Finding, lotFindings } from './rules.ts'

export interface ImportsContext {
  readonly organisationId: string
  /** The instant of the act. */
  readonly at: Date
}

/** True when labels of the lot are active; the composition root asks the modules downstream. */
export type LotIsInUse = (db: Tx | Database, lotId: string) => Promise<boolean>

export type ConsignmentInput = z.input<typeof consignmentBody>

/**
 * Files a consignment.
 * @throws AppError CONSIGNMENT_INVALID with a fault for each field, DECLARATION_TAKEN (from the database)
 */
export async function createConsignment(db: Database, tx: Tx, input: ConsignmentInput, ctx: ImportsContext): Promise<Consignment> {
  const consignment = newConsignment(input, ctx)
  await insertConsignments(db, tx, [consignment])
  return consignment
}

export function newConsignment(input: ConsignmentInput, ctx: ImportsContext): Consignment {
  const at = ctx.at.toISOString()
  return {
    id: newId(ctx.at),
    organisationId: ctx.organisationId,
    ...judged(consignmentBody.parse(input), ctx.at),
    version: 1,
    createdAt: at,
    updatedAt: at,
  }
}

/** Facts that lots were judged by and that consumers read: fixed once a label of the consignment is active. */
const FIXED = ['declarationNumber', 'tradeMode', 'enteredOn'] as const

/** Faults of a lot that a changed entry date can cause. */
const BY_ENTRY: ReadonlySet<string> = new Set(['ENTERED_BEFORE_PRODUCTION', 'EXPIRED_AT_ENTRY'])

/**
 * Replaces a consignment's facts. Its lots are judged again, since a changed entry date may contradict them.
 * @throws AppError CONFLICT, CONSIGNMENT_INVALID, CONSIGNMENT_IN_USE
 */
export async function changeConsignment(
  tx: Tx,
  before: Consignment,
  input: ConsignmentBody,
  ctx: ImportsContext & { readonly version: number | undefined; readonly lotIsInUse: LotIsInUse },
): Promise<{ consignment: Consignment; changed: Record<string, { from: unknown; to: unknown }> }> {
  if (ctx.version !== undefined && ctx.version !== before.version) throw httpFail('CONFLICT')
  const after: Consignment = { ...before, ...judged(input, ctx.at) }
  const changed = differences(before, after)
  if (Object.keys(changed).length === 0) return { consignment: before, changed }
  if (FIXED.some((field) => field in changed)) {
    const lots = await findLots(tx, sql`consignment_id = ${before.id}`)
    for (const lot of lots) if (await ctx.lotIsInUse(tx, lot.id)) throw fail('CONSIGNMENT_IN_USE')
    const today = civilDateOf(ctx.at)
    const contradicted = lots
      .flatMap((lot) => lotFindings(lot, after, { shelfLifeMonths: null }, today))
      .filter((f) => BY_ENTRY.has(f.code))
    if (contradicted.length > 0) throw fail('CONSIGNMENT_INVALID', {}, faultsOf(contradicted.map((f) => ({ ...f, field: 'enteredOn' }))))
  }
  const stored = { ...after, version: before.version + 1, updatedAt: ctx.at.toISOString() }
  await storeConsignment(tx, stored)
  return { consignment: stored, changed }
}

export function consignmentBodyOf(c: Consignment): ConsignmentBody {
  return consignmentBody.parse(Object.fromEntries(Object.keys(consignmentBody.shape).map((key) => [key, c[key as keyof Consignment]])))
}

/** Faults of findings, in the form of the API's errors. */
export function faultsOf(findings: readonly Finding[]): FieldFault[] {
  return findings.filter((f) => f.severity === 'fault').map(({ field, code, zh, en }) => ({ pointer: `/${field}`, code, zh, en }))
}

function judged(body: ConsignmentBody, at: Date): ConsignmentBody {
  const { value, findings } = normaliseConsignment(body)
  const known = new Set(findings.map((f) => f.field))
  const faults = faultsOf([...findings, ...consignmentFindings(value, civilDateOf(at)).filter((f) => !known.has(f.field))])
  if (faults.length > 0) throw fail('CONSIGNMENT_INVALID', {}, faults)
  return value
}

function differences(before: Consignment, after: Consignment): Record<string, { from: unknown; to: unknown }> {
  const keys = Object.keys(consignmentBody.shape) as (keyof ConsignmentBody)[]
  return Object.fromEntries(keys.filter((key) => before[key] !== after[key]).map((key) => [key, { from: before[key], to: after[key] }]))
}
