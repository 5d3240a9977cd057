import type { Locale, Words } from '../errors.ts'

/** Table of customs transport modes (18 rows). `crossing` ones cross the border; the others are special regimes. */
export interface TransportMode extends Words {
  readonly code: string
  readonly crossing: boolean
}

export const transportModes: readonly TransportMode[] = [
  ['0', '非保税区', 'non-bonded area', false],
  ['1', '监管仓库', 'supervised warehouse', false],
  ['2', '水路运输', 'water', true],
  ['3', '铁路运输', 'rail', true],
  ['4', '公路运输', 'road', true],
  ['5', '航空运输', 'air', true],
  ['6', '邮件运输', 'post', true],
  ['7', '保税区', 'bonded area', false],
  ['8', '保税仓库', 'bonded warehouse', false],
  ['9', '其他方式运输', 'other', true],
  ['H', '边境特殊海关作业区', 'special border customs area', false],
  ['T', '综合实验区', 'comprehensive pilot area', false],
  ['W', '物流中心', 'logistics centre', false],
  ['X', '物流园区', 'logistics park', false],
  ['Y', '保税港区', 'bonded port area', false],
  ['Z', '出口加工区', 'export processing zone', false],
  ['L', '旅客携带', 'carried by a traveller', true],
  ['G', '固定设施运输', 'fixed installation', true],
].map(([code, zh, en, crossing]) => ({ code, zh, en, crossing }) as TransportMode)

const TRANSPORT_ALIASES: Readonly<Record<string, string>> = {
  海运: '2', 船运: '2', 水运: '2', 江海运输: '2', sea: '2', ocean: '2', water: '2', vessel: '2',
  铁路: '3', 火车: '3', 中欧班列: '3', rail: '3', train: '3',
  公路: '4', 汽运: '4', 陆运: '4', 卡车: '4', road: '4', truck: '4',
  空运: '5', 航空: '5', air: '5', flight: '5',
  邮运: '6', 邮件: '6', 邮寄: '6', 快递: '6', post: '6', mail: '6',
  其他: '9', other: '9',
}

/** Which rules a consignment is under: filing and label, cross-border retail, or still stock of the zone. */
export type Regime = 'general' | 'cross-border-retail' | 'zone-stock'

export interface TradeMode extends Words {
  /** Four digits with leading zeros. */
  readonly code: string
  readonly regime: Regime
}

export const tradeModes: readonly TradeMode[] = [
  ['0110', '一般贸易', 'general trade', 'general'],
  ['1210', '保税电商', 'bonded e-commerce', 'cross-border-retail'],
  ['1239', '保税电商A', 'bonded e-commerce A', 'cross-border-retail'],
  ['9610', '跨境直购', 'direct purchase e-commerce', 'cross-border-retail'],
  ['1233', '保税仓库货物', 'bonded warehouse goods', 'zone-stock'],
  ['1234', '保税区仓储转口', 'zone storage and transit', 'zone-stock'],
].map(([code, zh, en, regime]) => ({ code, zh, en, regime }) as TradeMode)

const TRADE_ALIASES: Readonly<Record<string, string>> = {
  一般贸易进口: '0110', generaltrade: '0110',
  保税跨境贸易电子商务: '1210', 网购保税进口: '1210', 网购保税: '1210', 保税备货: '1210', bondedecommerce: '1210',
  保税跨境贸易电子商务a: '1239', 网购保税a: '1239',
  电子商务: '9610', 直购进口: '9610', 跨境电商直购: '9610', 直邮: '9610', 直邮进口: '9610', directpurchase: '9610',
  保税仓库: '1233', 仓储转口: '1234',
}

/** How a typed text was understood: a code exactly, by its official name, or by a customary word. */
export interface Match<T> {
  readonly value: T
  readonly by: 'code' | 'name' | 'alias'
}

/** Row of a code. */
export const transportModeOf = (code: string): TransportMode | undefined => transportModes.find((m) => m.code === code)

