import { variantOf } from '../shared/i18n/words.ts'
import { importWords } from '../imports/words.ts'

/** The pages of every list by file speak alike; these differ. */
export const movementWords = variantOf(
  importWords,
  {
    title: '货物流转导入',
    lead: '上传仓库或 ERP 的作业明细（Excel 或 CSV）：激活、装箱、拆箱、发货、收货、退货、销毁、作废，每行一个标签、一段标签或一个箱。先预览再写入；写入后不能整批撤销，可用退货、拆箱等作业更正。',
    upload: '选择作业明细（最多 5 万行）',
    none: '还没有导入过作业明细',
    noneDetail: '上传后会按货物现状逐行试算，确认无误再写入。时间按北京时间理解，也可写明时区。',
    previewHint: '尚未写入任何内容，以下是按货物现状试算的结果；写入时会再核对一次。写入后不能整批撤销。',
    next1: '查看流通事件',
    next2: '查看库存',
  },
  {
    title: 'Movement lists',
    lead: 'Upload what a warehouse or an ERP keeps (Excel or CSV): activating, packing, unpacking, shipping, receiving, returning, destroying, voiding; one label, stretch or container a row. A preview first, then the good rows are written; they cannot be taken back as a whole, only corrected by further acts.',
    upload: 'Choose a list of movements (50,000 rows at most)',
    none: 'No lists of movements yet',
    noneDetail:
      'Each row is tried against the goods as they are; nothing is written before you confirm. Times are China’s unless they tell their zone.',
    previewHint:
      'Nothing is written yet: this is what the goods as they are would let happen, and it is looked at again when it is written. It cannot be taken back as a whole.',
    next1: 'Events',
    next2: 'Stock',
  },
)
