import type { Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { eventsFail } from './errors.ts'
import type { ProjectionStore } from './project.ts'
import type { CodeRange, Stretch } from './ranges.ts'
import type { ContainerState, GoodsState } from './transitions.ts'

interface RangeRow {
  lo: bigint
  hi: bigint
  status: GoodsState['status']
  hold: GoodsState['hold']
  organisation_id: string
  lot_id: string | null
  product_id: string | null
  dealer_id: string | null
  in_transit: boolean
  container: string | null
  replaced_by: bigint | null
  activated_at: string | null
  status_at: string
}

const COLUMNS = sql`g.lo, g.hi, g.status, g.hold, g.organisation_id, g.lot_id, g.product_id, g.dealer_id, g.in_transit, g.container, g.replaced_by, g.activated_at, g.status_at`

function stretchOf(row: RangeRow): Stretch<GoodsState> & { readonly state: GoodsState } {
  return {
    lo: row.lo,
    hi: row.hi,
    state: {
      status: row.status,
      hold: row.hold,
      organisationId: row.organisation_id,
      lotId: row.lot_id,
      productId: row.product_id,
      dealerId: row.dealer_id,
      inTransit: row.in_transit,
      container: row.container,
      replacedBy: row.replaced_by,
      activatedAt: row.activated_at,
      statusAt: row.status_at,
    },
  }
}

/** All stored stretches, for `fsck`. */
export async function* allStretches(tx: Tx, pageSize = 20_000): AsyncGenerator<Stretch<GoodsState> & { readonly state: GoodsState }> {
  let after = -1n
  for (;;) {
    const rows = await tx.query<RangeRow>(sql`select ${COLUMNS} from code_range g where g.lo > ${after} order by g.lo limit ${pageSize}`)
    for (const row of rows) yield stretchOf(row)
    if (rows.length < pageSize) return
    after = rows.at(-1)!.lo
  }
}

/**
 * The projections in the database, for one transaction. Batches are locked in order of their numbers before their
 * ranges are read, and lots in order of theirs, so that two captures wait for each other and never deadlock.
 */
export class DatabaseStore implements ProjectionStore {
  readonly #tx: Tx
  readonly #nameOf: (code: bigint) => string

  constructor(tx: Tx, nameOf: (code: bigint) => string) {
    this.#tx = tx
    this.#nameOf = nameOf
  }

  nameOf(code: bigint): string {
    return this.#nameOf(code)
  }

  async touching(ranges: readonly CodeRange[]): Promise<Stretch<GoodsState>[]> {
    const batches = [...new Set(ranges.map((r) => Number(r.lo >> 32n)))].sort((a, b) => a - b)
    await this.#tx.query(sql`select 1 from code_batch where id = any(${batches}::int[]) order by id for update`)
    // neighbours are read too, so that equal ones can be joined
    const rows = await this.#tx.query<RangeRow>(sql`
      select ${COLUMNS} from code_range g where g.lo in (
        select inner_range.lo from unnest(${ranges.map((r) => r.lo)}::bigint[], ${ranges.map((r) => r.hi)}::bigint[]) as r(lo, hi)
          cross join lateral (select c.lo from code_range c where c.lo between r.lo and r.hi + 1) inner_range
        union
        select before.lo from unnest(${ranges.map((r) => r.lo)}::bigint[]) as r(lo)
          cross join lateral (select c.lo, c.hi from code_range c where c.lo < r.lo order by c.lo desc limit 1) before
        where before.hi >= r.lo - 1)
      order by g.lo`)
    return rows.map(stretchOf)
  }

  async packedIn(sscc: string): Promise<Stretch<GoodsState>[]> {
    const rows = await this.#tx.query<RangeRow>(sql`select ${COLUMNS} from code_range g where g.container = ${sscc} order by g.lo`)
    return rows.map(stretchOf)
  }

  async replace(gone: readonly CodeRange[], come: readonly (CodeRange & { readonly state: GoodsState })[]): Promise<void> {
    // what stays as it was is left alone: a neighbour that was only looked at costs no write
    const kept = new Set<string>()
    const same = new Map(come.map((c) => [`${c.lo}-${c.hi}`, c]))
    for (const g of gone as readonly Stretch<GoodsState>[]) {
      const c = same.get(`${g.lo}-${g.hi}`)
      if (c !== undefined && c.state === g.state) kept.add(`${g.lo}-${g.hi}`)
    }
    const out = gone.filter((g) => !kept.has(`${g.lo}-${g.hi}`))
    const into = come.filter((c) => !kept.has(`${c.lo}-${c.hi}`))
    if (out.length > 0) await this.#tx.execute(sql`delete from code_range where lo = any(${out.map((r) => r.lo)}::bigint[])`)
    for (let i = 0; i < into.length; i += 5000) {
      const part = into.slice(i, i + 5000)
      await this.#tx.execute(sql`
        insert into code_range (lo, hi, status, hold, organisation_id, lot_id, product_id, dealer_id, in_transit, container, replaced_by, activated_at, status_at)
        select * from unnest(${part.map((r) => r.lo)}::bigint[], ${part.map((r) => r.hi)}::bigint[], ${part.map((r) => r.state.status)}::text[], ${part.map((r) => r.state.hold)}::text[],
          ${part.map((r) => r.state.organisationId)}::uuid[], ${part.map((r) => r.state.lotId)}::uuid[], ${part.map((r) => r.state.productId)}::uuid[],
          ${part.map((r) => r.state.dealerId)}::uuid[], ${part.map((r) => r.state.inTransit)}::boolean[], ${part.map((r) => r.state.container)}::text[],
          ${part.map((r) => r.state.replacedBy)}::bigint[], ${part.map((r) => r.state.activatedAt)}::timestamptz[], ${part.map((r) => r.state.statusAt)}::timestamptz[])`)
    }
  }

  async containers(ssccs: readonly string[]): Promise<Map<string, ContainerState>> {
    const rows = await this.#tx.query<{
      sscc: string
      organisation_id: string
      parent: string | null
      dealer_id: string | null
      in_transit: boolean
      packed_at: string
    }>(sql`
      select sscc, organisation_id, parent, dealer_id, in_transit, packed_at from container where sscc = any(${[...ssccs].sort()}::text[]) order by sscc for update`)
    return new Map(
      rows.map((r) => [
        r.sscc,
        { organisationId: r.organisation_id, parent: r.parent, dealerId: r.dealer_id, inTransit: r.in_transit, packedAt: r.packed_at },
      ]),
    )
  }

  async childrenOf(sscc: string): Promise<string[]> {
    const rows = await this.#tx.query<{ sscc: string }>(sql`select sscc from container where parent = ${sscc} order by sscc`)
    return rows.map((r) => r.sscc)
  }

  async putContainer(sscc: string, state: ContainerState | undefined): Promise<void> {
    if (state === undefined) {
      await this.#tx.execute(sql`delete from container where sscc = ${sscc}`)
      return
    }
    await this.#tx.execute(sql`
      insert into container (sscc, organisation_id, parent, dealer_id, in_transit, packed_at)
      values (${sscc}, ${state.organisationId}, ${state.parent}, ${state.dealerId}, ${state.inTransit}, ${state.packedAt})
      on conflict on constraint container_pkey do update set
        organisation_id = excluded.organisation_id, parent = excluded.parent, dealer_id = excluded.dealer_id, in_transit = excluded.in_transit, packed_at = excluded.packed_at`)
  }

  async owners(batches: readonly number[]): Promise<Map<number, string>> {
    const rows = await this.#tx.query<{ id: number; organisation_id: string }>(
      sql`select id, organisation_id from code_batch where id = any(${[...batches].sort((a, b) => a - b)}::int[])`,
    )
    return new Map(rows.map((r) => [r.id, r.organisation_id]))
  }

  /** @throws AppError OVER_ACTIVATION when labels would stand for more goods than the lot declares */
  async balance(lotId: string, by: bigint): Promise<void> {
    await this.#tx.execute(
      sql`insert into lot_balance (lot_id, activated) values (${lotId}, 0) on conflict on constraint lot_balance_pkey do nothing`,
    )
    const [row] = await this.#tx.query<{ activated: bigint; quantity: number }>(sql`
      select b.activated, l.quantity from lot_balance b join lot l on l.id = b.lot_id where b.lot_id = ${lotId} for update of b`)
    const left = BigInt(row!.quantity) - row!.activated
    if (by > left) throw eventsFail('OVER_ACTIVATION', { left, count: by, declared: row!.quantity })
    await this.#tx.execute(sql`update lot_balance set activated = activated + ${by} where lot_id = ${lotId}`)
  }
}
