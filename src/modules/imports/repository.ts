import type { Database, Sql, Tx } from '../../platform/db/database.ts'
import { sql, type SqlText } from '../../platform/db/sql.ts'
import type { Consignment, DocumentKind, Lot, LotFacts } from './contract.ts'
import { regimeOf } from './rules.ts'

/* Consignments ------------------------------------------------------------------------------------------------- */

const CONSIGNMENT_TYPES = {
  id: 'uuid',
  organisation_id: 'uuid',
  reference: 'text',
  declaration_number: 'text',
  trade_mode: 'text',
  declaration_transport_mode: 'text',
  first_line_transport_mode: 'text',
  supplier: 'text',
  departure_country: 'text',
  departure_port: 'text',
  entry_port: 'text',
  entered_on: 'date',
  inspection_certificate: 'text',
  inspection_passed_on: 'date',
  released_on: 'date',
  note: 'text',
  version: 'int4',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
} as const

interface ConsignmentRow {
  id: string
  organisation_id: string
  reference: string
  declaration_number: string
  trade_mode: string
  declaration_transport_mode: string
  first_line_transport_mode: string | null
  supplier: string
  departure_country: string
  departure_port: string
  entry_port: string
  entered_on: string
  inspection_certificate: string
  inspection_passed_on: string | null
  released_on: string | null
  note: string
  version: number
  created_at: string
  updated_at: string
}

const CONSIGNMENT_COLUMNS = columnsOf(CONSIGNMENT_TYPES)

function consignmentOfRow(row: ConsignmentRow): Consignment {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    reference: row.reference,
    declarationNumber: row.declaration_number,
    tradeMode: row.trade_mode,
    declarationTransportMode: row.declaration_transport_mode,
    firstLineTransportMode: row.first_line_transport_mode,
    supplier: row.supplier,
    departureCountry: row.departure_country,
    departurePort: row.departure_port,
    entryPort: row.entry_port,
    enteredOn: row.entered_on,
    inspectionCertificate: row.inspection_certificate,
    inspectionPassedOn: row.inspection_passed_on,
    releasedOn: row.released_on,
    note: row.note,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function consignmentValues(c: Consignment): unknown[] {
  return [
    c.id,
    c.organisationId,
    c.reference,
    c.declarationNumber,
    c.tradeMode,
    c.declarationTransportMode,
    c.firstLineTransportMode,
    c.supplier,
    c.departureCountry,
    c.departurePort,
    c.entryPort,
    c.enteredOn,
    c.inspectionCertificate,
    c.inspectionPassedOn,
    c.releasedOn,
    c.note,
    c.version,
    c.createdAt,
    c.updatedAt,
  ]
}

export async function insertConsignments(db: Database, tx: Tx, consignments: readonly Consignment[]): Promise<void> {
  await db.bulkInsert(
    tx,
    'consignment',
    Object.keys(CONSIGNMENT_TYPES),
    Object.values(CONSIGNMENT_TYPES),
    consignments.map(consignmentValues),
  )
}

export async function storeConsignment(tx: Tx, c: Consignment): Promise<void> {
  await tx.execute(sql`
    update consignment set reference = ${c.reference}, declaration_number = ${c.declarationNumber}, trade_mode = ${c.tradeMode},
      declaration_transport_mode = ${c.declarationTransportMode}, first_line_transport_mode = ${c.firstLineTransportMode},
      supplier = ${c.supplier}, departure_country = ${c.departureCountry}, departure_port = ${c.departurePort}, entry_port = ${c.entryPort},
      entered_on = ${c.enteredOn}, inspection_certificate = ${c.inspectionCertificate}, inspection_passed_on = ${c.inspectionPassedOn},
      released_on = ${c.releasedOn}, note = ${c.note}, version = ${c.version}, updated_at = ${c.updatedAt}
    where id = ${c.id}`)
}

export async function findConsignments(db: Sql, where: SqlText, lock: SqlText = sql.empty): Promise<Consignment[]> {
  const rows = await db.query<ConsignmentRow>(sql`select ${CONSIGNMENT_COLUMNS} from consignment c where ${where} order by id ${lock}`)
  return rows.map(consignmentOfRow)
}

export async function lockConsignment(tx: Tx, id: string, wall: SqlText): Promise<Consignment | undefined> {
  return (await findConsignments(tx, sql`id = ${id} and ${wall}`, sql`for update`))[0]
}

export async function findConsignmentsByDeclaration(db: Sql, organisationId: string, numbers: readonly string[]): Promise<Consignment[]> {
  if (numbers.length === 0) return []
  return findConsignments(db, sql`organisation_id = ${organisationId} and declaration_number = any(${numbers}::text[])`)
}

export async function deleteConsignment(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`delete from consignment where id = ${id}`)
}

/* Lots --------------------------------------------------------------------------------------------------------- */

const LOT_TYPES = {
  id: 'uuid',
  organisation_id: 'uuid',
  consignment_id: 'uuid',
  product_id: 'uuid',
  lot_number: 'text',
  produced_on: 'date',
  expires_on: 'date',
  quantity: 'int4',
  gross_weight_kg: 'numeric',
  version: 'int4',
  created_at: 'timestamptz',
  updated_at: 'timestamptz',
} as const

interface LotRow {
  id: string
  organisation_id: string
  consignment_id: string
  product_id: string
  lot_number: string
  produced_on: string | null
  expires_on: string | null
  quantity: number
  gross_weight_kg: string | null
  version: number
  created_at: string
  updated_at: string
}

const LOT_COLUMNS = columnsOf(LOT_TYPES, 'l')

