import { createHash } from 'node:crypto'
import { Encrypter } from 'age-encryption'
import type { Sql, Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { newId } from '../../platform/ids.ts'
import { codesFail } from './errors.ts'

/**
 * Registers an age recipient of a printer (X25519, `age1…`). A private key that is pasted by mistake is refused and
 * told, and never stored.
 * @throws AppError PRIVATE_KEY_SENT, NOT_A_RECIPIENT, KEY_REGISTERED
 */
export async function addPrinterKey(
  tx: Tx,
  organisationId: string,
  input: { recipient: string; note: string },
  ctx: { personId: string | null; at: Date },
): Promise<string> {
  const recipient = input.recipient.trim()
  if (/AGE-SECRET-KEY/i.test(recipient)) throw codesFail('PRIVATE_KEY_SENT')
  try {
    new Encrypter().addRecipient(recipient)
  } catch {
    throw codesFail('NOT_A_RECIPIENT')
  }
  const id = newId(ctx.at)
  await tx.execute(sql`
    insert into printer_key (id, organisation_id, recipient, note, added_by, added_at)
    values (${id}, ${organisationId}, ${recipient}, ${input.note}, ${ctx.personId}, ${ctx.at.toISOString()})`)
  return id
}

/** Recipients to which packs of a printer are encrypted now. */
export async function recipientsOf(db: Sql, printerId: string): Promise<string[]> {
  const rows = await db.query<{ recipient: string }>(
    sql`select recipient from printer_key where organisation_id = ${printerId} and retired_at is null order by added_at, id`,
  )
  return rows.map((r) => r.recipient)
}

/** What two people read to each other on the telephone: 16 hexadecimal digits of the recipient's SHA-256. */
export function fingerprintOf(recipient: string): string {
  return createHash('sha256')
    .update(recipient)
    .digest('hex')
    .slice(0, 16)
    .replace(/(.{4})(?=.)/g, '$1 ')
}
