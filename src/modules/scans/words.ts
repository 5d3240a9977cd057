import type { Words } from '../../kernel/errors.ts'
import type { Reason, Verdict } from './verdict.ts'

/** The band's word for each verdict. */
export const VERDICT_WORDS: Readonly<Record<Verdict, Words>> = {
  registered: { zh: '已登记，未见异常', en: 'Registered, nothing unusual' },
  verified: { zh: '已验证', en: 'Verified' },
  recheck: { zh: '需再核验', en: 'Check further' },
  'high-risk': { zh: '高风险', en: 'High risk' },
  recalled: { zh: '已召回', en: 'Recalled' },
  inactive: { zh: '未激活', en: 'Not activated' },
  test: { zh: '测试标签', en: 'Test label' },
  'not-ours': { zh: '非本平台码', en: 'Not one of our codes' },
}

/** One sentence for the band (`says`) and what to do next (`next`). */
export const REASON_WORDS: Readonly<Record<Reason, { readonly says: Words; readonly next: Words }>> = {
  REGISTERED: {
    says: { zh: '该标签已登记，目前未发现异常。', en: 'This label is registered and nothing unusual is known about it.' },
    next: {
      zh: '二维码可以被复制，请核对下方批号与效期是否与实物一致。',
      en: 'A QR code can be copied: compare the lot and expiry below with the item in your hand.',
    },
  },
  REPEAT: {
    says: { zh: '此码之前被查询过。', en: 'This code was checked before.' },
    next: {
      zh: '转赠、转让或店员查验后再次查询属正常；若您购买的是全新未拆商品而多次被查，请留意。',
      en: 'That is normal for a gift, a second-hand item or a check in the shop. For a new, sealed item that was checked many times, be careful.',
    },
  },
  OWN_REPEAT: {
    says: { zh: '您本人之前用这部手机查询过。', en: 'You have checked this code before with this phone.' },
    next: { zh: '无需处理。', en: 'Nothing to do.' },
  },
  MANY_SCANS: {
    says: { zh: '此码被查询的次数偏多。', en: 'This code has been checked unusually often.' },
    next: {
      zh: '若为新购商品，请核对标签特征，并可通过“反馈/举报”告诉我们购买渠道。',
      en: 'If you have just bought it, compare the label’s features and tell us where you bought it through “Report”.',
    },
  },
  FAR_APART: {
    says: { zh: '此码不久前在另一省份被查询过。', en: 'This code was checked in another province a short while ago.' },
    next: {
      zh: '手机网络可能显示为其他省份；若非您本人查询，请再核对实物并反馈。',
      en: 'Mobile networks sometimes report another province. If it was not you, compare the item again and report it.',
    },
  },
  SPREAD: {
    says: {
      zh: '此码在多个省份被大量查询，标签可能被复制。',
      en: 'This code has been checked many times in several provinces: the label may have been copied.',
    },
    next: {
      zh: '请勿使用，保留商品与购买凭证，并通过“反馈/举报”提交。',
      en: 'Do not use the item; keep it and the receipt, and send us a report.',
    },
  },
  EXPIRED: {
    says: { zh: '该批商品已超过限期使用日期，请勿使用。', en: 'This lot is past its expiry date: do not use it.' },
    next: {
      zh: '若您刚刚购买，请联系销售者退换，并可举报销售过期化妆品。',
      en: 'If you have just bought it, ask the seller for a refund; selling expired cosmetics can be reported.',
    },
  },
  EXPIRES_SOON: {
    says: { zh: '该批商品将在 90 天内到期。', en: 'This lot expires within 90 days.' },
    next: { zh: '请在到期前用完。', en: 'Use it up before then.' },
  },
  RETIRED: {
    says: {
      zh: '此瓶已由使用者注销（空瓶注销），不应再作为新品出售。',
      en: 'Its user has retired this bottle as empty: it should not be sold again.',
    },
    next: {
      zh: '可能是空瓶回灌，请勿使用，并通过“反馈/举报”告诉我们来源。',
      en: 'It may have been refilled: do not use it, and tell us where it came from through “Report”.',
    },
  },
  VOID: {
    says: { zh: '此标签已作废，不应出现在商品上。', en: 'This label has been voided and should not be on any item.' },
    next: { zh: '请勿使用，保留实物并反馈。', en: 'Do not use the item; keep it and send us a report.' },
  },
  DESTROYED: {
    says: { zh: '该商品已登记为销毁，不应再流通。', en: 'This item is recorded as destroyed and should not be in circulation.' },
    next: { zh: '请勿使用，保留实物并举报。', en: 'Do not use the item; keep it and send us a report.' },
  },
  REPLACED: {
    says: { zh: '此标签已由新标签替换。', en: 'This label has been replaced by a new one.' },
    next: {
      zh: '请查找商品上的新标签并重新扫码；没有新标签请反馈。',
      en: 'Look for the new label on the item and scan that; if there is none, send us a report.',
    },
  },
  FROZEN: {
    says: { zh: '该商品正在核查，暂缓销售与使用。', en: 'This item is under review: please hold off selling or using it.' },
    next: { zh: '请稍后再查，或联系进口商。', en: 'Check again later, or ask the importer.' },
  },
  RECALLED: {
    says: { zh: '该商品已被召回，请立即停止使用。', en: 'This item has been recalled: stop using it now.' },
    next: {
      zh: '请联系销售者或进口商办理退货，保留实物与凭证。',
      en: 'Ask the seller or importer for a return; keep the item and the receipt.',
    },
  },
  INACTIVE: {
    says: { zh: '此标签尚未激活，不能作为任何凭证。', en: 'This label has not been activated and proves nothing.' },
    next: {
      zh: '本次查询不计次。若它已贴在出售的商品上，请通过“反馈/举报”告诉我们。',
      en: 'This check is not counted. If the label is on an item for sale, tell us through “Report”.',
    },
  },
  LEAKED: {
    says: { zh: '此码不应出现在任何商品上。', en: 'This code should not be on any item.' },
    next: {
      zh: '请勿购买或使用，并通过“反馈/举报”告诉我们来源。',
      en: 'Do not buy or use the item, and tell us where you found it through “Report”.',
    },
  },
  TEST_LABEL: {
    says: {
      zh: '这是系统对接用的测试标签，不代表任何真实商品。',
      en: 'This is a test label for connecting systems. It stands for no real item.',
    },
    next: {
      zh: '若它出现在出售的商品上，请勿购买，并通过“反馈/举报”告诉我们。',
      en: 'If you find it on an item for sale, do not buy it, and tell us through “Report”.',
    },
  },
  NOT_OURS: {
    says: { zh: '这不是本平台签发的码。', en: 'We did not issue this code.' },
    next: {
      zh: '请核对网址域名与输入是否正确；若商品声称由本平台保护，请举报可疑标签。',
      en: 'Check the address and what was typed. If the item claims to be protected by this platform, report the label.',
    },
  },
  CROSS_BORDER_RETAIL: {
    says: {
      zh: '跨境电商零售进口商品：仅限个人自用，不得再次销售；可能无中文标签，无需备案。',
      en: 'Imported by cross-border retail: for personal use only, not to be resold; it may have no Chinese label and needs no filing.',
    },
    next: { zh: '若在实体店中见到本品，可举报二次销售。', en: 'If you found it in a shop, its resale can be reported.' },
  },
  PIN_FIRST: {
    says: {
      zh: '涂层下的验证码正确，这是首次验证。',
      en: 'The PIN under the coating is right, and this is the first time it was checked.',
    },
    next: {
      zh: '若涂层由您亲手刮开，这枚标签就是我们签发的那一枚；请再核对批号与效期。以后的查询会显示本次时间。',
      en: 'If you scratched the coating yourself, this is the label that we issued. Compare lot and expiry too. Later checks will tell today’s date.',
    },
  },
  PIN_OWN_REPEAT: {
    says: { zh: '验证码正确，您本人之前用这部手机验证过。', en: 'The PIN is right, and you checked it before with this phone.' },
    next: { zh: '无需处理。', en: 'Nothing to do.' },
  },
  PIN_REPEAT: {
    says: {
      zh: '验证码正确，但之前已有人验证过（首次日期见下）。',
      en: 'The PIN is right, but somebody checked it before (the first date is below).',
    },
    next: {
      zh: '若不是您或赠予您的人所验，或涂层在购买时已被刮开，请勿使用并反馈。',
      en: 'If that was neither you nor whoever gave it to you, or the coating was already scratched when you bought it, do not use it and send us a report.',
    },
  },
}
