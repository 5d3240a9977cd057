import type { Database } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import { MAC_BYTES } from './pin.ts'

/** Every run that is in force has the hash of each of its labels' PINs; a void one has none. */
export async function fsckPins(db: Database): Promise<{ kind: 'pins'; subject: string; stored: string; rebuilt: string }[]> {
  const rows = await db.query<{ id: string; stored: number; expected: number }>(sql`
    select * from (
      select r.id, coalesce(sum(length(c.macs)), 0)::float8 as stored, (case when r.state = 'void' then 0 else r.labels * ${MAC_BYTES} end)::float8 as expected
      from pin_run r left join pin_chunk c on c.run_id = r.id where r.state <> 'making' group by r.id) sums
    where stored <> expected limit 1000`)
  return rows.map((r) => ({ kind: 'pins' as const, subject: r.id, stored: `${r.stored} bytes`, rebuilt: `${r.expected} bytes` }))
}
