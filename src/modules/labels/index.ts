import type { Database, Sql, Tx } from '../../platform/db/database.ts'
import type { Actor } from '../../platform/http/actor.ts'
import type { Route } from '../../platform/http/route.ts'
import type { JobHandler, Schedule } from '../../platform/jobs/jobs.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Batch, Codes } from '../codes/index.ts'
import type { MakePins } from './contract.ts'
import { fsckPins } from './pins/fsck.ts'
import { makePinsJob, type PinDeps, requestPins } from './pins/make-pins.ts'
import { PinBatches, pinMatches } from './pins/match-pin.ts'
import { pinRoutes } from './pins/pin-routes.ts'
import { sweepDestroyed } from './pins/sweep.ts'

export { LABELS_CONSTRAINTS } from './errors.ts'
export { readPin } from './pins/pin.ts'

export interface Labels {
  readonly routes: readonly Route[]
  readonly jobs: readonly JobHandler<any>[]
  readonly schedules: readonly Schedule[]
  /** Digits of the PINs of a batch, or undefined when its labels have none. */
  pinDigitsOf(batchId: number): Promise<number | undefined>
  /** Whether these are the digits under the label's coating; takes the same way for a code that is not ours. */
  pinMatches(db: Sql, code: bigint | undefined, pin: string): Promise<boolean>
  requestPins(tx: Tx, batchId: number, input: MakePins, ctx: { actor: Actor; at: Date }): Promise<{ runId: string; jobId: string }>
  fsck(db: Database): Promise<{ kind: 'pins'; subject: string; stored: string; rebuilt: string }[]>
}

export function createLabels(
  platform: Platform,
  upstream: { codes: Codes; batchIsInUse: (db: Sql, batch: Batch) => Promise<boolean> },
): Labels {
  const deps: PinDeps = { platform, ...upstream }
  const batches = new PinBatches(platform.db)
  return {
    routes: pinRoutes(deps),
    jobs: [makePinsJob(deps)],
    schedules: [{ name: 'labels.sweep-destroyed', everySeconds: 600, run: () => sweepDestroyed(platform) }],
    pinDigitsOf: (batchId) => batches.digitsOf(batchId),
    pinMatches: (db, code, pin) => pinMatches(db, platform, code, pin),
    requestPins: (tx, batchId, input, ctx) => requestPins(tx, deps, batchId, input, ctx),
    fsck: fsckPins,
  }
}
