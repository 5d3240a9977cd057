import type { z } from 'zod'
import { civilDateOf } from '../../kernel/time.ts'
import type { Database, Tx } from '../../platform/db/database.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Product } from '../products/contract.ts'
import { type Consignment, type Lot, type LotBody, lotBody } from './contract.ts'
import { fail } from './errors.ts'
import { normaliseLotNumber } from './normalise.ts'
import { insertLots, storeLot } from './repository.ts'
import { expiryOf, lotFindings } from './rules.ts'
import { faultsOf, type ImportsContext, type LotIsInUse } from './save-consignment.ts'

export type LotInput = z.input<typeof lotBody>

/**
 * Adds a lot to a consignment. Consignment and product must belong to the same organisation.
 * @throws AppError LOT_INVALID with a fault for each field, PRODUCT_UNKNOWN, LOT_TAKEN (from the database)
 */
export async function addLot(
  db: Database,
  tx: Tx,
  consignment: Consignment,
  product: Product | undefined,
  input: LotInput,
  ctx: ImportsContext,
): Promise<Lot> {
  const lot = newLot(consignment, product, input, ctx)
  await insertLots(db, tx, [lot])
  return lot
}

export function newLot(consignment: Consignment, product: Product | undefined, input: LotInput, ctx: ImportsContext): Lot {
  const at = ctx.at.toISOString()
  return {
    id: newId(ctx.at),
    organisationId: consignment.organisationId,
    consignmentId: consignment.id,
    ...judged(lotBody.parse(input), consignment, product, ctx.at),
    version: 1,
    createdAt: at,
    updatedAt: at,
  }
}

/**
 * Replaces a lot's facts.
 * @throws AppError CONFLICT, LOT_IN_USE once labels of it are active, LOT_INVALID, PRODUCT_UNKNOWN
 */
export async function changeLot(
  tx: Tx,
  before: Lot,
  consignment: Consignment,
  product: Product | undefined,
  input: LotBody,
  ctx: ImportsContext & { readonly version: number | undefined; readonly lotIsInUse: LotIsInUse },
): Promise<{ lot: Lot; changed: Record<string, { from: unknown; to: unknown }> }> {
  if (ctx.version !== undefined && ctx.version !== before.version) throw httpFail('CONFLICT')
  const after: Lot = { ...before, ...judged(input, consignment, product, ctx.at) }
  const keys = Object.keys(lotBody.shape) as (keyof LotBody)[]
  const changed = Object.fromEntries(
    keys.filter((key) => before[key] !== after[key]).map((key) => [key, { from: before[key], to: after[key] }]),
  )
  if (Object.keys(changed).length === 0) return { lot: before, changed }
  if (Object.keys(changed).some((key) => key !== 'grossWeightKg') && (await ctx.lotIsInUse(tx, before.id))) throw fail('LOT_IN_USE')
  const stored = { ...after, version: before.version + 1, updatedAt: ctx.at.toISOString() }
  await storeLot(tx, stored)
  return { lot: stored, changed }
}

function judged(body: LotBody, consignment: Consignment, product: Product | undefined, at: Date): LotBody {
  if (product === undefined || product.organisationId !== consignment.organisationId) throw fail('PRODUCT_UNKNOWN')
  const value = { ...body, lotNumber: normaliseLotNumber(body.lotNumber) }
  const faults = faultsOf(lotFindings(value, consignment, product, civilDateOf(at)))
  if (faults.length > 0) throw fail('LOT_INVALID', {}, faults)
  return { ...value, expiresOn: expiryOf(value, product.shelfLifeMonths) }
}
