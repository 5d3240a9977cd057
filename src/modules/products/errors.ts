import { AppError, type ErrorTable, refuser } from '../../kernel/errors.ts'

export const PRODUCTS_ERRORS = {
  PRODUCT_INVALID: {
    status: 400,
    zh: '产品资料有误，请按各字段的提示修改。',
    en: 'Some facts of the product are not right: see what each field says.',
  },
  GTIN_TAKEN: {
    status: 409,
    zh: '贵企业已有这个商品条码的产品。请打开原有产品修改，或核对条码。',
    en: 'Your organisation has a product with this barcode already. Change that one, or check the barcode.',
  },
  PRODUCT_IN_USE: { status: 409, zh: '该产品已有批次或标签，不能删除。', en: 'This product has lots or labels and cannot be deleted.' },
  PRODUCT_IDENTITY_FIXED: {
    status: 409,
    zh: '该产品已有激活的标签，以下内容不可再改：{fields}。如确需更正，请新建产品并联系平台。',
    en: 'Labels of this product are active, so these facts can no longer change: {fields}. To correct them, file a new product and contact the platform.',
  },
  BRAND_ORGANISATION_UNKNOWN: { status: 400, zh: '没有找到该品牌方，或它不是品牌企业。', en: 'There is no such brand organisation.' },
  PICTURE_MISSING: { status: 400, zh: '请选择一张图片。', en: 'Please choose a picture.' },
} as const satisfies ErrorTable

export const fail = refuser(PRODUCTS_ERRORS)

export const PRODUCTS_CONSTRAINTS: ReadonlyMap<string, () => AppError> = new Map<string, () => AppError>([
  ['product_organisation_gtin_key', () => fail('GTIN_TAKEN')],
  ['lot_product_id_fkey', () => fail('PRODUCT_IN_USE')],
  ['code_order_product_id_fkey', () => fail('PRODUCT_IN_USE')],
  ['code_batch_product_id_fkey', () => fail('PRODUCT_IN_USE')],
  ['product_brand_organisation_id_fkey', () => fail('BRAND_ORGANISATION_UNKNOWN')],
])
