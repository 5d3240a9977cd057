import type { Sql } from '../../../platform/db/database.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import type { Imports } from '../../imports/index.ts'
import type { Codes } from '../../codes/index.ts'
import type { TraceScans } from '../contract.ts'
import type { CodeRange } from '../ranges.ts'

/** What tracing needs to know of modules downstream; the composition root tells. */
export interface TracePorts {
  /** Counted scans of labels by province, up to a moment. */
  scansOf(db: Sql, ranges: readonly CodeRange[], until: string | undefined): Promise<TraceScans>
  /** The code of a consumer's report, for whoever may read the report. */
  codeOfTicket(db: Sql, ticket: string, actor: Actor): Promise<bigint | undefined>
}

export interface TraceDeps {
  readonly db: Sql
  readonly codes: Codes
  readonly imports: Imports
  readonly ports: TracePorts
}
