import { provinceName } from '../../kernel/region.ts'
import type { Sql } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { TraceScans } from '../events/contract.ts'
import { bucketOf } from './repository.ts'

const BUCKETS = 64
/** Stretches at a time: each is looked up in every shard. */
const AT_ONCE = 500

/** Counted scans of labels by province, up to a moment, for tracing. */
export async function scansOfLabels(
  db: Sql,
  ranges: readonly { readonly lo: bigint; readonly hi: bigint }[],
  until: string | undefined,
): Promise<TraceScans> {
  const provinces = new Map<string | null, { scans: number; items: number }>()
  let [total, items] = [0, 0]
  let firstAt: string | null = null
  let lastAt: string | null = null
  for (let i = 0; i < ranges.length; i += AT_ONCE) {
    const part = ranges.slice(i, i + AT_ONCE)
    // one item lies in one shard; a stretch in all of them
    const probes = part.flatMap((r) =>
      r.lo === r.hi ? [{ ...r, bucket: bucketOf(r.lo) }] : Array.from({ length: BUCKETS }, (_, bucket) => ({ ...r, bucket })),
    )
    const rows = await db.query<{
      province: string | null
      is_sum: boolean
      scans: number
      items: number
      first_at: string
      last_at: string
    }>(sql`
      select s.province, grouping(s.province) = 1 as is_sum, count(*)::float8 as scans, count(distinct s.code)::float8 as items, min(s.at) as first_at, max(s.at) as last_at
      from unnest(${probes.map((p) => p.bucket)}::smallint[], ${probes.map((p) => p.lo)}::bigint[], ${probes.map((p) => p.hi)}::bigint[]) as r(bucket, lo, hi)
        join scan s on s.bucket = r.bucket and s.code between r.lo and r.hi
      where s.counted and ${until === undefined ? sql`true` : sql`s.at <= ${until}`}
      group by grouping sets ((), (s.province)) having count(*) > 0`)
    for (const row of rows) {
      if (!row.is_sum) {
        const sum = provinces.get(row.province)
        if (sum === undefined) provinces.set(row.province, { scans: row.scans, items: row.items })
        else {
          sum.scans += row.scans
          sum.items += row.items
        }
        continue
      }
      total += row.scans
      items += row.items
      if (firstAt === null || row.first_at < firstAt) firstAt = row.first_at
      if (lastAt === null || row.last_at > lastAt) lastAt = row.last_at
    }
  }
  return {
    total,
    items,
    firstAt,
    lastAt,
    provinces: [...provinces]
      .map(([province, sum]) => ({
        province,
        name: province === null ? { zh: '未知', en: 'unknown' } : { zh: provinceName(province, 'zh'), en: provinceName(province, 'en') },
        ...sum,
      }))
      .sort((a, b) => b.scans - a.scans || ((a.province ?? '') < (b.province ?? '') ? -1 : 1)),
  }
}
