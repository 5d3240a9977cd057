import { randomBytes } from 'node:crypto'
import type { KeyVault } from '../../platform/crypto/keys.ts'
import type { Database } from '../../platform/db/database.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import { publish } from '../../platform/outbox/outbox.ts'
import type { Scans } from '../scans/index.ts'
import type { SubmitReport } from './contract.ts'
import { feedbackFail } from './errors.ts'
import { addPhotos, insertReport, reportOfOnce } from './repository.ts'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A ticket is the key to its own status page, so it is 60 random bits and not a running number. */
function newTicket(): string {
  const text = [...randomBytes(12)].map((b) => ALPHABET[b & 31]).join('')
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`
}

/**
 * Takes a report: finds whose item it is, seals the contact, keeps the photos, gives a ticket. It is one transaction;
 * the same form sent twice gives the first ticket again.
 * @throws AppError IDEMPOTENCY_KEY_REUSED for another report with the same `once`; REPORT_EMPTY, REPORT_NOT_A_CODE, CONTACT_CONSENT, HEALTH_CONSENT
 */
export async function submitReport(
  deps: { db: Database; keys: KeyVault; scans: Scans },
  input: SubmitReport & {
    readonly once: string
    readonly photoIds: readonly string[]
    readonly province: string | undefined
    readonly at: Date
  },
): Promise<{ ticket: string }> {
  if (input.text === '' && input.photoIds.length === 0) throw feedbackFail('REPORT_EMPTY')
  if (input.contact !== '' && !input.contactConsent) throw feedbackFail('CONTACT_CONSENT')
  if (input.kind === 'reaction' && !input.healthConsent) throw feedbackFail('HEALTH_CONSENT')

  const code = input.code === '' ? undefined : deps.scans.scannedCodeOf(input.code)
  if (code === undefined && input.kind !== 'page' && input.code !== '') throw feedbackFail('REPORT_NOT_A_CODE')
  const nobody = { device: undefined, visitor: Buffer.alloc(16), channel: 'preview' as const, person: false }
  const item =
    code === undefined ? undefined : await deps.scans.verifier.verify(code, nobody, { at: input.at, province: undefined, provinceBit: 0n })

  const id = newId(input.at)
  const ticket = newTicket()
  return deps.db.transaction(async (tx) => {
    const isNew = await insertReport(tx, {
      id,
      ticket,
      once: input.once,
      kind: input.kind,
      code: item?.item?.codeId ?? null,
      codePath: input.code,
      organisationId: item?.card.importer?.id ?? null,
      productId: item?.card.product?.id ?? null,
      lotId: item?.card.lot?.id ?? null,
      verdict: item?.judgement.verdict ?? '',
      province: input.province ?? null,
      text: input.text,
      boughtAt: input.boughtAt,
      contact: input.contact === '' ? null : deps.keys.seal('contact-at-rest', id, input.contact),
      at: input.at,
    })
    if (!isNew) {
      const first = await reportOfOnce(tx, input.once)
      const same =
        first?.kind === input.kind && first.codePath === input.code && first.text === input.text && first.boughtAt === input.boughtAt
      if (!same) throw httpFail('IDEMPOTENCY_KEY_REUSED')
      return { ticket: first.ticket }
    }
    await addPhotos(tx, id, input.photoIds)
    await publish(tx, 'report.received', {
      organisationId: item?.card.importer?.id ?? null,
      payload: { reportId: id, kind: input.kind },
      at: input.at,
    })
    return { ticket }
  })
}
