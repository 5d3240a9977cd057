import type { Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { AuditEntry } from '../../platform/http/unit-of-work.ts'

/**
 * Adds an act to the trail, in the act's own transaction: one entry for each thing it touched, one when it touched
 * nothing that has a name. Entries are never changed; a correction is another act.
 */
export async function writeAudit(tx: Tx, entry: AuditEntry): Promise<void> {
  const { action, actor, facts, outcome, code = '' } = entry
  for (const note of entry.notes.length > 0 ? entry.notes : [{}]) {
    await tx.execute(sql`
      insert into audit_entry (at, request_id, action, outcome, code, organisation_id, person_id, api_key_id, actor_name, object_kind, object_id, owner_id, detail)
      values (${facts.at.toISOString()}, ${facts.requestId}, ${action}, ${outcome}, ${code}, ${actor?.organisationId ?? null}::uuid, ${actor?.personId ?? null}::uuid,
        ${actor?.apiKeyId ?? null}::uuid, ${actor?.name ?? ''}, ${note.objectKind ?? ''}, ${note.objectId ?? ''}, ${note.organisationId ?? null}::uuid, ${sql.json(note.detail ?? {})})`)
  }
}
