import { Readable } from 'node:stream'
import { maybeOne, one } from '../../../platform/db/database.ts'
import { sql, type SqlText } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import { httpFail } from '../../../platform/http/errors.ts'
import type { Platform } from '../../../platform/platform.ts'
import { labelsFail } from '../errors.ts'

/**
 * Opens the sealed file of a run for its printer: books the download first, then streams it.
 * @throws AppError NOT_FOUND, PINS_NOT_READY, PINS_DESTROYED, PIN_DOWNLOADS_USED_UP
 */
export async function openPinDownload(
  platform: Platform,
  runId: string,
  ctx: { actor: Actor; address: string; at: Date; where: SqlText },
): Promise<{ stream: Readable; bytes: number; labels: number }> {
  const { db, files, clock, log } = platform
  const opened = await db.transaction(async (tx) => {
    const run = await maybeOne<{ state: string; file_sha256: Buffer | null; max_downloads: number; labels: bigint }>(
      tx,
      sql`select r.state, r.file_sha256, r.max_downloads, r.labels from pin_run r where r.id = ${runId} and ${ctx.where} for update`,
    )
    if (run === undefined) throw httpFail('NOT_FOUND')
    if (run.state === 'making') throw labelsFail('PINS_NOT_READY')
    if (run.state !== 'ready' || run.file_sha256 === null) throw labelsFail('PINS_DESTROYED')
    const { n } = await one<{ n: number }>(tx, sql`select count(*)::int as n from pin_download where run_id = ${runId}`)
    if (n >= run.max_downloads) throw labelsFail('PIN_DOWNLOADS_USED_UP', { count: n })
    await tx.execute(sql`
      insert into pin_download (run_id, number, person_id, api_key_id, actor, address, started_at)
      values (${runId}, ${n + 1}, ${ctx.actor.personId ?? null}, ${ctx.actor.apiKeyId ?? null}, ${ctx.actor.name}, ${ctx.address}, ${ctx.at.toISOString()})`)
    return { number: n + 1, sha256: run.file_sha256, labels: Number(run.labels) }
  })
  const file = await files.stream(opened.sha256)
  let sent = 0
  let complete = false
  const stream = Readable.from(
    (async function* () {
      for await (const chunk of file.stream as AsyncIterable<Buffer>) {
        sent += chunk.length
        yield chunk
      }
      await db.execute(sql`
        update pin_download set bytes = ${sent}, completed_at = ${clock.now().toISOString()} where run_id = ${runId} and number = ${opened.number}`)
      complete = true
    })(),
    { objectMode: false, highWaterMark: 256 * 1024 },
  )
  stream.once('close', () => {
    if (complete) return
    db.execute(
      sql`update pin_download set bytes = ${sent}, cut_at = ${clock.now().toISOString()} where run_id = ${runId} and number = ${opened.number}`,
    ).catch((error: unknown) => log.error({ err: error, runId }, 'a download that broke off could not be recorded'))
  })
  return { stream, bytes: file.bytes, labels: opened.labels }
}
