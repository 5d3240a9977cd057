import type { Words } from '../../kernel/errors.ts'

/** What a row of a movement list may say happened to goods, and the words that warehouses use for it. */
export const MOVEMENT_ACTS = {
  commissioning: { zh: '激活', en: 'activate', aliases: ['贴标激活', '标签激活', '赋码激活', 'activation', 'activated', 'commissioning'] },
  packing: { zh: '装箱', en: 'pack', aliases: ['打包', '组箱', '组托', '码托', 'packing', 'packed'] },
  unpacking: { zh: '拆箱', en: 'unpack', aliases: ['拆包', '拆托', 'unpacking', 'unpacked'] },
  shipping: {
    zh: '发货',
    en: 'ship',
    aliases: ['出库', '出库发货', '销售出库', 'shipping', 'shipped', 'dispatch', 'despatch', 'outbound'],
  },
  receiving: { zh: '收货', en: 'receive', aliases: ['入库', '签收', '到货', 'receiving', 'received', 'inbound'] },
  returning: { zh: '退货', en: 'return', aliases: ['退回', '退货入库', '销售退回', 'returning', 'returned'] },
  destroying: { zh: '销毁', en: 'destroy', aliases: ['报废', '报损', 'destroying', 'destroyed', 'scrap'] },
  voiding: { zh: '作废', en: 'void', aliases: ['标签作废', 'voiding', 'voided'] },
} as const satisfies Record<string, Words & { readonly aliases: readonly string[] }>

export type MovementAct = keyof typeof MOVEMENT_ACTS

const ACT_OF = new Map(
  Object.entries(MOVEMENT_ACTS).flatMap(([act, { zh, en, aliases }]) =>
    [act, zh, en, ...aliases].map((word) => [word, act as MovementAct] as const),
  ),
)

export const actOfWord = (word: string): MovementAct | undefined => ACT_OF.get(word.normalize('NFKC').toLowerCase().replace(/\s/g, ''))

export const MOVEMENT_FIELDS = {
  act: {
    required: true,
    values: Object.values(MOVEMENT_ACTS),
    zh: '动作',
    en: 'Act',
    aliases: ['作业', '作业类型', '业务类型', '操作', '类型', 'action', 'type', 'movement', 'event'],
  },
  code: {
    required: true,
    zh: '标签或箱码',
    en: 'Label or container',
    aliases: [
      '编码',
      '标签',
      '标签码',
      '追溯码',
      '二维码',
      '防伪码',
      '序列号',
      '起始码',
      '起码',
      '首码',
      'code',
      'label',
      'serial',
      'epc',
      'first',
      'first label',
      'uri',
      'url',
    ],
  },
  lastCode: {
    zh: '止码',
    en: 'Last label',
    aliases: ['末码', '结束码', '尾码', '截止码', 'last', 'last label', 'last code', 'to'],
  },
  container: { zh: '箱码', en: 'Container', aliases: ['箱号', '托盘码', '托盘号', '外箱码', 'sscc', 'carton', 'pallet', 'parent'] },
  at: {
    zh: '时间',
    en: 'Time',
    aliases: [
      '日期',
      '日期时间',
      '发生时间',
      '作业时间',
      '发货日期',
      '发货时间',
      '收货日期',
      '出库日期',
      '入库日期',
      'date',
      'datetime',
      'event time',
      'timestamp',
    ],
  },
  place: { zh: '地点', en: 'Place', aliases: ['仓库', '库位', '作业地点', 'location', 'warehouse', 'site', 'read point'] },
  dealer: {
    zh: '经销商',
    en: 'Dealer',
    aliases: ['客户', '客户名称', '收货方', '收货单位', '渠道', 'customer', 'consignee', 'ship to', 'dealer name'],
  },
  number: {
    zh: '单号',
    en: 'Document number',
    aliases: [
      '发货单号',
      '出库单号',
      '单据号',
      '单据编号',
      '运单号',
      'number',
      'document',
      'document no',
      'shipment',
      'delivery note',
      'order',
    ],
  },
  lot: { zh: '生产批号', en: 'Lot', aliases: ['批号', '批次', '批次号', 'lot number', 'batch', 'batch number'] },
  reason: { zh: '原因', en: 'Reason', aliases: ['备注', '说明', '退货原因', '销毁原因', 'note', 'notes', 'remark', 'remarks'] },
} as const satisfies Record<
  string,
  Words & { readonly aliases: readonly string[]; readonly required?: true; readonly values?: readonly Words[] }
>

export type MovementField = keyof typeof MOVEMENT_FIELDS

/** Where movement files are sent. */
export const MOVEMENT_FILES_PATH = '/api/movement-files'
