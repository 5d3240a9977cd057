import { type Database, maybeOne, one, type Sql, type Tx } from '../../platform/db/database.ts'
import { sql, type SqlText } from '../../platform/db/sql.ts'
import type { OrganisationEdit, OrganisationKind, OrganisationStatus, PersonStatus, Role } from './contract.ts'
import { isSandbox, SANDBOX_FLOOR } from '../../kernel/sandbox.ts'

/** The only SQL over the tables of this module, lists apart (`lists.ts`). */

export interface Organisation {
  readonly id: string
  readonly kind: OrganisationKind
  readonly nameZh: string
  readonly nameEn: string
  readonly uscc: string
  readonly province: string
  readonly city: string
  readonly address: string
  readonly contactName: string
  readonly contactPhone: string
  readonly status: OrganisationStatus
  readonly appliedAt: string
  readonly decidedAt: string | null
  readonly decisionReason: string
}

export interface Person {
  readonly id: string
  readonly organisationId: string
  readonly account: string
  readonly name: string
  readonly roles: Role[]
  readonly status: PersonStatus
  readonly locale: 'zh' | 'en'
  readonly createdAt: string
  readonly passwordHash: string | null
  readonly totpSecret: Uint8Array | null
  readonly totpPending: Uint8Array | null
  readonly hasPasskey: boolean
}

export type Proof = 'password' | 'totp' | 'passkey' | 'recovery' | 'link'

export interface Session {
  readonly id: string
  readonly personId: string
  readonly proof: Proof
  readonly provedAt: string
  readonly lastSeenAt: string
  readonly expiresAt: string
}

export interface Passkey {
  readonly id: string
  readonly personId: string
  readonly name: string
  readonly publicKey: Uint8Array
  readonly counter: bigint
  readonly transports: string[]
  readonly createdAt: string
  readonly lastUsedAt: string | null
}

export interface ApiKey {
  readonly id: string
  readonly organisationId: string
  readonly name: string
  readonly scopes: string[]
  readonly allowedAddresses: string[]
  readonly lastUsedAt: string | null
  readonly expiresAt: string | null
}

const ORGANISATION = sql`
  o.id, o.kind, o.name_zh as "nameZh", o.name_en as "nameEn", o.uscc, o.province, o.city, o.address, o.contact_name as "contactName",
  o.contact_phone as "contactPhone", o.status, o.applied_at as "appliedAt", o.decided_at as "decidedAt", o.decision_reason as "decisionReason"`

const PERSON = sql`
  p.id, p.organisation_id as "organisationId", p.account, p.name, p.roles, p.status, p.locale, p.created_at as "createdAt",
  p.password_hash as "passwordHash", p.totp_secret as "totpSecret", p.totp_pending as "totpPending",
  exists (select 1 from passkey k where k.person_id = p.id) as "hasPasskey"`

const PASSKEY = sql`
  k.id, k.person_id as "personId", k.name, k.public_key as "publicKey", k.counter, k.transports, k.created_at as "createdAt", k.last_used_at as "lastUsedAt"`

// Organisations

export function organisationOf(db: Sql, id: string): Promise<Organisation | undefined> {
  return maybeOne<Organisation>(db, sql`select ${ORGANISATION} from organisation o where o.id = ${id}`)
}

export async function organisationsOf(db: Sql, ids: readonly string[]): Promise<Map<string, Organisation>> {
  const rows = await db.query<Organisation>(sql`select ${ORGANISATION} from organisation o where o.id = any(${[...new Set(ids)]}::uuid[])`)
  return new Map(rows.map((row) => [row.id, row]))
}

/** Waits for whoever is changing this organisation or its people. */
export function lockOrganisation(tx: Tx, id: string): Promise<Organisation | undefined> {
  return maybeOne<Organisation>(tx, sql`select ${ORGANISATION} from organisation o where o.id = ${id} for update`)
}

