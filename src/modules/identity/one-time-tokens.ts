import type { Tx } from '../../platform/db/database.ts'
import { newSecret } from '../../platform/ids.ts'
import { fail } from './errors.ts'
import type { IdentityParts } from './parts.ts'
import { findToken, insertToken, takeToken, type TokenRow } from './repository.ts'

export type TokenKind = 'setup' | 'invitation' | 'sign-in-link' | 'second-factor' | 'passkey' | 'new-passkey'

const MINUTE = 60_000
const LIFETIME: Readonly<Record<TokenKind, number>> = {
  setup: 24 * 60 * MINUTE,
  invitation: 72 * 60 * MINUTE,
  'sign-in-link': 24 * 60 * MINUTE,
  'second-factor': 5 * MINUTE,
  passkey: 5 * MINUTE,
  'new-passkey': 5 * MINUTE,
}

/** Page of the console that takes each kind of link. */
const PAGE = { setup: 'setup', invitation: 'join', 'sign-in-link': 'enter' } as const

type Keys = Pick<IdentityParts, 'keys'>

export const tokenHash = ({ keys }: Keys, token: string): Buffer => keys.mac('link', '1', token)

/** A token that works once; only its keyed hash is kept. */
export async function issueToken(
  parts: Keys,
  tx: Tx,
  kind: TokenKind,
  about: { personId?: string; payload?: object },
  at: Date,
): Promise<{ token: string; expiresAt: Date }> {
  const token = newSecret()
  const expiresAt = new Date(at.getTime() + LIFETIME[kind])
  await insertToken(tx, {
    tokenHash: tokenHash(parts, token),
    kind,
    personId: about.personId ?? null,
    payload: about.payload ?? {},
    expiresAt,
  })
  return { token, expiresAt }
}

/** The token stands after the hash: it reaches no server log, no Referer, and no preview of a chat program. */
export function linkOf(parts: Pick<IdentityParts, 'config'>, kind: keyof typeof PAGE, token: string): string {
  return `${parts.config.publicUrl}/console/${PAGE[kind]}#${token}`
}

/** Spends a token. @throws AppError LINK_INVALID, or CHALLENGE_EXPIRED for a challenge */
export async function spendToken(parts: Keys, tx: Tx, kind: TokenKind, token: string, at: Date): Promise<TokenRow> {
  return (await takeToken(tx, kind, tokenHash(parts, token), at)) ?? refuse(kind)
}

/** Looks at a token without spending it. @throws as `spendToken` */
export async function peekToken(parts: Pick<IdentityParts, 'keys' | 'db'>, kind: TokenKind, token: string, at: Date): Promise<TokenRow> {
  return (await findToken(parts.db, kind, tokenHash(parts, token), at)) ?? refuse(kind)
}

function refuse(kind: TokenKind): never {
  throw fail(kind in PAGE ? 'LINK_INVALID' : 'CHALLENGE_EXPIRED')
}
