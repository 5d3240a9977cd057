import type { Database, Sql, Tx } from '../../platform/db/database.ts'
import { sql, type SqlText } from '../../platform/db/sql.ts'
import type { ComparedRow } from './compare-rows.ts'
import type { ImportCounts, ImportLayout, ImportMapping, ImportState, ListName, RowChange, RowReason, Verdict } from './contract.ts'
import { type Words } from '../../kernel/errors.ts'
import { reasonAt } from './judge-row.ts'
import type { ListFields } from './list-fields.ts'

export interface Import {
  readonly id: string
  readonly kind: ListName
  readonly organisationId: string
  readonly fileId: string
  readonly fileName: string
  readonly fileHash: string
  readonly sameAs: string | null
  readonly state: ImportState
  readonly jobId: string | null
  readonly layout: Partial<ImportLayout>
  readonly mapping: ImportMapping | null
  readonly counts: Partial<ImportCounts>
  readonly failure: { code: string; zh: string; en: string } | null
  readonly createdBy: string
  readonly createdAt: string
  readonly finishedAt: string | null
}

interface ImportRecord {
  id: string
  kind: ListName
  organisation_id: string
  file_id: string
  file_name: string
  file_hash: string
  same_as: string | null
  state: ImportState
  job_id: string | null
  layout: Partial<ImportLayout>
  mapping: ImportMapping | null
  counts: Partial<ImportCounts>
  failure: Import['failure']
  created_by: string
  created_at: string
  finished_at: string | null
}

export async function insertImport(tx: Tx, i: Import): Promise<void> {
  await tx.execute(sql`
    insert into import (id, kind, organisation_id, file_id, file_name, file_hash, same_as, state, job_id, created_by, created_at)
    values (${i.id}, ${i.kind}, ${i.organisationId}, ${i.fileId}, ${i.fileName}, ${i.fileHash}, ${i.sameAs}, ${i.state}, ${i.jobId}, ${i.createdBy}, ${i.createdAt})`)
}

export async function findImports(db: Sql, where: SqlText, lock: SqlText = sql.empty): Promise<Import[]> {
  const rows = await db.query<ImportRecord>(sql`
    select id, kind, organisation_id, file_id, file_name, file_hash, same_as, state, job_id, layout, mapping, counts, failure, created_by, created_at, finished_at
    from import i where ${where} order by created_at desc, id ${lock}`)
  return rows.map((r) => ({
    id: r.id,
    kind: r.kind,
    organisationId: r.organisation_id,
    fileId: r.file_id,
    fileName: r.file_name,
    fileHash: r.file_hash,
    sameAs: r.same_as,
    state: r.state,
    jobId: r.job_id,
    layout: r.layout,
    mapping: r.mapping,
    counts: r.counts,
    failure: r.failure,
    createdBy: r.created_by,
    createdAt: r.created_at,
    finishedAt: r.finished_at,
  }))
}

export async function lockImport(tx: Tx, id: string, wall: SqlText): Promise<Import | undefined> {
  return (await findImports(tx, sql`id = ${id} and ${wall}`, sql`for update`))[0]
}

export type ImportChange = Partial<Pick<Import, 'state' | 'jobId' | 'layout' | 'mapping' | 'counts' | 'failure' | 'finishedAt'>>

/** @param expected changes nothing in another state: a job must not revive what a person has discarded meanwhile */
export async function changeImport(db: Sql, id: string, change: ImportChange, expected?: ImportState): Promise<void> {
  const sets: SqlText[] = []
  if (change.state !== undefined) sets.push(sql`state = ${change.state}`)
  if (change.jobId !== undefined) sets.push(sql`job_id = ${change.jobId}`)
  if (change.layout !== undefined) sets.push(sql`layout = ${sql.json(change.layout)}`)
  if (change.mapping !== undefined) sets.push(sql`mapping = ${sql.json(change.mapping)}`)
  if (change.counts !== undefined) sets.push(sql`counts = ${sql.json(change.counts)}`)
  if (change.failure !== undefined) sets.push(change.failure === null ? sql`failure = null` : sql`failure = ${sql.json(change.failure)}`)
  if (change.finishedAt !== undefined) sets.push(sql`finished_at = ${change.finishedAt}`)
  await db.execute(
    sql`update import set ${sql.join(sets)} where id = ${id} and ${expected === undefined ? sql`true` : sql`state = ${expected}`}`,
  )
}

