import { randomBytes } from 'node:crypto'
import type { Tx } from '../../platform/db/database.ts'
import type { Actor, RequestFacts } from '../../platform/http/actor.ts'
import type { IdentityParts } from './parts.ts'
import { requireRecentProof } from './policy.ts'
import { recoveryCodesLeft, replaceRecoveryCodes, takeRecoveryCode } from './repository.ts'

const COUNT = 10
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Ten codes of 50 random bits, when none are left; kept as keyed hashes and shown this once. */
export async function newRecoveryCodes(parts: Pick<IdentityParts, 'keys'>, tx: Tx, personId: string): Promise<string[]> {
  return (await recoveryCodesLeft(tx, personId)) > 0 ? [] : renewed(parts, tx, personId)
}

/** Ten new ones; the old ones end. @throws AppError STEP_UP_REQUIRED */
export async function renewRecoveryCodes(parts: Pick<IdentityParts, 'keys'>, tx: Tx, actor: Actor, facts: RequestFacts): Promise<string[]> {
  requireRecentProof(actor, facts.at)
  return renewed(parts, tx, actor.personId!)
}

/** @returns false when it is not one of this person's, or was used */
export function spendRecoveryCode(parts: Pick<IdentityParts, 'keys'>, tx: Tx, personId: string, code: string, at: Date): Promise<boolean> {
  return takeRecoveryCode(tx, personId, hashOf(parts, personId, code), at)
}

async function renewed(parts: Pick<IdentityParts, 'keys'>, tx: Tx, personId: string): Promise<string[]> {
  const codes = Array.from({ length: COUNT }, () => {
    const letters = [...randomBytes(10)].map((byte) => ALPHABET[byte & 31]).join('')
    return `${letters.slice(0, 5)}-${letters.slice(5)}`
  })
  await replaceRecoveryCodes(
    tx,
    personId,
    codes.map((code) => hashOf(parts, personId, code)),
  )
  return codes
}

/** Read as people write: small letters, spaces, O for 0, I and L for 1. */
function hashOf({ keys }: Pick<IdentityParts, 'keys'>, personId: string, code: string): Buffer {
  const plain = code
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  return keys.mac('session', 'recovery', `${personId}:${plain}`)
}
