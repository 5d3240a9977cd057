import type { Locale } from '../../../kernel/errors.ts'
import { provinceName } from '../../../kernel/region.ts'
import { addressWith, page, type PageFrame } from '../../../platform/pages/public-page.tsx'
import type { LabelPin } from '../verify-code.ts'
import { VERDICT_WORDS } from '../words.ts'

type Frame = Omit<PageFrame, 'title'>

/** The field for the digits under the coating: a numeric pad, no browser's memory, a form that needs no script. */
export function PinForm({ frame, code, fault }: { readonly frame: Frame; readonly code: string; readonly fault?: string | undefined }) {
  const zh = frame.locale === 'zh'
  return (
    <form method="post" action={addressWith({ ...frame, here: `/pin?code=${encodeURIComponent(code)}` })}>
      <label for="pin">{zh ? '刮开涂层，输入验证码' : 'Scratch the coating and type the PIN'}</label>
      {fault !== undefined && (
        <p class="fault" role="alert" id="pin-fault">
          {fault}
        </p>
      )}
      <input
        type="text"
        id="pin"
        name="pin"
        inputMode="numeric"
        autocomplete="off"
        maxLength={40}
        required
        aria-describedby={fault === undefined ? undefined : 'pin-fault'}
      />
      <p>
        <button class="button strong" type="submit">
          {zh ? '验证' : 'Check the PIN'}
        </button>
      </p>
    </form>
  )
}

/** When and where a label's PIN was first proved: shown for ever after. */
export function PinHistory({
  pin,
  locale,
  dateText,
}: {
  readonly pin: LabelPin
  readonly locale: Locale
  readonly dateText: (at: Date, locale: Locale) => string
}) {
  if (pin.reveal === undefined) return null
  const zh = locale === 'zh'
  const when = dateText(new Date(pin.reveal.at), locale)
  const where = pin.reveal.province === null ? '' : provinceName(pin.reveal.province, locale)
  return (
    <p>
      {zh
        ? `涂层验证码首次验证：${when}${where === '' ? '' : `（${where}）`}，共验证 ${pin.reveal.times} 次。`
        : `The PIN under the coating was first checked on ${when}${where === '' ? '' : ` in ${where}`}, and ${pin.reveal.times} ${pin.reveal.times === 1 ? 'time' : 'times'} in all.`}
    </p>
  )
}

/** The digits are not this label's, or the label is none of ours: one page, which must not tell the two apart. */
export function noMatchPage(frame: Frame, code: string): string {
  const zh = frame.locale === 'zh'
  return page(
    { ...frame, title: zh ? '验证码 · 溯真' : 'PIN · Suzhen' },
    {
      tone: 'amber',
      word: VERDICT_WORDS.recheck[frame.locale],
      sentence: zh ? '验证码与此标签不符。' : 'The PIN does not belong to this label.',
      next: zh
        ? '请逐位核对后重新输入；多次不符请勿使用该商品，并反馈。'
        : 'Compare it digit by digit and type it again. If it never fits, do not use the item and send us a report.',
    },
    <>
      <section class="card">
        <PinForm frame={frame} code={code} />
      </section>
      <nav class="thumb">
        <a class="button" href={addressWith({ ...frame, here: code })}>
          {zh ? '返回查询结果' : 'Back to the answer'}
        </a>
        <a class="button strong" href={addressWith({ ...frame, here: `/report?code=${encodeURIComponent(code)}` })}>
          {zh ? '反馈 / 举报' : 'Ask or report'}
        </a>
      </nav>
    </>,
  )
}

/** The field alone, for a link and for digits that are none. */
export function pinPage(frame: Frame, code: string, fault?: string): string {
  const zh = frame.locale === 'zh'
  return page(
    { ...frame, title: zh ? '验证码 · 溯真' : 'PIN · Suzhen' },
    {
      tone: 'grey',
      word: zh ? '验证码' : 'PIN',
      sentence: zh ? '刮开标签上的涂层，输入下面的数字' : 'Scratch the coating on the label and type the digits below it',
      next: zh
        ? '不需登录。首次验证的日期会留给以后的人看。'
        : 'No sign-in. The date of the first check will be told to whoever checks later.',
    },
    <section class="card">
      <PinForm frame={frame} code={code} fault={fault} />
    </section>,
  )
}
