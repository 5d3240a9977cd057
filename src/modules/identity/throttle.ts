import { sameBytes } from '../../platform/crypto/keys.ts'
import type { Tx } from '../../platform/db/database.ts'
import { newSecret } from '../../platform/ids.ts'
import { fail } from './errors.ts'
import type { IdentityParts } from './parts.ts'
import { easeThrottle, forgiveThrottle, lockThrottle, saveThrottle } from './repository.ts'

/**
 * Guessing is slowed by account and by address. Waiting grows to five minutes and no further, and a device that has
 * signed in to the account before is counted apart: a stranger who guesses cannot keep the owner out.
 */
const FREE = { account: 5, address: 40, device: 5 } as const
const LONGEST_WAIT_SECONDS = 300
/** After an hour of peace the count begins anew. */
const MEMORY_MILLISECONDS = 3_600_000

export interface Attempt {
  /** What is being guessed: an account as it was typed, or the person whose code is asked for. */
  readonly target: string
  readonly address: string
  /** Cookie of a device that knows this account, if it has one. */
  readonly device: string | undefined
}

export interface CountedAttempt {
  /** Takes the count back, in the transaction that signs the person in. */
  forgive(tx: Tx): Promise<void>
}

/**
 * Counts an attempt before it is tried, so that many at once are many.
 * @throws AppError TOO_MANY_ATTEMPTS with the seconds to wait; the refused attempt itself is not counted
 */
export async function countAttempt(parts: Pick<IdentityParts, 'db' | 'keys'>, attempt: Attempt, at: Date): Promise<CountedAttempt> {
  const bucket = (kind: keyof typeof FREE, value: string) => ({ kind, key: parts.keys.mac('session', 'throttle', `${kind}:${value}`) })
  const device = knownDevice(parts, attempt.target, attempt.device)
  const buckets =
    device !== undefined
      ? [bucket('device', device)]
      : [bucket('account', attempt.target), bucket('address', attempt.address)].sort((a, b) => Buffer.compare(a.key, b.key))

  const wait = await parts.db.transaction(async (tx) => {
    const rows = []
    for (const { kind, key } of buckets) rows.push({ kind, key, row: await lockThrottle(tx, key, at) })
    const seconds = Math.max(...rows.map(({ row }) => Math.ceil((Date.parse(row.blockedUntil) - at.getTime()) / 1000)))
    if (seconds > 0) return seconds
    for (const { kind, key, row } of rows) {
      const failures = (at.getTime() - Date.parse(row.lastAt) > MEMORY_MILLISECONDS ? 0 : row.failures) + 1
      const over = failures - FREE[kind]
      const waits = over > 0 ? Math.min(2 ** over, LONGEST_WAIT_SECONDS) : 0
      await saveThrottle(tx, key, { failures, lastAt: at, blockedUntil: new Date(at.getTime() + waits * 1000) })
    }
    return 0
  })
  if (wait > 0) throw fail('TOO_MANY_ATTEMPTS', { seconds: wait })
  return {
    forgive: async (tx) => {
      for (const { kind, key } of buckets) await (kind === 'address' ? easeThrottle(tx, key) : forgiveThrottle(tx, key))
    },
  }
}

/** A cookie by which this device is known again for this account; it proves nothing and signs nobody in. */
export function deviceCookie(parts: Pick<IdentityParts, 'keys'>, target: string): string {
  const id = newSecret(128)
  return `${id}.${deviceMac(parts, target, id)}`
}

export function knownDevice(parts: Pick<IdentityParts, 'keys'>, target: string, cookie: string | undefined): string | undefined {
  const [id, mac] = (cookie ?? '').split('.')
  if (!id || !mac) return undefined
  return sameBytes(Buffer.from(mac), Buffer.from(deviceMac(parts, target, id))) ? id : undefined
}

function deviceMac({ keys }: Pick<IdentityParts, 'keys'>, target: string, id: string): string {
  return keys.mac('session', 'device', `${target}\n${id}`).toString('base64url')
}
