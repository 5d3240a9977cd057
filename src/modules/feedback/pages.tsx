import type { Locale } from '../../kernel/errors.ts'
import { addressWith, consumerPage, type PageFrame } from '../scans/index.ts'
import { KIND_WORDS, REPORT_KINDS, type ReportKind, type ReportStatus, STATE_WORDS } from './contract.ts'

type Frame = Omit<PageFrame, 'title'>

/** The report form: one screen, system camera, nothing mandatory but what is said. Works without JavaScript. */
export function reportFormPage(
  frame: Frame,
  form: {
    readonly code: string
    readonly kind: ReportKind
    readonly once: string
    readonly item: string
    readonly text: string
    readonly boughtAt: string
    readonly fault?: string
  },
): string {
  const { locale } = frame
  const zh = locale === 'zh'
  return consumerPage(
    { ...frame, title: zh ? '反馈 / 举报' : 'Ask or report' },
    {
      tone: form.fault === undefined ? 'green' : 'amber',
      word: zh ? '反馈 / 举报' : 'Report',
      sentence: zh ? '告诉我们您看到了什么' : 'Tell us what you have seen',
      next: zh
        ? '提交后会得到编号，可随时查看处理进度。无需登录。'
        : 'You will get a number with which you can follow it. No sign-in needed.',
    },
    <form method="post" action={addressWith({ ...frame, here: '/report' })} encType="multipart/form-data">
      <input type="hidden" name="once" value={form.once} />
      <input type="hidden" name="code" value={form.code} />
      <section class="card">
        {form.fault !== undefined && (
          <p class="fault" role="alert">
            {form.fault}
          </p>
        )}
        {form.item !== '' && <p class="quiet">{form.item}</p>}
        <p class="note">
          {zh
            ? '如出现皮肤不适，请先立即停用该产品，必要时就医，再填写本表。'
            : 'If your skin reacts: stop using the product first, see a doctor if needed, then fill this in.'}
        </p>
        <fieldset class="chips">
          <legend>{zh ? '类型' : 'Kind'}</legend>
          {REPORT_KINDS.map((kind) => (
            <label key={kind}>
              <input type="radio" name="kind" value={kind} checked={kind === form.kind} required /> {KIND_WORDS[kind][locale]}
            </label>
          ))}
        </fieldset>
        <label for="text">{zh ? '说明' : 'What happened'}</label>
        <textarea id="text" name="text" rows={4} maxLength={2000}>
          {form.text}
        </textarea>
        <label for="boughtAt">{zh ? '购买渠道（店名或平台）' : 'Where you bought it (shop or platform)'}</label>
        <input type="text" id="boughtAt" name="boughtAt" maxLength={200} value={form.boughtAt} />
        <label for="photos">{zh ? '照片（最多 3 张）' : 'Photos (3 at most)'}</label>
        <input type="file" id="photos" name="photos" accept="image/jpeg,image/png,image/webp" multiple />
        <p class="quiet">{zh ? '照片中的拍摄位置等信息会自动删除。' : 'Place and camera data in the photos are removed.'}</p>
      </section>
      <section class="card">
        <label for="contact">{zh ? '电话或邮箱（可不填）' : 'Phone or e-mail (optional)'}</label>
        <input type="text" id="contact" name="contact" maxLength={100} autocomplete="off" />
        <p>
          <input type="checkbox" id="contactConsent" name="contactConsent" value="yes" />{' '}
          <label for="contactConsent" class="quiet">
            {zh
              ? '同意为答复之目的保存我的联系方式，办结 6 个月后删除；不会提供给被反馈的企业。'
              : 'Keep my contact for the answer and erase it 6 months after closing; it is never given to the reported company.'}
          </label>
        </p>
        <p>
          <input type="checkbox" id="healthConsent" name="healthConsent" value="yes" />{' '}
          <label for="healthConsent" class="quiet">
            {zh ? '（仅不良反应）同意处理我填写的健康信息。' : '(Adverse reaction only) I agree that the health data I wrote is processed.'}
          </label>
        </p>
        <p>
          <button class="button strong" type="submit">
            {zh ? '提交' : 'Send'}
          </button>
        </p>
        <p class="quiet">
          {zh
            ? '这是向平台反馈信息，不等同于投诉或举报。需要调解赔偿或依法举报，请通过全国 12315 平台提交。'
            : 'This is information to the platform, not a complaint or a report in the legal sense: for those use the national 12315 platform.'}
        </p>
      </section>
    </form>,
  )
}

/** Progress of one report, for whoever holds its number. */
export function statusPage(frame: Frame, status: ReportStatus, isNew: boolean): string {
  const { locale } = frame
  const zh = locale === 'zh'
  const steps: [string, string | null][] = [
    [STATE_WORDS.received[locale], status.receivedAt],
    [STATE_WORDS.checking[locale], status.checkingAt],
    [STATE_WORDS.answered[locale], status.answeredAt],
    [STATE_WORDS.closed[locale], status.closedAt],
  ]
  return consumerPage(
    { ...frame, title: zh ? '反馈进度' : 'Your report' },
    {
      tone: 'green',
      word: STATE_WORDS[status.state][locale],
      sentence: isNew ? (zh ? '已收到，谢谢' : 'Received, thank you') : zh ? '反馈进度' : 'Your report',
      next: zh ? `编号 ${status.ticket}，请保存此编号或本页网址。` : `Number ${status.ticket}: keep it, or the address of this page.`,
    },
    <>
      {status.kind === 'reaction' && (
        <p class="note">{zh ? '请停止使用该产品；症状持续请就医。' : 'Stop using the product; see a doctor if it lasts.'}</p>
      )}
      <section class="card">
        <ul class="plain">
          {steps.map(([word, at]) => (
            <li key={word}>
              <strong>{word}</strong> <span class="quiet">{at === null ? (zh ? '尚未' : 'not yet') : when(at, locale)}</span>
            </li>
          ))}
        </ul>
      </section>
      {status.messages.map((m) => (
        <section class="card" key={m.at}>
          <strong>{zh ? m.fromZh : m.fromEn}</strong> <span class="quiet">{when(m.at, locale)}</span>
          <p>{m.text}</p>
        </section>
      ))}
      {status.messages.length === 0 && (
        <p class="quiet">
          {zh
            ? '还没有答复。企业或监管部门答复后会显示在这里。'
            : 'No answer yet. The company’s or the authority’s answer will appear here.'}
        </p>
      )}
    </>,
  )
}

/** Where a number is typed in. */
export function ticketEntryPage(frame: Frame, fault?: string): string {
  const zh = frame.locale === 'zh'
  return consumerPage(
    { ...frame, title: zh ? '查询反馈进度' : 'Follow a report' },
    { tone: 'green', word: zh ? '反馈进度' : 'Your report', sentence: zh ? '输入反馈编号' : 'Type the number of your report', next: '' },
    <section class="card">
      {fault !== undefined && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      <form method="get" action="/ticket">
        <input type="hidden" name="lang" value={frame.locale} />
        <label for="number">{zh ? '编号' : 'Number'}</label>
        <input type="text" id="number" name="number" maxLength={20} autocapitalize="characters" required />
        <p>
          <button class="button strong" type="submit">
            {zh ? '查看' : 'Show'}
          </button>
        </p>
      </form>
    </section>,
  )
}

function when(at: string, locale: Locale): string {
  return new Intl.DateTimeFormat(locale === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone: 'Asia/Shanghai',
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(new Date(at))
}
