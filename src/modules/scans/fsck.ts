import type { Database } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Finding } from '../events/index.ts'

/** The count of each item against its counted scan records. Reads one snapshot. */
export async function fsckScans(db: Database): Promise<Finding[]> {
  const rows = await db.transaction(
    (tx) =>
      tx.query<{ code: bigint; stored: number; records: number }>(sql`
        select code, coalesce(i.scan_count, 0) as stored, coalesce(s.n, 0) as records
        from item_scan i full join (select bucket, code, count(*)::int as n from scan where counted group by bucket, code) s using (bucket, code)
        where i.scan_count is distinct from s.n order by code limit 1000`),
    { readOnly: true },
  )
  return rows.map((r) => ({ kind: 'scan-count', subject: `${r.code}`, stored: `${r.stored}`, rebuilt: `${r.records}` }))
}
