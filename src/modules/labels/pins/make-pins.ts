import { Encrypter } from 'age-encryption'
import { codeId } from '../../../kernel/serial/serial-codec.ts'
import { maybeOne, type Sql, type Tx } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import { httpFail } from '../../../platform/http/errors.ts'
import { newId } from '../../../platform/ids.ts'
import type { JobHandler } from '../../../platform/jobs/jobs.ts'
import type { Platform } from '../../../platform/platform.ts'
import type { Batch, Codes } from '../../codes/index.ts'
import type { MakePins } from '../contract.ts'
import { labelsFail } from '../errors.ts'
import { drawPins, pinMac } from './pin.ts'

/** Labels whose hashes stand in one row: 64 kB. */
export const CHUNK = 4096
const JOB = 'labels.make-pins'
const MAX_FILE_BYTES = 64 * 2 ** 30

export interface PinDeps {
  readonly platform: Platform
  readonly codes: Codes
  /** Whether a label of the batch has been activated: its PIN may be on an item for sale. */
  readonly batchIsInUse: (db: Sql, batch: Batch) => Promise<boolean>
}

/**
 * Asks for PINs for all labels of a batch. PINs that were made before become void, which is possible until the first
 * label is activated.
 * @throws AppError NOT_FOUND, PINS_OF_LEGACY, PINS_IN_USE, COATER_WITHOUT_KEY
 */
export async function requestPins(
  tx: Tx,
  deps: PinDeps,
  batchId: number,
  input: MakePins,
  ctx: { actor: Actor; at: Date },
): Promise<{ runId: string; jobId: string }> {
  const batch = await deps.codes.batchOf(tx, batchId)
  if (batch === undefined) throw httpFail('NOT_FOUND')
  if (batch.labelKind === 'legacy') throw labelsFail('PINS_OF_LEGACY')
  const recipients = await deps.codes.printerRecipients(tx, input.printerId)
  if (recipients.length === 0) throw labelsFail('COATER_WITHOUT_KEY')
  // one who asks at a time: the second finds the first one's run
  await tx.query(sql`select 1 from code_batch where id = ${batch.id} for update`)
  if (await deps.batchIsInUse(tx, batch)) throw labelsFail('PINS_IN_USE')
  const at = ctx.at.toISOString()
  const before = await maybeOne<{ id: string; state: string }>(
    tx,
    sql`update pin_run set state = 'void', voided_at = ${at}, void_reason = 'made anew' where batch_id = ${batch.id} and state <> 'void' returning id, state`,
  )
  if (before !== undefined) await tx.execute(sql`delete from pin_chunk where run_id = ${before.id}`)
  const runId = newId(ctx.at)
  const jobId = await deps.platform.jobs.enqueue(tx, {
    kind: JOB,
    organisationId: ctx.actor.organisationId ?? null,
    createdBy: ctx.actor.personId ?? null,
    input: { runId },
  })
  await tx.execute(sql`
    insert into pin_run (id, batch_id, organisation_id, printer_id, digits, labels, job_id, recipients, made_by, made_at)
    values (${runId}, ${batch.id}, ${batch.organisationId}, ${input.printerId}, ${input.digits}, ${batch.quantity}, ${jobId},
      ${recipients}::text[], ${ctx.actor.personId ?? null}, ${at})`)
  return { runId, jobId }
}

/**
 * Draws the PINs of a run, keeps their hashes and writes the file for the coating printer, sealed to its age keys, in
 * constant memory. The digits exist in this process for the length of a chunk and in the sealed file; after a crash
 * everything is drawn anew.
 */
export function makePinsJob(deps: PinDeps): JobHandler<{ runId: string }> {
  return {
    kind: JOB,
    run: async ({ input }, report) => {
      const { db, files, clock } = deps.platform
      const run = await maybeOne<{ batch_id: number; digits: number; labels: bigint; state: string; recipients: string[] }>(
        db,
        sql`select batch_id, digits::int as digits, labels, state, recipients from pin_run where id = ${input.runId}`,
      )
      if (run === undefined || run.state !== 'making') return { runId: input.runId, state: run?.state ?? 'void' }
      const batch = (await deps.codes.batchOf(db, run.batch_id))!
      const total = Number(run.labels)
      await db.execute(sql`delete from pin_chunk where run_id = ${input.runId}`)
      const pepper = pepperOf(deps.platform, input.runId)
      let told = 0
      async function* rows(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('roll,label,serial,pin\r\n')
        for (let from = 0; from < total; from += CHUNK) {
          const chunk = drawChunk({ pepper, batch, digits: run!.digits, from, n: Math.min(CHUNK, total - from), codes: deps.codes })
          await db.execute(sql`insert into pin_chunk (run_id, number, macs) values (${input.runId}, ${from / CHUNK}, ${chunk.macs})`)
          yield Buffer.from(chunk.text)
          if (Date.now() - told > 1000) {
            told = Date.now()
            await report({ done: from, total, phase: 'drawing' })
          }
        }
      }
      const stored = await files.put(await sealed(rows(), run.recipients), MAX_FILE_BYTES)
      const done = await db.execute(sql`
        update pin_run set state = 'ready', ready_at = ${clock.now().toISOString()}, file_sha256 = ${stored.sha256}, file_bytes = ${stored.bytes}
        where id = ${input.runId} and state = 'making'`)
      // it was made void meanwhile: its file must not stay
      if (done === 0) await files.remove(stored.sha256)
      await report({ done: total, total })
      return { runId: input.runId, labels: total, bytes: stored.bytes }
    },
  }
}

interface Draw {
  readonly pepper: Uint8Array
  readonly batch: Batch
  readonly digits: number
  readonly from: number
  readonly n: number
  readonly codes: Codes
}

/** PINs of `n` labels from index `from`: the rows of the file, and the hashes to keep. */
export function drawChunk({ pepper, batch, digits, from, n, codes }: Draw): { text: string; macs: Buffer; pins: string[] } {
  const serials = codes.serialsOf(batch, from, n)
  const pins = drawPins(n, digits)
  const macs = pins.map((pin, i) => pinMac(pepper, codeId({ batch: batch.id, index: from + i }), pin))
  let text = ''
  for (let i = 0; i < n; i++) {
    const index = from + i
    text += `${Math.floor(index / batch.rollSize) + 1},${(index % batch.rollSize) + 1},${serials[i]!},${pins[i]!}\r\n`
  }
  return { text, macs: Buffer.concat(macs), pins }
}

/** The pepper of one run, of the root key; whoever has the database alone can check no guess. */
export const pepperOf = (platform: Pick<Platform, 'keys'>, runId: string): Buffer => platform.keys.derive('pin', runId)

async function sealed(source: AsyncGenerator<Uint8Array>, recipients: readonly string[]): Promise<AsyncIterable<Uint8Array>> {
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  const plain = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await source.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
  })
  return (await encrypter.encrypt(plain)) as unknown as AsyncIterable<Uint8Array>
}
