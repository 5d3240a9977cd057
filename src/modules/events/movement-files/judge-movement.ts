import type { Words } from '../../../kernel/errors.ts'
import { parseSscc } from '../../../kernel/gs1/sscc.ts'
import { civilDateOf, parseDate, parseInstant } from '../../../kernel/time.ts'
import type { SheetCell } from '../../../platform/documents/sheet.ts'
import { cellText, type JudgedRow, ListFields, reasonAt, type RowReason, understandText, type Understood } from '../../imports/index.ts'
import { actOfWord, MOVEMENT_FIELDS, type MovementAct, type MovementField } from '../movement-fields.ts'

export const MOVEMENT_LIST = new ListFields(MOVEMENT_FIELDS)

/** What a row says, in the form in which rows that belong together agree. */
export interface Movement {
  readonly act: MovementAct
  /** A label in any spelling, or an SSCC of 18 digits. */
  readonly code: string
  readonly lastCode?: string
  readonly container?: string
  /** Instant; when the row tells none, what is written happened when it was written. */
  readonly at?: string
  readonly place?: string
  readonly dealerId?: string
  readonly number?: string
  readonly lot?: string
  readonly reason?: string
}

const LENGTHS: Partial<Record<MovementField, number>> = { place: 200, dealer: 100, number: 60, lot: 60, reason: 500 }

/** Columns that an act cannot do without. */
const NEEDED: Partial<Record<MovementAct, readonly MovementField[]>> = {
  packing: ['container'],
  unpacking: ['container'],
  shipping: ['dealer'],
}

/**
 * Reads one row alone.
 * @param dealers ids of the enterprise's active dealers by their names as people write them (`dealerKey`)
 * @param now rows of today without a time happened now
 */
export function judgeMovement(
  rowNumber: number,
  cells: readonly SheetCell[],
  mapping: Readonly<Record<string, number>>,
  dealers: ReadonlyMap<string, string>,
  now: Date,
): JudgedRow {
  const values: Record<string, string> = {}
  const reasons: RowReason[] = []
  const tell = (field: MovementField, severity: RowReason['severity'], words: Words & { readonly code: string }): void => {
    const column = mapping[field]
    reasons.push(reasonAt(MOVEMENT_LIST, rowNumber, field, column, column === undefined ? '' : cellText(cells[column]), severity, words))
  }
  const take = (field: MovementField, read: (cell: SheetCell) => Understood<string>): string | undefined => {
    const column = mapping[field]
    const understood = read(column === undefined ? null : (cells[column] ?? null))
    if (understood.fault !== undefined) tell(field, 'fault', understood.fault)
    if (understood.note !== undefined) tell(field, 'note', understood.note)
    if (understood.value !== null) values[field] = understood.value
    return understood.value ?? undefined
  }
  const faulty = (field: MovementField): boolean => reasons.some((r) => r.field === field && r.severity === 'fault')
  const missing = (field: MovementField, words: Words = { zh: '必填，此格为空', en: 'is required and the cell is empty' }): void => {
    if (values[field] === undefined && !faulty(field)) tell(field, 'fault', { code: 'REQUIRED', ...words })
  }

  const act = take('act', understandAct) as MovementAct | undefined
  take('code', understandCode)
  take('lastCode', understandCode)
  take('container', understandSscc)
  take('at', (cell) => understandMoment(cell, now))
  for (const field of ['place', 'number', 'lot', 'reason'] as const) take(field, (cell) => understandText(cell, LENGTHS[field]!))
  const dealer = take('dealer', (cell) => understandText(cell, LENGTHS.dealer!))
  missing('act')
  missing('code')
  if (act !== undefined) {
    const { zh, en } = {
      zh: `${act === 'shipping' ? '发货' : '装箱、拆箱'}必填`,
      en: `is required to ${act === 'shipping' ? 'ship' : 'pack or unpack'}`,
    }
    for (const field of NEEDED[act] ?? []) missing(field, { zh, en })
    if (act === 'commissioning' && values['at'] !== undefined) {
      delete values['at']
      tell('at', 'note', {
        code: 'ACTIVATED_WHEN_WRITTEN',
        zh: '激活以写入时刻为准，此列未采用',
        en: 'is not used: labels are active from when they are written',
      })
    }
  }
  if (dealer !== undefined && act === 'shipping') {
    const id = dealers.get(dealerKey(dealer))
    if (id !== undefined) values['dealerId'] = id
    else tell('dealer', 'fault', { code: 'DEALER_UNKNOWN', zh: '不是已登记的启用经销商', en: 'is no active dealer of yours' })
  }
  if (values['lastCode'] !== undefined && values['code'] !== undefined && isContainer(values['code'])) {
    tell('lastCode', 'fault', {
      code: 'RANGE_OF_CONTAINERS',
      zh: '箱码不能成段，请逐行填写',
      en: 'cannot follow a container: name containers one by one',
    })
  }
  return { rowNumber, cells: cells.map(cellText), values, reasons }
}

