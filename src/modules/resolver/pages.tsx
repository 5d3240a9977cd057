import { countryName } from '../../kernel/cn/customs.ts'
import type { Locale } from '../../kernel/errors.ts'
import { gtinForDisplay } from '../../kernel/gs1/gtin.ts'
import { LINK_TYPES, readLinkType } from '../../kernel/gs1/link-types.ts'
import { addressWith, EmbeddedData, page } from '../../platform/pages/public-page.tsx'
import type { Link } from './link.ts'
import { jsonLdOf, type Linkset, type LinksetContext, type LinksetTarget } from './linkset.ts'
import { productPath, type PublicProduct } from './own-links.ts'

/** How the reader wants pages. */
export interface View {
  readonly locale: Locale
  readonly large: boolean
}

/** A title is one language's or `中文 · English`; the reader's half is enough. */
function halfOf(title: string, locale: Locale): string {
  const [zh, en, ...more] = title.split(' · ')
  return en === undefined || more.length > 0 || !/\p{Script=Han}/u.test(zh!) || /\p{Script=Han}/u.test(en)
    ? title
    : locale === 'zh'
      ? zh!
      : en
}

function typeWords(relation: string, locale: Locale): string {
  const name = readLinkType(relation)
  if (name === 'defaultLink') return locale === 'zh' ? '默认' : 'Default'
  if (name === 'defaultLinkMulti') return locale === 'zh' ? '按语言的默认' : 'Default by language'
  return name === undefined || name === 'linkset' ? relation : LINK_TYPES[name][locale]
}

const targetsOf = (context: LinksetContext): [string, readonly LinksetTarget[]][] =>
  Object.entries(context).filter((entry): entry is [string, readonly LinksetTarget[]] => typeof entry[1] !== 'string')

/** Only addresses of the web become links; what else may ever have come into the table is shown and cannot be followed. */
function Target({ target, locale }: { readonly target: Pick<LinksetTarget, 'href' | 'title' | 'hreflang'>; readonly locale: Locale }) {
  const title = halfOf(target.title, locale)
  return (
    <>
      {/^https?:\/\//.test(target.href) ? (
        <a href={target.href} rel="noopener nofollow">
          {title}
        </a>
      ) : (
        title
      )}
      {target.hreflang !== undefined && <span class="quiet"> {target.hreflang.join(', ')}</span>}
    </>
  )
}

/** All links of an entity as a page, with the same as JSON-LD inside. */
export function linksetPage(linkset: Linkset, view: View): string {
  const { locale } = view
  const zh = locale === 'zh'
  const here = new URL(linkset.linkset[0]!.anchor).pathname
  return page(
    { ...view, title: zh ? '相关链接' : 'Links', here: `${here}?linkType=linkset` },
    {
      tone: 'grey',
      word: zh ? '相关链接' : 'Links',
      sentence: halfOf(linkset.linkset[0]!.description ?? here, locale),
      next: zh
        ? '由商品所属企业登记或由本平台提供，按标识层级列出。'
        : 'Registered by the owner of the product or offered by this platform, level by level.',
    },
    <>
      {linkset.linkset.map((context) => (
        <section class="card" key={context.anchor}>
          <p class="mono quiet">{context.anchor}</p>
          <ul class="plain">
            {targetsOf(context).map(([relation, targets]) => (
              <li key={relation}>
                <strong>{typeWords(relation, locale)}</strong>
                {targets.map((target) => (
                  <div key={target.href + target.title}>
                    <Target target={target} locale={locale} />
                  </div>
                ))}
              </li>
            ))}
          </ul>
        </section>
      ))}
      <EmbeddedData of={jsonLdOf(linkset)} />
    </>,
  )
}

/** Several targets fit equally well: the reader chooses. */
export function choicesPage(links: readonly Link[], description: string | undefined, view: View): string {
  const { locale } = view
  const zh = locale === 'zh'
  return page(
    { ...view, title: zh ? '请选择' : 'Please choose', here: '/' },
    {
      tone: 'grey',
      word: zh ? '请选择' : 'Please choose',
      sentence: halfOf(description ?? '', locale) || (zh ? '有多个页面符合' : 'Several pages fit'),
      next: zh ? '请选择要打开的页面。' : 'Choose the page to open.',
    },
    <section class="card">
      <ul class="plain">
        {links.map((link) => (
          <li key={link.href}>
            <Target target={link} locale={locale} />
          </li>
        ))}
      </ul>
    </section>,
  )
}

