import type { Words } from '../../kernel/errors.ts'
import type { CodeRange } from './ranges.ts'

/** What happens to goods, in the words of the trade. Each kind is one shape of EPCIS event (see `EPCIS_SHAPES`). */
export type EventKind =
  | 'commissioning'
  | 'decommissioning'
  | 'voiding'
  | 'replacing'
  | 'destroying'
  | 'packing'
  | 'unpacking'
  | 'shipping'
  | 'receiving'
  | 'returning'
  | 'retiring'
  | 'unretiring'
  | 'freezing'
  | 'unfreezing'
  | 'recalling'

export interface EpcisShape {
  readonly type: 'ObjectEvent' | 'AggregationEvent'
  readonly action: 'ADD' | 'OBSERVE' | 'DELETE'
  /** CBV 2.0 bare words. */
  readonly bizStep: string
  readonly disposition: string | null
  readonly words: Words
}

export const EPCIS_SHAPES: Readonly<Record<EventKind, EpcisShape>> = {
  commissioning: {
    type: 'ObjectEvent',
    action: 'ADD',
    bizStep: 'commissioning',
    disposition: 'active',
    words: { zh: '激活', en: 'activated' },
  },
  decommissioning: {
    type: 'ObjectEvent',
    action: 'DELETE',
    bizStep: 'decommissioning',
    disposition: 'inactive',
    words: { zh: '撤销激活', en: 'activation undone' },
  },
  voiding: {
    type: 'ObjectEvent',
    action: 'DELETE',
    bizStep: 'decommissioning',
    disposition: 'disposed',
    words: { zh: '标签作废', en: 'voided' },
  },
  replacing: {
    type: 'ObjectEvent',
    action: 'OBSERVE',
    bizStep: 'repackaging',
    disposition: 'active',
    words: { zh: '更换标签', en: 'label replaced' },
  },
  destroying: {
    type: 'ObjectEvent',
    action: 'DELETE',
    bizStep: 'destroying',
    disposition: 'destroyed',
    words: { zh: '销毁', en: 'destroyed' },
  },
  packing: { type: 'AggregationEvent', action: 'ADD', bizStep: 'packing', disposition: 'in_progress', words: { zh: '装箱', en: 'packed' } },
  unpacking: {
    type: 'AggregationEvent',
    action: 'DELETE',
    bizStep: 'unpacking',
    disposition: 'in_progress',
    words: { zh: '拆箱', en: 'unpacked' },
  },
  shipping: {
    type: 'ObjectEvent',
    action: 'OBSERVE',
    bizStep: 'shipping',
    disposition: 'in_transit',
    words: { zh: '出库发货', en: 'shipped' },
  },
  receiving: {
    type: 'ObjectEvent',
    action: 'OBSERVE',
    bizStep: 'receiving',
    disposition: 'in_progress',
    words: { zh: '收货', en: 'received' },
  },
  returning: {
    type: 'ObjectEvent',
    action: 'OBSERVE',
    // CBV 2.0 has no step of its own for goods that come back
    bizStep: 'receiving',
    disposition: 'returned',
    words: { zh: '退货', en: 'returned' },
  },
  retiring: {
    type: 'ObjectEvent',
    action: 'DELETE',
    bizStep: 'decommissioning',
    disposition: 'retail_sold',
    words: { zh: '空瓶注销', en: 'retired as empty' },
  },
  unretiring: {
    type: 'ObjectEvent',
    action: 'ADD',
    bizStep: 'commissioning',
    disposition: 'retail_sold',
    words: { zh: '撤销注销', en: 'retirement taken back' },
  },
  freezing: {
    type: 'ObjectEvent',
    action: 'OBSERVE',
    bizStep: 'holding',
    disposition: 'non_sellable_other',
    words: { zh: '冻结', en: 'frozen' },
  },
  unfreezing: {
    type: 'ObjectEvent',
    action: 'OBSERVE',
    bizStep: 'inspecting',
    disposition: 'sellable_accessible',
    words: { zh: '解冻', en: 'released from freezing' },
  },
  recalling: { type: 'ObjectEvent', action: 'OBSERVE', bizStep: 'holding', disposition: 'recalled', words: { zh: '召回', en: 'recalled' } },
}

/** An event as a door hands it to capture. Ranges are codes of items, containers are SSCCs. */
export interface GoodsEvent {
  readonly kind: EventKind
  /** When it happened; the record time is the platform's own. */
  readonly at: Date
  readonly zone?: string
  /** Place by name, to city level. */
  readonly place?: string
  readonly ranges: readonly CodeRange[]
  readonly containers: readonly string[]
  /** packing, unpacking: the container. */
  readonly parent?: string
  /** commissioning: the lot whose goods the labels are put on. */
  readonly lot?: { readonly id: string; readonly productId: string; readonly organisationId: string }
  /** shipping: to whom. */
  readonly dealerId?: string
  /** replacing: the label that takes over. */
  readonly replacement?: bigint
  readonly reason?: string
  /** Business documents, as EPCIS lists them. */
  readonly transactions?: readonly { readonly type: string; readonly id: string }[]
}
