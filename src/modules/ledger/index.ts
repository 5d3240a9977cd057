import type { Route } from '../../platform/http/route.ts'
import type { AuditWriter } from '../../platform/http/unit-of-work.ts'
import type { Platform } from '../../platform/platform.ts'
import { type AuditedAct, ledgerRoutes } from './routes.ts'
import { writeAudit } from './write-audit.ts'

/** The audit trail. It knows no other module: what it keeps are names and ids that it was given. */
export interface Ledger {
  readonly routes: Route[]
  readonly writeAudit: AuditWriter
}

/** `acts` tells the words of every act; it is asked when the trail is read, for the routes are made after the ledger. */
export function createLedger(platform: Pick<Platform, 'db'>, acts: () => readonly AuditedAct[]): Ledger {
  return { routes: ledgerRoutes(platform, acts), writeAudit }
}