/** Those that `organisationId` may deal with: of a sandbox, those of the same one. */
export async function verifiedOfKind(db: Sql, kind: OrganisationKind, organisationId: string): Promise<Organisation[]> {
  // a sandbox is told by the first seventeen characters of its ids
  const world = isSandbox(organisationId) ? sql`o.id::text like ${`${organisationId.slice(0, 17)}%`}` : sql`o.id < ${SANDBOX_FLOOR}::uuid`
  return db.query<Organisation>(sql`
    select ${ORGANISATION} from organisation o where o.kind = ${kind} and o.status = 'verified' and ${world} order by o.name_zh collate "C", o.id limit 1000`)
}

export async function anOperatorExists(db: Sql): Promise<boolean> {
  return (await db.query(sql`select 1 from organisation where kind = 'operator' limit 1`)).length > 0
}

export async function verifiedWithUscc(db: Sql, uscc: string, kind: OrganisationKind): Promise<boolean> {
  const rows = await db.query(
    sql`select 1 from organisation where uscc = ${uscc} and kind = ${kind} and status in ('verified', 'suspended')`,
  )
  return rows.length > 0
}

export async function insertOrganisation(
  tx: Tx,
  o: Omit<Organisation, 'appliedAt' | 'decidedAt' | 'decisionReason'>,
  at: Date,
): Promise<void> {
  await tx.execute(sql`
    insert into organisation (id, kind, name_zh, name_en, uscc, province, city, address, contact_name, contact_phone, status, applied_at, decided_at)
    values (${o.id}, ${o.kind}, ${o.nameZh}, ${o.nameEn}, ${o.uscc}, ${o.province}, ${o.city}, ${o.address}, ${o.contactName}, ${o.contactPhone},
      ${o.status}, ${at.toISOString()}, ${o.status === 'verified' ? at.toISOString() : null}::timestamptz)`)
}

export async function updateOrganisation(tx: Tx, id: string, edit: OrganisationEdit): Promise<void> {
  await tx.execute(sql`
    update organisation set
      name_zh = coalesce(${edit.nameZh ?? null}::text, name_zh), name_en = coalesce(${edit.nameEn ?? null}::text, name_en),
      uscc = coalesce(${edit.uscc ?? null}::text, uscc), province = coalesce(${edit.province ?? null}::text, province),
      city = coalesce(${edit.city ?? null}::text, city), address = coalesce(${edit.address ?? null}::text, address),
      contact_name = coalesce(${edit.contactName ?? null}::text, contact_name), contact_phone = coalesce(${edit.contactPhone ?? null}::text, contact_phone)
    where id = ${id}`)
}

export async function decideOrganisation(
  tx: Tx,
  id: string,
  decision: { status: OrganisationStatus; reason: string; by: string | null },
  at: Date,
): Promise<void> {
  await tx.execute(sql`
    update organisation set status = ${decision.status}, decision_reason = ${decision.reason}, decided_by = ${decision.by}::uuid, decided_at = ${at.toISOString()}
    where id = ${id}`)
}

export async function applyAgain(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.execute(sql`
    update organisation set status = 'applied', applied_at = ${at.toISOString()}, decided_at = null, decided_by = null, decision_reason = '' where id = ${id}`)
}

// People

export function personOf(db: Sql, id: string): Promise<Person | undefined> {
  return maybeOne<Person>(db, sql`select ${PERSON} from person p where p.id = ${id}`)
}

export function personByAccount(db: Sql, account: string): Promise<Person | undefined> {
  return maybeOne<Person>(db, sql`select ${PERSON} from person p where p.account = ${account}`)
}

export async function insertPerson(
  tx: Tx,
  p: Pick<Person, 'id' | 'organisationId' | 'account' | 'name' | 'roles' | 'passwordHash' | 'status' | 'locale'>,
  at: Date,
): Promise<void> {
  await tx.execute(sql`
    insert into person (id, organisation_id, account, name, roles, password_hash, status, locale, created_at)
    values (${p.id}, ${p.organisationId}, ${p.account}, ${p.name}, ${p.roles}::text[], ${p.passwordHash}, ${p.status}, ${p.locale}, ${at.toISOString()})`)
}

