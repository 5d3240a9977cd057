import type { Sql } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Actor } from '../../platform/http/actor.ts'
import type { Route } from '../../platform/http/route.ts'
import type { Schedule } from '../../platform/jobs/jobs.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Scans } from '../scans/index.ts'
import { eraseOldContacts } from './repository.ts'
import { feedbackRoutes } from './routes.ts'
import { submitReport } from './submit-report.ts'
import type { SubmitReport } from './contract.ts'
import { seenBy } from '../../platform/http/wall.ts'

export interface Feedback {
  readonly routes: readonly Route[]
  readonly schedules: readonly Schedule[]
  /** Reports without a first answer, for the home page. */
  openReports(db: Sql, actor: Actor): Promise<number>
  /** The code that a report is about, by its ticket, for whoever may read the report. */
  codeOfTicket(db: Sql, ticket: string, actor: Actor): Promise<bigint | undefined>
  /** A report as a consumer sends it; for the scenario. */
  submit(
    input: SubmitReport & { once: string; photoIds: readonly string[]; province: string | undefined; at: Date },
  ): Promise<{ ticket: string }>
}

export function createFeedback(platform: Platform, upstream: { scans: Scans }): Feedback {
  return {
    routes: feedbackRoutes(platform, upstream.scans),
    schedules: [
      {
        name: 'feedback.erase-old-contacts',
        everySeconds: 3600,
        run: async () => {
          const erased = await eraseOldContacts(platform.db, platform.clock.now())
          if (erased > 0) platform.log.info({ erased }, 'erased contacts of closed reports')
        },
      },
    ],
    openReports: async (db, actor) => {
      const own = seenBy(actor, sql`organisation_id`)
      const [row] = await db.query<{ n: number }>(
        sql`select count(*)::int as n from report where state in ('received', 'checking') and ${own}`,
      )
      return row?.n ?? 0
    },
    codeOfTicket: async (db, ticket, actor) => {
      if (!actor.permissions.has('reports.read') || ticket.length > 40) return undefined
      const own = seenBy(actor, sql`organisation_id`)
      const [row] = await db.query<{ code: bigint | null }>(sql`select code from report where ticket = ${ticket.toUpperCase()} and ${own}`)
      return row?.code ?? undefined
    },
    submit: (input) => submitReport({ db: platform.db, keys: platform.keys, scans: upstream.scans }, input),
  }
}
