import { type AppError, type ErrorTable, refuser } from '../../kernel/errors.ts'

export const LABELS_ERRORS = {
  PINS_OF_LEGACY: { status: 409, zh: '旧系统的码不能生成验证码。', en: 'Codes of the older system get no PINs.' },
  PINS_IN_USE: {
    status: 409,
    zh: '该批次已有标签激活，验证码不能重新生成。',
    en: 'Labels of this batch have been activated: their PINs can no longer be made anew.',
  },
  PINS_MAKING: { status: 409, zh: '该批次的验证码正在生成，请稍候。', en: 'PINs of this batch are being made: wait a moment.' },
  COATER_WITHOUT_KEY: {
    status: 409,
    zh: '该印厂没有登记 age 公钥，无法加密验证码文件。',
    en: 'This printer has no age key on file, so its file cannot be sealed.',
  },
  PINS_NOT_READY: { status: 409, zh: '验证码文件还在生成，请稍候。', en: 'The file of PINs is still being made: wait a moment.' },
  PINS_DESTROYED: { status: 410, zh: '验证码文件已销毁或已作废。', en: 'The file of PINs has been destroyed or is void.' },
  PIN_DOWNLOADS_USED_UP: {
    status: 409,
    zh: '已下载 {count} 次，达到上限；请联系平台重新生成。',
    en: 'Downloaded {count} times, which is the limit: ask the platform to make the PINs anew.',
  },
} as const satisfies ErrorTable

export const labelsFail = refuser(LABELS_ERRORS)

export const LABELS_CONSTRAINTS: ReadonlyMap<string, () => AppError> = new Map([['pin_run_batch_key', () => labelsFail('PINS_MAKING')]])
