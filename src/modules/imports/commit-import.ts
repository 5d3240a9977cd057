import { sql } from '../../platform/db/sql.ts'
import type { JobHandler } from '../../platform/jobs/jobs.ts'
import type { Platform } from '../../platform/platform.ts'
import { changeImport, countRows, findImports } from './import-repository.ts'
import type { ListKind, Sender } from './list-kind.ts'

/** The job that writes lists of a kind. */
export const commitJobOf = (kind: ListKind): string => `${kind.name}.commit`

/**
 * Writes the good rows of an import. Each step is one transaction that holds the rows' effects, their mark and the
 * job's checkpoint together, so a crash at any moment leaves a step done or not begun, never twice.
 */
export function commitJob(platform: Platform, kind: ListKind): JobHandler<{ importId: string; sender: Sender }> {
  return {
    kind: commitJobOf(kind),
    run: async (job, report) => {
      const { importId, sender } = job.input
      const [found] = await findImports(platform.db, sql`id = ${importId}`)
      if (found === undefined || found.state !== 'committing') return null
      const counts = await countRows(platform.db, importId)
      const total = counts.new + counts.changed
      let after = Number((job.progress.checkpoint as { after?: number } | undefined)?.after ?? 0)
      let done = job.progress.done ?? 0
      for (;;) {
        const step = await platform.db.transaction(async (tx) => {
          const next = await kind.write(tx, found, after, sender)
          if (next === undefined) return undefined
          const progress = { after: next.after, done: done + next.settled }
          await report({ done: progress.done, total, phase: 'commit', checkpoint: { after: progress.after } }, tx)
          return progress
        })
        if (step === undefined) break
        after = step.after
        done = step.done
      }
      const final = await countRows(platform.db, importId)
      await changeImport(platform.db, importId, { state: 'done', counts: final, finishedAt: platform.clock.now().toISOString() })
      return final
    },
  }
}
