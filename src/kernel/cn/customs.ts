import type { Locale, Words } from '../errors.ts'
import { COUNTRY_ROWS } from './country-table.ts'

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
  海运: '2',
  船运: '2',
  水运: '2',
  水路: '2',
  海路: '2',
  轮船: '2',
  江海运输: '2',
  海洋运输: '2',
  海上运输: '2',
  sea: '2',
  ocean: '2',
  vessel: '2',
  ship: '2',
  seafreight: '2',
  oceanfreight: '2',
  bysea: '2',
  铁路: '3',
  铁运: '3',
  火车: '3',
  班列: '3',
  中欧班列: '3',
  railway: '3',
  train: '3',
  byrail: '3',
  公路: '4',
  汽运: '4',
  陆运: '4',
  陆路: '4',
  陆路运输: '4',
  汽车运输: '4',
  卡车: '4',
  truck: '4',
  byroad: '4',
  空运: '5',
  航空: '5',
  飞机: '5',
  空运直飞: '5',
  flight: '5',
  airfreight: '5',
  byair: '5',
  邮运: '6',
  邮政: '6',
  邮件: '6',
  邮寄: '6',
  国际快递: '6',
  快递: '6',
  快件: '6',
  mail: '6',
  parcel: '6',
  bypost: '6',
  其他: '9',
  其它: '9',
  其他方式: '9',
  其它方式: '9',
  其他运输: '9',
  其它方式运输: '9',
  随身携带: 'L',
  物流园: 'X',
  固定设施: 'G',
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
  ['5034', '区内物流货物', 'logistics goods within the zone', 'zone-stock'],
].map(([code, zh, en, regime]) => ({ code, zh, en, regime }) as TradeMode)

const TRADE_ALIASES: Readonly<Record<string, string>> = {
  一般贸易进口: '0110',
  一般: '0110',
  大贸: '0110',
  保税跨境贸易电子商务: '1210',
  网购保税进口: '1210',
  网购保税: '1210',
  保税备货: '1210',
  跨境保税: '1210',
  i20: '1210',
  bondedecommerce: '1210',
  保税跨境贸易电子商务a: '1239',
  网购保税a: '1239',
  电子商务: '9610',
  跨境贸易电子商务: '9610',
  直购: '9610',
  直购进口: '9610',
  跨境电商直购: '9610',
  跨境直邮: '9610',
  直邮: '9610',
  直邮进口: '9610',
  i10: '9610',
  directpurchase: '9610',
  保税仓库: '1233',
  仓储转口: '1234',
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

function matchRow<T extends TransportMode | TradeMode>(
  text: string,
  rows: readonly T[],
  aliases: Readonly<Record<string, string>>,
): Match<T> | undefined {
  const byCode = rows.find((row) => row.code.toLowerCase() === text)
  if (byCode !== undefined) return { value: byCode, by: 'code' }
  // "2-水路运输", "水路运输(2)": code and name must agree
  const pair =
    /^(?<code>[0-9a-z]{1,4})[-_:./]?(?<name>[\u4e00-\u9fff].*)$/.exec(text) ??
    /^(?<name>.*[\u4e00-\u9fff])[-_:./]?(?<code>[0-9a-z]{1,4})$/.exec(text)
  const named = rows.find(
    (row) =>
      tidy(row.zh) === text ||
      tidy(row.en) === text ||
      (pair !== null && tidy(row.zh) === pair.groups!['name'] && row.code.toLowerCase() === pair.groups!['code']),
  )
  if (named !== undefined) return { value: named, by: 'name' }
  const alias = Object.hasOwn(aliases, text) ? aliases[text] : undefined
  const aliased = rows.find((row) => row.code === alias)
  return aliased === undefined ? undefined : { value: aliased, by: 'alias' }
}

function tidy(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\u200B-\u200D\uFEFF()（）]/g, '')
    .toLowerCase()
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

