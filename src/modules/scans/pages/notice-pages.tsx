import type { RecalledLot, TimelineEntry } from '../../events/index.ts'
import type { Verification } from '../verify-code.ts'
import { REASON_WORDS, VERDICT_WORDS } from '../words.ts'
import { addressWith, page, type PageFrame } from '../../../platform/pages/public-page.tsx'
import { dateText } from './verdict-page.tsx'

type Frame = Omit<PageFrame, 'title'>

const back = (frame: Frame, to: string, zh: boolean, words = zh ? '返回查询结果' : 'Back to the answer') => (
  <p>
    <a class="button" href={addressWith({ ...frame, here: to })}>
      {words}
    </a>
  </p>
)

/** Entry by hand, and how to tell the real domain: for a reader who has the label but no scanner. */
export function entryPage(
  frame: Frame,
  publicUrl: string,
  wrong?: { readonly fault: string; readonly code: string; readonly gtin: string },
): string {
  const zh = frame.locale === 'zh'
  return page(
    { ...frame, title: zh ? '溯真 · 查询' : 'Suzhen · check a code' },
    {
      tone: 'green',
      word: zh ? '查询' : 'Check',
      sentence: zh ? '扫描标签上的二维码，或在此输入' : 'Scan the QR code on the label, or type it here',
      next: zh ? `标签网址以 ${publicUrl}/ 开头` : `Labels begin with ${publicUrl}/`,
    },
    <section class="card">
      {wrong !== undefined && (
        <p class="fault" role="alert">
          {wrong.fault}
        </p>
      )}
      <form method="get" action="/check">
        <input type="hidden" name="lang" value={frame.locale} />
        <label for="code">{zh ? '标签上的网址或序列号' : 'Address or serial on the label'}</label>
        <input
          type="text"
          id="code"
          name="code"
          value={wrong?.code ?? ''}
          maxLength={300}
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          required
        />
        <label for="gtin">{zh ? '商品条码（仅输入序列号时需要）' : 'Barcode (only needed with a bare serial)'}</label>
        <input type="text" id="gtin" name="gtin" value={wrong?.gtin ?? ''} maxLength={14} inputMode="numeric" autocomplete="off" />
        <p>
          <button class="button strong" type="submit">
            {zh ? '查询' : 'Check'}
          </button>
        </p>
      </form>
    </section>,
  )
}

/** The route of an item, to city level and without names of people. */
export function routePage(v: Verification, timeline: readonly TimelineEntry[], frame: Frame, item: string): string {
  const zh = frame.locale === 'zh'
  return page(
    { ...frame, title: zh ? '流通轨迹' : 'Route' },
    {
      tone: 'green',
      word: VERDICT_WORDS[v.judgement.verdict][frame.locale],
      sentence: zh ? '流通轨迹' : 'Route of this item',
      next: zh ? '由参与各方登记，最新在前。' : 'As registered by those who handled it, newest first.',
    },
    <>
      <section class="card">
        {timeline.length === 0 ? (
          <p>{zh ? '尚无流通记录。' : 'Nothing has been registered yet.'}</p>
        ) : (
          <ul class="plain">
            {timeline.map((entry) => (
              <li key={entry.eventId}>
                <strong>{entry.words[frame.locale]}</strong>
                <div class="quiet">
                  {dateText(new Date(entry.at), frame.locale)}
                  {entry.place !== '' && ` · ${entry.place}`}
                  {` · ${entry.party[frame.locale]}`}
                </div>
              </li>
            ))}
          </ul>
        )}
      </section>
      {back(frame, item, zh)}
    </>,
  )
}

