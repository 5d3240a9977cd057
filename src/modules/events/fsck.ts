import type { Database, Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { allStretches } from './database-store.ts'
import type { EventKind, GoodsEvent } from './goods-event.ts'
import { project, type ProjectionStore } from './project.ts'
import type { CodeRange, Stretch } from './ranges.ts'
import { type ContainerState, type GoodsState, sameState } from './transitions.ts'

/** One thing that is not as the events say. */
export interface Finding {
  readonly kind: 'range' | 'container' | 'balance' | 'overlap' | 'replay' | 'quantity' | 'scan-count' | 'quota' | 'pins'
  readonly subject: string
  readonly stored: string
  readonly rebuilt: string
}

const MAX_FINDINGS = 1000
const PAGE = 500

/**
 * Rebuilds every projection from the events, in memory, and compares it with what is stored; then checks the sums
 * that must hold: imported ≥ labelled ≥ activated, and counts of scans against their rows. Reads one snapshot.
 */
export async function fsck(db: Database): Promise<Finding[]> {
  return db.transaction(
    async (tx) => {
      const findings: Finding[] = []
      const add = (f: Finding) => {
        if (findings.length < MAX_FINDINGS) findings.push(f)
      }
      const rebuilt = await replay(tx, add)
      await compareRanges(tx, rebuilt, add)
      await compareContainers(tx, rebuilt, add)
      await compareBalances(tx, rebuilt, add)
      await checkQuantities(tx, add)
      return findings
    },
    { readOnly: true },
  )
}

async function replay(tx: Tx, add: (f: Finding) => void): Promise<MemoryStore> {
  const owners = await tx.query<{ id: number; organisation_id: string }>(sql`select id, organisation_id from code_batch`)
  const store = new MemoryStore(new Map(owners.map((o) => [o.id, o.organisation_id])))
  let after = 0n
  for (;;) {
    const events = await tx.query<{ id: string; sequence: bigint; kind: EventKind; event_time: string; body: Record<string, any> }>(sql`
      select id, sequence, kind, event_time, body from event where kind is not null and sequence > ${after} order by sequence limit ${PAGE}`)
    const last = events.at(-1)
    if (last === undefined) return store
    after = last.sequence
    const ids = events.map((e) => e.id)
    const codes = await tx.query<{ event_id: string; role: string; lo: bigint; hi: bigint }>(sql`
      select event_id, role, lower(codes) as lo, upper(codes) - 1 as hi from event_code where event_id = any(${ids}::uuid[])`)
    const containers = await tx.query<{ event_id: string; role: string; sscc: string }>(
      sql`select event_id, role, sscc from event_container where event_id = any(${ids}::uuid[])`,
    )
    const codesOf = groupBy(codes, (c) => c.event_id)
    const containersOf = groupBy(containers, (c) => c.event_id)
    for (const e of events) {
      const own = codesOf.get(e.id) ?? []
      const replacement = own.find((c) => c.role === 'replacement')?.lo
      const event: GoodsEvent = {
        kind: e.kind,
        at: new Date(e.event_time),
        ranges: own.filter((c) => c.role !== 'replacement').map(({ lo, hi }) => ({ lo, hi })),
        containers: (containersOf.get(e.id) ?? []).filter((c) => c.role !== 'parent').map((c) => c.sscc),
        ...parentOf(containersOf.get(e.id)),
        ...(e.body['ilmd'] !== undefined && {
          lot: { id: e.body['ilmd'].lotId, productId: e.body['ilmd'].productId, organisationId: e.body['ilmd'].organisationId },
        }),
        ...(e.body['destination'] !== undefined && { dealerId: e.body['destination'].dealerId }),
        ...(replacement !== undefined && { replacement }),
      }
      try {
        await project(store, event)
      } catch (error) {
        add({ kind: 'replay', subject: e.id, stored: e.kind, rebuilt: (error as Error).message })
      }
    }
  }
}

function parentOf(containers: readonly { role: string; sscc: string }[] | undefined): { parent?: string } {
  const parent = containers?.find((c) => c.role === 'parent')?.sscc
  return parent === undefined ? {} : { parent }
}

async function compareRanges(tx: Tx, store: MemoryStore, add: (f: Finding) => void): Promise<void> {
  const stored: (Stretch<GoodsState> & { state: GoodsState })[] = []
  let previous: CodeRange | undefined
  for await (const s of allStretches(tx)) {
    if (previous !== undefined && s.lo <= previous.hi)
      add({ kind: 'overlap', subject: `${s.lo}`, stored: `${previous.lo}-${previous.hi} and ${s.lo}-${s.hi}`, rebuilt: '' })
    previous = s
    stored.push(s)
  }
  const expected = store.stretches
  let i = 0
  let k = 0
  while (i < stored.length || k < expected.length) {
    const a = stored[i]
    const b = expected[k]
    if (a !== undefined && b !== undefined && a.lo === b.lo && a.hi === b.hi && sameState(a.state, b.state!)) {
      i++
      k++
    } else if (b === undefined || (a !== undefined && a.lo <= b.lo)) {
      add({
        kind: 'range',
        subject: `${a!.lo}-${a!.hi}`,
        stored: words(a!.state),
        rebuilt: b !== undefined && b.lo === a!.lo ? `${b.lo}-${b.hi} ${words(b.state!)}` : 'none',
      })
      if (b !== undefined && b.lo === a!.lo) k++
      i++
    } else {
      add({ kind: 'range', subject: `${b.lo}-${b.hi}`, stored: 'none', rebuilt: words(b.state!) })
      k++
    }
  }
}

async function compareContainers(tx: Tx, store: MemoryStore, add: (f: Finding) => void): Promise<void> {
  const rows = await tx.query<{
    sscc: string
    organisation_id: string
    parent: string | null
    dealer_id: string | null
    in_transit: boolean
    packed_at: string
  }>(sql`
    select sscc, organisation_id, parent, dealer_id, in_transit, packed_at from container`)
  const stored = new Map(rows.map((r) => [r.sscc, `${r.organisation_id} ${r.parent} ${r.dealer_id} ${r.in_transit} ${r.packed_at}`]))
  const expected = new Map(
    [...store.all].map(([sscc, c]) => [sscc, `${c.organisationId} ${c.parent} ${c.dealerId} ${c.inTransit} ${c.packedAt}`]),
  )
  for (const sscc of new Set([...stored.keys(), ...expected.keys()])) {
    if (stored.get(sscc) !== expected.get(sscc))
      add({ kind: 'container', subject: sscc, stored: stored.get(sscc) ?? 'none', rebuilt: expected.get(sscc) ?? 'none' })
  }
}

async function compareBalances(tx: Tx, store: MemoryStore, add: (f: Finding) => void): Promise<void> {
  const rows = await tx.query<{ lot_id: string; activated: bigint }>(sql`select lot_id, activated from lot_balance`)
  const stored = new Map(rows.map((r) => [r.lot_id, r.activated]))
  for (const lotId of new Set([...stored.keys(), ...store.balances.keys()])) {
    const a = stored.get(lotId) ?? 0n
    const b = store.balances.get(lotId) ?? 0n
    if (a !== b) add({ kind: 'balance', subject: lotId, stored: `${a}`, rebuilt: `${b}` })
  }
}

/** Imported ≥ labelled (without spoilage) and imported ≥ activated, for each lot; no code beyond its batch. */
async function checkQuantities(tx: Tx, add: (f: Finding) => void): Promise<void> {
  const lots = await tx.query<{ id: string; quantity: number; ordered: bigint; activated: bigint }>(sql`
    select l.id, l.quantity, coalesce(o.ordered, 0)::bigint as ordered, coalesce(b.activated, 0)::bigint as activated
    from lot l left join lot_balance b on b.lot_id = l.id
      left join (select lot_id, sum(quantity)::bigint as ordered from code_order where status not in ('refused', 'cancelled') group by lot_id) o on o.lot_id = l.id
    where coalesce(o.ordered, 0) > l.quantity or coalesce(b.activated, 0) > l.quantity`)
  for (const l of lots)
    add({ kind: 'quantity', subject: l.id, stored: `ordered ${l.ordered}, activated ${l.activated}`, rebuilt: `declared ${l.quantity}` })
  const beyond = await tx.query<{ lo: bigint; hi: bigint }>(sql`
    select g.lo, g.hi from code_range g left join code_batch b on b.id = (g.lo >> 32)::int where b.id is null or (g.hi & 4294967295) >= b.quantity limit 100`)
  for (const g of beyond) add({ kind: 'range', subject: `${g.lo}-${g.hi}`, stored: 'beyond its batch', rebuilt: 'none' })
}

function words(s: GoodsState): string {
  return [
    s.status,
    s.hold,
    s.lotId,
    s.dealerId,
    s.inTransit ? 'in transit' : null,
    s.container,
    s.replacedBy,
    s.activatedAt,
    s.statusAt,
    s.organisationId,
  ]
    .filter((x) => x !== null)
    .join(' ')
}

function groupBy<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(key(row))
    if (group === undefined) groups.set(key(row), [row])
    else group.push(row)
  }
  return groups
}

