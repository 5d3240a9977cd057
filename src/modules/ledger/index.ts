import type { Route } from '../../platform/http/route.ts'
import type { AuditWriter } from '../../platform/http/unit-of-work.ts'
import type { Platform } from '../../platform/platform.ts'
import { ledgerRoutes } from './routes.ts'
import { writeAudit } from './write-audit.ts'

/** The audit trail. It knows no other module: what it keeps are names and ids that it was given. */
export interface Ledger {
  readonly routes: Route[]
  readonly writeAudit: AuditWriter
}

export function createLedger(platform: Pick<Platform, 'db'>): Ledger {
  return { routes: ledgerRoutes(platform), writeAudit }
}
