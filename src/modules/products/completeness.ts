import type { Regime } from '../../kernel/cn/customs.ts'
import type { Words } from '../../kernel/errors.ts'

/*
 * What a product still lacks before labels on it may be activated.
 *
 * The items are those that the law asks of a label or of the import itself (化妆品监督管理条例 art. 17, 23, 36; for
 * children's products 儿童化妆品监督管理规定 art. 5). Cross-border retail goods are bought for own use and need neither
 * filing nor a domestic responsible person (商财发〔2018〕486号 art. 3).
 */
export interface Completeness {
  /** 0 to 100, whole; below 100 nothing is activated. */
  readonly score: number
  readonly missing: readonly MissingField[]
  /** Fields that help the reader but bar nothing. */
  readonly advised: readonly MissingField[]
}

export interface MissingField extends Words {
  readonly field: string
}

/** The facts that are judged; a stored product and a form that is being filled in both have them. */
export interface CompletenessFacts {
  readonly nameZh: string
  readonly nameEn: string
  readonly brand: string
  readonly spec: string
  readonly category: string
  readonly special: boolean
  readonly forChildren: boolean
  readonly origin: string
  readonly filingNumber: string
  readonly responsiblePerson: string
  readonly manufacturer: string
  readonly ingredients: string
  readonly directions: string
  readonly warnings: string
  readonly paoMonths: number | null
  readonly pictureFileId: string | null
  /** True when the filing number contradicts category, origin or date; such a number counts as missing. */
  readonly filingContradicted?: boolean
}

interface Item extends MissingField {
  readonly present: (facts: CompletenessFacts) => boolean
  /** Asked for when this holds; always when left out. */
  readonly when?: (facts: CompletenessFacts, regime: Regime) => boolean
}

const filled = (field: keyof CompletenessFacts) => (facts: CompletenessFacts) => String(facts[field] ?? '').trim() !== ''
const filingRegime = (_: CompletenessFacts, regime: Regime): boolean => regime !== 'cross-border-retail'

const REQUIRED: readonly Item[] = [
  { field: 'nameZh', zh: '中文名称', en: 'Chinese name', present: filled('nameZh') },
  { field: 'brand', zh: '品牌', en: 'brand', present: filled('brand') },
  { field: 'spec', zh: '规格（净含量）', en: 'net content', present: filled('spec') },
  { field: 'category', zh: '产品类别', en: 'category', present: filled('category') },
  { field: 'origin', zh: '原产国（地）', en: 'country of origin', present: filled('origin') },
  { field: 'manufacturer', zh: '生产企业', en: 'manufacturer', present: filled('manufacturer') },
  { field: 'ingredients', zh: '全成分', en: 'full ingredients', present: filled('ingredients') },
  { field: 'directions', zh: '使用方法', en: 'directions for use', present: filled('directions') },
  {
    field: 'filingNumber',
    zh: '备案编号或注册证编号（须与类别、原产地相符）',
    en: 'filing or registration number that agrees with category and origin',
    present: (facts) => filled('filingNumber')(facts) && facts.filingContradicted !== true,
    when: filingRegime,
  },
  {
    field: 'responsiblePerson',
    zh: '境内责任人',
    en: 'domestic responsible person',
    present: filled('responsiblePerson'),
    when: filingRegime,
  },
  {
    field: 'warnings',
    zh: '安全警示（特殊化妆品、儿童化妆品）',
    en: 'warnings (special and children’s cosmetics)',
    present: filled('warnings'),
    when: (facts) => facts.special || facts.forChildren,
  },
]

const ADVISED: readonly Item[] = [
  { field: 'pictureFileId', zh: '产品图片', en: 'picture', present: filled('pictureFileId') },
  { field: 'nameEn', zh: '英文名称', en: 'English name', present: filled('nameEn') },
  { field: 'paoMonths', zh: '开封后使用期限', en: 'period after opening', present: (facts) => facts.paoMonths !== null },
]

/** Score and gaps of a product under a regime. Zone stock is judged as general trade: that is what it becomes. */
export function completenessOf(facts: CompletenessFacts, regime: Regime): Completeness {
  const asked = REQUIRED.filter((item) => item.when === undefined || item.when(facts, regime))
  const missing = asked.filter((item) => !item.present(facts))
  return {
    score: Math.floor(((asked.length - missing.length) * 100) / asked.length),
    missing: missing.map(named),
    advised: ADVISED.filter((item) => !item.present(facts)).map(named),
  }
}

function named({ field, zh, en }: Item): MissingField {
  return { field, zh, en }
}
