import type { Words } from '../../kernel/errors.ts'
import { parseDeclarationNumber, type Regime, tradeModeOf, transportModeOf } from '../../kernel/cn/customs.ts'
import { addMonths, type CivilDate } from '../../kernel/time.ts'
import { type Completeness, completenessOf } from '../products/contract.ts'

/**
 * The logic of dates, quantities and customs facts, as pure functions: the form, the API and the Excel import judge by
 * the same ones. Words are predicates, so that they can stand behind a cell: "生产日期 2025-13-02" + "不是日期".
 */
export interface Finding extends Words {
  readonly field: string
  /** A fault bars the record; a warning is told and kept out of nobody's way. */
  readonly severity: 'fault' | 'warning'
  readonly code: string
}

export interface ConsignmentFacts {
  readonly declarationNumber: string
  readonly tradeMode: string
  readonly declarationTransportMode: string
  readonly firstLineTransportMode: string | null
  readonly enteredOn: string
  readonly inspectionCertificate: string
  readonly inspectionPassedOn: string | null
  readonly releasedOn: string | null
}

export interface LotDates {
  readonly lotNumber: string
  readonly producedOn: string | null
  readonly expiresOn: string | null
  readonly quantity: number
}

const MAX_QUANTITY = 10_000_000

const fault = (field: string, code: string, zh: string, en: string): Finding => ({ field, severity: 'fault', code, zh, en })
const warning = (field: string, code: string, zh: string, en: string): Finding => ({ field, severity: 'warning', code, zh, en })

/**
 * Judges a consignment whose codes are normalised already.
 * @param today the date in China, `YYYY-MM-DD`
 */
export function consignmentFindings(c: ConsignmentFacts, today: string): Finding[] {
  return [
    ...declarationFindings(c.declarationNumber, c.enteredOn, today),
    ...(tradeModeOf(c.tradeMode) === undefined
      ? [fault('tradeMode', 'TRADE_MODE_UNKNOWN', '不在监管方式代码表中', 'is not in the table of trade modes')]
      : []),
    ...(transportModeOf(c.declarationTransportMode) === undefined
      ? [fault('declarationTransportMode', 'TRANSPORT_MODE_UNKNOWN', '不在运输方式代码表中', 'is not in the table of transport modes')]
      : []),
    ...firstLineFindings(c.firstLineTransportMode),
    ...entryFindings(c.enteredOn, today),
    ...inspectionFindings(c, today),
    ...releaseFindings(c, today),
  ]
}

export function declarationFindings(number: string, enteredOn: string, today: string): Finding[] {
  const field = 'declarationNumber'
  const parsed = parseDeclarationNumber(number)
  if (parsed === undefined) {
    return [
      fault(
        field,
        'DECLARATION_NUMBER_FORM',
        '不是 18 位报关单号或跨境清单编号',
        'is neither an 18-digit declaration number nor a cross-border list number',
      ),
    ]
  }
  const findings: Finding[] = []
  if (parsed.year > Number(today.slice(0, 4)))
    findings.push(
      fault(field, 'DECLARATION_YEAR_FUTURE', `中的年份 ${parsed.year} 尚未到来`, `names the year ${parsed.year}, which has not come yet`),
    )
  // The ninth character tells import (1, I) from export (0, E). A letter is written on purpose and bars the record; a
  // digit other than 1 is what brokers' own numbers carry too, so it is told and the paper has to settle it.
  if (parsed.direction === 'export-list') {
    findings.push(
      fault(
        field,
        'DECLARATION_EXPORT',
        `第 9 位为 ${parsed.value[8]}，是出口单号`,
        `has ${parsed.value[8]} as its 9th character: it is the number of an export`,
      ),
    )
  }
  if (parsed.direction === 'unclear' || parsed.direction === 'export') {
    findings.push(
      warning(
        field,
        'DECLARATION_DIRECTION',
        `第 9 位为 ${parsed.value[8]}，进口报关单应为 1，请核对原件`,
        `has ${parsed.value[8]} as its 9th digit where an import declaration has 1: check the paper`,
      ),
    )
  }
  // declared before arrival by days is possible, so only January may carry last year's number
  if (parsed.year < Number(enteredOn.slice(0, 4)) && enteredOn.slice(5, 7) !== '01') {
    findings.push(
      warning(
        field,
        'DECLARATION_YEAR_EARLIER',
        `中的年份 ${parsed.year} 早于入境年份 ${enteredOn.slice(0, 4)}，请核对`,
        `names the year ${parsed.year}, before the year of entry ${enteredOn.slice(0, 4)}: check it`,
      ),
    )
  }
  return findings
}

