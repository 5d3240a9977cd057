import { z } from 'zod'
import { CATEGORY_CODES } from './categories.ts'

export { CATEGORY_CODES, categoryOfName, categoryOfWord, isCategory, PRODUCT_CATEGORIES, type ProductCategory } from './categories.ts'
export { type Completeness, completenessOf, type MissingField } from './completeness.ts'
export { gtinWords, isSpecial, type ProductFacts, productFaults, productNotes } from './rules.ts'

export const PRODUCT_PATHS = {
  list: '/api/products',
  one: '/api/products/:productId',
  copy: '/api/products/:productId/copy',
  picture: '/api/products/:productId/picture',
  /** Without credentials, for the consumer's page; `?size=small` fits a phone's first paint. */
  publicPicture: '/pictures/:fileId',
} as const

const NO_CONTROLS = 'CONTROL|不能含控制字符|must not contain control characters'

export const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^\P{Cc}*$/u, NO_CONTROLS)
const text = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^[\P{Cc}\n\r\t]*$/u, NO_CONTROLS)
const months = z.number().int().min(1).max(120).nullable()

/** A product as it is entered. What only the rules can judge (check digits, filing numbers) is told by `productFaults`. */
export const productBody = z.strictObject({
  gtin: line(40).min(8).describe('GTIN-8, -12, -13 or -14 with its check digit; kept as 14 digits'),
  nameZh: line(200).min(1),
  nameEn: line(200).default(''),
  brand: line(100).default(''),
  brandOrganisationId: z.uuid().nullable().default(null),
  spec: line(100).default('').describe('net content or model, for example 50 mL'),
  category: z.enum(['', ...CATEGORY_CODES]).default(''),
  forChildren: z.boolean().default(false).describe('for children up to 12 years: the label carries the 小金盾 mark'),
  origin: line(40).default('').describe('country or region: alpha-3 code of GB/T 2659, or a name such as 法国'),
  filingNumber: line(60).default(''),
  responsiblePerson: line(200).default('').describe('境内责任人'),
  manufacturer: text(500).default(''),
  ingredients: text(10_000).default(''),
  directions: text(4000).default(''),
  warnings: text(4000).default(''),
  shelfLifeMonths: months.default(null),
  paoMonths: months.default(null).describe('period after opening, in months'),
})
export type ProductBody = z.output<typeof productBody>

export const productUpdateBody = productBody.extend({
  version: z.number().int().min(1).describe('version that was read; a newer one answers CONFLICT'),
})

export const productCopyBody = z.strictObject({
  gtin: line(40).min(8),
  spec: line(100).optional(),
  nameZh: line(200).min(1).optional(),
  nameEn: line(200).optional(),
})

export const productParams = z.strictObject({ productId: z.uuid() })
export const deleteQuery = z.object({ version: z.coerce.number().int().min(1).optional() })

const missingField = z.object({ field: z.string(), zh: z.string(), en: z.string() })
const completeness = z.object({ score: z.number().int(), missing: z.array(missingField), advised: z.array(missingField) })

export const productView = z.object({
  id: z.uuid(),
  organisationId: z.uuid(),
  brandOrganisationId: z.uuid().nullable(),
  gtin: z.string(),
  nameZh: z.string(),
  nameEn: z.string(),
  brand: z.string(),
  spec: z.string(),
  category: z.string(),
  special: z.boolean(),
  forChildren: z.boolean(),
  origin: z.string(),
  filingNumber: z.string(),
  responsiblePerson: z.string(),
  manufacturer: z.string(),
  ingredients: z.string(),
  directions: z.string(),
  warnings: z.string(),
  shelfLifeMonths: z.number().int().nullable(),
  paoMonths: z.number().int().nullable(),
  pictureFileId: z.uuid().nullable(),
  completeness: z.number().int().describe('under general trade'),
  completenessCrossBorder: z.number().int(),
  version: z.number().int(),
  createdAt: z.string(),
  updatedAt: z.string(),
})
export type Product = z.output<typeof productView>

export const productDetail = productView.extend({
  originName: z.looseObject({ zh: z.string(), en: z.string() }).nullable(),
  general: completeness,
  crossBorder: completeness,
  notes: z.array(z.object({ pointer: z.string(), code: z.string(), zh: z.string(), en: z.string() })),
  identityFixed: z.boolean().describe('labels are active: barcode, names, category, origin and filing number can no longer change'),
})