export const tradeModeOf = (code: string): TradeMode | undefined => tradeModes.find((m) => m.code === code)

export function transportModeName(code: string, locale: Locale): string {
  return transportModeOf(code)?.[locale] ?? code
}

export function tradeModeName(code: string, locale: Locale): string {
  return tradeModeOf(code)?.[locale] ?? code
}

/** What clerks type: `2`, `水路运输`, `海运`, `Sea`. */
export function matchTransportMode(input: string): Match<TransportMode> | undefined {
  return matchRow(tidy(input), transportModes, TRANSPORT_ALIASES)
}

/** What clerks type: `0110`, `110`, `一般贸易`, `保税电商`, `跨境直购`. */
export function matchTradeMode(input: string): Match<TradeMode> | undefined {
  const text = tidy(input)
  return matchRow(/^\d{3}$/.test(text) ? `0${text}` : text, tradeModes, TRADE_ALIASES)
}

function matchRow<T extends TransportMode | TradeMode>(text: string, rows: readonly T[], aliases: Readonly<Record<string, string>>): Match<T> | undefined {
  const byCode = rows.find((row) => row.code.toLowerCase() === text)
  if (byCode !== undefined) return { value: byCode, by: 'code' }
  const leading = /^([0-9a-z]{1,4})[-_ :.]?([\u4e00-\u9fff].*)$/.exec(text)
  const named = rows.find((row) => row.zh === text || row.en === text || tidy(row.zh) === text || tidy(row.en) === text || (leading !== null && tidy(row.zh) === leading[2] && row.code.toLowerCase() === leading[1]))
  if (named !== undefined) return { value: named, by: 'name' }
  const alias = Object.hasOwn(aliases, text) ? aliases[text] : undefined
  const aliased = rows.find((row) => row.code === alias)
  return aliased === undefined ? undefined : { value: aliased, by: 'alias' }
}

function tidy(text: string): string {
  return text.normalize('NFKC').replace(/[\s\u200B-\u200D\uFEFF()（）]/g, '').toLowerCase()
}

/**
 * Number of an import declaration: four digits of the accepting customs, four of the year, one of the direction
 * (1 import, 0 export), nine of the serial; a cross-border list has I or E in the ninth place.
 */
export interface DeclarationNumber {
  readonly value: string
  readonly customs: string
  readonly year: number
  readonly direction: 'import' | 'export' | 'import-list' | 'export-list' | 'unclear'
}

export function parseDeclarationNumber(input: string): DeclarationNumber | undefined {
  const value = input.normalize('NFKC').replace(/[\s\-\u200B-\u200D\uFEFF]/g, '').toUpperCase()
  const match = /^(\d{4})(20\d{2})([0-9IE])(\d{9})$/.exec(value)
  if (match === null) return undefined
  const directions: Readonly<Record<string, DeclarationNumber['direction']>> = { '1': 'import', '0': 'export', I: 'import-list', E: 'export-list' }
  return { value, customs: match[1]!, year: Number(match[2]), direction: directions[match[3]!] ?? 'unclear' }
}

/** A country or region: GB/T 2659 alpha-3 and alpha-2, the customs' old three digits where known, and its names. */
export interface Country extends Words {
  readonly code: string
  readonly alpha2: string
  readonly customs: string
}