function firstLineFindings(mode: string | null): Finding[] {
  if (mode === null || mode === '') return []
  const field = 'firstLineTransportMode'
  if (transportModeOf(mode) === undefined)
    return [fault(field, 'TRANSPORT_MODE_UNKNOWN', '不在运输方式代码表中', 'is not in the table of transport modes')]
  return transportModeOf(mode)!.crossing
    ? []
    : [
        fault(
          field,
          'NOT_A_CROSSING',
          '不是实际跨境的运输方式（应为水路、航空、铁路、公路、邮件等）',
          'is not a way of crossing the border (water, air, rail, road, post …)',
        ),
      ]
}

export function entryFindings(enteredOn: string, today: string): Finding[] {
  if (enteredOn > today) return [fault('enteredOn', 'ENTERED_IN_FUTURE', '晚于今天', 'lies after today')]
  if (enteredOn < '2000-01-01')
    return [fault('enteredOn', 'ENTERED_LONG_AGO', '早得不合理，年份是否有误？', 'lies impossibly far back: is the year right?')]
  return []
}

function inspectionFindings(c: ConsignmentFacts, today: string): Finding[] {
  const findings: Finding[] = []
  // no published form of the number was found, so only what no certificate could carry is refused
  if (c.inspectionCertificate !== '' && !/^[0-9A-Z-]{6,32}$/.test(c.inspectionCertificate)) {
    findings.push(
      fault(
        'inspectionCertificate',
        'CERTIFICATE_FORM',
        '应为 6 至 32 位数字、大写字母或连字符',
        'must be 6 to 32 digits, capital letters or hyphens',
      ),
    )
  }
  if (c.inspectionPassedOn !== null) {
    if (c.inspectionPassedOn > today) findings.push(fault('inspectionPassedOn', 'INSPECTED_IN_FUTURE', '晚于今天', 'lies after today'))
    else if (c.inspectionPassedOn < c.enteredOn)
      findings.push(
        fault('inspectionPassedOn', 'INSPECTED_BEFORE_ENTRY', `早于入境日期 ${c.enteredOn}`, `lies before the entry date ${c.enteredOn}`),
      )
    if (c.inspectionCertificate === '')
      findings.push(
        warning('inspectionCertificate', 'CERTIFICATE_MISSING', '尚未填写，但已有合格日期', 'is missing although a passing date is given'),
      )
  }
  return findings
}

function releaseFindings(c: ConsignmentFacts, today: string): Finding[] {
  if (c.releasedOn === null) return []
  if (c.releasedOn > today) return [fault('releasedOn', 'RELEASED_IN_FUTURE', '晚于今天', 'lies after today')]
  if (c.releasedOn < c.enteredOn)
    return [fault('releasedOn', 'RELEASED_BEFORE_ENTRY', `早于入境日期 ${c.enteredOn}`, `lies before the entry date ${c.enteredOn}`)]
  return []
}

/** Judges a lot against its consignment's entry date and its product's shelf life. */
export function lotFindings(
  lot: LotDates,
  consignment: { readonly enteredOn: string },
  product: { readonly shelfLifeMonths: number | null },
  today: string,
): Finding[] {
  return [
    ...lotNumberFindings(lot.lotNumber),
    ...productionFindings(lot.producedOn, consignment.enteredOn, today),
    ...expiryFindings(lot, consignment.enteredOn, product.shelfLifeMonths, today),
    ...quantityFindings(lot.quantity),
  ]
}

