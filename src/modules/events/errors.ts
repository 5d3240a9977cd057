import { type AppError, type ErrorTable, refuser } from '../../kernel/errors.ts'

export const EVENTS_ERRORS = {
  GOODS_STATE: {
    status: 409,
    zh: '{count} 枚标签不能“{act}”：{reason}（例如 {example}）。',
    en: '{count} labels cannot be {act}: {reason} (for example {example}).',
  },
  CONTAINER_STATE: { status: 409, zh: '箱码 {sscc} 不能“{act}”：{reason}。', en: 'Container {sscc} cannot be {act}: {reason}.' },
  NOTHING_CHOSEN: { status: 422, zh: '没有选中任何标签或箱码。', en: 'No labels or containers were chosen.' },
  NOTHING_TO_HOLD: {
    status: 409,
    zh: '该批次没有可以“{act}”的标签：没有已激活的，或都已处于相应状态。',
    en: 'No label of this lot can be {act}: none is active, or all are in that state already.',
  },
  CODES_NOT_FOUND: {
    status: 422,
    zh: '{count} 个输入不是贵企业的标签（例如 {example}）。',
    en: '{count} inputs are not labels of yours (for example {example}).',
  },
  CODES_CANARY: {
    status: 409,
    zh: '其中有 {count} 枚追踪码，不得贴用，已告警。请立即停用这批标签并联系平台运营方。',
    en: '{count} of them are tracing serials that must never be applied; the alarm is raised. Stop using these labels and call the platform’s operator.',
  },
  RANGE_CROSSES_BATCHES: { status: 422, zh: '首尾两枚标签不属于同一批码。', en: 'The first and the last label are not of one batch.' },
  NO_SUCH_ROLL: { status: 422, zh: '该批码没有第 {roll} 卷。', en: 'This batch has no roll {roll}.' },
  OVER_ACTIVATION: {
    status: 409,
    zh: '超出申报数量：该批次还可激活 {left} 枚，本次 {count} 枚（申报 {declared}）。',
    en: 'Over the declared quantity: {left} labels can still be activated for this lot, not {count} ({declared} declared).',
  },
  ACTIVATION_GATE: { status: 409, zh: '该批次还不能激活：{reasons}。', en: 'This lot cannot be activated yet: {reasons}.' },
  LABELS_NOT_RECEIVED: {
    status: 409,
    zh: '订单 {number} 的标签尚未签收，不能激活。',
    en: 'The labels of order {number} have not been received yet.',
  },
  LABELS_OF_OTHER_LOT: {
    status: 409,
    zh: '{count} 枚标签是为另一批次订购的（例如 {example}）。',
    en: '{count} labels were ordered for another lot (for example {example}).',
  },
  UNDO_LATE: {
    status: 409,
    zh: '激活已超过 30 分钟，不能撤销；请改用作废。',
    en: 'It was activated more than 30 minutes ago and cannot be undone: void the labels instead.',
  },
  ALREADY_UNDONE: { status: 409, zh: '该次激活已撤销。', en: 'This activation has been undone already.' },
  SSCC_OF_SANDBOX: {
    status: 422,
    zh: '箱码 {sscc} 的前缀只用于沙盒，不能用于真实货物。',
    en: 'The prefix of the container {sscc} is for sandboxes only, never for real goods.',
  },
  SSCC_NOT_OF_SANDBOX: {
    status: 422,
    zh: '沙盒中的箱码须使用该沙盒的厂商识别代码 {prefix}，{sscc} 不是。',
    en: 'Containers of this sandbox carry its company prefix {prefix}; {sscc} does not.',
  },
  EVENT_IN_FUTURE: {
    status: 422,
    zh: '事件时间晚于现在，请检查设备时钟。',
    en: 'The event lies in the future: check the clock of the device.',
  },
  EVENT_TOO_EARLY: {
    status: 422,
    zh: '事件时间早于{what}的时间（{since}），请核对日期或设备时钟。',
    en: 'The event lies before {what} ({since}): check its date or the clock of the device.',
  },
  NOT_RESELLABLE: {
    status: 409,
    zh: '跨境电商零售进口商品仅限个人自用，不能发往经销商。',
    en: 'Goods imported by cross-border retail are for personal use and cannot be shipped to a dealer.',
  },
  DEALER_UNKNOWN: { status: 422, zh: '请选择一家启用的经销商。', en: 'Choose an active dealer.' },
  DEALER_EXISTS: { status: 409, zh: '已有同名经销商。', en: 'There is a dealer of that name already.' },
  PROVINCE_UNKNOWN: { status: 422, zh: '“{province}”不是省级行政区。', en: '"{province}" is not a province.' },
  NOT_AN_SSCC: { status: 422, zh: '“{input}”不是有效的箱码（SSCC，18 位）。', en: '"{input}" is not a container code (SSCC, 18 digits).' },
  SHIPMENT_EXISTS: { status: 409, zh: '已有同号发货单。', en: 'There is a shipment of that number already.' },
  EVENT_EXISTS: {
    status: 409,
    zh: '事件 {id} 已存在；更正请发送错误声明或补偿事件。',
    en: 'The event {id} is there already; to correct it, send an error declaration or a compensating event.',
  },
  EPC_RANGE_FORM: {
    status: 400,
    zh: 'suzhen:epcRange 须由 suzhen:first 与 suzhen:last 组成，一个事件最多 {limit} 段。',
    en: 'suzhen:epcRange must have suzhen:first and suzhen:last, and an event {limit} of them at most.',
  },
  EPC_RANGE_UNKNOWN: {
    status: 422,
    zh: '号段 {first} 至 {last} 的首尾不都是贵企业的标签。',
    en: 'The ends of the range from {first} to {last} are not both labels of your enterprise.',
  },
  EPC_RANGE_ORDER: {
    status: 422,
    zh: '号段 {first} 至 {last} 不在同一批号码内，或首尾颠倒。',
    en: 'The range from {first} to {last} leaves its batch, or ends before it begins.',
  },
  ACT_NOT_PERMITTED: {
    status: 403,
    zh: '你的岗位没有这个动作的权限，请由有权限的人上传。',
    en: 'Your post does not allow this act: have somebody upload it whose post does.',
  },
  LOT_NOT_TOLD: {
    status: 422,
    zh: '标签不属于某一批号的订单，请填写生产批号（须是贵企业的一个批号）。',
    en: 'The labels were not ordered for a lot: name the lot, one of yours.',
  },
  LOT_NOT_NAMED: {
    status: 422,
    zh: '激活事件须在 ilmd 中以 cbvmda:lotNumber（或 suzhen:lot）写明贵企业的一个批次。',
    en: 'A commissioning event must name one lot of yours in its ilmd, as cbvmda:lotNumber or suzhen:lot.',
  },
  TRACE_TOO_LARGE: {
    status: 422,
    zh: '范围太大：超过 {limit} 条事件。请缩小到进口批次、批号或箱码。',
    en: 'Too much at once: more than {limit} events. Narrow it down to a consignment, a lot or a container.',
  },
  TRACE_TOO_MANY_LOTS: {
    status: 422,
    zh: '范围太大：超过 {limit} 个批号。请缩小到进口批次或批号。',
    en: 'Too much at once: more than {limit} lots. Narrow it down to a consignment or a lot.',
  },
  TOO_MANY_LABELS: { status: 422, zh: '一次最多 {limit} 段。', en: '{limit} stretches at most at a time.' },
} as const satisfies ErrorTable

export const eventsFail = refuser(EVENTS_ERRORS)

export const EVENTS_CONSTRAINTS: ReadonlyMap<string, () => AppError> = new Map<string, () => AppError>([
  ['event_uri_key', () => eventsFail('EVENT_EXISTS', { id: '' })],
  ['dealer_name_key', () => eventsFail('DEALER_EXISTS')],
  ['shipment_number_key', () => eventsFail('SHIPMENT_EXISTS')],
])
