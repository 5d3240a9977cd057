import type { Database, Sql } from '../../platform/db/database.ts'
import { named, sql } from '../../platform/db/sql.ts'
import type { ScanFacts } from './verdict.ts'

/** One of 64 shards of the per-item tables; a property of stored rows, so it never changes. */
export const bucketOf = (code: bigint): number => Number(code & 63n)

export interface ScanRecord {
  readonly code: bigint
  readonly id: string
  readonly at: Date
  readonly province: string | undefined
  /** Bit of the province in `item_scan.province_mask`; 0 when the place is unknown. */
  readonly provinceBit: bigint
  readonly device: Buffer | undefined
  readonly visitor: Buffer | undefined
  readonly channel: string
}

export interface RecordedScan {
  readonly counted: boolean
  readonly scanCount: number
  readonly firstScanAt: string | null
  readonly firstProvince: string | null
  readonly previousScanAt: string | null
  readonly previousProvince: string | null
  readonly provinces: number
  readonly ownBefore: number
  readonly status: ScanFacts['status']
  readonly hold: ScanFacts['hold']
  readonly lotId: string | null
  readonly productId: string | null
  readonly organisationId: string | null
  readonly activatedAt: string | null
  readonly statusAt: string | null
}

interface Row {
  counted: boolean
  scan_count: number
  first_scan_at: string | null
  first_province: string | null
  previous_scan_at: string | null
  previous_province: string | null
  province_mask: bigint
  own_before: number
  status: ScanFacts['status']
  hold: ScanFacts['hold']
  lot_id: string | null
  product_id: string | null
  organisation_id: string | null
  activated_at: string | null
  status_at: string | null
}

const RECORD = named(
  'record_scans',
  `select counted, scan_count, first_scan_at, first_province, previous_scan_at, previous_province, province_mask,
     own_before, status, hold, lot_id, product_id, organisation_id, activated_at, status_at
   from record_scans($1::smallint, $2::bigint[], $3::uuid[], $4::timestamptz[], $5::text[], $6::bigint[], $7::bytea[], $8::bytea[], $9::text[], $10::smallint[])
   order by n`,
)

/** Records a batch in one statement, which is one transaction: when it returns, the scans are on disk. */
export async function recordScans(db: Sql, batch: readonly ScanRecord[]): Promise<RecordedScan[]> {
  const first = batch[0]
  if (first === undefined) return []
  const rows = await db.query<Row>(
    RECORD([
      bucketOf(first.code),
      batch.map((s) => s.code),
      batch.map((s) => s.id),
      batch.map((s) => s.at.toISOString()),
      batch.map((s) => s.province ?? null),
      batch.map((s) => s.provinceBit),
      batch.map((s) => s.device ?? null),
      batch.map((s) => s.visitor ?? null),
      batch.map((s) => s.channel),
      batch.map((s) => bucketOf(s.code)),
    ]),
  )
  if (rows.length !== batch.length) throw new Error(`recorded ${rows.length} of ${batch.length} scans`)
  return rows.map(recorded)
}

/** What a preview sees: the state and the counts, nothing written. */
export async function peekScan(db: Sql, code: bigint): Promise<RecordedScan> {
  const [row] = await db.query<Row>(sql`
    select false as counted, coalesce(c.scan_count, 0) as scan_count, c.first_scan_at, c.first_province,
      c.last_scan_at as previous_scan_at, c.last_province as previous_province, coalesce(c.province_mask, 0) as province_mask,
      0 as own_before, s.status, s.hold, s.lot_id, s.product_id, s.organisation_id, s.activated_at, s.status_at
    from state_of_codes(array[${code}::bigint]) s
      left join item_scan c on c.bucket = ${bucketOf(code)}::smallint and c.code = s.code`)
  if (row === undefined) throw new Error('state_of_codes answers for every code')
  return recorded(row)
}

function recorded(row: Row): RecordedScan {
  return {
    counted: row.counted,
    scanCount: row.scan_count,
    firstScanAt: row.first_scan_at,
    firstProvince: row.first_province,
    previousScanAt: row.previous_scan_at,
    previousProvince: row.previous_province,
    provinces: bits(row.province_mask),
    ownBefore: row.own_before,
    status: row.status,
    hold: row.hold,
    lotId: row.lot_id,
    productId: row.product_id,
    organisationId: row.organisation_id,
    activatedAt: row.activated_at,
    statusAt: row.status_at,
  }
}

function bits(mask: bigint): number {
  let n = 0
  for (let m = mask; m > 0n; m &= m - 1n) n++
  return n
}

const TRACES = [
  { trace: 'visitor', column: sql`visitor`, keptHours: 24 },
  { trace: 'device', column: sql`device`, keptHours: 30 * 24 },
] as const

/**
 * Erases what is kept about visitors by age (docs/privacy.md) and counts what was erased. A watermark for each kind
 * of trace makes a late or repeated run erase all and read little. It follows the clock backwards too: after a clock
 * that was ahead is set right, nothing that was scanned meanwhile lies behind the mark.
 */
export async function eraseOldTraces(db: Database, now: Date): Promise<{ trace: string; erased: number }[]> {
  const results: { trace: string; erased: number }[] = []
  for (const { trace, column, keptHours } of TRACES) {
    const until = new Date(now.getTime() - keptHours * 3_600_000).toISOString()
    const erased = await db.transaction(async (tx) => {
      await tx.execute(sql`
        insert into scan_erasure (trace, erased_until) values (${trace}, timestamptz '-infinity') on conflict on constraint scan_erasure_pkey do nothing`)
      await tx.query(sql`select 1 from scan_erasure where trace = ${trace} for update`)
      const rows = await tx.execute(sql`
        update scan set ${column} = null
        where at < ${until} and at >= (select erased_until from scan_erasure where trace = ${trace}) and ${column} is not null`)
      await tx.execute(sql`
        update scan_erasure set erased_until = ${until}::timestamptz - interval '1 hour', erased_rows = erased_rows + ${rows} where trace = ${trace}`)
      return rows
    })
    results.push({ trace, erased })
  }
  return results
}