export async function updatePerson(
  tx: Tx,
  id: string,
  edit: { name?: string | undefined; roles?: readonly Role[] | undefined; status?: PersonStatus },
): Promise<void> {
  await tx.execute(sql`
    update person set name = coalesce(${edit.name ?? null}::text, name), roles = coalesce(${edit.roles ?? null}::text[], roles),
      status = coalesce(${edit.status ?? null}::text, status)
    where id = ${id}`)
}

export async function setPassword(tx: Tx, id: string, hash: string): Promise<void> {
  await tx.execute(
    sql`update person set password_hash = ${hash}, status = case when status = 'invited' then 'active' else status end where id = ${id}`,
  )
}

export async function setLocale(tx: Tx, id: string, locale: 'zh' | 'en'): Promise<void> {
  await tx.execute(sql`update person set locale = ${locale} where id = ${id}`)
}

/** Active people of an organisation, other than this one, who hold a role. */
export async function othersWithRole(tx: Tx, organisationId: string, personId: string, role: Role): Promise<number> {
  const row = await one<{ n: number }>(
    tx,
    sql`
    select count(*)::int as n from person where organisation_id = ${organisationId} and id <> ${personId} and status = 'active' and ${role} = any(roles)`,
  )
  return row.n
}

// Second factors

export async function setTotp(tx: Tx, personId: string, totp: { pending?: Uint8Array | null; secret?: Uint8Array | null }): Promise<void> {
  const sets: SqlText[] = []
  if (totp.pending !== undefined) sets.push(sql`totp_pending = ${totp.pending}::bytea`)
  if (totp.secret !== undefined) sets.push(sql`totp_secret = ${totp.secret}::bytea`)
  await tx.execute(sql`update person set ${sql.join(sets)} where id = ${personId}`)
}

/** @returns false when this or a later step was used already */
export async function takeTotpStep(tx: Tx, personId: string, step: number): Promise<boolean> {
  return (await tx.execute(sql`update person set totp_step = ${BigInt(step)} where id = ${personId} and totp_step < ${BigInt(step)}`)) === 1
}

export async function replaceRecoveryCodes(tx: Tx, personId: string, hashes: readonly Uint8Array[]): Promise<void> {
  await tx.execute(sql`delete from recovery_code where person_id = ${personId}`)
  for (const hash of hashes) await tx.execute(sql`insert into recovery_code (person_id, code_hash) values (${personId}, ${hash})`)
}

export async function takeRecoveryCode(tx: Tx, personId: string, hash: Uint8Array, at: Date): Promise<boolean> {
  return (
    (await tx.execute(sql`
    update recovery_code set used_at = ${at.toISOString()} where person_id = ${personId} and code_hash = ${hash} and used_at is null`)) ===
    1
  )
}

export async function recoveryCodesLeft(db: Sql, personId: string): Promise<number> {
  return (await one<{ n: number }>(db, sql`select count(*)::int as n from recovery_code where person_id = ${personId} and used_at is null`))
    .n
}

export async function insertPasskey(tx: Tx, k: Omit<Passkey, 'createdAt' | 'lastUsedAt'>, at: Date): Promise<void> {
  await tx.execute(sql`
    insert into passkey (id, person_id, name, public_key, counter, transports, created_at)
    values (${k.id}, ${k.personId}, ${k.name}, ${k.publicKey}, ${k.counter}, ${k.transports}::text[], ${at.toISOString()})`)
}

export function passkeyOf(db: Sql, id: string): Promise<Passkey | undefined> {
  return maybeOne<Passkey>(db, sql`select ${PASSKEY} from passkey k where k.id = ${id}`)
}

export function passkeysOf(db: Sql, personId: string): Promise<Passkey[]> {
  return db.query<Passkey>(sql`select ${PASSKEY} from passkey k where k.person_id = ${personId} order by k.created_at, k.id`)
}

export async function usePasskey(tx: Tx, id: string, counter: number, at: Date): Promise<void> {
  await tx.execute(sql`update passkey set counter = ${BigInt(counter)}, last_used_at = ${at.toISOString()} where id = ${id}`)
}

export async function deletePasskey(tx: Tx, personId: string, id: string): Promise<boolean> {
  return (await tx.execute(sql`delete from passkey where id = ${id} and person_id = ${personId}`)) === 1
}

