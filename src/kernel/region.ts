import type { Locale } from './errors.ts'

/** A province-level unit: GB/T 2260 code (two digits), names, and its place in a grid of tiles (a chart, not a map). */
export interface Province {
  readonly code: string
  readonly nameZh: string
  readonly shortZh: string
  readonly nameEn: string
  readonly column: number
  readonly row: number
}

const TABLE: readonly [code: string, nameZh: string, shortZh: string, nameEn: string, column: number, row: number][] = [
  ['11', '北京市', '北京', 'Beijing', 6, 2],
  ['12', '天津市', '天津', 'Tianjin', 7, 2],
  ['13', '河北省', '河北', 'Hebei', 6, 3],
  ['14', '山西省', '山西', 'Shanxi', 5, 3],
  ['15', '内蒙古自治区', '内蒙古', 'Inner Mongolia', 6, 1],
  ['21', '辽宁省', '辽宁', 'Liaoning', 8, 1],
  ['22', '吉林省', '吉林', 'Jilin', 8, 0],
  ['23', '黑龙江省', '黑龙江', 'Heilongjiang', 9, 0],
  ['31', '上海市', '上海', 'Shanghai', 8, 4],
  ['32', '江苏省', '江苏', 'Jiangsu', 7, 4],
  ['33', '浙江省', '浙江', 'Zhejiang', 7, 5],
  ['34', '安徽省', '安徽', 'Anhui', 6, 5],
  ['35', '福建省', '福建', 'Fujian', 7, 6],
  ['36', '江西省', '江西', 'Jiangxi', 6, 6],
  ['37', '山东省', '山东', 'Shandong', 7, 3],
  ['41', '河南省', '河南', 'Henan', 6, 4],
  ['42', '湖北省', '湖北', 'Hubei', 5, 5],
  ['43', '湖南省', '湖南', 'Hunan', 5, 6],
  ['44', '广东省', '广东', 'Guangdong', 6, 7],
  ['45', '广西壮族自治区', '广西', 'Guangxi', 5, 7],
  ['46', '海南省', '海南', 'Hainan', 5, 8],
  ['50', '重庆市', '重庆', 'Chongqing', 4, 5],
  ['51', '四川省', '四川', 'Sichuan', 3, 5],
  ['52', '贵州省', '贵州', 'Guizhou', 4, 6],
  ['53', '云南省', '云南', 'Yunnan', 3, 6],
  ['54', '西藏自治区', '西藏', 'Tibet', 1, 5],
  ['61', '陕西省', '陕西', 'Shaanxi', 4, 4],
  ['62', '甘肃省', '甘肃', 'Gansu', 3, 3],
  ['63', '青海省', '青海', 'Qinghai', 2, 4],
  ['64', '宁夏回族自治区', '宁夏', 'Ningxia', 4, 3],
  ['65', '新疆维吾尔自治区', '新疆', 'Xinjiang', 1, 3],
  ['71', '台湾省', '台湾', 'Taiwan', 8, 6],
  ['81', '香港特别行政区', '香港', 'Hong Kong', 7, 8],
  ['82', '澳门特别行政区', '澳门', 'Macao', 6, 8],
]

export const provinces: readonly Province[] = TABLE.map(([code, nameZh, shortZh, nameEn, column, row]) => ({
  code,
  nameZh,
  shortZh,
  nameEn,
  column,
  row,
}))

const BY_CODE = new Map(provinces.map((p) => [p.code, p]))

/** Other names in use, and the codes of ISO 3166-2, which tables of network addresses have. */
const ALIASES: readonly (readonly [name: string, code: string])[] = [
  ...'11BJ 12TJ 13HE 14SX 15NM 21LN 22JL 23HL 31SH 32JS 33ZJ 34AH 35FJ 36JX 37SD 41HA 42HB 43HN 44GD 45GX 46HI 50CQ 51SC 52GZ 53YN 54XZ 61SN 62GS 63QH 64NX 65XJ 71TW 81HK 82MO'
    .split(' ')
    .map((pair) => [`cn-${pair.slice(2).toLowerCase()}`, pair.slice(0, 2)] as const),
  ['xizang', '54'],
  ['nei mongol', '15'],
  ['neimenggu', '15'],
  ['macau', '82'],
  ['香港特区', '81'],
  ['澳门特区', '82'],
]

const BY_NAME = new Map([
  ...ALIASES,
  ...provinces.flatMap((p) =>
    [p.nameZh, p.shortZh, p.nameEn.toLowerCase(), p.nameEn.toLowerCase().replaceAll(' ', ''), p.code].map(
      (name) => [name, p.code] as const,
    ),
  ),
])

/** Code of a province from whatever names it: 浙江, 浙江省, Zhejiang, 33, a six-digit region code; undefined otherwise. */
export function provinceCode(text: string): string | undefined {
  const name = text
    .normalize('NFKC')
    .trim()
    .replace(/^中国(?=.)/, '')
  const english = name.toLowerCase().replace(/\s+(province|municipality|((zhuang|hui|uygur|uyghur) )?autonomous region|sar)$/, '')
  const found = BY_NAME.get(name) ?? BY_NAME.get(english)
  if (found !== undefined) return found
  if (/^\d{6}$/.test(name) && BY_CODE.has(name.slice(0, 2))) return name.slice(0, 2)
  // "浙江省宁波市": the unit stands at the front; 海南州 is a prefecture of 青海 and no front of 海南
  if (/^海南(藏族自治)?州/.test(name)) return '63'
  return provinces.find((p) => name.startsWith(p.shortZh))?.code
}

/** Short name, as charts and sentences use it; the code itself when it is unknown. */
export function provinceName(code: string, locale: Locale): string {
  const province = BY_CODE.get(code)
  if (province === undefined) return code
  return locale === 'zh' ? province.shortZh : province.nameEn
}
