import { type ListField, ListFields } from './list-fields.ts'

/** What a row of an entry list may tell, and the column names under which clerks, brokers and ERP exports tell it. */
interface ImportFieldEntry extends ListField {
  /** Which record the value belongs to. */
  readonly of: 'product' | 'consignment' | 'lot' | 'none'
}

export const IMPORT_FIELDS = {
  sequence: { of: 'none', zh: '序号', en: 'No.', aliases: ['行号', '编号', 'no', '#', 'item', 'index'] },
  gtin: {
    of: 'product',
    required: true,
    zh: '商品条码',
    en: 'Barcode',
    aliases: ['条码', '条形码', '国际条码', '商品条形码', 'gtin', 'ean', 'ean13', 'upc', 'barcode', 'bar code'],
  },
  nameZh: {
    of: 'product',
    required: true,
    zh: '中文品名',
    en: 'Chinese name',
    aliases: ['品名', '商品名称', '产品名称', '中文名称', '名称', '货物名称', 'name', 'product name', 'name zh', 'chinese name'],
  },
  nameEn: { of: 'product', zh: '英文品名', en: 'English name', aliases: ['英文名称', '外文品名', '外文名称', 'english name', 'name en'] },
  brand: { of: 'product', zh: '品牌', en: 'Brand', aliases: ['牌子', '商标', 'brand'] },
  spec: {
    of: 'product',
    zh: '规格型号',
    en: 'Net content',
    aliases: ['规格', '型号', '净含量', '规格/型号', 'spec', 'specification', 'net content', 'size'],
  },
  category: { of: 'product', zh: '产品类别', en: 'Category', aliases: ['类别', '品类', '分类', 'category'] },
  origin: {
    of: 'product',
    zh: '原产国（地区）',
    en: 'Origin',
    aliases: ['原产国', '原产地', '原产国(地)', '原产国/地区', 'origin', 'country of origin', 'made in'],
  },
  filingNumber: {
    of: 'product',
    zh: '备案/注册编号',
    en: 'Filing number',
    aliases: [
      '备案号',
      '备案编号',
      '注册证号',
      '注册证编号',
      '批准文号',
      '备案/注册号',
      '备案凭证号',
      'filing number',
      'registration number',
    ],
  },
  responsiblePerson: { of: 'product', zh: '境内责任人', en: 'Responsible person', aliases: ['责任人', '境内代理', 'responsible person'] },
  manufacturer: {
    of: 'product',
    zh: '生产企业',
    en: 'Manufacturer',
    aliases: ['生产商', '制造商', '厂家', '生产厂家', 'manufacturer', 'producer'],
  },
  ingredients: { of: 'product', zh: '全成分', en: 'Ingredients', aliases: ['成分', '成份', 'ingredients', 'inci'] },
  directions: { of: 'product', zh: '使用方法', en: 'Directions', aliases: ['用法', 'directions', 'usage'] },
  warnings: { of: 'product', zh: '安全警示', en: 'Warnings', aliases: ['注意事项', '警示', 'warnings', 'precautions'] },
  shelfLifeMonths: {
    of: 'product',
    zh: '保质期（月）',
    en: 'Shelf life (months)',
    aliases: ['保质期', '保质期月', 'shelf life', 'shelf life months'],
  },
  paoMonths: { of: 'product', zh: '开封后使用期限（月）', en: 'Period after opening (months)', aliases: ['开封后使用期限', 'pao'] },
  lotNumber: {
    of: 'lot',
    required: true,
    zh: '生产批号',
    en: 'Lot',
    aliases: ['批号', '批次', '批次号', '产品批号', 'lot', 'lot number', 'batch', 'batch number'],
  },
  producedOn: {
    of: 'lot',
    zh: '生产日期',
    en: 'Production date',
    aliases: ['制造日期', '生产时间', 'production date', 'manufactured', 'mfg date', 'produced on'],
  },
  expiresOn: {
    of: 'lot',
    zh: '限期使用日期',
    en: 'Expiry date',
    aliases: ['有效期', '有效期至', '到期日', '到期日期', '失效日期', '保质期至', 'expiry', 'expiry date', 'best before', 'exp date'],
  },
  quantity: {
    of: 'lot',
    required: true,
    zh: '数量（件）',
    en: 'Quantity',
    aliases: ['数量', '件数', '入境数量', '进口数量', 'quantity', 'qty', 'pcs'],
  },
  grossWeightKg: {
    of: 'lot',
    zh: '毛重kg',
    en: 'Gross weight (kg)',
    aliases: ['毛重', '毛重(kg)', '毛重（千克）', '毛重(公斤)', 'gross weight', 'gross weight kg', 'weight'],
  },
  declarationNumber: {
    of: 'consignment',
    required: true,
    zh: '报关单号',
    en: 'Declaration number',
    aliases: [
      '报关单编号',
      '海关编号',
      '报关号',
      '清单编号',
      '清单号',
      'declaration',
      'declaration number',
      'declaration no',
      'customs declaration',
    ],
  },
  enteredOn: {
    of: 'consignment',
    required: true,
    zh: '入境日期',
    en: 'Entry date',
    aliases: ['进境日期', '进口日期', '入关日期', '到港日期', 'entry date', 'entered on', 'import date', 'arrival date'],
  },
  entryPort: {
    of: 'consignment',
    zh: '入境口岸',
    en: 'Port of entry',
    aliases: ['口岸', '进境关别', '进口口岸', '入境海关', 'port', 'port of entry', 'entry port'],
  },
  declarationTransportMode: {
    of: 'consignment',
    required: true,
    zh: '运输方式',
    en: 'Transport mode',
    aliases: ['报关运输方式', 'transport', 'transport mode', 'mode of transport'],
  },
  firstLineTransportMode: {
    of: 'consignment',
    zh: '一线运输方式',
    en: 'First-line transport mode',
    aliases: ['一线进境运输方式', '实际运输方式', 'first line transport mode'],
  },
  tradeMode: {
    of: 'consignment',
    required: true,
    zh: '监管方式',
    en: 'Trade mode',
    aliases: ['贸易方式', 'trade mode', 'trade', 'customs regime'],
  },
  inspectionCertificate: {
    of: 'consignment',
    zh: '检验检疫证书编号',
    en: 'Inspection certificate',
    aliases: ['检验检疫证明编号', '检验检疫证号', '检验检疫编号', '入境货物检验检疫证明', 'inspection certificate', 'ciq certificate'],
  },
  inspectionPassedOn: {
    of: 'consignment',
    zh: '检验合格日期',
    en: 'Inspection passed on',
    aliases: ['检验日期', '检验检疫日期', 'inspection passed on', 'inspection date'],
  },
  releasedOn: {
    of: 'consignment',
    zh: '放行日期',
    en: 'Released on',
    aliases: ['海关放行日期', '出区日期', '二线出区日期', 'release date', 'released on'],
  },
  supplier: {
    of: 'consignment',
    zh: '境外发货人',
    en: 'Supplier',
    aliases: ['供应商', '供货商', '发货人', 'supplier', 'shipper', 'consignor'],
  },
  departureCountry: {
    of: 'consignment',
    zh: '启运国（地区）',
    en: 'Country of departure',
    aliases: ['启运国', '起运国', '启运地', 'country of departure'],
  },
  departurePort: {
    of: 'consignment',
    zh: '启运港',
    en: 'Port of departure',
    aliases: ['起运港', '装货港', 'port of departure', 'port of loading'],
  },
  note: { of: 'consignment', zh: '备注', en: 'Note', aliases: ['说明', 'remark', 'remarks', 'note', 'notes'] },
} as const satisfies Record<string, ImportFieldEntry>

export type ImportField = keyof typeof IMPORT_FIELDS

export const IMPORT_FIELD_NAMES = Object.keys(IMPORT_FIELDS) as ImportField[]

export const ENTRY_LIST = new ListFields(IMPORT_FIELDS)
