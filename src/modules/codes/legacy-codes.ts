import { parseGtin } from '../../kernel/gs1/gtin.ts'
import type { Words } from '../../kernel/errors.ts'
import { civilDateOf } from '../../kernel/time.ts'
import { one, type Sql, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { cellText, cleanText } from '../../platform/documents/cells.ts'
import { findTable } from '../../platform/documents/find-table.ts'
import { readSheet } from '../../platform/documents/read-sheet.ts'
import { recordFile } from '../../platform/files/files.ts'
import type { MediaType } from '../../platform/files/media-type.ts'
import type { Upload } from '../../platform/files/upload.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { newId } from '../../platform/ids.ts'
import type { JobHandler, ReportProgress } from '../../platform/jobs/jobs.ts'
import { publish } from '../../platform/outbox/outbox.ts'
import type { Platform } from '../../platform/platform.ts'
import type { LegacyReport } from './contract.ts'
import { codesFail } from './errors.ts'
import type { KeyRing } from './key-ring.ts'
import { insertOrder, lockLotOrders, nextOrderNumber, orderedOfLot, recordTransition } from './repository.ts'
import { LEGACY_CODE, legacyText } from './resolve-inputs.ts'

export const LEGACY_MAX_BYTES = 20 * 1024 * 1024
export const LEGACY_KINDS: readonly MediaType[] = ['text/csv', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet']

const JOB = 'codes.import-legacy'
const CHUNK = 5000
const FAULTS_TOLD = 1000

interface LegacyRow {
  readonly rowNumber: number
  readonly system: string
  readonly code: string
  readonly serialNumber: string
  readonly lotId: string
}

interface LegacyFault extends Words {
  readonly rowNumber: number
  readonly column: string
}

interface Judged {
  /** Rows that may be taken in, of one lot together. */
  readonly fresh: ReadonlyMap<string, readonly LegacyRow[]>
  readonly known: number
  readonly faults: readonly LegacyFault[]
}

const COLUMNS = {
  system: ['system', '系统', '来源系统'],
  code: ['code', '码', '防伪码', '溯源码', '编码', 'id', 'uuid', '二维码'],
  serialNumber: ['serialnumber', '序号', '二维码序号', '流水号'],
  gtin: ['gtin', '条码', '商品条码', 'barcode'],
  lotNumber: ['lot', 'lotnumber', '批号', '生产批号', '批次'],
} as const

/**
 * Reads a file of the older system's codes: system, code (the id in its QR, or its 13 digits), number of the QR,
 * barcode and lot. A row whose product and lot are not on file, or that goes beyond the declared quantity, is told
 * and left out; a code that is known already changes nothing.
 * @throws AppError LEGACY_COLUMNS, or what the platform says of a file that is no table
 */
export async function previewLegacyCodes(db: Sql, bytes: Uint8Array, organisationId: string): Promise<LegacyReport> {
  return reportOf(await judge(db, bytes, organisationId), 0)
}

async function judge(db: Sql, bytes: Uint8Array, organisationId: string): Promise<Judged> {
  const table = findTable(await readSheet(bytes), COLUMNS, { required: ['code', 'gtin', 'lotNumber'] })
  if (table.missing.length > 0) throw codesFail('LEGACY_COLUMNS', { columns: table.missing.join(', ') })

  const lots = await db.query<{ id: string; gtin: string; lot_number: string; quantity: bigint }>(sql`
    select l.id, p.gtin, l.lot_number, l.quantity::bigint as quantity from lot l join product p on p.id = l.product_id where l.organisation_id = ${organisationId}`)
  const lotOf = new Map(lots.map((l) => [`${l.gtin}|${l.lot_number.toUpperCase()}`, l]))
  const faults: LegacyFault[] = []
  const rows: LegacyRow[] = []
  const seen = new Map<string, number>()
  for (const row of table.rows) {
    const text = (name: keyof typeof COLUMNS) => cleanText(cellText(row.cells[table.mapping[name] ?? -1])).normalize('NFKC')
    const fault = (column: string, zh: string, en: string) => faults.push({ rowNumber: row.rowNumber, column, zh, en })
    const code = legacyText(text('code'))
    const system = text('system').toLowerCase() || 'kjb2c'
    const serialNumber = text('serialNumber').toLowerCase()
    const gtin = parseGtin(text('gtin'))
    const lot = gtin.ok ? lotOf.get(`${gtin.gtin14}|${text('lotNumber').toUpperCase()}`) : undefined
    const earlier = seen.get(`${system}|${code}`)
    if (code === undefined) fault('code', '旧码为空或含有不允许的字符', 'the old code is empty or has characters that are not allowed')
    else if (!/^[0-9a-z._-]{1,40}$/.test(system))
      fault('system', '系统名只能含字母、数字和 . _ -', 'the name of the system has other characters than letters, digits and . _ -')
    else if (serialNumber !== '' && !LEGACY_CODE.test(serialNumber))
      fault('serialNumber', '序号只能含字母、数字和 . _ -，4 至 64 位', 'the number has 4 to 64 letters, digits and . _ -')
    else if (!gtin.ok) fault('gtin', '商品条码有误', 'the barcode is not right')
    else if (lot === undefined)
      fault(
        'lotNumber',
        '没有登记此商品的这个批号，请先登记进口批次',
        'this lot of this product is not on file: file the consignment first',
      )
    else if (earlier !== undefined) fault('code', `与第 ${earlier} 行重复`, `is the same as in row ${earlier}`)
    else {
      seen.set(`${system}|${code}`, row.rowNumber)
      rows.push({ rowNumber: row.rowNumber, system, code, serialNumber, lotId: lot.id })
    }
  }

  const known = await knownOf(db, rows)
  const fresh = new Map<string, LegacyRow[]>()
  for (const row of rows) {
    if (known.has(keyOf(row))) continue
    const ofLot = fresh.get(row.lotId)
    if (ofLot === undefined) fresh.set(row.lotId, [row])
    else ofLot.push(row)
  }
  for (const lot of lots) {
    const ofLot = fresh.get(lot.id)
    if (ofLot === undefined) continue
    const left = Math.max(0, Number(lot.quantity) - (await orderedOfLot(db, lot.id)).quantity)
    for (const row of ofLot.splice(left)) {
      faults.push({
        rowNumber: row.rowNumber,
        column: 'lotNumber',
        zh: `超出该批次申报数量（还可登记 ${left} 枚）`,
        en: `is beyond the declared quantity of the lot (${left} can still be registered)`,
      })
    }
    if (ofLot.length === 0) fresh.delete(lot.id)
  }
  return { fresh, known: known.size, faults: faults.sort((a, b) => a.rowNumber - b.rowNumber) }
}

const keyOf = (row: { system: string; code: string }): string => `${row.system}|${row.code}`

async function knownOf(db: Sql, rows: readonly LegacyRow[]): Promise<Set<string>> {
  const known = new Set<string>()
  for (let i = 0; i < rows.length; i += CHUNK) {
    const part = rows.slice(i, i + CHUNK)
    const found = await db.query<{ system: string; code: string }>(sql`
      select c.system, c.code from legacy_code c join unnest(${part.map((r) => r.system)}::text[], ${part.map((r) => r.code)}::text[]) as t(system, code) using (system, code)`)
    for (const f of found) known.add(keyOf(f))
  }
  return known
}

function reportOf(judged: Judged, imported: number): LegacyReport {
  const fresh = [...judged.fresh.values()].reduce((sum, rows) => sum + rows.length, 0)
  return { fresh, known: judged.known, imported, wrong: judged.faults.length, faults: judged.faults.slice(0, FAULTS_TOLD) }
}

interface ImportInput {
  readonly sha256: string
  readonly organisationId: string
  readonly actor: string
}

/** Keeps the file and queues its import. @returns the job */
export async function startLegacyImport(
  platform: Platform,
  tx: Tx,
  upload: Upload,
  organisationId: string,
  ctx: { actor: Actor; at: Date },
): Promise<string> {
  const stored = await platform.files.put([upload.bytes], LEGACY_MAX_BYTES)
  const createdBy = ctx.actor.personId ?? null
  await recordFile(tx, {
    organisationId,
    createdBy,
    stored,
    mediaType: upload.mediaType,
    name: upload.name,
    purpose: 'legacy-codes',
    at: ctx.at,
  })
  const input: ImportInput = { sha256: stored.sha256.toString('hex'), organisationId, actor: ctx.actor.name }
  // who asked may watch: an operator's own organisation, not the one that the codes belong to
  return platform.jobs.enqueue(tx, { kind: JOB, organisationId: ctx.actor.organisationId, createdBy, input })
}

/**
 * Takes the codes in, a transaction for each lot. A lot that was taken in before a crash is known when the job runs
 * again, so nothing is taken twice.
 */
export function legacyJob(platform: Platform, keyRing: KeyRing): JobHandler<ImportInput> {
  return {
    kind: JOB,
    run: async ({ input, createdBy }, report) => {
      const judged = await judge(platform.db, await platform.files.read(Buffer.from(input.sha256, 'hex')), input.organisationId)
      const total = [...judged.fresh.values()].reduce((sum, rows) => sum + rows.length, 0)
      let done = 0
      for (const [lotId, rows] of judged.fresh) {
        done += await importLot(platform, keyRing, lotId, rows, { ...input, personId: createdBy }, (imported, tx) =>
          report({ done: done + imported, total }, tx),
        )
      }
      return reportOf(judged, done)
    },
  }
}

/**
 * One batch for a lot and an ordinary code id for each of its codes. They carry labels in the market already, so
 * `legacy.imported` asks whoever keeps the state of goods to activate them.
 */
async function importLot(
  platform: Platform,
  keyRing: KeyRing,
  lotId: string,
  judgedRows: readonly LegacyRow[],
  by: ImportInput & { personId: string | null },
  report: (imported: number, tx: Tx) => ReturnType<ReportProgress>,
): Promise<number> {
  const at = platform.clock.now()
  return platform.db.transaction(async (tx) => {
    await lockLotOrders(tx, lotId)
    // what was free when the file was judged may have been taken since
    const known = await knownOf(tx, judgedRows)
    const lot = await one<{ product_id: string; consignment_id: string; quantity: bigint }>(
      tx,
      sql`select product_id, consignment_id, quantity::bigint as quantity from lot where id = ${lotId}`,
    )
    const left = Math.max(0, Number(lot.quantity) - (await orderedOfLot(tx, lotId)).quantity)
    const rows = judgedRows.filter((row) => !known.has(keyOf(row))).slice(0, left)
    if (rows.length === 0) return 0
    const orderId = newId(at)
    await insertOrder(tx, {
      id: orderId,
      number: await nextOrderNumber(tx, civilDateOf(at)),
      organisationId: by.organisationId,
      consignmentId: lot.consignment_id,
      lotId,
      productId: lot.product_id,
      quantity: BigInt(rows.length),
      spoilage: 0n,
      labelKind: 'legacy',
      rollSize: 1000,
      printerId: null,
      status: 'received',
      feeFen: 0n,
      subsidyFen: 0n,
      submittedBy: by.personId,
      submittedAt: at,
    })
    await recordTransition(tx, orderId, 'received', {
      personId: by.personId,
      actor: by.actor,
      reason: '旧系统导入 / imported from the older system',
      at,
    })
    const batch = await one<{ id: number }>(
      tx,
      sql`insert into code_batch (order_id, organisation_id, product_id, lot_id, tweak_gtin, key_version, quantity, canaries, roll_size, issued_at)
      values (${orderId}, ${by.organisationId}, ${lot.product_id}, ${lotId}, 0, ${await keyRing.activeVersion(tx)}, ${rows.length}, 0, 1000, ${at.toISOString()}) returning id`,
    )
    for (let i = 0; i < rows.length; i += CHUNK) {
      const part = rows.slice(i, i + CHUNK)
      await tx.execute(sql`
        insert into legacy_code (system, code, serial_number, code_id, organisation_id, lot_id)
        select t.system, t.code, t.serial_number, ${BigInt(batch.id) << 32n}::bigint + ${i}::bigint + t.n - 1, ${by.organisationId}, ${lotId}
        from unnest(${part.map((r) => r.system)}::text[], ${part.map((r) => r.code)}::text[], ${part.map((r) => r.serialNumber)}::text[]) with ordinality as t(system, code, serial_number, n)`)
    }
    await publish(tx, 'legacy.imported', {
      organisationId: by.organisationId,
      payload: { batchId: batch.id, lotId, quantity: rows.length },
      at,
    })
    await report(rows.length, tx)
    return rows.length
  })
}