/** @returns undefined when the text is no such number: `declarationFault` tells why */
export function parseDeclarationNumber(input: string): DeclarationNumber | undefined {
  const value = input
    .normalize('NFKC')
    .replace(/[\s\-\u200B-\u200D\uFEFF]/g, '')
    .toUpperCase()
  const match = /^(\d{4})(20\d{2})([0-9IE])(\d{9})$/.exec(value)
  if (match === null) return undefined
  const directions: Readonly<Record<string, DeclarationNumber['direction']>> = {
    '1': 'import',
    '0': 'export',
    I: 'import-list',
    E: 'export-list',
  }
  return { value, customs: match[1]!, year: Number(match[2]), direction: directions[match[3]!] ?? 'unclear' }
}

export type DeclarationFaultCode =
  | 'DECLARATION_EMPTY'
  | 'DECLARATION_SCIENTIFIC'
  | 'DECLARATION_BONDED_LIST'
  | 'DECLARATION_OLD'
  | 'DECLARATION_LENGTH'
  | 'DECLARATION_FORM'

const DECLARATION_FAULTS: Readonly<Record<DeclarationFaultCode, Words>> = {
  DECLARATION_EMPTY: { zh: '请填写报关单号', en: 'the declaration number is required' },
  DECLARATION_SCIENTIFIC: {
    zh: '被表格软件改成了科学计数法，后几位已丢失；请把该列设为文本格式后重新填写',
    en: 'was turned into scientific notation by the spreadsheet and has lost digits: make the column text and enter it again',
  },
  DECLARATION_BONDED_LIST: {
    zh: '是保税核注清单编号，请填写 18 位报关单号或跨境清单编号',
    en: 'is the number of a bonded list: enter the 18-digit declaration or cross-border list number',
  },
  DECLARATION_OLD: { zh: '是 9 位旧报关单号，请填写 18 位海关编号', en: 'is an old number of 9 digits: enter the one of 18' },
  DECLARATION_LENGTH: { zh: '报关单号应为 18 位', en: 'must have 18 characters' },
  DECLARATION_FORM: {
    zh: '不是报关单号：第 5 至 8 位应为年份，其余为数字（跨境清单第 9 位为 I 或 E）',
    en: 'is no declaration number: places 5 to 8 are a year, the others digits (place 9 of a cross-border list is I or E)',
  },
}

/** Why a text is no declaration number, as a predicate to stand behind the cell; undefined when it is one. */
export function declarationFault(input: string): (Words & { readonly code: DeclarationFaultCode }) | undefined {
  if (parseDeclarationNumber(input) !== undefined) return undefined
  const text = tidy(input)
  const code: DeclarationFaultCode =
    text === ''
      ? 'DECLARATION_EMPTY'
      : /^\d+([.,]\d+)?e\+?\d+$/.test(text)
        ? 'DECLARATION_SCIENTIFIC'
        : /^qd\d{6}[ie]\d{9}$/.test(text)
          ? 'DECLARATION_BONDED_LIST'
          : /^\d{9}$/.test(text)
            ? 'DECLARATION_OLD'
            : text.length !== 18
              ? 'DECLARATION_LENGTH'
              : 'DECLARATION_FORM'
  return { code, ...DECLARATION_FAULTS[code] }
}

/** A country or region. */
export interface Country extends Words {
  /** GB/T 2659 alpha-3 */
  readonly code: string
  readonly alpha2: string
  /** three digits of the customs' old table, empty where not known */
  readonly customs: string
}

export const countries: readonly Country[] = COUNTRY_ROWS.map(([code, alpha2, customs, zh, en]) => ({ code, alpha2, customs, zh, en }))

const COUNTRY_BY_WORD: ReadonlyMap<string, Match<Country>> = new Map(
  COUNTRY_ROWS.flatMap(([code, alpha2, customs, zh, en, ...aliases], i) => {
    const value = countries[i]!
    const words = (texts: readonly string[], by: Match<Country>['by']) =>
      texts.filter((text) => text !== '').map((text) => [tidy(text), { value, by }] as const)
    return [...words([code, alpha2, customs], 'code'), ...words([zh, en], 'name'), ...words(aliases, 'alias')]
  }),
)

