import type { Words } from '../../kernel/errors.ts'

export interface Category extends Words {
  /** One of the six kinds that need a registration certificate instead of a filing (化妆品监督管理条例 art. 16). */
  readonly special: boolean
}

const general = (zh: string, en: string): Category => ({ zh, en, special: false })
const special = (zh: string, en: string): Category => ({ zh, en, special: true })

/** The closed list of what a product is for. The law knows only "special" and the rest; the rest is for the shelf. */
export const PRODUCT_CATEGORIES = {
  cleanser: general('洁面', 'Cleanser'),
  'makeup-remover': general('卸妆', 'Make-up remover'),
  toner: general('化妆水', 'Toner'),
  serum: general('精华', 'Serum'),
  cream: general('面霜乳液', 'Cream and lotion'),
  'eye-care': general('眼部护理', 'Eye care'),
  mask: general('面膜', 'Mask'),
  'body-care': general('身体护理', 'Body care'),
  'hand-care': general('手足护理', 'Hand and foot care'),
  bath: general('沐浴', 'Bath and shower'),
  'hair-care': general('洗护发', 'Hair care'),
  'hair-styling': general('美发造型', 'Hair styling'),
  shaving: general('剃须', 'Shaving'),
  'face-makeup': general('底妆', 'Face make-up'),
  'eye-makeup': general('眼妆', 'Eye make-up'),
  'lip-makeup': general('唇妆', 'Lip make-up'),
  nail: general('美甲', 'Nail'),
  fragrance: general('香水', 'Fragrance'),
  other: general('其他普通化妆品', 'Other general cosmetics'),
  'hair-dye': special('染发', 'Hair dye'),
  perm: special('烫发', 'Perm'),
  'spot-whitening': special('祛斑美白', 'Spot removal and whitening'),
  sunscreen: special('防晒', 'Sun protection'),
  'anti-hair-loss': special('防脱发', 'Anti hair loss'),
  'new-efficacy': special('新功效', 'New efficacy'),
} as const satisfies Record<string, Category>

export type ProductCategory = keyof typeof PRODUCT_CATEGORIES

export const CATEGORY_CODES = Object.keys(PRODUCT_CATEGORIES) as [ProductCategory, ...ProductCategory[]]

export function isCategory(code: string): code is ProductCategory {
  return Object.hasOwn(PRODUCT_CATEGORIES, code)
}

/** Special words stand first: 防晒霜 is a sunscreen before it is a cream, and 美白面膜 a whitening product. */
const NAME_HINTS: readonly (readonly [ProductCategory, RegExp])[] = [
  ['sunscreen', /防晒|隔离霜SPF|sunscreen|\bspf\b/i],
  ['hair-dye', /染发|hair (dye|colou?r)/i],
  ['perm', /烫发/],
  ['anti-hair-loss', /防脱/],
  ['spot-whitening', /祛斑|美白/],
  ['makeup-remover', /卸妆|cleansing oil|make-?up remover/i],
  ['cleanser', /洁面|洗面|洁颜|cleanser/i],
  ['hand-care', /护手|足霜|hand cream/i],
  ['body-care', /身体乳|润肤|body (lotion|cream|butter)/i],
  ['bath', /沐浴|shower|bath/i],
  ['hair-care', /洗发|护发|发膜|shampoo|conditioner/i],
  ['eye-makeup', /眼影|眼线|睫毛|眉|eyeshadow|eyeliner|mascara/i],
  ['eye-care', /眼霜|眼膜|眼部精华|eye cream/i],
  ['lip-makeup', /口红|唇|lipstick|lip /i],
  ['face-makeup', /粉底|气垫|腮红|散粉|遮瑕|foundation|cushion|blush|concealer/i],
  ['fragrance', /香水|香氛|parfum|eau de|perfume|cologne/i],
  ['mask', /面膜|mask/i],
  ['serum', /精华|安瓶|serum|essence|ampoule/i],
  ['toner', /爽肤水|化妆水|柔肤水|toner/i],
  ['nail', /指甲|甲油|nail/i],
  ['shaving', /剃须|须后|shav/i],
  ['cream', /面霜|乳液|日霜|晚霜|cream|lotion|emulsion/i],
]

/** What a product's name says about its category; a proposal that a person sees and may change, never a ruling. */
export function categoryOfName(nameZh: string, nameEn = ''): ProductCategory | undefined {
  return NAME_HINTS.find(([, hint]) => hint.test(nameZh))?.[0] ?? NAME_HINTS.find(([, hint]) => hint.test(nameEn))?.[0]
}

/** Category of a word or code that a file or a person gives. */
export function categoryOfWord(text: string): ProductCategory | undefined {
  const word = text.normalize('NFKC').trim()
  if (isCategory(word)) return word
  const same = CATEGORY_CODES.find(
    (code) => PRODUCT_CATEGORIES[code].zh === word || PRODUCT_CATEGORIES[code].en.toLowerCase() === word.toLowerCase(),
  )
  return same ?? categoryOfName(word, word)
}