/**
 * What is registered about a product: no verdict, because a barcode says nothing about the item in the reader's hand. Several
 * importers may have filed the same one.
 */
export function productPage(products: readonly PublicProduct[], publicUrl: string, view: View): string {
  const { locale } = view
  const zh = locale === 'zh'
  const { product: first } = products[0]!
  const here = productPath(first.gtin)
  const name = zh ? first.nameZh : first.nameEn || first.nameZh
  return page(
    { ...view, title: `${name} · 溯真`, here },
    {
      tone: 'grey',
      word: zh ? '商品信息' : 'Product',
      sentence: name,
      next: zh
        ? '这是该款商品的登记信息，不是对您手中这一件的核验。'
        : 'This is what is registered about the product; it does not check the item in your hand.',
    },
    <>
      <section class="card">
        <p>
          {zh
            ? '核验单件商品，请扫描标签上的二维码，或输入标签上的码。'
            : 'To check one item, scan the QR code on its label or type the code.'}
        </p>
        <a class="button strong" href={addressWith({ ...view, here: '/' })}>
          {zh ? '输入标签上的码' : 'Type the code of a label'}
        </a>
      </section>
      {products.map((one) => (
        <ProductCard key={one.product.id} {...one} locale={locale} />
      ))}
      <section class="card">
        <a class="button" href={addressWith({ ...view, here: '/recalls' })}>
          {zh ? '召回查询' : 'Recalls'}
        </a>
      </section>
      <EmbeddedData of={productData(products, publicUrl)} />
    </>,
  )
}

function ProductCard({ product, importer, locale }: PublicProduct & { readonly locale: Locale }) {
  const zh = locale === 'zh'
  const rows: [string, string][] = [
    [zh ? '商品条码' : 'Barcode', gtinForDisplay(product.gtin)],
    [zh ? '品牌' : 'Brand', product.brand],
    [zh ? '规格' : 'Net content', product.spec],
    [zh ? '原产国（地）' : 'Origin', product.origin === '' ? '' : countryName(product.origin, locale)],
    [zh ? '备案/注册编号' : 'Filing number', product.filingNumber],
    [zh ? '境内责任人' : 'Responsible person', product.responsiblePerson],
    [zh ? '进口商' : 'Importer', zh ? importer.nameZh : importer.nameEn || importer.nameZh],
    [zh ? '生产企业' : 'Manufacturer', product.manufacturer],
  ]
  const texts: [string, string, string][] = [
    ['ingredients', zh ? '全成分' : 'Ingredients', product.ingredients],
    ['directions', zh ? '使用方法' : 'Directions', product.directions],
    ['warnings', zh ? '安全警示' : 'Warnings', product.warnings],
  ]
  return (
    <section class="card">
      <div class="item">
        {product.pictureFileId !== null && (
          <img
            src={`/pictures/${product.pictureFileId}?size=small`}
            alt={zh ? '商品图片' : 'Picture of the product'}
            width={96}
            height={96}
          />
        )}
        <div>
          <h2>{zh ? product.nameZh : product.nameEn || product.nameZh}</h2>
          <div class="quiet">{zh ? product.nameEn : product.nameZh}</div>
        </div>
      </div>
      <dl class="rows">
        {rows
          .filter(([, value]) => value !== '')
          .map(([term, value]) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        {texts
          .filter(([, , value]) => value.trim() !== '')
          .map(([id, term, value]) => (
            <div key={id} id={id}>
              <dt>{term}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  )
}

/** The product for machines, in GS1's vocabulary. */
function productData(products: readonly PublicProduct[], publicUrl: string): object {
  const { product } = products[0]!
  const names = [
    { '@value': product.nameZh, '@language': 'zh' },
    ...(product.nameEn === '' ? [] : [{ '@value': product.nameEn, '@language': 'en' }]),
  ]
  return {
    '@context': { gs1: 'https://ref.gs1.org/voc/' },
    '@type': 'gs1:Product',
    '@id': `${publicUrl}/01/${product.gtin}`,
    'gs1:gtin': product.gtin,
    'gs1:productName': names,
    ...(product.brand !== '' && { 'gs1:brand': { '@type': 'gs1:Brand', 'gs1:brandName': product.brand } }),
    ...(product.origin !== '' && { 'gs1:countryOfOrigin': { '@type': 'gs1:Country', 'gs1:countryCode': product.origin } }),
  }
}