/** Origins as they are typed: FRA, FR, 305, 法国, France, 法国产, 原产法国, Made in France, 法国/France, 法国（FRA）. */
export function matchCountry(input: string): Match<Country> | undefined {
  const direct = matchCountryWord(input)
  if (direct !== undefined) return direct
  // several writings of one country in one cell; two different countries are not understood
  const parts = input
    .normalize('NFKC')
    .split(/[\s/|,;:、\-()]+/)
    .filter((part) => part !== '')
  if (parts.length < 2 || parts.length > 4) return undefined
  const found = parts.map((part) => matchCountryWord(part)?.value)
  return found[0] !== undefined && found.every((country) => country === found[0]) ? { value: found[0], by: 'alias' } : undefined
}

function matchCountryWord(input: string): Match<Country> | undefined {
  const text = tidy(input)
  const direct = COUNTRY_BY_WORD.get(text)
  if (direct !== undefined) return direct
  const bare = text
    .replace(/^(原产国地区|原产国|原产地|原产|产地)[:：]?/, '')
    .replace(/^(madein|productof)/, '')
    .replace(/(进口|生产|制造|原产|产)$/, '')
  const found = COUNTRY_BY_WORD.get(bare)
  return found === undefined ? undefined : { value: found.value, by: 'alias' }
}

const COUNTRY_BY_CODE: ReadonlyMap<string, Country> = new Map(countries.map((c) => [c.code, c]))

/** Row of an alpha-3 code. */
export const countryOf = (code: string): Country | undefined => COUNTRY_BY_CODE.get(code)

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

const PORT_ALIASES: Readonly<Record<string, string>> = {
  北仑: '北仑海关',
  北仑港: '北仑海关',
  北仑口岸: '北仑海关',
  beilun: '北仑海关',
  梅山: '梅山海关',
  梅山港: '梅山海关',
  梅山口岸: '梅山海关',
  meishan: '梅山海关',
  宁波机场: '宁波机场海关',
  栎社机场: '宁波机场海关',
  宁波栎社机场: '宁波机场海关',
  宁波空港: '宁波机场海关',
  机场海关: '宁波机场海关',
  ningboairport: '宁波机场海关',
  保税区海关: '宁波保税区海关',
  宁波保税区: '宁波保税区海关',
  甬保税区: '宁波保税区海关',
  ningboftz: '宁波保税区海关',
  镇海: '镇海海关',
  镇海港: '镇海海关',
  宁波: '宁波海关',
  宁波口岸: '宁波海关',
  宁波港: '宁波海关',
  ningbo: '宁波海关',
  甬关: '宁波海关',
  浦东机场: '上海浦东机场海关',
  浦东机场海关: '上海浦东机场海关',
  洋山: '洋山海关',
  洋山港: '洋山海关',
  洋山港区: '洋山海关',
  萧山机场: '杭州萧山机场海关',
  萧山机场海关: '杭州萧山机场海关',
}

/** Offices as they are typed: 北仑海关, 北仑, 宁波栎社机场, Beilun. Other names are no fault and are kept as they stand. */
export function matchEntryPort(input: string): Match<Words> | undefined {
  const text = tidy(input)
  const named = entryPorts.find((port) => port.zh === text || tidy(port.en) === text)
  if (named !== undefined) return { value: named, by: 'name' }
  const alias = Object.hasOwn(PORT_ALIASES, text) ? PORT_ALIASES[text] : undefined
  const aliased = entryPorts.find((port) => port.zh === alias)
  return aliased === undefined ? undefined : { value: aliased, by: 'alias' }
}

export function entryPortName(port: string, locale: Locale): string {
  return locale === 'zh' ? port : (entryPorts.find((p) => p.zh === port)?.en ?? port)
}
