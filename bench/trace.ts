import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Batch } from '../src/modules/codes/index.ts'
import type { Database } from '../src/platform/db/database.ts'
import { sql } from '../src/platform/db/sql.ts'
import { actorOf } from '../test/support/goods.ts'
import { type Filled, filledPlatform } from './filled-platform.ts'
import { fixed, median, type Postgres, say, scratch, startPostgres, table } from './support.ts'

/** Events to trace among; `npm run bench:epcis` goes to 10⁷, which take five minutes to load. */
const SCALES = (process.env['BENCH_EVENTS'] ?? '100000,1000000').split(',').map(Number)
const BACKWARD = 300
const FORWARD = 7

/** A lot of a million items: one activation, cartons of a hundred, pallets of a hundred cartons, shipped and received. */
const ITEMS = 1_000_000
const CARTONS = 10_000
const PALLETS = 100
const STEPS = 1 + CARTONS + 3 * PALLETS
const DEALERS = 20
/** So many lots are worked on at a time: their events lie between each other, as they do in a warehouse. */
const TOGETHER = 10

const INDEXES = [
  'event_organisation_idx',
  'event_lot_idx',
  'event_code_event_idx',
  'event_code_codes_idx',
  'event_container_event_idx',
  'event_container_sscc_idx',
]

interface Figures {
  readonly events: number
  readonly backward: number
  readonly backwardP99: number
  readonly plainBackward: number
  readonly forward: number
  readonly plainForward: number
}

/** Tracing forward a lot of a million items and back one item, among more and more events; each beside plain SQL that reads the same rows. */
export async function benchTrace(): Promise<void> {
  const postgres = startPostgres()
  if (postgres === undefined) return
  const { folder, remove } = scratch()
  try {
    const filled = await filledPlatform({ DATA_DIR: folder, PUBLIC_URL: 'http://127.0.0.1:8080', DATABASE_URL: postgres.url }, ITEMS)
    const dealers = await makeDealers(filled)
    const figures: Figures[] = []
    let lots = 0
    for (const scale of SCALES) {
      const wanted = Math.max(TOGETHER, Math.round(scale / STEPS / TOGETHER) * TOGETHER)
      const started = performance.now()
      await load(filled, dealers, lots, wanted)
      lots = wanted
      say(`${fixed(lots * STEPS)} events of ${lots} lots loaded in ${fixed((performance.now() - started) / 1000)} s`)
      figures.push(await measure(filled, postgres, folder, lots))
    }
    say('\nTracing on PostgreSQL, in ms (median; one at a time, warm)')
    table(
      ['events', 'back one item', 'p99', 'pgbench', 'ratio', `forward ${fixed(ITEMS)} items`, 'plain SQL', 'ratio'],
      figures.map((f) => [
        fixed(f.events),
        fixed(f.backward, 2),
        fixed(f.backwardP99, 2),
        fixed(f.plainBackward, 2),
        fixed(f.backward / f.plainBackward, 1),
        fixed(f.forward),
        fixed(f.plainForward),
        fixed(f.forward / f.plainForward, 1),
      ]),
    )
    const [first, last] = [figures[0]!, figures.at(-1)!]
    const growth = (name: string, of: (f: Figures) => number) => {
      const factor = of(last) / of(first)
      say(
        `growth from ${fixed(first.events)} to ${fixed(last.events)} events, ${name}: ${fixed(factor, 2)} (aim: within 2: ${factor <= 2 ? 'met' : 'NOT met'})`,
      )
    }
    growth('backward', (f) => f.backward)
    growth('forward', (f) => f.forward)
    await filled.platform.db.close()
  } finally {
    postgres.stop()
    remove()
  }
}

async function makeDealers({ platform, modules, batch }: Filled): Promise<string[]> {
  const clerk = actorOf(batch.organisationId, 'importer', 'clerk')
  return platform.db.transaction(async (tx) => {
    const ids: string[] = []
    for (let i = 0; i < DEALERS; i++) {
      const form = { name: `dealer ${i}`, provinces: ['33'], city: '', contact: '', dealerOrganisationId: null, active: true }
      ids.push(await modules.events.saveDealer(tx, form, { actor: clerk, at: platform.clock.now() }))
    }
    return ids
  })
}

