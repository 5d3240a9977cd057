import type { Sql } from '../../platform/db/database.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Identity, Organisation } from '../identity/index.ts'
import type { Imports, LotFacts } from '../imports/index.ts'
import type { Product, Products } from '../products/index.ts'

/** What does not change from scan to scan: product, lot and importer behind an item. */
export interface ItemCard {
  readonly product: Product | undefined
  readonly lot: LotFacts | undefined
  readonly importer: Organisation | undefined
}

const FRESH_MILLISECONDS = 2_000
const CAPACITY = 5_000

/**
 * Cards by lot or product, kept for two seconds: a corrected product is seen at the next scan but one, and a popular
 * item costs no query. Holds, recalls and states are not here: they come with each scan's own statement.
 */
export class ItemCards {
  readonly #cards = new Map<string, { card: Promise<ItemCard>; until: number }>()
  readonly #db: Sql
  readonly #clock: Clock
  readonly #upstream: { identity: Identity; products: Products; imports: Imports }

  constructor(db: Sql, clock: Clock, upstream: { identity: Identity; products: Products; imports: Imports }) {
    this.#db = db
    this.#clock = clock
    this.#upstream = upstream
  }

  of(key: { lotId: string | null; productId: string | null; organisationId: string | null }): Promise<ItemCard> {
    const id = `${key.lotId ?? ''}|${key.productId ?? ''}|${key.organisationId ?? ''}`
    const now = this.#clock.now().getTime()
    const found = this.#cards.get(id)
    if (found !== undefined && found.until > now) return found.card
    if (this.#cards.size >= CAPACITY) this.#cards.clear()
    const card = this.#load(key)
    this.#cards.set(id, { card, until: now + FRESH_MILLISECONDS })
    card.catch(() => this.#cards.delete(id))
    return card
  }

  async #load(key: { lotId: string | null; productId: string | null; organisationId: string | null }): Promise<ItemCard> {
    const { identity, products, imports } = this.#upstream
    const lot = key.lotId === null ? undefined : await imports.lotOf(this.#db, key.lotId)
    const productId = lot?.productId ?? key.productId
    const product = productId === null ? undefined : await products.productOf(this.#db, productId)
    const organisationId = lot?.organisationId ?? product?.organisationId ?? key.organisationId
    const importer = organisationId === null ? undefined : await identity.organisationOf(this.#db, organisationId)
    return { product, lot, importer }
  }
}
