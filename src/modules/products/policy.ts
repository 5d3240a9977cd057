import type { Actor } from '../../platform/http/actor.ts'
import { sql, type SqlText } from '../../platform/db/sql.ts'
import type { Product } from './contract.ts'
import { seenBy } from '../../platform/http/wall.ts'

/** Rows of `product p` that an actor may see: its own, those that name it as the brand, or all of them. */
export function productsSeenBy(actor: Actor): SqlText {
  if (actor.organisationKind === 'brand') return sql`p.brand_organisation_id = ${actor.organisationId}`
  return seenBy(actor, sql`p.organisation_id`)
}

/** Rows that an actor may change: only the importer that filed the product, never a supervisor. */
export function productsOwnedBy(actor: Actor): SqlText {
  return sql`p.organisation_id = ${actor.organisationId}`
}

/**
 * Facts that say which product this is, or for how long it may be used. Once labels are active they are what
 * consumers have read: changing the period of use is an offence of its own (化妆品监督管理条例 art. 60).
 */
export const IDENTITY_FIELDS = {
  gtin: { zh: '商品条码', en: 'barcode' },
  nameZh: { zh: '中文名称', en: 'Chinese name' },
  brand: { zh: '品牌', en: 'brand' },
  spec: { zh: '规格', en: 'net content' },
  category: { zh: '类别', en: 'category' },
  forChildren: { zh: '儿童标志', en: 'children’s mark' },
  origin: { zh: '原产国（地）', en: 'origin' },
  filingNumber: { zh: '备案/注册编号', en: 'filing number' },
  shelfLifeMonths: { zh: '保质期', en: 'shelf life' },
} as const satisfies Partial<Record<keyof Product, { zh: string; en: string }>>

/** Identity facts that a change would alter. Filling in what was empty alters nothing that anybody has read. */
export function identityChanges(before: Product, after: Product): (keyof typeof IDENTITY_FIELDS)[] {
  return (Object.keys(IDENTITY_FIELDS) as (keyof typeof IDENTITY_FIELDS)[]).filter(
    (field) => before[field] !== after[field] && before[field] !== '' && before[field] !== null,
  )
}
