import type { Words } from '../../../kernel/errors.ts'
import { provinceCode, provinceName } from '../../../kernel/region.ts'
import type { Sql } from '../../../platform/db/database.ts'
import { sql } from '../../../platform/db/sql.ts'

export interface NamedDealer {
  readonly id: string
  readonly name: Words
  readonly city: string
  /** Where it is registered, or the first province it may sell in; a code of GB/T 2260. */
  readonly province: string | null
  readonly territory: readonly string[]
  readonly organisationId: string | null
}

export interface NamedOrganisation {
  readonly id: string
  readonly name: Words
  readonly city: string
}

/** Names of whoever appears in one answer, read once for all of them. */
export class Names {
  readonly #organisations = new Map<string, NamedOrganisation>()
  readonly #dealers = new Map<string, NamedDealer>()

  async readOrganisations(db: Sql, ids: Iterable<string>): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.#organisations.has(id))
    if (missing.length === 0) return
    const rows = await db.query<{ id: string; name_zh: string; name_en: string; city: string }>(
      sql`select id, name_zh, name_en, city from organisation where id = any(${missing}::uuid[])`,
    )
    for (const row of rows) this.#organisations.set(row.id, { id: row.id, name: wordsOf(row.name_zh, row.name_en), city: row.city })
  }

  async readDealers(db: Sql, ids: Iterable<string>): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.#dealers.has(id))
    if (missing.length === 0) return
    const rows = await db.query<{
      id: string
      name: string
      name_en: string | null
      city: string
      provinces: string[]
      province: string | null
      dealer_organisation_id: string | null
    }>(sql`
      select d.id, d.name, o.name_en, d.city, d.provinces, o.province, d.dealer_organisation_id
      from dealer d left join organisation o on o.id = d.dealer_organisation_id where d.id = any(${missing}::uuid[])`)
    for (const row of rows) {
      const territory = row.provinces.map((p) => provinceCode(p) ?? p)
      const home = row.province === null ? undefined : (provinceCode(row.province) ?? row.province)
      this.#dealers.set(row.id, {
        id: row.id,
        name: wordsOf(row.name, row.name_en ?? ''),
        city: row.city,
        province: home ?? territory[0] ?? null,
        territory,
        organisationId: row.dealer_organisation_id,
      })
    }
  }

  organisation(id: string): NamedOrganisation {
    return this.#organisations.get(id) ?? { id, name: UNKNOWN, city: '' }
  }

  dealer(id: string): NamedDealer {
    return this.#dealers.get(id) ?? { id, name: UNKNOWN, city: '', province: null, territory: [], organisationId: null }
  }
}

const UNKNOWN: Words = { zh: '未知', en: 'unknown' }

export const wordsOf = (zh: string, en: string): Words => ({ zh, en: en === '' ? zh : en })

export const provinceWords = (code: string | null): Words =>
  code === null ? { zh: '未知', en: 'unknown' } : { zh: provinceName(code, 'zh'), en: provinceName(code, 'en') }
