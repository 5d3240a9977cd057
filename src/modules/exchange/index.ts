import type { Route } from '../../platform/http/route.ts'
import type { AuditWriter } from '../../platform/http/unit-of-work.ts'
import type { Platform } from '../../platform/platform.ts'
import type { SandboxDeps } from './make-sandbox.ts'
import { exchangeRoutes } from './routes.ts'

/** Doors for other systems that no module of goods owns: a sandbox to begin in, and a message to try a receiver with. */
export interface Exchange {
  readonly routes: readonly Route[]
}

export function createExchange(platform: Platform, upstream: SandboxDeps & { readonly audit: AuditWriter }): Exchange {
  return { routes: exchangeRoutes(platform, upstream) }
}