export async function clearRows(tx: Sql, importId: string): Promise<void> {
  await tx.execute(sql`delete from import_row where import_id = ${importId}`)
}

export async function insertRows(db: Database, tx: Tx, importId: string, rows: readonly ComparedRow[]): Promise<void> {
  await db.bulkInsert(
    tx,
    'import_row',
    ['import_id', 'row_number', 'verdict', 'warned', 'cells', 'record', 'reasons', 'changes'],
    ['uuid', 'int4', 'text', 'bool', 'jsonb', 'jsonb', 'jsonb', 'jsonb'],
    rows.map((r) => [
      importId,
      r.rowNumber,
      r.verdict,
      r.warned,
      JSON.stringify(r.cells),
      JSON.stringify(r.values),
      JSON.stringify(r.reasons),
      JSON.stringify(r.changes),
    ]),
  )
}

export interface StoredRow {
  readonly rowNumber: number
  readonly verdict: Verdict
  readonly warned: boolean
  readonly committed: boolean
  readonly cells: readonly string[]
  readonly values: Readonly<Record<string, string | number>>
  readonly reasons: readonly RowReason[]
  readonly changes: readonly RowChange[]
}

/** Rows after a row number, in the order of the file. */
export async function findRows(
  db: Sql,
  importId: string,
  after: number,
  limit: number,
  where: SqlText = sql`true`,
  lock: SqlText = sql.empty,
): Promise<StoredRow[]> {
  const rows = await db.query<{
    row_number: number
    verdict: Verdict
    warned: boolean
    committed: boolean
    cells: string[]
    record: Record<string, string | number>
    reasons: RowReason[]
    changes: RowChange[]
  }>(sql`
    select row_number, verdict, warned, committed, cells, record, reasons, changes from import_row
    where import_id = ${importId} and row_number > ${after} and ${where} order by row_number limit ${limit} ${lock}`)
  return rows.map((r) => ({
    rowNumber: r.row_number,
    verdict: r.verdict,
    warned: r.warned,
    committed: r.committed,
    cells: r.cells,
    values: r.record,
    reasons: r.reasons,
    changes: r.changes,
  }))
}

export async function markCommitted(tx: Tx, importId: string, rowNumbers: readonly number[]): Promise<void> {
  await tx.execute(sql`update import_row set committed = true where import_id = ${importId} and row_number = any(${rowNumbers}::int[])`)
}

export async function storeVerdict(tx: Tx, importId: string, row: ComparedRow): Promise<void> {
  await tx.execute(sql`
    update import_row set verdict = ${row.verdict}, warned = ${row.warned}, reasons = ${sql.json(row.reasons)}, changes = ${sql.json(row.changes)}
    where import_id = ${importId} and row_number = ${row.rowNumber}`)
}

/** A row that was good in the preview and is refused when it is written: it joins the wrong ones, with its reason. */
export async function refuseRow(
  tx: Tx,
  found: Import,
  row: StoredRow,
  fields: ListFields,
  field: string,
  words: Words & { readonly code: string },
): Promise<void> {
  const column = found.mapping?.[field]
  const reason = reasonAt(fields, row.rowNumber, field, column, column === undefined ? '' : (row.cells[column] ?? ''), 'fault', words)
  await storeVerdict(tx, found.id, { ...row, verdict: 'wrong', reasons: [...row.reasons, reason], changes: [] })
}

export async function countRows(db: Sql, importId: string): Promise<ImportCounts> {
  const rows = await db.query<{ verdict: Verdict; n: number; warned: number; committed: number }>(sql`
    select verdict, count(*)::int as n, count(*) filter (where warned)::int as warned, count(*) filter (where committed)::int as committed
    from import_row where import_id = ${importId} group by verdict`)
  const of = (verdict: Verdict): number => rows.find((r) => r.verdict === verdict)?.n ?? 0
  const sum = (pick: (r: (typeof rows)[number]) => number): number => rows.reduce((total, r) => total + pick(r), 0)
  return {
    rows: sum((r) => r.n),
    new: of('new'),
    changed: of('changed'),
    unchanged: of('unchanged'),
    wrong: of('wrong'),
    warned: sum((r) => r.warned),
    committed: sum((r) => r.committed),
  }
}

export async function importsWaiting(db: Sql, organisationId: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    sql`select count(*)::int as n from import i where i.organisation_id = ${organisationId} and i.kind = 'imports' and i.state = 'ready'`,
  )
  return row?.n ?? 0
}