/** A name as it is compared: without blanks, width and case. */
export const dealerKey = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s()（）]/g, '')

export const isContainer = (code: string): boolean => /^\d{18}$/.test(code)

function understandAct(cell: SheetCell): Understood<string> {
  const text = cellText(cell).trim()
  if (text === '') return { value: null }
  const act = actOfWord(text)
  return act === undefined
    ? {
        value: null,
        fault: {
          code: 'ACT_UNKNOWN',
          zh: '不是可识别的动作（激活、装箱、拆箱、发货、收货、退货、销毁、作废）',
          en: 'is no act that is known (activate, pack, unpack, ship, receive, return, destroy, void)',
        },
      }
    : { value: act }
}

/** A label or a container as a scanner, a person or a spreadsheet gives it; whether there is one is for the database to say. */
function understandCode(cell: SheetCell): Understood<string> {
  const read = understandText(cell, 400)
  if (read.value === null) return read
  const text = read.value.normalize('NFKC').replace(/^['’]/, '')
  if (/^\d(\.\d+)?E\+?\d+$/i.test(text)) return { value: null, fault: DAMAGED }
  const sscc = parseSscc(text)
  if (sscc !== undefined) return { value: sscc }
  if (/^\d{18}$/.test(text) || text.startsWith('(00)')) return { value: null, fault: NOT_AN_SSCC }
  return { value: text, ...(read.note !== undefined && { note: read.note }) }
}

function understandSscc(cell: SheetCell): Understood<string> {
  const read = understandText(cell, 60)
  if (read.value === null) return read
  if (/^\d(\.\d+)?E\+?\d+$/i.test(read.value)) return { value: null, fault: DAMAGED }
  const sscc = parseSscc(read.value.normalize('NFKC').replace(/^['’]/, ''))
  return sscc === undefined ? { value: null, fault: NOT_AN_SSCC } : { value: sscc }
}

const DAMAGED = {
  code: 'EXCEL_DAMAGED',
  zh: '已被表格软件改成科学计数，末位丢失；请把该列设为“文本”后重新粘贴',
  en: 'was turned into a number by the spreadsheet, and its last digits are lost: make the column text and paste it again',
} as const
const NOT_AN_SSCC = {
  code: 'NOT_AN_SSCC',
  zh: '不是有效的箱码（SSCC 须为 18 位且校验位正确；以 0000 结尾的多半被表格软件截断）',
  en: 'is no container code (an SSCC has 18 digits and a check digit; zeros at its end are mostly a spreadsheet’s doing)',
} as const

/** A day, or a day and a time in China unless it tells its zone. */
function understandMoment(cell: SheetCell, now: Date): Understood<string> {
  if (cell === null) return { value: null }
  const text =
    cell instanceof Date ? cell.toISOString().slice(0, 19) : typeof cell === 'number' ? numbered(cell) : cell.normalize('NFKC').trim()
  if (text === '') return { value: null }
  const zoned = parseInstant(text.replace(' ', 'T'))
  if (zoned !== undefined) return { value: new Date(zoned).toISOString() }
  const [, day = '', hours, minutes, seconds = '00'] =
    /^(.*?\d[日号]?)(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?$/.exec(text) ?? []
  const parsed = parseDate(day)
  if (!parsed.ok) {
    return {
      value: null,
      fault:
        parsed.reason === 'ambiguous'
          ? {
              code: 'DATE_AMBIGUOUS',
              zh: '年、月、日的顺序不明，请写成 2025-03-04 15:30',
              en: 'does not tell year, month and day apart: write it as 2025-03-04 15:30',
            }
          : { code: 'NOT_A_TIME', zh: '不是日期时间，请写成 2025-03-04 15:30', en: 'is no date and time: write it as 2025-03-04 15:30' },
    }
  }
  const bare = hours === undefined || (cell instanceof Date && text.endsWith('T00:00:00'))
  if (bare) {
    const today = civilDateOf(now)
    const value = parsed.date === today ? now.toISOString() : new Date(`${parsed.date}T23:59:00+08:00`).toISOString()
    return { value, note: { code: 'END_OF_DAY', zh: '未写时刻，按当天结束计', en: 'tells no time of day: the end of the day is taken' } }
  }
  const at = new Date(`${parsed.date}T${hours.padStart(2, '0')}:${minutes}:${seconds}+08:00`)
  if (Number.isNaN(at.getTime())) return { value: null, fault: { code: 'NOT_A_TIME', zh: '不是有效的时刻', en: 'is no time of day' } }
  return { value: at.toISOString() }
}

/** A spreadsheet's number of days, with the time of day behind the point. */
function numbered(days: number): string {
  if (!(days >= 61 && days < 2_958_466)) return String(days)
  return new Date(Date.UTC(1899, 11, 30) + Math.round(days * 86_400) * 1000).toISOString().slice(0, 19)
}
