import type { AppError } from '../kernel/errors.ts'
import { CODES_CONSTRAINTS, createCodes } from '../modules/codes/index.ts'
import { createEvents, type Events, EVENTS_CONSTRAINTS, type Finding } from '../modules/events/index.ts'
import { createExchange } from '../modules/exchange/index.ts'
import { createFeedback, type Feedback } from '../modules/feedback/index.ts'
import { createIdentity, IDENTITY_CONSTRAINTS } from '../modules/identity/index.ts'
import { createImports, IMPORTS_CONSTRAINTS } from '../modules/imports/index.ts'
import { createLabels, LABELS_CONSTRAINTS } from '../modules/labels/index.ts'
import { createLedger } from '../modules/ledger/index.ts'
import { createProducts, PRODUCTS_CONSTRAINTS } from '../modules/products/index.ts'
import { createResolver, RESOLVER_CONSTRAINTS } from '../modules/resolver/index.ts'
import { createScans, type Scans } from '../modules/scans/index.ts'
import type { Database } from '../platform/db/database.ts'
import type { Route } from '../platform/http/route.ts'
import type { Platform } from '../platform/platform.ts'
import { consoleRoutes } from './console.ts'
import { homeRoutes } from './home.ts'
import { operateRoutes } from './operate.ts'

export type Modules = ReturnType<typeof createModules>

/** The only place that knows every module, in the order in which goods flow. */
export function createModules(platform: Platform) {
  const ledger = createLedger(platform, () => routes)
  const identity = createIdentity(platform, { audit: ledger.writeAudit })
  // what consumers have read may not change: only the events downstream know what is active
  const products = createProducts(platform, { identity, isInUse: (db, productId) => events.productIsInUse(db, productId) })
  const imports = createImports(platform, { identity, products, lotIsInUse: (db, lotId) => events.lotIsInUse(db, lotId) })
  const codes = createCodes(platform, { identity, products, imports })
  // what lies under a coating may not change once an item is for sale: only the events downstream know what is active
  const labels = createLabels(platform, { codes, batchIsInUse: (db, batch) => events.batchIsInUse(db, batch.id) })
  const events: Events = createEvents(
    platform,
    { identity, products, imports, codes, audit: ledger.writeAudit },
    // a trace also tells what only modules downstream know
    {
      scansOf: (db, ranges, until) => scans.scansOfLabels(db, ranges, until),
      codeOfTicket: (db, ticket, actor) => feedback.codeOfTicket(db, ticket, actor),
    },
  )
  const resolver = createResolver(platform, { identity, products, codes, events })
  const scans: Scans = createScans(platform, { identity, products, imports, codes, labels, events, resolver })
  const feedback: Feedback = createFeedback(platform, { scans })

  const exchange = createExchange(platform, { identity, products, imports, codes, events, audit: ledger.writeAudit })

  const all = [ledger, identity, products, imports, codes, labels, events, resolver, scans, feedback]
  for (const module of all) {
    for (const job of ('jobs' in module ? module.jobs : undefined) ?? []) platform.jobs.handle(job)
    for (const consumer of ('consumers' in module ? module.consumers : undefined) ?? []) platform.jobs.consume(consumer)
    for (const schedule of ('schedules' in module ? module.schedules : undefined) ?? []) platform.jobs.schedule(schedule)
  }
  const routes: readonly Route[] = [
    ...all.flatMap((m) => m.routes),
    ...exchange.routes,
    ...operateRoutes(platform, () => routes),
    ...homeRoutes(platform, { identity, imports, codes, events, feedback }),
    ...consoleRoutes(),
  ]
  return {
    ledger,
    identity,
    products,
    imports,
    codes,
    labels,
    events,
    resolver,
    scans,
    feedback,
    exchange,
    routes,
    constraints: new Map<string, () => AppError>([
      ...IDENTITY_CONSTRAINTS,
      ...PRODUCTS_CONSTRAINTS,
      ...IMPORTS_CONSTRAINTS,
      ...CODES_CONSTRAINTS,
      ...LABELS_CONSTRAINTS,
      ...EVENTS_CONSTRAINTS,
      ...RESOLVER_CONSTRAINTS,
    ]),
    /** Everything that must sum and does not; empty when all is well. */
    fsck: async (db: Database): Promise<Finding[]> => [
      ...(await events.fsck(db)),
      ...(await scans.fsck(db)),
      ...(await codes.fsck(db)),
      ...(await labels.fsck(db)),
    ],
  }
}