export async function removeSecondFactors(tx: Tx, personId: string): Promise<void> {
  await tx.execute(sql`delete from passkey where person_id = ${personId}`)
  await tx.execute(sql`delete from recovery_code where person_id = ${personId}`)
  await tx.execute(sql`update person set totp_secret = null, totp_pending = null where id = ${personId}`)
}

// Sessions

export async function insertSession(
  tx: Tx,
  s: { id: string; tokenHash: Uint8Array; personId: string; proof: Proof; address: string; userAgent: string; expiresAt: Date },
  at: Date,
): Promise<void> {
  const now = at.toISOString()
  await tx.execute(sql`
    insert into session (id, token_hash, person_id, proof, proved_at, address, user_agent, created_at, last_seen_at, expires_at)
    values (${s.id}, ${s.tokenHash}, ${s.personId}, ${s.proof}, ${now}, ${s.address}, ${s.userAgent}, ${now}, ${now}, ${s.expiresAt.toISOString()})`)
}

export interface SignedIn {
  readonly session: Session
  readonly person: Person
  readonly organisation: Organisation
}

/** Session, person and organisation in one statement: the price of every signed-in request. */
export function sessionByToken(db: Sql, tokenHash: Uint8Array): Promise<SignedIn | undefined> {
  return signedIn(db, sql`s.token_hash = ${tokenHash}`)
}

export function sessionById(db: Sql, id: string): Promise<SignedIn | undefined> {
  return signedIn(db, sql`s.id = ${id}`)
}

async function signedIn(db: Sql, where: SqlText): Promise<SignedIn | undefined> {
  type Row = Person &
    Omit<Organisation, 'id' | 'status'> &
    Omit<Session, 'id'> & {
      sessionId: string
      actsFor: string
      organisationStatus: OrganisationStatus
    }
  const row = await maybeOne<Row>(
    db,
    sql`
    select ${PERSON}, s.id as "sessionId", s.person_id as "personId", s.proof, s.proved_at as "provedAt", s.last_seen_at as "lastSeenAt",
      s.expires_at as "expiresAt", o.id as "actsFor", o.kind, o.name_zh as "nameZh", o.name_en as "nameEn", o.uscc, o.province, o.city, o.address,
      o.contact_name as "contactName", o.contact_phone as "contactPhone", o.status as "organisationStatus", o.applied_at as "appliedAt",
      o.decided_at as "decidedAt", o.decision_reason as "decisionReason"
    from session s join person p on p.id = s.person_id join organisation o on o.id = coalesce(s.acting_for, p.organisation_id)
    where ${where}`,
  )
  if (row === undefined) return undefined
  const { sessionId, actsFor, organisationStatus, personId, proof, provedAt, lastSeenAt, expiresAt, ...rest } = row
  return {
    session: { id: sessionId, personId, proof, provedAt, lastSeenAt, expiresAt },
    person: rest,
    organisation: onlyOrganisation({ ...rest, id: actsFor, status: organisationStatus }),
  }
}

/** A row of a join holds more, secrets among them: what leaves as an organisation is named here. */
function onlyOrganisation(row: Organisation): Organisation {
  const {
    id,
    kind,
    nameZh,
    nameEn,
    uscc,
    province,
    city,
    address,
    contactName,
    contactPhone,
    status,
    appliedAt,
    decidedAt,
    decisionReason,
  } = row
  return {
    id,
    kind,
    nameZh,
    nameEn,
    uscc,
    province,
    city,
    address,
    contactName,
    contactPhone,
    status,
    appliedAt,
    decidedAt,
    decisionReason,
  }
}

export async function touchSession(db: Sql, id: string, at: Date): Promise<void> {
  await db.execute(sql`update session set last_seen_at = ${at.toISOString()} where id = ${id} and last_seen_at < ${at.toISOString()}`)
}

/** A session whose proof has changed gets a new token, so that one stolen before is worth nothing. */
export async function renewSession(tx: Tx, id: string, change: { tokenHash: Uint8Array; proof: Proof }, at: Date): Promise<void> {
  await tx.execute(sql`
    update session set token_hash = ${change.tokenHash}, proof = ${change.proof}, proved_at = ${at.toISOString()}, last_seen_at = ${at.toISOString()} where id = ${id}`)
}

