import { randomBytes } from 'node:crypto'
import { isSandbox, sandboxOrganisationId } from '../../kernel/sandbox.ts'
import { maybeOne, one, type Sql, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { fail } from './errors.ts'
import { insertOrganisation, organisationOf } from './repository.ts'

export interface Sandbox {
  readonly number: number
  readonly parentId: string
  /** Its importer: the organisation that the parent's people act for inside. */
  readonly organisationId: string
  readonly madeAt: string
  /** Goods to try with; empty until it is filled. */
  readonly example: Readonly<Record<string, unknown>>
}

/** A sandbox is filled with hundreds of rows that are never deleted: nobody makes one a minute. */
const MOST_A_DAY = 20

const COLUMNS = sql`number, parent_id as "parentId", organisation_id as "organisationId", made_at as "madeAt", example`

/** The sandbox that now belongs to an organisation, or to which it belongs itself. */
export function sandboxFor(db: Sql, organisationId: string): Promise<Sandbox | undefined> {
  const which = isSandbox(organisationId) ? sql`organisation_id` : sql`parent_id`
  return maybeOne<Sandbox>(db, sql`select ${COLUMNS} from sandbox where ${which} = ${organisationId} and ended_at is null`)
}

/**
 * Makes the organisations of a new sandbox: an importer and a printer that belong to nobody else. One that was there is
 * closed: its keys and sessions end, its rows stay.
 * @throws AppError SANDBOX_IMPORTERS_ONLY, SANDBOX_TOO_OFTEN
 */
export async function openSandbox(tx: Tx, actor: Actor, at: Date): Promise<Sandbox & { readonly printerId: string }> {
  if (actor.organisationKind !== 'importer') throw fail('SANDBOX_IMPORTERS_ONLY')
  const parentId = isSandbox(actor.organisationId) ? (await sandboxFor(tx, actor.organisationId))?.parentId : actor.organisationId
  const parent = parentId === undefined ? undefined : await organisationOf(tx, parentId)
  if (parent === undefined) throw httpFail('NOT_FOUND')
  // two who press the button at once follow each other
  await tx.query(sql`select pg_advisory_xact_lock(hashtextextended(${`sandbox:${parent.id}`}, 0))`)
  const dayAgo = new Date(at.getTime() - 86_400_000).toISOString()
  const { n } = await one<{ n: number }>(
    tx,
    sql`select count(*)::int as n from sandbox where parent_id = ${parent.id} and made_at > ${dayAgo}`,
  )
  if (n >= MOST_A_DAY) throw fail('SANDBOX_TOO_OFTEN', { limit: MOST_A_DAY })

  const { number } = await one<{ number: number }>(tx, sql`select nextval(pg_get_serial_sequence('sandbox', 'number'))::int as number`)
  const newOrganisation = async (kind: 'importer' | 'printer', nameZh: string, nameEn: string): Promise<string> => {
    const id = sandboxOrganisationId(number, randomBytes(8).toString('hex'))
    const { province, city, address, contactName, contactPhone } = parent
    const uscc = `SANDBOX-${String(number).padStart(6, '0')}`
    await insertOrganisation(
      tx,
      { id, kind, nameZh, nameEn, uscc, province, city, address, contactName, contactPhone, status: 'verified' },
      at,
    )
    return id
  }
  const nameEn = parent.nameEn === '' ? parent.nameZh : parent.nameEn
  const organisationId = await newOrganisation('importer', `沙盒 · ${parent.nameZh}`, `Sandbox of ${nameEn}`)
  const printerId = await newOrganisation('printer', '沙盒印厂', 'Sandbox printer')
  const [old] = await tx.query<{ organisationId: string }>(sql`
    update sandbox set ended_at = ${at.toISOString()} where parent_id = ${parent.id} and ended_at is null returning organisation_id as "organisationId"`)
  if (old !== undefined) await closeSandbox(tx, old.organisationId, organisationId, at)
  await tx.execute(sql`
    insert into sandbox (number, parent_id, organisation_id, made_by, made_at) overriding system value
    values (${number}, ${parent.id}, ${organisationId}, ${actor.personId ?? null}, ${at.toISOString()})`)
  return { number, parentId: parent.id, organisationId, madeAt: at.toISOString(), example: {}, printerId }
}

async function closeSandbox(tx: Tx, organisationId: string, successor: string, at: Date): Promise<void> {
  await tx.execute(sql`
    update api_key set revoked_at = ${at.toISOString()} where organisation_id = ${organisationId} and revoked_at is null`)
  // whoever was inside is inside of the new one
  await tx.execute(sql`update session set acting_for = ${successor} where acting_for = ${organisationId}`)
  await tx.execute(sql`
    update organisation set status = 'suspended', decision_reason = '沙盒已重置 / The sandbox was reset', decided_at = ${at.toISOString()} where id = ${organisationId}`)
}

/** What a sandbox was filled with, for whoever begins in it. */
export async function noteExample(tx: Tx, sandbox: number, example: object): Promise<void> {
  await tx.execute(sql`update sandbox set example = ${sql.json(example)} where number = ${sandbox}`)
}

/** Steps into the sandbox of one's own organisation, or out of it. @throws AppError NO_SANDBOX */
export async function actInSandbox(tx: Tx, actor: Actor, inside: boolean): Promise<void> {
  const sandbox = inside ? await sandboxFor(tx, actor.organisationId) : undefined
  if (inside && sandbox === undefined) throw fail('NO_SANDBOX')
  await tx.execute(
    sql`update session set acting_for = ${sandbox?.organisationId ?? null}::uuid where id = ${actor.sessionId ?? null}::uuid`,
  )
}
