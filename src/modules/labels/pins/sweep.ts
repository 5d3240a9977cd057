import { sql } from '../../../platform/db/sql.ts'
import type { Platform } from '../../../platform/platform.ts'

/** Erases the sealed files of runs that are destroyed or void. After a crash in between it does the rest. */
export async function sweepDestroyed(platform: Platform): Promise<void> {
  const { db, files, log } = platform
  const runs = await db.query<{ id: string; file_sha256: Buffer }>(
    sql`select id, file_sha256 from pin_run where state in ('destroyed', 'void') and file_sha256 is not null limit 1000`,
  )
  for (const run of runs) {
    await files.remove(run.file_sha256)
    await db.execute(sql`update pin_run set file_sha256 = null where id = ${run.id}`)
  }
  if (runs.length > 0) log.info({ files: runs.length }, 'sealed files of PINs erased')
}
