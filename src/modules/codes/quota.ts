import { maybeOne, one, type Sql, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { newId } from '../../platform/ids.ts'
import type { GrantQuota } from './contract.ts'
import { codesFail } from './errors.ts'
import { isSandbox } from '../../kernel/sandbox.ts'
import { httpFail } from '../../platform/http/errors.ts'

export interface GrantBalance {
  readonly id: string
  readonly payer: 'government' | 'prepaid'
  readonly labels: number
  readonly left: number
  readonly priceFen: number
  readonly validFrom: string
  readonly validTo: string
}

/** Grants of an organisation that are valid on a day and what is left of each, soonest to expire first. */
export async function grantsOf(db: Sql, organisationId: string, day: string): Promise<GrantBalance[]> {
  const rows = await db.query<{
    id: string
    payer: 'government' | 'prepaid'
    labels: bigint
    left_labels: bigint
    price_fen: bigint
    valid_from: string
    valid_to: string
  }>(sql`
    select g.id, g.payer, g.labels, coalesce(sum(e.labels), 0)::bigint as left_labels, g.price_fen, g.valid_from, g.valid_to
    from quota_grant g left join quota_entry e on e.grant_id = g.id
    where g.organisation_id = ${organisationId} and g.valid_from <= ${day} and g.valid_to >= ${day} and g.expired_at is null
    group by g.id order by g.valid_to, g.id`)
  return rows.map((g) => ({
    id: g.id,
    payer: g.payer,
    labels: Number(g.labels),
    left: Number(g.left_labels),
    priceFen: Number(g.price_fen),
    validFrom: g.valid_from,
    validTo: g.valid_to,
  }))
}

export async function priceOn(db: Sql, day: string): Promise<number> {
  const row = await maybeOne<{ price_fen: bigint }>(
    db,
    sql`select price_fen from label_price where valid_from <= ${day} order by valid_from desc limit 1`,
  )
  return Number(row?.price_fen ?? 0n)
}

export interface Cost {
  readonly subsidisedLabels: number
  readonly paidLabels: number
  readonly priceFen: number
  readonly subsidyFen: number
  readonly feeFen: number
  readonly quotaLeft: number
  readonly quotaEndsOn: string | null
  readonly parts: readonly { readonly grant: GrantBalance; readonly labels: number }[]
}

/** Who pays for so many labels: first what expires first, then the enterprise. */
export function costOf(labels: number, grants: readonly GrantBalance[], priceFen: number): Cost {
  const parts: { grant: GrantBalance; labels: number }[] = []
  let open = labels
  for (const grant of grants) {
    const take = Math.min(open, grant.left)
    if (take > 0) parts.push({ grant, labels: take })
    open -= take
  }
  return {
    subsidisedLabels: labels - open,
    paidLabels: open,
    priceFen,
    subsidyFen: parts.reduce((sum, p) => sum + (p.grant.payer === 'government' ? p.labels * p.grant.priceFen : 0), 0),
    feeFen: open * priceFen,
    quotaLeft: grants.reduce((sum, g) => sum + g.left, 0),
    quotaEndsOn: grants.find((g) => g.left > 0)?.validTo ?? null,
    parts,
  }
}

/** Bookings of one organisation follow each other, so that a balance is never read while another is being spent. */
export async function lockQuota(tx: Tx, organisationId: string): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(hashtextextended(${`quota:${organisationId}`}, 0))`)
}

interface Entry {
  readonly organisationId: string
  readonly grantId: string | null
  readonly orderId: string | null
  readonly kind: 'grant' | 'reserve' | 'release' | 'expire' | 'charge' | 'refund'
  readonly labels: number
  readonly subsidyFen?: number
  readonly feeFen?: number
  readonly note?: string
  readonly at: Date
}

async function book(tx: Tx, e: Entry): Promise<void> {
  await tx.execute(sql`
    insert into quota_entry (id, organisation_id, grant_id, order_id, kind, labels, subsidy_fen, fee_fen, at, note)
    values (${newId(e.at)}, ${e.organisationId}, ${e.grantId}, ${e.orderId}, ${e.kind}, ${e.labels}, ${e.subsidyFen ?? 0}, ${e.feeFen ?? 0}, ${e.at.toISOString()}, ${e.note ?? ''})`)
}

/** @throws AppError QUOTA_DATES */
export async function grantQuota(tx: Tx, input: GrantQuota, by: { personId: string | null; at: Date }): Promise<string> {
  if (input.validTo < input.validFrom) throw codesFail('QUOTA_DATES')
  // nothing is booked for a trial
  if (isSandbox(input.organisationId)) throw httpFail('NOT_FOUND')
  const id = newId(by.at)
  const priceFen = input.priceFen ?? (await priceOn(tx, input.validFrom))
  await tx.execute(sql`
    insert into quota_grant (id, organisation_id, payer, labels, price_fen, valid_from, valid_to, note, granted_by, granted_at)
    values (${id}, ${input.organisationId}, ${input.payer}, ${input.labels}, ${priceFen}, ${input.validFrom}, ${input.validTo}, ${input.note}, ${by.personId}, ${by.at.toISOString()})`)
  await book(tx, {
    organisationId: input.organisationId,
    grantId: id,
    orderId: null,
    kind: 'grant',
    labels: input.labels,
    note: input.note,
    at: by.at,
  })
  return id
}

/** Reserves the free labels of an order; the rest is charged when the codes are issued. */
export async function reserveQuota(tx: Tx, order: { organisationId: string; id: string }, cost: Cost, at: Date): Promise<void> {
  for (const { grant, labels } of cost.parts) {
    await book(tx, {
      organisationId: order.organisationId,
      grantId: grant.id,
      orderId: order.id,
      kind: 'reserve',
      labels: -labels,
      subsidyFen: grant.payer === 'government' ? labels * grant.priceFen : 0,
      at,
    })
  }
}

/** Gives back what an order had reserved, to the grants from which it came; what an expired grant gets back expires at once. */
export async function releaseQuota(tx: Tx, order: { organisationId: string; id: string }, note: string, at: Date): Promise<void> {
  const reserved = await tx.query<{ grant_id: string; expired: boolean; labels: bigint; subsidy_fen: bigint }>(sql`
    select e.grant_id, g.expired_at is not null as expired, sum(e.labels)::bigint as labels, sum(e.subsidy_fen)::bigint as subsidy_fen
    from quota_entry e join quota_grant g on g.id = e.grant_id
    where e.order_id = ${order.id} group by e.grant_id, g.expired_at having sum(e.labels) < 0`)
  for (const r of reserved) {
    await book(tx, {
      organisationId: order.organisationId,
      grantId: r.grant_id,
      orderId: order.id,
      kind: 'release',
      labels: -Number(r.labels),
      subsidyFen: -Number(r.subsidy_fen),
      note,
      at,
    })
    if (r.expired)
      await book(tx, {
        organisationId: order.organisationId,
        grantId: r.grant_id,
        orderId: null,
        kind: 'expire',
        labels: Number(r.labels),
        at,
      })
  }
}

export async function chargeFee(tx: Tx, order: { organisationId: string; id: string }, feeFen: number, at: Date): Promise<void> {
  if (feeFen > 0)
    await book(tx, { organisationId: order.organisationId, grantId: null, orderId: order.id, kind: 'charge', labels: 0, feeFen, at })
}

/** Books the expiry of grants whose last day has passed. @returns how many expired */
export async function expireGrants(tx: Tx, today: string, at: Date): Promise<number> {
  const due = await tx.query<{ id: string; organisation_id: string }>(sql`
    select id, organisation_id from quota_grant where valid_to < ${today} and expired_at is null order by organisation_id, valid_to, id`)
  let expired = 0
  for (const g of due) {
    // an order that is refused at this moment gives labels back: before or after, never in between
    await lockQuota(tx, g.organisation_id)
    const mine = await tx.execute(sql`update quota_grant set expired_at = ${at.toISOString()} where id = ${g.id} and expired_at is null`)
    if (mine === 0) continue
    const row = await one<{ labels: bigint }>(
      tx,
      sql`select coalesce(sum(labels), 0)::bigint as labels from quota_entry where grant_id = ${g.id}`,
    )
    if (row.labels > 0n)
      await book(tx, { organisationId: g.organisation_id, grantId: g.id, orderId: null, kind: 'expire', labels: -Number(row.labels), at })
    expired++
  }
  return expired
}

export interface QuotaReminder {
  readonly organisationId: string
  readonly daysLeft: number
  readonly left: number
  readonly usedPercent: number
}

/** Grants that end within 60 days, or of which four fifths are used. */
export async function quotaReminders(db: Sql, organisationId: string | undefined, today: string): Promise<QuotaReminder[]> {
  const own = organisationId === undefined ? sql`true` : sql`g.organisation_id = ${organisationId}`
  const rows = await db.query<{ organisation_id: string; days_left: number; labels: bigint; left_labels: bigint }>(sql`
    select g.organisation_id, (g.valid_to - ${today}::date)::int as days_left, g.labels, coalesce(sum(e.labels), 0)::bigint as left_labels
    from quota_grant g left join quota_entry e on e.grant_id = g.id
    where ${own} and g.valid_from <= ${today} and g.valid_to >= ${today} and g.expired_at is null group by g.id`)
  return rows
    .map((r) => ({
      organisationId: r.organisation_id,
      daysLeft: r.days_left,
      left: Number(r.left_labels),
      usedPercent: Math.round(100 - (100 * Number(r.left_labels)) / Number(r.labels)),
    }))
    .filter((r) => (r.daysLeft <= 60 && r.left > 0) || r.usedPercent >= 80)
}

/** Sets what a label costs from a day on; a day that is past keeps the price at which it was ordered. @throws AppError PRICE_IN_THE_PAST */
export async function setPrice(tx: Tx, input: { validFrom: string; priceFen: number }, today: string): Promise<void> {
  if (input.validFrom <= today) throw codesFail('PRICE_IN_THE_PAST')
  await tx.execute(sql`
    insert into label_price (valid_from, price_fen) values (${input.validFrom}, ${input.priceFen})
    on conflict on constraint label_price_pkey do update set price_fen = excluded.price_fen`)
}

export async function prices(db: Sql): Promise<{ validFrom: string; priceFen: number }[]> {
  const rows = await db.query<{ valid_from: string; price_fen: bigint }>(
    sql`select valid_from, price_fen from label_price order by valid_from desc`,
  )
  return rows.map((r) => ({ validFrom: r.valid_from, priceFen: Number(r.price_fen) }))
}

/** Grants of which more was used than granted, or whose ledger tells another grant than was made; none when all is well. */
export async function overdrawnGrants(db: Sql): Promise<{ id: string; labels: bigint; granted: bigint; left: bigint }[]> {
  return db.query(sql`
    select g.id, g.labels, coalesce(sum(e.labels) filter (where e.kind = 'grant'), 0)::bigint as granted, coalesce(sum(e.labels), 0)::bigint as left
    from quota_grant g left join quota_entry e on e.grant_id = g.id group by g.id
    having coalesce(sum(e.labels), 0) not between 0 and g.labels or coalesce(sum(e.labels) filter (where e.kind = 'grant'), 0) <> g.labels
    order by g.id limit 1000`)
}