export async function deleteSession(tx: Tx, personId: string, id: string): Promise<boolean> {
  return (await tx.execute(sql`delete from session where id = ${id} and person_id = ${personId}`)) === 1
}

/** @returns how many were ended */
export function deleteSessions(tx: Tx, personId: string, but?: string): Promise<number> {
  return tx.execute(sql`delete from session where person_id = ${personId} and id is distinct from ${but ?? null}::uuid`)
}

// One-time tokens

export async function insertToken(
  tx: Tx,
  t: { tokenHash: Uint8Array; kind: string; personId: string | null; payload: object; expiresAt: Date },
): Promise<void> {
  await tx.execute(sql`
    insert into one_time_token (token_hash, kind, person_id, payload, expires_at)
    values (${t.tokenHash}, ${t.kind}, ${t.personId}::uuid, ${sql.json(t.payload)}, ${t.expiresAt.toISOString()})`)
}

export interface TokenRow {
  readonly personId: string | null
  readonly payload: Record<string, unknown>
}

export function findToken(db: Sql, kind: string, tokenHash: Uint8Array, at: Date): Promise<TokenRow | undefined> {
  return maybeOne<TokenRow>(
    db,
    sql`
    select person_id as "personId", payload from one_time_token where token_hash = ${tokenHash} and kind = ${kind} and expires_at > ${at.toISOString()}`,
  )
}

/** Gives the token to the first who asks; its row is gone afterwards. */
export function takeToken(tx: Tx, kind: string, tokenHash: Uint8Array, at: Date): Promise<TokenRow | undefined> {
  return maybeOne<TokenRow>(
    tx,
    sql`
    delete from one_time_token where token_hash = ${tokenHash} and kind = ${kind} and expires_at > ${at.toISOString()}
    returning person_id as "personId", payload`,
  )
}

export async function deleteTokens(tx: Tx, kind: string, personId: string | null): Promise<void> {
  await tx.execute(sql`delete from one_time_token where kind = ${kind} and person_id is not distinct from ${personId}::uuid`)
}

// Throttle

export interface ThrottleRow {
  readonly failures: number
  readonly lastAt: string
  readonly blockedUntil: string
}

/** Makes the row when there is none, and holds it: two attempts at once are counted as two. */
export async function lockThrottle(tx: Tx, bucket: Uint8Array, at: Date): Promise<ThrottleRow> {
  const now = at.toISOString()
  await tx.execute(sql`
    insert into sign_in_throttle (bucket, failures, last_at, blocked_until) values (${bucket}, 0, ${now}, ${now})
    on conflict on constraint sign_in_throttle_pkey do nothing`)
  return one<ThrottleRow>(
    tx,
    sql`
    select failures, last_at as "lastAt", blocked_until as "blockedUntil" from sign_in_throttle where bucket = ${bucket} for update`,
  )
}

export async function saveThrottle(tx: Tx, bucket: Uint8Array, row: { failures: number; lastAt: Date; blockedUntil: Date }): Promise<void> {
  await tx.execute(sql`
    update sign_in_throttle set failures = ${row.failures}, last_at = ${row.lastAt.toISOString()}, blocked_until = ${row.blockedUntil.toISOString()}
    where bucket = ${bucket}`)
}

export async function forgiveThrottle(tx: Tx, bucket: Uint8Array): Promise<void> {
  await tx.execute(sql`delete from sign_in_throttle where bucket = ${bucket}`)
}

/** Takes back one counted failure, for a bucket that many people share. */
export async function easeThrottle(tx: Tx, bucket: Uint8Array): Promise<void> {
  await tx.execute(sql`
    update sign_in_throttle set failures = greatest(failures - 1, 0), blocked_until = last_at where bucket = ${bucket}`)
}

// API keys