const COUNTRY_ROWS: readonly (readonly [string, string, string, string, string, ...string[]])[] = [
  ['FRA', 'FR', '305', '法国', 'France', '法兰西'],
  ['KOR', 'KR', '133', '韩国', 'South Korea', '大韩民国', '南韩', 'korea'],
  ['JPN', 'JP', '116', '日本', 'Japan'],
  ['ITA', 'IT', '307', '意大利', 'Italy'],
  ['GBR', 'GB', '303', '英国', 'United Kingdom', 'uk', 'england', 'britain', 'greatbritain'],
  ['USA', 'US', '502', '美国', 'United States', 'america', 'unitedstatesofamerica'],
  ['DEU', 'DE', '304', '德国', 'Germany'],
  ['ESP', 'ES', '312', '西班牙', 'Spain'],
  ['SWE', 'SE', '330', '瑞典', 'Sweden'],
  ['CHE', 'CH', '331', '瑞士', 'Switzerland'],
  ['AUS', 'AU', '601', '澳大利亚', 'Australia', '澳洲'],
  ['NZL', 'NZ', '609', '新西兰', 'New Zealand'],
  ['CAN', 'CA', '501', '加拿大', 'Canada'],
  ['THA', 'TH', '136', '泰国', 'Thailand'],
  ['SGP', 'SG', '132', '新加坡', 'Singapore'],
  ['MYS', 'MY', '122', '马来西亚', 'Malaysia'],
  ['IDN', 'ID', '112', '印度尼西亚', 'Indonesia', '印尼'],
  ['VNM', 'VN', '141', '越南', 'Vietnam'],
  ['PHL', 'PH', '129', '菲律宾', 'Philippines'],
  ['IND', 'IN', '111', '印度', 'India'],
  ['ISR', 'IL', '115', '以色列', 'Israel'],
  ['TUR', 'TR', '137', '土耳其', 'Türkiye', 'turkey'],
  ['ARE', 'AE', '138', '阿联酋', 'United Arab Emirates', 'uae', '阿拉伯联合酋长国'],
  ['BEL', 'BE', '301', '比利时', 'Belgium'],
  ['DNK', 'DK', '302', '丹麦', 'Denmark'],
  ['IRL', 'IE', '306', '爱尔兰', 'Ireland'],
  ['LUX', 'LU', '308', '卢森堡', 'Luxembourg'],
  ['NLD', 'NL', '309', '荷兰', 'Netherlands', 'holland'],
  ['GRC', 'GR', '310', '希腊', 'Greece'],
  ['PRT', 'PT', '311', '葡萄牙', 'Portugal'],
  ['AUT', 'AT', '315', '奥地利', 'Austria'],
  ['BGR', 'BG', '316', '保加利亚', 'Bulgaria'],
  ['FIN', 'FI', '318', '芬兰', 'Finland'],
  ['HUN', 'HU', '321', '匈牙利', 'Hungary'],
  ['ISL', 'IS', '322', '冰岛', 'Iceland'],
  ['MLT', 'MT', '324', '马耳他', 'Malta'],
  ['MCO', 'MC', '325', '摩纳哥', 'Monaco'],
  ['NOR', 'NO', '326', '挪威', 'Norway'],
  ['POL', 'PL', '327', '波兰', 'Poland'],
  ['ROU', 'RO', '328', '罗马尼亚', 'Romania'],
  ['EST', 'EE', '334', '爱沙尼亚', 'Estonia'],
  ['LVA', 'LV', '335', '拉脱维亚', 'Latvia'],
  ['LTU', 'LT', '336', '立陶宛', 'Lithuania'],
  ['RUS', 'RU', '344', '俄罗斯', 'Russia', '俄罗斯联邦'],
  ['UKR', 'UA', '347', '乌克兰', 'Ukraine'],
  ['BLR', 'BY', '340', '白俄罗斯', 'Belarus'],
  ['SVN', 'SI', '350', '斯洛文尼亚', 'Slovenia'],
  ['HRV', 'HR', '351', '克罗地亚', 'Croatia'],
  ['CZE', 'CZ', '352', '捷克', 'Czechia', '捷克共和国', 'czechrepublic'],
  ['SVK', 'SK', '353', '斯洛伐克', 'Slovakia'],
  ['CYP', 'CY', '108', '塞浦路斯', 'Cyprus'],
  ['EGY', 'EG', '215', '埃及', 'Egypt'],
  ['MAR', 'MA', '232', '摩洛哥', 'Morocco'],
  ['TUN', 'TN', '249', '突尼斯', 'Tunisia'],
  ['ZAF', 'ZA', '244', '南非', 'South Africa'],
  ['ARG', 'AR', '402', '阿根廷', 'Argentina'],
  ['BRA', 'BR', '410', '巴西', 'Brazil'],
  ['CHL', 'CL', '412', '智利', 'Chile'],
  ['COL', 'CO', '413', '哥伦比亚', 'Colombia'],
  ['MEX', 'MX', '429', '墨西哥', 'Mexico'],
  ['PER', 'PE', '434', '秘鲁', 'Peru'],
  ['LKA', 'LK', '134', '斯里兰卡', 'Sri Lanka'],
  ['PAK', 'PK', '127', '巴基斯坦', 'Pakistan'],
  ['JOR', 'JO', '117', '约旦', 'Jordan'],
  ['LBN', 'LB', '120', '黎巴嫩', 'Lebanon'],
  ['SAU', 'SA', '131', '沙特阿拉伯', 'Saudi Arabia', '沙特'],
  ['HKG', 'HK', '110', '中国香港', 'Hong Kong, China', '香港', 'hongkong'],
  ['MAC', 'MO', '121', '中国澳门', 'Macao, China', '澳门', 'macau', 'macao'],
  ['TWN', 'TW', '143', '中国台湾', 'Taiwan, China', '台湾', 'taiwan'],
  ['CHN', 'CN', '142', '中国', 'China'],
]

