import { provinceCode } from '../../kernel/region.ts'
import type { Consumer } from '../../platform/outbox/outbox.ts'
import type { Schedule } from '../../platform/jobs/jobs.ts'
import type { Route } from '../../platform/http/route.ts'
import type { Database } from '../../platform/db/database.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Codes } from '../codes/index.ts'
import type { Events, Finding } from '../events/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Imports } from '../imports/index.ts'
import type { Labels } from '../labels/index.ts'
import type { Products } from '../products/index.ts'
import type { Resolver } from '../resolver/index.ts'
import { eraseOldAttempts } from './check-pin.ts'
import { fsckScans } from './fsck.ts'
import { ItemCards } from './item-card.ts'
import { openPlaces } from './place.ts'
import { eraseOldTraces } from './repository.ts'
import { scanRoutes } from './routes.ts'
import { scannedCodeOf } from './scan-http.ts'
import { scansOfLabels } from './scans-of-labels.ts'
import { type ScannedCode, Verifier } from './verify-code.ts'
import { Visitors } from './visitor.ts'

export type { ScannedCode, Verification, Verifier } from './verify-code.ts'
export type { Visitor } from './visitor.ts'
export { addressWith, page as consumerPage, PAGE_POLICY, type PageFrame, type Tone } from '../../platform/pages/public-page.tsx'
export { faultPage } from './pages/notice-pages.tsx'
export { recordScans, type ScanRecord, bucketOf } from './repository.ts'

export interface Scans {
  readonly routes: readonly Route[]
  readonly schedules: readonly Schedule[]
  readonly consumers: readonly Consumer[]
  readonly verifier: Verifier
  readonly visitors: Visitors
  /** The code that a scan address (`/01/…/21/…`, `/s/…`) names. */
  scannedCodeOf(path: string): ScannedCode | undefined
  /** Counted scans of labels by province, for tracing. */
  readonly scansOfLabels: typeof scansOfLabels
  /** Sum of counts against the counted scans, item by item. */
  fsck(db: Database): Promise<Finding[]>
}

export function createScans(
  platform: Platform,
  upstream: { identity: Identity; products: Products; imports: Imports; codes: Codes; labels: Labels; events: Events; resolver: Resolver },
): Scans {
  const cards = new ItemCards(platform.db, platform.clock, upstream)
  const verifier = new Verifier({
    db: platform.db,
    clock: platform.clock,
    codes: upstream.codes,
    labels: upstream.labels,
    cards,
    lanes: platform.config.scanLanes,
  })
  const visitors = new Visitors(platform.keys, platform.config.secureCookies)
  const places = openPlaces(provinceCode)
  return {
    routes: scanRoutes({
      platform,
      verifier,
      visitors,
      places,
      codes: upstream.codes,
      labels: upstream.labels,
      events: upstream.events,
      products: upstream.products,
      resolver: upstream.resolver,
    }),
    schedules: [
      {
        name: 'scans.erase-old-traces',
        everySeconds: 900,
        run: async () => {
          const results = await eraseOldTraces(platform.db, platform.clock.now())
          for (const r of results) if (r.erased > 0) platform.log.info(r, 'erased old traces of visitors')
          const attempts = await eraseOldAttempts(platform.db, platform.clock.now())
          if (attempts > 0) platform.log.info({ attempts }, 'erased old tries of PINs')
        },
      },
    ],
    consumers: [],
    verifier,
    visitors,
    scannedCodeOf,
    scansOfLabels,
    fsck: fsckScans,
  }
}
