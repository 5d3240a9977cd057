import { type ErrorTable, refuser } from '../../kernel/errors.ts'

export const FEEDBACK_ERRORS = {
  REPORT_EMPTY: { status: 422, zh: '请写一句说明，或附上一张照片。', en: 'Write a sentence or add a photo.' },
  REPORT_NOT_A_CODE: { status: 422, zh: '没有找到所反馈的商品码。', en: 'The code that the report names was not found.' },
  CONTACT_CONSENT: {
    status: 422,
    zh: '留下联系方式需要您勾选同意；也可以不留。',
    en: 'To leave a contact, tick the consent; you may also leave none.',
  },
  HEALTH_CONSENT: {
    status: 422,
    zh: '不良反应涉及健康信息，需要您单独勾选同意。',
    en: 'An adverse reaction is health data: please tick the separate consent.',
  },
  TOO_MANY_PHOTOS: { status: 422, zh: '最多三张照片。', en: 'Three photos at most.' },
  REPORT_STATE: { status: 409, zh: '当前状态（{state}）不能进行此操作。', en: 'This cannot be done in state {state}.' },
  NO_CONTACT: {
    status: 404,
    zh: '反馈人没有留下联系方式，或已按期删除。',
    en: 'The sender left no contact, or it has been erased in due time.',
  },
} as const satisfies ErrorTable

export const feedbackFail = refuser(FEEDBACK_ERRORS)