export async function insertApiKey(
  tx: Tx,
  k: {
    id: string
    organisationId: string
    createdBy: string | null
    name: string
    prefix: string
    secretHash: Uint8Array
    scopes: readonly string[]
    allowedAddresses: readonly string[]
    expiresAt: string | null
  },
  at: Date,
): Promise<void> {
  await tx.execute(sql`
    insert into api_key (id, organisation_id, created_by, name, prefix, secret_hash, scopes, allowed_addresses, created_at, expires_at)
    values (${k.id}, ${k.organisationId}, ${k.createdBy}::uuid, ${k.name}, ${k.prefix}, ${k.secretHash}, ${k.scopes}::text[], ${k.allowedAddresses}::text[],
      ${at.toISOString()}, ${k.expiresAt}::timestamptz)`)
}

export async function apiKeyByHash(
  db: Sql,
  secretHash: Uint8Array,
  at: Date,
): Promise<{ key: ApiKey; organisation: Organisation } | undefined> {
  const row = await maybeOne<Organisation & Omit<ApiKey, 'id'> & { keyId: string }>(
    db,
    sql`
    select ${ORGANISATION}, a.id as "keyId", a.organisation_id as "organisationId", a.name, a.scopes, a.allowed_addresses as "allowedAddresses",
      a.last_used_at as "lastUsedAt", a.expires_at as "expiresAt"
    from api_key a join organisation o on o.id = a.organisation_id
    where a.secret_hash = ${secretHash} and a.revoked_at is null and (a.expires_at is null or a.expires_at > ${at.toISOString()})`,
  )
  if (row === undefined) return undefined
  return { key: { ...row, id: row.keyId }, organisation: onlyOrganisation(row) }
}

export interface ShownApiKey extends Omit<ApiKey, 'organisationId'> {
  readonly prefix: string
  readonly createdBy: string | null
  readonly createdAt: string
  readonly revokedAt: string | null
}

export function apiKeyOf(db: Sql, organisationId: string, id: string): Promise<ShownApiKey | undefined> {
  return maybeOne<ShownApiKey>(
    db,
    sql`
    select a.id, a.name, a.prefix, a.scopes, a.allowed_addresses as "allowedAddresses", p.name as "createdBy", a.created_at as "createdAt",
      a.last_used_at as "lastUsedAt", a.expires_at as "expiresAt", a.revoked_at as "revokedAt"
    from api_key a left join person p on p.id = a.created_by where a.id = ${id} and a.organisation_id = ${organisationId}`,
  )
}

export async function touchApiKey(db: Sql, id: string, at: Date): Promise<void> {
  await db.execute(sql`update api_key set last_used_at = ${at.toISOString()} where id = ${id}`)
}

/** @returns false when there is none, or it was revoked before */
export async function revokeApiKey(tx: Tx, organisationId: string, id: string, at: Date): Promise<'revoked' | 'was-revoked' | 'absent'> {
  const done = await tx.execute(sql`
    update api_key set revoked_at = ${at.toISOString()} where id = ${id} and organisation_id = ${organisationId} and revoked_at is null`)
  if (done === 1) return 'revoked'
  const rows = await tx.query(sql`select 1 from api_key where id = ${id} and organisation_id = ${organisationId}`)
  return rows.length === 1 ? 'was-revoked' : 'absent'
}

// Retention

const KEPT_THROTTLE_HOURS = 24

/** Deletes what has run out. @returns rows deleted by table */
export async function sweep(db: Database, at: Date, idleMinutes: number): Promise<Record<string, number>> {
  const now = at.toISOString()
  const idle = new Date(at.getTime() - idleMinutes * 60_000).toISOString()
  const old = new Date(at.getTime() - KEPT_THROTTLE_HOURS * 3_600_000).toISOString()
  return {
    session: await db.execute(sql`delete from session where expires_at <= ${now} or last_seen_at <= ${idle}`),
    one_time_token: await db.execute(sql`delete from one_time_token where expires_at <= ${now}`),
    sign_in_throttle: await db.execute(sql`delete from sign_in_throttle where last_at <= ${old} and blocked_until <= ${now}`),
  }
}

export async function registrationsWaiting(db: Sql): Promise<number> {
  const row = await maybeOne<{ n: number }>(db, sql`select count(*)::int as n from organisation where status = 'applied'`)
  return row?.n ?? 0
}