/** What was told, when: to be printed or kept as a picture. The signature lets the platform recognise its own words. */
export function voucherPage(v: Verification, seal: string, frame: Frame, item: string): string {
  const zh = frame.locale === 'zh'
  const when = new Intl.DateTimeFormat(zh ? 'zh-CN' : 'en-GB', {
    timeZone: 'Asia/Shanghai',
    dateStyle: 'long',
    timeStyle: 'medium',
  }).format(v.at)
  const first = v.judgement.reasons[0]!
  return page(
    { ...frame, title: zh ? '查询凭证' : 'Voucher' },
    {
      tone: 'grey',
      word: zh ? '查询凭证' : 'Voucher',
      sentence: VERDICT_WORDS[v.judgement.verdict][frame.locale],
      next: REASON_WORDS[first].says[frame.locale],
    },
    <>
      <section class="card">
        <dl class="rows">
          <dt>{zh ? '查询时间（北京时间）' : 'Checked at (Beijing time)'}</dt>
          <dd>{when}</dd>
          <dt>{zh ? '商品' : 'Product'}</dt>
          <dd>{v.card.product === undefined ? '-' : zh ? v.card.product.nameZh : v.card.product.nameEn || v.card.product.nameZh}</dd>
          <dt>{zh ? '生产批号' : 'Lot'}</dt>
          <dd class="mono">{v.card.lot?.lotNumber ?? '-'}</dd>
          <dt>{zh ? '序列号' : 'Serial'}</dt>
          <dd class="mono">{v.code.serial}</dd>
          <dt>{zh ? '凭证校验码' : 'Seal of this voucher'}</dt>
          <dd class="mono">{seal}</dd>
        </dl>
        <p class="quiet">
          {zh
            ? '截屏或打印本页即可保存。本凭证只说明查询当时的登记情况，不证明商品真伪。'
            : 'Keep a screenshot or print this page. It tells what was registered at that moment and is no proof of the item itself.'}
        </p>
      </section>
      {back(frame, item, zh)}
    </>,
  )
}

export function recallsPage(lots: readonly RecalledLot[], frame: Frame): string {
  const zh = frame.locale === 'zh'
  return page(
    { ...frame, title: zh ? '召回查询' : 'Recalls' },
    {
      tone: lots.length > 0 ? 'amber' : 'green',
      word: zh ? '召回查询' : 'Recalls',
      sentence:
        lots.length > 0
          ? zh
            ? `目前有 ${lots.length} 个批次被召回`
            : lots.length === 1
              ? '1 lot is recalled now'
              : `${lots.length} lots are recalled now`
          : zh
            ? '目前没有召回'
            : 'Nothing is recalled now',
      next:
        lots.length > 0
          ? zh
            ? '如您持有所列批次，请停止使用并联系销售者退货。'
            : 'If you have one of these lots, stop using it and ask the seller for a return.'
          : zh
            ? '召回信息发布后会立即显示在这里，并在扫码时提示。'
            : 'A recall appears here, and at every scan, as soon as it is ordered.',
    },
    lots.length > 0 && (
      <section class="card">
        <ul class="plain">
          {lots.map((lot) => (
            <li key={lot.lotId}>
              <strong>{zh ? lot.productNameZh : lot.productNameEn || lot.productNameZh}</strong>
              <div class="quiet">
                {zh ? '批号' : 'Lot'} <span class="mono">{lot.lotNumber}</span> · {dateText(new Date(lot.at), frame.locale)}
              </div>
            </li>
          ))}
        </ul>
      </section>
    ),
  )
}

export function retirePage(v: Verification, frame: Frame, item: string): string {
  const zh = frame.locale === 'zh'
  return page(
    { ...frame, title: zh ? '空瓶注销' : 'Retire an empty bottle' },
    {
      tone: 'amber',
      word: zh ? '空瓶注销' : 'Retire',
      sentence: zh ? '用完后注销，防止空瓶回灌再卖' : 'Retire it when it is empty, so that nobody can refill and sell it',
      next: zh
        ? '注销后任何人再扫此码都会看到红色警示。24 小时内可用本机撤销。'
        : 'From then on every scan of this code shows a red warning. Within 24 hours this phone can take it back.',
    },
    <>
      <section class="card">
        <p>
          <strong>{v.card.product === undefined ? '' : zh ? v.card.product.nameZh : v.card.product.nameEn || v.card.product.nameZh}</strong>
        </p>
        <p class="mono">{v.code.serial}</p>
        <form method="post" enctype="multipart/form-data" action={addressWith(frame)}>
          <button class="button warn" type="submit">
            {zh ? '确认已用完，注销此码' : 'It is empty: retire this code'}
          </button>
        </form>
      </section>
      {back(frame, item, zh)}
    </>,
  )
}

