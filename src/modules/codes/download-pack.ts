import { createHash, createHmac } from 'node:crypto'
import { Readable } from 'node:stream'
import { Encrypter } from 'age-encryption'
import type { KeyVault } from '../../platform/crypto/keys.ts'
import { type Database, maybeOne } from '../../platform/db/database.ts'
import { sql, type SqlText } from '../../platform/db/sql.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import type { Clock } from '../../platform/clock.ts'
import { newId } from '../../platform/ids.ts'
import type { Platform } from '../../platform/platform.ts'
import { CANARIES_PER_DOWNLOAD } from './decide-order.ts'
import { codesFail } from './errors.ts'
import type { KeyRing } from './key-ring.ts'
import { recipientsOf } from './printer-keys.ts'

const CHUNK = 4096
const PROGRESS_MILLISECONDS = 2000

export interface PackDownload {
  readonly downloadId: string
  readonly rows: number
  /** age ciphertext of the CSV. */
  readonly stream: Readable
}

interface Deps {
  readonly db: Database
  readonly clock: Clock
  readonly log: Platform['log']
  readonly keys: KeyVault
  readonly keyRing: KeyRing
  readonly publicUrl: string
}

/**
 * Opens a download of a pack: books it first, gives it canaries of its own, then streams `no,roll,serial,uri` rows,
 * encrypted to all keys of the named printer, in constant memory.
 *
 * The canaries lie among the rows at places that only we can compute; the sealed job ticket of this download names
 * them to the printer, who must never apply them. A thief of the file cannot tell them from the others, and the one
 * that turns up tells which download leaked.
 * @throws AppError NOT_FOUND, PACK_DESTROYED, DOWNLOADS_USED_UP, PRINTER_WITHOUT_KEY
 */
export async function openPackDownload(
  deps: Deps,
  packId: string,
  ctx: { actor: Actor; address: string; at: Date; where: SqlText },
): Promise<PackDownload> {
  const { db } = deps
  const opened = await db.transaction(async (tx) => {
    const pack = await maybeOne<{
      id: string
      printer_id: string
      state: string
      max_downloads: number
      batch_id: number
      quantity: bigint
      canaries: number
      tweak_gtin: bigint
      key_version: number
      roll_size: number
    }>(
      tx,
      sql`select k.id, k.printer_id, k.state, k.max_downloads, k.batch_id, b.quantity, b.canaries, b.tweak_gtin, b.key_version::int as key_version, b.roll_size
      from pack k join code_batch b on b.id = k.batch_id where k.id = ${packId} and ${ctx.where} for update of k`,
    )
    if (pack === undefined) throw httpFail('NOT_FOUND')
    if (pack.state === 'destroyed') throw codesFail('PACK_DESTROYED')
    const taken = await maybeOne<{ n: number }>(tx, sql`select count(*)::int as n from pack_download where pack_id = ${packId}`)
    const number = taken?.n ?? 0
    if (number >= pack.max_downloads) throw codesFail('DOWNLOADS_USED_UP', { count: number })
    const recipients = await recipientsOf(tx, pack.printer_id)
    if (recipients.length === 0) throw codesFail('PRINTER_WITHOUT_KEY')
    const downloadId = newId(ctx.at)
    await tx.execute(sql`
      insert into pack_download (id, pack_id, number, person_id, api_key_id, actor, address, started_at, recipients)
      values (${downloadId}, ${packId}, ${number + 1}, ${ctx.actor.personId ?? null}, ${ctx.actor.apiKeyId ?? null}, ${ctx.actor.name}, ${ctx.address}, ${ctx.at.toISOString()}, ${recipients}::text[])`)
    const places = canaryPlaces(deps.keys, downloadId, Number(pack.quantity))
    const first = Number(pack.quantity) + number * CANARIES_PER_DOWNLOAD
    const canaries = places
      .map((afterRow, i) => ({ afterRow, index: first + i }))
      .filter((c) => c.index < Number(pack.quantity) + pack.canaries)
    for (const c of canaries) {
      await tx.execute(sql`
        insert into canary (code, download_id, after_row) values (${(BigInt(pack.batch_id) << 32n) | BigInt(c.index)}, ${downloadId}, ${c.afterRow})`)
    }
    return { pack, downloadId, recipients, canaries }
  })

  const { pack, downloadId, recipients, canaries } = opened
  await deps.keyRing.prepare(db, [pack.key_version])
  const codec = deps.keyRing.codec(pack.key_version)
  const rows = packRows({
    codec,
    batch: pack.batch_id,
    gtin: pack.tweak_gtin,
    quantity: Number(pack.quantity),
    rollSize: pack.roll_size,
    publicUrl: deps.publicUrl,
    canaries,
  })
  const hash = createHash('sha256')
  let written = 0
  let sent = 0
  let complete = false
  let told = Date.now()
  const plain = Readable.from(
    (async function* () {
      for (const chunk of rows) {
        const bytes = Buffer.from(chunk.text, 'utf8')
        hash.update(bytes)
        written += chunk.rows
        if (Date.now() - told > PROGRESS_MILLISECONDS) {
          told = Date.now()
          await db.execute(sql`update pack_download set rows = ${written}, bytes = ${sent} where id = ${downloadId}`)
        }
        yield bytes
      }
    })(),
    { objectMode: true, highWaterMark: 4 },
  )
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  const sealed = await encrypter.encrypt(Readable.toWeb(plain) as ReadableStream<Uint8Array>)
  const stream = Readable.from(
    (async function* () {
      for await (const chunk of sealed as unknown as AsyncIterable<Uint8Array>) {
        sent += chunk.byteLength
        yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
      }
      // only a reader that took the last byte has the whole pack
      await db.execute(sql`
        update pack_download set rows = ${written}, bytes = ${sent}, completed_at = ${deps.clock.now().toISOString()}, plain_sha256 = ${hash.digest()} where id = ${downloadId}`)
      complete = true
    })(),
    { objectMode: false, highWaterMark: 256 * 1024 },
  )
  stream.once('close', () => {
    if (complete) return
    const cut = sql`update pack_download set rows = ${written}, bytes = ${sent}, cut_at = ${deps.clock.now().toISOString()} where id = ${downloadId}`
    db.execute(cut).catch((error: unknown) => deps.log.error({ err: error, downloadId }, 'a download that broke off could not be recorded'))
  })
  return { downloadId, rows: Number(pack.quantity) + canaries.length, stream }
}

