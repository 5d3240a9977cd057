import type { Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { approveOrder, type IssueDeps, releasePack } from './decide-order.ts'
import { receiveLabels, reportPrinted } from './report-counts.ts'
import { findOrder } from './repository.ts'
import type { ResolvedInput } from './resolve-inputs.ts'

/** Nobody is there: the steps are taken at once, and the history of the order says who took them. */
const nobody = (organisationId: string): Actor => ({
  organisationId,
  organisationKind: 'importer',
  personId: undefined,
  apiKeyId: undefined,
  sessionId: undefined,
  name: '沙盒 Sandbox',
  roles: [],
  permissions: new Set(),
  sees: 'own',
})

/**
 * In a sandbox there is no operator and no printer to wait for: an order is approved, issued, released, printed without
 * waste and received in the act that submits it. No pack ever leaves, so none of its canaries can.
 */
export async function fulfilInSandbox(
  tx: Tx,
  deps: { issueDeps: IssueDeps; resolve: (inputs: string[], organisationId: string) => Promise<ResolvedInput[]> },
  orderId: string,
  organisationId: string,
  at: Date,
): Promise<void> {
  const ctx = { actor: nobody(organisationId), at, where: sql`o.organisation_id = ${organisationId}` }
  await approveOrder(tx, deps.issueDeps, orderId, '', ctx)
  await releasePack(tx, orderId, ctx)
  const order = await findOrder(tx, orderId, sql`true`)
  if (order === undefined) throw httpFail('NOT_FOUND')
  const labels = order.quantity + order.spoilage
  await reportPrinted(tx, deps.resolve, orderId, { printed: labels, left: 0, scrapped: [], note: '' }, ctx)
  await receiveLabels(tx, orderId, { received: labels, note: '' }, ctx)
}