/** Projections in memory: one sorted array a batch. */
export class MemoryStore implements ProjectionStore {
  readonly #byBatch = new Map<bigint, Stretch<GoodsState>[]>()
  readonly all = new Map<string, ContainerState>()
  readonly balances = new Map<string, bigint>()
  readonly #owners: ReadonlyMap<number, string>

  constructor(owners: ReadonlyMap<number, string>) {
    this.#owners = owners
  }

  get stretches(): Stretch<GoodsState>[] {
    return [...this.#byBatch.keys()].sort((a, b) => (a < b ? -1 : 1)).flatMap((batch) => this.#byBatch.get(batch)!)
  }

  nameOf(code: bigint): string {
    return code.toString()
  }

  async touching(ranges: readonly CodeRange[]): Promise<Stretch<GoodsState>[]> {
    const out = new Map<bigint, Stretch<GoodsState>>()
    for (const range of ranges) {
      const list = this.#byBatch.get(range.lo >> 32n) ?? []
      for (let i = firstEndingAtOrAfter(list, range.lo - 1n); i < list.length && list[i]!.lo <= range.hi + 1n; i++)
        out.set(list[i]!.lo, list[i]!)
    }
    return [...out.values()].sort((a, b) => (a.lo < b.lo ? -1 : 1))
  }

  async packedIn(sscc: string): Promise<Stretch<GoodsState>[]> {
    return this.stretches.filter((s) => s.state?.container === sscc)
  }

  async replace(gone: readonly CodeRange[], come: readonly (CodeRange & { readonly state: GoodsState })[]): Promise<void> {
    const batches = new Set([...gone, ...come].map((r) => r.lo >> 32n))
    for (const batch of batches) {
      const removed = new Set(gone.map((g) => g.lo))
      const list = (this.#byBatch.get(batch) ?? []).filter((s) => !removed.has(s.lo))
      list.push(...come.filter((c) => c.lo >> 32n === batch))
      list.sort((a, b) => (a.lo < b.lo ? -1 : 1))
      this.#byBatch.set(batch, list)
    }
  }

  async containers(ssccs: readonly string[]): Promise<Map<string, ContainerState>> {
    return new Map(ssccs.flatMap((sscc) => (this.all.has(sscc) ? [[sscc, this.all.get(sscc)!] as const] : [])))
  }

  async childrenOf(sscc: string): Promise<string[]> {
    return [...this.all].filter(([, c]) => c.parent === sscc).map(([child]) => child)
  }

  async putContainer(sscc: string, state: ContainerState | undefined): Promise<void> {
    if (state === undefined) this.all.delete(sscc)
    else this.all.set(sscc, state)
  }

  async owners(batches: readonly number[]): Promise<Map<number, string>> {
    return new Map(batches.flatMap((b) => (this.#owners.has(b) ? [[b, this.#owners.get(b)!] as const] : [])))
  }

  async balance(lotId: string, by: bigint): Promise<void> {
    this.balances.set(lotId, (this.balances.get(lotId) ?? 0n) + by)
  }
}

/** Index of the first stretch whose end is not before `code`; the list is sorted and free of overlaps. */
function firstEndingAtOrAfter(list: readonly Stretch<GoodsState>[], code: bigint): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle]!.hi < code) low = middle + 1
    else high = middle
  }
  return low
}