/** Three different rows after which a canary stands, by a keyed hash of the download. */
export function canaryPlaces(keys: KeyVault, downloadId: string, quantity: number): number[] {
  const places = new Set<number>()
  const wanted = Math.min(CANARIES_PER_DOWNLOAD, quantity)
  for (let i = 0; places.size < wanted; i++) {
    const digest = createHmac('sha256', keys.derive('link', 'canary')).update(`${downloadId}/${i}`).digest()
    places.add(Number(digest.readBigUInt64BE() % BigInt(quantity)))
  }
  return [...places].sort((a, b) => a - b)
}

interface PackPlan {
  readonly codec: { encodeMany(gtin: bigint, batch: number, from: number, n: number): string[] }
  readonly batch: number
  readonly gtin: bigint
  readonly quantity: number
  readonly rollSize: number
  readonly publicUrl: string
  readonly canaries: readonly { readonly afterRow: number; readonly index: number }[]
}

/** The rows of a pack as chunks of text. `no` counts printed rows, canaries included; `roll` is that of the neighbours. */
export function* packRows(plan: PackPlan): Generator<{ text: string; rows: number }> {
  const uriHead = plan.gtin === 0n ? `${plan.publicUrl}/s/` : `${plan.publicUrl}/01/${plan.gtin.toString().padStart(14, '0')}/21/`
  const canaryAfter = new Map(plan.canaries.map((c) => [c.afterRow, c.index]))
  yield { text: 'no,roll,serial,uri\r\n', rows: 0 }
  let no = 0
  for (let from = 0; from < plan.quantity; from += CHUNK) {
    const n = Math.min(CHUNK, plan.quantity - from)
    const serials = plan.codec.encodeMany(plan.gtin, plan.batch, from, n)
    let text = ''
    let rows = 0
    for (let k = 0; k < n; k++) {
      const roll = Math.floor((from + k) / plan.rollSize) + 1
      text += `${++no},${roll},${serials[k]!},${uriHead}${serials[k]!}\r\n`
      rows++
      const canary = canaryAfter.get(from + k)
      if (canary !== undefined) {
        const serial = plan.codec.encodeMany(plan.gtin, plan.batch, canary, 1)[0]!
        text += `${++no},${roll},${serial},${uriHead}${serial}\r\n`
        rows++
      }
    }
    yield { text, rows }
  }
}

/** The job ticket of a download, sealed to the printer: which serials are never to be applied. */
export async function jobTicket(deps: Deps, packId: string, downloadId: string, where: SqlText): Promise<Buffer> {
  const { db } = deps
  const head = await maybeOne<{
    recipients: string[]
    number: number
    batch_id: number
    quantity: bigint
    tweak_gtin: bigint
    key_version: number
    order_number: string
    roll_size: number
  }>(
    db,
    sql`select d.recipients, d.number, k.batch_id, b.quantity, b.tweak_gtin, b.key_version::int as key_version, o.number as order_number, b.roll_size
    from pack_download d join pack k on k.id = d.pack_id join code_batch b on b.id = k.batch_id join code_order o on o.id = k.order_id
    where d.id = ${downloadId} and k.id = ${packId} and ${where}`,
  )
  if (head === undefined) throw httpFail('NOT_FOUND')
  const canaries = await db.query<{ code: bigint; after_row: bigint }>(
    sql`select code, after_row from canary where download_id = ${downloadId} order by after_row`,
  )
  await deps.keyRing.prepare(db, [head.key_version])
  const codec = deps.keyRing.codec(head.key_version)
  const ticket = {
    order: head.order_number,
    pack: packId,
    download: downloadId,
    downloadNumber: head.number,
    labels: Number(head.quantity),
    rollSize: head.roll_size,
    neverApply: canaries.map((c, i) => ({
      no: Number(c.after_row) + 2 + i,
      serial: codec.encodeMany(head.tweak_gtin, head.batch_id, Number(c.code & 0xffffffffn), 1)[0]!,
    })),
    说明: '以上序列号仅用于追踪码包外泄，不得贴用；印出后请剔除并销毁。',
    note: 'These serials trace leaks of the pack. Never apply them: cull and destroy their labels.',
  }
  const encrypter = new Encrypter()
  for (const recipient of head.recipients) encrypter.addRecipient(recipient)
  return Buffer.from(await encrypter.encrypt(JSON.stringify(ticket, null, 2)))
}
