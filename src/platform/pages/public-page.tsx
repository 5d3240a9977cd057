import { createHash } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import type { ComponentChildren } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { Locale } from '../../kernel/errors.ts'

/**
 * The consumer pages' one style sheet, inlined so that the first paint needs one request. Written for the browsers
 * inside messaging apps: no custom properties in calculations, no nesting, no web font. Contrast is 4.5:1 or better.
 */
const STYLE = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:#f3f5f4;color:#16211d;font:16px/1.55 -apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif}
html[lang=en] body{font-family:-apple-system,"Segoe UI",Roboto,Arial,"PingFang SC","Noto Sans CJK SC",sans-serif}
.large{font-size:21px}
main,footer{max-width:34em;margin:0 auto;padding:0 14px}
a{color:#0b5c4a}
.band{color:#fff;padding:18px 0 16px;background:#0b5c4a}
.band.amber{background:#8a4b00}.band.red{background:#a3151b}.band.grey{background:#4a5450}
.band div{max-width:34em;margin:0 auto;padding:0 14px}
.band .top{display:flex;justify-content:space-between;align-items:center;font-size:.82em}
.band .top a{color:#fff;display:inline-block;padding:10px 6px;min-height:44px}
.band .word{display:inline-block;border:1px solid rgba(255,255,255,.75);border-radius:999px;padding:1px 12px;font-size:.85em}
.band h1{font-size:1.35em;line-height:1.35;margin:10px 0 6px}
.band p{margin:0;font-size:.95em}
.card{background:#fff;border-radius:12px;padding:14px;margin:12px 0}
.card>:first-child{margin-top:0}
.card>:last-child{margin-bottom:0}
.item{display:flex}
.item img,.item .nopic{width:96px;height:96px;border-radius:8px;object-fit:cover;background:#e4ebe8;margin-right:14px;flex:none}
.item h2{font-size:1.1em;margin:0 0 4px;line-height:1.35}
.quiet{color:#52605a;font-size:.9em}
.match{margin:0}
.match dt,.rows dt{color:#52605a;font-size:.9em}
.match dd,.rows dd{margin:0 0 8px;font-weight:600;overflow-wrap:anywhere}
.rows dd{font-weight:400}
.two{display:flex;margin-top:6px}
.button{display:block;flex:1;text-align:center;text-decoration:none;border:1px solid #0b5c4a;border-radius:10px;padding:11px 8px;min-height:46px;background:#fff;color:#0b5c4a;font:inherit;cursor:pointer;width:100%}
.button+.button{margin-left:10px}
.button.strong{background:#0b5c4a;color:#fff}
.button.warn{border-color:#a3151b;color:#a3151b}
ul.plain{list-style:none;margin:0;padding:0}
ul.plain li{padding:8px 0;border-top:1px solid #e6ebe9}
ul.plain li:first-child{border-top:0;padding-top:0}
details summary{min-height:44px;padding:10px 0;font-weight:600;cursor:pointer}
.thumb{display:flex;flex-wrap:wrap;margin:0 -5px}
.thumb .button{flex:1 1 40%;margin:5px}
label{display:block;font-weight:600;margin:14px 0 4px}
.chips label{display:inline-block;font-weight:400;margin:4px 8px 4px 0;border:1px solid #7b8983;border-radius:999px;padding:9px 16px;min-height:44px;background:#fff}
input[type=text],input[type=tel],textarea{width:100%;font:inherit;padding:10px;border:1px solid #7b8983;border-radius:8px;min-height:46px;background:#fff;color:#16211d}
label.quiet{display:inline;font-weight:400}
input[type=checkbox]{width:22px;height:22px;vertical-align:middle}
fieldset{border:0;margin:0;padding:0}legend{font-weight:600;padding:0}
input[type=file]{font:inherit;min-height:44px;width:100%}
.fault{color:#a3151b;font-weight:600}
.note{background:#fdf3e1;border-left:4px solid #8a4b00;padding:10px 12px;border-radius:4px}
.mono{font-family:ui-monospace,Menlo,Consolas,monospace;letter-spacing:.04em;overflow-wrap:anywhere}
footer{padding:8px 14px 40px;font-size:.85em;color:#52605a}
:focus-visible{outline:3px solid #1d7fe0;outline-offset:2px}
@media print{.thumb,.top a,.two{display:none}body{background:#fff}}
`.replace(/\n/g, '')

/** The policy names the one style sheet by its hash and the one optional script by its origin; nothing else may load. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "script-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

export interface PageFrame {
  readonly locale: Locale
  readonly title: string
  readonly large: boolean
  /** Address of this page without its language and size. */
  readonly here: string
}

export type Tone = 'green' | 'amber' | 'red' | 'grey'

/** `?lang=en&size=large` on an address, keeping what is chosen and changing one thing. */
export function addressWith(
  frame: Pick<PageFrame, 'here' | 'locale' | 'large'>,
  change: { locale?: Locale; large?: boolean } = {},
): string {
  const locale = change.locale ?? frame.locale
  const large = change.large ?? frame.large
  const query = [locale === 'en' ? 'lang=en' : 'lang=zh', ...(large ? ['size=large'] : [])].join('&')
  return `${frame.here}${frame.here.includes('?') ? '&' : '?'}${query}`
}

/** A whole page: band, body, footer. Complete without JavaScript; the script only adds reading aloud. */
export function page(
  frame: PageFrame,
  band: { tone: Tone; word: string; sentence: string; next: string },
  body: ComponentChildren,
): string {
  const zh = frame.locale === 'zh'
  return `<!doctype html>${renderToString(
    <html lang={zh ? 'zh-CN' : 'en'}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="robots" content="noindex,nofollow" />
        <meta name="format-detection" content="telephone=no" />
        <title>{frame.title}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
        <link rel="icon" href="data:," />
        <script src="/assets/scan.js" defer />
      </head>
      <body class={frame.large ? 'large' : undefined}>
        <header class={`band ${band.tone}`} id="told">
          <div class="top">
            <span>溯真 Suzhen</span>
            <span>
              <a href={addressWith(frame, { large: !frame.large })}>
                {frame.large ? (zh ? '标准字' : 'Normal text') : zh ? '大字版' : 'Large text'}
              </a>
              <a href={addressWith(frame, { locale: zh ? 'en' : 'zh' })} hreflang={zh ? 'en' : 'zh-CN'}>
                {zh ? 'English' : '中文'}
              </a>
            </span>
          </div>
          <div>
            <span class="word">{band.word}</span>
            <h1>{band.sentence}</h1>
            <p>{band.next}</p>
          </div>
        </header>
        <main>{body}</main>
        <footer>
          <p>
            {zh
              ? '本页只核验标签登记与流通信息，二维码本身不能证明商品真伪。查询无需登录、定位或手机号；位置仅到省级，网络地址 24 小时内删除。'
              : 'This page checks what is registered about the label and its route; a QR code can be copied and is no proof by itself. No sign-in, location or phone number is needed; places are kept by province and network addresses are erased within 24 hours.'}{' '}
            <a href={addressWith({ ...frame, here: '/privacy' })}>{zh ? '隐私说明' : 'Privacy'}</a>
          </p>
        </footer>
      </body>
    </html>,
  )}`
}

/** Sends a page with the policy that its style sheet and script need. */
export function sendPublicPage(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply
    .code(status)
    .header('content-security-policy', PAGE_POLICY)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(html)
}

/** Data for machines inside of a page. It is no script, so the policy lets it be; no text of it can end the element. */
export function EmbeddedData({ of }: { readonly of: object }) {
  return <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: JSON.stringify(of).replaceAll('<', '\\u003c') }} />
}
