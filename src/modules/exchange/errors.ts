import { type ErrorTable, refuser } from '../../kernel/errors.ts'

export const EXCHANGE_ERRORS = {
  TOO_MANY_WEBHOOK_TESTS: {
    status: 429,
    zh: '测试推送过于频繁，请在 {seconds} 秒后再试。',
    en: 'Too many test messages: try again in {seconds} seconds.',
  },
} as const satisfies ErrorTable

export const exchangeFail = refuser(EXCHANGE_ERRORS)
