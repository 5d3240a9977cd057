import { AppError, type ErrorTable, refuser } from '../../kernel/errors.ts'

export const IMPORTS_ERRORS = {
  CONSIGNMENT_INVALID: {
    status: 400,
    zh: '进口批次资料有误，请按各字段的提示修改。',
    en: 'Some facts of the consignment are not right: see what each field says.',
  },
  LOT_INVALID: {
    status: 400,
    zh: '批号资料有误，请按各字段的提示修改。',
    en: 'Some facts of the lot are not right: see what each field says.',
  },
  DECLARATION_TAKEN: {
    status: 409,
    zh: '贵企业已有这个报关单号的进口批次。请打开原有批次，或核对单号。',
    en: 'Your organisation has a consignment with this declaration number already. Open that one, or check the number.',
  },
  LOT_TAKEN: {
    status: 409,
    zh: '这个进口批次里已有同一产品的同一批号。',
    en: 'This consignment has the same lot of the same product already.',
  },
  PRODUCT_UNKNOWN: { status: 400, zh: '没有找到该产品，请先备案产品。', en: 'There is no such product: file the product first.' },
  LOT_IN_USE: {
    status: 409,
    zh: '该批次已有激活的标签，产品、批号、日期和数量不可再改；如确需更正请联系平台。',
    en: 'Labels of this lot are active: product, number, dates and quantity can no longer change. To correct them, contact the platform.',
  },
  CONSIGNMENT_IN_USE: {
    status: 409,
    zh: '该进口批次已有激活的标签，报关单号、监管方式和入境日期不可再改。',
    en: 'Labels of this consignment are active: declaration number, trade mode and entry date can no longer change.',
  },
  STILL_REFERENCED: {
    status: 409,
    zh: '已有标签订单或批号引用，不能删除。',
    en: 'Label orders or lots refer to this, so it cannot be deleted.',
  },
  FILE_MISSING: { status: 400, zh: '请选择一个文件。', en: 'Please choose a file.' },
  DOCUMENT_TYPE: {
    status: 415,
    zh: '单证须为 PDF 或 JPEG、PNG、WebP 图片。',
    en: 'A document must be a PDF, or a JPEG, PNG or WebP picture.',
  },
  DOCUMENT_KIND: { status: 400, zh: '单证类别无效。', en: 'This kind of document is not known.' },
  IMPORT_STATE: { status: 409, zh: '该导入当前状态为「{state}」，不能这样操作。', en: 'This import is {state}; that cannot be done now.' },
  IMPORT_NO_HEADER: {
    status: 422,
    zh: '没有找到表头：前 {rows} 行中没有一行含有这些列名：{columns}。请使用模板，或检查第一个工作表。',
    en: 'No header row was found: none of the first {rows} rows names these columns: {columns}. Use the template, or check the first sheet.',
  },
  IMPORT_MAPPING: { status: 400, zh: '列对应关系无效：{reason}', en: 'The column mapping is not valid: {reason}' },
} as const satisfies ErrorTable

export const fail = refuser(IMPORTS_ERRORS)

export const IMPORTS_CONSTRAINTS: ReadonlyMap<string, () => AppError> = new Map<string, () => AppError>([
  ['consignment_declaration_key', () => fail('DECLARATION_TAKEN')],
  ['lot_consignment_product_number_key', () => fail('LOT_TAKEN')],
  ['lot_consignment_id_fkey', () => fail('STILL_REFERENCED')],
  ['document_consignment_id_fkey', () => fail('STILL_REFERENCED')],
  ['code_order_consignment_id_fkey', () => fail('STILL_REFERENCED')],
  ['code_order_lot_id_fkey', () => fail('STILL_REFERENCED')],
  ['code_batch_lot_id_fkey', () => fail('STILL_REFERENCED')],
])
