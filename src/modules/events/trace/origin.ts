import type { Words } from '../../../kernel/errors.ts'
import { countryName } from '../../../kernel/cn/customs.ts'
import { parseSscc } from '../../../kernel/gs1/sscc.ts'
import { maybeOne, type Sql } from '../../../platform/db/database.ts'
import { sql, type SqlText } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import { httpFail } from '../../../platform/http/errors.ts'
import { type Batch, type Codes, EVERYBODY } from '../../codes/index.ts'
import type { TraceCandidate, TraceOriginKind } from '../contract.ts'
import { eventsFail } from '../errors.ts'
import type { CodeRange } from '../ranges.ts'
import { wordsOf } from './names.ts'
import type { TraceDeps } from './ports.ts'
import { everIn } from './stays.ts'
import type { Wall } from './wall.ts'

export interface Origin {
  readonly kind: TraceOriginKind
  readonly id: string
  readonly title: Words
  readonly note: Words
  /** Lots, when the trace begins at papers; undefined when it begins at labels. */
  readonly lots: readonly OriginLot[] | undefined
  /** Labels in question; for lots only those of one slice at a time are read. */
  ranges(slice: readonly OriginLot[]): Promise<CodeRange[]>
}

export interface OriginLot {
  readonly id: string
  readonly lotNumber: string
  readonly organisationId: string
  readonly consignmentId: string
  readonly product: Words
  readonly quantity: number
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const MAX_LOTS = 5000

/** The code behind any spelling of it: address, element string, serial alone, code of an older system. */
export async function codeOf(db: Sql, codes: Codes, text: string): Promise<{ code: bigint; batch: Batch; index: number } | undefined> {
  const [found] = await codes.resolveInputs(db, [text], EVERYBODY)
  if (found === undefined || 'reason' in found) return undefined
  const batch = await codes.batchOf(db, found.batch)
  // a canary is no label: whoever types one learns nothing from it
  if (batch === undefined || found.index >= Number(batch.quantity)) return undefined
  return { code: (BigInt(found.batch) << 32n) | BigInt(found.index), batch, index: found.index }
}

/**
 * Where a trace begins, as the asker may see it.
 * @throws AppError NOT_FOUND, NOT_AN_SSCC, RANGE_CROSSES_BATCHES
 */
export async function originOf(
  db: Sql,
  codes: Codes,
  wall: Wall,
  asked: { readonly kind: TraceOriginKind; readonly id: string; readonly asOf: string | undefined; readonly horizon: bigint },
): Promise<Origin> {
  const { kind, id } = asked
  switch (kind) {
    case 'item': {
      const found = await codeOf(db, codes, id)
      if (found === undefined) throw httpFail('NOT_FOUND')
      const uri = codes.uriOf(found.batch, found.index)
      return ofLabels(kind, uri, { zh: '一件商品', en: 'One item' }, { zh: uri, en: uri }, async () => [{ lo: found.code, hi: found.code }])
    }
    case 'range': {
      const ends = await Promise.all(id.split('..').map((text) => codeOf(db, codes, text.trim())))
      const [a, b] = ends
      if (a === undefined || b === undefined || ends.length !== 2) throw httpFail('NOT_FOUND')
      if (a.batch.id !== b.batch.id) throw eventsFail('RANGE_CROSSES_BATCHES')
      const [first, last] = a.index <= b.index ? [a, b] : [b, a]
      const words = `${first.index + 1}–${last.index + 1}`
      return ofLabels(
        kind,
        id,
        { zh: `码段 #${a.batch.id} ${words}`, en: `Labels #${a.batch.id} ${words}` },
        { zh: `${last.index - first.index + 1} 枚`, en: `${last.index - first.index + 1} labels` },
        async () => [{ lo: first.code, hi: last.code }],
      )
    }
    case 'container': {
      const sscc = parseSscc(id)
      if (sscc === undefined) throw eventsFail('NOT_AN_SSCC', { input: id.slice(0, 60) })
      const ranges = await everIn(db, sscc, asked)
      if (ranges.length === 0) throw httpFail('NOT_FOUND')
      return ofLabels(
        kind,
        sscc,
        { zh: `箱码 ${sscc}`, en: `Container ${sscc}` },
        { zh: '曾在箱内的全部商品', en: 'Everything that was ever in it' },
        async () => ranges,
      )
    }
    case 'lot':
      if (!UUID.test(id)) throw httpFail('NOT_FOUND')
      return ofLots(db, kind, id, sql`l.id = ${id} and ${mayHaveHad(wall)}`, (lots) => ({
        title: { zh: `批号 ${lots[0]!.lotNumber}`, en: `Lot ${lots[0]!.lotNumber}` },
        note: lots[0]!.product,
      }))
    case 'consignment': {
      if (!UUID.test(id)) throw httpFail('NOT_FOUND')
      const c = await maybeOne<{ reference: string; declaration_number: string }>(
        db,
        sql`select reference, declaration_number from consignment where id = ${id}`,
      )
      return ofLots(db, kind, id, sql`l.consignment_id = ${id} and ${mayHaveHad(wall)}`, (lots) => ({
        title: { zh: `进口批次 ${c!.reference}`, en: `Consignment ${c!.reference}` },
        note: {
          zh: `报关单 ${c!.declaration_number}，${lots.length} 个批号`,
          en: `declaration ${c!.declaration_number}, ${lots.length} lots`,
        },
      }))
    }
    case 'supplier':
      if (!wall.seesSuppliers) throw httpFail('NOT_FOUND')
      return ofLots(
        db,
        kind,
        id,
        sql`l.consignment_id in (select c.id from consignment c where c.supplier = ${id}) and ${wall.lots}`,
        (lots) => ({
          title: { zh: `供应商 ${id}`, en: `Supplier ${id}` },
          note: lotCount(lots),
        }),
      )
    case 'organisation': {
      if (!UUID.test(id)) throw httpFail('NOT_FOUND')
      const o = await maybeOne<{ name_zh: string; name_en: string }>(db, sql`select name_zh, name_en from organisation where id = ${id}`)
      if (o === undefined) throw httpFail('NOT_FOUND')
      return ofLots(db, kind, id, sql`(l.organisation_id = ${id} or p.brand_organisation_id = ${id}) and ${wall.lots}`, (lots) => ({
        title: wordsOf(o.name_zh, o.name_en),
        note: lotCount(lots),
      }))
    }
  }
}

const lotCount = (lots: readonly unknown[]): Words => ({ zh: `${lots.length} 个批号`, en: `${lots.length} lots` })

function ofLabels(kind: TraceOriginKind, id: string, title: Words, note: Words, ranges: () => Promise<CodeRange[]>): Origin {
  return { kind, id, title, note, lots: undefined, ranges }
}

/** A dealer may have had goods of a lot that it has no more: only the goods themselves tell. */
const mayHaveHad = (wall: Wall): SqlText => (wall.dealers === undefined ? wall.lots : sql`true`)

async function ofLots(
  db: Sql,
  kind: TraceOriginKind,
  id: string,
  where: SqlText,
  words: (lots: readonly OriginLot[]) => { title: Words; note: Words },
): Promise<Origin> {
  const rows = await db.query<{
    id: string
    lot_number: string
    organisation_id: string
    consignment_id: string
    name_zh: string
    name_en: string
    quantity: number
  }>(sql`
    select l.id, l.lot_number, l.organisation_id, l.consignment_id, p.name_zh, p.name_en, l.quantity
    from lot l join product p on p.id = l.product_id where ${where} order by l.id limit ${MAX_LOTS + 1}`)
  if (rows.length === 0) throw httpFail('NOT_FOUND')
  if (rows.length > MAX_LOTS) throw eventsFail('TRACE_TOO_MANY_LOTS', { limit: MAX_LOTS })
  const lots = rows.map((row) => ({
    id: row.id,
    lotNumber: row.lot_number,
    organisationId: row.organisation_id,
    consignmentId: row.consignment_id,
    product: wordsOf(row.name_zh, row.name_en),
    quantity: row.quantity,
  }))
  return {
    kind,
    id,
    ...words(lots),
    lots,
    ranges: (slice) =>
      labelsOfLots(
        db,
        slice.map((lot) => lot.id),
      ),
  }
}

/** Labels that were ordered for lots, and those that were ever activated for them. */
async function labelsOfLots(db: Sql, lots: readonly string[]): Promise<CodeRange[]> {
  return db.query<CodeRange>(sql`
    select (b.id::bigint << 32) as lo, (b.id::bigint << 32) + b.quantity - 1 as hi from code_batch b where b.lot_id = any(${lots}::uuid[])
    union all
    select lower(c.codes), upper(c.codes) - 1 from event e join event_code c on c.event_id = e.id
    where e.kind = 'commissioning' and e.body -> 'ilmd' ->> 'lotId' = any(${lots}::text[])`)
}

const MAX_CANDIDATES = 20

/**
 * What somebody may mean who types or scans something: a code in any spelling, a ticket, an SSCC, or the number or
 * name of something on the papers.
 */
export async function findOrigins({ db, codes, ports }: TraceDeps, wall: Wall, actor: Actor, text: string): Promise<TraceCandidate[]> {
  const q = text.normalize('NFKC').trim()
  const found: TraceCandidate[] = []
  const reported = await ports.codeOfTicket(db, q, actor)
  const item = reported === undefined ? await codeOf(db, codes, q) : await codeById(db, codes, reported)
  if (item !== undefined) {
    const uri = codes.uriOf(item.batch, item.index)
    const title =
      reported === undefined ? { zh: '一件商品', en: 'One item' } : { zh: `反馈 ${q} 所说的商品`, en: `The item of report ${q}` }
    found.push({ direction: 'backward', kind: 'item', id: uri, title, note: { zh: uri, en: uri } })
  }
  const sscc = parseSscc(q)
  if (sscc !== undefined) {
    const known = await maybeOne(db, sql`select 1 from event_container where sscc = ${sscc} limit 1`)
    if (known !== undefined)
      found.push({
        direction: 'forward',
        kind: 'container',
        id: sscc,
        title: { zh: `箱码 ${sscc}`, en: `Container ${sscc}` },
        note: { zh: '曾在箱内的全部商品', en: 'Everything that was ever in it' },
      })
  }
  if (q.includes('..')) {
    const [a, b] = await Promise.all(q.split('..', 2).map((end) => codeOf(db, codes, end.trim())))
    if (a !== undefined && b !== undefined)
      found.push({ direction: 'forward', kind: 'range', id: q, title: { zh: '码段', en: 'Range of labels' }, note: { zh: q, en: q } })
  }
  const pattern = `%${q.replace(/[\\%_]/g, '\\$&')}%`
  const lots = await db.query<{
    id: string
    lot_number: string
    name_zh: string
    name_en: string
    organisation_zh: string
    organisation_en: string
    consignment_id: string
    reference: string
    declaration_number: string
    supplier: string
    departure_country: string
    by_lot: boolean
    by_supplier: boolean
  }>(sql`
    select l.id, l.lot_number, p.name_zh, p.name_en, o.name_zh as organisation_zh, o.name_en as organisation_en, c.id as consignment_id, c.reference, c.declaration_number,
      c.supplier, c.departure_country, l.lot_number ilike ${pattern} or p.gtin = lpad(${q}, 14, '0') as by_lot, c.supplier ilike ${pattern} as by_supplier
    from lot l join product p on p.id = l.product_id join consignment c on c.id = l.consignment_id join organisation o on o.id = l.organisation_id
    where ${wall.lots} and (l.lot_number ilike ${pattern} or c.reference ilike ${pattern} or c.declaration_number = ${q} or c.inspection_certificate = ${q}
      or p.gtin = lpad(${q}, 14, '0') or ${wall.seesSuppliers ? sql`c.supplier ilike ${pattern}` : sql`false`})
    order by l.created_at desc, l.id desc limit 60`)
  const suppliers = new Set<string>()
  const consignments = new Set<string>()
  for (const l of lots) {
    if (l.by_lot)
      found.push({
        direction: 'forward',
        kind: 'lot',
        id: l.id,
        title: { zh: `批号 ${l.lot_number}`, en: `Lot ${l.lot_number}` },
        note: { zh: `${l.name_zh} · ${l.organisation_zh}`, en: `${l.name_en || l.name_zh} · ${l.organisation_en || l.organisation_zh}` },
      })
    else if (l.by_supplier && wall.seesSuppliers) suppliers.add(l.supplier)
    else if (!consignments.has(l.consignment_id)) {
      consignments.add(l.consignment_id)
      found.push({
        direction: 'forward',
        kind: 'consignment',
        id: l.consignment_id,
        title: { zh: `进口批次 ${l.reference}`, en: `Consignment ${l.reference}` },
        note: {
          zh: `报关单 ${l.declaration_number} · ${countryName(l.departure_country, 'zh')}`,
          en: `declaration ${l.declaration_number} · ${countryName(l.departure_country, 'en')}`,
        },
      })
    }
  }
  for (const supplier of suppliers)
    found.push({
      direction: 'forward',
      kind: 'supplier',
      id: supplier,
      title: { zh: `供应商 ${supplier}`, en: `Supplier ${supplier}` },
      note: { zh: '其全部进口批次', en: 'All consignments from it' },
    })
  if (wall.dealers === undefined && q.length >= 2) {
    const named = await db.query<{ id: string; name_zh: string; name_en: string; kind: string }>(sql`
      select id, name_zh, name_en, kind from organisation where kind in ('importer', 'brand') and status = 'verified'
        and (name_zh ilike ${pattern} or name_en ilike ${pattern} or uscc = ${q.toUpperCase()}) and ${wall.seesAll ? sql`true` : sql`id = ${actor.organisationId}`}
      order by name_zh limit 10`)
    for (const o of named)
      found.push({
        direction: 'forward',
        kind: 'organisation',
        id: o.id,
        title: wordsOf(o.name_zh, o.name_en),
        note:
          o.kind === 'brand'
            ? { zh: '品牌方的全部商品', en: 'All goods of the brand' }
            : { zh: '进口商的全部商品', en: 'All goods of the importer' },
      })
  }
  return found.slice(0, MAX_CANDIDATES)
}

/** The label of a code id. */
export async function codeById(db: Sql, codes: Codes, code: bigint): Promise<{ code: bigint; batch: Batch; index: number } | undefined> {
  const batch = await codes.batchOf(db, Number(code >> 32n))
  return batch === undefined ? undefined : { code, batch, index: Number(code & 0xffffffffn) }
}