/** Lots `from` to `to`; the first of all is the one that the papers name. */
async function load({ platform, batch, lotId }: Filled, dealers: readonly string[], from: number, to: number): Promise<void> {
  const { db } = platform
  const definitions = await db.query<{ indexdef: string }>(sql`select indexdef from pg_indexes where indexname = any(${INDEXES}::text[])`)
  await db.exec(INDEXES.map((name) => `drop index ${name}`).join(';'))
  const dealer = `(array[${dealers.map((id) => `'${id}'`).join(',')}])[1 + (part % ${DEALERS})]`
  await db.transaction((tx) =>
    tx.script(`
    set local session_replication_role = replica;
    create temp table step on commit drop as
      select (g * ${TOGETHER * STEPS} + s * ${TOGETHER} + l)::bigint as n, g * ${TOGETHER} + l as lot, s,
        case when s = 0 then 'commissioning' when s <= ${CARTONS + PALLETS} then 'packing' when s <= ${CARTONS + 2 * PALLETS} then 'shipping' else 'receiving' end as kind,
        case when s = 0 then 0 when s <= ${CARTONS} then s - 1 else (s - ${CARTONS + 1}) % ${PALLETS} end as part
      from generate_series(${from / TOGETHER}, ${to / TOGETHER - 1}) g, generate_series(0, ${STEPS - 1}) s, generate_series(0, ${TOGETHER - 1}) l;
    insert into event (id, sequence, kind, type, action, biz_step, disposition, organisation_id, event_time, event_zone, record_time, read_point, body)
      overriding system value
      select uuid, n + 1, kind, case when kind = 'packing' then 'AggregationEvent' else 'ObjectEvent' end, case when kind in ('commissioning', 'packing') then 'ADD' else 'OBSERVE' end,
        kind, 'in_progress', '${batch.organisationId}', timestamptz '2026-01-01' + n * interval '1 second', '+08:00', timestamptz '2026-01-01' + n * interval '1 second', '宁波',
        jsonb_build_object('eventID', 'urn:uuid:' || uuid, 'bizStep', kind) || case
          when kind = 'commissioning' then jsonb_build_object('ilmd', jsonb_build_object('lotId', case when lot = 0 then '${lotId}' else md5(lot::text)::uuid::text end,
            'productId', '${batch.productId}', 'organisationId', '${batch.organisationId}'))
          when kind = 'shipping' then jsonb_build_object('destination', jsonb_build_object('dealerId', ${dealer}))
          else '{}' end
      from (select *, ('01970000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as uuid from step) s order by n;
    insert into event_code (event_id, role, codes)
      select ('01970000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, case when s = 0 then 'epc' else 'child' end,
        case when s = 0 then int8range(base, base + ${ITEMS}) else int8range(base + part * 100, base + part * 100 + 100) end
      from (select *, ((${batch.id}::bigint + lot) << 32) as base from step where s <= ${CARTONS}) c order by n;
    insert into event_container (event_id, role, sscc)
      select ('01970000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, role, lpad((lot * 20000::bigint + number)::text, 18, '0')
      from step cross join lateral (
        select 'parent' as role, part as number where s between 1 and ${CARTONS}
        union all select 'parent', 15000 + part where s > ${CARTONS} and kind = 'packing'
        union all select 'epc', 15000 + part where s > ${CARTONS + PALLETS}
        union all select 'child', part * 100 + i from generate_series(0, 99) i where s > ${CARTONS} and kind = 'packing') c order by n;
    insert into code_batch (id, order_id, organisation_id, product_id, lot_id, tweak_gtin, key_version, quantity, canaries, roll_size, issued_at)
      overriding system value
      select id + lot, order_id, organisation_id, product_id, null, tweak_gtin, key_version, quantity, canaries, roll_size, issued_at
      from code_batch, generate_series(greatest(1, ${from}), ${to - 1}) lot where id = ${batch.id};`),
  )
  await db.exec(`set maintenance_work_mem = '512MB'; ${definitions.map((d) => d.indexdef).join(';')}`)
  await db.exec('analyze event, event_code, event_container')
  await db.exec('checkpoint')
}

