import { type ErrorTable, refuser } from '../../kernel/errors.ts'

export const SCANS_ERRORS = {
  BUSY: {
    status: 503,
    zh: '查询人数较多，请在 {seconds} 秒后重试。',
    en: 'Many people are checking just now: try again in {seconds} seconds.',
  },
  TOO_MANY_SCANS: {
    status: 429,
    zh: '您查询得太快了，请在 {seconds} 秒后重试。',
    en: 'You are checking very fast: try again in {seconds} seconds.',
  },
  TOO_MANY_UNKNOWN: {
    status: 429,
    zh: '您输入了很多不存在的码，请在 {seconds} 秒后重试；真实标签上的码仍可照常查询。',
    en: 'Many of the codes that you checked do not exist: try again in {seconds} seconds. Codes of real labels can still be checked.',
  },
  PIN_FORMAT: {
    status: 422,
    zh: '验证码是涂层下的 8 至 16 位数字，请重新输入。',
    en: 'The PIN is the 8 to 16 digits under the coating: type them again.',
  },
  PIN_WAIT: {
    status: 429,
    zh: '验证码输错次数较多，请在 {seconds} 秒后重试。他人不受影响；若数字看不清，可通过“反馈/举报”联系我们。',
    en: 'Several PINs were wrong: try again in {seconds} seconds. Nobody else is affected; if the digits cannot be read, tell us through “Report”.',
  },
  NOT_A_CODE: { status: 400, zh: '这不是有效的商品码地址。', en: 'This is not the address of an item code.' },
  LABEL_WITHOUT_PRODUCT: {
    status: 404,
    zh: '此标签尚未绑定商品，没有相关链接。',
    en: 'This label is not bound to a product yet and has no links.',
  },
  RETIRE_NOT_ACTIVE: { status: 409, zh: '此码当前状态不能注销。', en: 'A code in this state cannot be retired.' },
  RETIRE_NOT_SCANNED: {
    status: 403,
    zh: '请先用这部手机扫描瓶身上的码，再注销空瓶。',
    en: 'Scan the code on the bottle with this phone first, then retire it.',
  },
  RETIRE_UNDO_LATE: {
    status: 409,
    zh: '注销超过 24 小时，不能撤销。',
    en: 'It was retired more than 24 hours ago and cannot be taken back.',
  },
  RETIRE_UNDO_FOREIGN: { status: 403, zh: '只有注销时所用的手机可以撤销。', en: 'Only the phone that retired it can take it back.' },
} as const satisfies ErrorTable

export const scansFail = refuser(SCANS_ERRORS)
