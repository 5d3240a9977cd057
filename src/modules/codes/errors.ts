import type { AppError } from '../../kernel/errors.ts'
import { type ErrorTable, refuser } from '../../kernel/errors.ts'

export const CODES_ERRORS = {
  ORDER_NEEDS_LOT: {
    status: 422,
    zh: '请选择要贴标的批次，或订购“先印后绑”的空白标签。',
    en: 'Choose the lot to be labelled, or order blank labels that are bound later.',
  },
  ORDER_ZONE_STOCK: {
    status: 422,
    zh: '区内仓储货物（{mode}）尚未进口，不能订购标签。',
    en: 'Goods in zone storage ({mode}) are not imported yet and get no labels.',
  },
  OVER_ORDER: {
    status: 422,
    zh: '超出申报数量：该批次还可订购 {left} 枚（申报 {declared}，已订 {ordered}）。',
    en: 'Over the declared quantity: {left} labels can still be ordered for this lot ({declared} declared, {ordered} ordered).',
  },
  SPOILAGE_TOO_HIGH: {
    status: 422,
    zh: '损耗最多为订购数量的 10%（{limit} 枚）。',
    en: 'Spoilage is at most 10 % of the quantity ({limit} labels).',
  },
  PRINTER_UNKNOWN: { status: 422, zh: '请选择一家已核验的印刷厂。', en: 'Choose a verified printer.' },
  PRINTER_WITHOUT_KEY: {
    status: 409,
    zh: '该印刷厂尚未登记加密公钥，不能放行码包。',
    en: 'This printer has registered no key yet, so nothing can be encrypted to it.',
  },
  ORDER_BLOCKED: {
    status: 409,
    zh: '订单 {number} 的标签数量对不上（相差 {difference} 枚），请先核销或说明原因。',
    en: 'The labels of order {number} do not add up ({difference} apart): report or explain them first.',
  },
  ORDER_STATE: { status: 409, zh: '订单处于“{state}”，不能进行此操作。', en: 'The order is in state {state} and cannot do that.' },
  OWN_ORDER: { status: 403, zh: '提交人不能审批自己的订单。', en: 'Nobody approves an order that he has submitted.' },
  COUNT_TOO_HIGH: {
    status: 422,
    zh: '合计 {total} 枚，超过码包中的 {ordered} 枚。',
    en: 'Together {total} labels, more than the {ordered} in the pack.',
  },
  NOT_A_RECIPIENT: {
    status: 422,
    zh: '这不是有效的 age 公钥（以 age1 开头）。',
    en: 'This is not an age recipient (they begin with age1).',
  },
  PRIVATE_KEY_SENT: {
    status: 422,
    zh: '您粘贴的是私钥！请勿上传私钥，并立即更换一对新密钥。',
    en: 'This is a private key! Never upload it; make a new pair now.',
  },
  KEY_REGISTERED: { status: 409, zh: '该公钥已登记。', en: 'This recipient is registered already.' },
  DOWNLOADS_USED_UP: {
    status: 409,
    zh: '该码包已下载 {count} 次，达到上限；请联系平台运营方。',
    en: 'This pack was downloaded {count} times, which is the limit: ask the platform’s operator.',
  },
  PACK_DESTROYED: { status: 410, zh: '该码包已销毁。', en: 'This pack has been destroyed.' },
  DOWNLOADS_AT_MOST: {
    status: 409,
    zh: '一个码包最多下载 {limit} 次，请作废后重新订购。',
    en: 'A pack can be downloaded {limit} times at most: void it and order anew.',
  },
  ROLL_NOT_OF_ORDER: {
    status: 422,
    zh: '该订单没有第 {roll} 卷（共 {rolls} 卷）。',
    en: 'This order has no roll {roll} (it has {rolls}).',
  },
  SCRAPPED_TWICE: { status: 422, zh: '第 {roll} 卷中有标签被重复报废。', en: 'Labels of roll {roll} are reported as scrapped twice.' },
  NOTHING_TO_EXPLAIN: {
    status: 409,
    zh: '该订单数量相符，无需说明。',
    en: 'The labels of this order add up: there is nothing to explain.',
  },
  PRICE_IN_THE_PAST: { status: 422, zh: '新价格须从明天或以后开始。', en: 'A new price begins tomorrow or later.' },
  LEGACY_FILE: { status: 422, zh: '请选择要导入的文件。', en: 'Choose the file to import.' },
  LEGACY_OWNER: { status: 422, zh: '请指明这些旧码属于哪家进口商。', en: 'Tell which importer these older codes belong to.' },
  LEGACY_KNOWN: {
    status: 409,
    zh: '其中一些旧码刚刚被另一次导入登记，请重新预览。',
    en: 'Some of these codes have just been registered by another import: make the preview again.',
  },
  QUOTA_DATES: { status: 422, zh: '结束日期不得早于开始日期。', en: 'The end is before the beginning.' },
  SERIAL_KEYS_USED_UP: { status: 409, zh: '序列密钥版本已用尽（31 个）。', en: 'All 31 versions of serial keys are used.' },
  LEGACY_COLUMNS: { status: 422, zh: '缺少列：{columns}。', en: 'Columns are missing: {columns}.' },
  RANGE_NOT_OF_ORDER: { status: 422, zh: '“{input}”不是该订单的标签。', en: '"{input}" is not a label of this order.' },
} as const satisfies ErrorTable

export const codesFail = refuser(CODES_ERRORS)

export const CODES_CONSTRAINTS: ReadonlyMap<string, () => AppError> = new Map<string, () => AppError>([
  ['printer_key_recipient_key', () => codesFail('KEY_REGISTERED')],
  ['legacy_code_pkey', () => codesFail('LEGACY_KNOWN')],
])
