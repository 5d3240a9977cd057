import { Encrypter } from 'age-encryption'
import type { Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { newId } from '../../platform/ids.ts'
import { codesFail } from './errors.ts'

/**
 * Registers an age recipient of a printer (X25519, `age1…`). A private key that is pasted by mistake is refused and
 * told, and never stored.
 * @throws AppError PRIVATE_KEY_SENT, NOT_A_RECIPIENT, KEY_REGISTERED
 */
export async function addPrinterKey(tx: Tx, organisationId: string, input: { recipient: string; note: string }, ctx: { personId: string | null; at: Date }): Promise<string> {
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