async function measure(filled: Filled, postgres: Postgres, folder: string, lots: number): Promise<Figures> {
  const { modules, platform, batch, lotId } = filled
  const { tracing } = modules.events
  const officer = actorOf('00000000-0000-7000-8000-000000000009', 'regulator', 'officer')
  const back: number[] = []
  for (let i = 0; i < BACKWARD + 50; i++) {
    const lot = Math.floor(Math.random() * lots)
    const uri = modules.codes.uriOf({ ...batch, id: batch.id + lot } as Batch, Math.floor(Math.random() * ITEMS))
    const started = performance.now()
    const trace = await tracing.backward(uri, undefined, officer)
    // code that has not run yet, and pages that were not read yet, are slow on every side
    if (i >= 50) back.push(performance.now() - started)
    if (trace.steps.length !== 5 || trace.whereabouts.situation !== 'held')
      throw new Error(`traced wrongly: ${JSON.stringify(trace.steps)}`)
  }
  const forward: number[] = []
  const plain: number[] = []
  for (let i = 0; i < FORWARD + 2; i++) {
    // as of different moments, or the second answer would be the first one kept
    const asOf = new Date(Date.UTC(2036, 0, 1 + i)).toISOString()
    const started = performance.now()
    const trace = await tracing.forward({ kind: 'lot', id: lotId, asOf }, officer)
    if (i >= 2) forward.push(performance.now() - started)
    if (trace.totals.dealers !== ITEMS || trace.holders.total !== DEALERS)
      throw new Error(`traced wrongly: ${JSON.stringify(trace.totals)}`)
    const plainStarted = performance.now()
    await plainForward(platform.db, batch.id)
    if (i >= 2) plain.push(performance.now() - plainStarted)
  }
  back.sort((a, b) => a - b)
  return {
    events: lots * STEPS,
    backward: median(back),
    backwardP99: back[Math.floor(back.length * 0.99)]!,
    plainBackward: plainBackward(postgres, folder, batch.id, lots),
    forward: median(forward),
    plainForward: median(plain),
  }
}

const COLUMNS = sql`e.id, e.sequence, e.kind, e.event_time, e.record_time, e.organisation_id, e.read_point`

/** The rows behind the trace of a lot, read by one statement a table and level, and thrown away. */
async function plainForward(db: Database, batchId: number): Promise<void> {
  const range = sql`int8range(${BigInt(batchId) << 32n}, ${(BigInt(batchId) << 32n) + BigInt(ITEMS)})`
  await db.query(sql`select c.event_id, c.role, lower(c.codes) as lo, upper(c.codes) as hi, ${COLUMNS}, p.sscc from event_code c join event e on e.id = c.event_id
    left join event_container p on p.event_id = e.id and p.role = 'parent' where c.codes && ${range}`)
  const cartons = await db.query<{ sscc: string }>(sql`
    select distinct p.sscc from event_code c join event_container p on p.event_id = c.event_id and p.role = 'parent' where c.codes && ${range}`)
  const above = await db.query<{ parent: string }>(sql`
    select c.sscc, ${COLUMNS}, p.sscc as parent from event_container c join event e on e.id = c.event_id left join event_container p on p.event_id = e.id and p.role = 'parent'
    where c.sscc = any(${cartons.map((c) => c.sscc)}::text[]) and c.role <> 'parent'`)
  await db.query(sql`
    select c.sscc, ${COLUMNS} from event_container c join event e on e.id = c.event_id where c.sscc = any(${[...new Set(above.map((a) => a.parent))]}::text[]) and c.role <> 'parent'`)
}

/** The rows behind the trace of one item by pgbench, prepared, one client; ms for one item. */
function plainBackward(pg: Postgres, folder: string, batchId: number, lots: number): number {
  const script = join(folder, 'back.sql')
  const columns = 'e.id, e.sequence, e.kind, e.event_time, e.record_time, e.organisation_id, e.read_point, e.body'
  writeFileSync(
    script,
    `\\set lot random(0, ${lots - 1})
\\set item random(0, ${ITEMS - 1})
\\set carton :lot * 20000 + :item / 100
\\set pallet :lot * 20000 + 15000 + :item / 10000
select ${columns} from event_code c join event e on e.id = c.event_id where c.codes @> ((${batchId}::bigint + :lot) << 32) + :item;
select ${columns} from event_container c join event e on e.id = c.event_id where c.sscc = lpad(:carton::text, 18, '0') and c.role <> 'parent';
select ${columns} from event_container c join event e on e.id = c.event_id where c.sscc = lpad(:pallet::text, 18, '0') and c.role <> 'parent';
`,
  )
  const out = execFileSync(join(pg.bin, 'pgbench'), ['-n', '-M', 'prepared', '-f', script, '-c', '1', '-T', '4', pg.url], {
    stdio: ['ignore', 'pipe', 'pipe'],
  }).toString()
  return Number(/latency average = ([\d.]+)/.exec(out)?.[1] ?? Number.NaN)
}
