import { parseGtin } from '../../kernel/gs1/gtin.ts'
import { one, type Sql, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { findTable } from '../../platform/documents/find-table.ts'
import { readSheet } from '../../platform/documents/read-sheet.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { newId } from '../../platform/ids.ts'
import { publish } from '../../platform/outbox/outbox.ts'
import type { Words } from '../../kernel/errors.ts'
import { codesFail } from './errors.ts'
import type { KeyRing } from './key-ring.ts'
import { insertOrder, nextOrderNumber, recordTransition } from './repository.ts'
import { legacyText } from './resolve-inputs.ts'

export interface LegacyRow {
  readonly rowNumber: number
  readonly system: string
  readonly code: string
  readonly serialNumber: string
  readonly lotId: string
}

export interface LegacyFault extends Words {
  readonly rowNumber: number
  readonly column: string
}

export interface LegacyPreview {
  readonly rows: readonly LegacyRow[]
  readonly fresh: number
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
 * barcode and lot. A row whose product and lot are not on file is told and left out; a code that is known already
 * changes nothing.
 */
export async function previewLegacyCodes(db: Sql, bytes: Uint8Array, actor: Actor): Promise<LegacyPreview> {
  const table = findTable(await readSheet(bytes), COLUMNS)
  const missing = (['code', 'gtin', 'lotNumber'] as const).filter((name) => !(name in table.mapping))
  if (missing.length > 0) throw codesFail('LEGACY_COLUMNS', { columns: missing.join(', ') })

  const lots = await db.query<{ id: string; gtin: string; lot_number: string }>(sql`
    select l.id, p.gtin, l.lot_number from lot l join product p on p.id = l.product_id where l.organisation_id = ${actor.organisationId}`)
  const lotOf = new Map(lots.map((l) => [`${l.gtin}|${l.lot_number.toUpperCase()}`, l.id]))
  const faults: LegacyFault[] = []
  const rows: LegacyRow[] = []
  const seen = new Map<string, number>()
  for (const row of table.rows) {
    const text = (name: keyof typeof COLUMNS) => {
      const value = table.mapping[name] === undefined ? null : row.cells[table.mapping[name]!]
      return value === null || value === undefined ? '' : String(value).normalize('NFKC').trim()
    }
    const fault = (column: string, zh: string, en: string) => faults.push({ rowNumber: row.rowNumber, column, zh, en })
    const code = legacyText(text('code'))
    if (!/^[0-9a-z._-]{4,64}$/.test(code)) {
      fault('code', '旧码为空或含有不允许的字符', 'the old code is empty or has characters that are not allowed')
      continue
    }
    const gtin = parseGtin(text('gtin'))
    if (!gtin.ok) {
      fault('gtin', '商品条码有误', 'the barcode is not right')
      continue
    }
    const lotId = lotOf.get(`${gtin.gtin14}|${text('lotNumber').toUpperCase()}`)
    if (lotId === undefined) {
      fault('lotNumber', '没有登记此商品的这个批号，请先登记进口批次', 'this lot of this product is not on file: file the consignment first')
      continue
    }
    const system = text('system').toLowerCase().slice(0, 40) || 'kjb2c'
    const earlier = seen.get(`${system}|${code}`)
    if (earlier !== undefined) {
      fault('code', `与第 ${earlier} 行重复`, `is the same as in row ${earlier}`)
      continue
    }
    seen.set(`${system}|${code}`, row.rowNumber)
    rows.push({ rowNumber: row.rowNumber, system, code, serialNumber: text('serialNumber').slice(0, 40), lotId })
  }
  const known = new Set<string>()
  for (let i = 0; i < rows.length; i += 5000) {
    const part = rows.slice(i, i + 5000)
    const found = await db.query<{ system: string; code: string }>(sql`
      select c.system, c.code from legacy_code c join unnest(${part.map((r) => r.system)}::text[], ${part.map((r) => r.code)}::text[]) as t(system, code) using (system, code)`)
    for (const f of found) known.add(`${f.system}|${f.code}`)
  }
  const fresh = rows.filter((r) => !known.has(`${r.system}|${r.code}`))
  return { rows: fresh, fresh: fresh.length, known: rows.length - fresh.length, faults }
}

/**
 * Takes the codes in: one batch for each lot, an ordinary code id for each code. They carry labels in the market
 * already, so `legacy.imported` asks whoever keeps the state of goods to activate them.
 * @returns how many codes were taken in
 */
export async function importLegacyCodes(tx: Tx, keyRing: KeyRing, preview: LegacyPreview, ctx: { actor: Actor; at: Date; day: string }): Promise<number> {
  const byLot = new Map<string, LegacyRow[]>()
  for (const row of preview.rows) byLot.set(row.lotId, [...(byLot.get(row.lotId) ?? []), row])
  for (const [lotId, rows] of byLot) {
    const lot = await one<{ product_id: string; consignment_id: string }>(tx, sql`select product_id, consignment_id from lot where id = ${lotId}`)
    const orderId = newId(ctx.at)
    await insertOrder(tx, {
      id: orderId,
      number: await nextOrderNumber(tx, ctx.day),
      organisationId: ctx.actor.organisationId,
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
      submittedBy: ctx.actor.personId ?? null,
      submittedAt: ctx.at,
    })
    await recordTransition(tx, orderId, 'received', { personId: ctx.actor.personId ?? null, actor: ctx.actor.name, reason: '旧系统导入 / imported from the older system', at: ctx.at })
    const batch = await one<{ id: number }>(
      tx,
      sql`insert into code_batch (order_id, organisation_id, product_id, lot_id, tweak_gtin, key_version, quantity, canaries, roll_size, issued_at)
      values (${orderId}, ${ctx.actor.organisationId}, ${lot.product_id}, ${lotId}, 0, ${keyRing.ring.active.version}, ${rows.length}, 0, 1000, ${ctx.at.toISOString()}) returning id`,
    )
    for (let i = 0; i < rows.length; i += 5000) {
      const part = rows.slice(i, i + 5000)
      await tx.execute(sql`
        insert into legacy_code (system, code, serial_number, code_id, organisation_id, lot_id)
        select t.system, t.code, t.serial_number, ${BigInt(batch.id) << 32n}::bigint + ${i}::bigint + t.n - 1, ${ctx.actor.organisationId}, ${lotId}
        from unnest(${part.map((r) => r.system)}::text[], ${part.map((r) => r.code)}::text[], ${part.map((r) => r.serialNumber)}::text[]) with ordinality as t(system, code, serial_number, n)`)
    }
    await publish(tx, 'legacy.imported', { organisationId: ctx.actor.organisationId, payload: { batchId: batch.id, lotId, quantity: rows.length }, at: ctx.at })
  }
  return preview.rows.length
}
