import type { Words } from '../errors.ts'

/** Namespace to which GS1-Conformant Resolver 1.2.1 expands `gs1:`; what we write. */
export const GS1_VOCABULARY = 'https://ref.gs1.org/voc/'

/** Other spellings of it that are in use, in requests, linksets and GS1's own context file. */
const ALIASES = [GS1_VOCABULARY, 'https://gs1.org/voc/', 'http://gs1.org/voc/', 'https://www.gs1.org/voc/', 'gs1:'] as const

interface LinkTypeEntry extends Words {
  /** Still understood, no longer offered. */
  readonly deprecated?: true
}

const type = (zh: string, en: string): LinkTypeEntry => ({ zh, en })

/** The link types of the GS1 Web Vocabulary 1.17 that describe what a link leads to. */
export const LINK_TYPES = {
  pip: type('商品信息页', 'Product information page'),
  instructions: type('使用说明', 'Instructions'),
  quickStartGuide: type('快速入门', 'Quick start guide'),
  tutorial: type('教程', 'Tutorial'),
  ingredientsInfo: type('成分信息', 'Ingredients'),
  allergenInfo: type('过敏原信息', 'Allergens'),
  nutritionalInfo: type('营养信息', 'Nutritional facts'),
  safetyInfo: type('安全信息', 'Safety information'),
  consumerHandlingStorageInfo: type('保存与使用注意', 'Handling and storage'),
  certificationInfo: type('认证信息', 'Certification'),
  sustainabilityInfo: type('可持续与回收', 'Sustainability and recycling'),
  productSustainabilityInfo: { ...type('产品可持续信息', 'Product sustainability'), deprecated: true },
  dpp: type('数字产品护照', 'Digital product passport'),
  traceability: type('追溯信息', 'Traceability'),
  epcis: type('EPCIS 事件库', 'EPCIS repository'),
  verificationService: type('核验服务', 'Verification service'),
  recallStatus: type('召回状态', 'Recall status'),
  registryEntry: type('登记备案信息', 'Registry entry'),
  registerProduct: type('产品注册', 'Product registration'),
  whatsInTheBox: type('包装内容', 'What is in the box'),
  relatedImage: type('相关图片', 'Related image'),
  relatedVideo: type('相关视频', 'Related video'),
  backgroundInfo: type('背景介绍', 'Background'),
  faqs: type('常见问题', 'Frequently asked questions'),
  support: type('客户支持', 'Support'),
  serviceInfo: type('服务与维修', 'Service'),
  reportFound: type('拾获报告', 'Report a found item'),
  review: type('评价', 'Reviews'),
  leaveReview: type('发表评价', 'Leave a review'),
  hasRetailers: type('零售商', 'Retailers'),
  promotion: type('促销', 'Promotion'),
  purchaseSuppliesOrAccessories: type('购买耗材配件', 'Supplies and accessories'),
  loyaltyProgram: type('会员计划', 'Loyalty programme'),
  subscribe: type('订阅', 'Subscribe'),
  appDownload: type('应用下载', 'App download'),
  socialMedia: type('社交媒体', 'Social media'),
  homepage: type('主页', 'Home page'),
  brandHomepageClinical: type('品牌主页（专业人员）', 'Brand home page for clinicians'),
  brandHomepagePatient: type('品牌主页（患者）', 'Brand home page for patients'),
  activityIdeas: type('活动创意', 'Activity ideas'),
  recipeInfo: type('食谱', 'Recipes'),
  menuInfo: type('菜单', 'Menu'),
  masterData: type('主数据', 'Master data'),
  logisticsInfo: type('物流信息', 'Logistics information'),
  statisticInfo: type('统计信息', 'Statistics'),
  handledBy: type('由其他解析服务处理', 'Handled by another resolver'),
  jws: type('签名数据（JWS）', 'Signed data (JWS)'),
  smartLabel: type('SmartLabel 页面', 'SmartLabel page'),
  eifu: type('电子使用说明（医疗器械）', 'Electronic instructions for use'),
  epil: type('电子说明书（患者）', 'Electronic patient leaflet'),
  smpc: type('药品特性概要', 'Summary of product characteristics'),
  locationInfo: type('地点信息', 'Location'),
  openingHoursInfo: type('营业时间', 'Opening hours'),
  eventsInfo: type('活动', 'Events'),
  careersInfo: type('招聘', 'Careers'),
  scheduleTime: type('预约时间', 'Schedule a time'),
  paymentLink: type('付款', 'Payment'),
  userAgreement: type('用户协议', 'User agreement'),
} as const satisfies Readonly<Record<string, LinkTypeEntry>>

export type LinkType = keyof typeof LINK_TYPES

/** Types that only say which link is meant when the request names none; each also stands under a descriptive one. */
export type RequestedLinkType = LinkType | 'defaultLink' | 'defaultLinkMulti'

export const LINK_TYPE_NAMES = Object.keys(LINK_TYPES) as [LinkType, ...LinkType[]]

const DEFAULTS: ReadonlySet<string> = new Set(['defaultLink', 'defaultLinkMulti'])

export const linkTypeIri = (name: RequestedLinkType): string => GS1_VOCABULARY + name

/**
 * What `linkType=` names: a CURIE (`gs1:pip`), an IRI in any spelling of the namespace, or the bare word, which older
 * resolvers took. `all` is the word of version 1.1 for `linkset`.
 * @returns undefined for a type that is not of the vocabulary, which no link can have
 */
export function readLinkType(text: string): RequestedLinkType | 'linkset' | undefined {
  const alias = ALIASES.find((prefix) => text.startsWith(prefix))
  const name = alias === undefined ? text : text.slice(alias.length)
  if (alias === undefined && (name === 'linkset' || name === 'all')) return 'linkset'
  return Object.hasOwn(LINK_TYPES, name) || DEFAULTS.has(name) ? (name as RequestedLinkType) : undefined
}
