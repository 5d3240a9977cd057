import { checkDigit } from '../../kernel/gs1/check-digit.ts'
import { usccCheckCharacter } from '../../kernel/cn/uscc.ts'
import { Random } from './random.ts'

/** What the scenario consists of, before anything is stored: the same for the same seed and number of labels. */
export interface Plan {
  readonly labels: number
  readonly importers: readonly PlannedOrganisation[]
  readonly brands: readonly PlannedOrganisation[]
  readonly dealers: readonly PlannedDealer[]
  readonly operator: PlannedOrganisation
  readonly regulator: PlannedOrganisation
  readonly printer: PlannedOrganisation
  readonly products: readonly PlannedProduct[]
}

export interface PlannedOrganisation {
  readonly nameZh: string
  readonly nameEn: string
  readonly uscc: string
  readonly province: string
  readonly city: string
}

export interface PlannedDealer extends PlannedOrganisation {
  readonly provinces: readonly string[]
}

export interface PlannedProduct {
  readonly importer: number
  readonly brand: number
  readonly gtin: string
  readonly nameZh: string
  readonly nameEn: string
  readonly brandName: string
  readonly spec: string
  readonly category: string
  readonly origin: string
  readonly filingNumber: string
  readonly hue: number
  /** Labels of its lot: all of them are activated. */
  readonly labels: number
  readonly lotNumber: string
  readonly air: boolean
  readonly crossBorder: boolean
  readonly expired: boolean
}

export const PRODUCTS = 128
const PER_IMPORTER = 16

const IMPORTERS: readonly [zh: string, en: string][] = [
  ['甬港示例进出口', 'Yonggang Example Import & Export'],
  ['东钱湖示例贸易', 'Dongqian Lake Example Trading'],
  ['海曙示例供应链', 'Haishu Example Supply Chain'],
  ['镇明示例国际贸易', 'Zhenming Example International'],
  ['江厦示例美妆', 'Jiangxia Example Beauty'],
  ['象山湾示例商贸', 'Xiangshan Bay Example Commerce'],
  ['四明示例跨境电商', 'Siming Example Cross-border'],
  ['梅山岛示例进口', 'Meishan Island Example Import'],
]

const DEALERS: readonly [zh: string, en: string, province: string, city: string, territory: readonly string[]][] = [
  ['之江示例商超', 'Zhijiang Example Stores', '33', '杭州', ['33']],
  ['浦江示例百货', 'Pujiang Example Department Store', '31', '上海', ['31']],
  ['金陵示例连锁', 'Jinling Example Chain', '32', '南京', ['32', '34']],
  ['珠江示例美妆', 'Pearl River Example Beauty', '44', '广州', ['44', '45']],
  ['锦江示例商贸', 'Jinjiang Example Trading', '51', '成都', ['51', '50']],
  ['鹭岛示例批发', 'Ludao Example Wholesale', '35', '厦门', ['35']],
  ['燕山示例商城', 'Yanshan Example Mall', '11', '北京', ['11', '12', '13']],
  ['泰山示例连锁', 'Taishan Example Chain', '37', '青岛', ['37']],
  ['楚天示例百货', 'Chutian Example Department Store', '42', '武汉', ['42', '43']],
  ['关中示例商贸', 'Guanzhong Example Trading', '61', '西安', ['61', '62']],
]

const BRANDS: readonly [zh: string, en: string, origin: string, hue: number][] = [
  ['雾汀', 'Mistine Cove (example)', 'FRA', 172],
  ['岚屿', 'Isle of Ran (example)', 'JPN', 208],
  ['素栎', 'Sourire d’Oak (example)', 'FRA', 28],
  ['青禾川', 'Aohe (example)', 'KOR', 96],
  ['露思本', 'Rosebourne (example)', 'GBR', 344],
  ['维塔莱', 'Vitale Nova (example)', 'ITA', 12],
  ['珊瑚岸', 'Costa Coral (example)', 'ESP', 4],
  ['南十字', 'Southern Cross Botanics (example)', 'AUS', 52],
]