/** GS1 AI (10): at most 20 characters; GB/T 33993 keeps `% & / < > ?` out of them, and a blank breaks a code. */
export function lotNumberFindings(lotNumber: string): Finding[] {
  const field = 'lotNumber'
  if (lotNumber.length > 20) return [fault(field, 'LOT_NUMBER_LONG', '超过 20 个字符', 'is longer than 20 characters')]
  if (!/^[0-9A-Za-z!"'()*+,\-.:;=_]+$/.test(lotNumber)) {
    return [
      fault(
        field,
        'LOT_NUMBER_CHARACTERS',
        '只能含字母、数字和 ! " \' ( ) * + , - . : ; = _',
        'may hold only letters, digits and ! " \' ( ) * + , - . : ; = _',
      ),
    ]
  }
  return []
}

export function productionFindings(producedOn: string | null, enteredOn: string, today: string): Finding[] {
  if (producedOn === null) return []
  if (producedOn > today) return [fault('producedOn', 'PRODUCED_IN_FUTURE', '晚于今天', 'lies after today')]
  if (producedOn < '1990-01-01')
    return [fault('producedOn', 'PRODUCED_LONG_AGO', '早得不合理，年份是否有误？', 'lies impossibly far back: is the year right?')]
  // the later fact is the likelier slip of the pen, and an entry in 1924 is not the production's fault
  if (enteredOn < producedOn)
    return [fault('enteredOn', 'ENTERED_BEFORE_PRODUCTION', `早于生产日期 ${producedOn}`, `lies before the production date ${producedOn}`)]
  return []
}

export function expiryFindings(lot: LotDates, enteredOn: string, shelfLifeMonths: number | null, today: string): Finding[] {
  const field = 'expiresOn'
  const { producedOn, expiresOn } = lot
  if (expiresOn === null) {
    return producedOn !== null && shelfLifeMonths !== null
      ? []
      : [
          fault(
            field,
            'USE_PERIOD_MISSING',
            '缺失：应填限期使用日期，或生产日期加保质期',
            'is missing: give the expiry date, or the production date and a shelf life',
          ),
        ]
  }
  if (producedOn !== null && expiresOn <= producedOn)
    return [fault(field, 'EXPIRES_BEFORE_PRODUCTION', `应晚于生产日期 ${producedOn}`, `must lie after the production date ${producedOn}`)]
  if (producedOn !== null && shelfLifeMonths !== null) {
    const earliest = addMonthsTo(producedOn, shelfLifeMonths - 1)
    const latest = addMonthsTo(producedOn, shelfLifeMonths + 1)
    if (expiresOn < earliest || expiresOn > latest) {
      return [
        fault(
          field,
          'SHELF_LIFE_CONFLICT',
          `与生产日期 ${producedOn} 加保质期 ${shelfLifeMonths} 个月相差超过 1 个月`,
          `differs by more than a month from production ${producedOn} plus a shelf life of ${shelfLifeMonths} months`,
        ),
      ]
    }
  }
  if (expiresOn <= enteredOn)
    return [
      fault(
        field,
        'EXPIRED_AT_ENTRY',
        `不晚于入境日期 ${enteredOn}，入境时已过期`,
        `does not lie after the entry date ${enteredOn}: expired on arrival`,
      ),
    ]
  if (expiresOn < today) return [warning(field, 'EXPIRED', '已过期，不能激活', 'has passed: nothing can be activated')]
  if (producedOn !== null && expiresOn > addMonthsTo(producedOn, 120))
    return [warning(field, 'SHELF_LIFE_LONG', '距生产日期超过 10 年，请核对', 'lies more than ten years after production: check it')]
  return []
}

export function quantityFindings(quantity: number): Finding[] {
  const field = 'quantity'
  if (!Number.isInteger(quantity)) return [fault(field, 'QUANTITY_NOT_WHOLE', '不是整数', 'is not a whole number')]
  if (quantity < 1) return [fault(field, 'QUANTITY_TOO_SMALL', '应至少为 1', 'must be at least 1')]
  if (quantity > MAX_QUANTITY) return [fault(field, 'QUANTITY_TOO_LARGE', '超过 10,000,000，请核对', 'exceeds 10,000,000: check it')]
  return []
}

/** The last day of use: as declared, or reckoned from production and shelf life when only those are known. */
export function expiryOf(lot: { producedOn: string | null; expiresOn: string | null }, shelfLifeMonths: number | null): string | null {
  if (lot.expiresOn !== null || lot.producedOn === null || shelfLifeMonths === null) return lot.expiresOn
  return addMonthsTo(lot.producedOn, shelfLifeMonths)
}

/** Regime of a trade mode; unknown modes are judged as general trade, which asks for the most. */
export function regimeOf(tradeMode: string): Regime {
  return tradeModeOf(tradeMode)?.regime ?? 'general'
}

export interface GateReason extends Words {
  readonly code: string
}

export interface GateLot extends ConsignmentFacts {
  readonly expiresOn: string | null
}

export type GateProduct = Parameters<typeof completenessOf>[0]

/**
 * Why labels of a lot may not be activated today; empty when they may. General trade needs filing, inspection and
 * release (化妆品监督管理条例 art. 17, 45; goods may be sold only after 入境货物检验检疫证明); cross-border retail only
 * its release; what merely lies in a zone is not imported and never activated.
 */
export function activationGate(lot: GateLot, product: GateProduct, today: string): GateReason[] {
  const regime = regimeOf(lot.tradeMode)
  if (regime === 'zone-stock') {
    return [
      {
        code: 'ZONE_STOCK',
        zh: `监管方式 ${lot.tradeMode} 为区内库存，尚未进口，不能激活`,
        en: `trade mode ${lot.tradeMode} is stock in a zone, not yet imported: it is never activated`,
      },
    ]
  }
  const reasons: GateReason[] = []
  if (tradeModeOf(lot.tradeMode) === undefined)
    reasons.push({ code: 'TRADE_MODE_UNKNOWN', zh: `监管方式 ${lot.tradeMode} 未知`, en: `trade mode ${lot.tradeMode} is unknown` })
  const gaps: Completeness = completenessOf(product, regime)
  if (gaps.score < 100) {
    reasons.push({
      code: 'PRODUCT_INCOMPLETE',
      zh: `产品资料完整度 ${gaps.score}%，尚缺：${gaps.missing.map((m) => m.zh).join('、')}`,
      en: `the product's facts are ${gaps.score} % complete; missing: ${gaps.missing.map((m) => m.en).join(', ')}`,
    })
  }
  if (regime === 'general') {
    if (lot.inspectionCertificate === '')
      reasons.push({ code: 'CERTIFICATE_MISSING', zh: '缺少检验检疫证书编号', en: 'the inspection certificate number is missing' })
    if (lot.inspectionPassedOn === null || lot.inspectionPassedOn > today)
      reasons.push({ code: 'NOT_INSPECTED', zh: '尚未检验合格', en: 'the goods have not passed inspection' })
  }
  if (lot.releasedOn === null || lot.releasedOn > today)
    reasons.push({
      code: 'NOT_RELEASED',
      zh: '海关尚未放行（或尚未出区）',
      en: 'customs has not released the goods (or they have not left the zone)',
    })
  if (lot.expiresOn !== null && lot.expiresOn < today)
    reasons.push({ code: 'LOT_EXPIRED', zh: `已于 ${lot.expiresOn} 过期`, en: `the lot expired on ${lot.expiresOn}` })
  return reasons
}

const addMonthsTo = (date: string, months: number): string => addMonths(date as CivilDate, months)
