import { createHash } from 'node:crypto'
import type { KeyVault } from '../../../platform/crypto/keys.ts'
import { maybeOne, type Sql } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'
import type { Actor } from '../../../platform/http/actor.ts'
import { epcisFail } from './problems.ts'

const TOKEN_MINUTES = 60

/** What a token goes on with: whose question, and which. A token of another question is refused. */
export interface PageScope {
  readonly keys: KeyVault
  readonly actor: Actor
  readonly fingerprint: string
  readonly at: Date
}

export interface NextPage {
  readonly token: string
  readonly expires: Date
}

/** @param position where the next page begins; anything that JSON can hold, readable by whoever has the token */
export function sealToken(scope: PageScope, position: unknown): NextPage {
  const expires = new Date(scope.at.getTime() + TOKEN_MINUTES * 60_000)
  const body = Buffer.from(JSON.stringify([position, expires.getTime()])).toString('base64url')
  return { token: `${body}.${macOf(scope, body)}`, expires }
}

/**
 * The position that was sealed.
 * @throws AppError BAD_PAGE_TOKEN, PAGE_TOKEN_EXPIRED
 */
export async function openToken<P>(db: Sql, scope: PageScope, token: string): Promise<P> {
  const [body, mac] = token.split('.', 2)
  if (body === undefined || mac === undefined || mac !== macOf(scope, body)) throw epcisFail('BAD_PAGE_TOKEN')
  const [position, expires] = JSON.parse(Buffer.from(body, 'base64url').toString()) as [P, number]
  const given = await maybeOne(db, sql`select 1 from epcis_page_token where digest = ${digestOf(token)}`)
  if (expires <= scope.at.getTime() || given !== undefined) throw epcisFail('PAGE_TOKEN_EXPIRED')
  return position
}

/** Lets go of a page token before it expires; the expired ones of others go with it. */
export async function dropToken(db: Sql, token: string, at: Date): Promise<void> {
  await db.execute(sql`delete from epcis_page_token where expires_at < ${at.toISOString()}`)
  await db.execute(sql`
    insert into epcis_page_token (digest, expires_at) values (${digestOf(token)}, ${new Date(at.getTime() + TOKEN_MINUTES * 60_000).toISOString()})
    on conflict on constraint epcis_page_token_pkey do nothing`)
}

function macOf({ keys, actor, fingerprint }: PageScope, body: string): string {
  return keys.mac('link', 'epcis-page', `${body}|${fingerprint}|${actor.organisationId}`).toString('base64url').slice(0, 22)
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()