const KINDS: readonly [zh: string, en: string, category: string, spec: string][] = [
  ['保湿面霜', 'Moisturising Cream', 'cream', '50 mL'],
  ['舒缓爽肤水', 'Soothing Toner', 'toner', '150 mL'],
  ['焕亮精华液', 'Radiance Serum', 'serum', '30 mL'],
  ['水润洁面乳', 'Hydrating Cleanser', 'cleanser', '120 mL'],
  ['丝绒口红', 'Velvet Lipstick', 'lip-makeup', '3.5 g'],
  ['柔雾粉底液', 'Soft Matte Foundation', 'face-makeup', '30 mL'],
  ['紧致眼霜', 'Firming Eye Cream', 'eye-care', '15 mL'],
  ['滋养护手霜', 'Nourishing Hand Cream', 'hand-care', '75 mL'],
  ['净澈卸妆油', 'Clear Cleansing Oil', 'makeup-remover', '200 mL'],
  ['补水面膜', 'Hydrating Sheet Mask', 'mask', '5 片/盒'],
  ['大地眼影盘', 'Earth Eyeshadow Palette', 'eye-makeup', '8 g'],
  ['木质淡香水', 'Woody Eau de Toilette', 'fragrance', '50 mL'],
  ['柔顺洗发水', 'Smoothing Shampoo', 'hair-care', '300 mL'],
  ['润泽身体乳', 'Silky Body Lotion', 'body-care', '250 mL'],
  ['植萃沐浴露', 'Botanical Shower Gel', 'bath', '400 mL'],
  ['轻盈乳液', 'Light Emulsion', 'cream', '100 mL'],
]

/** Region 000000 cannot exist, so nobody can take such a code for a real enterprise's. */
export function fictitiousUscc(number: number): string {
  const eight = String(number).padStart(8, '0')
  const weights = [3, 7, 9, 10, 5, 8, 4, 2]
  const check = 11 - (weights.reduce((sum, w, i) => sum + w * Number(eight[i]), 0) % 11)
  const body = `91000000${eight}${check === 10 ? 'X' : check === 11 ? '0' : check}`
  return body + usccCheckCharacter(body)!
}

const organisation = (number: number, zh: string, en: string, province: string, city: string, kind: string): PlannedOrganisation => ({
  nameZh: `${zh}${kind}（虚构）`,
  nameEn: `${en} (fictitious)`,
  uscc: fictitiousUscc(number),
  province,
  city,
})

export function makePlan(labels: number, seed: number): Plan {
  const random = new Random(seed)
  const shares = shareOut(labels, PRODUCTS, random)
  const products = shares.map((share, i): PlannedProduct => {
    const importer = Math.floor(i / PER_IMPORTER)
    const brand = i % BRANDS.length
    const kind = KINDS[(i * 7 + Math.floor(i / KINDS.length)) % KINDS.length]!
    const [brandZh, brandEn, origin, hue] = BRANDS[brand]!
    const body = `952${String(100_000_000 + i * 7919 + (seed % 997)).slice(-9)}`
    return {
      importer,
      brand,
      gtin: body + checkDigit(body),
      nameZh: `${brandZh}${kind[0]}`,
      nameEn: `${brandEn} ${kind[1]}`,
      brandName: brandZh,
      spec: kind[3],
      category: kind[2],
      origin,
      filingNumber: importer === 6 ? '' : `国妆网备进字(浙)2025${String(100_000 + i * 37).slice(-6)}`,
      hue: (hue + i * 3) % 360,
      labels: share,
      lotNumber: `${'ABCDEFGH'[importer]}${random.whole(24, 25)}${String(random.whole(100, 999))}${String(i).padStart(3, '0')}`,
      air: i % 3 === 0,
      crossBorder: importer === 6,
      expired: i === 37,
    }
  })
  return {
    labels,
    operator: organisation(1, '宁波保税区溯源平台运营', 'Ningbo FTZ Traceability Operations', '33', '宁波', '中心'),
    regulator: organisation(2, '宁波保税区市场监管示例', 'Ningbo FTZ Market Regulation Example', '33', '宁波', '分局'),
    printer: organisation(3, '甬城防伪示例印务', 'Yongcheng Security Printing Example', '33', '宁波', '有限公司'),
    importers: IMPORTERS.map(([zh, en], i) => organisation(100 + i, zh, en, '33', '宁波', '有限公司')),
    brands: BRANDS.slice(0, 2).map(([zh, en], i) => organisation(200 + i, `${zh}示例品牌`, en, '31', '上海', '管理有限公司')),
    dealers: DEALERS.map(([zh, en, province, city, provinces], i) => ({
      ...organisation(300 + i, zh, en, province, city, '有限公司'),
      provinces,
    })),
    products,
  }
}

/** Splits a whole number into `parts` positive ones that sum to it, some twice as large as others. */
function shareOut(total: number, parts: number, random: Random): number[] {
  if (total < parts) throw new RangeError(`at least ${parts} labels are needed, one for each product`)
  const weights = Array.from({ length: parts }, () => 0.6 + random.next())
  const sum = weights.reduce((a, b) => a + b, 0)
  const shares = weights.map((w) => Math.max(1, Math.floor((w / sum) * total)))
  let left = total - shares.reduce((a, b) => a + b, 0)
  for (let i = 0; left !== 0; i = (i + 1) % parts) {
    if (left > 0) {
      shares[i]!++
      left--
    } else if (shares[i]! > 1) {
      shares[i]!--
      left++
    }
  }
  return shares
}
