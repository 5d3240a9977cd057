import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { closeTestDatabase, openTestDatabase } from '../../../test/support/database.ts'
import { AppError } from '../../kernel/errors.ts'
import { constraintOf } from '../../platform/db/errors.ts'
import type { Database } from '../../platform/db/database.ts'
import { sql } from '../../platform/db/sql.ts'
import { findProducts, findProductsByGtin } from './repository.ts'
import { amendProduct, bodyOf, changeProduct, createProduct, createProducts, type ProductInput } from './save-product.ts'

const OWN = '01900000-0000-7000-8000-000000000001'
const at = new Date('2026-06-15T02:00:00Z')
const ctx = { organisationId: OWN, at }
const nobodyUses = async () => false

const FULL: ProductInput = {
  gtin: '952 1234 5678 99',
  nameZh: '　<b>示例</b>面霜 ',
  brand: '示例',
  spec: '50 mL',
  category: 'cream',
  origin: '法国产',
  filingNumber: '国妆网备进字（浙）2024005219',
  responsiblePerson: '宁波示例进出口有限公司',
  manufacturer: 'Example',
  ingredients: '水',
  directions: '涂抹',
}

let db: Database
beforeAll(async () => {
  db = await openTestDatabase()
  await db.execute(sql`
    insert into organisation (id, kind, name_zh, uscc, province, status, applied_at)
    values (${OWN}, 'importer', '宁波示例', '913302060000000005', '330000', 'verified', ${at.toISOString()})`)
})
afterAll(() => closeTestDatabase(db))

const refusal = async (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => expect.fail('was not refused'),
    (error: unknown) => error as AppError,
  )

describe('filing a product', () => {
  it('keeps a barcode as 14 digits, an origin as its code and a filing number without full-width brackets', async () => {
    const product = await db.transaction((tx) => createProduct(tx, FULL, ctx))
    expect(product).toMatchObject({
      gtin: '09521234567899',
      nameZh: '<b>示例</b>面霜',
      origin: 'FRA',
      filingNumber: '国妆网备进字(浙)2024005219',
      completeness: 100,
      version: 1,
    })
    expect((await findProducts(db, [product.id]))[0]).toEqual(product)
  })

  it('refuses the same barcode a second time in one organisation', async () => {
    const error = await db.transaction((tx) => createProduct(tx, FULL, ctx)).catch((e: unknown) => e)
    expect(constraintOf(error)).toBe('product_organisation_gtin_key')
  })

  it.each([
    ['a wrong check digit', { gtin: '9521234567891' }, '/gtin', 'GTIN_CHECK_DIGIT'],
    ['a barcode in scientific notation', { gtin: '9.52118E+12' }, '/gtin', 'GTIN_SCIENTIFIC_NOTATION'],
    ['an unknown country', { origin: '亚特兰蒂斯' }, '/origin', 'ORIGIN_UNKNOWN'],
    ['a filing number of no known form', { filingNumber: '国妆备2024' }, '/filingNumber', 'FILING_FORM'],
    [
      'a sunscreen with a filing in place of a registration',
      { category: 'sunscreen' as const },
      '/filingNumber',
      'FILING_SPECIAL_NEEDS_REGISTRATION',
    ],
    ['the number of a domestic product', { filingNumber: '浙G妆网备字2023001147' }, '/filingNumber', 'FILING_DOMESTIC'],
    ['a 制字 number for a French product', { filingNumber: '国妆网备制字（粤）2022001234' }, '/filingNumber', 'FILING_ORIGIN_IMPORTED'],
  ])('refuses %s in its field, in both languages', async (_, change, pointer, code) => {
    const error = await refusal(db.transaction((tx) => createProduct(tx, { ...FULL, gtin: '9520000000011', ...change }, ctx)))
    expect(error.code).toBe('PRODUCT_INVALID')
    const field = error.fields.find((f) => f.pointer === pointer)
    expect(field).toMatchObject({ code })
    expect(field!.zh).not.toBe('')
    expect(field!.en).not.toBe('')
  })

  it('takes a special product with its registration', async () => {
    const product = await db.transaction((tx) =>
      createProduct(
        tx,
        { ...FULL, gtin: '95200002', category: 'sunscreen', filingNumber: '国妆特进字20223456', warnings: '避免入眼' },
        ctx,
      ),
    )
    expect(product).toMatchObject({ special: true, completeness: 100 })
  })

  it('files many at once', async () => {
    const many = await db.transaction((tx) =>
      createProducts(
        db,
        tx,
        [
          { ...FULL, gtin: '9529999000019' },
          { ...FULL, gtin: '9529999000026' },
        ],
        ctx,
      ),
    )
    expect(
      (
        await findProductsByGtin(
          db,
          OWN,
          many.map((p) => p.gtin),
        )
      ).length,
    ).toBe(2)
  })
})

describe('changing a product', () => {
  it('tells before and after, counts the version and refuses a stale one', async () => {
    const product = await db.transaction((tx) => createProduct(tx, { ...FULL, gtin: '9529999000033' }, ctx))
    const { product: after, changed } = await db.transaction((tx) =>
      changeProduct(tx, product, { ...bodyOf(product), spec: '100 mL' }, { ...ctx, version: 1, isInUse: nobodyUses }),
    )
    expect(changed).toEqual({ spec: { from: '50 mL', to: '100 mL' } })
    expect(after.version).toBe(2)
    const stale = await refusal(
      db.transaction((tx) => changeProduct(tx, after, bodyOf(after), { ...ctx, version: 1, isInUse: nobodyUses })),
    )
    expect(stale.code).toBe('CONFLICT')
  })

  it('fixes what labels have told, yet lets an empty fact be filled in', async () => {
    const product = await db.transaction((tx) => createProduct(tx, { ...FULL, gtin: '9529999000040', filingNumber: '' }, ctx))
    const inUse = { ...ctx, isInUse: async () => true }
    const refused = await refusal(db.transaction((tx) => amendProduct(tx, product, { nameZh: '另一个名字' }, inUse)))
    expect(refused.code).toBe('PRODUCT_IDENTITY_FIXED')
    const filed = await db.transaction((tx) =>
      amendProduct(tx, product, { filingNumber: '国妆网备进字（浙）2024005219', ingredients: '水、甘油' }, inUse),
    )
    expect(filed.completeness).toBe(100)
  })
})
