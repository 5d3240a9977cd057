import { maybeOne, type Sql } from '../../platform/db/database.ts'
import { sql, type SqlText } from '../../platform/db/sql.ts'
import type { ReportDetail, ReportKind, ReportState, ReportStatus } from './contract.ts'

export interface NewReport {
  readonly id: string
  readonly ticket: string
  readonly once: string
  readonly kind: ReportKind
  readonly code: bigint | null
  readonly codePath: string
  readonly organisationId: string | null
  readonly productId: string | null
  readonly lotId: string | null
  readonly verdict: string
  readonly province: string | null
  readonly text: string
  readonly boughtAt: string
  readonly contact: Buffer | null
  readonly at: Date
}

/** @returns false when the same form was sent before */
export async function insertReport(db: Sql, r: NewReport): Promise<boolean> {
  const rows = await db.execute(sql`
    insert into report (id, ticket, once, kind, code, code_path, organisation_id, product_id, lot_id, verdict, province, text, bought_at, contact, received_at)
    values (${r.id}, ${r.ticket}, ${r.once}, ${r.kind}, ${r.code}, ${r.codePath}, ${r.organisationId}, ${r.productId}, ${r.lotId}, ${r.verdict},
      ${r.province}, ${r.text}, ${r.boughtAt}, ${r.contact}, ${r.at.toISOString()})
    on conflict on constraint report_once_key do nothing`)
  return rows === 1
}

/** The report that was sent with this `once` before. */
export async function reportOfOnce(
  db: Sql,
  once: string,
): Promise<{ ticket: string; kind: string; codePath: string; text: string; boughtAt: string } | undefined> {
  return maybeOne(db, sql`select ticket, kind, code_path as "codePath", text, bought_at as "boughtAt" from report where once = ${once}`)
}

export async function addPhotos(db: Sql, reportId: string, fileIds: readonly string[]): Promise<void> {
  for (const [position, fileId] of fileIds.entries()) {
    await db.execute(sql`insert into report_photo (report_id, position, file_id) values (${reportId}, ${position}, ${fileId})`)
  }
}

interface StatusRow {
  id: string
  ticket: string
  kind: ReportKind
  state: ReportState
  received_at: string
  checking_at: string | null
  answered_at: string | null
  closed_at: string | null
}

export async function statusOf(db: Sql, ticket: string): Promise<ReportStatus | undefined> {
  const [row] = await db.query<StatusRow>(sql`
    select id, ticket, kind, state, received_at, checking_at, answered_at, closed_at from report where ticket = ${ticket}`)
  return row === undefined ? undefined : { ...statusPart(row), messages: await messagesOf(db, row.id) }
}

export async function detailOf(db: Sql, id: string, where: SqlText): Promise<ReportDetail | undefined> {
  const [row] = await db.query<
    StatusRow & {
      text: string
      bought_at: string
      code_path: string
      verdict: string
      province: string | null
      name_zh: string | null
      name_en: string | null
      lot_number: string | null
      organisation_name: string | null
      organisation_name_en: string | null
      has_contact: boolean
    }
  >(sql`
    select r.id, r.ticket, r.kind, r.state, r.received_at, r.checking_at, r.answered_at, r.closed_at, r.text, r.bought_at, r.code_path, r.verdict,
      r.province, p.name_zh, p.name_en, l.lot_number, o.name_zh as organisation_name, coalesce(nullif(o.name_en, ''), o.name_zh) as organisation_name_en, r.contact is not null as has_contact
    from report r left join product p on p.id = r.product_id left join lot l on l.id = r.lot_id left join organisation o on o.id = r.organisation_id
    where r.id = ${id} and ${where}`)
  if (row === undefined) return undefined
  const photos = await db.query<{ position: number }>(
    sql`select position::int as position from report_photo where report_id = ${id} order by position`,
  )
  return {
    ...statusPart(row),
    id: row.id,
    text: row.text,
    boughtAt: row.bought_at,
    codePath: row.code_path,
    verdict: row.verdict,
    province: row.province,
    productNameZh: row.name_zh,
    productNameEn: row.name_en,
    lotNumber: row.lot_number,
    organisationNameZh: row.organisation_name,
    organisationNameEn: row.organisation_name_en,
    hasContact: row.has_contact,
    photos: photos.map((p) => ({ position: p.position, url: `/api/reports/${id}/photos/${p.position}` })),
    messages: await messagesOf(db, id),
  }
}

export async function photoOf(db: Sql, id: string, position: number, where: SqlText): Promise<string | undefined> {
  const [row] = await db.query<{ file_id: string }>(sql`
    select f.file_id from report_photo f join report r on r.id = f.report_id where f.report_id = ${id} and f.position = ${position} and ${where}`)
  return row?.file_id
}

/** Locks the report for a change of state. */
export async function lockReport(db: Sql, id: string, where: SqlText): Promise<{ state: ReportState; contact: Buffer | null } | undefined> {
  const [row] = await db.query<{ state: ReportState; contact: Buffer | null }>(sql`
    select r.state, r.contact from report r where r.id = ${id} and ${where} for update`)
  return row
}

export async function setState(db: Sql, id: string, state: ReportState, at: Date): Promise<void> {
  const moment = at.toISOString()
  const stamp: Record<ReportState, SqlText> = {
    received: sql`received_at = received_at`,
    checking: sql`checking_at = ${moment}`,
    answered: sql`answered_at = coalesce(answered_at, ${moment}), checking_at = coalesce(checking_at, ${moment})`,
    closed: sql`closed_at = ${moment}, answered_at = coalesce(answered_at, ${moment})`,
  }
  await db.execute(sql`update report set state = ${state}, ${stamp[state]} where id = ${id}`)
}

export async function insertMessage(
  db: Sql,
  m: { id: string; reportId: string; at: Date; organisationId: string; personId: string | null; text: string },
): Promise<void> {
  await db.execute(sql`
    insert into report_message (id, report_id, at, organisation_id, person_id, text)
    values (${m.id}, ${m.reportId}, ${m.at.toISOString()}, ${m.organisationId}, ${m.personId}, ${m.text})`)
}

/** Contacts of reports that were closed six months ago. @returns how many were erased */
export async function eraseOldContacts(db: Sql, now: Date): Promise<number> {
  const before = new Date(now)
  before.setUTCMonth(before.getUTCMonth() - 6)
  return db.execute(sql`
    update report set contact = null, contact_erased_at = ${now.toISOString()} where contact is not null and closed_at < ${before.toISOString()}`)
}

async function messagesOf(db: Sql, reportId: string): Promise<ReportStatus['messages']> {
  const rows = await db.query<{ at: string; name_zh: string; name_en: string; text: string }>(sql`
    select m.at, o.name_zh, o.name_en, m.text from report_message m join organisation o on o.id = m.organisation_id
    where m.report_id = ${reportId} order by m.at, m.id`)
  return rows.map((m) => ({ at: m.at, fromZh: m.name_zh, fromEn: m.name_en || m.name_zh, text: m.text }))
}

function statusPart(row: StatusRow) {
  return {
    ticket: row.ticket,
    kind: row.kind,
    state: row.state,
    receivedAt: row.received_at,
    checkingAt: row.checking_at,
    answeredAt: row.answered_at,
    closedAt: row.closed_at,
  }
}