export function retiredPage(frame: Frame, item: string, undo: boolean): string {
  const zh = frame.locale === 'zh'
  return page(
    { ...frame, title: zh ? '空瓶注销' : 'Retire an empty bottle' },
    {
      tone: 'grey',
      word: zh ? '空瓶注销' : 'Retire',
      sentence: undo ? (zh ? '已撤销注销' : 'The retirement was taken back') : zh ? '已注销，谢谢' : 'Retired, thank you',
      next: undo
        ? zh
          ? '此码恢复正常。'
          : 'The code is as it was before.'
        : zh
          ? '再次扫描此码将显示红色警示。'
          : 'From now on a scan of this code shows a red warning.',
    },
    <>
      {!undo && (
        <section class="card">
          <form
            method="post"
            enctype="multipart/form-data"
            action={addressWith({ ...frame, here: frame.here.replace('/retire?', '/retire/undo?') })}
          >
            <button class="button" type="submit">
              {zh ? '点错了，撤销（24 小时内）' : 'A mistake: take it back (within 24 hours)'}
            </button>
          </form>
        </section>
      )}
      {back(frame, item, zh)}
    </>,
  )
}

export function privacyPage(frame: Frame): string {
  const zh = frame.locale === 'zh'
  const rows: [string, string, string][] = zh
    ? [
        ['网络地址', '限流与识别复制标签', '24 小时；加密摘要，仅推断省份'],
        ['设备标记（第一方 Cookie）', '显示“您本人”、同机重复不计次', '30 天；随机数，不用于其他用途'],
        ['反馈中的电话（可不填）', '答复您', '办结后 6 个月；加密保存，不提供给被反馈方'],
        ['反馈中的照片', '作为线索', '随案保存；自动去除拍摄位置等信息'],
      ]
    : [
        ['Network address', 'limits, and to find copied labels', '24 hours; as a keyed hash, from which only the province is derived'],
        ['Device mark (first-party cookie)', 'to show “you”, and to count repeats once', '30 days; random, used for nothing else'],
        ['Phone in a report (optional)', 'to answer you', '6 months after closing; encrypted, never given to the reported party'],
        ['Photos in a report', 'evidence', 'with the case; place and camera data are removed'],
      ]
  return page(
    { ...frame, title: zh ? '隐私说明' : 'Privacy' },
    {
      tone: 'grey',
      word: zh ? '隐私说明' : 'Privacy',
      sentence: zh ? '查询不需要您的身份' : 'A check needs nothing about you',
      next: zh ? '不要求登录、定位、手机号，不加载第三方内容。' : 'No sign-in, no location, no phone number, nothing from third parties.',
    },
    <section class="card">
      <ul class="plain">
        {rows.map(([what, why, kept]) => (
          <li key={what}>
            <strong>{what}</strong>
            <div class="quiet">
              {why}；{kept}
            </div>
          </li>
        ))}
      </ul>
    </section>,
  )
}

/** Any fault of a page route, told as a page: busy, too fast, not a code. */
export function faultPage(frame: Frame, sentence: string, next: string): string {
  const zh = frame.locale === 'zh'
  return page(
    { ...frame, title: '溯真 Suzhen' },
    { tone: 'amber', word: zh ? '未完成' : 'Not done', sentence, next },
    <section class="card">{back(frame, '/', zh, zh ? '查询一个码' : 'Check a code')}</section>,
  )
}
