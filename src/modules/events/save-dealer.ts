import { provinceCode } from '../../kernel/region.ts'
import { maybeOne, type Tx } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import type { Actor } from '../../platform/http/actor.ts'
import { httpFail } from '../../platform/http/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { DealerForm } from './contract.ts'
import { eventsFail } from './errors.ts'
import { sameWorld } from '../../kernel/sandbox.ts'

/** @throws AppError PROVINCE_UNKNOWN, NOT_FOUND, DEALER_EXISTS (by its constraint) */
export async function saveDealer(tx: Tx, id: string | undefined, input: DealerForm, ctx: { actor: Actor; at: Date }): Promise<string> {
  const provinces = input.provinces.map((text) => {
    const code = provinceCode(text)
    if (code === undefined) throw eventsFail('PROVINCE_UNKNOWN', { province: text })
    return code
  })
  if (input.dealerOrganisationId !== null) {
    const found = await maybeOne(
      tx,
      sql`select 1 from organisation where id = ${input.dealerOrganisationId} and kind = 'dealer' and status = 'verified'`,
    )
    if (found === undefined || !sameWorld(ctx.actor.organisationId, input.dealerOrganisationId)) throw eventsFail('DEALER_UNKNOWN')
  }
  const unique = [...new Set(provinces)]
  if (id === undefined) {
    const made = newId(ctx.at)
    await tx.execute(sql`
      insert into dealer (id, organisation_id, dealer_organisation_id, name, provinces, city, contact, active, created_at)
      values (${made}, ${ctx.actor.organisationId}, ${input.dealerOrganisationId}, ${input.name}, ${unique}::text[], ${input.city}, ${input.contact}, ${input.active}, ${ctx.at.toISOString()})`)
    return made
  }
  const changed = await tx.execute(sql`
    update dealer set dealer_organisation_id = ${input.dealerOrganisationId}, name = ${input.name}, provinces = ${unique}::text[], city = ${input.city}, contact = ${input.contact}, active = ${input.active}
    where id = ${id} and organisation_id = ${ctx.actor.organisationId}`)
  if (changed === 0) throw httpFail('NOT_FOUND')
  return id
}