function lotOfRow(row: LotRow): Lot {
  return {
    id: row.id,
    organisationId: row.organisation_id,
    consignmentId: row.consignment_id,
    productId: row.product_id,
    lotNumber: row.lot_number,
    producedOn: row.produced_on,
    expiresOn: row.expires_on,
    quantity: row.quantity,
    grossWeightKg: row.gross_weight_kg === null ? null : Number(row.gross_weight_kg),
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

export async function insertLots(db: Database, tx: Tx, lots: readonly Lot[]): Promise<void> {
  const rows = lots.map((l) => [
    l.id,
    l.organisationId,
    l.consignmentId,
    l.productId,
    l.lotNumber,
    l.producedOn,
    l.expiresOn,
    l.quantity,
    l.grossWeightKg === null ? null : String(l.grossWeightKg),
    l.version,
    l.createdAt,
    l.updatedAt,
  ])
  await db.bulkInsert(tx, 'lot', Object.keys(LOT_TYPES), Object.values(LOT_TYPES), rows)
}

export async function storeLot(tx: Tx, l: Lot): Promise<void> {
  await tx.execute(sql`
    update lot set product_id = ${l.productId}, lot_number = ${l.lotNumber}, produced_on = ${l.producedOn}, expires_on = ${l.expiresOn},
      quantity = ${l.quantity}, gross_weight_kg = ${l.grossWeightKg === null ? null : String(l.grossWeightKg)}::numeric,
      version = ${l.version}, updated_at = ${l.updatedAt}
    where id = ${l.id}`)
}

export async function findLots(db: Sql, where: SqlText, lock: SqlText = sql.empty): Promise<Lot[]> {
  const rows = await db.query<LotRow>(sql`select ${LOT_COLUMNS} from lot l where ${where} order by created_at, id ${lock}`)
  return rows.map(lotOfRow)
}

export async function lockLot(tx: Tx, id: string, wall: SqlText): Promise<Lot | undefined> {
  return (await findLots(tx, sql`id = ${id} and ${wall}`, sql`for update`))[0]
}

export async function deleteLot(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`delete from lot where id = ${id}`)
}

type LotFactsRow = LotRow & Omit<ConsignmentRow, keyof LotRow>

/** Lots with the facts of their consignments. */
export async function findLotFacts(db: Sql, where: SqlText): Promise<LotFacts[]> {
  const rows = await db.query<LotFactsRow>(sql`
    select ${LOT_COLUMNS}, c.trade_mode, c.declaration_number, c.reference, c.declaration_transport_mode, c.first_line_transport_mode,
      c.entry_port, c.departure_country, c.departure_port, c.supplier, c.entered_on, c.inspection_certificate, c.inspection_passed_on, c.released_on
    from lot l join consignment c on c.id = l.consignment_id where ${where} order by l.id`)
  return rows.map((row) => ({
    ...lotOfRow(row),
    tradeMode: row.trade_mode,
    regime: regimeOf(row.trade_mode),
    declarationNumber: row.declaration_number,
    reference: row.reference,
    declarationTransportMode: row.declaration_transport_mode,
    firstLineTransportMode: row.first_line_transport_mode,
    entryPort: row.entry_port,
    departureCountry: row.departure_country,
    departurePort: row.departure_port,
    supplier: row.supplier,
    enteredOn: row.entered_on,
    inspectionCertificate: row.inspection_certificate,
    inspectionPassedOn: row.inspection_passed_on,
    releasedOn: row.released_on,
  }))
}

/* Documents ---------------------------------------------------------------------------------------------------- */

export interface ConsignmentDocument {
  readonly id: string
  readonly organisationId: string
  readonly consignmentId: string
  readonly kind: DocumentKind
  readonly fileId: string
  readonly name: string
  readonly mediaType: string
  readonly size: number
  readonly uploadedBy: string
  readonly createdAt: string
}

export async function insertDocument(tx: Tx, d: ConsignmentDocument): Promise<void> {
  await tx.execute(sql`
    insert into document (id, organisation_id, consignment_id, kind, file_id, name, media_type, size, uploaded_by, created_at)
    values (${d.id}, ${d.organisationId}, ${d.consignmentId}, ${d.kind}, ${d.fileId}, ${d.name}, ${d.mediaType}, ${d.size}, ${d.uploadedBy}, ${d.createdAt})`)
}

export async function findDocuments(db: Sql, where: SqlText): Promise<ConsignmentDocument[]> {
  const rows = await db.query<{
    id: string
    organisation_id: string
    consignment_id: string
    kind: DocumentKind
    file_id: string
    name: string
    media_type: string
    size: number
    uploaded_by: string
    created_at: string
  }>(sql`
    select id, organisation_id, consignment_id, kind, file_id, name, media_type, size, uploaded_by, created_at
    from document d where ${where} order by created_at, id`)
  return rows.map((row) => ({
    id: row.id,
    organisationId: row.organisation_id,
    consignmentId: row.consignment_id,
    kind: row.kind,
    fileId: row.file_id,
    name: row.name,
    mediaType: row.media_type,
    size: row.size,
    uploadedBy: row.uploaded_by,
    createdAt: row.created_at,
  }))
}

export async function deleteDocument(tx: Tx, id: string): Promise<void> {
  await tx.execute(sql`delete from document where id = ${id}`)
}

function columnsOf(types: Readonly<Record<string, string>>, alias?: string): SqlText {
  return sql.join(Object.keys(types).map((name) => (alias === undefined ? sql.ident(name) : sql`${sql.ident(alias)}.${sql.ident(name)}`)))
}
