import type { Locale } from '../../../kernel/errors.ts'
import { countryName, tradeModeName, transportModeName } from '../../../kernel/cn/customs.ts'
import { provinceName } from '../../../kernel/region.ts'
import type { Verdict } from '../verdict.ts'
import type { Verification } from '../verify-code.ts'
import { REASON_WORDS, VERDICT_WORDS } from '../words.ts'
import { PinForm, PinHistory } from './pin-pages.tsx'
import { addressWith, page, type PageFrame, type Tone } from '../../../platform/pages/public-page.tsx'

const TONES: Readonly<Record<Verdict, Tone>> = {
  registered: 'green',
  verified: 'green',
  recheck: 'amber',
  'high-risk': 'red',
  recalled: 'red',
  inactive: 'grey',
  test: 'grey',
  'not-ours': 'red',
}

/** The answer to a scan, in the order of a hurried reader: verdict, item, does it match, earlier checks, the rest folded. */
export function verdictPage(v: Verification, frame: Omit<PageFrame, 'title'>, publicUrl: string): string {
  const { locale } = frame
  const zh = locale === 'zh'
  const [first, ...others] = v.judgement.reasons
  const main = REASON_WORDS[first!]
  const { product, lot, importer } = v.card
  const known = v.item !== undefined && v.judgement.verdict !== 'not-ours' && v.judgement.verdict !== 'test'
  const code = encodeURIComponent(frame.here)
  return page(
    { ...frame, title: `${VERDICT_WORDS[v.judgement.verdict][locale]} · 溯真` },
    {
      tone: TONES[v.judgement.verdict],
      word: VERDICT_WORDS[v.judgement.verdict][locale],
      sentence: main.says[locale],
      next: main.next[locale],
    },
    <>
      {product !== undefined && (
        <section class="card item">
          {product.pictureFileId !== null ? (
            <img
              src={`/pictures/${product.pictureFileId}?size=small`}
              alt={zh ? '商品图片' : 'Picture of the product'}
              width={96}
              height={96}
            />
          ) : (
            <span class="nopic" aria-hidden="true" />
          )}
          <div>
            <h2>{zh ? product.nameZh : product.nameEn || product.nameZh}</h2>
            <div class="quiet">{zh ? product.nameEn : product.nameZh}</div>
            <div class="quiet">{[product.brand, product.spec].filter((x) => x !== '').join(' · ')}</div>
          </div>
        </section>
      )}
      {lot !== undefined && (
        <section class="card">
          <dl class="match">
            <dt>{zh ? '生产批号' : 'Lot'}</dt>
            <dd class="mono">{lot.lotNumber}</dd>
            {lot.expiresOn !== null && (
              <>
                <dt>{zh ? '限期使用日期' : 'Use before'}</dt>
                <dd>{lot.expiresOn}</dd>
              </>
            )}
          </dl>
          <div id="match">{zh ? '与您手中的商品一致吗？' : 'Does it match the item in your hand?'}</div>
          <div class="two">
            <a class="button" href="#earlier">
              {zh ? '一致' : 'It matches'}
            </a>
            <a class="button warn" href={addressWith({ ...frame, here: `/report?code=${code}&kind=mismatch` })}>
              {zh ? '不一样' : 'It differs'}
            </a>
          </div>
        </section>
      )}
      {v.pin !== undefined && v.scan?.status === 'active' && v.pinProof === undefined && (
        <section class="card">
          <PinForm frame={frame} code={frame.here} />
        </section>
      )}
      {known && v.scan !== undefined && v.scan.status !== 'inert' && (
        <section class="card" id="earlier">
          {v.pin !== undefined && <PinHistory pin={v.pin} locale={locale} dateText={dateText} />}
          {earlier(v, locale)}
        </section>
      )}
      {others.length > 0 && (
        <section class="card">
          <ul class="plain">
            {others.map((reason) => (
              <li key={reason}>
                <strong>{REASON_WORDS[reason].says[locale]}</strong> <span class="quiet">{REASON_WORDS[reason].next[locale]}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {!known && v.judgement.verdict !== 'test' && (
        <section class="card">
          <p>
            {zh ? '本平台的标签网址以此域名开头：' : 'Labels of this platform begin with this address:'}{' '}
            <span class="mono">{publicUrl}/</span>
          </p>
          <p class="quiet">
            {zh
              ? '请逐字核对标签上印的域名；仿冒网页常用相似的字母。'
              : 'Compare it letter by letter with what is printed on the label: look-alike pages use similar letters.'}
          </p>
          <p class="mono">{v.code.serial.slice(0, 40)}</p>
        </section>
      )}
      {product !== undefined && (
        <details class="card">
          <summary>{zh ? '商品与进口信息' : 'Product and import details'}</summary>
          <dl class="rows">
            {rows(v, locale).map(([name, value]) => (
              <>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </>
            ))}
          </dl>
          {importer !== undefined && (
            <p class="quiet">{zh ? '信息由进口商申报并由平台登记。' : 'Declared by the importer and registered by the platform.'}</p>
          )}
        </details>
      )}
      {known && v.item !== undefined && (
        <p>
          <a class="button" href={addressWith({ ...frame, here: `${frame.here}?view=route` })}>
            {zh ? '查看流通轨迹（到城市）' : 'See its route (by city)'}
          </a>
        </p>
      )}
      <nav class="thumb" aria-label={zh ? '下一步' : 'What next'}>
        <a class="button strong" href={addressWith({ ...frame, here: `/report?code=${code}` })}>
          {zh ? '反馈 / 举报' : 'Ask or report'}
        </a>
        <a class="button" href={addressWith({ ...frame, here: '/recalls' })}>
          {zh ? '召回查询' : 'Recalls'}
        </a>
        {known && (
          <a class="button" href={addressWith({ ...frame, here: `${frame.here}?view=voucher` })}>
            {zh ? '保存凭证' : 'Save a voucher'}
          </a>
        )}
        {known && v.scan?.status === 'active' && (
          <a class="button" href={addressWith({ ...frame, here: `/retire?code=${code}` })}>
            {zh ? '空瓶注销' : 'Retire empty bottle'}
          </a>
        )}
      </nav>
    </>,
  )
}

function earlier(v: Verification, locale: Locale) {
  const zh = locale === 'zh'
  const scan = v.scan!
  const count = scan.scanCount
  const others = Math.max(0, count - (scan.counted ? 1 : 0))
  if (others === 0) return <p>{zh ? '这是此码的第一次查询。' : 'This is the first check of this code.'}</p>
  const when = scan.firstScanAt === null ? '' : dateText(new Date(scan.firstScanAt), locale)
  const where = scan.firstProvince === null ? '' : provinceName(scan.firstProvince, locale)
  return (
    <>
      <p>
        {zh
          ? `此前共查询 ${others} 次，首次 ${when}${where === '' ? '' : `（${where}）`}。`
          : `Checked ${others} ${others === 1 ? 'time' : 'times'} before; first on ${when}${where === '' ? '' : ` in ${where}`}.`}
        {scan.ownBefore > 0 && (zh ? ` 其中您本人 ${scan.ownBefore} 次。` : ` ${scan.ownBefore} of them with this phone.`)}
      </p>
      <p class="quiet">
        {zh
          ? '只显示次数、首次日期与省份，不显示他人的查询明细。'
          : 'Only the count, the first date and the province are shown, never other people’s checks.'}
      </p>
    </>
  )
}

function rows(v: Verification, locale: Locale): [string, string][] {
  const zh = locale === 'zh'
  const { product, lot, importer } = v.card
  const crossBorder = lot?.regime === 'cross-border-retail'
  const all: [string, string | null | undefined][] = [
    [zh ? '规格型号' : 'Specification', product?.spec],
    [zh ? '商品条码' : 'Barcode (GTIN)', product?.gtin.replace(/^0(?=\d{13}$)/, '')],
    [zh ? '原产国（地）' : 'Origin', product === undefined || product.origin === '' ? undefined : countryName(product.origin, locale)],
    [zh ? '进口商（代理商）' : 'Importer', importer === undefined ? undefined : zh ? importer.nameZh : importer.nameEn || importer.nameZh],
    [zh ? '境内责任人' : 'Responsible person in China', product?.responsiblePerson],
    [
      zh ? '备案/注册编号' : 'Filing or registration',
      crossBorder ? (zh ? '跨境电商零售进口，依规免备案' : 'Cross-border retail import: exempt from filing') : product?.filingNumber,
    ],
    [
      zh ? '运输方式' : 'Transport',
      lot === undefined ? undefined : transportModeName(lot.firstLineTransportMode ?? lot.declarationTransportMode, locale),
    ],
    [zh ? '入境口岸' : 'Port of entry', lot?.entryPort],
    [zh ? '入境日期' : 'Entered on', lot?.enteredOn],
    [zh ? '监管方式' : 'Trade mode', lot === undefined ? undefined : tradeModeName(lot.tradeMode, locale)],
    [zh ? '报关单号' : 'Declaration', lot === undefined ? undefined : masked(lot.declarationNumber)],
    [
      zh ? '检验检疫' : 'Inspection',
      lot?.inspectionPassedOn === null || lot === undefined
        ? undefined
        : zh
          ? `${lot.inspectionPassedOn} 合格`
          : `passed on ${lot.inspectionPassedOn}`,
    ],
    [zh ? '生产日期' : 'Produced on', lot?.producedOn],
    [zh ? '全成分' : 'Ingredients', product?.ingredients],
    [zh ? '使用方法' : 'Directions', product?.directions],
    [zh ? '安全警示' : 'Warnings', product?.warnings],
    [zh ? '二维码序号' : 'Serial', v.code.serial],
  ]
  return all.flatMap(([name, value]) => (value === undefined || value === null || value === '' ? [] : [[name, value] as [string, string]]))
}

/** First four and last four digits: enough to compare with a paper, too little to look another declaration up. */
function masked(number: string): string {
  return number.length <= 8 ? number : `${number.slice(0, 4)}****${number.slice(-4)}`
}

// made once: making a format costs more than rendering the whole page
const dateFormat = (tag: string) =>
  new Intl.DateTimeFormat(tag, { timeZone: 'Asia/Shanghai', year: 'numeric', month: 'long', day: 'numeric' })
const DATE_FORMATS: Readonly<Record<Locale, Intl.DateTimeFormat>> = { zh: dateFormat('zh-CN'), en: dateFormat('en-GB') }

export function dateText(at: Date, locale: Locale): string {
  return DATE_FORMATS[locale].format(at)
}