export const countries: readonly Country[] = COUNTRY_ROWS.map(([code, alpha2, customs, zh, en]) => ({ code, alpha2, customs, zh, en }))

const COUNTRY_BY_WORD: ReadonlyMap<string, { country: Country; by: Match<Country>['by'] }> = new Map(
  COUNTRY_ROWS.flatMap(([code, alpha2, customs, zh, en, ...aliases], i): [string, { country: Country; by: Match<Country>['by'] }][] => {
    const country = countries[i]!
    const rows = (words: readonly string[], by: Match<Country>['by']) => words.map((word): [string, { country: Country; by: typeof by }] => [tidy(word), { country, by }])
    return [
      ...rows([code, alpha2, customs], 'code'),
      ...rows([zh, en], 'name'),
      ...rows(aliases, 'alias'),
    ]
  }),
)

/** Origins as they are typed: FRA, FR, 305, 法国, France, 法国产, 原产法国, Made in France. */
export function matchCountry(input: string): Match<Country> | undefined {
  const text = tidy(input)
  const direct = COUNTRY_BY_WORD.get(text)
  if (direct !== undefined) return { value: direct.country, by: direct.by }
  const bare = text.replace(/^(原产国|原产地|原产|产地)[:：]?/, '').replace(/^(madein|productof)/, '').replace(/(生产|制造|原产|产)$/, '')
  const found = COUNTRY_BY_WORD.get(bare)
  return found === undefined ? undefined : { value: found.country, by: 'alias' }
}

export const countryOf = (code: string): Country | undefined => countries.find((c) => c.code === code)

export function countryName(code: string, locale: Locale): string {
  return countryOf(code)?.[locale] ?? code
}

/** Customs offices and ports through which the zone's goods enter; other names are kept as they were typed. */
export const entryPorts: readonly Words[] = [
  { zh: '北仑海关', en: 'Beilun Customs' },
  { zh: '梅山海关', en: 'Meishan Customs' },
  { zh: '宁波机场海关', en: 'Ningbo Airport Customs' },
  { zh: '宁波保税区海关', en: 'Ningbo Free Trade Zone Customs' },
  { zh: '镇海海关', en: 'Zhenhai Customs' },
  { zh: '宁波海关', en: 'Ningbo Customs' },
  { zh: '上海浦东机场海关', en: 'Shanghai Pudong Airport Customs' },
  { zh: '洋山海关', en: 'Yangshan Customs' },
  { zh: '杭州萧山机场海关', en: 'Hangzhou Xiaoshan Airport Customs' },
]

export function entryPortName(port: string, locale: Locale): string {
  return locale === 'zh' ? port : (entryPorts.find((p) => p.zh === port)?.en ?? port)
}
